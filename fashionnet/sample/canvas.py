"""Drawing tubes onto a photo: where each pixel lies on the cloth, and how it is lit.

Arrays are only added, multiplied, divided and looked up here, from rounded numbers: so the bytes do not depend on the
processor's vector instructions. Ours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
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
    """The pixels of a tube: `window` of the photo, and arrays of its shape (h, w)."""

    window: tuple[slice, slice]
    mask: np.ndarray  # uint8, 255 where the tube covers the pixel whole
    at: np.ndarray  # intp, the step of `tubes.tables` across; beyond their ends outside the tube
    along: np.ndarray  # float32, the sheet's y, and `flat` its half-width there; both without meaning without a sheet
    flat: np.ndarray


def locate(tube: Tube, height: int, width: int) -> Patch | None:
    """Where each pixel lies on the tube; None when it is out of the frame.

    A tube that bends little is cut by parallel planes, across its whole length's direction, and so looked up in one
    table; one that bends much (an elbow) is cut by planes that turn with it, segment by segment.
    """
    if tube.axis is not None:
        return _locate_straight(tube, tube.axis, height, width)
    return _locate_bent(tube, height, width)


Box = tuple[int, int, int, int]


def _framed(corners: Sequence[tuple[float, float]], across: float, down: float, frame: Box) -> Box | None:
    """The pixels x0, y0, x1, y1 of `frame` that are within `across`, `down` of the corners' bounding box."""
    xs, ys = zip(*corners)
    x0, y0 = max(math.floor(min(xs) - across), frame[0]), max(math.floor(min(ys) - down), frame[1])
    x1, y1 = min(math.ceil(max(xs) + across) + 1, frame[2]), min(math.ceil(max(ys) + down) + 1, frame[3])
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


_FINE = 4  # table steps a pixel along a sheet
_INSET = 0.67  # pixels that OpenCV's smooth edges lie outside the outline that is filled
_ROUND = tuple((math.cos(a * math.pi / 10), math.sin(a * math.pi / 10)) for a in range(-5, 6))


def _end(x: float, y: float, half: float, nx: float, ny: float, bow: float, rounded: bool) -> list[tuple[float, float]]:
    """The outline around a tube's end at x, y, beyond which it points to nx, ny."""
    half = max(half - _INSET, 0.1)
    if rounded:
        return [(x + half * (c * nx - s * ny), y + half * (c * ny + s * nx)) for c, s in _ROUND]
    # What sags goes on beyond its end, where the sheet is cut.
    out = half * bow if bow else -_INSET
    x, y = x + out * nx, y + out * ny
    return [(x + half * ny, y - half * nx), (x - half * ny, y + half * nx)]


def _locate_straight(tube: Tube, axis: tuple[float, float], height: int, width: int) -> Patch | None:
    # Plain numbers for the few nodes, arrays for the pixels: small arrays cost more than they save.
    f = np.float32
    nx, ny = axis
    along, flat, nodes, half = tube.along, tube.flat, tube.nodes, tube.silhouette
    reach = max(half) * (1 + tube.bow) + 2
    if _framed(nodes, reach, reach, (0, 0, width, height)) is None:
        return None
    wide = [max(w - _INSET, 0.1) for w in half]
    sides = list(zip(nodes, wide))[1:-1]
    outline = [(x + w * ny, y - w * nx) for (x, y), w in sides]
    outline += _end(*nodes[-1], half[-1], nx, ny, tube.bow, tube.round_end)
    outline += [(x - w * ny, y + w * nx) for (x, y), w in reversed(sides)]
    outline += _end(*nodes[0], half[0], -nx, -ny, tube.bow, tube.round_start)
    box = _framed(outline, 1, 1, (0, 0, width, height))
    if box is None:
        return None
    x0, y0, x1, y1 = box
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    shape = [int(v * 16 + 0.5) for x, y in outline for v in (x - x0, y - y0)]
    cv2.fillPoly(mask, [np.array(shape, np.int32).reshape(-1, 2)], 255, cv2.LINE_AA, 4)
    at = [x * nx + y * ny for x, y in nodes]
    off = [x * ny - y * nx for x, y in nodes]
    first, last = at[0], at[-1]
    before = half[0] * max(tube.bow, float(tube.round_start)) + 1
    after = half[-1] * max(tube.bow, float(tube.round_end)) + 1
    start, end = first - before, last + after
    fine = 1 if tube.sheet is None else _FINE
    steps = start + np.arange(int((end - start) * fine) + 2) / fine
    # Tables over the steps: how many of `tubes.tables`' steps across there are to a pixel, and which is at its zero.
    pace = STEPS / np.interp(steps, at, half)
    tables = [pace, STEPS + 0.5 - np.interp(steps, at, off) * pace]
    if tube.sheet is not None:  # of one colour, it makes no difference where along it a pixel lies
        # The sheet goes on beyond the ends at the same pace.
        knots = [start - 1, *at, end + 1]
        places = [
            along[0] - (before + 1) * (along[1] - along[0]) / (at[1] - first),
            *along,
            along[-1] + (after + 1) * (along[-1] - along[-2]) / (last - at[-2]),
        ]
        tables += [np.interp(steps, knots, places), np.interp(steps, at, flat)]
    # Which step of the tables each pixel is at, and how far it is to the side.
    xs, ys = np.arange(x0, x1, dtype=f), np.arange(y0, y1, dtype=f)[:, None]
    index = (xs * f(nx * fine) + (ys * f(ny * fine) - f(start * fine))).astype(np.intp)
    pace, zero, *found = np.array(tables, f).take(index, 1, mode="clip")
    across = xs * f(ny) - ys * f(nx)
    across *= pace
    across += zero
    return Patch((slice(y0, y1), slice(x0, x1)), mask, across.astype(np.intp), *(found or (pace, pace)))


def _locate_bent(tube: Tube, height: int, width: int) -> Patch | None:
    f = np.float32
    alongs, flats, nodes, half, planes = tube.along, tube.flat, tube.nodes, tube.silhouette, tube.planes
    reach = max(half) * (1.0 + tube.bow) + 2
    box = _framed(nodes, reach, reach, (0, 0, width, height))
    if box is None:
        return None
    x0, y0, x1, y1 = box
    shape = (y1 - y0, x1 - x0)
    across, along, flat = np.full(shape, 9, f), np.zeros(shape, f), np.zeros(shape, f)
    cover = np.zeros(shape, f)
    last = len(nodes) - 2
    for i in range(last + 1):
        (px, py), (qx, qy) = nodes[i : i + 2]
        (nx0, ny0), (nx1, ny1) = planes[i : i + 2]
        w0, w1 = half[i : i + 2]
        corners = [(px + e * w0 * ny0, py - e * w0 * nx0) for e in (-1, 1)]
        corners += [(qx + e * w1 * ny1, qy - e * w1 * nx1) for e in (-1, 1)]
        extra = max(w0, w1) * max(tube.bow, float(tube.round_start), float(tube.round_end))
        pad = 1 + (extra if i in (0, last) else 0)
        part = _framed(corners, pad, pad, box)
        if part is None:
            continue
        xs = np.arange(part[0], part[2], dtype=f) - f(px)
        ys = (np.arange(part[1], part[3], dtype=f) - f(py))[:, None]
        dx, dy = qx - px, qy - py
        before = xs * f(nx0) + ys * f(ny0)  # distance past the first plane
        beyond = (xs - f(dx)) * f(nx1) + (ys - f(dy)) * f(ny1)  # distance past the second plane
        span = before - beyond
        inside = span > f(0.01)
        if i > 0:
            inside &= before >= 0
        if i < last:
            inside &= beyond < 0
        np.maximum(span, f(0.01), out=span)
        t = np.divide(before, span, out=span)
        np.maximum(t, f(-2), out=t)
        np.minimum(t, f(3), out=t)
        held = np.minimum(np.maximum(t, f(0)), f(1))
        w = held * f(w1 - w0)
        w += f(w0)
        s = (ys - t * f(dy)) * (f(nx0) + held * f(nx1 - nx0))
        s -= (xs - t * f(dx)) * (f(ny0) + held * f(ny1 - ny0))
        s /= -w
        if i == 0 and tube.round_start:
            over = np.maximum(-before, f(0)) / w
            s = np.copysign(np.sqrt(s * s + over * over), s)
        if i == last and tube.round_end:
            over = np.maximum(beyond, f(0)) / w
            s = np.copysign(np.sqrt(s * s + over * over), s)
        c = (f(1) - np.abs(s)) * w
        c += f(0.5)
        np.minimum(c, f(1), out=c)
        if i == 0 and not (tube.round_start or tube.bow):
            c *= np.minimum(np.maximum(before + f(0.5), f(0)), f(1))
        if i == last and not (tube.round_end or tube.bow):
            c *= np.minimum(np.maximum(f(0.5) - beyond, f(0)), f(1))
        window = (slice(part[1] - y0, part[3] - y0), slice(part[0] - x0, part[2] - x0))
        inside &= c > cover[window]
        np.copyto(across[window], s, where=inside)
        np.copyto(cover[window], c, where=inside)
        np.copyto(along[window], f(alongs[i]) + t * f(alongs[i + 1] - alongs[i]), where=inside)
        np.copyto(flat[window], f(flats[i]) + held * f(flats[i + 1] - flats[i]), where=inside)
    across *= f(STEPS)
    across += f(STEPS + 0.5)
    mask = (cover * f(255) + f(0.5)).astype(np.uint8)
    return Patch((slice(y0, y1), slice(x0, x1)), mask, across.astype(np.intp), along, flat)


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

    def lay(self, window: tuple[slice, slice], colour: np.ndarray, mask: np.ndarray, part: int, shadow: float) -> None:
        """Lay `colour` (3, h, w) over the window where the uint8 `mask` is, and a soft shadow of it on what lies below.

        `colour` is used up."""
        f = np.float32
        under = self.image[:, *window]
        alpha = mask * f(1 / 255)
        colour *= alpha
        left = np.subtract(f(1), alpha, out=alpha)  # of what lies below
        if shadow:
            dark = cv2.blur(mask, (7, 7)) * f(-shadow / 255)
            dark += f(1)
            left *= dark
        under *= left
        under += colour
        self.parts[window][mask > 63] = part


@lru_cache(maxsize=16)
def _shades(light: Light) -> np.ndarray:
    """(2 * STEPS + 1,) float32 brightness over the position across, as `tables` runs."""
    _, _, _, _, facing = tables(1.0, 0)
    across = np.arange(-STEPS, STEPS + 1) / STEPS
    shade = light.level * (1 - light.contrast * (0.55 * (1 - facing.astype(float)) - 0.35 * light.side * across))
    return (np.round(shade * 16384) / 16384).astype(np.float32)


@lru_cache(maxsize=32)
def _tones(light: Light, colour: tuple[int, int, int]) -> np.ndarray:
    """(3, 2 * STEPS + 1) float32 colours over the position across."""
    return np.minimum(_shades(light) * np.array(colour, np.float32)[:, None], np.float32(255))


def paint(
    canvas: Canvas, tube: Tube, light: Light, folds: tuple[int, int, int] | None = None, far: bool = False
) -> None:
    """Draw the tube's near side, or with `far` its far side as seen from inside, onto the canvas.

    folds: which drape, and where in it, so that no two garments fold alike.
    """
    if tube.sheet is None:
        for piece in tube.straight():
            patch = locate(piece, *canvas.parts.shape)
            if patch is not None:
                colour = _tones(light, tube.colour).take(patch.at, 1, mode="clip")
                canvas.lay(patch.window, colour, patch.mask, tube.part, 0.35 * light.contrast)
        return
    patch = locate(tube, *canvas.parts.shape)
    if patch is not None:
        _paint_cloth(canvas, tube, tube.sheet, patch, light, folds, far)


def _paint_cloth(
    canvas: Canvas,
    tube: Tube,
    sheet: Sheet,
    patch: Patch,
    light: Light,
    folds: tuple[int, int, int] | None,
    far: bool,
) -> None:
    f = np.float32
    shade = _shades(light).take(patch.at, mode="clip")
    if far:
        shade *= f(0.68)
    _, _, places, panels, facing = tables(tube.depth, tube.turn)
    place, panel = places[int(far)].take(patch.at, mode="clip"), panels[int(far)].take(patch.at, mode="clip")
    place *= patch.flat
    cosine = facing.take(patch.at, mode="clip")
    row = cosine * patch.flat
    row *= f(tube.bow) if far else -f(tube.bow)
    row += patch.along
    *cloth, thick = cv2.split(sheet.sample(place if tube.mirror == 1 else -place, row, panel))
    gloss = sheet.gloss
    slope = None
    if folds is not None:
        slope = _fold(sheet, place, row, folds)
        shade *= f(1) + f(sheet.fold_depth * light.contrast) * slope
    if gloss < 0:
        shade *= f(1) + f(gloss) * (cosine * cosine - f(0.45))
    colour = np.empty((3, *shade.shape), f)
    for plane, painted in zip(colour, cloth):
        np.multiply(painted, shade, out=plane)
    if gloss > 0:
        across = patch.at * f(1 / STEPS) - f(1 + 0.45 * light.side)
        spot = np.abs(across if slope is None else across + f(0.2) * slope)
        spot = np.maximum(f(1) - spot * f(1.7), f(0))
        colour += f(gloss * 150 * light.level) * (spot * spot)
    np.minimum(colour, f(255), out=colour)
    mask = (patch.mask * (thick * f(1 / 255))).astype(np.uint8)
    canvas.lay(patch.window, colour, mask, tube.part, 0 if far else 0.35 * light.contrast)


def _fold(sheet: Sheet, place: np.ndarray, row: np.ndarray, folds: tuple[int, int, int]) -> np.ndarray:
    """The slope of the cloth at `place` and `row` of the sheet, about -1 to 1."""
    kind, ox, oy = folds
    down = (row * np.float32(sheet.fold_scale)).astype(np.int32) + oy & 255
    right = (place * np.float32(sheet.fold_scale)).astype(np.int32) + ox & 255
    return _folds()[kind].ravel().take((down << 8) + right, mode="clip")
