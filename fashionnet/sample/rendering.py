"""Renders the sample into a folder: photos on all processors, then the annotation files."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from fashionnet.files import only_writer, write_json
from fashionnet.sample.benchmarks import write
from fashionnet.sample.flaws import plant
from fashionnet.sample.plan import plan
from fashionnet.sample.shooting import photograph
from fashionnet.sample.workers import cores

# Goes up with every change of a byte. What a number was measured on is thereby known: the reports name it.
SAMPLE_VERSION = "4"


def render(
    folder: Path,
    size: str = "default",
    seed: int = 0,
    processes: int | None = None,
    progress: Callable[[str], None] | None = None,
    flaws: bool = False,
) -> None:
    """Write the sample to `folder`: the four benchmarks, and SAMPLE.json with its version and seed.

    flaws: then plant duplicates, leaks, faults and wrong labels in it, and say in FLAWS.json where (truth.py reads it).
    size: "default" or "tiny" (about 300 photos). processes: by default one a core; the bytes are the same for any.
    progress: called with a line of text now and then; by default it is shown on stderr. The folder appears whole or not
    at all; where it is a link to an empty folder, that one is filled. Raises FileExistsError for a folder that is not
    empty, FileNotFoundError for a link to nothing, BusyError where another process renders to it, ValueError for a
    size or seed that there is not.
    """
    folder = Path(folder).absolute()
    if folder.is_symlink() and not folder.exists():
        raise FileNotFoundError(f"found {folder}, a link to {os.readlink(folder)}, expected that to be there")
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"found {folder} with something in it, expected a folder that does not exist yet")
    shots = plan(size, seed)
    progress = progress or _show
    temporary = folder.with_name(f".{folder.name}.sample.part")
    with only_writer(temporary, patience=0):
        try:
            for path in temporary.iterdir():  # what a kill left
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            pairs = photograph(temporary, shots, processes or cores(), progress)
            write(temporary, pairs)
            note, count = {"version": SAMPLE_VERSION, "size": size, "seed": seed}, len(pairs)
            if flaws:
                count = plant(temporary, pairs, size, seed, progress)
                note["flaws"] = True
            write_json(temporary / "SAMPLE.json", note)
            if folder.exists():
                folder.rmdir()
            temporary.rename(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    progress(f"sample: {count} photos in {folder}\n")


def _show(line: str) -> None:
    if sys.stderr.isatty() or line.endswith("\n"):
        print(f"\r{line:<60}", end="", file=sys.stderr, flush=True)
