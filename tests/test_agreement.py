"""What a benchmark's files say in two ways is said; a file that nothing is made of is read all the same."""

from __future__ import annotations

import shutil

import pytest

from fashionnet.formats import FormatError
from fashionnet.formats.layout import FILES, OFFICIAL, find_benchmarks
from fashionnet.prepare.rows import read_rows

PARTITION = "Eval/list_eval_partition.txt"


@pytest.fixture
def copied(tiny_sample, tmp_path):
    """A function from a benchmark's name to a copy of its label files; read_rows opens no photo."""

    def copy(name):
        folder = tmp_path / OFFICIAL[name]
        shutil.copytree(tiny_sample / OFFICIAL[name], folder, ignore=shutil.ignore_patterns("img", "*.jpg"))
        (folder / "Img/img").mkdir(parents=True, exist_ok=True)
        return folder

    return copy


def rows_of(folder, name):
    return read_rows(find_benchmarks(folder.parent)[name])


def change(path, line, edit):
    """Rewrite the words of a file's line, counted from 0 below its two lines of head."""
    lines = path.read_text(encoding="utf-8").splitlines()
    words = lines[2 + line].split()
    lines[2 + line] = " ".join(edit(words))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return words


@pytest.mark.parametrize("name", OFFICIAL)
def test_the_sample_agrees_with_itself(copied, name):
    assert rows_of(copied(name), name).missing == {}


def test_an_item_of_two_splits_is_named(copied):
    folder = copied("in_shop")
    words = change(folder / PARTITION, 0, lambda words: [*words[:2], "gallery" if words[2] == "train" else "train"])
    assert rows_of(folder, "in_shop").missing == {"photos or items in two splits": words[1]}


def test_a_clothes_type_that_two_files_do_not_agree_on_is_named(copied):
    folder = copied("in_shop")
    words = change(
        folder / "Anno/list_bbox_inshop.txt", 3, lambda words: [words[0], str(int(words[1]) % 3 + 1), *words[2:]]
    )
    missing = rows_of(folder, "in_shop").missing
    assert missing == {"photos or items of another clothes type in list_bbox and list_landmarks": words[0]}


def test_swapped_sources_are_named(copied):
    folder = copied("consumer_to_shop")
    path = folder / "Anno/list_bbox_consumer2shop.txt"
    count = int(path.read_text().splitlines()[0])
    for line in range(count):
        change(path, line, lambda words: [*words[:2], str(3 - int(words[2])), *words[3:]])
    [(what, names)] = rows_of(folder, "consumer_to_shop").missing.items()
    assert what == "photos or items of another source type in list_bbox than its side of the pairs"
    assert names.endswith(f"and {count - 3} more")


def test_without_boxes_the_pairs_say_which_photo_is_the_consumers(copied):
    folder = copied("consumer_to_shop")
    before = rows_of(folder, "consumer_to_shop").table.set_index("image_name")["source_type"]
    assert set(before) == {1, 2}
    (folder / "Anno/list_bbox_consumer2shop.txt").unlink()
    after = rows_of(folder, "consumer_to_shop").table.set_index("image_name")["source_type"]
    assert after.equals(before)


@pytest.mark.parametrize("name", OFFICIAL)
def test_every_label_file_is_read(copied, name):
    folder = copied(name)
    for official in FILES[name]:
        path = folder / official
        whole = path.read_bytes()
        path.write_bytes(b"garbage\0\n../../etc\n")
        with pytest.raises(FormatError, match=path.name):
            rows_of(folder, name)
        path.write_bytes(whole)
    assert rows_of(folder, name).missing == {}
