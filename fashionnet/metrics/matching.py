"""Match scores of many queries with a gallery, as WTBI ranks (Kiapour et al. 2015): a similarity network's output.

The network takes two photos' features, a and b, through a hidden layer to two logits, match or not. Its first layer
split, W[a; b] + c = A + B with A = W_a a + c of the query and B = W_b b of the gallery photo, the match probability
grows with the logit difference

    s = sum over the hidden units of w max(0, A + B),    w the difference of the two rows of output weights,

to which the output bias adds the same for all pairs. Since max(0, A + B) = max(A, -B) + B, a block of pairs takes one
maximum and one product with w, and the sum of w B belongs to the gallery photo alone.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from threadpoolctl import ThreadpoolController

from fashionnet.metrics.arrays import padded
from fashionnet.metrics.scores import TIED, UNIT, Scores, growth, power_of_two, slices

SPACE = 2**19  # hidden units of pairs that a thread works on at a time, 2 MB: stays in its processor's cache
TOGETHER = 16  # queries that share a part of the gallery while it is in the cache
LIBRARIES = ThreadpoolController()


class Matching(Scores):
    """queries A (Q, H), gallery B (G, H), weights w (H,). A score is s up to a scale; how far is -s."""

    def __init__(self, queries: np.ndarray, gallery: np.ndarray, weights: np.ndarray) -> None:
        (most_a, least_a), (most_b, least_b) = _extremes(queries), _extremes(gallery)
        # A hidden unit that no pair wakes, or that has no weight, adds nothing to any score.
        awake = (weights != 0) & (most_a + most_b > 0)
        if not awake.all():
            queries, gallery, weights = queries[:, awake], gallery[:, awake], weights[awake]
        super().__init__(queries, gallery)
        # What is added to A and taken from B leaves A + B as it is; it makes B, and with it the rounding, small.
        self.centre = gallery.mean(axis=0, dtype=np.float64).astype(np.float32)
        self.weights = weights.astype(np.float64)
        ends = [a[awake] + self.centre for a in (most_a, least_a)] + [b[awake] - self.centre for b in (most_b, least_b)]
        self.scale = power_of_two(max(np.abs(end).max(initial=0.0) for end in ends))
        heaviest = power_of_two(np.abs(self.weights).max(initial=0.0))
        self.unit, scaled = self.scale * heaviest, self.weights / heaviest
        self.output = scaled.astype(np.float32)
        self.right = np.zeros((padded(len(gallery)), gallery.shape[1]), dtype=np.float32)  # -B
        self.offsets = np.full(len(self.right), -np.inf, dtype=np.float32)  # columns that only fill up the last eight
        reach, size = 0.0, np.empty(len(queries))
        for block in slices(len(gallery)):
            opposite = (self.centre - gallery[block]) / self.scale
            self.right[block] = opposite
            self.offsets[block] = -opposite.astype(np.float64) @ scaled
            reach = max(reach, (np.abs(opposite) @ np.abs(scaled)).max())
        for block in slices(len(queries)):
            size[block] = np.abs(self._left(block)) @ np.abs(scaled)
        self.size = size + reach
        # The second term is for all roundings but those of the products' sum.
        self.errors = UNIT * (growth(gallery.shape[1]) + 16) * self.size

    def _left(self, block: slice) -> np.ndarray:
        """A of some queries, moved and scaled."""
        return ((self.queries[block] + self.centre) / self.scale).astype(np.float32, copy=False)

    def _fill(self, block: slice, scores: torch.Tensor) -> None:
        left, found = self._left(block), scores.numpy()
        parts = (slice(start, start + TOGETHER) for start in range(0, len(left), TOGETHER))
        # Each thread has queries of its own and waits for no other until the end. Threads that share products of this
        # size, as torch's do, wait for each other at every one: twenty times as slow beside another busy process.
        with LIBRARIES.limit(limits=1, user_api="blas"), ThreadPoolExecutor(torch.get_num_threads()) as threads:
            for _ in threads.map(lambda part: self._match(left[part], found[part]), parts):
                pass

    def _match(self, left: np.ndarray, scores: np.ndarray) -> None:
        """Write the scores of a few queries (N, H) with the whole gallery."""
        units = left.shape[1]
        photos = max(1, SPACE // max(left.size, 1))
        space = np.empty((len(left), photos, units), dtype=np.float32)
        for start in range(0, len(self.right), photos):
            right = self.right[start : start + photos]
            pairs = np.maximum(left[:, None], right, out=space[:, : len(right)])
            np.matmul(pairs, self.output, out=scores[:, start : start + photos])
        scores += self.offsets

    def _far(self, query: np.ndarray, photo: np.ndarray) -> np.ndarray:
        units = self.queries[query].astype(np.float64)
        units += self.gallery[photo]
        return -np.einsum("nh,h->n", np.maximum(units, 0, out=units), self.weights)

    def _score(self, query: np.ndarray, far: np.ndarray) -> np.ndarray:
        return -far / self.unit

    def _tied(self, query: np.ndarray, far: np.ndarray) -> np.ndarray:
        return far + TIED * self.unit * self.size[query]

    def distances(self, far: np.ndarray) -> np.ndarray:
        return far


def _extremes(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N, H) → the largest and the smallest of each column."""
    return rows.max(axis=0, initial=-np.inf), rows.min(axis=0, initial=np.inf)
