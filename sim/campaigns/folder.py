"""A campaign's folder: what makes the campaign, a line for each flight as it ends, and the tables made from them.

    campaign.json    the key: vehicle, scenarios, seed, dispersions, software; a folder holds one campaign
    flights.log      one JSON object a line, in the order in which flights ended: {"row": …, "heights": …, …}
    flights.csv      the table, in the order of scenarios and flights; flights.parquet the same, where pyarrow is there
    envelope-*.json  what flights without faults look like, one file a scenario (`sim.campaigns.envelope`)

The log is what an interrupted campaign goes on from: row and profile share a line, so that no kill can part them.
"""

from __future__ import annotations

import csv
import hashlib
import importlib
import importlib.util
import json
import os
from array import array
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Self

from flight.wire.errors import Misuse
from sim.campaigns.flight import Flown, Row

Key = Mapping[str, Any]
KEY = "campaign.json"
LOG = "flights.log"
TABLE = "flights.csv"
PARQUET = "flights.parquet"


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


class CampaignFolder:
    """The folder of one campaign, open for more flights. Use it as a context manager."""

    def __init__(self, path: Path, key: Key) -> None:
        """Opens or makes the folder. Raises Misuse where it holds another campaign or cannot be written."""
        self.path = path
        self.damaged = 0
        """Lines of the log that could not be read; their flights are flown again."""
        self.flown: dict[tuple[str, int], Flown] = {}
        """By scenario and flight."""
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._claim(key)
            self._read()
            self._log = (path / LOG).open("ab")
            if self._torn:
                self._log.write(b"\n")
        except OSError as error:
            raise Misuse(f"{path}: cannot keep a campaign there: {error}; give another --out") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._log.close()

    def add(self, flown: Flown) -> None:
        """Keeps a flight: its line is the operating system's before this returns."""
        line = {
            "row": flown.row,
            "heights": flown.heights.tolist(),
            "speeds": flown.speeds.tolist(),
            "states": flown.states.tolist(),
            "burns": {stage: burn.tolist() for stage, burn in flown.burns.items()},
        }
        self._log.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        self._log.flush()
        self._note(flown)

    def write_tables(self, flights: Sequence[Flown], columns: Mapping[str, type]) -> list[str]:
        """The CSV table, and the Parquet one where pyarrow is installed; the names of the files."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([flown.row[name] for name in columns] for flown in flights)
        self.write(TABLE, text.getvalue().encode())
        if importlib.util.find_spec("pyarrow") is None:
            return [TABLE]
        self._write_parquet([flown.row for flown in flights], columns)
        return [TABLE, PARQUET]

    def write(self, name: str, data: bytes) -> None:
        """A whole file at once, so that nobody ever reads half of one."""
        new = self.path / (name + ".new")
        new.write_bytes(data)
        os.replace(new, self.path / name)

    def _claim(self, key: Key) -> None:
        file = self.path / KEY
        if not file.exists():
            self.write(KEY, json.dumps(key, indent=2).encode() + b"\n")
            return
        try:
            there = json.loads(file.read_bytes())
        except ValueError:
            there = None
        if not isinstance(there, dict):
            raise Misuse(f"{file}: is no campaign's key; give another --out, or remove that folder")
        if there != key:
            names = [name for name in key if there.get(name) != key[name]] or sorted(set(there) - set(key))
            raise Misuse(
                f"{self.path}: holds flights of a campaign with other {', '.join(names)}; "
                "give another --out, or remove that folder"
            )

    def _read(self) -> None:
        file = self.path / LOG
        self._torn = False
        if not file.exists():
            return
        with file.open("rb") as lines:
            for line in lines:
                self._torn = not line.endswith(b"\n")
                flown = None if self._torn else _parsed(line)
                if flown is None:
                    self.damaged += 1
                else:
                    self._note(flown)

    def _note(self, flown: Flown) -> None:
        self.flown[str(flown.row["scenario"]), int(flown.row["flight"] or 0)] = flown

    def _write_parquet(self, rows: Sequence[Row], columns: Mapping[str, type]) -> None:
        pyarrow: Any = importlib.import_module("pyarrow")
        parquet: Any = importlib.import_module("pyarrow.parquet")
        kinds = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64()}
        schema = pyarrow.schema([(name, kinds[kind]) for name, kind in columns.items()])
        new = self.path / (PARQUET + ".new")
        parquet.write_table(pyarrow.Table.from_pylist(list(rows), schema=schema), new)
        os.replace(new, self.path / PARQUET)


def _parsed(line: bytes) -> Flown | None:
    """A line of the log; None where it is damaged."""
    try:
        read = json.loads(line)
        row = dict(read["row"])
        if isinstance(row["scenario"], str) and isinstance(row["flight"], int):
            heights, speeds, states = (array("d", read[name]) for name in ("heights", "speeds", "states"))
            burns = {int(stage): array("d", burn) for stage, burn in read["burns"].items()}
            return Flown(row, heights, speeds, states, burns)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return None
