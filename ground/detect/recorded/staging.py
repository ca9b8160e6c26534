"""Which stage each burn belongs to, and what the events are called.

Works on legs: a leg is a stretch of one vehicle's motion with the burns found on it. Between legs the source may
have shown nothing for a while, or have gone over from one stage to another.

Rules (assumed, from how launch vehicles are flown, not from any one of them):
- The first burn after lift-off is stage 1's. A stage's first burn is `stage_N_ignition` to `stage_N_burnout`; a
  burn of the same stage after that is `stage_N_restart_K` to `stage_N_cutoff_K`.
- Within 100 s of a cut-off no stage is lit again: another one is fired.
- A cut-off far below orbital speed followed by a burn is a change of stage. A cut-off that may have reached an
  orbit followed by a burn is a restart, unless the new burn starts at under 40 % of the push that the old one ended
  with: then it is a smaller engine, another stage.
- Where the push falls steeply without a pause, boosters have burnt out if another stage is fired later, and else, if
  an orbit may have been reached, a stage was fired while the one below it burnt. Otherwise it is not decided.
- A vehicle that brakes with its engine, or of which the source says that it is stage 1, is on its way back after
  its first burn: what it does then is no upper stage's event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ground.detect.recorded.burns import STAGING_DROP, STAGING_GAP, Burn, Edge
from ground.detect.recorded.cleaning import LONGEST_BRIDGE
from ground.detect.recorded.legs import Leg, brakes_by_engine, in_thin_air, returns_at
from ground.detect.recorded.tracks import HARDEST_COAST, LARGE_ROCKET, gravity

SMALLER_ENGINE = 0.4
HIDDEN_GAIN = 30.0  # m/s of ideal speed over a gap that only a burn makes; drag and rounding make less
# m/s: a stalled source cannot fall so far in thin air where only gravity slows it
SLOWER_VEHICLE = 60.0
# m/s: a smaller jump is a source that stalled; stages that parted differ by more by the time the other is shown.
OTHER_VEHICLE = 300.0
COMMAND_TO_PUSH = 3.0  # s
SIDE = 15.0  # s before and after a change of push within which the source says which stage it shows
SHORTEST_PARKING = 100.0  # s
LONG_COAST = 60.0  # s; without a push for as long as this no next stage is awaited


@dataclass(frozen=True, slots=True)
class StageEvent:
    """One end of a burn, named. leg and edge: where it was found."""

    name: str
    edge: Edge
    leg: Leg
    burn: Burn


@dataclass(slots=True)
class Story:
    """What is known so far: the events, what cannot be decided and why, and where the ascent stands."""

    events: list[StageEvent] = field(default_factory=list)
    undecided: dict[str, str] = field(default_factory=dict)
    stage: int = 0  # the last that was fired
    restarts: int = 0
    ended: Burn | None = None  # the burn that ended last, where its end was seen
    ended_leg: Leg | None = None  # the leg it is on
    may_orbit: bool = False  # at that end
    leg: Leg | None = None  # the last that belongs to the ascent
    left: bool = False  # whether the source goes over to a vehicle that is on its way back
    ambiguous: str = ""  # why it is not decided which stage pushes, if it is not

    def hide(self, name: str, reason: str) -> None:
        self.undecided.setdefault(name, reason)

    @property
    def end_name(self) -> str:
        return f"stage_{self.stage}_cutoff_{self.restarts}" if self.restarts else f"stage_{self.stage}_burnout"


def tell(legs: Sequence[Leg], commands: Sequence[tuple[float, int]] = (), *, late: bool = False) -> Story:
    """Name the ends of all burns.

    commands: (s, stage) whenever the onboard computer began to fire a stage. late: the record begins after the
    first stage's cut-off, and the source says which stage it shows.
    """
    story = Story()
    legs, story.ambiguous = _joined(legs)
    if late:
        _begin_late(story, legs[0])
    previous: Leg | None = None
    for leg in legs:
        if previous is not None and not _carry_over(story, previous, leg):
            story.left = True
            continue
        _name_burns(story, leg, commands)
        previous = story.leg = leg
    if story.ambiguous:
        story.events = [event for event in story.events if not event.name.startswith("stage_")]
        for name in ("stage_1_burnout", "stage_2_ignition"):
            story.hide(name, story.ambiguous)
    if previous is not None:
        _close(story, previous)
    return story


def _joined(legs: Sequence[Leg]) -> tuple[list[Leg], str]:
    """Legs with abrupt burns joined to the one before where they are the core that burns on after its boosters.

    And why it cannot be told, where it cannot.
    """
    told, ambiguous = list(legs), ""
    for number, leg in enumerate(legs):
        burns: list[Burn] = []
        returning = returns_at(leg)
        own = [burn for burn in leg.burns if returning is None or burn.first <= returning]
        for place, burn in enumerate(leg.burns):
            if not burn.abrupt or not burns or (returning is not None and burn.first > returning):
                burns.append(burn)
                continue
            named = 0 < leg.shown(burn.first - SIDE) < leg.shown(burn.first + SIDE)
            further = [other for other in own if other.first > burn.last]
            staged = bool(further) and not leg.may_orbit(burn.last)
            if not further and number + 1 < len(legs) and not leg.may_orbit(leg.last):
                after = legs[number + 1]
                staged = bool(after.burns) and not _handed_over(leg, after) and not after.begins_in_burn
            reaches = leg.may_orbit(burn.last) or _burns_on_to_orbit(burn, legs[number + 1 :])
            if named or (place < 2 and not staged and not further and reaches):
                burns.append(burn)
                continue
            falls = f"the push falls from {burns[-1].final:.0f} to {burn.initial:.0f} m/s² at {burn.first:.1f} s"
            unclear, end, why = not staged and not further, burn.end, burn.unseen_end
            if unclear and (number, place) == (0, 1):
                ambiguous = (
                    f"{falls} without a pause: boosters that have burnt out, or a stage fired while the one below it"
                    " burnt"
                )
            elif unclear:
                end, why = None, f"{falls} without a pause: throttled, or another stage"
            before = burns.pop()
            burns.append(
                replace(
                    before, last=burn.last, end=end, final=burn.final, gain=before.gain + burn.gain, unseen_end=why,
                )
            )  # fmt: skip
        told[number] = replace(leg, burns=tuple(burns))
    return told, ambiguous


def _burns_on_to_orbit(burn: Burn, later: Sequence[Leg]) -> bool:
    """Whether a burn at the end of a leg goes on in a later one, and may reach an orbit there."""
    return any(
        leg.begins_in_burn
        and leg.burns[0].initial > STAGING_DROP * burn.final
        and leg.may_orbit(leg.burns[0].last)
        and len(leg.burns) == 1
        for leg in later
    )


def _begin_late(story: Story, leg: Leg) -> None:
    """Begin with the stage that is shown, whose ignition, and in an orbit its first burn too, came before."""
    story.stage = leg.shown(leg.first)
    reason = f"the record begins in flight, at {leg.first:.1f} s"
    if leg.begins_in_burn:
        story.hide(f"stage_{story.stage}_ignition", reason)
    elif leg.may_orbit(leg.first):
        story.hide(f"stage_{story.stage}_ignition", reason)
        story.hide(story.end_name, reason)
        story.may_orbit = True
    else:
        story.stage -= 1


def _carry_over(story: Story, before: Leg, leg: Leg) -> bool:
    """Make up for what lies between two legs; False where the new leg is of a vehicle that is on its way back."""
    unseen = f"{before.last:.1f} s and {leg.first:.1f} s"
    unseen = f"another vehicle is shown between {unseen}" if story.left else f"nothing was recorded between {unseen}"
    if _handed_over(before, leg):
        if story.stage >= 1 and _is_returning_part(before, leg):
            return False
        if story.stage <= 1:
            _take_over(story, before, leg)
        return True
    if before.ends_in_burn and not leg.begins_in_burn:
        story.hide(story.end_name, f"{unseen}: the push ends there")
        story.ended, story.ended_leg, story.may_orbit = before.burns[-1], before, leg.may_orbit(leg.first)
    elif before.ends_in_burn:
        if leg.burns[0].initial < STAGING_DROP * before.burns[-1].final:
            _stage_unseen(story, f"{unseen}: the stages change there")
    elif leg.begins_in_burn:
        story.hide(_fire(story, leg, leg.burns[0], None), f"{unseen}: the push begins there")
    elif _gained(before, leg) > HIDDEN_GAIN:
        reason = f"{unseen}: {_gained(before, leg):.0f} m/s were gained there"
        story.hide(_fire(story, leg, None, None), reason)
        story.hide(story.end_name, reason)
        story.ended, story.may_orbit = None, leg.may_orbit(leg.first)
    return True


def _take_over(story: Story, before: Leg, leg: Leg) -> None:
    """From stage 1's telemetry to that of the stage above it."""
    shown = leg.shown(leg.first)
    what = f"the source goes over from stage {before.shown(before.last)} to {shown}" if shown else "the source changes"
    reason = f"{what} between {before.last:.1f} s and {leg.first:.1f} s"
    if before.ends_in_burn:
        story.hide("stage_1_burnout", reason)
    story.stage, story.restarts, story.ended = max(2, shown), 0, None
    story.may_orbit = leg.may_orbit(leg.first)
    if not leg.begins_in_burn and not story.may_orbit:
        story.stage -= 1  # its ignition is still to come
        return
    story.hide(f"stage_{story.stage}_ignition", reason)
    if not leg.begins_in_burn:
        story.hide(story.end_name, f"{reason}, and nothing pushes there")


def _stage_unseen(story: Story, reason: str) -> None:
    story.hide(story.end_name, reason)
    story.stage, story.restarts = story.stage + 1, 0
    story.hide(f"stage_{story.stage}_ignition", reason)


def _handed_over(before: Leg, leg: Leg) -> bool:
    """Whether two legs show different vehicles."""
    shown_before, shown = before.shown(before.last), leg.shown(leg.first)
    lasted = leg.first - before.last
    change = float(leg.track.speed[0] - before.track.speed[-1])
    jumped = lasted < LONGEST_BRIDGE and abs(change) > LARGE_ROCKET * lasted + OTHER_VEHICLE
    jumped |= lasted < STAGING_GAP and change < -HARDEST_COAST * lasted - SLOWER_VEHICLE and in_thin_air(before)
    jumped |= lasted < LONGEST_BRIDGE and _gained(before, leg) < -HIDDEN_GAIN and in_thin_air(before)
    risen = returns_at(before) is not None and _gained(before, leg) > HIDDEN_GAIN
    return shown_before != shown or jumped or risen


def _is_returning_part(before: Leg, leg: Leg) -> bool:
    """Whether the source went over to a stage that is left behind: the lower number, else the lower energy."""
    shown_before, shown = before.shown(before.last), leg.shown(leg.first)
    if shown_before != shown and shown:
        return shown < shown_before
    return _gained(before, leg) < 0.0


def _gained(before: Leg, leg: Leg) -> float:
    """Ideal speed gained between two legs, m/s: from the Jacobi integral where both altitudes are known."""
    first, second = before.track, leg.track
    faster = 0.5 * (float(second.speed[0]) ** 2 - float(first.speed[-1]) ** 2)
    heights = float(first.altitude[-1]), float(second.altitude[0])
    if all(np.isfinite(heights)):
        low, high = sorted(heights)
        level = float(gravity(np.array([0.5 * (low + high)]))[0])
        faster += level * (heights[1] - heights[0])
    return faster / max(float(max(first.speed[-1], second.speed[0])), 100.0)


def _fire(story: Story, leg: Leg, burn: Burn | None, commanded: int | None) -> str:
    """Advance to the stage that a new burn belongs to, and return the name of its beginning."""
    shown = leg.shown(min(burn.first + SIDE, burn.last)) if burn else leg.shown(leg.first)
    smaller = burn is not None and story.ended is not None and burn.initial < SMALLER_ENGINE * story.ended.final
    if commanded:
        following = commanded > story.stage
    elif story.stage == 0:
        following = True
    elif story.may_orbit:
        soon = burn is not None and story.ended is not None and burn.first - story.ended.last < SHORTEST_PARKING
        following = (smaller or soon) and not 0 < shown <= story.stage
    else:
        following = not (1 < shown <= story.stage)
    if following:
        story.stage, story.restarts = commanded or story.stage + 1, 0
        return f"stage_{story.stage}_ignition"
    story.restarts += 1
    return f"stage_{story.stage}_restart_{story.restarts}"


def _name_burns(story: Story, leg: Leg, commands: Sequence[tuple[float, int]]) -> None:
    returning = returns_at(leg)
    for burn in leg.burns:
        first_stage_done = story.stage >= 2 or story.ended is not None
        if first_stage_done and _on_the_way_back(leg, burn, returning):
            continue
        if burn.unseen_start is not None and story.stage > 0:
            _stage_unseen(story, burn.unseen_start)
        elif story.stage == 0 or burn.start is not None:
            fired = [stage for at, stage in commands if burn.start and abs(at - burn.start.time) <= COMMAND_TO_PUSH]
            name = _fire(story, leg, burn, fired[0] if fired else None)
            if burn.start is not None and name != "stage_1_ignition":
                story.events.append(StageEvent(name, burn.start, leg, burn))
        if burn.end is not None:
            story.events.append(StageEvent(story.end_name, burn.end, leg, burn))
        elif burn.unseen_end is not None:
            story.hide(story.end_name, burn.unseen_end)
        if burn.end is not None or burn.unseen_end is not None:
            story.ended, story.ended_leg, story.may_orbit = burn, leg, leg.may_orbit(burn.last)


def _on_the_way_back(leg: Leg, burn: Burn, returning: float | None) -> bool:
    return leg.shown(burn.last) == 1 or (returning is not None and burn.first > returning)


def _close(story: Story, leg: Leg) -> None:
    """What the end of the record leaves open."""
    if leg.ends_in_burn and not _on_the_way_back(leg, leg.burns[-1], returns_at(leg)):
        how = "the source freezes" if leg.track.frozen_end else "the record ends"
        how = "the source goes over to another vehicle" if story.left else how
        story.hide(story.end_name, f"{how} at {leg.last:.1f} s while stage {story.stage} burns")
        return
    if story.stage != 1 or story.ended is None:
        return
    coasted = leg.last - story.ended.last
    if leg.shown(leg.last) == 1 and coasted > 0.0:
        reason = f"from the cut-off to the end the source shows stage 1, at {leg.last:.1f} s still"
    elif coasted < LONG_COAST and not leg.track.climb[-1] <= 0.0:
        reason = f"the record ends at {leg.last:.1f} s, after {coasted:.0f} s of coast"
    elif brakes_by_engine(leg):
        reason = "what the source shows brakes with its engine: it is stage 1 on its way back"
    else:
        return
    story.hide("stage_2_ignition", reason)
    story.hide("stage_2_burnout", reason)
