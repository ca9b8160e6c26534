"""What the bench sees of a board: a line of bytes, and what can be done to it from outside."""

from __future__ import annotations

from abc import ABC, abstractmethod

from flight.wire.errors import Misuse


class LineLost(Exception):
    """The line has gone: the port vanished or the emulator ended. The message is one sentence."""


class Board(ABC):
    """A board under power and on the line.

    What can be done to a board differs. What this one cannot honour raises Misuse and says where it can be done.
    """

    name: str
    """As the user named it."""

    immediate = False
    """It answers at once or never: it runs only while the bench gives it bytes."""

    reachable = False
    """Its processor, memory and power are in the bench's hands, not only its line."""

    @abstractmethod
    def send(self, data: bytes) -> None:
        """To the board. Raises LineLost."""

    @abstractmethod
    def receive(self, timeout_s: float) -> bytes:
        """What the board has said, as soon as there is something; nothing after `timeout_s`. Raises LineLost."""

    @abstractmethod
    def close(self) -> None:
        """Leaves the line; an emulator ends. A second call does nothing."""

    def unplug(self) -> None:
        """The cable is pulled: the line goes, the board runs on."""
        raise self._refusal("be unplugged")

    def replug(self) -> None:
        """The cable is back. Raises LineLost where the board does not come back."""
        raise self._refusal("be unplugged")

    def reset(self) -> None:
        """The reset pin: memory is kept."""
        raise self._refusal("be reset")

    def crash(self) -> None:
        """The program runs into an instruction that does not exist."""
        raise self._refusal("be crashed")

    def hang(self) -> None:
        """The program stands still in a loop with interrupts off."""
        raise self._refusal("be hung up")

    def freeze(self) -> None:
        """Time stands still on the board until `thaw`."""
        raise self._refusal("be frozen")

    def thaw(self) -> None:
        """Time goes on."""
        raise self._refusal("be frozen")

    def cut_power(self) -> None:
        """Power goes, and with it the memory."""
        raise self._refusal("have its power cut")

    def restore_power(self) -> None:
        """Power is back: the board boots."""
        raise self._refusal("have its power cut")

    def flip(self, symbol: str, offset: int, bit: int) -> None:
        """One bit of memory changes: of the byte `offset` behind where the program keeps `symbol`."""
        raise self._refusal("have its memory upset")

    def size(self, symbol: str) -> int:
        """Bytes of what the program keeps as `symbol`."""
        raise self._refusal("have its memory upset")

    def _refusal(self, what: str) -> Misuse:
        return Misuse(f"--board {self.name}: cannot {what} by the bench; use --board qemu or --board unicorn for that")
