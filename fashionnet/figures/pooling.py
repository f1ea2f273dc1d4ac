"""Landmark pooling on real photos: where the network pools, how far each gate is open, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from fashionnet.figures.photos import LEFT, RIGHT
from fashionnet.figures.style import TRUE, canvas, styled
from fashionnet.formats.codes import LANDMARK_NAMES, VISIBILITY

_ABSENT = "not on this garment"
_BAR = "#7aa6c9"
_INK = "#111827"


class Pooled(Protocol):
    pixels: np.ndarray
    places: np.ndarray
    true: np.ndarray
    visibility: np.ndarray
    gates: np.ndarray
    windows: np.ndarray
    maps: np.ndarray
    pooled: np.ndarray


@styled
def landmark_pooling(photos: Mapping[str, Pooled]) -> Figure:
    """A row a photo, {label: what `anatomy.pooled` says of it}: the photo with a window around each estimated landmark
    (the paler, the more its gate is closed), the same windows on the mean of conv4's maps, the gates beside what is
    true, and what is pooled, times the gate."""
    figure, panels = canvas(2.05 * len(photos) + 0.55, columns=4, rows=len(photos), width_ratios=(1.25, 1.25, 0.9, 0.5))
    for row, (label, photo) in enumerate(photos.items()):
        seen, maps, gates, given = panels[4 * row : 4 * row + 4]
        _windows(seen, photo, photo.pixels, true=True)
        _windows(maps, photo, photo.maps)
        _gates(gates, photo)
        _pooled(given, photo)
        seen.set_ylabel(label, fontsize=9)
        if row == 0:
            for axes, title in zip((seen, maps, gates, given), ("photo", "conv4, mean", "gate", "pooled")):
                axes.set_title(title, fontsize=9.5)
        if row == len(photos) - 1:
            gates.set_xlabel("probability of\nbeing visible", fontsize=8)
            given.set_xlabel("mean, times\nthe gate", fontsize=8)
    handles = [Line2D([], [], marker="D", ls="", mfc=colour, mec=_INK, ms=5, label=f"estimated, {side}")
               for colour, side in ((LEFT, "left"), (RIGHT, "right"))]  # fmt: skip
    handles.append(Line2D([], [], marker="o", ls="", mfc=TRUE, mec=_INK, ms=5, label="true, where visible"))
    figure.legend(handles=handles, loc="outside upper center", ncols=3, fontsize=8.5)
    return figure


def _windows(axes: Axes, photo: Pooled, picture: np.ndarray, true: bool = False) -> None:
    axes.imshow(picture, extent=(0, 1, 1, 0), cmap="gray", interpolation="nearest" if picture.ndim == 2 else "auto")
    for place, (x_1, y_1, x_2, y_2) in enumerate(photo.windows):
        if np.isnan(x_1):
            continue
        # Never quite invisible: a closed gate has to be seen as one.
        shown = 0.2 + 0.8 * float(photo.gates[place])
        for colour, width in ((_INK, 2.6), ((LEFT, RIGHT)[place % 2], 1.4)):
            axes.add_patch(Rectangle((x_1, y_1), x_2 - x_1, y_2 - y_1, fill=False, ec=colour, lw=width, alpha=shown))
    for place, point in enumerate(photo.places):
        axes.plot(*point, "D", color=(LEFT, RIGHT)[place % 2], ms=4.5, mec=_INK, mew=0.7,
                  alpha=0.2 + 0.8 * float(photo.gates[place]))  # fmt: skip
        if true and photo.visibility[place] == 0:
            axes.plot(*photo.true[place], "o", color=TRUE, ms=4, mec=_INK, mew=0.7)
    axes.set(xlim=(0, 1), ylim=(1, 0), xticks=[], yticks=[])
    axes.grid(visible=False)


def _gates(axes: Axes, photo: Pooled) -> None:
    places = range(len(photo.gates))
    axes.barh(places, photo.gates, color=_BAR, height=0.72)
    for place, code in enumerate(photo.visibility):
        axes.text(0.03, place, VISIBILITY.get(int(code), _ABSENT), fontsize=6.5, va="center", color=_INK)
    axes.set_yticks(places, LANDMARK_NAMES)
    axes.set(xlim=(0, 1), ylim=(len(photo.gates) - 0.5, -0.5), xticks=[0, 1])
    axes.tick_params(labelsize=7.5, length=0)
    axes.grid(visible=False)


def _pooled(axes: Axes, photo: Pooled) -> None:
    """The bins of each landmark, the landmarks one below the other as their gates are."""
    count, bins = photo.pooled.shape[0], photo.pooled.shape[1]
    largest = max(float(photo.pooled.max()), 1e-6)
    for place in range(count):
        axes.imshow(photo.pooled[place], cmap="Greens", vmin=0, vmax=largest,
                    extent=(0, 0.9, place + 0.42, place - 0.42), aspect="auto")  # fmt: skip
        axes.add_patch(Rectangle((0, place - 0.42), 0.9, 0.84, fill=False, ec="#6b7280", lw=0.6))
    axes.set(xlim=(-0.1, 1), ylim=(count - 0.5, -0.5), xticks=[], yticks=[], box_aspect=count / (1.1 * bins) * bins / 2)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.grid(visible=False)
