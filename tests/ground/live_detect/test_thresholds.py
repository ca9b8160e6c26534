"""The thresholds' file: complete, explained, and strict."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from flight.wire.errors import Misuse
from ground.detect.thresholds import Layers, default_text, parse
from ground.report import Alarm
from tests.ground.toy import Script, config, fly, latest, listen


def test_the_softwares_own_thresholds_are_complete() -> None:
    thresholds = parse(default_text(), "thresholds.toml")
    assert thresholds.silence.vehicle_s == 3.0
    assert thresholds.attitude.error == pytest.approx(5.0 / 57.29577951)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rise = 1.0", "", "pad.rise: must be a number"),
        ("rise = 1.0", "rise = -1.0", "pad.rise: must be a number"),
        ("rise = 1.0", "rise = nan", "pad.rise: must be a number"),
        ("rise = 1.0", "rise = true", "pad.rise: must be a number"),
        ("rise = 1.0", "rose = 1.0", "pad.rose: unknown key"),
        ("cusum = true", "cusum = 1", "layers.cusum: must be true or false"),
        ("[pad]", "[launch_pad]", "launch_pad: unknown section"),
        ("[pad]", "[pad", "not valid TOML"),
        ("[silence]", "silence = 1\n[limits]", "not valid TOML"),
    ],
)
def test_errors_name_source_key_and_reason(old: str, new: str, said: str) -> None:
    with pytest.raises(Misuse, match=r"^mine\.toml: ") as error:
        parse(default_text().replace(old, new, 1), "mine.toml")
    assert said in str(error.value)


def test_a_missing_section_is_said() -> None:
    with pytest.raises(Misuse, match="attitude: the section is missing"):
        parse(default_text().partition("[attitude]")[0], "mine.toml")


def test_every_layer_takes_part_and_each_can_be_left_out() -> None:
    thresholds = parse(default_text(), "thresholds.toml")
    for layer in fields(Layers):
        assert getattr(thresholds.layers, layer.name), layer.name
        text = default_text().replace(f"\n{layer.name} = true", f"\n{layer.name} = false", 1)
        settings = replace(config(), thresholds=text)
        _, out = listen(fly(Script(end_s=14.0)).chunks(), settings)
        assert latest(out)["stage_1_burnout"].status == "confirmed", layer.name
        assert not [report for report in out if isinstance(report, Alarm)], layer.name
