"""`vermilion ports` and `vermilion broker`."""

from __future__ import annotations

import json
import signal
import threading
from typing import Annotated

import typer


def ports(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """Lists the serial ports of this machine."""
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


def broker(port: Annotated[int, typer.Option(help="TCP port on 127.0.0.1.")] = 1883) -> None:
    """Runs a mosquitto broker on this machine until interrupted."""
    from flight.links.broker import running

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    with running(port) as url:
        print(f"{url}  (Ctrl-C ends it)", flush=True)
        stop.wait()
