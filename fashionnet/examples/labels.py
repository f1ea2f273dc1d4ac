"""Photos by their labels, drawn at random (always the same ones) among those that carry the label."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fashionnet.describe import CODES, attribute_counts, category_counts
from fashionnet.figures.photos import Tile, tiles
from fashionnet.formats.codes import CLOTHES_TYPES
from fashionnet.prepare.tables import Prepared

Rows = list[tuple[str, list[Tile]]]
MOST = 60  # rows of a sheet: the official data has 1,000 attributes, and a page is to be looked at


def _labelled(prepared: Prepared, rows: np.ndarray, name: str) -> list[Tile]:
    return tiles(prepared, rows, [""] * len(rows), alts=[name] * len(rows), box=True, landmarks=True)


def category_rows(prepared: Prepared, photos: int) -> Rows:
    """A row for each of the MOST commonest categories, with the garment's box and landmarks."""
    counts = category_counts(prepared).head(MOST)
    chosen = [_draw(prepared.photos["category"] == row, photos) for row in counts["row"]]
    return [
        (f"{name} ({number:,})", _labelled(prepared, rows, name))
        for name, number, rows in zip(counts["category"], counts["photos"], chosen)
    ]


def attribute_rows(prepared: Prepared, photos: int) -> Rows:
    """A row for each group's MOST commonest attributes: photos that have it, then as many that do not.

    Those that do not are of the same categories as those that do, where there are any: what differs is the attribute.
    """
    category = prepared.photos["category"].to_numpy()
    found = []
    for group, counts in attribute_counts(prepared).query("positive > 0").groupby("group", sort=False):
        for column, name in zip(counts["column"][:MOST], counts["attribute"][:MOST]):
            values = prepared.attributes[:, column]
            has = _draw(values == 1, photos, seed=column)
            lacks: list[int] = []
            for row in has:
                free = (values == -1) & ~np.isin(np.arange(len(values)), lacks)
                alike = free & (category == category[row])
                lacks += _draw(alike if alike.any() else free, 1, seed=column).tolist()
            row = []
            for rows, frame, word in ((has, "right", "has"), (lacks, "wrong", "has not")):
                row += tiles(prepared, rows, [""] * len(rows), alts=[f"{word}: {name}"] * len(rows),
                             frames=[frame] * len(rows))  # fmt: skip
            found.append((f"{name} ({group})", row))
    return found


def landmark_rows(prepared: Prepared, photos: int) -> Rows:
    """A row for each clothes type, with box and landmarks."""
    found = []
    for code, name in CLOTHES_TYPES.items():
        rows = _draw(prepared.photos["landmarked"] & (prepared.photos["clothes_type"] == code), photos)
        if len(rows):
            found.append((name, _labelled(prepared, rows, name)))
    return found or [
        ("", tiles(prepared, rows := _draw(prepared.photos["width"] > 0, photos), [""] * len(rows), box=True))
    ]


def joint_rows(prepared: Prepared, photos: int) -> Rows:
    rows = _draw(prepared.photos["jointed"], photos)
    return [("", tiles(prepared, rows, [""] * len(rows), alts=["a person's joints"] * len(rows), joints=True))]


def code_rows(prepared: Prepared, column: str, photos: int) -> Rows:
    """A row for each code of pose_type, source_type or variation_type that occurs, with box and landmarks."""
    found = []
    for code in sorted(set(prepared.photos[column]) - {0}):
        name = CODES[column].get(code, "unnamed")
        rows = _draw(prepared.photos[column] == code, photos)
        found.append((f"{code}: {name}", _labelled(prepared, rows, name)))
    return found


def item_rows(prepared: Prepared, items: int, photos: int, seed: int = 0) -> Rows:
    """In-shop items at random, of those with at least two photos: a row an item."""
    own = prepared.photos[(prepared.photos["benchmark"] == "in_shop") & (prepared.photos["item"] != "")]
    sizes = own.groupby("item", sort=True).size()
    found = []
    for item in _some(sizes.index[sizes > 1], items, seed):
        rows = own.index[own["item"] == item][:photos]
        found.append((item, tiles(prepared, rows, [""] * len(rows), alts=[f"item {item}"] * len(rows))))
    return found


def pair_rows(prepared: Prepared, items: int, photos: int, seed: int = 0) -> Rows:
    """Consumer-to-shop items at random: a row an item, the consumer's photos framed, then the shop's."""
    own = prepared.photos[(prepared.photos["benchmark"] == "consumer_to_shop") & (prepared.photos["item"] != "")]
    sources = own.groupby("item", sort=True)["source_type"].agg(set)
    found = []
    for item in _some(sources.index[sources.map({1, 2}.issubset)], items, seed):
        row = []
        for code, frame, word in ((2, "query", "consumer"), (1, "", "shop")):
            rows = own.index[(own["item"] == item) & (own["source_type"] == code)][: photos // 2]
            row += tiles(prepared, rows, [word] * len(rows), frames=[frame] * len(rows),
                         alts=[f"{word}'s photo of item {item}"] * len(rows))  # fmt: skip
        found.append((item, row))
    return found


def _draw(keep: pd.Series | np.ndarray, most: int, seed: int = 0) -> np.ndarray:
    rows = np.flatnonzero(np.asarray(keep))
    return np.sort(np.random.default_rng(seed).permutation(rows)[:most])


def _some(names: pd.Index, most: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(names.to_numpy(dtype=object))[:most]
