"""What the whole photo costs against the garment's true box, on the same test photos."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from fashionnet.evaluate.evaluation import Entry, Sums, interval
from fashionnet.evaluate.landmarks import box_distances, errors
from fashionnet.evaluate.recognition import accuracies, attribute_ks, first_recall, recalls
from fashionnet.evaluate.retrieval import find, hits
from fashionnet.files import write_json
from fashionnet.metrics import attribute_ranks, category_ranks
from fashionnet.predictions import Arrays, aligned
from fashionnet.prepare.tables import Prepared
from fashionnet.ranking import ranking

Metrics = dict[str, dict[str, Entry]]
RETRIEVAL = ("in_shop", "consumer_to_shop")


def whole_photo(
    prepared: Prepared,
    rows: Mapping[str, np.ndarray],
    by_box: Mapping[str, Mapping[str, Arrays]],
    whole: Mapping[str, Mapping[str, Arrays]],
    k: int,
) -> Metrics:
    """{system: {measure: entry}}; of the photos `rows` of each benchmark, predicted in their boxes and whole.

    by_box: {benchmark: {system: predictions}} of all test photos, whose gallery is searched in either case. whole: of
    `rows`, in their order. k: of consumer-to-shop retrieval.
    Measures: category_top1, category_top3, the `first_recall` of attributes, normalised_error (of landmarks, in units
    of the true box), in_shop_top1 and consumer_to_shop_topK, each where the data and the system have it. An entry:
    value, low, high and n of the whole photo; "box", the same photos' in their boxes; "whole_minus_box", the paired
    difference with its interval (over photos, in retrieval over items).
    """
    found: Metrics = {}
    for benchmark, own in rows.items():
        test = prepared.rows(benchmark, "test")
        places = np.searchsorted(test, own)
        predictions = aligned(prepared, benchmark, by_box[benchmark])
        for system, arrays in whole[benchmark].items():
            boxed = predictions[system]
            picked = {name: values if name == "match_weights" else values[places] for name, values in boxed.items()}
            without, with_box = (_sums(prepared, benchmark, own, asked, boxed, k) for asked in (arrays, picked))
            for measure, sums in without.items():
                found.setdefault(system, {})[measure] = {
                    **interval(sums.measured()),
                    "n": sums.n,
                    "box": interval(with_box[measure].measured()),
                    "whole_minus_box": interval(sums.minus(with_box[measure]).measured()),
                }
    return found


def write_whole(metrics: Metrics, reports: Path) -> None:
    write_json(reports / "metrics" / "whole_photo.json", metrics)


def _sums(
    prepared: Prepared, benchmark: str, rows: np.ndarray, asked: Arrays, offered: Arrays, k: int
) -> dict[str, Sums]:
    photos = prepared.photos.iloc[rows]
    found: dict[str, Sums] = {}
    labels, attributed = photos["category"].to_numpy(np.int64), photos["attributed"].to_numpy()
    if "category" in asked and (known := labels >= 0).any():
        own = accuracies(rows[known], category_ranks(asked["category"][known], labels[known]))
        found |= {name: own[name] for name in ("category_top1", "category_top3")}
    if "attributes" in asked and attributed.any():
        ranked = attribute_ranks(
            asked["attributes"][attributed], prepared.attributes[rows[attributed]], prepared.groups
        )
        name = first_recall(prepared.groups)
        found[name] = recalls(rows[attributed], ranked, attribute_ks(prepared.groups))[name]
    if benchmark == "landmarks" and "landmarks" in asked and (prepared.visibility[rows] == 0).any():
        name = "normalised_error"
        found[name] = errors(rows, box_distances(prepared, rows, asked["landmarks"]))[name]
    if benchmark in RETRIEVAL and ranking(asked) is not None:
        found |= _retrieval(prepared, benchmark, rows, asked, offered, 1 if benchmark == "in_shop" else k)
    # Of labels among which none is positive there is nothing to find.
    return {name: sums for name, sums in found.items() if sums.n}


def _retrieval(
    prepared: Prepared, benchmark: str, rows: np.ndarray, asked: Arrays, offered: Arrays, k: int
) -> dict[str, Sums]:
    test = prepared.rows(benchmark, "test")
    items = prepared.photos["item"].to_numpy(str)
    gallery = np.flatnonzero(
        ((prepared.photos["role"] == "gallery") & (prepared.photos["item"] != "")).to_numpy()[test]
    )
    queries = np.flatnonzero((items[rows] != "") & np.isin(items[rows], items[test[gallery]]))
    if not len(queries):
        return {}
    own = items[rows[queries]]
    result = find((asked, queries), (offered, gallery), own, items[test[gallery]])
    return {f"{benchmark}_top{k}": hits(rows[queries], result, own, [k])[f"top{k}"]}
