"""A thread between the station and a stream that may be slow or stuck."""

from __future__ import annotations

import contextlib
import queue
import threading
from typing import TextIO

WAITING = 10_000
"""Lines that wait at most. When a reader is slower than that, the oldest are dropped and counted."""

CLOSE_S = 5.0


class Outlet:
    """Writes lines in order from a thread of its own; `put` never blocks."""

    def __init__(self, stream: TextIO) -> None:
        self.dropped = 0
        self._stream = stream
        self._lines: queue.Queue[str | None] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._work, name="outlet", daemon=True)
        self._thread.start()

    def put(self, line: str | None) -> None:
        """One line without its end."""
        while True:
            try:
                self._lines.put_nowait(line)
                return
            except queue.Full:
                with contextlib.suppress(queue.Empty):
                    self._lines.get_nowait()
                    self.dropped += 1

    def close(self) -> None:
        """Waits until all lines are written, at most a few seconds."""
        self.put(None)
        self._thread.join(CLOSE_S)

    def _work(self) -> None:
        with contextlib.suppress(BrokenPipeError, ValueError):
            while (line := self._lines.get()) is not None:
                self._stream.write(line + "\n")
                if self._lines.empty():
                    self._stream.flush()
            self._stream.flush()
