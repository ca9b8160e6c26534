"""`vermilion ground`, `replay`, `recordings` and `export`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flight.wire.errors import Misuse

if TYPE_CHECKING:
    from ground.inputs import Antenna

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output, nothing else.")]
NoWeb = Annotated[bool, typer.Option("--no-web", help="No web page (there is none yet).")]
DictionaryFile = Annotated[Path | None, typer.Option("--dictionary", help="The vehicle's own dictionary, TOML.")]
ProfileFile = Annotated[
    list[Path] | None,
    typer.Option("--profile", help="The vehicle's own flight plan (.toml), or a campaign's envelope (.json). Repeats."),
]

Products = Annotated[
    float,
    typer.Option("--products", metavar="HZ", help="Lines of products so often in vehicle time, up to 10; 0: none."),
]
Site = Annotated[
    str,
    typer.Option("--site", metavar="LAT,LON,HEIGHT[,MASK]", help="The antenna: degrees, m; elevation of its horizon."),
]


def ground(
    urls: Annotated[list[str], typer.Argument(metavar="URL…", help="Links to listen to.")],
    record: Annotated[Path | None, typer.Option(help="Recording; a new file in recordings/ if not given.")] = None,
    dictionary: DictionaryFile = None,
    profile: ProfileFile = None,
    limits: Annotated[
        Path | None,
        typer.Option(help="The operator's limits (vermilion limits); recordings/limits.toml if not given."),
    ] = None,
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Give up where a link is absent.")] = False,
    products: Products = 0.0,
    site: Site = "",
    no_web: NoWeb = False,
    as_json: Json = False,
) -> None:
    """Listens, decides, shows and records, until every vehicle heard has ended its stream, or Ctrl-C."""
    import asyncio
    from dataclasses import replace

    from flight.wire.dictionary import read
    from ground.session import Options, Session, summary_line, summary_sentence
    from ground.station import default_config

    own = None if dictionary is None else read(dictionary)
    profiles = [path for path in profile or () if path.suffix == ".json"]
    plans = [str(path) for path in profile or () if path.suffix != ".json"]
    config = replace(default_config(own, plans, more_profiles=profiles), antenna=antenna(site))
    session = Session(urls, config, Options(record, not no_wait, as_json, limits, often(products)))
    asyncio.run(session.run())
    station, recording = session.station, session.recording
    print(summary_line(station, recording) if as_json else summary_sentence(station, recording))


def replay(
    file: Annotated[Path, typer.Argument(help="A recording.")],
    speed: Annotated[str, typer.Option(help="Vehicle seconds a real second, or max.")] = "max",
    products: Products = 0.0,
    site: Site = "",
    no_web: NoWeb = False,
    as_json: Json = False,
) -> None:
    """Feeds a recording to a new station: the same conclusions, byte for byte, at any speed."""
    import sys

    from flight.links.pacing import speed_of
    from ground.recording import Recording
    from ground.replay import Replay
    from ground.session import summary_line, summary_sentence
    from ground.station import default_config
    from ground.views.lines import JsonLines, PlainLines
    from ground.views.outlet import Outlet

    rate = speed_of(speed)
    recording = Recording(file)
    run = Replay(recording, default_config(), often(products), antenna(site))
    outlet = Outlet(sys.stdout)
    view = JsonLines(outlet) if as_json else PlainLines(outlet)
    began: tuple[float, float] | None = None
    for step in run:
        if rate and step.vehicle_s is not None:
            began = began or (time.monotonic(), step.vehicle_s)
            due = began[0] + (step.vehicle_s - began[1]) / rate
            time.sleep(max(0.0, due - time.monotonic()))
        for output in step.outputs:
            view.show(output)
    outlet.close()
    if as_json:
        print(summary_line(run.station, file, matches_live=run.matches, bytes_not_read=recording.bytes_not_read))
    else:
        print(summary_sentence(run.station, file))
        same = {True: "the event log equals the live run's", None: "the live run left no hash to compare with"}
        print(same.get(run.matches, "the event log DIFFERS from the live run's"), end="")
        print(f"; {recording.bytes_not_read} bytes could not be read" if recording.bytes_not_read else "")
    if run.matches is False:
        raise typer.Exit(1)


def recordings(
    folder: Annotated[Path, typer.Argument(help="Where to look.")] = Path("recordings"), as_json: Json = False
) -> None:
    """Lists recordings: when, by which software, how large, and the hash of the event log."""
    from ground.session import recordings_in

    if not folder.is_dir():
        raise Misuse(f"{folder}: no such folder; ./run makes a first recording")
    found = recordings_in(folder)
    for recording in found:
        inputs = sum(1 for _ in recording)
        header, trailer = recording.header, recording.trailer
        size = recording.path.stat().st_size
        record = {
            "type": "recording", "path": str(recording.path), "started": header.started if header else None,
            "software": header.software if header else None, "bytes": size, "inputs": inputs,
            "bytes_not_read": recording.bytes_not_read,
            "event_log_sha256": trailer.event_log_sha256 if trailer else None,
        }  # fmt: skip
        if as_json:
            print(json.dumps(record))
        else:
            ended = f"event log {trailer.event_log_sha256[:16]}…" if trailer else "no end: the station was killed"
            print(f"{recording.path}  {record['started']}  {size:,} bytes, {inputs:,} inputs, {ended}")
    if not found and not as_json:
        print(f"{folder}: no recordings yet; ./run makes one")


def export(
    file: Annotated[Path, typer.Argument(help="A recording.")],
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    to: Annotated[Literal["csv"], typer.Option(help="Format.")] = "csv",
    site: Site = "",
) -> None:
    """Writes a recording's packets, one file a packet kind, and its products at 10 Hz, in SI."""
    from ground.export import products_to_csv, to_csv
    from ground.recording import Recording

    place, recording = antenna(site), Recording(file)
    written = to_csv(recording, out)
    if (products := products_to_csv(recording, out, place)) is not None:
        written.append(products)
    for path, rows in written:
        print(f"{path}  {rows:,} rows")
    if not written:
        print(f"{file}: holds no whole packet")


def often(products_hz: float) -> float:
    """What `--products` says. Raises Misuse for a rate that products do not have."""
    if not 0.0 <= products_hz <= 10.0:
        raise Misuse(f"--products {products_hz:g}: products are computed 10 times a second; choose 0 to 10")
    return products_hz


def antenna(site: str) -> Antenna | None:
    """What `--site` says; None for an empty text. Raises Misuse for what is no place."""
    from ground.inputs import Antenna
    from ground.products.sight import MASK_DEG

    if not site:
        return None
    try:
        numbers = [float(part) for part in site.split(",")]
        latitude, longitude, height, mask = numbers if len(numbers) == 4 else (*numbers, MASK_DEG)
    except ValueError:
        raise Misuse(f"--site {site}: must be LATITUDE,LONGITUDE,HEIGHT or with ,MASK; degrees and metres") from None
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 360.0 and -500.0 <= height <= 9000.0 and -5.0 <= mask < 90.0):
        raise Misuse(f"--site {site}: is no place on the Earth: -90..90, -360..360, -500..9000 m, mask -5..90")
    return Antenna(latitude, longitude, height, mask)
