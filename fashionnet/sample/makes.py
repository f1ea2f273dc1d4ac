"""What tells a category from its neighbours from the front and from behind: yokes, plackets, bands, vents. Ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fashionnet.sample.cut import OPEN_TOPS, shoulder_y
from fashionnet.sample.sheets import BACK, BOTH, FRONT, Sheet
from fashionnet.sample.stitches import box, gathers, knob, ribs

if TYPE_CHECKING:
    from fashionnet.sample.tailor import Tailor

YOKE = 0.232
BAND = 0.034


def plain_band(t: Tailor, sheet: Sheet, y0: float, y1: float) -> None:
    """A ribbed band; without its print, which would swallow the ribs."""
    sheet.band(y0, y1, t.trim if "contrast trim" in t.item.details else t.plain)
    ribs(t, sheet, y0, y1, 0.012)
    sheet.line([(-1, y0), (1, y0)], t.ink, 0.005, BOTH)


def _neck_end(t: Tailor) -> float:
    a, depth, _ = t.cut.neck
    return shoulder_y(a) + depth


def _blouse(t: Tailor, sheet: Sheet) -> None:
    hem = t.cut.ends["body"]
    half = t.cut.profiles["body"].at(hem)
    folds = [[(i * 0.013, hem - 0.1 + 0.016 * (i % 3)), (i * 0.013 * half / 0.09, hem)] for i in range(-7, 8)]
    sheet.shades(folds, 0.78, 0.006, BOTH)
    if t.item.neck in OPEN_TOPS:
        return
    sheet.line([(-0.2, YOKE), (0.2, YOKE)], t.ink, 0.005, BOTH)
    gathers(sheet, 0.085, YOKE + 0.003, YOKE + 0.07, 8)
    # Closed by a button above a slit behind.
    sheet.line([(0.0, 0.16), (0.0, YOKE)], t.ink, 0.006, BACK)


def _button_down(t: Tailor, sheet: Sheet) -> None:
    end, start = t.cut.ends["body"], _neck_end(t)
    sheet.shade(box(-0.014, start - 0.02, 0.014, end), 1.16)
    sheet.line([(-0.2, 0.222), (0.2, 0.222)], t.ink, 0.005, BOTH)
    for x in (-0.012, 0.012):  # a box pleat hangs from the yoke
        sheet.line([(x, 0.222), (x, end)], t.ink, 0.004, BACK)


def _jacket(t: Tailor, sheet: Sheet) -> None:
    end = t.cut.ends["body"]
    sheet.shade(box(-1, end - BAND, 1, end + 0.05), 0.8, sides=BOTH)
    sheet.line([(-1, end - BAND), (1, end - BAND)], t.stitch, 0.005, BOTH)
    sheet.line([(-0.2, 0.24), (0, 0.256), (0.2, 0.24)], t.stitch, 0.005, BACK)
    for side in (-1, 1):
        sheet.line([(side * 0.05, 0.25), (side * 0.038, end - BAND)], t.stitch, 0.005, BACK)
        if t.item.closure != "asymmetric zip":
            sheet.line([(side * 0.062, 0.25), (side * 0.045, end - BAND)], t.stitch, 0.005)


def _tailored(t: Tailor, sheet: Sheet) -> None:
    end = t.cut.ends["body"]
    sheet.line([(0.0, 0.15), (0.0, end)], t.ink, 0.005, BACK)
    sheet.cut([(0.0, end - 0.07), (0.014, end + 0.1), (-0.01, end + 0.1)], BACK)
    for side in (-1, 1):
        sheet.shade([(side * 0.056, 0.29), (side * 0.05, min(0.41, end))], 0.7, 0.005)
    if t.item.category == "Coat" and "belted" not in t.item.details:
        half_belt = box(-0.05, 0.378, 0.05, 0.4)
        sheet.shade(half_belt, 0.8, sides=BACK)
        sheet.line(half_belt, t.ink, 0.005, BACK, closed=True)
        for x in (-0.038, 0.038):
            knob(sheet, x, 0.389, 0.008, t.ink, BACK)


def _cardigan(t: Tailor, sheet: Sheet) -> None:
    if t.item.closure != "button front":
        return
    end, start = t.cut.ends["body"], _neck_end(t)
    sheet.fill(box(-0.016, start - 0.02, 0.016, end), t.trim if "contrast trim" in t.item.details else t.plain)
    for x in (-0.016, 0.016):
        sheet.line([(x, start - 0.02), (x, end)], t.ink, 0.005)


def _caftan(t: Tailor, sheet: Sheet) -> None:
    y = _neck_end(t)
    if "embroidered" in t.item.details:
        for x in (-0.024, 0.024):
            sheet.line([(x, y - 0.05), (x, y + 0.08), (0.0, y + 0.105)], t.third, 0.018)
            for k in range(7):
                sheet.dot(x, y - 0.04 + 0.02 * k, 0.006, t.second)
    sheet.line([(0.0, y - 0.02), (0.0, y + 0.075)], t.ink, 0.014)
    sheet.cut([(-0.008, y - 0.02), (0.008, y - 0.02), (0.0, y + 0.07)])


def _hoodie(t: Tailor, sheet: Sheet) -> None:
    sheet.shade([(-0.1, 0.19), (0, 0.215), (0.1, 0.19)], 0.6, 0.007, BACK)  # the shadow of the hood


MAKES: dict[str, Callable[[Tailor, Sheet], None]] = {
    "Blouse": _blouse,
    "Button-Down": _button_down,
    "Jacket": _jacket,
    "Blazer": _tailored,
    "Coat": _tailored,
    "Cardigan": _cardigan,
    "Caftan": _caftan,
    "Hoodie": _hoodie,
}


def make(t: Tailor, sheet: Sheet) -> None:
    """Draw on the body's sheet what the category is known by."""
    if t.item.category in MAKES:
        MAKES[t.item.category](t, sheet)


def crotch(t: Tailor, sheet: Sheet) -> None:
    """Two legs, not a skirt: the seat's seam, folds that radiate from its end, and an open notch below it."""
    top = 0.43 if t.item.closure != "fly" else 0.5
    sheet.line([(0.0, top), (0.0, 0.522)], t.ink, 0.006, FRONT)
    sheet.line([(0.0, t.cut.top if t.item.clothes_type == 2 else 0.39), (0.0, 0.522)], t.ink, 0.006, BACK)
    folds = [[(s * 0.006, 0.515), (s * x, y)] for s in (-1, 1) for x, y in ((0.055, 0.492), (0.052, 0.52))]
    sheet.shades(folds, 0.9, 0.008, BOTH)
    sheet.cut([(0.0, 0.515), (0.024, 0.6), (-0.024, 0.6)], BOTH)


def inseam(t: Tailor, sheet: Sheet, end: float) -> None:
    """The inner seam of a leg: dark towards its edge, and a line that also shows on dark cloth."""
    profile = t.cut.profiles["leg"]
    levels = [y for y in (0.47, 0.53, 0.6, 0.725) if y < end] + [end]
    for side, sides in ((-1, FRONT), (1, BACK)):  # the left leg wears the sheet as painted
        sheet.shade([(side * 0.9 * profile.at(y), y) for y in levels], 0.55, 0.02, sides)
        sheet.line([(side * 0.76 * profile.at(y), y) for y in levels], t.ink, 0.005, sides)
