"""The in-shop and consumer-to-shop retrieval benchmarks."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from fashionnet.evaluate.evaluation import Entry, Evaluation, Sums, interval, measure, ratio, why_missing
from fashionnet.metrics import Retrieval, Value, retrieval, retrieval_and_nearest, retrieval_chance
from fashionnet.predictions import Arrays, aligned
from fashionnet.prepare.tables import Prepared
from fashionnet.ranking import ranking

KS = (1, 5, 10, 20, 30, 40, 50)
SHOWN = 10  # nearest photos that the table of what was retrieved holds


def in_shop(prepared: Prepared, predictions: Mapping[str, Arrays]) -> Evaluation:
    """Query and gallery photos of shops; see `_evaluate`."""
    return _evaluate(prepared, predictions, "in_shop")


def consumer_to_shop(prepared: Prepared, predictions: Mapping[str, Arrays]) -> Evaluation:
    """Queries by consumers, the gallery by shops; see `_evaluate`."""
    return _evaluate(prepared, predictions, "consumer_to_shop")


def _evaluate(prepared: Prepared, predictions: Mapping[str, Arrays], benchmark: str) -> Evaluation:
    """Retrieval accuracy of each system that compares photos, and of chance, over queries whose item is in the gallery.

    A system that predicts matches is ranked by their probability, another by the Euclidean distance of its feature.
    Metrics: top1 … top50 (no k beyond the gallery), map_at_r, r_precision. Intervals are over items, since the queries
    of one are alike. Headlines keep k under a tenth of the gallery's items. Tables: "top_k" (system, k, accuracy),
    "queries" (system, row of `prepared.photos`, item, right: its photos in the gallery, rank, average_precision,
    r_precision) and "retrieved" (system, row, place from 1, retrieved: a row, distance as `metrics.nearest` has it,
    right). Raises ValueError for predictions that do not fit the test photos.
    """
    rows = prepared.rows(benchmark, "test")
    predictions = aligned(prepared, benchmark, predictions)
    roles, items = (prepared.photos[name].to_numpy(dtype=str)[rows] for name in ("role", "item"))
    queries, gallery = (np.flatnonzero((roles == role) & (items != "")) for role in ("query", "gallery"))
    answerable = np.isin(items[queries], items[gallery])
    if not answerable.any():
        return Evaluation(benchmark, reason=why_missing(prepared, benchmark, "items"))
    left_out = int((~answerable).sum())
    queries = queries[answerable]
    ks = [k for k in KS if k <= len(gallery)]

    sums, curves, found, retrieved = {}, [], [], []
    for system, arrays in predictions.items():
        by = ranking(arrays)
        if by is None:
            continue
        result, near, distances = retrieval_and_nearest(
            by.query[queries], by.gallery[gallery], items[queries], items[gallery], SHOWN, match=by.match
        )
        sums[system] = hits(rows[queries], result, items[queries], ks)
        steps = np.arange(1, max(ks) + 1)
        accuracy = [(result.rank <= k).mean() for k in steps]
        curves.append(pd.DataFrame({"k": steps, "accuracy": accuracy, "system": system}))
        own = {"system": system, "row": rows[queries], "item": items[queries], **result._asdict()}
        found.append(pd.DataFrame(own))
        table = {
            "system": system,
            "row": np.repeat(rows[queries], near.shape[1]),
            "place": np.tile(np.arange(1, near.shape[1] + 1), len(queries)),
            "retrieved": rows[gallery[near]].ravel(),
            "distance": distances.ravel(),
            "right": (items[gallery[near]] == items[queries, None]).ravel(),
        }
        retrieved.append(pd.DataFrame(table))
    if not sums:
        return Evaluation(benchmark, reason="no system has a feature or a match to compare photos by")
    right = found[0]["right"]
    metrics = measure(sums)
    metrics["chance"] = _chance(right, len(gallery), ks)
    steps = np.arange(1, max(ks) + 1)
    random = retrieval_chance(right, len(gallery), steps).top_k
    curves.append(pd.DataFrame({"k": steps, "accuracy": random, "system": "chance"}))

    offered_items = len(np.unique(items[gallery]))
    headline = tuple(f"top{k}" for k in ks if k == 1 or k < offered_items / 10)
    notes = [
        f"{len(queries):,} queries of {len(np.unique(items[queries])):,} items look for theirs among {len(gallery):,} "
        f"gallery photos of {offered_items:,} items."
    ]
    if left_out:
        notes.append(f"{left_out:,} queries whose item is not there are left out.")
    if len(headline) < len(KS):
        notes.append(f"From k = {math.ceil(offered_items / 10)} on, a tenth of the gallery's items, top-k says little.")
    tables = {"top_k": curves, "queries": found, "retrieved": retrieved}
    tables = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}
    excluded = {"queries whose item is not in the gallery": left_out}
    return Evaluation(benchmark, metrics, tables, headline, excluded, tuple(notes), sums=sums)


def find(
    queries: tuple[Arrays, np.ndarray],
    gallery: tuple[Arrays, np.ndarray],
    query_items: np.ndarray,
    gallery_items: np.ndarray,
) -> Retrieval:
    """What a system finds for Q queries among G gallery photos: of either, arrays that hold them, and their rows.

    Raises ValueError where it ranks by nothing in one of them.
    """
    (asked, query_rows), (offered, gallery_rows) = queries, gallery
    by, of = ranking(asked), ranking(offered)
    if by is None or of is None:
        raise ValueError("found neither features nor matches in the predictions, expected one of them to rank by")
    return retrieval(by.query[query_rows], of.gallery[gallery_rows], query_items, gallery_items, match=by.match)


def hits(rows: np.ndarray, result: Retrieval, items: np.ndarray, ks: list[int]) -> dict[str, Sums]:
    """topK for each of `ks`, map_at_r and r_precision of the queries `rows`, those of an item drawn together."""
    measured = {f"top{k}": result.rank <= k for k in ks}
    measured |= {"map_at_r": result.average_precision, "r_precision": result.r_precision}
    _, item = np.unique(items, return_inverse=True)
    ones = np.ones(len(rows))
    return {name: Sums(rows, np.stack([own, ones], axis=1), ratio, ones > 0, item) for name, own in measured.items()}


def _chance(right: pd.Series, gallery: int, ks: list[int]) -> dict[str, Entry]:
    """Computed, not measured: the interval is the value itself."""
    chance = retrieval_chance(right, gallery, ks)
    numbers = dict(zip((f"top{k}" for k in ks), chance.top_k.tolist()))
    numbers |= {"map_at_r": chance.map_at_r, "r_precision": chance.r_precision}
    return {
        name: interval(Value(number, number, number, len(right))) | {"n": len(right)}
        for name, number in numbers.items()
    }
