"""Category accuracy and attribute recall (DeepFashion, section 4.1: top-k accuracy and top-k recall rate)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fashionnet.metrics.arrays import as_array, check_k, check_scores, check_shapes, count_true, padded

ALL = "all"
MEAN = "mean"
BLOCK = 256  # positives at a time: a block of 1,000 columns stays in the processor's cache


def category_ranks(scores: Any, labels: Any) -> np.ndarray:
    """(N, C) scores, (N,) 0-based labels → (N,) int, the place of each photo's category, from 1.

    Raises ValueError for NaN, for shapes that do not fit and for labels outside [0, C).
    """
    scores, labels = as_array(scores), as_array(labels)
    check_shapes(scores=(scores, "N C"), labels=(labels, "N"))
    check_scores(scores)
    if len(labels) and not (labels.min() >= 0 and labels.max() < scores.shape[1]):
        raise ValueError(f"found labels {labels.min()} to {labels.max()}, expected 0 to {scores.shape[1] - 1}")
    labels = labels.astype(np.int64)
    own = np.take_along_axis(scores, labels[:, None], axis=1)
    return (scores >= own).sum(axis=1)


def category_accuracy(scores: Any, labels: Any, k: int) -> float:
    """(N, C) scores, (N,) 0-based labels → share in [0, 1] of photos whose category is among the k highest scores.

    NaN without photos. Raises ValueError as `category_ranks` does and for k under 1.
    """
    check_k(k)
    ranks = category_ranks(scores, labels)
    return float((ranks <= k).mean()) if len(ranks) else float("nan")


@dataclass(frozen=True)
class AttributeRanks:
    """Where each positive attribute of each photo is ranked; enough for the recall at any k.

    names: the groups in the order of their first column, then "all".
    photos: how many photos were ranked.
    photo, attribute, group: (P,) row, column and place in `names` of each positive label.
    within: (P,) int, its place among the attributes of its group, from 1.
    among_all: (P,) int, its place among all attributes.
    """

    names: tuple[str, ...]
    photos: int
    photo: np.ndarray
    attribute: np.ndarray
    group: np.ndarray
    within: np.ndarray
    among_all: np.ndarray

    @property
    def positives(self) -> np.ndarray:
        """(photos, len(names)) int, each photo's positive attributes."""
        return self._tally(np.ones_like(self.photo, dtype=bool), np.ones_like(self.photo, dtype=bool))

    def found(self, k: int) -> np.ndarray:
        """(photos, len(names)) int, how many of each photo's positive attributes are among the first k."""
        check_k(k)
        return self._tally(self.within <= k, self.among_all <= k)

    def _tally(self, in_group: np.ndarray, in_all: np.ndarray) -> np.ndarray:
        width = len(self.names)
        cells = np.concatenate([(self.photo * width + self.group)[in_group], self.photo[in_all] * width + width - 1])
        return np.bincount(cells, minlength=self.photos * width).reshape(self.photos, width)


def attribute_ranks(scores: Any, labels: Any, groups: Any) -> AttributeRanks:
    """(N, A) scores, (N, A) labels in {1, 0, -1}, (A,) group names → the rank of every positive attribute.

    An unknown label (0) is no positive and keeps its place in the ranking. Raises ValueError for NaN, for shapes
    that do not fit, for other labels, and for a group named "all" or "mean".
    """
    scores, labels, groups = as_array(scores), as_array(labels), as_array(groups).astype(str)
    check_shapes(scores=(scores, "N A"), labels=(labels, "N A"), groups=(groups, "A"))
    check_scores(scores)
    if labels.size and (labels.min() < -1 or labels.max() > 1):
        raise ValueError(f"found attribute labels from {labels.min()} to {labels.max()}, expected 1, 0 and -1")
    names = (*dict.fromkeys(groups.tolist()), ALL)
    if MEAN in names or ALL in names[:-1]:
        raise ValueError(f"found groups {', '.join(names[:-1])}, expected none to be called {ALL} or {MEAN}")
    photos, columns = scores.shape

    photo, attribute = np.divmod(np.flatnonzero(labels == 1), max(columns, 1))
    own = scores[photo, attribute]
    mates = np.zeros((columns, padded(columns)), dtype=bool)
    mates[:, :columns] = groups[:, None] == groups
    within, among_all = np.empty_like(photo), np.empty_like(photo)
    higher = np.zeros((BLOCK, padded(columns)), dtype=bool)
    for start in range(0, len(photo), BLOCK):
        block = slice(start, start + BLOCK)
        block_higher = higher[: len(photo[block])]
        np.greater_equal(scores[photo[block]], own[block, None], out=block_higher[:, :columns])
        among_all[block] = count_true(block_higher)
        within[block] = count_true(block_higher & mates[attribute[block]])
    codes = np.array([names.index(name) for name in groups.tolist()], dtype=np.int64)
    return AttributeRanks(names, photos, photo, attribute, codes[attribute], within, among_all)


def attribute_recall(scores: Any, labels: Any, groups: Any, k: int) -> dict[str, float]:
    """(N, A) scores, (N, A) labels in {1, 0, -1}, (A,) group names → the top-k recall rate of each group, in [0, 1].

    Of a group: the scores are ranked within the group, and the positive attributes found in the first k, summed over
    photos, are divided by all positive attributes of the group. "all" ranks all attributes together; "mean" is the
    plain mean of the groups, which the published "All" columns are closer to. A group without positives is NaN and
    left out of the mean. Raises ValueError as `attribute_ranks` does and for k under 1.
    """
    ranks = attribute_ranks(scores, labels, groups)
    found, positives = ranks.found(k).sum(axis=0), ranks.positives.sum(axis=0)
    recall = {name: f / p if p else float("nan") for name, f, p in zip(ranks.names, found.tolist(), positives.tolist())}
    known = [recall[name] for name in ranks.names[:-1] if not np.isnan(recall[name])]
    return {**recall, MEAN: sum(known) / len(known) if known else float("nan")}
