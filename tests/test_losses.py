"""Each loss of FashionNet against a naive loop, and what masks do."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fashionnet.batches import Batch
from fashionnet.networks import Output
from fashionnet.training.loading import Part
from fashionnet.training.losses import (
    NAMES,
    Loss,
    attribute_loss,
    attribute_weights,
    landmark_loss,
    losses,
    match_loss,
    softmax_loss,
    triplet_loss,
    visibility_loss,
)

seeds = st.integers(0, 10**6)
quick = settings(max_examples=30, deadline=None)


def check(found: Loss, total: float, count: int):
    assert found.total.item() == pytest.approx(total, rel=1e-5, abs=1e-6)
    assert found.count.item() == count
    assert found.mean.item() == pytest.approx(total / max(1, count), rel=1e-5, abs=1e-6)


def softmax(values):
    powers = [math.exp(v - max(values)) for v in values]
    return [p / sum(powers) for p in powers]


@quick
@given(seed=seeds)
def test_landmark_loss(seed):
    rng = np.random.default_rng(seed)
    predicted, true = rng.normal(size=(2, 5, 8, 2))
    codes = rng.integers(-1, 3, (5, 8))
    true[codes == -1] = np.nan
    total, count = 0.0, 0
    for n in range(5):
        for j in range(8):
            if codes[n, j] == 0:
                total += (predicted[n, j, 0] - true[n, j, 0]) ** 2 + (predicted[n, j, 1] - true[n, j, 1]) ** 2
                count += 1
    check(landmark_loss(*map(torch.from_numpy, (predicted, true, codes))), total, count)


@quick
@given(seed=seeds)
def test_visibility_loss(seed):
    rng = np.random.default_rng(seed)
    logits, codes = rng.normal(size=(4, 8, 3)), rng.integers(-1, 3, (4, 8))
    known = [(n, j) for n in range(4) for j in range(8) if codes[n, j] >= 0]
    total = sum(-math.log(softmax(logits[n, j])[codes[n, j]]) for n, j in known)
    check(visibility_loss(torch.from_numpy(logits), torch.from_numpy(codes)), total, len(known))


@quick
@given(seed=seeds)
def test_category_loss(seed):
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(size=(6, 5)), rng.integers(-1, 5, 6)
    total = sum(-math.log(softmax(logits[n])[labels[n]]) for n in range(6) if labels[n] >= 0)
    check(softmax_loss(torch.from_numpy(logits), torch.from_numpy(labels)), total, int((labels >= 0).sum()))


@quick
@given(seed=seeds)
def test_attribute_loss(seed):
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(size=(4, 7)), rng.integers(-1, 2, (4, 7))
    total = 0.0
    for n in range(4):
        for a in range(7):
            p = 1 / (1 + math.exp(-logits[n, a]))
            if labels[n, a] == 1:
                total -= 3.0 * math.log(p)
            elif labels[n, a] == -1:
                total -= 0.5 * math.log(1 - p)
    check(
        attribute_loss(torch.from_numpy(logits), torch.from_numpy(labels).to(torch.int8), 3.0, 0.5),
        total,
        int((labels != 0).sum()),
    )


def test_attribute_weights_balance_the_training_set():
    positive, negative = attribute_weights(30, 970)
    assert positive * 30 == pytest.approx(negative * 970)
    assert (positive * 30 + negative * 970) / 1000 == pytest.approx(1)
    assert attribute_weights(0, 10) == (1, 1)


def naive_triplets(features, item, source, margin):
    total, count = 0.0, 0
    domain = {1: 2, 2: 1, 0: 0}

    def distance(a, b):
        return math.sqrt(sum((x - y) ** 2 for x, y in zip(features[a], features[b], strict=True)))

    for a in range(len(item)):
        others = [b for b in range(len(item)) if b != a and item[b] >= 0 and source[b] == domain[source[a]]]
        positives = [b for b in others if item[b] == item[a] >= 0]
        negatives = [b for b in others if item[b] != item[a]]
        for p in positives:
            if not negatives:
                continue
            near = distance(a, p)
            farther = [distance(a, b) for b in negatives if distance(a, b) > near]
            wrong = min(farther) if farther else max(distance(a, b) for b in negatives)
            total += max(0.0, margin + near - wrong)
            count += 1
    return total, count


@quick
@given(seed=seeds)
def test_triplet_loss(seed):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(14, 3))
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    item = rng.integers(-1, 5, 14)
    # Items 0 and 1 are in-shop's (no domain), 2 to 4 consumer-to-shop's.
    source = np.where(item >= 2, rng.integers(1, 3, 14), 0)
    total, count = naive_triplets(features, item, source, 0.3)
    check(triplet_loss(*map(torch.from_numpy, (features, item, source)), 0.3), total, count)


def test_triplets_of_known_angles():
    angles = torch.deg2rad(torch.tensor([0.0, 20.0, 50.0, 90.0]))
    features = torch.stack([angles.cos(), angles.sin()], 1)
    item = torch.tensor([0, 0, 1, 2])

    def chord(degrees):
        return 2 * math.sin(math.radians(degrees) / 2)

    # Anchors 0° and 20°: the other is the positive, the nearest farther negative stands at 50°.
    expected = max(0, 0.5 + chord(20) - chord(50)) + max(0, 0.5 + chord(20) - chord(30))
    check(triplet_loss(features, item, torch.zeros(4, dtype=torch.long), 0.5), expected, 2)


def test_coinciding_features_have_a_finite_gradient():
    features = torch.ones(4, 2, requires_grad=True)
    loss = triplet_loss(features / 2**0.5, torch.tensor([0, 0, 1, 1]), torch.zeros(4, dtype=torch.long), 0.2)
    loss.total.backward()
    assert features.grad.isfinite().all()


def unlabelled(count=3, attributes=4):
    return Batch(
        torch.zeros(count, 3, 8, 8),
        torch.full((count, 8, 2), torch.nan),
        torch.full((count, 8), -1),
        torch.full((count,), -1),
        torch.zeros(count, attributes, dtype=torch.int8),
        torch.full((count,), -1),
        torch.zeros(count, dtype=torch.long),
    )


def random_output(count=3, categories=5, attributes=4):
    torch.manual_seed(0)
    shapes = {
        "landmarks": (count, 8, 2),
        "visibility": (count, 8, 3),
        "category": (count, categories),
        "attributes": (count, attributes),
        "feature": (count, 6),
    }
    return Output(**{name: torch.randn(shape, requires_grad=True) for name, shape in shapes.items()})


def test_a_batch_without_labels_counts_nothing_and_has_no_gradient():
    output = random_output()
    found = losses(output, Part.alone(unlabelled()), (2.0, 0.5), 0.2)
    assert set(found) == set(NAMES)
    for loss in found.values():
        assert loss.total.item() == 0
        assert loss.count.item() == 0
    sum(loss.mean for loss in found.values()).backward()
    assert all(value is None or value.grad is None or value.grad.eq(0).all() for value in output)


def test_absent_heads_have_no_loss():
    output = random_output()._replace(category=None, attributes=None)
    assert set(losses(output, Part.alone(unlabelled()), (1.0, 1.0), 0.2)) == {"landmarks", "visibility", "pairs"}


def naive_match(logits, item, source):
    """Half from the pairs that match, half from those that do not; the sum counts each match twice."""
    right, wrong = [], []
    for query in range(len(item)):
        for photo in range(len(item)):
            asks = (source[query], source[photo]) in ((0, 0), (2, 1))
            if query == photo or not asks or item[query] < 0 or item[photo] < 0:
                continue
            no, yes = logits[query, photo]
            total = math.log(math.exp(no) + math.exp(yes))
            (right if item[query] == item[photo] else wrong).append(total - (yes if item[query] == item[photo] else no))
    if not right or not wrong:
        return sum(right), len(right)
    return sum(right) + len(right) * sum(wrong) / len(wrong), 2 * len(right)


@quick
@given(seed=seeds)
def test_match_loss(seed):
    rng = np.random.default_rng(seed)
    item = rng.integers(-1, 5, 11)
    source = np.where(item >= 2, rng.integers(1, 3, 11), 0)
    logits = rng.normal(size=(11, 11, 2))
    total, count = naive_match(logits, item, source)
    check(match_loss(*map(torch.from_numpy, (logits, item, source))), total, count)


def test_a_photo_judged_twice_counts_twice():
    output = random_output(5)
    labels = unlabelled()._replace(
        category=torch.tensor([0, 2, -1]), attributes=torch.tensor([[1, -1, 0, 0], [0] * 4, [1] * 4], dtype=torch.int8)
    )
    output = output._replace(
        rows=torch.tensor([0, 1, 2, 2, 0]), landmarks=None, visibility=None, feature=output.feature[:3]
    )
    found = losses(output, Part.alone(labels), (1.0, 1.0), 0.2)
    assert found["category"].count.item() == 3
    assert found["attributes"].count.item() == 2 + 4 + 4 + 2
    chosen = softmax_loss(output.category, torch.tensor([0, 2, -1, -1, 0]))
    assert found["category"].total.item() == pytest.approx(chosen.total.item())
