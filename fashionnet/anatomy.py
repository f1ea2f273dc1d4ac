"""What is inside FashionNet, read from the module itself: the shape of each part, and what it pools from a photo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from fashionnet.inference import predict
from fashionnet.networks import FashionNet, System, landmark_pool
from fashionnet.prepare.tables import Prepared


@dataclass(frozen=True)
class Part:
    """shape: of what it gives for one photo, (channels, height, width) of maps. parameters: how many it has."""

    shape: tuple[int, ...]
    parameters: int = 0


def parts(network: FashionNet) -> dict[str, Part]:
    """Each part by its name in the module, those of the trunk one by one, in the order in which they are computed.

    Beside them "photo"; "pooling", what landmark pooling gives (landmarks, channels, bins, bins); and "feature", what
    retrieval compares. A part that the network lacks is not there. Shapes are those of a forward pass.
    """
    found: dict[str, Part] = {}

    def read(name: str):
        def hook(module: torch.nn.Module, taken: tuple[torch.Tensor, ...], given: torch.Tensor) -> None:
            if name == "fc6_local":  # what pooling gives arrives there flat
                found["pooling"] = Part(tuple(_unflat(network, taken[0]).shape[1:]))
            found[name] = Part(tuple(given.shape[1:]), sum(p.numel() for p in module.parameters()))

        return hook

    inside = [(name, part) for name, part in network.trunk.named_children() if not name.startswith("pool")]
    own = [(name, part) for name, part in network.named_children() if name not in ("trunk", "pool")]
    hooks = [part.register_forward_hook(read(name)) for name, part in inside + own]
    photo = torch.zeros(1, 3, network.sizes["image_size"], network.sizes["image_size"])
    found["photo"] = Part(tuple(photo.shape[1:]))
    training = network.training
    with torch.inference_mode():
        output = network.eval()(photo)
    network.train(training)
    for hook in hooks:
        hook.remove()
    for name in ("landmarks", "visibility"):  # flat where they are computed
        found[name] = Part(tuple(getattr(output, name).shape[1:]), found[name].parameters)
    return found | {"feature": Part(tuple(output.feature.shape[1:]))}


def pools(network: System) -> bool:
    """Whether it pools at landmarks that it learned to estimate: not if nothing taught them, or if others are told."""
    return (
        isinstance(network, FashionNet)
        and network.local == "landmarks"
        and network.fc6_local is not None
        and not network.untrained & {"landmarks", "visibility"}
    )


@dataclass(frozen=True)
class Pooled:
    """What landmark pooling does with one photo.

    pixels: (S, S, 3) uint8, the crop. places: (8, 2), where it pools, and true: (8, 2), both x and y as shares of the
    crop; true is to be read by visibility: (8,) codes, -1 where the garment has no such landmark. gates: (8,) in
    [0, 1]. windows: (8, 4), x_1, y_1, x_2, y_2 as shares of the crop, of the part that lies on it; NaN where none does.
    maps: (H, W), the mean of conv4's channels. pooled: (8, bins, bins), the same mean of what pooling gives.
    """

    pixels: np.ndarray
    places: np.ndarray
    true: np.ndarray
    visibility: np.ndarray
    gates: np.ndarray
    windows: np.ndarray
    maps: np.ndarray
    pooled: np.ndarray


def pooled(network: FashionNet, prepared: Prepared, row: int) -> Pooled:
    """Of the photo in `row`. Raises ValueError for a network that `pools` is False of."""
    if not pools(network):
        raise ValueError("found a network without a local branch or untrained landmarks, expected one that pools there")
    seen: dict[str, torch.Tensor] = {}
    hooks = [
        network.trunk.register_forward_hook(lambda module, taken, given: seen.update(maps=given)),
        network.fc6_local.register_forward_pre_hook(lambda module, taken: seen.update(pooled=taken[0])),
    ]
    said = predict(network, prepared.crops[[row]])
    for hook in hooks:
        hook.remove()
    landmarks, gates = (torch.from_numpy(said[name]) for name in ("landmarks", "visibility"))
    places, gates = network.pooled_at(landmarks, gates, None)
    return Pooled(
        pixels=prepared.crops[row],
        places=places[0].numpy(),
        true=prepared.landmarks[row],
        visibility=prepared.visibility[row],
        gates=gates[0].numpy(),
        windows=windows(places, seen["maps"].shape[-1], network.window)[0],
        maps=seen["maps"][0].mean(0).numpy(),
        pooled=_unflat(network, seen["pooled"])[0].mean(1).numpy(),
    )


def windows(places: torch.Tensor, side: int, window: float) -> np.ndarray:
    """(N, L, 2) places → (N, L, 4): the cells that `landmark_pool` looks at, x_1, y_1, x_2, y_2 as shares of the map.

    side: of the map, cells. window: share of it. Asked of the pooling itself, by pooling maps that hold each cell's
    number, so that a picture cannot show other windows than the network's. NaN where a window misses the map.
    """
    first = torch.arange(side, dtype=torch.float32)
    x, y = first.expand(side, side), first[:, None].expand(side, side)
    # One of each pair grows to the right (down), the other to the left (up); zero is left to windows without a cell.
    numbers = torch.stack([side - x, side - y, x + 1, y + 1]).expand(len(places), 4, side, side)
    found = landmark_pool(numbers, places, torch.ones(places.shape[:2]), window * side, 1)[..., 0, 0]
    edges = torch.cat([side - found[..., :2], found[..., 2:]], -1) / side
    return torch.where(found > 0, edges, torch.nan).numpy()


def _unflat(network: FashionNet, flat: torch.Tensor) -> torch.Tensor:
    """(N, L * C * bins * bins), as fc6_local takes it, → (N, L, C, bins, bins)."""
    landmarks = network.landmarks.out_features // 2
    return flat.view(len(flat), landmarks, -1, network.bins, network.bins)
