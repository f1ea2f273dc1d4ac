"""A batch cut into parts that are forwarded one after the other, each part into the processes' shares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from fashionnet.batches import Batch, Batches, Read
from fashionnet.training.processes import share


class Part(NamedTuple):
    """labels: of this process's photos. item, source: (N,), as in Batch but on the CPU, of all processes' photos, which
    pairs are mined among; `own` of them are this process's."""

    labels: Batch
    item: Tensor
    source: Tensor
    own: slice

    @classmethod
    def alone(cls, batch: Batch) -> Part:
        """A batch of one process, in one part."""
        return cls(batch, batch.item.cpu(), batch.source.cpu(), slice(len(batch.item)))


def cut(rows: np.ndarray, item: np.ndarray, parts: int) -> list[np.ndarray]:
    """A batch's rows in so many parts of about the same size, no group of one item's photos between two of them.

    item: of each row, -1 for none. Photos of an item stand side by side in a batch.
    """
    ends = [round(len(rows) * i / parts) for i in range(1, parts)]
    for i, end in enumerate(ends):
        while end < len(rows) and item[end] >= 0 and item[end] == item[end - 1]:
            end += 1
        ends[i] = end
    return np.split(rows, ends)


class Given(NamedTuple):
    """A part as it was read. rows: of all processes' photos. own: this process's."""

    rows: np.ndarray
    own: Read


def read(batches: Batches, rows: np.ndarray, epoch: int) -> Given:
    return Given(rows, batches.read(rows[share(len(rows))], epoch))


def ready(batches: Batches, given: Given, size: int) -> Part:
    """A part on the device, its pictures of `size` pixels."""
    among = (torch.from_numpy(values[given.rows]) for values in (batches.paired, batches.source))
    return Part(batches.ready(given.own, size), *among, share(len(given.rows)))
