"""What all tests share: system parts, the shared flights, a free port; and `--all`, under which nothing is excused."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

from flight.links import broker
from tests import system_parts

# A busy machine is no finding: nothing here is judged by the time that it takes.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

ROOT = Path(__file__).parents[1]
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.fixture
def needs() -> Callable[..., str]:
    """`needs("mosquitto")` is its path; where it is missing the test is skipped, under `--all` failed."""
    return system_parts.needs


@pytest.fixture
def shared_flights() -> Path:
    """The folder of recorded flights beside this checkout."""
    folder = ROOT.parent / "shared" / "flights"
    if not folder.is_dir():
        pytest.skip("../shared/flights is not beside this checkout")
    return folder


@pytest.fixture
def free_port() -> int:
    """A TCP port of the loopback interface that nobody listened on a moment ago."""
    return broker.free_port()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return without_excuse((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return without_excuse((yield))


def without_excuse(report: Report) -> Report:
    """Under `--all` a skip for want of a system part is a failure."""
    if os.environ.get("VERMILION_ALL") and report.skipped and isinstance(report.longrepr, tuple):
        file, line, reason = report.longrepr
        if reason.removeprefix("Skipped: ").startswith(system_parts.MISSING):
            report.outcome = "failed"
            report.longrepr = f"{file}:{line}: {reason} (--all lets nothing skip for want of it)"
    return report
