"""What a network says of crops: from their pixels alone, without augmentation or any label."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from fashionnet.batches import normalised, to_images
from fashionnet.networks import FashionNet
from fashionnet.progress import Counter

BATCH = 128  # part of the result: another batch size differs in the last bits


def predict(
    network: FashionNet,
    crops: np.ndarray,
    batch_size: int = BATCH,
    device: torch.device | str = "cpu",
    show: Callable[[str], None] | None = None,
    size: int | None = None,
) -> dict[str, np.ndarray]:
    """crops: (N, S, S, 3) uint8 RGB. size: that they are shrunk to first, by default the
    network's image_size. Moves the network to `device`
    and leaves its mode as it was.

    Returns float32 arrays: landmarks (N, 8, 2) as shares of the crop, visibility (N, 8) probability of being visible,
    category (N, C) and attributes (N, A) raw scores, feature (N, D) of length one; without those that the network has
    no output for or that nothing trained (`network.untrained`).
    """
    device = torch.device(device)
    size = size or network.sizes["image_size"]
    outputs = [name for name in ("landmarks", "visibility", "category", "attributes") if _has(network, name)]
    training = network.training
    network.to(device, memory_format=torch.channels_last).eval()
    parts: dict[str, list[np.ndarray]] = {name: [] for name in (*outputs, "feature")}
    starts = range(0, len(crops), batch_size) if len(crops) else [0]  # no photos: arrays without rows
    counter = Counter(len(starts), show) if show else None
    with torch.inference_mode():
        for start in starts:
            output = network(normalised(to_images(crops[start : start + batch_size], device, size)))
            output = output._replace(visibility=output.visibility.softmax(2)[..., 0])
            for name, kept in parts.items():
                kept.append(getattr(output, name).float().cpu().numpy())
            if counter:
                counter.step(lambda: f"{min(start + batch_size, len(crops))} of {len(crops)} photos")  # noqa: B023
    network.train(training)
    return {name: np.concatenate(kept) for name, kept in parts.items()}


def _has(network: FashionNet, name: str) -> bool:
    return getattr(network, name) is not None and name not in network.untrained
