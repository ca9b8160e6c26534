"""Writes the two files of a report."""

from __future__ import annotations

from pathlib import Path

from flight.wire.errors import Misuse
from hil.report.benchrun import BenchRun
from hil.report.checks import Check, checks
from hil.report.junit import junit
from hil.report.page import html


def write(folder: Path, run: BenchRun, name: str | None = None) -> tuple[Path, list[Check]]:
    """NAME.html and NAME.xml into a folder, the name after the run where none is given; the page, and what was found.

    Raises Misuse where they cannot be written.
    """
    found, stem = checks(run), name or run.name
    facts = [("telemetry_sha256", run.telemetry_sha256)]
    if run.identity is not None:
        facts += [("board", run.identity.board), ("software", run.identity.software)]
    seconds = run.latency.total_s if run.latency is not None else 0.0
    page = _put(folder, f"{stem}.html", html(run, found))
    _put(folder, f"{stem}.xml", junit(f"vermilion.{stem}", found, seconds, facts))
    return page, found


def write_refusal(folder: Path, name: str, reason: str) -> None:
    """The JUnit file of a board that was refused before it flew: a failed handshake."""
    _put(folder, f"{name}.xml", junit(f"vermilion.{name}", [Check("handshake", "failed", reason)], 0.0))


def check_folder(folder: Path) -> None:
    """Raises Misuse where nothing can be written: flights take long."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _refusal(folder, error) from error


def _put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _refusal(folder, error) from error
    return path


def _refusal(folder: Path, error: OSError) -> Misuse:
    return Misuse(f"--report {folder}: cannot write there: {error.strerror}; name a folder that can be written")
