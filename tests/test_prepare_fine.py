"""Anno_fine in place of the coarse annotations, on files written here."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fashionnet import formats
from fashionnet.formats import OFFICIAL, FormatError, codes
from fashionnet.prepare import crop_to_photo, prepare
from fashionnet.settings import Prepare

COARSE = Prepare(image_size=32, margin=0.1, max_unreadable=0.01)
FINE = COARSE.model_copy(update={"annotations": "fine"})
NAMES = [f"img/Tee_{k % 2}/img_{k:08d}.jpg" for k in range(8)]
SPLITS = {"train": NAMES[3:6], "val": NAMES[:1], "test": NAMES[6:]}  # NAMES[1:3] were not labelled anew
ATTRIBUTES = pd.DataFrame({"attribute_name": ["floral", "long_sleeve", "tight"], "attribute_type": [1, 2, 6]})


def category(name):
    return NAMES.index(name) % 3 + 1  # Tee 1 (upper), Jeans 2 (lower), Dress 3 (full)


def points(names):
    kinds = np.array([category(name) for name in names])
    where = np.full((len(names), 8, 2), np.nan, np.float32)
    visibility = np.full((len(names), 8), codes.ABSENT, np.int8)
    for row, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        for slot in codes.SLOTS_OF[kind]:
            where[row, slot] = 10 + slot, 20 + NAMES.index(name)
            visibility[row, slot] = 0
        visibility[row, 7], where[row, 7] = 2, 0  # every type has a right hem; it is cut off
    return where, visibility, kinds


@pytest.fixture
def one(tmp_path):
    """The benchmark's folder, with fine annotations and, of the coarse ones, splits and another category."""
    one = tmp_path / "data" / OFFICIAL["category_attribute"]
    for number, name in enumerate(NAMES):
        (one / "Img" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 90), (0, 20 * number, 128)).save(one / "Img" / name)  # none a copy of another
    coarse = one / "Anno_coarse"
    table = pd.DataFrame({"category_name": ["Tee", "Jeans", "Dress"], "category_type": [1, 2, 3]})
    formats.write_list_category_cloth(coarse / "list_category_cloth.txt", table)
    labels = pd.DataFrame({"image_name": NAMES, "category_label": 1})
    formats.write_list_category_img(coarse / "list_category_img.txt", labels)
    status = pd.DataFrame({"image_name": NAMES, "evaluation_status": "train"})
    formats.write_list_eval_partition(one / "Eval/list_eval_partition.txt", status, "category_attribute")

    fine = one / "Anno_fine"
    formats.write_list_attr_cloth(fine / "list_attr_cloth.txt", ATTRIBUTES, "category_attribute", "fine")
    for split, names in SPLITS.items():
        formats.write_split(fine / f"{split}.txt", names)
        formats.write_split_cate(fine / f"{split}_cate.txt", [category(name) for name in names])
        formats.write_split_attr(fine / f"{split}_attr.txt", np.array([labels_of(name) for name in names]))
        boxes = [(NAMES.index(name), 5, 50, 80) for name in names]
        corners = pd.DataFrame(boxes, columns=["x_1", "y_1", "x_2", "y_2"])
        formats.write_split_bbox(fine / f"{split}_bbox.txt", corners.assign(image_name=names))
        formats.write_split_landmarks(fine / f"{split}_landmarks.txt", *points(names))
    return one


def labels_of(name):
    return [1 if NAMES.index(name) >> bit & 1 else -1 for bit in range(3)]


def run(one, settings=FINE):
    return prepare(one.parent, one.parent.parent / "out", settings).prepared


def test_splits_and_labels_are_the_fine_ones(one):
    prepared = run(one)
    photos = prepared.photos
    assert photos["image_name"].tolist() == [name for names in SPLITS.values() for name in names]
    assert photos["split"].tolist() == [split for split, names in SPLITS.items() for _ in names]
    assert prepared.attribute_names["group"].tolist() == ["pattern", "sleeve", "fit"]
    assert prepared.attribute_names["attribute_name"].tolist() == ATTRIBUTES["attribute_name"].tolist()
    assert photos[["attributed", "boxed", "landmarked"]].all(axis=None)
    back = crop_to_photo(prepared.landmarks, photos)
    for row, photo in photos.iterrows():
        name = photo["image_name"]
        assert photo["category"] == photo["clothes_type"] - 1 == category(name) - 1
        assert prepared.attributes[row].tolist() == labels_of(name)
        assert (photo["x_1"], photo["y_1"], photo["x_2"], photo["y_2"]) == (NAMES.index(name), 5, 50, 80)
        where, visibility, _ = points([name])
        assert prepared.visibility[row].tolist() == visibility[0].tolist()
        np.testing.assert_allclose(back[row], where[0], atol=1e-3)


def test_a_0_in_the_file_is_a_negative_and_nothing_is_unknown(one):
    assert set(np.unique(run(one).attributes)) == {-1, 1}


def test_the_coarse_ones_are_the_default(one):
    prepared = run(one, COARSE)
    assert len(prepared.photos) == len(NAMES)
    assert (prepared.photos["category"] == 0).all()
    assert prepared.attributes.shape[1] == 0


def test_what_anno_fine_does_not_say_is_said(one):
    missing = run(one).missing
    assert "a landmark at 0 0 counts as truncated" in missing["category_attribute: landmarks' visibility"]
    assert [key for key in missing if key.startswith("category_attribute: ")] == [
        "category_attribute: landmarks' visibility"
    ]


def test_a_file_of_one_split_may_be_absent(one):
    for name in ("val_attr.txt", "test_bbox.txt", "train_landmarks.txt"):
        (one / "Anno_fine" / name).unlink()
    prepared = run(one)
    for column, split in (("attributed", "val"), ("boxed", "test"), ("landmarked", "train")):
        assert (prepared.photos[column] == (prepared.photos["split"] != split)).all()
    assert (prepared.attributes[prepared.photos["split"] == "val"] == 0).all()
    assert prepared.missing["category_attribute: attributes"].startswith("no Anno_fine/val_attr.txt in ")
    assert prepared.missing["category_attribute: boxes"].startswith("no Anno_fine/test_bbox.txt in ")
    assert prepared.missing["category_attribute: landmarks"].startswith("no Anno_fine/train_landmarks.txt in ")


def test_a_split_may_be_absent(one):
    for path in (one / "Anno_fine").glob("val*"):
        path.unlink()
    prepared = run(one)
    assert prepared.photos["split"].unique().tolist() == ["train", "test"]
    assert prepared.missing["category_attribute: splits"].startswith("no Anno_fine/val.txt in ")


def test_names_alone_are_enough(one):
    for path in (one / "Anno_fine").iterdir():
        if path.name not in ("train.txt", "val.txt", "test.txt"):
            path.unlink()
    prepared = run(one)
    assert len(prepared.photos) == 6
    assert (prepared.photos["category"] == -1).all()
    assert not prepared.photos[["attributed", "boxed", "landmarked"]].any(axis=None)


def test_landmarks_take_a_category(one):
    for path in (one / "Anno_fine").glob("*_cate.txt"):
        path.unlink()
    prepared = run(one)
    assert not prepared.photos["landmarked"].any()
    assert "there is no category to tell it" in prepared.missing["category_attribute: landmarks"]


def test_landmarks_that_contradict_the_category_are_counted_and_left_out(one):
    formats.write_split_cate(one / "Anno_fine/val_cate.txt", [2])  # six landmarks, of which trousers have four
    prepared = run(one)
    val = prepared.photos["split"] == "val"
    assert (prepared.photos["landmarked"] == ~val).all()
    assert prepared.missing["category_attribute: some landmarks"].startswith("1 photos have landmarks")


def test_without_anno_fine(one):
    for path in (one / "Anno_fine").iterdir():
        path.unlink()
    with pytest.raises(ValueError, match=r"found none of Anno_fine/train\.txt, .* so no splits of fine annotations"):
        run(one)


def test_a_photo_in_two_splits(one):
    formats.write_split(one / "Anno_fine/test.txt", [NAMES[6], NAMES[4]])
    with pytest.raises(FormatError) as caught:
        run(one)
    assert str(caught.value).endswith(
        f"test.txt:2: found '{NAMES[4]}' again (as in train.txt), expected each image in one split"
    )


def test_files_that_do_not_fit_the_names(one):
    formats.write_split(one / "Anno_fine/test.txt", NAMES[6:7])
    with pytest.raises(FormatError, match=r"test_cate\.txt: found 2 rows, expected 1, one for each name of its split"):
        run(one)


def test_a_box_outside_its_photo_is_named_with_its_line(one):
    (one / "Anno_fine/train_bbox.txt").write_text("0 0 60 90\n0 0 61 90\n0 0 9 9\n")
    with pytest.raises(FormatError, match=r"train_bbox\.txt:2: found the box 0 0 61 90, expected a box inside"):
        run(one)
