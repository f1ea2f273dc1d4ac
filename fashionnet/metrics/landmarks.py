"""Landmark errors (DeepFashion, section 4.2's normalised distance, as the landmark benchmark measures it)."""

from __future__ import annotations

from typing import Any

import numpy as np

from fashionnet.metrics.arrays import as_array, check_finite, check_shapes


def landmark_distances(predicted: Any, true: Any, visible: Any) -> np.ndarray:
    """(N, L, 2), (N, L, 2), both divided by the box's width and height, (N, L) bool → (N, L) distances.

    NaN where a landmark is not visible; `true` may be NaN there. Raises ValueError for shapes that do not fit, for
    NaN or infinity in `predicted`, and in `true` where it is visible.
    """
    predicted, true, visible = as_array(predicted), as_array(true), as_array(visible).astype(bool)
    check_shapes(predicted=(predicted, "N L 2"), true=(true, "N L 2"), visible=(visible, "N L"))
    check_finite(predicted=predicted, **{"true where visible": true[visible]})
    distances = np.linalg.norm(predicted.astype(np.float64) - true, axis=2)
    return np.where(visible, distances, np.nan)


def landmark_error(predicted: Any, true: Any, visible: Any) -> tuple[float, np.ndarray]:
    """(N, 8, 2), (N, 8, 2), both divided by the box's width and height, (N, 8) bool → mean error and the 8 errors.

    Each landmark's error is its mean distance over the photos that show it, and the mean is over the landmarks that
    occur: a landmark that no photo shows is NaN and left out. Raises ValueError as `landmark_distances` does.
    """
    distances = landmark_distances(predicted, true, visible)
    shown = ~np.isnan(distances)
    counts = shown.sum(axis=0)
    errors = np.where(shown, distances, 0.0).sum(axis=0) / np.where(counts, counts, np.nan)
    return float(errors[counts > 0].mean()) if counts.any() else float("nan"), errors


def share_within(distances: Any, thresholds: Any) -> np.ndarray:
    """(N, L) distances, NaN where not visible, and (T,) thresholds → (T,) share of visible landmarks within each.

    NaN without visible landmarks.
    """
    distances, thresholds = as_array(distances), as_array(thresholds)
    check_shapes(distances=(distances, "N L"), thresholds=(thresholds, "T"))
    shown = np.sort(distances[~np.isnan(distances)])
    if not len(shown):
        return np.full(len(thresholds), np.nan)
    return np.searchsorted(shown, thresholds, side="right") / len(shown)
