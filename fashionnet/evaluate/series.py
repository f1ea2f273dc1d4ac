"""The controlled series: how each system fares with the same garments while one factor moves, and where it breaks.

All of it is ours: photographs cannot be taken again with one thing changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

import numpy as np
import pandas as pd

from fashionnet.evaluate.evaluation import REFERENCE, Sums, ratio
from fashionnet.evaluate.groups import INTERVAL, P, numbers
from fashionnet.evaluate.landmarks import WITHIN, box_distances, errors
from fashionnet.evaluate.recognition import accuracies, attribute_ks, first_recall, recalls
from fashionnet.evaluate.retrieval import find
from fashionnet.metrics import attribute_ranks, category_ranks, holm, p_value
from fashionnet.predictions import Arrays, aligned
from fashionnet.prepare.tables import Prepared
from fashionnet.ranking import ranking
from fashionnet.systems import in_order

NAME, GALLERY, BASE = "series", "consumer_to_shop", "base"
BREAK = 0.1  # a drop of more than this share, its interval clear of zero, is where a system breaks

DIFFERENCES = ("drop", f"{REFERENCE}_minus_this", "lead_change")
NUMBERS = [*(f"{name}{end}" for name in DIFFERENCES for end in INTERVAL), f"{DIFFERENCES[2]}{P}"]
COLUMNS = ["metric", "factor", "system", "level", "at", "value", "low", "high", "n", "breaks", *NUMBERS]

# (M,), (M,) rows of the same garments at level 0 and at another → a metric's sums of both, on what both can be
# measured on, in the same order.
Pair = Callable[[np.ndarray, np.ndarray], tuple[Sums, Sums]]


class Factor(Protocol):
    """values: of the factor at levels 0, 1, …"""

    values: tuple[float, ...]


class Series(Protocol):
    """prepared: photos of the benchmark "series", all of its split "test". table: row by row, their factor ("base"
    where nothing has moved), level and item."""

    prepared: Prepared
    table: pd.DataFrame


def controlled(
    series: Series,
    factors: Mapping[str, Factor],
    predictions: Mapping[str, Arrays],
    prepared: Prepared,
    street: Mapping[str, Arrays],
    k: int,
) -> pd.DataFrame:
    """Every system at every level of every factor.

    predictions: of the series' photos. prepared, street: the study's own data and the predictions of its
    consumer-to-shop test photos, whose gallery is searched; k: of the retrieval accuracy.
    A row a metric, factor, system and level: at (the factor's value), value, low, high, n (garments), breaks (whether
    this is the level where the system breaks: the first whose drop is over 10 points with its interval clear of zero)
    and, each with _low and _high: drop (the value at level 0 minus this one, of the same garments),
    fashionnet_minus_this (at this level) and lead_change (that minus the same at level 0; with _p, Holm's over a
    metric). Landmarks are those visible at level 0 and at this level. Level 0 stands under every factor. Raises
    ValueError for predictions that do not fit the photos.
    """
    # An empty series has no categories either, which predictions of it could not fit.
    pairs = _pairs(series, predictions, prepared, street, k) if len(series.table) else {}
    rows = []
    for metric in dict.fromkeys(metric for own in pairs.values() for metric in own):
        own = {system: metrics[metric] for system, metrics in pairs.items() if metric in metrics}
        for factor, moved in factors.items():
            for row in _levels(own, series.table, factor):
                rows.append(row | {"metric": metric, "factor": factor, "at": moved.values[row["level"]]})
    table = pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(NUMBERS, float))
    table[NUMBERS[-1]] = table.groupby("metric")[NUMBERS[-1]].transform(holm)
    table["breaks"] = first_break(table)
    return table


def first_break(table: pd.DataFrame) -> pd.Series:
    """Of each metric, factor and system, True at the first level whose drop is over `BREAK` and clear of zero."""
    over = (table["level"] > 0) & (table["drop"] > BREAK) & (table["drop_low"] > 0)
    first = table["level"].where(over).groupby([table[name] for name in ("metric", "factor", "system")])
    return over & (table["level"] == first.transform("min"))


def _levels(pairs: Mapping[str, Pair], table: pd.DataFrame, factor: str) -> Iterator[dict]:
    base = _rows(table, BASE, 0)
    for level in [0, *sorted(table.loc[table["factor"] == factor, "level"].unique())]:
        own = _rows(table, factor if level else BASE, level)
        items = base.index.intersection(own.index)
        measured = {system: pairs[system](base[items].to_numpy(), own[items].to_numpy()) for system in in_order(pairs)}
        for system, (before, now) in measured.items():
            row = {"system": system, "level": int(level), "n": now.n} | numbers(now.measured())
            row |= numbers(before.minus(now).measured(), "drop")
            if system != REFERENCE and REFERENCE in measured:
                lead_before, lead = (one.minus(other) for one, other in zip(measured[REFERENCE], (before, now)))
                change = lead.minus(lead_before).measured()
                row |= numbers(lead.measured(), DIFFERENCES[1]) | numbers(change, DIFFERENCES[2])
                if level:
                    row[f"{DIFFERENCES[2]}_p"] = p_value(change.value, change.deviation)
            yield row


def _rows(table: pd.DataFrame, factor: str, level: int) -> pd.Series:
    """Rows of the photos of a level, by item."""
    own = np.flatnonzero((table["factor"] == factor) & (table["level"] == level))
    return pd.Series(own, index=table["item"].to_numpy(dtype=str)[own]).sort_index()


def _pairs(
    series: Series, predictions: Mapping[str, Arrays], prepared: Prepared, street: Mapping[str, Arrays], k: int
) -> dict[str, dict[str, Pair]]:
    """{system: {metric: Pair}}, of the metrics that a system and the labels have."""
    photos, rows = series.prepared.photos, np.arange(len(series.table))
    labels, items = photos["category"].to_numpy(np.int64), photos["item"].to_numpy(dtype=str)
    known, attributed = np.flatnonzero(labels >= 0), np.flatnonzero(photos["attributed"])
    shop = prepared.rows(GALLERY, "test")
    offered = np.flatnonzero(prepared.photos["role"].to_numpy(dtype=str)[shop] == "gallery")
    offered_items = prepared.photos["item"].to_numpy(dtype=str)[shop[offered]]
    asked = np.flatnonzero(np.isin(items, offered_items))
    street = aligned(prepared, GALLERY, street)

    found: dict[str, dict[str, Pair]] = {}
    for system, arrays in aligned(series.prepared, NAME, predictions).items():
        own = found.setdefault(system, {})
        if "category" in arrays and len(known):
            ranks = category_ranks(arrays["category"][known], labels[known])
            own["category_top1"] = _same_photos(accuracies(known, ranks)["category_top1"])
        if "attributes" in arrays and len(attributed):
            values = series.prepared.attributes[attributed]
            ranked = attribute_ranks(arrays["attributes"][attributed], values, series.prepared.groups)
            name = first_recall(series.prepared.groups)
            own[name] = _same_photos(recalls(attributed, ranked, attribute_ks(series.prepared.groups))[name])
        if "landmarks" in arrays and (series.prepared.visibility == 0).any():
            own[f"within_{WITHIN}"] = _same_landmarks(box_distances(series.prepared, rows, arrays["landmarks"]))
        if ranking(arrays) is not None and ranking(street.get(system, {})) is not None and len(asked):
            rank = find((arrays, asked), (street[system], offered), items[asked], offered_items).rank
            ones = np.ones(len(asked))
            own[f"top{k}"] = _same_photos(Sums(asked, np.stack([rank <= k, ones], axis=1), ratio, ones > 0))
    return found


def _same_photos(sums: Sums) -> Pair:
    """Of garments whose photo at both levels is one of the sums'."""
    index = pd.Index(sums.photos)

    def pair(base: np.ndarray, level: np.ndarray) -> tuple[Sums, Sums]:
        before, now = index.get_indexer(base), index.get_indexer(level)
        both = (before >= 0) & (now >= 0)
        return tuple(
            replace(sums, photos=level[both], units=sums.units[own[both]], counted=sums.counted[own[both]])
            for own in (before, now)
        )

    return pair


def _same_landmarks(distances: np.ndarray) -> Pair:
    """Of landmarks that are visible at both levels; distances: (N, 8) of every photo, NaN where not visible."""

    def pair(base: np.ndarray, level: np.ndarray) -> tuple[Sums, Sums]:
        hidden = np.isnan(distances[base]) | np.isnan(distances[level])
        return tuple(
            errors(level, np.where(hidden, np.nan, distances[own]))[f"within_{WITHIN}"] for own in (base, level)
        )

    return pair
