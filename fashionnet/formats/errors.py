"""The one error that every reader raises, and text from files in messages."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

_SHOWN = 3  # names in a message


class FormatError(ValueError):
    """An official file that does not hold what it should: `FILE:LINE: found …, expected …`.

    `line` counts from 1 as an editor does; None where the whole file is meant (and in the JSON file, which has rows,
    not lines). `found` and `expected` are phrases.
    """

    def __init__(self, path: Path, line: int | None, found: str, expected: str) -> None:
        self.path, self.line, self.found, self.expected = Path(path), line, found, expected
        place = f"{path}" if line is None else f"{path}:{line}"
        super().__init__(f"{place}: found {found}, expected {expected}")

    def __reduce__(self) -> tuple[type, tuple[Path, int | None, str, str]]:
        return type(self), (self.path, self.line, self.found, self.expected)


def require_file(path: Path) -> None:
    """Raise FormatError for a label file that is a folder or a link to nothing, and for what would never end."""
    if path.is_dir():
        raise FormatError(path, None, "a folder", "a file")
    if not path.is_file() and (path.is_symlink() or path.exists()):
        raise FormatError(path, None, "a link to nothing" if path.is_symlink() else "no ordinary file", "a file")


def some(names: Collection[str]) -> str:
    """How many names, and the first few."""
    shown = [plain(name) for name in list(names)[:_SHOWN]]
    more = f" and {len(names) - len(shown):,} more" if len(names) > len(shown) else ""
    return ", ".join(shown) + more


def plain(text: str) -> str:
    """Text from a file or a decoder, which may hold what a terminal would obey."""
    return text if text.isprintable() else repr(text)


def quoted(text: str | bytes) -> str:
    """Text from a file, safe and short enough to show in a message."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return repr(text if len(text) <= 60 else f"{text[:57]}…")
