"""One benchmark's label files, joined into one row a photo. Whatever file is absent is said, not guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from fashionnet import formats
from fashionnet.formats.codes import CONSUMER
from fashionnet.formats.errors import some
from fashionnet.formats.layout import Benchmark
from fashionnet.prepare.agreement import disagreements, sides_of
from fashionnet.prepare.reading import read_others
from fashionnet.prepare.tables import ABSENT, JOINTS, SLOTS

BOX = ["x_1", "y_1", "x_2", "y_2"]


@dataclass
class Rows:
    """A benchmark's photos in the order of its partition file, with what its other files say of them.

    table: PHOTO_COLUMNS that the text files know (no photo sizes, no crops).
    categories, attribute_names: empty where the benchmark has none.
    attributes: (N, A) int8; landmarks (N, 8, 2) and joints (N, 14, 2) in photo pixels, NaN where absent.
    missing: what could not be read and why, by what it is.
    """

    table: pd.DataFrame
    categories: pd.DataFrame
    attribute_names: pd.DataFrame
    attributes: np.ndarray
    landmarks: np.ndarray
    visibility: np.ndarray
    joints: np.ndarray
    joint_visibility: np.ndarray
    missing: dict[str, str] = field(default_factory=dict)


def read_rows(benchmark: Benchmark) -> Rows:
    """Read every (coarse) label file of a benchmark. Raises FormatError, and FileNotFoundError without a partition."""
    partition = benchmark.files.get("Eval/list_eval_partition.txt")
    if partition is None:
        raise FileNotFoundError(f"{benchmark.folder.name}: found no Eval/list_eval_partition.txt, so no splits")
    splits = formats.read_list_eval_partition(partition, benchmark=benchmark.name)
    rows = unlabelled(_partition(splits, benchmark.name))
    tables: dict[str, object] = {"list_eval_partition": splits}
    if benchmark.name == "category_attribute":
        _categories(rows, benchmark)
        _attributes(rows, benchmark)
    tables["list_bbox"] = _boxes(rows, benchmark)
    tables["list_landmarks"] = _landmarks(rows, benchmark)
    if benchmark.name == "landmarks":
        tables["list_joints"] = _joints(rows, benchmark)
    for what, names in disagreements(benchmark.name, tables).items():
        rows.missing[f"photos or items {what}"] = some(names)
    if benchmark.name in ("in_shop", "consumer_to_shop"):
        read_others(benchmark)
    return rows


def unlabelled(table: pd.DataFrame) -> Rows:
    """Rows whose photos have a split and nothing else. table: image_name, split, role, item, and source_type where the
    split says it."""
    count = len(table)
    unknown = {"clothes_type", "pose_type", "source_type", "variation_type"} - set(table)
    table = table.assign(
        **dict.fromkeys(sorted(unknown), np.int8(0)),
        category=np.int16(-1),
        **dict.fromkeys(("attributed", "landmarked", "jointed", "boxed"), False),
        **dict.fromkeys(BOX, np.nan),
    )
    return Rows(
        table=table,
        categories=pd.DataFrame({"category_name": pd.Series(dtype=str), "category_type": pd.Series(dtype="int8")}),
        attribute_names=pd.DataFrame({"attribute_name": pd.Series(dtype=str), "group": pd.Series(dtype=str)}),
        attributes=np.zeros((count, 0), np.int8),
        landmarks=np.full((count, SLOTS, 2), np.nan, np.float32),
        visibility=np.full((count, SLOTS), ABSENT, np.int8),
        joints=np.full((count, JOINTS, 2), np.nan, np.float32),
        joint_visibility=np.full((count, JOINTS), ABSENT, np.int8),
    )


def _partition(table: pd.DataFrame, benchmark: str) -> pd.DataFrame:
    if benchmark == "consumer_to_shop":
        # A photo stands in as many rows as it has pairs: once as a query or in the gallery is enough.
        photos = sides_of(table).drop_duplicates("image_name", ignore_index=True)
        photos["role"] = np.where(photos["source_type"] == CONSUMER, "query", "gallery")
        photos.loc[photos["split"] == "train", "role"] = ""
        return photos
    photos = table[["image_name"]].copy()
    status = table["evaluation_status"]
    if benchmark == "in_shop":
        photos["item"] = table["item_id"]
        photos["role"] = status.where(status.isin(["query", "gallery"]), "")
        photos["split"] = status.where(status == "train", "test")
        return photos
    return photos.assign(item="", role="", split=status)


def _file(rows: Rows, benchmark: Benchmark, name: str, what: str) -> Path | None:
    path = benchmark.files.get(name)
    if path is None:
        rows.missing[what] = f"no {name} in {benchmark.folder.name}"
    return path


def _places(rows: Rows, names: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers in the partition's order of those `names` that it holds, and which of the names they are."""
    places = pd.Index(rows.table["image_name"]).get_indexer(pd.Index(names))
    known = np.flatnonzero(places >= 0)
    return places[known], known


def _categories(rows: Rows, benchmark: Benchmark) -> None:
    listed = _file(rows, benchmark, "Anno_coarse/list_category_cloth.txt", "categories")
    labels = _file(rows, benchmark, "Anno_coarse/list_category_img.txt", "categories")
    if listed is None or labels is None:
        return
    rows.categories = formats.read_list_category_cloth(listed)
    table = formats.read_list_category_img(labels, categories=len(rows.categories))
    places, known = _places(rows, table["image_name"])
    category = rows.table["category"].to_numpy(copy=True)
    category[places] = table["category_label"].to_numpy()[known] - 1
    rows.table["category"] = category
    kinds = np.concatenate([rows.categories["category_type"].to_numpy(np.int8), [0]])
    rows.table["clothes_type"] = kinds[category]  # -1, unknown, is the last: 0


def _attributes(rows: Rows, benchmark: Benchmark) -> None:
    listed = _file(rows, benchmark, "Anno_coarse/list_attr_cloth.txt", "attributes")
    labels = _file(rows, benchmark, "Anno_coarse/list_attr_img.txt", "attributes")
    if listed is None or labels is None:
        return
    names = formats.read_list_attr_cloth(listed, benchmark=benchmark.name)
    groups = names["attribute_type"].map(formats.codes.ATTRIBUTE_TYPES).to_numpy(str)
    rows.attribute_names = pd.DataFrame({"attribute_name": names["attribute_name"], "group": groups})
    read = formats.read_list_attr_img(labels, attributes=len(names))
    places, known = _places(rows, pd.Series(read.image_name))
    rows.attributes = np.zeros((len(rows.table), len(names)), np.int8)
    rows.attributes[places] = read.values[known]
    _mark(rows, "attributed", places)


def read_boxes(benchmark: Benchmark, sizes: Mapping[str, tuple[int, int]] | None = None) -> pd.DataFrame | None:
    """A benchmark's boxes, None without the file; checked against the photos' sizes where these are given."""
    name, read = {
        "category_attribute": ("Anno_coarse/list_bbox.txt", formats.read_list_bbox),
        "landmarks": ("Anno/list_bbox.txt", formats.read_list_bbox),
        "in_shop": ("Anno/list_bbox_inshop.txt", formats.read_list_bbox_inshop),
        "consumer_to_shop": ("Anno/list_bbox_consumer2shop.txt", formats.read_list_bbox_consumer2shop),
    }[benchmark.name]
    path = benchmark.files.get(name)
    return None if path is None else read(path, sizes=sizes)


def _boxes(rows: Rows, benchmark: Benchmark) -> pd.DataFrame | None:
    table = read_boxes(benchmark)
    if table is None:
        rows.missing["boxes"] = f"no list_bbox file in {benchmark.folder.name}; whole photos stand in for boxes"
        return None
    places, known = _places(rows, table["image_name"])
    for column in table.columns.intersection([*BOX, "clothes_type", "pose_type", "source_type"]):
        values = rows.table[column].to_numpy(copy=True)
        values[places] = table[column].to_numpy()[known]
        rows.table[column] = values
    _mark(rows, "boxed", places)
    return table


def _landmarks(rows: Rows, benchmark: Benchmark) -> formats.Landmarks | None:
    own = benchmark.name
    name, read = {
        "category_attribute": ("Anno_coarse/list_landmarks.txt", partial(formats.read_list_landmarks, benchmark=own)),
        "landmarks": ("Anno/list_landmarks.txt", partial(formats.read_list_landmarks, benchmark=own)),
        "in_shop": ("Anno/list_landmarks_inshop.txt", formats.read_list_landmarks_inshop),
        "consumer_to_shop": ("Anno/list_landmarks_consumer2shop.txt", formats.read_list_landmarks_consumer2shop),
    }[own]
    path = _file(rows, benchmark, name, "landmarks")
    if path is None:
        return None
    read_landmarks = read(path)
    places, known = _places(rows, read_landmarks.table["image_name"])
    rows.landmarks[places] = read_landmarks.points[known]
    rows.visibility[places] = read_landmarks.visibility[known]
    for column in ("clothes_type", "variation_type"):
        values = rows.table[column].to_numpy(copy=True)
        values[places] = read_landmarks.table[column].to_numpy()[known]
        rows.table[column] = values
    _mark(rows, "landmarked", places)
    return read_landmarks


def _joints(rows: Rows, benchmark: Benchmark) -> formats.Landmarks | None:
    path = _file(rows, benchmark, "Anno/list_joints.txt", "joints")
    if path is None:
        return None
    read = formats.read_list_joints(path)
    places, known = _places(rows, read.table["image_name"])
    rows.joints[places] = read.points[known]
    rows.joint_visibility[places] = read.visibility[known]
    _mark(rows, "jointed", places)
    return read


def _mark(rows: Rows, column: str, places: np.ndarray) -> None:
    marks = rows.table[column].to_numpy(copy=True)
    marks[places] = True
    rows.table[column] = marks
