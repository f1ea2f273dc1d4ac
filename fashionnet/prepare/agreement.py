"""What the label files of a benchmark say in two ways: an item in two splits, a photo that is both a shop's and not.

Ours: DeepFashion does not say what holds between its files. It stops nobody, since the data cannot be asked which is
right; it is said wherever the files are read.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from fashionnet.formats.codes import CONSUMER, SHOP

Found = dict[str, list[str]]


def disagreements(benchmark: str, tables: Mapping[str, object]) -> Found:
    """What is said in two ways → the photos or items of which it is.

    tables: what was read of the benchmark's files, by their names without the ending; whatever is absent is not judged.
    """
    found: Found = {}
    partition = tables.get("list_eval_partition")
    if isinstance(partition, pd.DataFrame) and "item_id" in partition:
        # Query and gallery share their items: together they are the test split.
        split = partition["evaluation_status"].replace({"query": "test", "gallery": "test"})
        found["in two splits"] = _several(split, partition["item_id"])
        if benchmark == "consumer_to_shop":
            found |= _sides(partition, _table(tables, "list_bbox"))
    kinds = {stem: _table(tables, stem) for stem in ("list_bbox", "list_landmarks", "list_joints")}
    kinds = {stem: table for stem, table in kinds.items() if table is not None and "clothes_type" in table}
    if len(kinds) > 1:
        both = pd.concat([table[["image_name", "clothes_type"]] for table in kinds.values()])
        names = " and ".join(kinds)
        found[f"of another clothes type in {names}"] = _several(both["clothes_type"], both["image_name"])
    return {what: names for what, names in found.items() if names}


def sides_of(partition: pd.DataFrame) -> pd.DataFrame:
    """image_name, source_type (SHOP or CONSUMER), item and split of consumer-to-shop's pairs, both sides of each."""
    sides = []
    for column, source in (("image_pair_name_1", CONSUMER), ("image_pair_name_2", SHOP)):
        side = partition[[column, "item_id", "evaluation_status"]].set_axis(["image_name", "item", "split"], axis=1)
        sides.append(side.assign(source_type=source))
    return pd.concat(sides, ignore_index=True)


def _sides(partition: pd.DataFrame, boxes: pd.DataFrame | None) -> Found:
    sides = sides_of(partition)
    both = _several(sides["source_type"], sides["image_name"])
    found = {
        "consumer photo of one pair and shop photo of another": both,
        "in the pairs of two items": _several(sides["item"], sides["image_name"]),
    }
    if boxes is not None:
        noted = sides.merge(boxes[["image_name", "source_type"]], on="image_name", suffixes=("", "_noted"))
        other = noted["image_name"][noted["source_type"] != noted["source_type_noted"]].unique()
        found["of another source type in list_bbox than its side of the pairs"] = [n for n in other if n not in both]
    return found


def _several(values: pd.Series, names: pd.Series) -> list[str]:
    """The names that have more than one of the values."""
    different = values.groupby(names.to_numpy()).nunique()
    return different.index[different > 1].tolist()


def _table(tables: Mapping[str, object], stem: str) -> pd.DataFrame | None:
    """Of a file whose name begins so; points come with a table."""
    read = next((table for name, table in tables.items() if name.startswith(stem)), None)
    return getattr(read, "table", read)
