"""Flight plans: those that come with the software, and what is refused in one's own."""

import re
from pathlib import Path

import pytest

from flight.plans import plan as plans
from flight.plans.plan import MOST_KNOTS, MOST_STAGES
from flight.wire.dictionary import default
from flight.wire.errors import Misuse

KNOWN = {*(default().packets["event"].fields[0].enumeration or {}), "max_q", "apogee", "impact", "landing"}


def test_names() -> None:
    assert {"zhuque-1", "zhuque-1-maiden"} <= set(plans.names())


@pytest.mark.parametrize("name", plans.names())
def test_every_plan_loads_and_fits_its_packets(name: str) -> None:
    plan = plans.load(name)
    assert plan.name == name
    fields = {field.name: field for field in default().packets["identity"].fields}
    assert len(plan.name) <= fields["plan"].text_length
    assert len(plan.vehicle) <= fields["vehicle"].text_length
    assert len(plan.stages) <= MOST_STAGES
    assert len(plan.program_time_s) <= MOST_KNOTS
    assert plans.parse(plans.text(name), name) == plan


@pytest.mark.parametrize("name", plans.names())
def test_expected_events_are_known_and_can_be_found(name: str) -> None:
    plan = plans.load(name)
    named = [event.name for event in plan.events]
    assert len(set(named)) == len(named)
    assert set(named) <= KNOWN
    assert all(event.latest_s - event.earliest_s >= 2.0 for event in plan.events)
    assert plan.event("liftoff") is not None
    assert plan.event("scrub") is None


@pytest.mark.parametrize("name", plans.names())
def test_program_bends_down_while_the_lowest_stage_burns(name: str) -> None:
    plan = plans.load(name)
    assert plan.program_pitch_deg[0] == pytest.approx(plan.site.elevation_deg, abs=1.0)
    assert plan.program_time_s[-1] < plan.stages[0].burn_limit_s


def test_plan_from_a_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(plans.text("zhuque-1").replace('name = "zhuque-1"', 'name = "mine"', 1), encoding="utf-8")
    assert plans.load(str(file)).name == "mine"


def test_unknown_plan_suggests() -> None:
    with pytest.raises(Misuse, match=r"flight plan 'zhuque1': no such name or file; did you mean zhuque-1\?"):
        plans.load("zhuque1")


def test_unreadable_plan(tmp_path: Path) -> None:
    file = tmp_path / "binary.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Misuse, match=r"binary\.toml: cannot read the flight plan"):
        plans.load(str(file))


ERRORS = [
    ("vehicle = ", "vehicel = ", "vehicle: missing; is it what vehicel was meant to be"),
    ("countdown_s = 10.0", "countdown_s = 0.0", "countdown_s: 0 is outside of 1 to 3600"),
    ("azimuth_deg = 104.3", "azimuth_deg = nan", "azimuth_deg: is not finite"),
    ("latitude_deg = 40.96", "latitude_deg = 140.96", "site.latitude_deg: 140.96 is outside of -90 to 90"),
    ("apogee_m = 300e3", "apogee_m = 200e3", "target.apogee_m: is below perigee_m"),
    ("time_s = [0.0, 4.0", "time_s = [4.0, 4.0", "program.time_s: each number must be larger"),
    ("pitch_deg = [90.0, 90.0,", "pitch_deg = [90.0,", "program.pitch_deg: has 11 values, time_s has 12"),
    ("burn_limit_s = 85.0", "burn_limit_s = 70.0", "stage[0].burn_limit_s: must be longer than burn_s"),
    ("rate_gain = 6.0", "rate_gain = 0.5", "stage[2].trim_gain: unstable"),
    ("vectored = false", "vectored = 0", "stage[2].vectored: 0 is neither true nor false"),
    ("weave_deg = ", "weeve_deg = ", "stage[2].weeve_deg: unknown key; did you mean weave_deg?"),
    ("fairing_stage = 3", "fairing_stage = 4", "fairing_stage: 4 is outside of 1 to 3"),
    ("fairing_stage = 3", "fairing_stage = 3\nfairing_s = 9", "fairing_s: fairing_stage says already"),
    ("perigee_m = 300e3", "perigee_m = 50e3", "target: perigee_m: no orbit is below 100000"),
    (
        "ignition_s = 405.0",
        "ignition_s = 100.0",
        "stage[2].ignition_s: before the stages below have burnt out, at 148.7",
    ),
    ("burn_s = 76.6", "burn_s = 76.6\nignition_s = 1", "stage[0].ignition_s: the lowest stage is lit on the pad"),
    ("burn_s = 76.6", "burn_s = 76.6\nvernier_s = 5", "stage[0].vernier_pressure_pa: missing"),
    (
        '"closed_loop"\nburn_s = 66.911',
        '"loop"\nburn_s = 66.911',
        "stage[1].steering: 'loop' is none of program, horizon,",
    ),
    ("thrust_n = 265000.0", "", "stage[1].thrust_n: missing"),
    ("[target]", "[parachutes]\nmain_height_m = 1e3\ndrogue_delay_s = 1\n[target]", "parachutes: nothing comes down"),
    ("[target]", "[abort]\nrate_deg_s = 0\n[target]", "abort.rate_deg_s: missing, and so is every other limit"),
    ("[target]", "[tower]\njettison = 3\n[target]", "tower.jettison_s: missing; is it what jettison was meant"),
    ("slew_rate_deg_s = 3.0", "slew_rate_deg_s = 3.0\nthrottle = [[1, 0.6]]", "throttle: the lowest stage is solid"),
    ("slew_rate_deg_s = 3.0", "slew_rate_deg_s = 3.0\nthrottle = [1]", "throttle: each row must be a list of 2"),
    (
        "slew_rate_deg_s = 3.0",
        'slew_rate_deg_s = 3.0\ntelemetry = "slow"',
        "telemetry: 'slow' is none of full, low_rate",
    ),
    ("earliest_s = -1.0", "earliest_s = 0.5", "events.liftoff: time_s must lie between earliest_s and latest_s"),
    ("slew_rate_deg_s = 3.0", "slew_rate_deg_s = 3.0\nslew = 1", "slew: unknown key"),
    ('name = "zhuque-1"', 'name = "a name that is far too long for it"', "name: longer than 24 bytes"),
]


@pytest.mark.parametrize(("before", "after", "message"), ERRORS, ids=[row[2].split(":")[0] for row in ERRORS])
def test_errors_name_file_key_and_reason(before: str, after: str, message: str) -> None:
    text = plans.text("zhuque-1")
    assert before in text
    with pytest.raises(Misuse, match=r"my\.toml: " + re.escape(message)):
        plans.parse(text.replace(before, after, 1), "my.toml")


def test_fairing_of_a_stage_that_is_not_there() -> None:
    text = plans.text("zhuque-1")
    first, second = (place.start() for place in list(re.finditer(r"\[\[stage\]\]", text))[1:])
    with pytest.raises(Misuse, match="fairing_stage: there are 2 stages"):
        plans.parse(text[:first] + text[second:], "my.toml")


LIQUID = Path(__file__).with_name("liquid.toml").read_text(encoding="utf-8")
IMPOSSIBLE = [
    ("first_stage = 2", "first_stage = 3", "first_stage: with 2 stages the last is above 3"),
    ("fairing_stage = 3", "fairing_stage = 1", "fairing_stage: there are 2 stages, the first is 2"),
    ("[40.0, 0.6]", "[140.0, 0.6]", "throttle: each time must be later"),
    ("[40.0, 0.6]", "[40.0, 1.6]", "throttle[0][1]: 1.6 is outside of 0.1 to 1"),
    ("count = 4", "count = 3", "booster.count: 2 or 4"),
    ("burn_s = 118.0", "burn_s = 300.0\nburn_limit = 400", "booster.burn_limit_s: must be longer than burn_s"),
    ("burn_limit_s = 125.0", "burn_limit_s = 118.0", "booster.burn_limit_s: must be longer than burn_s"),
    ("mass_kg = 34.8e3", "mass_kg = 18e3", "stage[1].mass_kg: is less than what burns"),
    ("vernier_s = 40.0", "vernier_s = 240.0", "stage[1].vernier_s: must be shorter than burn_s"),
]


def test_every_part_of_a_plan_is_read() -> None:
    plan = plans.parse(LIQUID, "liquid.toml")
    assert plan.boosters is not None
    assert plan.boosters.count == 4
    assert plan.abort is not None
    assert plan.abort.escape
    assert plan.parachutes == plans.Parachutes(60.0, 7500.0)
    assert (plan.tower_s, plan.fairing_stage, plan.fairing_s) == (114.0, 1, -1.0)
    assert plan.throttle == ((40.0, 0.6), (100.0, 0.8))
    assert [stage.steering for stage in plan.stages] == ["program", "closed_loop"]


@pytest.mark.parametrize(("before", "after", "message"), IMPOSSIBLE, ids=[row[2] for row in IMPOSSIBLE])
def test_what_cannot_be_flown_is_refused(before: str, after: str, message: str) -> None:
    assert before in LIQUID
    with pytest.raises(Misuse, match=r"my\.toml: " + re.escape(message)):
        plans.parse(LIQUID.replace(before, after, 1), "my.toml")


def test_too_heavy_to_lift_off() -> None:
    text = LIQUID[: LIQUID.index("[booster]")] + LIQUID[LIQUID.index("[tower]") :]
    heavy = text.replace("start_limit_s = 5.0", "thrust_n = 800e3\nmass_kg = 100e3", 1)
    with pytest.raises(Misuse, match=r"stage\[0\]\.thrust_n: is less than the weight"):
        plans.parse(heavy, "my.toml")


def test_trim_without_an_orbit() -> None:
    text = LIQUID.replace("perigee_m = 195e3", "perigee_m = -6e6").replace("trim_s = 0.0", "trim_s = 9.0")
    with pytest.raises(Misuse, match="trim_s: there is no orbit to trim"):
        plans.parse(text, "my.toml")
