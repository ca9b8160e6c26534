"""The Arduino example, compiled as Arduino code for an Uno and run in simavr: the station follows its flight."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from flight.wire.dictionary import default
from flight.wire.frame import Deframer
from flight.wire.packet import HEADER_VALUES, Codec
from tests.examples.board import CONFIRMED, EXAMPLES, PLAN, trouble, watched
from tests.system_parts import needs

SKETCH = EXAMPLES / "arduino" / "arduino.ino"
RUNNER = Path(__file__).with_name("simavr_uart.c")
MCU, FREQUENCY = "atmega328p", 16_000_000
FLASH_BYTES, RAM_BYTES = 32_256, 2_048
CORE = ("main", "HardwareSerial", "HardwareSerial0", "Print", "abi", "new", "hooks", "wiring", "wiring_digital")
"""Of Arduino's own files those that a sketch with a serial port needs."""


def done(command: Sequence[str]) -> None:
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


def compiled(folder: Path, *definitions: str) -> Path:
    """The sketch as Arduino's own builder compiles it: the core before it, the same options."""
    gcc = needs("avr-gcc")
    needs("/usr/lib/avr/include/avr/io.h")
    arduino = Path(needs("/usr/share/arduino/hardware/arduino/avr/cores/arduino/Arduino.h")).parent
    flags = [f"-mmcu={MCU}", f"-DF_CPU={FREQUENCY}L", "-DARDUINO=10819", "-DARDUINO_AVR_UNO", "-DARDUINO_ARCH_AVR"]
    flags += ["-Os", "-ffunction-sections", "-fdata-sections", f"-I{arduino}"]
    flags += [f"-I{arduino.parents[1] / 'variants' / 'standard'}", f"-I{SKETCH.parent}"]
    cpp = ["-std=gnu++11", "-fpermissive", "-fno-exceptions", "-fno-threadsafe-statics"]
    strict = ["-Wall", "-Wextra", "-Werror", "-include", "Arduino.h", *definitions]
    objects = []
    for name in CORE:
        source = next(path for path in (arduino / f"{name}.c", arduino / f"{name}.cpp") if path.exists())
        objects.append(str(folder / f"{name}.o"))
        done([gcc, *flags, *(cpp if source.suffix == ".cpp" else []), "-w", "-c", str(source), "-o", objects[-1]])
    sketch, program = str(folder / "sketch.o"), folder / "sketch.elf"
    done([gcc, "-x", "c++", *flags, *cpp, *strict, "-c", str(SKETCH), "-o", sketch])
    done([gcc, f"-mmcu={MCU}", "-Os", "-Wl,--gc-sections", sketch, *objects, "-lm", "-o", str(program)])
    return program


@pytest.fixture(scope="module")
def simavr(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Simavr with its UART on standard output."""
    needs("/usr/include/simavr/sim_avr.h")
    needs("/usr/include/libelf.h")
    made = tmp_path_factory.mktemp("simavr") / "simavr_uart"
    done([needs("gcc", "gcc"), "-O2", "-Wall", "-Wextra", str(RUNNER), "-lsimavr", "-lelf", "-o", str(made)])
    return str(made)


def running(simavr: str, program: Path, seconds: float) -> list[str]:
    return [simavr, str(program), MCU, str(FREQUENCY), str(seconds)]


def test_the_station_follows_its_flight(simavr: str, tmp_path: Path) -> None:
    """Untimed, and the port faster than an Arduino's usual one: 137 s of flight are a few of the AVR's seconds."""
    program = compiled(tmp_path, "-DTIME_RATE=0.0f", "-DBAUD=1000000")
    seen = watched(running(simavr, program, 60.0), tmp_path, "--profile", str(PLAN))
    assert (seen.status, seen.err) == (0, "")
    summary = seen.of("summary")[0]
    assert trouble(summary) == {}
    assert summary["frames"] > 1500
    onsets = {name: event["onset_time_s"] for name, event in seen.events.items()}
    wanted = {"liftoff": 10.0, "ignition": 10.0, "stage_1_burnout": 13.0, "apogee": 27.4}
    assert {name: onsets[name] for name in wanted} == pytest.approx(wanted, abs=0.3)
    assert [name for name in wanted if seen.events[name]["status"] == "confirmed"] == CONFIRMED
    assert "landing" in onsets
    assert seen.alarms == {}
    assert seen.of("verdict")[0]["outcome"] == "suborbital"


def test_as_it_stands_it_keeps_time_and_fits_an_uno(simavr: str, tmp_path: Path) -> None:
    """At 115,200 baud and real time: in three of the AVR's seconds as much as three seconds have."""
    program = compiled(tmp_path)
    sizes = subprocess.run(
        [needs("avr-size", "binutils-avr"), str(program)], capture_output=True, text=True, check=True
    )
    text, data, bss = map(int, sizes.stdout.splitlines()[1].split()[:3])
    assert text + data < FLASH_BYTES / 2
    assert data + bss < RAM_BYTES / 2
    sent = subprocess.run(running(simavr, program, 3.1), capture_output=True, check=True).stdout
    packets = default().packets
    found = {name: Codec(packets[name]) for name in ("identity", "navigation", "imu_summary")}
    deframer = Deframer()
    decoded = {name: [] for name in found}  # type: dict[str, list[object]]
    for packet in deframer.feed(sent):
        for name, codec in found.items():
            if (values := codec.decode(packet)) is not None:
                decoded[name].append(values)
    assert deframer.frames_damaged == 0
    assert {name: len(each) for name, each in decoded.items()} == {"identity": 4, "navigation": 15, "imu_summary": 15}
    first = decoded["identity"][0]
    assert isinstance(first, tuple)
    assert first[1:HEADER_VALUES] == (0, 0, 0)  # step 0; an EEPROM that was never written counts from 0xffff on
    assert first[HEADER_VALUES:] == ("wren", "wren", "wren 1", "arduino", default().fingerprint, 1, 0, 1.0)
