"""Writing so that a reader never meets half a file, a kill leaves the old or the new one, and no two writers mix."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, moved onto it when the block ends well and removed when it does not."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not the process's number: what a kill leaves is overwritten by the next try instead of piling up.
    temporary = path.with_name(f".{path.name}.part")
    try:
        yield temporary
        with open(temporary, "rb") as handle:
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Sorted and indented, so that the same value is the same bytes. NaN is refused: use None."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")


MAKE_ROOM = "make room on the disk, then run the same again"


def told(error: Exception) -> str:
    """What an error says, and of a full disk what to do."""
    if not isinstance(error, OSError) or error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return str(error)
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}found no room left on the disk, expected some: {MAKE_ROOM}"


class BusyError(OSError):
    """Another process writes to the same place."""


@contextmanager
def only_writer(folder: Path, patience: float = 10.0) -> Iterator[None]:
    """Hold `folder` (made where missing) against every other process that asks for it in this way.

    The lock is the system's, on the folder itself: it is free again when its holder is dead, however it died, and
    leaves no file. A holder that is about to die is waited for, `patience` seconds; then BusyError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise BusyError(
                        f"{folder}: found another process that writes there, expected none; "
                        "wait for it or end it, then run again"
                    ) from None
                time.sleep(0.1)
        yield
    finally:
        os.close(handle)
