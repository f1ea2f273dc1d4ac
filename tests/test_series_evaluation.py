"""The controlled series against plain loops, the breaking rule by hand, and what becomes of a series that is empty."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from factories import FACTORS, Series, make_prepared, make_series
from test_evaluate import make_predictions

from fashionnet import evaluate
from fashionnet.evaluate.evaluation import Sums, ratio
from fashionnet.evaluate.series import COLUMNS, first_break
from fashionnet.findings import variation as findings

K = 3
SYSTEMS = ("fashionnet", "darn")


@pytest.fixture(scope="module")
def prepared():
    return make_prepared(photos=160, seed=2, attributes=15)


@pytest.fixture(scope="module")
def series(prepared):
    return make_series(prepared)


def predict(series, prepared):
    """Predictions of the series' photos and of the consumer-to-shop test photos; FashionNet alone has landmarks."""
    own = {system: make_predictions(series.prepared, "series", seed) for seed, system in enumerate(SYSTEMS, 10)}
    for arrays in own.values():  # the factor's levels are noise added to what is right
        right = np.eye(len(prepared.categories))[series.prepared.photos["category"]]
        arrays["category"] = (2 * right + arrays["category"]).astype(np.float32)
    truth = series.prepared.landmarks * series.prepared.photos["crop_side"].to_numpy()[:, None, None]
    truth += series.prepared.photos[["crop_x", "crop_y"]].to_numpy()[:, None]
    noise = np.random.default_rng(0).normal(0, 12, truth.shape)
    own["fashionnet"]["landmarks"] = np.nan_to_num(truth + noise).astype(np.float32)
    del own["darn"]["landmarks"]
    street = {system: make_predictions(prepared, "consumer_to_shop", seed) for seed, system in enumerate(SYSTEMS)}
    return own, street


@pytest.fixture(scope="module")
def predictions(series, prepared):
    return predict(series, prepared)


@pytest.fixture(scope="module")
def table(series, prepared, predictions):
    return evaluate.controlled(series, FACTORS, predictions[0], prepared, predictions[1], K)


def entry(table, metric, factor, system, level):
    keys = ["metric", "factor", "system", "level"]
    [row] = table[(table[keys] == [metric, factor, system, level]).all(axis=1)].to_dict("records")
    return row


def photos_of(series, factor, level):
    """{item: row} of a level's photos."""
    return {
        item: row
        for row, (own, number, item) in enumerate(series.table[["factor", "level", "item"]].itertuples(index=False))
        if (own, number) == ((factor, level) if level else ("base", 0))
    }


@pytest.mark.parametrize(("factor", "level"), [("scale", 0), ("scale", 2), ("jpeg", 1)])
@pytest.mark.parametrize("system", SYSTEMS)
def test_categories_are_a_loop_over_garments(series, predictions, table, factor, level, system):
    scores = predictions[0][system]["category"]

    def right(row):
        return scores[row].argmax() == series.prepared.photos["category"][row]

    base, own = photos_of(series, "base", 0), photos_of(series, factor, level)
    row = entry(table, "category_top1", factor, system, level)
    assert row["value"] == pytest.approx(np.mean([right(own[item]) for item in own]), abs=1e-6)
    assert row["drop"] == pytest.approx(np.mean([1.0 * right(base[item]) - right(own[item]) for item in own]), abs=1e-6)
    assert row["n"] == len(own)
    assert row["at"] == FACTORS[factor].values[level]
    assert row["drop_low"] <= row["drop"] <= row["drop_high"]


def test_attributes_are_a_loop_over_garments(series, predictions, table):
    scores, prepared = predictions[0]["darn"]["attributes"], series.prepared
    recalls = []
    for name in dict.fromkeys(prepared.groups):
        own, found, positives = np.flatnonzero(prepared.groups == name), 0, 0
        for row in photos_of(series, "jpeg", 2).values():
            right = {c for c in own if prepared.attributes[row, c] == 1}
            positives += len(right)
            found += len(right & set(own[np.argsort(-scores[row][own])[:3]]))
        recalls.append(found / positives)
    row = entry(table, "attributes_mean_top3", "jpeg", "darn", 2)
    assert row["value"] == pytest.approx(np.mean(recalls), abs=1e-6)


def test_landmarks_are_compared_where_they_are_visible_at_both_levels(series, predictions, table):
    guesses, prepared = predictions[0]["fashionnet"]["landmarks"], series.prepared

    def near(row, slot):
        photo = prepared.photos.iloc[row]
        x, y = prepared.landmarks[row, slot] * photo["crop_side"] + [photo["crop_x"], photo["crop_y"]]
        across = (guesses[row, slot, 0] - x) / (photo["x_2"] - photo["x_1"])
        down = (guesses[row, slot, 1] - y) / (photo["y_2"] - photo["y_1"])
        return math.hypot(across, down) <= 0.1

    base, own = photos_of(series, "base", 0), photos_of(series, "scale", 1)
    before, now, garments = [], [], set()
    for item, row in own.items():
        for slot in range(8):
            if prepared.visibility[row, slot] == 0 and prepared.visibility[base[item], slot] == 0:
                before.append(near(base[item], slot))
                now.append(near(row, slot))
                garments.add(item)
    found = entry(table, "within_0.1", "scale", "fashionnet", 1)
    assert 0.1 < np.mean(now) < 0.9
    assert found["value"] == pytest.approx(np.mean(now), abs=1e-6)
    assert found["drop"] == pytest.approx(np.mean(before) - np.mean(now), abs=1e-6)
    assert found["n"] == len(garments)
    assert set(table.loc[table["metric"] == "within_0.1", "system"]) == {"fashionnet"}


def test_retrieval_searches_the_gallery_of_consumer_to_shop(series, prepared, predictions, table):
    rows = prepared.rows("consumer_to_shop", "test")
    gallery = [place for place, row in enumerate(rows) if prepared.photos["role"][row] == "gallery"]
    features = predictions[1]["darn"]["feature"]
    hits = []
    for item, row in photos_of(series, "scale", 2).items():
        order = sorted(
            gallery, key=lambda place, row=row: np.linalg.norm(predictions[0]["darn"]["feature"][row] - features[place])
        )
        hits.append(item in [prepared.photos["item"][rows[place]] for place in order[:K]])
    assert entry(table, f"top{K}", "scale", "darn", 2)["value"] == pytest.approx(np.mean(hits), abs=1e-6)


def test_a_leads_change_is_the_difference_of_two_leads(table):
    for metric in ("category_top1", "attributes_mean_top3", f"top{K}"):
        lead = {
            level: entry(table, metric, "jpeg", "fashionnet", level)["value"]
            - entry(table, metric, "jpeg", "darn", level)["value"]
            for level in (0, 2)
        }
        row = entry(table, metric, "jpeg", "darn", 2)
        assert row["fashionnet_minus_this"] == pytest.approx(lead[2], abs=5e-6)
        assert row["lead_change"] == pytest.approx(lead[2] - lead[0], abs=5e-6)
        assert 0 <= row["lead_change_p"] <= 1
    assert table.loc[table["system"] == "fashionnet", "lead_change"].isna().all()


def test_all_factors_agree_at_level_0_and_nothing_has_dropped_there(table):
    base = table[table["level"] == 0]
    for _, own in base.groupby(["metric", "system"]):
        assert set(own["factor"]) == set(FACTORS)
        assert own[["value", "low", "high", "n"]].drop_duplicates().shape[0] == 1
        assert (own[["drop", "drop_low", "drop_high"]] == 0).all(axis=None)
        assert not own["breaks"].any()


def test_the_order_of_the_photos_is_of_no_matter(series, prepared, predictions, table):
    order = np.random.default_rng(0).permutation(len(series.table))
    made = series.prepared
    shuffled = Series(
        replace(made, photos=made.photos.iloc[order].reset_index(drop=True), attributes=made.attributes[order],
                landmarks=made.landmarks[order], visibility=made.visibility[order]),
        series.table.iloc[order].reset_index(drop=True),
    )  # fmt: skip
    again = evaluate.controlled(shuffled, FACTORS, predictions[0], prepared, predictions[1], K)
    pd.testing.assert_frame_equal(again, table)


def broken(drops, lows):
    """The level that is marked of a curve with these drops and their intervals' lower ends, from level 0."""
    curve = pd.DataFrame({"level": range(len(drops)), "drop": drops, "drop_low": lows})
    marked = curve.assign(metric="m", factor="f", system="s")
    marked = pd.concat([marked, marked.assign(system="other", drop=0.0)], ignore_index=True).sample(
        frac=1, random_state=0
    )
    marked = marked[first_break(marked)]
    assert set(marked["system"]) <= {"s"}
    assert len(marked) <= 1
    return None if marked.empty else int(marked["level"].iloc[0])


def test_a_system_breaks_at_the_first_level_that_drops_over_10_points_clear_of_zero():
    assert broken([0, 0.05, 0.12, 0.30], [0, 0.01, 0.02, 0.20]) == 2
    assert broken([0, 0.05, 0.12, 0.30], [0, 0.01, -0.02, 0.20]) == 3  # level 2 may be chance
    assert broken([0, 0.10, 0.11], [0, 0.05, 0.001]) == 2  # 10 points are not over 10 points
    assert broken([0, 0.20, 0.05, 0.30], [0, 0.10, -0.05, 0.20]) == 1  # what comes later does not mend it
    assert broken([0, 0.09, 0.09], [0, 0.08, 0.08]) is None
    assert broken([0, -0.30, np.nan], [0, -0.40, np.nan]) is None
    assert broken([0.5, 0.0], [0.4, 0.0]) is None  # level 0 is no level to break at
    assert broken([0, 0.2], [0, 0.0]) is None  # an interval that touches zero is not clear of it


def test_the_interval_of_a_paired_drop_holds_the_true_one_19_times_in_20():
    # 150 garments: 80 % right at level 0; of those a quarter wrong at the level, of the others a tenth right.
    rng, true, held = np.random.default_rng(0), 0.8 * 0.25 - 0.2 * 0.1, []
    for _ in range(400):
        before = rng.random(150) < 0.8
        now = np.where(before, rng.random(150) >= 0.25, rng.random(150) < 0.1)
        one, other = (
            Sums(np.arange(150), np.stack([own, np.ones(150)], axis=1), ratio, np.ones(150, bool))
            for own in (before, now)
        )
        drop = one.minus(other).measured()
        held.append(drop.low <= true <= drop.high)
    assert 0.92 <= np.mean(held) <= 0.98


def test_a_garment_without_a_shop_photo_is_not_searched_for(series, prepared, predictions):
    photos, table = series.prepared.photos.copy(), series.table.copy()
    gone = table["item"] == table["item"][0]
    photos.loc[gone, "item"] = table.loc[gone, "item"] = "elsewhere"
    made = Series(replace(series.prepared, photos=photos), table)
    found = evaluate.controlled(made, FACTORS, predictions[0], prepared, predictions[1], K)
    garments = table["item"].nunique()
    assert entry(found, f"top{K}", "scale", "darn", 1)["n"] == garments - 1
    assert entry(found, "category_top1", "scale", "darn", 1)["n"] == garments


def test_an_empty_series_gives_an_empty_table_that_is_written_read_and_explained(
    prepared, series, predictions, tmp_path
):
    made = series.prepared
    none = np.zeros(0, int)
    empty = Series(
        replace(made, photos=made.photos.iloc[none], attributes=made.attributes[none], landmarks=made.landmarks[none],
                visibility=made.visibility[none], missing={"series": "no sample was drawn"}),
        series.table.iloc[none],
    )  # fmt: skip
    nothing = {system: {name: array[none] for name, array in own.items()} for system, own in predictions[0].items()}
    for given in (nothing, {}):
        table = evaluate.controlled(empty, FACTORS, given, prepared, predictions[1], K)
        assert table.empty
        assert list(table) == COLUMNS
        assert findings.series(table, FACTORS, empty.prepared.missing["series"]) == [
            "The controlled series was not measured: no sample was drawn."
        ]
        evaluate.write_variation(pd.DataFrame(columns=evaluate.groups.COLUMNS), table, tmp_path)
        groups, again = evaluate.read_variation(tmp_path)
        assert groups.empty
        assert list(again) == COLUMNS


def test_what_is_written_is_read_again(table, tmp_path):
    evaluate.write_variation(pd.DataFrame(columns=evaluate.groups.COLUMNS), table, tmp_path)
    _, again = evaluate.read_variation(tmp_path)
    keys = ["metric", "factor", "system", "level"]
    pd.testing.assert_frame_equal(
        again.set_index(keys).sort_index(), table.set_index(keys).sort_index(), check_dtype=False, atol=1e-6
    )
