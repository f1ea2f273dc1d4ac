"""Test photos beside what a system made of them, chosen by a stated rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from fashionnet.describe import TITLES
from fashionnet.figures.photos import Tile, tiles
from fashionnet.metrics import landmark_distances, nearest
from fashionnet.prepare.tables import Prepared, crop_to_photo, photo_to_crop
from fashionnet.systems import in_order, look

Rows = list[tuple[str, list[Tile]]]
Predictions = Mapping[str, np.ndarray]  # a system's arrays of one benchmark, rows as prepared.rows(benchmark, "test")


def categories(prepared: Prepared, predicted: Predictions, photos: int, seed: int = 0) -> Rows:
    """Test photos at random among those whose highest score is right, and among those where it is wrong."""
    rows = prepared.rows("category_attribute", "test")
    true = prepared.photos["category"].to_numpy()[rows]
    if "category" not in predicted:
        return []
    names = prepared.categories["category_name"].to_numpy()
    guess = predicted["category"].argmax(1)
    rng = np.random.default_rng(seed)
    found = []
    for label, keep, frame in (("Right", guess == true, "right"), ("Wrong", guess != true, "wrong")):
        places = np.sort(rng.permutation(np.flatnonzero(keep & (true >= 0)))[:photos])
        captions = [names[guess[p]] if frame == "right" else f"{names[guess[p]]}, is {names[true[p]]}" for p in places]
        found.append((label, tiles(prepared, rows[places], captions, frames=[frame] * len(places))))
    return [(label, row) for label, row in found if row]


def attributes(prepared: Prepared, predicted: Predictions, photos: int, seed: int = 0) -> Rows:
    """Test photos at random, with the highest score of each group in which the photo has a positive label."""
    rows = prepared.rows("category_attribute", "test")
    if "attributes" not in predicted:
        return []
    names = prepared.attribute_names["attribute_name"].to_numpy()
    places = np.flatnonzero((prepared.attributes[rows] == 1).any(1))
    places = np.sort(np.random.default_rng(seed).permutation(places)[:photos])
    captions = []
    for place in places:
        labels, scores = prepared.attributes[rows[place]], predicted["attributes"][place]
        parts = []
        for group in dict.fromkeys(prepared.groups[labels == 1]):
            own = np.flatnonzero(prepared.groups == group)
            best = own[scores[own].argmax()]
            parts.append(f"{'✓' if labels[best] == 1 else '✗'} {names[best]}")
        captions.append("; ".join(parts))
    return [("", tiles(prepared, rows[places], captions))] if len(places) else []


def landmarks(prepared: Prepared, predicted: Predictions, photos: int) -> Rows:
    """Test photos at evenly spaced places in the order of their mean error, predicted beside true landmarks."""
    rows = prepared.rows("landmarks", "test")
    if "landmarks" not in predicted:
        return []
    table = prepared.photos.iloc[rows]
    side = (table[["x_2", "y_2"]].to_numpy(np.float64) - table[["x_1", "y_1"]].to_numpy(np.float64))[:, None]
    visible = prepared.visibility[rows] == 0
    true = np.where(visible[..., None], crop_to_photo(prepared.landmarks[rows], table), 0)
    distances = landmark_distances(predicted["landmarks"] / side, true / side, visible)
    known = np.flatnonzero(visible.any(1))
    mean = np.nanmean(distances[known], axis=1)
    order = known[np.argsort(mean, kind="stable")]
    places = order[np.linspace(0, len(order) - 1, min(photos, len(order))).round().astype(int)]
    errors = dict(zip(known, mean))
    shares = photo_to_crop(predicted["landmarks"], table)
    shown = tiles(prepared, rows[places], [f"error {errors[place]:.3f}" for place in places], landmarks=True)
    return [("", [replace(tile, predicted=shares[p], compared=visible[p]) for tile, p in zip(shown, places)])]


def retrieved(
    prepared: Prepared, predictions: Mapping[str, Predictions], benchmark: str, queries: int, k: int, seed: int = 0
) -> list[tuple[str, Rows]]:
    """Queries at random of those whose item is in the gallery: (caption, the query and each system's k nearest)."""
    rows = prepared.rows(benchmark, "test")
    roles = prepared.photos["role"].to_numpy(dtype=str)[rows]
    items = prepared.photos["item"].to_numpy(dtype=str)[rows]
    gallery = np.flatnonzero(roles == "gallery")
    answerable = np.flatnonzero((roles == "query") & np.isin(items, items[gallery]))
    chosen = np.sort(np.random.default_rng(seed).permutation(answerable)[:queries])
    systems = [name for name in in_order(predictions) if "feature" in predictions[name]]
    found = {name: nearest(feature[chosen], feature[gallery], k)[0] for name in systems
             if len(feature := predictions[name]["feature"])}  # fmt: skip
    sheets = []
    for number, place in enumerate(chosen):
        asked = tiles(prepared, rows[[place]], ["query"], frames=["query"], alts=[f"query, item {items[place]}"])
        sheet: Rows = [("", asked)]
        for name, near in found.items():
            photos = gallery[near[number]]
            frames = ["right" if items[photo] == items[place] else "" for photo in photos]
            alts = [
                f"{look(name).label}, place {n}{', right item' if frame else ''}" for n, frame in enumerate(frames, 1)
            ]
            sheet.append(
                (look(name).label, tiles(prepared, rows[photos], [""] * len(photos), frames=frames, alts=alts))
            )
        sheets.append((f"{TITLES[benchmark]}: query {number + 1}", sheet))
    return sheets
