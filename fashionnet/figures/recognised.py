"""The annotated picture of `fashionnet predict`: each photo with box and landmarks, beside what it is said to show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fashionnet.figures.style import PREDICTED, WIDTH, styled
from fashionnet.prepare.crops import Crops
from fashionnet.recognition import Asked, Near, Recognised
from fashionnet.recognition.photo import printable
from fashionnet.recognition.text import MEASURES

HEIGHT = 2.0  # inches of a photo's row
LARGEST = 600  # pixels of a drawn photo's longer side
SHOPS = 3  # of the nearest shop photos
NAME, LINE = 26, 46  # letters of a photo's name and of a line of words that fit


@styled
def recognised(found: Sequence[tuple[Asked, Recognised]], crops: Crops) -> Figure:
    """A row a photo: it, its category and attributes, and the nearest shop photos out of `crops`.

    A landmark is the more opaque the more probably it is visible.
    """
    figure = Figure(figsize=(WIDTH, HEIGHT * len(found)), layout="constrained")
    widths = [1.5, 1.6, *[0.8] * SHOPS]
    panels = figure.subplots(len(found), len(widths), squeeze=False, width_ratios=widths)
    for row, (asked, one) in zip(panels, found, strict=True):
        for axes in row:
            axes.set_axis_off()
            axes.set_anchor("N")
        _photo(row[0], asked, one)
        row[1].text(0, 1, _words(one), va="top", fontsize=7.5, linespacing=1.35, transform=row[1].transAxes)
        for axes, near in zip(row[2:], one.nearest):
            _shop(axes, near, crops)
    return figure


def _photo(axes: Axes, asked: Asked, one: Recognised) -> None:
    shown = asked.photo.copy()
    shown.thumbnail((LARGEST, LARGEST))
    axes.imshow(np.asarray(shown), extent=(0, one.width, one.height, 0))
    if one.boxed:
        x_1, y_1, x_2, y_2 = one.box
        for colour, line in (("black", 2.4), ("white", 1.0)):  # seen on any photo
            axes.add_patch(Rectangle((x_1, y_1), x_2 - x_1, y_2 - y_1, fill=False, ec=colour, lw=line))
    for mark in one.landmarks:
        axes.plot(mark.x, mark.y, "D", color=PREDICTED, ms=5, mec="white", mew=0.9, alpha=0.15 + 0.85 * mark.visible)
    axes.set(xlim=(0, one.width), ylim=(one.height, 0))
    axes.set_title(_short(Path(one.photo).name, NAME), fontsize=7.5, fontweight="normal")


def _words(one: Recognised) -> str:
    lines = [f"{_short(name, LINE)}  {probability:.0%}" for name, probability in one.category[:3]]
    for group, scored in one.attributes.items():
        best = ", ".join(f"{name} {score:.2f}" for name, score in scored[:2])
        lines.append(_short(f"{group}: {best}", LINE))
    return "\n".join(lines)


def _shop(axes: Axes, near: Near, crops: Crops) -> None:
    axes.imshow(crops[near.row])
    caption = [MEASURES[near.measure].format(near.value), near.item]
    axes.set_title("\n".join(_short(line, NAME) for line in caption), fontsize=6.5, fontweight="normal", loc="center")


def _short(text: str, most: int) -> str:
    """Printable, and cut in the middle where it is too long: names differ at their ends."""
    text = printable(text)
    return text if len(text) <= most else f"{text[: most // 2 - 1]}…{text[-(most // 2) :]}"
