"""Photos in an archive `img.zip`, read in place.

The archive's directory is read once; after that a photo is found by its name and read with a handle of its own, so that
any number of threads and processes can read at a time. Nothing is unpacked beyond the size that the directory declares,
and nothing larger than MOST_BYTES at all.
"""

from __future__ import annotations

import io
import struct
import threading
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from fashionnet.formats.errors import FormatError, quoted
from fashionnet.formats.rows import is_image_name

MOST_BYTES = 1 << 28  # of a photo's file, packed or not. Ours: several times what the largest cameras write
_LOCAL = 30  # bytes of an entry's local header, before its name
_FIELDS = ("flag_bits", "header_offset", "compress_size", "file_size", "compress_type", "CRC")  # of a ZipInfo
_ENCRYPTED = 1  # bit of the flags
_OPEN = "one without a password: extract it with the one that you were given, or pack it anew"


@dataclass(frozen=True)
class Member:
    """A photo's place in an archive. offset: of its local header. packed, size: bytes stored and bytes unpacked."""

    archive: Path
    name: str
    offset: int
    packed: int
    size: int
    method: int
    crc: int

    def open(self) -> BinaryIO:
        """The photo's bytes, unpacked in memory. Raises ValueError where they are not what the directory says."""
        for count in (self.size, self.packed):
            if count > MOST_BYTES:
                raise self._error(f"{count} bytes", f"{MOST_BYTES} at most")
        if self.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._error(f"compression method {self.method}", "a stored or deflated photo: pack it anew")
        with open(self.archive, "rb") as file:
            file.seek(self.offset)
            header = file.read(_LOCAL)
            if len(header) < _LOCAL or not header.startswith(b"PK\3\4"):
                raise self._error("no photo where the directory says", "a whole archive")
            file.seek(sum(struct.unpack("<2H", header[-4:])), io.SEEK_CUR)  # its name and extra fields, again
            content = file.read(self.packed)
        if self.method == zipfile.ZIP_DEFLATED:
            try:
                # A byte more than declared is enough to know; a bomb unpacks no further.
                content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, self.size + 1)
            except zlib.error as error:
                raise self._error(f"damaged bytes ({error})", "a whole archive") from None
        if len(content) != self.size or zlib.crc32(content) != self.crc:
            raise self._error("other bytes than its directory says", "a whole archive")
        return io.BytesIO(content)

    def _error(self, found: str, expected: str) -> ValueError:
        return ValueError(f"{self.archive.name}: {quoted(self.name)}: found {found}, expected {expected}")


class Archive:
    """The photos of a benchmark's img.zip. May be shared by threads; a process that it is sent to reads it anew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._names: dict[str, int] | FormatError | None = None
        self._folded: dict[str, int] | None = None
        self._fields = np.empty((0, len(_FIELDS)), np.int64)

    def __reduce__(self) -> tuple[type, tuple[Path]]:
        return type(self), (self.path,)

    def find(self, image_name: str) -> Member | None:
        """Where a photo is, in whatever letter case, the exact one first; None where the archive does not hold it.

        image_name: a valid one, img/…, wherever the archive's own img/ is. Raises FormatError where the archive is
        damaged, or encrypted as a whole, as the official ones are; ValueError for a photo that alone is encrypted.
        """
        with self._lock:
            if self._names is None:
                self._names = self._read()
            if isinstance(self._names, FormatError):
                raise self._names
            row = self._names.get(image_name)
            if row is None:
                if self._folded is None:
                    self._folded = {name.casefold(): self._names[name] for name in sorted(self._names, reverse=True)}
                row = self._folded.get(image_name.casefold())
        if row is None:
            return None
        flags, *place = self._fields[row].tolist()
        if flags & _ENCRYPTED:
            raise ValueError(f"{self.path.name}: {quoted(image_name)}: found it encrypted, expected {_OPEN}")
        return Member(self.path, image_name, *place)

    def _read(self) -> dict[str, int] | FormatError:
        """The row of each photo, by its image path; or why there is none, which is found out once."""
        try:
            with zipfile.ZipFile(self.path) as opened:
                entries = [entry for entry in opened.infolist() if not entry.filename.endswith("/")]
            rows = [[getattr(entry, field) for field in _FIELDS] for entry in entries]
            self._fields = np.array(rows, np.int64).reshape(-1, len(_FIELDS))
            if (self._fields < 0).any():
                raise ValueError("a place before its beginning")
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OverflowError, struct.error) as error:
            found = f"a damaged or incomplete archive ({error})"
            return FormatError(self.path, None, found, "a whole one: fetch it again")
        split = [_split(entry.filename) for entry in entries]
        # One folder holds the photos; another, such as macOS's __MACOSX/, repeats their names beside it.
        tops = Counter(top for top, name in split if is_image_name(name)).most_common(1)
        photos = {name: row for row, (top, name) in enumerate(split) if is_image_name(name) and top == tops[0][0]}
        if photos and (self._fields[list(photos.values()), 0] & _ENCRYPTED).all():
            return FormatError(self.path, None, "an encrypted archive", _OPEN)
        return photos


def _split(entry: str) -> tuple[str, str]:
    """What stands above img/ in an entry's name, and the image path from img/ on; "" where it is in no img/."""
    parts = entry.split("/")
    folders = [part.casefold() for part in parts[:-1]]
    if "img" not in folders:
        return "", ""
    first = folders.index("img")
    first += folders[first + 1 : first + 2] == ["img"]  # Img/img/…
    return "/".join(parts[:first]), "/".join(["img", *parts[first + 1 :]])
