"""The report of a bench run: what it asks, a page that needs nothing else, XML for CI; the command that writes it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import vermilion
from flight.wire.dictionary import default
from flight.wire.errors import Misuse
from flight.wire.packet import PROTOCOL
from hil.faults.kinds import parse
from hil.identity import Identity
from hil.latency import Latency
from hil.report.benchrun import CURVES, BenchRun
from hil.report.checks import checks
from hil.report.junit import junit
from hil.report.page import html
from hil.report.write import write
from sim.truth import COLUMNS, TrueEvent
from tests.hil import desk
from tests.system_parts import needs

SUMMARY = {"type": "summary", "frames": 1000, "frames_lost": 0, "frames_damaged": 0}
VERDICT = {"type": "verdict", "vehicle": "zhuque-1", "outcome": "orbit"}
EVENT = {"type": "event", "vehicle": "zhuque-1", "name": "liftoff", "status": "confirmed", "onset_time_s": 10.02}
ALARM = {"type": "alarm", "vehicle": "zhuque-1", "name": "rcs_leak", "severity": "warning", "time_s": 11.0}


def latency(missed: int = 0) -> Latency:
    taken = Latency()
    for place in range(1000):
        taken.add(0.02 if place < missed else 0.001, 0.01)
    return taken


def row(time_s: float, height_m: float) -> tuple[float, ...]:
    values = dict.fromkeys(COLUMNS, 0.0) | {"time_s": time_s, "height_m": height_m, "dynamic_pressure_pa": 1e4}
    return tuple(values.values())


GOOD = BenchRun(
    vehicle="zhuque-1",
    scenario="nominal",
    board="/dev/ttyACM0?baud=9600",
    seed=1,
    rate=0.0,
    end_reason="complete",
    lost=None,
    cut=False,
    identity=Identity("zhuque-1", "zhuque-1", "<mine>", "my board", default().fingerprint, PROTOCOL, 0, 0.0),
    telemetry_sha256="ab" * 32,
    python_sha256="ab" * 32,
    retries=0,
    restarts=0,
    frames_damaged=0,
    latency=latency().statistics(),
    liftoff_s=10.0,
    rows=[row(9.9, 0.0), *(row(10.0 + step, 100.0 * step) for step in range(20))],
    events=(TrueEvent("liftoff", 10.0, 0.0), TrueEvent("orbit_insertion", 25.0, 15.0)),
    faults=(),
    curves={name: [(10.0 + step, 0.1 * step) for step in range(20)] for name in CURVES},
    station=(EVENT | {"time_s": 10.06}, ALARM | {"message": "It <leaks>."}, VERDICT, SUMMARY),
)


RESET = (TrueEvent("fault_reset", 15.0, 5.0), TrueEvent("fault_reset_end", 15.05, 5.05))


def outcomes(run: BenchRun) -> dict[str, str]:
    return {check.name: check.outcome for check in checks(run)}


def test_a_good_run_passes_every_check() -> None:
    assert set(outcomes(GOOD).values()) == {"passed"}


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        ({"lost": "board x does not answer step 7"}, ["the board answered to the end"]),
        ({"end_reason": None}, ["the board answered to the end"]),
        ({"python_sha256": "cd" * 32}, ["telemetry equal to Python's"]),
        ({"frames_damaged": 1}, ["no damaged frames"]),
        ({"retries": 1}, ["no step asked again"]),
        ({"latency": latency(1).statistics()}, ["deadlines"]),
        ({"rate": 1.0, "latency": latency(6).statistics()}, ["deadlines"]),
        ({"rate": 1.0, "latency": latency(5).statistics()}, []),
        ({"station": (VERDICT, SUMMARY | {"frames_lost": 1})}, ["no frame lost at the station"]),
        ({"station": (VERDICT, SUMMARY | {"frames_damaged": 1})}, ["no frame lost at the station"]),
        ({"station": (VERDICT,)}, ["no frame lost at the station"]),
        ({"station": (SUMMARY,)}, ["station's verdict"]),
        ({"station": (VERDICT | {"vehicle": "future"}, SUMMARY)}, ["station's verdict"]),
        ({"station": (VERDICT | {"outcome": "no_orbit"}, SUMMARY)}, ["station's verdict"]),
        ({"events": GOOD.events[:1]}, ["station's verdict"]),
        ({"faults": (parse("reset@5"),)}, ["reset@5 is survived"]),
        ({"faults": (parse("reset@5"),), "events": (*GOOD.events, *RESET)}, []),
        ({"faults": (parse("reset@5"),), "events": (*GOOD.events, RESET[0])}, ["reset@5 is survived"]),
        (
            {
                "faults": (parse("reset@5"), parse("reset@6")),
                "events": (*GOOD.events, *RESET),
            },
            ["reset@6 is survived"],
        ),
    ],
)
def test_what_is_wrong_fails_its_own_check_alone(change: dict[str, Any], failed: list[str]) -> None:
    assert [name for name, outcome in outcomes(replace(GOOD, **change)).items() if outcome == "failed"] == failed


def test_what_cannot_be_asked_is_skipped_with_the_reason() -> None:
    struck = (*GOOD.events, TrueEvent("fault_wire_noise", 12.0, 2.0))
    noisy = replace(GOOD, frames_damaged=3, retries=3, faults=(parse("wire_noise@2:part=0.1"),), events=struck)
    assert [name for name, outcome in outcomes(noisy).items() if outcome == "skipped"] == [
        "no damaged frames",
        "no step asked again",
    ]
    plain = replace(GOOD, identity=None, latency=None, python_sha256=None, cut=True)
    assert list(outcomes(plain).values()).count("skipped") == 6


class Reader(HTMLParser):
    """Tags, their attributes, and the words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("run", [GOOD, replace(GOOD, liftoff_s=None, latency=None, events=(), station=())])
def test_the_page_needs_nothing_else(run: BenchRun) -> None:
    page, reader = html(run, checks(run)), Reader()
    reader.feed(page)
    assert not {"script", "link", "img", "iframe", "object"} & set(reader.tags)
    assert not {"src", "href", "onload", "style"} & reader.attributes
    assert re.findall(r"\w+://[^\"<\s]*", page) == ["http://www.w3.org/2000/svg"]
    assert "'<mine>'" in reader.words
    (picture,) = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    ElementTree.fromstring(picture)
    assert ("round trips by length" in picture) == (run.latency is not None)


def test_the_page_tells_the_station_s_words_beside_the_truth() -> None:
    reader = Reader()
    reader.feed(html(GOOD, checks(GOOD)))
    assert "confirmed, onset +0.02 s off, said 0.04 s later" in reader.words
    assert "warning: It <leaks>." in reader.words


def test_junit_holds_what_a_board_calls_itself_whatever_it_is(tmp_path: Path) -> None:
    odd = replace(GOOD, identity=replace(GOOD.identity, software='"\x00&\x1b<'))  # type: ignore[type-var]
    page, found = write(tmp_path, odd)
    assert page.name == "zhuque-1-nominal-dev-ttyACM0-baud-9600-1.html"
    suite = ElementTree.parse(page.with_suffix(".xml")).getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("8", "0", "0")
    failing = junit("x", checks(replace(GOOD, retries=2)), 1.0)
    messages = {case.get("name"): case.find("failure") for case in ElementTree.fromstring(failing).iter("testcase")}
    assert [name for name, failure in messages.items() if failure is not None] == ["no step asked again"]
    assert len(found) == len(messages)


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misuse, match="name a folder that can be written"):
        write(tmp_path / "file", GOOD)


def test_the_command_flies_compares_asks_the_station_and_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs("gcc", "gcc")
    given = ["hil", "--board", "native", "--until", "2", "--compare", "--report", str(tmp_path), "--json"]
    assert vermilion.main(given) == 0
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert summary["python_sha256"] == summary["telemetry_sha256"] == desk.digest(200)
    assert (summary["checks_failed"], summary["report"]) == ([], str(tmp_path / "zhuque-1-nominal-native-1.html"))
    assert "0 of " in Path(summary["report"]).with_suffix(".xml").read_text()


def test_a_board_that_is_refused_fails_the_handshake_of_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with desk.port(lambda data: b"hello\r\n") as port:
        assert vermilion.main(["hil", "--board", port, "--report", str(tmp_path)]) == 2
    assert "no whole frame among them" in capsys.readouterr().err
    (file,) = tmp_path.iterdir()
    assert "another baud rate" in str(ElementTree.parse(file).find("testsuite/testcase/failure").get("message"))  # type: ignore[union-attr]


def test_a_comparison_with_faults_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert vermilion.main(["hil", "--compare", "--fault", "reset@5"]) == 2
    assert "leave one out" in capsys.readouterr().err
