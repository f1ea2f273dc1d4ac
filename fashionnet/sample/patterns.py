"""Printed and woven patterns: colours over x, y in body units. One function a texture attribute. Ours."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np

f = np.float32
Colours = tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]


def _wave(position: np.ndarray, duty: float, sharp: float) -> np.ndarray:
    """A square wave with soft edges: 1 in the middle `duty` of each period, `sharp` pixels a period."""
    phase = position - np.floor(position)
    return np.clip((f(duty / 2) - np.abs(phase - f(0.5))) * f(sharp) + f(0.5), f(0), f(1))


def _mix(base: np.ndarray, colour, mask: np.ndarray) -> np.ndarray:
    return base + (np.asarray(colour, f) - base) * mask[..., None]


def _plain(shape: tuple[int, int], colour) -> np.ndarray:
    return np.broadcast_to(np.asarray(colour, f), (*shape, 3)).copy()


def _stripes(direction: str, period: float, duty: float) -> Callable:
    def draw(x, y, scale, colours, size):
        p = period * size
        position = {"across": y + 0 * x, "down": x + 0 * y, "diagonal": (x + y) * f(0.7071)}[direction] / f(p)
        return _mix(_plain(position.shape, colours[0]), colours[1], _wave(position, duty, p * scale))

    return draw


def _plaid(x, y, scale, colours, size):
    p = 0.075 * size
    image = _plain((y.shape[0], x.shape[1]), colours[0])
    for position in (x / f(p) + 0 * y, y / f(p) + 0 * x):
        image = _mix(image, colours[1], _wave(position, 0.42, p * scale) * f(0.5))
        image = _mix(image, colours[2], _wave(position + f(0.5), 0.08, p * scale) * f(0.85))
    return image


def _gingham(x, y, scale, colours, size):
    p = 0.036 * size
    image = _plain((y.shape[0], x.shape[1]), (246, 245, 242))
    for position in (x / f(p) + 0 * y, y / f(p) + 0 * x):
        image = _mix(image, colours[0], _wave(position, 0.5, p * scale) * f(0.55))
    return image


def _grid(x, y, scale, colours, size):
    p = 0.05 * size
    image = _plain((y.shape[0], x.shape[1]), colours[0])
    for position in (x / f(p) + 0 * y, y / f(p) + 0 * x):
        image = _mix(image, colours[1], _wave(position, 0.13, p * scale))
    return image


def _checkered(x, y, scale, colours, size):
    p = 0.062 * size
    mask = np.abs(_wave(x / f(p), 0.5, p * scale) - _wave(y / f(p), 0.5, p * scale))
    return _mix(_plain(mask.shape, colours[0]), colours[1], mask)


def _zigzag(period: float, rise: float, duty: float) -> Callable:
    def draw(x, y, scale, colours, size):
        p, q = period * size, period * 1.5 * size
        phase = x / f(q)
        fold = np.abs(phase - np.floor(phase) - f(0.5)) * f(2 * rise)
        mask = _wave(y / f(p) + fold, duty, p * scale)
        return _mix(_plain(mask.shape, colours[0]), colours[1], mask)

    return draw


def _argyle(x, y, scale, colours, size):
    p, q = 0.075 * size, 0.11 * size
    u, v = x / f(p) - np.floor(x / f(p)) - f(0.5), y / f(q) - np.floor(y / f(q)) - f(0.5)
    inside = np.clip((f(0.46) - np.abs(u) - np.abs(v)) * f(p * scale) + f(0.5), f(0), f(1))
    image = _mix(_plain(inside.shape, colours[0]), colours[1], inside)
    lines = np.clip((f(0.035) - np.abs(np.abs(u) - np.abs(v) * f(1))) * f(p * scale) + f(0.3), f(0), f(1))
    return _mix(image, colours[2], lines * f(0.9))


def _diamond(x, y, scale, colours, size):
    p, q = 0.042 * size, 0.06 * size
    u, v = x / f(p) - np.floor(x / f(p)) - f(0.5), y / f(q) - np.floor(y / f(q)) - f(0.5)
    ring = np.abs(np.abs(u) + np.abs(v) - f(0.36))
    mask = np.clip((f(0.1) - ring) * f(p * scale) + f(0.4), f(0), f(1))
    return _mix(_plain(mask.shape, colours[0]), colours[1], mask)


@lru_cache(maxsize=64)
def _clouds(seed: int) -> np.ndarray:
    """(256, 256) float32 in 0 to 1, periodic: soft blots, ranked so that each level covers the same area."""
    rng = np.random.Generator(np.random.PCG64(seed))
    noise = rng.integers(0, 65536, (256, 256)).astype(np.uint16)
    wide = cv2.copyMakeBorder(noise, 64, 64, 64, 64, cv2.BORDER_WRAP)
    soft = cv2.GaussianBlur(wide, (0, 0), 12)[64:-64, 64:-64]
    rank = np.empty(soft.size, np.int64)
    rank[np.argsort(soft, axis=None, kind="stable")] = np.arange(soft.size)
    return (rank.reshape(soft.shape) / soft.size).astype(f)


def clouds(x, y, period: float, seed: int = 0, stretch: float = 1.0) -> np.ndarray:
    """Blots that repeat after `period` body units; higher than wide by `stretch`."""
    px = (x * f(256 / period)).astype(np.int32) & 255
    py = (y * f(256 / (period * stretch))).astype(np.int32) & 255
    return _clouds(seed)[py, px]


def _step(value: np.ndarray, edge: float, soft: float) -> np.ndarray:
    return np.clip((value - f(edge)) / f(soft) + f(0.5), f(0), f(1))


def _camouflage(x, y, scale, colours, size):
    image = _plain((y.shape[0], x.shape[1]), (112, 118, 78))
    image = _mix(image, (62, 72, 48), _step(clouds(x, y, 0.22 * size, 1), 0.62, 0.03))
    image = _mix(image, (168, 152, 112), _step(clouds(x, y, 0.2 * size, 2), 0.72, 0.03))
    return _mix(image, (44, 38, 32), _step(clouds(x, y, 0.17 * size, 3), 0.8, 0.03))


def _zebra(x, y, scale, colours, size):
    value = clouds(x, y, 0.5 * size, 5) * f(3.2) + y / f(0.05 * size) + np.abs(x) * f(7)
    return _mix(_plain(value.shape, (240, 238, 232)), (24, 22, 22), _wave(value, 0.46, 0.036 * size * scale))


def _tie_dye(x, y, scale, colours, size):
    value = np.sqrt(x * x + (y - f(0.33)) * (y - f(0.33))) / f(0.075 * size) + clouds(x, y, 0.3, 6) * f(1.6)
    image = _mix(_plain(value.shape, colours[0]), (248, 246, 240), _wave(value, 0.5, 3.0))
    return _mix(image, colours[1], _wave(value * f(0.5) + f(0.3), 0.4, 3.5) * f(0.8))


def _abstract(x, y, scale, colours, size):
    image = _plain((y.shape[0], x.shape[1]), colours[0])
    image = _mix(image, colours[1], _step(clouds(x, y, 0.42 * size, 7, 0.6), 0.6, 0.02))
    return _mix(image, colours[2], _step(clouds(x, y, 0.33 * size, 8, 1.6), 0.74, 0.02))


def _paisley_like(x, y, scale, colours, size):
    value = clouds(x, y, 0.5 * size, 9) * f(3)
    image = _mix(_plain(value.shape, colours[0]), colours[1], _wave(value, 0.45, 6))
    return _mix(image, colours[2], _wave(value + f(0.5), 0.14, 8))


def _marled(x, y, scale, colours, size):
    value = clouds(x, y, 0.09, 10, 0.3)
    image = _plain(value.shape, colours[0])
    return _mix(
        image,
        [(c + 255 * 2) // 3 for c in colours[0]] if sum(colours[0]) < 400 else [c // 2 for c in colours[0]],
        _step(value, 0.55, 0.1) * f(0.75),
    )


def _splatter(x, y, scale, colours, size):
    image = _plain((y.shape[0], x.shape[1]), colours[0])
    image = _mix(image, colours[1], _step(clouds(x, y, 0.14 * size, 11), 0.86, 0.03))
    return _mix(image, colours[2], _step(clouds(x, y, 0.09 * size, 12), 0.9, 0.03))


def _ombre(x, y, scale, colours, size):
    share = np.clip((y + 0 * x - f(0.22)) / f(0.34 * size), f(0), f(1))
    return _mix(_plain(share.shape, colours[0]), colours[1], share)


def _colourblock(x, y, scale, colours, size):
    edge = f(0.33 + 0.06 * (size - 1))
    image = _mix(_plain((y.shape[0], x.shape[1]), colours[0]), colours[1], _step(y + 0 * x, edge, 1 / scale))
    return _mix(image, colours[2], _step(y + 0 * x, edge + f(0.09 * size), 1 / scale))


def _houndstooth(x, y, scale, colours, size):
    p = 0.052 * size
    u, v = x / f(p) - np.floor(x / f(p)), y / f(p) - np.floor(y / f(p))
    column, line = u < f(0.5), v < f(0.5)
    twill = (u * 2 + v * 2) - np.floor(u * 2 + v * 2) < f(0.5)
    dark = np.where(column & line, True, np.where(~column & ~line, False, twill))
    return _mix(
        _plain(dark.shape, (240, 236, 228)), colours[0] if sum(colours[0]) < 420 else (40, 36, 36), dark.astype(f)
    )


def _tribal(x, y, scale, colours, size):
    p = 0.15 * size
    band = y / f(p) - np.floor(y / f(p)) + 0 * x
    q = 0.05 * size
    u = np.abs(x / f(q) - np.floor(x / f(q)) - f(0.5)) * f(2)
    image = _plain(band.shape, colours[0])
    image = _mix(
        image, colours[1], ((band > f(0.05)) & (band < f(0.33)) & (np.abs(band - f(0.19)) < u * f(0.14))).astype(f)
    )
    image = _mix(image, colours[2], ((band > f(0.4)) & (band < f(0.47))).astype(f))
    image = _mix(
        image,
        colours[1],
        ((band > f(0.55)) & (band < f(0.85)) & (np.abs(band - f(0.7)) + u * f(0.15) < f(0.12))).astype(f),
    )
    return _mix(image, colours[2], ((band > f(0.91)) & (band < f(0.96))).astype(f))


# --- motifs, stamped on a tile that repeats -----------------------------------------------------------------------


def _ring(centre, radius, count, inner=None, turn=0.0):
    points = []
    for i in range(count * (2 if inner else 1)):
        r = radius if not inner or i % 2 == 0 else inner
        angle = math.tau * i / (count * (2 if inner else 1)) + turn - math.pi / 2
        points.append((centre[0] + r * math.cos(angle), centre[1] + r * math.sin(angle)))
    return points


def _petals(centre, radius, count, turn=0.0):
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


def _heart(centre, r):
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
        yield _ring((x, y), r, 7, turn=dx), (38, 26, 18)
        yield _ring((x + 0.02, y), r * 0.62, 7, turn=dy), (158, 104, 52)
        yield _leaf((x + r * 0.8, y - r * 0.4), r * 0.9, r * 0.28, 0.6), (206, 160, 98)
        yield _leaf((x - r * 0.7, y + r * 0.6), r * 0.8, r * 0.24, 2.4), (206, 160, 98)


def _leopard(x, y, scale, colours, size):
    return _motif(_spots, 0.05)(x, y, scale, ((206, 160, 98), colours[1], colours[2]), size)


GREEN = (74, 122, 70)


def _floral(c, colours):
    yield _leaf((c[0] - 0.3, c[1] + 0.25), 0.5, 0.13, 2.2), GREEN
    yield _leaf((c[0] + 0.3, c[1] + 0.3), 0.45, 0.12, 0.7), GREEN
    yield _petals(c, 0.36, 5), colours[1]
    yield _ring(c, 0.1, 10), colours[2]


def _rose(c, colours):
    yield _leaf((c[0] - 0.36, c[1] + 0.3), 0.5, 0.15, 2.4), GREEN
    yield _leaf((c[0] + 0.38, c[1] + 0.26), 0.5, 0.15, 0.6), GREEN
    dark = tuple(v * 6 // 10 for v in colours[1])
    yield _ring(c, 0.4, 9), colours[1]
    yield _petals(c, 0.3, 3, 0.4), dark
    yield _petals(c, 0.22, 3, 1.4), colours[1]
    yield _ring(c, 0.08, 8), dark


def _daisy(c, colours):
    yield _petals(c, 0.4, 8), (250, 250, 246)
    yield _ring(c, 0.14, 10), (236, 190, 50)


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
    yield _ring(c, 0.38, 5, 0.16), colours[1]


def _dots(c, colours):
    yield _ring(c, 0.27, 20), colours[1]


def _hearts(c, colours):
    yield _heart(c, 0.3), colours[1]


def _geo(c, colours):
    yield _ring(c, 0.44, 3), colours[1]
    yield _ring((c[0], c[1] + 0.03), 0.2, 3, turn=math.pi), colours[2]


def _medallion(c, colours):
    yield _petals(c, 0.47, 8), colours[1]
    yield _ring(c, 0.3, 16), colours[0]
    yield _petals(c, 0.27, 6), colours[2]
    yield _ring(c, 0.09, 10), colours[0]


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


def _motif(stamp: Callable, pitch: float, stagger: bool = True) -> Callable:
    def draw(x, y, scale, colours, size):
        side = max(8, 2 * round(pitch * size * scale))
        tile = _tile(stamp, colours, side, stagger)
        px = np.floor(x[0] * f(scale)).astype(np.int32) % side
        py = np.floor(y[:, 0] * f(scale)).astype(np.int32) % side
        return tile.take(py, 0).take(px, 1)

    return draw


PATTERNS: dict[str, Callable] = {
    "striped": _stripes("across", 0.046, 0.48),
    "breton stripe": _stripes("across", 0.03, 0.3),
    "vertical stripe": _stripes("down", 0.042, 0.45),
    "pinstripe": _stripes("down", 0.024, 0.16),
    "diagonal stripe": _stripes("diagonal", 0.046, 0.45),
    "plaid": _plaid,
    "gingham": _gingham,
    "grid": _grid,
    "checkered": _checkered,
    "houndstooth": _houndstooth,
    "chevron": _zigzag(0.05, 0.5, 0.5),
    "zigzag": _zigzag(0.07, 0.3, 0.16),
    "argyle": _argyle,
    "diamond": _diamond,
    "camouflage": _camouflage,
    "leopard": _leopard,
    "zebra": _zebra,
    "tie-dye": _tie_dye,
    "abstract": _abstract,
    "marbled": _paisley_like,
    "marled": _marled,
    "splatter": _splatter,
    "ombre": _ombre,
    "colorblock": _colourblock,
    "tribal": _tribal,
    "floral": _motif(_floral, 0.06),
    "rose": _motif(_rose, 0.085),
    "daisy": _motif(_daisy, 0.052),
    "leaf": _motif(_leaves, 0.06),
    "tropical": _motif(_palm, 0.1),
    "paisley": _motif(_paisley, 0.066),
    "star": _motif(_star, 0.045),
    "polka dot": _motif(_dots, 0.036),
    "heart": _motif(_hearts, 0.046),
    "geo": _motif(_geo, 0.05, False),
    "medallion": _motif(_medallion, 0.085, False),
}


def pattern(name: str | None, x: np.ndarray, y: np.ndarray, scale: int, colours: Colours, size: float) -> np.ndarray:
    """Pattern `name` (None: plain) at x (1, W) and y (H, 1) → (H, W, 3) float32 RGB. size: 1 is its usual scale."""
    if name is None:
        return _plain((y.shape[0], x.shape[1]), colours[0])
    return PATTERNS[name](x, y, scale, colours, size)
