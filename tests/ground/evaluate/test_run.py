"""Order, crew and results of an evaluation: balanced, resumable, refused where it would mix."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from flight.plans import plan as plans
from flight.wire.errors import Misuse
from ground.evaluate.command import ABLATED, ABLATED_A_ROUND, FULL_OTHER, SWEPT, Options, jobs_of
from ground.evaluate.judge import BASE, OTHERS
from ground.evaluate.order import INTO_BURN_S, SWEEPS, Amount, Fleet, Job, rounds, share, sweep_of, swept
from ground.evaluate.pools import Pool, Pools, load
from ground.evaluate.results import LOG, Results
from ground.evaluate.run import OTHERS_EVERY, crew, variants

NOMINAL = 'name = "nominal"\nvehicle = "zhuque-1"\nplan = "zhuque-1"\npayload_kg = 300.0\n'


def fleet(vehicle: str, *scenarios: str) -> Fleet:
    return Fleet(vehicle, ("nominal", *scenarios), plans.load("zhuque-1"), NOMINAL)


FLEETS = (fleet("zhuque-1", "maiden", "gnss-loss"), fleet("os-x0", "gnss-loss"))
POOL = Pool("design", 1, 100)


def opened() -> Pools:
    """The committed pools, sealed with nothing."""
    return load()


def test_every_round_holds_every_vehicle_and_scenario() -> None:
    jobs = list(rounds(FLEETS, ("os-x0",), POOL, Amount({"zhuque-1": 5, "os-x0": 2}, 3, 1, 2, 2)))
    for seed, counts in ((1, (3, 1)), (2, (2, 1))):
        its = [job for job in jobs if job.seed == seed]
        nominal = [job for job in its if job.scenarios == ("nominal",) and job.telemetry == "full"]
        expected = [("zhuque-1", counts[0]), ("os-x0", counts[1])]
        # The second round begins with the second vehicle.
        assert [(job.vehicle, job.flights) for job in nominal] == (expected if seed == 1 else expected[::-1])
        assert [job.flights for job in its if "gnss-loss" in job.scenarios] == [3 - seed] * 2
        assert sum(bool(job.made) for job in its) == 1
    assert [job.seed for job in jobs if job.telemetry == "low_rate"] == [1, 1]
    names = [name for job in jobs for name in job.flight_names]
    assert len(names) == len(set(names))


def test_what_is_asked_for_is_shared_out_to_the_last_flight() -> None:
    for total in (0, 1, 7, 50, 1000):
        assert sum(share(total, part, 50) for part in range(50)) == total
        assert {share(total, part, 50) for part in range(50)} <= {total // 50, total // 50 + 1}


def test_a_pool_that_is_too_small_is_refused() -> None:
    with pytest.raises(Misuse, match="seeds for 100 rounds alone"):
        list(rounds(FLEETS, (), POOL, Amount({}, 1, 0, 0, 101)))


def test_a_full_evaluation_asks_for_what_the_figures_need() -> None:
    pools = opened()
    fleets = (*FLEETS, fleet("zhuque-2"), fleet("soyuz-fg", "ms-10"))
    jobs = jobs_of(fleets, Options(full=True), replace(pools, seal=pools.seal), pools.seal)
    asked: dict[tuple[str, str], int] = {}
    for job in jobs:
        for scenario in job.scenarios:
            if job.pool == "sealed" and job.telemetry == "full":
                asked[job.vehicle, scenario] = asked.get((job.vehicle, scenario), 0) + job.flights
    assert asked["zhuque-1", "nominal"] == 1000
    assert asked["os-x0", "nominal"] == asked["zhuque-2", "nominal"] == 500
    assert asked["soyuz-fg", "ms-10"] == asked["zhuque-1", "maiden"] == FULL_OTHER == 50
    ablated = [job for job in jobs if job.ablate]
    assert {job.vehicle for job in ablated} == {"zhuque-1"} == set(ABLATED)
    assert {job.pool for job in ablated} == {"thresholds"}
    assert {job.vehicle for job in jobs if job.made} == set(SWEPT)


def test_a_run_that_is_cut_has_had_whole_rounds_and_a_part_of_the_ablation_behind_each() -> None:
    pools = opened()
    names = [f"failure-{number}" for number in range(2 * ABLATED_A_ROUND)]
    jobs = jobs_of((fleet("zhuque-1", *names), fleet("os-x0")), Options(full=True), pools, pools.seal)
    ablated = [place for place, job in enumerate(jobs) if job.ablate]
    parts = [jobs[place].scenarios for place in ablated]
    assert [name for part in parts for name in part] == ["nominal", *names]
    assert [len(part) for part in parts] == [ABLATED_A_ROUND, ABLATED_A_ROUND, 1]
    first = pools.pools["sealed"].first
    for number, place in enumerate(ablated):
        before = [job for job in jobs[:place] if not job.ablate]
        assert {job.seed for job in before} == set(range(first, first + number + 1))
        assert all(job.seed > first + number for job in jobs[place + 1 :] if not job.ablate)


def test_sweeps_are_scenarios_of_growing_size() -> None:
    made = dict(swept(FLEETS[0]))
    assert len(made) == sum(len(sweep.sizes) for sweep in SWEEPS)
    text = made["thrust-deficit-0.05"]
    assert 'name = "thrust-deficit-0.05"' in text
    assert "stage = 3\npart = 0.05\n" in text
    burn = FLEETS[0].plan.event("stage_3_ignition")
    assert burn is not None
    assert f"time_s = {burn.time_s + INTO_BURN_S}\n" in text
    assert {sweep_of(name) for name in made} == {(sweep, size) for sweep in SWEEPS for size in sweep.sizes}
    assert sweep_of("nominal") is None


def test_every_flight_is_heard_over_the_usual_link_and_some_over_others() -> None:
    job = Job("design", "zhuque-1", ("nominal",), 1, 200)
    heard = [variants(job, name, ()) for name in job.flight_names]
    assert {each[0] for each in heard} == {BASE}
    beside = [each[1] for each in heard if len(each) > 1]
    assert len(beside) == pytest.approx(200 / OTHERS_EVERY, abs=20)
    assert set(beside) == set(OTHERS)
    off = variants(replace(job, ablate=True), job.flight_names[0], ("estimator", "cusum"))
    assert [each.layer_off for each in off] == ["", "estimator", "cusum"]
    assert variants(replace(job, telemetry="low_rate"), job.flight_names[0], ()) == (BASE,)


@pytest.mark.parametrize(("workers", "flying", "judging"), [(1, 1, 1), (2, 1, 2), (3, 1, 3), (8, 4, 8)])
def test_the_crew_is_shared_out(workers: int, flying: int, judging: int) -> None:
    assert (crew(workers).flying, crew(workers).judging) == (flying, judging)


KEY = {"thresholds": "a", "profiles": "b", "software": "c"}


def test_results_survive_a_kill_in_the_middle_of_a_line(tmp_path: Path) -> None:
    with Results(tmp_path / "out", KEY) as results:
        results.add("design/v/nominal/full/1/0", [{"variant": "5 %"}])
        results.add("design/v/nominal/full/1/1", [{"variant": "5 %"}])
    log = tmp_path / "out" / LOG
    log.write_bytes(log.read_bytes()[:-9])
    with Results(tmp_path / "out", KEY) as results:
        assert (list(results.judged), results.damaged) == (["design/v/nominal/full/1/0"], 1)
        results.add("design/v/nominal/full/1/1", [{"variant": "20 %"}])
    with Results(tmp_path / "out", KEY) as results:
        assert results.judged["design/v/nominal/full/1/1"] == [{"variant": "20 %"}]
    assert json.loads(log.read_bytes().splitlines()[-1])["results"] == [{"variant": "20 %"}]


def test_results_of_other_thresholds_are_not_mixed_in(tmp_path: Path) -> None:
    Results(tmp_path / "out", KEY).__exit__()
    with pytest.raises(Misuse, match="holds an evaluation with other thresholds; give another --out"):
        Results(tmp_path / "out", {**KEY, "thresholds": "x"})
    (tmp_path / "file").write_text("")
    with pytest.raises(Misuse, match="cannot keep an evaluation there"):
        Results(tmp_path / "file" / "out", KEY)
