"""Retrieval accuracy (DeepFashion, section 4.2: top-k), mAP@R and R-precision (Musgrave et al. 2020), and chance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch

from fashionnet.metrics.arrays import as_array, check_finite, check_k, check_shapes
from fashionnet.metrics.matching import Matching
from fashionnet.metrics.nearness import Nearness
from fashionnet.metrics.scores import Scores


class Retrieval(NamedTuple):
    """What each of Q queries found. Queries whose item is not in the gallery are NaN, to be left out and counted.

    right: (Q,) int, R, the gallery photos of the query's item; 0 for those left out.
    rank: (Q,) the place of the nearest right photo, from 1.
    average_precision: (Q,) average precision at R: the precisions at those of the first R places that are right,
        summed and divided by R.
    r_precision: (Q,) the share of right photos among the first R.
    """

    right: np.ndarray
    rank: np.ndarray
    average_precision: np.ndarray
    r_precision: np.ndarray


class Chance(NamedTuple):
    """What a random order of the gallery is expected to reach: (K,) top-k accuracies, mAP@R and R-precision."""

    top_k: np.ndarray
    map_at_r: float
    r_precision: float


def retrieval(queries: Any, gallery: Any, query_items: Any, gallery_items: Any, match: Any = None) -> Retrieval:
    """(Q, D), (G, D) features, (Q,), (G,) items → Retrieval; by Euclidean distance of the features as given.

    With match, (D,) output weights of a similarity network, by its match probability instead: queries and gallery are
    then the two parts of its hidden layer before the ReLU (`metrics.matching`). Wrong photos as near as a right one
    stand before it. Raises ValueError for NaN or infinity and for shapes that do not fit.
    """
    return _retrieval(queries, gallery, query_items, gallery_items, 0, match)[0]


def retrieval_and_nearest(
    queries: Any, gallery: Any, query_items: Any, gallery_items: Any, k: int, match: Any = None
) -> tuple[Retrieval, np.ndarray, np.ndarray]:
    """What `retrieval` returns, and what `nearest` does: for both the scores, which take the time, are needed once."""
    check_k(k)
    return _retrieval(queries, gallery, query_items, gallery_items, k, match)


def retrieval_accuracy(
    queries: Any, gallery: Any, query_items: Any, gallery_items: Any, ks: Iterable[int], match: Any = None
) -> dict[int, float]:
    """(Q, D), (G, D) features, (Q,), (G,) items → for each k the share of queries that find their item.

    A query finds its item at k when at least one photo of it is among the k nearest of the gallery; wrong photos as
    near as the right one stand before it. match: as in `retrieval`. A query whose item is not in the gallery is left
    out; `retrieval` tells which. NaN without queries. Raises ValueError as `retrieval` does and for k under 1.
    """
    ks = list(ks)
    for k in ks:
        check_k(k)
    queries, gallery, match = _features(queries, gallery, match)
    own = _right_photos(queries, gallery, query_items, gallery_items)
    if not own.count.any():
        return dict.fromkeys(ks, float("nan"))
    near = _scores(queries, gallery, match)
    rank = np.concatenate(
        [place for block, scores in near.blocks() for _, _, place in _places(near, block, scores, own, first_only=True)]
    )
    return {k: float((rank <= k).mean()) for k in ks}


def retrieval_chance(right: Any, gallery: int, ks: Iterable[int]) -> Chance:
    """(Q,) right photos of each query (`Retrieval.right`) and the gallery's size → what a random order reaches.

    Exact: a query misses its R right photos in k draws without replacement with the hypergeometric probability
    C(G - R, k) / C(G, k). Queries with R = 0 are left out; NaN without others.
    """
    ks, right = list(ks), as_array(right).astype(np.float64)
    right = right[right > 0]
    if not len(right):
        return Chance(np.full(len(ks), np.nan), float("nan"), float("nan"))
    top_k = []
    for k in ks:
        check_k(k)
        drawn = np.arange(min(k, gallery))
        missed = np.maximum(gallery - right[:, None] - drawn, 0) / (gallery - drawn)
        top_k.append(1 - missed.prod(axis=1).mean())
    # The i-th place is right with probability R/G, and each of those before it is then with (R - 1)/(G - 1).
    precision = np.zeros_like(right)
    for place in range(1, int(right.max()) + 1):
        before = (place - 1) * (right - 1) / max(gallery - 1, 1)
        precision += np.where(place <= right, (1 + before) / place, 0.0) / gallery
    return Chance(np.array(top_k), float(precision.mean()), float((right / gallery).mean()))


def nearest(queries: Any, gallery: Any, k: int, match: Any = None) -> tuple[np.ndarray, np.ndarray]:
    """(Q, D), (G, D) features → (Q, min(k, G)) row numbers of the nearest gallery photos, and their distances.

    Nearest first, photos as near in the gallery's order. match: as in `retrieval`; the distance is then the logit
    difference of no match over match, short of the output biases, which are the same for all pairs: smaller for a more
    probable match, and of either sign. Raises ValueError as `retrieval` does and for k under 1.
    """
    check_k(k)
    queries, gallery, match = _features(queries, gallery, match)
    found, distances = _no_nearest(queries, gallery, k)
    if found.size:
        near = _scores(queries, gallery, match)
        for block, scores in near.blocks():
            found[block], distances[block] = _first(near, block, scores, found.shape[1])
    return found, distances


def _features(queries: Any, gallery: Any, match: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    queries, gallery = as_array(queries), as_array(gallery)
    check_shapes(queries=(queries, "Q D"), gallery=(gallery, "G D"))
    check_finite(queries=queries, gallery=gallery)
    if match is not None:
        match = as_array(match)
        check_shapes(queries=(queries, "Q D"), gallery=(gallery, "G D"), match=(match, "D"))
        check_finite(match=match)
    # Whole numbers in float64, which holds them exactly up to 2**53.
    queries, gallery = (a if a.dtype.kind == "f" else a.astype(np.float64) for a in (queries, gallery))
    return queries, gallery, match


def _scores(queries: np.ndarray, gallery: np.ndarray, match: np.ndarray | None) -> Scores:
    return Nearness(queries, gallery) if match is None else Matching(queries, gallery, match)


class _RightPhotos(NamedTuple):
    """The gallery photos of each query's item: `count` of them (Q,), from `start` (Q,) on in `by_item` (G,)."""

    count: np.ndarray
    start: np.ndarray
    by_item: np.ndarray


def _right_photos(queries: np.ndarray, gallery: np.ndarray, query_items: Any, gallery_items: Any) -> _RightPhotos:
    query_items, gallery_items = as_array(query_items), as_array(gallery_items)
    check_shapes(
        queries=(queries, "Q D"),
        gallery=(gallery, "G D"),
        query_items=(query_items, "Q"),
        gallery_items=(gallery_items, "G"),
    )
    _, codes = np.unique(np.concatenate([query_items, gallery_items]), return_inverse=True)
    query_codes, gallery_codes = np.split(codes, [len(queries)])
    by_item = np.argsort(gallery_codes, kind="stable")
    start = np.searchsorted(gallery_codes[by_item], query_codes)
    return _RightPhotos(np.searchsorted(gallery_codes[by_item], query_codes, side="right") - start, start, by_item)


def _retrieval(
    queries: Any, gallery: Any, query_items: Any, gallery_items: Any, k: int, match: Any
) -> tuple[Retrieval, np.ndarray, np.ndarray]:
    queries, gallery, match = _features(queries, gallery, match)
    own = _right_photos(queries, gallery, query_items, gallery_items)
    right = own.count
    found, distances = _no_nearest(queries, gallery, k)
    left_out = np.where(right, 1.0, np.nan)
    rank, precision, hits = left_out.copy(), np.zeros(len(right)), np.zeros(len(right))
    if found.size or right.any():
        near = _scores(queries, gallery, match)
        for block, scores in near.blocks():
            if k:
                found[block], distances[block] = _first(near, block, scores, found.shape[1])
            for nth, query, place in _places(near, block, scores, own, first_only=False):
                if nth == 1:
                    rank[query] = place
                hit = place <= right[query]
                precision[query[hit]] += nth / place[hit]
                hits[query[hit]] += 1
    total = np.maximum(right, 1)
    return Retrieval(right, rank, left_out * precision / total, left_out * hits / total), found, distances


def _no_nearest(queries: np.ndarray, gallery: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The arrays of `nearest`, to be filled."""
    shape = len(queries), min(k, len(gallery))
    return np.zeros(shape, dtype=np.int64), np.zeros(shape)


def _first(near: Scores, block: slice, scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """`nearest` of a block of queries, from their scores."""
    last = torch.topk(torch.from_numpy(scores), k, dim=1).values[:, -1].numpy()
    may = scores >= (last - 2 * near.errors[block]).astype(np.float32)[:, None]  # rounding may swap these
    row, photo = np.divmod(np.flatnonzero(may), scores.shape[1])
    far = near.far(row + block.start, photo)
    order = np.lexsort((photo, far, row))
    chosen = order[np.searchsorted(row, np.arange(len(scores)))[:, None] + np.arange(k)]
    return photo[chosen], near.distances(far[chosen])


def _places(
    near: Scores, block: slice, scores: np.ndarray, own: _RightPhotos, first_only: bool
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """n, some queries of a block, and the place of the n-th nearest right photo of each; overwrites their scores.

    Each query comes with n = 1 and then, unless `first_only`, on until a place lies beyond its first R.
    """
    right = own.count[block]
    query = np.repeat(np.arange(block.start, block.stop), right)
    photo = own.by_item[np.repeat(own.start[block], right) + _counter(right)]
    score = scores[query - block.start, photo]
    scores[query - block.start, photo] = -np.inf  # what remains to be counted is wrong
    if first_only:  # measure only those that may be the nearest
        best = np.full(len(scores), -np.inf)
        np.maximum.at(best, query - block.start, score)
        may = score >= best[query - block.start] - 2 * near.errors[query]
        query, photo = query[may], photo[may]
    far = near.far(query, photo)
    order = np.lexsort((far, query))
    query, far = query[order], far[order]
    nth = 1 + _counter(np.bincount(query - block.start, minlength=len(scores)))
    n, now = 1, nth == 1
    while now.any():
        asking = query[now]
        rows = scores if len(asking) == len(scores) else scores[asking - block.start]
        place = n + near.count_within(rows, asking, far[now])
        yield n, asking, place
        n += 1
        now = (nth == n) & np.isin(query, asking[place < own.count[asking]]) & (not first_only)


def _counter(counts: np.ndarray) -> np.ndarray:
    """[2, 3] → [0, 1, 0, 1, 2]."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
