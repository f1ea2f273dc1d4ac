"""The garments' boxes: list_bbox.txt, list_bbox_inshop.txt, list_bbox_consumer2shop.txt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from fashionnet.formats.codes import CLOTHES_TYPES, POSE_TYPES, SOURCE_TYPES
from fashionnet.formats.rows import Rows, exactly, padded, write_rows, written

CORNERS = ("x_1", "y_1", "x_2", "y_2")
FURTHEST = 999_999  # pixels; no photo is larger

Sizes = Mapping[str, tuple[int, int]]


def read_list_bbox(path: Path, sizes: Sizes | None = None) -> pd.DataFrame:
    """image_name, x_1, y_1, x_2, y_2: the upper left and the lower right corner in pixels of the photo.

    `sizes` gives the width and height of photos by image_name; then a box outside its photo is an error too (x_2 may
    equal the width and y_2 the height). Two benchmarks have this file: category_attribute and landmarks. Raises
    FormatError.
    """
    return _read(path, {}, sizes)


def read_list_bbox_inshop(path: Path, sizes: Sizes | None = None) -> pd.DataFrame:
    """image_name, clothes_type, pose_type, x_1, y_1, x_2, y_2; otherwise as `read_list_bbox`."""
    return _read(path, {"clothes_type": CLOTHES_TYPES, "pose_type": POSE_TYPES}, sizes)


def read_list_bbox_consumer2shop(path: Path, sizes: Sizes | None = None) -> pd.DataFrame:
    """image_name, clothes_type, source_type, x_1, y_1, x_2, y_2; otherwise as `read_list_bbox`."""
    return _read(path, {"clothes_type": CLOTHES_TYPES, "source_type": SOURCE_TYPES}, sizes)


def write_list_bbox(path: Path, table: pd.DataFrame) -> None:
    """Write what `read_list_bbox` reads."""
    _write(path, table, (), read_list_bbox)


def write_list_bbox_inshop(path: Path, table: pd.DataFrame) -> None:
    """Write what `read_list_bbox_inshop` reads."""
    _write(path, table, ("clothes_type", "pose_type"), read_list_bbox_inshop)


def write_list_bbox_consumer2shop(path: Path, table: pd.DataFrame) -> None:
    """Write what `read_list_bbox_consumer2shop` reads."""
    _write(path, table, ("clothes_type", "source_type"), read_list_bbox_consumer2shop)


def _read(path: Path, codes: dict[str, Collection[int]], sizes: Sizes | None) -> pd.DataFrame:
    names = ("image_name", *codes, *CORNERS)
    rows = Rows(path, exactly(*names))
    rows.require_columns(names)
    table = {"image_name": rows.image_names()}
    for column, (name, known) in enumerate(codes.items(), 1):
        table[name] = rows.integers(column, name, min(known), max(known))
    boxes = rows.block(np.arange(len(rows)), 1 + len(codes), CORNERS, [0] * 4, [FURTHEST] * 4)
    require_boxes(rows, boxes, table["image_name"], sizes)
    return pd.DataFrame(table | dict(zip(CORNERS, boxes.T)))


def require_boxes(rows: Rows, boxes: np.ndarray, names: Sequence[str], sizes: Sizes | None) -> None:
    """Raise for the first of the (N, 4) corners that is no box, or outside its photo."""

    def box(row: int) -> str:
        return "the box " + " ".join(map(str, boxes[row]))

    rows.require((boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3]), box, "x_1 < x_2 and y_1 < y_2")
    if sizes is not None:
        # A photo whose size is not known bounds nothing.
        ends = np.array([sizes.get(name, (FURTHEST, FURTHEST)) for name in names]).reshape(-1, 2)
        rows.require(
            (boxes[:, 2:] <= ends).all(axis=1),
            box,
            lambda row: f"a box inside its photo of {ends[row, 0]} x {ends[row, 1]} pixels",
        )


def _write(path: Path, table: pd.DataFrame, codes: tuple[str, ...], read: Callable[[Path], pd.DataFrame]) -> None:
    names = ("image_name", *codes)
    columns = [*written(table, names), *(padded(table[name], name) for name in CORNERS)]
    write_rows(path, "  ".join((*names, *CORNERS)), zip(*columns), read)
