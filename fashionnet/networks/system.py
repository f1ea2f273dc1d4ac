"""What the compared networks have in common: their outputs, their fully connected layers, how they start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fashionnet.networks.trunk import Trunk, load_vgg, read_weights


class Match(NamedTuple):
    """A similarity network's two sides, so that any query can be matched with any gallery photo: the hidden layer of a
    pair is ReLU(query + gallery), and weight and bias make two logits of it: no match, match.

    query: (Q, H). gallery: (G, H); of a network's output, both of the same N photos. weight: (2, H). bias: (2,)."""

    query: Tensor
    gallery: Tensor
    weight: Tensor
    bias: Tensor

    def logits(self) -> Tensor:
        """(Q, G, 2) of each query with each gallery photo."""
        hidden = F.relu(self.query[:, None] + self.gallery)
        return F.linear(hidden, self.weight, self.bias)


class Output(NamedTuple):
    """What a network says of N photos; None for what it has no head for.

    landmarks (N, 8, 2) x and y as shares of the crop, unbounded; visibility (N, 8, 3) logits of visible, occluded,
    truncated or absent; category (R, C) and attributes (R, A) logits; feature (N, D) of length one; match: the
    similarity network's, where photos are ranked by it and not by the features' distance. rows: (R,) the photo that
    each row of category and attributes speaks of, where a network judges some photos twice; None: of each photo once.
    """

    feature: Tensor
    category: Tensor | None = None
    attributes: Tensor | None = None
    landmarks: Tensor | None = None
    visibility: Tensor | None = None
    match: Match | None = None
    rows: Tensor | None = None


def full(values: Tensor) -> Tensor:
    """What mixed precision left in bfloat16 as float32, all else as it is: distances of features need the digits."""
    return values.float() if values.dtype == torch.bfloat16 else values


class Head(nn.Linear):
    """A layer whose outputs are logits or coordinates: it starts near zero, AdamW trains it, and it computes in float32
    where mixed precision has the others in bfloat16, whose steps are as wide as a pixel."""

    def forward(self, hidden: Tensor) -> Tensor:
        if hidden.dtype != torch.bfloat16:
            return super().forward(hidden)
        with torch.autocast(hidden.device.type, enabled=False):
            return super().forward(full(hidden))


def dense(size_in: int, size_out: int, batch_norm: bool, dropout: float) -> nn.Sequential:
    """A fully connected layer with (batch norm,) ReLU and dropout."""
    layers: list[nn.Module] = [nn.Linear(size_in, size_out)]
    if batch_norm:
        layers.append(nn.BatchNorm1d(size_out))
    return nn.Sequential(*layers, nn.ReLU(), nn.Dropout(dropout))


class System(nn.Module):
    """conv1 to conv4 of VGG-16 and, by each system, what comes after.

    predicts: the names of Output that such a network may have, beside the feature; outputs: those that it has a head
    for. by_source: whether it asks for each photo's source. by_match: whether it ranks by `Match`. oracle: whether it
    asks for each photo's true landmarks. conv5s: its copies of VGG's last block. sizes: the arguments that it was made
    with. untrained: outputs that the training data had no labels for.
    """

    predicts: tuple[str, ...] = ("category", "attributes")
    conv5s: tuple[str, ...]
    by_source: bool = False
    by_match: bool = False
    oracle: bool = False

    def __init__(self, has: Mapping[str, int], width: float, batch_norm: bool, image_size: int, **others: Any) -> None:
        """has: the number of categories and of attributes, by their outputs' names. others: the system's further
        arguments, kept in `sizes`."""
        super().__init__()
        if image_size < 32:
            raise ValueError(f"found image_size {image_size}, expected at least 32: five poolings halve it")
        self.sizes = {"width": width, "batch_norm": batch_norm, "image_size": image_size, **others}
        self.outputs = tuple(name for name in self.predicts if has.get(name, 1))
        self.untrained: frozenset[str] = frozenset()
        self.grid = -(-image_size // 32)
        self.trunk = Trunk(width, batch_norm)
        self.pool = nn.MaxPool2d(2)

    def pool5(self, maps: Tensor) -> Tensor:
        """Max-pool conv5's maps to the grid that the fully connected layers take: VGG's 2 x 2 at `image_size` (where
        that leaves half a cell, the windows overlap), smaller windows for a smaller picture, so that a training can
        begin with small ones (ours)."""
        stride = maps.shape[-1] // self.grid
        return F.max_pool2d(maps, maps.shape[-1] - (self.grid - 1) * stride, stride)

    def judged(self, source: Tensor) -> Tensor | None:
        """Output.rows of a batch in training, which follow from the photos' sources (N,) alone."""
        return None

    def initialise(self) -> None:
        """He's initialisation for layers before a ReLU (He et al. 2015, as in torchvision's VGG), heads near zero,
        biases zero."""
        layers = [layer for layer in self.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
        for layer in layers:
            nn.init.kaiming_normal_(layer.weight, mode="fan_out" if isinstance(layer, nn.Conv2d) else "fan_in")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        for layer in layers:
            if isinstance(layer, Head):
                nn.init.normal_(layer.weight, std=0.01)

    def load_vgg(self, source: str | Path) -> None:
        """Start conv1 to conv4 and every conv5 from torchvision's VGG-16 weights (width 1).

        source: "imagenet", or a file of torchvision's vgg16 (or vgg16_bn with batch norm): torch.save's or safetensors.
        Raises WeightsError for weights that do not fit, FileNotFoundError.
        """
        shared = [layer for part in self.trunk if isinstance(part, nn.Sequential) for layer in part]
        chains = [[*shared, *self.get_submodule(name)] for name in self.conv5s]
        load_vgg(chains, read_weights(source, self.sizes["batch_norm"]), str(source))


def picked(which: Tensor, yes: Tensor | None, no: Tensor | None) -> Tensor | None:
    """(N,) bool, two (N, …) tensors or None → (N, …), each row from `yes` or `no`."""
    if yes is None or no is None:
        return None
    return torch.where(which.view(-1, *(1,) * (yes.dim() - 1)), yes, no)
