"""Test photos beside what a system made of them, chosen by a stated rule from an evaluation's tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from fashionnet.figures.photos import Tile, tiles
from fashionnet.formats.codes import CLOTHES_TYPES
from fashionnet.prepare.tables import Prepared, photo_to_crop

Rows = list[tuple[str, list[Tile]]]
Arrays = Mapping[str, np.ndarray]  # a system's predictions of one benchmark, image_name among them


def categories(prepared: Prepared, outcomes: pd.DataFrame, photos: int, seed: int = 0) -> Rows:
    """Photos at random among those whose highest score is right, and among those where it is wrong.

    outcomes: row of `prepared.photos`, true, predicted; of one system.
    """
    names = prepared.categories["category_name"].to_numpy()
    right = outcomes["true"] == outcomes["predicted"]
    found = []
    for label, keep, frame in (("Right", right, "right"), ("Wrong", ~right, "wrong")):
        own = _some(outcomes[keep], photos, seed)
        captions = [
            names[guess] if guess == true else f"{names[guess]}, is {names[true]}"
            for guess, true in zip(own["predicted"], own["true"])
        ]
        if len(own):
            found.append((label, tiles(prepared, own["row"], captions, frames=[frame] * len(own))))
    return found


def attributes(prepared: Prepared, predicted: Arrays, photos: int, seed: int = 0) -> Rows:
    """Test photos at random, with the highest score of each group in which the photo has a positive label."""
    rows = prepared.rows("category_attribute", "test")
    rows = rows[(prepared.attributes[rows] == 1).any(1)]
    if "attributes" not in predicted or not len(rows):
        return []
    names = prepared.attribute_names["attribute_name"].to_numpy()
    rows = np.sort(np.random.default_rng(seed).permutation(rows)[:photos])
    captions = []
    for row, place in zip(rows, _places(prepared, rows, predicted)):
        labels, scores = prepared.attributes[row], predicted["attributes"][place]
        best = [
            own[scores[own].argmax()]
            for own in (
                np.flatnonzero(prepared.groups == group) for group in dict.fromkeys(prepared.groups[labels == 1])
            )
        ]
        captions.append("; ".join(f"{_MARKS[int(labels[one])]} {names[one]}" for one in best))
    return [("", tiles(prepared, rows, captions))]


def landmarks(prepared: Prepared, outcomes: pd.DataFrame, predicted: Arrays, photos: int) -> Rows:
    """Photos at evenly spaced places in the order of their mean error, predicted beside true landmarks.

    outcomes: row of `prepared.photos`, error; of one system.
    """
    ordered = outcomes.sort_values(["error", "row"], ignore_index=True)
    own = ordered.iloc[np.linspace(0, len(ordered) - 1, min(photos, len(ordered))).round().astype(int)]
    rows = own["row"].to_numpy()
    points = predicted["landmarks"][_places(prepared, rows, predicted)]
    shares = photo_to_crop(points, prepared.photos.iloc[rows])
    shown = tiles(prepared, rows, [f"error {error:.3f}" for error in own["error"]], landmarks=True)
    return [("", [replace(tile, predicted=guess, compared=prepared.visibility[row] == 0)
                  for tile, guess, row in zip(shown, shares, rows)])]  # fmt: skip


def hidden(prepared: Prepared, seed: int = 0) -> dict[str, int]:
    """{clothes type: a row}, for each type a test photo at random among those with landmarks of which some, but not
    all, are hidden."""
    photos, visible = prepared.photos, prepared.visibility == 0
    some = visible.any(1) & (prepared.visibility > 0).any(1) & (photos["split"] == "test").to_numpy()
    found = {}
    for code, name in CLOTHES_TYPES.items():
        rows = np.flatnonzero(some & (photos["clothes_type"] == code).to_numpy())
        if len(rows):
            found[name] = int(np.random.default_rng(seed).choice(rows))
    return found


_MARKS = {1: "✓", -1: "✗", 0: "?"}  # labelled positive, negative, unknown


def _some(table: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    return table.iloc[np.sort(np.random.default_rng(seed).permutation(len(table))[:most])]


def _places(prepared: Prepared, rows: np.ndarray, predicted: Arrays) -> np.ndarray:
    """Where the photos of `rows` stand in a system's arrays."""
    return pd.Index(predicted["image_name"]).get_indexer(prepared.photos["image_name"].to_numpy()[rows])
