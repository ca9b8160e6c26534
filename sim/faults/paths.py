"""The ways between computer, vehicle and ground that a fault can break: wires of commands, and the radio."""

from __future__ import annotations

from collections.abc import Callable

from flight.wire.dictionary import default
from flight.wire.packet import Value

COMMANDS = tuple(field.name for field in default().packets["actuators"].fields)
"""Names of the packet's fields, in order."""
AT_REST: tuple[Value, ...] = tuple(
    False if field.type == "bool" else 0 if field.type == "u32" else 0.0
    for field in default().packets["actuators"].fields
)
"""The commands of a computer without power: no circuit closed, nozzle straight, valves shut."""
_PITCH, _YAW = COMMANDS.index("tvc_pitch"), COMMANDS.index("tvc_yaw")

Loses = Callable[[float], bool]
"""Whether a packet sent at a time since step 0 is lost; asked once a packet."""


class Wiring:
    """Commands on their way from the computer to the vehicle."""

    def __init__(self) -> None:
        self.pitch = 0.0
        self.yaw = 0.0
        """How far faulty actuators deflect the nozzle beside its command, rad."""
        self._cut: set[int] = set()

    def cut(self, command: str) -> None:
        """This circuit is open from now on: closing it does nothing."""
        self._cut.add(COMMANDS.index(command))

    def carry(self, commands: tuple[Value, ...]) -> tuple[Value, ...]:
        """What of a step's commands arrives."""
        if not self._cut and self.pitch == 0.0 and self.yaw == 0.0:
            return commands
        arrived = list(commands)
        arrived[_PITCH] = float(arrived[_PITCH]) + self.pitch
        arrived[_YAW] = float(arrived[_YAW]) + self.yaw
        for place in self._cut:
            arrived[place] = False
        return tuple(arrived)


class Downlink:
    """Packets on their way from the computer to the link."""

    def __init__(self) -> None:
        self._losses: list[Loses] = []
        self.lost = 0
        """Packets so far."""

    def disturb(self, loses: Loses) -> Callable[[], None]:
        """From now on packets may be lost; the result ends it."""
        self._losses.append(loses)

        def end() -> None:
            self._losses = [each for each in self._losses if each is not loses]

        return end

    def carry(self, packets: list[bytes], time_s: float) -> list[bytes]:
        """What of a step's packets is sent."""
        if not self._losses:
            return packets
        # Each disturbance is asked about each packet, so that one does not change the other's draws.
        kept = [packet for packet in packets if sum(loses(time_s) for loses in self._losses) == 0]
        self.lost += len(packets) - len(kept)
        return kept
