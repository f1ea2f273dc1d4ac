"""The command `fashionnet predict`: photos and folders to a table, JSON and one annotated picture."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from fashionnet.files import write_text
from fashionnet.prepare.photos import FORMATS, UnreadablePhotoError
from fashionnet.recognition.photo import Asked, parse_box, printable
from fashionnet.recognition.recogniser import load_recogniser
from fashionnet.recognition.result import Recognised
from fashionnet.recognition.text import text

STDOUT = "-"
# Pictures that are not read here: one in a folder is named, not passed over. Cameras and phones write them.
UNREAD = frozenset((".heic", ".heif", ".jxl", ".tga", ".dng", ".cr2", ".nef", ".arw"))
PICTURED = 24  # photos of one picture, the first ones: a longer one is looked at by nobody
SIDE = 1200  # pixels of the longer side, as which a photo waits for the picture: more than it shows of one


def predict(photos: Sequence[Path], box: str | None, experiment: str, to_json: str | None, picture: Path | None) -> int:
    """Say what each photo shows; the exit code, 1 if one could not be read, which is named and skipped.

    photos: files, and folders with all photos below them. to_json: a file, or "-" for stdout, where the table is then
    left out. picture: a PNG file. Raises ValueError and OSError for what no photo is to blame for, before anything is
    computed.
    """
    paths = listed(photos)
    corners = None if box is None else parse_box(box)
    if corners and len(paths) > 1:
        raise ValueError(f"found --box and {len(paths)} photos, expected one photo: each has a box of its own")
    _check_outputs([Path(to_json)] if to_json not in (None, STDOUT) else [], picture, paths)
    recogniser = load_recogniser(experiment)

    found: list[tuple[Asked, Recognised]] = []
    unreadable: list[dict[str, str]] = []
    said: list[dict[str, Any]] = []
    for path in paths:
        try:
            asked = recogniser.asked(_inside(path, photos), corners)
        except UnreadablePhotoError as error:
            print(f"fashionnet predict: {error}; skipped", file=sys.stderr)
            unreadable.append({"photo": str(path), "reason": str(error)})
            continue
        one = recogniser.recognised(asked, recogniser.arrays(asked.crop))
        said.append(one.as_json())
        if picture and len(found) < PICTURED:
            asked.photo.thumbnail((SIDE, SIDE))
            found.append((asked, one))
        if to_json != STDOUT:
            print(text(one), flush=True)
    if to_json is not None:
        _write_json({"experiment": experiment, "photos": said, "unreadable": unreadable}, to_json)
    if picture and found:
        # Imported here: without a picture nobody waits for matplotlib.
        from fashionnet.figures.recognised import recognised
        from fashionnet.show import keep

        keep(recognised(found, recogniser.prepared.crops), picture.resolve())
        if len(said) > len(found):
            note = f"the picture shows the first {len(found)} of {len(said)} photos"
            print(f"fashionnet predict: {note}", file=sys.stderr)
    return 1 if unreadable else 0


def listed(photos: Sequence[Path]) -> list[Path]:
    """Files as they are, folders as the photos below them, in order of their names.

    A photo in a folder is a file whose name ends like one. Raises FileNotFoundError for a folder that holds none.
    """
    paths: list[Path] = []
    for path in photos:
        if not path.is_dir():
            paths.append(path)
            continue
        inside = sorted(p for p in path.rglob("*") if _looks_like_a_photo(p) and (p.is_file() or p.is_symlink()))
        if not inside:
            raise FileNotFoundError(
                f"{printable(str(path))}: found no photo in this folder, expected some, as NAME.jpg"
            )
        paths += inside
    return list(dict.fromkeys(paths))


def _looks_like_a_photo(path: Path) -> bool:
    ending = path.suffix.lower()
    known = ending in UNREAD or Image.registered_extensions().get(ending) in FORMATS
    return known and not path.name.startswith(".")


def _inside(path: Path, photos: Sequence[Path]) -> Path:
    """The path, unless it stands in a folder that was asked for and a link leads out of that."""
    for folder in photos:
        if path != folder and path.is_relative_to(folder) and not path.resolve().is_relative_to(folder.resolve()):
            raise UnreadablePhotoError(f"{printable(str(path))}: found a link, expected a photo inside the folder")
    return path


def _check_outputs(outputs: Sequence[Path], picture: Path | None, photos: Sequence[Path]) -> None:
    """Before an hour is spent on what cannot be written, or a photo is written over."""
    if picture and picture.suffix.lower() != ".png":
        raise ValueError(f"--picture: found {printable(str(picture))}, expected a name that ends in .png")
    for path in outputs:
        if picture and picture.resolve() == path.resolve():
            raise ValueError(f"found {printable(str(path))} as --json and as --picture, expected two files")
    own = {path.resolve() for path in photos}
    for path in [*outputs, *([picture] if picture else [])]:
        if path.is_dir():
            what = "a folder"
        elif path.resolve() in own:
            what = "one of the photos"
        elif path.exists() and not path.is_file():
            what = "a device or a pipe"  # in whose place a file would be put
        else:
            continue
        raise ValueError(f"{printable(str(path))}: found {what}, expected a file to write to")


def _write_json(value: dict[str, Any], to: str) -> None:
    # In ASCII: a name that is no text becomes an escape that JSON has, and a terminal is shown no control characters.
    content = json.dumps(value, indent=2, allow_nan=False)
    if to == STDOUT:
        print(content)
    else:
        write_text(Path(to).resolve(), content + "\n")  # through a link, not in its place
