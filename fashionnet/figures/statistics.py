"""Figures of the data's statistics: attributes together and by category, places of landmarks, photos and pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fashionnet.figures.style import PALETTE, canvas, styled

RARER, OFTENER = PALETTE[0], PALETTE[5]  # than chance: blue and vermilion
LEFT, RIGHT = PALETTE[0], PALETTE[5]  # sides of a garment
PARTS = ("collar", "sleeve", "waistline", "hem")
# What is typical is meant to be seen: the blue of what is rare stays pale.
_LIFT = LinearSegmentedColormap.from_list("lift", [(0, "#8FB8D4"), (0.5, "#F7F7F7"), (0.8, OFTENER), (1, "#7A3600")])
_FARTHEST = 3  # powers of two: beyond eight times, or an eighth, the colour stays


@styled
def pair_bars(pairs: pd.DataFrame, most: int = 10) -> Figure:
    """The two ends of `pairs` (attribute, other, together, expected, lift; highest lift first): up to `most` of each.

    Bars start at chance, on a logarithmic axis: twice as often is as long as half as often. Those never together end at
    its edge.
    """
    shown = pd.concat([pairs[pairs["lift"] > 1].head(most), pairs[pairs["lift"] < 1].tail(most)], ignore_index=True)
    figure, (axes,) = canvas(1.3 + 0.24 * len(shown))
    farthest = 1.1 * np.log2([4, *shown["lift"][shown["lift"] > 1], *(1 / shown["lift"][shown["lift"] > 0])]).max()
    for place, pair in enumerate(shown.itertuples()):
        often = pair.lift > 1
        axes.barh(place, np.log2(pair.lift) if pair.lift else -farthest, color=OFTENER if often else RARER)
        expected = f"{pair.expected:,.0f}" if pair.expected >= 10 else f"{pair.expected:.1f}"
        told = f"{pair.together:,} photos, {expected} by chance"
        side = -1 if often else 1  # of the line, the one that the bar leaves free
        axes.annotate(told, (0, place), (5 * side, 0), textcoords="offset points", va="center", fontsize=8.5,
                      ha="right" if often else "left", color="#3e4c59")  # fmt: skip
    axes.set_yticks(np.arange(len(shown)), [f"{pair.attribute} + {pair.other}" for pair in shown.itertuples()])
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.axvline(0, color="#1f2933", lw=1.2)
    axes.grid(axis="y", visible=False)
    step = -(-int(farthest) // 3)
    never = [-farthest] if (shown["lift"] == 0).any() else []
    room = 0.7 if never else 0.95  # for the word
    powers = [power for power in range(-3 * step, 3 * step + 1, step) if -room * farthest <= power <= farthest]
    axes.set_xticks(never + powers, ["never"] * len(never) + _times(powers))
    axes.set(xlim=(-farthest, farthest), xlabel="found together how many times as often as by chance")
    heads = (("rarely together", RARER, "right", -5), ("often together", OFTENER, "left", 5))
    for text, colour, alignment, offset in heads:
        axes.annotate(text, (0, 1), (offset, 4), xycoords=("data", "axes fraction"), textcoords="offset points",
                      ha=alignment, va="bottom", color=colour, weight="bold")  # fmt: skip
    return figure


@styled
def lift_map(lift: pd.DataFrame, types: Sequence[str]) -> Figure:
    """Lift of categories (rows) and attributes (columns), pale blue below 1, vermilion above, hatched where NaN.

    types: the clothes type of each row; a line is drawn where it changes.
    """
    figure, (axes,) = canvas(1.9 + 0.22 * len(lift))
    with np.errstate(divide="ignore"):
        powers = np.log2(lift.to_numpy(np.float64)).clip(-_FARTHEST, _FARTHEST)
    drawn = axes.imshow(powers, cmap=_LIFT, vmin=-_FARTHEST, vmax=_FARTHEST, aspect="auto")
    axes.patch.set(hatch="/////", edgecolor="#9aa5b1", linewidth=0)  # shows through where a cell is NaN
    axes.set_xticks(np.arange(lift.shape[1]), lift.columns, rotation=90, fontsize=9)
    axes.set_yticks(np.arange(lift.shape[0]), lift.index, fontsize=9)
    axes.set_xticks(np.arange(lift.shape[1] + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(lift.shape[0] + 1) - 0.5, minor=True)
    axes.grid(visible=False)
    axes.grid(which="minor", color="white", lw=1)
    axes.tick_params(which="both", length=0)
    for place in np.flatnonzero(np.asarray(types[1:]) != np.asarray(types[:-1])):
        axes.axhline(place + 0.5, color="#1f2933", lw=1.5)
    for name in dict.fromkeys(types):
        middle = np.mean(np.flatnonzero(np.asarray(types) == name))
        axes.annotate(name, (1, middle), (6, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
                      rotation=270, va="center", fontsize=9, weight="bold")  # fmt: skip
    bar = figure.colorbar(drawn, ax=axes, location="top", aspect=40, shrink=0.7, pad=0.02)
    bar.set_ticks(range(-_FARTHEST, _FARTHEST + 1), labels=_times(range(-_FARTHEST, _FARTHEST + 1), ends=True))
    bar.set_label("found together how many times as often as by chance (hatched: too few to tell)")
    bar.outline.set_visible(False)
    return figure


@styled
def landmark_maps(spread: Mapping[str, Mapping[str, tuple[np.ndarray, np.ndarray]]], edge: float) -> Figure:
    """Where in the box landmarks lie: a row a clothes type, a panel a pair of landmarks, darker where more do.

    spread: {type: {landmark: (counts, mean)}}, counts (G, G) over the box and `edge` of it around; mean (x, y), marked
    L or R.
    """
    figure, panels = canvas(0.7 + 1.72 * len(spread), columns=len(PARTS), rows=len(spread), sharex=True, sharey=True)
    extent = (-edge, 1 + edge, 1 + edge, -edge)
    rows = [(kind, part) for kind in spread for part in PARTS]
    for axes, (kind, part) in zip(panels, rows, strict=True):
        own = [(f"{side} {part}", colour) for side, colour in (("left", LEFT), ("right", RIGHT))]
        own = [(name, colour) for name, colour in own if name in spread[kind]]
        axes.add_patch(Rectangle((0, 0), 1, 1, fill=False, ec="#3e4c59", lw=1, ls="--", zorder=3))
        axes.grid(visible=False)
        for name, colour in own:
            axes.imshow(_shade(spread[kind][name][0], colour), extent=extent, interpolation="bilinear")
        for name, colour in own:
            x, y = spread[kind][name][1]
            axes.plot(x, y, "o", ms=12, color="white", mec=colour, mew=1.5, zorder=4)
            axes.annotate(name[0].upper(), (x, y), ha="center", va="center_baseline", fontsize=8.5, weight="bold",
                          color="#1f2933", zorder=5)  # fmt: skip
        if not own:
            axes.annotate("has none", (0.5, 0.5), ha="center", va="center", color="#6b7280")
        if kind == next(iter(spread)):
            axes.set_title(part)
        if part == PARTS[0]:
            axes.set_ylabel(f"{kind}\nshare of box height")
        axes.set(xlim=extent[:2], ylim=extent[2:], aspect="equal", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    for axes in panels[-len(PARTS) :]:
        axes.set_xlabel("share of box width")
    return figure


@styled
def item_bars(distributions: Mapping[str, Mapping[str, pd.Series]]) -> Figure:
    """How many items have how many photos, and pairs: {what: {benchmark: items by number}}, a row a kind."""
    columns = max(len(own) for own in distributions.values())
    figure, panels = canvas(2.35 * len(distributions) + 0.3, columns=columns, rows=len(distributions))
    drawn = [(what, title, items) for what, own in distributions.items() for title, items in own.items()]
    for axes, (what, title, items) in zip(panels, drawn, strict=True):
        axes.bar(items.index, items, color=PALETTE[0])
        axes.set(xlabel=f"{what} of an item", ylabel="items")
        if what == next(iter(distributions)):
            axes.set_title(title, fontsize=9.5)
        axes.grid(axis="x", visible=False)
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.tick_params(axis="x", labelrotation=45 if len(items) > 8 else 0)
    return figure


def _shade(counts: np.ndarray, colour: str) -> np.ndarray:
    """(G, G, 4): the colour, the less transparent the more counts; the root, so that the rare still shows.

    Full colour from the 98th percentile on: where boxes are cut tight, one cell would outshine all others.
    """
    shade = np.empty((*counts.shape, 4))
    shade[..., :3] = to_rgb(colour)
    most = np.percentile(counts[counts > 0], 98) if counts.any() else 1
    shade[..., 3] = np.sqrt((counts / most).clip(max=1))
    return shade


def _times(powers: Sequence[int], ends: bool = False) -> list[str]:
    """ "×1/2", "×1", "×2" of powers of two; `ends` says that the first and the last stand for all beyond."""
    names = [f"×{2**power}" if power >= 0 else f"×1/{2**-power}" for power in powers]
    return [f"≤ {names[0]}", *names[1:-1], f"≥ {names[-1]}"] if ends else names
