"""Draws the controlled series into a folder, in the form of prepared data: crops, labels, and every photo's level."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from fashionnet.files import replacing
from fashionnet.formats import CATEGORIES, FormatError
from fashionnet.prepare.crops import PACKED, encode, save_offsets
from fashionnet.prepare.photos import crop_photo, crop_square
from fashionnet.prepare.tables import ABSENT, JOINTS, PHOTO_COLUMNS, SLOTS, Prepared, photo_to_crop, save_prepared
from fashionnet.progress import Counter, progress
from fashionnet.sample.attributes import ATTRIBUTES
from fashionnet.sample.benchmarks import Labels, labels_of
from fashionnet.sample.camera import jpeg
from fashionnet.sample.catalogue import Item
from fashionnet.sample.plan import plan
from fashionnet.sample.rendering import SAMPLE_VERSION
from fashionnet.sample.series import BASE, FACTORS, NAME, TABLE, Series, load_series
from fashionnet.sample.series_photos import SIDE, at_level, base_conditions, photograph
from fashionnet.sample.workers import cores, spread
from fashionnet.settings import Prepare

WORTH = 12  # garments that take about as long to draw as a process to start
# Of a garment: factor, level, value.
STEPS = [(BASE, 0, math.nan)] + [
    (name, level, float(value))
    for name, factor in FACTORS.items()
    for level, value in enumerate(factor.values)
    if level
]
Step = tuple[str, int, float]


@dataclass(frozen=True)
class _Task:
    item_id: str
    item: Item
    seed: int
    settings: Prepare


@dataclass(frozen=True)
class _Drawn:
    """One garment's photos, in the order of STEPS. pixels: of each that show the garment. crops: each as it is
    stored."""

    labels: list[Labels]
    pixels: list[int]
    crops: list[bytes]


def make_series(
    data: Path, folder: Path, settings: Prepare, items: int, show: Callable[[str], None] = progress
) -> Series:
    """Draw the series of the sample in `data` into `folder`, or nothing where `data` is no sample of this version.

    Raises FormatError for a SAMPLE.json that `fashionnet sample` did not write.
    """
    note = data / "SAMPLE.json"
    if not note.is_file():
        return draw_nothing(folder, settings, "the data is no rendered sample, and photographs cannot be taken again")
    try:
        about = json.loads(note.read_text(encoding="utf-8"))
        version, size, seed = about["version"], str(about["size"]), int(about["seed"])
    except (ValueError, KeyError, TypeError):
        expected = 'what `fashionnet sample` writes: {"version": …, "size": …, "seed": …}'
        raise FormatError(note, None, "something else", expected) from None
    if version != SAMPLE_VERSION:
        reason = f"the sample is of version {version}, and only those of version {SAMPLE_VERSION} can be drawn again"
        return draw_nothing(folder, settings, reason)
    return draw_series(size, seed, settings, folder, items, show=show)


def draw_series(
    size: str,
    seed: int,
    settings: Prepare,
    folder: Path,
    items: int,
    processes: int | None = None,
    show: Callable[[str], None] = progress,
) -> Series:
    """Draw `items` test garments of the sample of `size` and `seed`, at every level of every factor.

    settings: of the crops, which are cut as `prepare` cuts them, out of the photos as JPEG gives them back. processes:
    by default as many as there are cores, if so many are worth their start; the bytes are the same for any. Category
    and attributes are those of the photo at level 0: the garment does not change, however little of it can be seen.
    Box, landmarks and visibility are each photo's own.
    """
    garments = garments_of(size, seed, items)
    tasks = [_Task(item_id, item, seed, settings) for item_id, item in garments.items()]
    counter = Counter(len(tasks), show)
    photos, tables, labels, lengths = [], [], [], []
    with replacing(folder / PACKED) as temporary, open(temporary, "wb") as crops:
        for task, drawn in zip(tasks, spread(_draw, tasks, processes or max(1, min(cores(), len(tasks) // WORTH)))):
            photos.append(_photos(task, drawn))
            tables.append(_levels(task.item_id, drawn.pixels))
            labels += drawn.labels
            lengths += [crops.write(crop) for crop in drawn.crops]
            counter.step(lambda: f"series: {counter.done} of {len(tasks)} garments")
        save_offsets(folder, lengths, settings.storage)
    table = pd.concat(photos, ignore_index=True)[list(PHOTO_COLUMNS)].astype(PHOTO_COLUMNS)
    _save(folder, settings, table, labels, {})
    with replacing(folder / TABLE) as temporary:
        pd.concat(tables, ignore_index=True).to_parquet(temporary, index=False, compression="zstd")
    return load_series(folder)


def draw_nothing(folder: Path, settings: Prepare, reason: str) -> Series:
    """An empty series that says why."""
    with replacing(folder / PACKED) as temporary:
        temporary.write_bytes(b"")
    save_offsets(folder, [], settings.storage)
    _save(folder, settings, pd.DataFrame(columns=list(PHOTO_COLUMNS)).astype(PHOTO_COLUMNS), [], {NAME: reason})
    with replacing(folder / TABLE) as temporary:
        _levels("", [0] * len(STEPS))[:0].to_parquet(temporary, index=False, compression="zstd")
    return load_series(folder)


def garments_of(size: str, seed: int, most: int) -> dict[str, Item]:
    """item_id → garment: `most` of the consumer-to-shop benchmark's test split, in its order.

    The first of each category, so that none is missing, then others spread evenly over the split.
    """
    test = [shot for shot in plan(size, seed) if shot.benchmark == "consumer_to_shop" and shot.status == "test"]
    garments = list({shot.item_id: shot.item for shot in test}.items())
    seen = {item.category: place for place, (_, item) in reversed(list(enumerate(garments)))}
    first = sorted(seen.values())[:most]
    others = [place for place in range(len(garments)) if place not in first]
    wanted = min(most - len(first), len(others))
    evenly = [others[place] for place in np.linspace(0, len(others) - 1, wanted).round().astype(int)]
    return dict(garments[place] for place in sorted(first + evenly))


def _draw(task: _Task) -> _Drawn:
    labels, pixels, crops = [], [], []
    base = base_conditions(task.item, task.seed, int(task.item_id.removeprefix("id_")))
    for factor, level, _ in STEPS:
        conditions = at_level(base, factor, level) if level else base
        photo = photograph(task.item, conditions)
        labels.append(labels_of(photo))
        pixels.append(int(photo.mask.sum()))
        with Image.open(io.BytesIO(jpeg(photo.image, conditions.sensor.quality))) as decoded:
            box = np.array(photo.box, np.float64)
            crop = crop_photo(decoded.convert("RGB"), box, task.settings.margin, task.settings.image_size)
        crops.append(encode(crop, task.settings.storage))
    return _Drawn(labels, pixels, crops)


def _image_names(item_id: str) -> Iterator[str]:
    return (f"{NAME}/{factor}/{level}/{item_id}.jpg" for factor, level, _ in STEPS)


def _levels(item_id: str, pixels: list[int]) -> pd.DataFrame:
    table = pd.DataFrame(STEPS, columns=["factor", "level", "value"]).assign(item=item_id, pixels=pixels)
    return table.astype({"factor": "str", "level": "int8", "value": "float64", "item": "str", "pixels": "int32"})


def _photos(task: _Task, drawn: _Drawn) -> pd.DataFrame:
    """Rows of Prepared.photos. A query of the benchmark that the item comes from is a consumer's photo (source 2)."""
    boxes = np.array([found.box for found in drawn.labels], np.float64)
    squares = np.array([crop_square(box, task.settings.margin) for box in boxes])
    names = [name for name, _ in CATEGORIES]
    geometry = {"x_1": boxes[:, 0], "y_1": boxes[:, 1], "x_2": boxes[:, 2], "y_2": boxes[:, 3]}
    geometry |= {"crop_x": squares[:, 0], "crop_y": squares[:, 1], "crop_side": squares[:, 2]}
    return pd.DataFrame({"image_name": list(_image_names(task.item_id)), **geometry}).assign(
        benchmark=NAME,
        split="test",
        role="query",
        item=task.item_id,
        width=SIDE,
        height=SIDE,
        boxed=True,
        clothes_type=task.item.clothes_type,
        category=names.index(task.item.category),
        pose_type=0,
        source_type=2,
        variation_type=0,
        attributed=True,
        landmarked=True,
        jointed=False,
    )


def _save(folder: Path, settings: Prepare, photos: pd.DataFrame, labels: list[Labels], missing: dict[str, str]) -> None:
    count = len(photos)
    points = np.array([found.points for found in labels], np.float64).reshape(count, SLOTS, 2)
    at_base = [labels[place - place % len(STEPS)].attributes for place in range(count)]
    prepared = Prepared(
        photos=photos,
        categories=pd.DataFrame(CATEGORIES, columns=["category_name", "category_type"]),
        attribute_names=pd.DataFrame(
            [(name, group) for name, group, _ in ATTRIBUTES], columns=["attribute_name", "group"]
        ),
        attributes=np.array(at_base, np.int8).reshape(count, len(ATTRIBUTES)),
        landmarks=photo_to_crop(points, photos).astype(np.float32),
        visibility=np.array([found.visibility for found in labels], np.int8).reshape(count, SLOTS),
        joints=np.full((count, JOINTS, 2), np.nan, np.float32),
        joint_visibility=np.full((count, JOINTS), ABSENT, np.int8),
        crops=np.broadcast_to(np.uint8(0), (count, settings.image_size, settings.image_size, 3)),  # already in the file
        missing=missing,
        sample="" if missing else SAMPLE_VERSION,
    )
    save_prepared(prepared, folder, settings.storage)
