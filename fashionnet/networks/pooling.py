"""The landmark pooling layer of FashionNet (section 3 of the paper, figure 4)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


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

    def start(share: Tensor, length: int) -> Tensor:
        """(N, L, 1, 1): the window's first cell along one side of the bordered map."""
        first = (share * length - side / 2 + 0.5).floor()
        # A landmark far outside (or not a number, in a training that diverges) takes a window that just misses the map.
        return (first.nan_to_num(nan=-side).clamp(-side, length).long() + side)[..., None, None]

    # A border of one window on every side, of minus infinity: it loses against every cell of the map.
    bordered = F.pad(maps, (side, side, side, side), value=-torch.inf).permute(0, 2, 3, 1)
    cells = torch.arange(side, device=maps.device)
    x, y = landmarks.detach().unbind(2)
    x, y = start(x, width) + cells, start(y, height) + cells[:, None]
    photo = torch.arange(count, device=maps.device)[:, None, None, None]
    row = (photo * (height + 2 * side) + y) * (width + 2 * side) + x
    # (N, L, side, side, C), through index_select: its backward has a deterministic form on every device.
    windows = bordered.reshape(-1, channels).index_select(0, row.flatten()).view(*row.shape, channels)

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
