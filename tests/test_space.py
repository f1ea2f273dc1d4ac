"""How a feature space is partitioned: recomputed by naive loops, and on spaces whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from factories import make_prepared

from fashionnet.evaluate.space import domain_gap, flat_map, neighbours, silhouettes


def test_neighbours_share_what_a_loop_over_photos_finds():
    prepared = make_prepared(40, seed=3, attributes=9)
    rows = prepared.rows("category_attribute", "test")
    feature = np.random.default_rng(0).normal(size=(len(rows), 4)).astype(np.float32)
    feature[1] = feature[0]  # two photos with the same feature are each other's neighbours
    found = neighbours(prepared, rows, feature)
    same, shared, positives = [], 0, 0
    category = prepared.photos["category"].to_numpy()
    for i, row in enumerate(rows):
        others = [(math.dist(feature[i], feature[j]), j) for j in range(len(rows)) if j != i]
        near = rows[min(others)[1]]
        if category[row] >= 0 and category[near] >= 0:
            same.append(category[row] == category[near])
        for mine, its in zip(prepared.attributes[row], prepared.attributes[near], strict=True):
            positives += mine == 1 and its != 0
            shared += mine == 1 and its == 1
    assert found["neighbour_category"].measured().value == pytest.approx(np.mean(same))
    assert found["neighbour_attributes"].measured().value == pytest.approx(shared / positives)


def test_silhouettes_by_their_definition():
    rng = np.random.default_rng(1)
    items = np.array(["a", "a", "a", "b", "b", "c", "c", "d"])
    feature = rng.normal(size=(8, 3))
    expected = []
    for i in range(8):
        own = [math.dist(feature[i], feature[j]) for j in range(8) if j != i and items[j] == items[i]]
        if not own:
            continue  # an item of one photo
        away = min(
            np.mean([math.dist(feature[i], feature[j]) for j in range(8) if items[j] == other])
            for other in set(items) - {items[i]}
        )
        expected.append((away - np.mean(own)) / max(away, np.mean(own)))
    found = silhouettes(items, np.arange(8), feature)["item_silhouette"]
    assert found.measured().value == pytest.approx(np.mean(expected))
    assert found.n == 7
    assert len(found.drawn) == 4, "an item's photos are drawn together"


def pairs(rng, items=60, apart=0.0):
    """Items of two photos by consumers and one by a shop, consumers' moved by `apart`."""
    item = np.repeat(np.arange(items), 3)
    source = np.tile([2, 2, 1], items)
    feature = rng.normal(size=(items, 1, 4)).repeat(3, axis=1).reshape(-1, 4) + 0.5 * rng.normal(size=(3 * items, 4))
    feature[source == 2, 0] += apart
    return item.astype(str), source, feature


def test_domains_that_are_alike_cannot_be_told_apart_and_others_can():
    for apart, low, high in ((0.0, 0.35, 0.65), (8.0, 0.97, 1.0)):
        items, source, feature = pairs(np.random.default_rng(0), apart=apart)
        found = domain_gap(items, source, np.arange(len(items)), feature)
        assert low <= found["domain_accuracy"].measured().value <= high
    assert found["domain_accuracy"].n == 180
    assert len(found["domain_accuracy"].drawn) == 60


def test_the_distance_across_domains_by_that_within_one():
    items, source, feature = pairs(np.random.default_rng(2), items=12, apart=1.0)
    across, within = [], []
    for i in range(len(items)):
        for j in range(len(items)):
            if i == j or items[i] != items[j] or source[i] != 2:
                continue
            (across if source[j] == 1 else within).append(math.dist(feature[i], feature[j]))
    found = domain_gap(items, source, np.arange(len(items)), feature)["distance_ratio"]
    assert found.measured().value == pytest.approx(np.mean(across) / np.mean(within))


def test_what_cannot_be_measured_is_left_out():
    rng = np.random.default_rng(0)
    feature = rng.normal(size=(3, 2))
    assert silhouettes(np.array(["a", "b", "c"]), np.arange(3), feature) == {}
    assert domain_gap(np.array(["a", "b", "c"]), np.array([1, 2, 2]), np.arange(3), feature) == {}


def test_a_map_keeps_far_groups_apart_and_is_the_same_again():
    rng = np.random.default_rng(0)
    feature = np.concatenate([rng.normal(size=(20, 5)), rng.normal(size=(20, 5)) + 50]).astype(np.float32)
    places = flat_map(feature)
    assert (flat_map(feature) == places).all()
    centres = places[:20].mean(0), places[20:].mean(0)
    spread = max(
        np.linalg.norm(places[:20] - centres[0], axis=1).max(), np.linalg.norm(places[20:] - centres[1], axis=1).max()
    )
    assert math.dist(*centres) > spread
