"""The four benchmark folders: every annotation file of the official layout, through fashionnet.formats. Ours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from fashionnet import formats
from fashionnet.sample.attributes import ATTRIBUTES, EVERYTHING_SEEN, NAMES, labels
from fashionnet.sample.catalogue import Item, present
from fashionnet.sample.photo import Photo
from fashionnet.sample.plan import Shot


@dataclass(frozen=True)
class Labels:
    """What the files say of one photo; fields as in Photo. points: (8, 2) and joints (14, 2), whole pixels or NaN."""

    box: tuple[int, int, int, int]
    points: np.ndarray
    visibility: np.ndarray
    joints: np.ndarray
    joint_visibility: np.ndarray
    attributes: np.ndarray


def labels_of(photo: Photo) -> Labels:
    height, width = photo.mask.shape
    points = np.floor(photo.landmarks)
    # Rounding never moves a point that lies in the frame out of it.
    assert not (
        (photo.visibility < 2) & (photo.visibility >= 0) & ((points < 0) | (points >= (width, height))).any(1)
    ).any()
    return Labels(photo.box, points, photo.visibility, np.floor(photo.joints), photo.joint_visibility, photo.labels)


Pairs = list[tuple[Shot, Labels]]


def _boxes(pairs: Pairs, **columns: list) -> pd.DataFrame:
    boxes = np.array([found.box for _, found in pairs])
    table = {"image_name": [shot.image_name for shot, _ in pairs], **columns}
    return pd.DataFrame(table | {name: boxes[:, k] for k, name in enumerate(("x_1", "y_1", "x_2", "y_2"))})


def _landmarks(pairs: Pairs, joints: bool = False) -> formats.Landmarks:
    table = pd.DataFrame(
        {
            "image_name": [shot.image_name for shot, _ in pairs],
            "clothes_type": [shot.item.clothes_type for shot, _ in pairs],
            "variation_type": [shot.variation for shot, _ in pairs],
        }
    )
    points = np.stack([found.joints if joints else found.points for _, found in pairs]).astype(np.float32)
    visibility = np.stack([found.joint_visibility if joints else found.visibility for _, found in pairs])
    return formats.Landmarks(table, points, visibility)


def _named(pairs: Pairs, **columns: list) -> pd.DataFrame:
    return pd.DataFrame({"image_name": [shot.image_name for shot, _ in pairs], **columns})


def _attribute_table() -> pd.DataFrame:
    code = {name: number for number, name in formats.ATTRIBUTE_TYPES.items()}
    return pd.DataFrame({"attribute_name": NAMES, "attribute_type": [code[group] for _, group, _ in ATTRIBUTES]})


def _items(pairs: Pairs) -> dict[str, Item]:
    return dict(sorted({shot.item_id: shot.item for shot, _ in pairs}.items()))


def _item_attributes(pairs: Pairs) -> formats.ItemAttributes:
    items = _items(pairs)
    return formats.ItemAttributes(
        list(items), np.stack([labels(present(item), EVERYTHING_SEEN) for item in items.values()])
    )


def _colour_name(item: Item) -> str:
    return item.palette.title()


def _write_category_attribute(folder: Path, pairs: Pairs) -> None:
    code = {name: k + 1 for k, (name, _) in enumerate(formats.CATEGORIES)}
    annotations = folder / "Anno_coarse"
    formats.write_list_category_cloth(
        annotations / "list_category_cloth.txt",
        pd.DataFrame(formats.CATEGORIES, columns=["category_name", "category_type"]),
    )
    formats.write_list_category_img(
        annotations / "list_category_img.txt",
        _named(pairs, category_label=[code[shot.item.category] for shot, _ in pairs]),
    )
    formats.write_list_attr_cloth(annotations / "list_attr_cloth.txt", _attribute_table())
    formats.write_list_attr_img(
        annotations / "list_attr_img.txt",
        formats.AttributeLabels(
            [shot.image_name for shot, _ in pairs], np.stack([found.attributes for _, found in pairs])
        ),
    )
    formats.write_list_bbox(annotations / "list_bbox.txt", _boxes(pairs))
    formats.write_list_landmarks(annotations / "list_landmarks.txt", _landmarks(pairs))
    formats.write_list_eval_partition(
        folder / "Eval/list_eval_partition.txt",
        _named(pairs, evaluation_status=[shot.status for shot, _ in pairs]),
        "category_attribute",
    )


def _write_landmarks(folder: Path, pairs: Pairs) -> None:
    formats.write_list_bbox(folder / "Anno/list_bbox.txt", _boxes(pairs))
    formats.write_list_landmarks(folder / "Anno/list_landmarks.txt", _landmarks(pairs), "landmarks")
    formats.write_list_joints(folder / "Anno/list_joints.txt", _landmarks(pairs, joints=True))
    formats.write_list_eval_partition(
        folder / "Eval/list_eval_partition.txt",
        _named(pairs, evaluation_status=[shot.status for shot, _ in pairs]),
        "landmarks",
    )


def _write_in_shop(folder: Path, pairs: Pairs) -> None:
    annotations, items = folder / "Anno", _items(pairs)
    types = [shot.item.clothes_type for shot, _ in pairs]
    formats.write_list_item_inshop(annotations / "list_item_inshop.txt", pd.DataFrame({"item_id": list(items)}))
    formats.write_list_attr_cloth(
        annotations / "list_attr_cloth.txt", _attribute_table()[["attribute_name"]], "in_shop"
    )
    formats.write_list_attr_items(annotations / "list_attr_items.txt", _item_attributes(pairs))
    formats.write_list_bbox_inshop(
        annotations / "list_bbox_inshop.txt",
        _boxes(pairs, clothes_type=types, pose_type=[shot.pose for shot, _ in pairs]),
    )
    formats.write_list_landmarks_inshop(annotations / "list_landmarks_inshop.txt", _landmarks(pairs))
    formats.write_list_color_cloth(
        annotations / "list_color_cloth.txt", _named(pairs, color=[_colour_name(shot.item) for shot, _ in pairs])
    )
    described = [", ".join([item.category, *sorted(present(item))]) for item in items.values()]
    formats.write_list_description_inshop(
        annotations / "list_description_inshop.json",
        pd.DataFrame(
            {"item": list(items), "color": [_colour_name(item) for item in items.values()], "description": described}
        ),
    )
    partition = _named(
        pairs, item_id=[shot.item_id for shot, _ in pairs], evaluation_status=[shot.status for shot, _ in pairs]
    )
    formats.write_list_eval_partition(folder / "Eval/list_eval_partition.txt", partition, "in_shop")


def _write_consumer_to_shop(folder: Path, pairs: Pairs) -> None:
    annotations = folder / "Anno"
    types = [shot.item.clothes_type for shot, _ in pairs]
    formats.write_list_item_consumer2shop(
        annotations / "list_item_consumer2shop.txt", pd.DataFrame({"item_id": list(_items(pairs))})
    )
    formats.write_list_attr_cloth(annotations / "list_attr_cloth.txt", _attribute_table(), "consumer_to_shop")
    formats.write_list_attr_items(annotations / "list_attr_items.txt", _item_attributes(pairs))
    formats.write_list_bbox_consumer2shop(
        annotations / "list_bbox_consumer2shop.txt",
        _boxes(pairs, clothes_type=types, source_type=[shot.source for shot, _ in pairs]),
    )
    formats.write_list_landmarks_consumer2shop(annotations / "list_landmarks_consumer2shop.txt", _landmarks(pairs))
    shops: dict[str, list[str]] = {}
    for shot, _ in pairs:
        if shot.source == 1:
            shops.setdefault(shot.item_id, []).append(shot.image_name)
    rows = [
        (shot.image_name, shop, shot.item_id, shot.status)
        for shot, _ in pairs
        if shot.source == 2
        for shop in shops[shot.item_id]
    ]
    formats.write_list_eval_partition(
        folder / "Eval/list_eval_partition.txt",
        pd.DataFrame(rows, columns=["image_pair_name_1", "image_pair_name_2", "item_id", "evaluation_status"]),
        "consumer_to_shop",
    )


WRITERS = {
    "category_attribute": _write_category_attribute,
    "landmarks": _write_landmarks,
    "in_shop": _write_in_shop,
    "consumer_to_shop": _write_consumer_to_shop,
}


def write(folder: Path, pairs: Pairs) -> None:
    """The annotation files of all benchmarks that `pairs` has photos of, in the order of the photos' names."""
    for name, writer in WRITERS.items():
        own = sorted(
            ((shot, found) for shot, found in pairs if shot.benchmark == name), key=lambda pair: pair[0].image_name
        )
        if own:
            writer(folder / formats.OFFICIAL[name], own)
