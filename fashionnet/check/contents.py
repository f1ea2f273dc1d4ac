"""What the files of a benchmark say, each by itself and beside the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from fashionnet import formats
from fashionnet.check.report import Report, counted, without
from fashionnet.formats import ATTRIBUTE_TYPES, CLOTHES_TYPES, SPLITS_OF, FormatError
from fashionnet.formats.layout import Benchmark
from fashionnet.prepare.agreement import disagreements
from fashionnet.prepare.fine import check_fine_boxes
from fashionnet.prepare.rows import Rows

Tables = Mapping[str, object]  # what each file was read into, by its name without the ending
Sizes = Mapping[str, tuple[int, int]]


def splits(benchmark: str, partition: pd.DataFrame, report: Report) -> None:
    counts = partition["evaluation_status"].value_counts()
    rows = "pairs" if benchmark == "consumer_to_shop" else "photos"
    if benchmark == "consumer_to_shop":
        consumer, shop = (partition[f"image_pair_name_{side}"] for side in (1, 2))
        report.say("pairs", f"{len(partition):,} of {consumer.nunique():,} consumer and {shop.nunique():,} shop photos")
    parts = " · ".join(f"{split} {counts.get(split, 0):,}" for split in SPLITS_OF[benchmark])
    report.say("splits", f"{parts} {rows}")


def agreement(benchmark: str, tables: Tables, report: Report) -> None:
    for what, names in disagreements(benchmark, tables).items():
        report.break_if(names, what)


def same_photos(benchmark: str, named: dict[str, list[str]], report: Report) -> None:
    """Each file should speak of the photos that are in a split, and of all of them."""
    partition = set(named["list_eval_partition"])
    for stem, names in named.items():
        unsplit = [name for name in names if name not in partition]
        # In consumer-to-shop a photo without a partner has no row there.
        tell = report.note_if if benchmark == "consumer_to_shop" else report.break_if
        tell(unsplit, f"in {stem} and in no row of list_eval_partition")
        unlabelled = set(names)
        report.break_if(
            [name for name in named["list_eval_partition"] if name not in unlabelled],
            f"in list_eval_partition and not in {stem}",
        )


def items(tables: Tables, report: Report) -> None:
    listed = next((table for stem, table in tables.items() if stem.startswith("list_item_")), None)
    partition = tables.get("list_eval_partition")
    used = partition["item_id"] if partition is not None and "item_id" in partition else None
    if listed is None and used is None:
        return
    known = set(used if listed is None else listed["item_id"])
    report.say("items", f"{len(known):,}")
    if used is not None and listed is not None:
        report.break_if(without(used, known), "in list_eval_partition and not in the list of items")
        report.note_if(without(listed["item_id"], set(used)), "in the list of items and in no split")
    if "list_attr_items" in tables:
        items = tables["list_attr_items"].item_id
        report.break_if(without(items, known), "in list_attr_items and unknown as items")
        report.note_if(without(sorted(known), set(items)), "without attribute labels")
    if "list_description_inshop" in tables:
        described = tables["list_description_inshop"]["item"]
        report.say("descriptions", f"{len(described):,} of {described.nunique():,} items")
        report.break_if(without(described, known), "in list_description_inshop and unknown as items")
    if "list_color_cloth" in tables:
        colours = tables["list_color_cloth"]["color"]
        report.say("colours", f"{colours.nunique():,} on {len(colours):,} photos")


def categories(tables: Tables, report: Report) -> None:
    listed, labels = tables.get("list_category_cloth"), tables.get("list_category_img")
    parts = [] if listed is None else [f"{len(listed):,} listed"]
    parts += [] if labels is None else [f"{labels['category_label'].nunique():,} occur on {len(labels):,} photos"]
    if parts:
        report.say("categories", ", ".join(parts))


def attributes(tables: Tables, report: Report) -> None:
    names = tables.get("list_attr_cloth")
    labels = tables.get("list_attr_img") or tables.get("list_attr_items")
    if names is not None:
        kinds = [] if "attribute_type" not in names else names["attribute_type"].tolist()
        counts = [f"{name} {kinds.count(code):,}" for code, name in ATTRIBUTE_TYPES.items() if code in kinds]
        known = bool(counts) and max(kinds) <= max(ATTRIBUTE_TYPES)
        report.say("attributes", f"{len(names):,}{': ' + ' · '.join(counts) if known else ''}")
    if labels is not None:
        count = len(labels.values)
        positives = (labels.values == 1).sum() / max(count, 1)
        what = "item" if isinstance(labels, formats.ItemAttributes) else "photo"
        report.say("labels", f"{counted(count, what)}, {positives:.1f} positive attributes each")


def boxes(benchmark: Benchmark, tables: Tables, sizes: Sizes, report: Report) -> None:
    stem = next((stem for stem in tables if stem.startswith("list_bbox")), None)
    if stem is None:
        return
    report.say("boxes", counted(len(tables[stem]), "photo"))
    path = next(path for official, path in benchmark.files.items() if Path(official).stem == stem)
    try:
        getattr(formats, f"read_{stem}")(path, sizes=sizes)
    except FormatError as error:
        report.broken.append(str(error))


def points(tables: Tables, sizes: Sizes, report: Report) -> None:
    for stem, points in tables.items():
        if not isinstance(points, formats.Landmarks):
            continue
        label = "joints" if stem == "list_joints" else "landmarks"
        kinds = points.table["clothes_type"]
        parts = " · ".join(f"{name} {(kinds == code).sum():,}" for code, name in CLOTHES_TYPES.items())
        visible = points.visibility == 0
        share = visible.sum() / max((points.visibility >= 0).sum(), 1)
        report.say(label, f"{counted(len(kinds), 'photo')}: {parts}; {share:.0%} visible")
        ends = np.array([sizes.get(name, (np.inf, np.inf)) for name in points.table["image_name"]]).reshape(-1, 1, 2)
        outside = visible & ((points.points < 0) | (points.points > ends)).any(axis=2)
        names = points.table["image_name"][outside.any(axis=1)].tolist()
        report.note_if(names, f"visible {label} outside the photo, {outside.sum():,} in all")


def fine(benchmark: Benchmark, rows: Rows, known: Collection[str], sizes: Sizes, report: Report) -> None:
    """Of Anno_fine. known: the photos that the coarse files have in a split."""
    by_split = rows.table["split"].value_counts()
    parts = " · ".join(f"{split} {by_split.get(split, 0):,}" for split in SPLITS_OF[benchmark.name])
    groups = rows.attribute_names["group"].nunique()
    labels = f"; {len(rows.attribute_names):,} attributes in {counted(groups, 'group')}" if groups else ""
    report.say("fine", f"{parts} photos{labels}")
    for what, why in rows.missing.items():
        report.notes.append(f"{what} of Anno_fine: {why}")
    report.note_if(without(rows.table["image_name"], known), "in Anno_fine and in no row of list_eval_partition")
    try:
        check_fine_boxes(benchmark, sizes)
    except FormatError as error:
        report.broken.append(str(error))
