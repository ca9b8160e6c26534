"""The world: one vehicle on its pad and in flight, moved 10 ms at a time by the commands of its computer.

What it knows is the truth; the computer sees it only through `sim.sensors`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from flight.computer.maths import from_axes
from flight.geodesy import ROTATION_RATE, Vector, horizon, to_ecef, to_inertial
from flight.plans.plan import Site
from flight.wire.dictionary import default
from flight.wire.packet import Value
from sim.actuators import Nozzle, ReactionTank
from sim.air import air
from sim.body import Actions, Motion, advance
from sim.earth import gravitation, height
from sim.masses import jet_damping, joined, part
from sim.vehicle import Vehicle
from sim.wind import Wind, over_ground, usual

STEP_S = 0.01
Report = Callable[[str, float], None]
"""Told of what happens: name and time since step 0 in seconds."""


class World:
    """The truth about one flight. Times in seconds since step 0; `liftoff_s` is None on the pad.

    Wind is that at the beginning of a step, for the whole of it. The pad holds the vehicle against it until lift-off.
    Position is that of the centre of mass; its own way through the body, and its jump of a few metres where stages
    part, are left out.
    """

    def __init__(
        self,
        vehicle: Vehicle,
        site: Site,
        azimuth_deg: float,
        payload_kg: float,
        report: Report,
        wind: Wind | None = None,
    ) -> None:
        self.vehicle = vehicle
        self.step = 0
        self.liftoff_s: float | None = None
        self.lowest = 0
        """Index of the lowest stage that is attached."""
        self.ignited_s: list[float | None] = [None] * len(vehicle.stages)
        """When each motor first gave thrust."""
        self.burnt_out = [False] * len(vehicle.stages)
        self.fairing_on = True
        self.payload_on = True
        self.misalignment = [(stage.misalignment_pitch, stage.misalignment_yaw) for stage in vehicle.stages]
        """Direction of thrust of each motor with its nozzle straight: pitch and yaw, rad."""
        self.density_ratio = 1.0
        """Density of the day's air over the standard atmosphere's; pressure and temperature stay the standard's."""
        self.wind = usual() if wind is None else wind
        """The day's wind; where none was given the mean of the one that plans are made for."""
        self.nozzle = Nozzle()
        self.tank = ReactionTank(vehicle.reaction_control)
        self.circuit_closed_s = -1.0
        """When a pyrotechnic circuit was last closed."""
        self._report = report
        self._payload_kg = payload_kg
        self._site = site
        self._azimuth = math.radians(azimuth_deg)
        self._pending: list[tuple[float, Callable[[], None]]] = []
        self._commanded: set[str] = set()
        self._push_until = -1.0
        self._take_stock()
        self.state: tuple[float, ...] = ()
        self.motion = self._on_pad()

    @property
    def time_s(self) -> float:
        """Time since step 0."""
        return self.step * STEP_S

    @property
    def position(self) -> Vector:
        """Inertial, m."""
        return self.state[0], self.state[1], self.state[2]

    @property
    def velocity(self) -> Vector:
        """Inertial, m/s."""
        return self.state[3], self.state[4], self.state[5]

    @property
    def height_m(self) -> float:
        """Above the ellipsoid."""
        return height(self.state[0], self.state[1], self.state[2])

    @property
    def mass_kg(self) -> float:
        """Of everything that is still attached."""
        burnt = self._thrust_and_burnt(self.time_s)[1]
        loaded = self.vehicle.stages[self.lowest].motor.propellant_kg
        return self._attached.mass + loaded - burnt + self.tank.propellant_kg

    def chamber_pressure(self, stage: int) -> float:
        """Pa; 0 where the stage is gone or does not burn."""
        if stage != self.lowest:
            return 0.0
        spec = self.vehicle.stages[stage]
        return self._thrust_and_burnt(self.time_s)[0] / spec.motor.mean_thrust_n * spec.chamber_pressure_pa

    def advance(self, commands: tuple[Value, ...]) -> None:
        """Obeys one step's commands (the packet `actuators`) and moves on by 10 ms."""
        _, tvc_pitch, tvc_yaw, _, _, roll, pitch, yaw, _, *circuits = commands
        self._close_circuits(circuits)
        while self._pending and self._pending[0][0] <= self.time_s + 1e-9:
            self._pending.pop(0)[1]()
        stage = self.vehicle.stages[self.lowest]
        self.nozzle.follow(stage.vectoring, float(tvc_pitch), float(tvc_yaw), STEP_S)
        roll_torque, pitch_torque, yaw_torque = self.tank.fire(float(roll), float(pitch), float(yaw), STEP_S)
        now = self.time_s
        start = self._thrust_and_burnt(now)
        if self.liftoff_s is None and self._lifts(start[0]):
            self.liftoff_s = now
            self._report("liftoff", now)
        if self.liftoff_s is None:
            self.step += 1
            self.motion = self._on_pad()
            return
        middle = self._thrust_and_burnt(now + 0.5 * STEP_S)
        end = self._thrust_and_burnt(now + STEP_S)
        loaded = stage.motor.propellant_kg
        rest = joined(self._attached, part(self.tank.propellant_kg, self.vehicle.avionics))
        body = joined(rest, part(loaded - middle[1], stage.propellant))
        full = rest.mass + loaded
        lever = self.vehicle.reaction_control.lever(body.centre)
        aim_pitch, aim_yaw = self.misalignment[self.lowest]
        actions = Actions(
            aim_pitch + self.nozzle.pitch,
            aim_yaw + self.nozzle.yaw,
            stage.nozzle_m - body.centre,
            stage.exit_area_m2,
            jet_damping(body, stage.propellant, stage.nozzle_m) / stage.motor.exhaust_speed,
            roll_torque,
            lever * pitch_torque,
            lever * yaw_torque,
            self.vehicle.separation.push_m_s2 if now < self._push_until else 0.0,
            body.roll,
            body.pitch,
            body.pitch,
            body.centre,
            self._shape,
            self.density_ratio,
            *over_ground(self.wind, self.position, self.motion.height),
        )
        thrusts = (start[0], middle[0], end[0])
        masses = (full - start[1], full - middle[1], full - end[1])
        self.motion = advance(self.state, thrusts, masses, actions, STEP_S)
        self.state = self.motion.state
        self.step += 1
        self._watch_burnout()

    def _thrust_and_burnt(self, time_s: float) -> tuple[float, float]:
        """Vacuum thrust and propellant burnt of the lowest stage."""
        ignited = self.ignited_s[self.lowest]
        return (0.0, 0.0) if ignited is None else self.vehicle.stages[self.lowest].motor.at(time_s - ignited)

    def _take_stock(self) -> None:
        """Takes the masses and the shape of what is attached now."""
        fairing_kg = self.vehicle.fairing_kg if self.fairing_on else 0.0
        self._attached = self.vehicle.attached(self.lowest, fairing_kg, self._payload_kg if self.payload_on else 0.0)
        self._shape = self.vehicle.shape(self.lowest)

    def _lifts(self, vacuum_thrust: float) -> bool:
        x, y, z = self.position
        outside = air(self.height_m).pressure
        thrust = vacuum_thrust - outside * self.vehicle.stages[0].exit_area_m2
        gx, gy, gz = gravitation(x, y, z)
        return thrust > self.mass_kg * math.sqrt(gx * gx + gy * gy + gz * gz)

    def _on_pad(self) -> Motion:
        """Held upright on the geodetic vertical, z towards the launch heading, turning with the Earth."""
        latitude, longitude = math.radians(self._site.latitude_deg), math.radians(self._site.longitude_deg)
        north, east, up = horizon(latitude, longitude)
        sine, cosine = math.sin(self._azimuth), math.cos(self._azimuth)
        ahead = (
            cosine * north[0] + sine * east[0],
            cosine * north[1] + sine * east[1],
            cosine * north[2] + sine * east[2],
        )
        x_axis, z_axis = to_inertial(up, self.time_s), to_inertial(ahead, self.time_s)
        y_axis = _cross(z_axis, x_axis)
        px, py, pz = to_inertial(to_ecef(latitude, longitude, self._site.height_m), self.time_s)
        rates = (ROTATION_RATE * x_axis[2], ROTATION_RATE * y_axis[2], ROTATION_RATE * z_axis[2])
        velocity = (-ROTATION_RATE * py, ROTATION_RATE * px, 0.0)
        self.state = (px, py, pz, *velocity, *from_axes(*x_axis, *y_axis, *z_axis), *rates)
        gx, gy, gz = gravitation(px, py, pz)
        # The pad carries what gravitation and the Earth's turning leave over.
        held = (-(ROTATION_RATE**2) * px - gx, -(ROTATION_RATE**2) * py - gy, -gz)
        force = (_dot(held, x_axis), _dot(held, y_axis), _dot(held, z_axis))
        high = height(px, py, pz)
        return Motion(self.state, force, rates, high, 0.0, air(high).pressure, 0.0)

    def _close_circuits(self, circuits: list[Value]) -> None:
        for place, closed in enumerate(circuits):
            name = _CIRCUITS[place]
            if closed and name in _CIRCUIT_ACTIONS and name not in self._commanded:
                self._commanded.add(name)
                self.circuit_closed_s = self.time_s
                self._fire(name)

    def _fire(self, name: str) -> None:
        delays = self.vehicle.separation
        kind, stage = _CIRCUIT_ACTIONS[name]
        if kind == "ignite":
            self._later(delays.igniter_delay_s, lambda: self._ignite(stage))
        elif kind == "separate":
            self._later(delays.pyro_delay_s, lambda: self._separate(stage))
        else:
            self._later(delays.pyro_delay_s, lambda: self._release(kind))

    def _later(self, delay_s: float, action: Callable[[], None]) -> None:
        self._pending.append((self.time_s + delay_s, action))
        self._pending.sort(key=lambda item: item[0])

    def _ignite(self, stage: int) -> None:
        """A motor lights only as the lowest one: fire in the hole is not modelled."""
        if stage == self.lowest and self.ignited_s[stage] is None:
            self.ignited_s[stage] = self.time_s
            self._report("ignition" if stage == 0 else f"stage_{stage + 1}_ignition", self.time_s)

    def _separate(self, stage: int) -> None:
        if stage == self.lowest and stage + 1 < len(self.vehicle.stages):
            self.lowest += 1
            self.nozzle = Nozzle()
            self._take_stock()
            self._push_until = self.time_s + self.vehicle.separation.push_s
            self._report(f"stage_{stage + 1}_separation", self.time_s)

    def _release(self, kind: str) -> None:
        if kind == "fairing":
            self.fairing_on = False
        else:
            self.payload_on = False
        self._take_stock()
        self._report(f"{kind}_separation", self.time_s)

    def _watch_burnout(self) -> None:
        ignited = self.ignited_s[self.lowest]
        if ignited is None or self.burnt_out[self.lowest]:
            return
        end = ignited + self.vehicle.stages[self.lowest].motor.burn_s
        if end <= self.time_s:
            self.burnt_out[self.lowest] = True
            self._report(f"stage_{self.lowest + 1}_burnout", end)


_CIRCUITS = tuple(field.name for field in default().packets["actuators"].fields if field.type == "bool")
"""The last fields of the packet `actuators`, in order."""

_CIRCUIT_ACTIONS: dict[str, tuple[str, int]] = {
    "stage_1_igniter": ("ignite", 0),
    "stage_2_igniter": ("ignite", 1),
    "stage_3_igniter": ("ignite", 2),
    "stage_1_separation_pyro": ("separate", 0),
    "stage_2_separation_pyro": ("separate", 1),
    "fairing_pyro": ("fairing", 0),
    "payload_pyro": ("payload", 0),
}
"""What closing a circuit does; the others lead nowhere on this vehicle."""


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
