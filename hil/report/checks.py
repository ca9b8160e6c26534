"""What is asked of a bench run: each question a test case of the JUnit file and a row of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from hil.faults.kinds import KINDS, BoardKind, WireKind
from hil.report.benchrun import BenchRun

Outcome = Literal["passed", "failed", "skipped"]

MOST_MISSED = 0.005
"""Part of the deadlines that may be missed in real time: issue 5's figure for a 100 Hz step."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer; `text` says what was found, or why it was not looked at."""

    name: str
    outcome: Outcome
    text: str


def checks(run: BenchRun) -> list[Check]:
    """All of a run's."""
    asked: list[tuple[str, Callable[[BenchRun], Check | tuple[bool, str] | str]]] = [
        ("handshake", _handshake),
        ("the board answered to the end", _answered),
        ("telemetry equal to Python's", _digest),
        ("no damaged frames", _damaged),
        ("no step asked again", _retries),
        ("deadlines", _deadlines),
        ("no frame lost at the station", _station_lost),
        ("station's verdict", _verdict),
    ]
    return [*(_check(name, ask(run)) for name, ask in asked), *_faults(run)]


def _check(name: str, found: Check | tuple[bool, str] | str) -> Check:
    """A string is the reason why it was not looked at."""
    if isinstance(found, Check):
        return found
    if isinstance(found, str):
        return Check(name, "skipped", found)
    return Check(name, "passed" if found[0] else "failed", found[1])


def _handshake(run: BenchRun) -> tuple[bool, str] | str:
    met = run.identity
    if met is None:
        return "this computer is no board"
    return True, f"{met.board}, {met.software!r}, protocol {met.protocol}, dictionary {met.fingerprint}, {met.cause}"


def _answered(run: BenchRun) -> tuple[bool, str]:
    if run.lost is not None:
        return False, run.lost
    return run.end_reason is not None, f"the flight ended: {run.end_reason}"


def _digest(run: BenchRun) -> tuple[bool, str] | str:
    if run.python_sha256 is None:
        return "not asked for (--compare)"
    if run.python_sha256 == run.telemetry_sha256:
        return True, f"SHA-256 {run.telemetry_sha256}"
    return False, f"SHA-256 {run.telemetry_sha256}, Python's {run.python_sha256}"


def _damaged(run: BenchRun) -> tuple[bool, str] | str:
    return _undisturbed(run, run.frames_damaged, "damaged frames from the board")


def _retries(run: BenchRun) -> tuple[bool, str] | str:
    return _undisturbed(run, run.retries, "steps asked again")


def _undisturbed(run: BenchRun, count: int, what: str) -> tuple[bool, str] | str:
    if run.identity is None:
        return "this computer has no wire"
    if run.faults and count:
        return f"{count} {what}, with faults injected"
    return count == 0, f"{count} {what}"


def _deadlines(run: BenchRun) -> tuple[bool, str] | str:
    if run.latency is None:
        return "this computer has no wire"
    found, text = run.latency, f"{run.latency.missed} of {run.latency.steps} missed"
    if run.faults and found.missed:
        return f"{text}, with faults injected"
    if run.rate:
        return found.missed <= MOST_MISSED * found.steps, f"{text}; at most {MOST_MISSED:.1%} in real time"
    return found.missed == 0, f"{text}, in lockstep"


def _station_lost(run: BenchRun) -> tuple[bool, str] | str:
    summary = next((record for record in run.station if record["type"] == "summary"), None)
    if summary is None:
        return False, "the station did not come to its end"
    lost, damaged = summary["frames_lost"], summary["frames_damaged"]
    text = f"{lost} of {summary['frames'] + lost} frames lost, {damaged} damaged"
    if lost and run.faults:
        return f"{text}, with faults injected"
    return lost == 0 and damaged == 0, text


def _verdict(run: BenchRun) -> tuple[bool, str] | str:
    """Against the truth, where the flight was long enough to have one."""
    given = next((r for r in run.station if r["type"] == "verdict" and r["vehicle"] == run.vehicle), None)
    if given is None:
        return False, "the station gave none"
    outcome = str(given["outcome"])
    if run.cut or run.lost is not None:
        return f"{outcome}; the flight was ended early, so there is no true one beside it"
    truly = any(event.name == "orbit_insertion" for event in run.events)
    orbit = "reached" if truly else "not reached"
    return (outcome == "orbit") == truly, f"{outcome}; in truth orbit was {orbit}"


def _faults(run: BenchRun) -> Iterator[Check]:
    """Each of the bench's faults: it struck, it ended, and the board flew on."""
    counts: dict[str, int] = {}
    found = {event.name: event.time_s for event in run.events}
    for fault in run.faults:
        count = counts[fault.kind] = counts.get(fault.kind, 0) + 1
        name = f"fault_{fault.kind}" if count == 1 else f"fault_{fault.kind}_{count}"
        title = f"{fault.kind}@{fault.time_s:g} is survived"
        began, ended = found.get(name), found.get(f"{name}_end")
        if began is None:
            yield Check(title, "failed", "it never struck: the flight was over before")
        elif run.lost is not None:
            yield Check(title, "failed", f"struck at {began:.2f} s; {run.lost}")
        elif ended is None and _is_absent(fault.kind):
            yield Check(title, "failed", f"struck at {began:.2f} s; the flight was over before the board was back")
        else:
            kind = KINDS[fault.kind]
            lasts = isinstance(kind, WireKind) and not fault.values.get("duration_s")
            over = "to the end" if lasts else "at once" if ended is None else f"until {ended:.2f} s"
            yield Check(title, "passed", f"from {began:.2f} s {over}, and it flew on")


def _is_absent(kind: str) -> bool:
    """Whether the board is away for a time, and has to come back."""
    found = KINDS[kind]
    return isinstance(found, BoardKind) and found.absent is not None
