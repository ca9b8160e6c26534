"""The truth's state rows on the disk."""

from __future__ import annotations

import csv
import importlib
import math
from pathlib import Path
from typing import Any

import pytest

from sim.truth import COLUMNS, Truth
from tests.sim import flown


def two_seconds() -> Truth:
    mission, _, _ = flown.mission("nominal", 1, rows=True)
    while mission.time_s < 2.0:
        mission.step()
    return mission.truth


def test_parquet_has_what_csv_has(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="the extra analysis is not installed")
    parquet: Any = importlib.import_module("pyarrow.parquet")
    truth = two_seconds()
    for name in ("truth.csv", "truth.parquet"):
        truth.write_rows(tmp_path / name)
    with (tmp_path / "truth.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    table = parquet.read_table(tmp_path / "truth.parquet").to_pydict()
    assert tuple(table) == COLUMNS
    assert len(rows) == len(table["time_s"]) == 20
    for name in COLUMNS:
        for row, value in zip(rows, table[name], strict=True):
            assert float(row[name]) == pytest.approx(value, rel=1e-8) or math.isnan(value)


def test_no_rows_make_an_empty_table(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="the extra analysis is not installed")
    parquet: Any = importlib.import_module("pyarrow.parquet")
    Truth().write_rows(tmp_path / "empty.parquet")
    table = parquet.read_table(tmp_path / "empty.parquet")
    assert (table.num_rows, tuple(table.column_names)) == (0, COLUMNS)
