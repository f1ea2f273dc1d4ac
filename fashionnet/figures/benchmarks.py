"""Figures of the benchmarks: accuracy by k, recall by group, errors by landmark, confusion. All receive numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import seaborn as sns
from matplotlib.figure import Figure

from fashionnet.figures.style import canvas, styled
from fashionnet.figures.tables import Metrics
from fashionnet.systems import in_order, look


@styled
def top_k_curves(
    metrics: Metrics, ks: Sequence[int], name: str = "top{k}", ylabel: str = "top-k accuracy (%)"
) -> Figure:
    """Accuracy by k with its interval, a curve a system, chance dashed; metric `name` with k put in."""
    figure, (axes,) = canvas(4.0)
    for system in in_order(metrics):
        entries = [metrics[system].get(name.format(k=k), {}) for k in ks]
        drawn = [(k, entry) for k, entry in zip(ks, entries) if entry.get("value") is not None]
        if not drawn:
            continue
        style = look(system)
        x = [k for k, _ in drawn]
        axes.plot(x, [100 * entry["value"] for _, entry in drawn], color=style.colour, marker=style.marker,
                  ls=style.line, label=style.label)  # fmt: skip
        if all(entry.get("low") is not None for _, entry in drawn):
            low, high = ([100 * entry[end] for _, entry in drawn] for end in ("low", "high"))
            axes.fill_between(x, low, high, color=style.colour, alpha=0.15, lw=0)
    axes.set(xlabel="k: photos looked at", ylabel=ylabel, ylim=(0, 100), xticks=list(ks))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


@styled
def dots(metrics: Metrics, names: Mapping[str, str], xlabel: str, percent: bool = True) -> Figure:
    """A row of dots with intervals for each metric {metric: label}, the systems that have it one below the other."""
    entries = {
        name: [(system, entry) for system in in_order(metrics)
               if (entry := metrics[system].get(name, {})).get("value") is not None]
        for name in names
    }  # fmt: skip
    scale = 100 if percent else 1
    figure, (axes,) = canvas(1.3 + 0.16 * sum(len(row) + 1 for row in entries.values()))
    top, ticks, drawn = 0.0, [], {}
    for row in entries.values():
        ticks.append(top + (len(row) + 1) / 2)
        for place, (system, entry) in enumerate(row, 1):
            style, value = look(system), entry["value"]
            reach = [[scale * abs(value - _or(entry[end], value))] for end in ("low", "high")]
            drawn[system] = axes.errorbar(
                scale * value, top + place, xerr=reach, fmt=style.marker or "|", color=style.colour, ms=6, lw=1.4
            )
        top += len(row) + 1
        axes.axhline(top, color="#d9dee4", lw=0.8)
    axes.set_yticks(ticks, names.values())
    axes.set(xlabel=xlabel, xlim=(0, None), ylim=(top, 0))
    axes.grid(axis="y", visible=False)
    systems = in_order(drawn)
    figure.legend(
        [drawn[system] for system in systems], [look(system).label for system in systems],
        loc="outside upper center", ncols=4,
    )  # fmt: skip
    return figure


@styled
def distance_curves(distances: Sequence[float], shares: Mapping[str, Sequence[float]]) -> Figure:
    """Share of landmarks within a distance of the truth, a curve a system; distances in box units."""
    figure, (axes,) = canvas(3.8)
    for system in in_order(shares):
        style = look(system)
        every = max(1, len(distances) // 8)
        axes.plot(distances, 100 * np.asarray(shares[system]), color=style.colour, marker=style.marker, ls=style.line,
                  markevery=every, label=style.label)  # fmt: skip
    axes.set(
        xlabel="distance from the true landmark (share of the box's width and height)",
        ylabel="landmarks within it (%)",
        ylim=(0, 100),
        xlim=(0, max(distances)),
    )
    axes.legend(loc="lower right")
    return figure


@styled
def confusion(counts: np.ndarray, names: Sequence[str], system: str) -> Figure:
    """Rows: the true category, columns: the predicted one, in per cent of the row; counts (C, C).

    Categories that are neither true nor predicted anywhere are left out.
    """
    occurs = np.flatnonzero(counts.sum(0) + counts.sum(1))
    counts, names = counts[np.ix_(occurs, occurs)], [names[place] for place in occurs]
    share = 100 * counts / np.maximum(counts.sum(1, keepdims=True), 1)
    figure, (axes,) = canvas(min(6.6, 2.6 + 0.28 * len(names)))
    labels = np.vectorize(lambda value: f"{value:.0f}" if value >= 0.5 else "")(share) if len(names) <= 16 else False
    sns.heatmap(
        share,
        ax=axes,
        cmap="Blues",
        vmin=0,
        vmax=100,
        annot=labels,
        fmt="",
        square=True,
        linewidths=0.4,
        linecolor="#e4e7eb",
        xticklabels=names,
        yticklabels=names,
        annot_kws={"size": 8},
        cbar_kws={"label": "share of the true category's photos (%)", "fraction": 0.04, "shrink": 0.6},
    )
    axes.set(xlabel=f"predicted by {look(system).label}", ylabel="true category")
    axes.tick_params(labelsize=9 if len(names) <= 20 else 7.5 if len(names) <= 34 else 6.5, length=0)
    axes.grid(visible=False)
    return figure


def _or(value: float | None, other: float) -> float:
    return other if value is None else value
