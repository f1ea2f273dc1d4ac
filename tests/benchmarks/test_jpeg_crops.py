"""Crops as JPEGs: how large and how near to the pixels, for the quality that is used and others; which decoder is used.

Crops of 224 x 224 pixels of the photos in data/, the whole photo as the box, without a margin; every codec has one
thread. The disk that the official photos would take is a crop's mean length by their number. Photos smaller than a crop
are enlarged, which makes their JPEGs shorter: hence also the longest by that number.
"""

import io
import time

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.io import decode_jpeg

from fashionnet.formats.official import COUNTS
from fashionnet.prepare.crops import QUALITY, SUBSAMPLING, encode
from fashionnet.prepare.photos import crop_photo, read_photo

pytestmark = [pytest.mark.benchmark, pytest.mark.usefixtures("one_thread")]

SIDE, MOST_GIGABYTES, LEAST_DECIBELS = 224, 50, 38
OFFICIAL = sum(counts["photos"] for counts in COUNTS.values())
SAMPLINGS = {
    "4:2:0": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    "4:2:2": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    "4:4:4": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
}


@pytest.fixture(scope="module")
def crops(photos):
    read = [read_photo(path) for path in photos]
    return [crop_photo(photo, np.array([0, 0, *photo.size], float), 0.0, SIDE) for photo in read]


def by_opencv(code):
    return cv2.imdecode(np.frombuffer(code, np.uint8), cv2.IMREAD_COLOR_RGB)


def by_pillow(code):
    return np.asarray(Image.open(io.BytesIO(code)))


def by_torchvision(code):
    return decode_jpeg(torch.frombuffer(bytearray(code), dtype=torch.uint8)).permute(1, 2, 0).numpy()


def decibels(crop, decoded):
    """Peak signal-to-noise ratio."""
    return 10 * np.log10(255**2 / np.mean((crop.astype(float) - decoded) ** 2))


def test_the_official_photos_fit_50_gigabytes(within, crops, capsys):
    with capsys.disabled():
        print(f"\n{len(crops)} crops of {SIDE} pixels; GB of {OFFICIAL:,} such; signal to noise, mean and worst")
        for name, sampling in SAMPLINGS.items():
            for quality in (85, 90, 95, 98):
                how = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
                start = time.perf_counter()
                codes = [cv2.imencode(".jpg", crop[..., ::-1], how)[1].tobytes() for crop in crops]
                seconds = time.perf_counter() - start
                lengths = np.array(list(map(len, codes)))
                noise = [decibels(crop, by_opencv(code)) for crop, code in zip(crops, codes, strict=True)]
                print(
                    f"{name} quality {quality}: {lengths.mean() / 1e3:5.1f} kB ({lengths.max() / 1e3:.1f} at most), "
                    f"{lengths.mean() * OFFICIAL / 1e9:5.1f} GB, {np.mean(noise):.1f} and {min(noise):.1f} dB"
                )
                if (quality, sampling) == (QUALITY, SUBSAMPLING):
                    used = codes, seconds, lengths, min(noise)
    codes, seconds, lengths, worst = used
    assert codes == [encode(crop, "jpeg") for crop in crops]
    assert worst > LEAST_DECIBELS
    for which, length in (("mean", lengths.mean()), ("longest", lengths.max())):
        what = f"{OFFICIAL:,} crops of {SIDE} pixels as JPEGs of the {which} length of {len(crops)}, which were encoded"
        within(what, seconds, length * OFFICIAL / 1e9, MOST_GIGABYTES)


@pytest.mark.filterwarnings("ignore:The image decoding")  # of torchvision, which is about to drop it
@pytest.mark.parametrize(("name", "decode"), [("Pillow", by_pillow), ("torchvision", by_torchvision)])
def test_the_decoder_that_is_used_gives_the_same_pixels_as_fast_as_others(beside, crops, name, decode):
    codes = [encode(crop, "jpeg") for crop in crops]
    for code in codes:
        np.testing.assert_array_equal(by_opencv(code), decode(code))
    into = np.empty((SIDE, SIDE, 3), np.uint8)

    def decoded_by(function):
        return lambda: [np.copyto(into, function(code)) for code in codes]

    what = f"decoding {len(codes)} JPEGs of {SIDE} pixels with OpenCV"
    beside(decoded_by(by_opencv), decoded_by(decode), what, f"the same pixels by {name}", least=0.9)
