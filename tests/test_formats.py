"""What a writer writes its reader reads, for every official file; and readers agree with a naive one."""

import json
import string

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pandas.testing import assert_frame_equal

from fashionnet import formats
from fashionnet.formats import AttributeLabels, ItemAttributes, Landmarks, codes

quick = settings(max_examples=20, deadline=None)

characters = st.characters(exclude_categories=("Cc", "Cs", "Z"), exclude_characters="/\\")
words = st.text(characters, min_size=1, max_size=8)
segments = words.filter(lambda word: word not in (".", ".."))
image_names = st.lists(segments, min_size=1, max_size=3).map(lambda parts: "/".join(["img", *parts]))
# Names of several words, as "abstract chevron print"; a last word that is a number must not be taken for the type.
phrases = st.lists(words, min_size=1, max_size=4).map(" ".join)
# Names that are not in two languages, as in the consumer-to-shop file.
english = phrases.filter(lambda phrase: not any("\u3400" <= letter <= "\u9fff" for letter in phrase))
pixels = st.integers(0, 9_999)


def uniquely(strategy, max_size=8):
    return st.lists(strategy, max_size=max_size, unique=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("formats")


def assert_same_table(read, table):
    # An empty column of text has no type of its own.
    assert_frame_equal(read, table, check_dtype=len(table) > 0)


def assert_same_points(read, points):
    assert_same_table(read.table, points.table)
    np.testing.assert_array_equal(read.points, points.points)
    np.testing.assert_array_equal(read.visibility, points.visibility)
    assert (read.points.dtype, read.visibility.dtype) == (np.float32, np.int8)


@st.composite
def tables(draw, key, strategies, fixed=None):
    """A table whose first column is unique. fixed: columns drawn once for the whole row, as a function."""
    names = draw(uniquely(strategies[key]))
    rows = [{name: draw(strategy) for name, strategy in strategies.items() if name != key} for _ in names]
    return pd.DataFrame([{key: name} | row for name, row in zip(names, rows, strict=True)], columns=list(strategies))


@st.composite
def boxes(draw, **kinds):
    table = draw(tables("image_name", {"image_name": image_names} | kinds))
    corners = [
        (x, y, x + draw(st.integers(1, 500)), y + draw(st.integers(1, 500)))
        for x, y in draw(st.lists(st.tuples(pixels, pixels), min_size=len(table), max_size=len(table)))
    ]
    for column, values in zip(("x_1", "y_1", "x_2", "y_2"), zip(*corners) if corners else [[]] * 4, strict=True):
        table[column] = values
    return table


@st.composite
def landmarks(draw, slots_of, points, visibility, variations):
    names = draw(uniquely(image_names, 5))
    table = pd.DataFrame(
        {
            "image_name": names,
            "clothes_type": [draw(st.integers(1, 3)) for _ in names],
            "variation_type": [draw(variations) for _ in names],
        }
    )
    where = np.full((len(names), points, 2), np.nan, np.float32)
    seen = np.full((len(names), points), codes.ABSENT, np.int8)
    for row, kind in enumerate(table["clothes_type"]):
        for slot in slots_of[kind]:
            where[row, slot] = draw(st.tuples(st.integers(-300, 9_999), st.integers(-300, 9_999)))
            seen[row, slot] = draw(st.sampled_from(sorted(visibility)))
    return Landmarks(table, where, seen)


def clothes_landmarks(variations):
    return landmarks(codes.SLOTS_OF, 8, codes.VISIBILITY, variations)


JOINTS = landmarks(dict.fromkeys((1, 2, 3), range(14)), 14, codes.JOINT_VISIBILITY, st.integers(1, 5))
CLOTHES, POSES, SOURCES = st.integers(1, 3), st.integers(1, 6), st.integers(1, 2)


@quick
@given(table=boxes())
def test_list_bbox(folder, table):
    formats.write_list_bbox(folder / "list_bbox.txt", table)
    assert_same_table(formats.read_list_bbox(folder / "list_bbox.txt"), table)


@quick
@given(table=boxes(clothes_type=CLOTHES, pose_type=POSES))
def test_list_bbox_inshop(folder, table):
    formats.write_list_bbox_inshop(folder / "list_bbox_inshop.txt", table)
    assert_same_table(formats.read_list_bbox_inshop(folder / "list_bbox_inshop.txt"), table)


@quick
@given(table=boxes(clothes_type=CLOTHES, source_type=SOURCES))
def test_list_bbox_consumer2shop(folder, table):
    formats.write_list_bbox_consumer2shop(folder / "list_bbox_consumer2shop.txt", table)
    assert_same_table(formats.read_list_bbox_consumer2shop(folder / "list_bbox_consumer2shop.txt"), table)


@quick
@given(points=st.one_of(clothes_landmarks(st.integers(1, 5)), clothes_landmarks(st.just(0))))
def test_list_landmarks_of_categories_with_and_without_variation(folder, points):
    formats.write_list_landmarks(folder / "list_landmarks.txt", points)
    assert_same_points(formats.read_list_landmarks(folder / "list_landmarks.txt"), points)


@quick
@given(points=clothes_landmarks(st.integers(1, 5)))
def test_list_landmarks_of_the_landmark_benchmark(folder, points):
    formats.write_list_landmarks(folder / "list_landmarks.txt", points, benchmark="landmarks")
    assert_same_points(formats.read_list_landmarks(folder / "list_landmarks.txt", benchmark="landmarks"), points)


@quick
@given(points=clothes_landmarks(st.integers(1, 6)))
def test_landmarks_of_the_retrieval_benchmarks(folder, points):
    formats.write_list_landmarks_inshop(folder / "list_landmarks_inshop.txt", points)
    assert_same_points(formats.read_list_landmarks_inshop(folder / "list_landmarks_inshop.txt"), points)
    formats.write_list_landmarks_consumer2shop(folder / "list_landmarks_consumer2shop.txt", points)
    assert_same_points(formats.read_list_landmarks_consumer2shop(folder / "list_landmarks_consumer2shop.txt"), points)


@quick
@given(points=JOINTS)
def test_list_joints(folder, points):
    formats.write_list_joints(folder / "list_joints.txt", points)
    assert_same_points(formats.read_list_joints(folder / "list_joints.txt"), points)


@quick
@given(table=tables("category_name", {"category_name": phrases, "category_type": CLOTHES}))
def test_list_category_cloth(folder, table):
    formats.write_list_category_cloth(folder / "list_category_cloth.txt", table)
    assert_same_table(formats.read_list_category_cloth(folder / "list_category_cloth.txt"), table)


@quick
@given(table=tables("image_name", {"image_name": image_names, "category_label": st.integers(1, 50)}))
def test_list_category_img(folder, table):
    formats.write_list_category_img(folder / "list_category_img.txt", table)
    assert_same_table(formats.read_list_category_img(folder / "list_category_img.txt", categories=50), table)


@quick
@given(table=tables("attribute_name", {"attribute_name": english, "attribute_type": st.integers(1, 5)}))
def test_list_attr_cloth_with_types(folder, table):
    for benchmark in ("category_attribute", "consumer_to_shop"):
        formats.write_list_attr_cloth(folder / "list_attr_cloth.txt", table, benchmark)
        assert_same_table(formats.read_list_attr_cloth(folder / "list_attr_cloth.txt", benchmark), table)


@quick
@given(table=tables("attribute_name", {"attribute_name": phrases, "attribute_type": st.integers(1, 6)}))
def test_list_attr_cloth_of_the_fine_annotations(folder, table):
    formats.write_list_attr_cloth(folder / "list_attr_cloth.txt", table, "category_attribute", "fine")
    read = formats.read_list_attr_cloth(folder / "list_attr_cloth.txt", "category_attribute", "fine")
    assert_same_table(read, table)


chinese = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=4)
latin = st.text(string.ascii_letters, min_size=1, max_size=8)


@quick
@given(
    rows=uniquely(st.tuples(chinese, st.lists(latin, min_size=1, max_size=3).map(" ".join), st.integers(1, 30))).filter(
        len
    ),
    bracket=st.booleans(),
)
def test_list_attr_cloth_in_two_languages(folder, rows, bracket):
    table = pd.DataFrame(rows, columns=["attribute_name_chinese", "attribute_name", "attribute_type"])
    if bracket:
        table["attribute_name_chinese"] += " (61cm)"
    formats.write_list_attr_cloth(folder / "list_attr_cloth.txt", table, "consumer_to_shop")
    assert_frame_equal(formats.read_list_attr_cloth(folder / "list_attr_cloth.txt", "consumer_to_shop"), table)


@quick
@given(table=tables("attribute_name", {"attribute_name": english}))
def test_list_attr_cloth_without_types(folder, table):
    for benchmark in ("in_shop", "consumer_to_shop"):
        formats.write_list_attr_cloth(folder / "list_attr_cloth.txt", table, benchmark)
        assert_same_table(formats.read_list_attr_cloth(folder / "list_attr_cloth.txt", benchmark), table)


@quick
@given(table=tables("image_name", {"image_name": image_names, "color": phrases}))
def test_list_color_cloth(folder, table):
    formats.write_list_color_cloth(folder / "list_color_cloth.txt", table)
    assert_same_table(formats.read_list_color_cloth(folder / "list_color_cloth.txt"), table)


@quick
@given(
    table=tables(
        "image_name", {"image_name": image_names, "evaluation_status": st.sampled_from(["train", "val", "test"])}
    )
)
def test_list_eval_partition_of_photos(folder, table):
    for benchmark in ("category_attribute", "landmarks"):
        formats.write_list_eval_partition(folder / "list_eval_partition.txt", table, benchmark)
        assert_same_table(formats.read_list_eval_partition(folder / "list_eval_partition.txt", benchmark), table)


@quick
@given(
    table=tables(
        "image_name",
        {
            "image_name": image_names,
            "item_id": words,
            "evaluation_status": st.sampled_from(["train", "query", "gallery"]),
        },
    )
)
def test_list_eval_partition_of_items(folder, table):
    formats.write_list_eval_partition(folder / "list_eval_partition.txt", table, "in_shop")
    assert_same_table(formats.read_list_eval_partition(folder / "list_eval_partition.txt", "in_shop"), table)
    assert_same_table(formats.read_list_eval_partition(folder / "list_eval_partition.txt"), table)


@quick
@given(
    pairs=uniquely(st.tuples(image_names, image_names)),
    rest=st.tuples(words, st.sampled_from(["train", "val", "test"])),
)
def test_list_eval_partition_of_pairs(folder, pairs, rest):
    names = ["image_pair_name_1", "image_pair_name_2", "item_id", "evaluation_status"]
    table = pd.DataFrame([(*pair, *rest) for pair in pairs], columns=names)
    formats.write_list_eval_partition(folder / "list_eval_partition.txt", table, "consumer_to_shop")
    assert_same_table(formats.read_list_eval_partition(folder / "list_eval_partition.txt", "consumer_to_shop"), table)


@quick
@given(table=tables("item_id", {"item_id": words}))
def test_list_item(folder, table):
    formats.write_list_item_inshop(folder / "list_item_inshop.txt", table)
    assert_same_table(formats.read_list_item_inshop(folder / "list_item_inshop.txt"), table)
    formats.write_list_item_consumer2shop(folder / "list_item_consumer2shop.txt", table)
    assert_same_table(formats.read_list_item_consumer2shop(folder / "list_item_consumer2shop.txt"), table)


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@quick
@given(rows=st.lists(st.tuples(words, texts, texts), max_size=5))
def test_list_description_inshop(folder, rows):
    table = pd.DataFrame(rows, columns=["item", "color", "description"], dtype="str")
    path = folder / "list_description_inshop.json"
    formats.write_list_description_inshop(path, table)
    assert_frame_equal(formats.read_list_description_inshop(path), table)
    assert [entry["item"] for entry in json.loads(path.read_text(encoding="utf-8"))] == [row[0] for row in rows]


@quick
@given(
    values=arrays.arrays(np.int8, st.tuples(st.integers(0, 6), st.integers(1, 9)), elements=st.integers(-1, 1)),
    data=st.data(),
)
def test_attribute_labels(folder, values, data):
    names = data.draw(st.lists(image_names, min_size=len(values), max_size=len(values), unique=True))
    formats.write_list_attr_img(folder / "list_attr_img.txt", AttributeLabels(names, values))
    read = formats.read_list_attr_img(folder / "list_attr_img.txt", attributes=values.shape[1])
    assert read.image_name == names
    np.testing.assert_array_equal(read.values, values)
    assert read.values.dtype == np.int8

    formats.write_list_attr_items(folder / "list_attr_items.txt", ItemAttributes(names, values))
    read = formats.read_list_attr_items(folder / "list_attr_items.txt", attributes=values.shape[1])
    assert read.item_id == names
    np.testing.assert_array_equal(read.values, values)


gaps = st.text(" \t", min_size=1, max_size=5)


@quick
@given(data=st.data(), crlf=st.booleans(), bom=st.booleans(), last=st.sampled_from(["", "\n", "\n\n \n"]))
def test_spacing_and_line_ends_change_nothing(folder, data, crlf, bom, last):
    """Against a naive reader: split at spaces, line by line."""
    count = data.draw(st.integers(0, 5))
    rows = [[f"img/{k}.jpg", *data.draw(st.tuples(*[st.sampled_from(["-1", "0", "1"])] * 4))] for k in range(count)]
    lines = [str(count), "image_name  attribute_labels"]
    for row in rows:
        separators = [data.draw(gaps) for _ in row]
        end = data.draw(st.sampled_from(["", " ", " \t"]))
        start = data.draw(st.sampled_from(["", "", "  "]))
        lines.append(start + "".join(map("".join, zip(row, [*separators[1:], end], strict=True))))
    text = ("\r\n" if crlf else "\n").join(lines) + last
    path = folder / "list_attr_img.txt"
    path.write_bytes(text.encode("utf-8-sig" if bom else "utf-8"))

    naive = [line.split() for line in lines[2:]]
    read = formats.read_list_attr_img(path, attributes=4)
    assert read.image_name == [row[0] for row in naive]
    assert read.values.tolist() == [[int(value) for value in row[1:]] for row in naive]
    # The same rows with other columns go through the general reader.
    shifted = [f"{line.split()[0]} {' '.join(str(int(v) + 2) for v in line.split()[1:])}" for line in lines[2:]]
    boxed = "\n".join([str(count), "image_name x_1 y_1 x_2 y_2", *(f"{s.rsplit(' ', 2)[0]} 9 9" for s in shifted)])
    path.write_text(boxed + last)
    assert formats.read_list_bbox(path)[["x_1", "y_1"]].to_numpy().tolist() == [
        [int(value) + 2 for value in row[1:3]] for row in naive
    ]


def test_attribute_labels_over_many_blocks(folder, monkeypatch):
    """Blocks that end anywhere in a row, and rows longer than a block."""
    from fashionnet.formats import attributes

    rng = np.random.default_rng(0)
    names = [f"img/{''.join(rng.choice(list(string.ascii_letters), rng.integers(1, 30)))}_{k}.jpg" for k in range(50)]
    labels = AttributeLabels(names, rng.integers(-1, 2, (50, 23)).astype(np.int8))
    formats.write_list_attr_img(folder / "list_attr_img.txt", labels)
    for block in (1, 2, 7, 64, 101, 1_000, 1_000_000):
        monkeypatch.setattr(attributes, "_BLOCK", block)
        read = formats.read_list_attr_img(folder / "list_attr_img.txt", attributes=23)
        assert read.image_name == names
        np.testing.assert_array_equal(read.values, labels.values)


def test_attribute_labels_as_pandas_reads_them(folder):
    rng = np.random.default_rng(0)
    labels = AttributeLabels([f"img/{k}.jpg" for k in range(200)], rng.integers(-1, 2, (200, 40)).astype(np.int8))
    formats.write_list_attr_img(folder / "list_attr_img.txt", labels)
    theirs = pd.read_csv(folder / "list_attr_img.txt", sep=r"\s+", skiprows=2, header=None)
    read = formats.read_list_attr_img(folder / "list_attr_img.txt")
    assert read.image_name == theirs[0].tolist()
    np.testing.assert_array_equal(read.values, theirs.iloc[:, 1:].to_numpy())


def test_a_writer_keeps_the_old_file_when_the_new_one_would_not_read(tmp_path):
    path = tmp_path / "list_bbox.txt"
    good = pd.DataFrame({"image_name": ["img/a.jpg"], "x_1": [1], "y_1": [2], "x_2": [3], "y_2": [4]})
    formats.write_list_bbox(path, good)
    before = path.read_bytes()
    for bad in ({"image_name": "img/a b.jpg"}, {"x_1": 5}, {"image_name": "/etc/passwd"}):
        with pytest.raises(formats.FormatError):
            formats.write_list_bbox(path, good.assign(**bad))
    with pytest.raises(ValueError, match=r"found 1\.5 in x_1, expected whole pixels"):
        formats.write_list_bbox(path, good.assign(x_1=1.5))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_official_categories(tmp_path):
    table = pd.DataFrame(codes.CATEGORIES, columns=["category_name", "category_type"])
    formats.write_list_category_cloth(tmp_path / "list_category_cloth.txt", table)
    read = formats.read_list_category_cloth(tmp_path / "list_category_cloth.txt")
    assert len(read) == 50
    assert read["category_type"].value_counts().to_dict() == {1: 20, 2: 16, 3: 14}
    # In its order, Dress is the 41st and Tee the 18th: the labels of the two largest categories.
    assert read["category_name"].tolist()[40] == "Dress"
    assert read["category_name"].tolist()[17] == "Tee"
    assert read["category_name"].is_unique


def test_slots_of_the_clothes_types():
    names = {kind: [codes.LANDMARK_NAMES[slot] for slot in slots] for kind, slots in codes.SLOTS_OF.items()}
    sides = ("left", "right")
    assert names[1] == [f"{side} {part}" for part in ("collar", "sleeve", "hem") for side in sides]
    assert names[2] == [f"{side} {part}" for part in ("waistline", "hem") for side in sides]
    assert names[3] == [f"{side} {part}" for part in ("collar", "sleeve", "waistline", "hem") for side in sides]
