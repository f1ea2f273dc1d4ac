"""How many labels are right, from answers to a random sample of them, with intervals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from fashionnet.assess.draw import KINDS, draw
from fashionnet.metrics.intervals import Value

COLUMNS = ["labels", "probability", "skipped", "n", "right", "value", "low", "high"]


def accuracy(right: int, number: int) -> Value:
    """The share of right labels with its 95 % interval by Clopper and Pearson (1934); NaN of none.

    Theirs and not Wilson's: nearly all labels are right, and so near 1 Wilson's interval misses the truth up to three
    times as often as it says; theirs never does so more often. The price is an interval that is rather too wide.
    """
    if not number:
        return Value(math.nan, math.nan, math.nan, 0)
    wrong = number - right
    low = float(betaincinv(right, wrong + 1, 0.025)) if right else 0.0
    high = float(betaincinv(right + 1, wrong, 0.975)) if wrong else 1.0
    return Value(right / number, low, high, number)


def estimate(answered: pd.DataFrame) -> pd.DataFrame:
    """A row each for "positive", "negative" and "all" labels: how many of them are right, by the answers.

    answered: label (1 or -1), population (labels of its kind in the data) and answer: "y", the attribute is there; "n",
    it is not; "s", who was asked could not tell; "" not asked yet. The last two are left out.
    → labels in the data, probability of a label to be asked about and answered, skipped, n answered, right of these,
    and the accuracy: value, low, high, as shares. A kind of which none was drawn has zeros and NaN.

    "all" weighs the two kinds by their labels in the data (each answer by 1 / probability), and joins their intervals
    as Zou and Donner (2008) do for sums of independent shares.
    """
    rows, parts = [], []
    for label in KINDS:
        own = answered[answered["label"] == label]
        yes, no, skipped = (int((own["answer"] == key).sum()) for key in "yns")
        labels = int(own["population"].iloc[0]) if len(own) else 0
        right, number = (yes if label == 1 else no), yes + no
        value = accuracy(right, number)
        parts.append((labels, value))
        rows.append((labels, number / labels if labels else math.nan, skipped, number, right, *value[:3]))
    labels, _, skipped, number, right, *_ = map(sum, zip(*rows))
    value = weighted([(own / max(labels, 1), value) for own, value in parts])
    rows.append((labels, math.nan, skipped, number, right, *value[:3]))
    return pd.DataFrame(rows, index=[*KINDS.values(), "all"], columns=COLUMNS)


def true_attributes(estimates: pd.DataFrame, photos: int) -> Value:
    """How many attributes a photo really has, on average, by the answers; n is how many were given.

    estimates: of `estimate`. photos: that carry the labels. Positive labels that are right, and negative ones that are
    wrong: rare as these are, there are so many negative labels that they may outnumber the others.
    """
    positive, negative = (estimates.loc[kind] for kind in ("positive", "negative"))
    absent = Value(1 - negative["value"], 1 - negative["high"], 1 - negative["low"], int(negative["n"]))
    present = Value(positive["value"], positive["low"], positive["high"], int(positive["n"]))
    photos = max(photos, 1)
    return weighted([(positive["labels"] / photos, present), (negative["labels"] / photos, absent)])


def weighted(parts: list[tuple[float, Value]]) -> Value:
    """The sum of independent values, each with a weight of at least 0; its interval as Zou and Donner (2008).

    The distances from the parts' values to their limits add up as standard deviations do. NaN where a part is.
    """
    value = sum(weight * part.value for weight, part in parts)
    below = math.sqrt(sum((weight * (part.value - part.low)) ** 2 for weight, part in parts))
    above = math.sqrt(sum((weight * (part.high - part.value)) ** 2 for weight, part in parts))
    return Value(value, value - below, value + above, sum(part.n for _, part in parts))


def assess_with_truth(given: np.ndarray, true: np.ndarray, seed: int, number: int) -> pd.DataFrame:
    """`estimate` as one who knows the truth would make it: answers to `number` labels drawn from `given`.

    given, true: (N, A) int8, 1, -1 or 0 for unknown; who is asked about what is unknown in `true` cannot tell. Raises
    ValueError for different shapes.
    """
    if given.shape != true.shape:
        raise ValueError(f"found labels {given.shape} and true ones {true.shape}, expected the same shape")
    drawn = draw(given, seed, number)
    answers = pd.Series(true[drawn["row"], drawn["column"]]).map({1: "y", -1: "n", 0: "s"})
    return estimate(drawn.assign(answer=answers))
