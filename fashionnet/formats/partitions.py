"""Who is in which split: list_eval_partition.txt, in the three forms that the four benchmarks give it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from fashionnet.formats.codes import SPLITS_OF
from fashionnet.formats.rows import Rows, write_rows, written

COLUMNS = {
    "category_attribute": ("image_name", "evaluation_status"),
    "landmarks": ("image_name", "evaluation_status"),
    "in_shop": ("image_name", "item_id", "evaluation_status"),
    "consumer_to_shop": ("image_pair_name_1", "image_pair_name_2", "item_id", "evaluation_status"),
}


def read_list_eval_partition(path: Path, benchmark: str | None = None) -> pd.DataFrame:
    """The columns of COLUMNS[benchmark], in file order; evaluation_status is one of SPLITS_OF[benchmark].

    Without `benchmark` the column names say whose file it is. In consumer-to-shop a row is a pair, consumer photo
    first: a photo stands in as many rows as it has partners, a pair in one. Elsewhere each photo is listed once. Raises
    FormatError.
    """
    forms = {names: key for key, names in COLUMNS.items() if benchmark in (None, key)}
    rows = Rows(path, (lambda names: tuple(names) in forms, ", or ".join(" ".join(names) for names in forms)))
    names = tuple(rows.header)
    benchmark = forms[names]
    rows.require_columns(names)
    paired = benchmark == "consumer_to_shop"
    images = [name for name in names if name.startswith("image")]
    table = {name: rows.image_names(column, unique=not paired) for column, name in enumerate(images)}
    if paired:
        rows.require_unique(list(zip(*table.values())), "pair")
    if "item_id" in names:
        table["item_id"] = rows.text(-2)
    table["evaluation_status"] = rows.words(-1, "evaluation_status", SPLITS_OF[benchmark])
    return pd.DataFrame(table)


def write_list_eval_partition(path: Path, table: pd.DataFrame, benchmark: str) -> None:
    """Write what `read_list_eval_partition` reads."""
    names = COLUMNS[benchmark]
    rows = zip(*written(table, names))
    write_rows(path, "  ".join(names), rows, lambda new: read_list_eval_partition(new, benchmark))
