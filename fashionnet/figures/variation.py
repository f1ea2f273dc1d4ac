"""Figures of variation: dots by group of photos, and curves by level of the controlled series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fashionnet.figures.style import canvas, styled
from fashionnet.systems import in_order, look

ROW, SYSTEM = 0.1, 0.1  # inches of a group, and of each system in it
ACROSS = 3  # panels of factors side by side


class Factor(Protocol):
    label: str
    unit: str
    values: tuple[float, ...]


@styled
def group_dots(table: pd.DataFrame, metrics: Mapping[str, str], groupings: Mapping[str, str]) -> Figure | None:
    """Dots with intervals by group: a panel a grouping {name: label} and metric {name: label}, systems one below the
    other; None where the table has none of them. A metric whose label ends in "(%)" is drawn in per cent.

    table: of one benchmark, as `evaluate.groups.by_group` returns it. Beside each group stands how many photos it has
    (18 of 38: so many could be measured); the dots of small groups are hollow.
    """
    table = table[table["metric"].isin([*metrics]) & table["grouping"].isin([*groupings])]
    metrics = {name: label for name, label in metrics.items() if name in set(table["metric"])}
    groupings = {name: label for name, label in groupings.items() if name in set(table["grouping"])}
    if table.empty:
        return None
    systems = in_order(table["system"].unique())
    sizes = [table.loc[table["grouping"] == name, "group"].nunique() for name in groupings]
    height = sum(sizes) * (ROW + SYSTEM * max(2, len(systems))) + 0.32 * len(sizes) + 0.75
    figure, panels = canvas(
        height, columns=len(metrics), rows=len(groupings), sharex="col", height_ratios=[size + 0.4 for size in sizes]
    )
    for place, axes in enumerate(panels):
        grouping, metric = [*groupings][place // len(metrics)], [*metrics][place % len(metrics)]
        own = table[(table["grouping"] == grouping) & (table["metric"] == metric)]
        groups = table[table["grouping"] == grouping].sort_values("order", kind="stable")["group"].unique()
        scale = 100 if metrics[metric].endswith("(%)") else 1
        _dots(axes, own, list(groups), systems, scale)
        first, last = place % len(metrics) == 0, place >= len(panels) - len(metrics)
        axes.set_yticks(range(len(groups)), [_counted(group, table, grouping) for group in groups] if first else [])
        title = groupings[grouping] if first else ""
        axes.set_title(f"{title[:1].upper()}{title[1:]}", fontsize=10)
        if last:
            axes.set_xlabel(metrics[metric])
        reach = 1.05 * scale * table.loc[table["metric"] == metric, "high"].max()
        axes.set_xlim(0, min(100, reach) if scale == 100 else reach)
    handles = [_handle(system) for system in systems]
    if table["small"].any():
        handles.append(Line2D([], [], marker="o", ls="", mfc="white", color="#4B5563", label="hollow: few photos"))
    figure.legend(handles=handles, loc="outside upper center", ncols=4)
    return figure


def _dots(axes: Axes, table: pd.DataFrame, groups: list[str], systems: list[str], scale: float) -> None:
    for row in table.dropna(subset="value").itertuples():
        style = look(row.system)
        y = groups.index(row.group) + (systems.index(row.system) - (len(systems) - 1) / 2) * 0.23
        reach = [[scale * max(0, row.value - row.low)], [scale * max(0, row.high - row.value)]]
        axes.errorbar(scale * row.value, y, xerr=reach, fmt=style.marker, color=style.colour, ms=4.5, lw=1.2,
                      mfc="white" if row.small else style.colour, clip_on=False)  # fmt: skip
    for place in range(1, len(groups)):
        axes.axhline(place - 0.5, color="#e4e7eb", lw=0.8)
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0, labelsize=9)


def _counted(group: str, table: pd.DataFrame, grouping: str) -> str:
    own = table[(table["grouping"] == grouping) & (table["group"] == group)]
    photos, measured = own["photos"].iloc[0], own["n"].max()
    return f"{group} ({photos:,})" if measured == photos else f"{group} ({measured:,} of {photos:,})"


@styled
def level_curves(table: pd.DataFrame, metric: str, ylabel: str, factors: Mapping[str, Factor]) -> Figure | None:
    """A panel a factor: the metric by level with its interval, a curve a system, a ring where a system breaks; None
    where no system was measured. table: as `evaluate.series.controlled` returns it."""
    table = table[(table["metric"] == metric) & table["value"].notna()]
    drawn = [name for name in factors if name in set(table["factor"])]
    if not drawn:
        return None
    rows = -(-len(drawn) // ACROSS)
    figure, panels = canvas(0.6 + 2.15 * rows, columns=min(ACROSS, len(drawn)), rows=rows, sharey=True)
    systems = in_order(table["system"].unique())
    for place, (name, axes) in enumerate(zip(drawn, panels)):
        factor, own = factors[name], table[table["factor"] == name]
        for system in systems:
            _curve(axes, own[own["system"] == system].sort_values("level"), system)
        axes.set_xticks(range(len(factor.values)), [f"{value:g}" for value in factor.values])
        axes.tick_params(labelsize=8)
        axes.set_title(factor.label, fontsize=10)
        axes.set_xlabel(factor.unit, fontsize=8.5)
        if place % ACROSS == 0:
            axes.set_ylabel(ylabel, fontsize=9)
    for axes in panels[len(drawn) :]:
        axes.set_visible(False)
    panels[0].set_ylim(0, min(100, 105 * table["high"].max()))
    ring = Line2D([], [], marker="o", ms=12, ls="", mfc="none", color="#4B5563", label="breaks here")
    figure.legend(handles=[*map(_handle, systems), ring], loc="outside upper center", ncols=4)
    return figure


def _curve(axes: Axes, table: pd.DataFrame, system: str) -> None:
    style, x = look(system), table["level"]
    axes.fill_between(x, 100 * table["low"], 100 * table["high"], color=style.colour, alpha=0.15, lw=0)
    axes.plot(x, 100 * table["value"], color=style.colour, marker=style.marker, ls=style.line, ms=4, lw=1.4)
    broken = table[table["breaks"]]
    axes.plot(broken["level"], 100 * broken["value"], color=style.colour, marker="o", ms=12, mfc="none", ls="")


def _handle(system: str) -> Line2D:
    style = look(system)
    return Line2D([], [], color=style.colour, marker=style.marker, ls=style.line, label=style.label)
