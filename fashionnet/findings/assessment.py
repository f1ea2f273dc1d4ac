"""What a person's answers say of the attribute labels, in words."""

from __future__ import annotations

import pandas as pd

from fashionnet.findings.wording import count, percent, shown
from fashionnet.metrics.intervals import Value
from fashionnet.published import LABEL_ACCURACY


def assessment(estimates: pd.DataFrame, labelled: float, true: Value) -> list[str]:
    """How many labels are right, beside the poster's numbers, and what that means for a photo.

    estimates: of `assess.estimate`. labelled: positive labels of a photo, on average. true: of `true_attributes`.
    """
    known = estimates[estimates["n"] > 0]
    if not len(known):
        return [
            "No question has an answer yet. Run this notebook in JupyterLab, put the cursor into the field under the "
            "photo, and answer with y, n or s; then run the cells below the form again."
        ]
    paragraphs = [
        f"{shown(row)} of the {kind} labels are right, by {count(int(row['n']), 'answer')}. The poster's "
        f"{LABEL_ACCURACY[kind]:.1f} %, of DeepFashion's own labels, {_against(LABEL_ACCURACY[kind] / 100, row)}."
        for kind, row in known.iterrows()
        if kind in LABEL_ACCURACY
    ]
    if len(known) == len(estimates):
        paragraphs.append(
            f"Each kind weighed by its labels in the data, {shown(known.loc['all'])} of all labels are right. A "
            f"photo has {labelled:.1f} positive labels; by these answers {true.value:.1f} "
            f"({true.low:.1f} to {true.high:.1f}) attributes are really there."
        )
    skipped = int(estimates.loc["all", "skipped"])
    if skipped:
        asked = skipped + int(estimates.loc["all", "n"])
        paragraphs.append(
            f"{count(skipped, 'question was', 'questions were')} skipped, {percent(skipped / asked)} of those asked, "
            "and left out: if they are wrong more often than the rest, the labels are worse than this says."
        )
    return [*paragraphs, "Intervals are 95 %, over which labels were drawn; that one person answered is not in them."]


def _against(share: float, row: pd.Series) -> str:
    if row["low"] <= share <= row["high"]:
        return "lies within that interval"
    return "lies above it" if share > row["high"] else "lies below it"
