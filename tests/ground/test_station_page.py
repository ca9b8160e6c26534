"""STATION.md, the flight controller's page, knows every event and alarm that the station can say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ground.alarms import ALARMS
from ground.detect.events import TABLE, Row

PAGE = (Path(__file__).parents[2] / "STATION.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ALARMS)
def test_every_alarm_has_its_line_with_severities_meaning_and_what_it_follows(name: str) -> None:
    kind = ALARMS[name]
    follows = ", ".join(f"`{other}`" for other in sorted(kind.follows)) or "—"
    assert f"| `{name}` | {', '.join(kind.severities)} | {kind.meaning} | {follows} |" in PAGE


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_every_event_has_its_line(row: Row) -> None:
    names = PAGE[PAGE.index("## Events") : PAGE.index("## Alarms")].replace("stage_N_", "stage_1_")
    named = {
        whole if "_" not in whole or not whole.endswith("_") else whole + "separation"
        for whole in re.findall(r"`([a-z_0-9]+)`", names)
    }
    assert any(re.fullmatch(row.name, name) for name in named)
