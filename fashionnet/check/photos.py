"""Whether every photo that a file names is there and whole."""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from PIL import Image

from fashionnet.check.report import Report
from fashionnet.formats.errors import plain
from fashionnet.formats.layout import Benchmark
from fashionnet.prepare.photos import FORMATS, MOST_PIXELS, orientation

_SILENT = 5.0  # seconds between two words of progress
_AT_ONCE = 1024  # photos given to the threads at a time


def decode(benchmark: Benchmark, names: Sequence[str], report: Report) -> dict[str, tuple[int, int]]:
    """The upright width and height of every photo that decodes; the others are reported."""

    def size(name: str) -> tuple[int, int] | Exception:
        try:
            with benchmark.open(name) as file:
                return _upright_size(file)
        except Exception as error:  # Pillow's decoders raise whatever a broken file makes them
            return error

    sizes, absent, unreadable = {}, [], {}
    spoken = time.monotonic()
    with warnings.catch_warnings(), ThreadPoolExecutor(os.cpu_count()) as pool:
        warnings.simplefilter("ignore")  # Pillow warns of large pictures and odd EXIF; the limit decides
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            for name, result in zip(some, pool.map(size, some), strict=True):
                if isinstance(result, tuple):
                    sizes[name] = result
                elif isinstance(result, FileNotFoundError):
                    absent.append(name)
                else:
                    unreadable[name] = str(result) or type(result).__name__
            if time.monotonic() - spoken > _SILENT:
                spoken = time.monotonic()
                print(f"  decoded {start + len(some):,} of {len(names):,} photos", file=sys.stderr, flush=True)
    report.say("photos", f"{len(names):,} named, {len(sizes):,} on disk and readable")
    archive = "" if benchmark.archive is None else f" or in {benchmark.archive.path.name}"
    report.break_if(absent, f"not on disk, expected in {benchmark.images}{archive}")
    of_reason: dict[str, list[str]] = {}
    for name, reason in unreadable.items():
        of_reason.setdefault(reason, []).append(name)
    for reason, own in of_reason.items():
        report.break_if(own, f"cannot be read: {plain(reason)}")
    return sizes


def _upright_size(file: BinaryIO) -> tuple[int, int]:
    """Decode a photo as cheaply as shows that it is whole, JPEG at an eighth of its size."""
    with Image.open(file, formats=FORMATS) as photo:
        width, height = photo.size
        if width * height > MOST_PIXELS:
            raise ValueError(f"found {width} x {height} pixels, expected {MOST_PIXELS} at most")
        photo.draft("RGB", (max(1, width // 8), max(1, height // 8)))
        photo.load()
        turned = orientation(photo) in (5, 6, 7, 8)  # after loading, when Pillow has turned a TIFF
    return (height, width) if turned else (width, height)
