"""`vermilion hil`: a mission with a board in the computer's place."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flight.wire.errors import Misuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from flight.links.link import Transmitter
    from flight.onboard import OnboardComputer, PythonComputer
    from flight.plans.plan import FlightPlan
    from hil.bench import BoardComputer
    from hil.native import NativeComputer

LOCKSTEP_DEADLINE_S = 1.0


def hil(
    board: Annotated[
        str, typer.Option(help="python, native, unicorn, qemu, serial (the first port that answers) or a port.")
    ] = "native",
    vehicle: Annotated[str, typer.Option(help="Vehicle name, or the path of a vehicle file.")] = "zhuque-1",
    scenario: Annotated[str, typer.Option(help="Scenario name, or the path of a scenario file.")] = "nominal",
    fault: Annotated[
        list[str] | None,
        typer.Option(help="KIND@SECONDS:KEY=VALUE,…, of the vehicle or of the board and its wire. May be repeated."),
    ] = None,
    to: Annotated[str | None, typer.Option(help="Link URL that the telemetry goes to; nowhere if not given.")] = None,
    speed: Annotated[
        str, typer.Option(help="max flies in lockstep; a number in real time, so many onboard seconds a real second.")
    ] = "max",
    seed: Annotated[int, typer.Option(help="Seed of all noise.")] = 1,
    compiler: Annotated[str | None, typer.Option(help="Of the firmware, e.g. zig; the first that is there.")] = None,
    any_build: Annotated[bool, typer.Option("--any-build", help="Fly a board that runs another build too.")] = False,
    until: Annotated[float | None, typer.Option(help="Seconds after step 0 at which to stop.")] = None,
    record: Annotated[
        Path | None, typer.Option(help="Recording, by a station that listens; its conclusions are printed.")
    ] = None,
    truth: Annotated[Path | None, typer.Option(help="CSV file for the true events, faults among them.")] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Fly the computer in Python too: the telemetry must be the same.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Folder for a page (HTML) and a JUnit file (XML) of the run.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Flies a simulated vehicle with a board in the loop; ends when the flight ends."""
    import asyncio

    from flight.links.factory import transmitter
    from flight.links.pacing import speed_of
    from flight.plans.plan import load as load_plan
    from hil.bench import BoardComputer, BoardLost
    from hil.boards.board import LineLost
    from hil.faults.course import BoardCourse, split
    from hil.faults.kinds import read as read_board_fault
    from hil.flying import Interrupted, NoLink, python_sha256
    from hil.report.reporter import Reporter
    from hil.station import Recorded, StationRefused, own_plan
    from sim.flying import Flight
    from sim.flying import fly as fly_mission
    from sim.mission import Mission
    from sim.scenario import load as load_scenario
    from sim.vehicle import load as load_vehicle

    rate = speed_of(speed)
    model = load_vehicle(vehicle)
    more_board_faults, vehicle_faults = split(fault or ())
    flight = load_scenario(model.name, scenario, read_board_fault).with_faults(vehicle_faults)
    board_faults = [*flight.board_faults, *more_board_faults]
    plan = load_plan(flight.plan)
    if compare and board_faults:
        raise Misuse(f"--compare: with {board_faults[0].kind} other telemetry arrives than Python's; leave one out")
    reporter = None
    if report is not None:
        reporter = Reporter(
            report, scenario=flight.name, board=board, seed=seed, plan=flight.plan, rate=rate, faults=board_faults,
            cut=until is not None,
        )  # fmt: skip
    try:
        computer, close = _computer(board, plan, compiler, rate, any_build)
    except Misuse as refused:
        if reporter is not None:
            reporter.give_up(str(refused))
        raise

    def say(text: str, **fields: object) -> None:
        print(json.dumps(fields) if as_json else text, flush=True)

    link: Transmitter = NoLink() if to is None else transmitter(to, model.name, rate)
    station = None
    if record is not None:
        link = station = Recorded(link, record, model.name, own_plan(flight.plan))

    def mission_of(flying: OnboardComputer) -> Mission:
        return Mission(model, plan, flight, seed, flying, time_rate=rate, truth_rows=report is not None)

    async def run() -> Mission:
        await link.open()
        try:
            if to is not None:
                say(f"telemetry on {link.url}", type="link", url=link.url)
            await link.ready()
            mission = mission_of(computer)
            course = BoardCourse(board_faults, mission, computer, seed, plan.countdown_s)
            flying: Flight = Interrupted(mission, course.step, until)
            if reporter is not None:
                flying = reporter.follow(flying, mission, computer)
            await fly_mission(flying, link, rate)
            return mission
        finally:
            await link.close()

    try:
        if isinstance(computer, BoardComputer):
            met = computer.identity
            say(
                f"board {met.board}, software {met.software!r}, last reset: {met.cause}",
                type="board", board=met.board, software=met.software, reset_cause=met.cause,
                fingerprint=met.fingerprint, protocol=met.protocol,
            )  # fmt: skip
        mission = asyncio.run(run())
    except StationRefused as refused:
        raise typer.Exit(2) from refused
    except (BoardLost, LineLost) as lost:
        print(f"vermilion: {lost}", file=sys.stderr)
        if reporter is not None:
            reporter.give_up(str(lost))
        raise typer.Exit(1) from lost
    finally:
        close()
    if truth is not None:
        mission.truth.write_events(truth)
    fields: dict[str, object] = {
        "type": "summary",
        "board": board,
        "end_reason": mission.end_reason,
        "time_s": round(mission.time_s, 3),
        "telemetry_sha256": computer.telemetry_sha256,
        "bytes_lost": link.bytes_lost,
    }
    sentence = f"{mission.end_reason} at {mission.time_s:.1f} s; telemetry SHA-256 {fields['telemetry_sha256']}"
    if isinstance(computer, BoardComputer):
        measured, words = _measured(computer)
        fields.update(measured)
        sentence += f"\n{words}"
    if station is not None and station.conclusions is not None:
        heard = station.conclusions
        fields.update(
            recording=str(record),
            outcome=heard.outcome,
            events=heard.events,
            alarms=heard.alarms,
            event_log_sha256=heard.event_log_sha256,
        )
        alarms = ", ".join(heard.alarms) or "none"
        sentence += f"\nstation: {heard.outcome}; {len(heard.events)} events; alarms: {alarms}; recording {record}"
    python = python_sha256(mission_of, plan, until) if compare else None
    differs = python is not None and python != computer.telemetry_sha256
    if python is not None:
        fields["python_sha256"] = python
        sentence += f"\ntelemetry {'DIFFERS from' if differs else 'equals'} Python's, {python}"
    if reporter is not None:
        page, found = reporter.finish(python_sha256=python)
        failed = [check for check in found if check.outcome == "failed"]
        fields["report"], fields["checks_failed"] = str(page), [check.name for check in failed]
        sentence += "".join(f"\nFAILED: {check.name}: {check.text}" for check in failed) + f"\nreport in {page}"
        differs |= bool(failed)
    say(sentence, **fields)
    if differs:
        raise typer.Exit(1)


def _computer(
    board: str, plan: FlightPlan, compiler: str | None, rate: float, any_build: bool
) -> tuple[PythonComputer | NativeComputer | BoardComputer, Callable[[], None]]:
    """The computer, and what closes it."""
    from sim.world import STEP_S

    if board == "python":
        from flight.onboard import PythonComputer

        return PythonComputer(plan), lambda: None
    if board == "native":
        from hil.native import NativeComputer

        return NativeComputer(plan, compiler), lambda: None
    from hil.bench import BoardComputer
    from hil.boards import factory
    from hil.faults.wire import DisturbedBoard

    opened = DisturbedBoard(factory.open_board(board, plan, compiler))
    deadline_s = STEP_S / rate if rate else LOCKSTEP_DEADLINE_S
    software = None if any_build else factory.expected_software(board, plan)
    try:
        computer = BoardComputer(opened, deadline_s=deadline_s, real_time=rate > 0.0, software=software)
    except BaseException:
        opened.close()
        raise
    return computer, opened.close


def _measured(computer: BoardComputer) -> tuple[dict[str, object], str]:
    """What the bench saw of the board, for machines and for people."""
    found = computer.latency.statistics()
    fields: dict[str, object] = {
        "retries": computer.retries,
        "restarts": computer.restarts,
        "frames_damaged": computer.frames_damaged,
    }
    if found is None:
        return fields, "no step was flown"
    fields.update(
        steps=found.steps,
        deadlines_missed=found.missed,
        round_trip_p50_ms=round(found.p50_ms, 3),
        round_trip_p99_ms=round(found.p99_ms, 3),
        round_trip_worst_ms=round(found.worst_ms, 3),
        jitter_ms=round(found.jitter_ms, 3),
        board_s=round(found.total_s, 3),
        histogram_ms=[[None if edge == float("inf") else edge, count] for edge, count in found.histogram],
    )
    rate = found.steps / max(found.total_s, 1e-9)
    words = (
        f"{found.steps} steps, {rate:.0f} a second on the board's side; round trip p50 {found.p50_ms:.2f}, p99 "
        f"{found.p99_ms:.2f}, worst {found.worst_ms:.1f}, jitter {found.jitter_ms:.2f} ms; {found.missed} "
        f"deadlines missed, {computer.retries} asked again, {computer.restarts} restarts, "
        f"{computer.frames_damaged} damaged frames"
    )
    return fields, words
