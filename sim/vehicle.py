"""What a vehicle is: frozen values from its TOML file, every number checked on load."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flight.plans import checked
from sim import partsfile
from sim.aerodynamics import Shape
from sim.air import air
from sim.engine import LiquidEngine
from sim.masses import Body, Place, all_joined, joined, part, ringed
from sim.parts import (
    NO_REACTION_CONTROL,
    Beacon,
    Boosters,
    Escape,
    Parachute,
    Power,
    ReactionControl,
    Sensors,
    Separation,
    Stage,
    Tower,
)

_FOLDER = Path(__file__).parent / "vehicles"
MOST_STAGES = 3
"""The highest number that a stage can have."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A launch vehicle without its payload. Coefficients refer to the reference area and length.

    Normal force slope (per radian) and station of the centre of pressure go with `drag_mach`, too. Reaction-control
    propellant is where the avionics are. `first_stage` is the number of the lowest stage, 2 where boosters are counted
    as the first. `descent_lift_to_drag` is lift over drag, upwards, of what comes down after the apogee.
    """

    name: str
    help: str
    first_stage: int
    reference_area_m2: float
    reference_length_m: float
    avionics_kg: float
    fairing_kg: float
    payload_kg: float
    avionics: Place
    fairing: Place
    payload: Place
    drag_mach: tuple[float, ...]
    drag_coefficient: tuple[float, ...]
    normal_slope: tuple[float, ...]
    pressure_centre_m: tuple[float, ...]
    cross_flow_drag: float
    descent_lift_to_drag: float
    stages: tuple[Stage, ...]
    boosters: Boosters | None
    tower: Tower | None
    escape: Escape | None
    drogue: Parachute | None
    main: Parachute | None
    beacon: Beacon | None
    reaction_control: ReactionControl
    separation: Separation
    sensors: Sensors
    power: Power

    @property
    def lift_off_kg(self) -> float:
        """Mass on the pad with the vehicle's own payload."""
        stages = sum(stage.dry_kg + stage.motor.propellant_kg for stage in self.stages)
        beside, tower = self.boosters, self.tower
        boosters = 0.0 if beside is None else beside.count * (beside.dry_kg + beside.motor.propellant_kg)
        head = self.avionics_kg + self.fairing_kg + self.payload_kg + (0.0 if tower is None else tower.mass_kg)
        return stages + boosters + head + self.reaction_control.propellant_kg

    def place_of(self, number: int) -> int | None:
        """Index of the stage with that number, None where there is none."""
        place = number - self.first_stage
        return place if 0 <= place < len(self.stages) else None

    def number_of(self, place: int) -> int:
        """Number of the stage with that index."""
        return place + self.first_stage

    def shape(self, lowest: int, boosters_on: bool = False) -> Shape:
        """What the air meets while that stage is the lowest. Without its fairing the vehicle keeps its form."""
        stage = self.stages[lowest]
        slope, centre = stage.normal_force or (self.normal_slope, self.pressure_centre_m)
        drag, planform, planform_centre = self.drag_coefficient, stage.planform_m2, stage.planform_centre_m
        if boosters_on and self.boosters is not None:
            beside = self.boosters
            larger = 1.0 + beside.count * beside.drag_area_m2 / self.reference_area_m2
            drag = tuple(coefficient * larger for coefficient in drag)
            theirs = beside.count * beside.planform_m2
            if theirs > 0.0:
                planform_centre = planform * planform_centre + theirs * beside.planform_centre_m
                planform += theirs
                planform_centre /= planform
        return Shape(
            area=self.reference_area_m2,
            length=self.reference_length_m,
            aft=stage.aft_m,
            mach=self.drag_mach,
            drag=drag,
            slope=slope,
            centre=centre,
            cross_area=planform * self.cross_flow_drag,
            cross_centre=planform_centre,
            damping=stage.pitch_damping,
        )

    def attached(self, lowest: int, fairing_kg: float, payload_kg: float, tower_on: bool = False) -> Body:
        """All from the lowest stage up, but for that stage's propellant, the reaction control's and boosters."""
        parts = [part(stage.dry_kg, stage.dry) for stage in self.stages[lowest:]]
        parts += [part(stage.motor.propellant_kg, stage.propellant) for stage in self.stages[lowest + 1 :]]
        parts += [part(self.avionics_kg, self.avionics), part(fairing_kg, self.fairing)]
        if tower_on and self.tower is not None:
            parts.append(part(self.tower.mass_kg, self.tower.place))
        return all_joined([*parts, part(payload_kg, self.payload)])

    def burnt(self, lowest: int, left: float, payload_kg: float, boosters_left: float | None = None) -> Body:
        """The vehicle with that part of the lowest stage's propellant left; the last of several flies without fairing.

        With that part of the boosters' propellant left, too, and with the tower; None is without both.
        """
        bare = lowest > 0 and lowest + 1 == len(self.stages)
        above = self.attached(lowest, 0.0 if bare else self.fairing_kg, payload_kg, boosters_left is not None)
        above = joined(above, part(self.reaction_control.propellant_kg, self.avionics))
        if boosters_left is not None and self.boosters is not None:
            beside = self.boosters
            above = joined(above, part(beside.count * beside.dry_kg, ringed(beside.dry, beside.ring_m)))
            propellant_kg = beside.count * boosters_left * beside.motor.propellant_kg
            above = joined(above, part(propellant_kg, ringed(beside.propellant, beside.ring_m)))
        stage = self.stages[lowest]
        return joined(above, part(left * stage.motor.propellant_kg, stage.propellant))


def names() -> tuple[str, ...]:
    """The vehicles that come with the software."""
    return checked.names(_FOLDER)


def load(name_or_path: str) -> Vehicle:
    """The vehicle of that name, or in that file. Raises Misuse with file, key and reason."""
    return parse(*checked.read(_FOLDER, name_or_path, "vehicle"))


def parse(text: str, source: str) -> Vehicle:
    """A vehicle from TOML text. Raises Misuse that names the source, the key and the reason."""
    top = checked.parse(text, source)
    keys = top.keys()
    drag, normal = top.section("drag"), top.section("normal_force")
    mach = drag.rising("mach", 0.0, 100.0, 2, 64)
    coefficient = drag.numbers("coefficient", 0.0, 10.0, len(mach), len(mach))
    drag.finish()
    slope = normal.numbers("slope_per_rad", 0.0, 100.0, len(mach), len(mach))
    centre = normal.numbers("centre_m", 0.0, 1e3, len(mach), len(mach))
    cross_flow_drag = normal.number("cross_flow_drag", 0.0, 10.0)
    normal.finish()
    trace = partsfile.trace(top.section("trace")) if "trace" in keys else None
    parachutes = top.section("parachute") if "parachute" in keys else checked.Section(source, "", {})
    folded = parachutes.keys()
    vehicle = Vehicle(
        name=top.text("name", 16),
        help=top.text("help", 400, ""),
        first_stage=top.whole("first_stage", 1, MOST_STAGES, 1),
        reference_area_m2=top.number("reference_area_m2", 1e-4, 1e4),
        reference_length_m=top.number("reference_length_m", 1e-2, 1e2),
        avionics_kg=top.number("avionics_kg", 0.0, 1e6),
        fairing_kg=top.number("fairing_kg", 0.0, 1e6),
        payload_kg=top.number("payload_kg", 0.0, 1e6),
        avionics=partsfile.place(top.section("avionics")),
        fairing=partsfile.place(top.section("fairing")),
        payload=partsfile.place(top.section("payload")),
        drag_mach=mach,
        drag_coefficient=coefficient,
        normal_slope=slope,
        pressure_centre_m=centre,
        cross_flow_drag=cross_flow_drag,
        descent_lift_to_drag=top.number("descent_lift_to_drag", 0.0, 5.0, 0.0),
        stages=tuple(partsfile.stage(section, trace, len(mach)) for section in top.sections("stage", 1, MOST_STAGES)),
        boosters=partsfile.boosters(top.section("booster"), trace) if "booster" in keys else None,
        tower=partsfile.tower(top.section("tower")) if "tower" in keys else None,
        escape=partsfile.escape(top.section("escape")) if "escape" in keys else None,
        drogue=partsfile.parachute(parachutes.section("drogue")) if "drogue" in folded else None,
        main=partsfile.parachute(parachutes.section("main")) if "main" in folded else None,
        beacon=partsfile.beacon(top.section("beacon")) if "beacon" in keys else None,
        reaction_control=(
            partsfile.reaction_control(top.section("reaction_control"))
            if "reaction_control" in keys
            else NO_REACTION_CONTROL
        ),
        separation=partsfile.separation(top.section("separation")),
        sensors=partsfile.sensors(top.section("sensors")),
        power=partsfile.power(top.section("power")),
    )
    parachutes.finish()
    top.finish()
    _check(vehicle, top)
    return vehicle


def _check(vehicle: Vehicle, top: checked.Section) -> None:
    """Refuses what each number alone allows and all together do not."""
    count = len(vehicle.stages)
    if vehicle.number_of(count - 1) > MOST_STAGES:
        raise top.refuse("first_stage", f"the last of {count} stages would be number {vehicle.number_of(count - 1)}")
    if vehicle.first_stage > 1 and vehicle.boosters is None:
        raise top.refuse("first_stage", f"is {vehicle.first_stage}, but there are no boosters to be counted before")
    if vehicle.escape is not None and vehicle.escape.escaping_kg > vehicle.payload_kg + vehicle.fairing_kg:
        raise top.refuse("escape.escaping_kg", "is more than payload and fairing together")
    first, beside = vehicle.stages[0], vehicle.boosters
    lifting = _on_pad(first)
    if beside is not None:
        lifting += beside.count * _on_pad(beside)
    if lifting < vehicle.lift_off_kg * 9.9:
        key = "stage[0].mean_thrust_n" if not isinstance(first.motor, LiquidEngine) else "stage[0].thrust_n"
        raise top.refuse(key, f"does not lift {vehicle.lift_off_kg:.0f} kg off the pad")
    for place, stage in enumerate(vehicle.stages):
        mass_centre = vehicle.burnt(place, 1.0, vehicle.payload_kg, 1.0 if place == 0 else None).centre
        if stage.nozzle_m <= mass_centre:
            raise top.refuse(f"stage[{place}].nozzle_m", f"is ahead of the centre of mass at {mass_centre:.2f} m")


def _on_pad(one: Stage | Boosters) -> float:
    """Thrust that has to lift: a solid's mean, a liquid's at sea level."""
    thrust = one.motor.mean_thrust_n
    return thrust - air(0.0).pressure * one.exit_area_m2 if isinstance(one.motor, LiquidEngine) else thrust
