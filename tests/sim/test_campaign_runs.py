"""Whole campaigns as processes: interrupted, gone on with, refused."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from flight.wire.errors import Misuse
from sim.campaigns import campaign as campaigns
from tests.system import processes as commands

SHORT = 'name = "short"\nvehicle = "zhuque-1"\nplan = "zhuque-1"\npayload_kg = 300.0\nend_s = 20.0\n'


@pytest.fixture
def short(tmp_path: Path) -> Path:
    path = tmp_path / "short.toml"
    path.write_text(SHORT)
    return path


def campaign_command(short: Path, out: str, workers: int, flights: int = 10, seed: int = 3) -> list[str]:
    numbers = ["--flights", str(flights), "--seed", str(seed), "--workers", str(workers)]
    return ["campaign", "zhuque-1", "--scenario", str(short), "--out", out, *numbers]


def children(parent: int) -> list[int]:
    """The processes that a process has started, as Linux lists them."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found


def test_the_table_is_the_same_for_any_workers_and_after_a_kill(tmp_path: Path, short: Path) -> None:
    whole = commands.run(*campaign_command(short, "whole", 1), "--json", folder=tmp_path)
    assert (whole.status, whole.err.splitlines()[-1]) == (0, "10 of 10 flights, about 0 s left")
    assert [len(whole.of("flight")), len(whole.of("campaign")), len(whole.records)] == [10, 1, 11]
    log = tmp_path / "killed" / "flights.log"
    child = commands.start(*campaign_command(short, "killed", 2), folder=tmp_path)
    end = time.monotonic() + 40.0
    while not (log.exists() and log.read_bytes().count(b"\n") >= 3):
        assert time.monotonic() < end
        assert child.poll() is None
        time.sleep(0.01)
    workers = children(child.pid) if Path("/proc/self/stat").exists() else []
    child.kill()
    child.wait()
    assert 3 <= log.read_bytes().count(b"\n") < 10
    assert not (tmp_path / "killed" / "flights.csv").exists()
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        if time.monotonic() > end:
            for worker in workers:
                os.kill(worker, signal.SIGKILL)
            pytest.fail("its workers outlive it")
        time.sleep(0.05)
    child.communicate()
    with log.open("ab") as torn:
        torn.write(b'{"row":{"scenario":"sho')
    again = commands.run(*campaign_command(short, "killed", 2), "--json", folder=tmp_path)
    assert again.status == 0
    assert "1 damaged lines" in again.err
    assert 0 < len(again.of("flight")) < 10
    assert (tmp_path / "killed" / "flights.csv").read_bytes() == (tmp_path / "whole" / "flights.csv").read_bytes()
    differing = {key for key, value in again.of("campaign")[0].items() if value != whole.of("campaign")[0][key]}
    assert differing == {"folder"}


def test_flights_that_are_there_are_not_flown_again_and_more_can_be_added(tmp_path: Path, short: Path) -> None:
    first = commands.run(*campaign_command(short, "out", 1, flights=2), "--json", folder=tmp_path)
    more = commands.run(*campaign_command(short, "out", 1, flights=3), "--json", folder=tmp_path)
    text = commands.run(*campaign_command(short, "out", 1, flights=2), folder=tmp_path)
    assert [flight["flight"] for flight in [*first.of("flight"), *more.of("flight")]] == [0, 1, 2]
    assert "zhuque-1, short, seed 3: 2 flights" in text.out
    assert len((tmp_path / "out" / "flights.csv").read_text().splitlines()) == 3
    assert text.err == ""


def test_another_campaign_in_the_same_folder_is_refused(tmp_path: Path, short: Path) -> None:
    assert commands.run(*campaign_command(short, "out", 1, flights=1), folder=tmp_path).status == 0
    other = commands.run(*campaign_command(short, "out", 1, flights=1, seed=4), folder=tmp_path)
    assert (other.status, other.out) == (2, "")
    assert other.err == (
        "vermilion: out: holds flights of a campaign with other seed; give another --out, or remove that folder\n"
    )
    short.write_text(SHORT.replace("20.0", "21.0"))
    changed = commands.run(*campaign_command(short, "out", 1, flights=1), folder=tmp_path)
    assert "with other scenarios;" in changed.err


def test_a_dask_cluster_of_two_processes_makes_the_same_table(tmp_path: Path, short: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra scale is not installed")
    here = commands.run(*campaign_command(short, "here", 1, flights=4), folder=tmp_path)
    assert here.status == 0, here.err
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        there = commands.run(*campaign_command(short, "there", 1, flights=4), "--dask", address, folder=tmp_path)
        flown_by = {
            worker.pid for worker in (nanny.process for nanny in cluster.workers.values()) if worker is not None
        }
    assert there.status == 0, there.err
    assert len(flown_by) == 2
    assert (tmp_path / "here" / "flights.csv").read_bytes() == (tmp_path / "there" / "flights.csv").read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C goes to a process group as POSIX has it")
def test_control_c_keeps_what_was_flown_and_says_so(tmp_path: Path, short: Path) -> None:
    child = subprocess.Popen(
        commands.command(campaign_command(short, "out", 2, flights=500)),
        cwd=tmp_path,
        env=commands.ENVIRONMENT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    log, end = tmp_path / "out" / "flights.log", time.monotonic() + 60.0
    while not (log.exists() and log.read_bytes().count(b"\n") >= 3):
        assert time.monotonic() < end
        time.sleep(0.01)
    os.killpg(child.pid, signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "of 500 flights are in out, the same command goes on" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--flights", "0"], "--flights 0: must be at least 1"),
        (["--workers", "0"], "workers"),
        (["--dispersions", "wild"], "dispersions 'wild': no such name or file"),
        (["--dask", "tcp://127.0.0.1:9"], "no scheduler answers"),
        (["--scenario", "nominl"], "did you mean nominal?"),
    ],
)
def test_wrong_use_is_one_line(tmp_path: Path, arguments: list[str], reason: str) -> None:
    said = commands.run("campaign", "zhuque-1", *arguments, folder=tmp_path)
    assert (said.status, said.out) == (2, "")
    assert reason in said.err
    assert said.err.count("\n") == 1


def test_two_scenarios_of_one_name_are_refused(tmp_path: Path, short: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(SHORT)
    with pytest.raises(Misuse, match="another one is named 'short' too"):
        campaigns.load("zhuque-1", [str(short), str(other)], "none", 1, 1)


def test_the_key_has_what_a_flight_depends_on_and_not_the_number_of_flights(short: Path) -> None:
    base = campaigns.load("zhuque-1", [str(short)], "none", 1, 1)
    assert campaigns.load("zhuque-1", [str(short)], "none", 1, 9).short_name == base.short_name
    for other in (
        campaigns.load("zhuque-1", ["nominal"], "none", 1, 1),
        campaigns.load("zhuque-1", [str(short)], "default", 1, 1),
        campaigns.load("zhuque-1", [str(short)], "none", 2, 1),
    ):
        assert other.short_name != base.short_name
