"""FashionNet's forward pass in two parts: what it costs to look at a photo, and the rest, which landmarks decide.

`judged(network, seen, seen.places, seen.gates)` is what the network says by itself; other places and gates are pooled
in their stead, and everything after them is the network's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from fashionnet.batches import normalised, to_images
from fashionnet.networks import FashionNet, landmark_pool
from fashionnet.networks.fashionnet import VISIBLE
from fashionnet.networks.system import full
from fashionnet.predictions import Arrays


class Seen(NamedTuple):
    """maps: (1, C, H, W) of conv4_3. whole: (1, D), the global branch. places: (8, 2) shares of the crop and gates:
    (8,) in [0, 1], by which the network pools itself."""

    maps: Tensor
    whole: Tensor
    places: np.ndarray
    gates: np.ndarray


def look(network: FashionNet, crop: np.ndarray) -> Seen:
    """Of a crop (S, S, 3) uint8 RGB: the trunk, the pose branch and the global branch."""
    device = next(network.parameters()).device
    network.to(memory_format=torch.channels_last).eval()
    with torch.inference_mode():
        maps = network.trunk(normalised(to_images(crop[None], device, network.sizes["image_size"])))
        pooled = network.pool(maps)
        landmarks, visibility = network.pose(pooled)
        whole = network.fc6_global(network.pool5(network.conv5_global(pooled)).flatten(1))
        places, gates = network.pooled_at(landmarks, visibility.softmax(2)[..., VISIBLE], None)
    return Seen(maps, whole, places[0].float().cpu().numpy(), gates[0].float().cpu().numpy())


def judged(network: FashionNet, seen: Seen, places: np.ndarray, gates: np.ndarray) -> Arrays:
    """category (1, C), attributes (1, A) and feature (1, D) as of `inference.predict`.

    Pooled at the given places (8, 2), shares of the crop, with the given gates (8,).
    """
    device = seen.maps.device
    with torch.inference_mode():
        where, how_far = (torch.from_numpy(np.float32(array)[None]).to(device) for array in (places, gates))
        window = network.window * seen.maps.shape[-1]
        pooled = landmark_pool(seen.maps, where, how_far, window, network.bins)
        fused = network.fc7_fusion(torch.cat([seen.whole, network.fc6_local(pooled.flatten(1))], 1))
        heads: dict[str, Callable[[Tensor], Tensor]] = {"feature": lambda hidden: F.normalize(full(hidden), dim=1)}
        heads |= {
            name: getattr(network, name)
            for name in ("category", "attributes")
            if name in network.outputs and name not in network.untrained
        }
        return {name: head(fused).float().cpu().numpy() for name, head in heads.items()}


def windows(network: FashionNet, seen: Seen, places: np.ndarray) -> np.ndarray:
    """(8, 4): left, top, right and bottom of the window that `landmark_pool` takes at each place (8, 2).

    Shares of the crop; a window is whole cells of the map, and may lie beside it.
    """
    size = np.array(seen.maps.shape[:1:-1], np.float32)  # width, height, in the precision of `landmark_pool`
    side = max(1, int(network.window * size[0] + 0.5))
    start = np.floor(np.float32(places) * size - side / 2 + 0.5).clip(-side, size)
    return np.concatenate([start, start + side], axis=1) / np.tile(size, 2)
