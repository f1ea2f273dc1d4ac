"""Which attribute labels a person is asked about: two random samples, one of positive and one of negative labels.

Two, since positives are few: of the official labels one in three hundred, so that a plain sample would hold hardly any.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from fashionnet.prepare.tables import Prepared

KINDS = {1: "positive", -1: "negative"}
MOST = 5000  # questions: more than a person answers
_AT_ONCE = 4096  # photos whose labels are compared at a time: the official labels are 290 MB


def draw(labels: np.ndarray, seed: int, number: int) -> pd.DataFrame:
    """Draw `number` labels, half of them positive on average, without replacement, in the order of asking.

    labels: (N, A) int8, 1 positive, -1 negative, 0 unknown, which is never drawn. → row, column, label (1 or -1) and
    population: how many labels of that kind there are. Each of these is drawn with the same probability, so many of
    its kind in the table / population. Fewer where there are fewer.

    What comes next is as good as the toss of a coin (until a kind is used up), so that whoever answers cannot tell. The
    first n are the same for every `number`: more can be asked later, and what was answered still counts. Raises
    ValueError for more than MOST.
    """
    if not 0 <= number <= MOST:
        raise ValueError(f"found {number} questions, expected 0 to {MOST}")
    rng = np.random.default_rng(seed)
    parts = []
    for label in KINDS:
        in_row = _count_in_rows(labels, label)
        ends = np.cumsum(in_row)
        population = int(ends[-1]) if len(ends) else 0
        ranks = rng.choice(population, min(population, MOST), replace=False)
        row = np.searchsorted(ends, ranks, side="right")
        place = ranks - (ends[row] - in_row[row])  # among the row's labels of this kind
        # Two kinds arriving at random at the same rate: which comes next is even.
        arrival = rng.exponential(size=len(ranks)).cumsum()
        kind = {"row": row, "place": place, "label": label, "population": population, "arrival": arrival}
        parts.append(pd.DataFrame(kind))
    drawn = pd.concat(parts).sort_values("arrival", ignore_index=True).head(number)
    columns = [
        np.flatnonzero(labels[row] == label)[place]
        for row, place, label in zip(drawn["row"], drawn["place"], drawn["label"], strict=True)
    ]
    drawn.insert(1, "column", np.array(columns, dtype=np.int64))
    return drawn[["row", "column", "label", "population"]].astype("int64")


def draw_questions(prepared: Prepared, seed: int, number: int) -> pd.DataFrame:
    """`draw` from the prepared attribute labels, with benchmark, image_name, attribute and group of each."""
    drawn = draw(prepared.attributes, seed, number)
    photos = prepared.photos.iloc[drawn["row"]]
    names = prepared.attribute_names.iloc[drawn["column"]]
    return drawn.assign(
        benchmark=photos["benchmark"].to_numpy(),
        image_name=photos["image_name"].to_numpy(),
        attribute=names["attribute_name"].to_numpy(),
        group=names["group"].to_numpy(),
    )


def _count_in_rows(labels: np.ndarray, label: int) -> np.ndarray:
    """(N,) how often each row of `labels` holds `label`."""
    starts = range(0, len(labels), _AT_ONCE)
    counts = [np.count_nonzero(labels[start : start + _AT_ONCE] == label, axis=1) for start in starts]
    return np.concatenate(counts) if counts else np.zeros(0, np.int64)
