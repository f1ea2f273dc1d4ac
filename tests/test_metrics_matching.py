"""Ranking by match probability against the double loop over queries and gallery, in float64."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fashionnet.metrics import matching, nearest, retrieval, retrieval_accuracy, retrieval_and_nearest


def double_loop(queries, gallery, weights):
    """(Q, G) logit differences, pair by pair and hidden unit by hidden unit."""
    found = np.zeros((len(queries), len(gallery)))
    for i, a in enumerate(np.asarray(queries).tolist()):
        for j, b in enumerate(np.asarray(gallery).tolist()):
            found[i, j] = math.fsum(w * max(0.0, x + y) for w, x, y in zip(np.asarray(weights).tolist(), a, b))
    return found


def ranks(scores, right):
    """The place of each right photo of one query, the best first; wrong ones that score as high stand before it."""
    return [
        n + sum(other >= own for other, is_right in zip(scores, right) if not is_right)
        for n, own in enumerate(sorted(scores[right], reverse=True), 1)
    ]


def assert_as_double_loop(queries, gallery, weights, query_items, gallery_items):
    scores = double_loop(queries, gallery, weights)
    result = retrieval(queries, gallery, query_items, gallery_items, match=weights)
    first = []
    for i, item in enumerate(query_items):
        right = np.asarray(gallery_items) == item
        R = right.sum()
        assert result.right[i] == R
        if not R:
            assert math.isnan(result.rank[i])
            continue
        places = ranks(scores[i], right)
        first.append(places[0])
        assert result.rank[i] == places[0]
        hits = [n / place for n, place in enumerate(places, 1) if place <= R]
        assert result.average_precision[i] == pytest.approx(sum(hits) / R)
        assert result.r_precision[i] == pytest.approx(len(hits) / R)
    accuracy = retrieval_accuracy(queries, gallery, query_items, gallery_items, (1, 2, 5), match=weights)
    for k, share in accuracy.items():
        assert share == pytest.approx(np.mean(np.array(first) <= k) if first else math.nan, nan_ok=True)
    return scores


@settings(deadline=None)
@given(st.data())
def test_the_blocked_ranking_is_the_double_loop(data):
    # Small whole numbers: many pairs score the same, whether a photo stands twice in the gallery or not.
    Q, G, H = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 9)), data.draw(st.integers(1, 4))
    whole = st.integers(-2, 2).map(float)
    queries = data.draw(arrays(np.float32, (Q, H), elements=whole))
    gallery = data.draw(arrays(np.float32, (G, H), elements=whole))
    weights = data.draw(arrays(np.float32, H, elements=whole))
    sign = data.draw(st.sampled_from([None, 1, -1, 0]))
    weights = weights if sign is None else sign * np.abs(weights)
    items = st.integers(0, 3)
    query_items = data.draw(st.lists(items, min_size=Q, max_size=Q))
    gallery_items = data.draw(st.lists(items, min_size=G, max_size=G))
    scores = assert_as_double_loop(queries, gallery, weights, query_items, gallery_items)

    found, distances = nearest(queries, gallery, 4, match=weights)
    np.testing.assert_array_equal(found, np.argsort(-scores, axis=1, kind="stable")[:, :4])
    np.testing.assert_array_equal(distances, -np.take_along_axis(scores, found, axis=1))


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 1000),
    st.sampled_from([0.0, 10.0, 1e4]),
    st.sampled_from([1e-6, 1.0, 1e6]),
    st.sampled_from([np.float32, np.float64]),
)
def test_at_any_scale_and_offset(seed, offset, scale, dtype):
    # A and B far from zero, where the one cancels the other: in float32 A + B would be rounding alone.
    rng = np.random.default_rng(seed)
    queries, gallery = rng.normal(size=(20, 33)) + offset, rng.normal(size=(30, 33)) - offset
    weights = rng.normal(size=33) * scale
    queries, gallery, weights = ((a * s).astype(dtype) for a, s in ((queries, scale), (gallery, scale), (weights, 1)))
    assert_as_double_loop(queries, gallery, weights, rng.integers(0, 8, 20), rng.integers(0, 8, 30))


def test_several_blocks_in_every_direction(monkeypatch):
    monkeypatch.setattr(matching, "SPACE", 1000)
    rng = np.random.default_rng(0)
    queries, gallery, weights = rng.normal(size=(530, 9)), rng.normal(size=(75, 9)), rng.normal(size=9)
    gallery[40:] = gallery[5:40]
    query_items, gallery_items = rng.integers(0, 20, 530), rng.integers(0, 20, 75)
    scores = assert_as_double_loop(queries, gallery, weights, query_items, gallery_items)
    result, found, distances = retrieval_and_nearest(queries, gallery, query_items, gallery_items, 7, match=weights)
    alone = retrieval(queries, gallery, query_items, gallery_items, match=weights)
    for own, expected in zip(result, alone):
        np.testing.assert_array_equal(own, expected)
    np.testing.assert_array_equal(found, np.argsort(-scores.round(12), axis=1, kind="stable")[:, :7])
    np.testing.assert_allclose(distances, -np.take_along_axis(scores, found, axis=1))


def test_pairs_that_float32_can_hardly_tell_apart_are_ranked_right():
    # One of 512 hidden units differs by steps that are smaller than the rounding of the others' sum.
    rng = np.random.default_rng(0)
    queries = rng.normal(size=(1, 512)).astype(np.float32)
    gallery = np.repeat(rng.normal(size=(1, 512)).astype(np.float32), 101, axis=0)
    queries[0, 0], gallery[:, 0] = 0.5, 0.25 + rng.permutation(101).astype(np.float32) * 2.0**-22
    weights = rng.normal(size=512).astype(np.float32)
    weights[0] = 1
    rounded = np.maximum(queries + gallery, 0) @ weights
    assert len(np.unique(rounded)) < 101
    order = np.argsort(-gallery[:, 0])
    for item in range(0, 101, 5):
        rank = retrieval(queries, gallery, [item], np.arange(101), match=weights).rank
        assert rank == 1 + np.flatnonzero(order == item)


def test_scores_that_differ_by_rounding_alone_tie():
    assert 0.1 + 0.2 > 0.3
    gallery = np.array([[0.1, 0.2, 0], [0, 0, 0.3]])
    for item in (0, 1):
        assert retrieval(np.zeros((1, 3)), gallery, [item], [0, 1], match=np.ones(3)).rank == [2]


def test_float32_scores_lie_within_the_error_that_is_promised():
    rng = np.random.default_rng(0)
    for offset in (0, 3, 1000):
        queries, gallery = ((rng.normal(size=(20, 300)) + side * offset).astype(np.float32) for side in (1, -1))
        weights = rng.normal(size=300).astype(np.float32)
        matched = matching.Matching(queries, gallery, weights)
        [(_, scores)] = matched.blocks()
        query, photo = np.divmod(np.arange(400), 20)
        exact = matched._score(query, -double_loop(queries, gallery, weights).ravel())
        wrong = np.abs(scores[query, photo] - exact)
        assert wrong.max() > 0
        assert (wrong <= matched.errors[query]).all()


def test_hidden_units_that_never_wake_decide_nothing():
    queries, gallery = np.full((3, 40), -1.0), np.linspace(-5, 0.5, 200).reshape(5, 40)
    result = retrieval(queries, gallery, [0, 1, 2], np.arange(5), match=np.ones(40))
    assert result.rank.tolist() == [5, 5, 5]


def test_torch_and_whole_numbers_are_taken():
    rng = np.random.default_rng(0)
    queries, gallery, weights = rng.integers(-9, 9, (4, 6)), rng.integers(-9, 9, (8, 6)), rng.integers(-9, 9, 6)
    assert_as_double_loop(queries, gallery, weights, np.arange(4), np.arange(8) % 4)
    assert_as_double_loop(*map(torch.tensor, (queries, gallery, weights)), np.arange(4), np.arange(8) % 4)


def test_without_queries_or_gallery():
    some, none, weights = np.ones((2, 3)), np.ones((0, 3)), np.ones(3)
    assert nearest(none, some, 1, match=weights)[0].shape == (0, 1)
    assert nearest(some, none, 1, match=weights)[0].shape == (2, 0)
    assert np.isnan(retrieval(some, none, [0, 1], [], match=weights).rank).all()
    assert math.isnan(retrieval_accuracy(none, some, [], [0, 1], [1], match=weights)[1])


@pytest.mark.parametrize(
    ("weights", "message"),
    [([1.0, np.nan], "NaN or infinity in match"), ([1.0], r"match \(1,\)"), (np.inf, r"match \(\)")],
)
def test_bad_weights_are_named(weights, message):
    queries, gallery = np.ones((2, 2)), np.ones((3, 2))
    for call in (retrieval, lambda *a, match: retrieval_accuracy(*a, [1], match=match)):
        with pytest.raises(ValueError, match=message):
            call(queries, gallery, [0, 1], [0, 1, 1], match=weights)
    with pytest.raises(ValueError, match=message):
        nearest(queries, gallery, 1, match=weights)
    with pytest.raises(ValueError, match="NaN or infinity in queries"):
        retrieval(queries * np.nan, gallery, [0, 1], [0, 1, 1], match=[1.0, 1.0])
