"""Photos that stand in the tables more than once: the same pixels, or a copy that was changed on its way. Ours."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import cv2
import numpy as np
import pandas as pd
from PIL import Image, ImageOps
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fashionnet.progress import Counter
from fashionnet.quality.confirm import LONG, difference
from fashionnet.quality.fingerprints import MIRROR, WINDOWS, hashes_of
from fashionnet.quality.index import near
from fashionnet.quality.screening import BLANK, LEAST_SIDE

KINDS = ("exact", "near", "mirrored")
PLACES = ("within a split", "across splits", "across benchmarks")
KEPT = 4096  # photos kept small in memory while pairs are compared: a photo stands in several pairs that are neighbours
AT_ONCE = 1024  # pairs handed to the threads at a time

Open = Callable[[int], Image.Image]
Show = Callable[[str], None]


def find_duplicates(table: pd.DataFrame, open_photo: Open, progress: Show = lambda _: None) -> pd.DataFrame:
    """Pairs of rows that show one photo.

    table: benchmark, split, and the columns of `fingerprint_table`, a row a photo. open_photo: a row's number → the
    decoded RGB photo, called for those alone whose hashes are near, from several threads.

    → first, second (row numbers, first < second), kind (of KINDS), difference (of `confirm.difference`: 0 for the same
    pixels, at most 1), place (of PLACES). Of n photos with the same pixels, the first is paired with each of the
    others, and stands for all of them in pairs of the other kinds. Blank and tiny photos are compared exactly only:
    they are alike without being copies. Sorted by first and second.
    """
    codes = pd.factorize(table["digest"])[0]
    first = np.unique(codes, return_index=True)[1][codes]
    copies = np.flatnonzero(first != np.arange(len(table)))
    exact = pd.DataFrame({"first": first[copies], "second": copies, "kind": "exact", "difference": 0.0})
    distinct = np.setdiff1d(np.arange(len(table)), copies)
    telling = (table["spread"].to_numpy() >= BLANK) & (table[["width", "height"]].min(axis=1).to_numpy() >= LEAST_SIDE)
    pairs = candidates(hashes_of(table), distinct[telling[distinct]], progress)
    pairs["difference"] = list(_differences(pairs, open_photo, progress))
    pairs = pairs[pairs["difference"] <= 1].sort_values(["difference", "kind"]).drop_duplicates(["first", "second"])
    found = pd.concat([exact, pairs]).sort_values(["first", "second"], ignore_index=True)
    found = found.astype({"first": "int64", "second": "int64", "kind": "str", "difference": "float64"})
    return found.assign(place=_places(table, found))


def candidates(hashes: np.ndarray, rows: np.ndarray, progress: Show = lambda _: None) -> pd.DataFrame:
    """Pairs among `rows` whose hashes are near: first < second, kind "near" or "mirrored". (N, WINDOWS, 4) uint64.

    A photo's parts are looked for among whole photos, so that a crop of it is found; of mirrored photos only the whole.
    """
    whole, found = hashes[rows, 0], []
    for number in range(len(WINDOWS) + 1):
        mirrored = number == len(WINDOWS)
        progress(f"near duplicates: {number / (len(WINDOWS) + 1):.0%} of {len(rows):,} hashes looked up")
        one, other = near(whole ^ MIRROR if mirrored else hashes[rows, number], whole)
        low, high = rows[np.minimum(one, other)], rows[np.maximum(one, other)]
        kind = np.full(len(low), KINDS.index("mirrored" if mirrored else "near"), np.int8)
        found.append(np.stack([low, high, kind], axis=1)[low < high])
    pairs = np.unique(np.concatenate(found), axis=0)
    kinds = np.array(KINDS, dtype=object)[pairs[:, 2]]
    return pd.DataFrame({"first": pairs[:, 0], "second": pairs[:, 1], "kind": kinds})


def groups(pairs: pd.DataFrame) -> pd.DataFrame:
    """The rows that pairs connect: row, group (0, 1, …), representative (the lowest row of the group), exact.

    exact: whether the row has the same pixels as the representative. Sorted by group and row.
    """
    ends = pairs[["first", "second"]].to_numpy()
    rows, places = np.unique(ends, return_inverse=True)
    places = places.reshape(ends.shape)

    def connected(keep: np.ndarray) -> np.ndarray:
        one, other = places[keep].T
        graph = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(len(rows), len(rows)))
        return connected_components(graph, directed=False)[1]

    all_kinds, same_pixels = connected(np.ones(len(pairs), bool)), connected((pairs["kind"] == "exact").to_numpy())
    table = pd.DataFrame({"row": rows, "group": all_kinds, "pixels": same_pixels})
    table["representative"] = table.groupby("group")["row"].transform("min")
    table["exact"] = table["pixels"] == table.groupby("group")["pixels"].transform("first")
    table["group"] = pd.factorize(table["representative"])[0]
    columns = ["row", "group", "representative", "exact"]
    return table[columns].sort_values(["group", "row"], ignore_index=True)


def _differences(pairs: pd.DataFrame, open_photo: Open, progress: Show) -> Iterator[float]:
    """Each pair's difference, in order, on as many threads as there are cores."""

    @lru_cache(KEPT)
    def small(row: int) -> Image.Image:
        photo = open_photo(row)
        photo.thumbnail((2 * LONG, 2 * LONG), Image.Resampling.BOX)
        return photo

    def compare(pair: tuple[int, int, str]) -> float:
        first, second, kind = pair
        other = ImageOps.mirror(small(second)) if kind == "mirrored" else small(second)
        return difference(small(first), other)

    counter = Counter(len(pairs), progress)
    rows = list(pairs[["first", "second", "kind"]].itertuples(index=False, name=None))
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # the pairs are what is done at the same time
    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for start in range(0, len(rows), AT_ONCE):
                for found in pool.map(compare, rows[start : start + AT_ONCE]):
                    yield found
                    counter.step(lambda: f"near duplicates: {counter.done:,} of {counter.total:,} pairs compared")
    finally:
        cv2.setNumThreads(threads)


def _places(table: pd.DataFrame, pairs: pd.DataFrame) -> np.ndarray:
    benchmark, split = table["benchmark"].to_numpy(), table["split"].to_numpy()
    first, second = pairs["first"].to_numpy(), pairs["second"].to_numpy()
    across = benchmark[first] != benchmark[second]
    return np.select([across, split[first] != split[second]], PLACES[:0:-1], PLACES[0])
