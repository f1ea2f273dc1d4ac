"""Photos and labels that cannot be right, found from the tables and what was kept of each photo. Ours.

The limits are wide: a photo of the paper's kind, a shop's or a person's, comes nowhere near them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

BLANK = 4.0  # grey levels of spread: one colour with grain under JPEG has 1, the palest of 3,335 real photos 10
LEAST_SIDE = 32  # pixels: networks see 48 and more, and the shortest side of those photos, shrunk to 192, is 82
MOST_ASPECT = 4.0  # long side by short side: a person from head to foot is 3, the longest of those photos 2.3
LEAST_BOX = 0.005  # of the photo's area: a garment of 7 % of both sides; the sample's smallest is 0.027
LEAST_BOX_SIDE = 0.03  # of the photo's side: a strip of a garment, not one; the sample's narrowest is 0.1
WHOLE_BOX = 0.99  # of the photo's area: the garment was not found, unless the frame cuts it off
OUTSIDE = 0.05  # of the box's longer side, plus a pixel, that a visible landmark may lie beyond: points are set by hand
FLAWS = (
    "blank",
    "tiny",
    "extreme_aspect",
    "box_tiny",
    "box_whole",
    "landmarks_outside",
    "type_mismatch",
    "single_photo_item",
)


def screen(
    table: pd.DataFrame, landmarks: np.ndarray, visibility: np.ndarray, categories: pd.DataFrame
) -> pd.DataFrame:
    """Every flaw of FLAWS that a row has: row, benchmark, image_name, flaw, found (what was seen, in words).

    table: PHOTO_COLUMNS and `spread`. landmarks (N, 8, 2) in photo pixels with visibility (N, 8), codes as in
    the files, -1 where there is none. categories: category_type, the rows that `table.category` points to. Sorted by
    row, then in the order of FLAWS.
    """
    found = [
        _blank(table),
        _tiny(table),
        _extreme_aspect(table),
        _box_tiny(table),
        _box_whole(table, visibility),
        _landmarks_outside(table, landmarks, visibility),
        _type_mismatch(table, categories),
        _single_photo_item(table),
    ]
    rows = [(row, flaw, words) for flaw, own in zip(FLAWS, found, strict=True) for row, words in own]
    rows.sort(key=lambda each: each[0])
    flaws = pd.DataFrame(rows, columns=["row", "flaw", "found"]).astype({"row": "int64", "flaw": "str", "found": "str"})
    for place, name in enumerate(("benchmark", "image_name"), 1):
        flaws.insert(place, name, table[name].to_numpy()[flaws["row"]])
    return flaws


VISIBLE, TRUNCATED = 0, 2  # codes of visibility
Found = list[tuple[int, str]]  # row and what was seen


def _blank(table: pd.DataFrame) -> Found:
    spread = table["spread"].to_numpy()
    return [(row, f"grey levels spread by {spread[row]:.1f}") for row in np.flatnonzero(spread < BLANK)]


def _tiny(table: pd.DataFrame) -> Found:
    width, height = table["width"].to_numpy(), table["height"].to_numpy()
    return [
        (row, f"{width[row]} x {height[row]} pixels") for row in np.flatnonzero(np.minimum(width, height) < LEAST_SIDE)
    ]


def _extreme_aspect(table: pd.DataFrame) -> Found:
    sides = table[["width", "height"]].to_numpy(np.float64)
    aspect = sides.max(1) / sides.min(1)
    return [(row, f"{aspect[row]:.1f} times as long as wide") for row in np.flatnonzero(aspect > MOST_ASPECT)]


def _little(table: pd.DataFrame) -> np.ndarray:
    """(N,) bool: a box of almost nothing."""
    shares = _box_sides(table) / table[["width", "height"]].to_numpy(np.float64)
    return table["boxed"].to_numpy() & ((shares.prod(1) < LEAST_BOX) | (shares.min(1) < LEAST_BOX_SIDE))


def _box_sides(table: pd.DataFrame) -> np.ndarray:
    return table[["x_2", "y_2"]].to_numpy(np.float64) - table[["x_1", "y_1"]].to_numpy(np.float64)


def _box_tiny(table: pd.DataFrame) -> Found:
    sides = _box_sides(table)
    return [(row, f"box of {sides[row, 0]:g} x {sides[row, 1]:g} pixels") for row in np.flatnonzero(_little(table))]


def _box_whole(table: pd.DataFrame, visibility: np.ndarray) -> Found:
    """Where a landmark is truncated, the garment goes on beyond the frame, and the whole photo may be its box."""
    share = (_box_sides(table) / table[["width", "height"]].to_numpy(np.float64)).prod(1)
    whole = table["boxed"].to_numpy() & (share > WHOLE_BOX) & ~(visibility == TRUNCATED).any(axis=1)
    return [(row, f"box of {share[row]:.1%} of the photo") for row in np.flatnonzero(whole)]


def _landmarks_outside(table: pd.DataFrame, landmarks: np.ndarray, visibility: np.ndarray) -> Found:
    """Of visible landmarks: the box surrounds what is seen, and a hidden sleeve may end beyond it.

    Beyond a box of almost nothing they all are, and the box is at fault.
    """
    low = table[["x_1", "y_1"]].to_numpy(np.float64)[:, None]
    high = table[["x_2", "y_2"]].to_numpy(np.float64)[:, None]
    allowed = 1 + OUTSIDE * (high - low).max(axis=2, keepdims=True)
    outside = ((landmarks < low - allowed) | (landmarks > high + allowed)).any(axis=2)
    outside &= (visibility == VISIBLE) & (table["boxed"].to_numpy() & ~_little(table))[:, None]
    counts, seen = outside.sum(axis=1), (visibility == VISIBLE).sum(axis=1)
    return [(row, f"{counts[row]} of {seen[row]} visible landmarks") for row in np.flatnonzero(counts)]


def _type_mismatch(table: pd.DataFrame, categories: pd.DataFrame) -> Found:
    category, own = table["category"].to_numpy(), table["clothes_type"].to_numpy()
    known = np.flatnonzero((category >= 0) & (own > 0))
    expected = categories["category_type"].to_numpy()[category[known]]
    return [
        (row, f"clothes_type {own[row]}, category's type {kind}")
        for row, kind in zip(known, expected, strict=True)
        if own[row] != kind
    ]


def _single_photo_item(table: pd.DataFrame) -> Found:
    photos = table[["benchmark", "item"]].reset_index(drop=True)
    photos = photos[photos["item"] != ""]
    size = photos.groupby(["benchmark", "item"])["item"].transform("size")
    return [(row, f"item {photos['item'][row]}") for row in size.index[size == 1]]
