"""`fashionnet check DIR`: which benchmarks a data folder holds, what is in them, what is missing and what is broken.

Broken is what `prepare` would refuse or leave out, and where two files contradict each other. A label file that is not
there is said and is no mistake: the study does without.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from fashionnet import formats
from fashionnet.formats import ATTRIBUTE_TYPES, CLOTHES_TYPES, OFFICIAL, SPLITS_OF, FormatError
from fashionnet.formats.layout import FILES, Benchmark, find, find_benchmarks
from fashionnet.prepare.photos import MOST_PIXELS

_SHOWN = 3  # names in a message
_SILENT = 5.0  # seconds between two words of progress
_AT_ONCE = 1024  # photos given to the threads at a time
_ORIENTATION = 0x0112  # EXIF; 5 to 8 turn a photo by a quarter


@dataclass
class _Report:
    """What was found in one benchmark. facts: a label and what is said of it."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def say(self, label: str, text: str) -> None:
        self.facts.append((label, text))

    def break_if(self, names: Collection[str], what: str) -> None:
        if names:
            self.broken.append(f"{_some(names)}: {what}")

    def note_if(self, names: Collection[str], what: str) -> None:
        if names:
            self.notes.append(f"{_some(names)}: {what}")

    def lines(self) -> list[str]:
        marked = [("missing", text) for text in self.missing]
        marked += [("note", text) for text in self.notes]
        marked += [("BROKEN", text) for text in self.broken]
        return [f"  {label:<12} {text}" for label, text in self.facts + marked]


def check(data: Path, out: Callable[[str], None] = print) -> bool:
    """Report on a data folder, line by line, through `out`. Whether a benchmark is there and nothing is broken.

    Every photo is decoded; where that takes long, its progress goes to stderr. Nothing in the folder is written.
    """
    data = Path(data)
    found = find_benchmarks(data) if data.is_dir() else {}
    if not found:
        what = "no benchmark" if data.is_dir() else "no such folder"
        out(f"{data}: found {what}, expected a folder that holds one or more of")
        for official in OFFICIAL.values():
            out(f"  {official}/")
        return False
    broken = 0
    for name, official in OFFICIAL.items():
        out(official)
        report = _inspect(found[name]) if name in found else _Report([("not there", "")])
        broken += len(report.broken)
        for line in report.lines():
            out(line.rstrip())
        out("")
    verdict = f"{_count(broken, 'thing')} broken" if broken else "nothing broken"
    out(f"{_count(len(found), 'benchmark')} of {len(OFFICIAL)} there, {verdict}.")
    return not broken


def _inspect(benchmark: Benchmark) -> _Report:
    report = _Report()
    tables = _read_all(benchmark, report)
    named = {stem: names for stem, table in tables.items() if (names := _image_names(table)) is not None}
    sizes = _decode(benchmark, list(dict.fromkeys(name for names in named.values() for name in names)), report)
    if "list_eval_partition" in tables:
        _splits(benchmark.name, tables["list_eval_partition"], report)
        _same_photos(benchmark.name, named, report)
    _items(tables, report)
    _categories(tables, report)
    _attributes(tables, report)
    _boxes(benchmark, tables, sizes, report)
    _points(tables, sizes, report)
    return report


def _read_all(benchmark: Benchmark, report: _Report) -> dict[str, object]:
    """Every file that is there and well-formed, by its name without the ending."""
    tables: dict[str, object] = {}
    for official in FILES[benchmark.name]:
        stem = Path(official).stem
        if official in benchmark.files:
            try:
                tables[stem] = _read(stem, benchmark.files[official], benchmark.name, tables)
            except (FormatError, OSError) as error:
                report.broken.append(str(error))
        elif stem == "list_eval_partition":
            report.broken.append(f"{benchmark.folder / official}: found no such file, expected the splits")
        else:
            report.missing.append(official)
    return tables


def _read(stem: str, path: Path, benchmark: str, before: dict[str, object]) -> object:
    options: dict[str, object] = {}
    if stem in ("list_eval_partition", "list_attr_cloth", "list_landmarks"):
        options["benchmark"] = benchmark
    if stem == "list_category_img" and "list_category_cloth" in before:
        options["categories"] = len(before["list_category_cloth"])
    if stem in ("list_attr_img", "list_attr_items") and "list_attr_cloth" in before:
        options["attributes"] = len(before["list_attr_cloth"])
    return getattr(formats, f"read_{stem}")(path, **options)


def _image_names(table: object) -> list[str] | None:
    """The photos that a file speaks of, each once; None where it speaks of none."""
    table = getattr(table, "table", table)
    if isinstance(table, formats.AttributeLabels):
        return table.image_name
    if not isinstance(table, pd.DataFrame):
        return None
    columns = [name for name in table if name.startswith("image_")]
    return pd.unique(pd.concat([table[name] for name in columns])).tolist() if columns else None


def _decode(benchmark: Benchmark, names: Sequence[str], report: _Report) -> dict[str, tuple[int, int]]:
    """The upright width and height of every photo that decodes; the others are reported."""

    def size(name: str) -> tuple[int, int] | Exception:
        try:
            return _upright_size(benchmark.photo(name))
        except Exception as error:  # Pillow's decoders raise whatever a broken file makes them
            return error

    sizes, absent, unreadable = {}, [], {}
    spoken = time.monotonic()
    with warnings.catch_warnings(), ThreadPoolExecutor(os.cpu_count()) as pool:
        warnings.simplefilter("ignore")  # Pillow warns of large pictures and odd EXIF; the limit decides
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            for name, result in zip(some, pool.map(size, some), strict=True):
                if isinstance(result, tuple):
                    sizes[name] = result
                elif isinstance(result, FileNotFoundError):
                    absent.append(name)
                else:
                    unreadable[name] = str(result) or type(result).__name__
            if time.monotonic() - spoken > _SILENT:
                spoken = time.monotonic()
                print(f"  decoded {start + len(some):,} of {len(names):,} photos", file=sys.stderr, flush=True)
    report.say("photos", f"{len(names):,} named, {len(sizes):,} on disk and readable")
    archive = find(benchmark.folder, "Img/img.zip")
    hint = "" if archive is None else f" ({archive.name} is there, but not extracted)"
    report.break_if(absent, f"not on disk, expected in {benchmark.images}{hint}")
    if unreadable:
        reason = _plain(next(iter(unreadable.values())))
        report.break_if(list(unreadable), f"cannot be read, the first because: {reason}")
    return sizes


def _upright_size(path: Path) -> tuple[int, int]:
    """Decode a photo as cheaply as shows that it is whole, JPEG at an eighth of its size."""
    with Image.open(path) as photo:
        width, height = photo.size
        if width * height > MOST_PIXELS:
            raise ValueError(f"found {width} x {height} pixels, expected {MOST_PIXELS} at most")
        photo.draft("RGB", (max(1, width // 8), max(1, height // 8)))
        photo.load()
        turned = photo.getexif().get(_ORIENTATION) in (5, 6, 7, 8)  # after loading, when Pillow has turned a TIFF
    return (height, width) if turned else (width, height)


def _splits(benchmark: str, partition: pd.DataFrame, report: _Report) -> None:
    counts = partition["evaluation_status"].value_counts()
    rows = "pairs" if benchmark == "consumer_to_shop" else "photos"
    if benchmark == "consumer_to_shop":
        consumer, shop = (partition[f"image_pair_name_{side}"] for side in (1, 2))
        report.say("pairs", f"{len(partition):,} of {consumer.nunique():,} consumer and {shop.nunique():,} shop photos")
        both = set(consumer) & set(shop)
        report.break_if(sorted(both), "consumer photo of one pair and shop photo of another")
    parts = " · ".join(f"{split} {counts.get(split, 0):,}" for split in SPLITS_OF[benchmark])
    report.say("splits", f"{parts} {rows}")
    if "item_id" not in partition:
        return
    # Query and gallery share their items: together they are the test split.
    split = partition["evaluation_status"].replace({"query": "test", "gallery": "test"})
    _one_only(split.groupby(partition["item_id"]), "in two splits", report)
    if benchmark == "consumer_to_shop":
        items = pd.concat([partition["item_id"]] * 2, ignore_index=True)
        _one_only(items.groupby(pd.concat([consumer, shop], ignore_index=True)), "in the pairs of two items", report)


def _one_only(groups: pd.api.typing.SeriesGroupBy, what: str, report: _Report) -> None:
    different = groups.nunique()
    report.break_if(different.index[different > 1].tolist(), what)


def _same_photos(benchmark: str, named: dict[str, list[str]], report: _Report) -> None:
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


def _items(tables: dict[str, object], report: _Report) -> None:
    listed = next((table for stem, table in tables.items() if stem.startswith("list_item_")), None)
    partition = tables.get("list_eval_partition")
    used = partition["item_id"] if partition is not None and "item_id" in partition else None
    if listed is None and used is None:
        return
    known = set(used if listed is None else listed["item_id"])
    report.say("items", f"{len(known):,}")
    if used is not None and listed is not None:
        report.break_if(_without(used, known), "in list_eval_partition and not in the list of items")
        report.note_if(_without(listed["item_id"], set(used)), "in the list of items and in no split")
    if "list_attr_items" in tables:
        items = tables["list_attr_items"].item_id
        report.break_if(_without(items, known), "in list_attr_items and unknown as items")
        report.note_if(_without(sorted(known), set(items)), "without attribute labels")
    if "list_description_inshop" in tables:
        described = tables["list_description_inshop"]["item"]
        report.say("descriptions", f"{len(described):,} of {described.nunique():,} items")
        report.break_if(_without(described, known), "in list_description_inshop and unknown as items")
    if "list_color_cloth" in tables:
        colours = tables["list_color_cloth"]["color"]
        report.say("colours", f"{colours.nunique():,} on {len(colours):,} photos")


def _categories(tables: dict[str, object], report: _Report) -> None:
    listed, labels = tables.get("list_category_cloth"), tables.get("list_category_img")
    parts = [] if listed is None else [f"{len(listed):,} listed"]
    parts += [] if labels is None else [f"{labels['category_label'].nunique():,} occur on {len(labels):,} photos"]
    if parts:
        report.say("categories", ", ".join(parts))


def _attributes(tables: dict[str, object], report: _Report) -> None:
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
        report.say("labels", f"{_count(count, what)}, {positives:.1f} positive attributes each")


def _boxes(benchmark: Benchmark, tables: dict[str, object], sizes: dict[str, tuple[int, int]], report: _Report) -> None:
    stem = next((stem for stem in tables if stem.startswith("list_bbox")), None)
    if stem is None:
        return
    report.say("boxes", _count(len(tables[stem]), "photo"))
    path = next(path for official, path in benchmark.files.items() if Path(official).stem == stem)
    try:
        getattr(formats, f"read_{stem}")(path, sizes=sizes)
    except FormatError as error:
        report.broken.append(str(error))


def _points(tables: dict[str, object], sizes: dict[str, tuple[int, int]], report: _Report) -> None:
    for stem, points in tables.items():
        if not isinstance(points, formats.Landmarks):
            continue
        label = "joints" if stem == "list_joints" else "landmarks"
        kinds = points.table["clothes_type"]
        parts = " · ".join(f"{name} {(kinds == code).sum():,}" for code, name in CLOTHES_TYPES.items())
        visible = points.visibility == 0
        share = visible.sum() / max((points.visibility >= 0).sum(), 1)
        report.say(label, f"{_count(len(kinds), 'photo')}: {parts}; {share:.0%} visible")
        ends = np.array([sizes.get(name, (np.inf, np.inf)) for name in points.table["image_name"]]).reshape(-1, 1, 2)
        outside = visible & ((points.points < 0) | (points.points > ends)).any(axis=2)
        names = points.table["image_name"][outside.any(axis=1)].tolist()
        report.note_if(names, f"visible {label} outside the photo, {outside.sum():,} in all")


def _without(names: Iterable[str], known: Collection[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name not in known]


def _some(names: Collection[str]) -> str:
    """How many names, and the first few."""
    shown = [_plain(name) for name in list(names)[:_SHOWN]]
    more = f" and {len(names) - len(shown):,} more" if len(names) > len(shown) else ""
    return ", ".join(shown) + more


def _plain(text: str) -> str:
    """Text from a file or a decoder, which may hold what a terminal would obey."""
    return text if text.isprintable() else repr(text)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
