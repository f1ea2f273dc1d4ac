"""Pairs of hashes that differ in few bits, without comparing all with all: multi-index hashing.

Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012. Two words that differ in
at most 7 of 64 bits differ in at most one bit of one of their four quarters: so it is enough to compare those that
share a quarter, or all of a quarter but a bit. NumPy does it here rather than faiss, whose wheel brings an OpenMP
runtime of its own beside PyTorch's: on macOS that ends the process.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed

import numpy as np

QUARTERS, BITS = 4, 16
COARSE = 2 * QUARTERS - 1  # bits of the first word that may differ: the most that one flipped bit a quarter finds
# Of all 256 bits: a crop of 3 % a side keeps within it and one in two of 6 %, of a million unrelated photos' pairs one
# does.
WHOLE = 55
AT_ONCE = 1 << 20  # comparisons in memory at a time, for each thread


def near(
    queries: np.ndarray, base: np.ndarray, show: Callable[[float], None] = lambda _: None
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of `queries` and of `base` that differ in at most COARSE bits of the first word and WHOLE bits of all.

    queries (Q, W), base (N, W): uint64. → two int64 arrays of equal length, each pair once, in order. show: called with
    the share of the work that is done.
    """
    places = [np.empty(0, np.int64)] * 2
    if not len(queries) or not len(base):
        return places[0], places[1]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # NumPy lets go of the interpreter while it compares
        tasks = [pool.submit(_of_quarter, queries, base, quarter) for quarter in range(QUARTERS)]
        found = []
        for number, task in enumerate(as_completed(tasks), 1):
            found.append(task.result())
            show(number / len(tasks))
    left, right = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((right, left))
    return left[order], right[order]


def _of_quarter(queries: np.ndarray, base: np.ndarray, quarter: int) -> tuple[np.ndarray, np.ndarray]:
    """The pairs whose first quarters that are alike, but for a bit at most, are number `quarter`."""
    own, keys = _key(queries[:, 0], quarter), _key(base[:, 0], quarter)
    # Sorted by key: what a query is compared with lies side by side, and the next query needs the same again.
    turn, order = np.argsort(own, kind="stable"), np.argsort(keys, kind="stable")
    own, words, sorted_base = own[turn], queries[turn, 0], base[order, 0]
    sizes = np.bincount(keys, minlength=1 << BITS)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    pairs = []
    for flipped in (0, *(1 << bit for bit in range(BITS))):
        wanted = own ^ flipped
        ends = np.cumsum(sizes[wanted])
        first = 0
        while first < len(own):
            done = ends[first - 1] if first else 0
            last = max(first + 1, int(np.searchsorted(ends, done + AT_ONCE, side="right")))
            pairs.append(
                _compare(words, sorted_base, first, last, starts[wanted[first:last]], sizes[wanted[first:last]])
            )
            first = last
    left, right = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    left, right = turn[left], order[right]
    different = queries[left, 0] ^ base[right, 0]
    keep = np.bitwise_count(queries[left] ^ base[right]).sum(axis=1, dtype=np.int64) <= WHOLE
    for earlier in range(quarter):
        keep &= np.bitwise_count(_key(different, earlier)) > 1
    return left[keep], right[keep]


def _compare(
    words: np.ndarray, base: np.ndarray, first: int, last: int, starts: np.ndarray, sizes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Places of `words[first:last]` and of `base` within COARSE bits; word k is compared with its run of `base`."""
    before = np.cumsum(sizes) - sizes
    runs = np.repeat(starts - before, sizes)
    runs += np.arange(len(runs))
    different = base[runs]
    different ^= np.repeat(words[first:last], sizes)
    hits = np.flatnonzero(np.bitwise_count(different) <= COARSE)
    return first + np.searchsorted(before, hits, side="right") - 1, runs[hits]


def _key(words: np.ndarray, quarter: int) -> np.ndarray:
    return ((words >> np.uint64(BITS * quarter)) & np.uint64((1 << BITS) - 1)).astype(np.int64)
