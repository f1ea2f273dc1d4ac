"""The statistics of the data's page against plain loops and by hand, and the figures that draw them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from factories import make_prepared

from fashionnet import describe, figures, published, statistics
from fashionnet.statistics.cooccurrence import LEAST_EXPECTED, LEAST_PHOTOS


@pytest.fixture(scope="module")
def prepared():
    return make_prepared(photos=400, attributes=12)


# attributes


def test_pairs_of_attributes_by_a_plain_loop(prepared):
    pairs = statistics.attribute_pairs(prepared)
    values = prepared.attributes[prepared.photos["attributed"].to_numpy()]
    names = prepared.attribute_names["attribute_name"].tolist()
    left = 0
    found = {frozenset((pair.attribute, pair.other)): pair for pair in pairs.itertuples()}
    for one in range(len(names)):
        for other in range(one):
            together = sum(1 for row in values if row[one] == 1 and row[other] == 1)
            expected = sum(values[:, one] == 1) * sum(values[:, other] == 1) / len(values)
            if max(together, expected) < LEAST_PHOTOS:
                left += 1
                continue
            pair = found[frozenset((names[one], names[other]))]
            assert pair.together == together
            assert pair.expected == pytest.approx(expected)
            assert pair.lift == pytest.approx(together / expected)
            assert sum(values[:, names.index(pair.attribute)] == 1) >= sum(values[:, names.index(pair.other)] == 1)
    assert len(found) == len(pairs) == 12 * 11 // 2 - left
    assert pairs["lift"].is_monotonic_decreasing


def planted(values, category=None, photos=None):
    """Prepared data whose category and attribute benchmark has these attributes (N, A), and categories (N,)."""
    values = np.asarray(values, np.int8)
    prepared = make_prepared(photos=len(values), attributes=values.shape[1], benchmarks=["category_attribute"])
    category = np.zeros(len(values), int) if category is None else category
    return replace(prepared, attributes=values, photos=prepared.photos.assign(category=category))


def test_attributes_that_exclude_each_other_stand_last_and_those_that_imply_each_other_first():
    has = np.repeat([[1, -1, 1, -1], [-1, 1, -1, -1], [-1, 1, -1, 1], [-1, -1, -1, -1]], 60, axis=0)
    pairs = statistics.attribute_pairs(planted(has))
    first, last = pairs.iloc[0], pairs.iloc[-1]
    assert {first["attribute"], first["other"]} == {"attribute 0", "attribute 2"}
    assert (first["together"], first["expected"], first["lift"]) == (60, 60 * 60 / 240, 4)
    assert {last["attribute"], last["other"]} < {"attribute 0", "attribute 1", "attribute 2"}
    assert (last["together"], last["expected"], last["lift"]) == (0, 60 * 120 / 240, 0)


def test_rare_pairs_are_left_out():
    has = np.full((1000, 3), -1)
    has[: LEAST_PHOTOS - 1, :2] = 1
    assert len(statistics.attribute_pairs(planted(has))) == 0
    has[:LEAST_PHOTOS, :2] = 1
    assert len(statistics.attribute_pairs(planted(has))) == 1


def test_labels_unknown_at_random_leave_lift_as_it_is():
    rng = np.random.default_rng(0)
    shared = rng.random(4_000) < 0.3
    has = np.where((rng.random((4_000, 2)) < 0.2) | shared[:, None], 1, -1)
    full = statistics.attribute_pairs(planted(has))
    has[rng.random(has.shape) < 0.4] = 0
    thinned = statistics.attribute_pairs(planted(has))
    assert thinned["together"][0] < 0.45 * full["together"][0]
    assert thinned["lift"][0] == pytest.approx(full["lift"][0], rel=0.1)


def test_blocks_join_to_the_whole(prepared, monkeypatch):
    keep = prepared.photos["attributed"].to_numpy()
    monkeypatch.setattr(statistics.cooccurrence, "_AT_ONCE", 7)
    np.testing.assert_array_equal(statistics.positives(prepared, keep).toarray(), prepared.attributes[keep] == 1)
    monkeypatch.setattr(describe, "AT_ONCE", 7)
    counts = describe.attribute_counts(prepared).sort_values("column")
    np.testing.assert_array_equal(counts["positive"], (prepared.attributes[keep] == 1).sum(0))
    np.testing.assert_array_equal(counts["unknown"], (prepared.attributes[keep] == 0).sum(0))


def test_attributes_by_category_by_a_plain_loop(prepared):
    found = statistics.category_lift(prepared)
    photos = prepared.photos[prepared.photos["attributed"]]
    values = prepared.attributes[photos.index]
    names = prepared.attribute_names["attribute_name"].tolist()
    for category, row in found.lift.iterrows():
        own = (prepared.categories["category_name"] == category).to_numpy().argmax() == photos["category"].to_numpy()
        for attribute, lift in row.items():
            has = values[:, names.index(attribute)] == 1
            expected = own.sum() * has.sum() / len(photos)
            if expected < LEAST_EXPECTED:
                assert np.isnan(lift)
            else:
                assert lift == pytest.approx((own & has).sum() / expected)
    types = prepared.categories.set_index("category_name")["category_type"]
    kinds = ["upper-body", "lower-body", "full-body"]
    assert found.types == [kinds[types[name] - 1] for name in found.lift.index]
    assert [kinds.index(kind) for kind in found.types] == sorted(kinds.index(kind) for kind in found.types)


def test_attributes_stand_in_the_order_of_the_categories_that_they_are_typical_of():
    category = np.repeat([0, 1, 2], 100)
    has = np.full((300, 3), -1)
    for attribute, typical in enumerate((2, 0, 1)):
        has[category == typical, attribute] = 1
    prepared = planted(has, category)
    kinds = prepared.categories.assign(category_type=1)
    found = statistics.category_lift(replace(prepared, categories=kinds))
    assert found.lift.to_numpy().tolist() == [[3, 0, 0], [0, 3, 0], [0, 0, 3]]


@pytest.mark.parametrize("drop", [["attributes"], ["category"], ["attributes", "category"]])
def test_without_labels_there_is_nothing_to_set_side_by_side(drop):
    prepared = make_prepared(photos=40, drop=drop)
    assert statistics.category_lift(prepared).lift.size == 0
    assert "attributes" not in drop or len(statistics.attribute_pairs(prepared)) == 0


# landmarks


def test_landmarks_are_counted_in_box_units(prepared):
    found = statistics.landmark_spread(prepared)
    photos, grid, edge = prepared.photos, statistics.landmarks.GRID, statistics.EDGE
    for code, kind in ((1, "upper-body"), (2, "lower-body"), (3, "full-body")):
        places, expected = [], np.zeros((grid, grid), int)
        for row in np.flatnonzero(photos["clothes_type"] == code):
            if prepared.visibility[row, 6] == 0:
                photo = photos.iloc[row]
                corner = photo[["crop_x", "crop_y"]].to_numpy(float)
                x, y = prepared.landmarks[row, 6].astype(float) * photo["crop_side"] + corner
                x = (x - photo["x_1"]) / (photo["x_2"] - photo["x_1"])
                y = (y - photo["y_1"]) / (photo["y_2"] - photo["y_1"])
                places.append((x, y))
                if -edge <= x < 1 + edge and -edge <= y < 1 + edge:
                    expected[int((y + edge) / (1 + 2 * edge) * grid), int((x + edge) / (1 + 2 * edge) * grid)] += 1
        counts, mean = found[kind]["left hem"]
        assert abs(counts - expected).sum() <= 4, "a point on a cell's border may fall on either side"
        assert counts.sum() == expected.sum()
        np.testing.assert_allclose(mean, np.mean(places, axis=0), atol=1e-4)
        assert ("left collar" in found[kind]) == (code != 2)


# items


def test_photos_and_pairs_of_items_by_a_plain_loop(prepared):
    photos = statistics.photos_per_item(prepared)
    pairs = statistics.pairs_per_item(prepared)
    assert list(photos) == list(pairs) == [describe.TITLES["in_shop"], describe.TITLES["consumer_to_shop"]]
    for name in ("in_shop", "consumer_to_shop"):
        own = prepared.photos[prepared.photos["benchmark"] == name]
        number = sum(
            1
            for _, item in own.groupby("item")
            for i in range(len(item))
            for j in range(i)
            if name == "in_shop" or item["source_type"].iloc[i] != item["source_type"].iloc[j]
        )
        assert pairs[describe.TITLES[name]].sum() == number
        assert sorted(photos[describe.TITLES[name]]) == sorted(own["item"].value_counts())


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([4, 4, 2], {"1": 0, "2": 1, "3": 0, "4": 2}),
        ([0, 1, 1], {"0": 1, "1": 2}),
        ([], {"1": 0}),
        ([1, 2, 3, 4, 5, 20], {"1": 1, "2": 1, "3–4": 2, "5–8": 1, "9–16": 0, "17–32": 1}),
        ([0, 16], {"0": 1, "1": 0, "2": 0, "3–4": 0, "5–8": 0, "9–16": 1}),
    ],
)
def test_distributions(counts, expected):
    assert statistics.distribution(np.array(counts, int)).to_dict() == expected


def test_the_data_at_hand_beside_the_posters_data_sets(prepared):
    own = statistics.data_set(prepared)
    assert list(own.index) == list(published.DATA_SETS.index)
    assert own["images"] == "1,600"
    assert own["categories"] == "5"
    assert own["attributes"] == "12"
    # 100 items of four photos each: six pairs in shop, two consumer's with two shop's from consumer to shop.
    assert own["pairs"] == f"{100 * 6 + 100 * 2 * 2:,}"
    assert own["localisation"] == "4 to 8 landmarks"
    assert statistics.data_set(make_prepared(photos=8, drop=["landmarks"]))["localisation"] == "bounding box"
    bare = statistics.data_set(make_prepared(photos=8, benchmarks=["category_attribute"], drop=["landmarks", "boxes"]))
    assert (bare["localisation"], bare["pairs"]) == ("none", "0")


def test_the_poster_is_quoted_right():
    assert published.DATA_SETS["DeepFashion"].to_dict() == {
        "images": "over 800,000", "categories": "50", "attributes": "1,050", "pairs": "over 300,000",
        "localisation": "4 to 8 landmarks"}  # fmt: skip
    assert published.DATA_SETS.loc["pairs", ["WTBI", "DARN"]].tolist() == ["39,479", "91,390"]


# figures


def pair(one, other, together, expected):
    return {"attribute": one, "other": other, "together": together, "expected": expected, "lift": together / expected}


def test_bars_of_pairs_start_at_chance_and_show_both_ends():
    pairs = pd.DataFrame([pair("a", "b", 80, 10), pair("c", "d", 40, 20), pair("e", "f", 20, 20), pair("g", "h", 5, 20),
                          pair("i", "j", 0, 30)])  # fmt: skip
    axes = figures.pair_bars(pairs).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a + b", "c + d", "g + h", "i + j"]
    assert [bar.get_width() for bar in axes.patches[:3]] == [3, 1, -2]
    assert axes.patches[3].get_width() == axes.get_xlim()[0]
    assert axes.get_xticklabels()[0].get_text() == "never"
    assert [text.get_text() for text in axes.texts[:2]] == ["80 photos, 10 by chance", "40 photos, 20 by chance"]
    assert [bar.get_width() for bar in figures.pair_bars(pairs[:3], most=1).axes[0].patches] == [3]
    assert "never" not in [label.get_text() for label in figures.pair_bars(pairs[:3]).axes[0].get_xticklabels()]


def test_the_colour_of_chance_is_the_palest_and_what_is_not_known_is_not_coloured():
    lift = pd.DataFrame([[1.0, 8, 100], [0, np.nan, 0.5]], index=["Tee", "Jeans"], columns=list("abc"))
    axes = figures.lift_map(lift, ["upper-body", "lower-body"]).axes[0]
    image = axes.images[0]
    colours = image.to_rgba(image.get_array())
    lightness = colours[..., :3].mean(-1)
    assert colours[1, 1, 3] == 0, "the hatching shows through"
    assert lightness[0, 0] == lightness[colours[..., 3] > 0].max() > 0.95
    np.testing.assert_array_equal(colours[0, 1], colours[0, 2])  # beyond eight times
    assert [text.get_text() for text in axes.texts] == ["upper-body", "lower-body"]


def test_maps_of_landmarks_have_a_panel_a_part_and_say_what_is_not_there(prepared):
    spread = statistics.landmark_spread(prepared)
    axes = figures.landmark_maps(spread, statistics.EDGE).axes
    assert len(axes) == 12
    assert [panel.get_title("left") for panel in axes[:4]] == ["collar", "sleeve", "waistline", "hem"]
    empty = [place for place, panel in enumerate(axes) if "has none" in [text.get_text() for text in panel.texts]]
    assert empty == [2, 4, 5]
    for panel in axes:
        assert len(panel.images) == (0 if panel in [axes[place] for place in empty] else 2)
    only = {"lower-body": spread["lower-body"]}
    assert len(figures.landmark_maps(only, statistics.EDGE).axes) == 4


def test_bars_of_items_have_a_row_for_photos_and_one_for_pairs():
    made = {"photos": {"In shop": pd.Series({"1": 2, "2": 5})}, "pairs": {"In shop": pd.Series({"0": 2, "1": 5})}}
    axes = figures.item_bars(made).axes
    assert [panel.get_xlabel() for panel in axes] == ["photos of an item", "pairs of an item"]
    assert [bar.get_height() for bar in axes[1].patches] == [2, 5]
