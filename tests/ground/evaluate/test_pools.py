"""The pools of seeds, the seal on the last one, and the layers that can be switched off."""

from dataclasses import replace
from pathlib import Path

import pytest

from flight.wire.errors import Misuse
from ground import profile
from ground.detect import thresholds
from ground.evaluate import layers, pools
from ground.evaluate.command import Options, jobs_of, seal

TEXT = pools.FILE.read_text(encoding="utf-8")


def test_the_committed_pools_share_no_seed_and_the_profiles_belong_to_the_first() -> None:
    there = pools.load().pools
    seeds = [range(pool.first, pool.last + 1) for pool in there.values()]
    assert sum(map(len, seeds)) == len(set().union(*seeds))
    assert 1 in range(there["design"].first, there["design"].last + 1)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (TEXT.replace("first = 21000", "first = 19999"), "sealed: shares seeds with thresholds"),
        (TEXT.replace("[thresholds]", "[others]"), "no pools"),
        ("first = ", "no pools"),
    ],
)
def test_wrong_pools_are_refused(changed: str, reason: str) -> None:
    with pytest.raises(Misuse, match=reason):
        pools.parse(changed, "pools.toml")


def test_the_sealed_pool_opens_with_its_own_thresholds_and_profiles_alone(tmp_path: Path) -> None:
    file = tmp_path / "pools.toml"
    file.write_text(TEXT)
    present = pools.seal_of("a = 1\n", {"plan": "{}"})
    pools.write_seal(present, file)
    there = pools.load(file)
    assert there.open("sealed", present) == there.pools["sealed"]
    for other in (pools.seal_of("a = 2\n", {"plan": "{}"}), pools.seal_of("a = 1\n", {"plan": "{ }"})):
        with pytest.raises(Misuse, match=r"stays closed.*--seal and commit it first"):
            there.open("sealed", other)
        assert there.open("design", other).first == 1
    with pytest.raises(Misuse, match="--pool best: must be design, thresholds, sealed"):
        there.open("best", present)


def test_a_full_evaluation_needs_the_seal() -> None:
    closed = replace(pools.load(), seal=pools.Seal("", ""))
    with pytest.raises(Misuse, match="stays closed"):
        jobs_of([], Options(full=True), closed, seal())


def test_the_seal_is_on_what_the_station_decides_by() -> None:
    assert seal() == pools.seal_of(thresholds.default_text(), profile.texts())


LAYERED = "[pad]\nrise = 1.0\n\n[layers] # all on\nestimator = 1 # why\ncusum = true\n\n[wire]\ncusum = 3.0\n"


def test_a_layer_is_switched_off_and_nothing_else_changes() -> None:
    assert layers.names(LAYERED) == ("estimator", "cusum")
    assert layers.without(LAYERED, "estimator") == LAYERED.replace("estimator = 1", "estimator = 0")
    assert layers.without(LAYERED, "cusum") == LAYERED.replace("cusum = true", "cusum = false")
    with pytest.raises(Misuse, match="no such layer; one of estimator, cusum"):
        layers.without(LAYERED, "rise")
    with pytest.raises(Misuse, match="no such layer"):
        layers.without("[pad]\nrise = 1.0\n", "estimator")


def test_every_layer_of_the_thresholds_can_be_switched_off() -> None:
    text = thresholds.default_text()
    for name in layers.names(text):
        thresholds.parse(layers.without(text, name), "thresholds")
