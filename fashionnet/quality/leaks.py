"""Training photos that stand in a test split, in whichever benchmark: what was learned by heart is not tested. Ours."""

from __future__ import annotations

import numpy as np
import pandas as pd


def leaks(table: pd.DataFrame, pairs: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """Which training photos stand in a benchmark's test split (queries and gallery too), exactly or nearly.

    table: benchmark, image_name, split, digest, a row a photo. pairs: of `find_duplicates`.

    → (N,) bool, and a row for each such photo and benchmark that tests it: train, test (row numbers; the nearest test
    photo of that benchmark), train_benchmark, train_image, test_benchmark, test_image, kind ("exact", "near",
    "mirrored"), difference, test_photos (how many photos of that test split it is). Sorted by train and test.
    """
    split = table["split"].to_numpy()
    linked = _linked(table, pairs)
    found = linked[(split[linked["one"]] == "train") & (split[linked["other"]] == "test")]
    found = pd.DataFrame(
        {
            "train": found["one"],
            "test": found["other"],
            "train_benchmark": table["benchmark"].to_numpy()[found["one"]],
            "train_image": table["image_name"].to_numpy()[found["one"]],
            "test_benchmark": table["benchmark"].to_numpy()[found["other"]],
            "test_image": table["image_name"].to_numpy()[found["other"]],
            "kind": found["kind"],
            "difference": found["difference"],
        }
    ).sort_values(["train", "difference", "test"])
    by = ["train", "test_benchmark"]
    found["test_photos"] = found.groupby(by)["test"].transform("nunique")
    found = found.drop_duplicates(by).sort_values(["train", "test"], ignore_index=True)
    leaking = np.zeros(len(table), bool)
    leaking[found["train"]] = True
    return leaking, found


def _linked(table: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """one, other, kind, difference: every two rows that show one photo, both ways.

    Pairs of changed copies name one of the rows that share its pixels; here each of these stands for itself.
    """
    rows = pd.DataFrame({"digest": table["digest"].to_numpy(), "row": np.arange(len(table))})
    named = np.unique(pairs[["first", "second"]])
    rows = rows[rows["digest"].isin(rows["digest"].iloc[named])]
    same = rows.merge(rows, on="digest").query("row_x != row_y").assign(kind="exact", difference=0.0)
    changed = pairs[pairs["kind"] != "exact"]
    ends = [rows["digest"].reindex(changed[end]).to_numpy() for end in ("first", "second")]
    changed = pd.DataFrame({"x": ends[0], "y": ends[1], "kind": changed["kind"], "difference": changed["difference"]})
    changed = changed.merge(rows.set_axis(["x", "row_x"], axis=1)).merge(rows.set_axis(["y", "row_y"], axis=1))
    columns = ["row_x", "row_y", "kind", "difference"]
    other_way = changed.rename(columns={"row_x": "row_y", "row_y": "row_x"})
    linked = pd.concat([same[columns], changed[columns], other_way[columns]], ignore_index=True)
    return linked.set_axis(["one", "other", "kind", "difference"], axis=1)
