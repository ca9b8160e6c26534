"""Single moments of a recorded flight, where there is nothing to see."""

from __future__ import annotations

import numpy as np
import pytest

from ground.detect.recorded import moments


@pytest.mark.parametrize("count", [0, 5])
def test_too_little_altitude_shows_no_landing(count: int) -> None:
    some = np.arange(float(count))
    assert moments.landing(some, 100.0 - some, np.ones(count), 1.0, after=1.0) is None
