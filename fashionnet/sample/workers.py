"""Drawing on several processes: the results come in order, whichever process drew them."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import cv2

from fashionnet.processes import die_with_parent

Task, Result = TypeVar("Task"), TypeVar("Result")


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(draw: Callable[[Task], Result], tasks: Sequence[Task], processes: int) -> Iterator[Result]:
    """`draw` of every task, in their order. draw: a module's function; with one process it runs in this one."""
    if processes == 1:
        yield from map(draw, tasks)
        return
    # Started afresh, not forked: a fork would copy the locks of threads that do not come with it.
    with multiprocessing.get_context("spawn").Pool(processes, _alone) as pool:
        yield from pool.imap(draw, tasks)


def _alone() -> None:
    # A process draws one photo at a time: threads inside OpenCV would only compete with the other processes.
    cv2.setNumThreads(1)
    die_with_parent()
