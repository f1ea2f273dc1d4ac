"""What is counted and what is said of it: counts against plain loops, sentences against made-up numbers."""

import numpy as np
import pandas as pd
import pytest
from factories import make_prepared

from fashionnet import describe, published, statistics
from fashionnet.findings import benchmarks as findings
from fashionnet.findings.data import data, preparation, training
from fashionnet.findings.wording import count, several


def entry(value, low, high, ahead=None):
    """ahead: FashionNet's value minus this one, with its interval."""
    own = {"value": value, "low": low, "high": high}
    return own | {"n": 10} | ({"fashionnet_minus_this": dict(zip(own, ahead, strict=True))} if ahead else {})


def said(*ahead, **options):
    own, other = entry(0.5, 0.4, 0.6), entry(0.5 - ahead[0], 0.1, 0.9, ahead)
    metrics = {"fashionnet": {"m": own}, "hog_colour": {"m": other}, "chance": {"m": entry(0.99, 0.99, 0.99)}}
    [sentence] = findings.standing(metrics, "m", "Accuracy", **options)
    return sentence


def test_better_is_said_only_when_the_paired_interval_is_clear_of_zero():
    assert said(0.3, 0.2, 0.4).endswith("; FashionNet is better by 30.0 points (on the same photos 20.0 to 40.0).")
    assert said(-0.3, -0.4, -0.1).endswith("; FashionNet is worse by 30.0 points (on the same photos 10.0 to 40.0).")
    assert "ahead by 1.0 points, which may be chance (on the same photos -2.0 to 4.0)" in said(0.01, -0.02, 0.04)
    assert "behind by 1.0 points, which may be chance (on the same photos -2.0 to 4.0)" in said(-0.01, -0.04, 0.02)
    assert "which may be chance" in said(0.01, 0.0, 0.02)
    assert "level" in said(0.0, -0.1, 0.1)


def test_for_an_error_less_is_better():
    options = {"smaller": True, "is_percent": False}
    assert "FashionNet is better by 0.150 (on the same photos 0.100 to 0.200)" in said(-0.15, -0.2, -0.1, **options)
    assert "FashionNet is worse by 0.150" in said(0.15, 0.1, 0.2, **options)
    assert "ahead by 0.010, which may be chance" in said(-0.01, -0.03, 0.01, **options)


def test_the_sentence_holds_both_numbers_and_names_the_best_of_the_others():
    metrics = {
        "fashionnet": {"m": entry(0.5, 0.4, 0.6)},
        "majority": {"m": entry(0.1, 0.05, 0.15, (0.4, 0.3, 0.5))},
        "hog_colour": {"m": entry(0.2, 0.15, 0.25, (0.3, 0.2, 0.4))},
        "chance": {"m": entry(0.9, 0.9, 0.9)},
    }
    [sentence] = findings.standing(metrics, "m", "Accuracy")
    assert "50.0 % (40.0 to 60.0)" in sentence
    assert "HOG and colour, the best of the others, 20.0 % (15.0 to 25.0)" in sentence


def test_groups_of_attributes_are_told_apart():
    def made(**ahead):
        metrics = {"fashionnet": {}, "hog_colour": {}}
        for group, difference in ahead.items():
            metrics["fashionnet"][f"attributes_{group}_top3"] = entry(0.5, 0.4, 0.6)
            metrics["hog_colour"][f"attributes_{group}_top3"] = entry(0.4, 0.3, 0.5, difference)
        return findings.category_attribute(metrics, "")

    clear, chance = (0.1, 0.05, 0.15), (0.1, -0.05, 0.2)
    [sentence] = made(texture=(-0.1, -0.2, -0.05), fabric=clear, part=chance, style=clear)
    assert sentence.endswith(
        "FashionNet is better in fabric and style, worse in texture; in part the difference may be chance."
    )
    [sentence] = made(shape=chance)
    assert sentence.endswith("others: in shape the difference may be chance.")
    assert made() == []


def test_fine_groups_are_told_at_the_first_guess():
    one = entry(0.5, 0.4, 0.6)
    coarse = {"fashionnet": {"attributes_part_top3": one, "attributes_mean_top3": one, "attributes_all_top3": one}}
    assert findings.attribute_k(coarse) == findings.attribute_k({}) == 3
    assert list(findings.recalls(coarse).values()) == ["part", "mean", "all"]
    fine = {"fashionnet": {f"attributes_{name}_top{k}": one for k in (1, 3) for name in ("mean", "fit", "sleeve")}}
    assert findings.recalls(fine) == {
        "attributes_sleeve_top1": "sleeve",
        "attributes_fit_top1": "fit",
        "attributes_mean_top1": "mean",
    }
    told = findings.category_attribute(fine, "")
    assert any(sentence.startswith("Top-1 attribute recall, mean of the groups") for sentence in told)
    assert not any("Top-3 attribute" in sentence for sentence in told)
    metrics = {name: {} for name in describe.TITLES} | {"category_attribute": fine}
    assert findings.headlines(metrics)[1] == {"category_attribute attributes_mean_top1": "attributes, top-1"}


def test_what_was_not_measured_is_said_so_or_left_out():
    nothing = {"m": entry(None, None, None)}
    assert findings.standing({}, "m", "Accuracy") == []
    assert findings.standing({"fashionnet": nothing, "chance": {"m": entry(0.1, 0.1, 0.1)}}, "m", "Accuracy") == []
    others = {"fashionnet": nothing, "majority": {"m": entry(1, 1, 1)}}
    assert findings.standing(others, "m", "Accuracy") == ["Accuracy: not measured for FashionNet."]


def test_the_headlines_k_stays_where_chance_is_small():
    def by_chance(**values):
        return {"chance": {name: entry(value, value, value) for name, value in values.items()}}

    assert findings.headline_k(by_chance(top1=0.01, top5=0.05, top20=0.09, top30=0.095, map_at_r=0.0), 20) == 20
    assert findings.headline_k(by_chance(top1=0.01, top5=0.05, top20=0.2), 20) == 5
    assert findings.headline_k(by_chance(top1=0.5), 20) == 1
    assert findings.headline_k({}, 20) == 1


def test_headlines_gather_one_number_a_benchmark_with_its_own_systems():
    metrics = {name: {} for name in describe.TITLES}
    metrics["landmarks"] = {"mean_position": {"within_0.1": entry(0.3, 0.2, 0.4)}}
    metrics["consumer_to_shop"] = {"chance": {name: entry(value, value, value) for name, value in
                                              (("top1", 0.01), ("top10", 0.08), ("top20", 0.15))}}  # fmt: skip
    merged, labels = findings.headlines(metrics)
    assert labels == {
        "landmarks within_0.1": "landmarks within 0.1",
        "consumer_to_shop top10": "consumer to shop, top-10",
    }
    assert merged["chance"] == {"consumer_to_shop top10": entry(0.08, 0.08, 0.08)}
    assert merged["mean_position"] == {"landmarks within_0.1": entry(0.3, 0.2, 0.4)}


def test_the_hardest_landmark_is_the_one_with_the_largest_error():
    errors = {
        "error_left_collar": entry(0.1, 0, 1),
        "error_right_hem": entry(0.3, 0, 1),
        "error_left_hem": entry(0.2, 0, 1),
    }
    text = " ".join(findings.landmarks({"fashionnet": errors}, ""))
    assert "the left collar best, with an error of 0.100" in text
    assert "the right hem worst, with 0.300" in text


def test_drawings_are_called_drawings_in_every_finding():
    metrics = {"fashionnet": {name: entry(0.5, 0.4, 0.6) for name in
                              ("category_top3", "attributes_mean_top3", "normalised_error", "top1", "top20")
                              }}  # fmt: skip
    for sentences in (findings.category_attribute, findings.landmarks, findings.in_shop, findings.consumer_to_shop):
        assert "on rendered garments (embedded sample, version 7)" in " ".join(sentences(metrics, "7"))
        assert "rendered" not in " ".join(sentences(metrics, ""))
    everything = dict.fromkeys(describe.TITLES, metrics)
    assert "drawings" in " ".join(findings.overview(everything, "7"))
    assert "drawings" not in " ".join(findings.overview(everything, ""))
    assert "no measurement of DeepFashion" in " ".join(findings.notice("7"))


def test_counts_of_the_data_agree_with_plain_loops():
    prepared = make_prepared(photos=40)
    photos = prepared.photos
    sizes = describe.split_sizes(prepared)
    for name, title in describe.TITLES.items():
        own = photos[photos["benchmark"] == name]
        assert sizes.loc[title, "train"] == sum(split == "train" for split in own["split"])
        assert sizes.loc[title, "test"] == sum(split == "test" for split in own["split"])
    assert sizes.loc[describe.TITLES["in_shop"], "queries"] == len(prepared.rows("in_shop", "test", "query"))
    assert pd.isna(sizes.loc[describe.TITLES["landmarks"], "queries"])

    categories = describe.category_counts(prepared)
    for row in categories.itertuples():
        assert row.photos == sum(photos["category"] == row.row)
        assert row.category == prepared.categories["category_name"][row.row]
    assert categories["photos"].is_monotonic_decreasing

    attributed = np.flatnonzero(photos["attributed"])
    for row in describe.attribute_counts(prepared).itertuples():
        labels = [prepared.attributes[photo, row.column] for photo in attributed]
        assert (row.positive, row.negative, row.unknown) == tuple(labels.count(code) for code in (1, -1, 0))
        assert row.share == pytest.approx(row.positive / (row.positive + row.negative))

    seen = describe.landmark_visibility(prepared)
    for slot, name in enumerate(seen.index):
        for code, column in enumerate(("visible", "occluded", "truncated")):
            assert seen.loc[name, column] == sum(prepared.visibility[:, slot] == code)


def test_data_without_labels_is_described_without_a_word_on_them():
    prepared = make_prepared(photos=24, benchmarks=["category_attribute"], drop=["category", "attributes", "landmarks"])
    pairs = statistics.attribute_pairs(prepared)
    assert data(prepared, pairs) == ["Apart from their splits, the photos carry no labels."]
    assert len(describe.category_counts(prepared)) == 0
    assert statistics.landmark_spread(prepared) == {}
    assert statistics.photos_per_item(prepared) == statistics.pairs_per_item(prepared) == {}
    assert statistics.category_lift(prepared).lift.size == 0
    assert set(describe.missing(prepared)["what"]) == set(describe.TITLES.values()) - {
        describe.TITLES["category_attribute"]
    }


def test_the_tail_and_what_is_found_together_are_said():
    prepared = make_prepared(photos=200)
    pairs = pd.DataFrame({"attribute": ["striped", "long"], "other": ["nautical", "short"], "together": [40, 0],
                          "expected": [4.0, 61.6], "lift": [10.0, 0.0]})  # fmt: skip
    text = " ".join(data(prepared, pairs))
    assert "striped and nautical are found together 10.0 times as often as by chance (40 photos)." in text
    assert "long and short would by chance be found together in 62 photos and are in none." in text
    positive = sorted((prepared.attributes == 1).sum(0), reverse=True)
    half = next(n for n in range(1, 11) if 2 * sum(positive[:n]) >= sum(positive))
    assert f"{half} of the 10 attributes that occur make up half of the positive labels." in text
    assert "together" not in " ".join(data(prepared, pairs[:0]))


def test_what_was_left_out_of_preparation_is_said():
    prepared = make_prepared(photos=24, benchmarks=["landmarks"])
    none = pd.DataFrame(columns=["benchmark", "image_name", "reason"])
    text = " ".join(preparation(prepared, none))
    assert "24 photos of 1 benchmark are ready: Fashion landmark detection." in text
    assert "Every photo could be read" in text
    assert "3 things are missing" in text
    one = pd.DataFrame({"benchmark": ["landmarks"], "image_name": ["img/a.jpg"], "reason": ["cut off"]})
    assert "1 photo could not be read" in " ".join(preparation(prepared, one))


def test_a_loss_that_rose_is_not_called_a_fall():
    history = pd.DataFrame({"epoch": [1, 2], "step": "pose", "loss_landmarks": [2.0, 1.0], "loss_category": [1.0, 3.0]})
    fell, rose, note = training(history, ["no pairs"])
    assert "landmarks from 2 to 1" in fell
    assert "category" not in fell
    assert "It did not fall for category from 1 to 3" in rose
    assert note == "No pairs."


def test_words_of_numbers():
    assert several(["a"]) == "a"
    assert several(["a", "b", "c"]) == "a, b and c"
    assert several(list("abcdefgh"), most=3) == "a, b and 6 others"
    assert (count(1, "photo"), count(1234, "photo"), count(2, "category", "categories")) == (
        "1 photo", "1,234 photos", "2 categories")  # fmt: skip


def test_published_numbers_are_those_of_the_paper():
    recognition = published.category_attribute("4").rows
    own = recognition.loc["FashionNet"]
    assert (own["category_top3"], own["attributes_mean_top3"], own["attributes_mean_top5"]) == (82.58, 45.52, 54.61)
    groups = [f"attributes_{group}_top3" for group in published.GROUPS]
    for name in ("WTBI", "DARN", "FashionNet"):  # the "All" column is close to the groups' plain mean
        assert recognition.loc[name, groups].mean() == pytest.approx(
            recognition.loc[name, "attributes_mean_top3"], abs=4
        )
    assert published.in_shop("4").rows.loc["FashionNet", "top20"] == 76
    assert published.landmarks("4").rows.loc["FashionNet", "normalised_error"] == 0.0859
    for kind in (published.category_attribute, published.in_shop, published.consumer_to_shop, published.landmarks):
        assert "not comparable" in kind("4").note
        assert "not comparable" not in kind("").note
        assert "comparable only where" in kind("").note
