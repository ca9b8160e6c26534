"""`vermilion limits` and `vermilion acknowledge`: what an operator asks of a station, while it runs or before."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from flight.wire.errors import Misuse

if TYPE_CHECKING:
    from flight.wire.dictionary import Dictionary, Packet
    from flight.wire.limits import Limits
    from ground.limitsfile import Edits, Place


def limits(
    action: Annotated[Literal["list", "set", "unset"], typer.Argument(help="What to do.")] = "list",
    channel: Annotated[str, typer.Argument(metavar="PACKET.FIELD", help="Which channel.", show_default=False)] = "",
    bounds: Annotated[
        list[str] | None,
        typer.Argument(metavar="BOUND=VALUE…", help="To set, in SI, off for not checked; to unset, bounds' names."),
    ] = None,
    phase: Annotated[
        str, typer.Option(help="In these phases of flight alone, such as stage_1_burn, or '*_burn'.")
    ] = "",
    file: Annotated[Path, typer.Option("--limits", help="The operator's file.")] = Path("recordings/limits.toml"),
    dictionary: Annotated[Path | None, typer.Option("--dictionary", help="The vehicle's own dictionary, TOML.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a bound.")] = False,
) -> None:
    """Lists the limits of all channels, sets some, or takes that back. A running station follows within a second.

    BOUND is critical_low, warning_low, watch_low, watch_high, warning_high or critical_high for the value; with _fall
    or _rise instead, critical_fall say, for its change a second.
    """
    from flight.wire.dictionary import default, read

    known = default() if dictionary is None else read(dictionary)
    edits = _read(file)
    if action == "list":
        _list(known, edits, channel, as_json)
        return
    packet, field, held = _find(known, channel)
    wanted = dict(edits)
    if action == "set":
        given = list(_given(bounds or []))
        if not given:
            raise Misuse(f"limits set {channel}: say BOUND=VALUE, such as warning_high=340, or warning_high=off")
        for bound, value in given:
            wanted[packet, field, phase, bound] = value
    else:
        gone = [place for place in edits if place[:3] == (packet, field, phase) and (not bounds or place[3] in bounds)]
        if not gone:
            where = f"{channel}{' in ' + phase if phase else ''}"
            raise Misuse(f"limits unset {where}: nothing of it is set in {file}; vermilion limits shows what is")
        for place in gone:
            del wanted[place]
    _check(channel, held, wanted, (packet, field))
    _write(file, wanted)
    print(f"{file}: {channel} changed; a running station follows within a second")


def acknowledge(
    vehicle: Annotated[str, typer.Argument(help="The vehicle's name.")],
    alarm: Annotated[str, typer.Argument(help="The alarm's name.")],
    recording: Annotated[
        Path | None, typer.Option(help="Of the station that is meant; all that record here if not given.")
    ] = None,
) -> None:
    """Takes an alarm for seen: it no longer stands, and is raised anew if its cause comes again.

    The station's own display or log says what came of it.
    """
    from ground.operator import REQUESTS, ask
    from ground.recording import SUFFIX
    from ground.session import FOLDER

    if recording is not None:
        found = [recording.with_name(recording.name + REQUESTS)]
    else:
        found = sorted(FOLDER.glob(f"*{SUFFIX}{REQUESTS}"))
    running = [requests for requests in found if requests.is_file()]
    if not running:
        where = FOLDER if recording is None else recording
        raise Misuse(f"{where}: no station runs that records there; --recording FILE names another's recording")
    for requests in running:
        ask(requests, vehicle, alarm)
    names = ", ".join(requests.name.removesuffix(REQUESTS) for requests in running)
    print(f"asked the station recording {names}: {alarm} of {vehicle} has been seen")


def _read(file: Path) -> dict[Place, float | None]:
    from ground.limitsfile import parse

    try:
        return parse(file.read_text(encoding="utf-8"), str(file)) if file.exists() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{file}: cannot be read: {error}") from error


def _write(file: Path, edits: Edits) -> None:
    """The whole file at once: a station never reads half of one."""
    from ground.limitsfile import render

    new = file.with_name(file.name + ".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(render(edits), encoding="utf-8")
        os.replace(new, file)
    except OSError as error:
        raise Misuse(f"{file}: cannot be written: {error.strerror}; give another --limits") from error


def _find(known: Dictionary, channel: str) -> tuple[str, str, Limits]:
    """Packet, field and the dictionary's limits of a channel that is a number. Raises Misuse."""
    from flight.wire.limits import Limits

    packet, _, name = channel.partition(".")
    fields = {
        f"{each.name}.{field.name}": field
        for each in _sent(known)
        for field in each.fields
        if not field.text_length and field.type != "bool"
    }
    if channel not in fields:
        near = difflib.get_close_matches(channel, fields, n=2) or [key for key in fields if name and name in key][:3]
        advice = (
            f"did you mean {' or '.join(near)}?" if near else "such as power.bus_voltage; vermilion limits lists some"
        )
        raise Misuse(f"limits: {channel or 'PACKET.FIELD'}: there is no such number; {advice}")
    return packet, name, fields[channel].limits or Limits()


def _given(tokens: Sequence[str]) -> Iterator[tuple[str, float | None]]:
    """Bounds and values, written with = or as two words."""
    from flight.wire.limits import BOUNDS

    rest = list(tokens)
    while rest:
        bound, equals, text = rest.pop(0).partition("=")
        if bound not in BOUNDS:
            raise Misuse(f"limits set: {bound}: no bound; one of {', '.join(BOUNDS)}")
        if not equals:
            text = rest.pop(0) if rest else ""
        try:
            value = None if text == "off" else float(text)
        except ValueError as error:
            raise Misuse(f"limits set: {bound}: {text!r} is no number, and not off") from error
        if value is not None and not abs(value) < float("inf"):
            raise Misuse(f"limits set: {bound}: must be finite; off has it not checked")
        yield bound, value


def _check(channel: str, held: Limits, wanted: Edits, place: tuple[str, str]) -> None:
    """Refuses bounds that are out of order. Raises Misuse."""
    from ground.limits import edited

    given = {(phase, bound): value for (*where, phase, bound), value in wanted.items() if tuple(where) == place}
    if fault := edited(held, given).fault():
        raise Misuse(f"limits: {channel}: {fault}; vermilion limits list {channel} shows what holds")


def _list(known: Dictionary, edits: Edits, channel: str, as_json: bool) -> None:
    if channel:
        _find(known, channel)
    rows = list(_rows(known, edits, channel))
    for name, phase, bound, value, was, unit in rows:
        if as_json:
            record = {"channel": name, "phase": phase, "bound": bound, "value": value, "dictionary": was, "unit": unit}
            print(json.dumps(record))
        else:
            when = f" in {phase}" if phase else ""
            changed = "" if value == was else f"   (dictionary: {_shown(was)})"
            print(f"{name + when:50} {bound:15} {_shown(value, unit)}{changed}")
    if not rows and not as_json:
        print(f"{channel or 'no channel'}: has no limits; vermilion limits set makes some")


def _rows(
    known: Dictionary, edits: Edits, channel: str
) -> Iterator[tuple[str, str, str, float | None, float | None, str]]:
    """Channel, phase, bound, what holds, what the dictionary says, unit; a profile's limits are not known here."""
    from flight.wire.limits import BOUNDS, FALLS, RISES

    for packet in _sent(known):
        for field in packet.fields:
            name = f"{packet.name}.{field.name}"
            if channel not in ("", name):
                continue
            own: dict[tuple[str, str], float | None] = {}
            if field.limits is not None:
                given = {bound: field.limits.bound(bound) for bound in BOUNDS}
                own = {("", bound): value for bound, value in given.items() if value is not None}
                for phase, override in field.limits.phases.items():
                    own |= {(phase, bound): value for bound, value in override.items() if bound in BOUNDS}
            changed = {place[2:]: value for place, value in edits.items() if place[:2] == (packet.name, field.name)}
            for phase, bound in {**own, **changed}:
                was = own.get((phase, bound))
                value = changed.get((phase, bound), changed.get(("", bound), was))
                unit = field.unit + ("/s" if bound in (*FALLS, *RISES) else "")
                yield name, phase, bound, value, was, unit


def _sent(known: Dictionary) -> list[Packet]:
    """The packets that a vehicle sends again and again; a bench's are none of them."""
    slow = {name for rates in known.profiles.values() for name in rates}
    return [packet for packet in known.packets.values() if packet.rate_hz or packet.name in slow]


def _shown(value: float | None, unit: str = "") -> str:
    return "not checked" if value is None else f"{value:g} {unit}".rstrip()
