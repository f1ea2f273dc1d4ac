"""Where the landmarks and the evidence for attributes lie on a garment.

A place on a garment is (part, place, along): the tube, the position across its unrolled sheet (-1 to 1 the front, 1 to
3 the back) and the sheet's y. Landmarks are the garment's own: the left ones are on the viewer's left when the wearer
faces the viewer. Ours.
"""

from __future__ import annotations

from fashionnet.sample.catalogue import Item
from fashionnet.sample.cut import SHOULDER_ALONG, Cut, shoulder_y

Place = tuple[str, float, float]


def _side(cut: Cut, x: float, y: float) -> Place:
    """A place on the front at the body's x, y, never further than just inside its edge."""
    return "body", max(-0.93, min(0.93, x / cut.profiles["body"].at(y))), y


def landmark_places(item: Item, cut: Cut) -> dict[int, Place]:
    """Slot (0 to 7, as in formats.codes.LANDMARK_NAMES) → place, for the slots that the clothes type has."""
    places: dict[int, Place] = {}
    for k, side in enumerate((-1, 1)):
        if item.clothes_type != 2:
            if cut.strapped:
                places[k] = _side(cut, side * 0.052, 0.226)
            else:
                x = min(cut.neck[0], 0.066)
                y = shoulder_y(x) + 0.008
                if item.neck == "one-shoulder" and side == 1:
                    x, y = 0.075, 0.232
                places[k] = _side(cut, side * (x + 0.003), y)
            if "sleeve" in cut.profiles:
                places[2 + k] = (f"sleeve{k}", 0.95, cut.ends["sleeve"] - 0.008)
            elif item.cut == "poncho":
                places[2 + k] = ("body", side * 0.9, 0.36)
            elif item.neck == "halter" or cut.strapped:
                places[2 + k] = _side(cut, side * 0.074, 0.25)
            elif item.neck == "one-shoulder" and side == 1:
                places[2 + k] = _side(cut, side * 0.074, 0.262)
            else:
                places[2 + k] = _side(cut, side * (armhole(item, cut) - 0.01), 0.214)
        if item.clothes_type == 2:
            places[4 + k] = ("body", side * 0.9, cut.top + 0.008)
        elif item.clothes_type == 3:
            places[4 + k] = ("body", side * 0.9, 0.385)
        if "leg" in cut.profiles:
            places[6 + k] = (f"leg{k}", 0.95, cut.ends["leg"] - 0.01)
        else:
            places[6 + k] = ("body", side * 0.9, hem_y(item, cut, side * 0.9) - 0.01)
    return places


def armhole(item: Item, cut: Cut) -> float:
    """How far from the middle a sleeveless garment ends on the shoulder."""
    narrow = item.category in ("Tank", "Dress", "Jumpsuit", "Romper") and item.cut != "oversized"
    return max(0.08 if narrow else 0.091, cut.neck[0] + 0.016)


def hem_y(item: Item, cut: Cut, place: float, back: bool = False) -> float:
    """The height of the body's hem at `place` (-1 to 1) of the front or the back."""
    hem = cut.ends["body"]
    if "leg" in cut.profiles:
        return hem
    long = hem - max(cut.top, 0.385)
    if item.cut == "high-low":
        return hem if back else hem - 0.36 * long * (1 - place * place)
    if item.cut == "poncho":  # a square of cloth, worn with one corner in front and one behind
        return hem - 0.1 * abs(place)
    if "asymmetrical" in item.details:
        return hem - 0.3 * long * (0.5 - 0.5 * place * (-1 if back else 1))
    if "curved hem" in item.details:
        return hem - 0.034 * place * place
    return hem


def evidence(item: Item, cut: Cut) -> dict[str, list[Place]]:
    """Region → places of which enough must be visible before a photo says anything about the region's attributes."""
    regions: dict[str, list[Place]] = {}
    marks = landmark_places(item, cut)
    hem = "leg" in cut.profiles
    ends = [marks[6], marks[7]] + ([] if hem else [("body", 0.0, hem_y(item, cut, 0.0) - 0.012)])
    regions["hem"] = ends
    regions["outline"] = ends
    if item.clothes_type == 2:
        regions["waist"] = [marks[4], marks[5], ("body", 0.0, cut.top + 0.015)]
        regions["front"] = [("body", -0.3, 0.45), ("body", 0.3, 0.45)]
    else:
        low = 0.39 if cut.ends["body"] > 0.42 else 0.345
        regions["waist"] = [("body", x, low) for x in (-0.5, 0.12, 0.5)]
        regions["front"] = [("body", x, y) for x in (-0.3, 0.3) for y in (0.27, 0.33)]
        depth = 0.25 if cut.strapped else shoulder_y(cut.neck[0]) + cut.neck[1] + 0.012
        x = 0.12 if item.closure != "open front" else 0.5
        regions["neck"] = [marks[0], marks[1], ("body", x, min(depth, 0.27)), ("body", -x, min(depth, 0.27))]
    if "sleeve" in cut.profiles:
        end = cut.ends["sleeve"]
        for k in (0, 1):
            regions[f"sleeve{k}"] = [marks[2 + k], (f"sleeve{k}", 0.95, (end + SHOULDER_ALONG) / 2)]
    elif item.clothes_type != 2:
        regions["sleeve0"] = [marks[2]]
        regions["sleeve1"] = [marks[3]]
    return regions
