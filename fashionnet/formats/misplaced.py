"""What to do about a data folder in which no benchmark was found: the usual mistakes, each told in a line."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from fashionnet.formats.codes import OFFICIAL
from fashionnet.formats.errors import plain, some

# What stands in the name of each benchmark's folder and in no other's, without spaces and signs.
_TELLING = {
    "category_attribute": "category",
    "landmarks": "landmark",
    "in_shop": "inshop",
    "consumer_to_shop": "consumer",
}
_PARTS = ("anno", "eval")  # how the names of a benchmark's own folders begin
_OFFICIAL = {official.casefold() for official in OFFICIAL.values()}
_NAMES = ", ".join(f'"{official}"' for official in OFFICIAL.values())


def renamed(data: Path) -> dict[str, Path]:
    """The folders that look like a benchmark under another name, by the benchmark's name."""
    found: dict[str, Path] = {}
    for folder in _folders(data):
        letters = "".join(letter for letter in folder.name.casefold() if letter.isalpha())
        own = [name for name, word in _TELLING.items() if word in letters]
        if len(own) == 1 and folder.name.casefold() != OFFICIAL[own[0]].casefold() and _is_benchmark(folder):
            found.setdefault(own[0], folder)
    return found


def misplaced(data: Path) -> str:
    """What was found in the place of benchmarks, what was expected and what to do, in a line."""
    place = plain(str(data))
    if data.is_symlink() and not data.exists():
        return f"{place}: found a link to {plain(os.readlink(data))}, which is not there, expected a folder"
    if not data.exists():
        return (
            f"{place}: found no such folder, expected one that holds the benchmarks: `fashionnet sample {place}` "
            "renders the sample into it, and README says how to get DeepFashion"
        )
    if not data.is_dir():
        return f"{place}: found a file, expected a folder that holds one or more of {_NAMES}"
    if _is_benchmark(data):
        if data.resolve().name.casefold() in _OFFICIAL:
            above = shlex.quote(plain(str(data.resolve().parent)))
            return f"{place}: found a benchmark, expected the folder that holds it: `fashionnet check {above}`"
        return (
            f"{place}: found a benchmark's own files, expected the folder above, which holds one or more of {_NAMES}: "
            f"move {', '.join(sorted(folder.name for folder in _folders(data)))} into a folder of that name"
        )
    for folder in _folders(data):
        if inside := [own.name for own in _folders(folder) if own.name.casefold() in _OFFICIAL]:
            below = plain(str(folder))
            return (
                f"{place}: found the benchmarks one folder deeper, in {below}, expected them right in {place}: give "
                f'{below} to `fashionnet check`, or move "{plain(inside[0])}" and what is beside it up, or make '
                f"{place} a link to where they are"
            )
    if others := renamed(data):
        pairs = ", ".join(f'"{plain(folder.name)}" to "{OFFICIAL[name]}"' for name, folder in others.items())
        return f"{place}: found benchmarks under other names, expected the official ones: rename {pairs}"
    entries = sorted(path.name for path in data.iterdir())
    holds = some(entries) if entries else "an empty folder"
    return (
        f"{place}: found no benchmark ({holds}), expected a folder that holds one or more of {_NAMES}; "
        "README says how to get DeepFashion"
    )


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _is_benchmark(folder: Path) -> bool:
    """Whether label files lie in it as in a benchmark's folder."""
    return any(path.name.casefold().startswith(_PARTS) for path in _folders(folder))
