"""Random programs of the flight subset: well typed, and without what the subset leaves to its author.

Divisors are kept from zero, ints within 16 bits, int() within range and indices inside their tables by functions of the
program itself; the rest is as it falls: records in records and in tables, loops with break and continue, ifs that give
a variable its value on either side, several results, calls that write.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

PRELUDE = '''"""A random program."""

from dataclasses import dataclass
from math import sqrt

LIMIT = 20011  # a prime
GAINS = (0.5, -1.25, 3.0, 1.0e300, 4.9406564584124654e-324)
CODES = (3, -7, 0x1F, LIMIT)
FLAGS = (True, False, True)


@dataclass(slots=True)
class Part:
    """A record in a record."""

    x: float
    n: int
    ok: bool


@dataclass(frozen=True, slots=True)
class Row:
    code: int
    limit: float
    pair: tuple[float, float]


ROWS = (Row(1, 2.5, (1.0, -0.0)), Row(LIMIT, -1.0e-3, (0.1, 0.2)), Row(-5, 7.0, GAINS_PAIR))


@dataclass(slots=True)
class State:
    f: float
    g: float
    n: int
    m: int
    p: bool
    part: Part
    parts: tuple[Part, Part, Part]
    knots: tuple[float, float, float, float]


def fold(n: int) -> int:
    """Within 16 bits."""
    return n % LIMIT - n // LIMIT % 100


def guard(x: float) -> float:
    if x > 1.0e-3 or x < -1.0e-3:
        return x
    return 1.0


def root(x: float) -> float:
    return sqrt(x) if x >= 0.0 else -1.0


def whole(x: float) -> int:
    # Not-a-number stays outside.
    if not (x > -1.0e4 and x < 1.0e4):
        return 0
    return int(x)


'''.replace("ROWS = (", "GAINS_PAIR = (2.0, -3.5)\nROWS = (")


@dataclass
class Callable:
    """A function made so far."""

    name: str
    parameters: list[str]
    results: list[str]
    writes: bool


@dataclass
class Writer:
    """Writes one module, led by a random source."""

    rng: random.Random
    functions: list[Callable] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    assigned: set[str] = field(default_factory=set)
    counters: list[str] = field(default_factory=list)
    writes: bool = True

    def module(self) -> str:
        for number in range(self.rng.randint(1, 3)):
            self.function(f"f{number}", writes=self.rng.random() < 0.5)
        self.function("run", writes=True, entry=True)
        return PRELUDE + "\n".join(self.lines) + "\n"

    def function(self, name: str, writes: bool, entry: bool = False) -> None:
        kinds = [] if entry else [self.kind() for _ in range(self.rng.randint(0, 3))]
        results = [] if entry else [self.kind() for _ in range(self.rng.randint(1, 3))]
        self.known = {f"a{place}": kind for place, kind in enumerate(kinds)}
        self.assigned, self.counters, self.writes = set(self.known), [], writes
        parameters = ["s: State", *(f"{name}: {kind}" for name, kind in self.known.items())]
        returned = "None" if entry else results[0] if len(results) == 1 else f"tuple[{', '.join(results)}]"
        self.lines += ["", f"def {name}({', '.join(parameters)}) -> {returned}:"]
        self.block(1, self.rng.randint(2, 7))
        if not entry:
            self.say(1, "return " + ", ".join(self.expression(kind, 3) for kind in results))
        self.lines.append("")
        self.functions.append(Callable(name, kinds, results, writes))

    def kind(self) -> str:
        return self.rng.choice(["float", "float", "int", "bool"])

    def say(self, depth: int, line: str) -> None:
        self.lines.append("    " * depth + line)

    def block(self, depth: int, length: int) -> None:
        for _ in range(length):
            self.statement(depth)

    def statement(self, depth: int) -> None:
        choice = self.rng.randrange(12)
        if choice < 4:
            self.assign(depth)
        elif choice < 6 and self.writes:
            kind = self.kind()
            self.say(depth, f"{self.place(kind)} = {self.expression(kind, 3)}")
        elif choice == 6:
            self.augment(depth)
        elif choice < 9 and depth < 4:
            self.branch(depth)
        elif choice == 9 and depth < 3:
            self.loop(depth)
        elif choice == 10 and self.functions:
            self.call(depth)
        elif self.counters and choice == 11:
            self.say(depth, f"if {self.expression('bool', 2)}:  # enough")
            self.say(depth + 1, self.rng.choice(["break", "continue"]))
        else:
            self.assign(depth)

    def variable(self, kind: str) -> str:
        """A variable to be written, old or new."""
        old = [name for name, known in self.known.items() if known == kind]
        if old and self.rng.random() < 0.5:
            return self.rng.choice(old)
        name = f"v{len(self.known)}"
        self.known[name] = kind
        return name

    def assign(self, depth: int) -> None:
        kind = self.kind()
        value = self.expression(kind, 4)
        name = self.variable(kind)
        annotation = f": {kind}" if self.rng.random() < 0.1 else ""
        self.say(depth, f"{name}{annotation} = {value}")
        self.assigned.add(name)

    def augment(self, depth: int) -> None:
        floats = [name for name in self.assigned if self.known[name] == "float"]
        if floats:
            sign = self.rng.choice(["+=", "-=", "*="])
            self.say(depth, f"{self.rng.choice(sorted(floats))} {sign} {self.expression('float', 2)}")
        elif self.writes:
            self.say(depth, f"s.n ^= {self.expression('int', 2)}")
        else:
            self.assign(depth)

    def branch(self, depth: int) -> None:
        before = set(self.assigned)
        self.say(depth, f"if {self.expression('bool', 3)}:")
        self.block(depth + 1, self.rng.randint(1, 3))
        after, self.assigned = self.assigned, set(before)
        if self.rng.random() < 0.3:
            self.say(depth, f"elif {self.expression('bool', 2)}:")
            self.block(depth + 1, self.rng.randint(1, 2))
            after, self.assigned = after & self.assigned, set(before)
        if self.rng.random() < 0.6:
            self.say(depth, "else:")
            self.block(depth + 1, self.rng.randint(1, 3))
            self.assigned &= after
        else:
            self.assigned = before

    def loop(self, depth: int) -> None:
        before = set(self.assigned)
        counter = f"k{len(self.counters)}"
        bounds = self.rng.choice(["3", f"1, {self.expression('int', 1)} % 5", "len(GAINS)", "-2, 2"])
        self.say(depth, f"for {counter} in range({bounds}):")
        self.counters.append(counter)
        self.block(depth + 1, self.rng.randint(1, 4))
        self.counters.pop()
        self.assigned = before

    def call(self, depth: int) -> None:
        callee = self.rng.choice(self.functions)
        if callee.writes and not self.writes:
            self.assign(depth)
            return
        arguments = ", ".join(["s", *(self.expression(kind, 2) for kind in callee.parameters)])
        targets = []
        for kind in callee.results:
            if self.writes and self.rng.random() < 0.4:
                targets.append(self.place(kind))
            else:
                targets.append(self.variable(kind))
        self.say(depth, f"{', '.join(targets)} = {callee.name}({arguments})")
        self.assigned |= {target for target in targets if "." not in target}

    def place(self, kind: str) -> str:
        """A field that can be written."""
        index = f"{self.expression('int', 1)} % 3"
        return {
            "float": self.rng.choice(["s.f", "s.g", "s.part.x", f"s.parts[{index}].x"]),
            "int": self.rng.choice(["s.part.n", f"s.parts[{index}].n"]),
            "bool": self.rng.choice(["s.p", "s.part.ok", f"s.parts[{index}].ok"]),
        }[kind]

    def expression(self, kind: str, depth: int) -> str:
        names = [name for name in sorted(self.assigned) if self.known[name] == kind]
        if depth == 0 or self.rng.random() < 0.15:
            return self.rng.choice(names) if names and self.rng.random() < 0.6 else self.leaf(kind)
        pure = [callee for callee in self.functions if not callee.writes and callee.results == [kind]]
        if pure and self.rng.random() < 0.15:
            callee = self.rng.choice(pure)
            arguments = ", ".join(["s", *(self.expression(inner, 1) for inner in callee.parameters)])
            return f"{callee.name}({arguments})"
        return {"float": self.real, "int": self.integer, "bool": self.truth}[kind](depth - 1)

    def leaf(self, kind: str) -> str:
        index = self.rng.choice([*self.counters, "s.n", "s.part.n"])
        if kind == "float":
            literal = self.rng.choice(["0.0", "1.0", "-0.0", "0.1", "1.5e-3", "-2.75", "1e10", "1.0e200", "5e-324"])
            return self.rng.choice([
                literal, "s.f", "s.g", "s.part.x", f"GAINS[{index} % 5]", f"s.knots[{index} % 4]",
                f"ROWS[{index} % 3].limit", f"ROWS[{index} % 3].pair[{index} % 2]", f"s.parts[{index} % 3].x",
            ])  # fmt: skip
        if kind == "int":
            literal = self.rng.choice(["0", "1", "-1", "7", "0x7F", "0b101", "0o17", "10_000", "-20000"])
            return self.rng.choice([
                literal, "s.part.n", f"CODES[{index} % 4]", f"ROWS[{index} % 3].code", f"s.parts[{index} % 3].n",
                *self.counters,
            ])  # fmt: skip
        return self.rng.choice(["True", "False", "s.p", "s.part.ok", f"FLAGS[{index} % 3]"])

    def real(self, depth: int) -> str:
        a, b = self.expression("float", depth), self.expression("float", depth)
        choice = self.rng.randrange(9)
        if choice < 5:
            return f"({a} {self.rng.choice('+-*')} {b})" if choice else f"{a} {self.rng.choice('+-*')} ({b})"
        return [
            f"({a} / guard({b}))", f"-({a})", f"root({a})",
            f"({a} if {self.expression('bool', depth)} else {b})" if depth else f"float({self.leaf('int')})",
        ][choice - 5]  # fmt: skip

    def integer(self, depth: int) -> str:
        a, b = self.expression("int", depth), self.expression("int", depth)
        choice = self.rng.randrange(9)
        if choice < 4:
            sign = "+-*"[choice % 3]
            return f"fold(({a}) {sign} ({b}))"
        return [
            f"(({a}) {self.rng.choice('&|^')} ({b}))", f"fold(({a}) << {self.rng.randint(0, 10)})",
            f"(({a}) {self.rng.choice(['//', '%', '>>'])} {self.rng.randint(1, 9)})", f"~({a})",
            f"whole({self.expression('float', depth)})" if self.rng.random() < 0.5
            else f"int({self.expression('bool', depth)})",
        ][choice - 4]  # fmt: skip

    def truth(self, depth: int) -> str:
        choice = self.rng.randrange(6)
        if choice < 2:
            signs = ["<", "<=", ">", ">=", "==", "!="]
            kind = self.rng.choice(["float", "int"])
            a, b = (self.expression(kind, depth) for _ in range(2))
            return f"({a}) {self.rng.choice(signs)} ({b} + {'1.0' if kind == 'float' else '1'})"
        if choice == 2:
            a, b = self.expression("bool", depth), self.leaf("bool")
            # A thing is not compared with itself.
            return f"({a}) {self.rng.choice(['==', '!='])} ({b})" if a != b else b
        if choice == 3:
            return f"not ({self.expression('bool', depth)})"
        joined = [self.expression("bool", depth) for _ in range(self.rng.randint(2, 3))]
        return "(" + self.rng.choice([" and ", " or "]).join(f"({part})" for part in joined) + ")"


def module(rng: random.Random) -> str:
    """One module; its function `run` takes its record `State`."""
    return Writer(rng).module()
