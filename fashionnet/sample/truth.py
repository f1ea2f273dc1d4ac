"""What was planted in the flawed sample: FLAWS.json as tables, for whoever measures how much of it is found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from fashionnet.formats.errors import FormatError

TRUTH = "FLAWS.json"
PAIR = ("benchmark", "image_name", "of_benchmark", "of_image_name")
DUPLICATES = ("exact_duplicate", "near_duplicate")


@dataclass(frozen=True)
class Flaws:
    """Everything that was planted, a row each.

    duplicates: kind (of DUPLICATES), family, the planted photo (benchmark, image_name) and the one it was made from
        (of_benchmark, of_image_name), leak (a photo of a test split that now stands in training), and of near ones
        crop, size, gain, offset, quality.
    screening: kind, benchmark, image_name, and what belongs to the kind; NaN elsewhere.
    different: pairs as in duplicates that are none: two items that differ in `attributes` alone; changed: share of the
        pixels in which their photos differ.
    wrong_labels: benchmark, image_name, attribute, true (1 or -1, the label in the file is the opposite).
    accuracy: share of right labels among the "positives" and the "negatives" in the file.
    """

    duplicates: pd.DataFrame
    screening: pd.DataFrame
    different: pd.DataFrame
    wrong_labels: pd.DataFrame
    accuracy: dict[str, float]


def read_flaws(folder: Path) -> Flaws:
    """The record beside the flawed sample in `folder`. Raises FileNotFoundError for other data, and FormatError."""
    path = Path(folder) / TRUTH
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        flaws, labels = pd.DataFrame(found["flaws"]), found["wrong_labels"]
        wrong = [
            (labels["benchmark"], image_name, attribute, true)
            for image_name, photo in labels["photos"].items()
            for true, names in ((-1, photo["on"]), (1, photo["off"]))
            for attribute in names
        ]
        duplicate = flaws["kind"].isin(DUPLICATES)
        return Flaws(
            duplicates=_own(flaws[duplicate]).astype({"leak": bool}),
            screening=_own(flaws[~duplicate]),
            different=pd.DataFrame(found["different"]),
            wrong_labels=pd.DataFrame(wrong, columns=["benchmark", "image_name", "attribute", "true"]),
            accuracy={name: 1 - labels[name]["wrong"] / labels[name]["labels"] for name in ("positives", "negatives")},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FormatError(path, None, f"{error!r}", "what `fashionnet sample DIR --flaws` writes") from None


def _own(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the columns that any of them fills."""
    return rows.dropna(axis="columns", how="all").reset_index(drop=True)
