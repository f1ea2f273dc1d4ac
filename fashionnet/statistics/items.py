"""Photos and pairs of the retrieval benchmarks' items, and the data at hand as the poster describes data sets."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from fashionnet.describe import TITLES, attribute_counts
from fashionnet.formats.codes import SLOTS_OF
from fashionnet.prepare.tables import BENCHMARKS, Prepared

SHOP, CONSUMER = 1, 2  # codes of source_type
EXACT = 12  # up to so many a distribution has a bar for every number


def photos_per_item(prepared: Prepared) -> dict[str, np.ndarray]:
    """For each retrieval benchmark that is there, by its title, how many photos each of its items has."""
    return {title: photos.groupby("item").size().to_numpy() for title, photos in _with_items(prepared)}


def pairs_per_item(prepared: Prepared) -> dict[str, np.ndarray]:
    """Likewise, how many pairs of photos each item gives.

    In shop any two photos of an item are a pair; from consumer to shop each consumer's photo with each shop's.
    """
    found = {}
    for title, photos in _with_items(prepared):
        if title == TITLES["consumer_to_shop"]:
            ends = [(photos["source_type"] == code).groupby(photos["item"]).sum() for code in (CONSUMER, SHOP)]
            found[title] = (ends[0] * ends[1]).to_numpy()
        else:
            number = photos.groupby("item").size().to_numpy()
            found[title] = number * (number - 1) // 2
    return found


def _with_items(prepared: Prepared) -> list[tuple[str, pd.DataFrame]]:
    photos = prepared.photos[prepared.photos["item"] != ""]
    return [(TITLES[name], own) for name in BENCHMARKS if len(own := photos[photos["benchmark"] == name])]


def distribution(counts: np.ndarray) -> pd.Series:
    """How many items have 0, 1, 2, … of something; beyond EXACT in classes that double: 1, 2, 3–4, 5–8, …

    counts: (items,) of at least 0. → index: the number or class as text, values: items; without "0" where none has 0.
    """
    most = int(counts.max(initial=1))
    steps = np.arange(most + 1) if most <= EXACT else np.r_[0, 2 ** np.arange(int(np.ceil(np.log2(most))) + 1)]
    names = [str(steps[0])]
    names += [f"{top}" if top == below + 1 else f"{below + 1}–{top}" for below, top in pairwise(steps)]
    items = pd.Series(np.bincount(np.searchsorted(steps, counts), minlength=len(steps)), index=names)
    return items if items.iloc[0] else items.iloc[1:]


def data_set(prepared: Prepared) -> pd.Series:
    """The data at hand in the rows of the poster's comparison of data sets (`published.DATA_SETS`).

    Categories and attributes are those that occur, pairs those of `pairs_per_item`.
    """
    photos = prepared.photos
    pairs = sum(int(counts.sum()) for counts in pairs_per_item(prepared).values())
    return pd.Series(
        {
            "images": f"{len(photos):,}",
            "categories": f"{photos.loc[photos['category'] >= 0, 'category'].nunique():,}",
            "attributes": f"{int((attribute_counts(prepared)['positive'] > 0).sum()):,}",
            "pairs": f"{pairs:,}",
            "localisation": _localisation(photos),
        }
    )


def _localisation(photos: pd.DataFrame) -> str:
    numbers = {len(SLOTS_OF[kind]) for kind in set(photos.loc[photos["landmarked"], "clothes_type"]) & set(SLOTS_OF)}
    if numbers:
        return f"{min(numbers)} to {max(numbers)} landmarks" if len(numbers) > 1 else f"{max(numbers)} landmarks"
    return "bounding box" if photos["boxed"].any() else "none"
