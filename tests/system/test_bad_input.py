"""What a user can do wrong: one line that says what to do, status 2, never a traceback. Damage is not misuse."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.system.processes import run

FOREIGN = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["launch"], "there is no command 'launch'"),
        (["fly", "zhuque-9"], "zhuque-9"),
        (["fly", "zhuque-1", "--scenario", "perfect"], "scenario 'perfect'"),
        (["fly", "zhuque-1", "--speed", "fast"], "--speed fast: must be a number"),
        (["fly", "zhuque-1", "--to", "pigeon:"], "unknown kind of link 'pigeon'"),
        (["fly", "zhuque-1", "--to", "mqtt://127.0.0.1:1"], "no broker answers there"),
        (["fly", "bad.toml"], "bad.toml"),
        (["demo", "--link", "carrier"], "--link carrier: must be serial, mqtt, tcp, udp"),
        (["demo", "--scenario", "perfect", "--json"], "scenario 'perfect'"),
        (["ground"], "Missing argument 'URL…'"),
        (["ground", "serial:/dev/absent", "--no-wait"], "no such port; plug it in, or leave out --no-wait"),
        (["ground", "tcp://127.0.0.1:1", "--no-wait"], "start the vehicle, or leave out --no-wait"),
        (["ground", "tcp://127.0.0.1:1", "--dictionary", "absent.toml"], "absent.toml: cannot read the dictionary"),
        (["ground", "tcp://127.0.0.1:1", "--dictionary", "bad.toml"], "bad.toml: "),
        (["ground", "tcp://127.0.0.1:1", "--profile", "bad.toml"], "bad.toml: "),
        (["ground", "tcp://127.0.0.1:1", "--record", "foreign.png"], "exists already; give another name"),
        (["ground", "tcp://127.0.0.1:1", "--site", "somewhere"], "--site somewhere: must be LATITUDE,LONGITUDE,HEIGHT"),
        (["ground", "tcp://127.0.0.1:1", "--site", "95,0,0"], "--site 95,0,0: is no place on the Earth"),
        (["ground", "tcp://127.0.0.1:1", "--products", "50"], "--products 50: products are computed 10 times a second"),
        (["replay", "absent.vermilion"], "absent.vermilion"),
        (["replay", "foreign.png"], "foreign.png: not a recording"),
        (["replay", "foreign.png", "--speed", "-1"], "--speed -1: must be a number"),
        (["export", "foreign.png", "--out", "x"], "foreign.png: not a recording"),
        (["detect", "absent.csv"], "absent.csv"),
        (["detect", "foreign.png"], "foreign.png"),
        (["detect", "useless.csv"], "useless.csv"),
        (["recordings", "nowhere"], "nowhere: no such folder"),
    ],
)
def test_misuse_is_one_line_and_status_2(arguments: list[str], complaint: str, tmp_path: Path) -> None:
    (tmp_path / "foreign.png").write_bytes(FOREIGN)
    (tmp_path / "bad.toml").write_text("name = 3\nthrust = 'a lot'\n")
    (tmp_path / "useless.csv").write_text("colour,taste\nred,sweet\n")
    result = run(*arguments, folder=tmp_path, seconds=30)
    assert result.status == 2, (result.out, result.err)
    assert complaint in result.err
    assert len(result.err.strip().splitlines()) == 1, result.err
    assert "Traceback" not in result.err
    assert result.out == ""


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"tcp-listen://127.0.0.1:{taken.getsockname()[1]}"
        result = run("ground", url, folder=tmp_path, seconds=30)
    assert result.status == 2
    assert "cannot listen there" in result.err
    assert len(result.err.strip().splitlines()) == 1
