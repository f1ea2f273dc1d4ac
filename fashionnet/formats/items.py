"""The items of the retrieval benchmarks: list_item_*.txt and list_description_inshop.json."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from fashionnet.files import replacing
from fashionnet.formats.errors import FormatError, quoted, require_file
from fashionnet.formats.rows import Rows, write_rows, written

_DESCRIPTION = ("item", "color", "description")


def read_list_item_inshop(path: Path) -> pd.DataFrame:
    """item_id, each once. The file has a count and no column names. Raises FormatError."""
    rows = Rows(path, None)
    rows.require_columns(("item_id",))
    items = rows.text(0)
    rows.require_unique(items, "item")
    return pd.DataFrame({"item_id": items})


def read_list_item_consumer2shop(path: Path) -> pd.DataFrame:
    """As `read_list_item_inshop`."""
    return read_list_item_inshop(path)


def write_list_item_inshop(path: Path, table: pd.DataFrame) -> None:
    """Write what `read_list_item_inshop` reads."""
    write_rows(path, None, zip(*written(table, ["item_id"])), read_list_item_inshop)


def write_list_item_consumer2shop(path: Path, table: pd.DataFrame) -> None:
    """Write what `read_list_item_consumer2shop` reads."""
    write_list_item_inshop(path, table)


def read_list_description_inshop(path: Path) -> pd.DataFrame:
    """item, color, description: one row an entry; the lines of a description are joined with newlines.

    Raises FormatError, with a line where it is no JSON and the entry's number, from 1, where an entry is not as it
    should be.
    """
    require_file(path)
    try:
        entries = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise FormatError(path, line, f"the byte 0x{error.object[error.start]:02x}", "text in UTF-8") from None
    except json.JSONDecodeError as error:
        raise FormatError(path, error.lineno, f"no JSON ({error.msg.lower()})", "a list of descriptions") from None
    except ValueError as error:  # a number of more digits than Python converts
        raise FormatError(path, None, f"no JSON ({error})", "a list of descriptions") from None
    except RecursionError:
        raise FormatError(path, None, "brackets without end", "a list of descriptions") from None
    if not isinstance(entries, list):
        raise FormatError(path, None, type(entries).__name__, "a list of descriptions")
    rows = [_described(path, number, entry) for number, entry in enumerate(entries, 1)]
    return pd.DataFrame(rows, columns=list(_DESCRIPTION), dtype="str")


def _described(path: Path, number: int, entry: object) -> tuple[str, str, str]:
    expected = f"{', '.join(_DESCRIPTION)} as texts"
    if not isinstance(entry, dict) or not set(_DESCRIPTION) <= set(entry):
        raise FormatError(path, None, f"{quoted(str(entry))} in entry {number}", expected)
    item, color, description = (entry[name] for name in _DESCRIPTION)
    lines = description if isinstance(description, list) else [description]
    texts = (item, color, *lines)
    # Half a surrogate pair can be written in JSON and is no text.
    if not all(isinstance(text, str) and text.encode("utf-8", "ignore").decode() == text for text in texts):
        raise FormatError(path, None, f"{quoted(str(entry))} in entry {number}", expected)
    return item, color, "\n".join(lines)


def write_list_description_inshop(path: Path, table: pd.DataFrame) -> None:
    """Write what `read_list_description_inshop` reads."""
    entries = [
        {"item": item, "color": color, "description": description.split("\n")}
        for item, color, description in zip(*(table[name] for name in _DESCRIPTION))
    ]
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        read_list_description_inshop(temporary)
