"""Drawing tubes onto a photo: where each pixel lies on the cloth, and how it is lit.

Arrays are only added, multiplied, divided and looked up here, from rounded numbers: so the bytes do not depend on the
processor's vector instructions. Ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

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
    reach = half.max() * (1.0 + tube.bow) + 2
    low = np.floor(tube.nodes.min(0) - reach).astype(int)
    high = np.ceil(tube.nodes.max(0) + reach).astype(int)
    x0, y0, x1, y1 = max(low[0], 0), max(low[1], 0), min(high[0], width), min(high[1], height)
    if x0 >= x1 or y0 >= y1:
        return None
    if tube.axis is not None:
        return _locate_straight(tube, half, tube.axis, (x0, y0, x1, y1))
    return _locate_bent(tube, half, (x0, y0, x1, y1))


_FINE = 8  # table steps a pixel


def _locate_straight(tube: Tube, half: np.ndarray, axis: tuple[float, float], box: tuple[int, int, int, int]) -> Patch:
    f = np.float32
    x0, y0, x1, y1 = box
    nx, ny = axis
    at = np.round((tube.nodes[:, 0] * nx + tube.nodes[:, 1] * ny) * 64) / 64
    off = np.round((tube.nodes[:, 0] * ny - tube.nodes[:, 1] * nx) * 64) / 64
    before = half[0] * max(tube.bow, float(tube.round_start)) + 1
    after = half[-1] * max(tube.bow, float(tube.round_end)) + 1
    start, end = at[0] - before, at[-1] + after
    steps = start + np.arange(int((end - start) * _FINE) + 2) / _FINE
    centre, wide = np.interp(steps, at, off), np.interp(steps, at, half)
    along, flat = np.interp(steps, at, tube.along), np.interp(steps, at, tube.flat)
    # The sheet goes on beyond the ends at the same pace.
    for place, node, other in ((steps < at[0], 0, 1), (steps > at[-1], -1, -2)):
        pace = (tube.along[node] - tube.along[other]) / (at[node] - at[other])
        along[place] = tube.along[node] + (steps[place] - at[node]) * pace
    signed = np.maximum(at[0] - steps, steps - at[-1])
    past = np.maximum(signed, 0)
    rounded = np.where(steps < (at[0] + at[-1]) / 2, tube.round_start, tube.round_end)
    over = np.where(rounded, past / wide, 0)
    limit = np.where(~rounded & (tube.bow == 0), np.clip(0.5 - signed, 0, 1), 1.0)
    limit[[0, -1]] = 0
    table = np.stack([centre, wide, along, flat, over * over, limit], 1).astype(f)
    xs, ys = np.arange(x0, x1, dtype=f)[None], np.arange(y0, y1, dtype=f)[:, None]
    index = (xs * f(nx * _FINE) + ys * f(ny * _FINE) - f(start * _FINE)).astype(np.int32)
    np.maximum(index, 0, out=index)
    np.minimum(index, len(steps) - 1, out=index)
    found = table.take(index, 0)
    across = (xs * f(ny) - ys * f(nx) - found[..., 0]) / found[..., 1]
    if tube.round_start or tube.round_end:
        across = np.copysign(np.sqrt(across * across + found[..., 4]), across)
    cover = (f(1) - np.abs(across)) * found[..., 1] + f(0.5)
    np.maximum(cover, f(0), out=cover)
    np.minimum(cover, f(1), out=cover)
    cover *= found[..., 5]
    return Patch((slice(y0, y1), slice(x0, x1)), across, found[..., 2], found[..., 3], cover)


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
    """image: (H, W, 3) float32 RGB in 0 to 255. parts: (H, W) int16, which part lies on top (0 backdrop)."""

    image: np.ndarray
    parts: np.ndarray

    def lay(self, window: tuple[slice, slice], colour: np.ndarray, alpha: np.ndarray, part: int, shadow: float) -> None:
        """Lay `colour` over the window with `alpha` 0 to 1, and a soft shadow of it on what lies below."""
        under = self.image[window]
        if shadow:
            dark = (alpha * np.float32(255)).astype(np.uint8)
            dark = cv2.blur(cv2.blur(dark, (5, 5)), (5, 5)).astype(np.float32) * np.float32(shadow / 255)
            under *= np.float32(1) - dark[..., None]
        under += (colour - under) * alpha[..., None]
        self.parts[window][alpha > np.float32(0.25)] = part


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
    _, _, places, panels, facing = tables(tube.depth, tube.turn, tube.mirror)
    at = np.clip(patch.across * STEPS + (STEPS + f(0.5)), 0, 2 * STEPS).astype(np.int32)
    cosine = facing[at]
    contrast = f(light.contrast)
    shade = f(light.level) * (f(1) - contrast * (f(0.55) * (f(1) - cosine) - f(0.35 * light.side) * patch.across))
    sheet = tube.sheet
    if far:
        shade = shade * f(0.5)
    if sheet is None:
        colour = np.asarray(tube.colour, f) * shade[..., None]
        alpha = patch.cover
    else:
        place = places[int(far)][at] * patch.flat
        row = patch.along + (f(tube.bow) if far else -f(tube.bow)) * cosine * patch.flat
        cloth = sheet.sample(place, row, panels[int(far)][at])
        alpha = patch.cover * (cloth[..., 3].astype(f) * f(1 / 255))
        gloss = f(sheet.gloss)
        if folds is not None:
            kind, ox, oy = folds
            frequency = f(sheet.fold_scale)
            slope = _folds()[kind][
                ((row * frequency).astype(np.int32) + oy) & 255,
                ((place * tube.mirror * frequency).astype(np.int32) + ox) & 255,
            ]
            shade = shade * (f(1) + f(sheet.fold_depth) * contrast * slope)
        else:
            slope = f(0)
        colour = cloth[..., :3].astype(f) * shade[..., None]
        if gloss > 0:
            spot = np.maximum(f(1) - np.abs(patch.across - f(0.45 * light.side) + f(0.5) * slope) * f(2.2), 0)
            colour = colour + (gloss * f(150) * f(light.level)) * (spot * spot)[..., None]
        elif gloss < 0:
            colour = colour * (f(1) + gloss * (cosine * cosine - f(0.45)))[..., None]
    np.minimum(colour, f(255), out=colour)
    canvas.lay(patch.window, colour, alpha, tube.part, 0 if far else 0.35 * light.contrast)
