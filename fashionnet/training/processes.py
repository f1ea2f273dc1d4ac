"""Several processes that train one network: which one this is, and what they take from each other.

They are started by torchrun, or by `launch` in its manner, each with its place in environment variables. A process that
is alone has everything to itself: what is asked here of the others comes back as it was given.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor
from torch.autograd.function import once_differentiable

from fashionnet.training.errors import TrainingError

T = TypeVar("T")
PATIENCE = timedelta(hours=1)  # with a process that hangs; of one that died, torchrun tells the others at once


@contextmanager
def together(device: torch.device) -> Iterator[torch.device]:
    """Within the block, the processes that torchrun started know each other; the device that is this one's.

    On CUDA each has a GPU of its own. RuntimeError where there are fewer GPUs than processes.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield device
        return
    if device.type == "cuda":
        place, gpus = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
        if place >= gpus:
            raise RuntimeError(f"GPUs: found {gpus}, expected at least {place + 1}, one for each process")
        device = torch.device("cuda", place)
        torch.cuda.set_device(device)
        dist.init_process_group("nccl", timeout=PATIENCE, device_id=device)
    else:
        dist.init_process_group("gloo", timeout=PATIENCE)
    yield device
    # Only after success: a process that failed must not wait here for others that wait for it.
    dist.destroy_process_group()


def size() -> int:
    """How many processes train this network."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """This process's number, from 0; the first alone writes files."""
    return dist.get_rank() if dist.is_initialized() else 0


def share(count: int) -> slice:
    """This process's part of `count` things in a row; the first processes have one more where they do not come out
    even."""
    return _shares(count)[rank()]


def _shares(count: int) -> list[slice]:
    least, more = divmod(count, size())
    starts = [least * i + min(i, more) for i in range(size() + 1)]
    return [slice(a, b) for a, b in pairwise(starts)]


def summed(values: Tensor) -> Tensor:
    """The sum over all processes of tensors of one shape, in place; without a gradient."""
    if size() > 1:
        dist.all_reduce(values)
    return values


def gathered(own: Tensor, count: int) -> Tensor:
    """Every process's (share(count), …) one after the other: (count, …).

    With the gradient: to each row flows what all processes' losses have for it.
    """
    return _Gather.apply(own, count) if size() > 1 else own


def of_first(make: Callable[[], T]) -> T:
    """What the first process makes, for all."""
    made: list[Any] = [make() if rank() == 0 else None]
    if size() > 1:
        dist.broadcast_object_list(made)
    return made[0]


def agreed(own: T, what: str) -> None:
    """Raise TrainingError where a process has something else than the first: they would train different networks.

    own: compared by ==. what: its name, for people.
    """
    if size() > 1:
        every: list[Any] = [None] * size()
        dist.all_gather_object(every, own)
        if unlike := [place for place, other in enumerate(every) if other != every[0]]:
            raise TrainingError(
                f"process {unlike[0] + 1} of {size()}: found {every[unlike[0]]} as {what}, expected {every[0]} as the "
                "first process has it; all need the same code, parameters and data, and artifacts/ on a disk they share"
            )


def buffers_of_first(module: torch.nn.Module) -> None:
    """Batch norm's running statistics, and any other buffer, as the first process has them."""
    if size() > 1:
        for buffer in module.buffers():
            dist.broadcast(buffer, 0)


class _Gather(torch.autograd.Function):
    @staticmethod
    def forward(own: Tensor, count: int) -> Tensor:
        shares = _shares(count)
        longest = shares[0].stop
        padded = own.new_zeros((longest, *own.shape[1:]))
        padded[: len(own)] = own
        parts = [torch.empty_like(padded) for _ in shares]
        dist.all_gather(parts, padded)
        return torch.cat([part[: each.stop - each.start] for part, each in zip(parts, shares)])

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, int], output: Tensor) -> None:
        ctx.count = inputs[1]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        gradient = gradient.clone(memory_format=torch.contiguous_format)  # it may be others' too
        dist.all_reduce(gradient)
        return gradient[share(ctx.count)], None
