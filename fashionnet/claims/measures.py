"""Every measure of the claims, of one trained experiment: its predictions → what each test photo adds."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fashionnet import evaluate
from fashionnet.evaluate.evaluation import Sums
from fashionnet.evaluate.space import domain_gap, neighbours, silhouettes
from fashionnet.predictions import Arrays, aligned, load_predictions
from fashionnet.prepare.tables import BENCHMARKS, Prepared

# Measure → benchmark, and the metric's name there.
METRICS = {
    "category_top1": ("category_attribute", "category_top1"),
    "attributes_mean_top3": ("category_attribute", "attributes_mean_top3"),
    "landmark_error": ("landmarks", "normalised_error"),
    "in_shop_top1": ("in_shop", "top1"),
    "consumer_to_shop_top1": ("consumer_to_shop", "top1"),
    "consumer_to_shop_top20": ("consumer_to_shop", "top20"),
}
_SYSTEM = "this"


def measures(prepared: Prepared, predictions: Path) -> dict[str, Sums]:
    """{measure of `design.MEASURES`: sums}, those that the data and the experiment's outputs allow.

    predictions: the experiment's folder, with a file for each benchmark.
    """
    given = {name: load_predictions(predictions / f"{name}.npz") for name in BENCHMARKS}
    evaluations = {
        "category_attribute": evaluate.category_attribute,
        "landmarks": evaluate.landmarks,
        "in_shop": evaluate.in_shop,
        "consumer_to_shop": evaluate.consumer_to_shop,
    }
    sums = {name: of(prepared, {_SYSTEM: given[name]}).sums.get(_SYSTEM, {}) for name, of in evaluations.items()}
    found = {
        measure: sums[benchmark][metric]
        for measure, (benchmark, metric) in METRICS.items()
        if metric in sums[benchmark]
    }
    return found | _space(prepared, given)


def features(prepared: Prepared, predictions: Path) -> dict[str, np.ndarray]:
    """{benchmark: (N, D)} features of the test photos, in the tables' order."""
    given = {name: load_predictions(predictions / f"{name}.npz") for name in BENCHMARKS}
    return _features(prepared, given)


def _features(prepared: Prepared, given: dict[str, Arrays]) -> dict[str, np.ndarray]:
    return {
        name: aligned(prepared, name, {_SYSTEM: arrays})[_SYSTEM]["feature"]
        for name, arrays in given.items()
        if "feature" in arrays
    }


def _space(prepared: Prepared, given: dict[str, Arrays]) -> dict[str, Sums]:
    feature = _features(prepared, given)
    rows = {name: prepared.rows(name, "test") for name in feature}
    items, source = (prepared.photos[name].to_numpy() for name in ("item", "source_type"))
    found: dict[str, Sums] = {}
    if "category_attribute" in feature:
        own = rows["category_attribute"]
        found |= neighbours(prepared, own, feature["category_attribute"])
    if "in_shop" in feature:
        own = rows["in_shop"]
        found |= silhouettes(items[own].astype(str), own, feature["in_shop"])
    if "consumer_to_shop" in feature:
        own = rows["consumer_to_shop"]
        found |= domain_gap(items[own].astype(str), source[own], own, feature["consumer_to_shop"])
    return found
