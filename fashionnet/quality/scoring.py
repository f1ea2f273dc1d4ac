"""What quality control finds, held against what was planted: precision and recall of each kind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fashionnet.quality.screening import FLAWS

ONE, OTHER = ["benchmark", "image_name"], ["of_benchmark", "of_image_name"]


def score_against(truth: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """A row a kind of flaw that either has: planted, found, right, precision, recall (NaN of nothing).

    truth, found: kind, benchmark, image_name, and in pairs of_benchmark, of_image_name (else missing). A pair is the
    same in either order. A row that stands twice counts once.
    """
    planted, seen = _keys(truth), _keys(found)
    rows = {}
    for kind in dict.fromkeys([*planted, *seen]):
        own, other = planted.get(kind, set()), seen.get(kind, set())
        rows[kind] = {"planted": len(own), "found": len(other), "right": len(own & other)}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["planted", "found", "right"]).rename_axis("kind")
    table["precision"] = (table["right"] / table["found"]).where(table["found"] > 0)
    table["recall"] = (table["right"] / table["planted"]).where(table["planted"] > 0)
    return table


def as_found(
    photos: pd.DataFrame, duplicates: pd.DataFrame, leaks: pd.DataFrame, screened: pd.DataFrame
) -> pd.DataFrame:
    """What `Quality` holds of the photos, in the form of `score_against`: a pair of copies is an "exact_duplicate" or a
    "near_duplicate", a leak is a photo, not a pair."""
    one, other = (photos[ONE].iloc[duplicates[end]].reset_index(drop=True) for end in ("first", "second"))
    exact = (duplicates["kind"] == "exact").to_numpy()
    copies = one.assign(kind=np.where(exact, "exact_duplicate", "near_duplicate"))
    copies[OTHER] = other.to_numpy()
    leaking = photos[ONE].iloc[leaks["train"].unique()].assign(kind="leak")
    return pd.concat([copies, leaking, screened[ONE].assign(kind=screened["flaw"])], ignore_index=True)


def as_planted(duplicates: pd.DataFrame, screening: pd.DataFrame) -> pd.DataFrame:
    """The record of a flawed sample in the form of `score_against`.

    duplicates: kind, leak (bool), and the planted photo (benchmark, image_name) beside the one that it was made from
    (of_benchmark, of_image_name). screening: kind, benchmark, image_name.
    """
    leaks = duplicates.loc[duplicates["leak"], ONE].assign(kind="leak")
    return pd.concat([duplicates[["kind", *ONE, *OTHER]], leaks, screening[["kind", *ONE]]], ignore_index=True)


def _keys(flaws: pd.DataFrame) -> dict[str, set[frozenset[tuple[str, str]]]]:
    """The photos, one or two, of every row, by kind."""
    flaws = flaws.reindex(columns=["kind", *ONE, *OTHER])
    found: dict[str, set[frozenset[tuple[str, str]]]] = {}
    for kind, benchmark, name, of_benchmark, of_name in flaws.itertuples(index=False, name=None):
        photos = {(benchmark, name)} | (set() if pd.isna(of_name) or kind in PLAIN else {(of_benchmark, of_name)})
        found.setdefault(kind, set()).add(frozenset(photos))
    return found


PLAIN = {"leak", *FLAWS}  # kinds that a photo has by itself, whatever else its row names
