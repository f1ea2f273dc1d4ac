"""Queries beside what the systems find: every kind recomputed by a loop, and drawn by the stated rule."""

import re

import numpy as np
import pandas as pd
import pytest
from factories import make_prepared
from hypothesis import given
from hypothesis import strategies as st

from fashionnet import evaluate, examples, figures
from fashionnet.evaluate.agreement import AHEAD, BEHIND, EVERYBODY, NOBODY
from fashionnet.systems import COMPARED, look

EACH, PHOTOS = 3, 5


@pytest.fixture(scope="module")
def prepared():
    return make_prepared(photos=160, image_size=32)


def features(prepared, seed):
    """Nearly random features that know a little of the item, so that every kind of query occurs."""
    rng = np.random.default_rng(seed)
    rows = prepared.rows("in_shop", "test")
    items = prepared.photos["item"].to_numpy()[rows]
    centres = {item: rng.normal(size=4) for item in sorted(set(items))}
    feature = np.array([centres[item] + rng.normal(scale=0.7, size=4) for item in items], np.float32)
    return {"image_name": prepared.photos["image_name"].to_numpy(dtype=str)[rows], "feature": feature}


@pytest.fixture(scope="module")
def predictions(prepared):
    return {system: features(prepared, seed) for seed, system in enumerate(COMPARED)}


@pytest.fixture(scope="module")
def tables(prepared, predictions):
    return evaluate.in_shop(prepared, predictions).tables


def naive_first(prepared, arrays):
    """Query → whether the nearest gallery photo is of its item."""
    at = dict(zip(arrays["image_name"], arrays["feature"].astype(float)))
    photos = prepared.photos
    rows = {role: prepared.rows("in_shop", "test", role) for role in ("query", "gallery")}
    found = {}
    for query in rows["query"]:
        distance = {
            row: np.linalg.norm(at[photos["image_name"][row]] - at[photos["image_name"][query]])
            for row in rows["gallery"]
        }
        nearest = min(distance, key=distance.get)
        found[query] = photos["item"][nearest] == photos["item"][query]
    return found


def naive_kind(firsts):
    if all(firsts):
        return EVERYBODY
    if not any(firsts):
        return NOBODY
    return AHEAD if firsts[0] else BEHIND


def test_a_querys_kind_is_who_finds_it_first(prepared, predictions, tables):
    kinds = evaluate.agreement(tables["queries"], COMPARED)
    first = [naive_first(prepared, predictions[system]) for system in COMPARED]
    assert kinds.to_dict() == {query: naive_kind([own[query] for own in first]) for query in first[0]}
    assert set(kinds) == {EVERYBODY, AHEAD, BEHIND, NOBODY}


@given(st.lists(st.lists(st.integers(1, 3), min_size=3, max_size=3), min_size=1, max_size=20), st.integers(1, 3))
def test_every_query_is_of_one_kind_and_counted_once(ranks, count):
    systems = COMPARED[:count]
    queries = pd.DataFrame(
        [(system, row, rank) for row, own in enumerate(ranks) for system, rank in zip(COMPARED, own)],
        columns=["system", "row", "rank"],
    )
    kinds = evaluate.agreement(queries, systems)
    assert kinds.to_dict() == {row: naive_kind([rank == 1 for rank in own[:count]]) for row, own in enumerate(ranks)}
    table = evaluate.kinds_of(kinds, systems)
    assert table["queries"].sum() == len(ranks)
    assert table["share"].sum() == pytest.approx(1)
    assert len(table) == (4 if count > 1 else 2)


def row_of(prepared, tile):
    return int(np.flatnonzero((prepared.crops == tile.pixels).all((1, 2, 3)))[0])


def shown(prepared, tables):
    kinds = evaluate.agreement(tables["queries"], COMPARED)
    about = evaluate.kinds_of(kinds, COMPARED)
    found = examples.compared(prepared, kinds, about, tables["queries"], tables["retrieved"], COMPARED, EACH, PHOTOS)
    return kinds, found


def test_of_each_kind_as_many_are_drawn_at_random_and_always_the_same(prepared, tables):
    kinds, found = shown(prepared, tables)
    assert len(found) == 4
    for kind, (caption, queries) in zip((EVERYBODY, AHEAD, BEHIND, NOBODY), found):
        rows = [row_of(prepared, one.query) for one in queries]
        candidates = [row for row in kinds.index if kinds[row] == kind]
        expected = sorted(np.random.default_rng(0).permutation(candidates)[:EACH].tolist())
        assert rows == expected
        assert f"{len(candidates)} of {len(kinds)} queries" in caption


def test_photos_are_those_that_each_system_finds_in_its_order(prepared, predictions, tables):
    _, found = shown(prepared, tables)
    photos = prepared.photos
    gallery = prepared.rows("in_shop", "test", "gallery")
    for one in (one for _, queries in found for one in queries):
        query = row_of(prepared, one.query)
        sought = row_of(prepared, one.sought)
        assert photos["role"][sought] == "gallery"
        assert photos["item"][sought] == photos["item"][query]
        assert [result.system for result in one.results] == list(COMPARED)
        for result in one.results:
            at = dict(
                zip(predictions[result.system]["image_name"], predictions[result.system]["feature"].astype(float))
            )
            name = photos["image_name"]
            nearest = sorted(gallery, key=lambda row: np.linalg.norm(at[name[row]] - at[name[query]]))
            assert [row_of(prepared, tile) for tile in result.photos] == nearest[:PHOTOS]
            right = [photos["item"][row] == photos["item"][query] for row in nearest]
            assert result.rank == right.index(True) + 1
            assert [tile.frame == "right" for tile in result.photos] == right[:PHOTOS]
            assert all(("the right item" in tile.alt) == same for tile, same in zip(result.photos, right))


def test_a_comparison_names_each_system_in_its_colour_and_every_photo_has_alt_text(prepared, tables):
    _, found = shown(prepared, tables)
    caption, queries = found[-1]
    html = figures.comparison(f"<b>{caption}</b>", queries)
    assert "<b>" not in html
    lines = re.findall(r'fn-system">(.*?)</div>', html)
    assert len(lines) == len(queries) * len(COMPARED)
    for line, result in zip(lines, [result for one in queries for result in one.results]):
        assert look(result.system).label in line
        assert look(result.system).colour in line
        assert f"first right: {result.rank}" in line
    alts = re.findall(r'<img alt="([^"]*)"', html)
    assert len(alts) == len(queries) * (2 + len(COMPARED) * PHOTOS)
    assert all(alts)


def test_a_single_system_has_two_kinds(prepared, tables):
    kinds = evaluate.agreement(tables["queries"], ["darn"])
    about = evaluate.kinds_of(kinds, ["darn"])
    found = examples.compared(prepared, kinds, about, tables["queries"], tables["retrieved"], ["darn"], 1, 2)
    assert [caption.split(":")[0] for caption, _ in found] == [
        "Every system's first photo is right",
        "No system's first photo is right",
    ]
