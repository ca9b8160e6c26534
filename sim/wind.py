"""Wind: a mean profile over height with its shear, and gusts frozen into it by a seeded generator.

A profile is one TOML file; `blowing` gives the day's wind, a pure function of height. Gusts are one-minus-cosine (the
discrete gust of MIL-F-8785C, here over a full wave: half the amplitude times 1 - cos), as thick and as far apart as
the file says. Height is above the ellipsoid, m; wind is horizontal, m/s. The air does not change during one flight.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flight.geodesy import Vector
from flight.plans import checked

_FOLDER = Path(__file__).parent / "winds"
_TWO_PI = 2.0 * math.pi
USUAL = "moderate"
"""The wind that plans are made for."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Mean wind over height, towards north and towards east, and its gusts.

    Gusts lie one after another up to `gust_top_m`, `gust_spacing_m` from bottom to bottom on average; each is
    between half of and the whole of `gust_thickness_m` thick. Amplitudes are normal with a sigma of `gust_part` of the
    mean wind there plus `gust_m_s`, towards any side.
    """

    name: str
    help: str
    heights: tuple[float, ...]
    north: tuple[float, ...]
    east: tuple[float, ...]
    gust_part: float
    gust_m_s: float
    gust_thickness_m: float
    gust_spacing_m: float
    gust_top_m: float


@dataclass(frozen=True, slots=True)
class Wind:
    """One day's wind: the mean between table points, constant outside, and gusts that do not overlap.

    A gust is (bottom m, thickness m, amplitude towards north and towards east m/s); `bottoms` repeats the
    first, for the search.
    """

    heights: tuple[float, ...]
    north: tuple[float, ...]
    east: tuple[float, ...]
    bottoms: tuple[float, ...] = ()
    gusts: tuple[tuple[float, float, float, float], ...] = ()

    def at(self, height: float) -> tuple[float, float]:
        """(towards north, towards east) at a height."""
        place = bisect_right(self.heights, height)
        if place == 0:
            north, east = self.north[0], self.east[0]
        elif place == len(self.heights):
            north, east = self.north[-1], self.east[-1]
        else:
            low = self.heights[place - 1]
            part = (height - low) / (self.heights[place] - low)
            north = self.north[place - 1] + part * (self.north[place] - self.north[place - 1])
            east = self.east[place - 1] + part * (self.east[place] - self.east[place - 1])
        below = bisect_right(self.bottoms, height)
        if below > 0:
            bottom, thickness, gust_north, gust_east = self.gusts[below - 1]
            if height < bottom + thickness:
                swell = 0.5 - 0.5 * math.cos(_TWO_PI * (height - bottom) / thickness)
                north += swell * gust_north
                east += swell * gust_east
        return north, east


def over_ground(wind: Wind, position: Vector, height: float) -> Vector:
    """The air's motion over the ground, inertial axes; north is the geocentric one, at most 0.2 degrees off."""
    north, east = wind.at(height)
    x, y, z = position
    across = math.sqrt(x * x + y * y)
    if across < 1.0:
        return 0.0, 0.0, 0.0
    sine = z / math.sqrt(across * across + z * z)
    cosine = math.sqrt(1.0 - sine * sine)
    ex, ey = -y / across, x / across
    return east * ex - north * sine * ey, east * ey + north * sine * ex, north * cosine


CALM = Wind((0.0,), (0.0,), (0.0,))


@cache
def usual() -> Wind:
    """The mean of the wind that plans are made for."""
    return mean(load(USUAL))


def mean(profile: Profile) -> Wind:
    """The profile without gusts."""
    return Wind(profile.heights, profile.north, profile.east)


def blowing(profile: Profile, rng: random.Random) -> Wind:
    """The profile with gusts drawn from a generator."""
    steady = mean(profile)
    gusts = []
    gap = profile.gust_spacing_m - 0.75 * profile.gust_thickness_m
    bottom = rng.uniform(0.0, 2.0) * gap
    while bottom < profile.gust_top_m:
        thickness = rng.uniform(0.5, 1.0) * profile.gust_thickness_m
        sigma = profile.gust_m_s + profile.gust_part * math.hypot(*steady.at(bottom + 0.5 * thickness))
        size, towards = rng.gauss(0.0, sigma), rng.uniform(0.0, math.pi)
        gusts.append((bottom, thickness, size * math.cos(towards), size * math.sin(towards)))
        bottom += thickness + rng.uniform(0.0, 2.0) * gap
    return Wind(profile.heights, profile.north, profile.east, tuple(gust[0] for gust in gusts), tuple(gusts))


def names() -> tuple[str, ...]:
    """The winds that come with the software."""
    return checked.names(_FOLDER)


def load(name_or_path: str) -> Profile:
    """The wind of that name, or in that file. Raises Misuse with file, key and reason."""
    return parse(*checked.read(_FOLDER, name_or_path, "wind"))


def parse(text: str, source: str) -> Profile:
    """A wind from TOML text. Raises Misuse that names the source, the key and the reason."""
    top = checked.parse(text, source)
    heights = top.rising("height_m", -500.0, 1e6, 2, 64)
    speeds = top.numbers("speed_m_s", 0.0, 200.0, len(heights), len(heights))
    froms = [math.radians(angle) for angle in top.numbers("from_deg", 0.0, 360.0, len(heights), len(heights))]
    profile = Profile(
        name=top.text("name", 40),
        help=top.text("help", 400, ""),
        heights=heights,
        north=tuple(-speed * math.cos(angle) for speed, angle in zip(speeds, froms, strict=True)),
        east=tuple(-speed * math.sin(angle) for speed, angle in zip(speeds, froms, strict=True)),
        gust_part=top.number("gust_part", 0.0, 1.0),
        gust_m_s=top.number("gust_m_s", 0.0, 50.0),
        gust_thickness_m=top.number("gust_thickness_m", 10.0, 1e4),
        gust_spacing_m=top.number("gust_spacing_m", 10.0, 1e5),
        gust_top_m=top.number("gust_top_m", 0.0, 1e5),
    )
    top.finish()
    if profile.gust_spacing_m <= profile.gust_thickness_m:
        raise top.refuse("gust_spacing_m", "must be larger than gust_thickness_m")
    return profile
