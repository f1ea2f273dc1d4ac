"""Printed and woven patterns: colours over x, y in body units. One function a texture attribute. Ours."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np

from fashionnet.sample.motifs import MOTIFS, Colours, f


def wave(position: np.ndarray, duty: float, sharp: float) -> np.ndarray:
    """A square wave with soft edges: 1 in the middle `duty` of each period, `sharp` pixels a period."""
    phase = position - np.floor(position)
    return np.clip((f(duty / 2) - np.abs(phase - f(0.5))) * f(sharp) + f(0.5), f(0), f(1))


def triple(gain: np.ndarray) -> np.ndarray:
    """(H, W) float32 → (H, W, 3), written out: numpy is slow where it has to repeat along a last axis of three."""
    return cv2.merge([gain, gain, gain])


def _mix(base: np.ndarray, colour, mask: np.ndarray) -> np.ndarray:
    mixed = np.asarray(colour, f) - base
    mixed *= triple(mask)
    mixed += base
    return mixed


def _plain(shape: tuple[int, int], colour) -> np.ndarray:
    return np.broadcast_to(np.asarray(colour, f), (*shape, 3)).copy()


def _stripes(direction: str, period: float, duty: float) -> Callable:
    def draw(x, y, scale, colours, size):
        p = period * size
        position = {"across": y + 0 * x, "down": x + 0 * y, "diagonal": (x + y) * f(0.7071)}[direction] / f(p)
        return _mix(_plain(position.shape, colours[0]), colours[1], wave(position, duty, p * scale))

    return draw


def _plaid(x, y, scale, colours, size):
    p = 0.09 * size
    image = _plain((y.shape[0], x.shape[1]), colours[0])
    for position in (x / f(p) + 0 * y, y / f(p) + 0 * x):
        image = _mix(image, colours[1], wave(position, 0.42, p * scale) * f(0.5))
        image = _mix(image, colours[2], wave(position + f(0.5), 0.08, p * scale) * f(0.85))
    return image


def _gingham(x, y, scale, colours, size):
    p = 0.048 * size
    image = _plain((y.shape[0], x.shape[1]), (246, 245, 242))
    for position in (x / f(p) + 0 * y, y / f(p) + 0 * x):
        image = _mix(image, colours[0], wave(position, 0.5, p * scale) * f(0.55))
    return image


def _grid(x, y, scale, colours, size):
    p = 0.062 * size
    image = _plain((y.shape[0], x.shape[1]), colours[0])
    for position in (x / f(p) + 0 * y, y / f(p) + 0 * x):
        image = _mix(image, colours[1], wave(position, 0.13, p * scale))
    return image


def _checkered(x, y, scale, colours, size):
    p = 0.074 * size
    mask = np.abs(wave(x / f(p), 0.5, p * scale) - wave(y / f(p), 0.5, p * scale))
    return _mix(_plain(mask.shape, colours[0]), colours[1], mask)


def _zigzag(period: float, rise: float, duty: float) -> Callable:
    def draw(x, y, scale, colours, size):
        p, q = period * size, period * 1.5 * size
        phase = x / f(q)
        fold = np.abs(phase - np.floor(phase) - f(0.5)) * f(2 * rise)
        mask = wave(y / f(p) + fold, duty, p * scale)
        return _mix(_plain(mask.shape, colours[0]), colours[1], mask)

    return draw


def _argyle(x, y, scale, colours, size):
    p, q = 0.09 * size, 0.13 * size
    u, v = x / f(p) - np.floor(x / f(p)) - f(0.5), y / f(q) - np.floor(y / f(q)) - f(0.5)
    inside = np.clip((f(0.46) - np.abs(u) - np.abs(v)) * f(p * scale) + f(0.5), f(0), f(1))
    image = _mix(_plain(inside.shape, colours[0]), colours[1], inside)
    lines = np.clip((f(0.035) - np.abs(np.abs(u) - np.abs(v) * f(1))) * f(p * scale) + f(0.3), f(0), f(1))
    return _mix(image, colours[2], lines * f(0.9))


def _diamond(x, y, scale, colours, size):
    p, q = 0.056 * size, 0.08 * size
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


def step_at(value: np.ndarray, edge: float, soft: float) -> np.ndarray:
    return np.clip((value - f(edge)) / f(soft) + f(0.5), f(0), f(1))


def _camouflage(x, y, scale, colours, size):
    image = _plain((y.shape[0], x.shape[1]), (112, 118, 78))
    image = _mix(image, (62, 72, 48), step_at(clouds(x, y, 0.22 * size, 1), 0.62, 0.03))
    image = _mix(image, (168, 152, 112), step_at(clouds(x, y, 0.2 * size, 2), 0.72, 0.03))
    return _mix(image, (44, 38, 32), step_at(clouds(x, y, 0.17 * size, 3), 0.8, 0.03))


def _zebra(x, y, scale, colours, size):
    value = clouds(x, y, 0.5 * size, 5) * f(3.2) + y / f(0.06 * size) + np.abs(x) * f(7)
    return _mix(_plain(value.shape, (240, 238, 232)), (24, 22, 22), wave(value, 0.46, 0.043 * size * scale))


def _tie_dye(x, y, scale, colours, size):
    value = np.sqrt(x * x + (y - f(0.33)) * (y - f(0.33))) / f(0.075 * size) + clouds(x, y, 0.3, 6) * f(1.6)
    image = _mix(_plain(value.shape, colours[0]), (248, 246, 240), wave(value, 0.5, 3.0))
    return _mix(image, colours[1], wave(value * f(0.5) + f(0.3), 0.4, 3.5) * f(0.8))


def _abstract(x, y, scale, colours, size):
    image = _plain((y.shape[0], x.shape[1]), colours[0])
    image = _mix(image, colours[1], step_at(clouds(x, y, 0.42 * size, 7, 0.6), 0.6, 0.02))
    return _mix(image, colours[2], step_at(clouds(x, y, 0.33 * size, 8, 1.6), 0.74, 0.02))


def _paisley_like(x, y, scale, colours, size):
    value = clouds(x, y, 0.5 * size, 9) * f(3)
    image = _mix(_plain(value.shape, colours[0]), colours[1], wave(value, 0.45, 6))
    return _mix(image, colours[2], wave(value + f(0.5), 0.14, 8))


def _marled(x, y, scale, colours, size):
    value = clouds(x, y, 0.12, 10, 0.3)
    image = _plain(value.shape, colours[0])
    return _mix(
        image,
        [(c + 255 * 2) // 3 for c in colours[0]] if sum(colours[0]) < 400 else [c // 2 for c in colours[0]],
        step_at(value, 0.55, 0.1) * f(0.75),
    )


def _splatter(x, y, scale, colours, size):
    image = _plain((y.shape[0], x.shape[1]), colours[0])
    image = _mix(image, colours[1], step_at(clouds(x, y, 0.18 * size, 11), 0.86, 0.03))
    return _mix(image, colours[2], step_at(clouds(x, y, 0.12 * size, 12), 0.9, 0.03))


def _ombre(x, y, scale, colours, size):
    share = np.clip((y + 0 * x - f(0.22)) / f(0.34 * size), f(0), f(1))
    return _mix(_plain(share.shape, colours[0]), colours[1], share)


def _colourblock(x, y, scale, colours, size):
    edge = f(0.33 + 0.06 * (size - 1))
    image = _mix(_plain((y.shape[0], x.shape[1]), colours[0]), colours[1], step_at(y + 0 * x, edge, 1 / scale))
    return _mix(image, colours[2], step_at(y + 0 * x, edge + f(0.09 * size), 1 / scale))


def _houndstooth(x, y, scale, colours, size):
    p = 0.066 * size
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


PATTERNS: dict[str, Callable] = {
    "striped": _stripes("across", 0.058, 0.48),
    "breton stripe": _stripes("across", 0.042, 0.3),
    "vertical stripe": _stripes("down", 0.054, 0.45),
    "pinstripe": _stripes("down", 0.034, 0.16),
    "diagonal stripe": _stripes("diagonal", 0.058, 0.45),
    "plaid": _plaid,
    "gingham": _gingham,
    "grid": _grid,
    "checkered": _checkered,
    "houndstooth": _houndstooth,
    "chevron": _zigzag(0.064, 0.5, 0.5),
    "zigzag": _zigzag(0.08, 0.3, 0.16),
    "argyle": _argyle,
    "diamond": _diamond,
    "camouflage": _camouflage,
    "zebra": _zebra,
    "tie-dye": _tie_dye,
    "abstract": _abstract,
    "marbled": _paisley_like,
    "marled": _marled,
    "splatter": _splatter,
    "ombre": _ombre,
    "colorblock": _colourblock,
    "tribal": _tribal,
}
PATTERNS |= MOTIFS


def pattern(name: str | None, x: np.ndarray, y: np.ndarray, scale: int, colours: Colours, size: float) -> np.ndarray:
    """Pattern `name` (None: plain) at x (1, W) and y (H, 1) → (H, W, 3) float32 RGB. size: 1 is its usual scale."""
    if name is None:
        return _plain((y.shape[0], x.shape[1]), colours[0])
    return PATTERNS[name](x, y, scale, colours, size)
