"""The metrics of the four benchmarks: pure functions from arrays to numbers, with intervals.

Throughout: ties count against the method (a rank counts every competitor that scores as high or higher), NaN raises
ValueError, and what has nothing to find is NaN and left out of a mean. Arrays are NumPy or torch.
"""

from fashionnet.metrics.intervals import Value, bootstrap, bootstrap_seeds, difference, holm, p_value, wilson
from fashionnet.metrics.landmarks import landmark_distances, landmark_error, share_within
from fashionnet.metrics.recognition import (
    AttributeRanks,
    attribute_ranks,
    attribute_recall,
    category_accuracy,
    category_ranks,
)
from fashionnet.metrics.retrieval import (
    Chance,
    Retrieval,
    nearest,
    retrieval,
    retrieval_accuracy,
    retrieval_and_nearest,
    retrieval_chance,
)

__all__ = [
    "AttributeRanks",
    "Chance",
    "Retrieval",
    "Value",
    "attribute_ranks",
    "attribute_recall",
    "bootstrap",
    "bootstrap_seeds",
    "category_accuracy",
    "category_ranks",
    "difference",
    "holm",
    "landmark_distances",
    "landmark_error",
    "nearest",
    "p_value",
    "retrieval",
    "retrieval_accuracy",
    "retrieval_and_nearest",
    "retrieval_chance",
    "share_within",
    "wilson",
]
