"""The crops of all photos, cut by several processes in parts; what an interrupted run finished is not cut again.

A part is two files: its crops, one after the other, and beside them what was found of each photo. Their name is a hash
of everything that decides what they hold, so that another part is never taken for them.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import PIL
from PIL import Image

from fashionnet.formats.archive import Member
from fashionnet.formats.layout import open_photo
from fashionnet.prepare.crops import encode
from fashionnet.prepare.photos import UnreadablePhotoError, crop_photo, crop_square, read_photo
from fashionnet.processes import cores, spread
from fashionnet.quality import fingerprint
from fashionnet.settings import Prepare

_CROPS, _FOUND = ".bin", ".json"
PART = 256  # photos: what a kill costs each process, and the step of the progress that is shown


class Cut(NamedTuple):
    """What is noted of a photo: its size, box and crop square, in its pixels, the bytes that its crop takes, and its
    fingerprint (`quality.Fingerprint`, hashes in hex)."""

    width: int
    height: int
    x_1: float
    y_1: float
    x_2: float
    y_2: float
    crop_x: float
    crop_y: float
    crop_side: float
    length: int
    digest: str
    hashes: str
    spread: float


@dataclass(frozen=True)
class Photo:
    """A photo to be cut. name: among all benchmarks. place: or why it must not be read. box: None for all of it."""

    name: str
    place: Path | Member | str
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class _Part:
    photos: tuple[Photo, ...]
    settings: Prepare
    path: Path  # without the ending


@dataclass(frozen=True)
class Finished:
    """A part that is cut. photos: a Cut each, or why there is none. crops: the file. before: by an earlier run."""

    photos: list[Cut | str]
    crops: Path
    before: bool


def cut_photos(photos: Iterable[Photo], count: int, settings: Prepare, folder: Path) -> Iterator[Finished]:
    """The parts of all `count` photos, in their order. `folder` keeps them for a next run, until it is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    form = _form(settings)
    for path in folder.iterdir():
        # Parts of other settings, and files that were being written when their process was killed.
        if not path.name.startswith(form) or path.suffix not in (_CROPS, _FOUND):
            path.unlink()
    photos = iter(photos)
    parts = (
        _Part(some, settings, folder / f"{form}-{_key(some)}") for some in iter(lambda: tuple(islice(photos, PART)), ())
    )
    yield from spread(_finish, parts, min(cores(), -(-count // PART)))


def _finish(part: _Part) -> Finished:
    """Cut a part, if it is not cut yet."""
    crops, found = part.path.with_suffix(_CROPS), part.path.with_suffix(_FOUND)
    if (before := _read(crops, found)) is not None:
        return Finished(before, crops, True)
    photos: list[Cut | str] = []
    with warnings.catch_warnings(), _whole(crops) as temporary, open(temporary, "wb") as file:
        warnings.simplefilter("ignore")  # Pillow warns of large pictures and odd EXIF; the limits decide
        for photo in part.photos:
            try:
                cut, crop = _cut(photo, part.settings)
            except UnreadablePhotoError as error:
                photos.append(str(error))
            else:
                photos.append(cut)
                file.write(crop)
    with _whole(found) as temporary:
        temporary.write_text(json.dumps(photos), encoding="utf-8")
    return Finished(photos, crops, False)


def _cut(photo: Photo, settings: Prepare) -> tuple[Cut, bytes]:
    whole = decoded(photo.place)
    box = np.array(photo.box or (0, 0, whole.width, whole.height), np.float64)
    # Without a box the whole photo is meant: a margin around it would be nothing but padding.
    margin = settings.margin if photo.box else 0.0
    crop = encode(crop_photo(whole, box, margin, settings.image_size), settings.storage)
    digest, hashes, grey = fingerprint(whole)
    return Cut(*whole.size, *box.tolist(), *crop_square(box, margin), len(crop), digest, hashes.hex(), grey), crop


def decoded(place: Path | Member | str) -> Image.Image:
    if isinstance(place, str):
        raise UnreadablePhotoError(place)
    try:
        with open_photo(place) as file:
            return read_photo(file)
    except UnreadablePhotoError:
        raise
    except FileNotFoundError:
        raise UnreadablePhotoError("found no such file") from None
    except OSError as error:
        raise UnreadablePhotoError(f"found {error.strerror or error}, expected a picture") from error
    except ValueError as error:
        raise UnreadablePhotoError(str(error)) from error


def _read(crops: Path, found: Path) -> list[Cut | str] | None:
    """What is noted of a finished part's photos; None where it is not finished, or not whole after a loss of power."""
    try:
        noted = json.loads(found.read_text(encoding="utf-8"))
        photos = [row if isinstance(row, str) else Cut(*row) for row in noted]
        whole = crops.stat().st_size == sum(photo.length for photo in photos if isinstance(photo, Cut))
    except (OSError, ValueError):
        return None
    return photos if whole else None


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A temporary path, moved onto `path` when the block ends well.

    It has this process's number: a process whose parent was killed may write on for a moment, beside the next run. And
    it is not flushed to the disk, since what is lost with the power is seen from the sizes, and is cut again.
    """
    temporary = path.with_suffix(f".{os.getpid()}")
    yield temporary
    os.replace(temporary, path)


def _form(settings: Prepare) -> str:
    """Of what decides how a photo becomes a crop."""
    code = [path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.py"))]
    return _digest(settings.model_dump_json(exclude={"max_unreadable"}), PIL.__version__, *code)


def _key(photos: Iterable[Photo]) -> str:
    """Of the photos: their names, their boxes and what tells that a file is still the same."""
    return _digest(*(repr((photo.name, photo.box, _state(photo.place))) for photo in photos))


def _state(place: Path | Member | str) -> object:
    if isinstance(place, str):
        return place
    if isinstance(place, Member):
        return place.size, place.crc
    try:
        about = place.stat()
    except OSError:
        return None
    return about.st_size, about.st_mtime_ns


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
