"""Drawing on several processes: the results come in order, whichever process drew them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import cv2

from fashionnet import processes as shared
from fashionnet.processes import Result, Task, cores, die_with_parent

__all__ = ["cores", "spread"]


def spread(draw: Callable[[Task], Result], tasks: Sequence[Task], processes: int) -> Iterator[Result]:
    """`draw` of every task, in their order. draw: a module's function; with one process it runs in this one."""
    return shared.spread(draw, tasks, processes, _alone)


def _alone() -> None:
    # A process draws one photo at a time: threads inside OpenCV would only compete with the other processes.
    cv2.setNumThreads(1)
    die_with_parent()
