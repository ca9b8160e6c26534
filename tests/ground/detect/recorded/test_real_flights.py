"""Flights that really flew, where their recordings are at hand beside the repository.

Labels of the large ones are whole seconds and run 0.6 to 0.8 s later than the data. The detector was designed on
DESIGN; on CHECK every lift-off, cut-off and ignition came out right the first time it was run. Looking into CHECK
led to two later repairs: the top and the landing of Iridium NEXT 8's first stage, and
slopes at uneven samples (Inmarsat-5 F4 thinned to 1 Hz).
"""

from __future__ import annotations

import json
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


# Read by hand from the columns; each with what was looked at.
SOUNDING = {
    # Vertical acceleration leaves 0.1 m/s² at −0.13 s; falls through −9.8 m/s² (thrust equals drag) at 4.48 s; the
    # altitude stays within 1 m of its highest from 23.5 to 24.5 s, and the integrated acceleration ends at 24.07 s.
    "camoes": {"liftoff": -0.12, "stage_1_burnout": 4.48, "apogee": 24.0},
    # Leaves 0.05 m/s² between −0.10 and −0.08 s; falls through −9.8 m/s² at 4.60 s; highest at 26.0 s, before the
    # ejection charge at 26.8 s upsets the barometer; a spike at 28.9 s is higher.
    "lince": {"liftoff": -0.09, "stage_1_burnout": 4.60, "apogee": 26.0},
    # Rises out of ±3 m/s² at −0.10 s; steps down at 4.36 s and reaches −9.8 m/s² (0 on the pad) at 4.75 s; highest
    # 28.81 s.
    "prometheus_telemega": {"liftoff": -0.10, "stage_1_burnout": 4.60, "apogee": 28.81},
}


@pytest.mark.parametrize("name", SOUNDING)
def test_a_sounding_rocket(name: str) -> None:
    said = tell(lines(FLIGHTS / "sounding" / f"{name}.csv"))
    for event, within in (("liftoff", 0.3), ("stage_1_burnout", 0.3), ("apogee", 1.0)):
        assert said.onsets[event] == pytest.approx(SOUNDING[name][event], abs=within), event
    assert set(said.stages()) == {"liftoff", "stage_1_burnout"}
    assert said.outcome == "suborbital"
    assert said.alarms == {}
