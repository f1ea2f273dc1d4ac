"""The category and attribute prediction benchmark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from fashionnet.evaluate.evaluation import Evaluation, Sums, mean_of_ratios, measure, ratio, why_missing
from fashionnet.formats.codes import FINE_ATTRIBUTE_TYPES
from fashionnet.metrics import AttributeRanks, attribute_ranks, category_ranks
from fashionnet.predictions import Arrays, aligned
from fashionnet.prepare.tables import Prepared

BENCHMARK = "category_attribute"
CATEGORY_KS = (1, 3, 5)
ATTRIBUTE_KS = (3, 5)
FINE_ATTRIBUTE_KS = (1, 3, 5)  # three of the six fine groups hold three attributes: the first three are all


def category_attribute(prepared: Prepared, predictions: Mapping[str, Arrays]) -> Evaluation:
    """Category accuracy and attribute recall of each system that predicts them.

    Metrics: category_top1, 3 and 5; attributes_GROUP_top3 and 5 for each group, "all" and "mean" (with
    fine annotations top1 too). Tables:
    "confusion" {system: (C, C) photos, true by predicted}, "categories" (system, category, photos, top1, top3, top5),
    "attributes" (system, attribute, group, positives, top3, top5) and "photos" (system, row of `prepared.photos`,
    true, predicted, rank). Raises ValueError for predictions that do not fit the test photos.
    """
    rows = prepared.rows(BENCHMARK, "test")
    predictions = aligned(prepared, BENCHMARK, predictions)
    labels = prepared.photos["category"].to_numpy()[rows]
    attributed = prepared.photos["attributed"].to_numpy()[rows]
    excluded, notes = {}, []
    ks = attribute_ks(prepared.groups)
    if not (labels >= 0).any() and not attributed.any():
        return Evaluation(BENCHMARK, reason=why_missing(prepared, BENCHMARK, "category"))

    sums: dict[str, dict[str, Sums]] = {system: {} for system in predictions}
    confusion, categories, photos, attributes = {}, [], [], []
    for system, arrays in predictions.items():
        if "category" in arrays and (labels >= 0).any():
            known = np.flatnonzero(labels >= 0)
            scores, true = arrays["category"][known], labels[known].astype(np.int64)
            ranks = category_ranks(scores, true)
            sums[system] |= accuracies(rows[known], ranks)
            own = pd.DataFrame({"row": rows[known], "true": true, "predicted": scores.argmax(axis=1), "rank": ranks})
            photos.append(own.assign(system=system))
            categories.append(_by_category(prepared, own).assign(system=system))
            size = len(prepared.categories)
            pairs = np.bincount(own["true"] * size + own["predicted"], minlength=size * size)
            confusion[system] = pairs.reshape(size, size)
        if "attributes" in arrays and attributed.any():
            values = prepared.attributes[rows[attributed]]
            ranked = attribute_ranks(arrays["attributes"][attributed], values, prepared.groups)
            sums[system] |= recalls(rows[attributed], ranked, ks)
            attributes.append(_by_attribute(prepared, ranked).assign(system=system))
            empty = [name for name, p in zip(ranked.names, ranked.positives.sum(axis=0)) if not p]
            excluded["groups of attributes without a positive label"] = len(empty)
    if not any(sums.values()):
        return Evaluation(BENCHMARK, reason="no system predicts categories or attributes")

    for what, known in (("category", labels >= 0), ("attributes", attributed)):
        excluded[f"test photos without {what}"] = int((~known).sum())
        if not known.any():
            notes.append(f"No {what}: {why_missing(prepared, BENCHMARK, what)}.")
    trivial = _found_at_once(prepared.groups, ks) if attributes else []
    if trivial:
        notes.append(
            "A group of k attributes or fewer has all of them among the first k, whatever the scores: "
            f"{'; '.join(trivial)}. So the mean of the groups is given for the first guess too."
        )
    tables = {
        "categories": categories,
        "attributes": attributes,
        "photos": photos,
    }
    sums = {system: own for system, own in sums.items() if own}
    return Evaluation(
        BENCHMARK,
        measure(sums),
        {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items() if parts}
        | {"confusion": confusion},
        ("category_top3", first_recall(prepared.groups)),
        excluded,
        tuple(notes),
        sums=sums,
    )


def attribute_ks(groups: np.ndarray) -> tuple[int, ...]:
    """The k of attribute recall with these groups of attributes, the one that is told first before the others."""
    return FINE_ATTRIBUTE_KS if set(groups) & set(FINE_ATTRIBUTE_TYPES.values()) else ATTRIBUTE_KS


def first_recall(groups: np.ndarray) -> str:
    """The metric of attribute recall that is told first."""
    return f"attributes_mean_top{attribute_ks(groups)[0]}"


def accuracies(rows: np.ndarray, ranks: np.ndarray) -> dict[str, Sums]:
    """Category accuracies of photos `rows` of known category; ranks: (N,) the place of each photo's category."""
    ones = np.ones(len(ranks))
    return {f"category_top{k}": Sums(rows, np.stack([ranks <= k, ones], axis=1), ratio, ones > 0) for k in CATEGORY_KS}


def recalls(rows: np.ndarray, ranked: AttributeRanks, ks: Sequence[int]) -> dict[str, Sums]:
    """Recall of each group, "all" and "mean" on photos `rows`; n counts the photos with something to find."""
    positives, found = ranked.positives, {}
    for k in ks:
        hits = ranked.found(k)
        for place, name in enumerate(ranked.names):
            units = np.stack([hits[:, place], positives[:, place]], axis=1)
            found[f"attributes_{name}_top{k}"] = Sums(rows, units, ratio, positives[:, place] > 0)
        groups = np.concatenate([hits[:, :-1], positives[:, :-1]], axis=1)
        found[f"attributes_mean_top{k}"] = Sums(rows, groups, mean_of_ratios, positives[:, -1] > 0)
    return found


def _found_at_once(groups: np.ndarray, ks: Sequence[int]) -> list[str]:
    """For each k of `ks` the groups of so few attributes that k guesses find them all; only with fine annotations."""
    if 1 not in ks:
        return []
    sizes = Counter(groups.tolist())
    few = {k: [name for name, size in sizes.items() if size <= k] for k in ks}
    return [f"k = {k}: {', '.join(names)}" for k, names in few.items() if names]


def _by_category(prepared: Prepared, photos: pd.DataFrame) -> pd.DataFrame:
    names = prepared.categories["category_name"]
    hits = {f"top{k}": photos["rank"] <= k for k in CATEGORY_KS}
    groups = photos.assign(**hits).groupby("true")
    table = groups[list(hits)].mean()
    table.insert(0, "photos", groups.size())
    table.insert(0, "category", names.to_numpy()[table.index])
    return table.reset_index(drop=True)


def _by_attribute(prepared: Prepared, ranked: AttributeRanks) -> pd.DataFrame:
    """Attributes with a positive label among the test photos; ranks are within the group."""
    size = len(prepared.attribute_names)
    positives = np.bincount(ranked.attribute, minlength=size)
    table = prepared.attribute_names.rename(columns={"attribute_name": "attribute"}).assign(positives=positives)
    for k in ATTRIBUTE_KS:
        found = np.bincount(ranked.attribute[ranked.within <= k], minlength=size)
        table[f"top{k}"] = found / np.maximum(positives, 1)
    return table[positives > 0].reset_index(drop=True)
