"""Read what comes next while a GPU is busy with what came before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T, R = TypeVar("T"), TypeVar("R")
WORKERS = {"cuda": 4, "cpu": 0}  # threads, by default: a CPU that computes has no time to spare for them


def ahead(things: Iterable[T], load: Callable[[T], R], workers: int) -> Iterator[R]:
    """`load` of each thing in their order, by so many threads while the one before is in use; by none: when its turn
    comes."""
    if not workers:
        yield from map(load, things)
        return
    pool = ThreadPoolExecutor(workers, "read-ahead")
    waiting: deque[Future[R]] = deque()
    try:
        for thing in things:
            waiting.append(pool.submit(load, thing))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
