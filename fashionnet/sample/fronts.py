"""What lies on the front of a garment: closures, pockets, prints and belts, painted on the sheet of the body. Ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fashionnet.sample.collars import bow
from fashionnet.sample.cut import shoulder_y
from fashionnet.sample.motifs import GREEN, heart, petals, ring
from fashionnet.sample.sheets import BOTH, FRONT, Sheet
from fashionnet.sample.stitches import METAL, box, gathers, knob, ribs, rip, ruffle

if TYPE_CHECKING:
    from fashionnet.sample.tailor import Tailor


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
            knob(sheet, 0.0, float(y), 0.0098 if big else 0.0062, button)
        if item.category == "Blazer" and item.kind == "top":
            sheet.cut([(0.0, end - 0.02), (0.03, end + 0.2), (-0.03, end + 0.2)])
    elif item.closure == "double-breasted":
        sheet.line([(0.0, start - 0.01), (0.034, start + 0.02), (0.034, end)], t.ink, 0.005)
        for y in np.arange(max(start + 0.03, 0.31), min(end - 0.03, 0.5), 0.05):
            for x in (-0.026, 0.026):
                knob(sheet, x, float(y), 0.0092, (206, 178, 104) if item.seed & 1 else button)
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
            knob(sheet, 0.0, start + 0.014 + 0.024 * k, 0.0062, button)
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
        if item.category == "Robe":  # its collar runs down both edges
            band = t.second if "contrast trim" in details else t.plain
            for edge in ([(0.046, shoulder_y(a)), (0.0, 0.27)], lap):
                sheet.line(edge, t.ink, 0.046)
                sheet.line(edge, band, 0.036)
        else:
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
        band = t.trim if "contrast trim" in details else t.plain
        wide = 0.05 if item.category in ("Kimono", "Cardigan") else 0.022  # half of it is cut away
        for edge in (opening, [(-x, y) for x, y in opening]):
            sheet.line(edge, t.ink, wide + 0.012)
            sheet.line(edge, band, wide)
        sheet.cut(both)
    pockets(t, sheet, end)
    prints(t, sheet, start)
    waist(t, sheet, end)


def pockets(t: Tailor, sheet: Sheet, end: float) -> None:
    item, details = t.item, t.item.details
    if "chest pocket" in details:
        for x in (0.045,) if item.category in ("Tee", "Tank", "Blazer") else (-0.045, 0.045):
            if item.category == "Blazer":
                sheet.line([(x - 0.018, 0.276), (x + 0.018, 0.27)], t.second, 0.01)
                continue
            pocket = [(x - 0.02, 0.262), (x + 0.02, 0.262), (x + 0.02, 0.302), (x, 0.31), (x - 0.02, 0.302)]
            if item.pattern is None and item.category in ("Tee", "Tank"):
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
            sheet.fill(ring((0, middle), 0.046, 18), t.second)
            sheet.fill(ring((0, middle), 0.036, 5, 0.015), t.third)
        elif kind == 1:
            for k, w in enumerate((0.05, 0.038, 0.045)):
                sheet.fill(box(-w, middle - 0.036 + 0.026 * k, w, middle - 0.02 + 0.026 * k), t.second)
        elif kind == 2:
            sheet.fill(heart((0, middle), 0.048), t.third)
        elif kind == 3:
            sheet.fill(box(-0.046, middle - 0.04, 0.046, middle + 0.045), t.second)
            sheet.fill(petals((0, middle), 0.036, 5), t.third)
        else:
            sheet.fill(ring((0, middle + 0.01), 0.05, 3), t.second)
            sheet.fill(ring((0, middle - 0.012), 0.024, 14), t.third)
    if "logo" in details:
        sheet.fill(ring((0.042, 0.265), 0.014, 12), t.second)
        sheet.fill(box(0.028, 0.283, 0.056, 0.289), t.second)
    if "embroidered" in details:
        y = 0.45 if item.clothes_type == 2 else max(start + 0.03, 0.25)
        thread = (t.third, t.second, GREEN)
        for k, (x, dy) in enumerate(((-0.062, 0.012), (-0.035, 0.026), (0, 0.036), (0.035, 0.026), (0.062, 0.012))):
            if item.clothes_type == 2 and k == 2:
                continue
            sheet.fill(petals((x, y + dy), 0.018, 5), thread[k % 2])
            sheet.dot(x, y + dy, 0.006, thread[(k + 1) % 2])
            sheet.line([(x, y + dy + 0.018), (x + 0.006, y + dy + 0.036)], GREEN, 0.005)
    if "patch" in details:
        y = 0.44 if item.clothes_type == 2 else 0.29
        sheet.fill(ring((-0.05, y), 0.019, 14), t.third)
        sheet.line(ring((-0.05, y), 0.019, 14), t.second, 0.006, closed=True)
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
                sheet.line([(0.004, level), (x, level + y)], tuple(int(v * 0.7) for v in t.base), 0.017)
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
