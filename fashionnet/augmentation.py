"""Augmentation of pictures, which moves the landmarks too."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from fashionnet.device import constant
from fashionnet.formats.codes import LANDMARK_NAMES

TRUNCATED = 2  # the visibility code of a landmark outside the picture

# Modest, since garments keep their colour and stand upright: ours, the paper is silent.
SHIFT = 0.03  # of the crop's side, either way
SCALE = 0.06  # factor from 1 / (1 + SCALE) to 1 + SCALE
ROTATION = np.radians(6)  # either way
BRIGHTNESS, CONTRAST, SATURATION = 0.15, 0.15, 0.15  # factors from 1 - x to 1 + x


def mirror_order(names: tuple[str, ...]) -> np.ndarray:
    """(L,) which point takes each place in the mirrored picture: "left NAME" and "right NAME" change places."""
    swap = {"left": "right", "right": "left"}
    mirrored = [" ".join(swap.get(word, word) for word in name.split(" ")) for name in names]
    return np.array([names.index(name) for name in mirrored])


MIRRORED = tuple(mirror_order(LANDMARK_NAMES).tolist())


class Change(NamedTuple):
    """What augmentation does to each of N photos. mirror: (N,) bool. move, shift: (N, 2, 2) and (N, 2); a point (x, y)
    in [-1, 1] of the picture moves to move @ (x, y) + shift. back: (N, 2, 3), the inverse, where a pixel of the new
    picture comes from. light: (N, 3), factors of brightness, contrast and saturation."""

    mirror: Tensor
    move: Tensor
    shift: Tensor
    back: Tensor
    light: Tensor


def change_of(draw: Tensor) -> Change:
    """draw: (N, 8) in [0, 1). A draw of 0.5 changes nothing."""
    mirror = draw[:, 0] < 0.5
    angle = (2 * draw[:, 1] - 1) * ROTATION
    scale = (1 + SCALE) ** (2 * draw[:, 2] - 1)
    shift = (2 * draw[:, 3:5] - 1) * 2 * SHIFT  # a picture's side is 2
    cos, sin = scale * angle.cos(), scale * angle.sin()
    side = torch.where(mirror, -1.0, 1.0)
    move = torch.stack([torch.stack([cos * side, -sin], 1), torch.stack([sin * side, cos], 1)], 1)
    back = torch.stack([torch.stack([cos * side, sin * side], 1), torch.stack([-sin, cos], 1)], 1)
    back = back / scale.square()[:, None, None]
    strength = constant((BRIGHTNESS, CONTRAST, SATURATION), draw.device)
    light = 1 + (2 * draw[:, 5:] - 1) * strength
    return Change(mirror, move, shift, torch.cat([back, -back @ shift[:, :, None]], 2), light)


def augment_landmarks(landmarks: Tensor, visibility: Tensor, change: Change) -> tuple[Tensor, Tensor]:
    """landmarks: (N, 8, 2) shares of the crop, NaN where unknown. visibility: (N, 8) codes. Returns both anew.

    A mirrored garment's left collar is a right one; a landmark that leaves the picture has become truncated.
    """
    order = constant(MIRRORED, landmarks.device, torch.int64)
    landmarks = torch.where(change.mirror[:, None, None], landmarks[:, order], landmarks)
    visibility = torch.where(change.mirror[:, None], visibility[:, order], visibility)
    moved = ((2 * landmarks - 1) @ change.move.transpose(1, 2) + change.shift[:, None] + 1) / 2
    left = _inside(landmarks) & ~_inside(moved)
    return moved, torch.where(left & (visibility >= 0), TRUNCATED, visibility)


def augment_images(images: Tensor, change: Change) -> Tensor:
    """(N, 3, S, S) in [0, 1] → the same anew: mirrored, turned, scaled and shifted, and in other light."""
    grid = _grid(change.back, images.shape[-1])
    images = F.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)
    brightness, contrast, saturation = (factor[:, None, None, None] for factor in change.light.unbind(1))
    images.mul_(brightness)
    mean = images.mean((1, 2, 3), keepdim=True)
    images.sub_(mean).mul_(contrast).add_(mean)
    grey = images.mean(1, keepdim=True)
    return images.sub_(grey).mul_(saturation).add_(grey).clamp_(0, 1)


def _grid(back: Tensor, size: int) -> Tensor:
    """(N, 2, 3) → (N, size, size, 2): `affine_grid`, whose product of matrices takes twenty times as long."""
    axis = torch.linspace(-1, 1, size, device=back.device) * (size - 1) / size
    x, y, shift = back[..., None].unbind(2)
    return ((x * axis)[:, :, None] + (y * axis)[..., None]).add_(shift[..., None]).permute(0, 2, 3, 1)


def _inside(points: Tensor) -> Tensor:
    return ((points >= 0) & (points <= 1)).all(2)
