"""Every flaw at the edge of its limit; what is found held against what was planted."""

import numpy as np
import pandas as pd
import pytest
from factories import make_prepared

from fashionnet.prepare import crop_to_photo
from fashionnet.quality import as_found, score_against, screen
from fashionnet.quality.screening import (
    BLANK,
    FLAWS,
    LEAST_BOX,
    LEAST_BOX_SIDE,
    LEAST_SIDE,
    MOST_ASPECT,
    OUTSIDE,
    WHOLE_BOX,
)

CATEGORIES = pd.DataFrame({"category_name": ["Tee", "Jeans"], "category_type": [1, 2]})


def screened(visibility=None, landmarks=None, **changed):
    """The flaws of a sound photo of which these columns are changed."""
    table = pd.DataFrame(
        {
            "benchmark": "in_shop",
            "image_name": ["img/a.jpg", "img/b.jpg"],
            "item": "id_1",
            "width": 200,
            "height": 300,
            "boxed": True,
            "x_1": 50.0,
            "y_1": 100.0,
            "x_2": 150.0,
            "y_2": 200.0,
            "clothes_type": 1,
            "category": 0,
            "spread": 50.0,
        }
    )
    for name, value in changed.items():
        table[name] = table[name].astype(object)
        table.loc[0, name] = value
    points, codes = np.full((2, 8, 2), (100.0, 150.0)), np.zeros((2, 8), np.int8)
    points[0, 3] = landmarks or points[0, 3]
    codes[0, 3] = visibility or 0
    found = screen(table.infer_objects(), points, codes, CATEGORIES)
    assert set(found["row"]) <= {0}
    assert set(found["image_name"]) <= {"img/a.jpg"}
    return found["flaw"].tolist()


def test_a_sound_photo_has_no_flaw():
    assert screened() == []


def box(left, top, right, bottom):
    return dict(zip(("x_1", "y_1", "x_2", "y_2"), map(float, (left, top, right, bottom))))


def photo_of(width, height):
    return {"width": width, "height": height, "boxed": False}


BEYOND = 100 * OUTSIDE + 1  # pixels, of the sound photo's box: its longer side is 100


@pytest.mark.parametrize(
    ("flaw", "inside", "beyond"),
    [
        ("blank", {"spread": BLANK}, {"spread": BLANK - 0.01}),
        ("tiny", photo_of(LEAST_SIDE, 100), photo_of(LEAST_SIDE - 1, 100)),
        ("tiny", photo_of(100, LEAST_SIDE), photo_of(100, LEAST_SIDE - 1)),
        ("extreme_aspect", photo_of(75 * MOST_ASPECT, 75), photo_of(75 * MOST_ASPECT + 1, 75)),
        ("extreme_aspect", photo_of(75, 75 * MOST_ASPECT), photo_of(75, 75 * MOST_ASPECT + 1)),
        # 20 x 15 pixels are LEAST_BOX of 200 x 300; strips of the whole height and width.
        ("box_tiny", box(90, 140, 90 + LEAST_BOX * 60_000 / 15, 155), box(90, 140, 109.9, 155)),
        ("box_tiny", box(90, 0, 90 + LEAST_BOX_SIDE * 200, 300), box(90, 0, 90 + LEAST_BOX_SIDE * 200 - 0.1, 300)),
        ("box_tiny", box(0, 90, 200, 90 + LEAST_BOX_SIDE * 300), box(0, 90, 200, 90 + LEAST_BOX_SIDE * 300 - 0.1)),
        ("box_whole", box(0, 0, 200, 300 * WHOLE_BOX), box(0, 0, 200, 300 * WHOLE_BOX + 0.1)),
        ("landmarks_outside", {"landmarks": (150 + BEYOND, 150)}, {"landmarks": (150.1 + BEYOND, 150)}),
        ("landmarks_outside", {"landmarks": (100, 100 - BEYOND)}, {"landmarks": (100, 99.9 - BEYOND)}),
        ("type_mismatch", {"category": -1, "clothes_type": 2}, {"category": 1}),
        ("type_mismatch", {"category": 1, "clothes_type": 0}, {"clothes_type": 2}),
    ],
)
def test_a_flaw_begins_beyond_its_limit(flaw, inside, beyond):
    assert flaw not in screened(**inside)
    assert flaw in screened(**beyond)


def test_beyond_a_box_of_almost_nothing_the_box_is_at_fault():
    assert screened(**box(100, 150, 102, 152), landmarks=(10, 10)) == ["box_tiny"]


def test_a_box_of_the_whole_photo_is_right_where_the_frame_cuts_the_garment():
    whole = box(0, 0, 200, 300)
    assert screened(**whole) == ["box_whole"]
    assert screened(**whole, visibility=2) == []
    assert screened(**whole, boxed=False) == []


@pytest.mark.parametrize("code", [1, 2, -1])
def test_a_landmark_that_is_not_seen_may_lie_anywhere(code):
    assert screened(landmarks=(1, 1)) == ["landmarks_outside"]
    assert screened(landmarks=(1, 1), visibility=code) == []
    assert screened(landmarks=(1, 1), boxed=False) == []


def test_items_with_one_photo_by_a_loop():
    prepared = make_prepared(photos=22)
    table = prepared.photos.assign(spread=50.0)
    table.loc[table.index[-3:], "item"] = ["alone", "", ""]
    landmarks = crop_to_photo(prepared.landmarks, table)
    found = screen(table, landmarks, prepared.visibility, prepared.categories).query("flaw == 'single_photo_item'")
    names = list(zip(table["benchmark"], table["item"]))
    expected = [row for row, name in enumerate(names) if name[1] and names.count(name) == 1]
    assert found["row"].tolist() == expected
    assert len(table) - 3 in expected


def test_the_order_is_that_of_rows_then_flaws():
    prepared = make_prepared(photos=12)
    table = prepared.photos.assign(spread=0.0, width=10)
    found = screen(table, crop_to_photo(prepared.landmarks, table), prepared.visibility, prepared.categories)
    keys = [(row, FLAWS.index(flaw)) for row, flaw in zip(found["row"], found["flaw"])]
    assert keys == sorted(keys)
    assert len(found) >= 3 * len(table)


def flaws(*rows):
    return pd.DataFrame(rows, columns=["kind", "benchmark", "image_name", "of_benchmark", "of_image_name"])


def test_precision_and_recall_by_hand():
    truth = flaws(
        ("near_duplicate", "a", "1", "b", "2"),
        ("near_duplicate", "a", "3", "b", "4"),
        ("near_duplicate", "a", "5", "b", "6"),
        ("leak", "a", "1", "b", "2"),
        ("blank", "a", "9", None, np.nan),
    )
    found = flaws(
        ("near_duplicate", "b", "2", "a", "1"),  # the other way round
        ("near_duplicate", "b", "2", "a", "1"),  # twice
        ("near_duplicate", "a", "3", "b", "5"),  # another pair
        ("leak", "a", "1", None, None),
        ("tiny", "a", "9", None, None),
    )
    scores = score_against(truth, found)
    assert scores.loc["near_duplicate"].tolist() == [3, 2, 1, 1 / 2, 1 / 3]
    assert scores.loc["leak"].tolist() == [1, 1, 1, 1, 1]
    assert scores.loc["blank"].tolist()[:3] == [1, 0, 0]
    assert np.isnan(scores.loc["blank", "precision"])
    assert scores.loc["blank", "recall"] == 0
    assert np.isnan(scores.loc["tiny", "recall"])
    assert scores.loc["tiny", "precision"] == 0


def test_what_was_found_takes_the_form_of_what_was_planted():
    table = pd.DataFrame({"benchmark": list("aabb"), "image_name": list("1234")})
    pairs = pd.DataFrame({"first": [0, 0], "second": [1, 2], "kind": ["exact", "near"]})
    screened = pd.DataFrame({"benchmark": ["b"], "image_name": ["4"], "flaw": ["blank"]})
    found = as_found(table, pairs, pd.DataFrame({"train": [1, 1]}), screened)
    truth = flaws(
        ("exact_duplicate", "a", "2", "a", "1"),
        ("near_duplicate", "b", "3", "a", "1"),
        ("leak", "a", "2", None, None),
        ("blank", "b", "4", None, None),
    )
    scores = score_against(truth, found)
    assert (scores["planted"] == scores["found"]).all()
    assert (scores["recall"] == 1).all()
