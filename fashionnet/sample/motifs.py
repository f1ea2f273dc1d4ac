"""Printed motifs: small shapes stamped on a tile that repeats. One function a motif. Ours."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np

f = np.float32
Colours = tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]


def ring(centre, radius, count, inner=None, turn=0.0):
    points = []
    for i in range(count * (2 if inner else 1)):
        r = radius if not inner or i % 2 == 0 else inner
        angle = math.tau * i / (count * (2 if inner else 1)) + turn - math.pi / 2
        points.append((centre[0] + r * math.cos(angle), centre[1] + r * math.sin(angle)))
    return points


def petals(centre, radius, count, turn=0.0):
    points = []
    for i in range(40):
        angle = math.tau * i / 40
        r = radius * (0.62 + 0.38 * math.cos(count * angle))
        points.append((centre[0] + r * math.cos(angle + turn), centre[1] + r * math.sin(angle + turn)))
    return points


def _leaf(centre, length, width, turn):
    points = []
    for t in (0, 0.2, 0.4, 0.6, 0.8, 1, 0.8, 0.6, 0.4, 0.2):
        side = 1 if len(points) <= 5 else -1
        a, b = (t - 0.5) * length, side * width * math.sin(math.pi * t)
        points.append(
            (centre[0] + a * math.cos(turn) - b * math.sin(turn), centre[1] + a * math.sin(turn) + b * math.cos(turn))
        )
    return points


def heart(centre, r):
    return [
        (
            centre[0] + r * 0.0625 * 16 * math.sin(t) ** 3,
            centre[1] - r * 0.0625 * (13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)),
        )
        for t in (math.tau * i / 24 for i in range(24))
    ]


def _drop(centre, r, turn):
    points = []
    for i in range(24):
        t = math.tau * i / 24
        a, b = math.cos(t), math.sin(t) * math.sin(t / 2) ** 1.5
        bend = 0.35 * (a - 1) ** 2 * 0.3
        a, b = a * 1.0, b * 0.8 + bend
        points.append(
            (
                centre[0] + r * (a * math.cos(turn) - b * math.sin(turn)),
                centre[1] + r * (a * math.sin(turn) + b * math.cos(turn)),
            )
        )
    return points


def _spots(c, colours):
    for dx, dy, r in ((-0.2, -0.1, 0.26), (0.28, 0.24, 0.2)):
        x, y = c[0] + dx, c[1] + dy
        yield ring((x, y), r, 7, turn=dx), (38, 26, 18)
        yield ring((x + 0.02, y), r * 0.62, 7, turn=dy), (158, 104, 52)
        yield _leaf((x + r * 0.8, y - r * 0.4), r * 0.9, r * 0.28, 0.6), (206, 160, 98)
        yield _leaf((x - r * 0.7, y + r * 0.6), r * 0.8, r * 0.24, 2.4), (206, 160, 98)


GREEN = (74, 122, 70)


def _floral(c, colours):
    yield _leaf((c[0] - 0.3, c[1] + 0.25), 0.5, 0.13, 2.2), GREEN
    yield _leaf((c[0] + 0.3, c[1] + 0.3), 0.45, 0.12, 0.7), GREEN
    yield petals(c, 0.36, 5), colours[1]
    yield ring(c, 0.1, 10), colours[2]


def _rose(c, colours):
    yield _leaf((c[0] - 0.36, c[1] + 0.3), 0.5, 0.15, 2.4), GREEN
    yield _leaf((c[0] + 0.38, c[1] + 0.26), 0.5, 0.15, 0.6), GREEN
    dark = tuple(v * 6 // 10 for v in colours[1])
    yield ring(c, 0.4, 9), colours[1]
    yield petals(c, 0.3, 3, 0.4), dark
    yield petals(c, 0.22, 3, 1.4), colours[1]
    yield ring(c, 0.08, 8), dark


def _daisy(c, colours):
    yield petals(c, 0.4, 8), (250, 250, 246)
    yield ring(c, 0.14, 10), (236, 190, 50)


def _leaves(c, colours):
    yield _leaf((c[0] - 0.12, c[1]), 0.75, 0.16, 1.0), colours[1]
    yield _leaf((c[0] + 0.25, c[1] + 0.2), 0.5, 0.11, -0.8), colours[2]


def _palm(c, colours):
    for i in range(7):
        turn = -0.2 - 0.45 * i
        r = 0.3
        yield (
            _leaf((c[0] + r * math.cos(turn), c[1] + 0.1 + r * math.sin(turn)), 0.62, 0.065, turn),
            (GREEN if i % 2 else (42, 92, 62)),
        )


def _paisley(c, colours):
    yield _drop(c, 0.42, 0.8), colours[1]
    yield _drop((c[0] + 0.02, c[1] + 0.02), 0.25, 0.8), colours[2]
    yield _drop((c[0] + 0.03, c[1] + 0.03), 0.12, 0.8), colours[0]


def _star(c, colours):
    yield ring(c, 0.38, 5, 0.16), colours[1]


def _dots(c, colours):
    yield ring(c, 0.27, 20), colours[1]


def _hearts(c, colours):
    yield heart(c, 0.3), colours[1]


def _geo(c, colours):
    yield ring(c, 0.44, 3), colours[1]
    yield ring((c[0], c[1] + 0.03), 0.2, 3, turn=math.pi), colours[2]


def _medallion(c, colours):
    yield petals(c, 0.47, 8), colours[1]
    yield ring(c, 0.3, 16), colours[0]
    yield petals(c, 0.27, 6), colours[2]
    yield ring(c, 0.09, 10), colours[0]


@lru_cache(maxsize=512)
def _tile(stamp: Callable, colours: Colours, side: int, stagger: bool) -> np.ndarray:
    """(side, side, 3) float32 that repeats, with the motif twice across and twice down."""
    tile = np.empty((side, side, 3), np.uint8)
    tile[:] = colours[0]
    step = side / 2
    for points, colour in stamp((0.0, 0.0), colours):
        shape = np.array(points) * step
        for row in (-1, 0, 1, 2):
            for column in (-1, 0, 1, 2):
                x = (column + 0.5 + (0.5 if stagger and row % 2 else 0)) * step
                place = np.round((shape + np.array((x, (row + 0.5) * step))) * 16).astype(np.int32)
                cv2.fillPoly(tile, [place], tuple(map(int, colour)), cv2.LINE_AA, 4)
    return tile.astype(f)


def motif(stamp: Callable, pitch: float, stagger: bool = True) -> Callable:
    def draw(x, y, scale, colours, size):
        side = max(8, 2 * round(pitch * size * scale))
        tile = _tile(stamp, colours, side, stagger)
        px = np.floor(x[0] * f(scale)).astype(np.int32) % side
        py = np.floor(y[:, 0] * f(scale)).astype(np.int32) % side
        return tile.take(py, 0).take(px, 1)

    return draw


def leopard(x, y, scale, colours, size):
    return motif(_spots, 0.062)(x, y, scale, ((206, 160, 98), colours[1], colours[2]), size)


MOTIFS: dict[str, Callable] = {
    "leopard": leopard,
    "floral": motif(_floral, 0.074),
    "rose": motif(_rose, 0.1),
    "daisy": motif(_daisy, 0.066),
    "leaf": motif(_leaves, 0.074),
    "tropical": motif(_palm, 0.115),
    "paisley": motif(_paisley, 0.08),
    "star": motif(_star, 0.06),
    "polka dot": motif(_dots, 0.048),
    "heart": motif(_hearts, 0.06),
    "geo": motif(_geo, 0.064, False),
    "medallion": motif(_medallion, 0.1, False),
}
