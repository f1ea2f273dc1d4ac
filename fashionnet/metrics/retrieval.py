"""Retrieval accuracy (DeepFashion, section 4.2: top-k), mAP@R and R-precision (Musgrave et al. 2020), and chance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch

from fashionnet.metrics.arrays import as_array, check_finite, check_k, check_shapes
from fashionnet.metrics.nearness import Nearness


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


def retrieval(queries: Any, gallery: Any, query_items: Any, gallery_items: Any) -> Retrieval:
    """(Q, D), (G, D) features, (Q,), (G,) items → Retrieval; Euclidean distance of the features as given.

    Wrong photos as near as a right one stand before it. Raises ValueError for NaN or infinity and for shapes that do
    not fit.
    """
    right, places = _right_places(queries, gallery, query_items, gallery_items, first_only=False)
    left_out = np.where(right, 1.0, np.nan)
    rank, precision, hits = left_out.copy(), np.zeros(len(right)), np.zeros(len(right))
    for nth, query, place in places:
        if nth == 1:
            rank[query] = place
        hit = place <= right[query]
        precision[query[hit]] += nth / place[hit]
        hits[query[hit]] += 1
    total = np.maximum(right, 1)
    return Retrieval(right, rank, left_out * precision / total, left_out * hits / total)


def retrieval_accuracy(
    queries: Any, gallery: Any, query_items: Any, gallery_items: Any, ks: Iterable[int]
) -> dict[int, float]:
    """(Q, D), (G, D) features, (Q,), (G,) items → for each k the share of queries that find their item.

    A query finds its item at k when at least one photo of it is among the k nearest of the gallery; wrong photos as
    near as the right one stand before it. A query whose item is not in the gallery is left out; `retrieval` tells
    which. NaN without queries. Raises ValueError as `retrieval` does and for k under 1.
    """
    ks = list(ks)
    for k in ks:
        check_k(k)
    right, places = _right_places(queries, gallery, query_items, gallery_items, first_only=True)
    ranks = [place for _, _, place in places]
    rank = np.concatenate(ranks) if ranks else np.zeros(0)
    return {k: float((rank <= k).mean()) if right.any() else float("nan") for k in ks}


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


def nearest(queries: Any, gallery: Any, k: int) -> tuple[np.ndarray, np.ndarray]:
    """(Q, D), (G, D) features → (Q, min(k, G)) row numbers of the nearest gallery photos, and their distances.

    Nearest first, photos as near in the gallery's order. Raises ValueError as `retrieval` does and for k under 1.
    """
    check_k(k)
    queries, gallery = _features(queries, gallery)
    k, spare = min(k, len(gallery)), min(k + 8, len(gallery))  # the product may swap photos that are all but as near
    found, distances = np.zeros((len(queries), k), dtype=np.int64), np.zeros((len(queries), k))
    if not k:
        return found, distances
    near = Nearness(queries, gallery)
    for block, scores in near.blocks():
        photo = torch.topk(torch.from_numpy(scores), spare, dim=1).indices.numpy()
        query = np.repeat(np.arange(block.start, block.stop), spare)
        squared = near.squared_distances(query, photo.ravel()).reshape(photo.shape)
        order = np.lexsort((photo, squared))[:, :k]
        found[block] = np.take_along_axis(photo, order, axis=1)
        distances[block] = np.sqrt(np.take_along_axis(squared, order, axis=1))
    return found, distances


def _features(queries: Any, gallery: Any) -> tuple[np.ndarray, np.ndarray]:
    queries, gallery = as_array(queries), as_array(gallery)
    check_shapes(queries=(queries, "Q D"), gallery=(gallery, "G D"))
    check_finite(queries=queries, gallery=gallery)
    return queries, gallery


def _right_places(
    queries: Any, gallery: Any, query_items: Any, gallery_items: Any, first_only: bool
) -> tuple[np.ndarray, Iterator[tuple[int, np.ndarray, np.ndarray]]]:
    """right (Q,), and an iterator over n, some queries, and the place of the n-th nearest right photo of each.

    Each query comes with n = 1 and then, unless `first_only`, on until a place lies beyond its first R.
    """
    queries, gallery = _features(queries, gallery)
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
    starts = np.searchsorted(gallery_codes[by_item], query_codes)
    right = np.searchsorted(gallery_codes[by_item], query_codes, side="right") - starts

    def places() -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        if not right.any():
            return
        near = Nearness(queries, gallery)
        for block, scores in near.blocks():
            query = np.repeat(np.arange(block.start, block.stop), right[block])
            photo = by_item[np.repeat(starts[block], right[block]) + _counter(right[block])]
            own = scores[query - block.start, photo]
            scores[query - block.start, photo] = -np.inf  # what remains to be counted is wrong
            if first_only:  # measure only those that may be the nearest
                best = np.full(len(scores), -np.inf)
                np.maximum.at(best, query - block.start, own)
                may = own >= best[query - block.start] - 2 * near.errors[query]
                query, photo = query[may], photo[may]
            squared = near.squared_distances(query, photo)
            order = np.lexsort((squared, query))
            query, squared = query[order], squared[order]
            nth = 1 + _counter(np.bincount(query - block.start, minlength=len(scores)))
            n, now = 1, nth == 1
            while now.any():
                asking = query[now]
                rows = scores if len(asking) == len(scores) else scores[asking - block.start]
                place = n + near.count_within(rows, asking, squared[now])
                yield n, asking, place
                n += 1
                now = (nth == n) & np.isin(query, asking[place < right[asking]]) & (not first_only)

    return right, places()


def _counter(counts: np.ndarray) -> np.ndarray:
    """[2, 3] → [0, 1, 0, 1, 2]."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
