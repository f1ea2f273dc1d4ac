"""Attribute labels: list_attr_img.txt (0.9 GB in the official benchmark) and list_attr_items.txt.

The file is read in blocks and each is parsed as bytes, by tables that say what two neighbouring bytes mean: all that a
row holds after its name is -1, 0 and 1 between spaces.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

import numpy as np

from fashionnet.files import replacing
from fashionnet.formats.errors import FormatError, quoted, require_file
from fashionnet.formats.rows import (
    BLANK,
    Header,
    check_count,
    check_image_names,
    check_text,
    check_unique,
    exactly,
    parse_count,
    parse_header,
)

_BLOCK = 1 << 18  # bytes: what parsing makes of them fits the processor's cache, which halves the time
_FIRST_LINE = 3
_NAME = re.compile(rb"[ \t\r]*([^ \t\r\n]*)")

# Classes of bytes, and what a byte means after another: a label's digit, a row's end, neither, or a mistake.
_SPACE, _MINUS, _ZERO, _ONE, _NEWLINE, _OTHER = range(6)
_END, _WRONG = 2, 3
_CLASSES = bytearray([_OTHER] * 256)
for _text, _class in ((b" \t\r", _SPACE), (b"-", _MINUS), (b"0", _ZERO), (b"1", _ONE), (b"\n", _NEWLINE)):
    for _byte in _text:
        _CLASSES[_byte] = _class
_PAIRS = bytearray([_WRONG] * 256)
_NEITHER = bytes(
    8 * before + after
    for before, after in (
        (_NEWLINE, _SPACE),
        (_SPACE, _SPACE),
        (_SPACE, _MINUS),
        (_ZERO, _SPACE),
        (_ONE, _SPACE),
    )
)
for _before, _after, _meaning in (
    (_SPACE, _ZERO, 0),
    (_SPACE, _ONE, 1),
    (_MINUS, _ONE, 255),  # -1 as int8
    (_SPACE, _NEWLINE, _END),
    (_ZERO, _NEWLINE, _END),
    (_ONE, _NEWLINE, _END),
):
    _PAIRS[8 * _before + _after] = _meaning


@dataclass(frozen=True)
class AttributeLabels:
    """image_name: N image paths. values: (N, A) int8, 1 positive, -1 negative, 0 unknown."""

    image_name: list[str]
    values: np.ndarray


@dataclass(frozen=True)
class ItemAttributes:
    """item_id: N items. values: (N, A) int8, 1 positive, -1 negative, 0 unknown."""

    item_id: list[str]
    values: np.ndarray


def read_list_attr_img(path: Path, attributes: int | None = None) -> AttributeLabels:
    """The labels of each photo, in the order of list_attr_cloth, whose number of rows is `attributes`.

    Without `attributes` the first row says how many there are. Takes N x A bytes and a few blocks. Raises FormatError.
    """
    names, values = _read(path, attributes, exactly("image_name", "attribute_labels"))
    check_image_names(path, names, _FIRST_LINE)
    check_unique(path, names, _FIRST_LINE, "image")
    return AttributeLabels(names, values)


def read_list_attr_items(path: Path, attributes: int | None = None) -> ItemAttributes:
    """The labels of each item of a retrieval benchmark; otherwise as `read_list_attr_img`."""
    # Neither the README nor a copy says how the first column is called.
    header = (lambda names: len(names) == 2 and names[0].startswith("item"), "item_id attribute_labels")
    items, values = _read(path, attributes, header)
    check_unique(path, items, _FIRST_LINE, "item")
    return ItemAttributes(items, values)


def write_list_attr_img(path: Path, labels: AttributeLabels) -> None:
    """Write what `read_list_attr_img` reads."""
    _write(path, "image_name  attribute_labels", labels.image_name, labels.values, read_list_attr_img)


def write_list_attr_items(path: Path, labels: ItemAttributes) -> None:
    """Write what `read_list_attr_items` reads."""
    _write(path, "item_id  attribute_labels", labels.item_id, labels.values, read_list_attr_items)


def _read(path: Path, attributes: int | None, header: Header) -> tuple[list[str], np.ndarray]:
    path = Path(path)
    require_file(path)
    with open(path, "rb") as file:
        for number, line in enumerate((file.readline(), file.readline()), 1):
            check_text(path, line, number)
            if number == 1:
                count = parse_count(path, line.removeprefix(codecs.BOM_UTF8))
            else:
                parse_header(path, line, header)
        start = file.tell()
        if attributes is None:
            attributes = max(len(file.readline().split()) - 1, 0)
            file.seek(start)
        # A label takes two bytes at least: a count that the file cannot hold must not reserve memory.
        room = min(count, (path.stat().st_size - start) // (2 * attributes + 1) + 1)
        values = np.empty((room, attributes), np.int8)
        names: list[str] = []
        for block in _blocks(file):
            found, labels = _parse(path, block, attributes, _FIRST_LINE + len(names))
            part = values[len(names) : len(names) + len(found)]
            part[:] = labels[: len(part)]
            names += found
    check_count(path, count, len(names))
    return names, values


def _blocks(file: BinaryIO) -> Iterator[bytearray]:
    """The rest of a file in pieces of whole lines; the empty lines at its end are left out."""
    buffer, size = bytearray(_BLOCK), 0
    while True:
        if size == len(buffer):  # one line, or the empty lines at the end, fill it
            buffer += bytes(size)
        read = file.readinto(memoryview(buffer)[size:])
        if not read:
            break
        size += read
        lines = buffer[: buffer.rfind(b"\n", 0, size) + 1]
        if kept := len(lines.rstrip(BLANK)):
            end = lines.index(b"\n", kept) + 1
            yield lines[:end]
            buffer[: size - end] = buffer[end:size]
            size -= end
    if rest := buffer[:size].rstrip(BLANK):
        yield rest + b"\n"


def _parse(path: Path, block: bytearray, attributes: int, first_line: int) -> tuple[list[str], np.ndarray]:
    """The names and the (rows, attributes) int8 labels of whole lines."""
    classes = block.translate(_CLASSES)
    names, start = [], 0
    while start < len(block):
        begin, end = _NAME.match(block, start).span(1)
        if begin == end:
            _complain(path, block, attributes, first_line)
        names.append(block[begin:end])
        classes[begin:end] = bytes(end - begin)  # as if it were spaces
        start = block.index(b"\n", end) + 1
    # The first byte has none before it: it belongs to a name or is a space.
    pairs = bytearray(len(classes) - 1)
    before, after = np.frombuffer(classes, np.uint8)[:-1], np.frombuffer(classes, np.uint8)[1:]
    sums = np.frombuffer(pairs, np.uint8)
    np.multiply(before, 8, out=sums)  # a shift would take ten times as long: NumPy guards it byte by byte
    np.add(sums, after, out=sums)
    meanings = np.frombuffer(pairs.translate(_PAIRS, delete=_NEITHER), np.int8)
    if len(meanings) != len(names) * (attributes + 1):
        _complain(path, block, attributes, first_line)
    labels, ends = np.split(meanings.reshape(len(names), attributes + 1), [attributes], axis=1)
    if (labels >= _END).any() or (ends != _END).any():
        _complain(path, block, attributes, first_line)
    text = b"\n".join(names)
    check_text(path, text, first_line)
    return text.decode().split("\n"), labels


def _complain(path: Path, block: bytearray, attributes: int, first_line: int) -> NoReturn:
    """Raise for the first of the lines that is not as it should be."""
    for number, line in enumerate(bytes(block[:-1]).split(b"\n"), first_line):
        check_text(path, line, number)
        if not line.strip():
            raise FormatError(path, number, "an empty line", "a row, or the end of the file")
        labels = line.split()[1:]
        if len(labels) != attributes:
            raise FormatError(path, number, f"{len(labels)} labels", f"{attributes} labels after the name")
        for column, label in enumerate(labels, 1):
            if label not in (b"-1", b"0", b"1"):
                raise FormatError(path, number, f"{quoted(label)} as label {column}", "-1, 0 or 1")
    raise AssertionError("no line of a refused block is wrong")


def _write(path: Path, header: str, names: Sequence[str], values: np.ndarray, read: Callable[[Path], object]) -> None:
    cells = np.frombuffer(b" -1  0  1", np.uint8).reshape(3, 3)
    width = max((len(name.encode()) for name in names), default=0)
    with replacing(path) as temporary:
        with open(temporary, "wb") as file:
            file.write(f"{len(names)}\n{header}\n".encode())
            for name, row in zip(names, values, strict=True):
                file.write(name.encode().ljust(width) + cells[row + 1].tobytes() + b"\n")
        read(temporary)
