"""The flawed sample: every planted flaw is what the record says, and nothing else of the sample has changed."""

from __future__ import annotations

import json
import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fashionnet import formats
from fashionnet.__main__ import main
from fashionnet.assess import assess_with_truth
from fashionnet.check import check
from fashionnet.formats.layout import find_benchmarks
from fashionnet.prepare import prepare
from fashionnet.sample import SAMPLE_VERSION, render, series_photos
from fashionnet.sample.benchmarks import Labels
from fashionnet.sample.flaws.changes import FAMILIES, Change, draw_change
from fashionnet.sample.flaws.copies import EXACT
from fashionnet.sample.flaws.ground import STREAM
from fashionnet.sample.plan import BENCHMARKS
from fashionnet.sample.truth import TRUTH, read_flaws
from fashionnet.settings import Prepare

COARSE = "Anno_coarse/"
PARTITION = "Eval/list_eval_partition.txt"
SCREENING = (
    "blank",
    "tiny",
    "extreme_aspect",
    "box_tiny",
    "box_whole",
    "landmarks_outside",
    "type_mismatch",
    "single_photo_item",
)


@pytest.fixture(scope="module")
def flawed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flawed") / "data"
    render(folder, size="tiny", processes=1, flaws=True)
    return folder


@pytest.fixture(scope="module")
def truth(flawed):
    return read_flaws(flawed)


@pytest.fixture(scope="module")
def found(flawed):
    return find_benchmarks(flawed)


@pytest.fixture(scope="module")
def plain(tiny_sample):
    return find_benchmarks(tiny_sample)


@pytest.fixture(scope="module")
def split(found):
    """(benchmark, image_name) → train, val or test."""
    homes = {}
    for name, benchmark in found.items():
        table = formats.read_list_eval_partition(benchmark.files[PARTITION], name)
        for column in table.columns[table.columns.str.startswith("image_")]:
            for image_name, status in zip(table[column], table["evaluation_status"]):
                homes[name, image_name] = "test" if status in ("query", "gallery") else status
    return homes


def pixels(found, benchmark, image_name):
    with Image.open(found[benchmark].photo(image_name)) as photo:
        return np.asarray(photo.convert("RGB"))


def boxes(benchmark):
    [official] = [name for name in benchmark.files if "list_bbox" in name]
    read = getattr(formats, f"read_{official.split('/')[1].removesuffix('.txt')}")
    return read(benchmark.files[official]).set_index("image_name")


def landmarks(benchmark):
    [official] = [name for name in benchmark.files if "list_landmarks" in name]
    read = getattr(formats, f"read_{official.split('/')[1].removesuffix('.txt')}")
    options = {"benchmark": benchmark.name} if official.endswith("list_landmarks.txt") else {}
    return read(benchmark.files[official], **options)


def points_of(benchmark, image_name):
    table = landmarks(benchmark)
    [row] = np.flatnonzero(table.table["image_name"] == image_name)
    return table.points[row], table.visibility[row], int(table.table["clothes_type"][row])


def photo_labels(benchmark):
    read = formats.read_list_attr_img(benchmark.files[f"{COARSE}list_attr_img.txt"])
    return dict(zip(read.image_name, read.values))


def attribute_names(benchmark):
    path = benchmark.files[f"{COARSE}list_attr_cloth.txt"]
    return formats.read_list_attr_cloth(path, "category_attribute")["attribute_name"].tolist()


# --- the whole ------------------------------------------------------------------------------------------------------


def test_it_is_a_valid_sample_that_says_what_it_is(flawed, tmp_path):
    lines = []
    assert check(flawed, out=lines.append), "\n".join(lines)
    note = {"version": SAMPLE_VERSION, "size": "tiny", "seed": 0, "flaws": True}
    assert json.loads((flawed / "SAMPLE.json").read_text()) == note
    summary = prepare(flawed, tmp_path, Prepare(image_size=32, margin=0.1, max_unreadable=0.0))
    assert not len(summary.unreadable)
    assert summary.prepared.sample == f"{SAMPLE_VERSION} with planted flaws"


def test_two_processes_write_the_same_bytes_as_one(flawed, tmp_path):
    render(tmp_path / "again", size="tiny", processes=2, flaws=True)
    ours, again = (sorted(path for path in folder.rglob("*.*")) for folder in (flawed, tmp_path / "again"))
    assert [path.relative_to(flawed) for path in ours] == [path.relative_to(tmp_path / "again") for path in again]
    assert all(one.read_bytes() == other.read_bytes() for one, other in zip(ours, again))


def test_the_command_asks_for_it(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr("fashionnet.sample.render", lambda folder, **options: asked.append(options["flaws"]))
    assert main(["sample", str(tmp_path / "data"), "--flaws"]) == 0
    assert main(["sample", str(tmp_path / "data")]) == 0
    assert asked == [True, False]


def test_no_stream_is_the_samples_or_the_series():
    assert STREAM > series_photos.STREAM >= len(BENCHMARKS)


def test_every_photo_of_the_plain_sample_is_there_as_it_was(plain, found):
    for name, benchmark in plain.items():
        photos = list(benchmark.images.rglob("*.jpg"))
        assert len(photos) > 50
        for photo in photos:
            same = found[name].images / photo.relative_to(benchmark.images)
            assert same.read_bytes() == photo.read_bytes()


def rows(path):
    """Every row of a file, numbers as numbers: they are padded to the longest of a column."""
    if path.suffix == ".json":
        return {json.dumps(entry) for entry in json.loads(path.read_text())}
    lines = path.read_text(encoding="utf-8-sig").splitlines()[1:]
    return {tuple(int(text) if re.fullmatch(r"-?\d+", text) else text for text in line.split()) for line in lines}


def test_only_what_the_record_names_is_said_otherwise(plain, found, truth):
    in_files = {
        "box_tiny": "list_bbox",
        "box_whole": "list_bbox",
        "landmarks_outside": "list_landmarks",
        "type_mismatch": "list_category_img",
    }
    changed = Counter()
    for name, benchmark in plain.items():
        for official, path in benchmark.files.items():
            if not official.endswith("list_attr_img.txt"):
                changed.update((name, row[0]) for row in rows(path) - rows(found[name].files[official]))
    expected = truth.screening[truth.screening["kind"].isin(in_files)]
    assert changed == Counter(zip(expected["benchmark"], expected["image_name"]))


def test_photos_have_official_names_and_no_name_twice(found, split):
    patterns = {
        "category_attribute": r"img/[\w-]+/img_\d{8}\.jpg",
        "landmarks": r"img/img_\d{8}\.jpg",
        "in_shop": r"img/(MEN|WOMEN)/\w+/(id_\d{8})/\d\d_\d_\w+\.jpg",
        "consumer_to_shop": r"img/CLOTHING/[\w-]+/(id_\d{8})/(comsumer|shop)_\d\d\.jpg",
    }
    assert all(re.fullmatch(patterns[benchmark], image_name) for benchmark, image_name in split)
    for name, benchmark in found.items():
        on_disk = {path.relative_to(benchmark.images).as_posix() for path in benchmark.images.rglob("*.jpg")}
        assert on_disk == {image_name for home, image_name in split if home == name}


def test_no_photo_of_the_sample_has_two_flaws(truth, found):
    sides = [*zip(truth.duplicates["of_benchmark"], truth.duplicates["of_image_name"])]
    for table in (truth.duplicates, truth.screening):
        sides += zip(table["benchmark"], table["image_name"])
    for prefix in ("", "of_"):
        sides += zip(truth.different[f"{prefix}benchmark"], truth.different[f"{prefix}image_name"])
    assert len(sides) == len(set(sides)) > 60
    assert all(found[benchmark].photo(image_name).is_file() for benchmark, image_name in sides)


# --- duplicates -----------------------------------------------------------------------------------------------------


def both(found, row):
    return (
        pixels(found, row["benchmark"], row["image_name"]),
        pixels(found, row["of_benchmark"], row["of_image_name"]),
    )


def test_exact_duplicates_have_the_same_pixels(found, truth):
    exact = truth.duplicates[truth.duplicates["kind"] == "exact_duplicate"]
    assert set(exact["family"]) == set(EXACT)
    for row in exact.to_dict("records"):
        copy, source = both(found, row)
        assert np.array_equal(copy, source)
        files = [found[row[f"{of}benchmark"]].photo(row[f"{of}image_name"]) for of in ("", "of_")]
        with Image.open(files[0]) as opened:
            assert opened.format == {"bytes": "JPEG", "lossless": "PNG"}[row["family"]]
        assert (files[0].read_bytes() == files[1].read_bytes()) == (row["family"] == "bytes")


def test_near_duplicates_differ_and_are_the_same_when_aligned(found, truth):
    near = truth.duplicates[truth.duplicates["kind"] == "near_duplicate"]
    assert set(near["family"]) == set(FAMILIES)
    for row in near.to_dict("records"):
        copy, source = both(found, row)
        assert copy.shape != source.shape or (copy != source).any()
        left, top, right, bottom = row["crop"]
        kept = source[top : len(source) - bottom, left : source.shape[1] - right]
        size = kept.shape[1::-1]
        assert [*copy.shape[1::-1]] == row["size"]
        back = np.asarray(Image.fromarray(copy).resize(size, Image.Resampling.BICUBIC), np.float64)
        expected = kept * row["gain"] + row["offset"]
        inside = (expected > 5) & (expected < 250)  # where the levels were not cut off
        # What a smaller or hard pressed copy has averaged away does not come back.
        allowed = 9 if row["size"][0] < size[0] or row["quality"] < 60 else 6
        assert np.abs(back - expected)[inside].mean() < allowed, row
        assert (row["size"] == list(size)) or row["family"] in ("resized", "mix")


def test_a_copy_is_labelled_as_its_source_where_it_went(found, truth):
    """Box and landmarks move with the photo, to within a pixel."""
    for row in truth.duplicates.to_dict("records"):
        crop = row["crop"] if row["kind"] == "near_duplicate" else [0, 0, 0, 0]
        copy, source = both(found, row)
        height, width = source.shape[:2]
        scale = np.array(copy.shape[1::-1]) / (width - crop[0] - crop[2], height - crop[1] - crop[3])
        corners = ["x_1", "y_1", "x_2", "y_2"]
        own = boxes(found[row["benchmark"]]).loc[row["image_name"], corners].to_numpy(float)
        of = boxes(found[row["of_benchmark"]]).loc[row["of_image_name"], corners].to_numpy(float)
        expected = np.clip((of.reshape(2, 2) - crop[:2]) * scale, 0, copy.shape[1::-1]).ravel()
        assert np.abs(own - expected).max() <= 1
        points, visibility, kind = points_of(found[row["benchmark"]], row["image_name"])
        of_points, of_visibility, of_kind = points_of(found[row["of_benchmark"]], row["of_image_name"])
        assert kind == of_kind
        there = visibility >= 0
        assert np.array_equal(there, of_visibility >= 0)
        assert np.abs(points - (of_points + 0.5 - crop[:2]) * scale)[there].max() <= 1
        assert (visibility == of_visibility)[there & (visibility < 2)].all()


def test_leaks_are_the_test_photos_that_stand_in_training(split, truth):
    found, within = Counter(), Counter()
    for row in truth.duplicates.to_dict("records"):
        own, of = (split[row[f"{side}benchmark"], row[f"{side}image_name"]] for side in ("", "of_"))
        assert row["leak"] == (own == "train" and of == "test")
        assert row["leak"] or (own == "test") == (of == "test")
        found[row["family"], row["leak"]] += 1
        within[row["leak"], row["benchmark"] == row["of_benchmark"]] += 1
    families = {family for family, _ in found}
    assert families == {*EXACT, *FAMILIES}
    assert set(found.values()) == {2}
    assert all(within[case] >= 5 for case in [(True, True), (True, False), (False, True), (False, False)])


@given(st.integers(0, 2**32 - 1), st.sampled_from(FAMILIES), st.sampled_from([(120, 160), (160, 120), (160, 160)]))
def test_a_change_is_of_its_family_and_of_a_strength_that_leaves_the_photo_what_it_was(seed, family, size):
    change = draw_change(np.random.default_rng(seed), family, size)
    left, top, right, bottom = change.crop
    kept = size[0] - left - right, size[1] - top - bottom
    done = {
        "cropped": change.crop != (0, 0, 0, 0),
        "resized": change.size != kept,
        "brightness": (change.gain, change.offset) != (1000, 0),
        "recompressed": change.quality < 86,
    }
    kinds = {name for name, is_done in done.items() if is_done}
    assert kinds == {family} if family != "mix" else 2 <= len(kinds) <= 4
    assert all(cut <= 0.06 * side for cut, side in zip(change.crop, (*size, *size)))
    assert all(0.49 <= new / old <= 2 for new, old in zip(change.size, kept))
    assert 760 <= change.gain <= 1300
    assert abs(change.offset) <= 12
    assert 25 <= change.quality <= 95


def test_what_a_crop_cuts_off_is_truncated():
    """Ten pixels off the left of 100 x 50, then doubled: by hand."""
    points = np.array([(30, 20), (5, 20), (12, 0), (99, 49), *[(np.nan, np.nan)] * 4])
    visibility = np.array([0, 0, 1, 2, -1, -1, -1, -1], np.int8)
    joints, seen = np.full((14, 2), np.nan), np.full(14, 1, np.int8)
    joints[:2], seen[:2] = [(9, 9), (10, 9)], 0
    labels = Labels((4, 5, 60, 50), points, visibility, joints, seen, np.zeros(3, np.int8))
    moved = Change((10, 0, 0, 0), (180, 100), 1000, 0, 90).labels(labels, (100, 50))
    assert moved.box == (0, 10, 100, 100)
    assert moved.points[:4].tolist() == [[41, 41], [-9, 41], [5, 1], [179, 99]]
    assert np.isnan(moved.points[4:]).all()
    assert moved.visibility.tolist() == [0, 2, 1, 2, -1, -1, -1, -1]
    assert moved.joint_visibility.tolist() == [1, 0, *[1] * 12]


# --- faults ---------------------------------------------------------------------------------------------------------


def faults(truth, kind):
    table = truth.screening[truth.screening["kind"] == kind]
    assert len(table) == 3
    return table.to_dict("records")


def test_there_is_every_kind_of_fault(truth):
    assert set(truth.screening["kind"]) == set(SCREENING)


def test_blank_photos_are_of_one_colour_each_of_its_own(found, truth):
    rows = faults(truth, "blank")
    for row in rows:
        photo = pixels(found, row["benchmark"], row["image_name"]).astype(int)
        assert np.abs(np.median(photo, axis=(0, 1)) - row["colour"]).max() <= 2
        assert np.ptp(photo, axis=(0, 1)).max() <= (20 if row["nearly"] else 0)
        assert (np.ptp(photo) > 0) == row["nearly"] or len(set(row["colour"])) > 1
    assert {row["nearly"] for row in rows} == {True, False}
    assert len({tuple(row["colour"]) for row in rows}) == len(rows)


def test_tiny_photos_and_strips_have_the_sizes_that_are_noted(found, truth):
    for kind in ("tiny", "extreme_aspect"):
        for row in faults(truth, kind):
            size = pixels(found, row["benchmark"], row["image_name"]).shape[1::-1]
            assert [*size] == row["size"]
            assert max(size) <= 32 if kind == "tiny" else max(size) >= 6 * min(size)
            x_2, y_2 = boxes(found[row["benchmark"]]).loc[row["image_name"], ["x_2", "y_2"]]
            assert (x_2, y_2) <= size


def test_false_boxes_are_all_or_nothing(found, truth):
    for kind in ("box_tiny", "box_whole"):
        for row in faults(truth, kind):
            height, width = pixels(found, row["benchmark"], row["image_name"]).shape[:2]
            x_1, y_1, x_2, y_2 = boxes(found[row["benchmark"]]).loc[row["image_name"], ["x_1", "y_1", "x_2", "y_2"]]
            a_1, b_1, a_2, b_2 = row["true_box"]
            assert [x_1, y_1, x_2, y_2] == row["box"]
            if kind == "box_tiny":
                assert (x_2 - x_1) * (y_2 - y_1) <= 25
                assert a_1 <= x_1 < x_2 <= a_2
                assert b_1 <= y_1 < y_2 <= b_2
            else:
                assert (x_1, y_1, x_2, y_2) == (0, 0, width, height)
                assert (a_2 - a_1) * (b_2 - b_1) <= 0.4 * width * height


def test_landmarks_lie_outside_the_box(found, truth):
    for row in faults(truth, "landmarks_outside"):
        points, visibility, _ = points_of(found[row["benchmark"]], row["image_name"])
        x_1, y_1, x_2, y_2 = boxes(found[row["benchmark"]]).loc[row["image_name"], ["x_1", "y_1", "x_2", "y_2"]]
        x, y = points[visibility == 0].T
        beside = (x < x_1 - (x_2 - x_1) / 10) | (x > x_2 + (x_2 - x_1) / 10)
        beside |= (y < y_1 - (y_2 - y_1) / 10) | (y > y_2 + (y_2 - y_1) / 10)
        assert (beside.sum(), len(beside)) == (row["outside"], row["visible"])
        assert beside.sum() >= len(beside) / 2 >= 1


def test_a_mismatched_category_is_of_another_type_than_the_landmarks(found, plain, truth):
    def category(benchmarks, image_name):
        path = benchmarks["category_attribute"].files[f"{COARSE}list_category_img.txt"]
        number = formats.read_list_category_img(path).set_index("image_name").loc[image_name, "category_label"]
        return formats.CATEGORIES[number - 1]

    for row in faults(truth, "type_mismatch"):
        name, kind = category(found, row["image_name"])
        assert name == row["category"]
        assert kind != row["clothes_type"] == points_of(found["category_attribute"], row["image_name"])[2]
        assert category(plain, row["image_name"]) == (row["true_category"], row["clothes_type"])


def test_single_photo_items_have_one_photo_and_no_other_has(found, truth):
    table = formats.read_list_eval_partition(found["in_shop"].files[PARTITION], "in_shop")
    counts = table["item_id"].value_counts()
    rows = faults(truth, "single_photo_item")
    assert sorted(counts.index[counts == 1]) == sorted(row["item_id"] for row in rows)
    for row in rows:
        assert table.loc[table["item_id"] == row["item_id"], "image_name"].tolist() == [row["image_name"]]


# --- labels ---------------------------------------------------------------------------------------------------------


def test_wrong_labels_are_known_to_the_last(plain, found, truth):
    before, after = photo_labels(plain["category_attribute"]), photo_labels(found["category_attribute"])
    names = attribute_names(found["category_attribute"])
    wrong = {(row.image_name, row.attribute): row.true for row in truth.wrong_labels.itertuples()}
    assert len(wrong) == len(truth.wrong_labels)
    for image_name, values in before.items():
        for name, old, new in zip(names, values, after[image_name]):
            assert wrong.get((image_name, name), new) == old
    for (image_name, name), true in wrong.items():
        assert after[image_name][names.index(name)] == -true
    values = np.stack(list(after.values()))
    for sign, kind, share in ((1, "positives", (0.02, 0.04)), (-1, "negatives", (0.004, 0.008))):
        lies = sum(true == -sign for true in wrong.values()) / (values == sign).sum()
        assert 1 - lies == pytest.approx(truth.accuracy[kind], abs=1e-12)
        assert share[0] - 0.002 <= lies <= share[1] + 0.002


def test_who_knows_the_wrong_labels_estimates_their_share(found, truth):
    labels, names = photo_labels(found["category_attribute"]), attribute_names(found["category_attribute"])
    given_labels = np.stack(list(labels.values())).astype(np.int8)
    true_labels = given_labels.copy()
    place = {image_name: row for row, image_name in enumerate(labels)}
    for row in truth.wrong_labels.itertuples():
        true_labels[place[row.image_name], names.index(row.attribute)] = row.true
    covered = Counter()
    for seed in range(200):
        estimates = assess_with_truth(given_labels, true_labels, seed, 400)
        for kind, share in truth.accuracy.items():
            own = estimates.loc[kind.removesuffix("s")]
            covered[kind] += own["low"] <= share <= own["high"]
            assert own["high"] - own["low"] < 0.15  # from 0 to 1 would cover everything
    assert min(covered[kind] for kind in truth.accuracy) >= 0.9 * 200, covered


# --- pairs that are none --------------------------------------------------------------------------------------------


def test_different_items_differ_in_one_attribute_that_can_be_seen(found, truth, split):
    labels, names = photo_labels(found["category_attribute"]), attribute_names(found["category_attribute"])
    true = {(row.image_name, row.attribute): row.true for row in truth.wrong_labels.itertuples()}
    read = formats.read_list_attr_items(found["in_shop"].files["Anno/list_attr_items.txt"])
    labels |= dict(zip(read.item_id, read.values))
    path = found["category_attribute"].files[f"{COARSE}list_attr_cloth.txt"]
    style = (formats.read_list_attr_cloth(path, "category_attribute")["attribute_type"] == 5).tolist()
    assert Counter(truth.different["benchmark"]) == {"in_shop": 6, "category_attribute": 3}
    splits = set()
    for row in truth.different.to_dict("records"):
        one, other = both(found, row)
        levels = np.abs(one.astype(int) - other).max(2)
        assert 0.002 < (levels >= 24).mean() < 0.06
        assert np.median(levels) <= 3  # the rest of the two photos is the same
        keys = [row["image_name"], row["of_image_name"]]
        splits.add(tuple(sorted(split[row["benchmark"], key] for key in keys)))
        if row["benchmark"] == "in_shop":
            keys = [key.split("/")[-2] for key in keys]
        assert keys[0] != keys[1]
        values = [[true.get((key, name), value) for name, value in zip(names, labels[key])] for key in keys]
        differ = [name for name, a, b, follows in zip(names, *values, style) if a != b and not follows]
        assert sorted(differ) == sorted(row["attributes"])
        assert 1 <= len(differ) <= 2  # one that comes, or one instead of another
    assert splits == {("train", "train"), ("test", "train"), ("test", "test")}


# --- the record -----------------------------------------------------------------------------------------------------


def test_other_data_has_no_record(tiny_sample):
    with pytest.raises(FileNotFoundError, match=TRUTH):
        read_flaws(tiny_sample)


@pytest.mark.parametrize("text", ["", "[]", "3", "{}", '{"flaws": [], "different": [], "wrong_labels": {}}'])
def test_a_record_that_is_none_is_named(tmp_path, text):
    (tmp_path / TRUTH).write_text(text)
    with pytest.raises(formats.FormatError, match=r"FLAWS\.json: found .*, expected what `fashionnet sample"):
        read_flaws(tmp_path)
