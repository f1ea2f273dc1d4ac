"""What all metrics ask of their arrays, and counting along rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch


def as_array(values: Any) -> np.ndarray:
    """A NumPy array of a NumPy array, torch tensor or list, without a copy where there need be none."""
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu()
        values = values.float() if values.dtype == torch.bfloat16 else values
        return values.numpy()
    return np.asarray(values)


def check_shapes(**arrays: tuple[np.ndarray, str]) -> None:
    """Raise ValueError unless the arrays have the shapes given as letters, each letter one size ("N A"), or numbers."""
    sizes: dict[str, int] = {}
    for array, letters in arrays.values():
        expected = letters.split()
        fits = array.ndim == len(expected) and all(
            size == (int(letter) if letter.isdigit() else sizes.setdefault(letter, size))
            for letter, size in zip(expected, array.shape)
        )
        if not fits:
            found = ", ".join(f"{name} {array.shape}" for name, (array, _) in arrays.items())
            wanted = ", ".join(f"{name} ({', '.join(letters.split())})" for name, (_, letters) in arrays.items())
            raise ValueError(f"found {found}, expected {wanted}")


def check_scores(scores: np.ndarray) -> None:
    """Raise ValueError for NaN. Infinite scores have an order and are let through."""
    if scores.size and np.isnan(scores.min()):
        raise ValueError(f"found NaN in scores ({np.isnan(scores).sum()} of {scores.size}), expected numbers")


def check_finite(**arrays: np.ndarray) -> None:
    """Raise ValueError for NaN or an infinity."""
    for name, array in arrays.items():
        finite = np.isfinite(array)
        if not finite.all():
            raise ValueError(f"found NaN or infinity in {name} ({(~finite).sum()} of {array.size}), expected numbers")


def check_k(k: int) -> None:
    if k != int(k) or k < 1:
        raise ValueError(f"found k = {k}, expected a whole number from 1 on")


def padded(columns: int) -> int:
    """`columns`, rounded up to what count_true asks for."""
    return -(-columns // 8) * 8


def count_true(flags: np.ndarray) -> np.ndarray:
    """(N, C) bool, C-contiguous, C a multiple of 8 → (N,) how many are true; some ten times as fast as sum."""
    # A bool is a byte 0 or 1, so eight of them hold as many bits as they hold Trues.
    return np.bitwise_count(flags.view(np.uint64)).sum(axis=1, dtype=np.int64)
