"""Category accuracy and attribute recall against loops over photos, and by hand."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fashionnet.metrics import attribute_ranks, attribute_recall, category_accuracy, category_ranks

# Few different scores, so that ties are common.
COARSE = st.integers(-3, 3).map(float)


def naive_accuracy(scores, labels, k):
    hits = 0
    for row, label in zip(scores, labels):
        rivals = [score for column, score in enumerate(row) if column != label and score >= row[label]]
        hits += len(rivals) < k
    return hits / len(labels)


def naive_recall(scores, labels, columns, k):
    found = positives = 0
    for row, truth in zip(scores, labels):
        for column in columns:
            if truth[column] == 1:
                positives += 1
                found += sum(row[c] >= row[column] for c in columns if c != column) < k
    return found / positives if positives else math.nan


@given(st.data())
def test_category_accuracy_is_a_loop_over_photos(data):
    shape = (data.draw(st.integers(1, 8)), data.draw(st.integers(1, 6)))
    scores = data.draw(arrays(np.float32, shape, elements=COARSE))
    labels = data.draw(arrays(np.int64, shape[0], elements=st.integers(0, shape[1] - 1)))
    for k in (1, 3, 5):
        assert category_accuracy(scores, labels, k) == naive_accuracy(scores, labels, k)


@given(st.data())
def test_attribute_recall_is_a_loop_over_photos(data):
    photos, columns = data.draw(st.integers(0, 8)), data.draw(st.integers(1, 12))
    scores = data.draw(arrays(np.float32, (photos, columns), elements=COARSE))
    labels = data.draw(arrays(np.int8, (photos, columns), elements=st.integers(-1, 1)))
    groups = data.draw(st.lists(st.sampled_from(["texture", "fabric", "shape"]), min_size=columns, max_size=columns))
    for k in (1, 3, 5):
        recall = attribute_recall(scores, labels, groups, k)
        expected = {g: naive_recall(scores, labels, [c for c in range(columns) if groups[c] == g], k) for g in groups}
        known = [value for value in expected.values() if not math.isnan(value)]
        expected["all"] = naive_recall(scores, labels, range(columns), k)
        expected["mean"] = sum(known) / len(known) if known else math.nan
        assert recall == pytest.approx(expected, nan_ok=True)


def test_many_positives_span_several_blocks():
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 30, (300, 21)).astype(np.float32)
    labels = rng.integers(-1, 2, (300, 21))
    groups = rng.choice(["texture", "part"], 21)
    recall = attribute_recall(scores, labels, groups, 3)
    for group in ("texture", "part"):
        assert recall[group] == pytest.approx(naive_recall(scores, labels, np.flatnonzero(groups == group), 3))
    assert recall["all"] == pytest.approx(naive_recall(scores, labels, range(21), 3))


def test_a_constant_network_gets_nothing():
    assert category_accuracy(np.zeros((4, 6)), [0, 1, 2, 3], 5) == 0
    recall = attribute_recall(np.zeros((1, 8)), [[1] * 8], ["texture"] * 4 + ["part"] * 4, 3)
    assert recall == {"texture": 0, "part": 0, "all": 0, "mean": 0}


def test_by_hand_with_unknown_labels():
    # texture: columns 0, 2, 4; part: columns 1, 3, 5. The unknown column 0 keeps the first place.
    groups = ["texture", "part"] * 3
    scores = [[9, 1, 8, 3, 7, 2]]
    labels = [[0, 1, 1, -1, 1, -1]]
    recall = attribute_recall(scores, labels, groups, 2)
    assert recall == {"texture": 1 / 2, "part": 0, "all": 1 / 3, "mean": (1 / 2 + 0) / 2}


def test_a_group_without_positives_is_left_out_of_the_mean():
    recall = attribute_recall([[2.0, 1.0]], [[1, -1]], ["texture", "style"], 1)
    assert recall["texture"] == recall["mean"] == 1
    assert math.isnan(recall["style"])


def test_counts_of_each_photo_add_up_to_the_recall():
    rng = np.random.default_rng(1)
    scores, labels = rng.normal(size=(40, 10)), rng.integers(-1, 2, (40, 10))
    groups = np.array(["texture", "shape"])[rng.integers(0, 2, 10)]
    ranks = attribute_ranks(scores, labels, groups)
    recall = attribute_recall(scores, labels, groups, 3)
    share = ranks.found(3).sum(axis=0) / ranks.positives.sum(axis=0)
    assert dict(zip(ranks.names, share)) == pytest.approx({name: recall[name] for name in ranks.names})
    assert (ranks.positives[:, -1] == (labels == 1).sum(axis=1)).all()


def test_without_photos_there_is_no_number():
    assert math.isnan(category_accuracy(np.zeros((0, 3)), np.zeros(0, dtype=int), 1))
    assert all(math.isnan(v) for v in attribute_recall(np.zeros((0, 2)), np.zeros((0, 2)), ["a", "b"], 3).values())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_torch_tensors_are_taken(dtype):
    scores = torch.tensor([[1.0, 2.0], [3.0, 0.0]], dtype=dtype, requires_grad=True)
    assert category_accuracy(scores, torch.tensor([1, 1]), 1) == 1 / 2
    assert attribute_recall(scores, torch.tensor([[1, -1], [1, -1]]), ["part"] * 2, 1)["part"] == 1 / 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: category_accuracy([[np.nan, 1.0]], [0], 1), "NaN"),
        (lambda: category_accuracy(np.zeros((3, 2)), [0, 1], 1), r"scores \(3, 2\), labels \(2,\)"),
        (lambda: category_accuracy(np.zeros((1, 2)), [2], 1), "labels 2 to 2, expected 0 to 1"),
        (lambda: category_accuracy(np.zeros((1, 2)), [-1], 1), "labels -1"),
        (lambda: category_accuracy(np.zeros((1, 2)), [0], 0), "k = 0"),
        (lambda: attribute_recall([[np.nan, 1.0]], [[1, 1]], ["a", "a"], 1), "NaN"),
        (lambda: attribute_recall(np.zeros((2, 3)), np.zeros((2, 4)), ["a"] * 3, 1), r"labels \(2, 4\)"),
        (lambda: attribute_recall(np.zeros((1, 2)), [[2, 1]], ["a", "a"], 1), "expected 1, 0 and -1"),
        (lambda: attribute_recall(np.zeros((1, 2)), [[1, 1]], ["all", "a"], 1), "called all or mean"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_an_infinite_score_has_a_place():
    assert category_ranks([[-np.inf, 0.0, np.inf]], [1]).tolist() == [2]
