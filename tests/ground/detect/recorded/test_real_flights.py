"""Flights that really flew, where their recordings are at hand beside the repository.

Labels of the large ones are whole seconds and run 0.6 to 0.8 s later than the data. The detector was designed on
DESIGN; on CHECK every lift-off, cut-off and ignition came out right the first time it was run. Looking into CHECK
led to two later repairs: the top and the landing of Iridium NEXT 8's first stage, and
slopes at uneven samples (Inmarsat-5 F4 thinned to 1 Hz).
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.ground.detect.recorded.telling import Said, tell

FLIGHTS = Path(__file__).parents[4].parent / "shared" / "flights"
DESIGN = ("ABS-2A", "BulgariaSat-1", "Jason-3", "SES-12", "SpaceX_CRS-11", "SpaceX_CRS-8", "TESS")
CHECK = (
    "Bangabandhu-1",
    "GovSat-1",
    "Hispasat_30W-6",
    "Inmarsat-5_F4",
    "Iridium_NEXT_5",
    "Iridium_NEXT_8",
    "SpaceX_CRS-10",
)
LABELS = {"meco": "stage_1_burnout", "ses1": "stage_2_ignition", "seco1": "stage_2_burnout", "apogee": "apogee"}
# What a recording does not show, and so must not be told: the reason that must be given instead.
HIDDEN = {
    "BulgariaSat-1": {"stage_2_ignition": "stage 1 to 2", "stage_2_burnout": "stage 1 to 2"},
    "GovSat-1": {"stage_2_burnout": "nothing was recorded"},
    "Iridium_NEXT_8": {"stage_2_ignition": "stage 1 to 2"},
    "SES-12": {"stage_2_burnout": "nothing was recorded"},
    "SpaceX_CRS-10": {"stage_2_burnout": "the record ends"},
    "SpaceX_CRS-11": {"stage_2_ignition": "shows stage 1", "stage_2_burnout": "shows stage 1"},
}
# Second burns are seen in these, but not labelled.
RESTARTED = {"Bangabandhu-1", "BulgariaSat-1", "GovSat-1", "Inmarsat-5_F4", "Iridium_NEXT_8", "Jason-3", "SES-12"}


def lines(path: Path, every: int = 1) -> list[str]:
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the repository")
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [rows[0], *rows[1::every]]


def orbital(name: str, every: int = 1) -> tuple[Said, dict[str, float]]:
    said = tell(lines(FLIGHTS / "orbital" / f"{name}.csv", every))
    labels = json.loads((FLIGHTS / "orbital" / "events.json").read_text(encoding="utf-8"))[name]["events_s"]
    return said, {event: float(labels[label]) for label, event in LABELS.items() if label in labels}


@pytest.mark.parametrize("name", [*DESIGN, *CHECK])
def test_a_falcon_9(name: str) -> None:
    said, labels = orbital(name)
    assert said.onsets["liftoff"] == pytest.approx(0.0, abs=1.0)
    for event, label in labels.items():
        assert said.onsets[event] == pytest.approx(label, abs=2.0), event
    for event, reason in HIDDEN.get(name, {}).items():
        assert reason in said.undecided[event]
    expected = {"liftoff", "stage_1_burnout", "stage_2_ignition", "stage_2_burnout"} - set(HIDDEN.get(name, {}))
    expected |= {"stage_2_restart_1", "stage_2_cutoff_1"} if name in RESTARTED else set()
    assert set(said.stages()) == expected
    assert said.alarms == {}
    assert said.onsets["max_q"] == pytest.approx(70.0, abs=12.0)


@pytest.mark.parametrize("name", DESIGN[:3] + CHECK[:3])
def test_a_falcon_9_at_one_sample_a_second(name: str) -> None:
    said, labels = orbital(name, every=10)
    for event, label in labels.items():
        assert said.onsets[event] == pytest.approx(label, abs=2.5), event
    assert "stage_3_ignition" not in said.events


def test_a_falcon_9_that_flies_back_is_known_without_being_told_which_stage_it_is() -> None:
    rows = lines(FLIGHTS / "orbital" / "SpaceX_CRS-11.csv")
    said = tell([",".join(row.split(",")[:3]) + "\n" for row in rows])
    assert set(said.stages()) == {"liftoff", "stage_1_burnout"}
    assert "on its way back" in said.undecided["stage_2_ignition"]


LABELLED = tomllib.loads((Path(__file__).parent / "sounding_labels.toml").read_text(encoding="utf-8"))
WITHIN = {"liftoff": 0.3, "stage_1_burnout": 0.3, "apogee": 1.0, "drogue_deployment": 1.0, "main_deployment": 1.5}


@pytest.mark.parametrize("name", LABELLED)
def test_a_sounding_rocket(name: str) -> None:
    said = tell(lines(FLIGHTS / "sounding" / f"{name}.csv"))
    for event, label in LABELLED[name].items():
        assert said.onsets[event] == pytest.approx(label["time_s"], abs=WITHIN[event]), event
    assert set(said.onsets) - {"max_q", "landing"} == set(LABELLED[name])
    assert said.outcome == "suborbital"
    assert said.alarms == {}


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("camoes", "altitude_agl_m"),
        ("lince", "altitude_agl_m"),
        ("prometheus_telemega", "height_m"),
        ("prometheus_telemega", "pressure_pa"),
    ],
)
def test_a_sounding_rocket_by_its_altitude_alone(name: str, column: str) -> None:
    rows = [row.rstrip("\n").split(",") for row in lines(FLIGHTS / "sounding" / f"{name}.csv")]
    kept = rows[0].index("time_s"), rows[0].index(column)
    said = tell([",".join(row[place] for place in kept) + "\n" for row in rows])
    assert said.onsets["liftoff"] == pytest.approx(LABELLED[name]["liftoff"]["time_s"], abs=0.4)
    assert said.onsets["apogee"] == pytest.approx(LABELLED[name]["apogee"]["time_s"], abs=1.0)
    assert {event.status for event in said.events.values()} == {"provisional"}
