"""The annotation files of the four benchmarks, read and checked beside `pandas.read_csv` of the same files.

make bench takes 7 % of the official row counts, `WHOLE=1 make bench` all of them: list_attr_img.txt is then 289,222 x
1,000, and the memory of a process that reads nothing else is held against its limit. There are no photos.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from memory import peak_gigabytes
from official_files import write_official

from fashionnet.check import check
from fashionnet.formats import OFFICIAL, read_list_attr_img

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3600)]

WHOLE = "WHOLE" in os.environ
SHARE, ROUNDS = (1.0, 2) if WHOLE else (0.07, 7)
ATTRIBUTES = 1_000
LIMITS = {"labels": 1.0, "all": 2.0}  # gigabytes at the official size
MOST_COLUMNS = {"list_landmarks": 27, "list_joints": 45}  # pandas has to be told where rows differ in length

SPACES_AT_THE_END = ("list_eval_partition", "list_color_cloth", "train", "val", "test")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("official")
    write_official(folder, SHARE)
    yield folder
    shutil.rmtree(folder)  # a gigabyte, which pytest would keep


def labels_path(data):
    return data / OFFICIAL["category_attribute"] / "Anno_coarse/list_attr_img.txt"


def by_pandas(path):
    """As fast as its C parser gets: one space as separator and more of them skipped, not a pattern of spaces."""
    if path.suffix == ".json":
        return pd.read_json(path)
    if path.stem in ("list_attr_cloth", "list_category_cloth"):  # names with spaces
        return pd.read_csv(path, sep="\t", skiprows=2, header=None)
    above = 0 if not path.stem.startswith("list_") else 1 if path.stem.startswith("list_item") else 2
    most = next((range(count) for stem, count in MOST_COLUMNS.items() if path.stem.startswith(stem)), None)
    # Where rows end in spaces that way finds a column too many.
    spaces = {"sep": r"\s+"} if path.stem in SPACES_AT_THE_END else {"sep": " ", "skipinitialspace": True}
    return pd.read_csv(path, **spaces, skiprows=above, header=None, names=most)


def read_and_check(data):
    """All that `fashionnet check` does but open photos; its report."""
    lines = []
    with mock.patch("fashionnet.check.decode", return_value={}):
        assert check(data, lines.append), "\n".join(lines)
    return lines


def test_attribute_labels_are_read_5_times_as_fast_as_by_pandas(beside, data):
    path = labels_path(data)
    read, theirs = read_list_attr_img(path, ATTRIBUTES), by_pandas(path)
    assert read.image_name == theirs[0].tolist()
    for start in range(0, len(theirs), 10_000):
        some = theirs.iloc[start : start + 10_000, 1:].to_numpy(np.int8)
        np.testing.assert_array_equal(read.values[start : start + 10_000], some)
    what = f"list_attr_img.txt read and checked, {len(read.image_name):,} × {ATTRIBUTES:,} labels"
    del read, theirs, some
    beside(
        lambda: read_list_attr_img(path, ATTRIBUTES), lambda: by_pandas(path), what, "pandas.read_csv, unchecked",
        least=5, rounds=ROUNDS,
    )  # fmt: skip


def test_all_files_are_read_and_checked_in_twice_the_time_that_pandas_takes_to_read_them(beside, data):
    paths = [path for path in data.glob("*/*/*") if path.suffix in (".txt", ".json")]

    def pandas():
        for path in paths:
            by_pandas(path)

    lines = read_and_check(data)
    if WHOLE:
        assert [line.split(None, 1)[1] for line in lines if line.startswith("  official ")] == ["complete"] * 4
    what = f"all annotation files of the four benchmarks read and checked, {SHARE:.0%} of the official rows"
    beside(lambda: read_and_check(data), pandas, what, "pandas.read_csv, unchecked", least=0.5, rounds=ROUNDS)


@pytest.mark.skipif(not WHOLE, reason="of the official size: WHOLE=1 make bench")
@pytest.mark.parametrize("what", LIMITS)
def test_memory_at_the_official_size(within, data, what):
    measured = json.loads(subprocess.check_output([sys.executable, __file__, what, data]))
    names = {"labels": "list_attr_img.txt alone in a process", "all": "all annotation files alone in a process"}
    within(names[what], measured["seconds"], measured["gigabytes"], most_gigabytes=LIMITS[what])


def alone(what, data):
    start = time.perf_counter()
    if what == "labels":
        read_list_attr_img(labels_path(data), ATTRIBUTES)
    else:
        read_and_check(data)
    return {"seconds": time.perf_counter() - start, "gigabytes": peak_gigabytes()}


if __name__ == "__main__":
    print(json.dumps(alone(sys.argv[1], Path(sys.argv[2]))))
