"""What a network says of crops: from their pixels alone, without augmentation or any label."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from fashionnet.ahead import WORKERS, ahead
from fashionnet.batches import normalised, pixels, shrunk
from fashionnet.device import pinned
from fashionnet.networks import System
from fashionnet.prepare.crops import Crops
from fashionnet.progress import Counter

BATCH = 128  # part of the result: another batch size differs in the last bits
Annotated = tuple[np.ndarray, np.ndarray]


def predict(
    network: System,
    crops: Crops,
    batch_size: int = BATCH,
    device: torch.device | str = "cpu",
    show: Callable[[str], None] | None = None,
    size: int | None = None,
    source: np.ndarray | None = None,
    annotated: Annotated | None = None,
) -> dict[str, np.ndarray]:
    """crops: (N, S, S, 3) uint8 RGB. size: that they are shrunk to first, by default the network's image_size. source:
    (N,) as of `batches.sources`, which DARN's sub-networks are chosen by; by default 0. annotated: true landmarks
    (N, 8, 2) as shares of the crop and visibility codes (N, 8), -1 unknown; for an oracle alone. Moves the network to
    `device` and leaves its mode as it was.

    Returns float32 arrays: landmarks (N, 8, 2) as shares of the crop, visibility (N, 8) probability of being visible,
    category (N, C) and attributes (N, A) raw scores, feature (N, D) of length one; without those that the network has
    no output for or that nothing trained (`network.untrained`). Of a network that ranks by matches also match_query
    and match_gallery (N, H), a photo on either side, and match_weights (H,): the log odds of a match are
    ReLU(match_query + match_gallery) @ match_weights and a constant.
    """
    device = torch.device(device)
    size = size or network.sizes["image_size"]
    outputs = [name for name in network.outputs if name not in network.untrained]
    training = network.training
    network.to(device, memory_format=torch.channels_last).eval()
    parts: dict[str, list[np.ndarray]] = {name: [] for name in (*outputs, "feature")}
    starts = range(0, len(crops), batch_size) if len(crops) else [0]  # no photos: arrays without rows
    counter = Counter(len(starts), show) if show else None
    found = {}

    def read(start: int) -> tuple[slice, torch.Tensor]:
        own = slice(start, start + batch_size)
        return own, pinned(pixels(crops[own]), device)

    with torch.inference_mode():
        for own, given in ahead(starts, read, WORKERS[device.type]):
            output = network(
                normalised(shrunk(given.to(device, non_blocking=True), size)),
                None if source is None else torch.from_numpy(source[own]).to(device),
                None if annotated is None else tuple(torch.from_numpy(a[own]).to(device) for a in annotated),
            )
            if output.visibility is not None:
                output = output._replace(visibility=output.visibility.softmax(2)[..., 0])
            said = {name: getattr(output, name) for name in (*outputs, "feature")}
            if output.match is not None:
                said |= {"match_query": output.match.query, "match_gallery": output.match.gallery}
                found["match_weights"] = (output.match.weight[1] - output.match.weight[0]).float().cpu().numpy()
            for name, value in said.items():
                parts.setdefault(name, []).append(value.float().cpu().numpy())
            if counter:
                counter.step(lambda: f"{min(own.stop, len(crops))} of {len(crops)} photos")  # noqa: B023
    network.train(training)
    return {name: np.concatenate(kept) for name, kept in parts.items()} | found
