"""Figures of the claims: differences with their intervals, what more attributes bring, and maps of feature spaces."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from fashionnet.figures.style import PALETTE, canvas, styled

# Of measures and of ways to choose: in colours that no system has, since figures of systems stand on the same pages.
INK, VIOLET, PALE = "#111827", "#7C3AED", "#9CA3AF"
LOOKS = {"primary": ("o", INK), "secondary": ("s", VIOLET), "further": ("D", PALE)}


@styled
def forest(differences: pd.DataFrame) -> Figure:
    """A dot with its interval for each difference, in points; right of zero speaks for the claim.

    differences: columns label, role (of LOOKS), value, low, high; a label that repeats is written once.
    """
    figure, (axes,) = canvas(1.1 + 0.4 * max(len(differences), 2))
    axes.axvline(0, color="#6b7280", lw=1)
    drawn, ticks, last = {}, [], None
    for place, row in enumerate(differences.itertuples(index=False)):
        marker, colour = LOOKS[row.role]
        ends = [[100 * (row.value - row.low)], [100 * (row.high - row.value)]]
        drawn[row.role] = axes.errorbar(100 * row.value, place, xerr=ends, fmt=marker, color=colour, ms=6, lw=1.5)
        ticks.append("" if row.label == last else row.label)
        if last is not None and row.label != last:
            axes.axhline(place - 0.5, color="#d9dee4", lw=0.8)
        last = row.label
    axes.set_yticks(range(len(ticks)), ticks, fontsize=9)
    axes.set(xlabel="difference (points), with its 95 % interval", ylim=(len(differences) - 0.4, -0.6))
    axes.grid(axis="y", visible=False)
    figure.legend(list(drawn.values()), [f"{role} measure" for role in drawn], loc="outside upper center", ncols=3)
    return figure


@styled
def by_share(curves: Mapping[str, pd.DataFrame]) -> Figure:
    """A panel a measure {title: table with columns how, share, value, low, high}: the value, with its interval, by the
    share of attributes trained."""
    figure, panels = canvas(0.4 + 2.6 * -(-len(curves) // 3), columns=min(3, len(curves)), rows=-(-len(curves) // 3))
    drawn = {}
    for axes in panels[len(curves) :]:
        axes.set_axis_off()
    for axes, (title, table) in zip(panels, curves.items()):
        for number, (how, own) in enumerate(table.groupby("how", sort=False)):
            own = own.sort_values("share")
            ends = own["value"] - own["low"], own["high"] - own["value"]
            drawn[how] = axes.errorbar(
                100 * own["share"] + (-0.8, 0.8)[number % 2],  # side by side, or one hides the other's interval
                own["value"], ends, marker="os"[number % 2], ls=("-", "--")[number % 2],
                color=(INK, VIOLET)[number % 2], ms=5, elinewidth=1.2, capsize=2,
            )  # fmt: skip
        axes.set_title(textwrap.fill(title, 22), fontsize=9.5)
        axes.set(xlabel="attributes trained (%)", xticks=[0, 10, 50, 100])
        axes.tick_params(axis="x", labelsize=8)  # or 0 and 10 run together
    figure.legend(list(drawn.values()), list(drawn), loc="outside upper center", ncols=2)
    return figure


@styled
def feature_maps(maps: Mapping[str, np.ndarray], groups: Sequence[str]) -> Figure:
    """A panel a network {label: (N, 2)}, each photo a dot in the colour and marker of its group (the commonest few)."""
    names = pd.Series(groups).value_counts().index[: len(PALETTE) - 1]
    figure, panels = canvas(3.7, columns=len(maps))
    drawn = {}
    for axes, (label, places) in zip(panels, maps.items()):
        for number, name in enumerate(names):
            chosen = np.asarray(groups) == name
            drawn[name] = axes.scatter(
                *places[chosen].T, s=12, color=PALETTE[number], marker="osD^vPX"[number % 7], lw=0
            )
        rest = ~np.isin(groups, names)
        drawn["others"] = axes.scatter(*places[rest].T, s=6, color="#c4cad1", lw=0, zorder=0)
        axes.set(title=label, xticks=[], yticks=[])
        axes.grid(visible=False)
    figure.legend(list(drawn.values()), list(drawn), loc="outside lower center", ncols=4)
    return figure
