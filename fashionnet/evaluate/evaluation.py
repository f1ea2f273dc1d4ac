"""What an evaluation comes to, and how it is written."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fashionnet.files import replacing, write_json
from fashionnet.metrics import Value, bootstrap, wilson
from fashionnet.prepare.tables import Prepared

Entry = dict[str, Any]  # {"value", "low", "high", "n"} and, beside another system, "fashionnet_minus_this"
REFERENCE = "fashionnet"  # the system that every other one is compared with, photo by photo
DIGITS = 6  # of what is written: beyond them, machines differ

# What `dvc plots` draws of a benchmark: a table of its evaluation, and that table's columns for x and y.
PLOTS = {
    "landmarks": ("curves", "distance", "share"),
    "in_shop": ("top_k", "k", "accuracy"),
    "consumer_to_shop": ("top_k", "k", "accuracy"),
}


@dataclass(frozen=True)
class Evaluation:
    """The numbers of one benchmark.

    metrics: {system: {metric: {"value", "low", "high", "n"}}}, with 95 % bootstrap intervals; None where a number is
        undefined. n is the number of photos (queries) it was measured on. Of the other systems, also
        "fashionnet_minus_this": {"value", "low", "high"}, the difference with its paired interval.
    tables: what figures draw, by name; each evaluating function says which.
    headline: the metrics fit for a headline, the first the most.
    excluded: how many of something were left out, by what they are.
    notes: sentences that a reader of the numbers should know.
    reason: why nothing was measured; "" when something was.
    sums: {system: {metric: Sums}}, what the metrics were computed from, for groups of photos.
    """

    benchmark: str
    metrics: dict[str, dict[str, Entry]] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)
    headline: tuple[str, ...] = ()
    excluded: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    reason: str = ""
    sums: dict[str, dict[str, Sums]] = field(default_factory=dict)


def write(evaluation: Evaluation, reports: Path) -> None:
    """Write reports/metrics/BENCHMARK.json and, where a benchmark has a curve, reports/plots/BENCHMARK.csv: x, and a
    column a system."""
    write_json(reports / "metrics" / f"{evaluation.benchmark}.json", evaluation.metrics)
    if evaluation.benchmark in PLOTS:
        name, x, y = PLOTS[evaluation.benchmark]
        table = evaluation.tables.get(name, pd.DataFrame(columns=["system", x, y]))
        wide = table.set_index([x, "system"])[y].unstack("system")  # noqa: PD010, each pair stands once
        with replacing(reports / "plots" / f"{evaluation.benchmark}.csv") as temporary:
            wide.round(DIGITS).to_csv(temporary, lineterminator="\n")


@dataclass(frozen=True)
class Sums:
    """What a metric is computed from, photo by photo, so that any subset of the photos can be measured.

    photos: (U,) rows of `Prepared.photos`, each once.
    units: (U, K), what each photo adds to the sums.
    statistic: (B, K) sums → (B,) values.
    counted: (U,) bool, whether the photo is one of the n that the metric was measured on.
    clusters: (U,) int, photos that the bootstrap draws together (the queries of an item), or None: each by itself.
    """

    photos: np.ndarray
    units: np.ndarray
    statistic: Callable[[np.ndarray], np.ndarray]
    counted: np.ndarray
    clusters: np.ndarray | None = None

    @property
    def n(self) -> int:
        return int(self.counted.sum())

    @property
    def independent(self) -> int:
        """How many of the things that the bootstrap draws were measured: photos, or clusters of them."""
        return self.n if self.clusters is None else len(np.unique(self.clusters[self.counted]))

    @cached_property
    def drawn(self) -> np.ndarray:
        """(D, K), what each thing that the bootstrap draws adds: a photo, or a cluster of them."""
        if self.clusters is None:
            return self.units
        _, place = np.unique(self.clusters, return_inverse=True)
        return np.stack([np.bincount(place, weights=column) for column in self.units.T], axis=1)

    def of(self, rows: np.ndarray) -> Sums:
        """Of the photos `rows` alone."""
        keep = np.isin(self.photos, rows)
        clusters = None if self.clusters is None else self.clusters[keep]
        return Sums(self.photos[keep], self.units[keep], self.statistic, self.counted[keep], clusters)

    def minus(self, other: Sums) -> Sums:
        """The paired difference, this value minus that of `other`, measured on the same photos in the same order."""
        columns = self.units.shape[1]
        return replace(
            self,
            units=np.concatenate([self.units, other.units], axis=1),
            statistic=lambda sums: self.statistic(sums[:, :columns]) - other.statistic(sums[:, columns:]),
        )

    def inside_minus_rest(self, rows: np.ndarray) -> Sums:
        """The value on the photos `rows` minus that on all others. A sample draws photos of both at once."""
        inside = np.isin(self.photos, rows)[:, None]
        return replace(self, units=self.units * inside).minus(replace(self, units=self.units * ~inside))

    def measured(self) -> Value:
        value = bootstrap(self.drawn, self.statistic)
        return wilson(value, self.independent) if self.statistic is ratio else value


def measure(sums: Mapping[str, Mapping[str, Sums]]) -> dict[str, dict[str, Entry]]:
    """{system: {metric: sums}} → `Evaluation.metrics`. The photos of a metric are the same for all systems."""
    reference = sums.get(REFERENCE, {})
    found: dict[str, dict[str, Entry]] = {}
    for system, own in sums.items():
        found[system] = {}
        for metric, one in own.items():
            found[system][metric] = interval(one.measured()) | {"n": one.n}
            if system != REFERENCE and metric in reference:
                found[system][metric][f"{REFERENCE}_minus_this"] = interval(reference[metric].minus(one).measured())
    return found


def interval(value: Value) -> Entry:
    """A bootstrap's outcome as JSON holds it."""
    number, low, high = (None if math.isnan(v) else round(v, DIGITS) for v in value[:3])
    return {"value": number, "low": low, "high": high}


def ratio(sums: np.ndarray) -> np.ndarray:
    """(B, 2) sums → (B,) first by second."""
    return sums[:, 0] / sums[:, 1]


def mean_of_ratios(sums: np.ndarray) -> np.ndarray:
    """(B, 2 L) sums, the second half what the first is divided by → (B,) mean of the L ratios, 0/0 left out."""
    above, below = np.split(sums, 2, axis=1)
    known = below > 0
    ratios = np.where(known, above, 0) / np.where(known, below, 1)
    return ratios.sum(axis=1) / known.sum(axis=1)


def why_missing(prepared: Prepared, benchmark: str, what: str) -> str:
    """Why no test photo of `benchmark` has `what`, as the preparation noted it, or that none has."""
    return prepared.missing.get(benchmark) or prepared.missing.get(
        f"{benchmark}: {what}", f"no test photo of {benchmark} has {what}"
    )
