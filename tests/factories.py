"""Data made of random numbers, raw or prepared: valid in every rule of Prepared, small, and the same for a seed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from fashionnet.formats import OFFICIAL, write_list_eval_partition
from fashionnet.predict import predict_benchmarks
from fashionnet.prepare import prepare
from fashionnet.prepare.tables import (
    ABSENT,
    BENCHMARKS,
    JOINTS,
    PHOTO_COLUMNS,
    SLOTS,
    Prepared,
    crop_to_photo,
    photo_to_crop,
)
from fashionnet.settings import Settings, load_settings, merge
from fashionnet.training import load, train

GROUPS = ("texture", "fabric", "shape", "part", "style")
SLOTS_OF_TYPE = {1: (0, 1, 2, 3, 6, 7), 2: (4, 5, 6, 7), 3: tuple(range(8))}
STEPS = 4  # of a training that is to be trained and need not be good
LABELS = ("boxes", "category", "attributes", "landmarks", "joints", "items")


def make_prepared(
    photos: int = 32,
    seed: int = 0,
    image_size: int = 32,
    categories: int = 5,
    attributes: int = 10,
    benchmarks: Collection[str] = BENCHMARKS,
    drop: Collection[str] = (),
) -> Prepared:
    """Random prepared data: `photos` rows in each of `benchmarks`, half train, a quarter each val and test.

    In-shop has no val split (its train split takes those rows). An item has four photos and lies in one split; in
    the retrieval benchmarks' test split (and in consumer-to-shop's val) half of an item's photos are queries and half
    gallery. Crops are smooth random pictures with an item's (else a category's) colour. `drop` leaves out kinds of
    labels for all photos: any of LABELS. With "category" there are no categories at all, with "attributes" none of
    those.
    """
    unknown = set(drop) - set(LABELS) | set(benchmarks) - set(BENCHMARKS)
    if unknown:
        raise ValueError(f"found {sorted(unknown)}, expected labels among {LABELS}, benchmarks among {BENCHMARKS}")
    rng = np.random.default_rng(seed)
    categories = 0 if "category" in drop else categories
    attributes = 0 if "attributes" in drop else attributes
    category_types = rng.integers(1, 4, categories)

    frames = [
        _benchmark(name, photos, rng, category_types, attributes > 0, drop) for name in BENCHMARKS if name in benchmarks
    ]
    table = pd.concat(frames, ignore_index=True)[list(PHOTO_COLUMNS)].astype(PHOTO_COLUMNS)
    count = len(table)

    landmarked, jointed = table["landmarked"].to_numpy(), table["jointed"].to_numpy()
    own = np.zeros((count, SLOTS), dtype=bool)
    for kind, slots in SLOTS_OF_TYPE.items():
        own[np.ix_(table["clothes_type"].to_numpy() == kind, slots)] = True
    own &= landmarked[:, None]
    landmarks, visibility = _points(rng, own, table, hidden=(0.2, 0.1))
    joints, joint_visibility = _points(rng, np.repeat(jointed[:, None], JOINTS, 1), table, hidden=(0.2,))

    values = np.zeros((count, attributes), dtype=np.int8)
    if attributes:
        drawn = rng.choice(np.array([1, -1, 0], np.int8), (count, attributes), p=(0.3, 0.6, 0.1))
        values[table["attributed"].to_numpy()] = drawn[table["attributed"].to_numpy()]
    crops = _crops(rng, table, image_size)
    for array in (values, landmarks, visibility, joints, joint_visibility, crops):
        array.flags.writeable = False
    return Prepared(
        photos=table,
        categories=pd.DataFrame(
            {
                "category_name": pd.Series([f"Category{i}" for i in range(categories)], dtype="str"),
                "category_type": pd.Series(category_types, dtype="int8"),
            }
        ),
        attribute_names=pd.DataFrame(
            {
                "attribute_name": pd.Series([f"attribute {i}" for i in range(attributes)], dtype="str"),
                "group": pd.Series([GROUPS[i % len(GROUPS)] for i in range(attributes)], dtype="str"),
            }
        ),
        attributes=values,
        landmarks=landmarks,
        visibility=visibility,
        joints=joints,
        joint_visibility=joint_visibility,
        crops=crops,
        missing={name: "not made" for name in BENCHMARKS if name not in benchmarks},
        sample="",
    )


def _benchmark(name, photos, rng, category_types, attributed, drop) -> pd.DataFrame:
    """The photo table's rows of one benchmark."""
    number = np.arange(photos)
    item = number // 4
    last = max(1, item[-1] + 1) if photos else 1
    split = np.array(["train", "train", "val", "test"])[item * 4 // last]
    if name == "in_shop":
        split = np.where(split == "val", "train", split)
    retrieval = name in ("in_shop", "consumer_to_shop")
    has_role = retrieval & ((split == "test") | ((split == "val") & (name == "consumer_to_shop")))
    role = np.where(has_role, np.where(number % 2 == 0, "query", "gallery"), "")
    width, height = rng.integers(80, 160, photos), rng.integers(100, 200, photos)
    categorised = name == "category_attribute" and len(category_types) > 0
    category = rng.integers(0, len(category_types), photos) if categorised else np.full(photos, ABSENT)
    if categorised:
        clothes_type = category_types[category]
    else:
        clothes_type = rng.integers(1, 4, last)[item]  # an item keeps its type
    boxed = np.full(photos, "boxes" not in drop)
    x_1 = np.where(boxed, rng.integers(0, 20, photos), 0)
    y_1 = np.where(boxed, rng.integers(0, 20, photos), 0)
    x_2 = np.where(boxed, width - rng.integers(0, 20, photos), width)
    y_2 = np.where(boxed, height - rng.integers(0, 20, photos), height)
    side = 1.2 * np.maximum(x_2 - x_1, y_2 - y_1)
    return pd.DataFrame(
        {
            "benchmark": name,
            "image_name": [f"img/{name}/{i:06d}.jpg" for i in number],
            "split": split,
            "role": role,
            "item": [f"id_{i:08d}" if retrieval and "items" not in drop else "" for i in item],
            "width": width,
            "height": height,
            "boxed": boxed,
            "x_1": x_1,
            "y_1": y_1,
            "x_2": x_2,
            "y_2": y_2,
            "crop_x": (x_1 + x_2 - side) / 2,
            "crop_y": (y_1 + y_2 - side) / 2,
            "crop_side": side,
            "clothes_type": clothes_type if {"landmarks", "category"} - set(drop) else 0,
            "category": category,
            "pose_type": rng.integers(1, 7, photos) if name == "in_shop" else 0,
            "source_type": np.where(number % 2 == 0, 2, 1) if name == "consumer_to_shop" else 0,
            "variation_type": rng.integers(1, 6, photos) if name == "landmarks" else 0,
            "attributed": attributed and name == "category_attribute",
            "landmarked": "landmarks" not in drop,
            "jointed": name == "landmarks" and "joints" not in drop,
        }
    )


def _points(rng, present, table, hidden):
    """Whole pixels inside the photo, as shares of the crop, and visibility codes; absent where not `present`."""
    size = table[["width", "height"]].to_numpy()[:, None]
    pixels = np.floor(rng.random((*present.shape, 2)) * size)
    points = photo_to_crop(pixels, table)
    assert np.allclose(crop_to_photo(points, table), pixels)
    codes = rng.choice(len(hidden) + 1, present.shape, p=(1 - sum(hidden), *hidden))
    points[~present] = np.nan
    codes[~present] = ABSENT
    return points.astype(np.float32), codes.astype(np.int8)


def _crops(rng, table, image_size):
    """Smooth random pictures (a coarse grid, interpolated) around a colour of the photo's item or category."""
    keys = table["benchmark"] + "/" + table["item"].where(table["item"] != "", table["category"].astype("str"))
    codes, _ = pd.factorize(keys)
    colours = rng.integers(40, 216, (codes.max() + 1, 3))[codes][:, None, None]
    coarse = rng.normal(0, 60, (len(table), 4, 4, 3))
    ends = np.linspace(0, 3, image_size)
    low, share = np.minimum(ends.astype(int), 2), (ends - np.minimum(ends.astype(int), 2))[:, None]
    rows = coarse[:, low] * (1 - share[:, None]) + coarse[:, low + 1] * share[:, None]
    fine = rows[:, :, low] * (1 - share) + rows[:, :, low + 1] * share
    # In the order of prepared ones, of which a row is one piece of memory.
    return np.clip(colours + fine, 0, 255).astype(np.uint8, order="C")


def write_unlabelled(root: Path, names: Sequence[str], side: int) -> None:
    """Category and attribute prediction in `root`: square photos of `side` pixels, all for training, and no labels."""
    one = root / OFFICIAL["category_attribute"]
    rng = np.random.default_rng(0)
    for name in names:
        (one / "Img" / name).parent.mkdir(parents=True, exist_ok=True)
        coarse = rng.integers(0, 255, (6, 4, 3), np.uint8)
        Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC).save(one / "Img" / name, quality=90)
    table = pd.DataFrame({"image_name": names, "evaluation_status": "train"})
    write_list_eval_partition(one / "Eval/list_eval_partition.txt", table, benchmark="category_attribute")


def make_settings(epochs: tuple[int, int] = (1, 1), network: dict[str, Any] | None = None, **training: Any) -> Settings:
    """params.yaml's settings with a network so small that an epoch of make_prepared's photos takes a second.

    epochs: of the pose and the recognition step. network, training: what else to change in those sections.
    """
    values = load_settings().model_dump()
    names = ("pose", "recognition")
    weights = {step["name"]: step["weights"] for step in values["training"]["schedule"]}
    schedule = [{"name": n, "epochs": e, "weights": weights[n]} for n, e in zip(names, epochs, strict=True) if e]
    changes = {
        "prepare": {"image_size": 32},
        "network": {"image_size": 32, "width": 0.05, "batch_norm": True, "weights": None} | (network or {}),
        "training": {"device": "cpu", "threads": 1, "batch_size": 16, "schedule": schedule} | training,
        "experiments": {"fashionnet": {}},
        "trained": ["fashionnet"],
    }
    return Settings.model_validate(merge(values, changes))


@dataclass(frozen=True)
class Factor:
    label: str
    unit: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Series:
    prepared: Prepared
    table: pd.DataFrame


FACTORS = {"scale": Factor("Scale", "share", (0.7, 0.5, 0.2)), "jpeg": Factor("JPEG", "quality", (95, 20, 2))}


def make_series(prepared: Prepared, seed: int = 0) -> Series:
    """A controlled series of the items in prepared's consumer-to-shop gallery: two factors, two levels beyond 0.

    As `make_prepared`'s photos but for what the levels share: an item's category and attributes.
    """
    rng = np.random.default_rng(seed)
    gallery = prepared.rows("consumer_to_shop", "test", "gallery")
    items = prepared.photos["item"].iloc[gallery].unique()
    places = [("base", 0), *((name, level) for name in FACTORS for level in (1, 2))]
    table = pd.DataFrame([(factor, level, item) for factor, level in places for item in items],
                         columns=["factor", "level", "item"])  # fmt: skip
    source = np.resize(prepared.rows("category_attribute", "test"), len(items))  # a photo's labels for each item
    rows = np.tile(source, len(places))
    photos = prepared.photos.iloc[rows].reset_index(drop=True)
    photos = photos.assign(
        benchmark="series", role="query", item=table["item"],
        image_name=[f"series/{row.factor}/{row.level}/{row.item}.jpg" for row in table.itertuples()],
    )  # fmt: skip
    own = prepared.visibility[rows] != ABSENT
    landmarks, visibility = _points(rng, own, photos, hidden=(0.2, 0.1))
    made = replace(
        prepared, photos=photos, attributes=prepared.attributes[rows], landmarks=landmarks, visibility=visibility,
        joints=prepared.joints[rows], joint_visibility=prepared.joint_visibility[rows], crops=prepared.crops[rows],
    )  # fmt: skip
    return Series(made, table)


def make_project(root: Path, data: Path, experiments: Collection[str] = ("fashionnet", "darn", "wtbi")) -> None:
    """A project in `root` on the raw benchmarks in `data`, a few steps of training for each of `experiments`: what
    `dvc repro predict` leaves behind."""
    root.mkdir(parents=True, exist_ok=True)
    for name in ("dvc.yaml", "params.yaml"):
        (root / name).touch()
    (root / "data").symlink_to(data)
    prepared = prepare(data, root / "artifacts/prepared", make_settings().prepare).prepared
    for name in experiments:
        settings, folder = make_settings(network={"system": name}), root / "artifacts/models" / name
        train(prepared, settings, name, folder, root / "artifacts/checkpoints", lambda _: None, max_steps=STEPS)
        predict_benchmarks(prepared, load(folder), settings, root / "artifacts/predictions" / name, lambda _: None)
