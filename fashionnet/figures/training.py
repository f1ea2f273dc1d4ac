"""Curves of a training: every loss, and what was measured on the validation split, over both steps."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fashionnet.figures.style import PALETTE, canvas, styled

_LOSSES = {
    "loss": ("All, weighted", "weighted sum"),
    "loss_landmarks": ("Landmarks", "squared distance (crop side²)"),
    "loss_visibility": ("Visibility", "cross-entropy (nats)"),
    "loss_category": ("Category", "cross-entropy (nats)"),
    "loss_attributes": ("Attributes", "weighted cross-entropy"),
    "loss_pairs": ("Pairs", "loss of triplets or matches"),
}
# Title, axis label, the columns drawn with their labels, and the factor to the label's unit.
_VALIDATION = (
    ("Category", "top-k accuracy (%)", {"val_category_top1": "top-1", "val_category_top3": "top-3"}, 100),
    ("Attributes", "top-3 recall, mean (%)", {"val_attribute_top3": ""}, 100),
    ("Landmarks", "normalised error", {"val_landmark_error": ""}, 1),
    ("Consumer to shop", "top-1 accuracy (%)", {"val_retrieval_top1": ""}, 100),
)
HEADROOM = 1.2  # above the highest point, for the names of the steps
_SHADES = {"pose": "#fdf1dc", "recognition": "#e6f1f8"}


@styled
def loss_curves(history: pd.DataFrame) -> Figure:
    """The mean of each loss over the training photos, by epoch; `history` as training writes it."""
    drawn = [name for name in _LOSSES if name in history and history[name].notna().any()]
    figure, panels = _panels(len(drawn), history)
    for axes, name in zip(panels, drawn):
        title, unit = _LOSSES[name]
        axes.plot(history["epoch"], history[name], color=PALETTE[0], marker="o", ms=4)
        axes.set(title=title, ylabel=unit, ylim=(0, HEADROOM * history[name].max()))
    return figure


@styled
def validation_curves(history: pd.DataFrame) -> Figure | None:
    """What was measured on the validation split after each epoch; None where that split has no labels."""
    there = {name for name in history if history[name].notna().any()}
    drawn = [entry for entry in _VALIDATION if there & set(entry[2])]
    if not drawn:
        return None
    figure, panels = _panels(len(drawn), history)
    for axes, (title, unit, columns, factor) in zip(panels, drawn):
        for (name, label), colour, marker in zip(columns.items(), PALETTE, "os"):
            if name not in there:
                continue
            axes.plot(history["epoch"], factor * history[name], color=colour, marker=marker, ms=4, label=label)
        top = history[list(there & set(columns))].max(axis=None)
        axes.set(title=title, ylabel=unit, ylim=(0, HEADROOM * factor * max(top, 1e-3)))
        if len(columns) > 1:
            axes.legend(loc="lower right")
    return figure


def _panels(count: int, history: pd.DataFrame) -> tuple[Figure, list[Axes]]:
    """Two panels a row, the epochs of each training step shaded and named."""
    rows = -(-count // 2)
    figure, panels = canvas(0.3 + 2.45 * rows, columns=min(count, 2), rows=rows)
    for axes in panels[count:]:
        axes.set_visible(False)
    stretch = (history["step"] != history["step"].shift()).cumsum()
    for axes in panels[:count]:
        for _, part in history.groupby(stretch):
            first, last, name = part["epoch"].iloc[0], part["epoch"].iloc[-1], part["step"].iloc[0]
            axes.axvspan(first - 0.5, last + 0.5, color=_SHADES.get(name, "#f0f0f0"), lw=0, zorder=0)
            axes.annotate(f"{name} step", ((first + last) / 2, 1), (0, -2), ("data", "axes fraction"),
                          "offset points", ha="center", va="top", fontsize=8, color="#52606d")  # fmt: skip
        axes.set(xlabel="epoch", xlim=(history["epoch"].min() - 0.5, history["epoch"].max() + 0.5))
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    return figure, panels
