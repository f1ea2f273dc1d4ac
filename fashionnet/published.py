"""Published numbers and facts, each once, with its source. Our own measurements never stand here.

Numbers that we know from memory alone, and not from a source that we could read, are left out: the top-20 accuracies of
WTBI and DARN in shop, and those of WTBI, DARN and FashionNet from consumer to shop.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

# The poster's comparison of data sets (section 1), and the number of categories from its text.
DATA_SETS = pd.DataFrame(
    {
        "WTBI": ["78,958", None, "11", "39,479", "bounding box"],
        "DARN": ["182,780", None, "179", "91,390", "none"],
        "DeepFashion": ["over 800,000", "50", "1,050", "over 300,000", "4 to 8 landmarks"],
    },
    index=pd.Index(["images", "categories", "attributes", "pairs", "localisation"], name=""),
)

# Annotation assessment (poster, section 2): share of attribute labels that are right, per cent.
LABEL_ACCURACY = {"positive": 97.0, "negative": 99.4}

# What the data set's README says of its photos.
TERMS = "its photos may be used for non-commercial research and education alone, and others own their copyright."

GROUPS = ("texture", "fabric", "shape", "part", "style")

# Category and Attribute Prediction, per cent: top-3 accuracy of the category, top-3 recall of the attributes of each
# group and of all, which is close to the plain mean of the five. The first three rows are the paper's table 2.
_TOP3 = {
    "WTBI": (43.73, 24.21, 25.38, 23.39, 26.31, 49.85, 27.46),
    "DARN": (59.48, 36.15, 36.64, 35.89, 39.17, 66.11, 42.35),
    "FashionNet": (82.58, 37.46, 39.30, 39.47, 44.13, 66.43, 45.52),
    "Corbière et al. 2017": (86.30, 53.60, 39.10, 50.10, 38.80, 30.50, 23.10),
    "Wang et al. 2018": (90.99, 50.31, 40.31, 53.32, 40.65, 68.70, 51.53),
    "Liu and Lu 2018": (91.16, 56.17, 43.20, 58.28, 46.97, 68.82, 54.69),
}
_TOP5 = {
    "WTBI": (66.25, 32.65, 36.06, 31.26, 33.24, 58.68, 35.37),
    "DARN": (79.58, 48.15, 48.52, 46.93, 50.14, 71.36, 51.95),
    "FashionNet": (90.17, 49.52, 49.84, 48.59, 54.02, 73.16, 54.61),
    "Corbière et al. 2017": (92.80, 63.20, 48.80, 59.50, 48.90, 38.30, 30.40),
    "Wang et al. 2018": (95.78, 65.48, 48.23, 61.05, 56.32, 74.25, 60.95),
    "Liu and Lu 2018": (96.12, 65.83, 53.52, 67.80, 57.42, 74.13, 63.74),
}
# In-shop retrieval, top-k accuracy, per cent: read off the paper's figure.
_IN_SHOP = {
    "FashionNet": {1: 53, 10: 73, 20: 76, 30: 77, 40: 79, 50: 80},
    "FashionNet with joints": {1: 41, 10: 64, 20: 68, 30: 71, 40: 73, 50: 73.5},
    "FashionNet with poselets": {1: 42, 10: 65, 20: 70, 30: 72, 40: 72, 50: 75},
    "Proxy-Anchor": {1: 91.9},
    "ViT-S/16 (OML)": {1: 92.1},
    "Hyp-ViT": {1: 92.5},
}
_CONSUMER_TO_SHOP = {"GRNet": {1: 26, 20: 64, 50: 75}}
# Normalised error on the landmark benchmark, and on the photos of the category and attribute benchmark.
_LANDMARKS = {"FashionNet": 0.0859, "DFA": 0.0680, "DLAN": 0.0672, "BCRNN": 0.0583, "GLE": 0.0568}
_LANDMARKS_FURTHER = {
    "FashionNet": 0.0872,
    "DFA": 0.0660,
    "DLAN": 0.0643,
    "BCRNN": 0.0484,
    "Liu and Lu 2018": 0.0474,
    "GLE": 0.0393,
}


@dataclass(frozen=True)
class Published:
    """rows: a row a system, columns named as our metrics, per cent where those are shares. note: what they are, as the
    end of a sentence without its stop."""

    rows: pd.DataFrame
    note: str


def _elsewhere(sample: str) -> str:
    """sample: the version of the embedded sample that ours are measured on, "" for data of other origin."""
    if sample:
        return "published, on DeepFashion's photos: not comparable with this study's, which are of rendered garments"
    return "published, on DeepFashion's photos: comparable only where data/ holds the same test photos, all of them"


def category_attribute(sample: str) -> Published:
    """Top-3 and top-5 of categories and attributes; what the papers call "all" stands under "mean"."""
    names = ["category", *(f"attributes_{group}" for group in GROUPS), "attributes_mean"]
    tables = [pd.DataFrame.from_dict(rows, orient="index", columns=names) for rows in (_TOP3, _TOP5)]
    return Published(
        pd.concat([tables[0].add_suffix("_top3"), tables[1].add_suffix("_top5")], axis=1),
        f'{_elsewhere(sample)}; what the papers call "all" stands under "mean"',
    )


def landmarks(sample: str) -> Published:
    columns = {"normalised_error": _LANDMARKS, "category_attribute_normalised_error": _LANDMARKS_FURTHER}
    return Published(
        pd.DataFrame(columns).sort_values("category_attribute_normalised_error", ascending=False), _elsewhere(sample)
    )


def in_shop(sample: str) -> Published:
    note = (
        f"{_elsewhere(sample)}; those of FashionNet, alone and with joints or poselets, on a split that is not the "
        "public one, read off the paper's figure"
    )
    return Published(_top_k(_IN_SHOP), note)


def consumer_to_shop(sample: str) -> Published:
    return Published(_top_k(_CONSUMER_TO_SHOP), _elsewhere(sample))


def of_benchmarks(sample: str) -> dict[str, Published]:
    """All four, by the benchmark's name."""
    return {kind.__name__: kind(sample) for kind in (category_attribute, landmarks, in_shop, consumer_to_shop)}


def _top_k(accuracies: dict[str, dict[int, float]]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(accuracies, orient="index").rename(columns=lambda k: f"top{k}")
