"""Crops to tensors: which photos meet in a batch, and what of augmentation is drawn for each.

Everything random here is a function of seed, epoch and photo alone, so that a run that is resumed in the middle of an
epoch sees the very pictures that it would have seen.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn import functional as F

from fashionnet.augmentation import TRUNCATED, Change, augment_images, augment_landmarks, change_of
from fashionnet.device import constant, pinned
from fashionnet.prepare.tables import ABSENT, Prepared

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, which torchvision's weights expect
GROUP = 2  # photos of one item that are put into a batch together: many items, so that there are many negatives

CACHED = 2**17  # pixels that a thread works on at a time: as floats they fit a core's cache


class Batch(NamedTuple):
    """images (N, 3, S, S) float32, normalised; landmarks (N, 8, 2) x and y as shares of the crop, NaN where unknown;
    visibility (N, 8) int64: 0 visible, 1 occluded, 2 truncated or absent, -1 no landmarks annotated; category (N,)
    int64, -1 unknown; attributes (N, A) int8 in {1, -1, 0 unknown}; item (N,) int64, a number for each benchmark's
    items, -1 none to learn from; source (N,) int64, as of `sources`."""

    images: Tensor
    landmarks: Tensor
    visibility: Tensor
    category: Tensor
    attributes: Tensor
    item: Tensor
    source: Tensor


class Read(NamedTuple):
    """What a batch is made of, as it was read: crops (N, S, S, 3) uint8; the labels as in Batch, landmarks and
    visibility before augmentation; draw (N, 8) as of `draws`, None for photos as they are."""

    crops: Tensor
    landmarks: Tensor
    visibility: Tensor
    category: Tensor
    attributes: Tensor
    item: Tensor
    source: Tensor
    draw: Tensor | None


def sources(photos: pd.DataFrame) -> np.ndarray:
    """(N,) int64: 1 shop, 2 consumer; 0 where pairs need not cross domains, in all benchmarks but consumer-to-shop."""
    across = (photos["benchmark"] == "consumer_to_shop") & (photos["item"] != "")
    return photos["source_type"].where(across, 0).to_numpy(np.int64)


def visibility_codes(prepared: Prepared) -> np.ndarray:
    """(N, 8): 0 visible, 1 occluded, 2 truncated or absent, -1 for a photo without annotated landmarks, which teaches
    nothing of them. A slot that the garment's type lacks is trained as invisible, so that its gate closes."""
    codes = np.where(prepared.visibility == ABSENT, TRUNCATED, prepared.visibility)
    return np.where(prepared.photos["landmarked"].to_numpy()[:, None], codes, -1).astype(np.int64)


def annotated(prepared: Prepared, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True landmarks (R, 8, 2) and visibility codes (R, 8) of the photos `rows`, which an oracle alone is told."""
    return prepared.landmarks[rows], visibility_codes(prepared)[rows]


class Batches:
    """The photos `rows` of the prepared data as batches of tensors on `device`.

    pairs: whose items the loss of pairs learns from, "all", "in_shop" or "none". Batches are composed alike in any
    case, so that experiments differ in nothing else.
    """

    def __init__(
        self,
        prepared: Prepared,
        rows: np.ndarray,
        batch_size: int,
        seed: int,
        device: torch.device,
        pairs: str = "all",
    ) -> None:
        self.prepared, self.rows, self.batch_size, self.seed, self.device = prepared, rows, batch_size, seed, device
        photos = prepared.photos
        retrieval = (photos["item"] != "").to_numpy()
        self.item = np.full(len(photos), -1)
        # Of these rows alone: what stands in the test split shall not change so much as a number here.
        self.item[rows] = (photos["benchmark"] + "/" + photos["item"]).iloc[rows].factorize()[0]
        self.item[~retrieval] = -1
        self.source = sources(photos)
        learned = {"all": retrieval, "in_shop": (photos["benchmark"] == "in_shop").to_numpy(), "none": False}
        self.paired = np.where(learned[pairs], self.item, -1)
        self.category = photos["category"].to_numpy()
        self.visibility = visibility_codes(prepared)

    def __len__(self) -> int:
        """Batches in an epoch; the last is as large as the others, since batch norm needs company."""
        return max(1, round(len(self.rows) / self.batch_size))

    def epoch(self, epoch: int) -> list[np.ndarray]:
        """Every row once, in an order of this epoch's own, cut into len(self) batches.

        Photos of an item come in groups of up to GROUP (consumer-to-shop: from both domains), photos without an item
        alone. Groups and lone photos of each benchmark are spread evenly, so that each batch is like the whole: ours,
        the paper is silent on how pairs are sampled. No group is cut, so batches differ by a few photos in size.
        """
        rng = np.random.default_rng([self.seed, epoch, 0])
        rows = rng.permutation(self.rows)
        benchmark = self.prepared.photos["benchmark"].to_numpy(dtype=str)
        units: list[np.ndarray] = []
        places: list[np.ndarray] = []
        for name in np.unique(benchmark[rows]):
            own = self._units(rows[benchmark[rows] == name])
            own = [own[i] for i in rng.permutation(len(own))]
            units += own
            places.append((np.arange(len(own)) + rng.random()) / len(own))
        order = np.argsort(np.concatenate(places), kind="stable")
        units = [units[i] for i in order]
        ends = np.cumsum([len(unit) for unit in units])
        cuts = np.searchsorted(ends, np.arange(1, len(self)) * len(rows) / len(self))
        starts = [0, *cuts, len(units)]
        return [np.concatenate(units[a:b]) for a, b in pairwise(starts)]

    def _units(self, rows: np.ndarray) -> list[np.ndarray]:
        """Rows of one benchmark as groups of an item's photos, in the order they come in."""
        lone = rows[self.item[rows] < 0]
        rows = rows[self.item[rows] >= 0]
        units = [lone[i : i + 1] for i in range(len(lone))]
        rows = rows[np.argsort(self.item[rows], kind="stable")]
        for own in np.split(rows, np.flatnonzero(np.diff(self.item[rows])) + 1) if len(rows) else ():
            # Domains take turns, so that each group of an item has photos of both while they last.
            turn = np.zeros(len(own))
            for source in np.unique(self.source[own]):
                turn[self.source[own] == source] = np.arange((self.source[own] == source).sum())
            own = own[np.lexsort((self.source[own], turn))]
            units += np.array_split(own, -(-len(own) // GROUP))
        return units

    def load(self, rows: np.ndarray, epoch: int | None = None, size: int | None = None) -> Batch:
        """The photos of `rows`; augmented by this epoch's draw, or as they are when `epoch` is None. size: of the
        pictures in pixels, by default that of the crops."""
        return self.ready(self.read(rows, epoch), size)

    def read(self, rows: np.ndarray, epoch: int | None = None) -> Read:
        """The first half of `load`, for threads that read ahead: nothing here depends on who does it, or when."""
        prepared = self.prepared
        labels = (self.category[rows], prepared.attributes[rows], self.paired[rows], self.source[rows])
        arrays = (prepared.crops[rows], prepared.landmarks[rows], self.visibility[rows], *labels)
        tensors = [pinned(torch.from_numpy(np.ascontiguousarray(array)), self.device) for array in arrays]
        draw = None if epoch is None else pinned(torch.from_numpy(draws(self.seed, epoch, rows)), self.device)
        return Read(*tensors, draw)

    def ready(self, read: Read, size: int | None = None) -> Batch:
        """The second half, on the device."""
        crops, landmarks, visibility, category, attributes, item, source, draw = (
            None if tensor is None else tensor.to(self.device, non_blocking=True) for tensor in read
        )
        change = None
        if draw is not None:
            change = change_of(draw)
            landmarks, visibility = augment_landmarks(landmarks, visibility, change)
        images = to_pictures(crops, change, size)
        return Batch(images, landmarks, visibility, category.long(), attributes, item.long(), source.long())


def to_pictures(crops: Tensor, change: Change | None, size: int | None = None) -> Tensor:
    """(N, S, S, 3) uint8 to Batch.images on the same device, changed by `change`, of `size` pixels.

    On the CPU a few at a time, so that all that is done to a picture is done in its cache.
    """

    def done(crops: Tensor, change: Change | None) -> Tensor:
        images = shrunk(crops, size)
        return normalised(images if change is None else augment_images(images, change))

    if crops.device.type != "cpu":
        return done(crops, change).contiguous(memory_format=torch.channels_last)
    # numpy asks the system for huge pages, as torch does not: at 224 pixels to get small ones takes as long as to
    # decode a JPEG.
    side = size or crops.shape[1]
    images = torch.from_numpy(np.empty((len(crops), side, side, 3), np.float32)).permute(0, 3, 1, 2)
    # No picture alone: threads would sum its pixels in another order.
    few = max(2, torch.get_num_threads() * CACHED // crops.shape[1] ** 2)
    for own in np.array_split(np.arange(len(crops)), max(1, len(crops) // few)):
        part = slice(own[0], own[-1] + 1)
        images[part] = done(crops[part], None if change is None else Change(*(of[part] for of in change)))
    return images


def to_images(crops: np.ndarray, device: torch.device, size: int | None = None) -> Tensor:
    """(N, S, S, 3) uint8 RGB to (N, 3, size, size) float32 in [0, 1], channels last in memory; size: S by default,
    each pixel the mean of those it covers."""
    return shrunk(pixels(crops).to(device), size)


def pixels(crops: np.ndarray) -> Tensor:
    """The same as a tensor. Raw crops may be mapped read-only, which torch would warn of."""
    return torch.from_numpy(np.require(crops, requirements="W"))


def shrunk(crops: Tensor, size: int | None = None) -> Tensor:
    """`to_images` of crops that are on the device already."""
    images = crops.permute(0, 3, 1, 2).float().div_(255)
    return images if size in (None, images.shape[-1]) else F.interpolate(images, (size, size), mode="area")


def normalised(images: Tensor) -> Tensor:
    """(N, 3, S, S) in [0, 1] to what the networks take: ImageNet's mean taken off, divided by its deviation. The order
    in memory stays."""
    mean, deviation = (constant(values, images.device)[:, None, None] for values in (MEAN, DEVIATION))
    return (images - mean).div_(deviation)


def draws(seed: int, epoch: int, rows: np.ndarray) -> np.ndarray:
    """(N, 8) float32 in [0, 1): what is done to the photo of each row in this epoch."""
    # Row + 1, since numpy takes [seed, epoch] and [seed, epoch, 0] for the same seed and the epoch's order has that.
    return np.stack([np.random.default_rng([seed, epoch, int(row) + 1]).random(8, dtype=np.float32) for row in rows])
