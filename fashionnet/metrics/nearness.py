"""Euclidean nearness of many queries to a gallery: a blocked matrix product."""

from __future__ import annotations

import numpy as np
import torch

from fashionnet.metrics.arrays import padded
from fashionnet.metrics.scores import TIED, UNIT, Scores, growth, power_of_two


class Nearness(Scores):
    """A score is ab - ||b||²/2, which orders the gallery as the distance does; how far is the squared distance."""

    def __init__(self, queries: np.ndarray, gallery: np.ndarray) -> None:
        super().__init__(queries, gallery)
        # Moving and scaling both leaves the order of distances as it is, and keeps the product's error small.
        centre = self.gallery.mean(axis=0, dtype=np.float64).astype(np.float32)
        left, right = self.queries - centre, self.gallery - centre
        self.scale = power_of_two(max(np.abs(left).max(initial=0.0), np.abs(right).max(initial=0.0)))
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
        # The second term is for all roundings but the product's own.
        self.errors = UNIT * (growth(gallery.shape[1]) * size * reach + 4 * (size + reach) ** 2)

    def _fill(self, block: slice, scores: torch.Tensor) -> None:
        torch.addmm(self.offsets, self.left[block], self.right.T, out=scores)

    def _far(self, query: np.ndarray, photo: np.ndarray) -> np.ndarray:
        apart = self.queries[query].astype(np.float64) - self.gallery[photo]
        return np.einsum("nd,nd->n", apart, apart)

    def _score(self, query: np.ndarray, far: np.ndarray) -> np.ndarray:
        return (self.squares[query] - far / self.scale**2) / 2

    def _tied(self, query: np.ndarray, far: np.ndarray) -> np.ndarray:
        return far * (1 + TIED)

    def distances(self, far: np.ndarray) -> np.ndarray:
        return np.sqrt(far)
