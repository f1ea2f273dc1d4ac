"""FashionNet: landmarks, categories, attributes and a retrieval feature from one picture (section 3 of the paper)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from fashionnet.networks.pooling import landmark_pool
from fashionnet.networks.system import Head, Output, System, dense, full
from fashionnet.networks.trunk import BLOCKS, block, scaled

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


class FashionNet(System):
    """Three branches on the conv4 maps of VGG-16.

    The pose branch estimates landmarks and their visibility; the local branch pools conv4_3 around the estimated
    landmarks, gated by the estimated probability of being visible; the global branch looks at the whole picture.
    Global and local meet in fc7_fusion, which feeds the category, the attributes and retrieval.

    categories, attributes: number of outputs; 0 leaves the head out. width: factor on every layer; 1 with 224 px gives
    the paper's sizes. image_size: side of the square picture, pixels, at least 32. window: side of a landmark's
    window as a share of the map's. bins, dropout: of the local branch's pooling and of the fully connected layers.

    local, gate: for experiments that take a part away. local: where the local branch pools. "landmarks", its own
    estimates, or "joints", which are estimates of human joints (the paper's FashionNet+Joints; what makes them joints
    is what the pose branch is trained with); "random", eight places that are drawn once and are the same in every
    photo, so that the branch can still learn what is usually there and only loses the garment: the harder control;
    "annotated", the true landmarks with the true visibility, an oracle (estimates where a photo has none); "none", no
    local branch, its parameters given to fc6_global. gate: False pools at hidden landmarks as at visible ones.

    Ours, where the paper is silent: batch norm (the paper starts from ImageNet's weights, a network that learns from
    nothing needs it); the window's size; features of length one, so that the triplet margin has a fixed scale and a
    distance cannot grow with a picture's contrast.
    """

    predicts = ("landmarks", "visibility", "category", "attributes")
    conv5s = ("conv5_pose", "conv5_global")

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
        local: str = "landmarks",
        gate: bool = True,
    ) -> None:
        has = {"category": categories, "attributes": attributes}
        own = {"categories": categories, "attributes": attributes, "dropout": dropout}
        pooling = {"window": window, "bins": bins, "local": local, "gate": gate}
        super().__init__(has, width, batch_norm, image_size, **own, **pooling)
        self.window, self.bins, self.local, self.gate = window, bins, local, gate
        self.oracle = local == "annotated"

        def fully(size_in: int, size: int) -> nn.Sequential:
            return dense(size_in, size, batch_norm, dropout)

        maps = scaled(BLOCKS["conv4"][0], width)
        top = scaled(BLOCKS["conv5"][0], width) * self.grid**2
        whole, part, fused = scaled(4096, width), scaled(1024, width), scaled(1024, width)
        pooled = LANDMARKS * maps * bins**2
        if local == "none":  # as many parameters: a unit of fc6_global has weights from below, to above, and its own
            own = 3 if batch_norm else 1
            whole += round(part * (pooled + fused + own) / (top + fused + own))

        self.conv5_pose = block("conv5", maps, width, batch_norm)
        self.fc6_pose = fully(top, scaled(1024, width))
        self.fc7_pose = fully(scaled(1024, width), scaled(1024, width))
        self.landmarks = Head(scaled(1024, width), LANDMARKS * 2)
        self.visibility = Head(scaled(1024, width), LANDMARKS * 3)

        self.conv5_global = block("conv5", maps, width, batch_norm)
        self.fc6_global = fully(top, whole)
        self.fc6_local = fully(pooled, part) if local != "none" else None

        self.fc7_fusion = fully(whole + (part if local != "none" else 0), fused)
        self.category = Head(fused, categories) if categories else None
        self.attributes = Head(fused, attributes) if attributes else None

        self.initialise()
        with torch.no_grad():
            self.landmarks.bias.copy_(torch.tensor(USUAL_PLACES).flatten())
        if local == "random":
            self.register_buffer("places", torch.rand(LANDMARKS, 2))

    def pose(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        """Landmarks (N, 8, 2) and visibility logits (N, 8, 3) from pool4."""
        hidden = self.fc7_pose(self.fc6_pose(self.pool5(self.conv5_pose(pooled)).flatten(1)))
        return self.landmarks(hidden).unflatten(1, (LANDMARKS, 2)), self.visibility(hidden).unflatten(1, (LANDMARKS, 3))

    def pooled_at(
        self, landmarks: Tensor, gates: Tensor, annotated: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, Tensor]:
        """Where the local branch pools, (N, 8, 2), and how far each gate is open, (N, 8)."""
        if self.local == "random":
            landmarks = self.places.expand_as(landmarks)
        elif self.local == "annotated" and annotated is not None:
            points, codes = annotated
            known = (codes >= 0).any(1, keepdim=True).expand_as(codes)
            gates = torch.where(known, (codes == VISIBLE).to(gates.dtype), gates)
            landmarks = torch.where(known[..., None] & points.isfinite(), points, landmarks)
        return landmarks, gates if self.gate else torch.ones_like(gates)

    def forward(
        self, images: Tensor, source: Tensor | None = None, annotated: tuple[Tensor, Tensor] | None = None
    ) -> Output:
        """images: (N, 3, S, S) float, normalised by ImageNet's mean and deviation; S is the network's image_size, or
        less as long as conv5's map, S // 16, is no smaller than `grid`: `pool5` makes up for it. source: not looked at.
        annotated: true landmarks (N, 8, 2) and visibility codes (N, 8), -1 unknown; for the oracle alone."""
        maps = self.trunk(images)  # (N, C, S / 8, S / 8)
        pooled = self.pool(maps)
        landmarks, visibility = self.pose(pooled)
        parts = [self.fc6_global(self.pool5(self.conv5_global(pooled)).flatten(1))]
        if self.fc6_local is not None:
            places, gates = self.pooled_at(landmarks, visibility.softmax(2)[..., VISIBLE], annotated)
            window = self.window * maps.shape[-1]
            parts.append(self.fc6_local(landmark_pool(maps, places, gates, window, self.bins).flatten(1)))
        fused = self.fc7_fusion(torch.cat(parts, 1))
        return Output(
            F.normalize(full(fused), dim=1),
            None if self.category is None else self.category(fused),
            None if self.attributes is None else self.attributes(fused),
            landmarks,
            visibility,
        )
