"""Crops to tensors: which photos meet in a batch, and the augmentation that moves the landmarks too.

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

from fashionnet.formats.codes import LANDMARK_NAMES
from fashionnet.prepare.tables import ABSENT, Prepared

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, which torchvision's weights expect
TRUNCATED = 2
GROUP = 2  # photos of one item that are put into a batch together: many items, so that there are many negatives

# Modest, since garments keep their colour and stand upright: ours, the paper is silent.
SHIFT = 0.03  # of the crop's side, either way
SCALE = 0.06  # factor from 1 / (1 + SCALE) to 1 + SCALE
ROTATION = np.radians(6)  # either way
BRIGHTNESS, CONTRAST, SATURATION = 0.15, 0.15, 0.15  # factors from 1 - x to 1 + x


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


def mirror_order(names: tuple[str, ...]) -> np.ndarray:
    """(L,) which point takes each place in the mirrored picture: "left NAME" and "right NAME" change places."""
    swap = {"left": "right", "right": "left"}
    mirrored = [" ".join(swap.get(word, word) for word in name.split(" ")) for name in names]
    return np.array([names.index(name) for name in mirrored])


MIRRORED = mirror_order(LANDMARK_NAMES)


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
        prepared = self.prepared
        images = to_images(prepared.crops[rows], self.device, size)
        landmarks = torch.from_numpy(prepared.landmarks[rows]).to(self.device)
        visibility = torch.from_numpy(self.visibility[rows]).to(self.device)
        if epoch is not None:
            draw = torch.from_numpy(draws(self.seed, epoch, rows)).to(self.device)
            images, landmarks, visibility = augment(images, landmarks, visibility, draw)
        images = normalised(images)
        labels = (self.category[rows], prepared.attributes[rows], self.paired[rows], self.source[rows])
        category, attributes, item, source = (torch.from_numpy(np.ascontiguousarray(v)).to(self.device) for v in labels)
        return Batch(images, landmarks, visibility, category.long(), attributes, item.long(), source.long())


def to_images(crops: np.ndarray, device: torch.device, size: int | None = None) -> Tensor:
    """(N, S, S, 3) uint8 RGB to (N, 3, size, size) float32 in [0, 1], channels last in memory; size: S by default,
    each pixel the mean of those it covers."""
    # A copy: the crops are mapped read-only, which torch would warn of.
    images = torch.from_numpy(np.array(crops)).to(device).permute(0, 3, 1, 2).float() / 255
    return images if size in (None, images.shape[-1]) else F.interpolate(images, (size, size), mode="area")


def normalised(images: Tensor) -> Tensor:
    """(N, 3, S, S) in [0, 1] to what the networks take: ImageNet's mean taken off, divided by its deviation."""
    mean, deviation = (torch.tensor(v, device=images.device)[:, None, None] for v in (MEAN, DEVIATION))
    return ((images - mean) / deviation).contiguous(memory_format=torch.channels_last)


def draws(seed: int, epoch: int, rows: np.ndarray) -> np.ndarray:
    """(N, 8) float32 in [0, 1): what `augment` does to the photo of each row in this epoch."""
    # Row + 1, since numpy takes [seed, epoch] and [seed, epoch, 0] for the same seed and the epoch's order has that.
    return np.stack([np.random.default_rng([seed, epoch, int(row) + 1]).random(8, dtype=np.float32) for row in rows])


def augment(images: Tensor, landmarks: Tensor, visibility: Tensor, draw: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mirror, turn, scale and shift pictures with their landmarks, and change their light.

    images: (N, 3, S, S) in [0, 1]. landmarks: (N, 8, 2) shares of the crop, NaN where unknown. visibility: (N, 8)
    codes. draw: (N, 8) in [0, 1). Returns the three anew. A mirrored garment's left collar is a right one; a landmark
    that leaves the picture has become truncated.
    """
    mirror = draw[:, 0] < 0.5
    angle = (2 * draw[:, 1] - 1) * ROTATION
    scale = (1 + SCALE) ** (2 * draw[:, 2] - 1)
    shift = (2 * draw[:, 3:5] - 1) * 2 * SHIFT  # in the coordinates below, in which the side is 2
    cos, sin = scale * angle.cos(), scale * angle.sin()
    side = torch.where(mirror, -1.0, 1.0)
    # Points (x, y) in [-1, 1] move to move @ (x, y) + shift; a pixel of the new picture comes from the inverse.
    move = torch.stack([torch.stack([cos * side, -sin], 1), torch.stack([sin * side, cos], 1)], 1)
    back = torch.stack([torch.stack([cos * side, sin * side], 1), torch.stack([-sin, cos], 1)], 1)
    back = back / scale.square()[:, None, None]
    theta = torch.cat([back, -back @ shift[:, :, None]], 2)
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    images = F.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)

    order = torch.from_numpy(MIRRORED).to(landmarks.device)
    landmarks = torch.where(mirror[:, None, None], landmarks[:, order], landmarks)
    visibility = torch.where(mirror[:, None], visibility[:, order], visibility)
    moved = ((2 * landmarks - 1) @ move.transpose(1, 2) + shift[:, None] + 1) / 2
    left = _inside(landmarks) & ~_inside(moved)
    visibility = torch.where(left & (visibility >= 0), TRUNCATED, visibility)

    brightness, contrast, saturation = (
        1 + (2 * draw[:, 5 + i, None, None, None] - 1) * strength
        for i, strength in enumerate((BRIGHTNESS, CONTRAST, SATURATION))
    )
    images = images * brightness
    mean = images.mean((1, 2, 3), keepdim=True)
    images = mean + (images - mean) * contrast
    grey = images.mean(1, keepdim=True)
    images = grey + (images - grey) * saturation
    return images.clamp(0, 1), moved, visibility


def _inside(points: Tensor) -> Tensor:
    return ((points >= 0) & (points <= 1)).all(2)
