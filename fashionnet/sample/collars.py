"""Necklines and collars, painted on the sheet of the body. Ours."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fashionnet.sample.cut import shoulder_y
from fashionnet.sample.sheets import BACK, BOTH, FRONT, Sheet
from fashionnet.sample.stitches import KNITTED, box, gathers

if TYPE_CHECKING:
    from fashionnet.sample.tailor import Tailor


def collar(t: Tailor, sheet: Sheet, front: list, back: list) -> None:
    item = t.item
    a, depth, _ = t.cut.neck
    y = shoulder_y(a)
    contrast = "contrast trim" in item.details
    if item.neck in (
        "crew neck",
        "v-neck",
        "scoop neck",
        "boat neck",
        "square neck",
        "keyhole",
        "one-shoulder",
        "halter",
        "open neck",
        "strapless",
        "sweetheart",
        "off-the-shoulder",
        "cowl neck",
    ):
        knitted = item.fabric in KNITTED or item.category in ("Tee", "Tank")
        width = 0.03 if (knitted and item.category != "Tank") or contrast else 0.014
        if item.category == "Tee":
            width = 0.02  # flat and narrow, unlike a sweater's
        colour = t.trim if (contrast or knitted) else t.ink
        for edge, sides in ((front, FRONT), (back, BACK)):
            sheet.line(edge, colour, width, sides)
            if knitted:
                outer = [(x * 1.22, yy + 0.014) for x, yy in edge]
                sheet.shade(outer, 0.75, 0.004, sides)
    if item.neck == "cowl neck":
        for k in range(1, 5):
            drop = 0.018 * k
            curve = [
                (s * (a + 0.012), y + depth * (1 - s * s) + drop * (1 - 0.5 * s * s))
                for s in (i / 8 for i in range(-8, 9))
            ]
            sheet.shade(curve, 0.62, 0.009)
            sheet.shade([(x, v + 0.009) for x, v in curve], 1.2, 0.007)
    if item.neck in ("collared", "tie-neck"):
        for side in (-1, 1):
            leaf = [
                (side * 0.03, y - 0.02),
                (side * 0.052, y - 0.004),
                (side * 0.06, y + 0.034),
                (side * 0.026, y + 0.05),
                (side * 0.002, y + depth - 0.002),
            ]
            if item.neck == "collared":
                if contrast:
                    sheet.fill(leaf, t.trim)
                sheet.shade(leaf, 1.08)
                sheet.line(leaf, t.ink, 0.006, closed=True)
        sheet.line(back, t.ink, 0.008, BACK)
    if item.neck == "tie-neck":
        bow(t, sheet, 0.0, y + depth + 0.012, 0.045, t.second if contrast else t.base, long=True)
    if item.neck == "peter pan collar":
        leafy = t.second if sum(t.second) > 600 or contrast else (244, 242, 236)
        for side in (-1, 1):
            leaf = [
                (
                    side * (0.004 + 0.062 * math.sin(s)),
                    y + depth - 0.006 + 0.03 * math.cos(s * 0.9) - (0.05 if s > 2.2 else 0),
                )
                for s in (0, 0.4, 0.8, 1.2, 1.6, 1.9)
            ]
            leaf += [(side * 0.05, y - 0.025), (side * 0.03, y - 0.02), (side * 0.002, y + depth - 0.012)]
            sheet.fill(leaf, leafy)
            sheet.line(leaf, t.ink, 0.005, closed=True)
        sheet.line([(x * 1.15, v + 0.016) for x, v in back], leafy, 0.034, BACK)
    if item.neck == "lapel":
        for side in (-1, 1):
            leaf = [
                (side * 0.03, y - 0.03),
                (side * 0.056, y + 0.004),
                (side * 0.05, y + 0.03),
                (side * 0.078, y + 0.045),
                (side * 0.066, y + 0.08),
                (0.0, y + depth + 0.004),
            ]
            if contrast:
                sheet.fill(leaf, t.trim)
            sheet.shade(leaf, 0.86)
            sheet.line(leaf, t.ink, 0.006, closed=True)
            sheet.line([(side * 0.05, y + 0.03), (side * 0.03, y + 0.036)], t.ink, 0.006)
        sheet.line([(x * 1.1, v + 0.02) for x, v in back], t.ink, 0.006, BACK)
    if item.neck == "shawl collar":
        for side in (-1, 1):
            leaf = [
                (side * 0.03, y - 0.03),
                (side * 0.062, y + 0.006),
                (side * 0.072, y + 0.05),
                (side * 0.056, y + 0.1),
                (0.0, y + depth + 0.006),
            ]
            if contrast:
                sheet.fill(leaf, t.trim)
            sheet.shade(leaf, 0.84)
            sheet.line(leaf[1:], t.ink, 0.006)
        sheet.line([(x * 1.12, v + 0.024) for x, v in back], t.ink, 0.006, BACK)
    if item.neck == "hooded":
        for side in (-1, 1):
            leaf = [
                (side * 0.03, y - 0.03),
                (side * 0.064, y + 0.004),
                (side * 0.05, y + 0.04),
                (0.0, y + depth + 0.022),
                (0.0, y + depth),
            ]
            sheet.shade(leaf, 0.74)
            sheet.line(leaf[1:4], t.ink, 0.006)
    if item.neck == "rib collar":
        sheet.line(front, t.trim, 0.02)
        sheet.line(back, t.trim, 0.02, BACK)
    if "beaded" in item.details:
        for i, (x, v) in enumerate(front[1:-1]):
            sheet.dot(x * 1.16, v + 0.012, 0.0058, (248, 226, 160) if i % 2 else (236, 240, 246))
    if item.neck == "off-the-shoulder":
        sheet.shade(box(-1, 0.282, 1, 0.29), 0.62, sides=BOTH)
        gathers(sheet, 0.11, 0.235, 0.283, 9)


def bow(t: Tailor, sheet: Sheet, x: float, y: float, size: float, colour, long: bool = False) -> None:
    for side in (-1, 1):
        loop = [
            (x, y),
            (x + side * size * 0.9, y - size * 0.42),
            (x + side * size, y + size * 0.05),
            (x + side * size * 0.8, y + size * 0.4),
        ]
        tail = [
            (x, y),
            (x + side * size * 0.28, y + size * (2.1 if long else 1.1)),
            (x + side * size * 0.62, y + size * (1.9 if long else 0.95)),
        ]
        for shape in (tail, loop):
            sheet.fill(shape, colour)
            sheet.line(shape, t.ink, 0.005, closed=True)
    sheet.fill(
        box(x - size * 0.16, y - size * 0.2, x + size * 0.16, y + size * 0.2), tuple(int(v * 0.75) for v in colour)
    )
