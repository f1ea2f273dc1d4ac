"""prepare's crops, beside the plain loop: Pillow opens, crops, resizes and saves, in two processes.

3,000 photos of the official benchmarks' sizes in their shares (long side 300 or 512 pixels, or 256 x 256; JPEG, quality
85, 4:2:0), each cut twice, with boxes of about half the photo. Both cut the same squares (a margin of a tenth), with
antialiased bilinear resizing, on two processes of one thread each, started afresh. Ours turns, checks and notes, and
packs pixels as they are; the peer saves each crop as a JPEG of quality 95.

Ours also takes each photo's fingerprint, which the peer does not: a SHA-256 of the pixels and imagehash's hashes of
eleven parts. That takes about twice the time of all else, so that the whole is slower than the peer. Hence the crops
alone as well, in one process: half of the peer's time is the decoding that both need.
"""

import shutil
from functools import partial

import numpy as np
import pytest
from PIL import Image

from fashionnet.prepare import parts
from fashionnet.prepare.crops import encode
from fashionnet.prepare.photos import crop_photo, crop_square
from fashionnet.processes import spread
from fashionnet.settings import Prepare

pytestmark = pytest.mark.benchmark

DISTINCT, PHOTOS, ALONE = 3_000, 6_000, 500
# Category and attribute, and consumer to shop; landmarks; in shop.
SIZES, SHARES = ((300, 225), (225, 300), (512, 384), (384, 512), (256, 256)), (0.25, 0.5, 0.055, 0.12, 0.075)
MARGIN = 0.1
LEAST = 1.5


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    made = []
    for number in range(PHOTOS):
        path = folder / f"{number % DISTINCT}.jpg"
        if number < DISTINCT:
            width, height = SIZES[rng.choice(len(SIZES), p=SHARES)]
            coarse = rng.integers(0, 255, (height // 12, width // 12, 3), np.uint8)
            smooth = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC), np.int16)
            noisy = smooth + rng.integers(-6, 7, smooth.shape, np.int16)
            Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(path, quality=85, subsampling="4:2:0")
        with Image.open(path) as opened:
            width, height = opened.size
        share = rng.uniform((0.1, 0.05, 0.75, 0.8), (0.2, 0.15, 0.9, 0.95))
        made.append(parts.Photo(str(number), path, tuple((share * (width, height, width, height)).tolist())))
    return made


def plain(photos, size, folder):
    """The peer's work on some photos."""
    for photo in photos:
        x, y, side = crop_square(photo.box, MARGIN)
        square = (round(x), round(y), round(x + side), round(y + side))
        with Image.open(photo.place) as opened:
            crop = opened.convert("RGB").crop(square).resize((size, size), Image.Resampling.BILINEAR)
        crop.save(folder / f"{photo.name}.jpg", quality=95)


@pytest.mark.parametrize("size", [96, 224])
def test_crops_alone(beside, tmp_path, photos, size):
    some, saved = photos[:ALONE], tmp_path / "saved"
    saved.mkdir()

    def own():
        with open(tmp_path / "crops.bin", "wb") as crops:
            for photo in some:
                crops.write(encode(crop_photo(parts.decoded(photo.place), np.array(photo.box), MARGIN, size), "raw"))

    what = f"{ALONE} crops of {size} pixels from photos of official sizes, without fingerprints, one process"
    beside(own, lambda: plain(some, size, saved), what, "Pillow: open, crop, resize, save", least=LEAST)


@pytest.mark.parametrize("size", [96, 224])
def test_crops(beside, monkeypatch, tmp_path, photos, size):
    monkeypatch.setattr(parts, "cores", lambda: 2)
    settings = Prepare(image_size=size, margin=MARGIN, max_unreadable=0)
    packed, saved = tmp_path / "crops.bin", tmp_path / "saved"

    def own():
        with open(packed, "wb") as crops:
            for part in parts.cut_photos(photos, len(photos), settings, tmp_path / "parts"):
                with open(part.crops, "rb") as of_part:
                    shutil.copyfileobj(of_part, crops)
        shutil.rmtree(tmp_path / "parts")

    def peer():
        saved.mkdir(exist_ok=True)
        some = [photos[start : start + parts.PART] for start in range(0, len(photos), parts.PART)]
        for _ in spread(partial(plain, size=size, folder=saved), some, 2):
            pass

    own()
    crops = np.memmap(packed, np.uint8, "r", shape=(len(photos), size, size, 3))
    for number in (0, 4_321):
        with Image.open(photos[number].place) as opened:
            expected = crop_photo(opened.convert("RGB"), np.array(photos[number].box), MARGIN, size)
        np.testing.assert_array_equal(crops[number], expected)
    what = f"{PHOTOS:,} crops of {size} pixels from photos of official sizes, with fingerprints, two processes"
    beside(own, peer, what, "Pillow: open, crop, resize, save; two processes", least=LEAST, rounds=3)
