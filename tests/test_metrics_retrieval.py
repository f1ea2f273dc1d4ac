"""Retrieval against a loop over queries in float64, ties, near-ties, and chance against simulation."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist
from scipy.stats import hypergeom

from fashionnet.metrics import nearest, retrieval, retrieval_accuracy, retrieval_chance


def naive(queries, gallery, query_items, gallery_items):
    """Rank, average precision at R and R-precision of each query: a sort with wrong photos first among equals."""
    rows = []
    for query, item in zip(np.asarray(queries, dtype=np.float64), query_items):
        squared = ((np.asarray(gallery, dtype=np.float64) - query) ** 2).sum(axis=1)
        right = np.asarray(gallery_items) == item
        R = right.sum()
        if not R:
            rows.append((math.nan,) * 3)
            continue
        ordered = [r for _, r in sorted(zip(squared, right))]  # False sorts before True
        precision = sum((sum(ordered[: i + 1]) / (i + 1)) for i in range(R) if ordered[i]) / R
        rows.append((ordered.index(True) + 1, precision, sum(ordered[:R]) / R))
    return np.array(rows).reshape(-1, 3).T


def assert_as_naive(queries, gallery, query_items, gallery_items):
    result = retrieval(queries, gallery, query_items, gallery_items)
    rank, precision, r_precision = naive(queries, gallery, query_items, gallery_items)
    np.testing.assert_array_equal(result.rank, rank)
    np.testing.assert_allclose(result.average_precision, precision, rtol=1e-12)
    np.testing.assert_allclose(result.r_precision, r_precision, rtol=1e-12)
    known = rank[~np.isnan(rank)]
    for k, share in retrieval_accuracy(queries, gallery, query_items, gallery_items, (1, 2, 5, 50)).items():
        assert share == pytest.approx((known <= k).mean() if len(known) else math.nan, nan_ok=True)


@settings(deadline=None)
@given(st.data())
def test_retrieval_is_a_loop_over_queries(data):
    # Whole numbers in few dimensions: many photos are exactly as near as others.
    Q, G, D = data.draw(st.integers(0, 7)), data.draw(st.integers(0, 9)), data.draw(st.integers(1, 3))
    whole = st.integers(-2, 2).map(float)
    queries = data.draw(arrays(np.float32, (Q, D), elements=whole))
    gallery = data.draw(arrays(np.float32, (G, D), elements=whole))
    items = st.integers(0, 3)
    assert_as_naive(
        queries,
        gallery,
        data.draw(st.lists(items, min_size=Q, max_size=Q)),
        data.draw(st.lists(items, min_size=G, max_size=G)),
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([0.0, 100.0, 1e6]), st.sampled_from([1e-6, 1.0, 1e6]))
def test_far_from_the_origin_and_at_any_scale(seed, offset, scale):
    # Far from the origin ||a||² + ||b||² - 2ab in float32 is rounding alone.
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(10, 16))
    query_items, gallery_items = rng.integers(0, 12, 30), rng.integers(0, 10, 40)
    queries = (offset + centres[query_items % 10] + rng.normal(size=(30, 16))) * scale
    gallery = (offset + centres[gallery_items] + rng.normal(size=(40, 16))) * scale
    assert_as_naive(queries, gallery, query_items, gallery_items)
    assert_as_naive(queries.astype(np.float32), gallery.astype(np.float32), query_items, gallery_items)


def test_photos_with_the_same_feature_tie_wherever_they_stand():
    # Columns at the edge of a matrix product may be summed in another order than the others.
    rng = np.random.default_rng(0)
    feature = rng.normal(size=(1, 1024)).astype(np.float32)
    queries = feature + rng.normal(scale=0.01, size=(20, 1024)).astype(np.float32)
    for size in range(2, 40):
        gallery = np.repeat(feature, size, axis=0)
        for place in (0, size // 2, size - 1):
            items = np.arange(size)
            ranks = retrieval(queries, gallery, np.full(20, place), items).rank
            assert (ranks == size).all()


def test_a_query_that_equals_a_right_and_a_wrong_photo_ties():
    rng = np.random.default_rng(0)
    gallery = rng.normal(size=(30, 64)).astype(np.float32)
    gallery[7] = gallery[23]
    result = retrieval(gallery[[7]], gallery, ["a"], ["a" if i == 7 else f"b{i}" for i in range(30)])
    assert result.rank.tolist() == [2]


def test_photos_that_float32_can_hardly_tell_apart_are_ranked_right():
    # Steps in one of 512 numbers that move the distance by less than the product's own rounding.
    rng = np.random.default_rng(0)
    query = rng.normal(size=(1, 512)).astype(np.float32)
    gallery = np.repeat(query + rng.normal(scale=0.5, size=(1, 512)).astype(np.float32), 101, axis=0)
    gallery[:, 0] = query[0, 0] + 0.25 + rng.permutation(101).astype(np.float32) * 2.0**-22
    squared = np.float32((gallery**2).sum(axis=1)) - 2 * gallery @ query[0]
    assert len(np.unique(squared)) < 101
    for item in range(0, 101, 5):
        assert_as_naive(query, gallery, [item], np.arange(101))


@pytest.mark.parametrize("dtype", [np.float16, np.uint8, np.int64, bool])
def test_features_of_any_kind_of_number(dtype):
    rng = np.random.default_rng(0)
    far = 2**40 if dtype == np.int64 else 0
    queries, gallery = ((rng.integers(0, 2, (size, 12)) + far).astype(dtype) for size in (20, 30))
    queries.flags.writeable = False
    assert_as_naive(queries, gallery, rng.integers(0, 5, 20), rng.integers(0, 5, 30))


def test_a_collapsed_network_gets_nothing():
    result = retrieval(np.ones((600, 32)), np.ones((700, 32)), np.arange(600) % 70, np.arange(700) % 70)
    assert (result.rank == 1 + 700 - 10).all()
    assert not result.average_precision.any()


def test_several_blocks_of_queries():
    rng = np.random.default_rng(2)
    centres = rng.normal(size=(90, 24)).astype(np.float32)
    query_items, gallery_items = rng.integers(0, 90, 1200), rng.integers(0, 80, 300)
    queries = centres[query_items] + rng.normal(size=(1200, 24)).astype(np.float32)
    gallery = centres[gallery_items] + rng.normal(size=(300, 24)).astype(np.float32)
    assert_as_naive(queries, gallery, query_items, gallery_items)


def test_precision_by_hand():
    # On a line, query at 0, gallery at 1 (right), 2 (wrong), 3 (right), 4 (right): R = 3.
    result = retrieval([[0.0]], [[1.0], [2.0], [3.0], [4.0]], ["x"], ["x", "y", "x", "x"])
    assert result.right.tolist() == [3]
    assert result.rank.tolist() == [1]
    assert result.average_precision == pytest.approx([(1 / 1 + 2 / 3) / 3])
    assert result.r_precision == pytest.approx([2 / 3])


def test_a_query_whose_item_is_not_in_the_gallery_is_left_out():
    queries, gallery = [[0.0], [5.0]], [[0.0], [9.0]]
    assert retrieval_accuracy(queries, gallery, ["a", "gone"], ["a", "b"], [1]) == {1: 1.0}
    result = retrieval(queries, gallery, ["a", "gone"], ["a", "b"])
    assert result.right.tolist() == [1, 0]
    assert np.isnan(result.rank).tolist() == [False, True]
    assert math.isnan(retrieval_accuracy(queries[1:], gallery, ["gone"], ["a", "b"], [1])[1])


def test_nearest_is_a_sort_of_all_distances():
    rng = np.random.default_rng(0)
    queries, gallery = rng.normal(size=(600, 8)), rng.normal(size=(70, 8))
    gallery[40:60] = gallery[20:40]
    found, distances = nearest(torch.tensor(queries), torch.tensor(gallery), 9)
    exact = cdist(queries, gallery)
    np.testing.assert_array_equal(found, np.lexsort((np.tile(np.arange(70), (600, 1)), exact.round(12)))[:, :9])
    np.testing.assert_allclose(distances, np.sort(exact)[:, :9])
    assert nearest(queries, gallery, 100)[0].shape == (600, 70)
    assert nearest(queries, gallery[:0], 5)[0].shape == (600, 0)


def test_nearest_keeps_the_gallery_s_order_among_any_number_of_photos_as_near():
    gallery = np.repeat(np.random.default_rng(0).normal(size=(1, 64)), 50, axis=0).astype(np.float32)
    found, distances = nearest(gallery[:3] + 1, gallery, 5)
    assert found.tolist() == [[0, 1, 2, 3, 4]] * 3
    assert len(np.unique(distances)) == 1


def test_chance_is_hypergeometric():
    right = np.array([1, 3, 0, 8])
    chance = retrieval_chance(right, 40, [1, 5, 20, 35, 60])
    expected = [np.mean([hypergeom.sf(0, 40, r, min(k, 40)) for r in (1, 3, 8)]) for k in (1, 5, 20, 35, 60)]
    assert chance.top_k == pytest.approx(expected)


def test_chance_is_what_random_features_reach():
    # From photos along the axes, a normal query is as far as its own coordinates say: a random order for each.
    rng = np.random.default_rng(0)
    gallery_items = np.repeat(np.arange(12), [1, 2, 3, 4, 5, 6] * 2)
    result = retrieval(rng.normal(size=(20_000, 42)), np.eye(42), rng.integers(0, 12, 20_000), gallery_items)
    chance = retrieval_chance(result.right, 42, [1, 10])
    assert (result.rank <= 1).mean() == pytest.approx(chance.top_k[0], abs=0.01)
    assert (result.rank <= 10).mean() == pytest.approx(chance.top_k[1], abs=0.015)
    assert result.average_precision.mean() == pytest.approx(chance.map_at_r, abs=0.005)
    assert result.r_precision.mean() == pytest.approx(chance.r_precision, abs=0.007)


def test_chance_without_queries_is_nan():
    chance = retrieval_chance([0, 0], 5, [1])
    assert np.isnan(chance.top_k).all()
    assert math.isnan(chance.map_at_r)


@pytest.mark.parametrize(
    ("queries", "gallery", "query_items", "message"),
    [
        ([[np.nan]], [[1.0]], [0], "NaN or infinity in queries"),
        ([[1.0]], [[np.inf]], [0], "NaN or infinity in gallery"),
        ([[1.0, 2.0]], [[1.0]], [0], r"queries \(1, 2\), gallery \(1, 1\)"),
        ([[1.0]], [[1.0]], [0, 1], r"query_items \(2,\)"),
    ],
)
def test_bad_input_is_named(queries, gallery, query_items, message):
    with pytest.raises(ValueError, match=message):
        retrieval_accuracy(queries, gallery, query_items, [0], [1])
    with pytest.raises(ValueError, match="k = 0"):
        retrieval_accuracy([[1.0]], [[1.0]], [0], [0], [0])
