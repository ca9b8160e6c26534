"""`vermilion ports` and `vermilion broker`."""

from __future__ import annotations

import contextlib
import json
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from flight.wire.hearing import Hearing


def ports(
    listen: Annotated[
        str | None, typer.Option(metavar="URL", help="Listen to a link, and say what is wrong with what comes.")
    ] = None,
    seconds: Annotated[float, typer.Option(help="How long to listen.", min=0.1)] = 5.0,
    dictionary: Annotated[Path | None, typer.Option(help="The vehicle's own dictionary, TOML.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Lists the serial ports of this machine; or says of one, or of any link, what a board of one's own does wrong."""
    if listen is not None:
        _listen(listen, seconds, dictionary, as_json)
        return
    from serial.tools import list_ports

    found = sorted(list_ports.comports(), key=lambda port: port.device)
    for port in found:
        if as_json:
            record = {
                "type": "port", "url": f"serial:{port.device}", "description": port.description,
                "vid": port.vid, "pid": port.pid, "serial_number": port.serial_number,
            }  # fmt: skip
            print(json.dumps(record))
        else:
            print(f"serial:{port.device}  {port.description}")
    if not found and not as_json:
        print("no serial ports; plug a board in, or fly the simulator: ./run")


class _Ear:
    """A sink that hands everything to a hearing."""

    def __init__(self, hearing: Hearing) -> None:
        self.data = hearing.feed

    def up(self) -> None:
        """Open."""

    def down(self) -> None:
        """Closed."""

    def waiting(self, reason: str) -> None:
        """Not there yet."""


def _listen(url: str, seconds: float, own: Path | None, as_json: bool) -> None:
    import asyncio

    from flight.links.factory import receiver
    from flight.wire.dictionary import default, read
    from flight.wire.hearing import Hearing

    hearing = Hearing(default() if own is None else read(own))

    async def hear() -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(receiver(url, wait=False).run(_Ear(hearing)), seconds)

    asyncio.run(hear())
    wrong = hearing.findings()
    if as_json:
        print(json.dumps({"type": "hearing", "frames": hearing.frames, "packets": hearing.rates(), "wrong": wrong}))
    else:
        for name, rate in hearing.rates().items():
            print(f"{name}: {hearing.packets[name]} packets" + ("" if rate is None else f", {rate:.3g} a second"))
        print("\n".join(wrong) or f"{hearing.frames} frames, nothing wrong")
    if wrong:
        raise typer.Exit(1)


def broker(port: Annotated[int, typer.Option(help="TCP port on 127.0.0.1.")] = 1883) -> None:
    """Runs a mosquitto broker on this machine until interrupted."""
    from flight.links.broker import running

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    with running(port) as url:
        print(f"{url}  (Ctrl-C ends it)", flush=True)
        stop.wait()
