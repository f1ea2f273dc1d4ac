"""Batches for training beside torchvision's ImageFolder, and beside the bare decoding of their JPEGs.

One process, one thread, batches of 64, 256 photos. The peer: ImageFolder over JPEGs with a long side of 300 pixels
(quality 75, colour at half resolution: Pillow's default), whose loader opens with PIL and crops to the box; Resize to
the crop's side, RandomHorizontalFlip, ToTensor, Normalize; a DataLoader without workers. Ours: Batches.load from the
same boxes' crops, with all of its augmentation (mirror, turn, scale, shift, brightness, contrast, saturation) or with
the mirror alone, as the peer has it. At 96 pixels from raw crops; at 224 from JPEGs (quality and sampling of
prepare/crops.py), where bare decoding is OpenCV's of the same JPEGs in memory, the pixels thrown away.
"""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from factories import make_prepared
from PIL import Image
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

from fashionnet import batches as module
from fashionnet.batches import DEVIATION, MEAN, Batches
from fashionnet.prepare.crops import PACKED, encode, open_crops, save_offsets
from fashionnet.prepare.photos import crop_photo, read_photo

pytestmark = [pytest.mark.benchmark, pytest.mark.usefixtures("one_thread")]

LONG, BATCH = 300, 64
BATCHES = {"all augmentation": 0.1, "mirror alone": 0.25}  # share of the time that bare decoding is, at least


def box_of(photo):
    """A square in the middle, four fifths of the shorter side, as boxes with their margin are."""
    half = round(0.4 * min(photo.size))
    x, y = photo.width // 2, photo.height // 2
    return x - half, y - half, x + half, y + half


@pytest.fixture(scope="module")
def folder(photos, tmp_path_factory):
    """The photos at official size, in one class."""
    root = tmp_path_factory.mktemp("photos")
    (root / "garment").mkdir()
    for number, path in enumerate(photos):
        photo = read_photo(path)
        scale = LONG / max(photo.size)
        size = [round(side * scale) for side in photo.size]
        photo.resize(size, Image.Resampling.BICUBIC).save(root / f"garment/{number:06d}.jpg")
    return root


def by_torchvision(folder, side):
    """The peer's epoch, as a function."""

    def load(path):
        with Image.open(path) as photo:
            return photo.convert("RGB").crop(box_of(photo))

    steps = [
        transforms.Resize((side, side)),
        transforms.RandomHorizontalFlip(),
        transforms.ToTensor(),
        transforms.Normalize(MEAN, DEVIATION),
    ]
    loader = DataLoader(ImageFolder(folder, transforms.Compose(steps), loader=load), BATCH, shuffle=True)

    def epoch():
        for images, _ in loader:
            assert images.shape[1:] == (3, side, side)

    return epoch


def ours(folder, target, side, storage):
    """The crops in `target`, and an epoch of batches from them as a function."""
    codes = []
    for path in sorted(folder.glob("*/*.jpg")):
        photo = read_photo(path)
        codes.append(encode(crop_photo(photo, np.array(box_of(photo), float), 0.0, side), storage))
    (target / PACKED).write_bytes(b"".join(codes))
    save_offsets(target, map(len, codes), storage)
    crops = open_crops(target, (len(codes), side, side, 3), storage)
    prepared = replace(make_prepared(len(codes), image_size=32, benchmarks=["category_attribute"]), crops=crops)
    batches = Batches(prepared, np.arange(len(codes)), BATCH, 0, torch.device("cpu"))

    def epoch():
        for rows in batches.epoch(1):
            assert batches.load(rows, epoch=1).images.shape[1:] == (3, side, side)

    return codes, epoch


def mirrored(images, change):
    images = images.contiguous()  # which channels last would slow down
    return torch.where(change.mirror[:, None, None, None], images.flip(3), images)


@pytest.fixture(params=["all augmentation", "mirror alone"])
def augmentation(request, monkeypatch):
    if request.param == "mirror alone":
        monkeypatch.setattr(module, "augment_images", mirrored)
    return request.param


def test_raw_crops_of_96_pixels_come_4_times_as_fast_as_from_image_folder(beside, folder, tmp_path, augmentation):
    _, epoch = ours(folder, tmp_path, 96, "raw")
    what = f"batches for training from raw crops of 96 pixels, {augmentation}, one thread"
    beside(epoch, by_torchvision(folder, 96), what, "ImageFolder with PIL, the same crop and flip", least=4)


def test_jpeg_crops_of_224_pixels_come_as_fast_as_from_image_folder(beside, folder, tmp_path, augmentation):
    _, epoch = ours(folder, tmp_path, 224, "jpeg")
    what = f"batches for training from JPEG crops of 224 pixels, {augmentation}, one thread"
    beside(epoch, by_torchvision(folder, 224), what, "ImageFolder with PIL, the same crop and flip", least=1)


def test_how_near_jpeg_crops_of_224_pixels_come_to_bare_decoding(beside, folder, tmp_path, augmentation):
    codes, epoch = ours(folder, tmp_path, 224, "jpeg")
    what = f"the same batches, {augmentation}"
    beside(epoch, decoding(codes), what, "bare decoding of their JPEGs", least=BATCHES[augmentation])


def test_reading_jpeg_crops_takes_hardly_longer_than_bare_decoding(beside, folder, tmp_path):
    codes, _ = ours(folder, tmp_path, 224, "jpeg")
    crops = open_crops(tmp_path, (len(codes), 224, 224, 3), "jpeg")

    def read():
        for place in range(0, len(codes), 2):
            crops[place : place + 2]

    beside(read, decoding(codes), "reading the same crops, two at a time", "bare decoding of their JPEGs", least=0.8)


def decoding(codes):
    """OpenCV's, which gives the pixels that Pillow gives, in less time (test_jpeg_crops.py)."""
    arrays = [np.frombuffer(code, np.uint8) for code in codes]

    def bare():
        for code in arrays:
            cv2.imdecode(code, cv2.IMREAD_COLOR_RGB)

    return bare
