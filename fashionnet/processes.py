"""Processes that share work, and that end with the one that started them."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

Task, Result = TypeVar("Task"), TypeVar("Result")
_AHEAD = 3  # tasks a process that are drawn before the first one's result is asked for


def die_with_parent(seconds: float = 0.5) -> None:
    """End this process, at once and without clean-up, when the process that started it is gone.

    A notebook's kernel runs in a session of its own, so that neither Ctrl-C in the terminal nor the death of the
    pipeline reaches it. Asking for the parent's number works on every POSIX system, where a death signal
    (PR_SET_PDEATHSIG) is Linux's own and follows a thread of the parent rather than the parent. What a process that
    calls this writes has to be whole at any moment.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(seconds)
        os._exit(1)

    threading.Thread(target=watch, name="die-with-parent", daemon=True).start()


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    work: Callable[[Task], Result],
    tasks: Iterable[Task],
    processes: int,
    begin: Callable[[], None] = die_with_parent,
) -> Iterator[Result]:
    """`work` of every task, in their order; with one process in this one. Tasks are drawn as they are needed.

    work: a module's function. begin: what each process does first. Raises BrokenProcessPool, a RuntimeError, when a
    process is killed.
    """
    if processes == 1:
        yield from map(work, tasks)
        return
    waiting: deque[Future[Result]] = deque()
    # Started afresh, not forked: a fork would copy the locks of threads that do not come with it.
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), begin) as pool:
        try:
            for task in tasks:
                waiting.append(pool.submit(work, task))
                if len(waiting) == _AHEAD * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
