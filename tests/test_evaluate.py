"""Evaluations against loops over photos, and what becomes of data and predictions that are not all there."""

import dataclasses
import json
import math

import numpy as np
import pandas as pd
import pytest
from factories import make_prepared

from fashionnet import evaluate
from fashionnet.evaluate.whole import whole_photo
from fashionnet.findings import benchmarks as findings
from fashionnet.formats.codes import LANDMARK_NAMES
from fashionnet.prepare.tables import BENCHMARKS


def make_predictions(prepared, benchmark, seed=0):
    """Random arrays of every kind for a benchmark's test photos."""
    rng = np.random.default_rng(seed)
    photos = prepared.photos.iloc[prepared.rows(benchmark, "test")]
    size = len(photos)
    pixels = rng.random((size, 8, 2)) * photos[["width", "height"]].to_numpy()[:, None]
    arrays = {
        "category": rng.normal(size=(size, len(prepared.categories))),
        "attributes": rng.normal(size=(size, len(prepared.attribute_names))),
        "landmarks": pixels,
        "visibility": rng.random((size, 8)),
        "feature": rng.normal(size=(size, 4)),
    }
    names = photos["image_name"].to_numpy(dtype=str)
    return {"image_name": names, **{name: array.astype(np.float32) for name, array in arrays.items()}}


def evaluate_all(prepared, predictions):
    """{benchmark: Evaluation} of predictions {benchmark: {system: arrays}}."""
    return {
        "category_attribute": evaluate.category_attribute(prepared, predictions["category_attribute"]),
        "landmarks": evaluate.landmarks(prepared, predictions["landmarks"], predictions["category_attribute"]),
        "in_shop": evaluate.in_shop(prepared, predictions["in_shop"]),
        "consumer_to_shop": evaluate.consumer_to_shop(prepared, predictions["consumer_to_shop"]),
    }


@pytest.fixture(scope="module")
def prepared():
    return make_prepared(photos=240, seed=3, attributes=40)


@pytest.fixture(scope="module")
def predictions(prepared):
    return {name: {"random": make_predictions(prepared, name)} for name in BENCHMARKS}


@pytest.fixture(scope="module")
def evaluations(prepared, predictions):
    return evaluate_all(prepared, predictions)


def value(evaluations, benchmark, metric, system="random"):
    return evaluations[benchmark].metrics[system][metric]


FINE_SIZES = {"pattern": 7, "sleeve": 3, "length": 3, "neckline": 4, "material": 6, "fit": 3}


@pytest.fixture(scope="module")
def fine():
    """Data with the six groups of the fine annotations, and its evaluation."""
    prepared = make_prepared(photos=120, seed=4, attributes=26, benchmarks=["category_attribute"])
    groups = [group for group, size in FINE_SIZES.items() for _ in range(size)]
    prepared = dataclasses.replace(prepared, attribute_names=prepared.attribute_names.assign(group=groups))
    system = make_predictions(prepared, "category_attribute")
    return prepared, system, evaluate.category_attribute(prepared, {"random": system})


def test_six_fine_groups_are_measured_at_the_first_guess_too(fine):
    prepared, system, evaluation = fine
    labels = prepared.attributes[prepared.rows("category_attribute", "test")]
    recalls = []
    for group in FINE_SIZES:
        own = np.flatnonzero(prepared.groups == group)
        first = own[system["attributes"][:, own].argmax(axis=1)]
        recalls.append((labels[np.arange(len(labels)), first] == 1).sum() / (labels[:, own] == 1).sum())
        entry = evaluation.metrics["random"][f"attributes_{group}_top1"]
        assert entry["value"] == pytest.approx(recalls[-1], abs=1e-6)
    assert evaluation.metrics["random"]["attributes_mean_top1"]["value"] == pytest.approx(np.mean(recalls), abs=1e-6)
    assert evaluation.headline == ("category_top3", "attributes_mean_top1")


def test_what_k_guesses_find_whatever_the_scores_is_said(fine):
    evaluation = fine[2]
    [note] = evaluation.notes
    assert "k = 3: sleeve, length, fit; k = 5: sleeve, length, neckline, fit." in note
    for group in ("sleeve", "length", "fit"):
        assert evaluation.metrics["random"][f"attributes_{group}_top3"]["value"] == 1
    assert evaluation.metrics["random"]["attributes_pattern_top3"]["value"] < 1


def test_pages_tell_of_fine_annotations_and_compare_the_first_guess(fine):
    prepared, system, _ = fine
    [said] = findings.annotations(prepared.groups)
    assert "Anno_fine: 26 attributes in 6 groups" in said
    evaluations = {name: evaluate.Evaluation(name) for name in BENCHMARKS}
    evaluations["category_attribute"] = evaluate.category_attribute(prepared, {"random": system})
    table = evaluate.by_group(prepared, evaluations, {}, k=20)
    assert set(table["metric"]) & {"attributes_mean_top1", "attributes_mean_top3"} == {"attributes_mean_top1"}
    rows = prepared.rows("category_attribute", "test")
    cost = whole_photo(
        prepared, {"category_attribute": rows}, {"category_attribute": {"random": system}},
        {"category_attribute": {"random": system}}, k=20,
    )["random"]  # fmt: skip
    assert cost["attributes_mean_top1"]["whole_minus_box"]["value"] == 0
    assert "attributes_mean_top3" not in cost


def test_the_five_coarse_groups_are_measured_as_published(evaluations):
    evaluation = evaluations["category_attribute"]
    assert not any("attributes_" in name and name.endswith("_top1") for name in evaluation.metrics["random"])
    assert evaluation.headline == ("category_top3", "attributes_mean_top3")
    assert evaluation.notes == ()


def test_category_accuracy_is_a_loop_over_test_photos(prepared, predictions, evaluations):
    scores = predictions["category_attribute"]["random"]["category"]
    rows = prepared.rows("category_attribute", "test")
    for k in (1, 3, 5):
        hits = [prepared.photos["category"][row] in np.argsort(-own)[:k] for row, own in zip(rows, scores)]
        entry = value(evaluations, "category_attribute", f"category_top{k}")
        assert entry["value"] == pytest.approx(np.mean(hits), abs=1e-6)
        assert entry["n"] == len(rows)
        assert entry["low"] <= entry["value"] <= entry["high"]


def test_attribute_recall_is_a_loop_over_test_photos(prepared, predictions, evaluations):
    scores = predictions["category_attribute"]["random"]["attributes"]
    rows = prepared.rows("category_attribute", "test")
    recalls = []
    for group in ("texture", "fabric", "shape", "part", "style"):
        own = np.flatnonzero(prepared.groups == group)
        found = positives = 0
        for row, score in zip(rows, scores):
            right = {c for c in own if prepared.attributes[row, c] == 1}
            positives += len(right)
            found += len(right & set(own[np.argsort(-score[own])[:3]]))
        recalls.append(found / positives)
        entry = value(evaluations, "category_attribute", f"attributes_{group}_top3")
        assert entry["value"] == pytest.approx(recalls[-1], abs=1e-6)
        assert entry["n"] == sum((prepared.attributes[row, own] == 1).any() for row in rows)
    mean = value(evaluations, "category_attribute", "attributes_mean_top3")
    assert mean["value"] == pytest.approx(np.mean(recalls), abs=1e-6)
    assert mean["low"] < mean["value"] < mean["high"]


def test_landmark_error_is_a_loop_over_test_photos(prepared, predictions, evaluations):
    for benchmark, prefix in (("landmarks", ""), ("category_attribute", "category_attribute_")):
        rows = prepared.rows(benchmark, "test")
        distances = {name: [] for name in LANDMARK_NAMES}
        for row, points in zip(rows, predictions[benchmark]["random"]["landmarks"]):
            photo = prepared.photos.iloc[row]
            for place, name in enumerate(LANDMARK_NAMES):
                if prepared.visibility[row, place] == 0:
                    x, y = prepared.landmarks[row, place] * photo["crop_side"] + [photo["crop_x"], photo["crop_y"]]
                    across = (points[place, 0] - x) / (photo["x_2"] - photo["x_1"])
                    down = (points[place, 1] - y) / (photo["y_2"] - photo["y_1"])
                    distances[name].append(math.hypot(across, down))
        means = {name: np.mean(own) for name, own in distances.items()}
        for name, mean in means.items():
            entry = value(evaluations, "landmarks", f"{prefix}error_{name.replace(' ', '_')}")
            assert entry["value"] == pytest.approx(mean, abs=1e-5)
            assert entry["n"] == len(distances[name])
        assert value(evaluations, "landmarks", f"{prefix}normalised_error")["value"] == pytest.approx(
            np.mean(list(means.values())), abs=1e-5
        )
        near = np.concatenate(list(distances.values())) <= 0.1
        assert value(evaluations, "landmarks", f"{prefix}within_0.1")["value"] == pytest.approx(near.mean(), abs=1e-6)


def test_visibility_is_measured_where_the_garment_has_the_landmark(prepared, predictions, evaluations):
    rows = prepared.rows("landmarks", "test")
    probability = predictions["landmarks"]["random"]["visibility"]
    right = [
        (prepared.visibility[row, place] == 0) == (probability[i, place] > 0.5)
        for i, row in enumerate(rows)
        for place in range(8)
        if prepared.visibility[row, place] >= 0
    ]
    assert value(evaluations, "landmarks", "visibility_accuracy")["value"] == pytest.approx(np.mean(right), abs=1e-6)


@pytest.mark.parametrize("name", ["in_shop", "consumer_to_shop"])
def test_retrieval_is_a_loop_over_queries(prepared, predictions, evaluations, name):
    rows = prepared.rows(name, "test")
    roles, items = prepared.photos["role"].to_numpy()[rows], prepared.photos["item"].to_numpy()[rows]
    feature = predictions[name]["random"]["feature"].astype(np.float64)
    gallery = [i for i in range(len(rows)) if roles[i] == "gallery"]
    ranks = {}
    for i in range(len(rows)):
        if roles[i] == "query":
            order = sorted(gallery, key=lambda j, i=i: np.linalg.norm(feature[i] - feature[j]))
            ranks[rows[i]] = 1 + [items[j] == items[i] for j in order].index(True)
    for k in (1, 5, 10):
        expected = np.mean([rank <= k for rank in ranks.values()])
        assert value(evaluations, name, f"top{k}")["value"] == pytest.approx(expected, abs=1e-6)
    queries = evaluations[name].tables["queries"]
    assert dict(zip(queries["row"], queries["rank"])) == ranks
    # The first right photo in the table of what was retrieved stands at the query's rank.
    shown = evaluations[name].tables["retrieved"]
    first = shown[shown["right"]].groupby("row")["place"].min()
    assert first.to_dict() == {row: rank for row, rank in ranks.items() if rank <= 10}
    assert (prepared.photos["role"].to_numpy()[shown["retrieved"]] == "gallery").all()


@pytest.mark.parametrize("name", ["in_shop", "consumer_to_shop"])
def test_a_system_that_predicts_matches_is_ranked_by_them(prepared, predictions, name):
    # Its feature is that of the random system; its match is: the closer two photos' items, the more probable.
    rows = prepared.rows(name, "test")
    items = prepared.photos["item"].factorize()[0][rows].astype(np.float32)
    ones = np.ones_like(items)
    matched = {
        **predictions[name]["random"],
        # -|x| = -max(0, x) - max(0, -x); the third hidden unit, always awake, turns item 1 a little towards all.
        "match_query": np.stack([items, -items, ones], axis=1),
        "match_gallery": np.stack([-items, items, items == items.min()], axis=1).astype(np.float32),
        "match_weights": np.array([-1, -1, 1.5], dtype=np.float32),
    }
    alone = {key: array for key, array in matched.items() if key != "feature"}
    evaluate_one = {"in_shop": evaluate.in_shop, "consumer_to_shop": evaluate.consumer_to_shop}[name]
    evaluation = evaluate_one(prepared, {**predictions[name], "wtbi": matched, "wtbi-alone": alone})

    roles = prepared.photos["role"].to_numpy()[rows]
    gallery = np.flatnonzero(roles == "gallery")
    ranks, order = {}, {}
    for i in np.flatnonzero(roles == "query"):
        score = [-abs(items[i] - items[j]) + 1.5 * (1 + (items[j] == items.min())) for j in gallery]
        right = items[gallery] == items[i]
        best = max(own for own, is_right in zip(score, right) if is_right)
        ranks[rows[i]] = 1 + sum(own >= best for own, is_right in zip(score, right) if not is_right)
        order[rows[i]] = rows[gallery[np.argsort(-np.array(score), kind="stable")[:10]]].tolist()
    assert max(ranks.values()) > 1
    by_distance, *by_match = (
        evaluation.tables["queries"].query(f"system == '{system}'") for system in ("random", "wtbi", "wtbi-alone")
    )
    for table in by_match:
        assert dict(zip(table["row"], table["rank"])) == ranks
    assert dict(zip(by_distance["row"], by_distance["rank"])) != ranks
    shown = evaluation.tables["retrieved"].query("system == 'wtbi'")
    assert {row: own["retrieved"].tolist() for row, own in shown.groupby("row")} == order
    assert (shown.groupby("row")["distance"].diff().dropna() >= 0).all()
    assert value({name: evaluation}, name, "top1", "wtbi")["value"] == pytest.approx(
        np.mean([rank == 1 for rank in ranks.values()]), abs=1e-6
    )


def test_without_anything_to_compare_photos_by_it_says_so(prepared, predictions):
    arrays = {key: array for key, array in predictions["in_shop"]["random"].items() if key != "feature"}
    evaluation = evaluate.in_shop(prepared, {"random": arrays})
    assert evaluation.metrics == {}
    assert "no system has a feature or a match" in evaluation.reason


def test_chance_stands_beside_each_k(evaluations):
    chance, random = (evaluations["in_shop"].metrics[name] for name in ("chance", "random"))
    assert chance.keys() == random.keys()
    assert chance["top1"]["value"] == pytest.approx(2 / 30, abs=1e-6)  # 15 items, two gallery photos each
    assert chance["top1"]["low"] == chance["top1"]["high"] == chance["top1"]["value"]
    assert "top50" not in chance  # the gallery has 30 photos
    assert evaluations["in_shop"].headline == ("top1",)


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("category_attribute", "category_top3"),
        ("category_attribute", "attributes_mean_top5"),
        ("landmarks", "normalised_error"),
        ("in_shop", "top5"),
    ],
)
def test_fashionnet_is_compared_photo_by_photo(prepared, predictions, name, metric):
    given = {
        benchmark: {"fashionnet": make_predictions(prepared, benchmark, seed=1)} | systems
        for benchmark, systems in predictions.items()
    }
    metrics = evaluate_all(prepared, given)[name].metrics
    own, other = metrics["fashionnet"][metric], metrics["random"][metric]
    assert "fashionnet_minus_this" not in own
    difference = other["fashionnet_minus_this"]
    assert difference["value"] == pytest.approx(own["value"] - other["value"], abs=2e-6)
    assert difference["low"] < difference["value"] < difference["high"]

    # A copy of FashionNet differs from it by exactly nothing in every sample; unpaired, its interval would be wide.
    given = {benchmark: systems | {"copy": systems["fashionnet"]} for benchmark, systems in given.items()}
    copy = evaluate_all(prepared, given)[name].metrics["copy"][metric]
    assert copy["fashionnet_minus_this"] == {"value": 0, "low": 0, "high": 0}
    assert copy["low"] < copy["high"]


def test_a_perfect_system_is_perfect(prepared):
    rows = {name: prepared.rows(name, "test") for name in BENCHMARKS}
    perfect = {}
    for name, own in rows.items():
        photos = prepared.photos.iloc[own]
        corner, side = photos[["crop_x", "crop_y"]].to_numpy()[:, None], photos["crop_side"].to_numpy()[:, None, None]
        codes = photos["item"].factorize()[0]
        perfect[name] = {
            "perfect": {
                "image_name": photos["image_name"].to_numpy(dtype=str),
                "category": np.eye(len(prepared.categories), dtype=np.float32)[photos["category"]],
                "attributes": prepared.attributes[own].astype(np.float32),
                "landmarks": np.nan_to_num(prepared.landmarks[own] * side + corner).astype(np.float32),
                "visibility": (prepared.visibility[own] == 0).astype(np.float32),
                "feature": codes[:, None].astype(np.float32),
            }
        }
    evaluations = evaluate_all(prepared, perfect)
    assert value(evaluations, "category_attribute", "category_top1", "perfect")["value"] == 1
    assert value(evaluations, "landmarks", "normalised_error", "perfect")["value"] == pytest.approx(0, abs=1e-5)
    assert value(evaluations, "landmarks", "visibility_accuracy", "perfect")["value"] == 1
    for benchmark in ("in_shop", "consumer_to_shop"):
        for metric in ("top1", "map_at_r", "r_precision"):
            assert value(evaluations, benchmark, metric, "perfect")["value"] == 1
    confusion = evaluations["category_attribute"].tables["confusion"]["perfect"]
    assert confusion.trace() == confusion.sum() == len(rows["category_attribute"])


def test_photos_are_matched_by_name(prepared, predictions, evaluations):
    order = np.random.default_rng(0).permutation(len(prepared.rows("in_shop", "test")))
    shuffled = {
        name: {"random": {key: array[order] for key, array in arrays["random"].items()}}
        for name, arrays in predictions.items()
    }
    again = evaluate_all(prepared, shuffled)
    assert {name: own.metrics for name, own in again.items()} == {n: own.metrics for n, own in evaluations.items()}


def test_predictions_of_other_photos_are_refused(prepared, predictions):
    arrays = predictions["in_shop"]["random"]
    fewer = {name: array[1:] for name, array in arrays.items()}
    with pytest.raises(
        ValueError, match=f"random for in_shop: found no prediction for a test photo: {arrays['image_name'][0]}"
    ):
        evaluate.in_shop(prepared, {"random": fewer})
    other = {**arrays, "image_name": np.array(["img/other.jpg", *arrays["image_name"][1:]])}
    with pytest.raises(ValueError, match=r"a photo that is no test photo: img/other\.jpg"):
        evaluate.in_shop(prepared, {"random": other})
    twice = {name: np.concatenate([array, array[:1]]) for name, array in arrays.items()}
    with pytest.raises(ValueError, match="a photo twice"):
        evaluate.in_shop(prepared, {"random": twice})
    arrays = predictions["category_attribute"]["random"]
    with pytest.raises(ValueError, match="found 2 columns in category, expected 5"):
        evaluate.category_attribute(prepared, {"random": {**arrays, "category": arrays["category"][:, :2]}})


def test_a_query_whose_item_is_not_in_the_gallery_is_left_out_and_counted(prepared, predictions, evaluations):
    rows = prepared.rows("in_shop", "test", "gallery")
    photos = prepared.photos.copy()
    photos.loc[rows[:2], "item"] = "elsewhere"
    changed = dataclasses.replace(prepared, photos=photos)
    evaluation = evaluate.in_shop(changed, predictions["in_shop"])
    assert evaluation.excluded == {"queries whose item is not in the gallery": 2}
    assert evaluation.metrics["random"]["top1"]["n"] == value(evaluations, "in_shop", "top1")["n"] - 2
    assert "2 queries" in " ".join(evaluation.notes)


@pytest.mark.parametrize("drop", ["boxes", "category", "attributes", "landmarks", "items"])
def test_without_a_kind_of_label_the_rest_is_evaluated(drop):
    prepared = make_prepared(photos=64, drop=[drop])
    predictions = {name: {"random": make_predictions(prepared, name)} for name in BENCHMARKS}
    if drop in ("category", "attributes"):
        del predictions["category_attribute"]["random"][drop]
    evaluations = evaluate_all(prepared, predictions)
    empty = {name for name, evaluation in evaluations.items() if not evaluation.metrics}
    assert empty == {"landmarks": {"landmarks"}, "items": {"in_shop", "consumer_to_shop"}}.get(drop, set())
    assert all(bool(evaluation.reason) == (name in empty) for name, evaluation in evaluations.items())
    found = evaluations["category_attribute"].metrics["random"]
    assert ("category_top1" in found) == (drop != "category")
    assert ("attributes_all_top3" in found) == (drop != "attributes")


def test_an_absent_benchmark_says_why(tmp_path):
    prepared = make_prepared(photos=32, benchmarks=["category_attribute"])
    nothing = {"image_name": np.array([], dtype=str)}
    predictions = {name: {"random": nothing} for name in BENCHMARKS}
    predictions["category_attribute"] = {"random": make_predictions(prepared, "category_attribute")}
    evaluations = evaluate_all(prepared, predictions)
    for name in ("in_shop", "consumer_to_shop"):
        assert evaluations[name].metrics == {}
        assert evaluations[name].reason == prepared.missing[name]
        evaluate.write(evaluations[name], tmp_path)
        assert json.loads((tmp_path / f"metrics/{name}.json").read_text()) == {}
        assert (tmp_path / f"plots/{name}.csv").read_text() == "k\n"
    assert "category_attribute_normalised_error" in evaluations["landmarks"].metrics["random"]
    assert prepared.missing["landmarks"] in " ".join(evaluations["landmarks"].notes)


def test_what_is_written_is_what_was_measured(evaluations, tmp_path):
    for name, evaluation in evaluations.items():
        evaluate.write(evaluation, tmp_path)
        assert json.loads((tmp_path / f"metrics/{name}.json").read_text()) == evaluation.metrics
        for entries in evaluation.metrics.values():
            assert all(entry.keys() == {"value", "low", "high", "n"} for entry in entries.values())
    plotted = pd.read_csv(tmp_path / "plots/in_shop.csv")
    assert list(plotted) == ["k", "chance", "random"]
    assert list(plotted["k"]) == list(range(1, 31))
    for k in (1, 10, 30):
        [row] = plotted[plotted["k"] == k].to_dict("records")
        for system in ("chance", "random"):
            assert row[system] == evaluations["in_shop"].metrics[system][f"top{k}"]["value"]
    assert not (tmp_path / "plots/category_attribute.csv").exists()


def test_the_headline_is_what_a_system_was_measured_in(evaluations, tmp_path):
    metrics = {name: evaluation.metrics for name, evaluation in evaluations.items()}
    evaluate.write_headline(metrics, "absent", tmp_path)
    assert json.loads((tmp_path / "headline.json").read_text()) == {}
    evaluate.write_headline(metrics, "random", tmp_path)
    written = json.loads((tmp_path / "headline.json").read_text())
    assert written.keys() == evaluate.HEADLINES.keys()
    assert written["landmark_error"] == metrics["landmarks"]["random"]["normalised_error"]["value"]
    assert written["in_shop_top1"] == metrics["in_shop"]["random"]["top1"]["value"]
