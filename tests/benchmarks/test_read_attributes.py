"""list_attr_img.txt with 20,000 photos of 1,000 attributes, read beside `pandas.read_csv`."""

import numpy as np
import pandas as pd
import pytest

from fashionnet.formats import AttributeLabels, read_list_attr_img, write_list_attr_img

pytestmark = pytest.mark.benchmark

PHOTOS, ATTRIBUTES = 20_000, 1_000


@pytest.fixture(scope="module")
def labels():
    rng = np.random.default_rng(0)
    values = rng.choice(np.array([1, 0, -1], np.int8), size=(PHOTOS, ATTRIBUTES), p=[0.0033, 0.0967, 0.9])
    return AttributeLabels([f"img/Sheer_Blouse_{k // 50}/img_{k:08d}.jpg" for k in range(PHOTOS)], values)


@pytest.fixture(scope="module")
def path(labels, tmp_path_factory):
    path = tmp_path_factory.mktemp("attributes") / "list_attr_img.txt"
    write_list_attr_img(path, labels)
    return path


def by_pandas(path):
    # Its C parser at its fastest: int8 asked for takes a fifth longer than the int64 it finds by itself.
    return pd.read_csv(path, sep=r"\s+", skiprows=2, header=None)


def test_reading_attribute_labels(beside, path, labels):
    read = read_list_attr_img(path, ATTRIBUTES)
    np.testing.assert_array_equal(read.values, labels.values)
    np.testing.assert_array_equal(by_pandas(path).iloc[:, 1:].to_numpy(), labels.values)
    what = f"list_attr_img.txt read and checked, {PHOTOS:,} photos × {ATTRIBUTES:,} attributes"
    beside(lambda: read_list_attr_img(path, ATTRIBUTES), lambda: by_pandas(path), what, "pandas.read_csv", least=2)
