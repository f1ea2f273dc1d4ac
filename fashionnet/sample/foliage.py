"""Leaves between the camera and a garment, as many as it takes to hide a share of it. Ours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from fashionnet.sample.canvas import Canvas

LEAVES = 10  # their part number on the canvas: free among scene's and person's
_HALVES = 10  # of the interval in which the last leaf's size is looked for
_SHAPE = (
    (0.0, 0.0),
    (0.12, 0.1),
    (0.3, 0.19),
    (0.5, 0.21),
    (0.72, 0.14),
    (0.88, 0.06),
    (1.0, 0.0),
)  # along, half-width


@dataclass(frozen=True)
class Foliage:
    """seed: of the leaves, which come in an order of their own, so that a larger share adds to a smaller one. share: of
    the garment's visible pixels that they hide, in [0, 1)."""

    seed: int
    share: float


@dataclass(frozen=True)
class _Leaf:
    """stalk: pixels. angle: that it points to, radians. length: pixels. tone: red, green, blue."""

    stalk: tuple[float, float]
    angle: float
    length: float
    tone: tuple[int, int, int]

    def half(self, side: int, size: float) -> np.ndarray:
        """(K, 2) int32 outline in 1/16 pixels of the half left (-1) or right (1) of the midrib."""
        cos, sin = math.cos(self.angle) * self.length * size, math.sin(self.angle) * self.length * size
        x, y = self.stalk
        edge = [(x + a * cos - side * w * sin, y + a * sin + side * w * cos) for a, w in _SHAPE]
        return np.array([(round(u * 16), round(v * 16)) for u, v in edge], np.int32)


def grow(canvas: Canvas, garment: np.ndarray, foliage: Foliage) -> None:
    """Draw leaves until they hide `foliage.share` of `garment`, (H, W) bool, to within half a per cent of it.

    The last leaf is as large as that takes. Leaves cast no shadow: what they leave free is as it was.
    """
    area = int(garment.sum())
    if not area or not foliage.share:
        return
    wanted = foliage.share * area
    hidden = np.zeros(garment.shape, bool)
    for leaf in _leaves(garment, foliage.seed):
        size = 1.0
        if (garment & (hidden | _covered(leaf, 1.0, garment.shape))).sum() > wanted:
            low, high = 0.0, 1.0
            for _ in range(_HALVES):
                size = (low + high) / 2
                over = (garment & (hidden | _covered(leaf, size, garment.shape))).sum() > wanted
                low, high = (low, size) if over else (size, high)
        _paint(canvas, leaf, size)
        hidden |= _covered(leaf, size, garment.shape)
        if size < 1:
            return


def _leaves(garment: np.ndarray, seed: int) -> Iterator[_Leaf]:
    """Endlessly, anywhere on the garment's box, most pointing upwards."""
    rng = np.random.Generator(np.random.PCG64(seed))
    rows, columns = np.flatnonzero(garment.any(1)), np.flatnonzero(garment.any(0))
    (top, bottom), (left, right) = rows[[0, -1]].tolist(), columns[[0, -1]].tolist()
    side = math.sqrt((bottom - top + 1) * (right - left + 1))
    while True:
        x, y, turn, length, light = (int(v) / 1000 for v in rng.integers(0, 1001, 5))
        green = tuple(int(v * (0.55 + 0.6 * light)) for v in (74, 138, 58))
        length = side * (0.26 + 0.16 * length)
        stalk = left + (right - left) * x, top + (bottom - top) * y + length / 2
        yield _Leaf(stalk, math.radians(-90 + 150 * (turn - 0.5)), length, green)


def _covered(leaf: _Leaf, size: float, shape: tuple[int, int]) -> np.ndarray:
    return _filled([np.concatenate([leaf.half(-1, size), leaf.half(1, size)[::-1]])], shape) > 127


def _filled(outlines: list[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, outlines, 255, cv2.LINE_AA, 4)
    return mask


def _paint(canvas: Canvas, leaf: _Leaf, size: float) -> None:
    left, right = leaf.half(-1, size), leaf.half(1, size)
    whole = _filled([np.concatenate([left, right[::-1]])], canvas.parts.shape)
    lit = _filled([right], canvas.parts.shape)
    cv2.polylines(lit, [leaf.half(0, size)], False, 255, 1, cv2.LINE_AA, 4)
    alpha = whole * np.float32(1 / 255)
    gain = 1 + np.float32(0.3 / 255) * lit
    for plane, tone in zip(canvas.image, leaf.tone):
        plane += alpha * (gain * np.float32(tone) - plane)
    canvas.parts[whole > 127] = LEAVES
