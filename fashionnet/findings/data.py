"""What was found in the data and in training, in words."""

from __future__ import annotations

import pandas as pd

from fashionnet.describe import TITLES, attribute_counts, category_counts, landmark_visibility
from fashionnet.findings.wording import count, percent, several
from fashionnet.prepare.tables import Prepared


def preparation(prepared: Prepared, unreadable: pd.DataFrame) -> list[str]:
    """What is there, what was left out, what is missing."""
    benchmarks = [TITLES[name] for name in prepared.photos["benchmark"].unique()]
    paragraphs = [
        f"{count(len(prepared.photos), 'photo')} of {count(len(benchmarks), 'benchmark')} are ready: "
        f"{several(benchmarks)}. Every row of their label files was checked."
    ]
    if prepared.sample:
        paragraphs.append(
            f"These are the rendered garments of the embedded sample, version {prepared.sample}, in the official "
            "layout. What is measured on them says whether the method works, and nothing about DeepFashion itself."
        )
    if len(unreadable):
        paragraphs.append(f"{count(len(unreadable), 'photo')} could not be read and left out; they are listed above.")
    else:
        paragraphs.append("Every photo could be read.")
    if prepared.missing:
        noted = count(len(prepared.missing), "thing is", "things are")
        paragraphs.append(
            f"{noted} missing from the label files, or not as they should be: listed above with the reason. What "
            "needs something that is missing is left out."
        )
    return paragraphs


def data(prepared: Prepared, pairs: pd.DataFrame) -> list[str]:
    """How long the tails are, what is found together, and how many landmarks can be seen.

    pairs: of `statistics.attribute_pairs`.
    """
    paragraphs = []
    categories = category_counts(prepared)
    if len(categories):
        first, last = categories.iloc[0], categories.iloc[-1]
        half = int((categories["photos"].cumsum() < categories["photos"].sum() / 2).sum()) + 1
        paragraphs.append(
            f"{count(len(categories), 'category', 'categories')} occur. {first['category']} is the commonest with "
            f"{count(int(first['photos']), 'photo')}, {last['category']} the rarest with {int(last['photos']):,}; "
            f"{half} of them hold half of all photos, so a guess of the commonest one is the first thing to beat."
        )
    attributed = prepared.photos["attributed"].to_numpy()
    if attributed.any():
        values = prepared.attributes[attributed]
        paragraphs.append(
            f"A photo has {(values == 1).sum(1).mean():.1f} of the {values.shape[1]:,} attributes on average; "
            f"{percent((values == 0).mean())} of all attribute labels are unknown."
        )
        paragraphs += _tail(attribute_counts(prepared)["positive"]) + _together(pairs)
    if prepared.photos["landmarked"].any():
        seen = landmark_visibility(prepared)
        share = seen["visible"] / seen.sum(axis=1)
        share = share.dropna()
        extremes = f"The {share.idxmin()} is hidden most often, the {share.idxmax()} least often."
        paragraphs.append(
            f"{percent(seen['visible'].sum() / seen.to_numpy().sum(), 0)} of the annotated landmarks are visible. "
            f"{extremes if share.min() < share.max() else 'None is hidden more often than another.'}"
        )
    return paragraphs or ["Apart from their splits, the photos carry no labels."]


def _tail(positive: pd.Series) -> list[str]:
    """positive: photos that have each attribute, the commonest first."""
    total, occur = int(positive.sum()), int((positive > 0).sum())
    if not total:
        return []
    half = int((positive.cumsum() < total / 2).sum()) + 1
    makes = "makes" if half == 1 else "make"
    return [f"{half:,} of the {occur:,} attributes that occur {makes} up half of the positive labels."]


def _together(pairs: pd.DataFrame) -> list[str]:
    if not len(pairs):
        return []
    first, last = pairs.iloc[0], pairs.iloc[-1]
    paragraphs = []
    if first["lift"] > 1:
        paragraphs.append(
            f"{first['attribute']} and {first['other']} are found together {first['lift']:.1f} times as often as by "
            f"chance ({count(int(first['together']), 'photo')})."
        )
    if last["lift"] < 1:
        seen = count(int(last["together"]), "photo") if last["together"] else "none"
        paragraphs.append(
            f"{last['attribute']} and {last['other']} would by chance be found together in {last['expected']:,.0f} "
            f"photos and are in {seen}."
        )
    return [" ".join(paragraphs)] if paragraphs else []


def training(history: pd.DataFrame, notes: list[str]) -> list[str]:
    """What became of the losses from the first epoch to the last, and what could not be trained."""
    names = {name: name.removeprefix("loss_") for name in history if name.startswith("loss_")}
    paragraphs = []
    falls, rises = [], []
    for column, name in names.items():
        values = history[column].dropna()
        if len(values) < 2:
            continue
        first, last = values.iloc[0], values.iloc[-1]
        (falls if last < first else rises).append(f"{name} from {first:.3g} to {last:.3g}")
    if falls:
        paragraphs.append(
            f"From the first epoch that it counted in to the last, the training loss fell for {several(falls)}."
        )
    if rises:
        paragraphs.append(f"It did not fall for {several(rises)}.")
    paragraphs += [f"{note[0].upper()}{note[1:]}." for note in notes]
    return paragraphs or ["A single epoch was trained: it shows no trend."]
