"""Which detectors take the decoded packets of one kind: detectors bound to a dictionary's channels by their names.

A channel that a dictionary lacks leaves its detector out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from flight.geodesy import Vector
from flight.wire.dictionary import Packet
from flight.wire.packet import HEADER_VALUES
from ground.detect.attitude import AttitudeWatch, Swing
from ground.detect.deviations import Deviations
from ground.detect.events import ESCAPE, EventMachine
from ground.detect.observable import BOOSTER, CHAMBER, POSITION, VELOCITY, WIRE, places
from ground.detect.push import Push
from ground.detect.separation import Separations
from ground.detect.shocks import Shocks
from ground.detect.signals import Span
from ground.detect.thrust import VERNIER, Thrust
from ground.detect.trajectory import Track, Trajectory
from ground.detect.watches import Feed
from ground.intake import Values

_CIRCUIT = re.compile(r".+_(pyro|igniter|cutoff)|main_cutoff|escape_motor")
_TANK = re.compile(r"(fuel|oxidizer)_tank_pressure|helium_pressure")


class Feeds:
    """The detectors of stage events and of attitude, as functions of decoded packets.

    `steered` says whether attitude matters now; `moved` hears of each new state of a track that products follow.
    """

    def __init__(
        self,
        machine: EventMachine,
        thrust: Thrust,
        separations: Separations,
        trajectory: Trajectory,
        attitude: AttitudeWatch,
        swing: Swing,
        shocks: Shocks,
        deviations: Deviations,
        steered: Callable[[], bool],
        moved: Callable[[Track], None],
    ) -> None:
        self._machine = machine
        self._thrust = thrust
        self._separations = separations
        self._trajectory = trajectory
        self._attitude = attitude
        self._swing = swing
        self._shocks = shocks
        self._deviations = deviations
        self._steered = steered
        self._moved = moved

    def of(self, packet: Packet) -> list[Feed]:
        """What takes the decoded packets of one kind, SI."""
        makers = (self._imu, self._pressures, self._wires, self._tanks, self._navigation, self._receiver)
        return [feed for maker in makers if (feed := maker(packet)) is not None]

    def _imu(self, packet: Packet) -> Feed | None:
        if (mean := places(packet, "axial_force_mean")) is not None:
            return self._summary(mean[0])
        axes = places(packet, "specific_force_x", "specific_force_y", "specific_force_z")
        turns = places(packet, "rate_x", "rate_y", "rate_z")
        if axes is None:
            return None
        x, y, z = axes
        thrust, separations, attitude = self._thrust, self._separations, self._attitude

        def force(time_s: float, values: Values) -> None:
            axial: float = values[x]  # type: ignore[assignment]
            thrust.imu(time_s, axial, values[y], values[z])  # type: ignore[arg-type]
            if not thrust.powered:
                separations.imu(time_s, axial, thrust.noise)

        if turns is None:
            return force
        p, q, r = turns
        shocks, swing = self._shocks, self._swing

        def force_and_rates(time_s: float, values: Values) -> None:
            force(time_s, values)
            if not thrust.flying:
                return
            shocks.imu(
                time_s,
                (values[x], values[y], values[z]),  # type: ignore[arg-type]
                (values[p], values[q], values[r]),  # type: ignore[arg-type]
                thrust.powered,
            )
            if self._steered():
                if thrust.powered:
                    swing.force(time_s, values[y], values[z])  # type: ignore[arg-type]
                attitude.gyroscopes(time_s, values[q], values[r], thrust.powered)  # type: ignore[arg-type]

        return force_and_rates

    def _summary(self, mean: int) -> Feed:
        """The axial force of a slow radio: a mean over the time between two packets."""
        thrust, separations = self._thrust, self._separations

        def force(time_s: float, values: Values) -> None:
            axial: float = values[mean]  # type: ignore[assignment]
            thrust.summary(time_s, axial)
            if not thrust.powered:
                separations.imu(time_s, axial, thrust.noise)

        return force

    def _pressures(self, packet: Packet) -> Feed | None:
        found = [
            (match[1], HEADER_VALUES + place)
            for place, field in enumerate(packet.fields)
            if not field.text_length and (match := CHAMBER.fullmatch(field.name))
        ]
        # The vernier last: what its stage's main engine does is known by then.
        found.sort(key=lambda item: item[0] == VERNIER)
        thrust = self._thrust

        def pressures(time_s: float, values: Values) -> None:
            for name, place in found:
                thrust.pressure(time_s, name, values[place])  # type: ignore[arg-type]

        return pressures if found else None

    def _wires(self, packet: Packet) -> Feed | None:
        found: list[tuple[Callable[[float, bool], None], int]] = []
        for place, field in enumerate(packet.fields):
            taker = None if field.text_length else self._wire(field.name)
            if taker is not None:
                found.append((taker, HEADER_VALUES + place))
        boosters = [
            HEADER_VALUES + place
            for place, field in enumerate(packet.fields)
            if (match := WIRE.fullmatch(field.name)) and BOOSTER.fullmatch(match[1])
        ]
        separations = self._separations

        def wires(time_s: float, values: Values) -> None:
            for taker, place in found:
                taker(time_s, bool(values[place]))
            if boosters:
                separations.boosters(time_s, [bool(values[place]) for place in boosters])

        return wires if found or boosters else None

    def _wire(self, name: str) -> Callable[[float, bool], None] | None:
        """What takes the readings of one discrete channel."""
        separations = self._separations
        if name == "umbilical":
            return separations.umbilical
        if match := WIRE.fullmatch(name):
            part = match[1]
            if BOOSTER.fullmatch(part):
                return None
            return lambda time_s, state: separations.wire(time_s, part, state)
        if not _CIRCUIT.fullmatch(name):
            return None
        fires, shocks = self._circuit(name), self._shocks

        def fired(time_s: float, span: Span) -> None:
            shocks.circuit(time_s, name)
            if fires is not None:
                fires(time_s, span)

        return separations.circuit(fired)

    def _circuit(self, name: str) -> Callable[[float, Span], None] | None:
        """What hears that a circuit has fired."""
        thrust = self._thrust
        if name == "escape_motor":
            return self._escaped
        if match := re.fullmatch(r"stage_(\d+)_igniter", name):
            stage = int(match[1])

            def fired(time_s: float, span: Span) -> None:
                thrust.igniter(time_s, stage, span)
                self._deviations.igniter(time_s, thrust.ignition_name(stage))

            return fired
        if match := re.fullmatch(r"(.+?)(?:_separation)?_pyro", name):
            return self._separations.opener(match[1])
        return None

    def _escaped(self, time_s: float, span: Span) -> None:
        self._machine.sight("abort", ESCAPE, span, time_s, f"fired at {span.middle:.2f} s")
        self._thrust.escaped(time_s)

    def _tanks(self, packet: Packet) -> Feed | None:
        found = [
            (field.name, HEADER_VALUES + place)
            for place, field in enumerate(packet.fields)
            if not field.text_length and _TANK.fullmatch(field.name)
        ]
        shocks, thrust = self._shocks, self._thrust

        def tanks(time_s: float, values: Values) -> None:
            if thrust.flying:
                for name, place in found:
                    shocks.tank(time_s, name, values[place])  # type: ignore[arg-type]

        return tanks if found else None

    def _navigation(self, packet: Packet) -> Feed | None:
        state = places(packet, *POSITION, *VELOCITY)
        errors = places(packet, "attitude_error_y", "attitude_error_z")
        if state is None or errors is None:
            return None
        x, y, z, u, v, w = state
        ey, ez = errors
        port = places(packet, "static_pressure")
        unmeasured, push = not self._thrust.motors, Push()
        thrust, trajectory, attitude = self._thrust, self._trajectory, self._attitude

        def navigation(time_s: float, values: Values) -> None:
            track = trajectory.navigation
            position: Vector = (values[x], values[y], values[z])  # type: ignore[assignment]
            velocity: Vector = (values[u], values[v], values[w])  # type: ignore[assignment]
            trajectory.update(track, time_s, position, velocity, thrust.burnout_s)
            if port is not None:
                trajectory.barometer(time_s, values[port[0]])  # type: ignore[arg-type]
            if unmeasured and track.time_s == time_s:
                thrust.motion(time_s, push.add(time_s, position, velocity))
            if self._machine.airborne:
                if not thrust.flying and track.speed > trajectory.airborne_speed:
                    thrust.join()
                if self._steered():
                    attitude.error(time_s, values[ey], values[ez], thrust.powered)  # type: ignore[arg-type]
                else:
                    attitude.rest()
            if track.time_s == time_s:
                self._moved(track)

        return navigation

    def _receiver(self, packet: Packet) -> Feed | None:
        solution = places(packet, "fix", *POSITION, *VELOCITY)
        if solution is None:
            return None
        fix, x, y, z, u, v, w = solution
        thrust, trajectory = self._thrust, self._trajectory

        def receiver(time_s: float, values: Values) -> None:
            if not values[fix]:
                return
            position: Vector = (values[x], values[y], values[z])  # type: ignore[assignment]
            velocity: Vector = (values[u], values[v], values[w])  # type: ignore[assignment]
            track = trajectory.receiver
            trajectory.update(track, time_s, position, velocity, thrust.burnout_s)
            if track.time_s == time_s and time_s - trajectory.navigation.time_s > 1.0:
                self._moved(track)

        return receiver
