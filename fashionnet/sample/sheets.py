"""Flat sheets of cloth, painted as a sewing pattern is: a front and a back panel side by side, in body units.

The body unit is the wearer's height. x runs to the wearer's left as seen from the front and is 0 in the middle of the
panel, y runs down from the top of the head. Ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np

FRONT, BACK, BOTH = (0,), (1,), (0, 1)
Colour = Sequence[int]
_SHIFT = 4


@lru_cache(maxsize=64)
def _gains(factor: float) -> np.ndarray:
    """(256,) uint16: the gain in 1/128 at each level of a mask, of which the highest is `factor` (below 2)."""
    return np.round(128 + np.arange(256) * (128 * (factor - 1) / 255)).astype(np.uint16)


class Sheet:
    """Cloth from y `top` to `bottom` and x -`half` to `half`, `scale` pixels a body unit.

    colour: (H, 2 W, 3) uint8, the front panel left of the back panel (as seen from behind); alpha: (H, 2 W) uint8.
    gloss: above 0 shines, below 0 is darker towards the viewer as pile is; fold_depth, fold_scale: how it drapes.
    """

    def __init__(self, top: float, bottom: float, half: float, scale: int) -> None:
        self.top, self.half, self.scale = top, half, scale
        self.height = max(4, int(np.ceil((bottom - top) * scale)))
        self.width = 2 * int(np.ceil(half * scale)) + 6
        self.colour = np.zeros((self.height, 2 * self.width, 3), np.uint8)
        self.alpha = np.full((self.height, 2 * self.width), 255, np.uint8)
        self.gloss, self.fold_depth, self.fold_scale = 0.0, 0.2, 400.0
        self._cloth: np.ndarray | None = None

    def grid(self) -> tuple[np.ndarray, np.ndarray]:
        """x (1, 2 W) and y (H, 1) of the pixels, body units; x starts again on the back panel."""
        x = (np.arange(self.width, dtype=np.float32) - (self.width - 1) / 2) / self.scale
        return np.concatenate([x, x])[None], (np.arange(self.height, dtype=np.float32) / self.scale + self.top)[:, None]

    def pixels(self, points: Sequence[Sequence[float]]) -> np.ndarray:
        # Plain numbers: the shapes have a handful of points, for which an array costs more than it saves.
        scale, unit = self.scale, 1 << _SHIFT
        left = (self.width - 1) / 2
        flat = [round(v * unit) for x, y in points for v in (x * scale + left, (y - self.top) * scale)]
        return np.array(flat, np.int32).reshape(-1, 2)

    def _each(self, side: int, image: np.ndarray) -> np.ndarray:
        return image[:, side * self.width : (side + 1) * self.width]

    # Each panel is drawn on by itself: a shape that leaves the front must not come in at the back.

    def fill(self, points: Sequence[Sequence[float]], colour: Colour, sides: Sequence[int] = FRONT) -> None:
        shape, tone = [self.pixels(points)], tuple(map(int, colour))
        for side in sides:
            cv2.fillPoly(self._each(side, self.colour), shape, tone, cv2.LINE_AA, _SHIFT)

    def line(
        self,
        points: Sequence[Sequence[float]],
        colour: Colour,
        width: float,
        sides: Sequence[int] = FRONT,
        closed: bool = False,
    ) -> None:
        """A line `width` body units wide, at least a pixel."""
        thick, tone = max(1, round(width * self.scale)), tuple(map(int, colour))
        shape = [self.pixels(points)]
        for side in sides:
            cv2.polylines(self._each(side, self.colour), shape, closed, tone, thick, cv2.LINE_AA, _SHIFT)

    def dot(self, x: float, y: float, radius: float, colour: Colour, sides: Sequence[int] = FRONT) -> None:
        ((px, py),) = self.pixels([(x, y)]).tolist()
        size = max(int(radius * self.scale * (1 << _SHIFT)), 14)
        for side in sides:
            panel = self._each(side, self.colour)
            cv2.circle(panel, (px, py), size, tuple(map(int, colour)), -1, cv2.LINE_AA, _SHIFT)

    def cut(self, points: Sequence[Sequence[float]], sides: Sequence[int] = FRONT, alpha: int = 0) -> None:
        """Cut a piece out (or make it `alpha` thick)."""
        shape = [self.pixels(points)]
        for side in sides:
            cv2.fillPoly(self._each(side, self.alpha), shape, alpha, cv2.LINE_AA, _SHIFT)

    def band(self, y0: float, y1: float, colour: Colour, sides: Sequence[int] = BOTH) -> None:
        self.fill(((-self.half - 1, y0), (self.half + 1, y0), (self.half + 1, y1), (-self.half - 1, y1)), colour, sides)

    def shade(
        self, points: Sequence[Sequence[float]], factor: float, width: float = 0.0, sides: Sequence[int] = FRONT
    ) -> None:
        """Darken (factor below 1) or lighten a polygon, or with `width` a line along the points."""
        self.shades([points], factor, width, sides)

    def shades(
        self,
        shapes: Sequence[Sequence[Sequence[float]]],
        factor: float,
        width: float = 0.0,
        sides: Sequence[int] = FRONT,
    ) -> None:
        """As `shade`, many polygons or lines at once; where they overlap, they shade once."""
        outlines = [self.pixels(points) for points in shapes]
        if not outlines:
            return
        thick = max(1, round(width * self.scale))
        every = np.concatenate(outlines)
        x0, y0 = (max(v // 16 - thick - 1, 0) for v in every.min(0).tolist())
        x1, y1 = every.max(0).tolist()
        x1, y1 = min(x1 // 16 + thick + 2, self.width), min(y1 // 16 + thick + 2, self.height)
        if x0 >= x1 or y0 >= y1:
            return
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        if width:
            cv2.polylines(mask, [p - (x0 * 16, y0 * 16) for p in outlines], False, 255, thick, cv2.LINE_AA, _SHIFT)
        else:
            cv2.fillPoly(mask, [p - (x0 * 16, y0 * 16) for p in outlines], 255, cv2.LINE_AA, _SHIFT)
        gain = cv2.LUT(mask, _gains(factor))
        gain = cv2.merge([gain, gain, gain])
        for side in sides:
            part = self._each(side, self.colour)[y0:y1, x0:x1]
            shaded = np.multiply(part, gain, dtype=np.uint16)
            shaded >>= 7
            np.minimum(shaded, 255, out=part, casting="unsafe")

    def finish(self) -> Sheet:
        self._cloth = cv2.merge([self.colour, self.alpha])
        self._thin = self.alpha.min(1)
        return self

    def forget(self) -> Sheet:
        """Give up what was drawn on, to be kept in less memory; `sample` and `opaque` do without."""
        del self.colour, self.alpha
        return self

    def opaque(self, above: float) -> bool:
        """Whether nothing shows through the cloth above y."""
        rows = self._thin[: max(int((above - self.top) * self.scale), 0)]
        return int(rows.min(initial=255)) == 255

    def sample(self, x: np.ndarray, y: np.ndarray, panel: np.ndarray) -> np.ndarray:
        """The cloth at x, y (body units) of panel 0 or 1: (..., 4) uint8, nothing outside the sheet."""
        f = np.float32
        column = x * f(self.scale)
        column += panel * f(self.width)
        column += f((self.width - 1) / 2)
        row = y * f(self.scale)
        row -= f(self.top * self.scale)
        # Whole and 1/32 pixels apart: OpenCV's integer path, the same on every processor.
        whole, parts = cv2.convertMaps(column, row, cv2.CV_16SC2)
        return cv2.remap(
            self._cloth, whole, parts, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0)
        )
