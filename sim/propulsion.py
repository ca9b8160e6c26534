"""All engines of a vehicle together: those of the lowest stage, the boosters beside it, and the nozzles that steer."""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.actuators import Nozzle
from sim.burn import Burn, LiquidBurn, Samples, SolidBurn, burn_of
from sim.engine import Vectoring, Vernier
from sim.parts import Boosters
from sim.vehicle import Vehicle


class Drive(NamedTuple):
    """What the engines give over one step: the lowest stage's and all boosters' samples in one.

    Vacuum thrust in N at the step's beginning, middle and end, propellant burnt by the stage and by the attached
    boosters together, in kg. Aim and exit area are as `sim.body.Actions` has them, at the stage's nozzle; torques, N m,
    are what comes beside. `stage_part` is the stage's part of the thrust.
    """

    thrust: float
    thrust_middle: float
    thrust_end: float
    burnt: float
    burnt_middle: float
    burnt_end: float
    beside: float
    beside_middle: float
    beside_end: float
    exit_area: float
    aim_pitch: float
    aim_yaw: float
    torque_x: float
    torque_y: float
    torque_z: float
    stage_part: float


class Propulsion:
    """One burn for each stage, one for each booster that is attached, and the nozzles that now follow commands."""

    def __init__(self, vehicle: Vehicle) -> None:
        self._vehicle = vehicle
        self.burns = [burn_of(stage.motor) for stage in vehicle.stages]
        count = 0 if vehicle.boosters is None else vehicle.boosters.count
        self.beside: list[Burn] = [burn_of(vehicle.boosters.motor) for _ in range(count) if vehicle.boosters]
        """Of every booster, also when it has left."""
        self.attached = [True] * count
        """Which boosters are still there."""
        self.misalignment = [(stage.misalignment_pitch, stage.misalignment_yaw) for stage in vehicle.stages]
        """Direction of thrust of each stage's main engines with their nozzles straight: pitch and yaw, rad."""
        self.nozzle = Nozzle()
        self.servos_on = True
        """Servos without power leave the nozzles where they are."""
        self._steering: Vectoring | None = vehicle.stages[0].vectoring

    def ignite(self, lowest: int, now: float) -> None:
        """Lights a stage, and the boosters beside it."""
        self.burns[lowest].ignite(now)
        for place, booster in enumerate(self.beside):
            if self.attached[place]:
                booster.ignite(now)

    def cut(self, lowest: int, now: float) -> None:
        """Stops a stage's engines, and those of the boosters beside it."""
        self.burns[lowest].cut(now)
        for place, booster in enumerate(self.beside):
            if self.attached[place]:
                booster.cut(now)

    def beside_kg(self, now: float) -> float:
        """Propellant in the boosters that are attached."""
        spec = self._vehicle.boosters
        if spec is None:
            return 0.0
        attached = [booster for booster, there in zip(self.beside, self.attached, strict=True) if there]
        return sum(spec.motor.propellant_kg - booster.burnt(now) for booster in attached)

    def steering(self, lowest: int) -> Vectoring | None:
        """The limits of the nozzles that follow commands now: the main engines', or the verniers' where those cannot
        or are stopped.
        """
        return self._verniers(lowest)[1]

    def drop(self, lowest: int) -> None:
        """A stage has gone; the nozzles of the next one are straight."""
        self.nozzle = Nozzle()
        self._steering = self.steering(lowest)

    def drive(
        self,
        lowest: int,
        now: float,
        dt: float,
        commands: tuple[float, float, float, float],
        outside_pa: float,
    ) -> Drive:
        """One step with commands (deflection in pitch, yaw and roll, throttle) in air of a pressure."""
        pitch, yaw, roll, throttle = commands
        stage, burn = self._vehicle.stages[lowest], self.burns[lowest]
        vernier, steering = (None, stage.vectoring) if isinstance(burn, SolidBurn) else self._verniers(lowest)
        if steering is not self._steering:
            self.nozzle, self._steering = Nozzle(), steering
        nozzle = self.nozzle
        if self.servos_on:
            nozzle.follow(steering, pitch, yaw, dt, roll)
        own = burn.samples(now, dt, throttle)
        if isinstance(burn, LiquidBurn) or self._vehicle.boosters is not None:
            return self._together(lowest, own, now, dt, vernier, outside_pa)
        aim_pitch, aim_yaw = self.misalignment[lowest]
        aim_pitch, aim_yaw = aim_pitch + nozzle.pitch, aim_yaw + nozzle.yaw
        return Drive(*own, 0.0, 0.0, 0.0, stage.exit_area_m2, aim_pitch, aim_yaw, 0.0, 0.0, 0.0, 1.0)

    def _verniers(self, lowest: int) -> tuple[Vernier | None, Vectoring | None]:
        """The verniers where it is they that steer, and the limits of what steers."""
        stage, burn = self._vehicle.stages[lowest], self.burns[lowest]
        vernier = burn.engine.vernier if isinstance(burn, LiquidBurn) else None
        if vernier is not None and (stage.vectoring is None or not burn.main_on):
            return vernier, vernier.vectoring
        return None, stage.vectoring

    def _together(
        self, lowest: int, own: Samples, now: float, dt: float, verniers: Vernier | None, outside_pa: float
    ) -> Drive:
        stage, burn, nozzle = self._vehicle.stages[lowest], self.burns[lowest], self.nozzle
        thrust, middle, end = own.thrust, own.thrust_middle, own.thrust_end
        beside = beside_middle = beside_end = side_thrust = 0.0
        area = torque_x = torque_y = torque_z = 0.0
        gimballed = 0.0
        if self._vehicle.boosters is not None:
            spec = self._vehicle.boosters
            for place, booster in enumerate(self.beside):
                if not self.attached[place]:
                    continue
                each = booster.samples(now, dt, 1.0)
                thrust, end = thrust + each.thrust, end + each.thrust_end
                side_thrust += each.thrust_middle
                beside, beside_middle = beside + each.burnt, beside_middle + each.burnt_middle
                beside_end += each.burnt_end
                open_area = booster.area * spec.exit_area_m2 if each.thrust_middle > 0.0 else 0.0
                net = each.thrust_middle - outside_pa * open_area
                y, z = booster_place(spec, place)
                torque_y, torque_z = torque_y + z * net, torque_z - y * net
                area += open_area
                if spec.gimballed:
                    lever = spec.nozzle_m - stage.nozzle_m
                    gimballed += each.thrust_middle
                    torque_x += spec.ring_m * net * nozzle.roll
                    torque_y += lever * net * nozzle.pitch
                    torque_z += lever * net * nozzle.yaw
        total = middle + side_thrust
        if total <= 0.0:
            return Drive(
                thrust, total, end, *own[3:], beside, beside_middle, beside_end, area, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            )
        main = middle * (1.0 - burn.vernier_part)
        if isinstance(burn, LiquidBurn):
            engine = burn.engine
            main_area = burn.area * stage.exit_area_m2
            area += main_area
            if engine.vernier is not None:
                area += burn.vernier_area * engine.vernier.exit_area_m2
            if verniers is not None:
                steered = middle - main
                net = steered - outside_pa * burn.vernier_area * verniers.exit_area_m2
                lever = verniers.nozzle_m - stage.nozzle_m
                torque_x += verniers.roll_arm_m * net * nozzle.roll
                torque_y += lever * net * nozzle.pitch
                torque_z += lever * net * nozzle.yaw
            else:
                steered = main
                torque_x += engine.roll_arm_m * (main - outside_pa * main_area) * nozzle.roll
        else:
            steered = main
            area += stage.exit_area_m2 if main > 0.0 else 0.0
        aim_pitch, aim_yaw = self.misalignment[lowest]
        straight, turned = main / total, (steered + gimballed) / total
        return Drive(
            thrust,
            total,
            end,
            *own[3:],
            beside,
            beside_middle,
            beside_end,
            area,
            aim_pitch * straight + nozzle.pitch * turned,
            aim_yaw * straight + nozzle.yaw * turned,
            torque_x,
            torque_y,
            torque_z,
            middle / total,
        )


def booster_place(spec: Boosters, place: int) -> tuple[float, float]:
    """Where a booster's axis is, y and z in m: two stand right and left, four right, below, left and above."""
    angle = 2.0 * math.pi * place / spec.count
    return spec.ring_m * math.cos(angle), spec.ring_m * math.sin(angle)
