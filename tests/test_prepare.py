"""Raw benchmarks to prepared data, on small official files written here."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fashionnet import formats
from fashionnet.formats import FormatError
from fashionnet.prepare import crop_to_photo, load_prepared, photo_to_crop, prepare
from fashionnet.settings import Prepare

SETTINGS = Prepare(image_size=32, margin=0.1, max_unreadable=0.01)
COUNT = 12


def frame(**columns):
    return pd.DataFrame(columns)


def write_photos(folder, names, seed=0):
    rng = np.random.default_rng(seed)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        small = rng.integers(0, 255, (6, 4, 3), np.uint8)
        Image.fromarray(small).resize((80, 120), Image.Resampling.BICUBIC).save(folder / name, quality=90)


@pytest.fixture
def data(tmp_path):
    """Category and attribute prediction with all labels, and consumer-to-shop with a photo in two pairs."""
    root = tmp_path / "data"
    rng = np.random.default_rng(1)
    one = root / "Category and Attribute Prediction Benchmark"
    names = [f"img/Tee_{i % 3}/img_{i:08d}.jpg" for i in range(COUNT)]
    write_photos(one / "Img", names)
    formats.write_list_eval_partition(
        one / "Eval/list_eval_partition.txt",
        frame(image_name=names, evaluation_status=["train"] * 6 + ["val"] * 3 + ["test"] * 3),
        benchmark="category_attribute",
    )
    coarse = one / "Anno_coarse"
    formats.write_list_category_cloth(
        coarse / "list_category_cloth.txt",
        frame(category_name=["Tee", "Jeans", "Dress"], category_type=[1, 2, 3]),
    )
    # In another order than the partition: rows are matched by name.
    order = rng.permutation(COUNT)
    formats.write_list_category_img(
        coarse / "list_category_img.txt",
        frame(image_name=[names[i] for i in order], category_label=[int(i % 3) + 1 for i in order]),
    )
    formats.write_list_attr_cloth(
        coarse / "list_attr_cloth.txt",
        frame(attribute_name=["striped", "abstract chevron print", "denim", "v-neck"], attribute_type=[1, 1, 2, 4]),
        benchmark="category_attribute",
    )
    values = rng.choice(np.array([1, -1, 0], np.int8), (COUNT, 4))
    formats.write_list_attr_img(coarse / "list_attr_img.txt", formats.AttributeLabels(names, values))
    formats.write_list_bbox(
        coarse / "list_bbox.txt", frame(image_name=names, x_1=10, y_1=20, x_2=[50 + i for i in range(COUNT)], y_2=120)
    )
    points = np.full((COUNT, 8, 2), np.nan, np.float32)
    visibility = np.full((COUNT, 8), -1, np.int8)
    for i in range(COUNT):
        slots = list(formats.codes.SLOTS_OF[i % 3 + 1])
        points[i, slots] = rng.integers(20, 70, (len(slots), 2))
        visibility[i, slots] = rng.integers(0, 3, len(slots))
    table = frame(image_name=names, clothes_type=[i % 3 + 1 for i in range(COUNT)], variation_type=0)
    formats.write_list_landmarks(coarse / "list_landmarks.txt", formats.Landmarks(table, points, visibility))

    two = root / "Consumer-to-shop Clothes Retrieval Benchmark"
    pairs = [
        ("img/C/Tee/id_00000001/comsumer_01.jpg", "img/C/Tee/id_00000001/shop_01.jpg", "id_00000001", "train"),
        ("img/C/Tee/id_00000002/comsumer_01.jpg", "img/C/Tee/id_00000002/shop_01.jpg", "id_00000002", "test"),
        ("img/C/Tee/id_00000002/comsumer_02.jpg", "img/C/Tee/id_00000002/shop_01.jpg", "id_00000002", "test"),
        ("img/C/Tee/id_00000003/comsumer_01.jpg", "img/C/Tee/id_00000003/shop_01.jpg", "id_00000003", "val"),
    ]
    columns = ["image_pair_name_1", "image_pair_name_2", "item_id", "evaluation_status"]
    formats.write_list_eval_partition(
        two / "Eval/list_eval_partition.txt", pd.DataFrame(pairs, columns=columns), benchmark="consumer_to_shop"
    )
    write_photos(two / "Img", sorted({name for pair in pairs for name in pair[:2]}))
    return root


def test_every_label_reaches_its_photo(data, tmp_path):
    prepared = prepare(data, tmp_path / "out", SETTINGS).prepared
    rows = np.flatnonzero(prepared.photos["benchmark"] == "category_attribute")
    labels = formats.read_list_attr_img(
        data / "Category and Attribute Prediction Benchmark/Anno_coarse/list_attr_img.txt"
    )
    landmarks = formats.read_list_landmarks(
        data / "Category and Attribute Prediction Benchmark/Anno_coarse/list_landmarks.txt"
    )
    assert len(rows) == COUNT
    for row in rows:
        photo = prepared.photos.iloc[row]
        number = int(photo["image_name"][-12:-4])
        assert photo["category"] == number % 3
        assert photo["clothes_type"] == number % 3 + 1
        assert (photo["x_1"], photo["y_1"], photo["x_2"], photo["y_2"]) == (10, 20, 50 + number, 120)
        assert (photo["width"], photo["height"]) == (80, 120)
        assert photo["boxed"]
        assert photo["attributed"]
        assert photo["landmarked"]
        assert not photo["jointed"]
        place = labels.image_name.index(photo["image_name"])
        assert (prepared.attributes[row] == labels.values[place]).all()
        assert (prepared.visibility[row] == landmarks.visibility[place]).all()
        there = landmarks.visibility[place] >= 0
        back = crop_to_photo(prepared.landmarks[row][None], prepared.photos.iloc[[row]])[0]
        assert np.abs(back[there] - landmarks.points[place][there]).max() < 1e-3
        assert np.isnan(prepared.landmarks[row][~there]).all()
    assert list(prepared.groups) == ["texture", "texture", "fabric", "part"]
    assert list(prepared.attribute_names["attribute_name"])[1] == "abstract chevron print"


def test_a_photo_in_several_pairs_is_one_row(data, tmp_path):
    prepared = prepare(data, tmp_path / "out", SETTINGS).prepared
    photos = prepared.photos[prepared.photos["benchmark"] == "consumer_to_shop"]
    assert photos["image_name"].is_unique
    assert len(photos) == 7
    assert len(prepared.rows("consumer_to_shop", "test", "query")) == 2
    assert len(prepared.rows("consumer_to_shop", "test", "gallery")) == 1
    assert len(prepared.rows("consumer_to_shop", "val", "gallery")) == 1
    assert set(photos.loc[photos["split"] == "train", "role"]) == {""}
    assert set(prepared.photos.loc[prepared.rows("consumer_to_shop", "test"), "item"]) == {"id_00000002"}
    # Nobody gave these photos boxes: the whole photo stands in, without a margin.
    assert not photos["boxed"].any()
    assert (photos["crop_side"] == 120).all()
    assert (photos["crop_x"] == -20).all()


def test_what_is_absent_is_said(data, tmp_path):
    missing = prepare(data, tmp_path / "out", SETTINGS).prepared.missing
    assert "Fashion Landmark Detection Benchmark" in missing["landmarks"]
    assert "In-shop Clothes Retrieval Benchmark" in missing["in_shop"]
    assert "list_bbox" in missing["consumer_to_shop: boxes"]
    assert "list_landmarks_consumer2shop.txt" in missing["consumer_to_shop: landmarks"]
    assert not any(key.startswith("category_attribute") for key in missing)


@pytest.mark.parametrize("storage", ["raw", "jpeg"])
def test_what_is_loaded_is_what_was_prepared(data, tmp_path, storage):
    prepared = prepare(data, tmp_path / "out", SETTINGS.model_copy(update={"storage": storage})).prepared
    assert json.loads((tmp_path / "out/prepared.json").read_text())["storage"] == storage
    loaded = load_prepared(tmp_path / "out")
    for name in ("photos", "categories", "attribute_names"):
        pd.testing.assert_frame_equal(getattr(loaded, name), getattr(prepared, name))
    for name in ("attributes", "landmarks", "visibility", "joints", "joint_visibility"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(prepared, name), strict=True)
    np.testing.assert_array_equal(loaded.crops[:], prepared.crops[:], strict=True)
    assert (loaded.missing, loaded.sample) == (prepared.missing, "")


def test_crops_stored_as_jpegs_are_the_same_but_for_compression(data, tmp_path):
    raw, jpeg = (
        prepare(data, tmp_path / storage, SETTINGS.model_copy(update={"storage": storage})).prepared
        for storage in ("raw", "jpeg")
    )
    assert raw.crops.shape == jpeg.crops.shape
    assert np.abs(raw.crops[:].astype(int) - jpeg.crops[:]).mean() < 2
    assert not np.array_equal(raw.crops[:], jpeg.crops[:])
    assert not raw.crops.flags.writeable
    pd.testing.assert_frame_equal(raw.photos, jpeg.photos)
    assert {path.name for path in (tmp_path / "jpeg").iterdir()} == {
        path.name for path in (tmp_path / "raw").iterdir()
    } | {"crops.offsets.npy"}


@pytest.mark.parametrize("storage", ["raw", "jpeg"])
def test_the_same_data_gives_the_same_bytes_and_is_not_written_to(data, tmp_path, storage):
    settings = SETTINGS.model_copy(update={"storage": storage})
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in data.rglob("*") if path.is_file()}
    for name in ("one", "two"):
        prepare(data, tmp_path / name, settings)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
    assert before == {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in data.rglob("*") if p.is_file()}


def test_an_unreadable_photo_is_listed_and_left_out(data, tmp_path):
    broken = data / "Category and Attribute Prediction Benchmark/Img/img/Tee_1/img_00000004.jpg"
    whole = prepare(data, tmp_path / "whole", SETTINGS).prepared
    broken.write_bytes(broken.read_bytes()[:300])
    lenient = SETTINGS.model_copy(update={"max_unreadable": 0.1})
    summary = prepare(data, tmp_path / "out", lenient)
    assert list(summary.unreadable["image_name"]) == ["img/Tee_1/img_00000004.jpg"]
    assert summary.unreadable["reason"].str.len().min() > 5
    assert len(summary.prepared.photos) == len(whole.photos) - 1
    kept = whole.photos["image_name"] != "img/Tee_1/img_00000004.jpg"
    np.testing.assert_array_equal(summary.prepared.crops, whole.crops[kept])
    np.testing.assert_array_equal(summary.prepared.attributes, whole.attributes[kept])
    assert pd.read_csv(tmp_path / "out/unreadable.csv")["benchmark"].tolist() == ["category_attribute"]


def test_too_many_unreadable_photos_stop_the_run_and_leave_nothing(data, tmp_path):
    for photo in sorted((data / "Category and Attribute Prediction Benchmark/Img/img/Tee_1").iterdir())[:2]:
        photo.unlink()
    with pytest.raises(ValueError, match=r"found 2 of 19 photos unreadable, expected at most 1 \(1\.0%\)"):
        prepare(data, tmp_path / "out", SETTINGS)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_link_out_of_the_benchmark_is_not_followed(data, tmp_path):
    photo = data / "Category and Attribute Prediction Benchmark/Img/img/Tee_1/img_00000004.jpg"
    secret = tmp_path / "secret.jpg"
    photo.rename(secret)
    photo.symlink_to(secret)
    summary = prepare(data, tmp_path / "out", SETTINGS.model_copy(update={"max_unreadable": 0.1}))
    assert list(summary.unreadable["image_name"]) == ["img/Tee_1/img_00000004.jpg"]


def test_a_box_outside_its_photo_is_named_with_its_line(data, tmp_path):
    path = data / "Category and Attribute Prediction Benchmark/Anno_coarse/list_bbox.txt"
    lines = path.read_text().splitlines()
    lines[6] = lines[6].rsplit(maxsplit=1)[0] + " 121"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(FormatError, match=r"list_bbox\.txt:7: ") as caught:
        prepare(data, tmp_path / "out", SETTINGS)
    assert caught.value.line == 7


def test_categories_alone_are_enough(data, tmp_path):
    shutil.rmtree(data / "Consumer-to-shop Clothes Retrieval Benchmark")
    coarse = data / "Category and Attribute Prediction Benchmark/Anno_coarse"
    for path in coarse.iterdir():
        if "category" not in path.name:
            path.unlink()
    prepared = prepare(data, tmp_path / "out", SETTINGS).prepared
    assert prepared.attributes.shape == (COUNT, 0)
    assert (prepared.photos["category"] >= 0).all()
    assert np.isnan(prepared.landmarks).all()
    assert set(prepared.missing) == {"landmarks", "in_shop", "consumer_to_shop", "category_attribute: attributes",
                                     "category_attribute: boxes", "category_attribute: landmarks"}  # fmt: skip
    assert load_prepared(tmp_path / "out").attributes.shape == (COUNT, 0)


def test_no_benchmark_at_all_says_which_folders_were_expected(tmp_path):
    (tmp_path / "data").mkdir()
    with pytest.raises(ValueError, match="Category and Attribute Prediction Benchmark"):
        prepare(tmp_path / "data", tmp_path / "out", SETTINGS)


def test_prepared_data_that_is_not_whole_says_what_to_run(data, tmp_path):
    with pytest.raises(FileNotFoundError, match="dvc repro prepare"):
        load_prepared(tmp_path / "out")
    prepare(data, tmp_path / "out", SETTINGS)
    crops = tmp_path / "out/crops.bin"
    crops.write_bytes(crops.read_bytes()[:-1])
    with pytest.raises(ValueError, match="prepare again"):
        load_prepared(tmp_path / "out")


@pytest.mark.parametrize(
    ("note", "name"), [({}, "7"), ({"flaws": False}, "7"), ({"flaws": True}, "7 with planted flaws")]
)
def test_the_sample_is_known_by_its_note(data, tmp_path, note, name):
    (data / "SAMPLE.json").write_text(json.dumps({"version": "7", "seed": 0} | note))
    assert prepare(data, tmp_path / "out", SETTINGS).prepared.sample == name


@pytest.mark.parametrize("text", ["{}", "[]", "3", "junk", ""])
def test_a_note_that_is_none_is_named(data, tmp_path, text):
    (data / "SAMPLE.json").write_text(text)
    with pytest.raises(formats.FormatError, match=r"SAMPLE\.json: found no version"):
        prepare(data, tmp_path / "out", SETTINGS)
    assert not list((tmp_path / "out").glob("*"))


def test_label_files_without_a_photo_are_refused(tmp_path):
    one = tmp_path / "data/Category and Attribute Prediction Benchmark"
    (one / "Img/img").mkdir(parents=True)
    table = frame(image_name=np.array([], dtype=str), evaluation_status=np.array([], dtype=str))
    formats.write_list_eval_partition(one / "Eval/list_eval_partition.txt", table, benchmark="category_attribute")
    with pytest.raises(ValueError, match="name no photo"):
        prepare(tmp_path / "data", tmp_path / "out", SETTINGS)


def test_crop_and_photo_coordinates_are_inverse():
    rng = np.random.default_rng(0)
    photos = pd.DataFrame(rng.uniform(1, 50, (5, 3)), columns=["crop_x", "crop_y", "crop_side"])
    points = rng.uniform(-1, 2, (5, 8, 2))
    np.testing.assert_allclose(photo_to_crop(crop_to_photo(points, photos), photos), points)
    by_hand = photos["crop_x"][2] + points[2, 3, 0] * photos["crop_side"][2]
    assert crop_to_photo(points, photos)[2, 3, 0] == pytest.approx(by_hand)
