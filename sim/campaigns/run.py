"""Flies flights of a campaign on an executor: processes of this machine, or workers of a Dask cluster."""

from __future__ import annotations

import importlib
import importlib.util
import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import Any

from flight.wire.errors import Misuse
from sim.campaigns.flight import Flown, Task, fly

CONNECT_S = 10.0
"""How long a Dask scheduler may take to answer."""
RETRIES = 2
"""How often a flight is flown again on a cluster that lost it."""
AHEAD = 2
"""Tasks that are handed out for each worker: one to fly and one to go on with."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes(workers: int) -> Executor:
    """An executor of so many processes, each a fresh interpreter, which end with this one however it ends."""
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin)


@contextmanager
def dask_cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """An executor on the workers of a Dask cluster, and how many threads they have; its client is closed at the end.

    The workers need the same software on their paths. Raises Misuse where dask is missing, nobody answers or the
    cluster has no worker.
    """
    if importlib.util.find_spec("distributed") is None:
        raise Misuse('--dask needs the extra scale: pip install "dask[distributed]"')
    distributed: Any = importlib.import_module("distributed")
    try:
        client = distributed.Client(address, timeout=CONNECT_S)
    except (OSError, ValueError) as error:
        raise Misuse(f"--dask {address}: no scheduler answers: {error or type(error).__name__}") from error
    try:
        workers = sum(client.nthreads().values())
        if not workers:
            raise Misuse(f"--dask {address}: the cluster has no worker; start one with: dask worker {address}")
        # A flight is a pure function of its task, but one worker's death must not fly it for ever.
        yield client.get_executor(pure=False, retries=RETRIES), workers
    except distributed.KilledWorker as error:
        raise Misuse(f"--dask {address}: workers died, perhaps for want of memory; start again to go on") from error
    finally:
        client.close()


def run(tasks: Iterable[Task], executor: Executor, workers: int) -> Generator[Flown, None, None]:
    """The flights in the order in which they end. What an executor has not begun is dropped when the reader leaves.

    Raises Misuse where a worker was killed.
    """
    todo = iter(tasks)
    flying: set[Future[Flown]] = set()
    try:
        while True:
            flying |= {executor.submit(fly, task) for task in islice(todo, AHEAD * workers - len(flying))}
            if not flying:
                return
            done, flying = wait(flying, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    except BrokenProcessPool as error:
        raise Misuse(
            "a worker was killed, perhaps for want of memory; start again to go on, perhaps with fewer --workers"
        ) from error
    finally:
        for future in flying:
            future.cancel()
        executor.shutdown(wait=False)


def _begin() -> None:
    """In a new worker: Ctrl-C ends it without a word, and so does its parent's death."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
