"""Detection in worker processes: a bounded number of photos on their way, none lost when a process dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from glamor.config import ModelConfig
from glamor.many.detect import Found, detect, failed
from glamor.many.items import Item

ON_THE_WAY = 32  # photos a worker that are read or wait to be fetched: enough to last while the network runs
DIED = (
    "The process that read this photo died twice: the photo may need more memory than there is, or crash the decoder."
)


def detect_all(items: Iterable[Item], config: ModelConfig, workers: int, small_faces: bool = False) -> Iterator[Found]:
    """Find the faces of many photos, in their order.

    Args:
        items: taken only as fast as results are fetched.
        config: of the network.
        workers: how many processes; 0: in this one.
        small_faces: whether large photos are searched in tiles as well.

    Yields:
        One result a photo.
    """
    if workers == 0:
        yield from (detect(item, config, small_faces) for item in items)
        return
    pools = _Pools(workers, config, small_faces)
    waiting: deque[tuple[Item, Future[Found]]] = deque()
    try:
        for item in items:
            waiting.append((item, pools.submit(item)))
            if len(waiting) >= workers * ON_THE_WAY:
                yield pools.result(*waiting.popleft())
        while waiting:
            yield pools.result(*waiting.popleft())
    finally:
        pools.close()


class _Worker:
    """One process, and another one when it has died.

    Each has a pool of its own: where one of several processes dies while another is started, Python's pool (3.11)
    waits for ever for the second.
    """

    def __init__(self, config: ModelConfig, small_faces: bool) -> None:
        self._config, self._small_faces = config, small_faces
        self._unfinished: list[Future[Found]] = []
        self._open()

    @property
    def load(self) -> int:
        """How many photos it has still to read."""
        self._unfinished = [future for future in self._unfinished if not future.done()]
        return len(self._unfinished)

    def submit(self, item: Item) -> Future[Found]:
        try:
            future = self._pool.submit(detect, item, self._config, self._small_faces)
        except BrokenProcessPool:
            self._pool.shutdown(wait=False)
            self._open()
            future = self._pool.submit(detect, item, self._config, self._small_faces)
        self._unfinished.append(future)
        return future

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _open(self) -> None:
        # Spawned, not forked: this process has threads (of torch, of the progress bar) that a fork would cut off.
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _start)


class _Pools:
    """The workers, and one spare for the photos that were on their way when a worker died.

    Nobody knows which of those photos killed it, if one did. Each is done again alone, so the guilty one shows itself,
    and the others lose nothing.
    """

    def __init__(self, workers: int, config: ModelConfig, small_faces: bool) -> None:
        self._workers = [_Worker(config, small_faces) for _ in range(workers)]
        self._spare = _Worker(config, small_faces)

    def submit(self, item: Item) -> Future[Found]:
        return min(self._workers, key=lambda worker: worker.load).submit(item)

    def result(self, item: Item, future: Future[Found]) -> Found:
        for _ in range(2):
            try:
                return future.result()
            except BrokenProcessPool:
                future = self._spare.submit(item)
        try:
            return future.result()
        except BrokenProcessPool:
            return failed(item, DIED)

    def close(self) -> None:
        for worker in (*self._workers, self._spare):
            worker.close()


def _start() -> None:
    """Prepare a worker: one thread of computing each, Ctrl-C is the main process's business, no life without it."""
    os.environ["OMP_NUM_THREADS"] = "1"  # before the detector's library is loaded
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # killed without a chance to say so: nobody waits for results any more
