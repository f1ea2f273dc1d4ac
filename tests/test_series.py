"""The controlled series: one factor moves and nothing else, known garments, and the same bytes however it is drawn."""

from __future__ import annotations

import io
import json
from dataclasses import fields, is_dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fashionnet.evaluate.evaluation import why_missing
from fashionnet.examples.series import garment_of_type, series_rows
from fashionnet.findings.series import series as found
from fashionnet.formats import FormatError
from fashionnet.prepare import crop_to_photo, load_prepared, prepare
from fashionnet.sample import SAMPLE_VERSION
from fashionnet.sample.camera import jpeg
from fashionnet.sample.catalogue import draw_item
from fashionnet.sample.foliage import LEAVES
from fashionnet.sample.person import ARM
from fashionnet.sample.photo import OWN
from fashionnet.sample.plan import plan
from fashionnet.sample.scene import BAG, CUP, LEAF, PHONE
from fashionnet.sample.series import FACTORS, garment_in_sight, landmarks_in_sight, load_series
from fashionnet.sample.series_files import STEPS, draw_series, garments_of, make_series
from fashionnet.sample.series_photos import SIDE, at_level, base_conditions, photograph
from fashionnet.settings import load_settings

SETTINGS = load_settings().prepare
LAST = 6
# Where in Conditions each factor moves.
MOVES = {
    "scale": "frame.fill",
    "rotation": "frame.roll",
    "viewpoint": "pose.turn",
    "zoom": "frame.fill",
    "occlusion": "foliage.share",
    "clutter": "backdrop.things",
    "light": "sensor.exposure",
    "blur": "sensor.blur",
    "jpeg": "sensor.quality",
}


def leaves_of(value, name=""):
    """Every number and name in a tree of dataclasses, by its path; a wardrobe's garment is one value."""
    if is_dataclass(value) and name.count(".") < 1:
        for field in fields(value):
            yield from leaves_of(getattr(value, field.name), f"{name}.{field.name}" if name else field.name)
    else:
        yield name, value


def differing(first, second):
    return {name for (name, a), (_, b) in zip(leaves_of(first), leaves_of(second), strict=True) if a != b}


@pytest.fixture(scope="module")
def many():
    """item_id → garment, of every category."""
    return garments_of("default", 1, 40)


@pytest.fixture(scope="module")
def garments(many):
    """item_id → garment, one of each clothes type."""
    first = {item.clothes_type: item_id for item_id, item in reversed(many.items())}
    return {item_id: many[item_id] for item_id in first.values()}


@pytest.fixture(scope="module")
def bases(garments):
    return {item_id: base_conditions(item, 1, int(item_id[3:])) for item_id, item in garments.items()}


def both(garments, bases, factor, level=LAST):
    """Pairs of photos: at level 0, and at a level of `factor`."""
    for item_id, item in garments.items():
        base = bases[item_id]
        yield photograph(item, base), photograph(item, at_level(base, factor, level))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("series") / "series"
    return folder, draw_series("tiny", 0, SETTINGS, folder, 4, processes=1, show=lambda line: None)


# --- factors --------------------------------------------------------------------------------------------------------


def test_there_are_the_nine_factors_each_with_a_base_and_six_levels_that_get_harder():
    assert tuple(FACTORS) == tuple(MOVES)
    for name, factor in FACTORS.items():
        steps = np.diff(factor.values)
        assert len(factor.values) == LAST + 1
        assert (steps > 0).all() or (steps < 0).all(), name


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("level", range(1, LAST + 1))
def test_a_level_differs_from_the_base_in_one_parameter(factor, level, bases):
    for base in bases.values():
        assert differing(base, at_level(base, factor, level)) == {MOVES[factor]}


@pytest.mark.parametrize("factor", FACTORS)
def test_all_factors_agree_at_level_0(factor, bases, garments):
    for item_id, base in bases.items():
        start = at_level(base, factor, 0)
        assert start == base
        first, second = (jpeg(photograph(garments[item_id], how).image, how.sensor.quality) for how in (base, start))
        assert first == second


@pytest.mark.parametrize(("factor", "level", "error"), [("colour", 1, KeyError), ("blur", 7, IndexError)])
def test_a_factor_or_level_that_there_is_not_is_refused(factor, level, error, bases):
    with pytest.raises(error):
        at_level(next(iter(bases.values())), factor, level)


# --- what the photos show -------------------------------------------------------------------------------------------


def test_the_base_shows_the_whole_garment_from_the_front(many):
    shown = []
    for item_id, item in many.items():
        photo = photograph(item, base_conditions(item, 1, int(item_id[3:])))
        present = photo.visibility >= 0
        assert (photo.visibility[present] != 2).all()
        shown.append((photo.visibility[present] == 0).mean())
        assert 0 < photo.box[0] < photo.box[2] < SIDE
        assert 0 < photo.box[1] < photo.box[3] < SIDE
        assert not np.isin(photo.parts, (BAG, PHONE, LEAF, CUP, LEAVES)).any()
    assert min(shown) >= 0.5
    assert np.mean(shown) > 0.9


@pytest.mark.parametrize("factor", ["clutter", "light", "blur", "jpeg"])
def test_background_light_blur_and_jpeg_leave_the_garment_where_it_is(factor, garments, bases):
    for base, moved in both(garments, bases, factor):
        np.testing.assert_array_equal(moved.parts, base.parts)
        np.testing.assert_array_equal(moved.mask, base.mask)
        np.testing.assert_array_equal(moved.landmarks, base.landmarks)
        np.testing.assert_array_equal(moved.visibility, base.visibility)
        assert moved.box == base.box
        if factor != "jpeg":  # which comes after the drawing
            assert (moved.image != base.image).any()


def test_clutter_changes_the_background_alone(garments, bases):
    changed = []
    for base, moved in both(garments, bases, "clutter"):
        inside = cv2.erode(base.mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        changed.append((moved.image[inside] != base.image[inside]).mean())
        wall = base.parts == 0
        assert moved.image[wall].std() > 5 * base.image[wall].std()
    # Lace and mesh let through what is behind them; other cloth does not.
    assert min(changed) == 0
    assert max(changed) < 0.1


def test_more_things_are_added_to_those_that_are_there(bases, garments):
    item_id, item = next(iter(garments.items()))
    images = [photograph(item, at_level(bases[item_id], "clutter", level)).image for level in range(LAST + 1)]
    changed = [(image != images[0]).any(-1) for image in images]
    for fewer, more in pairwise(changed):
        assert (more & fewer).sum() >= 0.97 * fewer.sum()  # a thing may hide another in the wall's own colour
        assert more.sum() >= fewer.sum()


def test_the_light_falls_by_the_stated_share(garments, bases):
    for level in range(1, LAST + 1):
        share = FACTORS["light"].values[level]
        for base, moved in both(garments, bases, "light", level):
            unclipped = base.image < 250
            assert np.abs(moved.image - share * base.image.astype(float))[unclipped].max() <= 1.01


def test_blur_is_a_gaussian_of_the_stated_width(garments, bases):
    for base, moved in both(garments, bases, "blur"):
        sigma = FACTORS["blur"].values[LAST]
        reach = np.arange(-60, 61)
        kernel = np.exp(-(reach**2) / (2 * sigma**2))
        kernel /= kernel.sum()
        rows = np.apply_along_axis(np.convolve, 0, base.image[..., 1].astype(float), kernel, "same")
        naive = np.apply_along_axis(np.convolve, 1, rows, kernel, "same")
        inner = (slice(40, -40),) * 2  # away from the edge, where each has its own rule
        assert np.abs(naive - moved.image[..., 1])[inner].max() < 2


@pytest.mark.parametrize("level", range(1, LAST + 1))
def test_leaves_hide_the_stated_share_and_nothing_else_changes(level, garments, bases):
    for base, moved in both(garments, bases, "occlusion", level):
        share = FACTORS["occlusion"].values[level]
        leaves = moved.parts == LEAVES
        np.testing.assert_array_equal(moved.parts[~leaves], base.parts[~leaves])
        assert 1 - moved.mask.sum() / base.mask.sum() == pytest.approx(share, abs=0.01)
        assert (base.mask & leaves).sum() == base.mask.sum() - moved.mask.sum()
        clear = cv2.dilate(leaves.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
        np.testing.assert_array_equal(moved.image[clear], base.image[clear])
        np.testing.assert_array_equal(moved.landmarks, base.landmarks)
        assert set(zip(base.visibility.tolist(), moved.visibility.tolist())) <= {(-1, -1), (0, 0), (0, 1), (1, 1)}


def test_more_leaves_hide_what_fewer_hid(garments, bases):
    item_id, item = next(iter(garments.items()))
    hidden = [photograph(item, at_level(bases[item_id], "occlusion", k)).parts == LEAVES for k in range(LAST + 1)]
    for fewer, more in pairwise(hidden):
        assert (more | ~fewer).mean() > 0.999
        assert more.sum() > fewer.sum()


def same_but_for_the_edge(first, second, within=1):
    """Whether masks agree wherever the edge is more than `within` pixels away, up to half a per cent of them."""
    kernel = np.ones((2 * within + 1,) * 2, np.uint8)
    core, reach = (change(first.astype(np.uint8), kernel) > 0 for change in (cv2.erode, cv2.dilate))
    return ((core & ~second) | (second & ~reach)).sum() <= 0.005 * first.sum()


def warped(mask, matrix):
    """A mask under a 2 x 3 map of pixel coordinates, whose origin is the corner of the first pixel."""
    matrix = np.array(matrix, float)
    centred = matrix.copy()
    centred[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    return cv2.warpAffine(mask.astype(np.uint8) * 255, centred, mask.shape[::-1], flags=cv2.INTER_AREA) > 127


def inside(points):
    return ((points >= 0) & (points < SIDE)).all(1)


@pytest.mark.parametrize("level", range(1, LAST + 1))
def test_a_rolled_camera_turns_the_photo_about_its_middle(level, garments, bases):
    angle = np.radians(FACTORS["rotation"].values[level])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.full(2, SIDE / 2)
    for base, moved in both(garments, bases, "rotation", level):
        expected = (base.landmarks - middle) @ turn.T + middle
        np.testing.assert_allclose(moved.landmarks, expected, atol=0.2)
        assert same_but_for_the_edge(warped(base.mask, np.c_[turn, middle - turn @ middle]), moved.mask)
        assert moved.mask.sum() == pytest.approx(base.mask.sum(), rel=0.03)
        assert not (moved.visibility == 2).any()


@pytest.mark.parametrize("factor", ["scale", "zoom"])
@pytest.mark.parametrize("level", range(1, LAST + 1))
def test_a_smaller_or_larger_garment_is_the_same_about_the_same_middle(factor, level, garments, bases):
    growth = FACTORS[factor].values[level] / FACTORS[factor].values[0]
    middle = np.full(2, SIDE / 2)
    for base, moved in both(garments, bases, factor, level):
        expected = (base.landmarks - middle) * growth + middle
        # Positions on the drawing are whole 64ths of a pixel, and a drawing is enlarged or shrunk by `growth`.
        np.testing.assert_allclose(moved.landmarks, expected, atol=0.2 * max(growth, 1))
        present = moved.visibility >= 0
        np.testing.assert_array_equal((moved.visibility == 2)[present], ~inside(moved.landmarks)[present])
        matrix = np.c_[growth * np.eye(2), middle - growth * middle]
        # A pixel of the base is `growth` pixels now.
        assert same_but_for_the_edge(warped(base.mask, matrix), moved.mask, int(np.ceil(growth)))
        if factor == "scale":
            assert moved.mask.sum() == pytest.approx(base.mask.sum() * growth**2, rel=0.1 if growth > 0.3 else 0.3)


def test_a_turned_wearer_stays_as_far_from_the_camera(garments, bases):
    for level in range(1, LAST + 1):
        for base, moved in both(garments, bases, "viewpoint", level):
            # Turned about the upright axis, a point stays at its height, but for the sag of the hem that it is on.
            np.testing.assert_allclose(moved.landmarks[:, 1], base.landmarks[:, 1], atol=10)
            assert moved.mask.sum() > 0.2 * base.mask.sum()
    for base, moved in both(garments, bases, "viewpoint"):
        for left, right in ((0, 1), (6, 7)):
            if moved.visibility[left] >= 0:
                before, after = (photo.landmarks[right, 0] - photo.landmarks[left, 0] for photo in (base, moved))
                assert before > 0 > after


def test_visible_landmarks_lie_on_the_garment(garments, bases):
    for factor in FACTORS:
        for _, moved in both(garments, bases, factor, 3):
            for (x, y), state in zip(moved.landmarks, moved.visibility):
                if state == 0:
                    row, column = int(y), int(x)
                    assert moved.mask[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3].any()


def test_nothing_held_and_no_arm_lies_before_the_trunk(garments, bases):
    for item_id, item in garments.items():
        photo = photograph(item, bases[item_id])
        middle = photo.parts[photo.box[1] : photo.box[3], SIDE // 2 - 3 : SIDE // 2 + 3]
        assert not (middle == ARM).any()
    assert OWN in np.unique(photo.parts)


# --- garments and streams -------------------------------------------------------------------------------------------


def test_garments_are_test_items_of_the_gallery_and_in_no_training_split():
    shots = plan("default", 1)
    chosen = garments_of("default", 1, 200)
    assert len(chosen) == 200
    own = [shot for shot in shots if shot.benchmark == "consumer_to_shop" and shot.item_id in chosen]
    assert {shot.status for shot in own} == {"test"}
    assert {shot.item_id for shot in own if shot.source == 1} == set(chosen)
    trained = {repr(replace(s.item, details=frozenset())) + str(sorted(s.item.details)) for s in shots
               if s.status in ("train", "val")}  # fmt: skip
    assert not trained & {repr(replace(i, details=frozenset())) + str(sorted(i.details)) for i in chosen.values()}
    test = [shot.item for shot in shots if shot.benchmark == "consumer_to_shop" and shot.status == "test"]
    assert {item.category for item in chosen.values()} == {item.category for item in test}


@pytest.mark.parametrize(("most", "count"), [(1, 1), (5, 5), (6, 6), (100, 6)])
def test_at_most_as_many_garments_as_asked_for(most, count):
    assert len(garments_of("tiny", 0, most)) == count


def test_no_stream_is_one_of_the_samples(monkeypatch):
    """Every key that the sample or the series asks a stream for; those of the series are of no photo or item."""
    asked = []

    def listen(*key):
        asked.append(key)
        return np.random.default_rng(key)

    for module in ("plan", "shooting", "series_photos"):
        monkeypatch.setattr(f"fashionnet.sample.{module}.stream", listen)
    shots = plan("tiny", 0)
    sample = set(asked) | {(*shot.key, attempt) for shot in shots for attempt in range(16)}
    asked.clear()
    item = draw_item(np.random.default_rng(0))
    for number in range(500):
        base_conditions(item, 0, number)
    assert len(set(asked)) == 500
    # As SeedSequence mixes them: zeros at the end make no difference.
    assert not {tuple(np.trim_zeros(key, "b")) for key in asked} & {tuple(np.trim_zeros(key, "b")) for key in sample}


def test_garments_have_surroundings_of_their_own(bases):
    assert len({base.body for base in bases.values()}) == len(bases)


# --- files ----------------------------------------------------------------------------------------------------------


def test_two_processes_write_the_same_bytes_as_one(drawn, tmp_path):
    folder, _ = drawn
    lines = []
    draw_series("tiny", 0, SETTINGS, tmp_path / "again", 4, processes=2, show=lines.append)
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in (tmp_path / "again").iterdir())
    for name in names:
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name
    assert lines[-1].startswith("series: 4 of 4 garments")


def test_every_garment_has_every_level_once(drawn):
    folder, series = drawn
    photos, table = series.prepared.photos, series.table
    assert len(photos) == len(table) == 4 * (1 + 9 * 6) == 4 * len(STEPS)
    assert not photos["image_name"].duplicated().any()
    for place, (name, row) in enumerate(zip(photos["image_name"], table.itertuples())):
        assert name == f"series/{row.factor}/{row.level}/{row.item}.jpg"
        assert photos["item"][place] == row.item
        if row.factor == "base":
            assert (row.level, np.isnan(row.value)) == (0, True)
        else:
            assert row.value == FACTORS[row.factor].values[row.level]
    assert set(photos["benchmark"]) == {"series"}
    np.testing.assert_array_equal(series.prepared.rows("series", "test", "query"), np.arange(len(photos)))
    again = load_series(folder)
    pd.testing.assert_frame_equal(again.table, table)
    np.testing.assert_array_equal(again.prepared.crops, series.prepared.crops)


def test_crops_stored_as_jpegs_are_those_of_the_same_photos(drawn, tmp_path):
    _, raw = drawn
    settings = SETTINGS.model_copy(update={"storage": "jpeg"})
    series = draw_series("tiny", 0, settings, tmp_path / "series", 1, processes=1, show=lambda line: None)
    own = np.flatnonzero(raw.prepared.photos["image_name"].isin(series.prepared.photos["image_name"]))
    assert len(own) == len(series.table) == len(STEPS)
    difference = np.abs(series.prepared.crops[:].astype(int) - raw.prepared.crops[own])
    assert 0 < difference.mean() < 3


def test_crops_and_labels_are_those_that_prepare_would_make(drawn, tiny_sample, tmp_path):
    """The series' photos written as files in the sample's layout give the same names, crops and boxes."""
    _, series = drawn
    ready = prepare(tiny_sample, tmp_path / "prepared", SETTINGS).prepared
    pd.testing.assert_frame_equal(series.prepared.categories, ready.categories, check_dtype=False)
    pd.testing.assert_frame_equal(series.prepared.attribute_names, ready.attribute_names, check_dtype=False)
    assert series.prepared.crops.shape[1:] == ready.crops.shape[1:]
    assert series.prepared.sample == ready.sample == SAMPLE_VERSION
    assert list(series.prepared.photos.dtypes) == list(ready.photos.dtypes)
    own = ready.photos[ready.photos["benchmark"] == "consumer_to_shop"]
    gallery = own.loc[(own["split"] == "test") & (own["role"] == "gallery"), "item"]
    assert set(series.table["item"]) <= set(gallery)

    for item_id, item in garments_of("tiny", 0, 4).items():
        base = base_conditions(item, 0, int(item_id[3:]))
        for factor, level in (("base", 0), ("zoom", 3), ("jpeg", 5)):
            conditions = at_level(base, factor, level) if level else base
            photo = photograph(item, conditions)
            [row] = np.flatnonzero(series.prepared.photos["image_name"] == f"series/{factor}/{level}/{item_id}.jpg")
            own = series.prepared.photos.iloc[[row]]
            assert own[["x_1", "y_1", "x_2", "y_2"]].to_numpy().ravel().tolist() == list(photo.box)
            assert series.table["pixels"][row] == photo.mask.sum()
            assert ready.categories["category_name"][own["category"].item()] == item.category
            points = crop_to_photo(series.prepared.landmarks[[row]], own)[0]
            np.testing.assert_allclose(points, np.floor(photo.landmarks), atol=1e-3)
            with Image.open(io.BytesIO(jpeg(photo.image, conditions.sensor.quality))) as decoded:
                side, corner = own["crop_side"].item(), own[["crop_x", "crop_y"]].to_numpy().ravel()
                middle = decoded.crop((*map(round, corner + side * 0.4), *map(round, corner + side * 0.6)))
            size = SETTINGS.image_size
            crop = series.prepared.crops[row][int(size * 0.4) : int(size * 0.6), int(size * 0.4) : int(size * 0.6)]
            assert np.abs(np.asarray(middle).mean((0, 1)) - crop.mean((0, 1))).max() < 12


def test_category_and_attributes_are_those_of_level_0(drawn):
    _, series = drawn
    first = series.rows("blur", 0)
    base = first[series.table["item"].to_numpy()].to_numpy()
    for labels in (series.prepared.attributes, series.prepared.photos["category"].to_numpy()):
        np.testing.assert_array_equal(labels, labels[base])
    assert first.equals(series.rows("base", 0))
    for item_id, item in garments_of("tiny", 0, 4).items():
        photo = photograph(item, base_conditions(item, 0, int(item_id[3:])))
        np.testing.assert_array_equal(series.prepared.attributes[first[item_id]], photo.labels)


def test_what_is_in_sight_is_counted_as_by_hand(drawn):
    _, series = drawn
    garment, landmarks = garment_in_sight(series), landmarks_in_sight(series)
    table, visibility = series.table, series.prepared.visibility
    for name, level in (("occlusion", 4), ("scale", 3), ("zoom", 2)):
        shares, seen, present = [], 0, 0
        for item in table["item"].unique():
            [now] = table.index[(table["item"] == item) & (table["factor"] == name) & (table["level"] == level)]
            [base] = table.index[(table["item"] == item) & (table["factor"] == "base")]
            growth = 1 if name == "occlusion" else FACTORS[name].values[level] / 0.7
            shares.append(table["pixels"][now] / (table["pixels"][base] * growth**2))
            seen += (visibility[now] == 0).sum()
            present += (visibility[now] >= 0).sum()
        label = FACTORS[name].label
        assert garment.loc[label, f"level {level}"] == pytest.approx(np.mean(shares))
        assert landmarks.loc[label, f"level {level}"] == pytest.approx(seen / present)
    np.testing.assert_allclose(garment.loc["Occlusion"], 1 - np.array(FACTORS["occlusion"].values), atol=0.01)
    assert (garment["level 0"] == 1).all()


def test_sheets_show_a_garment_at_every_level(drawn):
    _, series = drawn
    item = garment_of_type(series, 3)
    rows = series_rows(series, item, overlays=True)
    assert [len(tiles) for _, tiles in rows] == [LAST + 1] * 9
    for name, (label, tiles) in zip(FACTORS, rows):
        assert label.startswith(FACTORS[name].label)
        for level, tile in enumerate(tiles):
            np.testing.assert_array_equal(tile.pixels, series.prepared.crops[series.rows(name, level)[item]])
    with pytest.raises(IndexError):
        garment_of_type(series, 3, place=100)


def test_the_findings_name_what_hides_a_garment(drawn):
    _, series = drawn
    text = " ".join(found(series))
    assert "220 photos" in text
    assert "4 test garments" in text
    hides, keeps = text.split("At every level of the other factors")
    assert all(name in hides for name in ("Occlusion", "Zoom-in", "Viewpoint"))
    assert all(name in keeps for name in ("Background clutter", "Light", "Blur", "JPEG"))


# --- data that is no sample -----------------------------------------------------------------------------------------


def test_the_series_of_a_sample_is_that_of_its_size_and_seed(drawn, tmp_path):
    (tmp_path / "data").mkdir()
    note = {"version": SAMPLE_VERSION, "size": "tiny", "seed": 0}
    (tmp_path / "data/SAMPLE.json").write_text(json.dumps(note))
    folder, _ = drawn
    make_series(tmp_path / "data", tmp_path / "series", SETTINGS, 4, show=lambda line: None)
    assert (tmp_path / "series/crops.bin").read_bytes() == (folder / "crops.bin").read_bytes()


@pytest.mark.parametrize("storage", ["raw", "jpeg"])
@pytest.mark.parametrize("note", [None, {"version": "0", "size": "tiny", "seed": 0}])
def test_other_data_has_an_empty_series_that_says_why(note, storage, tmp_path, recwarn):
    if note:
        (tmp_path / "SAMPLE.json").write_text(json.dumps(note))
    settings = SETTINGS.model_copy(update={"storage": storage})
    series = make_series(tmp_path, tmp_path / "series", settings, 4, show=pytest.fail)
    assert len(series.table) == len(series.prepared.photos) == len(load_prepared(tmp_path / "series").crops) == 0
    assert series.prepared.sample == ""
    reason = why_missing(series.prepared, "series", "category")
    assert "sample" in reason
    assert reason in found(series)[0]
    assert list(load_series(tmp_path / "series").table) == ["factor", "level", "value", "item", "pixels"]
    assert not recwarn.list


@pytest.mark.parametrize("text", ["", "[]", '{"version": "4"}', '{"version": "4", "size": "tiny", "seed": "x"}'])
def test_a_broken_note_is_an_error(text, tmp_path):
    (tmp_path / "SAMPLE.json").write_text(text)
    with pytest.raises(FormatError, match=r"SAMPLE\.json"):
        make_series(tmp_path, tmp_path / "series", SETTINGS, 4)
