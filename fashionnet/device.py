"""Which device computes, and the settings under which it computes the same bytes again."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch
from torch import Tensor

# Of glibc's mallopt: blocks up to so many bytes come out of the heap, and so much of it may lie free at its end.
_MMAP_THRESHOLD, _TRIM_THRESHOLD = (-3, 1 << 30), (-1, (1 << 31) - 1)


def pick_device(name: str) -> torch.device:
    """The device for params.yaml's "auto" (CUDA where there is one), "cpu" or "cuda". RuntimeError for CUDA without."""
    available = torch.cuda.is_available()
    if name == "cuda" and not available:
        raise RuntimeError("params.yaml, training.device: found cuda, but this machine has none that torch can use")
    return torch.device("cuda" if available and name != "cpu" else "cpu")


@cache
def constant(values: tuple[float, ...], device: torch.device, dtype: torch.dtype = torch.float32) -> Tensor:
    """A tensor that is copied to the device once: such a copy waits for all that a GPU still has to do."""
    with torch.inference_mode(False):  # those made in it could not be used in training
        return torch.tensor(values, dtype=dtype, device=device)


def pinned(tensor: Tensor, device: torch.device) -> Tensor:
    """A tensor of the CPU in memory that a GPU copies from when it comes to it, while the CPU goes on."""
    return tensor.pin_memory() if device.type == "cuda" else tensor


def sent(device: torch.device, *tensors: Tensor) -> tuple[Tensor, ...]:
    """Tensors of the CPU on `device`, without waiting for a GPU."""
    return tuple(pinned(tensor, device).to(device, non_blocking=True) for tensor in tensors)


@contextmanager
def reproducible(device: torch.device, threads: int) -> Iterator[None]:
    """Within the block, the same inputs give the same bytes on the same machine; afterwards torch is as it was.

    threads: sums are taken in another order with another number of threads. On CUDA an operation without a
    deterministic form warns instead of failing. By PyTorch's own list no backward pass of the networks is one: those of
    convolutions, gathering and indexing have deterministic forms, which are taken here; those of grid_sample and of
    pooling by area have none and are not needed, since pictures have no gradient. What is in float32 is computed in it:
    by default cuDNN rounds a convolution's inputs to TF32, of ten bits, as some containers have cuBLAS do for products
    of matrices, and a network would say other things on a GPU.
    """
    before = (
        torch.get_num_threads(),
        torch.are_deterministic_algorithms_enabled(),
        torch.is_deterministic_algorithms_warn_only_enabled(),
        torch.backends.cudnn.benchmark,
        torch.utils.deterministic.fill_uninitialized_memory,
        torch.backends.cudnn.conv.fp32_precision,
        torch.backends.cuda.matmul.fp32_precision,
    )
    _keep_memory()
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS asks for it, before its first call
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True, warn_only=device.type == "cuda")
    torch.backends.cudnn.benchmark = False
    # Nothing here reads memory before it is written; filling all of it takes some percent of a small network's step.
    torch.utils.deterministic.fill_uninitialized_memory = False
    torch.backends.cudnn.conv.fp32_precision = torch.backends.cuda.matmul.fp32_precision = "ieee"
    try:
        # Of this process's GPU alone: by default the generators of all of them, with a warning where there are several.
        with torch.random.fork_rng([torch.cuda.current_device()] if device.type == "cuda" else []):
            yield
    finally:
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(before[1], warn_only=before[2])
        torch.backends.cudnn.benchmark, torch.utils.deterministic.fill_uninitialized_memory = before[3:5]
        torch.backends.cudnn.conv.fp32_precision, torch.backends.cuda.matmul.fp32_precision = before[5:]


def _keep_memory() -> None:
    """From now on, what torch frees stays with the process for the next tensor.

    Each step of a network needs the same memory again. Given back to the system in between, it comes in pages of zeros
    that cost a tenth of a small network's step on a CPU. Other C libraries than glibc go on as they do.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    # An old glibc refuses so large a block: with the second alone it would be worse off than with neither.
    if mallopt is not None and mallopt(*_MMAP_THRESHOLD):
        mallopt(*_TRIM_THRESHOLD)
