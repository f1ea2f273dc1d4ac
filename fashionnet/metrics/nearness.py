"""Euclidean nearness of many queries to a gallery: a blocked matrix product, made exact where rounding could decide.

The float32 product gives ||a||² + ||b||² - 2ab only up to rounding, and may place two photos with the same feature at
different distances. So it decides nothing that lies within its own error: those pairs are measured again, directly
and in float64, and two squared distances that agree to `TIED` of themselves are tied. What comes out therefore does
not depend on the number of threads or on the matrix library.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from fashionnet.metrics.arrays import count_true, padded

QUERIES = 512  # at a time: 46 MB of scores beside a gallery of 22,669
PAIRS = 1024  # measured directly at a time
TIED = 1e-12  # well above the rounding of a float64 sum of some thousand squares
UNIT = 2.0**-24  # the rounding error of one float32 operation


class Nearness:
    """queries (Q, D) and gallery (G, D), finite. A score is ab - ||b||²/2: the larger, the nearer."""

    def __init__(self, queries: np.ndarray, gallery: np.ndarray) -> None:
        # Whole numbers in float64, which holds them exactly up to 2**53.
        self.queries, self.gallery = (a if a.dtype.kind == "f" else a.astype(np.float64) for a in (queries, gallery))
        # Moving and scaling both leaves the order of distances as it is, and keeps the product's error small.
        centre = self.gallery.mean(axis=0, dtype=np.float64).astype(np.float32)
        left, right = self.queries - centre, self.gallery - centre
        largest = max(np.abs(left).max(initial=0.0), np.abs(right).max(initial=0.0))
        self.scale = 2.0 ** np.ceil(np.log2(largest)) if largest else 1.0
        left /= self.scale
        right /= self.scale
        self.left = torch.from_numpy(left.astype(np.float32, copy=False))
        self.right = torch.zeros(padded(len(gallery)), gallery.shape[1])
        self.right[: len(gallery)] = torch.from_numpy(right)
        squares = torch.linalg.vector_norm(self.right, dim=1, dtype=torch.float64).square()
        self.offsets = (-squares / 2).float()
        self.offsets[len(gallery) :] = -torch.inf  # columns that only fill up the last eight are never near
        self.squares = torch.linalg.vector_norm(self.left, dim=1, dtype=torch.float64).square().numpy()

        size, reach = np.sqrt(self.squares), float(squares.max()) ** 0.5
        # A sum of D products rounds D times: D in the worst case, but not beyond 8 sqrt(D) except with a probability
        # of 2 D exp(-8²/2) (Higham and Mary 2019, theorem 2.4). The second term is for all other roundings.
        growth = min(gallery.shape[1], 8 * gallery.shape[1] ** 0.5)
        self.errors = UNIT * (growth * size * reach + 4 * (size + reach) ** 2)
        # Photos with the same feature, as all have in a collapsed network, are measured once.
        first: dict[bytes, int] = {}
        self.first = np.array([first.setdefault(row.tobytes(), i) for i, row in enumerate(gallery)])

    def blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Slices of the queries, each with its (B, G or a few more) float32 scores, overwritten by the next."""
        space = torch.empty(min(QUERIES, len(self.left)), len(self.right))
        for start in range(0, len(self.left), QUERIES):
            block = slice(start, min(start + QUERIES, len(self.left)))
            scores = space[: block.stop - start]
            torch.addmm(self.offsets, self.left[block], self.right.T, out=scores)
            yield block, scores.numpy()

    def count_within(self, scores: np.ndarray, query: np.ndarray, squared: np.ndarray) -> np.ndarray:
        """(B, …) scores of `query` (B,) → (B,) how many gallery photos are as near as the `squared` distance (B,).

        Photos whose score was set to -inf are not counted.
        """
        score = (self.squares[query] - squared / self.scale**2) / 2
        low, high = ((score + side * self.errors[query]).astype(np.float32)[:, None] for side in (-1, 1))
        surely = scores > high
        row, photo = np.divmod(np.flatnonzero((scores >= low) ^ surely), scores.shape[1])
        within = self.squared_distances(query[row], photo) <= squared[row] * (1 + TIED)
        return count_true(surely) + np.bincount(row[within], minlength=len(query))

    def squared_distances(self, query: np.ndarray, photo: np.ndarray) -> np.ndarray:
        """(P,), (P,) row numbers of queries and gallery photos → (P,) squared distances, direct and in float64.

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
            apart = self.queries[rows + base].astype(np.float64) - self.gallery[columns]
            table[once[start : start + PAIRS]] = np.einsum("nd,nd->n", apart, apart)
        return table[cells]
