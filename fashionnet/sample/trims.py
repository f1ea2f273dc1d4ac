"""Seams, waistbands, hems, cuffs and what hangs from an edge, painted on a garment's sheets. Ours."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fashionnet.sample.makes import BAND, plain_band
from fashionnet.sample.motifs import ring
from fashionnet.sample.places import hem_y
from fashionnet.sample.sheets import BACK, BOTH, FRONT, Sheet
from fashionnet.sample.stitches import METAL, box, gathers, knob, pleats, ribs, rip

if TYPE_CHECKING:
    from fashionnet.sample.tailor import Tailor


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
        if y < cut.ends["body"] - 0.03:
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


def waistband(t: Tailor, sheet: Sheet) -> None:
    item, cut = t.item, t.cut
    top = cut.top
    if item.cut == "leggings" or (item.kind == "trousers" and item.closure == "none"):
        sheet.shade([(-1, top + 0.022), (1, top + 0.022)], 0.7, 0.004, BOTH)
        if item.cut in ("tapered", "straight", "flared") and item.cut != "leggings":
            sheet.band(top - 0.02, top + 0.024, t.plain)
            ribs(t, sheet, top - 0.02, top + 0.024, 0.012)
            sheet.line([(-1, top + 0.024), (1, top + 0.024)], t.ink, 0.005, BOTH)
    else:
        sheet.shade(box(-1, top - 0.02, 1, top + 0.024), 0.88, sides=BOTH)
        sheet.line([(-1, top + 0.024), (1, top + 0.024)], t.stitch, 0.005, BOTH)
        if item.closure == "fly":
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
        sheet.line([(0.0, top + 0.024), (0.0, 0.505)], t.ink, 0.006)
        j = [(0.02, top + 0.024), (0.02, 0.472), (0.014, 0.488), (0.0, 0.497)]
        sheet.line(j, t.stitch, 0.005)
        knob(sheet, 0.004, top + 0.012, 0.008, METAL if item.fabric in ("denim", "acid wash") else t.ink)


def hems(t: Tailor, sheet: Sheet) -> None:
    """Bands along the lower edge."""
    item, cut = t.item, t.cut
    hem = cut.ends["body"]
    if "leg" in cut.profiles:
        return
    if item.category in ("Sweater", "Hoodie", "Bomber", "Cardigan"):
        plain_band(t, sheet, hem - BAND, hem + 0.05)


def edge(t: Tailor, sheet: Sheet, line: list, sides) -> None:
    """Trim along the hem line, before it is cut."""
    details = t.item.details
    if "lace trim" in details:
        for rise, width in ((0.012, 0.026),):
            sheet.line([(x, y - rise) for x, y in line], (250, 248, 242), width, sides)
        for x, y in line[::2]:
            sheet.cut(ring((x, y - 0.012), 0.0062, 8), sides, alpha=60)
    elif "contrast trim" in details and t.item.category not in (
        "Sweater",
        "Hoodie",
        "Bomber",
        "Cardigan",
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
                ball = ring((x, y), 0.0115, 10)
                sheet.fill(
                    ball, t.second if sum(abs(p - q) for p, q in zip(t.base, t.second)) > 150 else t.third, sides
                )
                sheet.cut(ball, sides, alpha=255)


def cuffs(t: Tailor, sheet: Sheet, end: float) -> None:
    item, details = t.item, t.item.details
    if (
        item.category in ("Sweater", "Hoodie", "Bomber", "Cardigan")
        and item.sleeve == "long"
        and item.sleeve_cut != "bell"
    ):
        plain_band(t, sheet, end - BAND, end + 0.02)
    elif "cuffed" in details:
        colour = t.second if item.pattern is None else tuple(int(v * 0.85) for v in t.base)
        sheet.band(end - 0.034, end + 0.02, colour)
        sheet.line([(-1, end - 0.034), (1, end - 0.034)], t.ink, 0.006, BOTH)
    elif "contrast trim" in details:
        sheet.band(end - 0.018, end + 0.02, t.trim)
    elif item.category in ("Button-Down", "Blouse", "Jacket") and item.sleeve == "long":
        sheet.shade(box(-1, end - BAND, 1, end + 0.02), 0.82, sides=BOTH)
        sheet.line([(-1, end - BAND), (1, end - BAND)], t.stitch, 0.006, BOTH)
        knob(sheet, 0.0, end - 0.016, 0.006, t.ink)
        if item.category == "Blouse":
            gathers(sheet, 0.026, end - BAND - 0.04, end - BAND, 4)
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
        patch = ring((0.0, 0.2 + 0.165), 0.028, 14)
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
    if item.category in ("Joggers",) and end > 0.9:
        plain_band(t, sheet, end - BAND, end + 0.03)
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
            sheet.cut(ring((x, end - 0.013), 0.0062, 8), BOTH, alpha=60)
    sheet.cut([(-1, end + 0.006), *line, (1, end + 0.006), (1, end + 0.2), (-1, end + 0.2)], BOTH)
    if "pom-pom" in details:
        for i in range(-4, 5):
            ball = ring((i * 0.024, end + 0.004), 0.011, 10)
            sheet.fill(ball, t.second, BOTH)
            sheet.cut(ball, BOTH, alpha=255)
    if "slit" in details:
        sheet.cut([(0.02, end + 0.1), (0.018, end - 0.05), (0.034, end + 0.1)], BOTH)
