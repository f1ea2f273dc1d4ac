"""The prepared data: what `prepare` writes and everything after it reads.

One row a photo and benchmark, one packed crop a row. A row's number is its place in every array and table.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from fashionnet.files import replacing, write_json
from fashionnet.prepare.crops import Crops, open_crops
from fashionnet.settings import Storage

BENCHMARKS = ("category_attribute", "landmarks", "in_shop", "consumer_to_shop")
ABSENT = -1  # the visibility code of a slot that a clothes type lacks, and of every slot of an unannotated photo
SLOTS = 8
JOINTS = 14
LEAKED = "leaked"  # the split of a training photo that stands in a test split too, and is not trained on
TABLES = ("photos", "categories", "attribute_names", "attributes", "landmarks", "joints")

PHOTO_COLUMNS = {
    "benchmark": "str",  # one of BENCHMARKS
    "image_name": "str",  # as in the annotation files, "img/…"
    "split": "str",  # train, val or test; in-shop's query and gallery are test
    "role": "str",  # query or gallery in the retrieval benchmarks' test split (in consumer-to-shop's val too), else ""
    "item": "str",  # item_id in the retrieval benchmarks, else ""
    "width": "int32",  # of the photo, pixels
    "height": "int32",
    "boxed": "bool",  # False: no box was annotated and the whole photo stands in for it
    "x_1": "float32",  # the garment's box in photo pixels
    "y_1": "float32",
    "x_2": "float32",
    "y_2": "float32",
    "crop_x": "float32",  # the square crop's corner and side in photo pixels (may reach outside the photo)
    "crop_y": "float32",
    "crop_side": "float32",
    "clothes_type": "int8",  # 1 upper-body, 2 lower-body, 3 full-body; 0 unknown
    "category": "int16",  # row of `categories`; -1 unknown
    "pose_type": "int8",  # 0 unknown, as in the two below
    "source_type": "int8",  # 1 shop, 2 consumer
    "variation_type": "int8",
    "attributed": "bool",  # whether attribute labels exist for this photo
    "landmarked": "bool",  # whether landmarks are annotated
    "jointed": "bool",
}


@dataclass(frozen=True)
class Prepared:
    """The prepared data in memory; the crops stay on disk until they are indexed.

    photos: one row a photo, PHOTO_COLUMNS.
    categories: category_name, category_type; the rows that `photos.category` points to.
    attribute_names: attribute_name, group (of the five coarse or the six fine ones); the columns of `attributes`.
    attributes: (N, A) int8, 1 positive, -1 negative, 0 unknown; zeros where not `attributed`.
    landmarks: (N, 8, 2) float32, x and y as shares of the crop (may leave [0, 1]); NaN where ABSENT.
    visibility: (N, 8) int8: 0 visible, 1 occluded, 2 truncated, ABSENT.
    joints, joint_visibility: (N, 14, 2) and (N, 14), likewise; 0 visible, 1 not.
    crops: (N, S, S, 3) uint8 RGB, read-only: an array, mapped, or what is indexed like one.
    missing: for each benchmark, or "BENCHMARK: what", why something is not there; empty for complete data.
    sample: the version of the embedded sample that this is, "" for data of other origin.
    """

    photos: pd.DataFrame
    categories: pd.DataFrame
    attribute_names: pd.DataFrame
    attributes: np.ndarray
    landmarks: np.ndarray
    visibility: np.ndarray
    joints: np.ndarray
    joint_visibility: np.ndarray
    crops: Crops
    missing: dict[str, str]
    sample: str = ""

    def rows(self, benchmark: str, split: str, role: str | None = None) -> np.ndarray:
        """Row numbers of a benchmark's split (and role), in order."""
        keep = (self.photos["benchmark"] == benchmark) & (self.photos["split"] == split)
        if role is not None:
            keep &= self.photos["role"] == role
        return np.flatnonzero(keep.to_numpy())

    @cached_property
    def groups(self) -> np.ndarray:
        """(A,) the group of each attribute."""
        return self.attribute_names["group"].to_numpy(dtype=str)


def crop_to_photo(points: np.ndarray, photos: pd.DataFrame) -> np.ndarray:
    """(N, L, 2) shares of the crop to pixels of the photo; `photos` has the same N rows."""
    corner = photos[["crop_x", "crop_y"]].to_numpy(np.float64)[:, None]
    return points * photos["crop_side"].to_numpy(np.float64)[:, None, None] + corner


def photo_to_crop(points: np.ndarray, photos: pd.DataFrame) -> np.ndarray:
    """(N, L, 2) pixels of the photo to shares of the crop."""
    corner = photos[["crop_x", "crop_y"]].to_numpy(np.float64)[:, None]
    return (points - corner) / photos["crop_side"].to_numpy(np.float64)[:, None, None]


def save_prepared(prepared: Prepared, folder: Path, storage: Storage = "raw") -> None:
    """Write everything but the crops, which `prepare` packs itself while it reads the photos; `storage` says how."""
    folder = Path(folder)
    keys = prepared.photos[["benchmark", "image_name"]]
    columns = [f"a{number}" for number in range(prepared.attributes.shape[1])]
    tables = {
        "photos": prepared.photos,
        "categories": prepared.categories,
        "attribute_names": prepared.attribute_names,
        "attributes": pd.DataFrame(prepared.attributes, columns=columns),
        "landmarks": keys.join(_points_table(prepared.landmarks, prepared.visibility)),
        "joints": keys.join(_points_table(prepared.joints, prepared.joint_visibility)),
    }
    for name, table in tables.items():
        with replacing(folder / f"{name}.parquet") as temporary:
            table.to_parquet(temporary, index=False, compression="zstd")
    size = prepared.crops.shape[1]
    write_json(
        folder / "prepared.json",
        {
            "crops": list(prepared.crops.shape),
            "image_size": size,
            "missing": prepared.missing,
            "sample": prepared.sample,
            "storage": storage,
        },
    )


def load_prepared(folder: Path) -> Prepared:
    """Read what `prepare` wrote. Raises FileNotFoundError or ValueError, saying what to run, where it is not whole."""
    folder = Path(folder)
    if not (folder / "prepared.json").is_file():
        raise FileNotFoundError(f"{folder}: found no prepared data, expected what `dvc repro prepare` writes")
    about = json.loads((folder / "prepared.json").read_text(encoding="utf-8"))
    shape = tuple(about["crops"])
    crops = open_crops(folder, shape, about.get("storage"))
    table = {name: pd.read_parquet(folder / f"{name}.parquet") for name in TABLES}
    landmarks, visibility = _points_arrays(table["landmarks"], SLOTS)
    joints, joint_visibility = _points_arrays(table["joints"], JOINTS)
    return Prepared(
        photos=table["photos"],
        categories=table["categories"],
        attribute_names=table["attribute_names"],
        attributes=table["attributes"].to_numpy(np.int8).reshape(shape[0], len(table["attribute_names"])),
        landmarks=landmarks,
        visibility=visibility,
        joints=joints,
        joint_visibility=joint_visibility,
        crops=crops,
        missing=about["missing"],
        sample=about["sample"],
    )


def _points_table(points: np.ndarray, visibility: np.ndarray) -> pd.DataFrame:
    columns = {}
    for number in range(points.shape[1]):
        columns[f"v_{number + 1}"] = visibility[:, number]
        columns[f"x_{number + 1}"] = points[:, number, 0]
        columns[f"y_{number + 1}"] = points[:, number, 1]
    return pd.DataFrame(columns)


def _points_arrays(table: pd.DataFrame, count: int) -> tuple[np.ndarray, np.ndarray]:
    numbers = range(1, count + 1)
    axes = [table[[f"{axis}_{number}" for number in numbers]].to_numpy(np.float32) for axis in "xy"]
    visibility = table[[f"v_{number}" for number in numbers]].to_numpy(np.int8)
    return np.stack(axes, axis=-1), np.ascontiguousarray(visibility)
