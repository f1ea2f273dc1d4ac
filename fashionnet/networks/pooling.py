"""The landmark pooling layer of FashionNet (section 3 of the paper, figure 4)."""

from __future__ import annotations

import torch
from torch import Tensor


def landmark_pool(maps: Tensor, landmarks: Tensor, visibility: Tensor, window: float, bins: int) -> Tensor:
    """Max-pool a window of the maps around each landmark and multiply it by the landmark's visibility.

    maps: (N, C, H, W), any values. landmarks: (N, L, 2), x and y as shares of the map's width and height; they may
    lie outside [0, 1]. visibility: (N, L), the gates, in [0, 1]. window: side of the square window in map cells,
    rounded to whole cells and at least one. bins: the window is pooled to bins x bins.

    Returns (N, L, C, bins, bins): landmarks are stacked, not pooled together. Cells and bins are those of RoI pooling
    (Girshick 2015) for a box of `window` whole cells whose centre is nearest to the landmark; a bin of which nothing
    lies on the map is zero. The gradient goes to each bin's largest cell, times the gate; none goes to locations or
    gates (ours: the paper is silent, and RoI pooling has none either).

    Raises ValueError for shapes that do not fit, a window that is not positive or bins below one.
    """
    if maps.dim() != 4 or landmarks.shape != (maps.shape[0], visibility.shape[-1], 2):
        raise ValueError(
            f"found maps {tuple(maps.shape)}, landmarks {tuple(landmarks.shape)}, visibility {tuple(visibility.shape)},"
            " expected (N, C, H, W), (N, L, 2), (N, L)"
        )
    if visibility.shape != landmarks.shape[:2]:
        raise ValueError(f"found visibility {tuple(visibility.shape)}, expected {tuple(landmarks.shape[:2])}")
    if not window > 0 or bins < 1:
        raise ValueError(f"found window {window} and bins {bins}, expected a positive number and at least 1")

    count, channels, height, width = maps.shape
    side = max(1, int(window + 0.5))
    x, y = landmarks.detach().unbind(2)
    x, y = _cells(x, side, width)[:, :, None], _cells(y, side, height)[..., None]  # (N, L, 1, side), (N, L, side, 1)
    outside = (x < 0) | (x >= width) | (y < 0) | (y >= height)
    photo = torch.arange(count, device=maps.device)[:, None, None, None]
    row = (photo * height + y.clamp(0, height - 1)) * width + x.clamp(0, width - 1)
    # (N, L, side, side, C), through index_select: its backward has a deterministic form on every device.
    cells = maps.permute(0, 2, 3, 1).reshape(-1, channels).index_select(0, row.flatten()).view(*row.shape, channels)
    windows = cells.masked_fill(outside[..., None], -torch.inf)  # which loses against every cell of the map

    edges = [(b * side // bins, -(-(b + 1) * side // bins)) for b in range(bins)]
    pooled = torch.stack(
        [
            windows[:, :, top:bottom, left:right].flatten(2, 3).max(2).values
            for top, bottom in edges
            for left, right in edges
        ],
        dim=-1,
    ).unflatten(-1, (bins, bins))  # (N, L, C, bins, bins)
    pooled = torch.where(pooled == -torch.inf, 0.0, pooled)
    return pooled * visibility.detach()[..., None, None, None].to(maps.dtype)


def _cells(share: Tensor, side: int, length: int) -> Tensor:
    """(N, L) places along one side of the map, as shares of it → (N, L, side) the window's cells there."""
    start = (share * length - side / 2 + 0.5).floor()
    # A landmark far outside (or not a number, in a training that diverges) takes a window that just misses the map.
    start = start.nan_to_num(nan=-side).clamp(-side, length).long()
    return start[..., None] + torch.arange(side, device=share.device)
