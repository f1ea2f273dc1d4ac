"""Anno_fine, the later re-label: {train,val,test}.txt with names, and _attr, _cate, _bbox and _landmarks without.

No file has a count or column names, and row k of the four belongs to row k of the names: so each reader takes how many
rows there have to be. Found in public loaders; no README describes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from fashionnet.files import replacing
from fashionnet.formats.boxes import CORNERS, FURTHEST, Sizes, require_boxes
from fashionnet.formats.codes import ABSENT, LANDMARK_NAMES, SLOTS_OF
from fashionnet.formats.errors import FormatError
from fashionnet.formats.rows import Rows, columns

_VISIBLE, _TRUNCATED = 0, 2
_PAIRS = len(LANDMARK_NAMES)


def read_split(path: Path) -> list[str]:
    """train.txt, val.txt, test.txt: the N image names, each once. Raises FormatError."""
    rows = Rows(path, None, counted=False)
    rows.require_columns(("image_name",))
    return rows.image_names()


def read_split_attr(path: Path, count: int, attributes: int) -> np.ndarray:
    """(count, attributes) int8, 1 positive, -1 negative; in the file 1 and 0, and nothing is unknown.

    attributes: the number of rows of Anno_fine's list_attr_cloth. Raises FormatError.
    """
    names = [f"label {number}" for number in range(1, attributes + 1)]
    labels = _block(path, count, names, 0, 1)
    return np.where(labels == 1, 1, -1).astype(np.int8)


def read_split_cate(path: Path, count: int, categories: int) -> np.ndarray:
    """(count,) int64, 1 to `categories`, the number of rows of list_category_cloth. Raises FormatError."""
    return _block(path, count, ["category_label"], 1, categories)[:, 0]


def read_split_bbox(path: Path, names: Sequence[str], sizes: Sizes | None = None) -> pd.DataFrame:
    """image_name, x_1, y_1, x_2, y_2 of the photos `names`; otherwise as `read_list_bbox`."""
    rows = _rows(path, len(names), CORNERS)
    boxes = rows.block(np.arange(len(rows)), 0, CORNERS, [0] * 4, [FURTHEST] * 4)
    require_boxes(rows, boxes, names, sizes)
    return pd.DataFrame({"image_name": list(names)} | dict(zip(CORNERS, boxes.T)))


def read_split_landmarks(path: Path, clothes_types: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points (N, 8, 2) float32 and visibility (N, 8) int8 in the canonical slots, as `Landmarks` has them.

    clothes_types: (N,) 1 to 3, what the category says. The file holds eight pairs x y and no visibility: `0 0` in a
    slot of the type is taken for truncated (2), as the coarse files write such a point, and all else for visible
    (ours). The pairs stand one behind the other as in list_landmarks, those that the type lacks as `0 0` at the end;
    or, if more rows fit it, in the eight slots. A row with a point that its type lacks has all eight ABSENT: whether
    the category or the landmarks are wrong cannot be told. Raises FormatError.
    """
    names = [f"landmark_location_{axis}_{k}" for k in range(1, _PAIRS + 1) for axis in "xy"]
    values = _block(path, len(clothes_types), names, -FURTHEST, FURTHEST)
    pairs = values.reshape(-1, _PAIRS, 2)
    given = (pairs != 0).any(axis=2)
    packed = {kind: tuple(range(len(slots))) for kind, slots in SLOTS_OF.items()}
    behind, in_slots = (_fitting(given, clothes_types, places) for places in (packed, SLOTS_OF))
    places, fits = (SLOTS_OF, in_slots) if in_slots.sum() > behind.sum() else (packed, behind)
    points = np.full(pairs.shape, np.nan, np.float32)
    visibility = np.full(given.shape, ABSENT, np.int8)
    for kind, slots in SLOTS_OF.items():
        chosen = np.flatnonzero(fits & (clothes_types == kind))
        own = np.ix_(chosen, places[kind])
        points[np.ix_(chosen, slots)] = pairs[own]
        visibility[np.ix_(chosen, slots)] = np.where(given[own], _VISIBLE, _TRUNCATED)
    return points, visibility


def _fitting(given: np.ndarray, clothes_types: np.ndarray, places: dict[int, tuple[int, ...]]) -> np.ndarray:
    """(N,) bool, the rows whose points all stand at `places` of their type."""
    allowed = np.zeros((max(places) + 1, _PAIRS), bool)
    for kind, own in places.items():
        allowed[kind, list(own)] = True
    return ~(given & ~allowed[clothes_types]).any(axis=1)


def write_split(path: Path, names: Sequence[str]) -> None:
    """Write what `read_split` reads."""
    _write(path, [[name] for name in names], read_split)


def write_split_attr(path: Path, labels: np.ndarray) -> None:
    """Write what `read_split_attr` reads: (N, A) of 1 and -1, 0 among them raises ValueError."""
    if not np.isin(labels, (1, -1)).all():
        raise ValueError("found an unknown label, expected 1 and -1: Anno_fine has no third")
    _write(path, (labels == 1).astype(int).tolist(), lambda new: read_split_attr(new, *labels.shape))


def write_split_cate(path: Path, labels: Sequence[int]) -> None:
    """Write what `read_split_cate` reads."""
    _write(path, [[label] for label in labels], lambda new: read_split_cate(new, len(labels), max(labels, default=1)))


def write_split_bbox(path: Path, table: pd.DataFrame) -> None:
    """Write what `read_split_bbox` reads: the four corners of each row, in the order of the names."""
    rows = table[list(CORNERS)].to_numpy().tolist()
    _write(path, rows, lambda new: read_split_bbox(new, table["image_name"].tolist()))


def write_split_landmarks(path: Path, points: np.ndarray, visibility: np.ndarray, clothes_types: np.ndarray) -> None:
    """Write what `read_split_landmarks` reads, one behind the other: the places of all but truncated landmarks."""
    pairs = np.zeros(points.shape, int)
    for kind, slots in SLOTS_OF.items():
        chosen = np.flatnonzero(clothes_types == kind)
        own = np.ix_(chosen, slots)
        kept = ((visibility[own] >= 0) & (visibility[own] != _TRUNCATED))[..., None]
        pairs[np.ix_(chosen, range(len(slots)))] = np.where(kept, np.nan_to_num(points[own]), 0)
    _write(path, pairs.reshape(len(pairs), -1).tolist(), lambda new: read_split_landmarks(new, clothes_types))


def _rows(path: Path, count: int, names: Sequence[str]) -> Rows:
    """The rows of a file that begins with them, `count` of them and each with the columns `names`."""
    rows = Rows(path, None, counted=False)
    good = rows.widths == len(names)
    rows.require(good, lambda row: columns(int(rows.widths[row])), f"{columns(len(names))}: {names[0]} to {names[-1]}")
    if len(rows) != count:
        raise FormatError(path, None, f"{len(rows):,} rows", f"{count:,}, one for each name of its split")
    return rows


def _block(path: Path, count: int, names: Sequence[str], low: int, high: int) -> np.ndarray:
    """(count, len(names)) int64, each within [low, high]."""
    rows, width = _rows(path, count, names), len(names)
    return rows.block(np.arange(count), 0, names, [low] * width, [high] * width)


def _write(path: Path, rows: Sequence[Sequence[object]], read: Callable[[Path], object]) -> None:
    with replacing(path) as temporary:
        lines = (" ".join(map(str, row)) + "\n" for row in rows)
        temporary.write_text("".join(lines), encoding="utf-8", newline="\n")
        read(temporary)
