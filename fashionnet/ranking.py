"""By which of a system's arrays a gallery is ranked: decided here alone, for every place that ranks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np


class Ranking(NamedTuple):
    """What `fashionnet.metrics` ranks by: retrieval(query[q], gallery[g], …, match=match).

    query, gallery: (N, D) of each photo, in the one role and in the other.
    match: (D,) weights of a similarity network's output, where it ranks by match probability; else None.
    """

    query: np.ndarray
    gallery: np.ndarray
    match: np.ndarray | None


def ranking(arrays: Mapping[str, np.ndarray]) -> Ranking | None:
    """By match probability where the system predicts it, else by its feature's Euclidean distance; None without both.

    arrays: predictions, named as in `fashionnet.predictions`.
    """
    if "match_weights" in arrays:
        return Ranking(arrays["match_query"], arrays["match_gallery"], arrays["match_weights"])
    if "feature" in arrays:
        return Ranking(arrays["feature"], arrays["feature"], None)
    return None
