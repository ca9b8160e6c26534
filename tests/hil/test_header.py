"""The dictionary's header for firmware, also of a user's own dictionary; and the CRC of the computer's state."""

from __future__ import annotations

import ctypes
import math
from pathlib import Path

import pytest

import vermilion
from flight.computer import records
from flight.onboard import zeroed
from flight.wire.dictionary import parse
from hil.firmware import header
from hil.firmware.state import state_crc
from tests.hil.compiled import CORE, library

OWN = """
name = "sounding rocket"
[enumeration.mode]
idle = 0
flying = 7
[packet.motor]
apid = 3
rate_hz = 50
help = "One motor"
fields = [
  { name = "mode", type = "u8", enumeration = "mode" },
  { name = "pressure", type = "f32", unit = "Pa", help = "chamber" },
  { name = "temperature", type = "i16", unit = "K", scale = 0.1 },
  { name = "count", type = "u32" },
  { name = "serial", type = "text6" },
]
"""


def test_a_users_own_dictionary_becomes_c(tmp_path: Path) -> None:
    dictionary = parse(OWN, "own.toml")
    header.write(dictionary, tmp_path)
    text = (tmp_path / "vermilion_dictionary.h").read_text()
    for line in (
        f'#define VERMILION_FINGERPRINT "{dictionary.fingerprint}"',
        "    VERMILION_APID_MOTOR = 3,",
        f"    VERMILION_SIZE_MOTOR = {dictionary.packets['motor'].size},",
        "    VERMILION_PERIOD_MOTOR = 2,",
        "    VERMILION_MODE_FLYING = 7,",
        "    double pressure;  // f32, Pa; chamber",
        "    int32_t temperature;  // i16, x 0.1 K",
        "    char serial[6 + 1];  // text6",
        "} vermilion_packet_motor;",
    ):
        assert line in text.splitlines(), f"{line}\n{text}"
    compiled = library(tmp_path, [tmp_path / "vermilion_dictionary.c", CORE / "packet.c"])
    apid = (ctypes.c_uint16 * 1).in_dll(compiled, "vermilion_layouts")[0]
    assert apid == 3


def test_the_command_writes_all_that_firmware_of_ones_own_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN)
    folder = tmp_path / "made"
    assert vermilion.main(["firmware", "header", "--dictionary", str(own), "--to", str(folder)]) == 0
    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(written) == sorted(folder.iterdir())
    assert parse(OWN, "own.toml").fingerprint in (folder / "vermilion_dictionary.h").read_text()
    compiled = library(folder, [path for path in written if path.suffix == ".c"])
    assert hasattr(compiled, "vermilion_encode")
    assert hasattr(compiled, "vermilion_deframe")
    assert vermilion.main(["firmware", "header", "--dictionary", str(tmp_path / "absent.toml")]) == 2
    assert "give the path of a TOML file" in capsys.readouterr().err


def test_the_crc_of_the_state_sees_any_double_and_no_nan_from_another() -> None:
    computer = zeroed(records.Computer)
    crc = state_crc(computer)
    computer.navigation.position_z = -0.0
    assert state_crc(computer) != crc
    computer.navigation.position_z = math.nan
    crc = state_crc(computer)
    computer.navigation.position_z = -math.nan
    assert state_crc(computer) == crc
    computer.telemetry.health.frames_rejected = 1  # the link's own count
    assert state_crc(computer) == crc
