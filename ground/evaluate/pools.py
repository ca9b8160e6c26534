"""Pools of seeds, and the seal on the last of them: `pools.toml`."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from flight.wire.errors import Misuse

FILE = Path(__file__).with_name("pools.toml")
SEALED = "sealed"
NAMES = ("design", "thresholds", SEALED)


@dataclass(frozen=True, slots=True)
class Pool:
    """Campaign seeds, both ends included."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Seal:
    """SHA-256 of what the station decides by: `thresholds.toml`, and the shipped profiles together."""

    thresholds: str
    profiles: str


@dataclass(frozen=True, slots=True)
class Pools:
    """All of the file."""

    pools: Mapping[str, Pool]
    seal: Seal

    def open(self, name: str, present: Seal) -> Pool:
        """A pool to fly from. Raises Misuse for an unknown one, and for the sealed one where the seal does not fit."""
        if name not in self.pools:
            raise Misuse(f"--pool {name}: must be {', '.join(self.pools)}")
        if name == SEALED and present != self.seal:
            which = "thresholds.toml" if present.thresholds != self.seal.thresholds else "the profiles"
            raise Misuse(
                f"the sealed pool stays closed: {which} is not what its seal in {FILE.name} was made for; "
                "run vermilion evaluate --seal and commit it first"
            )
        return self.pools[name]


def seal_of(thresholds: str, profiles: Mapping[str, str]) -> Seal:
    """The seal on these texts; profiles by plan."""
    together = hashlib.sha256()
    for plan, text in sorted(profiles.items()):
        together.update(f"{plan}\0".encode() + hashlib.sha256(text.encode()).digest())
    return Seal(hashlib.sha256(thresholds.encode()).hexdigest(), together.hexdigest())


def parse(text: str, source: str) -> Pools:
    """Pools from TOML text. Raises Misuse where one is missing or two share a seed."""
    try:
        tree = tomllib.loads(text)
        pools = {name: Pool(name, int(tree[name]["first"]), int(tree[name]["last"])) for name in NAMES}
        seal = Seal(str(tree["seal"]["thresholds"]), str(tree["seal"]["profiles"]))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise Misuse(f"{source}: no pools of seeds: {error!r}") from error
    rising = sorted(pools.values(), key=lambda pool: pool.first)
    for below, above in pairwise(rising):
        if below.last >= above.first:
            raise Misuse(f"{source}: {above.name}: shares seeds with {below.name}")
    return Pools(pools, seal)


def load(file: Path = FILE) -> Pools:
    """The committed pools."""
    return parse(file.read_text(encoding="utf-8"), file.name)


def write_seal(seal: Seal, file: Path = FILE) -> None:
    """Seals the last pool: puts these hashes into the file."""
    text = file.read_text(encoding="utf-8")
    for key, value in (("thresholds", seal.thresholds), ("profiles", seal.profiles)):
        text = re.sub(rf'(?m)^{key} = ".*"$', f'{key} = "{value}"', text)
    file.write_text(text, encoding="utf-8")
