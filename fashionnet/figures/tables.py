"""The benchmarks' result tables: each value with its interval, the best one marked, published numbers set apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from fashionnet.figures.swatch import named
from fashionnet.published import Published
from fashionnet.show import html_table
from fashionnet.systems import in_order, look

STAR, MARK = "★", "†"
Metrics = Mapping[str, Mapping[str, Mapping[str, Any]]]  # {system: {metric: {"value", "low", "high", "n"}}}


@dataclass(frozen=True)
class Column:
    """metric: its name in the metrics. label: the column's head. percent: shares are shown in per cent, else as they
    are with three decimals. smaller: whether a smaller value is the better one."""

    metric: str
    label: str
    percent: bool = True
    smaller: bool = False


def benchmark_table(
    caption: str,
    metrics: Metrics,
    columns: Sequence[Column],
    published: Published | None = None,
) -> Markup:
    """A row a system, FashionNet first and chance last, each value with its interval below it; columns that no system
    has are left out.

    The best of our own values is in bold and has a star, chance never. published: what was published of a system stands
    in its own cells, marked; that of others in rows of their own, without those that have no value in any column.
    """
    columns = [column for column in columns if any(_value(metrics, name, column) is not None for name in metrics)]
    head = [Markup('<th scope="col">System</th>')]
    for column in columns:
        better = Markup('<span class="count">smaller is better</span>') if column.smaller else ""
        head.append(Markup('<th scope="col" class="number">{}{}</th>').format(column.label, better))
    known = pd.DataFrame()
    if published is not None:
        known = published.rows.reindex(columns=[column.metric for column in columns]).dropna(how="all")
    digits = {name: _digits(known[name]) for name in known}
    ours = {look(system).label for system in metrics}
    others = [name for name in known.index if name not in ours]
    best = {column.metric: _best(metrics, column) for column in columns}
    rows = [_group("This study", len(columns))] if others else []
    rows += [_row(name, metrics, columns, best, known, digits) for name in in_order(metrics)]
    bodies = [[*rows, _counts(metrics, columns)]]
    if others:
        rows = [_published_row(name, known, columns, digits) for name in others]
        bodies.append([_group(f"Published by others {MARK}", len(columns)), *rows])
    notes = []
    if any(value is not None for value in best.values()):
        notes.append(f"{STAR} and bold: the best value of this study in its column.")
    if any(_interval(entry) for own in metrics.values() for entry in own.values()):
        notes.append("Below a value: its 95 % interval.")
    if len(known):
        notes.append(f"{MARK} {published.note}.")
    return html_table(caption, head, bodies, " ".join(notes))


def measured(metrics: Metrics, names: Iterable[str]) -> bool:
    """Whether any system has a value in any of the metrics `names`."""
    return any(entry.get(name, {}).get("value") is not None for entry in metrics.values() for name in names)


def _value(metrics: Metrics, system: str, column: Column) -> float | None:
    return metrics[system].get(column.metric, {}).get("value")


def _counts(metrics: Metrics, columns: Sequence[Column]) -> list[Markup]:
    """The row that says on how many photos each column was measured; a dash where systems differ."""
    cells = [Markup('<th scope="row" class="count">test photos</th>')]
    for column in columns:
        counts = {entry[column.metric].get("n") for entry in metrics.values() if column.metric in entry} - {None}
        text = f"{counts.pop():,}" if len(counts) == 1 else "–"
        cells.append(Markup('<td class="number"><span class="count">{}</span></td>').format(text))
    return cells


def _best(metrics: Metrics, column: Column) -> float | None:
    values = [_value(metrics, name, column) for name in metrics if name != "chance"]
    values = [value for value in values if value is not None]
    # A star at the only row says nothing.
    return (min if column.smaller else max)(values) if len(values) > 1 else None


def _row(
    system: str,
    metrics: Metrics,
    columns: Sequence[Column],
    best: Mapping[str, float | None],
    published: pd.DataFrame,
    digits: Mapping[str, int],
) -> list[Markup]:
    label = look(system).label
    cells = [Markup('<th scope="row">{}</th>').format(named(system))]
    for column in columns:
        entry = metrics[system].get(column.metric, {})
        value = entry.get("value")
        star = value is not None and system != "chance" and value == best[column.metric]
        low, high = _interval(entry) or (None, None)
        elsewhere = published.loc[label, column.metric] if label in published.index else None
        lines = [
            f"{_number(low, column)}–{_number(high, column)}" if low is not None else "",
            "" if elsewhere is None or pd.isna(elsewhere) else f"{MARK} {elsewhere:.{digits[column.metric]}f}",
        ]
        cells.append(
            Markup('<td class="number{}">{}{}{}</td>').format(
                " best" if star else "",
                f"{STAR} " if star else "",
                "–" if value is None else _number(value, column),
                Markup().join(
                    Markup('<span class="{}">{}</span>').format(kind, line)
                    for kind, line in zip(("interval", "published"), lines) if line
                ),
            )
        )  # fmt: skip
    return cells


def _interval(entry: Mapping[str, Any]) -> tuple[float, float] | None:
    """None where there is none, and where it is the value itself, since that was computed and not measured."""
    low, high = entry.get("low"), entry.get("high")
    return None if low is None or low == high else (low, high)


def _published_row(
    name: str, published: pd.DataFrame, columns: Sequence[Column], digits: Mapping[str, int]
) -> list[Markup]:
    cells = [Markup('<th scope="row">{}</th>').format(name)]
    for column in columns:
        value = published.loc[name, column.metric]
        text = "–" if pd.isna(value) else f"{value:.{digits[column.metric]}f}"
        cells.append(Markup('<td class="number">{}</td>').format(text))
    return cells


def _digits(values: pd.Series) -> int:
    """As many decimals as the most exact of the published values has."""
    return max(len(f"{value:g}".partition(".")[2]) for value in values.dropna()) if values.notna().any() else 0


def _group(note: str, columns: int) -> list[Markup]:
    return [Markup('<th scope="rowgroup" colspan="{}" class="group">{}</th>').format(columns + 1, note)]


def _number(value: float, column: Column) -> str:
    return f"{100 * value:.1f}" if column.percent else f"{value:.3f}"
