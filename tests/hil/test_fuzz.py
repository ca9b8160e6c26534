"""The firmware's core under whole, damaged, late and made-up frames: nothing wrong gets in, nothing breaks.

Ten million inputs are `./run bench firmware`.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from flight.wire.frame import Deframer, encode
from hil.firmware.build import FIRMWARE
from tests.hil import fuzzed
from tests.hil.flown import Flight
from tests.hil.test_native import CODECS, frame
from tests.system_parts import needs


def test_nothing_wrong_gets_in_and_the_sanitizers_find_nothing(tmp_path: Path) -> None:
    outcome = fuzzed.run(fuzzed.build(needs("gcc", "gcc"), tmp_path, fuzzed.SANITIZED), seed=1, inputs=50_000)
    assert outcome.wrong == 0
    assert outcome.accepted > 20_000
    assert outcome.damaged > 20_000
    assert outcome.answered > 20_000


def test_the_fuzzer_reaches_every_line_of_the_core_but_a_few(tmp_path: Path) -> None:
    """At least 95 % of each file: what is left depends on the chances of one seed."""
    program = fuzzed.build(needs("gcc", "gcc"), tmp_path, fuzzed.COUNTED)
    fuzzed.run(program, seed=1, inputs=100_000)
    counts = sorted(path.name for path in tmp_path.glob("*.gcda"))
    report = subprocess.run(
        [needs("gcov", "gcc"), "-n", *counts], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    reached = dict(re.findall(r"File '.*/core/(\w+\.c)'\nLines executed:([\d.]+)%", report))
    assert set(reached) == {"arithmetic.c", "firmware.c", "frame.c", "packet.c"}
    assert all(float(part) >= 95.0 for part in reached.values()), reached


def test_a_whole_flight_gives_the_sanitizers_nothing_to_say(tmp_path: Path, nominal: Flight) -> None:
    main = FIRMWARE / "ports/host/process.c"
    program = fuzzed.build(needs("gcc", "gcc"), tmp_path, fuzzed.SANITIZED, main)
    stream = frame("start", *nominal.start) + b"".join(map(encode, nominal.sensors))
    done = subprocess.run([program], input=stream, capture_output=True, check=True, timeout=120)
    packets = Deframer().feed(done.stdout)
    assert sum(packet[:2] == CODECS["actuators"].key for packet in packets) == len(nominal.sensors)
