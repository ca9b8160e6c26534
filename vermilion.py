"""The command `vermilion`: one table of commands, each part's own command line mounted when it is called for."""

from __future__ import annotations

import contextlib
import difflib
import importlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple, Self

from flight import VERSION
from flight.wire.errors import Misuse

if TYPE_CHECKING:
    import typer

    from ground.session import Session

DEFAULT_COMMAND: Final = "demo"


class Command(NamedTuple):
    """Where a command lives, and its line in the help."""

    module: str
    function: str
    help: str


COMMANDS: Final[dict[str, Command]] = {
    "demo": Command(__name__, "demo", "fly Zhuque-1 and watch it from the ground: both ends, one command"),
    "fly": Command("sim.cli", "fly", "the simulated vehicle alone, sending to a link"),
    "ground": Command("ground.cli", "ground", "the station alone, listening to one or more links"),
    "replay": Command("ground.cli", "replay", "a recording, to exactly the same conclusions"),
    "detect": Command("ground.detect.cli", "detect", "stage events in a flight that somebody else recorded (CSV)"),
    "recordings": Command("ground.cli", "recordings", "the recordings made so far"),
    "export": Command("ground.cli", "export", "a recording in a format that other tools read"),
    "hil": Command("hil.cli", "hil", "a mission with a board in the computer's place: emulated, or on a port"),
    "campaign": Command("sim.campaigns.cli", "campaign", "many dispersed flights on all cores, and what they came to"),
    "evaluate": Command(__name__, "evaluate", "how good the station is: campaigns judged event by event, and a report"),
    "firmware": Command(
        "hil.firmware.cli",
        "firmware",
        "C of the flight logic, built and flashed; header and golden vectors of the wire",
    ),
    "limits": Command("ground.operatorcli", "limits", "limits of channels: listed, changed, also while a station runs"),
    "acknowledge": Command("ground.operatorcli", "acknowledge", "tell the running station that an alarm has been seen"),
    "ports": Command("flight.links.cli", "ports", "the serial ports of this machine, and what is wrong with a link"),
    "broker": Command("flight.links.cli", "broker", "an MQTT broker on this machine"),
}


FIRST = "zhuque-1"
"""The vehicle of the demo where none is named."""


def demo(
    vehicle: Annotated[str, typer.Option(help="Vehicle name, or the path of a vehicle file.")] = FIRST,
    scenario: Annotated[
        str, typer.Option(help="Scenario name or file; without one nominal, or the maiden flight.", show_default=False)
    ] = "",
    fault: Annotated[list[str] | None, typer.Option(help="KIND@SECONDS:KEY=VALUE,… beside the scenario's.")] = None,
    link: Annotated[str, typer.Option(help="serial, mqtt, tcp, udp, or a broker's mqtt:// URL.")] = "serial",
    speed: Annotated[str, typer.Option(help="Onboard seconds a real second, or max.")] = "10",
    seed: Annotated[int, typer.Option(help="Seed of all noise.")] = 1,
    record: Annotated[Path | None, typer.Option(help="Recording; a new file in recordings/ if not given.")] = None,
    products: Annotated[float, typer.Option(metavar="HZ", help="Lines of products so often in vehicle time.")] = 0.0,
    profile: Annotated[
        list[Path] | None,
        typer.Option(help="What its flights have in common (vermilion campaign --profile)."),
    ] = None,
    no_web: Annotated[bool, typer.Option("--no-web", help="No web page (there is none yet).")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")] = False,
) -> None:
    """Flies a simulated vehicle in a process of its own and watches it from the ground in this one.

    Without a vehicle and a scenario it is Zhuque-1's maiden flight, which lost its attitude.
    """
    import asyncio

    from flight.links.broker import free_port, running
    from ground.cli import often
    from ground.session import Options, Session, summary_line, summary_sentence
    from ground.station import default_config

    options = Options(record, as_json=as_json, products_hz=often(products))
    scenario = scenario or ("maiden" if vehicle == FIRST else "nominal")
    config = default_config(more_plans=own_plans(vehicle, scenario), more_profiles=profile or ())
    flying = ["fly", vehicle, "--scenario", scenario, "--speed", speed, "--seed", str(seed), "--json"]
    for each in fault or ():
        flying += ["--fault", each]
    flying.append("--to")

    async def watch(url: str, child: Vehicle) -> Session:
        session, opened = Session([url], config, options), asyncio.Event()
        loop = asyncio.get_running_loop()
        child.ended = lambda: loop.call_soon_threadsafe(session.stop)

        async def launch() -> None:
            await opened.wait()
            try:
                await asyncio.to_thread(child.start)
            except Failed:
                session.stop()
                raise

        launching = asyncio.create_task(launch())
        try:
            await session.run(lambda _: opened.set())
        finally:
            launching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await launching
        return session

    with contextlib.ExitStack() as stack:
        if link == "serial":
            # Windows has no pseudo-terminals: there the line is a socket that pyserial opens like any port.
            child = Vehicle([*flying, "pty:" if os.name == "posix" else "tcp-listen://127.0.0.1:0"])
            stack.enter_context(child)
            url = child.start()
            url = url if os.name == "posix" else url.replace("tcp://", "serial:socket://")
        elif link == "tcp":
            child = stack.enter_context(Vehicle([*flying, "tcp-listen://127.0.0.1:0"]))
            url = child.start()
        elif link == "udp":
            url = f"udp://127.0.0.1:{free_port()}"
            child = stack.enter_context(Vehicle([*flying, url]))
        elif link == "mqtt" or link.startswith(("mqtt://", "mqtts://")):
            url = stack.enter_context(running()) if link == "mqtt" else link
            child = stack.enter_context(Vehicle([*flying, url]))
        else:
            raise Misuse(f"--link {link}: must be serial, mqtt, tcp, udp or a broker's mqtt:// URL")
        session = asyncio.run(watch(url, child))
        child.finish()
    if as_json:
        print(summary_line(session.station, session.recording, child.telemetry_sha256))
    else:
        print(summary_sentence(session.station, session.recording))


def evaluate(
    vehicle: Annotated[list[str] | None, typer.Option(help="Vehicle name; may be given again. Default: all.")] = None,
    scenario: Annotated[list[str] | None, typer.Option(help="Scenario name; may be given again. Default: all.")] = None,
    flights: Annotated[int, typer.Option(help="Dispersed flights of each scenario.")] = 1,
    pool: Annotated[str, typer.Option(help="Seeds: design, thresholds or sealed.")] = "design",
    full: Annotated[
        bool, typer.Option("--full", help="All that the figures ask for: hours, from the sealed pool.")
    ] = False,
    ablate: Annotated[bool, typer.Option("--ablate", help="Each layer of the detection switched off in turn.")] = False,
    seal: Annotated[
        bool, typer.Option("--seal", help="Write the thresholds' and profiles' hashes; fly nothing.")
    ] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; all cores if not given.")] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.0, help="Stop after so long; what there is is reported.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder that it goes on from; one in campaigns/ if not given.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Folder for the report; --full writes to evaluation/.")] = None,
) -> None:
    """Flies dispersed flights, lets the station hear them over bad links, and judges what it said, event by event.

    Stopped in the middle, the same command goes on where it stopped. Needs some minutes; --full needs hours.
    """
    from flight.plans.plan import load as load_plan
    from ground.evaluate import command, pools
    from ground.evaluate.order import NOMINAL, Fleet
    from sim import scenario as scenarios
    from sim import vehicle as vehicles
    from sim.campaigns.run import cores

    if seal:
        pools.write_seal(command.seal())
        print(f"sealed: {pools.FILE}; commit it, then fly from the sealed pool")
        return
    fleets = []
    for name in dict.fromkeys(vehicle or vehicles.names()):
        if name not in vehicles.names():
            raise Misuse(f"--vehicle {name}: no such vehicle; there are {', '.join(vehicles.names())}")
        model, plan = vehicles.load(name), load_plan(scenarios.load(name, NOMINAL).plan)
        fleets.append(Fleet(name, scenarios.possible(model), plan, scenarios.text(name, NOMINAL)))
    known = {each for fleet in fleets for each in fleet.scenarios}
    for each in scenario or ():
        if each not in known:
            raise Misuse(f"--scenario {each}: no such scenario; there are {', '.join(sorted(known))}")
    chosen = [fleet.only(scenario) for fleet in fleets]
    options = command.Options(pool, flights, full, ablate, workers or cores(), minutes, out, report)
    command.evaluate(chosen, options)


def own_plans(vehicle: str, scenario: str) -> tuple[str, ...]:
    """The flight plan that a scenario of the user's own names, for a station that knows only those of the software."""
    if not any(Path(name).suffix for name in (vehicle, scenario)):
        return ()
    from flight.plans.plan import names
    from sim.scenario import load as load_scenario
    from sim.vehicle import load as load_vehicle

    plan = load_scenario(load_vehicle(vehicle).name, scenario).plan
    return () if plan in names() else (plan,)


class Failed(Exception):
    """The vehicle's process could not start; it has said why. Holds its exit status."""


class Vehicle:
    """The process that flies. `ended` is called, from a thread, when it has gone and its last bytes could arrive."""

    GRACE_S = 3.0

    def __init__(self, arguments: list[str]) -> None:
        self.ended: Callable[[], object] = lambda: None
        self.telemetry_sha256: str | None = None
        self._arguments = arguments
        self._child: subprocess.Popen[str] | None = None
        self._gone = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            self._child.terminate()
            self._child.wait()

    def start(self) -> str:
        """Starts it and gives the URL of its telemetry; a second call does nothing. Raises Failed."""
        if self._child is not None:
            return ""
        command = [sys.executable, "-m", "vermilion", *self._arguments]
        self._child = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        assert self._child.stdout is not None
        first = self._child.stdout.readline()
        if not first:
            raise Failed(self._child.wait() or 1)
        self._listener.start()
        return str(json.loads(first)["url"])

    def finish(self) -> None:
        """Waits until it has said its last word, a few seconds at most."""
        if self._listener.is_alive():
            self._gone.wait(self.GRACE_S)

    def _listen(self) -> None:
        assert self._child is not None
        assert self._child.stdout is not None
        for line in self._child.stdout:
            self.telemetry_sha256 = json.loads(line).get("telemetry_sha256")
        self._gone.set()
        time.sleep(self.GRACE_S)
        with contextlib.suppress(RuntimeError):
            self.ended()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit status; nothing a user can do wrong ends in a traceback."""
    try:
        status = _dispatch(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except Misuse as misuse:
        return _refuse(str(misuse))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output has left (`| head`); what Python still holds must not be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        if error.filename is None:
            raise
        return _refuse(f"{error.strerror}: {error.filename}")
    return status


def _dispatch(arguments: list[str]) -> int:
    first = arguments[0] if arguments else ""
    if first in ("--help", "-h", "help"):
        print(overview())
        return 0
    if first == "--version":
        print(f"vermilion {VERSION}")
        return 0
    if not arguments or first.startswith("-"):
        return _call(DEFAULT_COMMAND, arguments)
    if first not in COMMANDS:
        near = difflib.get_close_matches(first, COMMANDS, n=2)
        advice = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(COMMANDS)}"
        raise Misuse(f"there is no command {first!r}; {advice}")
    return _call(first, arguments[1:])


def _call(name: str, arguments: list[str]) -> int:
    # The signature of `demo` names typer; that it is imported only here keeps the overview at 30 ms.
    global typer  # noqa: PLW0603
    import typer

    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(name)(_function(COMMANDS[name]))
    command = typer.main.get_command(app)
    try:
        with command.make_context(f"vermilion {name}", arguments) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except Failed as failed:
        return int(failed.args[0])
    except typer.Abort:
        return 130
    except typer.TyperException as error:
        sentence = " ".join(error.format_message().split()).rstrip(".")
        raise Misuse(f"{sentence}; see vermilion {name} --help") from error
    return 0


def _function(command: Command) -> Callable[..., object]:
    function: Callable[..., object] = getattr(importlib.import_module(command.module), command.function)
    return function


def overview() -> str:
    """The help of all commands, without loading any of them."""
    lines = [
        "usage: vermilion [COMMAND] [OPTIONS]        (no command: demo)",
        "",
        "Telemetry for launch vehicles: a simulated vehicle, a ground station, every byte recorded and replayed.",
        "",
        "Commands:",
        *(f"  {name:<12}{command.help}" for name, command in COMMANDS.items()),
        "",
        "vermilion COMMAND --help shows a command's options; vermilion --version the version.",
    ]
    return "\n".join(lines)


def _refuse(sentence: str) -> int:
    print(f"vermilion: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
