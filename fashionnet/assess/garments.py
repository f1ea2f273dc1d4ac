"""The garment that a question is about, from its photo as it came: crops are too small to judge a fabric by."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable

import numpy as np
import pandas as pd
from markupsafe import Markup
from PIL import Image, ImageDraw

from fashionnet.formats.layout import Benchmark
from fashionnet.prepare.photos import crop_photo, crop_square, read_photo
from fashionnet.prepare.tables import Prepared

SIZE = 480  # CSS pixels, and pixels, of the picture
MARGIN = 0.15  # of the box's longer side: something of what the garment is worn with

Benchmarks = dict[str, Benchmark]  # of `find_benchmarks`


def with_photos(questions: pd.DataFrame, found: Benchmarks) -> pd.DataFrame:
    """The questions with `photo`, a digest of each photo's file.

    Raises FileNotFoundError where a photo is no longer there.
    """
    digests = {
        name: hashlib.sha256(_read(found, *name)).hexdigest()[:16]
        for name in set(zip(questions["benchmark"], questions["image_name"]))
    }
    names = zip(questions["benchmark"], questions["image_name"])
    return questions.assign(photo=pd.Series([digests[name] for name in names], index=questions.index, dtype="str"))


def garments(prepared: Prepared, found: Benchmarks) -> Callable[[pd.Series], Markup]:
    """A function from a question to its photo as an <img>, cut to the garment, with a line around the garment's box."""

    def garment(question: pd.Series) -> Markup:
        photo = read_photo(io.BytesIO(_read(found, question["benchmark"], question["image_name"])))
        row = prepared.photos.iloc[question["row"]]
        box = row[["x_1", "y_1", "x_2", "y_2"]].to_numpy(np.float64)
        margin = MARGIN if row["boxed"] else 0.0
        picture = Image.fromarray(crop_photo(photo, box, margin, SIZE))
        x, y, side = crop_square(box, margin)
        corners = [float(value) for value in (box - [x, y, x, y]) * SIZE / side]
        for colour, width in (("white", 3), ("black", 1)):  # seen on any photo
            ImageDraw.Draw(picture).rectangle(corners, outline=colour, width=width)
        return _img(picture)

    return garment


def _read(found: Benchmarks, benchmark: str, image_name: str) -> bytes:
    if benchmark not in found:
        raise FileNotFoundError(f"found no folder of {benchmark} any more, expected the one that was prepared")
    with found[benchmark].open(image_name) as file:
        return file.read()


def _img(picture: Image.Image) -> Markup:
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    data = base64.b64encode(buffer.getvalue()).decode()
    return Markup(
        '<img alt="The photo that is asked about, a line around the garment" width="{}" src="data:image/png;base64,{}">'
    ).format(picture.width, data)
