"""What is kept of each photo while it is decoded, so that duplicates and blank photos are found without it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

import imagehash
import numpy as np
import pandas as pd
from PIL import Image

SMALL = 128  # pixels of the grey square that hashes and spread are taken from
SIDE = 16  # frequencies in each direction: 256 bits
FACTOR = (
    2  # pixels that a part is brought to, for each frequency: 4, the library's own choice, takes longer for no more
)
BYTES = SIDE * SIDE // 8
# A copy that was cropped has another hash. So the hashes of parts of the photo are kept too, at five places for each of
# two sizes: a crop of up to 6 % a side is near to one of them. Shares of the side that are cut off, left and top.
_PLACES = ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8), (0.5, 0.5))
_CUT = (0.03, 0.07)
# Left, top, right, bottom; the whole photo first.
WINDOWS = (
    (0, 0, SMALL, SMALL),
    *(
        tuple(round(SMALL * end) for end in (cut * x, cut * y, 1 - cut + cut * x, 1 - cut + cut * y))
        for cut in _CUT
        for x, y in _PLACES
    ),
)
# Bits in the order of their frequency, so that the first word holds the 8 x 8 lowest: these survive most.
_DOWN, _ACROSS = np.mgrid[:SIDE, :SIDE]
_ORDER = np.argsort(np.maximum(_DOWN, _ACROSS).ravel(), kind="stable")
# In a mirrored photo, the coefficients of odd horizontal frequencies change their sign; the median that they are
# compared with is all but zero.
MIRROR = np.packbits((_ACROSS % 2 == 1).ravel()[_ORDER]).view(np.uint64)

COLUMNS = {"digest": "str", "hashes": "object", "spread": "float32"}  # of a table of fingerprints, Parquet keeps it


class Fingerprint(NamedTuple):
    """digest: SHA-256 of size and pixels, in hex: equal for equal RGB pixels, however they were compressed.

    hashes: BYTES for each of WINDOWS, `imagehash.phash` of 16 x 16 frequencies. spread: standard deviation of the grey
    levels of the photo at SMALL pixels, where noise is averaged out.
    """

    digest: str
    hashes: bytes
    spread: float


def fingerprint(photo: Image.Image) -> Fingerprint:
    """Of a decoded RGB photo."""
    pixels = hashlib.sha256(f"{photo.width} {photo.height} ".encode())
    pixels.update(photo.tobytes())
    small = photo.convert("L").resize((SMALL, SMALL), Image.Resampling.BOX)
    bits = [imagehash.phash(small.crop(window), SIDE, FACTOR).hash.ravel()[_ORDER] for window in WINDOWS]
    return Fingerprint(pixels.hexdigest(), np.packbits(bits, axis=1).tobytes(), float(np.asarray(small).std()))


def fingerprint_table(fingerprints: Iterable[Fingerprint]) -> pd.DataFrame:
    """COLUMNS, a row a photo, to be joined to the photos' table."""
    return pd.DataFrame(list(fingerprints), columns=list(COLUMNS)).astype(COLUMNS)


def hashes_of(table: pd.DataFrame) -> np.ndarray:
    """(N, WINDOWS, 4) uint64 from the column `hashes`."""
    return np.frombuffer(b"".join(table["hashes"]), np.uint64).reshape(len(table), len(WINDOWS), BYTES // 8)
