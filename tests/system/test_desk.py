"""BOARDS.md as a user follows it: its bytes are right, and its commands work with QEMU's serial port as the desk's."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path
from zlib import crc32

from flight.wire.dictionary import default
from flight.wire.frame import encode
from flight.wire.packet import Codec, ticks_of_step
from hil.boards.qemu import MACHINE, PROGRAM
from hil.firmware.build import build
from hil.firmware.ports.stm32f4.recipe import IMAGE
from tests.system.processes import ROOT, finish, run, start
from tests.system_parts import needs

PAGE = (ROOT / "BOARDS.md").read_text(encoding="utf-8")
STARTS_S = 20.0


def test_the_page_s_example_is_what_the_wire_makes_of_it() -> None:
    codec = Codec(default().packets["imu_summary"])
    packet = codec.encode(5, ticks_of_step(120), 7, (9.81, 9.75, 10.0, 0.0, 101301.0))
    frame = encode(packet)
    table = PAGE[PAGE.index("### Byte by byte") : PAGE.index("COBS then takes")]
    shown = bytes.fromhex("".join(re.findall(r"`([^`]*)`", "".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)))))
    assert shown == packet + shown[-4:]
    assert frame.hex(" ") in PAGE
    assert int.from_bytes(shown[-4:], "little") == crc32(packet)


def test_every_command_of_the_page_is_one() -> None:
    """Options as typed there are known to the commands."""
    helps: dict[str, str] = {}
    for line in re.findall(r"\./run [^`\n]*", PAGE):
        words = line.partition("#")[0].split()[1:]
        if words[0] in ("test", "bench"):
            continue
        if words[0] not in helps:
            helps[words[0]] = run(words[0], "--help", folder=ROOT).out
            assert helps[words[0]], line
        for option in re.findall(r"--[a-z]+(?:-[a-z]+)*", line):
            assert option in helps[words[0]], line


def test_a_board_on_a_port_flies_beside_the_station(tmp_path: Path, free_port: int) -> None:
    """Steps 2, 4 and 5, with the port that QEMU makes of the image's first serial line."""
    program, url = needs(PROGRAM), f"127.0.0.1:{free_port}"
    needs("arm-none-eabi-gcc")
    image = build("stm32f4", "arm-none-eabi-gcc").products[IMAGE]
    command = [program, "-M", MACHINE, "-kernel", str(image), "-display", "none", "-monitor", "none"]
    with (
        (tmp_path / "said").open("w+b") as said,
        subprocess.Popen([*command, "-serial", "null", "-serial", "pty"], stdout=said, stderr=said) as board,
    ):
        try:
            waited, port = 0.0, None
            while port is None and waited < STARTS_S:
                port = re.search(r"/dev/\S+", (tmp_path / "said").read_text())
                time.sleep(0.05)
                waited += 0.05
            assert port is not None
            assert os.path.exists(port[0])
            given = ["--board", port[0], "--until", "1", "--compare", "--to", f"tcp-listen://{url}", "--json"]
            flying = start("hil", *given, folder=tmp_path)
            watched = run("ground", f"tcp://{url}", "--json", folder=tmp_path)
            flown = finish(flying)
        finally:
            board.kill()
    assert (flown.status, flown.err) == (0, "")
    summary = flown.of("summary")[0]
    assert summary["telemetry_sha256"] == summary["python_sha256"]
    assert (summary["steps"], summary["frames_damaged"]) == (100, 0)
    assert watched.status == 0
    assert watched.of("summary")[0]["frames_lost"] == 0
    assert watched.of("verdict")[0]["vehicle"] == "zhuque-1"
