"""`fashionnet check` on small folders that hold every file of the four benchmarks, whole and damaged."""

import shutil
import struct
import zipfile
import zlib

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fashionnet import formats
from fashionnet.check import check, counts
from fashionnet.check import photos as decoding
from fashionnet.formats import OFFICIAL, AttributeLabels, ItemAttributes, Landmarks, codes, official

WIDTH, HEIGHT = 40, 60
SPLITS = ["train", "train", "train", "val", "test", "test"]


def frame(**columns):
    return pd.DataFrame(columns)


def points(names, kinds, slots_of, count):
    table = frame(image_name=names, clothes_type=kinds, variation_type=[1] * len(names))
    where = np.full((len(names), count, 2), np.nan, np.float32)
    visibility = np.full((len(names), count), -1, np.int8)
    for row, kind in enumerate(kinds):
        where[row, list(slots_of[kind])] = 20
        visibility[row, list(slots_of[kind])] = 0
    visibility[0, 0] = 1
    return Landmarks(table, where, visibility)


def boxed(names, **more):
    return frame(image_name=names, **more, x_1=2, y_1=3, x_2=WIDTH, y_2=HEIGHT)


def photos(folder, names):
    for name in names:
        path = folder / "Img" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (WIDTH, HEIGHT), "teal").save(path)


def category_attribute(folder):
    names = [f"img/Tee_{k % 2}/img_{k:08d}.jpg" for k in range(6)]
    photos(folder, names)
    coarse = folder / "Anno_coarse"
    formats.write_list_eval_partition(
        folder / "Eval/list_eval_partition.txt",
        frame(image_name=names, evaluation_status=SPLITS),
        "category_attribute",
    )
    formats.write_list_category_cloth(
        coarse / "list_category_cloth.txt", frame(category_name=["Tee", "Jeans", "Dress"], category_type=[1, 2, 3])
    )
    labels = [1, 1, 1, 3, 3, 1]
    formats.write_list_category_img(
        coarse / "list_category_img.txt", frame(image_name=names[::-1], category_label=labels)
    )
    formats.write_list_attr_cloth(
        coarse / "list_attr_cloth.txt",
        frame(attribute_name=["striped", "dotted", "v-neck"], attribute_type=[1, 1, 4]),
        "category_attribute",
    )
    values = np.array([[1, -1, 0]] * 3 + [[1, 1, 1]] * 3, np.int8)
    formats.write_list_attr_img(coarse / "list_attr_img.txt", AttributeLabels(names, values))
    formats.write_list_bbox(coarse / "list_bbox.txt", boxed(names))
    formats.write_list_landmarks(coarse / "list_landmarks.txt", points(names, [1, 1, 1, 3, 3, 2], codes.SLOTS_OF, 8))


def landmark_detection(folder):
    names = [f"img/img_{k:08d}.jpg" for k in range(6)]
    photos(folder, names)
    formats.write_list_eval_partition(
        folder / "Eval/list_eval_partition.txt", frame(image_name=names, evaluation_status=SPLITS), "landmarks"
    )
    kinds = [1, 2, 3, 1, 2, 3]
    formats.write_list_bbox(folder / "Anno/list_bbox.txt", boxed(names))
    formats.write_list_landmarks(
        folder / "Anno/list_landmarks.txt", points(names, kinds, codes.SLOTS_OF, 8), "landmarks"
    )
    everyone = dict.fromkeys((1, 2, 3), range(14))
    formats.write_list_joints(folder / "Anno/list_joints.txt", points(names, kinds, everyone, 14))


def in_shop(folder):
    items = ["id_1", "id_1", "id_2", "id_2", "id_3", "id_3"]
    names = [f"img/WOMEN/Dresses/{item}/{k}.jpg" for k, item in enumerate(items)]
    photos(folder, names)
    anno = folder / "Anno"
    formats.write_list_eval_partition(
        folder / "Eval/list_eval_partition.txt",
        frame(image_name=names, item_id=items, evaluation_status=["train"] * 2 + ["query", "gallery"] * 2),
        "in_shop",
    )
    formats.write_list_item_inshop(anno / "list_item_inshop.txt", frame(item_id=["id_1", "id_2", "id_3"]))
    formats.write_list_attr_cloth(anno / "list_attr_cloth.txt", frame(attribute_name=["cotton", "lace"]), "in_shop")
    formats.write_list_attr_items(
        anno / "list_attr_items.txt", ItemAttributes(["id_1", "id_2", "id_3"], np.array([[1, -1]] * 3, np.int8))
    )
    formats.write_list_bbox_inshop(anno / "list_bbox_inshop.txt", boxed(names, clothes_type=3, pose_type=1))
    formats.write_list_landmarks_inshop(anno / "list_landmarks_inshop.txt", points(names, [3] * 6, codes.SLOTS_OF, 8))
    formats.write_list_color_cloth(
        anno / "list_color_cloth.txt", frame(image_name=names, color=["Red", "Sea blue"] * 3)
    )
    formats.write_list_description_inshop(
        anno / "list_description_inshop.json", frame(item=["id_1"], color=["Red"], description=["A dress."])
    )


def consumer_to_shop(folder):
    names = [
        f"img/DRESSES/{item}/{side}_0{k}.jpg"
        for item in ("id_1", "id_2")
        for side in ("comsumer", "shop")
        for k in "12"
    ]
    photos(folder, names)
    anno = folder / "Anno"
    pairs = [
        (names[0], names[2]),
        (names[0], names[3]),
        (names[1], names[2]),
        (names[4], names[6]),
        (names[5], names[7]),
    ]
    formats.write_list_eval_partition(
        folder / "Eval/list_eval_partition.txt",
        frame(
            image_pair_name_1=[pair[0] for pair in pairs],
            image_pair_name_2=[pair[1] for pair in pairs],
            item_id=["id_1"] * 3 + ["id_2"] * 2,
            evaluation_status=["train"] * 3 + ["test"] * 2,
        ),
        "consumer_to_shop",
    )
    formats.write_list_item_consumer2shop(anno / "list_item_consumer2shop.txt", frame(item_id=["id_1", "id_2"]))
    formats.write_list_attr_cloth(
        anno / "list_attr_cloth.txt", frame(attribute_name=["棉 cotton", "蕾丝 lace"]), "consumer_to_shop"
    )
    formats.write_list_attr_items(
        anno / "list_attr_items.txt", ItemAttributes(["id_1", "id_2"], np.array([[1, 1], [0, 1]], np.int8))
    )
    sides = [2, 2, 1, 1] * 2
    formats.write_list_bbox_consumer2shop(
        anno / "list_bbox_consumer2shop.txt", boxed(names, clothes_type=3, source_type=sides)
    )
    formats.write_list_landmarks_consumer2shop(
        anno / "list_landmarks_consumer2shop.txt", points(names, [3] * 8, codes.SLOTS_OF, 8)
    )


WRITERS = {
    "category_attribute": category_attribute,
    "landmarks": landmark_detection,
    "in_shop": in_shop,
    "consumer_to_shop": consumer_to_shop,
}


@pytest.fixture
def data(tmp_path):
    """Call it with benchmarks: the data folder that holds them, and the folder of the first."""

    def make(*names):
        for name in names:
            WRITERS[name](tmp_path / "data" / OFFICIAL[name])
        return tmp_path / "data", tmp_path / "data" / OFFICIAL[names[0]]

    return make


def run(data):
    lines = []
    good = check(data, lines.append)
    return good, lines


def broken(data):
    """What the report calls broken; check says no exactly if there is such a thing."""
    good, lines = run(data)
    found = [line.split(None, 1)[1] for line in lines if line.startswith("  BROKEN ")]
    assert good is not bool(found)
    if found:
        assert lines[-1].endswith(f"{len(found)} thing{'s' * (len(found) > 1)} broken.")
    return found


def edit(path, old, new, count=1):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def without_line(path, word):
    """Drop the only line that holds `word`, and count it out."""
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if word not in line]
    assert len(kept) == len(lines) - 1
    path.write_text("\n".join([str(int(lines[0]) - 1), *kept[1:]]) + "\n", encoding="utf-8")


def test_the_whole_report(data):
    folder, _ = data(*WRITERS)
    good, lines = run(folder)
    assert good
    assert lines == [
        "Category and Attribute Prediction Benchmark",
        "  photos       6 named, 6 on disk and readable",
        "  splits       train 3 · val 1 · test 2 photos",
        "  categories   3 listed, 2 occur on 6 photos",
        "  attributes   3: texture 2 · part 1",
        "  labels       6 photos, 2.0 positive attributes each",
        "  boxes        6 photos",
        "  landmarks    6 photos: upper-body 3 · lower-body 1 · full-body 2; 97% visible",
        "  official     differs: photos 6 (officially 289,222), train photos 3 (officially 209,222), val photos 1 "
        "(officially 40,000), test photos 2 (officially 40,000), categories 3 (officially 50), categories that occur 2 "
        "(officially 46), photos of Dress 2 (officially 72,158), photos of Tee 4 (officially 36,887), attributes 3 "
        "(officially 1,000), texture attributes 2 (officially 156), fabric attributes 0 (officially 218), shape "
        "attributes 0 (officially 180), part attributes 1 (officially 216), style attributes 0 (officially 230)",
        "",
        "Fashion Landmark Detection Benchmark",
        "  photos       6 named, 6 on disk and readable",
        "  splits       train 3 · val 1 · test 2 photos",
        "  boxes        6 photos",
        "  landmarks    6 photos: upper-body 2 · lower-body 2 · full-body 2; 97% visible",
        "  joints       6 photos: upper-body 2 · lower-body 2 · full-body 2; 99% visible",
        "  official     differs: photos 6 (officially 123,016)",
        "",
        "In-shop Clothes Retrieval Benchmark",
        "  photos       6 named, 6 on disk and readable",
        "  splits       train 2 · query 2 · gallery 2 photos",
        "  items        3",
        "  descriptions 1 of 1 items",
        "  colours      2 on 6 photos",
        "  attributes   2",
        "  labels       3 items, 1.0 positive attributes each",
        "  boxes        6 photos",
        "  landmarks    6 photos: upper-body 0 · lower-body 0 · full-body 6; 98% visible",
        "  official     differs: photos 6 (officially 52,712), items 3 (officially 7,982), train photos 2 (officially "
        "25,882), query photos 2 (officially 14,218), gallery photos 2 (officially 12,612), train items 1 (officially "
        "3,997), query items 2 (officially 3,985), gallery items 2 (officially 3,985), attributes 2 (officially 463)",
        "",
        "Consumer-to-shop Clothes Retrieval Benchmark",
        "  photos       8 named, 8 on disk and readable",
        "  pairs        5 of 4 consumer and 4 shop photos",
        "  splits       train 3 · val 0 · test 2 pairs",
        "  items        2",
        "  attributes   2",
        "  labels       2 items, 1.5 positive attributes each",
        "  boxes        8 photos",
        "  landmarks    8 photos: upper-body 0 · lower-body 0 · full-body 8; 98% visible",
        "  official     differs: photos 8 (officially 239,557), items 2 (officially 33,881), pairs 5 (officially "
        "195,540), attributes 2 (officially 303)",
        "",
        "4 benchmarks of 4 there, nothing broken.",
    ]


def test_optional_files_that_are_not_there_are_said(data):
    folder, one = data("category_attribute")
    for name in ("list_attr_cloth", "list_attr_img", "list_bbox", "list_landmarks"):
        (one / f"Anno_coarse/{name}.txt").unlink()
    good, lines = run(folder)
    assert good
    assert [line.split()[1] for line in lines if line.startswith("  missing")] == [
        "Anno_coarse/list_attr_cloth.txt",
        "Anno_coarse/list_attr_img.txt",
        "Anno_coarse/list_bbox.txt",
        "Anno_coarse/list_landmarks.txt",
    ]
    assert lines.count("  not there") == 3


def test_no_benchmark(tmp_path):
    for folder, what in ((tmp_path, "no benchmark (an empty folder)"), (tmp_path / "absent", "no such folder")):
        good, lines = run(folder)
        assert not good
        [line] = lines
        assert line.startswith(f"{folder}: found {what}, expected ")


def test_without_splits(data):
    folder, one = data("landmarks")
    (one / "Eval/list_eval_partition.txt").unlink()
    assert broken(folder) == [f"{one}/Eval/list_eval_partition.txt: found no such file, expected the splits"]


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "message"),
    [
        ("category_attribute", "Anno_coarse/list_bbox.txt", "002 003", "002 x03", "list_bbox.txt:3: found 'x03'"),
        ("category_attribute", "Anno_coarse/list_category_img.txt", "  3", "  4", "found '4', expected category_label"),
        ("category_attribute", "Anno_coarse/list_attr_img.txt", "-1", "", "found 2 labels, expected 3 labels"),
        ("category_attribute", "Anno_coarse/list_attr_cloth.txt", "v-neck   4", "", "a count of 3 before 2 rows"),
        ("landmarks", "Anno/list_joints.txt", "img/img", "../img", "expected an image path that starts with img/"),
        ("in_shop", "Anno/list_attr_items.txt", "-1", "-7", "found '-7' as label 2, expected -1, 0 or 1"),
        ("consumer_to_shop", "Eval/list_eval_partition.txt", "test", "query", "one of train, val, test"),
    ],
)
def test_a_malformed_file(data, name, file, old, new, message):
    folder, one = data(name)
    edit(one / file, old, new)
    assert any(message in line and line.startswith(f"{one}/{file}:") for line in broken(folder))


def test_every_broken_file_is_reported_at_once(data):
    folder, one = data(*WRITERS)
    edit(one / "Anno_coarse/list_bbox.txt", "6", "5")
    edit(one / "Anno_coarse/list_attr_img.txt", "6", "5")
    edit(folder / OFFICIAL["in_shop"] / "Anno/list_item_inshop.txt", "3", "5")
    assert len(broken(folder)) == 3


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("category_attribute", "Anno_coarse/list_category_img.txt"),
        ("category_attribute", "Anno_coarse/list_attr_img.txt"),
        ("category_attribute", "Anno_coarse/list_bbox.txt"),
        ("landmarks", "Anno/list_landmarks.txt"),
        ("landmarks", "Anno/list_joints.txt"),
    ],
)
def test_a_photo_that_one_file_lacks(data, name, file):
    folder, one = data(name)
    without_line(one / file, "img_00000004")
    (message,) = broken(folder)
    stem = file.split("/")[1].removesuffix(".txt")
    assert message.endswith(f"img_00000004.jpg: in list_eval_partition and not in {stem}")


def test_a_photo_that_is_in_no_split(data):
    folder, one = data("landmarks")
    without_line(one / "Eval/list_eval_partition.txt", "img_00000004")
    assert broken(folder) == [
        f"img/img_00000004.jpg: in {stem} and in no row of list_eval_partition"
        for stem in ("list_bbox", "list_landmarks", "list_joints")
    ]


def test_a_photo_without_a_partner_is_no_mistake(data):
    folder, one = data("consumer_to_shop")
    without_line(one / "Eval/list_eval_partition.txt", "id_2/comsumer_02")
    good, lines = run(folder)
    assert good
    told = "img/DRESSES/id_2/comsumer_02.jpg, img/DRESSES/id_2/shop_02.jpg: in list_bbox_consumer2shop and in no row of"
    assert any(line.startswith(f"  note         {told}") for line in lines)


def test_items(data):
    folder, one = data("in_shop")
    edit(one / "Anno/list_item_inshop.txt", "id_3", "id_4")
    assert broken(folder) == [
        "id_3: in list_eval_partition and not in the list of items",
        "id_3: in list_attr_items and unknown as items",
    ]
    assert any(line.endswith("id_4: in the list of items and in no split") for line in run(folder)[1])


def test_an_item_in_two_splits(data):
    folder, one = data("in_shop")
    edit(one / "Eval/list_eval_partition.txt", "id_1 train", "id_1 gallery")
    assert broken(folder) == ["id_1: in two splits"]


def test_a_described_item_that_is_unknown(data):
    folder, one = data("in_shop")
    edit(one / "Anno/list_description_inshop.json", "id_1", "id_9")
    assert broken(folder) == ["id_9: in list_description_inshop and unknown as items"]


def test_pairs_that_contradict_each_other(data):
    folder, one = data("consumer_to_shop")
    edit(one / "Eval/list_eval_partition.txt", "id_1/comsumer_02.jpg", "id_1/shop_02.jpg")
    edit(one / "Eval/list_eval_partition.txt", "id_2/comsumer_01.jpg", "id_1/comsumer_01.jpg")
    assert broken(folder) == [
        "img/DRESSES/id_1/shop_02.jpg: consumer photo of one pair and shop photo of another",
        "img/DRESSES/id_1/comsumer_01.jpg: in the pairs of two items",
    ]


# Photos


def photo(one, name):
    return one / "Img/img" / name


def test_photos_that_are_not_on_disk(data):
    folder, one = data("landmarks")
    for k in range(5):
        photo(one, f"img_0000000{k}.jpg").unlink()
    named = ", ".join(f"img/img_0000000{k}.jpg" for k in range(3))
    assert broken(folder) == [f"{named} and 2 more: not on disk, expected in {one / 'Img'}"]


def test_a_tiny_photo_and_a_turned_tiff_are_sound(data):
    folder, one = data("landmarks")
    Image.new("RGB", (40, 5)).save(photo(one, "img_00000000.jpg"))
    turned = Image.Exif()
    turned[0x0112] = 6
    with Image.open(photo(one, "img_00000001.jpg")) as opened:
        sideways = opened.transpose(Image.Transpose.ROTATE_90)
    sideways.save(photo(one, "img_00000001.jpg"), format="TIFF", exif=turned)
    found = broken(folder)
    assert not [line for line in found if "img_00000001" in line]
    assert not [line for line in found if "cannot be read" in line]


def test_an_archive_is_read_in_place(data):
    folder, one = data("landmarks")
    shutil.make_archive(str(one / "Img/img"), "zip", one / "Img", "img")
    shutil.rmtree(one / "Img/img")
    assert broken(folder) == []
    with zipfile.ZipFile(one / "Img/img.zip") as packed:
        first, *rest = [(name, packed.read(name)) for name in packed.namelist() if not name.endswith("/")]
    with zipfile.ZipFile(one / "Img/img.zip", "w") as packed:
        for name, content in rest:
            packed.writestr(name, content)
    (message,) = broken(folder)
    assert message.startswith(f"{first[0]}: not on disk, expected in ")
    assert message.endswith(" or in img.zip")


def test_an_archive_that_is_not_whole(data):
    folder, one = data("landmarks")
    shutil.rmtree(one / "Img/img")
    (one / "Img/img.zip").write_bytes(b"PK")
    (message,) = broken(folder)
    assert "found a damaged or incomplete archive" in message


def png(width, height):
    """The beginning of a PNG, which promises a size and holds next to nothing."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def test_photos_that_cannot_be_read(data, monkeypatch):
    folder, one = data("landmarks")
    path = photo(one, "img_00000002.jpg")
    noise = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    Image.fromarray(noise).save(path)
    whole = path.read_bytes()
    assert broken(folder) == []
    cases = {
        b"": "cannot identify image file",
        b"no picture\x1b[31m": "cannot identify image file",
        whole[: len(whole) // 2]: "image file is truncated",
        png(30_000, 5_000): "found 30000 x 5000 pixels, expected",
        png(60_000, 60_000): "decompression bomb",
    }
    loaded = []
    load = Image.Image.load
    monkeypatch.setattr(Image.Image, "load", lambda image: loaded.append(image.size) or load(image))
    for raw, reason in cases.items():
        path.write_bytes(raw)
        (message,) = broken(folder)
        assert message.startswith("img/img_00000002.jpg: cannot be read: ")
        assert reason in message
        assert message.isprintable()
    assert max(width * height for width, height in loaded) <= WIDTH * HEIGHT


def test_a_photo_that_is_a_link_out_of_its_folder(data):
    folder, one = data("landmarks")
    path = photo(one, "img_00000002.jpg")
    path.rename(folder / "outside.jpg")
    path.symlink_to(folder / "outside.jpg")
    (message,) = broken(folder)
    assert message.startswith("img/img_00000002.jpg: cannot be read")
    assert "expected a photo inside" in message


def test_a_box_outside_its_photo_names_the_line(data):
    folder, one = data("in_shop")
    edit(one / "Anno/list_bbox_inshop.txt", f"id_2/3.jpg  3 1 002 003 {WIDTH:03d}", "id_2/3.jpg 3 1 002 003 041")
    path = one / "Anno/list_bbox_inshop.txt"
    assert broken(folder) == [f"{path}:6: found the box 2 3 41 60, expected a box inside its photo of 40 x 60 pixels"]


def test_boxes_lie_in_the_upright_photo(data):
    """A photo stored on its side, as cameras do, has the size that it is shown in."""
    folder, one = data("landmarks")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (HEIGHT, WIDTH)).save(photo(one, "img_00000002.jpg"), exif=exif)
    assert broken(folder) == []
    Image.new("RGB", (HEIGHT, WIDTH)).save(photo(one, "img_00000002.jpg"))
    assert len(broken(folder)) == 1


def test_visible_landmarks_outside_the_photo_are_noted(data):
    folder, one = data("landmarks")
    edit(one / "Anno/list_landmarks.txt", "0 020 020", "0 020 061")
    good, lines = run(folder)
    assert good
    assert "  note         img/img_00000000.jpg: visible landmarks outside the photo, 1 in all" in lines


def test_progress_goes_elsewhere(data, monkeypatch, capsys):
    folder, _ = data("landmarks")
    monkeypatch.setattr(decoding, "_SILENT", 0)
    monkeypatch.setattr(decoding, "_AT_ONCE", 4)
    good, lines = run(folder)
    assert good
    assert not any("decoded" in line for line in lines)
    out, err = capsys.readouterr()
    assert (out, err) == ("", "  decoded 4 of 6 photos\n  decoded 6 of 6 photos\n")


def test_nothing_is_written(data):
    folder, _ = data(*WRITERS)

    def state():
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}

    before = state()
    run(folder)
    assert state() == before


def test_own_photos_with_nothing_but_categories(tmp_path):
    one = tmp_path / OFFICIAL["category_attribute"]
    category_attribute(one)
    for path in (one / "Anno_coarse").iterdir():
        if "category" not in path.name:
            path.unlink()
    assert broken(tmp_path) == []


# Official counts


OWN = {
    "category_attribute": {"photos": 6, "train photos": 3, "categories that occur": 2, "part attributes": 1},
    "landmarks": {"photos": 6},
    "in_shop": {"items": 3, "train items": 1, "query items": 2, "gallery photos": 2},
    "consumer_to_shop": {"photos": 8, "items": 2, "pairs": 5},
}


@pytest.fixture
def as_official(monkeypatch):
    """As if DeepFashion were the small data of this file."""
    monkeypatch.setattr(counts, "COUNTS", OWN)
    monkeypatch.setattr(counts, "FINE_COUNTS", {"fine photos": 3, "fine attributes": 2, "fine groups": 2})


def said(lines, label="official"):
    return [line.removeprefix(f"  {label:<12} ") for line in lines if line.startswith(f"  {label} ")]


def test_data_with_the_official_counts_is_complete(data, as_official):
    folder, _ = data(*WRITERS)
    assert said(run(folder)[1]) == ["complete, without the later Anno_fine", "complete", "complete", "complete"]


def test_one_photo_too_few_is_said(data, as_official):
    folder, one = data("landmarks")
    for file in ("Eval/list_eval_partition", "Anno/list_bbox", "Anno/list_landmarks", "Anno/list_joints"):
        without_line(one / f"{file}.txt", "img_00000004")
    assert said(run(folder)[1]) == ["differs: photos 5 (officially 6)"]


def test_what_cannot_be_counted_is_said(data, as_official):
    folder, one = data("category_attribute")
    (one / "Anno_coarse/list_attr_cloth.txt").unlink()
    (one / "Anno_coarse/list_category_img.txt").unlink()
    [line] = said(run(folder)[1])
    assert line == "not counted, for want of a sound file: categories that occur, part attributes"


def test_right_counts_are_not_complete_where_something_is_missing_or_broken(data, as_official):
    folder, one = data("landmarks")
    (one / "Anno/list_joints.txt").unlink()
    told = "every count is the official one, but not every file is there and sound"
    assert said(run(folder)[1]) == [told]
    folder, one = data("landmarks")
    photo(one, "img_00000002.jpg").write_bytes(b"")
    assert said(run(folder)[1]) == [told]


def test_the_embedded_sample_says_that_it_is_one(data):
    folder, _ = data("landmarks", "in_shop")
    (folder / "SAMPLE.json").write_text('{"version": "4"}')
    good, lines = run(folder)
    assert good
    assert said(lines) == ["not DeepFashion but the embedded sample, version 4, whose counts are its own"] * 2
    (folder / "SAMPLE.json").write_text("[]")
    good, lines = run(folder)
    assert not good
    assert lines[0].startswith(f"BROKEN {folder / 'SAMPLE.json'}: found no version")
    assert lines[-1].endswith("1 thing broken.")


def test_the_official_counts_agree_with_each_other():
    own = official.COUNTS["category_attribute"]
    assert own["photos"] == own["train photos"] + own["val photos"] + own["test photos"]
    assert own["attributes"] == sum(own[f"{group} attributes"] for group in codes.ATTRIBUTE_TYPES.values())
    assert own["categories"] == len(codes.CATEGORIES) == own["categories that occur"] + 4
    shop = official.COUNTS["in_shop"]
    assert shop["photos"] == shop["train photos"] + shop["query photos"] + shop["gallery photos"]
    assert shop["items"] == shop["train items"] + shop["query items"]
    fine = official.FINE_COUNTS
    assert fine["fine photos"] == sum(fine[f"fine {split} photos"] for split in ("train", "val", "test"))
    assert fine["fine groups"] == len(codes.FINE_ATTRIBUTE_TYPES)


# Fine annotations


@pytest.fixture
def fine(data):
    """A category_attribute benchmark with three of its photos labelled anew."""
    folder, one = data("category_attribute")
    names = {"train": [0], "val": [4], "test": [5]}
    listed = frame(attribute_name=["floral", "loose"], attribute_type=[1, 6])
    formats.write_list_attr_cloth(one / "Anno_fine/list_attr_cloth.txt", listed, "category_attribute", "fine")
    for split, numbers in names.items():
        own = [f"img/Tee_{k % 2}/img_{k:08d}.jpg" for k in numbers]
        formats.write_split(one / f"Anno_fine/{split}.txt", own)
        formats.write_split_attr(one / f"Anno_fine/{split}_attr.txt", np.array([[1, -1]] * len(own)))
        formats.write_split_cate(one / f"Anno_fine/{split}_cate.txt", [1] * len(own))
        formats.write_split_bbox(one / f"Anno_fine/{split}_bbox.txt", boxed(own))
        marks = points(own, [1] * len(own), codes.SLOTS_OF, 8)
        formats.write_split_landmarks(
            one / f"Anno_fine/{split}_landmarks.txt", marks.points, marks.visibility, np.ones(len(own), int)
        )
    return folder, one


def test_fine_annotations_are_counted(fine, as_official):
    folder, _ = fine
    good, lines = run(folder)
    assert good
    assert said(lines, "fine") == ["train 1 · val 1 · test 1 photos; 2 attributes in 2 groups"]
    assert said(lines)[0] == "complete"
    assert not said(lines, "missing")


def test_a_part_of_the_fine_annotations(fine, as_official):
    folder, one = fine
    (one / "Anno_fine/val_attr.txt").unlink()
    (one / "Anno_fine/test.txt").unlink()
    good, lines = run(folder)
    assert good
    assert said(lines, "missing") == ["Anno_fine/val_attr.txt", "Anno_fine/test.txt"]
    assert said(lines)[0] == "differs: fine photos 2 (officially 3)"


def test_broken_fine_annotations(fine):
    folder, one = fine
    edit(one / "Anno_fine/val_bbox.txt", str(HEIGHT), str(HEIGHT + 1))
    [message] = broken(folder)
    assert message.endswith(f"found the box 2 3 {WIDTH} 61, expected a box inside its photo of 40 x 60 pixels")
    edit(one / "Anno_fine/val_attr.txt", "0", "2")
    assert broken(folder)[0].startswith(f"{one / 'Anno_fine/val_attr.txt'}:1: found '2'")


def test_a_fine_photo_that_the_coarse_splits_lack_is_noted(fine):
    folder, one = fine
    edit(one / "Anno_fine/val.txt", "img_00000004", "img_00000009")
    photos(one, ["img/Tee_0/img_00000009.jpg"])
    good, lines = run(folder)
    assert good
    assert "img/Tee_0/img_00000009.jpg: in Anno_fine and in no row of list_eval_partition" in said(lines, "note")


def test_fine_annotations_alone(fine):
    folder, one = fine
    (one / "Eval/list_eval_partition.txt").unlink()
    assert broken(folder) == []


def test_a_folder_in_the_place_of_a_label_file(data):
    folder, one = data("landmarks")
    (one / "Anno/list_joints.txt").unlink()
    (one / "Anno/list_joints.txt").mkdir()
    assert broken(folder) == [f"{one / 'Anno/list_joints.txt'}: found a folder, expected a file"]
