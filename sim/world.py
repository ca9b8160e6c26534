"""The world: one vehicle on its pad and in flight, moved 10 ms at a time by the commands of its computer.

What it knows is the truth; the computer sees it only through `sim.sensors`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from flight.geodesy import Vector
from flight.plans.plan import Site
from flight.wire.packet import Value
from sim.actuators import Nozzle, ReactionTank
from sim.air import air
from sim.body import Actions, Mover, advance
from sim.burn import Burn, LiquidBurn
from sim.circuits import FIRST, Circuits
from sim.debris import RESTITUTION, SpentStage
from sim.earth import gravitation, height
from sim.escape import CrewModule
from sim.masses import Body, jet_damping, joined, part, ringed
from sim.pad import Pad, Rail
from sim.parachute import Parachutes
from sim.propulsion import Drive, Propulsion
from sim.sideways import BLOW_S, NOTHING, Sideways, airspeed, struck
from sim.vehicle import Vehicle
from sim.wind import Wind, over_ground, usual

STEP_S = 0.01
AFT_K = 293.15
"""Temperature of an engine bay in which nothing burns that should not (assumed)."""
BENT_RAD_S_M = math.radians(2.0)
"""How far a nozzle is bent by a spent stage that hits it, per closing speed (assumed)."""
Report = Callable[[str, float], None]
"""Told of what happens: name and time since step 0 in seconds."""


class World:
    """The truth about one flight. Times in seconds since step 0; `liftoff_s` is None on the pad.

    Wind is that at the beginning of a step, for the whole of it. The pad holds the vehicle against it until lift-off, a
    rail until it has left that. Position is that of the centre of mass; its own way through the body, and its jump of a
    few metres where stages part, are left out.
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
        self.burnt_out = [False] * len(vehicle.stages)
        self.boosters_burnt_out = False
        self.propulsion = Propulsion(vehicle)
        self.fairing_on = vehicle.fairing_kg > 0.0
        self.payload_on = True
        self.tower_on = vehicle.tower is not None
        self.module: CrewModule | None = None
        """The crew module once it has escaped."""
        self.parachutes = Parachutes(vehicle.drogue, vehicle.main)
        self.spent: SpentStage | None = None
        """The stage that was dropped last, until it is far."""
        self.density_ratio = 1.0
        """Density of the day's air over the standard atmosphere's; pressure and temperature stay the standard's."""
        self.wind = usual() if wind is None else wind
        """The day's wind; where none was given the mean of the one that plans are made for."""
        self.mover: Mover = advance
        """What integrates the motion; sim.compiled has a faster one that gives the same bits."""
        self.tank = ReactionTank(vehicle.reaction_control)
        self.circuits = Circuits(vehicle, self._perform)
        self.sideways = Sideways(vehicle)
        self.hung: int | None = None
        """Which booster will stay on when the others leave."""
        self.aft_k = AFT_K
        """Of the engine bay."""
        self.servo_voltage_v = vehicle.power.servo_voltage_v
        self._report = report
        self._payload_kg = payload_kg
        self._pad, self._rail = Pad(site, azimuth_deg), Rail()
        self._push_until = -1.0
        self._take_stock()
        self.motion = self._pad.hold(0.0)
        self.state = self.motion.state

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
        if self.module is not None:
            return self.module.body(self.time_s).mass
        burnt = self.propulsion.burns[self.lowest].burnt(self.time_s)
        boosters = self.propulsion.beside_kg(self.time_s)
        loaded = self.vehicle.stages[self.lowest].motor.propellant_kg
        return self._attached.mass + loaded - burnt + boosters + self.tank.propellant_kg

    @property
    def ignited_s(self) -> list[float | None]:
        """When each stage's engines first gave thrust."""
        return [burn.ignited_s for burn in self.propulsion.burns]

    @property
    def nozzle(self) -> Nozzle:
        """Those that follow commands now."""
        return self.propulsion.nozzle

    def burns(self, stage: int) -> bool:
        """A stage is the lowest one, lit, and has not burnt out."""
        lit = self.propulsion.burns[stage].ignited_s is not None
        return lit and stage == self.lowest and not self.burnt_out[stage]

    @property
    def pushed(self) -> bool:
        """Engines of the lowest stage still give thrust."""
        burn, now = self.propulsion.burns[self.lowest], self.time_s
        return self.module is None and (burn.level(now) > 0.0 or burn.vernier_level(now) > 0.0)

    def chamber_pressure(self, stage: int) -> float:
        """Of the main engines, Pa; 0 where the stage is gone or does not burn."""
        if stage != self.lowest or self.module is not None:
            return 0.0
        return self.propulsion.burns[stage].level(self.time_s) * self.vehicle.stages[stage].chamber_pressure_pa

    def advance(self, commands: tuple[Value, ...]) -> None:
        """Obeys one step's commands (the packet `actuators`) and moves on by 10 ms."""
        now = self.time_s
        self.circuits.follow(now, commands[FIRST:])
        if self.module is not None:
            self._fall(self.module, now)
        else:
            self._fly(commands, now)
        self.step += 1

    def _fly(self, commands: tuple[Value, ...], now: float) -> None:
        _, tvc_pitch, tvc_yaw, tvc_roll, throttle, roll, pitch, yaw, axial = commands[:FIRST]
        vehicle, tank = self.vehicle, self.tank
        wanted = (float(tvc_pitch), float(tvc_yaw), float(tvc_roll), float(throttle))
        drive = self.propulsion.drive(self.lowest, now, STEP_S, wanted, self.motion.static_pressure)
        roll_torque, pitch_torque, yaw_torque = tank.fire(float(roll), float(pitch), float(yaw), STEP_S)
        push = tank.push(float(axial), STEP_S)
        if self.liftoff_s is None and self._lifts(drive):
            self.liftoff_s = now
            self._report("liftoff", now)
        if self.liftoff_s is None:
            self.motion = self._pad.hold((self.step + 1) * STEP_S)
            self.state = self.motion.state
            return
        stage = vehicle.stages[self.lowest]
        loaded = stage.motor.propellant_kg
        rest = joined(self._attached, part(tank.propellant_kg, vehicle.avionics))
        body = joined(rest, part(loaded - drive.burnt_middle, stage.propellant))
        full = rest.mass + loaded
        jet = jet_damping(body, stage.propellant, stage.nozzle_m) / stage.motor.exhaust_speed
        masses = (full - drive.burnt, full - drive.burnt_middle, full - drive.burnt_end)
        if vehicle.boosters is not None:
            body, masses, jet = self._with_boosters(drive, body, masses, jet)
        if self._rail.along_m < self._pad.rail_m:
            self._slide(drive, masses, now)
            return
        lever = vehicle.reaction_control.lever(body.centre)
        springs = vehicle.separation.push_m_s2 if now < self._push_until else 0.0
        wind = over_ground(self.wind, self.position, self.motion.height)
        side = NOTHING
        if self.sideways.acts(self.lowest):
            left_kg, stream = loaded - drive.burnt_middle, airspeed(self.state, wind)
            side = self.sideways.act(self.motion, body, self.lowest, left_kg, now, STEP_S, stream)
        actions = Actions(
            drive.aim_pitch,
            drive.aim_yaw,
            stage.nozzle_m - body.centre,
            drive.exit_area,
            jet,
            roll_torque + drive.torque_x + side.torque_x,
            lever * pitch_torque + drive.torque_y + side.torque_y,
            lever * yaw_torque + drive.torque_z + side.torque_z,
            springs + side.push_x + push / body.mass,
            body.roll,
            body.pitch,
            body.pitch,
            body.centre,
            self._shape,
            self.density_ratio,
            *wind,
            side.push_y,
            side.push_z,
            *self.parachutes.drag(now),
        )
        self.motion = self.mover(self.state, drive[:3], masses, actions, STEP_S)
        self.state = self.motion.state
        self._watch_burnout((self.step + 1) * STEP_S)
        if self.spent is not None:
            self._follow(self.spent, springs, body, now)

    def _with_boosters(
        self, drive: Drive, body: Body, masses: tuple[float, float, float], jet: float
    ) -> tuple[Body, tuple[float, float, float], float]:
        """The body, masses and jet damping with the boosters that are attached."""
        spec = self.vehicle.boosters
        if spec is None:
            return body, masses, jet
        loaded = sum(self.propulsion.attached) * spec.motor.propellant_kg
        body = joined(body, part(loaded - drive.beside_middle, ringed(spec.propellant, spec.ring_m)))
        masses = (
            masses[0] + loaded - drive.beside,
            masses[1] + loaded - drive.beside_middle,
            masses[2] + loaded - drive.beside_end,
        )
        stage = self.vehicle.stages[self.lowest]
        own = drive.stage_part * jet_damping(body, stage.propellant, stage.nozzle_m) / stage.motor.exhaust_speed
        beside = (1.0 - drive.stage_part) * jet_damping(body, spec.propellant, spec.nozzle_m) / spec.motor.exhaust_speed
        return body, masses, own + beside

    def _slide(self, drive: Drive, masses: tuple[float, float, float], now: float) -> None:
        """Along the rail, which carries all but the force along it."""
        shape, outside = self._shape, air(self.motion.height)
        speed = self._rail.speed
        drag = 0.5 * outside.density * self.density_ratio * speed * speed * shape.area * shape.drag[0]
        force = (drive.thrust_middle - outside.pressure * drive.exit_area - drag) / masses[1]
        held = self._pad.hold(now)
        gained = self._rail.move(force, held.force[0], STEP_S)
        self.motion = self._pad.hold((self.step + 1) * STEP_S, self._rail.along_m, self._rail.speed, gained)
        self.state = self.motion.state

    def _fall(self, module: CrewModule, now: float) -> None:
        """The crew module's step: its motors, the air and its parachutes."""
        body = module.body(now)
        wind = over_ground(self.wind, self.position, self.motion.height)
        actions = Actions(
            0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, body.roll, body.pitch, body.pitch, body.centre, module.shape,
            self.density_ratio, *wind, 0.0, 0.0, *self.parachutes.drag(now),
        )  # fmt: skip
        thrusts = (module.thrust(now), module.thrust(now + 0.5 * STEP_S), module.thrust(now + STEP_S))
        self.motion = self.mover(self.state, thrusts, (body.mass,) * 3, actions, STEP_S)
        self.state = self.motion.state

    def _take_stock(self) -> None:
        """Takes the masses and the shape of what is attached now."""
        vehicle, attached = self.vehicle, self.propulsion.attached
        fairing_kg = vehicle.fairing_kg if self.fairing_on else 0.0
        payload_kg = self._payload_kg if self.payload_on else 0.0
        body = vehicle.attached(self.lowest, fairing_kg, payload_kg, self.tower_on)
        if vehicle.boosters is not None and any(attached):
            beside = vehicle.boosters
            body = joined(body, part(sum(attached) * beside.dry_kg, ringed(beside.dry, beside.ring_m)))
        self._attached = body
        self._shape = vehicle.shape(self.lowest, any(attached))

    def _lifts(self, drive: Drive) -> bool:
        if drive.thrust <= 0.0:
            return False
        x, y, z = self.position
        thrust = drive.thrust - air(self.height_m).pressure * drive.exit_area
        gx, gy, gz = gravitation(x, y, z)
        return thrust > self.mass_kg * math.sqrt(gx * gx + gy * gy + gz * gz)

    def _perform(self, kind: str, stage: int) -> None:
        """What a circuit does."""
        now, engines = self.time_s, self.propulsion
        if kind == "ignite":
            self._ignite(stage)
        elif kind == "cut" and stage == self.lowest:
            engines.cut(stage, now)
        elif kind == "cut_main":
            engines.burns[self.lowest].cut_main(now)
        elif kind == "separate":
            self.separate(stage)
        elif kind == "booster_separation":
            self._drop_boosters()
        elif kind == "escape":
            self._escape()
        elif kind in ("drogue", "main"):
            opens = self.parachutes.open_drogue if kind == "drogue" else self.parachutes.open_main
            if opens(now):
                self._report(f"{kind}_deployment", now)
        elif kind in ("fairing", "payload", "tower") and self.module is None:
            self.release(kind)

    def _ignite(self, stage: int) -> None:
        """Engines light only in the lowest stage: fire in the hole is not modelled. Boosters light with it."""
        if stage == self.lowest and self.ignited_s[stage] is None and self.module is None:
            self.propulsion.ignite(stage, self.time_s)
            number = self.vehicle.number_of(stage)
            self._report("ignition" if stage == 0 else f"stage_{number}_ignition", self.time_s)

    def separate(self, stage: int) -> None:
        """Parts the stage that is the lowest from those above, if there are any."""
        if stage == self.lowest and stage + 1 < len(self.vehicle.stages) and self.module is None:
            now, engines = self.time_s, self.propulsion
            self._watch_burnout(now + self._shutdown_s(engines.burns[stage]))
            area_m2 = self.vehicle.reference_area_m2
            self.spent = SpentStage(self.vehicle.stages[stage], engines.burns[stage], now, area_m2)
            self.lowest += 1
            engines.drop(self.lowest)
            self._take_stock()
            self._push_until = now + self.vehicle.separation.push_s
            self._report(f"stage_{self.vehicle.number_of(stage)}_separation", now)

    def _drop_boosters(self) -> None:
        attached = self.propulsion.attached
        if any(attached) and self.module is None:
            self._watch_boosters(self.time_s + self._shutdown_s(self.propulsion.beside[0]))
            self.propulsion.attached = [place == self.hung for place in range(len(attached))]
            self._take_stock()
            self._report("booster_separation" if self.hung is None else "partial_separation", self.time_s)

    def drop_hung(self) -> None:
        """The booster that had stayed on leaves: only now have all of them separated."""
        self.propulsion.attached = [False] * len(self.propulsion.attached)
        self._take_stock()
        self._report("booster_separation", self.time_s)

    def _escape(self) -> None:
        spec = self.vehicle.escape
        if spec is not None and self.module is None:
            now = self.time_s
            self.module = CrewModule(spec, now, self.tower_on, self.fairing_on)
            self.tower_on = self.fairing_on = False
            self.spent = None
            if self.liftoff_s is None:
                self.liftoff_s = now
                self._report("liftoff", now)
            self._report("abort", now)

    def release(self, kind: str) -> None:
        """Parts the fairing, the payload or the escape tower, if it is on."""
        if not getattr(self, f"{kind}_on"):
            return
        setattr(self, f"{kind}_on", False)
        self._take_stock()
        self._report(f"{kind}_separation", self.time_s)

    def _follow(self, spent: SpentStage, springs: float, body: Body, now: float) -> None:
        motion = self.motion
        reaction = springs * body.mass
        closing = spent.move(now, STEP_S, motion.force[0], reaction, motion.dynamic_pressure, motion.static_pressure)
        if closing > 0.0:
            self._report("recontact", now)
            offset = 0.25 * self.vehicle.reference_length_m
            blow = struck(closing, RESTITUTION, spent.mass_kg, body, offset)
            self.sideways.blow(now + STEP_S + BLOW_S, blow)
            pitch, yaw = self.propulsion.misalignment[self.lowest]
            self.propulsion.misalignment[self.lowest] = pitch + closing * BENT_RAD_S_M, yaw
        if spent.far:
            self.spent = None

    @staticmethod
    def _shutdown_s(burn: Burn) -> float:
        """What drops off within its shutdown burns out on its own, so long at most afterwards."""
        return burn.engine.shutdown_s if isinstance(burn, LiquidBurn) else 0.0

    def _watch_burnout(self, now: float) -> None:
        place, engines = self.lowest, self.propulsion
        burn = engines.burns[place]
        if burn.ignited_s is not None and not self.burnt_out[place]:
            number = self.vehicle.number_of(place)
            out_s = burn.out_s(now)
            if isinstance(burn, LiquidBurn) and burn.engine.vernier is not None:
                main_s = burn.main.half_out_s(now)
                if main_s is not None:
                    self._report(f"stage_{number}_main_cutoff", main_s)
            if out_s is not None:
                self.burnt_out[place] = True
                self._report(f"stage_{number}_burnout", out_s)
        if self.vehicle.boosters is not None:
            self._watch_boosters(now)

    def _watch_boosters(self, now: float) -> None:
        engines = self.propulsion
        if any(engines.attached) and not self.boosters_burnt_out:
            outs = [booster.out_s(now) for booster in engines.beside]
            if all(out is not None for out in outs):
                self.boosters_burnt_out = True
                self._report("booster_burnout", max(out for out in outs if out is not None))
