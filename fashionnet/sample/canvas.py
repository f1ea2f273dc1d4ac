"""Drawing tubes onto a photo: where each pixel lies on the cloth, and how it is lit.

Arrays are only added, multiplied, divided and looked up here, from rounded numbers: so the bytes do not depend on the
processor's vector instructions. Ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from fashionnet.sample.sheets import Sheet
from fashionnet.sample.tubes import STEPS, Tube, tables


@dataclass(frozen=True)
class Light:
    """side: where it comes from, -1 left to 1 right. contrast: depth of the shading. level: brightness."""

    side: float
    contrast: float
    level: float


@dataclass
class Patch:
    """The pixels of a tube: `window` of the photo, and arrays of its shape."""

    window: tuple[slice, slice]
    across: np.ndarray  # -1 to 1, float32
    along: np.ndarray
    flat: np.ndarray
    cover: np.ndarray  # 0 to 1


def locate(tube: Tube, height: int, width: int) -> Patch | None:
    """Where each pixel lies on the tube; None when it is out of the frame.

    A tube that bends little is cut by parallel planes, across its whole length's direction, and so looked up in one
    table; one that bends much (an elbow) is cut by planes that turn with it, segment by segment.
    """
    half = tube.silhouette
    if tube.axis is not None:
        return _locate_straight(tube, half, tube.axis, height, width)
    reach = half.max() * (1.0 + tube.bow) + 2
    box = _framed(tube.nodes.min(0) - reach, tube.nodes.max(0) + reach, height, width)
    return _locate_bent(tube, half, box) if box else None


def _framed(low: np.ndarray, high: np.ndarray, height: int, width: int) -> tuple[int, int, int, int] | None:
    """The pixels x0, y0, x1, y1 between the corners `low` and `high` (x, y) that are in the frame."""
    x0, y0 = max(math.floor(low[0]), 0), max(math.floor(low[1]), 0)
    x1, y1 = min(math.ceil(high[0]), width), min(math.ceil(high[1]), height)
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


_FINE = 4  # table steps a pixel


def _locate_straight(tube: Tube, half: np.ndarray, axis: tuple[float, float], height: int, width: int) -> Patch | None:
    f = np.float32
    nx, ny = axis
    x, y = tube.nodes.T
    before = half[0] * max(tube.bow, float(tube.round_start)) + 1
    after = half[-1] * max(tube.bow, float(tube.round_end)) + 1
    # The corners: each node's two sides, and the ends moved out.
    ends = np.concatenate(
        [tube.nodes, [(x[0] - before * nx, y[0] - before * ny), (x[-1] + after * nx, y[-1] + after * ny)]]
    )
    side = np.concatenate([half, half[:1], half[-1:]])[:, None] * (abs(ny), abs(nx)) + 1
    box = _framed((ends - side).min(0), (ends + side).max(0), height, width)
    if box is None:
        return None
    x0, y0, x1, y1 = box
    at = np.round((x * nx + y * ny) * 64) / 64
    off = np.round((x * ny - y * nx) * 64) / 64
    first, last = at[0], at[-1]
    start = first - before
    steps = start + np.arange(int((last + after - start) * _FINE) + 2) / _FINE
    along = np.interp(steps, at, tube.along)
    # The sheet goes on beyond the ends at the same pace.
    head, tail = np.searchsorted(steps, (first, last))
    along[:head] = tube.along[0] + (steps[:head] - first) * ((tube.along[1] - tube.along[0]) / (at[1] - first))
    along[tail:] = tube.along[-1] + (steps[tail:] - last) * ((tube.along[-2] - tube.along[-1]) / (at[-2] - last))
    wide = np.interp(steps, at, half)
    centre = np.interp(steps, at, off)
    centre[[0, -1]] = 1e5  # nothing beyond the ends
    # Which step of the tables each pixel is at, and how far it is to the side.
    xs, ys = np.arange(x0, x1, dtype=f), np.arange(y0, y1, dtype=f)[:, None]
    index = (xs * f(nx * _FINE) + (ys * f(ny * _FINE) - f(start * _FINE))).astype(np.intp)

    def look_up(table: np.ndarray) -> np.ndarray:
        return table.astype(f).take(index, mode="clip")

    aside = xs * f(ny) - ys * f(nx)
    aside -= look_up(centre)
    broad = look_up(wide)
    across = aside / broad
    if tube.round_start or tube.round_end:
        over = np.zeros(len(steps))
        if tube.round_start:
            over[:head] = ((first - steps[:head]) / wide[:head]) ** 2
        if tube.round_end:
            over[tail:] = ((steps[tail:] - last) / wide[tail:]) ** 2
        across = np.copysign(np.sqrt(across * across + look_up(over)), across)
        cover = (f(1) - np.abs(across)) * broad
        cover += f(0.5)
    else:
        cover = broad
        cover += f(0.5)
        cover -= np.abs(aside)
    np.maximum(cover, f(0), out=cover)
    np.minimum(cover, f(1), out=cover)
    if not tube.bow and not (tube.round_start and tube.round_end):
        signed = np.maximum(first - steps, steps - last)
        limit = np.clip(0.5 - signed, 0, 1)
        if tube.round_start:
            limit[:head] = 1
        if tube.round_end:
            limit[tail:] = 1
        cover *= look_up(limit)
    if tube.sheet is None:  # of one colour: where a pixel lies along it makes no difference
        return Patch((slice(y0, y1), slice(x0, x1)), across, along, along, cover)
    flat = look_up(np.interp(steps, at, tube.flat))
    return Patch((slice(y0, y1), slice(x0, x1)), across, look_up(along), flat, cover)


def _locate_bent(tube: Tube, half: np.ndarray, box: tuple[int, int, int, int]) -> Patch:
    f = np.float32
    x0, y0, x1, y1 = box
    shape = (y1 - y0, x1 - x0)
    across, along, flat = np.full(shape, 9, f), np.zeros(shape, f), np.zeros(shape, f)
    cover = np.zeros(shape, f)
    last = len(tube.nodes) - 2
    for i in range(last + 1):
        side = np.stack([-tube.planes[i : i + 2, 1], tube.planes[i : i + 2, 0]], 1) * half[i : i + 2, None]
        ends = tube.nodes[i : i + 2]
        extra = max(half[i], half[i + 1]) * max(tube.bow, float(tube.round_start), float(tube.round_end))
        pad = 1 + (extra if i in (0, last) else 0)
        corners = np.concatenate([ends + side, ends - side])
        a = np.maximum(np.floor(corners.min(0) - pad).astype(int), (x0, y0))
        b = np.minimum(np.ceil(corners.max(0) + pad).astype(int) + 1, (x1, y1))
        if a[0] >= b[0] or a[1] >= b[1]:
            continue
        xs, ys = (
            np.arange(a[0], b[0], dtype=f)[None] - f(ends[0, 0]),
            np.arange(a[1], b[1], dtype=f)[:, None] - f(ends[0, 1]),
        )
        (nx0, ny0), (nx1, ny1) = tube.planes[i : i + 2].astype(f)
        dx, dy = (ends[1] - ends[0]).astype(f)
        before = xs * nx0 + ys * ny0  # distance past the first plane
        beyond = (xs - dx) * nx1 + (ys - dy) * ny1  # distance past the second plane
        span = before - beyond
        inside = span > f(0.01)
        if i > 0:
            inside &= before >= 0
        if i < last:
            inside &= beyond < 0
        t = before / np.where(inside, span, f(1))
        held = np.clip(t, f(0), f(1))
        w = f(half[i]) + held * f(half[i + 1] - half[i])
        s = ((xs - t * dx) * -(ny0 + held * (ny1 - ny0)) + (ys - t * dy) * (nx0 + held * (nx1 - nx0))) / -w
        if i == 0 and tube.round_start:
            over = np.maximum(-before, f(0)) / w
            s = np.where(s < 0, f(-1), f(1)) * np.sqrt(s * s + over * over)
        if i == last and tube.round_end:
            over = np.maximum(beyond, f(0)) / w
            s = np.where(s < 0, f(-1), f(1)) * np.sqrt(s * s + over * over)
        c = np.clip((f(1) - np.abs(s)) * w + f(0.5), f(0), f(1))
        if not (i == 0 and (tube.round_start or tube.bow)):
            c = c * np.clip(before + f(0.5), f(0), f(1)) if i == 0 else c
        if i == last and not (tube.round_end or tube.bow):
            c = c * np.clip(f(0.5) - beyond, f(0), f(1))
        win = (slice(a[1] - y0, b[1] - y0), slice(a[0] - x0, b[0] - x0))
        inside &= c > cover[win]
        np.copyto(across[win], s, where=inside)
        np.copyto(cover[win], c, where=inside)
        np.copyto(along[win], f(tube.along[i]) + t * f(tube.along[i + 1] - tube.along[i]), where=inside)
        np.copyto(flat[win], f(tube.flat[i]) + held * f(tube.flat[i + 1] - tube.flat[i]), where=inside)
    return Patch((slice(y0, y1), slice(x0, x1)), across, along, flat, cover)


@lru_cache(maxsize=1)
def _folds() -> np.ndarray:
    """(4, 256, 256) float32 in about -1 to 1, periodic: slopes of folded cloth, for four kinds of drape."""
    rng = np.random.Generator(np.random.PCG64(20160627))
    kinds = []
    for sx, sy in ((5, 17), (8, 9), (4, 30), (12, 6)):
        noise = rng.integers(0, 65536, (256, 256)).astype(np.uint16)
        wide = cv2.copyMakeBorder(noise, 96, 96, 96, 96, cv2.BORDER_WRAP)
        smooth = cv2.GaussianBlur(wide, (0, 0), sx, sigmaY=sy)[96:-96, 96:-96].astype(np.int64)
        slope = smooth - np.roll(smooth, (2, 5), (0, 1))
        size = int(np.sort(np.abs(slope), None)[int(slope.size * 0.95)])
        kinds.append(np.clip(np.round(slope * 256 / max(size, 1)), -300, 300) / 256)
    return np.array(kinds, np.float32)


@dataclass
class Canvas:
    """image: (3, H, W) float32, red, green and blue in 0 to 255. parts: (H, W) int16, which part lies on top (0
    backdrop). The colours are planes of their own because a plane is worked on several times as fast as triples are."""

    image: np.ndarray
    parts: np.ndarray

    def lay(self, window: tuple[slice, slice], colour: np.ndarray, alpha: np.ndarray, part: int, shadow: float) -> None:
        """Lay `colour` (3, h, w) over the window with `alpha` 0 to 1, and a soft shadow of it on what lies below.

        `colour` is used up."""
        f = np.float32
        under = self.image[:, *window]
        if shadow:
            dark = (alpha * f(255)).astype(np.uint8)
            dark = cv2.blur(cv2.blur(dark, (5, 5)), (5, 5)) * f(-shadow / 255)
            dark += f(1)
            under *= dark
        colour -= under
        colour *= alpha
        under += colour
        np.copyto(self.parts[window], part, where=alpha > f(0.25))


@lru_cache(maxsize=16)
def _shades(light: Light) -> np.ndarray:
    """(2 * STEPS + 1,) float32 brightness over the position across, as `tables` runs."""
    _, _, _, _, facing = tables(1.0, 0)
    across = np.arange(-STEPS, STEPS + 1) / STEPS
    shade = light.level * (1 - light.contrast * (0.55 * (1 - facing.astype(float)) - 0.35 * light.side * across))
    return (np.round(shade * 16384) / 16384).astype(np.float32)


def paint(
    canvas: Canvas, tube: Tube, light: Light, folds: tuple[int, int, int] | None = None, far: bool = False
) -> None:
    """Draw the tube's near side, or with `far` its far side as seen from inside, onto the canvas.

    folds: which drape, and where in it, so that no two garments fold alike.
    """
    f = np.float32
    patch = locate(tube, *canvas.parts.shape)
    if patch is None or not patch.cover.any():
        return
    at = patch.across * f(STEPS)
    at += f(STEPS + 0.5)
    at = at.astype(np.intp)
    shade = _shades(light).take(at, mode="clip")
    if far:
        shade *= f(0.68)
    colour = np.empty((3, *shade.shape), f)
    alpha = patch.cover
    sheet = tube.sheet
    if sheet is None:
        for plane, tone in zip(colour, tube.colour):
            np.multiply(shade, f(tone), out=plane)
    else:
        _, _, places, panels, facing = tables(tube.depth, tube.turn)
        place, panel = places[int(far)].take(at, mode="clip"), panels[int(far)].take(at, mode="clip")
        place *= patch.flat
        cosine = facing.take(at, mode="clip")
        row = cosine * patch.flat
        row *= f(tube.bow) if far else -f(tube.bow)
        row += patch.along
        *cloth, thick = cv2.split(sheet.sample(place if tube.mirror == 1 else -place, row, panel))
        alpha *= thick * f(1 / 255)
        gloss = sheet.gloss
        slope = None
        if folds is not None:
            slope = _fold(sheet, place, row, folds)
            shade *= f(1) + f(sheet.fold_depth * light.contrast) * slope
        if gloss < 0:
            shade *= f(1) + f(gloss) * (cosine * cosine - f(0.45))
        for plane, painted in zip(colour, cloth):
            np.multiply(painted, shade, out=plane)
        if gloss > 0:
            spot = np.abs(patch.across - f(0.45 * light.side) + (f(0) if slope is None else f(0.2) * slope))
            spot = np.maximum(f(1) - spot * f(1.7), f(0))
            colour += f(gloss * 150 * light.level) * (spot * spot)
    np.minimum(colour, f(255), out=colour)
    canvas.lay(patch.window, colour, alpha, tube.part, 0 if far else 0.35 * light.contrast)


def _fold(sheet: Sheet, place: np.ndarray, row: np.ndarray, folds: tuple[int, int, int]) -> np.ndarray:
    """The slope of the cloth at `place` and `row` of the sheet, about -1 to 1."""
    kind, ox, oy = folds
    down = (row * np.float32(sheet.fold_scale)).astype(np.int32) + oy & 255
    right = (place * np.float32(sheet.fold_scale)).astype(np.int32) + ox & 255
    return _folds()[kind].ravel().take((down << 8) + right, mode="clip")
