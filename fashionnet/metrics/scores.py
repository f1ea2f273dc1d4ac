"""Scores of many queries against a gallery: in float32 and in blocks, exact where rounding could decide.

A float32 score is right only up to rounding, and two photos with the same feature may score differently. So it decides
nothing that lies within its own error: those pairs are measured again, directly and in float64, and two that agree to
`TIED` are tied. What comes out therefore does not depend on the number of threads or on the matrix library.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np
import torch

from fashionnet.metrics.arrays import count_true, padded

QUERIES = 512  # at a time: 46 MB of scores beside a gallery of 22,669
PAIRS = 1024  # measured directly at a time
TIED = 1e-12  # well above the rounding of a float64 sum of some thousand terms
UNIT = 2.0**-24  # the rounding error of one float32 operation


class Scores(ABC):
    """queries (Q, D) and gallery (G, D), floating and finite, G > 0. The larger a float32 score, the nearer the photo.

    How `far` a photo is, is measured exactly; in what, each kind of score says. A kind sets `errors` (Q,), what the
    scores of a query may be wrong by, and leaves room in it for two further roundings.
    """

    errors: np.ndarray

    def __init__(self, queries: np.ndarray, gallery: np.ndarray) -> None:
        self.queries, self.gallery = queries, gallery
        # Photos with the same feature, as all have in a collapsed network, are measured once.
        first: dict[bytes, int] = {}
        self.first = np.array([first.setdefault(row.tobytes(), i) for i, row in enumerate(gallery)])

    @abstractmethod
    def _fill(self, block: slice, scores: torch.Tensor) -> None:
        """Write the (B, G or a few more) scores of some queries; columns beyond G are -inf."""

    @abstractmethod
    def _far(self, query: np.ndarray, photo: np.ndarray) -> np.ndarray:
        """(P,), (P,) row numbers → (P,) how far, directly and in float64."""

    @abstractmethod
    def _score(self, query: np.ndarray, far: np.ndarray) -> np.ndarray:
        """(P,) the score, without rounding, of a photo that is `far` from `query`."""

    @abstractmethod
    def _tied(self, query: np.ndarray, far: np.ndarray) -> np.ndarray:
        """(P,) how far a photo may be and still tie with one that is `far` from `query`."""

    @abstractmethod
    def distances(self, far: np.ndarray) -> np.ndarray:
        """`far` in the unit that is shown."""

    def blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Slices of the queries, each with its (B, G or a few more) float32 scores, overwritten by the next."""
        space = torch.empty(min(QUERIES, len(self.queries)), padded(len(self.gallery)))
        for block in slices(len(self.queries)):
            scores = space[: block.stop - block.start]
            self._fill(block, scores)
            yield block, scores.numpy()

    def count_within(self, scores: np.ndarray, query: np.ndarray, far: np.ndarray) -> np.ndarray:
        """(B, …) scores of `query` (B,) → (B,) how many gallery photos are no farther than `far` (B,).

        Photos whose score was set to -inf are not counted.
        """
        score = self._score(query, far)
        low, high = ((score + side * self.errors[query]).astype(np.float32)[:, None] for side in (-1, 1))
        surely = scores > high
        row, photo = np.divmod(np.flatnonzero((scores >= low) ^ surely), scores.shape[1])
        within = self.far(query[row], photo) <= self._tied(query[row], far[row])
        return count_true(surely) + np.bincount(row[within], minlength=len(query))

    def far(self, query: np.ndarray, photo: np.ndarray) -> np.ndarray:
        """(P,), (P,) row numbers of queries and gallery photos → (P,) how far apart, direct and in float64.

        Meant for queries of one block: the space it takes grows with how far apart their numbers are.
        """
        if not len(query):
            return np.zeros(0)
        base, width = int(query.min()), len(self.gallery)
        cells = (query - base) * width + self.first[photo]
        wanted = np.zeros((int(query.max()) - base + 1) * width, dtype=bool)
        wanted[cells] = True
        once = np.flatnonzero(wanted)
        table = np.empty(len(wanted))
        for start in range(0, len(once), PAIRS):
            rows, columns = np.divmod(once[start : start + PAIRS], width)
            table[once[start : start + PAIRS]] = self._far(rows + base, columns)
        return table[cells]


def slices(rows: int) -> Iterator[slice]:
    """Row numbers, QUERIES at a time."""
    return (slice(start, min(start + QUERIES, rows)) for start in range(0, rows, QUERIES))


def growth(terms: int) -> float:
    """How many roundings a sum of products may add up to.

    `terms` in the worst case, but not beyond 8 sqrt(terms) except with a probability of 2 terms exp(-8²/2) (Higham and
    Mary 2019, theorem 2.4).
    """
    return min(terms, 8 * terms**0.5)


def power_of_two(largest: float) -> float:
    """The power of two next above `largest`; 1 for nothing. Dividing by it rounds nothing."""
    return float(2.0 ** np.ceil(np.log2(largest))) if largest else 1.0
