"""Shapes and stitches that several trims are made of. Ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fashionnet.sample.interpolate import lerp
from fashionnet.sample.sheets import BOTH, FRONT, Sheet

if TYPE_CHECKING:
    from fashionnet.sample.tailor import Tailor


KNITTED = ("knit", "cable knit", "ribbed", "waffle", "fleece")


METAL = (206, 208, 214)


def box(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float]]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def knob(sheet: Sheet, x: float, y: float, radius: float, colour, sides=FRONT) -> None:
    """A round button with a rim, so that it stands out from cloth of its own colour."""
    rim = (44, 40, 42) if sum(colour) > 300 else (214, 210, 204)
    sheet.dot(x, y, radius * 1.4, rim, sides)
    sheet.dot(x, y, radius, colour, sides)


def ribs(t: Tailor, sheet: Sheet, y0: float, y1: float, period: float) -> None:
    count = int(sheet.half / period) + 1
    lines = [[(i * period, y0), (i * period, y1)] for i in range(-count, count + 1)]
    sheet.shades(lines, 0.72, period * 0.4, BOTH)


def gathers(sheet: Sheet, half: float, y0: float, y1: float, count: int) -> None:
    lines = []
    for i in range(-count, count + 1):
        x = i / count * half
        lines.append([(x * 0.96, y0), (x * 1.12, y0 + (y1 - y0) * (0.6 + 0.4 * ((i * 7) % 3) / 2))])
    sheet.shades(lines, 0.86, 0.005, BOTH)


def pleats(sheet: Sheet, y0: float, y1: float, period: float) -> None:
    count = int(sheet.half / period) + 1
    for shift, factor in ((0.0, 0.58), (period * 0.4, 1.22)):
        at = [i * period + shift for i in range(-count, count + 1)]
        lines = [[(x * 0.75, y0), (x, (y0 + y1) / 2), (x * 1.08, y1 + 0.02)] for x in at]
        sheet.shades(lines, factor, period * 0.3, BOTH)


def ruffle(sheet: Sheet, path: list, sides, upright: bool = False) -> None:
    width = 0.03
    sheet.shade(path, 1.12, width, sides)
    a, b = path[0], path[-1]
    off = (0.014, 0.0) if upright else (0.0, 0.018)
    sheet.shade([(x + off[0], y + off[1]) for x, y in path], 0.55, 0.008, sides)
    span = max(abs(b[0] - a[0]), abs(b[1] - a[1]))
    count = int(span / 0.018)
    step = ((-0.012, 0.006), (0.012, -0.004)) if upright else ((-0.004, -0.014), (0.004, 0.016))
    share = [i / (len(path) - 1) for i in range(len(path))]
    lines = []
    for i in range(count + 1):
        x, y = (lerp(i / max(count, 1), share, [p[axis] for p in path]) for axis in (0, 1))
        lines.append([(x + dx, y + dy) for dx, dy in step])
    sheet.shades(lines, 0.68, 0.005, sides)


def rip(sheet: Sheet, x: float, y: float, size: float, sides=FRONT) -> None:
    hole = [
        (x - size, y),
        (x - size * 0.5, y - size * 0.5),
        (x + size * 0.6, y - size * 0.45),
        (x + size, y + 0.002),
        (x + size * 0.4, y + size * 0.5),
        (x - size * 0.6, y + size * 0.4),
    ]
    sheet.line(hole, (232, 234, 238), 0.006, sides, closed=True)
    sheet.cut(hole, sides, alpha=40)
    for k in (-0.25, 0.12, 0.4):
        thread = [
            (x - size * 0.8, y + size * k * 0.8),
            (x + size * 0.8, y + size * k * 0.8 + 0.001),
            (x + size * 0.8, y + size * k * 0.8 + 0.004),
            (x - size * 0.8, y + size * k * 0.8 + 0.004),
        ]
        sheet.fill(thread, (236, 238, 242), sides)
        sheet.cut(thread, sides, alpha=255)
