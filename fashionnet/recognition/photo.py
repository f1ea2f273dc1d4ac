"""A photo that is asked about, cut as `prepare` cuts those of the benchmarks."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from fashionnet.prepare.parts import decoded
from fashionnet.prepare.photos import UnreadablePhotoError, crop_photo, crop_square

Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Asked:
    """A photo and its garment.

    name: what it is called. photo: upright RGB. box: x_1, y_1, x_2, y_2 in its pixels; `boxed` False: the whole photo
    stands in for it. crop: (S, S, 3) uint8 RGB, what the networks see. square: the crop's corner x, y and its side in
    photo pixels.
    """

    name: str
    photo: Image.Image
    box: Box
    boxed: bool
    crop: np.ndarray
    square: tuple[float, float, float]

    def in_photo(self, points: np.ndarray) -> np.ndarray:
        """(…, 2) shares of the crop → pixels of the photo."""
        x, y, side = self.square
        return np.asarray(points, np.float64) * side + [x, y]

    def in_crop(self, points: np.ndarray) -> np.ndarray:
        """(…, 2) pixels of the photo → shares of the crop."""
        x, y, side = self.square
        return (np.asarray(points, np.float64) - [x, y]) / side


def read_asked(photo: Path | str | Image.Image, box: Box | None, margin: float, size: int, name: str = "") -> Asked:
    """Cut the box with `margin` of its longer side around it to `size` pixels; without a box, the whole photo.

    photo: a file, or a picture as it is to be seen. box: in pixels of the upright photo. Raises UnreadablePhotoError
    for a file that is no photo, ValueError for a box that is none or leaves the photo; both name the photo.
    """
    if isinstance(photo, Image.Image):
        name, whole = name or "photo", photo.convert("RGB")
    else:
        name, whole = name or str(photo), _opened(Path(photo))
    corners = (0.0, 0.0, float(whole.width), float(whole.height))
    if box is not None:
        corners = _checked(box, whole, name)
    # As in `prepare`: a margin around a whole photo would be nothing but padding.
    margin = 0.0 if box is None else margin
    crop = crop_photo(whole, np.array(corners), margin, size)
    return Asked(name, whole, corners, box is not None, crop, crop_square(np.array(corners), margin))


def _opened(path: Path) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large pictures and odd EXIF; the limits decide
        try:
            return decoded(path)
        except UnreadablePhotoError as error:
            raise UnreadablePhotoError(f"{printable(str(path))}: {error}") from None


def _checked(box: Box, photo: Image.Image, name: str) -> Box:
    x_1, y_1, x_2, y_2 = corners = tuple(float(value) for value in box)
    if not (0 <= x_1 < x_2 <= photo.width and 0 <= y_1 < y_2 <= photo.height):
        found = ",".join(f"{value:g}" for value in corners)
        raise ValueError(
            f"{printable(name)}: found box {found}, expected x1,y1,x2,y2 with x1 < x2 and y1 < y2 inside "
            f"the photo's {photo.width} x {photo.height} pixels"
        )
    return corners


def parse_box(text: str) -> Box:
    """The numbers of "x1,y1,x2,y2". Raises ValueError for other text."""
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if len(values) != 4 or not all(map(math.isfinite, values)):
        raise ValueError(
            f"found box {printable(text)!r}, expected x1,y1,x2,y2 in pixels of the photo, as 40,30,210,290"
        )
    return values


def printable(text: str) -> str:
    """A name with what a terminal would obey, turn around or choke on written as an escape."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode() for letter in text
    )
