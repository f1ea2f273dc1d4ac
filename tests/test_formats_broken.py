"""Every way in which a file can be malformed is one error that names file and line, what was found and expected."""

import codecs
import os
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fashionnet import formats
from fashionnet.formats import FormatError

LANDMARK = " ".join(f"landmark_visibility_{k} landmark_location_x_{k} landmark_location_y_{k}" for k in range(1, 9))
JOINT = LANDMARK.replace("landmark", "joint")
UPPER, LOWER, FULL = ("0 10 20 " * count for count in (6, 4, 8))

# For each file: its reader, its column names (None: it has no such line) and three good rows.
GOOD = {
    "list_category_cloth": (
        formats.read_list_category_cloth,
        "category_name category_type",
        ["Tee 1", "Button Down 1", "Dress 3"],
    ),
    "list_category_img": (
        partial(formats.read_list_category_img, categories=3),
        "image_name category_label",
        ["img/a.jpg 1", "img/b.jpg 02", "img/c.jpg 3"],
    ),
    "list_attr_cloth": (
        partial(formats.read_list_attr_cloth, benchmark="category_attribute"),
        "attribute_name attribute_type",
        ["striped 1", "abstract chevron print 2", "v-neck 5"],
    ),
    "list_attr_img": (
        partial(formats.read_list_attr_img, attributes=4),
        "image_name attribute_labels",
        ["img/a.jpg -1 1  0 -1", "img/b.jpg 1 1 1 1", "img/c.jpg  0 -1 -1 0"],
    ),
    "list_attr_items": (
        partial(formats.read_list_attr_items, attributes=2),
        "item_id attribute_labels",
        ["id_1 -1 1", "id_2 0 0", "id_3 -1 1"],
    ),
    "list_bbox": (
        formats.read_list_bbox,
        "image_name x_1 y_1 x_2 y_2",
        ["img/a.jpg 001 002 030 040", "img/b.jpg 0 0 5 5", "img/c.jpg 9 8 70 60"],
    ),
    "list_bbox_inshop": (
        formats.read_list_bbox_inshop,
        "image_name clothes_type pose_type x_1 y_1 x_2 y_2",
        ["img/a.jpg 1 6 001 002 030 040", "img/b.jpg 2 1 0 0 5 5", "img/c.jpg 3 2 9 8 70 60"],
    ),
    "list_bbox_consumer2shop": (
        formats.read_list_bbox_consumer2shop,
        "image_name clothes_type source_type x_1 y_1 x_2 y_2",
        ["img/a.jpg 1 2 001 002 030 040", "img/b.jpg 2 1 0 0 5 5", "img/c.jpg 3 2 9 8 70 60"],
    ),
    "list_landmarks": (
        formats.read_list_landmarks,
        f"image_name clothes_type {LANDMARK}",
        [f"img/a.jpg 1 {UPPER}", f"img/b.jpg 2 {LOWER}", f"img/c.jpg 3 {FULL}"],
    ),
    "list_landmarks_inshop": (
        formats.read_list_landmarks_inshop,
        f"image_name clothes_type variation_type {LANDMARK}",
        [f"img/a.jpg 1 6 {UPPER}", f"img/b.jpg 2 1 {LOWER}", f"img/c.jpg 3 1 {FULL}"],
    ),
    "list_landmarks_consumer2shop": (
        formats.read_list_landmarks_consumer2shop,
        f"image_name clothes_type variation_type {LANDMARK}",
        [f"img/a.jpg 1 6 {UPPER}", f"img/b.jpg 2 1 {LOWER}", f"img/c.jpg 3 1 {FULL}"],
    ),
    "list_joints": (
        formats.read_list_joints,
        f"image_name clothes_type variation_type {JOINT}",
        [f"img/{name}.jpg {kind} 1 {'1 5 6 ' * 14}" for name, kind in zip("abc", (1, 2, 3), strict=True)],
    ),
    "list_eval_partition": (
        partial(formats.read_list_eval_partition, benchmark="category_attribute"),
        "image_name evaluation_status",
        ["img/a.jpg train", "img/b.jpg val", "img/c.jpg test"],
    ),
    "list_eval_partition of in-shop": (
        partial(formats.read_list_eval_partition, benchmark="in_shop"),
        "image_name item_id evaluation_status",
        ["img/a.jpg id_1 train", "img/b.jpg id_2 query", "img/c.jpg id_2 gallery"],
    ),
    "list_eval_partition of consumer-to-shop": (
        partial(formats.read_list_eval_partition, benchmark="consumer_to_shop"),
        "image_pair_name_1 image_pair_name_2 item_id evaluation_status",
        ["img/a.jpg img/b.jpg id_1 train", "img/a.jpg img/c.jpg id_1 train", "img/d.jpg img/b.jpg id_1 train"],
    ),
    "list_item_inshop": (formats.read_list_item_inshop, None, ["id_1", "id_2", "id_3"]),
    "list_item_consumer2shop": (formats.read_list_item_consumer2shop, None, ["id_1", "id_2", "id_3"]),
    "list_color_cloth": (
        formats.read_list_color_cloth,
        "image_name color",
        ["img/a.jpg Black", "img/b.jpg Light blue", "img/c.jpg White"],
    ),
}
WITH_HEADER = [name for name, (_, header, _) in GOOD.items() if header]
WITH_IMAGES = [name for name, (_, _, rows) in GOOD.items() if rows[0].startswith("img/")]


def content(name, rows=None, count=None):
    """A file's lines, good but for what is given."""
    _, header, good = GOOD[name]
    rows = good if rows is None else rows
    return [str(len(rows) if count is None else count), *([header] if header else []), *rows]


def first_line(name):
    return 3 if GOOD[name][1] else 2


def error_of(name, path, lines):
    path.write_bytes(lines if isinstance(lines, bytes) else ("\n".join(lines) + "\n").encode())
    with pytest.raises(FormatError) as caught:
        GOOD[name][0](path)
    error = caught.value
    assert error.path == path
    assert str(error) == f"{path}:{error.line}: found {error.found}, expected {error.expected}"
    assert error.found
    assert error.expected
    return error


@pytest.fixture
def path(tmp_path):
    return tmp_path / "list.txt"


def changed(name, row, change):
    """The good rows with one of them changed."""
    rows = list(GOOD[name][2])
    rows[row] = change(rows[row])
    return rows


def with_column(name, row, column, value):
    def change(text):
        tokens = text.split()
        tokens[column] = value
        return " ".join(tokens)

    return content(name, changed(name, row, change))


@pytest.mark.parametrize("name", GOOD)
def test_the_good_files_are_good(path, name):
    path.write_text("\n".join(content(name)) + "\n")
    read = GOOD[name][0](path)
    assert len(getattr(read, "values", getattr(read, "table", read))) == 3


@pytest.mark.parametrize("name", GOOD)
def test_another_count_than_rows(path, name):
    for count in (2, 4, 0, 999999999):
        error = error_of(name, path, content(name, count=count))
        assert error.line == 1
        assert error.found == f"a count of {count} before 3 rows"


@pytest.mark.parametrize("name", GOOD)
def test_a_count_that_is_no_number(path, name):
    for count in ("three", "-3", "3.0", "3 rows", "", "1e3", "٣", "9" * 30, "0x3", "3_0", "+3"):
        error = error_of(name, path, content(name, count=count))
        assert error.line == 1, count
        assert error.expected == "the number of rows, a whole number"


@pytest.mark.parametrize("name", WITH_HEADER)
def test_column_names_are_missing(path, name):
    lines = content(name)
    del lines[1]
    assert error_of(name, path, lines).line == 2


@pytest.mark.parametrize("name", WITH_HEADER)
def test_column_names_of_another_file(path, name):
    lines = content(name)
    lines[1] = "image_name x_1 x_2 y_1 y_2"
    error = error_of(name, path, lines)
    assert (error.line, error.found) == (2, "'image_name x_1 x_2 y_1 y_2'")
    assert error.expected.startswith("the column names ")


@pytest.mark.parametrize("name", WITH_HEADER)
def test_nothing_after_the_count(path, name):
    error = error_of(name, path, ["3"])
    assert (error.line, error.found) == (2, "nothing")


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("raw", [b"", b"\n", b"  \r\n\n", codecs.BOM_UTF8])
def test_an_empty_file(path, name, raw):
    error = error_of(name, path, raw)
    assert (error.line, error.found) == (1, "nothing")


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("row", [0, 1])
def test_an_empty_line(path, name, row):
    lines = content(name, changed(name, row, lambda _: "  "))
    error = error_of(name, path, lines)
    assert (error.line, error.found) == (first_line(name) + row, "an empty line")


@pytest.mark.parametrize("name", WITH_HEADER)  # in the others a row without its column is an empty line
@pytest.mark.parametrize("row", [0, 1, 2])
def test_a_column_too_few(path, name, row):
    # Of a name of several words enough columns would be left: leave it one.
    several_words = name in ("list_category_cloth", "list_attr_cloth", "list_color_cloth")
    rows = changed(name, row, lambda text: text.split()[0] if several_words else text.rsplit(None, 1)[0])
    assert error_of(name, path, content(name, rows)).line == first_line(name) + row


@pytest.mark.parametrize("name", [name for name in GOOD if name != "list_color_cloth"])  # a colour has any words
@pytest.mark.parametrize("row", [0, 1, 2])
def test_a_column_too_many(path, name, row):
    # After a name of several words the last column is the type, and this is none.
    extra = " x" if name in ("list_category_cloth", "list_attr_cloth") else " 1"
    error = error_of(name, path, content(name, changed(name, row, lambda text: text.rstrip() + extra)))
    assert error.line == first_line(name) + row


LEAVING = [
    "/etc/passwd",
    "img/../../secret.jpg",
    "img/..",
    "../img/a.jpg",
    "Img/a.jpg",
    "img",
    "img/",
    "img//a.jpg",
    "img/./a.jpg",
    "img\\a.jpg",
    "img/a\\..\\..\\b.jpg",
    "images/a.jpg",
    "C:/img/a.jpg",
    "file:///img/a.jpg",
]


@pytest.mark.parametrize("name", WITH_IMAGES)
def test_a_path_that_leaves_img(path, name):
    for bad in LEAVING:
        error = error_of(name, path, with_column(name, 1, 0, bad))
        assert error.line == first_line(name) + 1, bad
        assert error.expected == "an image path that starts with img/ and stays inside it"


def test_an_attribute_is_named_once_whatever_its_type(path):
    error = error_of("list_attr_cloth", path, content("list_attr_cloth", ["striped 1", "dotted 1", "striped 5"]))
    assert (error.line, error.found) == (5, "'striped' again (as in line 3)")
    assert error.expected == "each attribute once"


def test_in_consumer_to_shop_an_attribute_is_named_once_in_its_type(path):
    read = partial(formats.read_list_attr_cloth, benchmark="consumer_to_shop")
    lines = ["3", "attribute_name attribute_type", "其他 other 1", "棉 cotton 1", "其他 other 2"]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert read(path)["attribute_name"].tolist() == ["other", "cotton", "other"]
    lines[-1] = "其他 other 1"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(FormatError, match=r"list\.txt:5: found '其他 other 1' again \(as in line 3\)"):
        read(path)


def no_file(path):
    path.mkdir()
    return "a folder"


def no_target(path):
    path.symlink_to("nowhere")
    return "a link to nothing"


def no_end(path):
    os.mkfifo(path)
    return "no ordinary file"


@pytest.mark.parametrize("make", [no_file, no_target, no_end])
@pytest.mark.parametrize("read", [*(read for read, _, _ in GOOD.values()), formats.read_list_description_inshop])
def test_what_is_no_file(path, read, make):
    found = make(path)
    with pytest.raises(FormatError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: found {found}, expected a file"


@pytest.mark.parametrize("name", GOOD)
def test_a_row_listed_twice(path, name):
    rows = GOOD[name][2]
    error = error_of(name, path, content(name, [*rows, rows[1]]))
    first = first_line(name)
    assert error.line == first + 3
    assert f"again (as in line {first + 1})" in error.found


NO_TEXT = {
    b"\0": "the control character 0x00",
    b"\x1b": "the control character 0x1b",
    b"\x0b": "the control character 0x0b",
    b"\x7f": "the control character 0x7f",
    b"\xff": "the byte 0xff",
    b"\xc3(": "the byte 0xc3",
    b"\xed\xa0\x80": "the byte 0xed",
}


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("row", [0, 2])
def test_bytes_that_are_no_text(path, name, row):
    good = "\n".join(content(name)).encode().split(b"\n")
    at = first_line(name) - 1 + row
    for inside in (2, len(good[at])):  # in the first column and after the last
        for byte, found in NO_TEXT.items():
            lines = list(good)
            lines[at] = lines[at][:inside] + byte + lines[at][inside:]
            error = error_of(name, path, b"\n".join(lines) + b"\n")
            assert (error.line, error.found) == (at + 1, found)


@pytest.mark.parametrize("name", GOOD)
def test_no_text_in_the_first_lines(path, name):
    good = "\n".join(content(name)).encode()
    assert error_of(name, path, b"\0" + good).line == 1
    if GOOD[name][1]:
        assert error_of(name, path, good.replace(b"_", b"\xff", 1)).line == 2


NO_NUMBERS = ["x", "1.5", "1e2", "--1", "-", "+1", "1_0", "٣", "9" * 10, "9" * 400, "0x1", "NaN", "inf", "²"]


# File, column, and values that are whole numbers and no code or coordinate of it.
OUT_OF_RANGE = [
    ("list_category_cloth", -1, ["0", "4", "-1"]),
    ("list_category_img", 1, ["0", "4", "-1"]),
    ("list_attr_cloth", -1, ["0", "6"]),
    ("list_attr_img", 1, ["2", "-2", "01", "-0", "10", "11"]),
    ("list_attr_img", 4, ["2", "-2", "01", "-0", "10", "11"]),
    ("list_attr_items", 2, ["2", "-2"]),
    ("list_bbox", 1, ["-1", "1000000"]),
    ("list_bbox", 4, ["-1", "1000000"]),
    ("list_bbox_inshop", 1, ["0", "4"]),
    ("list_bbox_inshop", 2, ["0", "7"]),
    ("list_bbox_inshop", 3, ["-1"]),
    ("list_bbox_consumer2shop", 1, ["0", "4"]),
    ("list_bbox_consumer2shop", 2, ["0", "3"]),
    ("list_bbox_consumer2shop", 6, ["-1"]),
    ("list_landmarks", 1, ["0", "4"]),
    ("list_landmarks", 2, ["3", "-1"]),
    ("list_landmarks", 3, ["1000000", "-1000000"]),
    ("list_landmarks_inshop", 1, ["0", "4"]),
    ("list_landmarks_inshop", 2, ["0", "7"]),
    ("list_landmarks_inshop", 3, ["3", "-1"]),
    ("list_landmarks_consumer2shop", 2, ["0", "7"]),
    ("list_landmarks_consumer2shop", 14, ["1000000"]),
    ("list_joints", 1, ["0", "4"]),
    ("list_joints", 2, ["0", "6"]),
    ("list_joints", 3, ["2", "-1"]),
    ("list_joints", 3 + 3 * 13, ["2", "-1"]),
]


@pytest.mark.parametrize(("name", "column", "values"), OUT_OF_RANGE)
def test_a_code_out_of_range_or_no_number(path, name, column, values):
    for row in range(3):
        for value in values + NO_NUMBERS:
            error = error_of(name, path, with_column(name, row, column, value))
            assert error.line == first_line(name) + row, value
            shown = value if len(value) <= 60 else value[:57] + "…"
            assert error.found.startswith(repr(shown)), value


@pytest.mark.parametrize(
    ("name", "corner"), [("list_bbox", 1), ("list_bbox_inshop", 3), ("list_bbox_consumer2shop", 3)]
)
@pytest.mark.parametrize("box", ["30 2 30 40", "31 2 30 40", "1 40 30 40", "1 41 30 40"])
def test_a_box_without_area(path, name, corner, box):
    def change(text):
        return " ".join([*text.split()[:corner], box])

    error = error_of(name, path, content(name, changed(name, 2, change)))
    assert (error.line, error.found) == (5, f"the box {box}")


@pytest.mark.parametrize("name", ["list_bbox", "list_bbox_inshop", "list_bbox_consumer2shop"])
@pytest.mark.parametrize("size", [(69, 60), (70, 59)])
def test_a_box_outside_its_photo(path, name, size):
    path.write_text("\n".join(content(name)) + "\n")
    read = GOOD[name][0]
    read(path, sizes={"img/a.jpg": (30, 40), "img/c.jpg": (70, 60)})
    with pytest.raises(FormatError) as caught:
        read(path, sizes={"img/a.jpg": (30, 40), "img/c.jpg": size})
    assert (caught.value.line, caught.value.found) == (5, "the box 9 8 70 60")


@pytest.mark.parametrize("name", [name for name in GOOD if name.startswith("list_eval_partition")])
@pytest.mark.parametrize("status", ["Train", "training", "0", "testing"])
def test_a_split_that_is_none(path, name, status):
    error = error_of(name, path, with_column(name, 1, -1, status))
    assert (error.line, error.found) == (4, repr(status))
    assert error.expected.startswith("evaluation_status, one of train, ")


def test_the_splits_of_another_benchmark(path):
    error = error_of("list_eval_partition", path, with_column("list_eval_partition", 0, 1, "query"))
    assert error.expected == "evaluation_status, one of train, val, test"
    error = error_of("list_eval_partition of in-shop", path, with_column("list_eval_partition of in-shop", 0, 2, "val"))
    assert error.expected == "evaluation_status, one of train, query, gallery"


def test_the_number_of_labels_is_the_number_of_attributes(path):
    path.write_text("\n".join(content("list_attr_img")) + "\n")
    with pytest.raises(FormatError) as caught:
        formats.read_list_attr_img(path, attributes=5)
    assert (caught.value.line, caught.value.found) == (3, "4 labels")
    assert caught.value.expected == "5 labels after the name"


@pytest.mark.parametrize("token", ["-", "x", "--", "0-", "1.", "."])
@pytest.mark.parametrize("place", [1, 2, 4, 5])
def test_a_token_beside_all_labels(path, token, place):
    tokens = ["img/b.jpg", "1", "-1", "0", "1"]
    tokens.insert(place, token)
    rows = ["img/a.jpg 1 1 1 1", " ".join(tokens)]
    assert error_of("list_attr_img", path, content("list_attr_img", rows)).line == 4


def test_rows_that_hold_the_right_number_of_labels_only_together(path):
    rows = ["img/a.jpg 1 1 1 1 1", "img/b.jpg 0 0 0", "img/c.jpg 1 1 1 1"]
    assert error_of("list_attr_img", path, content("list_attr_img", rows)).line == 3


def test_a_late_mistake_is_found_in_its_block(path, monkeypatch):
    from fashionnet.formats import attributes

    monkeypatch.setattr(attributes, "_BLOCK", 64)
    rows = [f"img/{k}.jpg 1 -1 0 0" for k in range(100)]
    rows[77] += "x"
    error = error_of("list_attr_img", path, content("list_attr_img", rows))
    assert (error.line, error.found) == (80, "'0x' as label 4")


@pytest.mark.parametrize("name", GOOD)
def test_a_message_shows_no_control_characters_and_is_short(path, name):
    error = error_of(name, path, content(name, count="\u009b31m" + "x" * 10_000))
    assert str(error).isprintable()
    assert len(error.found) < 80


@pytest.mark.parametrize(
    "text",
    ["[", "{}", "3", "[" + "1" * 5000 + "]", '"x"', "[3]", "[{}]", '[{"item": 1, "color": "a", "description": "b"}]'],
)
def test_descriptions_that_are_none(path, text):
    path.write_text(text)
    with pytest.raises(FormatError):
        formats.read_list_description_inshop(path)


def test_what_is_wrong_with_a_description(path):
    path.write_text('[\n{"item": "id_1",\n "color" "x"}]')
    with pytest.raises(FormatError, match=r"list\.txt:3: found no JSON"):
        formats.read_list_description_inshop(path)
    path.write_text(
        '[{"item": "a", "color": "b", "description": ""}, {"item": "\\ud800", "color": "", "description": ""}]'
    )
    with pytest.raises(FormatError, match="in entry 2, expected item, color, description as texts"):
        formats.read_list_description_inshop(path)
    path.write_bytes(b'[\n"\xff"]')
    with pytest.raises(FormatError, match=r"list\.txt:2: found the byte 0xff"):
        formats.read_list_description_inshop(path)
    path.write_text("[" * 100_000)
    with pytest.raises(FormatError):
        formats.read_list_description_inshop(path)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("broken") / "list.txt"


@pytest.mark.parametrize("name", GOOD)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_random_damage_raises_nothing_but_a_format_error(scratch, name, data):
    raw = bytearray("\n".join(content(name)).encode() + b"\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(at, min(len(raw), at + 20)))
        raw[at:end] = data.draw(
            st.one_of(st.binary(max_size=4), st.sampled_from([b"\n", b"\r", b" ", b"-", b"0", b"1"]))
        )
    scratch.write_bytes(raw)
    try:
        GOOD[name][0](scratch)
    except FormatError as error:
        lines = raw.count(b"\n") + 1
        assert error.line is None or 1 <= error.line <= lines + 1  # noqa: PT017
