"""How many of each thing DeepFashion holds: the counts that its README files and loaders agree on, and no others.

How many landmark photos are in each split is left out: no source for it was found.
"""

from __future__ import annotations

# Benchmark → what is counted → how many. Photos are counted over all files of a benchmark.
COUNTS = {
    "category_attribute": {
        "photos": 289_222,
        "train photos": 209_222,
        "val photos": 40_000,
        "test photos": 40_000,
        "categories": 50,
        "categories that occur": 46,
        "photos of Dress": 72_158,
        "photos of Tee": 36_887,
        "attributes": 1_000,
        "texture attributes": 156,
        "fabric attributes": 218,
        "shape attributes": 180,
        "part attributes": 216,
        "style attributes": 230,
    },
    "landmarks": {"photos": 123_016},
    "in_shop": {
        "photos": 52_712,
        "items": 7_982,
        "train photos": 25_882,
        "query photos": 14_218,
        "gallery photos": 12_612,
        "train items": 3_997,
        "query items": 3_985,
        "gallery items": 3_985,
        "attributes": 463,
    },
    "consumer_to_shop": {"photos": 239_557, "items": 33_881, "pairs": 195_540, "attributes": 303},
}

# The later re-label of category_attribute, which older copies lack.
FINE_COUNTS = {
    "fine photos": 20_000,
    "fine train photos": 14_000,
    "fine val photos": 2_000,
    "fine test photos": 4_000,
    "fine attributes": 26,
    "fine groups": 6,
}
