"""What the official files do that a tidy format would not, each on a few lines written by hand."""

import json

import numpy as np
import pytest

from fashionnet import formats
from fashionnet.formats import FormatError, layout


def write(path, *lines, newline="\n", bom=False):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((newline.join(lines) + newline).encode("utf-8-sig" if bom else "utf-8"))
    return path


def test_zero_padded_numbers_and_runs_of_spaces(tmp_path):
    path = write(
        tmp_path / "list_bbox.txt",
        "2",
        "image_name  x_1  y_1  x_2  y_2",
        "img/Sheer_Pleated-Front_Blouse/img_00000001.jpg                        072 079 232 273",
        "img/2-in-1_Space_Dye_Athletic_Tank/img_00000002.jpg\t000   008\t064 300   ",
    )
    assert formats.read_list_bbox(path).iloc[:, 1:].to_numpy().tolist() == [[72, 79, 232, 273], [0, 8, 64, 300]]


def test_the_box_may_end_where_the_photo_does_and_no_further(tmp_path):
    path = write(
        tmp_path / "list_bbox.txt",
        "3",
        "image_name  x_1  y_1  x_2  y_2",
        "img/a.jpg 000 000 200 300",
        "img/unknown.jpg 0 0 900 900",
        "img/b.jpg 000 000 201 300",
    )
    sizes = {"img/a.jpg": (200, 300), "img/b.jpg": (201, 300)}
    assert len(formats.read_list_bbox(path, sizes)) == 3
    with pytest.raises(FormatError) as caught:
        formats.read_list_bbox(path, sizes | {"img/b.jpg": (200, 300)})
    expected = "found the box 0 0 201 300, expected a box inside its photo of 200 x 300 pixels"
    assert str(caught.value) == f"{path}:5: {expected}"


def test_names_with_spaces_end_before_the_type(tmp_path):
    path = write(
        tmp_path / "list_attr_cloth.txt",
        "4",
        "attribute_name  attribute_type",
        "a-line                       3",
        "abstract chevron print       1",
        "90s 1",  # no double space before the type, and it ends in no letter
        "top 10 5",
    )
    read = formats.read_list_attr_cloth(path, "category_attribute")
    assert read["attribute_name"].tolist() == ["a-line", "abstract chevron print", "90s", "top 10"]
    assert read["attribute_type"].tolist() == [3, 1, 1, 5]


def test_attribute_names_without_types(tmp_path):
    path = write(tmp_path / "list_attr_cloth.txt", "3", "attribute_name", "cotton blend", "size 10", "v-neck")
    assert formats.read_list_attr_cloth(path, "in_shop").to_dict("list") == {
        "attribute_name": ["cotton blend", "size 10", "v-neck"]
    }


def test_attribute_names_with_bom_and_crlf_in_two_languages(tmp_path):
    lines = ["2", "attribute_name", "棉 cotton", "蕾丝  lace"]
    path = write(tmp_path / "list_attr_cloth.txt", *lines, newline="\r\n", bom=True)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf2\r\n")
    read = formats.read_list_attr_cloth(path, "consumer_to_shop")
    assert read.to_dict("list") == {"attribute_name_chinese": ["棉", "蕾丝"], "attribute_name": ["cotton", "lace"]}


def test_where_the_chinese_name_ends(tmp_path):
    path = write(
        tmp_path / "list_attr_cloth.txt",
        "6",
        "attribute_name  attribute_type",
        "超短 (小于31cm)   ultra short   12",  # two words, the second in brackets
        "V领 V neck 3",
        "3D 3D 3",  # no Chinese letter, and still in the first column
        "棉 3",  # one name only
        "长款 （61cm） (long) 12",  # nothing is left that would be English
        "其他 other 12",
        newline="\r\n",
        bom=True,
    )
    read = formats.read_list_attr_cloth(path, "consumer_to_shop")
    assert read["attribute_name_chinese"].tolist() == ["超短 (小于31cm)", "V领", "3D", "", "", "其他"]
    assert read["attribute_name"].tolist() == ["ultra short", "V neck", "3D", "棉", "长款 （61cm） (long)", "other"]
    assert read["attribute_type"].tolist() == [12, 3, 3, 3, 12, 12]


def test_names_in_one_language_stay_whole(tmp_path):
    path = write(
        tmp_path / "list_attr_cloth.txt", "2", "attribute_name", "v neck", "(faux) fur", newline="\r\n", bom=True
    )
    read = formats.read_list_attr_cloth(path, "consumer_to_shop")
    assert read.to_dict("list") == {"attribute_name": ["v neck", "(faux) fur"]}


def test_categories_that_are_listed_and_label_no_photo(tmp_path):
    listed = write(
        tmp_path / "list_category_cloth.txt", "3", "category_name category_type", "Cape 3", "Dress 3", "Tee 1"
    )
    labels = write(tmp_path / "i.txt", "2", "image_name category_label", "img/a.jpg 2", "img/b.jpg 3")
    categories = formats.read_list_category_cloth(listed)
    read = formats.read_list_category_img(labels, categories=len(categories))
    assert categories["category_name"].iloc[read["category_label"] - 1].tolist() == ["Dress", "Tee"]


def test_the_consumer_to_shop_file_is_written_as_it_comes(tmp_path):
    path = write(tmp_path / "in.txt", "1", "attribute_name", "棉 cotton", newline="\r\n", bom=True)
    formats.write_list_attr_cloth(
        tmp_path / "out.txt", formats.read_list_attr_cloth(path, "consumer_to_shop"), "consumer_to_shop"
    )
    assert (tmp_path / "out.txt").read_bytes() == path.read_bytes()


def test_item_lists_have_no_column_names(tmp_path):
    path = write(tmp_path / "list_item_inshop.txt", "3", "id_00000001", "id_00000002  ", "id_00000003")
    assert formats.read_list_item_inshop(path)["item_id"].tolist() == ["id_00000001", "id_00000002", "id_00000003"]
    assert formats.read_list_item_consumer2shop(path)["item_id"].tolist()[-1] == "id_00000003"


POINTS = " ".join(f"landmark_visibility_{k} landmark_location_x_{k} landmark_location_y_{k}" for k in range(1, 9))
UPPER = "0 001 002 1 003 004 2 000 000 0 -07 008 0 009 010 0 011 012"
LOWER = "0 001 002 0 003 004 0 005 006 1 007 008"


@pytest.mark.parametrize("promised", [True, False])
def test_landmarks_without_the_variation_type(tmp_path, promised):
    column = " variation_type" if promised else ""
    path = write(
        tmp_path / "list_landmarks.txt",
        "2",
        f"image_name clothes_type{column} {POINTS}",
        f"img/a.jpg 1 {UPPER}",
        f"img/b.jpg 2 {LOWER}",
    )
    read = formats.read_list_landmarks(path)
    assert read.table["variation_type"].tolist() == [0, 0]
    assert read.visibility.tolist() == [[0, 1, 2, 0, -1, -1, 0, 0], [-1, -1, -1, -1, 0, 0, 0, 1]]
    nan = [np.nan, np.nan]
    first = [[1, 2], [3, 4], [0, 0], [-7, 8], nan, nan, [9, 10], [11, 12]]
    np.testing.assert_array_equal(read.points[0], np.array(first, np.float32))
    np.testing.assert_array_equal(read.points[1], np.array([nan] * 4 + [[1, 2], [3, 4], [5, 6], [7, 8]], np.float32))


def test_landmarks_with_the_variation_type(tmp_path):
    rows = [f"img/a.jpg 1 5 {UPPER}", f"img/b.jpg 2 3 {LOWER}"]
    path = write(tmp_path / "l.txt", "2", f"image_name clothes_type variation_type {POINTS}", *rows)
    for benchmark in ("category_attribute", "landmarks"):
        assert formats.read_list_landmarks(path, benchmark).table["variation_type"].tolist() == [5, 3]


def test_whether_there_is_a_variation_type_is_decided_once(tmp_path):
    header = f"image_name clothes_type variation_type {POINTS}"
    odd = ["3", header, f"img/a.jpg 1 {UPPER}", f"img/b.jpg 2 3 {LOWER}", f"img/c.jpg 2 {LOWER}"]
    with pytest.raises(FormatError) as caught:
        formats.read_list_landmarks(write(tmp_path / "l.txt", *odd))
    assert (caught.value.line, caught.value.found) == (4, "15 columns")
    assert caught.value.expected == "14 columns: image_name clothes_type and 4 landmarks for clothes_type 2"

    odd[2] = f"img/a.jpg 1 2 {UPPER}"
    with pytest.raises(FormatError) as caught:
        formats.read_list_landmarks(write(tmp_path / "l.txt", *odd))
    assert (caught.value.line, caught.value.found) == (5, "14 columns")


@pytest.mark.parametrize(
    "names", ["image_name clothes_type", "image_name variation_type clothes_type v_visibility_1", POINTS]
)
def test_column_names_of_landmarks(tmp_path, names):
    path = write(tmp_path / "l.txt", "1", names, f"img/b.jpg 2 1 {LOWER}")
    with pytest.raises(FormatError, match=r"l\.txt:2: found 'image_name|l\.txt:2: found 'landmark"):
        formats.read_list_landmarks(path)


def test_no_person_occurs_in_the_retrieval_benchmarks_alone(tmp_path):
    header = f"image_name clothes_type variation_type {POINTS}"
    path = write(tmp_path / "l.txt", "1", header, f"img/b.jpg 2 6 {LOWER}")
    assert formats.read_list_landmarks_inshop(path).table["variation_type"].tolist() == [6]
    assert formats.read_list_landmarks_consumer2shop(path).table["variation_type"].tolist() == [6]
    with pytest.raises(FormatError, match="found '6', expected variation_type, a whole number from 1 to 5"):
        formats.read_list_landmarks(path, "landmarks")


def test_a_photo_may_stand_in_several_pairs_and_a_pair_once(tmp_path):
    header = "image_pair_name_1  image_pair_name_2  item_id  evaluation_status"
    pairs = [
        "img/DRESSES/id_1/comsumer_01.jpg  img/DRESSES/id_1/shop_01.jpg  id_1  train ",
        "img/DRESSES/id_1/comsumer_01.jpg  img/DRESSES/id_1/shop_02.jpg  id_1  train ",
        "img/DRESSES/id_1/comsumer_02.jpg  img/DRESSES/id_1/shop_01.jpg  id_1  train ",
    ]
    read = formats.read_list_eval_partition(write(tmp_path / "p.txt", "3", header, *pairs))
    assert list(read) == header.split()
    assert read["image_pair_name_1"].nunique() == read["image_pair_name_2"].nunique() == 2
    with pytest.raises(FormatError) as caught:
        formats.read_list_eval_partition(write(tmp_path / "p.txt", "4", header, *pairs, pairs[1]))
    assert caught.value.line == 6
    assert "again (as in line 4)" in caught.value.found


def test_elsewhere_a_photo_stands_once(tmp_path):
    rows = ["img/a.jpg train", "img/b.jpg val", "img/a.jpg test"]
    path = write(tmp_path / "p.txt", "3", "image_name evaluation_status", *rows)
    with pytest.raises(FormatError, match=r"p\.txt:5: found 'img/a\.jpg' again \(as in line 3\), expected each image"):
        formats.read_list_eval_partition(path)


def test_colours_of_several_words(tmp_path):
    path = write(tmp_path / "c.txt", "2", "image_name  color", "img/a.jpg  Black", "img/b.jpg  Light blue - white")
    assert formats.read_list_color_cloth(path)["color"].tolist() == ["Black", "Light blue - white"]


def test_a_description_may_be_a_list_of_lines(tmp_path):
    path = tmp_path / "list_description_inshop.json"
    entries = [
        {"item": "id_1", "color": "Cream", "description": ["A tee.", "Cotton."]},
        {"item": "id_1", "color": "Black", "description": "A tee."},
    ]
    path.write_text(json.dumps(entries))
    assert formats.read_list_description_inshop(path)["description"].tolist() == ["A tee.\nCotton.", "A tee."]


def test_labels_of_items_as_of_photos(tmp_path):
    path = write(tmp_path / "a.txt", "2", "item_id attribute_labels", "id_1  1 -1 0", "id_2 -1  0  1")
    read = formats.read_list_attr_items(path, attributes=3)
    assert read.item_id == ["id_1", "id_2"]
    assert read.values.tolist() == [[1, -1, 0], [-1, 0, 1]]


# Layout


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "Category and Attribute Prediction Benchmark"


def only(folder):
    (benchmark,) = layout.find_benchmarks(folder.parent).values()
    return benchmark


def test_files_under_their_official_names(folder):
    here = [
        write(folder / "Anno_coarse" / "list_bbox.txt", "0"),
        write(folder / "Eval" / "list_eval_partition.txt", "0"),
    ]
    here.append(write(folder / "Anno_fine" / "train_bbox.txt", "1 2 3 4"))
    write(folder / "Anno_fine" / "else.txt", "")
    benchmark = only(folder)
    assert (benchmark.name, benchmark.folder) == ("category_attribute", folder)
    names = ("Anno_coarse/list_bbox.txt", "Eval/list_eval_partition.txt", "Anno_fine/train_bbox.txt")
    assert benchmark.files == dict(zip(names, here, strict=True))


def test_a_folder_in_the_place_of_a_file_is_found_and_refused(folder):
    path = folder / "Anno_coarse/list_bbox.txt"
    path.mkdir(parents=True)
    assert only(folder).files == {"Anno_coarse/list_bbox.txt": path}
    with pytest.raises(FormatError, match=r"list_bbox\.txt: found a folder, expected a file"):
        formats.read_list_bbox(path)
    file = write(folder / "Anno/list_bbox.txt", "0")
    assert only(folder).files == {"Anno_coarse/list_bbox.txt": file}


def test_an_older_copy_in_other_letters(tmp_path):
    folder = tmp_path / "data" / "category and attribute prediction benchmark"
    path = write(folder / "anno" / "List_BBox.txt", "0")
    photo = write(folder / "IMG" / "Img" / "Tee_Shirt" / "IMG_1.JPG", "")
    benchmark = only(folder)
    assert benchmark.files == {"Anno_coarse/list_bbox.txt": path}
    assert benchmark.photo("img/tee_shirt/img_1.jpg") == photo


def test_newer_copies_have_attributes_in_a_folder_of_their_own(tmp_path):
    folder = tmp_path / "In-shop Clothes Retrieval Benchmark"
    path = write(folder / "Anno" / "attributes" / "list_attr_items.txt", "0")
    assert only(folder).files == {"Anno/list_attr_items.txt": path}


@pytest.mark.parametrize("place", ["Img/img", "Img", "img"])
def test_wherever_the_photos_were_extracted(folder, place):
    photo = write(folder / place / "Tee" / "1.jpg", "")
    assert only(folder).photo("img/Tee/1.jpg").samefile(photo)


def test_extracted_beside_the_archive(folder):
    write(folder / "Img" / "img.zip", "")
    photo = write(folder / "img" / "Tee" / "1.jpg", "")
    assert only(folder).photo("img/Tee/1.jpg").samefile(photo)


def test_the_exact_name_comes_first(folder):
    for name in ("A.jpg", "a.jpg", "a.JPG"):
        write(folder / "Img/img" / name, "")
    if len(list((folder / "Img/img").iterdir())) < 3:
        pytest.skip("this disk does not tell letter case apart")
    for name in ("A.jpg", "a.jpg", "a.JPG"):
        assert only(folder).photo(f"img/{name}").name == name


def test_a_photo_that_is_not_there_has_the_path_it_should_have(folder):
    write(folder / "Img/img/Tee/1.jpg", "")
    assert only(folder).photo("img/Tee/2.jpg") == folder / "Img/img/Tee/2.jpg"
    assert only(folder).photo("img/Dress/1.jpg") == folder / "Img/img/Dress/1.jpg"


def test_links_of_folders_are_fine_and_links_that_leave_are_not(tmp_path):
    real = tmp_path / "elsewhere"
    photo = write(real / "pictures/img/Tee/1.jpg", "")
    write(real / "secret/2.jpg", "")
    folder = real / "In-shop Clothes Retrieval Benchmark"
    folder.mkdir()
    (folder / "Img").symlink_to(real / "pictures")
    (photo.parent / "2.jpg").symlink_to(real / "secret/2.jpg")
    (photo.parent / "3.jpg").symlink_to("1.jpg")
    (real / "pictures/img/Out").symlink_to(real / "secret")
    (tmp_path / "data").symlink_to(real)
    benchmark = layout.find_benchmarks(tmp_path / "data")["in_shop"]
    for name in ("img/Tee/1.jpg", "img/Tee/3.jpg"):
        assert benchmark.photo(name).samefile(photo)
    for name in ("img/Tee/2.jpg", "img/Out/2.jpg"):
        with pytest.raises(ValueError, match="expected a photo inside"):
            benchmark.photo(name)


@pytest.mark.parametrize(
    "name", ["img/../../secret.jpg", "/etc/passwd", "img//etc/passwd", "img/./a.jpg", "img\\a.jpg"]
)
def test_image_paths_that_leave_are_refused(folder, name):
    write(folder / "Img/img/a.jpg", "")
    with pytest.raises(ValueError, match="expected an image path inside"):
        only(folder).photo(name)


def test_no_data_folder(tmp_path):
    assert layout.find_benchmarks(tmp_path) == {}
    with pytest.raises(FileNotFoundError, match="found no such folder, expected one"):
        layout.find_benchmarks(tmp_path / "absent")
