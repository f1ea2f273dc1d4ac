"""What is worked onto a garment: seams, collars, closures, pockets, prints, trims and edges, painted on its sheets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fashionnet.sample.cut import hem_y, shoulder_y
from fashionnet.sample.patterns import GREEN, _heart, _petals, _ring
from fashionnet.sample.sheets import BACK, BOTH, FRONT, Sheet

if TYPE_CHECKING:
    from fashionnet.sample.tailor import Tailor

KNITTED = ("knit", "cable knit", "ribbed", "waffle", "fleece")
METAL = (206, 208, 214)


def box(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float]]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def ribs(t: Tailor, sheet: Sheet, y0: float, y1: float, period: float) -> None:
    count = int(sheet.half / period) + 1
    for i in range(-count, count + 1):
        sheet.shade([(i * period, y0), (i * period, y1)], 0.72, period * 0.4, BOTH)


def seams(t: Tailor, sheet: Sheet) -> None:
    """Side and shoulder seams, and shading of the bust and waist."""
    item, cut = t.item, t.cut
    profile = cut.profiles["body"]
    if item.cut in ("fitted", "bodycon", "fit & flare", "a-line", "peplum") and item.fabric not in ("lace", "crochet"):
        for side in (-1, 1):
            sheet.shade([(side * 0.048, 0.29), (side * 0.043, 0.385)], 0.86, 0.007)
    if (
        item.cut in ("peplum", "drop waist", "empire waist", "fit & flare", "a-line", "high-low", "tiered")
        or item.kind == "jumpsuit"
    ):
        y = {"drop waist": 0.475, "empire waist": 0.307}.get(item.cut, 0.386)
        if y < cut.ends["body"] - 0.03 and item.cut != "onesie":
            sheet.line([(-1, y), (1, y)], t.ink, 0.006, BOTH)
            gathers(sheet, profile.at(y), y, min(y + 0.11, cut.ends["body"]), 9)
    if item.cut == "tiered":
        hem = cut.ends["body"]
        for k in (1, 2):
            y = 0.385 + (hem - 0.385) / 3 * k
            sheet.shade(box(-1, y - 0.004, 1, y + 0.013), 0.58, sides=BOTH)
            gathers(sheet, profile.at(y), y, y + 0.05, 13)
    if "pleated" in item.details:
        pleats(sheet, 0.39 if item.clothes_type != 2 else cut.top, cut.ends["body"], 0.021)


def gathers(sheet: Sheet, half: float, y0: float, y1: float, count: int) -> None:
    for i in range(-count, count + 1):
        x = i / count * half
        sheet.shade([(x * 0.96, y0), (x * 1.12, y0 + (y1 - y0) * (0.6 + 0.4 * ((i * 7) % 3) / 2))], 0.86, 0.005, BOTH)


def pleats(sheet: Sheet, y0: float, y1: float, period: float) -> None:
    count = int(sheet.half / period) + 1
    for i in range(-count, count + 1):
        x = i * period
        sheet.shade([(x * 0.75, y0), (x, (y0 + y1) / 2), (x * 1.08, y1 + 0.02)], 0.58, period * 0.3, BOTH)
        sheet.shade(
            [
                ((x + period * 0.4) * 0.75, y0),
                (x + period * 0.4, (y0 + y1) / 2),
                ((x + period * 0.4) * 1.08, y1 + 0.02),
            ],
            1.22,
            period * 0.3,
            BOTH,
        )


def waistband(t: Tailor, sheet: Sheet) -> None:
    item, cut = t.item, t.cut
    top = cut.top
    if item.cut == "leggings" or (item.kind == "trousers" and item.closure == "none"):
        sheet.shade([(-1, top + 0.022), (1, top + 0.022)], 0.7, 0.004, BOTH)
        if item.cut in ("tapered", "straight", "flared") and item.cut != "leggings":
            ribs(t, sheet, top, top + 0.022, 0.012)
    else:
        sheet.line([(-1, top + 0.024), (1, top + 0.024)], t.stitch, 0.004, BOTH)
        if item.category in ("Jeans", "Cutoffs", "Chinos", "Capris", "Shorts"):
            for x in (-0.07, -0.035, 0.035, 0.07):
                sheet.line([(x, top + 0.002), (x, top + 0.028)], t.stitch, 0.006, BOTH)
    if item.kind == "skirt":
        if item.cut in ("fit & flare", "tiered", "peplum", "high-low"):
            gathers(sheet, cut.profiles["body"].at(top + 0.02), top + 0.026, top + 0.14, 10)
        if item.cut == "tiered":
            seams(t, sheet)
        elif "pleated" in item.details:
            pleats(sheet, top + 0.026, cut.ends["body"], 0.021)
        if item.cut == "pencil":
            for side in (-1, 1):
                sheet.shade([(side * 0.04, top + 0.026), (side * 0.045, top + 0.09)], 0.82, 0.005, BOTH)
    if item.kind == "trousers" and item.category not in ("Leggings",):
        # Slant pockets in front, patch or welt pockets behind.
        if item.category not in ("Culottes",) and item.cut != "slim":
            for side in (-1, 1):
                sheet.line(
                    [(side * 0.06, top + 0.026), (side * 0.074, top + 0.045), (side * 0.095, top + 0.072)],
                    t.stitch,
                    0.005,
                )
        if item.fabric in ("denim", "acid wash"):
            for side in (-1, 1):
                x = side * 0.048
                sheet.line(
                    [(x - 0.026, 0.452), (x + 0.026, 0.452), (x + 0.026, 0.492), (x, 0.505), (x - 0.026, 0.492)],
                    t.stitch,
                    0.005,
                    BACK,
                    True,
                )
            sheet.line([(-1, top + 0.045), (0, top + 0.058), (1, top + 0.045)], t.stitch, 0.004, BACK)
        elif item.closure == "fly":
            for side in (-1, 1):
                sheet.line([(side * 0.025, 0.458), (side * 0.072, 0.454)], t.ink, 0.006, BACK)
        if "pleated" in item.details:
            pleats(sheet, top + 0.026, 0.6, 0.021)
    if item.closure == "fly":
        sheet.line([(0.0, top + 0.024), (0.0, 0.505)], t.ink, 0.005)
        sheet.line([(0.017, top + 0.024), (0.017, 0.475), (0.0, 0.5)], t.stitch, 0.004)
        sheet.dot(0.004, top + 0.012, 0.006, METAL if item.fabric in ("denim", "acid wash") else t.ink)


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
        knitted = item.fabric in KNITTED or item.category in ("Tee", "Henley", "Tank")
        width = 0.03 if (knitted and item.category not in ("Tank",)) or contrast else 0.014
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


def fronts(t: Tailor, sheet: Sheet) -> None:
    """Closures, pockets, prints and whatever else lies on the front."""
    item, cut, details = t.item, t.cut, t.item.details
    a, depth, _ = cut.neck
    start = 0.228 if cut.strapped else shoulder_y(a) + depth
    if item.clothes_type == 2:
        start = cut.top + 0.012
    end = cut.ends["body"] if "leg" not in cut.profiles else 0.5
    button = METAL if item.fabric in ("denim", "acid wash") else (t.ink if sum(t.base) > 190 else (176, 170, 160))
    big = item.category in ("Coat", "Blazer", "Cardigan")
    if item.closure == "button front":
        sheet.line([(0.011, start - 0.02), (0.011, end)], t.ink, 0.004)
        if not big:
            sheet.line([(-0.011, start - 0.02), (-0.011, end)], t.ink, 0.004)
        ys = (0.36, 0.4) if item.category == "Blazer" else np.arange(start + 0.014, end - 0.02, 0.062 if big else 0.042)
        for y in ys:
            sheet.dot(0.0, float(y), 0.0082 if big else 0.0062, button)
        if item.category == "Blazer" and item.kind == "top":
            sheet.cut([(0.0, end - 0.02), (0.03, end + 0.2), (-0.03, end + 0.2)])
    elif item.closure == "double-breasted":
        sheet.line([(0.0, start - 0.01), (0.034, start + 0.02), (0.034, end)], t.ink, 0.005)
        for y in np.arange(max(start + 0.03, 0.31), min(end - 0.03, 0.5), 0.05):
            for x in (-0.026, 0.026):
                sheet.dot(x, float(y), 0.0088, (206, 178, 104) if item.seed & 1 else button)
    elif item.closure == "zip":
        sheet.line([(0.0, start - 0.02), (0.0, end)], t.ink, 0.014)
        sheet.line([(0.0, start - 0.02), (0.0, end)], METAL, 0.006)
        sheet.fill(box(-0.006, start + 0.004, 0.006, start + 0.026), METAL)
    elif item.closure == "asymmetric zip":
        for side in (-1, 1):
            flap = [(side * 0.03, start - 0.06), (side * 0.085, 0.225), (side * 0.06, 0.27), (0.006 * side, 0.315)]
            sheet.shade(flap, 0.8)
            sheet.line(flap, t.ink, 0.006, closed=True)
        sheet.line([(0.062, 0.25), (0.018, 0.34), (0.006, end)], t.ink, 0.014)
        sheet.line([(0.062, 0.25), (0.018, 0.34), (0.006, end)], METAL, 0.007)
        sheet.line([(-0.075, 0.36), (-0.04, 0.38)], METAL, 0.007)
    elif item.closure == "henley placket":
        sheet.shade(box(-0.012, start - 0.02, 0.012, start + 0.078), 0.84)
        sheet.line(box(-0.012, start - 0.02, 0.012, start + 0.078), t.ink, 0.004, closed=True)
        for k in range(3):
            sheet.dot(0.0, start + 0.014 + 0.024 * k, 0.0062, button)
    elif item.closure == "toggle":
        sheet.line([(0.012, start - 0.01), (0.012, end)], t.ink, 0.005)
        for y in np.arange(start + 0.03, min(end - 0.05, 0.52), 0.066):
            sheet.line(
                [(-0.04, float(y)), (0.04, float(y))], (70, 50, 38) if sum(t.base) > 260 else (200, 170, 120), 0.006
            )
            sheet.line([(-0.014, float(y)), (0.014, float(y))], (186, 140, 90), 0.013)
    elif item.closure == "wrap":
        reach = 0.45 if item.category == "Robe" else 0.385
        lap = [(-0.046, shoulder_y(a) if not cut.strapped else 0.226), (0.0, 0.27), (0.075, reach), (0.085, end)]
        if item.clothes_type == 2:
            lap = [(-0.05, start), (0.0, start + 0.05), (0.04, end)]
        sheet.shade([(x + 0.006, y) for x, y in lap], 0.6, 0.014)
        sheet.line(lap, t.trim if "contrast trim" in details else t.ink, 0.008)
    elif item.closure == "lace-up":
        for k in range(4):
            y = start - 0.016 + 0.019 * k
            sheet.line([(-0.022, y), (0.022, y + 0.016)], t.ink, 0.005)
            sheet.line([(0.022, y), (-0.022, y + 0.016)], t.ink, 0.005)
    elif item.closure == "open front":
        gap = 0.03 if item.category != "Kimono" else 0.042
        opening = [
            (-a * 0.9, shoulder_y(a)),
            (-gap, 0.25),
            (-gap - 0.006, 0.4),
            (-gap - 0.02, end),
            (-gap - 0.02, end + 0.2),
        ]
        both = opening + [(-x, y) for x, y in reversed(opening)]
        sheet.line(
            opening, t.trim if "contrast trim" in details else t.ink, 0.022 if "contrast trim" in details else 0.008
        )
        sheet.line(
            [(-x, y) for x, y in opening],
            t.trim if "contrast trim" in details else t.ink,
            0.022 if "contrast trim" in details else 0.008,
        )
        sheet.cut(both)
    pockets(t, sheet, end)
    prints(t, sheet, start)
    waist(t, sheet, end)


def pockets(t: Tailor, sheet: Sheet, end: float) -> None:
    item, details = t.item, t.item.details
    if "chest pocket" in details:
        for x in (0.045,) if item.category in ("Tee", "Tank", "Henley", "Blazer") else (-0.045, 0.045):
            if item.category == "Blazer":
                sheet.line([(x - 0.018, 0.276), (x + 0.018, 0.27)], t.second, 0.01)
                continue
            pocket = [(x - 0.02, 0.262), (x + 0.02, 0.262), (x + 0.02, 0.302), (x, 0.31), (x - 0.02, 0.302)]
            if item.pattern is None and item.category in ("Tee", "Tank", "Henley"):
                sheet.shade(pocket, 0.84)
            sheet.line(pocket, t.stitch, 0.006, closed=True)
            if item.category in ("Jacket", "Button-Down"):
                sheet.line([(x - 0.02, 0.276), (x, 0.284), (x + 0.02, 0.276)], t.stitch, 0.005)
    if "patch pocket" in details:
        y = 0.425 if end < 0.5 else 0.45
        for x in (-0.055, 0.055):
            pocket = box(x - 0.03, y - 0.028, x + 0.03, min(y + 0.034, end - 0.008))
            sheet.shade(pocket, 0.88)
            sheet.line(pocket, t.ink, 0.007, closed=True)
            sheet.line([(x - 0.03, y - 0.016), (x + 0.03, y - 0.016)], t.ink, 0.004)
    if "flap pocket" in details:
        y = 0.435 if item.clothes_type == 2 else (0.412 if end < 0.5 else 0.44)
        for x in (-0.056, 0.056):
            flap = box(x - 0.026, y - 0.008, x + 0.026, y + 0.012)
            sheet.shade(flap, 0.8)
            sheet.line(flap, t.ink, 0.006, closed=True)
    if "kangaroo pocket" in details:
        y = min(0.385, end - 0.085)
        pocket = [(-0.036, y), (0.036, y), (0.066, y + 0.05), (0.066, y + 0.07), (-0.066, y + 0.07), (-0.066, y + 0.05)]
        sheet.shade(pocket, 0.88)
        sheet.line(pocket, t.ink, 0.006, closed=True)


def prints(t: Tailor, sheet: Sheet, start: float) -> None:
    item, details = t.item, t.item.details
    middle = 0.305
    if "graphic" in details:
        kind = item.seed % 5
        if kind == 0:
            sheet.fill(_ring((0, middle), 0.046, 18), t.second)
            sheet.fill(_ring((0, middle), 0.036, 5, 0.015), t.third)
        elif kind == 1:
            for k, w in enumerate((0.05, 0.038, 0.045)):
                sheet.fill(box(-w, middle - 0.036 + 0.026 * k, w, middle - 0.02 + 0.026 * k), t.second)
        elif kind == 2:
            sheet.fill(_heart((0, middle), 0.048), t.third)
        elif kind == 3:
            sheet.fill(box(-0.046, middle - 0.04, 0.046, middle + 0.045), t.second)
            sheet.fill(_petals((0, middle), 0.036, 5), t.third)
        else:
            sheet.fill(_ring((0, middle + 0.01), 0.05, 3), t.second)
            sheet.fill(_ring((0, middle - 0.012), 0.024, 14), t.third)
    if "logo" in details:
        sheet.fill(_ring((0.042, 0.265), 0.014, 12), t.second)
        sheet.fill(box(0.028, 0.283, 0.056, 0.289), t.second)
    if "embroidered" in details:
        y = 0.45 if item.clothes_type == 2 else max(start + 0.03, 0.25)
        thread = (t.third, t.second, GREEN)
        for k, (x, dy) in enumerate(((-0.062, 0.012), (-0.035, 0.026), (0, 0.036), (0.035, 0.026), (0.062, 0.012))):
            if item.clothes_type == 2 and k == 2:
                continue
            sheet.fill(_petals((x, y + dy), 0.018, 5), thread[k % 2])
            sheet.dot(x, y + dy, 0.006, thread[(k + 1) % 2])
            sheet.line([(x, y + dy + 0.018), (x + 0.006, y + dy + 0.036)], GREEN, 0.005)
    if "patch" in details:
        y = 0.44 if item.clothes_type == 2 else 0.29
        sheet.fill(_ring((-0.05, y), 0.019, 14), t.third)
        sheet.line(_ring((-0.05, y), 0.019, 14), t.second, 0.006, closed=True)
        sheet.fill(box(0.035, y + 0.02, 0.07, y + 0.044), t.second)
    if "studded" in details:
        ys = (0.45,) if item.clothes_type == 2 else (0.2, 0.213)
        for y in ys:
            for i in range(-7, 8):
                if item.clothes_type == 2 or abs(i) > 3:
                    sheet.dot(i * 0.0125, y, 0.0048, (236, 238, 242), BOTH)
    if "ruffle" in details:
        if item.clothes_type == 2:
            ruffle(sheet, [(-1, 0.5), (1, 0.5)], BOTH)
        elif item.closure in ("button front", "none") and item.seed % 2 and not t.cut.strapped:
            for side in (-1, 1):
                ruffle(sheet, [(side * 0.02, start), (side * 0.028, 0.29), (side * 0.02, 0.37)], FRONT, True)
        else:
            y = 0.262 if t.cut.strapped else start + 0.034
            ruffle(sheet, [(-0.12, y - 0.01), (0, y + 0.008), (0.12, y - 0.01)], FRONT)
    if "cutout" in details:
        if item.neck in ("strapless", "sweetheart", "off-the-shoulder") or item.seed % 2:
            for side in (-1, 1):
                sheet.line([(side * 0.12, 0.325), (side * 0.045, 0.35), (side * 0.12, 0.378)], t.ink, 0.007, BOTH)
                sheet.cut([(side * 0.12, 0.325), (side * 0.045, 0.35), (side * 0.12, 0.378)], BOTH)
        else:
            hole = [(0.0, 0.255), (0.03, 0.3), (0.0, 0.325), (-0.03, 0.3)]
            sheet.line(hole, t.ink, 0.007, closed=True)
            sheet.cut(hole)
    if "distressed" in details and item.clothes_type == 1:
        for x, y in ((-0.04, 0.3), (0.05, 0.35), (-0.02, 0.41), (0.03, 0.27)):
            rip(sheet, x, y, 0.016)


def ruffle(sheet: Sheet, path: list, sides, upright: bool = False) -> None:
    width = 0.03
    sheet.shade(path, 1.12, width, sides)
    a, b = np.array(path[0], float), np.array(path[-1], float)
    off = (0.014, 0.0) if upright else (0.0, 0.018)
    sheet.shade([(x + off[0], y + off[1]) for x, y in path], 0.55, 0.008, sides)
    span = max(abs(b[0] - a[0]), abs(b[1] - a[1]))
    count = int(span / 0.018)
    for i in range(count + 1):
        s = i / max(count, 1)
        x = float(np.interp(s, np.linspace(0, 1, len(path)), [p[0] for p in path]))
        y = float(np.interp(s, np.linspace(0, 1, len(path)), [p[1] for p in path]))
        step = ((-0.012, 0.006), (0.012, -0.004)) if upright else ((-0.004, -0.014), (0.004, 0.016))
        sheet.shade([(x + step[0][0], y + step[0][1]), (x + step[1][0], y + step[1][1])], 0.68, 0.005, sides)


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


def waist(t: Tailor, sheet: Sheet, end: float) -> None:
    item, details = t.item, t.item.details
    level = t.cut.top + 0.012 if item.clothes_type == 2 else (0.307 if item.cut == "empire waist" else 0.385)
    if level > end - 0.02:
        return
    if "belted" in details:
        soft = item.category in ("Robe", "Cardigan") or (item.category == "Coat" and item.seed % 2)
        colour = (
            tuple(int(v * 0.82) for v in t.base) if soft else ((52, 36, 28) if sum(t.base) > 240 else (196, 150, 96))
        )
        sheet.band(level - 0.011, level + 0.011, colour)
        sheet.line([(-1, level - 0.011), (1, level - 0.011)], tuple(int(v * 0.5) for v in colour), 0.004, BOTH)
        sheet.line([(-1, level + 0.011), (1, level + 0.011)], tuple(int(v * 0.5) for v in colour), 0.004, BOTH)
        if soft:
            for x, y in ((-0.008, 0.12), (0.022, 0.1)):
                sheet.line([(0.004, level), (x, level + y)], tuple(int(v * 0.78) for v in t.base), 0.013)
                sheet.line([(0.004 + 0.007, level), (x + 0.007, level + y)], t.ink, 0.004)
            sheet.dot(0.004, level, 0.014, tuple(int(v * 0.7) for v in t.base))
        else:
            sheet.line(box(-0.013, level - 0.012, 0.013, level + 0.012), (222, 196, 110), 0.006, closed=True)
    if "drawstring" in details:
        if item.neck == "hooded":
            y = shoulder_y(t.cut.neck[0]) + t.cut.neck[1]
            for side in (-1, 1):
                sheet.line(
                    [(side * 0.018, y - 0.002), (side * 0.024, y + 0.075)],
                    (244, 242, 238) if sum(t.base) < 560 else (60, 60, 66),
                    0.007,
                )
        else:
            string = (246, 244, 240) if sum(t.base) < 560 else (60, 60, 66)
            if item.clothes_type == 3:
                ribs(t, sheet, level - 0.01, level + 0.01, 0.012)
            for side in (-1, 1):
                sheet.line(
                    [(side * 0.005, level), (side * 0.02, level + 0.028), (side * 0.014, level + 0.07)], string, 0.007
                )
            sheet.dot(0, level + 0.002, 0.007, string)
    if "bow" in details:
        bow(
            t,
            sheet,
            0.0,
            level + 0.006,
            0.036,
            t.second if sum(abs(p - q) for p, q in zip(t.base, t.second)) > 200 else t.third,
        )
    if "tie-front" in details:
        y = min(0.4, end - 0.03)
        gathers(sheet, 0.06, y - 0.06, y, 5)
        bow(t, sheet, 0.0, y, 0.034, tuple(int(v * 0.9) for v in t.base))


def hems(t: Tailor, sheet: Sheet) -> None:
    """Bands along the lower edge."""
    item, cut = t.item, t.cut
    hem = cut.ends["body"]
    if "leg" in cut.profiles:
        return
    if item.category in ("Sweater", "Hoodie", "Bomber", "Cardigan", "Turtleneck"):
        band = 0.03
        if "contrast trim" in item.details:
            sheet.band(hem - band, hem + 0.05, t.trim)
        else:
            sheet.shade(box(-1, hem - band, 1, hem + 0.05), 0.86, sides=BOTH)
        ribs(t, sheet, hem - band, hem + 0.02, 0.013)
        sheet.shade([(-1, hem - band), (1, hem - band)], 0.6, 0.004, BOTH)


def edge(t: Tailor, sheet: Sheet, line: list, sides) -> None:
    """Trim along the hem line, before it is cut."""
    details = t.item.details
    if "lace trim" in details:
        for rise, width in ((0.012, 0.026),):
            sheet.line([(x, y - rise) for x, y in line], (250, 248, 242), width, sides)
        for x, y in line[::2]:
            sheet.cut(_ring((x, y - 0.012), 0.0062, 8), sides, alpha=60)
    elif "contrast trim" in details and t.item.category not in (
        "Sweater",
        "Hoodie",
        "Bomber",
        "Cardigan",
        "Turtleneck",
    ):
        sheet.line(line, t.trim, 0.034, sides)
    elif "raw hem" in details:
        sheet.line(line, (226, 230, 236), 0.02, sides)
    else:
        sheet.line(
            [(x, y - 0.014) for x, y in line],
            t.stitch if t.item.fabric in ("denim", "acid wash") else t.ink,
            0.0035,
            sides,
        )
        sheet.shade(line, 0.7, 0.006, sides)


def hanging(t: Tailor, sheet: Sheet) -> None:
    """What hangs below the hem: fringe and pom-poms."""
    item, cut = t.item, t.cut
    if "leg" in cut.profiles or not {"fringe", "pom-pom"} & item.details:
        return
    half = cut.profiles["body"].at(cut.ends["body"])
    for sides, back in ((FRONT, False), (BACK, True)):
        if "fringe" in item.details:
            for i in range(int(-half / 0.011), int(half / 0.011) + 1):
                x = i * 0.011
                y = hem_y(item, cut, max(-1, min(1, x / half)), back)
                strand = box(x - 0.003, y - 0.014, x + 0.003, y + 0.036 + 0.006 * (i % 2))
                sheet.fill(strand, tuple(int(v * (0.95 if i % 2 else 0.72)) for v in t.base), sides)
                sheet.cut(strand, sides, alpha=255)
            sheet.line([(-half, cut.ends["body"] - 0.014), (half, cut.ends["body"] - 0.014)], t.ink, 0.005, sides)
        else:
            for i in range(int(-half / 0.026), int(half / 0.026) + 1):
                x = i * 0.026
                y = hem_y(item, cut, max(-1, min(1, x / half)), back) + 0.006
                ball = _ring((x, y), 0.0115, 10)
                sheet.fill(
                    ball, t.second if sum(abs(p - q) for p, q in zip(t.base, t.second)) > 150 else t.third, sides
                )
                sheet.cut(ball, sides, alpha=255)


def cuffs(t: Tailor, sheet: Sheet, end: float) -> None:
    item, details = t.item, t.item.details
    if (
        item.category in ("Sweater", "Hoodie", "Bomber", "Cardigan", "Turtleneck", "Onesie")
        and item.sleeve == "long"
        and item.sleeve_cut != "bell"
    ):
        if "contrast trim" in details:
            sheet.band(end - 0.03, end + 0.02, t.trim)
        else:
            sheet.shade(box(-1, end - 0.03, 1, end + 0.02), 0.86, sides=BOTH)
        ribs(t, sheet, end - 0.03, end + 0.02, 0.012)
        sheet.shade([(-1, end - 0.03), (1, end - 0.03)], 0.6, 0.004, BOTH)
    elif "cuffed" in details:
        colour = t.second if item.pattern is None else tuple(int(v * 0.85) for v in t.base)
        sheet.band(end - 0.034, end + 0.02, colour)
        sheet.line([(-1, end - 0.034), (1, end - 0.034)], t.ink, 0.006, BOTH)
    elif "contrast trim" in details:
        sheet.band(end - 0.018, end + 0.02, t.trim)
    elif item.category in ("Button-Down", "Blouse", "Jacket") and item.sleeve == "long":
        sheet.line([(-1, end - 0.03), (1, end - 0.03)], t.stitch, 0.005, BOTH)
        sheet.dot(0.0, end - 0.015, 0.006, t.ink)
    elif "lace trim" in details:
        sheet.band(end - 0.022, end + 0.02, (250, 248, 242))
    else:
        sheet.shade([(-1, end - 0.013), (1, end - 0.013)], 0.68, 0.004, BOTH)
    if item.sleeve_cut == "puff":
        low = end - 0.014
        for i in range(-5, 6):
            sheet.shade([(i * 0.009, low), (i * 0.012, low - 0.045)], 0.78, 0.004, BOTH)
            sheet.shade([(i * 0.009, 0.185), (i * 0.011, 0.22)], 0.8, 0.004, BOTH)
        sheet.shade([(-1, low), (1, low)], 0.6, 0.005, BOTH)
    if "elbow patch" in details:
        patch = _ring((0.0, 0.2 + 0.165), 0.028, 14)
        dark = (96, 66, 46) if sum(t.base) > 330 or sum(t.base) < 150 else (190, 150, 104)
        sheet.fill(patch, dark, BOTH)
        sheet.line(patch, t.ink, 0.004, BOTH, closed=True)
    if "epaulette" in details:
        strap = box(-0.014, 0.17, 0.014, 0.222)
        sheet.shade(strap, 0.76, sides=BOTH)
        sheet.line(strap, t.stitch, 0.006, BOTH, closed=True)
        sheet.dot(0.0, 0.212, 0.007, (214, 184, 104), BOTH)
    if "contrast trim" in details and item.category in ("Jacket",):
        sheet.band(end - 0.02, end + 0.02, t.trim)


def legs(t: Tailor, sheet: Sheet, end: float) -> None:
    item, details = t.item, t.item.details
    dark = item.fabric in ("denim", "acid wash")
    if dark:
        sheet.line([(0.052, 0.45), (0.036, end)], t.stitch, 0.004, BOTH)
    elif item.category == "Chinos" or (item.kind == "trousers" and item.fabric == "wool"):
        sheet.shade([(0.0, 0.5), (0.0, end)], 0.72, 0.005)
        sheet.shade([(0.006, 0.5), (0.006, end)], 1.15, 0.005)
    if "pleated" in details:
        pleats(sheet, 0.45, end, 0.021)
    if "side stripe" in details:
        # The outer seam: the left leg wears the sheet as painted, the right one mirrored.
        for x, sides in ((0.034, FRONT), (-0.034, BACK)):
            sheet.line([(x * 1.15, 0.45), (x * 0.8, end)], t.second, 0.016, sides)
    if "cargo pocket" in details:
        for x, sides in ((0.03, FRONT), (-0.03, BACK)):
            pocket = box(x - 0.02, 0.66, x + 0.03, 0.72)
            sheet.shade(pocket, 0.8, sides=sides)
            sheet.line(pocket, t.ink, 0.006, sides, closed=True)
            sheet.line([(x - 0.02, 0.676), (x + 0.03, 0.676)], t.ink, 0.005, sides)
    if "distressed" in details:
        for x, y in ((-0.004, 0.725), (0.012, 0.64), (-0.012, 0.8)) if end > 0.7 else ((0.008, 0.545), (-0.014, 0.58)):
            rip(sheet, x, y, 0.024)
    if item.category in ("Joggers", "Onesie") and end > 0.9:
        sheet.shade(box(-1, end - 0.034, 1, end + 0.03), 0.84, sides=BOTH)
        ribs(t, sheet, end - 0.034, end + 0.02, 0.011)
        sheet.shade([(-1, end - 0.034), (1, end - 0.034)], 0.55, 0.005, BOTH)
    elif "rolled hem" in details:
        sheet.band(end - 0.034, end + 0.03, tuple(min(255, int(v * 1.25 + 30)) for v in t.base))
        sheet.line([(-1, end - 0.034), (1, end - 0.034)], t.ink, 0.007, BOTH)
    elif "contrast trim" in details:
        sheet.band(end - 0.024, end + 0.03, t.trim)
    elif not {"raw hem", "scalloped", "lace trim", "pom-pom"} & details:
        sheet.line([(-1, end - 0.014), (1, end - 0.014)], t.stitch, 0.004, BOTH)
    line = []
    for i in range(-16, 17):
        x = i / 16 * (sheet.half + 0.01)
        y = end
        if "raw hem" in details:
            y += 0.006 * ((i * 7) % 3 - 1)
        if "scalloped" in details:
            y -= 0.014 * (1 - abs(math.sin(x / 0.026 * math.pi)))
        line.append((x, y))
    if "raw hem" in details:
        sheet.line([(x, y - 0.006) for x, y in line], (226, 230, 236), 0.02, BOTH)
    if "lace trim" in details:
        sheet.band(end - 0.026, end + 0.03, (250, 248, 242))
        for x, _ in line[::2]:
            sheet.cut(_ring((x, end - 0.013), 0.0062, 8), BOTH, alpha=60)
    sheet.cut([(-1, end + 0.006), *line, (1, end + 0.006), (1, end + 0.2), (-1, end + 0.2)], BOTH)
    if "pom-pom" in details:
        for i in range(-4, 5):
            ball = _ring((i * 0.024, end + 0.004), 0.011, 10)
            sheet.fill(ball, t.second, BOTH)
            sheet.cut(ball, BOTH, alpha=255)
    if "slit" in details:
        sheet.cut([(0.02, end + 0.1), (0.018, end - 0.05), (0.034, end + 0.1)])
