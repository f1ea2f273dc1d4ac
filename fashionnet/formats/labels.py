"""Categories, attribute names and colours: list_category_*.txt, list_attr_cloth.txt, list_color_cloth.txt."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from fashionnet.formats.codes import ATTRIBUTE_TYPES, CLOTHES_TYPES, FINE_ATTRIBUTE_TYPES
from fashionnet.formats.rows import Rows, exactly, write_rows, written

_MOST_CODES = 999_999
_CHINESE = re.compile("[\u3400-\u9fff]")


def read_list_category_cloth(path: Path) -> pd.DataFrame:
    """category_name, category_type (1 to 3); a photo's category_label is the number of its row here, from 1.

    A name may hold spaces: the last column is the type. Raises FormatError.
    """
    names = ("category_name", "category_type")
    rows = Rows(path, exactly(*names))
    rows.require_columns(names, more=True)
    table = {names[0]: rows.text(0, -2), names[1]: rows.integers(-1, names[1], min(CLOTHES_TYPES), max(CLOTHES_TYPES))}
    rows.require_unique(table["category_name"], "category")
    return pd.DataFrame(table)


def read_list_category_img(path: Path, categories: int | None = None) -> pd.DataFrame:
    """image_name, category_label: 1 to `categories`, the number of rows of list_category_cloth. Raises FormatError."""
    names = ("image_name", "category_label")
    rows = Rows(path, exactly(*names))
    rows.require_columns(names)
    most = _MOST_CODES if categories is None else categories
    return pd.DataFrame({names[0]: rows.image_names(), names[1]: rows.integers(1, names[1], 1, most)})


def read_list_attr_cloth(path: Path, benchmark: str | None = None, annotations: str = "coarse") -> pd.DataFrame:
    """attribute_name and, where the column names hold it, attribute_type; row k names column k of the labels.

    A name may hold spaces, so the last column is the type and all before it is the name. In "category_attribute" the
    type is required. It is 1 to 5 (ATTRIBUTE_TYPES), with "fine" `annotations` 1 to 6 (FINE_ATTRIBUTE_TYPES), but in
    "consumer_to_shop" the number of a row in a file of its own. That benchmark names each attribute in Chinese and in
    English: where a row does, attribute_name_chinese comes first ("" in a row that does not) and attribute_name is the
    English one. Raises FormatError, also where an attribute is named twice (there, twice within its type).
    """
    if benchmark == "category_attribute":
        rows = Rows(path, exactly("attribute_name", "attribute_type"))
    else:
        # How the consumer-to-shop file calls its columns was not found in a copy.
        rows = Rows(path, (lambda names: names[0].startswith("attribute_name"), "attribute_name …"))
    typed = rows.header[-1] == "attribute_type"
    if typed:
        rows.require_columns(("attribute_name", "attribute_type"), more=True)
    names = rows.text(0, -2 if typed else -1)
    table = _in_two_languages(names) if benchmark == "consumer_to_shop" else {"attribute_name": names}
    if typed:
        known = FINE_ATTRIBUTE_TYPES if annotations == "fine" else ATTRIBUTE_TYPES
        most = _MOST_CODES if benchmark == "consumer_to_shop" else max(known)
        table["attribute_type"] = rows.integers(-1, "attribute_type", 1, most)
    # In consumer-to-shop an "other" may end each type's list.
    keys = list(zip(names, map(str, table["attribute_type"]))) if typed and benchmark == "consumer_to_shop" else names
    rows.require_unique(keys, "attribute")
    return pd.DataFrame(table)


def _in_two_languages(names: list[str]) -> dict[str, list[str]]:
    """A Chinese name is the first word and those after it that are Chinese or in brackets; the rest is English.

    So the one public loader that was found reads the file. Without a Chinese word in it, the names stay whole.
    """
    words = [name.split(" ") for name in names]
    if not any(_CHINESE.search(own[0]) for own in words):
        return {"attribute_name": names}
    chinese, english = [], []
    for own in words:
        count = 1
        while count < len(own) and (_CHINESE.search(own[count]) or own[count][0] in "(（"):
            count += 1
        told_apart = count < len(own)
        chinese.append(" ".join(own[:count]) if told_apart else "")
        english.append(" ".join(own[count:] if told_apart else own))
    return {"attribute_name_chinese": chinese, "attribute_name": english}


def read_list_color_cloth(path: Path) -> pd.DataFrame:
    """image_name, color: the in-shop benchmark's colour of each photo, some words. Raises FormatError."""
    # Nothing else than the first column name is known of this file.
    rows = Rows(path, (lambda names: len(names) == 2 and names[0] == "image_name", "image_name color"))
    rows.require_columns(("image_name", "color"), more=True)
    return pd.DataFrame({"image_name": rows.image_names(), "color": rows.text(1, -1)})


def write_list_category_cloth(path: Path, table: pd.DataFrame) -> None:
    """Write what `read_list_category_cloth` reads."""
    _write(path, table, read_list_category_cloth)


def write_list_category_img(path: Path, table: pd.DataFrame) -> None:
    """Write what `read_list_category_img` reads."""
    _write(path, table, read_list_category_img)


def write_list_attr_cloth(
    path: Path, table: pd.DataFrame, benchmark: str | None = None, annotations: str = "coarse"
) -> None:
    """Write what `read_list_attr_cloth` reads; that of "consumer_to_shop" with BOM and CRLF, as it comes."""
    windows = benchmark == "consumer_to_shop"
    if "attribute_name_chinese" in table:
        both = (table["attribute_name_chinese"] + " " + table["attribute_name"]).str.strip()
        table = table.drop(columns="attribute_name_chinese").assign(attribute_name=both)
    _write(path, table, lambda new: read_list_attr_cloth(new, benchmark, annotations), windows)


def write_list_color_cloth(path: Path, table: pd.DataFrame) -> None:
    """Write what `read_list_color_cloth` reads."""
    _write(path, table, read_list_color_cloth)


def _write(path: Path, table: pd.DataFrame, read: Callable[[Path], pd.DataFrame], windows: bool = False) -> None:
    write_rows(path, "  ".join(table), zip(*written(table, table)), read, windows)
