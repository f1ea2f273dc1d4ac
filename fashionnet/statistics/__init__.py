"""Statistics of the data that its page shows: attributes found together, places of landmarks, photos and pairs."""

from fashionnet.statistics.cooccurrence import CategoryLift, attribute_pairs, category_lift, positives
from fashionnet.statistics.items import data_set, distribution, pairs_per_item, photos_per_item
from fashionnet.statistics.landmarks import EDGE, Spread, landmark_spread

__all__ = [
    "EDGE",
    "CategoryLift",
    "Spread",
    "attribute_pairs",
    "category_lift",
    "data_set",
    "distribution",
    "landmark_spread",
    "pairs_per_item",
    "photos_per_item",
    "positives",
]
