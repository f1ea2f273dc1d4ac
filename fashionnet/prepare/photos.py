"""Photos as they come, decoded to upright RGB, and the square crop that the networks see."""

from __future__ import annotations

from functools import cache
from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError

# A decoded photo may not take more than this: the official ones have long sides of 256 to 512, own ones of some 8,000.
MOST_PIXELS = 120_000_000
# Pillow would open more, among them files that it hands to another program (EPS) or that are no photos.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "JPEG2000", "AVIF", "PPM")
# Beyond the photo and beyond the margin: ImageNet's mean colour, which the networks' normalisation maps to zero.
PADDING = (124, 116, 104)

_ORIENTATION = 0x0112  # EXIF
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class UnreadablePhotoError(ValueError):
    """A file that is missing, no picture, broken, or too large to decode."""


def read_photo(file: BinaryIO) -> Image.Image:
    """Decode to RGB, turned as EXIF says, transparency over white. Raises UnreadablePhotoError.

    16-bit and palette pictures, CMYK and greyscale become 8-bit RGB; of several pictures in a file, the first counts.
    """
    try:
        with Image.open(file, formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise UnreadablePhotoError(f"found {width} x {height} pixels, expected {MOST_PIXELS} at most")
            opened.load()
            turn = _UPRIGHT.get(orientation(opened))
            return _rgb(opened if turn is None else opened.transpose(turn))
    except UnreadablePhotoError:
        raise
    except UnidentifiedImageError:  # Pillow's message names the file, or where its bytes are in memory
        raise UnreadablePhotoError("found bytes of no known kind, expected a picture") from None
    except Exception as error:  # Pillow's decoders raise whatever a broken file makes them
        raise UnreadablePhotoError(f"found {str(error) or type(error).__name__}, expected a picture") from error


def orientation(photo: Image.Image) -> int:
    """EXIF's orientation of a loaded photo, 1 to 8 (5 to 8 turn it by a quarter); 1 where it says none or is broken."""
    try:
        return photo.getexif().get(_ORIENTATION, 1)
    except Exception:  # as above; what a camera noted wrongly does not make the picture unreadable
        return 1


def _rgb(photo: Image.Image) -> Image.Image:
    if photo.mode.startswith("I"):
        # Pillow would clip 16-bit values at 255 instead of scaling them.
        photo = photo.convert("I").point(_eight_bits(), "L")
    elif photo.mode == "F":
        values = np.nan_to_num(np.asarray(photo))
        photo = Image.fromarray((values * (255 / max(1.0, float(values.max())))).round().clip(0, 255).astype(np.uint8))
    if photo.has_transparency_data:
        photo = photo.convert("RGBA")
        white = Image.new("RGBA", photo.size, "white")
        return Image.alpha_composite(white, photo).convert("RGB")
    return photo if photo.mode == "RGB" else photo.convert("RGB")


@cache
def _eight_bits() -> list[int]:
    """What becomes of each 16-bit value."""
    return (np.arange(1 << 16) * (255 / 65535)).round().astype(int).tolist()


def crop_square(box: np.ndarray, margin: float) -> tuple[float, float, float]:
    """The square around a box (x_1, y_1, x_2, y_2): its corner x, y and its side, all in photo pixels.

    The longer side of the box plus `margin` of it on both sides, centred: the aspect stays. It may leave the photo.
    """
    x_1, y_1, x_2, y_2 = (float(value) for value in box)
    side = max(x_2 - x_1, y_2 - y_1) * (1 + 2 * margin)
    return (x_1 + x_2 - side) / 2, (y_1 + y_2 - side) / 2, side


def crop_photo(photo: Image.Image, box: np.ndarray, margin: float, size: int) -> np.ndarray:
    """The box with its margin, in the middle of a (size, size, 3) uint8 square; the rest is PADDING.

    The margin is `margin` of the box's longer side, on all four sides and as far as the photo reaches. What lies
    farther beside a narrow box stays out: it would show the garment that is not meant.
    """
    corner_x, corner_y, side = crop_square(box, margin)
    extent = margin * max(box[2] - box[0], box[3] - box[1])
    canvas = _padding(size).copy()
    scale = side / size  # photo pixels in a crop's pixel
    # Whole pixels of the crop that lie inside the region: so the crop's geometry is exact, which landmarks rely on.
    spans = []
    for corner, low, high, end in (
        (corner_x, box[0] - extent, box[2] + extent, photo.width),
        (corner_y, box[1] - extent, box[3] + extent, photo.height),
    ):
        first = int(np.ceil((max(low, 0) - corner) / scale - 1e-3))
        last = int(np.floor((min(high, end) - corner) / scale + 1e-3))
        spans.append((max(first, 0), min(last, size)))
    (left, right), (top, bottom) = spans
    if right <= left or bottom <= top:
        return canvas
    region = (
        max(corner_x + left * scale, 0),
        max(corner_y + top * scale, 0),
        min(corner_x + right * scale, photo.width),
        min(corner_y + bottom * scale, photo.height),
    )
    part = photo.resize((right - left, bottom - top), Image.Resampling.BILINEAR, box=region)
    canvas[top:bottom, left:right] = np.asarray(part)
    return canvas


@cache
def _padding(size: int) -> np.ndarray:
    return np.full((size, size, 3), PADDING, np.uint8)
