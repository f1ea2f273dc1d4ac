"""What quality control found, in words and tables."""

from __future__ import annotations

import pandas as pd

from fashionnet.describe import TITLES
from fashionnet.findings.wording import count, percent, several
from fashionnet.prepare.control import Control
from fashionnet.prepare.tables import LEAKED, Prepared
from fashionnet.quality import groups
from fashionnet.quality.duplicates import KINDS, PLACES
from fashionnet.quality.screening import FLAWS

MEANINGS = {
    "blank": "one colour, nearly",
    "tiny": "too few pixels to tell a garment",
    "extreme_aspect": "many times as long as wide",
    "box_tiny": "the garment's box is almost nothing",
    "box_whole": "the garment's box is all of the photo, and nothing is cut off",
    "landmarks_outside": "a visible landmark outside the garment's box",
    "type_mismatch": "clothes type and the category's type differ",
    "single_photo_item": "the only photo of its item: nothing to retrieve",
}


def copies_table(found: Control) -> pd.DataFrame:
    """A row a kind of copy, a column a place: how many pairs."""
    counts = pd.crosstab(found.duplicates["kind"], found.duplicates["place"])
    return counts.reindex(index=list(KINDS), columns=list(PLACES), fill_value=0).rename_axis("pairs")


def leaks_table(found: Control) -> pd.DataFrame:
    """A row a benchmark whose training photos leak, a column the benchmark whose test split they stand in."""
    counts = pd.crosstab(found.leaks["train_benchmark"], found.leaks["test_benchmark"])
    return counts.rename(index=TITLES, columns=TITLES).rename_axis("training photos of")


def flaws_table(found: Control, prepared: Prepared) -> pd.DataFrame:
    """A row a flaw: what it means, and how many photos of each benchmark have it."""
    counts = pd.crosstab(found.screening["flaw"], found.screening["benchmark"])
    names = [name for name in TITLES if name in set(prepared.photos["benchmark"])]
    counts = counts.reindex(index=list(FLAWS), columns=names, fill_value=0).rename(columns=TITLES)
    counts.insert(0, "meaning", [MEANINGS[flaw] for flaw in counts.index])
    return counts.rename(index=lambda flaw: flaw.replace("_", " ")).rename_axis("flaw")


def quality(found: Control, prepared: Prepared) -> list[str]:
    """How many photos stand more than once, which of them leak, and what screening says."""
    return [_copies(found, prepared), _leaks(found, prepared), _screening(found, prepared)]


def _copies(found: Control, prepared: Prepared) -> str:
    looked = f"Among {count(len(prepared.photos), 'photo')}"
    if found.duplicates.empty:
        return f"{looked} none stands twice, neither with the same pixels nor as a changed copy."
    connected = groups(found.duplicates)
    again = len(connected) - connected["group"].nunique()
    kinds = found.duplicates["kind"].value_counts()
    parts = [f"{count(int(kinds[kind]), 'pair')} {kind}" for kind in KINDS if kind in kinds]
    across = int((found.duplicates["place"] == PLACES[-1]).sum())
    return (
        f"{looked} {count(again, 'is', 'are')} {'a copy' if again == 1 else 'copies'} of another "
        f"({percent(again / len(prepared.photos), 2)}): {several(parts)}; {count(across, 'pair')} across benchmarks."
    )


def _leaks(found: Control, prepared: Prepared) -> str:
    if found.leaks.empty:
        return "No training photo stands in a test split."
    photos = found.leaks.drop_duplicates("train")
    across = int((photos["train_benchmark"] != photos["test_benchmark"]).sum())
    left_out = (prepared.photos["split"] == LEAKED).any()
    what = "They are left out of training." if left_out else "They are kept in training: its test numbers flatter."
    return (
        f"{count(len(photos), 'training photo')} ({percent(len(photos) / _trained(prepared, found))} of all) "
        f"{'stands' if len(photos) == 1 else 'stand'} in a test split, {across} of them in another benchmark's. {what}"
    )


def _trained(prepared: Prepared, found: Control) -> int:
    splits = prepared.photos["split"]
    return int(((splits == "train") | (splits == LEAKED)).sum())


def _screening(found: Control, prepared: Prepared) -> str:
    if found.screening.empty:
        return "Screening found nothing that cannot be right."
    flaws = found.screening["flaw"].value_counts()
    parts = [f"{flaw.replace('_', ' ')} {flaws[flaw]:,}" for flaw in FLAWS if flaw in flaws]
    photos = found.screening["row"].nunique()
    return (
        f"Screening lists {count(photos, 'photo')} ({percent(photos / len(prepared.photos), 2)}): {several(parts, 9)}. "
        "They are listed and not taken out: a person should look at them first."
    )


def merged(prepared: Prepared, found: Control, different: pd.DataFrame) -> int:
    """How many of the pairs `different` (columns of `sample.truth.PAIR`) were called one photo."""
    names = (prepared.photos["benchmark"] + "/" + prepared.photos["image_name"]).to_numpy()
    called = {frozenset(names[[a, b]]) for a, b in zip(found.duplicates["first"], found.duplicates["second"])}
    pairs = zip(
        different["benchmark"] + "/" + different["image_name"],
        different["of_benchmark"] + "/" + different["of_image_name"],
    )
    return sum(frozenset(pair) in called for pair in pairs)


def against_truth(scores: pd.DataFrame, different: int, merged: int) -> list[str]:
    """How much of what was planted was found. scores: as `quality.score_against` gives them. different: pairs of
    different items that look alike, merged: how many of these were called one photo."""
    planted = scores[scores["planted"] > 0]
    missed = planted[planted["recall"] < 1]
    false = scores[(scores["found"] > 0) & (scores["precision"] < 1)]
    said = [
        f"Of {planted['planted'].sum():,} planted flaws {percent(planted['right'].sum() / planted['planted'].sum())} "
        f"were found, and {percent(scores['right'].sum() / max(scores['found'].sum(), 1))} of what was found was "
        "planted."
    ]
    if len(missed):
        parts = [f"{kind.replace('_', ' ')} {percent(row['recall'])}" for kind, row in missed.iterrows()]
        said.append(f"Not all were found of: {several(parts, 9)}.")
    if len(false):
        parts = [f"{kind.replace('_', ' ')} {percent(row['precision'])}" for kind, row in false.iterrows()]
        said.append(f"Found where nothing was planted, precision: {several(parts, 9)}.")
    said.append(
        f"Of {count(different, 'pair')} of different garments that differ in one attribute, {merged} "
        f"{'was' if merged == 1 else 'were'} called one photo."
    )
    return said
