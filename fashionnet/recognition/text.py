"""What a photo shows, as a table for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from fashionnet.recognition.photo import printable
from fashionnet.recognition.result import Recognised

CATEGORIES, ATTRIBUTES = 3, 3  # that are shown; JSON holds more
MEASURES = {"distance": "distance {:.3f}", "match": "match {:.1%}"}


def text(found: Recognised) -> str:
    """A heading and three columns: what, its name, how sure. Nothing in it that a terminal would obey."""
    box = ",".join(f"{value:g}" for value in found.box)
    part = f"box {box}" if found.boxed else "the whole photo"
    rows = [tuple(map(printable, row)) for row in _rows(found)]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    lines = [f"{printable(found.photo)}: {part} of {found.width} x {found.height} pixels"]
    lines += [f"  {what:{widths[0]}}  {name:{widths[1]}}  {sure}" for what, name, sure in rows]
    return "\n".join(lines)


def _rows(found: Recognised) -> Iterator[tuple[str, str, str]]:
    for place, (name, probability) in enumerate(found.category[:CATEGORIES]):
        yield "" if place else "category", name, f"{probability:6.1%}"
    for group, scored in found.attributes.items():
        for place, (name, score) in enumerate(scored[:ATTRIBUTES]):
            yield "" if place else group, name, f"{score:6.3f}"
    for place, mark in enumerate(found.landmarks):
        at = f"at {mark.x:.1f},{mark.y:.1f}, visible {mark.visible:.1%}"
        yield "" if place else "landmarks", mark.name, at
    for place, near in enumerate(found.nearest):
        what, far = "" if place else "shop photos", MEASURES[near.measure].format(near.value)
        yield what, near.item or "no item", f"{far}, {near.benchmark}/{near.image_name}"
