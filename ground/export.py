"""A recording's packets as CSV, one file a packet kind and link, decoded at array speed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from flight.wire import batch
from flight.wire import dictionary as dictionaries
from flight.wire.errors import Misuse
from ground.inputs import Antenna, Chunk, Produced
from ground.products import table
from ground.recording import Recording
from ground.replay import Replay
from ground.station import default_config

PRODUCTS_HZ = 10.0


def to_csv(recording: Recording, folder: Path) -> list[tuple[Path, int]]:
    """Writes `LINK-PACKET.csv` files (`PACKET.csv` where there is one link) and gives each with its rows.

    Columns: `time_s` (onboard), `boot_id`, `sequence`, then the packet's fields in SI. Raises Misuse where the folder
    cannot be written or the recording's dictionary is damaged.
    """
    if recording.header is None:
        raise Misuse(f"{recording.path}: the dictionary in its header is damaged; ./run replay uses the default one")
    dictionary = dictionaries.parse(recording.header.config.dictionaries[0], str(recording.path))
    streams: dict[str, bytearray] = {}
    for given in recording:
        if isinstance(given, Chunk):
            streams.setdefault(given.link, bytearray()).extend(given.data)
    written: list[tuple[Path, int]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for place, stream in enumerate(streams.values(), start=1):
            prefix = "" if len(streams) == 1 else f"link{place}-"
            read = batch.decode(bytes(stream), dictionary)
            for packet in dictionary.packets.values():
                rows = read.packets[packet.name]
                if not len(rows):
                    continue
                path = folder / f"{prefix}{packet.name}.csv"
                columns = [read.time_s(packet.name), rows["header_boot_id"], read.sequence(packet.name)]
                for field in packet.fields:
                    column = rows[field.name]
                    if field.text_length:
                        column = np.char.decode(column, "utf-8", "replace")
                    columns.append(column if field.scale == 1.0 else column * field.scale)
                header = ",".join(["time_s", "boot_id", "sequence", *(field.name for field in packet.fields)])
                with path.open("w", encoding="utf-8", newline="\n") as file:
                    file.write(header + "\n")
                    file.writelines(",".join(map(_shown, row)) + "\n" for row in zip(*columns, strict=True))
                written.append((path, len(rows)))
    except OSError as error:
        raise Misuse(f"{folder}: cannot write there: {error.strerror}; choose another --out") from error
    return written


def products_to_csv(recording: Recording, folder: Path, antenna: Antenna | None = None) -> tuple[Path, int] | None:
    """Writes `products.csv`, ten rows a second of each vehicle's time, and gives it with its rows; None without any.

    The columns are those of `ground.products.table`. Raises Misuse where the folder cannot be written.
    """
    path, rows = folder / "products.csv", 0
    replay = Replay(recording, default_config(), PRODUCTS_HZ, antenna)
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for step in replay:
                for output in step.outputs:
                    if isinstance(output, Produced):
                        if not rows:
                            file.write(table.as_row({"vehicle": 0, **output.products}, names=True))
                        file.write(table.as_row({"vehicle": output.vehicle, **output.products}))
                        rows += 1
        if not rows:
            path.unlink()
    except OSError as error:
        raise Misuse(f"{folder}: cannot write there: {error.strerror}; choose another --out") from error
    return (path, rows) if rows else None


def _shown(value: object) -> str:
    if isinstance(value, np.float32 | np.float64):
        return str(value)
    if isinstance(value, np.bool_):
        return "1" if value else "0"
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n\r') else text
