"""The payload after its separation: a second vehicle that says who and where it is, over the same link."""

from __future__ import annotations

import random
from collections.abc import Sequence

from flight.geodesy import ROTATION_RATE, to_earth_fixed
from flight.onboard import SOFTWARE
from flight.wire.dictionary import default
from flight.wire.packet import PROTOCOL, STEPS_PER_SECOND, Codec, Value, ticks_of_step
from sim.earth import gravitation
from sim.parts import Beacon, Sensors

KINDS = ("identity", "gnss", "power")
END = "end_of_stream"
CASE_K = 288.15
"""Battery temperature of a small satellite (assumed)."""
NOISE_V = 0.01
NOISE_A = 0.005


class Payload:
    """A satellite on its own: gravitation alone moves it, from the state at its separation.

    Its computer gets power then: its packets count from 0, have a boot id and a time of their own, and come at the
    dictionary's rates, and it says itself when it stops. The springs' push is left out.
    """

    def __init__(
        self,
        spec: Beacon,
        sensors: Sensors,
        seed: int,
        state: Sequence[float],
        step: int,
        time_rate: float,
        other_boot_id: int = 0,
    ) -> None:
        dictionary = default()
        self._spec, self._sensors = spec, sensors
        self._codecs = {name: Codec(dictionary.packets[name]) for name in KINDS}
        self._periods = {name: round(STEPS_PER_SECOND / dictionary.packets[name].rate_hz) for name in KINDS}
        self._sequence = dict.fromkeys((*KINDS, END), 0)
        self._boot_id = random.Random(f"{seed}/beacon/boot").randrange(1, 65536)
        if self._boot_id == other_boot_id:
            # Who shares a link is told apart by boot ids.
            self._boot_id = self._boot_id % 65535 + 1
        self._codecs[END] = Codec(dictionary.packets[END])
        self._reasons = dictionary.packets[END].fields[0].enumeration or {}
        self._ended = False
        self._gnss, self._power = random.Random(f"{seed}/beacon/gnss"), random.Random(f"{seed}/beacon/power")
        self._born = step
        self._moved_s = step / STEPS_PER_SECOND
        self.state = tuple(state[:6])
        """Inertial position and velocity at its last satellite solution, m and m/s."""
        self._identity = (spec.name, "", SOFTWARE, "beacon", dictionary.fingerprint, PROTOCOL, 0, time_rate)

    def packets(self, step: int) -> list[bytes]:
        """What it sends at a step of the mission."""
        age = step - self._born
        if self._spec.sends_s > 0.0 and age > self._spec.sends_s * STEPS_PER_SECOND:
            return self.end("complete", step)
        return [self._packet(name, step) for name in KINDS if age % self._periods[name] == 0]

    def end(self, reason: str, step: int) -> list[bytes]:
        """The packet that ends its stream, for one of the dictionary's reasons; none where it has ended already."""
        if self._ended:
            return []
        self._ended = True
        values = (self._reasons[reason], sum(self._sequence.values()))
        return [self._codecs[END].encode(0, ticks_of_step(step - self._born), self._boot_id, values)]

    def _packet(self, name: str, step: int) -> bytes:
        sequence = self._sequence[name]
        self._sequence[name] = sequence + 1
        values: Sequence[Value] = self._identity
        if name == "gnss":
            values = self._solution(step / STEPS_PER_SECOND)
        elif name == "power":
            spec, gauss = self._spec, self._power.gauss
            values = (spec.bus_voltage_v + gauss(0.0, NOISE_V), spec.bus_current_a + gauss(0.0, NOISE_A), CASE_K)
        return self._codecs[name].encode(sequence, ticks_of_step(step - self._born), self._boot_id, values)

    def _solution(self, time_s: float) -> Sequence[Value]:
        self.state = coasted(self.state, time_s - self._moved_s)
        self._moved_s = time_s
        px, py, pz, vx, vy, vz = self.state
        place = to_earth_fixed((px, py, pz), time_s)
        speed = to_earth_fixed((vx + ROTATION_RATE * py, vy - ROTATION_RATE * px, vz), time_s)
        gauss, spec = self._gnss.gauss, self._sensors
        noisy = [x + gauss(0.0, spec.gnss_position_m) for x in place]
        return (True, 9, *noisy, *(x + gauss(0.0, spec.gnss_velocity_m_s) for x in speed))


def coasted(state: tuple[float, ...], seconds: float) -> tuple[float, ...]:
    """A path under gravitation alone, inertial: one step of the classic fourth-order Runge-Kutta method."""

    def slope(at: Sequence[float]) -> tuple[float, ...]:
        return (*at[3:], *gravitation(at[0], at[1], at[2]))

    def moved(rates: Sequence[float], by: float) -> list[float]:
        return [x + by * rate for x, rate in zip(state, rates, strict=True)]

    a = slope(state)
    b = slope(moved(a, 0.5 * seconds))
    c = slope(moved(b, 0.5 * seconds))
    d = slope(moved(c, seconds))
    return tuple(
        x + seconds / 6.0 * (k1 + 2.0 * (k2 + k3) + k4) for x, k1, k2, k3, k4 in zip(state, a, b, c, d, strict=True)
    )
