"""The folder of one evaluation: what it judges by, and a line for each flight that has been judged.

evaluation.json  the key: seal of thresholds and profiles, and the software; a folder holds one evaluation
results.log      one JSON object a line: {"name": …, "results": […]}, in the order in which they came
flying/          campaigns that are being flown; each flight's telemetry goes when it has been judged
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from flight.wire.errors import Misuse
from ground.evaluate.judge import Result

KEY, LOG, FLYING = "evaluation.json", "results.log", "flying"

_SOFTWARE = Path(__file__).parents[2]
_PARTS = ("flight", "sim", "ground")


def software_digest() -> str:
    """SHA-256 over the sources and tables of what flies and what listens."""
    found = hashlib.sha256()
    for part in _PARTS:
        for path in sorted((_SOFTWARE / part).rglob("*")):
            if path.suffix in (".py", ".toml", ".json") and path.name != "pools.toml":
                found.update(path.relative_to(_SOFTWARE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


class Results:
    """The folder, open for more. Use it as a context manager. Raises Misuse where it holds another evaluation."""

    def __init__(self, folder: Path, key: Mapping[str, Any]) -> None:
        self.folder = folder
        self.damaged = 0
        """Lines that could not be read; their flights are flown again."""
        self.judged: dict[str, list[Result]] = {}
        """By the flight's name in its job."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._claim(key)
            torn = self._read()
            self._log = (folder / LOG).open("ab")
            if torn:
                self._log.write(b"\n")
        except OSError as error:
            raise Misuse(f"{folder}: cannot keep an evaluation there: {error}; give another --out") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._log.close()

    @property
    def flying(self) -> Path:
        """Where flights wait to be judged."""
        return self.folder / FLYING

    def add(self, name: str, results: Sequence[Result]) -> None:
        """Keeps a flight's results: the line is the operating system's before this returns."""
        line = json.dumps({"name": name, "results": list(results)}, separators=(",", ":"))
        self._log.write(line.encode() + b"\n")
        self._log.flush()
        self.judged[name] = list(results)

    def _claim(self, key: Mapping[str, Any]) -> None:
        file = self.folder / KEY
        if not file.exists():
            new = file.with_name(KEY + ".new")
            new.write_text(json.dumps(key, indent=2) + "\n", encoding="utf-8")
            os.replace(new, file)
            return
        try:
            there = json.loads(file.read_bytes())
        except ValueError:
            there = None
        if there != key:
            names = [name for name in key if not isinstance(there, dict) or there.get(name) != key[name]]
            raise Misuse(
                f"{self.folder}: holds an evaluation with other {', '.join(names) or 'settings'}; "
                "give another --out, or remove that folder"
            )

    def _read(self) -> bool:
        """Whether the last line is torn."""
        file, torn = self.folder / LOG, False
        if not file.exists():
            return False
        with file.open("rb") as lines:
            for line in lines:
                torn = not line.endswith(b"\n")
                try:
                    read = json.loads(b"" if torn else line)
                    self.judged[str(read["name"])] = list(read["results"])
                except (ValueError, KeyError, TypeError):
                    self.damaged += bool(line.strip())
        return torn
