"""What a report knows of one bench run, and the log that gathers it step by step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flight.onboard import OnboardComputer
from flight.wire.dictionary import default
from flight.wire.frame import encode
from flight.wire.packet import Codec
from hil.bench import BoardComputer
from hil.identity import Identity
from hil.latency import Statistics
from sim.chart import Point
from sim.faults import Fault
from sim.flying import Flight
from sim.mission import Mission
from sim.truth import TrueEvent

Record = Mapping[str, Any]
"""One line that the station said, as JSON."""

CURVES = ("attitude error", "tvc pitch", "tvc yaw")
"""What the telemetry shows, in degrees."""


@dataclass(frozen=True, slots=True)
class BenchRun:
    """One flight on the bench. Times are seconds since step 0; `liftoff_s` is None where it never lifted off.

    `lost` is the sentence of a board that did not answer any more. `python_sha256` is given where the flight was flown
    by the computer in Python too; `cut` says that the flight was to end early.
    """

    vehicle: str
    scenario: str
    board: str
    seed: int
    rate: float
    end_reason: str | None
    lost: str | None
    cut: bool
    identity: Identity | None
    telemetry_sha256: str
    python_sha256: str | None
    retries: int
    restarts: int
    frames_damaged: int
    latency: Statistics | None
    liftoff_s: float | None
    rows: Sequence[tuple[float, ...]]
    events: Sequence[TrueEvent]
    faults: tuple[Fault, ...]
    """The board's and the wire's, in the order of their times."""
    curves: Mapping[str, Sequence[Point]]
    station: Sequence[Record]

    @property
    def name(self) -> str:
        """Of its files."""
        parts = (self.vehicle, self.scenario, self.board, str(self.seed))
        return "".join(sign if sign.isalnum() or sign in "-." else "-" for sign in "-".join(parts)).replace("--", "-")

    def said(self, kind: str) -> list[Record]:
        """The station's lines of one type, of each name the latest."""
        return list({record.get("name", ""): record for record in self.station if record["type"] == kind}.values())


class BenchLog:
    """Keeps what flies by: telemetry as frames, and of it the curves of a page."""

    def __init__(self, flight: Flight) -> None:
        self.frames = bytearray()
        self.curves: dict[str, list[Point]] = {name: [] for name in CURVES}
        self._flight = flight
        packets = default().packets
        self._navigation, self._propulsion = Codec(packets["navigation"]), Codec(packets["propulsion"])
        errors = ("attitude_error_y", "attitude_error_z")
        self._errors = [self._navigation.index(name) for name in errors]
        self._nozzle = [self._propulsion.index(name) for name in ("tvc_pitch", "tvc_yaw")]

    @property
    def finished(self) -> bool:
        """Nothing follows."""
        return self._flight.finished

    def step(self) -> list[bytes]:
        """The flight's next packets."""
        packets = self._flight.step()
        for packet in packets:
            self.frames += encode(packet)
            key = packet[:2]
            if key == self._navigation.key and (values := self._navigation.decode(packet)) is not None:
                error = math.hypot(*(values[place] for place in self._errors))  # type: ignore[arg-type]
                self._add("attitude error", values, error)
            elif key == self._propulsion.key and (values := self._propulsion.decode(packet)) is not None:
                for name, place in zip(CURVES[1:], self._nozzle, strict=True):
                    self._add(name, values, values[place])  # type: ignore[arg-type]
        return packets

    def _add(self, name: str, values: tuple[Any, ...], angle: float) -> None:
        self.curves[name].append((values[1] + values[2] / 65536.0, math.degrees(angle)))

    def run(
        self,
        mission: Mission,
        computer: OnboardComputer,
        *,
        scenario: str,
        board: str,
        seed: int,
        rate: float = 0.0,
        faults: Sequence[Fault] = (),
        cut: bool = False,
        lost: str | None = None,
        python_sha256: str | None = None,
        station: Sequence[Record] = (),
    ) -> BenchRun:
        """All of it, once the flight is over."""
        on_bench = computer if isinstance(computer, BoardComputer) else None
        return BenchRun(
            vehicle=mission.world.vehicle.name,
            scenario=scenario,
            board=board,
            seed=seed,
            rate=rate,
            end_reason=mission.end_reason,
            lost=lost,
            cut=cut,
            identity=on_bench.identity if on_bench else None,
            telemetry_sha256=computer.telemetry_sha256,  # type: ignore[attr-defined]
            python_sha256=python_sha256,
            retries=on_bench.retries if on_bench else 0,
            restarts=on_bench.restarts if on_bench else 0,
            frames_damaged=on_bench.frames_damaged if on_bench else 0,
            latency=on_bench.latency.statistics() if on_bench else None,
            liftoff_s=mission.world.liftoff_s,
            rows=mission.truth.rows or (),
            events=mission.truth.events,
            faults=tuple(sorted(faults, key=lambda fault: fault.time_s)),
            curves=self.curves,
            station=station,
        )
