"""Every annotation file of the four benchmarks with the official row counts, or a share of them; the same for a seed.

`python tests/benchmarks/official_files.py DIR [SHARE]`. There are no photos: labels, boxes and landmarks are random and
valid. Each file is put together as a matrix of characters, a row a line.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from characters import Text, columns, digits, join, lines, padded, row, text, triples, words, write

from fashionnet.formats import CATEGORIES, OFFICIAL, SLOTS_OF
from fashionnet.formats.official import COUNTS, FINE_COUNTS

ROWS_AT_ONCE = 4_096  # of attribute labels
KINDS = np.array([kind for _, kind in CATEGORIES])
TRIPLES = np.array([0, *(len(SLOTS_OF[kind]) for kind in (1, 2, 3))])
MERGED = ("Cape", "Nightdress", "Shirtdress", "Sundress")  # into Dress: they label no photo
FINE_SIZES = (7, 3, 3, 4, 6, 3)  # attributes of each fine group


def write_official(folder: Path, share: float = 1.0, seed: int = 0) -> None:
    """Write the four benchmarks into `folder`; share: of the official rows (never of attributes and categories)."""
    rng = np.random.default_rng(seed)
    make = {
        "category_attribute": _category_attribute,
        "landmarks": _fashion_landmarks,
        "in_shop": _in_shop,
        "consumer_to_shop": _consumer_to_shop,
    }
    for name in OFFICIAL:
        counts = {
            what: number if "attributes" in what or "categories" in what else max(40, round(number * share))
            for what, number in COUNTS[name].items()
        }
        make[name](folder / OFFICIAL[name], counts, share, rng)


def _category_attribute(folder: Path, counts: dict[str, int], share: float, rng: np.random.Generator) -> None:
    splits = [counts[f"{split} photos"] for split in ("train", "val", "test")]
    count = sum(splits)
    numbers = np.arange(count)
    names = join("img/Sheer_Pleated_Blouse_", digits(numbers // 50, 4), "/img_", digits(numbers % 50 + 1, 8), ".jpg")
    names = padded(names)
    lines(folder / "Eval/list_eval_partition.txt", count, "image_name  evaluation_status", names, words(
        ["train", "val  ", "test "], np.repeat([0, 1, 2], splits)))  # fmt: skip

    coarse = folder / "Anno_coarse"
    listed = [f"{name:<12} {kind}" for name, kind in CATEGORIES]
    text(coarse / "list_category_cloth.txt", [len(listed), "category_name  category_type", *listed])
    dress, tee = ([name for name, _ in CATEGORIES].index(name) for name in ("Dress", "Tee"))
    merged = [place for place, (name, _) in enumerate(CATEGORIES) if name in MERGED]
    others = np.setdiff1d(np.arange(len(CATEGORIES)), [dress, tee, *merged])
    labels = np.resize(others, count)
    labels[: counts["photos of Dress"]] = dress
    labels[counts["photos of Dress"] :][: counts["photos of Tee"]] = tee
    rng.shuffle(labels)
    lines(coarse / "list_category_img.txt", count, "image_name  category_label", names, digits(labels + 1, 2))
    types = [counts[f"{group} attributes"] for group in ("texture", "fabric", "shape", "part", "style")]
    _attribute_names(coarse / "list_attr_cloth.txt", np.repeat([1, 2, 3, 4, 5], types))
    _labels(coarse / "list_attr_img.txt", "image_name  attribute_labels", names, sum(types), rng)
    boxes = _boxes(count, 300, rng)
    lines(coarse / "list_bbox.txt", count, "image_name  x_1  y_1  x_2  y_2", names, columns(boxes))
    kinds = KINDS[labels]
    points = rng.integers(1, 300, (count, 8, 2))
    _landmarks(coarse / "list_landmarks.txt", names, [kinds], points, rng, "")
    _fine(folder / "Anno_fine", names, labels, boxes, points, share, rng)


def _fine(
    folder: Path, names: Text, labels: np.ndarray, boxes: np.ndarray, points: np.ndarray, share: float, rng
) -> None:
    start = 0
    types = np.repeat(np.arange(1, 7), FINE_SIZES)
    _attribute_names(folder / "list_attr_cloth.txt", types)
    for split in ("train", "val", "test"):
        stop = start + max(10, round(FINE_COUNTS[f"fine {split} photos"] * share))
        rows = slice(start, stop)
        lines(folder / f"{split}.txt", None, None, names[rows])
        lines(folder / f"{split}_cate.txt", None, None, digits(labels[rows] + 1, 2))
        lines(folder / f"{split}_attr.txt", None, None, columns(rng.integers(0, 2, (stop - start, len(types))), 1))
        lines(folder / f"{split}_bbox.txt", None, None, columns(boxes[rows]))
        given = np.arange(8) < TRIPLES[KINDS[labels[rows]]][:, None]
        pairs = np.where(given[..., None], points[rows], 0).reshape(stop - start, 16)
        lines(folder / f"{split}_landmarks.txt", None, None, columns(pairs))
        start = stop


def _fashion_landmarks(folder: Path, counts: dict[str, int], share: float, rng: np.random.Generator) -> None:
    count = counts["photos"]
    names = join("img/img_", digits(np.arange(count) + np.arange(count) // 3_000, 8), ".jpg")  # with gaps
    lines(folder / "Eval/list_eval_partition.txt", count, "image_name  evaluation_status", names, words(
        ["train", "val  ", "test "], np.arange(count) % 3))  # fmt: skip
    box = columns(_boxes(count, 512, rng))
    lines(folder / "Anno/list_bbox.txt", count, "image_name  x_1  y_1  x_2  y_2", names, box)
    codes = [rng.integers(1, 4, count), rng.integers(1, 6, count)]
    _landmarks(folder / "Anno/list_landmarks.txt", names, codes, rng.integers(1, 512, (count, 8, 2)), rng)
    joints = np.concatenate([rng.integers(0, 2, (count, 14, 1)), rng.integers(1, 512, (count, 14, 2))], axis=2)
    header = "image_name  clothes_type  variation_type  joint_visibility_1  joint_location_x_1  joint_location_y_1"
    lines(
        folder / "Anno/list_joints.txt", count, header, names, *(digits(code, 1) for code in codes),
        triples(joints),
    )  # fmt: skip


def _in_shop(folder: Path, counts: dict[str, int], share: float, rng: np.random.Generator) -> None:
    statuses, items, first = [], [], 0
    for status, name in enumerate(("train", "query", "gallery")):
        size, own = counts[f"{name} photos"], counts["train items" if name == "train" else "query items"]
        statuses.append(np.full(size, status))
        items.append(first + np.arange(size) % own)
        first = counts["train items"]
    status, item = np.concatenate(statuses), np.concatenate(items)
    count = len(item)
    ids = join("id_", digits(item + 1, 8))
    names = padded(join("img/WOMEN/Dresses/", ids, "/", digits(np.arange(count), 6), "_1_front.jpg"))
    lines(folder / "Eval/list_eval_partition.txt", count, "image_name  item_id  evaluation_status", names, ids, words(
        ["train  ", "query  ", "gallery"], status))  # fmt: skip
    anno = folder / "Anno"
    everyone = counts["train items"] + counts["query items"]
    each = join("id_", digits(np.arange(everyone) + 1, 8))
    lines(anno / "list_item_inshop.txt", everyone, None, each)
    _attribute_names(anno / "list_attr_cloth.txt", None, counts["attributes"])
    _labels(anno / "list_attr_items.txt", "item_id  attribute_labels", each, counts["attributes"], rng)
    codes = [rng.integers(1, 4, count), rng.integers(1, 7, count)]
    header = "image_name  clothes_type  pose_type  x_1  y_1  x_2  y_2"
    lines(
        anno / "list_bbox_inshop.txt", count, header, names, *(digits(code, 1) for code in codes),
        columns(_boxes(count, 256, rng)),
    )  # fmt: skip
    points = rng.integers(1, 256, (count, 8, 2))
    _landmarks(anno / "list_landmarks_inshop.txt", names, codes, points, rng)
    lines(anno / "list_color_cloth.txt", count, "image_name  color", names, words(
        ["Black     ", "Light-blue", "Off-white "], item % 3))  # fmt: skip
    told = {"color": "Black", "description": ["A dress.", "Cotton, with a round neck."] * 3}
    described = [{"item": f"id_{number + 1:08d}"} | told for number in range(everyone)]
    (anno / "list_description_inshop.json").write_text(json.dumps(described), encoding="utf-8")


def _consumer_to_shop(folder: Path, counts: dict[str, int], share: float, rng: np.random.Generator) -> None:
    """One shop photo an item; the consumers' photos that are too many for the pairs stand in no row of the splits."""
    items, pairs = counts["items"], counts["pairs"]
    consumers = counts["photos"] - items
    item = np.arange(consumers) % items
    ids, each = (join("id_", digits(own + 1, 8)) for own in (item, np.arange(items)))
    consumer = join("img/DRESSES/Dress/", ids, "/comsumer_", digits(np.arange(consumers) // items + 1, 2), ".jpg")
    shop = join("img/DRESSES/Dress/", each, "/shop_01.jpg")
    header = "image_pair_name_1  image_pair_name_2  item_id  evaluation_status"
    status = words(["train", "val  ", "test "], item[:pairs] % 3)
    rows = (consumer[:pairs], shop[item[:pairs]], ids[:pairs], status)
    lines(folder / "Eval/list_eval_partition.txt", pairs, header, *rows)
    anno, count = folder / "Anno", consumers + items
    names = np.concatenate([padded(consumer, 70), padded(shop, 70)])
    lines(anno / "list_item_consumer2shop.txt", items, None, each)
    listed = [f"属性{number} attribute number {number} {number % 30 + 1}" for number in range(counts["attributes"])]
    raw = "\r\n".join([str(len(listed)), "attribute_name  attribute_type", *listed, ""]).encode("utf-8-sig")
    (anno / "list_attr_cloth.txt").write_bytes(raw)
    _labels(anno / "list_attr_items.txt", "item_id  attribute_labels", each, counts["attributes"], rng)
    codes = [rng.integers(1, 4, count), np.repeat([2, 1], [consumers, items])]
    header = "image_name  clothes_type  source_type  x_1  y_1  x_2  y_2"
    lines(
        anno / "list_bbox_consumer2shop.txt", count, header, names, *(digits(code, 1) for code in codes),
        columns(_boxes(count, 300, rng)),
    )  # fmt: skip
    codes[1] = rng.integers(1, 7, count)
    _landmarks(anno / "list_landmarks_consumer2shop.txt", names, codes, rng.integers(1, 300, (count, 8, 2)), rng)


def _attribute_names(path: Path, types: np.ndarray | None, count: int | None = None) -> None:
    if types is None:
        text(path, [count, "attribute_name", *(f"attribute number {number}" for number in range(count))])
    else:
        rows = [f"attribute number {number}   {kind}" for number, kind in enumerate(types)]
        text(path, [len(rows), "attribute_name  attribute_type", *rows])


def _labels(path: Path, header: str, names: Text, attributes: int, rng: np.random.Generator) -> None:
    """Three to four positives a row, as in the official file, two unknown, and all else negative."""
    cells = np.frombuffer(b" -1  0  1", np.uint8).reshape(3, 3)
    with open(path, "wb") as file:
        file.write(f"{len(names)}\n{header}\n".encode())
        for start in range(0, len(names), ROWS_AT_ONCE):
            own = names[start : start + ROWS_AT_ONCE]
            values = np.zeros((len(own), attributes), np.intp)
            for value in (2, 2, 2, 1, 1):
                values[np.arange(len(own)), rng.integers(attributes, size=len(own))] = value
            few = rng.random(len(own)) < 0.3
            values[few, rng.integers(attributes, size=few.sum())] = 2
            file.write(join(own, cells[values].reshape(len(own), -1), "\n").tobytes())


def _landmarks(
    path: Path, names: Text, codes: list[np.ndarray], points: np.ndarray, rng: np.random.Generator,
    varied: str = "  variation_type",
) -> None:  # fmt: skip
    """codes: clothes types first. points: (N, 8, 2), of which a row keeps as many as its clothes type has."""
    count = len(names)
    given = np.concatenate([rng.choice(3, (count, 8, 1), p=[0.8, 0.1, 0.1]), points], axis=2)
    named = "  ".join(f"landmark_visibility_{k}  landmark_location_x_{k}  landmark_location_y_{k}" for k in range(1, 9))
    whole = row(names, *(digits(code, 1) for code in codes), triples(given))
    ends = whole.shape[1] - 1 - 10 * (8 - TRIPLES[codes[0]])  # a triple and its space take ten characters
    whole[np.arange(count), ends] = ord("\n")
    kept = whole[np.arange(whole.shape[1]) <= ends[:, None]]
    write(path, count, f"image_name  clothes_type{varied}  {named}", kept)


def _boxes(count: int, side: int, rng: np.random.Generator) -> np.ndarray:
    """(N, 4) inside a square; in a fifth of the rows the box ends where the photo does."""
    corners = np.sort(rng.integers(0, side - 1, (count, 2, 2)), axis=1)
    corners[:, 1] += 1
    corners[rng.random(count) < 0.2, 1] = side
    return corners.reshape(count, 4)


if __name__ == "__main__":
    write_official(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 1.0)
