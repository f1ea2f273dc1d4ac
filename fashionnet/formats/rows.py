"""The form that the official text files share: a count, column names, rows of columns parted by runs of spaces.

A file is split into tokens once, by NumPy and without a loop over its lines; a check is one comparison over a whole
column, and only a failed one looks for the line to name.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from fashionnet.files import replacing
from fashionnet.formats.errors import FormatError, quoted, require_file

BLANK = b" \t\r\n"
_SPACE = np.zeros(256, dtype=bool)
_SPACE[list(BLANK)] = True
_CONTROL = np.zeros(256, dtype=bool)
_CONTROL[:32] = True
_CONTROL[127] = True
_CONTROL[list(BLANK)] = False

# No step up, no empty step, no other kind of slash: joined to its folder, such a path stays inside it.
_IMAGE_NAME = re.compile(r"img(?:/(?!\.{1,2}(?:/|$))[^/\\]+)+")
_LEAVING = ("\\", "//", "/\n", "/./", "/.\n", "/../", "/..\n")
_BLANKS = re.compile("[ \t\r]+")
_MOST_DIGITS = 9  # more than any count, code or coordinate, and few enough for an int64

# What a file's line of column names has to be: a test of its tokens, and how an error calls it.
Header = tuple[Callable[[list[str]], bool], str]


class Rows:
    """The rows of one official file, as tokens.

    header: the tokens of the line of column names (empty where the file has none).
    widths: (N,) the number of tokens in each row.
    """

    def __init__(self, path: Path, header: Header | None, counted: bool = True) -> None:
        """Read and split `path`; `header` is None where the file has no line of column names, and `counted` False where
        it begins with its rows.

        Raises FormatError for a file that is empty, not UTF-8, holds control characters or an empty line, or whose
        count or column names are wrong; OSError where it cannot be read.
        """
        self.path = Path(path)
        require_file(self.path)
        self._raw = self.path.read_bytes().removeprefix(codecs.BOM_UTF8).rstrip(BLANK)
        check_text(self.path, self._raw, 1)
        if not self._raw and not counted:
            raise FormatError(self.path, 1, "nothing", "a row for each photo")
        lines = self._raw.split(b"\n", 2)
        count = parse_count(self.path, lines[0]) if counted else None
        self.header: list[str] = []
        if header is not None:
            self.header = parse_header(self.path, lines[1] if len(lines) > 1 else b"", header)
        self._first_line = 1 + counted + (header is not None)

        self._data = np.frombuffer(self._raw, np.uint8)
        self._starts, self._ends, before = _split(self._data)
        before = before[self._first_line - 1 :]  # without the lines above the rows
        self._first, self.widths = before[:-1], np.diff(before)
        if not self.widths.all():
            raise self.error(int(self.widths.argmin()), "an empty line", "a row, or the end of the file")
        if count is not None:
            check_count(self.path, count, len(self))

    def __len__(self) -> int:
        return len(self.widths)

    def error(self, row: int, found: str, expected: str) -> FormatError:
        """The error that names the line of `row`."""
        return FormatError(self.path, self._first_line + int(row), found, expected)

    def require(self, good: np.ndarray, found: Callable[[int], str], expected: str | Callable[[int], str]) -> None:
        """Raise for the first row where `good` (N,) is false; `found` and `expected` get its number."""
        if not good.all():
            row = int(good.argmin())
            raise self.error(row, found(row), expected if isinstance(expected, str) else expected(row))

    def require_columns(self, names: Sequence[str], more: bool = False) -> None:
        """Every row has these columns, or, with `more`, at least as many (a name may hold spaces)."""
        good = self.widths >= len(names) if more else self.widths == len(names)
        expected = f"{'at least ' if more else ''}{columns(len(names))}: {' '.join(names)}"
        self.require(good, lambda row: columns(int(self.widths[row])), expected)

    def text(self, first: int = 0, last: int | None = None) -> list[str]:
        """The text from token `first` to token `last` (by default the same; negative: from the end) of each row.

        Runs of spaces inside it become one.
        """
        starts = self._starts[self._places(first)]
        ends = self._ends[self._places(first if last is None else last)]
        texts = [self._raw[start:end].decode() for start, end in zip(starts.tolist(), ends.tolist())]
        return texts if last is None else [_BLANKS.sub(" ", text) for text in texts]

    def _places(self, column: int) -> np.ndarray:
        return self._first + (column if column >= 0 else self.widths + column)

    def integers(self, column: int, name: str, low: int, high: int) -> np.ndarray:
        """(N,) int64, the whole numbers of one column, each within [low, high]; zero-padding is fine."""
        return self.block(np.arange(len(self)), column, [name], [low], [high])[:, 0]

    def block(
        self, rows: np.ndarray, column: int, names: Sequence[str], low: Sequence[int], high: Sequence[int]
    ) -> np.ndarray:
        """(R, K) int64, the whole numbers of the K columns `names`, from `column` on, in the given R rows.

        low, high: what each of them may be, both included.
        """
        tokens = self._places(column)[rows, None] + np.arange(len(names))
        starts, ends = self._starts[tokens], self._ends[tokens]
        values, good = _parse_integers(self._data, starts, ends)
        good &= (values >= np.asarray(low)) & (values <= np.asarray(high))
        if not good.all():
            row, k = np.argwhere(~good)[0]
            found = quoted(self._raw[starts[row, k] : ends[row, k]])
            raise self.error(rows[row], found, f"{names[k]}, a whole number from {low[k]} to {high[k]}")
        return values

    def image_names(self, column: int = 0, unique: bool = True) -> list[str]:
        """The paths of one column: inside img/ and, if `unique`, each in one row only."""
        names = self.text(column)
        check_image_names(self.path, names, self._first_line)
        if unique:
            self.require_unique(names, "image")
        return names

    def require_unique(self, keys: Sequence, what: str) -> None:
        check_unique(self.path, keys, self._first_line, what)

    def words(self, column: int, name: str, allowed: Collection[str]) -> list[str]:
        """One column whose words are all among `allowed`."""
        words = self.text(column)
        good = np.fromiter((word in allowed for word in words), bool, len(words))
        self.require(good, lambda row: quoted(words[row]), f"{name}, one of {', '.join(allowed)}")
        return words


def columns(number: int) -> str:
    return f"{number} column{'' if number == 1 else 's'}"


def exactly(*names: str) -> Header:
    """These column names and no others."""
    return lambda header: header == list(names), " ".join(names)


def check_text(path: Path, raw: bytes, first_line: int) -> None:
    """UTF-8 without control characters (NUL among them), or FormatError."""
    if not raw.isascii():
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = first_line + raw.count(b"\n", 0, error.start)
            raise FormatError(path, line, f"the byte 0x{raw[error.start]:02x}", "text in UTF-8") from None
    control = _CONTROL[np.frombuffer(raw, np.uint8)]
    if control.any():
        at = int(control.argmax())
        line = first_line + raw.count(b"\n", 0, at)
        raise FormatError(path, line, f"the control character 0x{raw[at]:02x}", "text without control characters")


def parse_count(path: Path, line: bytes) -> int:
    """The number of rows that line 1 promises, or FormatError."""
    text = line.strip(BLANK)
    if not re.fullmatch(rb"[0-9]{1,%d}" % _MOST_DIGITS, text):
        raise FormatError(path, 1, quoted(text) if text else "nothing", "the number of rows, a whole number")
    return int(text)


def parse_header(path: Path, line: bytes, header: Header) -> list[str]:
    """The column names of line 2, or FormatError."""
    matches, expected = header
    names = line.decode().split()
    if not names or not matches(names):
        raise FormatError(path, 2, quoted(" ".join(names)) if names else "nothing", f"the column names {expected}")
    return names


def check_count(path: Path, count: int, rows: int) -> None:
    if count != rows:
        raise FormatError(path, 1, f"a count of {count} before {rows} rows", "the number of rows")


def is_image_name(name: str) -> bool:
    """Whether a path starts with img/ and, whatever folder it is joined to, stays inside it."""
    return _IMAGE_NAME.fullmatch(name) is not None


def check_image_names(path: Path, names: Sequence[str], first_line: int) -> None:
    """Every path is inside img/, or FormatError."""
    # What `is_image_name` asks of one name, asked of all at once, for files of 300,000: tokens hold no line ends.
    text = "\n".join(["", *names, ""])
    if text.count("\nimg/") == len(names) and not any(part in text for part in _LEAVING):
        return
    for row, name in enumerate(names):
        if not is_image_name(name):
            expected = "an image path that starts with img/ and stays inside it"
            raise FormatError(path, first_line + row, quoted(name), expected)


def check_unique(path: Path, keys: Sequence, first_line: int, what: str) -> None:
    """No key (a text or a tuple of texts) stands in two rows, or FormatError."""
    if len(set(keys)) == len(keys):
        return
    row = int(pd.Index(keys, tupleize_cols=False).duplicated().argmax())
    key = keys[row] if isinstance(keys[row], str) else " ".join(keys[row])
    first = first_line + list(keys).index(keys[row])
    raise FormatError(path, first_line + row, f"{quoted(key)} again (as in line {first})", f"each {what} once")


def _split(data: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where each token starts and ends, and (lines + 1,) the number of tokens before each line and in all."""
    space = _SPACE[data]
    starts = np.flatnonzero(~space & np.concatenate(([True], space[:-1])))
    ends = np.flatnonzero(~space & np.concatenate((space[1:], [True]))) + 1
    before = np.searchsorted(starts, np.flatnonzero(data == ord("\n")))
    return starts, ends, np.concatenate(([0], before, [len(starts)]))


def _parse_integers(data: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The int64 values of tokens, digits with or without a minus, and which of them are such."""
    negative = data[starts] == ord("-")
    starts = starts + negative
    lengths = ends - starts
    good = (lengths > 0) & (lengths <= _MOST_DIGITS)
    values = np.zeros(starts.shape, dtype=np.int64)
    for place in range(min(int(lengths.max(initial=0)), _MOST_DIGITS)):
        inside = place < lengths
        digits = data[np.minimum(starts + place, len(data) - 1)].astype(np.int64) - ord("0")
        good &= ~inside | ((digits >= 0) & (digits <= 9))
        values = np.where(inside, values * 10 + digits, values)
    return np.where(negative, -values, values), good


def written(table: pd.DataFrame, names: Iterable[str]) -> list[list[str]]:
    """The columns of a table as texts."""
    return [[str(value) for value in table[name].tolist()] for name in names]


def write_rows(
    path: Path,
    header: str | None,
    rows: Iterable[Sequence[str]],
    check: Callable[[Path], object],
    windows: bool = False,
) -> None:
    """Write rows of text under their count and `header`, the first column padded as in the official files.

    `check` reads the file before it takes its place, so that nothing is written that its reader refuses. `windows`
    means a BOM and CRLF.
    """
    rows = list(rows)
    width = max((len(row[0]) for row in rows), default=0)
    lines = [str(len(rows)), *([] if header is None else [header])]
    lines += [f"{row[0]:<{width}}  {' '.join(row[1:])}".rstrip() for row in rows]
    text = ("\r\n" if windows else "\n").join([*lines, ""])
    with replacing(path) as temporary:
        temporary.write_bytes(text.encode("utf-8-sig" if windows else "utf-8"))
        check(temporary)


def padded(values: Iterable[float], name: str) -> list[str]:
    """Coordinates as the official files write them: 72 as `072`. Raises ValueError where one is no whole number."""
    numbers = np.asarray(values)
    if not np.array_equal(numbers, np.rint(numbers)):
        odd = numbers[numbers != np.rint(numbers)][0]
        raise ValueError(f"found {odd} in {name}, expected whole pixels, the only ones that the official files hold")
    return [f"{int(number):03d}" for number in numbers.tolist()]
