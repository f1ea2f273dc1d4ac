"""The front page's answers follow from the numbers."""

import re

import pandas as pd
import pytest
from factories import make_prepared

from fashionnet.claims.design import CLAIMS
from fashionnet.findings import poster


def entry(value, low=None, high=None):
    return {"value": value, "fashionnet_minus_this": {"value": (low or 0) + (high or 0), "low": low, "high": high}}


def verdicts(**of):
    rows = []
    for name, verdict in of.items():
        main = CLAIMS[name].main
        row = {"claim": name, "role": "primary", "experiment": main.experiment, "beside": main.beside}
        rows.append(row | {"verdict": verdict, "seeds": [1, 2, 3]})
    return pd.DataFrame(rows, columns=["claim", "role", "experiment", "beside", "verdict", "seeds"])


def test_each_idea_is_called_what_its_verdict_is():
    said = poster.motivation(verdicts(landmarks="not supported", attributes="supported", pairs="supported"), "4")
    assert "attributes and pairs are supported" in said
    assert "landmarks are not supported" in said
    assert "undecided" not in said
    assert "version 4" in said
    assert "3 seeds" in said
    assert "attributes are undecided" in poster.motivation(verdicts(attributes="undecided"), "")
    assert "None of the three ideas" in poster.motivation(verdicts(), "")


def test_better_and_worse_are_said_only_where_every_interval_is_clear():
    merged = {
        "fashionnet": {"a": {"value": 0.5}, "b": {"value": 0.5}, "c": {"value": 0.5}},
        "darn": {"a": entry(0.4, 0.05, 0.2), "b": entry(0.7, -0.3, -0.1), "c": entry(0.5, -0.1, 0.1)},
        "wtbi": {"a": entry(0.5, -0.1, 0.1), "c": entry(0.5, -0.1, 0.1)},
        "untrained": {"a": entry(0.1, 0.2, 0.6), "b": entry(0.1, 0.2, 0.6)},
        "majority": {"a": entry(0.2, 0.1, 0.5), "c": entry(0.2, 0.1, 0.4)},
        "chance": {"a": {"value": 0.9}},
    }
    said = poster.benchmarks(merged, {"a": "shop, top-1", "b": "category", "c": "landmarks"})
    assert "better than every simple system in all 3 headline numbers" in said
    assert "better than DARN in shop top-1, worse than DARN in category and not clearly apart in the other 1" in said
    assert "not clearly apart from WTBI in 2 headline numbers" in said
    merged["majority"]["a"] = entry(0.6, -0.2, -0.1)
    said = poster.benchmarks(merged, {"a": "shop, top-1", "b": "category", "c": "landmarks"})
    assert "better than every simple system in category and landmarks" in said
    assert "worse than every simple system" not in said
    assert "worse than a simple system in shop top-1" in said
    for name in ("untrained", "majority"):
        merged[name] = {"a": entry(0.5, -0.1, 0.1)}
    assert "not clearly apart from the simple systems in 1 headline number" in poster.benchmarks(merged, {"a": "a"})
    assert "no other system" in poster.benchmarks({"fashionnet": {"a": {"value": 1}}}, {"a": "a"})


def test_the_data_is_counted():
    prepared = make_prepared(photos=32)
    said = poster.data(prepared)
    assert f"4 benchmarks with {len(prepared.photos)} photos" in said
    attributes = sum((prepared.attributes[:, column] == 1).any() for column in range(prepared.attributes.shape[1]))
    assert f"{attributes} attributes" in said
    items = {pair for pair in zip(prepared.photos["benchmark"], prepared.photos["item"]) if pair[1]}
    assert f"{len(items)} items" in said
    bare = poster.data(make_prepared(photos=16, benchmarks=("category_attribute",), drop=("attributes", "landmarks")))
    assert "1 benchmark with 16 photos" in bare
    assert not re.search("attribute|landmark|item", bare)


@pytest.mark.parametrize("heads", [("category",), ("category", "attributes", "landmarks")])
def test_the_network_is_said_to_do_what_it_has_heads_for(heads):
    shapes = {"category": (46,), "attributes": (1000,), "landmarks": (8, 2)}

    class Part:
        def __init__(self, shape, parameters):
            self.shape, self.parameters = shape, parameters

    parts = {name: Part(shapes[name], 500_000) for name in heads} | {"feature": Part((128,), 0)}
    said = poster.network(parts, frozenset())
    assert f"{0.5 * len(heads):.2f} million" in said
    assert "128 numbers" in said
    assert ("1,000 attributes" in said) == ("attributes" in heads)
    assert ("8 landmarks" in said) == ("landmarks" in heads)
    assert "landmarks" not in poster.network(parts, {"landmarks"})
    assert "million parameters gives 128 numbers" in poster.network(parts, {*heads})
