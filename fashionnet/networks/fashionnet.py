"""FashionNet: landmarks, categories, attributes and a retrieval feature from one picture (section 3 of the paper)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fashionnet.networks.pooling import landmark_pool
from fashionnet.networks.trunk import BLOCKS, Trunk, block, initialise, load_vgg, read_weights, scaled

LANDMARKS = 8
VISIBLE = 0  # class of the visibility softmax whose probability is the gate; 1 occluded, 2 truncated or absent
# Where the landmarks of a garment that fills its crop are, about: the first guess of an untrained pose branch, so that
# the local branch sees eight different places from the first step on, and also where no landmarks are annotated (ours).
USUAL_PLACES = (
    (0.42, 0.15),
    (0.58, 0.15),
    (0.2, 0.5),
    (0.8, 0.5),
    (0.38, 0.5),
    (0.62, 0.5),
    (0.35, 0.85),
    (0.65, 0.85),
)


class Output(NamedTuple):
    """landmarks (N, 8, 2) x and y as shares of the crop, unbounded; visibility (N, 8, 3) logits of visible, occluded,
    truncated or absent; category (N, C) and attributes (N, A) logits, or None without that head; feature (N, D) of
    length one."""

    landmarks: Tensor
    visibility: Tensor
    category: Tensor | None
    attributes: Tensor | None
    feature: Tensor


def dense(size_in: int, size_out: int, batch_norm: bool, dropout: float) -> nn.Sequential:
    """A fully connected layer with (batch norm,) ReLU and dropout."""
    layers: list[nn.Module] = [nn.Linear(size_in, size_out)]
    if batch_norm:
        layers.append(nn.BatchNorm1d(size_out))
    return nn.Sequential(*layers, nn.ReLU(), nn.Dropout(dropout))


class FashionNet(nn.Module):
    """Three branches on the conv4 maps of VGG-16.

    The pose branch estimates landmarks and their visibility; the local branch pools conv4_3 around the estimated
    landmarks, gated by the estimated probability of being visible; the global branch looks at the whole picture.
    Global and local meet in fc7_fusion, which feeds the category, the attributes and retrieval.

    categories, attributes: number of outputs; 0 leaves the head out. width: factor on every layer; 1 with 224 px gives
    the paper's sizes. image_size: side of the square picture, pixels, at least 32. window: side of a landmark's
    window as a share of the map's. bins, dropout: of the local branch's pooling and of the fully connected layers.

    Ours, where the paper is silent: batch norm (the paper starts from ImageNet's weights, a network that learns from
    nothing needs it); the window's size; features of length one, so that the triplet margin has a fixed scale and a
    distance cannot grow with a picture's contrast.
    """

    def __init__(
        self,
        categories: int,
        attributes: int,
        width: float = 1.0,
        batch_norm: bool = False,
        image_size: int = 224,
        window: float = 0.25,
        bins: int = 2,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if image_size < 32:
            raise ValueError(f"found image_size {image_size}, expected at least 32: five poolings halve it")
        self.sizes = {
            "categories": categories,
            "attributes": attributes,
            "width": width,
            "batch_norm": batch_norm,
            "image_size": image_size,
            "window": window,
            "bins": bins,
            "dropout": dropout,
        }
        self.untrained: frozenset[str] = frozenset()  # outputs that the training data had no labels for
        self.window, self.bins, self.grid = window, bins, -(-image_size // 32)

        def fully(size_in: int, size: int) -> nn.Sequential:
            return dense(size_in, scaled(size, width), batch_norm, dropout)

        maps = scaled(BLOCKS["conv4"][0], width)
        top = scaled(BLOCKS["conv5"][0], width) * self.grid**2
        self.trunk = Trunk(width, batch_norm)
        self.pool = nn.MaxPool2d(2)

        self.conv5_pose = block("conv5", maps, width, batch_norm)
        self.fc6_pose = fully(top, 1024)
        self.fc7_pose = fully(scaled(1024, width), 1024)
        self.landmarks = nn.Linear(scaled(1024, width), LANDMARKS * 2)
        self.visibility = nn.Linear(scaled(1024, width), LANDMARKS * 3)

        self.conv5_global = block("conv5", maps, width, batch_norm)
        self.fc6_global = fully(top, 4096)
        self.fc6_local = fully(LANDMARKS * maps * bins**2, 1024)

        self.fc7_fusion = fully(scaled(4096, width) + scaled(1024, width), 1024)
        self.category = nn.Linear(scaled(1024, width), categories) if categories else None
        self.attributes = nn.Linear(scaled(1024, width), attributes) if attributes else None

        initialise(self)
        for head in (self.landmarks, self.visibility, self.category, self.attributes):
            if head is not None:
                nn.init.normal_(head.weight, std=0.01)
        with torch.no_grad():
            self.landmarks.bias.copy_(torch.tensor(USUAL_PLACES).flatten())

    def pool5(self, maps: Tensor) -> Tensor:
        """Max-pool conv5's maps to the grid that the fully connected layers take: VGG's 2 x 2 at `image_size` (where
        that leaves half a cell, the windows overlap), smaller windows for a smaller picture, so that a training can
        begin with small ones (ours)."""
        stride = maps.shape[-1] // self.grid
        return F.max_pool2d(maps, maps.shape[-1] - (self.grid - 1) * stride, stride)

    def pose(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        """Landmarks (N, 8, 2) and visibility logits (N, 8, 3) from pool4."""
        hidden = self.fc7_pose(self.fc6_pose(self.pool5(self.conv5_pose(pooled)).flatten(1)))
        return self.landmarks(hidden).unflatten(1, (LANDMARKS, 2)), self.visibility(hidden).unflatten(1, (LANDMARKS, 3))

    def forward(self, images: Tensor) -> Output:
        """images: (N, 3, S, S) float, normalised by ImageNet's mean and deviation; S is the network's image_size, or
        less as long as conv5's map, S // 16, is no smaller than `grid`: `pool5` makes up for it."""
        maps = self.trunk(images)  # (N, C, S / 8, S / 8)
        pooled = self.pool(maps)
        landmarks, visibility = self.pose(pooled)
        gates = visibility.softmax(2)[..., VISIBLE]
        window = self.window * maps.shape[-1]
        local = self.fc6_local(landmark_pool(maps, landmarks, gates, window, self.bins).flatten(1))
        whole = self.fc6_global(self.pool5(self.conv5_global(pooled)).flatten(1))
        fused = self.fc7_fusion(torch.cat([whole, local], 1))
        return Output(
            landmarks,
            visibility,
            None if self.category is None else self.category(fused),
            None if self.attributes is None else self.attributes(fused),
            F.normalize(fused, dim=1),
        )

    def load_vgg(self, source: str | Path) -> None:
        """Start conv1 to conv4, conv5_pose and conv5_global from torchvision's VGG-16 weights (width 1).

        source: "imagenet", or a file of torchvision's vgg16 (or vgg16_bn with batch norm): torch.save's or safetensors.
        Raises WeightsError for weights that do not fit, FileNotFoundError.
        """
        shared = [layer for part in self.trunk if isinstance(part, nn.Sequential) for layer in part]
        chains = [[*shared, *self.conv5_pose], [*shared, *self.conv5_global]]
        load_vgg(chains, read_weights(source, self.sizes["batch_norm"]), str(source))
