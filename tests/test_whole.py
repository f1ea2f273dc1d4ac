"""What the whole photo costs: the photos read anew, the numbers recomputed, the sentences."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from factories import make_settings

from fashionnet import evaluate
from fashionnet.evaluate.whole import whole_photo, write_whole
from fashionnet.findings.whole import in_readme, whole_table
from fashionnet.findings.whole import whole_photo as told
from fashionnet.formats.layout import find_benchmarks
from fashionnet.predictions import read_systems
from fashionnet.prepare.tables import BENCHMARKS, crop_to_photo
from fashionnet.recognition import load_recogniser, whole
from fashionnet.recognition.whole import predict_whole, whole_rows

SYSTEMS = ("fashionnet", "darn", "wtbi")
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def recognisers(tiny_project):
    return {name: load_recogniser(name, tiny_project) for name in SYSTEMS}


@pytest.fixture(scope="module")
def prepared(recognisers):
    return recognisers["fashionnet"].prepared


@pytest.fixture(scope="module")
def rows(prepared):
    return {name: whole_rows(prepared, name) for name in BENCHMARKS}


@pytest.fixture(scope="module")
def predicted(recognisers, prepared, rows, tiny_project):
    networks = {name: one.network for name, one in recognisers.items()}
    found = find_benchmarks(tiny_project / "data")
    return {name: predict_whole(prepared, found, own, networks, make_settings()) for name, own in rows.items()}


@pytest.fixture(scope="module")
def by_box(tiny_project):
    return {name: read_systems(tiny_project / "artifacts/predictions", name) for name in BENCHMARKS}


@pytest.fixture(scope="module")
def metrics(prepared, rows, by_box, predicted):
    return whole_photo(prepared, rows, by_box, predicted, k=3)


def test_photos_with_a_box_are_asked_about_and_no_gallery(prepared, rows, monkeypatch):
    for name, own in rows.items():
        photos = prepared.photos.iloc[own]
        assert photos["boxed"].all()
        assert set(photos["role"]) == ({"query"} if name in ("in_shop", "consumer_to_shop") else {""})
    assert len(rows["in_shop"]) == 20
    monkeypatch.setattr(whole, "MOST", 7)
    some = whole_rows(prepared, "in_shop")
    assert len(some) == 7
    assert set(some) < set(rows["in_shop"])
    assert (np.diff(some) > 0).all()


@pytest.mark.parametrize("system", ["fashionnet", "wtbi"])
def test_it_is_what_is_said_of_a_photo_without_a_box(recognisers, prepared, rows, predicted, tiny_project, system):
    found, recogniser = find_benchmarks(tiny_project / "data"), recognisers[system]
    for name, own in rows.items():
        for place in (0, len(own) - 1):
            photo = prepared.photos.iloc[own[place]]
            alone = recogniser.recognise(found[name].photo(photo["image_name"]))
            arrays = predicted[name][system]
            best = prepared.categories["category_name"][arrays["category"][place].argmax()]
            assert alone.category[0].name == best
            if system == "fashionnet":
                points = [(mark.x, mark.y) for mark in alone.landmarks]
                np.testing.assert_allclose(arrays["landmarks"][place], points, atol=0.02)


def test_in_the_box_it_measures_what_the_benchmarks_measure(prepared, by_box, metrics):
    benchmark = {
        "category_top1": evaluate.category_attribute(prepared, by_box["category_attribute"]),
        "category_top3": evaluate.category_attribute(prepared, by_box["category_attribute"]),
        "attributes_mean_top3": evaluate.category_attribute(prepared, by_box["category_attribute"]),
        "normalised_error": evaluate.landmarks(prepared, by_box["landmarks"]),
        "in_shop_top1": evaluate.in_shop(prepared, by_box["in_shop"]),
    }
    for measure, evaluation in benchmark.items():
        for system, own in evaluation.metrics.items():
            if system in SYSTEMS:
                entry = own[measure.removeprefix("in_shop_")]
                assert metrics[system][measure]["box"] == {end: entry[end] for end in ("value", "low", "high")}
                assert metrics[system][measure]["n"] == entry["n"]
    assert set(metrics["wtbi"]) == {*benchmark, "consumer_to_shop_top3"} - {"normalised_error"}


def test_labels_of_which_none_is_positive_are_not_measured(prepared, rows, by_box, predicted):
    without = replace(prepared, attributes=np.full_like(prepared.attributes, -1))
    metrics = whole_photo(without, rows, by_box, predicted, 3)
    assert "category_top1" in metrics["fashionnet"]
    assert "attributes_mean_top3" not in metrics["fashionnet"]
    assert "attribute" not in " ".join(told(metrics))


def test_of_the_whole_photo_it_measures_what_a_loop_measures(prepared, rows, by_box, predicted, metrics):
    own, said = rows["category_attribute"], predicted["category_attribute"]["darn"]["category"]
    labels = prepared.photos["category"].to_numpy()[own]
    hits = [sorted(scores)[::-1].index(scores[label]) < 3 for scores, label in zip(said.tolist(), labels)]
    assert metrics["darn"]["category_top3"]["value"] == pytest.approx(np.mean(hits), abs=1e-6)

    own, said = rows["landmarks"], predicted["landmarks"]["fashionnet"]["landmarks"]
    photos = prepared.photos.iloc[own]
    true = crop_to_photo(prepared.landmarks[own], photos)
    sides = (photos[["x_2", "y_2"]].to_numpy() - photos[["x_1", "y_1"]].to_numpy())[:, None]
    apart = np.where(prepared.visibility[own] == 0, np.hypot(*np.moveaxis((said - true) / sides, 2, 0)), np.nan)
    assert metrics["fashionnet"]["normalised_error"]["value"] == pytest.approx(
        np.nanmean(np.nanmean(apart, 0)), abs=1e-5
    )

    own, test = rows["consumer_to_shop"], prepared.rows("consumer_to_shop", "test")
    items, roles = prepared.photos["item"].to_numpy(), prepared.photos["role"].to_numpy()
    offered = [(by_box["consumer_to_shop"]["darn"]["feature"][n], items[row])
               for n, row in enumerate(test) if roles[row] == "gallery"]  # fmt: skip
    hits = []
    for feature, item in zip(predicted["consumer_to_shop"]["darn"]["feature"], items[own]):
        near = sorted(offered, key=lambda photo: np.linalg.norm(photo[0] - feature))[:3]
        if item in [one for _, one in offered]:
            hits.append(item in [one for _, one in near])
    entry = metrics["darn"]["consumer_to_shop_top3"]
    assert entry["value"] == pytest.approx(np.mean(hits), abs=1e-6)
    assert entry["n"] == len(hits)


def picked(prepared, benchmark, rows, arrays):
    places = np.searchsorted(prepared.rows(benchmark, "test"), rows)
    return {name: values if name == "match_weights" else values[places] for name, values in arrays.items()}


def test_the_difference_is_paired(prepared, rows, by_box, metrics):
    for own in metrics.values():
        for entry in own.values():
            difference = entry["whole_minus_box"]
            assert difference["value"] == pytest.approx(entry["value"] - entry["box"]["value"], abs=2e-6)
            assert difference["low"] <= difference["value"] <= difference["high"]
    same = {name: {system: picked(prepared, name, own, by_box[name][system]) for system in SYSTEMS}
            for name, own in rows.items()}  # fmt: skip
    for own in whole_photo(prepared, rows, by_box, same, k=3).values():
        for entry in own.values():
            assert set(entry["whole_minus_box"].values()) == {0}


def test_without_boxes_there_is_nothing_to_measure(prepared, by_box, tmp_path):
    none = {name: np.zeros(0, np.int64) for name in BENCHMARKS}
    empty = {name: {"wtbi": {"category": np.zeros((0, 50)), "feature": np.zeros((0, 8))}} for name in none}
    metrics = whole_photo(prepared, none, by_box, empty, k=3)
    assert metrics == {}
    write_whole(metrics, tmp_path)
    assert json.loads((tmp_path / "metrics/whole_photo.json").read_text()) == {}
    assert told(metrics)[0].startswith("What the whole photo costs was not measured: no test photo has a box")


def entry(value, low, high):
    return {"value": 0.5, "low": 0.4, "high": 0.6, "n": 1234, "box": {"value": 0.7, "low": 0.6, "high": 0.8},
            "whole_minus_box": {"value": value, "low": low, "high": high}}  # fmt: skip


def test_what_is_said_depends_on_the_numbers():
    metrics = {
        "fashionnet": {
            "normalised_error": entry(0.1, 0.05, 0.2),
            "category_top1": entry(-0.2, -0.3, -0.1),
            "in_shop_top1": entry(0.01, -0.02, 0.04),
            "consumer_to_shop_top20": entry(0.1, 0.05, 0.2),
        },
        "wtbi": {"category_top1": entry(0.2, 0.1, 0.3)},
    }
    first, second = told(metrics)
    assert first == (
        "FashionNet on the whole photo in place of the garment's box: surely worse, -20.0 points (-30.0 to -10.0) in "
        "top-1 category accuracy and +0.100 (+0.050 to +0.200) in the landmarks' normalised error; surely better, "
        "+10.0 points (+5.0 to +20.0) in top-20 consumer-to-shop accuracy; perhaps by chance, +1.0 points (-2.0 to "
        "+4.0) in top-1 in-shop accuracy."
    )
    assert "surely better, +20.0 points" in second
    table = whole_table(metrics)
    assert table["system"].tolist() == ["FashionNet", "WTBI", *["FashionNet"] * 3]
    assert table["photos"].unique().tolist() == ["1,234"]
    assert in_readme(metrics).splitlines()[2] == (
        "| top-1 category accuracy | 70.0 % (60.0 to 80.0) | 50.0 % (40.0 to 60.0) | -20.0 points (-30.0 to -10.0) | "
        "1,234 |"
    )


def test_what_readme_says_of_the_whole_photo_is_so():
    recorded = json.loads((ROOT / "reports/metrics/whole_photo.json").read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "In every row something is surely lost" in readme
    assert in_readme(recorded) in readme
    for measure, own in recorded["fashionnet"].items():
        difference = own["whole_minus_box"]
        assert difference["low"] > 0 if measure == "normalised_error" else difference["high"] < 0
