"""Groups of test photos against plain loops: who is in them, what is measured, what is claimed of how many."""

import dataclasses
import itertools
import json
import math

import numpy as np
import pandas as pd
import pytest
from factories import make_prepared
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from test_evaluate import evaluate_all, make_predictions

from fashionnet import evaluate
from fashionnet.evaluate.evaluation import Sums, ratio
from fashionnet.evaluate.groups import ALL, AREAS, SMALL, UNKNOWN, Population, _compared, groupings, populations
from fashionnet.evaluate.series import COLUMNS
from fashionnet.formats.codes import CLOTHES_TYPES, POSE_TYPES, VARIATION_TYPES
from fashionnet.metrics import holm, p_value
from fashionnet.prepare.tables import BENCHMARKS

K = 5
SYSTEMS = ("fashionnet", "darn", "wtbi")


@pytest.fixture(scope="module")
def prepared():
    return make_prepared(photos=320, seed=5, attributes=20)


def predict(prepared):
    """{benchmark: {system: arrays}}; only FashionNet predicts landmarks."""
    found = {}
    for name in BENCHMARKS:
        found[name] = {system: make_predictions(prepared, name, seed) for seed, system in enumerate(SYSTEMS)}
        for system in SYSTEMS[1:]:
            del found[name][system]["landmarks"], found[name][system]["visibility"]
    return found


@pytest.fixture(scope="module")
def predictions(prepared):
    return predict(prepared)


@pytest.fixture(scope="module")
def evaluations(prepared, predictions):
    return evaluate_all(prepared, predictions)


@pytest.fixture(scope="module")
def table(prepared, predictions, evaluations):
    return evaluate.by_group(prepared, evaluations, predictions["consumer_to_shop"], K)


def only(evaluation):
    """As if no other benchmark had been measured."""
    return {name: evaluate.Evaluation(name, reason="absent") for name in BENCHMARKS} | {
        evaluation.benchmark: evaluation
    }


def entry(table, *names):
    keys = ("benchmark", "grouping", "group", "system", "metric")
    [row] = table[(table[list(keys)] == list(names)).all(axis=1)].to_dict("records")
    return row


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), unknown=st.floats(0, 1), photos=st.integers(1, 120))
def test_each_grouping_counts_every_photo_once(seed, unknown, photos):
    rng = np.random.default_rng(seed)
    made = make_prepared(photos=photos, seed=seed)
    table = made.photos.copy()
    for name, highest in (("clothes_type", 4), ("pose_type", 8), ("variation_type", 8), ("source_type", 4)):
        codes = rng.integers(1, highest, len(table))  # with codes that the files' README does not name
        table[name] = np.where(rng.random(len(table)) < unknown, 0, codes).astype("int8")
    table.loc[rng.random(len(table)) < unknown, "category"] = -1
    for name in ("boxed", "landmarked"):
        table[name] = rng.random(len(table)) >= unknown
    made = dataclasses.replace(made, photos=table)
    for name in BENCHMARKS:
        rows = made.rows(name, "test")
        for grouping in groupings(made).values():
            groups = grouping.of(rows)
            assert sorted(itertools.chain.from_iterable(own.tolist() for own in groups.values())) == rows.tolist()
            unsaid = [row for row in rows if grouping.codes[row] < 0]
            assert groups.get(UNKNOWN, np.array([], int)).tolist() == unsaid


def test_the_table_counts_every_test_photo_once_and_every_query_once(prepared, table, evaluations):
    queries = evaluations["in_shop"].tables["queries"]["row"].nunique()
    expected = {
        "category_attribute": len(prepared.rows("category_attribute", "test")),
        "landmarks": len(prepared.rows("landmarks", "test")),
        "in_shop": queries,
        "consumer_to_shop": evaluations["consumer_to_shop"].tables["queries"]["row"].nunique(),
    }
    sums = table.groupby(["benchmark", "grouping", "system", "metric"])["photos"].sum()
    seen = set()
    for (benchmark, grouping, _, metric), photos in sums.items():
        street = benchmark == "consumer_to_shop" and metric in ("within_0.1", "normalised_error")
        assert photos == (len(prepared.rows(benchmark, "test")) if street else expected[benchmark])
        seen.add((benchmark, grouping))
    always = {ALL, "clothes_type", "occluded", "truncated", "area"}
    of = {name: {grouping for benchmark, grouping in seen if benchmark == name} for name in BENCHMARKS}
    assert of["category_attribute"] == always | {"category"}
    assert of["landmarks"] == always | {"variation_type"}
    assert of["in_shop"] == always | {"pose_type"}
    assert of["consumer_to_shop"] == always | {"source_type"}
    n = table.groupby(["benchmark", "grouping", "system", "metric"])["n"].sum()
    assert (n <= sums).all()


def test_a_photo_is_in_the_group_that_its_row_says(prepared):
    found = groupings(prepared)
    rows = prepared.rows("in_shop", "test")
    groups = {name: {row: group for group, own in grouping.of(rows).items() for row in own}
              for name, grouping in found.items()}  # fmt: skip
    for row in rows:
        photo = prepared.photos.iloc[row]
        assert groups["pose_type"][row] == POSE_TYPES[photo["pose_type"]]
        area = (photo["x_2"] - photo["x_1"]) * (photo["y_2"] - photo["y_1"]) / (photo["width"] * photo["height"])
        assert groups["area"][row] == AREAS[max(edge for edge in AREAS if edge <= area)]
        for name, code in (("occluded", 1), ("truncated", 2)):
            hidden = sum(prepared.visibility[row, place] == code for place in range(8))
            assert groups[name][row] == ("none", "1", "2", "3 or more")[min(hidden, 3)]


def test_without_boxes_and_landmarks_a_photos_groups_are_unknown():
    made = make_prepared(photos=32, drop=["boxes", "landmarks"])
    rows = made.rows("in_shop", "test")
    for name in ("area", "occluded", "truncated"):
        assert groupings(made)[name].of(rows).keys() == {UNKNOWN}


def test_retrieval_in_a_group_is_a_loop_over_its_queries(prepared, table, evaluations):
    queries = evaluations["in_shop"].tables["queries"]
    for code, group in POSE_TYPES.items():
        for system in SYSTEMS:
            hits, items = [], set()
            for query in queries[queries["system"] == system].itertuples():
                if prepared.photos["pose_type"][query.row] == code:
                    hits.append(query.rank <= 1)
                    items.add(query.item)
            row = entry(table, "in_shop", "pose_type", group, system, "top1")
            assert row["value"] == pytest.approx(np.mean(hits), abs=1e-6)
            assert (row["photos"], row["n"]) == (len(hits), len(hits))
            assert row["small"] == (len(items) < SMALL)


def test_landmarks_in_a_group_are_a_loop_over_its_photos(prepared, table, predictions):
    guesses = predictions["landmarks"]["fashionnet"]["landmarks"]
    for code in range(1, 6):
        near, measured, photos = [], 0, 0
        for place, row in enumerate(prepared.rows("landmarks", "test")):
            photo = prepared.photos.iloc[row]
            if photo["variation_type"] != code:
                continue
            visible = np.flatnonzero(prepared.visibility[row] == 0)
            photos, measured = photos + 1, measured + (len(visible) > 0)
            for slot in visible:
                x, y = prepared.landmarks[row, slot] * photo["crop_side"] + [photo["crop_x"], photo["crop_y"]]
                across = (guesses[place, slot, 0] - x) / (photo["x_2"] - photo["x_1"])
                down = (guesses[place, slot, 1] - y) / (photo["y_2"] - photo["y_1"])
                near.append(math.hypot(across, down) <= 0.1)
        row = entry(table, "landmarks", "variation_type", VARIATION_TYPES[code], "fashionnet", "within_0.1")
        assert row["value"] == pytest.approx(np.mean(near), abs=1e-6)
        assert (row["photos"], row["n"]) == (photos, measured)


def recall(prepared, arrays, rows):
    """Mean over the groups of attributes of the top-3 recall of test photos `rows`, by a loop."""
    scores = dict(zip(prepared.rows("category_attribute", "test"), arrays["attributes"]))
    recalls = []
    for name in dict.fromkeys(prepared.groups):
        own = np.flatnonzero(prepared.groups == name)
        found = positives = 0
        for row in rows:
            right = {c for c in own if prepared.attributes[row, c] == 1}
            positives += len(right)
            found += len(right & set(own[np.argsort(-scores[row][own])[:3]]))
        if positives:
            recalls.append(found / positives)
    return np.mean(recalls)


def test_a_groups_difference_from_the_rest_and_its_lead_are_differences_of_values(prepared, table, predictions):
    rows = prepared.rows("category_attribute", "test")
    arrays = predictions["category_attribute"]
    types = prepared.photos["clothes_type"]
    code = types[rows].mode()[0]
    inside, rest = ([row for row in rows if (types[row] == code) == same] for same in (True, False))
    assert min(len(inside), len(rest)) >= SMALL
    value = {s: [recall(prepared, arrays[s], own) for own in (inside, rest)] for s in ("fashionnet", "darn")}
    row = entry(table, "category_attribute", "clothes_type", CLOTHES_TYPES[code], "darn", "attributes_mean_top3")
    assert row["value"] == pytest.approx(value["darn"][0], abs=1e-6)
    assert row["inside_minus_rest"] == pytest.approx(value["darn"][0] - value["darn"][1], abs=1e-5)
    lead = [own - other for own, other in zip(value["fashionnet"], value["darn"])]
    assert row["fashionnet_minus_this"] == pytest.approx(lead[0], abs=1e-5)
    assert row["lead_minus_rest"] == pytest.approx(lead[0] - lead[1], abs=1e-5)
    for name in ("inside_minus_rest", "fashionnet_minus_this", "lead_minus_rest"):
        assert row[f"{name}_low"] < row[name] < row[f"{name}_high"]


def test_small_and_unknown_groups_are_in_the_table_and_compared_with_nothing(prepared, predictions):
    photos = prepared.photos.copy()
    rows = prepared.rows("landmarks", "test")
    photos.loc[rows, "variation_type"] = np.array([1] * 50 + [2] * 5 + [0] * (len(rows) - 55), "int8")
    made = dataclasses.replace(prepared, photos=photos)
    own = evaluate.by_group(made, only(evaluate.landmarks(made, predictions["landmarks"])), {}, K)
    own = own[own["grouping"] == "variation_type"]
    first = own[own["metric"] == "within_0.1"].set_index("group")
    assert first["photos"].to_dict() == {"normal pose": 50, "medium pose": 5, UNKNOWN: len(rows) - 55}
    assert first["small"].to_dict() == {"normal pose": False, "medium pose": True, UNKNOWN: False}
    assert first["inside_minus_rest"].notna().to_dict() == {"normal pose": True, "medium pose": False, UNKNOWN: False}
    assert first["value"].notna().all()


def test_of_a_group_in_which_nothing_can_be_measured_nothing_is_claimed():
    rows = np.arange(60)
    hidden = rows >= 40
    units = np.stack([np.where(hidden, 0, rows % 2), ~hidden], axis=1)
    sums = Sums(rows, units, ratio, ~hidden)
    assert sums.of(rows[hidden]).n == 0
    assert math.isnan(sums.of(rows[hidden]).measured().value)
    assert _compared(sums, rows[hidden], "x") == {}


def test_a_group_in_which_a_system_finds_nothing_is_no_certainty():
    # 0 of 44 where others find 6 in 100: such a group comes up by chance once in (1 - 0.06) ** 44 = 7 of 100 times.
    hits = np.zeros(1000)
    hits[44:101] = 1
    found = _compared(Sums(np.arange(1000), np.stack([hits, np.ones(1000)], 1), ratio, hits >= 0), np.arange(44), "x")
    assert found["x_high"] > 0
    assert found["x_p"] > 0.05
    share = hits.mean()
    z = (57 / 956) / math.sqrt(share * (1 - share) * (1 / 44 + 1 / 956))  # the two-proportion test
    assert found["x_p"] == pytest.approx(math.erfc(z / math.sqrt(2)), rel=0.2)
    # Nor has its interval no width: Newcombe's, of Wilson's for 0 of 44 and the bootstrap's for 57 of 956.
    ends = binomtest(0, 44).proportion_ci(method="wilson"), binomtest(57, 956).proportion_ci(method="wilson")
    assert found["x_low"] == pytest.approx(-57 / 956 - (ends[1].high - 57 / 956), abs=0.003)
    assert found["x_high"] == pytest.approx(-57 / 956 + math.hypot(ends[0].high, 57 / 956 - ends[1].low), abs=0.003)


def test_queries_of_an_item_are_drawn_together():
    # Ten items with ten like queries each are ten things, not a hundred.
    item = np.repeat(np.arange(10), 10)
    units = np.stack([item % 2, np.ones(100)], axis=1)
    alone = Sums(np.arange(100), units, ratio, np.ones(100, bool))
    together = dataclasses.replace(alone, clusters=item)
    assert (alone.independent, together.independent) == (100, 10)
    assert together.measured().value == alone.measured().value == 0.5
    assert together.measured().deviation == pytest.approx(math.sqrt(10) * alone.measured().deviation, rel=0.15)


def test_without_fashionnet_the_others_are_measured_and_led_by_nobody(prepared, predictions):
    alone = evaluate.in_shop(prepared, {"darn": predictions["in_shop"]["darn"]})
    found = evaluate.by_group(prepared, only(alone), {}, K)
    assert set(found["system"]) == {"darn"}
    assert found["fashionnet_minus_this"].isna().all()
    assert found["lead_minus_rest_p"].isna().all()
    assert found["inside_minus_rest_p"].notna().any()


def test_without_any_system_the_table_is_empty(prepared):
    evaluations = evaluate_all(prepared, {name: {} for name in BENCHMARKS})
    assert evaluate.by_group(prepared, evaluations, {}, 1).empty


def test_the_metrics_of_consumer_to_shop_follow_k(prepared, evaluations, predictions):
    def claimed(k):
        found = populations(prepared, evaluations, predictions["consumer_to_shop"], k)
        return [(one.claimed, one.further) for one in found if one.benchmark == "consumer_to_shop"]

    assert claimed(5) == [(("top5",), ("top1",)), (("within_0.1",), ("normalised_error",))]
    assert claimed(1)[0] == (("top1",), ())
    assert isinstance(next(iter(populations(prepared, evaluations, {}, 1))), Population)


def test_holm_is_the_step_down_procedure():
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03]), [3 * 0.01, 2 * 0.03, 2 * 0.03])
    np.testing.assert_allclose(holm([0.02, np.nan, 0.5]), [0.04, np.nan, 0.5])
    assert holm([]).shape == (0,)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_rejects_what_its_loop_rejects(p):
    rejected, order = set(), sorted(range(len(p)), key=lambda place: p[place])
    for nth, place in enumerate(order):
        if p[place] * (len(p) - nth) > 0.05:
            break
        rejected.add(place)
    assert {place for place, adjusted in enumerate(holm(p)) if adjusted <= 0.05} == rejected


def test_p_is_a_normals_tail():
    assert p_value(1.959964, 1) == pytest.approx(0.05, abs=1e-6)
    assert p_value(-2.575829, 1) == pytest.approx(0.01, abs=1e-6)
    assert p_value(0.0, 0.0) == 1
    assert p_value(0.1, 0.0) == 0
    assert math.isnan(p_value(math.nan, 1))


def test_what_is_written_is_read_again(table, tmp_path):
    empty = pd.DataFrame(columns=COLUMNS)  # as of real photos, which no series can be drawn of
    evaluate.write_variation(table, empty, tmp_path)
    again, series = evaluate.read_variation(tmp_path)
    keys = ["benchmark", "grouping", "group", "system", "metric"]
    pd.testing.assert_frame_equal(
        again.set_index(keys).sort_index(), table.set_index(keys).sort_index(), check_dtype=False, atol=1e-6
    )
    assert series.empty
    assert list(series) == list(empty)
    first = json.loads((tmp_path / "metrics/variation.json").read_text())
    shown = first["groups"]["in_shop"]["pose_type"]["frontal"]["darn"]["top1"]
    assert {"value", "low", "high", "n"} <= shown.keys()
    assert shown["fashionnet_minus_this"].keys() == {"value", "low", "high"}
