"""The station's asyncio shell: the one point where inputs are stamped, recorded and fed to the core, in that order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Iterable
from typing import Protocol

from flight.links.link import Receiver
from ground.inputs import Chunk, Close, EndOfStream, Identified, Input, LinkDown, LinkUp, Notice, Refused, Tick
from ground.operator import Operator
from ground.report import Report
from ground.station import Station

TICK_S = 0.1
OPERATOR_TICKS = 5
"""Ticks between two looks at what the operator wants."""


class Recorder(Protocol):
    """Writes an input through to the disk before anybody acts on it."""

    def append(self, item: Input) -> None:
        """Raises Misuse when the disk refuses."""


class Listener(Protocol):
    """What a view does with the station's outputs. It must not block: the station waits for it."""

    def show(self, output: Report | Notice) -> None:
        """One output, in order."""

    def waiting(self, link: str, reason: str) -> None:
        """A link is not there yet, or no longer."""


class Shell:
    """Feeds one station from its links until every vehicle that was heard has ended its stream, or `stop` is called."""

    def __init__(
        self,
        station: Station,
        recorder: Recorder | None,
        listeners: Iterable[Listener],
        clock_ns: Callable[[], int] = time.monotonic_ns,
        operator: Operator | None = None,
    ) -> None:
        self.station = station
        self._recorder = recorder
        self._listeners = tuple(listeners)
        self._clock_ns = clock_ns
        self._operator = operator
        self._last_ns = 0
        self._flying: set[str] = set()
        self._ended: set[str] = set()
        self._stop = asyncio.Event()

    def feed(self, make: Callable[[int], Input]) -> None:
        """Stamps, records, decides, shows."""
        self._last_ns = max(self._last_ns, self._clock_ns())
        item = make(self._last_ns)
        if self._recorder is not None:
            self._recorder.append(item)
        for output in self.station.receive(item):
            if isinstance(output, Identified):
                self._flying.add(output.vehicle)
                self._ended.discard(output.vehicle)
            elif isinstance(output, EndOfStream):
                self._ended.add(output.vehicle)
            for listener in self._listeners:
                listener.show(output)
        if self._flying and self._flying <= self._ended:
            self._stop.set()

    def waiting(self, link: str, reason: str) -> None:
        """Passes on that a link is absent."""
        for listener in self._listeners:
            listener.waiting(link, reason)

    def stop(self) -> None:
        """Ends `run` after what has been received."""
        self._stop.set()

    async def run(self, receivers: dict[str, Receiver], opened: Callable[[str], None] | None = None) -> None:
        """Listens on all links at once; raises what a receiver raises. The last input is always Close."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError, ValueError):
                loop.add_signal_handler(number, self.stop)
        if self._operator is not None:
            self._operator.open()
            self._ask(self._operator)
        tasks = [asyncio.create_task(end.run(_Link(self, name, opened))) for name, end in receivers.items()]
        tasks += [asyncio.create_task(self._tick()), asyncio.create_task(self._stop_asked())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.feed(Close)
            if self._operator is not None:
                self._operator.close()

    async def _stop_asked(self) -> None:
        await self._stop.wait()

    def _ask(self, operator: Operator) -> None:
        """What the operator wants by now."""
        for make in operator.poll():
            self.feed(make)
        for complaint in operator.complaints:
            for listener in self._listeners:
                listener.show(Refused(complaint))
        operator.complaints.clear()

    async def _tick(self) -> None:
        ticks = 0
        while True:
            await asyncio.sleep(TICK_S)
            self.feed(Tick)
            ticks += 1
            if self._operator is not None and ticks % OPERATOR_TICKS == 0:
                self._ask(self._operator)


class _Link:
    """One link's way into the shell."""

    def __init__(self, shell: Shell, name: str, opened: Callable[[str], None] | None) -> None:
        self._shell = shell
        self._name = name
        self._opened = opened

    def up(self) -> None:
        self._shell.feed(lambda ns: LinkUp(ns, self._name))
        if self._opened is not None:
            self._opened(self._name)

    def data(self, data: bytes) -> None:
        self._shell.feed(lambda ns: Chunk(ns, self._name, data))

    def down(self) -> None:
        self._shell.feed(lambda ns: LinkDown(ns, self._name))

    def waiting(self, reason: str) -> None:
        self._shell.waiting(self._name, reason)
