"""Figures of the data: how often categories, attributes and landmarks are there."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from fashionnet.figures.style import PALETTE, canvas, styled

_TYPES = {"upper-body": (PALETTE[0], ""), "lower-body": (PALETTE[1], "//"), "full-body": (PALETTE[2], "..")}
_VISIBILITY = {"visible": (PALETTE[0], ""), "occluded": (PALETTE[1], "//"), "truncated": (PALETTE[3], "xx")}


@styled
def category_bars(counts: pd.DataFrame) -> Figure:
    """Photos by category; `counts` holds category, clothes_type and photos, most first."""
    figure, (axes,) = canvas(1.0 + 0.2 * len(counts))
    for name, (colour, hatch) in _TYPES.items():
        own = counts[counts["clothes_type"] == name]
        if len(own):
            axes.barh(own.index, own["photos"], color=colour, hatch=hatch, edgecolor="white", label=name)
    _bar_labels(axes, counts["category"], counts["photos"])
    axes.set(xlabel="photos", xlim=(0, counts["photos"].max() * 1.12))
    axes.legend(loc="lower right", title="clothes type")
    return figure


@styled
def attribute_bars(counts: pd.DataFrame, groups: list[str], most: int = 10) -> Figure:
    """The commonest attributes of each group; `counts` holds attribute, group and positive, most first."""
    figure, panels = canvas(1.0 + 0.21 * most * -(-len(groups) // 2), columns=2, rows=-(-len(groups) // 2))
    for axes, group, colour in zip(panels, groups, PALETTE):
        own = counts[(counts["group"] == group) & (counts["positive"] > 0)].head(most).reset_index(drop=True)
        axes.barh(own.index, own["positive"], color=colour)
        _bar_labels(axes, own["attribute"], own["positive"])
        axes.set_title(group)
        axes.set_xlim(0, max(own["positive"].max() if len(own) else 1, 1) * 1.2)
    for axes in panels[max(0, len(groups) - 2) : len(groups)]:
        axes.set_xlabel("photos that have it")
    for axes in panels[len(groups) :]:
        axes.set_visible(False)
    return figure


@styled
def attribute_tail(counts: pd.DataFrame, groups: list[str], median: float) -> Figure:
    """How many photos have the commonest, the second, … attribute of each group; a line at the `median` attribute."""
    figure, (axes,) = canvas(3.4)
    longest = 1
    for group, colour, marker in zip(groups, PALETTE, "os^DvP"):
        positive = counts.loc[(counts["group"] == group) & (counts["positive"] > 0), "positive"].to_numpy()
        axes.plot(np.arange(1, len(positive) + 1), positive, color=colour, marker=marker, ms=4, label=group)
        longest = max(longest, len(positive))
    axes.axhline(median, color="#1f2933", lw=1.2, ls="--")
    axes.annotate(f"half are in fewer than {median:,.0f} photos", (1, median), (0, 3), ha="right", va="bottom",
                  xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=9)  # fmt: skip
    axes.set(yscale="log", xlabel="attribute's rank within its group", ylabel="photos that have it")
    axes.set(xlim=(0, 1.03 * longest))
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.legend(title="group", loc="upper right", ncols=len(groups))
    return figure


@styled
def visibility_bars(counts: pd.DataFrame) -> Figure:
    """Shares of visible, occluded and truncated landmarks; `counts` has a row a landmark."""
    figure, (axes,) = canvas(0.9 + 0.3 * len(counts))
    totals = counts.sum(axis=1).clip(lower=1)
    left = np.zeros(len(counts))
    for name, (colour, hatch) in _VISIBILITY.items():
        share = 100 * (counts[name] / totals).to_numpy()
        axes.barh(np.arange(len(counts)), share, left=left, color=colour, hatch=hatch, edgecolor="white", label=name)
        left += share
    axes.set_yticks(np.arange(len(counts)), counts.index)
    axes.invert_yaxis()
    axes.set(xlabel="share of annotated landmarks (%)", xlim=(0, 100))
    axes.grid(axis="y", visible=False)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure


def _bar_labels(axes, names, values) -> None:
    """Horizontal bars: a name at each, its number at its end, the first on top."""
    axes.set_yticks(np.arange(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    for place, value in enumerate(values):
        axes.annotate(f"{value:,}", (value, place), (3, 0), textcoords="offset points", va="center", fontsize=8.5)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
