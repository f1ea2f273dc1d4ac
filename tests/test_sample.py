"""The embedded sample as files: the same bytes, the official layout, every code, and no garment in two splits."""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fashionnet import formats
from fashionnet.check import check
from fashionnet.files import BusyError, only_writer
from fashionnet.formats.layout import FILES, find_benchmarks
from fashionnet.sample import SAMPLE_VERSION, render, shoot
from fashionnet.sample.attributes import ATTRIBUTES, EVERYTHING_SEEN, NAMES, labels
from fashionnet.sample.benchmarks import labels_of
from fashionnet.sample.camera import jpeg
from fashionnet.sample.catalogue import draw_item, look_alike, present
from fashionnet.sample.conditions import draw_conditions
from fashionnet.sample.plan import plan, stream
from fashionnet.sample.recipes import RECIPES
from fashionnet.sample.tailor import Tailor


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def benchmarks(tiny_sample):
    return find_benchmarks(tiny_sample)


@pytest.fixture(scope="module")
def default_plan():
    return plan("default", 0)


# --- bytes ----------------------------------------------------------------------------------------------------------


def test_two_processes_write_the_same_bytes_as_one(tiny_sample, tmp_path):
    render(tmp_path / "again", size="tiny", processes=2)
    assert contents(tmp_path / "again") == contents(tiny_sample)
    assert [path.name for path in tmp_path.iterdir()] == ["again"]


def test_another_seed_draws_other_garments():
    ours, others = (Counter(shot.item for shot in plan("tiny", seed)) for seed in (0, 1))
    assert not ours & others


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(FileExistsError, match="with something in it"):
        render(tmp_path, size="tiny")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_interrupted_rendering_leaves_nothing(tmp_path):
    def stop(line):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(tmp_path / "data", size="tiny", processes=1, progress=stop)
    assert not list(tmp_path.iterdir())


def test_two_at_once_do_not_mix(tmp_path):
    with only_writer(tmp_path / ".data.sample.part"), pytest.raises(BusyError, match="another process"):
        render(tmp_path / "data", size="tiny", processes=1)
    assert not (tmp_path / "data").exists()


def test_a_link_to_nothing_is_said_before_anything_is_drawn(tmp_path):
    (tmp_path / "data").symlink_to(tmp_path / "disk")
    with pytest.raises(FileNotFoundError, match="disk"):
        render(tmp_path / "data", size="tiny", progress=pytest.fail)


def test_a_link_to_an_empty_folder_stays_a_link(tmp_path, monkeypatch):
    monkeypatch.setattr("fashionnet.sample.rendering.plan", lambda size, seed: plan(size, seed)[:3])
    monkeypatch.setattr("fashionnet.sample.rendering.write", lambda folder, pairs: None)
    (tmp_path / "disk").mkdir()
    (tmp_path / "data").symlink_to(tmp_path / "disk")
    (tmp_path / ".disk.sample.part").mkdir()
    (tmp_path / ".disk.sample.part/left by a kill").write_text("")
    render(tmp_path / "data", size="tiny", processes=1)
    assert (tmp_path / "data").is_symlink()
    assert len(list((tmp_path / "disk").rglob("*.jpg"))) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "disk"]
    assert not list((tmp_path / "disk").glob("left*"))


@pytest.mark.parametrize(("size", "seed"), [("huge", 0), ("tiny", -1)])
def test_a_size_or_seed_that_there_is_not_is_refused(size, seed, tmp_path):
    with pytest.raises(ValueError, match="expected"):
        render(tmp_path / "data", size=size, seed=seed)


# A digest of photos spread over the default sample, and of its whole plan, for each version that has been published.
FROZEN = {
    "2": "0653037ddd14dc31ad0922ad27ed624764c83015ac07e8876af3b809d956ca5e",
    "3": "85161866cafcf872ad61875977be3c361717cfd146ef2cd5b70a51358522ca66",
    "4": "0fbf68efa6a7904e1e0d1a630a6130b1783301d7cf7f69f1213e59834b2a022c",
}


def test_the_sample_is_the_one_of_its_version(default_plan):
    """No comparison of systems may shape what they are compared on: whoever changes a byte gives it a new version."""
    digest = hashlib.sha256()
    for shot in default_plan:  # the item's details have no order of their own
        digest.update(repr((replace(shot, item=None), replace(shot.item, details=sorted(shot.item.details)))).encode())
    for shot in default_plan[:: len(default_plan) // 30]:
        photo, quality = shoot(shot)
        digest.update(jpeg(photo.image, quality) + repr(labels_of(photo)).encode())
    assert {SAMPLE_VERSION: digest.hexdigest()} == {SAMPLE_VERSION: FROZEN.get(SAMPLE_VERSION)}


# --- layout ---------------------------------------------------------------------------------------------------------


def test_the_check_finds_nothing_broken(tiny_sample):
    lines = []
    assert check(tiny_sample, out=lines.append), "\n".join(lines)


def test_every_official_file_is_there(tiny_sample, benchmarks):
    assert set(benchmarks) == set(FILES)
    for name, benchmark in benchmarks.items():
        assert set(benchmark.files) == set(FILES[name])
    note = json.loads((tiny_sample / "SAMPLE.json").read_text())
    assert (note["version"], note["size"], note["seed"]) == (SAMPLE_VERSION, "tiny", 0)


def test_photos_have_the_official_names_and_a_long_side_of_160(benchmarks):
    patterns = {
        "category_attribute": r"img/[\w-]+/img_\d{8}\.jpg",
        "landmarks": r"img/img_\d{8}\.jpg",
        "in_shop": r"img/(MEN|WOMEN)/\w+/id_\d{8}/\d\d_\d_\w+\.jpg",
        "consumer_to_shop": r"img/CLOTHING/[\w-]+/id_\d{8}/(comsumer|shop)_\d\d\.jpg",
    }
    for name, benchmark in benchmarks.items():
        photos = sorted(benchmark.images.rglob("*.jpg"))
        relative = np.array([photo.relative_to(benchmark.images).as_posix() for photo in photos], dtype=object)
        matched = [bool(re.fullmatch(patterns[name], path)) for path in relative]
        assert all(matched), relative[~np.array(matched)][:3]
        for photo in photos[::7]:
            with Image.open(photo) as image:
                assert max(image.size) == 160
                assert image.format == "JPEG"


# --- codes and labels -----------------------------------------------------------------------------------------------


def read(benchmarks, name, file):
    return benchmarks[name].files[file]


def test_every_code_occurs(benchmarks):
    retrieval = {
        "in_shop": (formats.read_list_landmarks_inshop, "Anno/list_landmarks_inshop.txt"),
        "consumer_to_shop": (formats.read_list_landmarks_consumer2shop, "Anno/list_landmarks_consumer2shop.txt"),
    }
    found = {name: reader(read(benchmarks, name, file)) for name, (reader, file) in retrieval.items()}
    found["landmarks"] = formats.read_list_landmarks(
        read(benchmarks, "landmarks", "Anno/list_landmarks.txt"), "landmarks"
    )
    file = read(benchmarks, "category_attribute", "Anno_coarse/list_landmarks.txt")
    found["category_attribute"] = formats.read_list_landmarks(file)
    for landmarks in found.values():
        assert set(landmarks.table["clothes_type"]) == set(formats.CLOTHES_TYPES)
        assert set(np.unique(landmarks.visibility)) == {-1, *formats.VISIBILITY}
    assert set(found["landmarks"].table["variation_type"]) == {1, 2, 3, 4, 5}
    assert {*found["in_shop"].table["variation_type"], *found["consumer_to_shop"].table["variation_type"]} == set(
        formats.VARIATION_TYPES
    )
    joints = formats.read_list_joints(read(benchmarks, "landmarks", "Anno/list_joints.txt"))
    assert set(np.unique(joints.visibility)) == {0, 1}
    in_shop = formats.read_list_bbox_inshop(read(benchmarks, "in_shop", "Anno/list_bbox_inshop.txt"))
    assert set(in_shop["pose_type"]) == set(formats.POSE_TYPES)
    pairs = formats.read_list_bbox_consumer2shop(
        read(benchmarks, "consumer_to_shop", "Anno/list_bbox_consumer2shop.txt")
    )
    assert set(pairs["source_type"]) == set(formats.SOURCE_TYPES)
    values = formats.read_list_attr_img(read(benchmarks, "category_attribute", "Anno_coarse/list_attr_img.txt")).values
    assert set(np.unique(values)) == {-1, 0, 1}


def test_every_split_and_role_has_items_to_find(benchmarks):
    in_shop = formats.read_list_eval_partition(read(benchmarks, "in_shop", "Eval/list_eval_partition.txt"))
    items = in_shop.groupby("evaluation_status")["item_id"].agg(set)
    assert items["query"] == items["gallery"]
    assert len(items["query"]) >= 2
    assert not items["train"] & items["query"]
    pairs = formats.read_list_eval_partition(read(benchmarks, "consumer_to_shop", "Eval/list_eval_partition.txt"))
    statuses = pairs.groupby("evaluation_status")["item_id"].agg(set)
    assert set(statuses.index) == {"train", "val", "test"}
    assert len(statuses["test"]) >= 2
    assert not statuses["train"] & statuses["test"]
    assert not statuses["val"] & (statuses["train"] | statuses["test"])


def test_a_pair_is_a_consumer_photo_and_a_shop_photo_of_one_item(benchmarks):
    pairs = formats.read_list_eval_partition(read(benchmarks, "consumer_to_shop", "Eval/list_eval_partition.txt"))
    boxes = formats.read_list_bbox_consumer2shop(
        read(benchmarks, "consumer_to_shop", "Anno/list_bbox_consumer2shop.txt")
    )
    source = dict(zip(boxes["image_name"], boxes["source_type"]))
    for row in pairs.itertuples():
        assert source[row.image_pair_name_1] == 2
        assert source[row.image_pair_name_2] == 1
        assert row.item_id in row.image_pair_name_1.split("/")
        assert row.item_id in row.image_pair_name_2.split("/")


# --- the plan -------------------------------------------------------------------------------------------------------


def test_the_default_sample_is_as_large_as_its_benchmarks_need(default_plan):
    assert 8_000 <= len(default_plan) <= 10_000
    assert len({(shot.benchmark, shot.image_name) for shot in default_plan}) == len(default_plan)
    for name, queries in (("in_shop", "query"), ("consumer_to_shop", "test")):
        tested = [s for s in default_plan if s.benchmark == name and s.status in ("query", "gallery", "test")]
        assert len({shot.item_id for shot in tested}) >= 400
        assert sum(s.status == queries and (name == "in_shop" or s.source == 2) for s in tested) >= 1000


def test_no_garment_stands_in_two_splits(default_plan):
    """Neither the same item, nor one that a photo could not tell from it."""
    homes: dict = {}
    for shot in default_plan:
        item = shot.item
        looks = (item.category, item.fabric, item.pattern, item.palette, item.neck, frozenset(present(item)))
        status = "test" if shot.status in ("query", "gallery") else shot.status
        homes.setdefault(looks, set()).add((shot.benchmark, status))
    assert max(map(len, homes.values())) == 1


def painted(item):
    """All that is painted of a garment, as bytes."""
    sheets = Tailor(item, 120).make()
    arrays = [value for _, sheet in sorted(sheets.items()) for _, value in sorted(vars(sheet).items())]
    return [array.tobytes() for array in arrays if isinstance(array, np.ndarray)]


def test_no_detail_is_labelled_that_is_not_drawn(default_plan):
    cases = {}
    for shot in default_plan:
        for name in shot.item.details & set(NAMES):
            cases.setdefault((name, shot.item.category, shot.item.length), shot.item)
    assert len(cases) > 300
    missing = [
        case
        for case, item in cases.items()
        if painted(item) == painted(replace(item, details=item.details - {case[0]}))
    ]
    assert not missing


def test_categories_and_attributes_are_many_and_long_tailed(default_plan):
    shots = [shot for shot in default_plan if shot.benchmark == "category_attribute"]
    categories = Counter(shot.item.category for shot in shots)
    assert len(categories) >= 24
    assert {dict(formats.CATEGORIES)[name] for name in categories} == {1, 2, 3}
    values = np.stack([labels(present(shot.item), EVERYTHING_SEEN) for shot in shots])
    positives = (values == 1).sum(0)
    assert len(NAMES) == len(set(NAMES)) >= 100
    assert {group for _, group, _ in ATTRIBUTES} == set(formats.ATTRIBUTE_TYPES.values())
    assert positives.min() > 0
    for counts in (np.sort(positives)[::-1], np.array(sorted(categories.values(), reverse=True))):
        assert counts[: len(counts) // 5].sum() > 0.45 * counts.sum()  # a fifth of the names has nearly half the photos


def test_many_items_differ_from_another_in_one_or_two_attributes_only(default_plan):
    for name in ("in_shop", "consumer_to_shop"):
        items = list({s.item for s in default_plan if s.benchmark == name and s.status in ("query", "gallery", "test")})
        close = 0
        for item in items:
            differences = [
                len(present(item) ^ present(other))
                for other in items
                if other is not item and (other.category, other.palette) == (item.category, item.palette)
            ]
            close += min(differences, default=99) <= 2
        assert close > len(items) / 3


def test_a_look_alike_keeps_category_colours_fabric_and_pattern():
    rng = np.random.default_rng(3)
    for category in RECIPES:
        item = draw_item(rng, category)
        other = look_alike(item, rng)
        assert other.category == item.category
        if other.palette == item.palette:
            assert (other.fabric, other.pattern) == (item.fabric, item.pattern)
            assert 1 <= len(present(item) ^ present(other)) <= 4


def test_surroundings_are_drawn_without_knowing_the_garment():
    """Only its clothes type and the kind of photo; the same stream gives the same surroundings to any item."""
    assert list(inspect.signature(draw_conditions).parameters) == [
        "rng",
        "clothes_type",
        "studio",
        "view",
        "spread",
        "zoom",
    ]
    keys = [shot.key for shot in plan("tiny", 0)]
    assert len(set(keys)) == len(keys)
    assert draw_conditions(stream(*keys[0], 0), 1, True) == draw_conditions(stream(*keys[0], 0), 1, True)
    assert draw_conditions(stream(*keys[0], 0), 1, True) != draw_conditions(stream(*keys[1], 0), 1, True)
