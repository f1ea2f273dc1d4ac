"""Packed crops: all of them in one file, read a few at a time.

"raw" is their pixels one after the other, mapped into memory: the fastest, for crops that fit a disk's cache. "jpeg" is
a JPEG each, one after the other, beside a file that says where each begins: an eighth of the bytes at 224 pixels.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol, get_args

import cv2
import numpy as np

from fashionnet.files import replacing
from fashionnet.settings import Storage

PACKED = "crops.bin"
OFFSETS = "crops.offsets.npy"  # (N + 1,) int64, of "jpeg" alone: where each JPEG begins, and where the last one ends
# Ours. Colour tells garments apart as well as light does, so it is kept at full resolution: at quality 95 the worst of
# 200 photographs keeps 42 dB (37 dB at half the colour's resolution), an error of two of 255 steps.
QUALITY, SUBSAMPLING = 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
JPEG = [cv2.IMWRITE_JPEG_QUALITY, QUALITY, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, SUBSAMPLING]


class Crops(Protocol):
    """(N, S, S, 3) uint8 RGB, indexed by rows as an array is, and read only where it is indexed. An array is one."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Any, /) -> np.ndarray: ...


def encode(pixels: np.ndarray, storage: Storage) -> bytes:
    """What PACKED holds of a crop (S, S, 3) uint8 RGB."""
    if storage == "raw":
        return pixels.tobytes()
    return cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), JPEG)[1].tobytes()


def save_offsets(folder: Path, lengths: Iterable[int], storage: Storage) -> None:
    """Write OFFSETS, where `storage` needs them. lengths: of what `encode` gave, in the order it was written in."""
    if storage == "raw":
        return
    offsets = np.cumsum([0, *lengths], dtype=np.int64)
    with replacing(folder / OFFSETS) as temporary, open(temporary, "wb") as file:
        np.save(file, offsets)


def open_crops(folder: Path, shape: tuple[int, ...], storage: str) -> Crops:
    """The crops in `folder`, read-only. shape: (N, S, S, 3).

    Raises FileNotFoundError or ValueError, saying what to do, where the files are not those of `shape` and `storage`.
    """
    packed = folder / PACKED
    size = packed.stat().st_size
    if storage not in get_args(Storage):
        known = " or ".join(get_args(Storage))
        raise ValueError(f"{folder}: found crops stored as {storage!r}, expected {known}; prepare again")
    offsets = _read_offsets(folder / OFFSETS, shape[0]) if storage == "jpeg" else None
    expected = math.prod(shape) if offsets is None else int(offsets[-1])
    if size != expected:
        raise ValueError(f"{packed}: found {size} bytes, expected {expected}; prepare again")
    # An empty file cannot be mapped.
    mapped = np.memmap(packed, np.uint8, "r") if size else np.empty(0, np.uint8)
    return mapped.reshape(shape) if offsets is None else JpegCrops(packed, np.asarray(mapped), offsets, shape)


def _read_offsets(path: Path, count: int) -> np.ndarray:
    try:
        # Mapped first, since only then is the size that the file claims held against the one that it has.
        offsets = np.array(np.load(path, mmap_mode="r", allow_pickle=False))
    except (ValueError, EOFError):
        raise ValueError(f"{path}: found no array, expected offsets; prepare again") from None
    if offsets.dtype != np.int64 or offsets.shape != (count + 1,):
        found = f"{offsets.dtype} of shape {offsets.shape}"
        raise ValueError(f"{path}: found {found}, expected int64 of shape {(count + 1,)}; prepare again")
    if offsets[0] != 0 or (np.diff(offsets) <= 0).any():
        raise ValueError(f"{path}: found offsets that do not rise from 0, expected them to; prepare again")
    return offsets


class JpegCrops:
    """Crops that are decoded when they are indexed."""

    def __init__(self, path: Path, packed: np.ndarray, offsets: np.ndarray, shape: tuple[int, ...]) -> None:
        """packed: the bytes of the file at `path`, which `offsets` have been checked to end with."""
        self.path, self.packed, self.shape = path, packed, shape
        self.starts, self.ends = offsets[:-1], offsets[1:]

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Any, /) -> np.ndarray:
        starts, ends = self.starts[rows], self.ends[rows]
        found = np.empty((starts.size, *self.shape[1:]), np.uint8)
        for place, (start, end) in enumerate(zip(starts.flat, ends.flat)):
            found[place] = self._decoded(start, end)
        return found.reshape(*starts.shape, *self.shape[1:])

    def _decoded(self, start: int, end: int) -> np.ndarray:
        # OpenCV's decoder gives the pixels of Pillow's and torchvision's, in less time.
        pixels = cv2.imdecode(self.packed[start:end], cv2.IMREAD_COLOR_RGB)
        if pixels is None or pixels.shape != self.shape[1:]:
            found = "no picture" if pixels is None else f"a picture of shape {pixels.shape}"
            where = f"{self.path}, bytes {start} to {end}"
            raise ValueError(f"{where}: found {found}, expected a JPEG of shape {self.shape[1:]}; prepare again")
        return pixels

    def stored(self, rows: np.ndarray) -> bytes:
        """The JPEGs of `rows` as they are in the file."""
        return b"".join(self.packed[start:end].tobytes() for start, end in zip(self.starts[rows], self.ends[rows]))


def stored(crops: Crops, rows: np.ndarray) -> bytes:
    """What PACKED holds of `rows`: nothing is decoded for it."""
    return crops.stored(rows) if isinstance(crops, JpegCrops) else np.ascontiguousarray(crops[rows]).tobytes()


class Chosen:
    """The crops of some rows, read only when they are indexed themselves: a whole benchmark's need not fit memory."""

    def __init__(self, crops: Crops, rows: np.ndarray) -> None:
        self.crops, self.rows = crops, rows
        self.shape = (len(rows), *crops.shape[1:])

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: Any, /) -> np.ndarray:
        return self.crops[self.rows[rows]]
