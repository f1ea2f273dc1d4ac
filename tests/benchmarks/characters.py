"""Files of one line a row as matrices of characters: a hundred thousand rows are made at once, without a loop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

Text = np.ndarray  # (N, W) uint8: N texts of W characters


def digits(numbers: np.ndarray, width: int) -> Text:
    """(N,) whole numbers, padded with zeros."""
    powers = 10 ** np.arange(width - 1, -1, -1)
    return (np.asarray(numbers)[:, None] // powers % 10 + ord("0")).astype(np.uint8)


def columns(values: np.ndarray, width: int = 3) -> Text:
    """(N, K) numbers as K columns with a space between two."""
    made = np.full((*values.shape, width + 1), ord(" "), np.uint8)
    made[:, :, 1:] = digits(values.ravel(), width).reshape(*values.shape, width)
    return made.reshape(len(values), -1)[:, 1:]


def triples(values: np.ndarray) -> Text:
    """(N, P, 3) as `v xxx yyy` with a space between two."""
    count, points, _ = values.shape
    made = np.full((count, points, 10), ord(" "), np.uint8)
    made[:, :, 1] = values[:, :, 0] + ord("0")
    for column, at in ((1, 3), (2, 7)):
        made[:, :, at : at + 3] = digits(values[:, :, column].ravel(), 3).reshape(count, points, 3)
    return made.reshape(count, -1)[:, 1:]


def words(words: Sequence[str], codes: np.ndarray) -> Text:
    """Words of one length."""
    return np.frombuffer("".join(words).encode(), np.uint8).reshape(len(words), -1)[codes]


def join(*parts: str | Text) -> Text:
    """The parts one behind the other; a str is the same in each row."""
    count = next(len(part) for part in parts if not isinstance(part, str))

    def wide(part: str | Text) -> Text:
        return np.tile(np.frombuffer(part.encode(), np.uint8), (count, 1)) if isinstance(part, str) else part

    return np.concatenate([wide(part) for part in parts], axis=1)


def padded(text: Text, width: int = 70) -> Text:
    return np.pad(text, ((0, 0), (0, width - text.shape[1])), constant_values=ord(" "))


def row(*columns: Text) -> Text:
    """The columns with a space between two and a line's end."""
    parts = [part for column in columns for part in (column, " ")]
    return join(*parts[:-1], "\n")


def lines(path: Path, count: int | None, header: str | None, *columns: Text) -> None:
    write(path, count, header, row(*columns))


def write(path: Path, count: int | None, header: str | None, text: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    first = [str(line) for line in (count, header) if line is not None]
    with open(path, "wb") as file:
        file.write("".join(f"{line}\n" for line in first).encode())
        file.write(text.tobytes())


def text(path: Path, lines: Sequence[object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*map(str, lines), ""]), encoding="utf-8")
