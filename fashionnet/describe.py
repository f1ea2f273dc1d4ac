"""What the prepared data holds, counted: the tables that the data notebook prints and its figures draw."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fashionnet.formats.codes import (
    ATTRIBUTE_GROUPS,
    CLOTHES_TYPES,
    LANDMARK_NAMES,
    POSE_TYPES,
    SOURCE_TYPES,
    VARIATION_TYPES,
    VISIBILITY,
)
from fashionnet.prepare.tables import BENCHMARKS, LEAKED, Prepared

TITLES = {
    "category_attribute": "Category and attribute prediction",
    "landmarks": "Fashion landmark detection",
    "in_shop": "In-shop clothes retrieval",
    "consumer_to_shop": "Consumer-to-shop clothes retrieval",
}
AT_ONCE = 16_384  # photos whose attributes are held a second time: the official ones are 290 MB
CODES = {"pose_type": POSE_TYPES, "source_type": SOURCE_TYPES, "variation_type": VARIATION_TYPES}


def split_sizes(prepared: Prepared) -> pd.DataFrame:
    """A row a benchmark: photos in each split, and what of the test photos is query or gallery, and items; training
    photos that leak and were left out, where there are some."""
    rows = {}
    for name in BENCHMARKS:
        photos = prepared.photos[prepared.photos["benchmark"] == name]
        test = photos[photos["split"] == "test"]
        retrieval = (photos["item"] != "").any()
        rows[TITLES[name]] = {
            "train": int((photos["split"] == "train").sum()),
            "validation": int((photos["split"] == "val").sum()),
            "test": len(test),
            "queries": int((test["role"] == "query").sum()) if retrieval else None,
            "gallery": int((test["role"] == "gallery").sum()) if retrieval else None,
            "items": photos["item"].nunique() if retrieval else None,
        }
        if (prepared.photos["split"] == LEAKED).any():
            rows[TITLES[name]]["left out: in a test split"] = int((photos["split"] == LEAKED).sum())
    return pd.DataFrame.from_dict(rows, orient="index").astype("Int64").rename_axis("benchmark")


def label_counts(prepared: Prepared) -> pd.DataFrame:
    """A row a benchmark: how many of its photos carry each kind of label."""
    photos = prepared.photos.assign(category=prepared.photos["category"] >= 0, item=prepared.photos["item"] != "")
    kinds = {
        "boxed": "box",
        "category": "category",
        "attributed": "attributes",
        "landmarked": "landmarks",
        "jointed": "joints",
        "item": "item",
    }
    counts = photos.groupby("benchmark")[list(kinds)].sum().rename(columns=kinds)
    counts = counts.reindex([name for name in BENCHMARKS if name in counts.index])
    return counts.rename(index=TITLES).rename_axis("benchmark")


def missing(prepared: Prepared) -> pd.DataFrame:
    """A row for each benchmark or label file that is not there, and for what is not as it should be: what, why."""
    parts = [name.partition(": ") for name in prepared.missing]
    what = [f"{TITLES.get(benchmark, benchmark)}{colon}{part}" for benchmark, colon, part in parts]
    return pd.DataFrame({"what": what, "why": list(prepared.missing.values())})


def category_counts(prepared: Prepared) -> pd.DataFrame:
    """category, clothes_type (name), photos, train, test; most photos first, only those that occur."""
    photos = prepared.photos[prepared.photos["category"] >= 0]
    counts = pd.crosstab(photos["category"], photos["split"]).reindex(columns=["train", "val", "test"], fill_value=0)
    named = prepared.categories.iloc[counts.index]
    table = pd.DataFrame(
        {
            "row": counts.index.to_numpy(),
            "category": named["category_name"].to_numpy(),
            "clothes_type": named["category_type"].map(CLOTHES_TYPES).to_numpy(),
            "photos": counts.sum(axis=1).to_numpy(),
            "train": counts["train"].to_numpy(),
            "test": counts["test"].to_numpy(),
        }
    )
    return table.sort_values(["photos", "category"], ascending=[False, True], ignore_index=True)


def attribute_counts(prepared: Prepared) -> pd.DataFrame:
    """column, attribute, group, positive, negative, unknown (photos), share (positive among known); commonest first."""
    rows = np.flatnonzero(prepared.photos["attributed"])
    counts = np.zeros((3, prepared.attributes.shape[1]), np.int64)
    for start in range(0, len(rows), AT_ONCE):
        values = prepared.attributes[rows[start : start + AT_ONCE]]
        counts += [np.count_nonzero(values == value, axis=0) for value in (1, -1, 0)]
    table = pd.DataFrame(
        {
            "column": np.arange(counts.shape[1]),
            "attribute": prepared.attribute_names["attribute_name"].to_numpy(),
            "group": prepared.attribute_names["group"].to_numpy(),
            "positive": counts[0],
            "negative": counts[1],
            "unknown": counts[2],
        }
    )
    known = table["positive"] + table["negative"]
    table["share"] = (table["positive"] / known).where(known > 0)
    return table.sort_values(["positive", "attribute"], ascending=[False, True], ignore_index=True)


def group_counts(attributes: pd.DataFrame) -> pd.DataFrame:
    """A row a group of `attribute_counts`: attributes, and labels that are positive, negative, unknown."""
    groups = attributes.groupby("group")
    table = groups[["positive", "negative", "unknown"]].sum()
    table.insert(0, "attributes", groups.size())
    return table.loc[groups_of(attributes)]


def groups_of(attributes: pd.DataFrame) -> list[str]:
    """The groups of `attribute_counts`, in the files' order of types."""
    present = set(attributes["group"])
    return [name for name in ATTRIBUTE_GROUPS if name in present] + sorted(present - set(ATTRIBUTE_GROUPS))


def landmark_visibility(prepared: Prepared) -> pd.DataFrame:
    """A row a landmark: how many are visible, occluded and truncated, over all photos with landmarks."""
    codes = prepared.visibility[prepared.photos["landmarked"].to_numpy()]
    counts = {name: (codes == code).sum(0) for code, name in VISIBILITY.items()}
    return pd.DataFrame(counts, index=pd.Index(LANDMARK_NAMES, name="landmark"))


def code_counts(prepared: Prepared, column: str) -> pd.DataFrame:
    """A row a code of pose_type, source_type or variation_type that occurs: code, name, photos in each benchmark."""
    photos = prepared.photos[prepared.photos[column] > 0]
    counts = pd.crosstab(photos[column], photos["benchmark"])
    counts = counts.reindex(columns=[name for name in BENCHMARKS if name in counts]).rename(columns=TITLES)
    counts.insert(0, "name", [CODES[column].get(code, "unnamed") for code in counts.index])
    return counts.rename_axis("code")
