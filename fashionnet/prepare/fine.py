"""The fine annotations of category_attribute in place of the coarse ones: 20,000 photos, labelled anew.

Splits, categories, attributes, boxes and landmarks all come from Anno_fine, and a photo that it lacks stays out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from fashionnet import formats
from fashionnet.formats import FormatError
from fashionnet.formats.codes import ABSENT, FINE_ATTRIBUTE_TYPES
from fashionnet.formats.layout import FINE_ATTRIBUTES, FINE_CATEGORIES, FINE_SPLITS, Benchmark
from fashionnet.prepare.rows import BOX, Rows, unlabelled

_CATEGORIES = (FINE_CATEGORIES, "Anno_coarse/list_category_cloth.txt")  # the same list, so either will do
_Splits = dict[str, list[str]]  # the image names of each split that is there


def has_fine(benchmark: Benchmark) -> bool:
    """Whether Anno_fine names the photos of a split."""
    return any(of["names"] in benchmark.files for of in FINE_SPLITS.values())


def read_fine_rows(benchmark: Benchmark) -> Rows:
    """Read every file of Anno_fine. Raises FormatError, and FileNotFoundError without a split's names."""
    names = _splits(benchmark)
    photos = [(name, split) for split, own in names.items() for name in own]
    rows = unlabelled(pd.DataFrame(photos, columns=["image_name", "split"]).assign(item="", role=""))
    absent = [of["names"] for of in FINE_SPLITS.values() if of["names"] not in benchmark.files]
    _note(rows, benchmark, "splits", absent)
    _categories(rows, benchmark, names)
    _attributes(rows, benchmark, names)
    _boxes(rows, benchmark, names)
    _landmarks(rows, benchmark, names)
    return rows


def check_fine_boxes(benchmark: Benchmark, sizes: Mapping[str, tuple[int, int]]) -> None:
    """Raise FormatError, with its line, for a box that leaves its photo."""
    for _, own, path in _parts(benchmark, _splits(benchmark), "boxes"):
        formats.read_split_bbox(path, own, sizes)


def _splits(benchmark: Benchmark) -> _Splits:
    if not has_fine(benchmark):
        expected = ", ".join(of["names"] for of in FINE_SPLITS.values())
        raise FileNotFoundError(f"{benchmark.folder.name}: found none of {expected}, so no splits of fine annotations")
    found, before = {}, {}
    for split, of in FINE_SPLITS.items():
        if of["names"] in benchmark.files:
            path = benchmark.files[of["names"]]
            found[split] = formats.read_split(path)
            for line, name in enumerate(found[split], 1):
                if name in before:
                    raise FormatError(path, line, f"{name!r} again (as in {before[name]})", "each image in one split")
            before |= dict.fromkeys(found[split], path.name)
    return found


def _parts(benchmark: Benchmark, names: _Splits, what: str) -> list[tuple[slice, list[str], Path]]:
    """For each split that has a file of this kind: its rows, its names and that file."""
    parts, start = [], 0
    for split, own in names.items():
        path = benchmark.files.get(FINE_SPLITS[split][what])
        if path is not None:
            parts.append((slice(start, start + len(own)), own, path))
        start += len(own)
    return parts


def _note(rows: Rows, benchmark: Benchmark, what: str, absent: Sequence[str]) -> None:
    if absent:
        rows.missing[what] = f"no {', '.join(absent)} in {benchmark.folder.name}"


def _lacking(benchmark: Benchmark, names: _Splits, what: str) -> list[str]:
    return [FINE_SPLITS[split][what] for split in names if FINE_SPLITS[split][what] not in benchmark.files]


def _categories(rows: Rows, benchmark: Benchmark, names: _Splits) -> None:
    listed = next((benchmark.files[name] for name in _CATEGORIES if name in benchmark.files), None)
    absent = _lacking(benchmark, names, "categories")
    _note(rows, benchmark, "categories", [FINE_CATEGORIES] if listed is None else absent)
    if listed is None or len(absent) == len(names):
        return
    rows.categories = formats.read_list_category_cloth(listed)
    category = rows.table["category"].to_numpy(copy=True)
    for part, own, path in _parts(benchmark, names, "categories"):
        category[part] = formats.read_split_cate(path, len(own), len(rows.categories)) - 1
    rows.table["category"] = category
    kinds = np.concatenate([rows.categories["category_type"].to_numpy(np.int8), [0]])
    rows.table["clothes_type"] = kinds[category]  # -1, unknown, is the last: 0


def _attributes(rows: Rows, benchmark: Benchmark, names: _Splits) -> None:
    listed = benchmark.files.get(FINE_ATTRIBUTES)
    absent = _lacking(benchmark, names, "attributes")
    _note(rows, benchmark, "attributes", [FINE_ATTRIBUTES] if listed is None else absent)
    if listed is None or len(absent) == len(names):
        return
    table = formats.read_list_attr_cloth(listed, benchmark=benchmark.name, annotations="fine")
    groups = table["attribute_type"].map(FINE_ATTRIBUTE_TYPES).to_numpy(str)
    rows.attribute_names = pd.DataFrame({"attribute_name": table["attribute_name"], "group": groups})
    rows.attributes = np.zeros((len(rows.table), len(table)), np.int8)
    attributed = np.zeros(len(rows.table), bool)
    for part, own, path in _parts(benchmark, names, "attributes"):
        rows.attributes[part] = formats.read_split_attr(path, len(own), len(table))
        attributed[part] = True
    rows.table["attributed"] = attributed


def _boxes(rows: Rows, benchmark: Benchmark, names: _Splits) -> None:
    _note(rows, benchmark, "boxes", _lacking(benchmark, names, "boxes"))
    corners = np.full((len(rows.table), len(BOX)), np.nan)
    for part, own, path in _parts(benchmark, names, "boxes"):
        corners[part] = formats.read_split_bbox(path, own)[BOX].to_numpy()
    rows.table[BOX] = corners
    rows.table["boxed"] = np.isfinite(corners).all(axis=1)


def _landmarks(rows: Rows, benchmark: Benchmark, names: _Splits) -> None:
    _note(rows, benchmark, "landmarks", _lacking(benchmark, names, "landmarks"))
    kinds = rows.table["clothes_type"].to_numpy()
    unnamed = 0
    for part, _, path in _parts(benchmark, names, "landmarks"):
        if not kinds[part].all():
            rows.missing["landmarks"] = "Anno_fine gives landmarks no clothes type, and there is no category to tell it"
            return
        rows.landmarks[part], rows.visibility[part] = formats.read_split_landmarks(path, kinds[part])
        unnamed += int((rows.visibility[part] == ABSENT).all(axis=1).sum())
    rows.table["landmarked"] = (rows.visibility != ABSENT).any(axis=1)
    if rows.table["landmarked"].any():
        rows.missing["landmarks' visibility"] = (
            "Anno_fine has places alone: a landmark at 0 0 counts as truncated, every other one as visible"
        )
    if unnamed:
        rows.missing["some landmarks"] = f"{unnamed} photos have landmarks that their category's clothes type lacks"
