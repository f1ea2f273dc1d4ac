"""Where in a garment's box its landmarks lie."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fashionnet.formats.codes import CLOTHES_TYPES, LANDMARK_NAMES, SLOTS_OF
from fashionnet.prepare.tables import Prepared, crop_to_photo

EDGE = 0.1  # of the box, around it: how far a map reaches
GRID = 49  # cells along each side of a map; the box's own sides, on which many landmarks lie, are not between cells


class Spread(NamedTuple):
    """Where one landmark lies within the box: (GRID, GRID) counts, rows from top to bottom, and its mean (x, y)."""

    counts: np.ndarray
    mean: np.ndarray


def landmark_spread(prepared: Prepared) -> dict[str, dict[str, Spread]]:
    """For each clothes type where its visible landmarks lie, in shares of the box, (0, 0) its top left corner.

    The counts reach from -EDGE to 1 + EDGE on both axes; what lies farther out is counted in the mean alone. A landmark
    that is visible nowhere is left out.
    """
    found = {}
    for code, name in CLOTHES_TYPES.items():
        rows = np.flatnonzero(prepared.photos["landmarked"] & (prepared.photos["clothes_type"] == code))
        if not len(rows):
            continue
        photos = prepared.photos.iloc[rows]
        corner = photos[["x_1", "y_1"]].to_numpy(np.float64)[:, None]
        size = photos[["x_2", "y_2"]].to_numpy(np.float64)[:, None] - corner
        points = (crop_to_photo(prepared.landmarks[rows], photos) - corner) / size
        visible = prepared.visibility[rows] == 0
        own = {LANDMARK_NAMES[slot]: points[visible[:, slot], slot] for slot in SLOTS_OF[code]}
        found[name] = {landmark: _spread(places) for landmark, places in own.items() if len(places)}
    return found


def _spread(points: np.ndarray) -> Spread:
    cells = np.floor((points + EDGE) / (1 + 2 * EDGE) * GRID).astype(int)
    column, row = cells[((cells >= 0) & (cells < GRID)).all(axis=1)].T
    counts = np.bincount(row * GRID + column, minlength=GRID * GRID).reshape(GRID, GRID)
    return Spread(counts, points.mean(axis=0))
