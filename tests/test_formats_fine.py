"""Anno_fine: rows that belong to names in another file, labels coded 0 and 1, landmarks without visibility."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fashionnet import formats
from fashionnet.formats import FormatError, codes

quick = settings(max_examples=25, deadline=None)
NAMES = ["img/A/1.jpg", "img/A/2.jpg", "img/B/1.jpg"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fine")


def write(path, *lines):
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_split_as_it_comes(tmp_path):
    """With spaces at the ends of lines, as the tool that wrote the files left them."""
    path = write(tmp_path / "train.txt", *(f"{name} " for name in NAMES))
    assert formats.read_split(path) == NAMES
    labels = formats.read_split_attr(write(tmp_path / "train_attr.txt", "0 1 0 ", "1 1 0 ", "0 0 0 "), 3, 3)
    assert labels.tolist() == [[-1, 1, -1], [1, 1, -1], [-1, -1, -1]]
    assert labels.dtype == np.int8
    assert formats.read_split_cate(write(tmp_path / "train_cate.txt", "41", "18", "1"), 3, 50).tolist() == [41, 18, 1]
    boxes = formats.read_split_bbox(write(tmp_path / "train_bbox.txt", "0 1 20 30 ", "5 6 7 8 ", "072 1 80 9 "), NAMES)
    assert boxes.to_numpy().tolist() == [[NAMES[0], 0, 1, 20, 30], [NAMES[1], 5, 6, 7, 8], [NAMES[2], 72, 1, 80, 9]]


UPPER = "1 2 3 4 0 0 7 8 9 10 11 12"  # of its six, the third is cut off
LOWER = "21 22 23 24 25 26 27 28"
FULL = "31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46"
NAN = [np.nan, np.nan]


def test_landmarks_one_behind_the_other(tmp_path):
    path = write(tmp_path / "train_landmarks.txt", f"{UPPER} 0 0 0 0 ", f"{LOWER} 0 0 0 0 0 0 0 0 ", f"{FULL} ")
    points, visibility = formats.read_split_landmarks(path, np.array([1, 2, 3]))
    expected = [
        [[1, 2], [3, 4], [0, 0], [7, 8], NAN, NAN, [9, 10], [11, 12]],
        [NAN, NAN, NAN, NAN, [21, 22], [23, 24], [25, 26], [27, 28]],
        [[k, k + 1] for k in range(31, 47, 2)],
    ]
    np.testing.assert_array_equal(points, np.array(expected, np.float32))
    assert visibility.tolist() == [[0, 0, 2, 0, -1, -1, 0, 0], [-1] * 4 + [0] * 4, [0] * 8]


def test_landmarks_in_their_eight_slots(tmp_path):
    """The same points, each in its own place: what most rows fit is what the file is."""
    upper = "1 2 3 4 0 0 7 8 0 0 0 0 9 10 11 12"
    path = write(tmp_path / "train_landmarks.txt", upper, f"0 0 0 0 0 0 0 0 {LOWER}", FULL)
    points, visibility = formats.read_split_landmarks(path, np.array([1, 2, 3]))
    behind = write(tmp_path / "behind.txt", f"{UPPER} 0 0 0 0", f"{LOWER} 0 0 0 0 0 0 0 0", FULL)
    same_points, same_visibility = formats.read_split_landmarks(behind, np.array([1, 2, 3]))
    np.testing.assert_array_equal(points, same_points)
    np.testing.assert_array_equal(visibility, same_visibility)


def test_more_landmarks_than_the_category_allows_are_not_guessed_at(tmp_path):
    path = write(tmp_path / "train_landmarks.txt", FULL, f"{LOWER} 0 0 0 0 0 0 0 0", FULL)
    points, visibility = formats.read_split_landmarks(path, np.array([3, 2, 1]))
    assert (visibility[2] == codes.ABSENT).all()
    assert np.isnan(points[2]).all()
    assert (visibility[:2] >= 0).sum() == 8 + 4


@quick
@given(data=st.data())
def test_what_is_written_is_read(folder, data):
    count = data.draw(st.integers(1, 6))
    names = [f"img/{k}.jpg" for k in range(count)]
    formats.write_split(folder / "val.txt", names)
    assert formats.read_split(folder / "val.txt") == names

    shape = (count, data.draw(st.integers(1, 5)))
    labels = data.draw(arrays.arrays(np.int8, shape, elements=st.sampled_from([-1, 1])))
    formats.write_split_attr(folder / "val_attr.txt", labels)
    np.testing.assert_array_equal(formats.read_split_attr(folder / "val_attr.txt", *shape), labels)

    categories = data.draw(st.lists(st.integers(1, 50), min_size=count, max_size=count))
    formats.write_split_cate(folder / "val_cate.txt", categories)
    assert formats.read_split_cate(folder / "val_cate.txt", count, 50).tolist() == categories

    corners = data.draw(arrays.arrays(np.int64, (count, 4), elements=st.integers(1, 300)))
    corners[:, 2:] += corners[:, :2]
    boxes = pd.DataFrame({"image_name": names} | dict(zip(("x_1", "y_1", "x_2", "y_2"), corners.T, strict=True)))
    formats.write_split_bbox(folder / "val_bbox.txt", boxes)
    pd.testing.assert_frame_equal(formats.read_split_bbox(folder / "val_bbox.txt", names), boxes)

    kinds = data.draw(arrays.arrays(np.int64, count, elements=st.integers(1, 3)))
    points = np.full((count, 8, 2), np.nan, np.float32)
    visibility = np.full((count, 8), codes.ABSENT, np.int8)
    for row, kind in enumerate(kinds):
        for slot in codes.SLOTS_OF[kind]:
            visibility[row, slot] = data.draw(st.sampled_from([0, 2]))
            points[row, slot] = data.draw(st.tuples(*[st.integers(1, 300)] * 2)) if not visibility[row, slot] else 0
    formats.write_split_landmarks(folder / "val_landmarks.txt", points, visibility, kinds)
    read = formats.read_split_landmarks(folder / "val_landmarks.txt", kinds)
    np.testing.assert_array_equal(read[0], points)
    np.testing.assert_array_equal(read[1], visibility)


def test_an_unknown_label_cannot_be_written(tmp_path):
    with pytest.raises(ValueError, match="found an unknown label"):
        formats.write_split_attr(tmp_path / "train_attr.txt", np.array([[1, 0]], np.int8))
    assert not list(tmp_path.iterdir())


READERS = {
    "train.txt": (formats.read_split, NAMES),
    "train_attr.txt": (lambda path: formats.read_split_attr(path, 3, 2), ["0 1", "1 0", "0 0"]),
    "train_cate.txt": (lambda path: formats.read_split_cate(path, 3, 9), ["1", "9", "02"]),
    "train_bbox.txt": (lambda path: formats.read_split_bbox(path, NAMES), ["0 1 2 3", "4 5 6 7", "0 0 9 9"]),
    "train_landmarks.txt": (
        lambda path: formats.read_split_landmarks(path, np.array([3, 3, 3])),
        [FULL, FULL, FULL],
    ),
}


BAD = [
    ("train.txt", "img/a.jpg img/b.jpg", "2 columns"),
    ("train.txt", "a.jpg", "'a.jpg'"),
    ("train_attr.txt", "1", "1 column"),
    ("train_attr.txt", "1 0 1", "3 columns"),
    ("train_attr.txt", "1 2", "'2'"),
    ("train_attr.txt", "-1 1", "'-1'"),
    ("train_cate.txt", "1 2", "2 columns"),
    ("train_cate.txt", "0", "'0'"),
    ("train_cate.txt", "10", "'10'"),
    ("train_cate.txt", "Tee", "'Tee'"),
    ("train_bbox.txt", "1 2 3", "3 columns"),
    ("train_bbox.txt", "1 2 3 -4", "'-4'"),
    ("train_bbox.txt", "3 2 1 4", "the box 3 2 1 4"),
    ("train_landmarks.txt", f"{FULL} 1", "17 columns"),
    ("train_landmarks.txt", UPPER, "12 columns"),
    ("train_landmarks.txt", FULL.replace("46", "4.6"), "'4.6'"),
]


@pytest.mark.parametrize(("name", "bad", "found"), BAD)
@pytest.mark.parametrize("row", [0, 1, 2])
def test_a_bad_row_is_named(tmp_path, name, bad, found, row):
    read, good = READERS[name]
    read(write(tmp_path / name, *good))
    with pytest.raises(FormatError) as caught:
        read(write(tmp_path / name, *good[:row], bad, *good[row + 1 :]))
    assert (caught.value.line, caught.value.found) == (row + 1, found)


@pytest.mark.parametrize("name", READERS)
def test_an_empty_line(tmp_path, name):
    read, good = READERS[name]
    with pytest.raises(FormatError, match=r"txt:2: found an empty line"):
        read(write(tmp_path / name, good[0], "", good[2]))


@pytest.mark.parametrize("name", [name for name in READERS if name != "train.txt"])
def test_as_many_rows_as_names(tmp_path, name):
    read, good = READERS[name]
    for rows in (good[:2], [*good, good[0]]):
        with pytest.raises(FormatError) as caught:
            read(write(tmp_path / name, *rows))
        assert str(caught.value) == (
            f"{tmp_path / name}: found {len(rows)} rows, expected 3, one for each name of its split"
        )


@pytest.mark.parametrize("name", READERS)
def test_nothing_is_no_split(tmp_path, name):
    (tmp_path / name).write_text("\n")
    with pytest.raises(FormatError, match="1: found nothing, expected a row for each photo"):
        READERS[name][0](tmp_path / name)


def test_a_photo_once_and_inside_its_folder(tmp_path):
    with pytest.raises(FormatError, match=r"train\.txt:2: found 'img/a\.jpg' again \(as in line 1\)"):
        formats.read_split(write(tmp_path / "train.txt", "img/a.jpg", "img/a.jpg"))
    with pytest.raises(FormatError, match=r"train\.txt:2: found 'img/\.\./a\.jpg', expected an image path"):
        formats.read_split(write(tmp_path / "train.txt", "img/a.jpg", "img/../a.jpg"))


def test_a_fine_label_is_0_or_1(tmp_path):
    with pytest.raises(FormatError) as caught:
        formats.read_split_attr(write(tmp_path / "train_attr.txt", "0 1", "0 -1"), 2, 2)
    assert str(caught.value).endswith("train_attr.txt:2: found '-1', expected label 2, a whole number from 0 to 1")


def test_a_box_outside_its_photo(tmp_path):
    path = write(tmp_path / "train_bbox.txt", "0 0 9 9", "0 0 9 10")
    assert len(formats.read_split_bbox(path, NAMES[:2], {NAMES[1]: (9, 10)})) == 2
    with pytest.raises(FormatError, match=r"train_bbox\.txt:2: .* a box inside its photo of 9 x 9 pixels"):
        formats.read_split_bbox(path, NAMES[:2], {NAMES[1]: (9, 9)})
