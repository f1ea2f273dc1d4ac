"""Any official label file, read by the reader that is for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fashionnet import formats
from fashionnet.formats.layout import FILES, Benchmark

OTHERS = ("list_item", "list_attr", "list_color", "list_description")  # how their names begin


def read_file(stem: str, path: Path, benchmark: str, before: Mapping[str, object]) -> object:
    """What the file holds. stem: its official name without the ending. before: what was read of the benchmark's other
    files, by theirs: a label may not be larger than a list in them is long. Raises FormatError."""
    options: dict[str, object] = {}
    if stem in ("list_eval_partition", "list_attr_cloth", "list_landmarks"):
        options["benchmark"] = benchmark
    if stem == "list_category_img" and "list_category_cloth" in before:
        options["categories"] = len(before["list_category_cloth"])
    if stem in ("list_attr_img", "list_attr_items") and "list_attr_cloth" in before:
        options["attributes"] = len(before["list_attr_cloth"])
    return getattr(formats, f"read_{stem}")(path, **options)


def read_others(benchmark: Benchmark) -> None:
    """The files of a retrieval benchmark that the study makes nothing of: broken, they shall be seen all the same.

    Raises FormatError.
    """
    tables: dict[str, object] = {}
    for official in FILES[benchmark.name]:
        stem = Path(official).stem
        if stem.startswith(OTHERS) and official in benchmark.files:
            tables[stem] = read_file(stem, benchmark.files[official], benchmark.name, tables)
