"""Packed crops: what is read is what was written, in either storage, and no file is trusted beyond what it holds."""

from __future__ import annotations

import io
import pickle
import tracemalloc
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from factories import make_prepared, make_settings
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, JpegImagePlugin
from safetensors.numpy import load_file

from fashionnet.baselines.features import colour_grid
from fashionnet.predict import predict_benchmarks
from fashionnet.predictions import load_predictions
from fashionnet.prepare import load_prepared
from fashionnet.prepare.crops import OFFSETS, PACKED, Chosen, encode, open_crops, save_offsets, stored
from fashionnet.prepare.tables import save_prepared
from fashionnet.training import data_hash, load, train

STORAGES = ("raw", "jpeg")
COUNT, SIDE = 9, 40


@cache
def pictures():
    """(COUNT, SIDE, SIDE, 3): smooth, as photographs are."""
    return make_prepared(COUNT, seed=3, image_size=SIDE, benchmarks=["landmarks"]).crops


def write(folder, crops, storage):
    codes = [encode(crop, storage) for crop in crops]
    folder.mkdir(exist_ok=True)
    (folder / PACKED).write_bytes(b"".join(codes))
    save_offsets(folder, map(len, codes), storage)
    return open_crops(folder, crops.shape, storage)


def by_pillow(crops):
    return np.stack([np.asarray(Image.open(io.BytesIO(encode(crop, "jpeg")))) for crop in crops])


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """storage → the crops, and the array that they should be."""
    folder = tmp_path_factory.mktemp("crops")
    expected = {"raw": pictures(), "jpeg": by_pillow(pictures())}
    return {storage: (write(folder / storage, pictures(), storage), expected[storage]) for storage in STORAGES}


def test_raw_crops_are_the_pixels_and_jpegs_are_near_them(packed):
    crops, _ = packed["raw"]
    assert crops[:].tobytes() == pictures().tobytes()
    assert not crops.flags.writeable
    error = packed["jpeg"][0][:].astype(float) - pictures()
    assert np.sqrt((error**2).mean((1, 2, 3))).max() < 2.5  # of 255 steps


def test_jpegs_keep_colour_at_full_resolution():
    with Image.open(io.BytesIO(encode(pictures()[0], "jpeg"))) as photo:
        assert JpegImagePlugin.get_sampling(photo) == 0  # 4:4:4
    reds = np.zeros((SIDE, SIDE, 3), np.uint8)
    reds[:, ::2, 0] = 200  # lines of a pixel, whose colour half a resolution would mix
    assert np.abs(by_pillow(reds[None])[0].astype(int) - reds).max() < 30


INDICES = st.one_of(
    st.integers(-COUNT, COUNT - 1),
    st.integers(-COUNT, COUNT - 1).map(np.int64),
    st.slices(COUNT),
    st.lists(st.integers(-COUNT, COUNT - 1), max_size=12).map(lambda rows: np.array(rows, np.int64)),
    st.lists(st.booleans(), min_size=COUNT, max_size=COUNT).map(np.array),
)


@pytest.mark.parametrize("storage", STORAGES)
@given(rows=INDICES)
def test_rows_are_those_of_an_array(packed, storage, rows):
    crops, expected = packed[storage]
    found = crops[rows]
    assert isinstance(found, np.ndarray)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, expected[rows], strict=True)


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("rows", [COUNT, -COUNT - 1, np.array([0, COUNT])])
def test_rows_that_are_not_there_are_refused(packed, storage, rows):
    with pytest.raises(IndexError):
        packed[storage][0][rows]


@pytest.mark.parametrize("storage", STORAGES)
def test_length_shape_and_the_crops_one_by_one(packed, storage):
    crops, expected = packed[storage]
    assert len(crops) == COUNT
    assert crops.shape == (COUNT, SIDE, SIDE, 3)
    np.testing.assert_array_equal(np.stack(list(crops)), expected)


@pytest.mark.parametrize("storage", STORAGES)
@given(rows=st.lists(st.integers(0, COUNT - 1), max_size=12), own=st.slices(12))
def test_chosen_crops_are_those_of_their_rows(packed, storage, rows, own):
    crops, expected = packed[storage]
    chosen = Chosen(crops, np.array(rows, np.int64))
    assert chosen.shape == (len(chosen), SIDE, SIDE, 3)
    assert len(chosen) == len(rows)
    np.testing.assert_array_equal(chosen[own], expected[np.array(rows, np.int64)][own], strict=True)


@pytest.mark.parametrize("storage", STORAGES)
def test_no_crops_at_all(tmp_path, storage):
    crops = write(tmp_path, np.empty((0, SIDE, SIDE, 3), np.uint8), storage)
    assert len(crops) == 0
    assert crops[:5].shape == (0, SIDE, SIDE, 3)


def test_nothing_is_decoded_that_is_not_asked_for(tmp_path, monkeypatch):
    many = np.repeat(pictures()[:1], 300, 0)
    write(tmp_path, many, "jpeg")
    one = many[0].nbytes
    tracemalloc.start()
    crops = open_crops(tmp_path, many.shape, "jpeg")
    crops[10:13]
    last = crops[-1]
    assert stored(crops, np.array([1, 4])) == 2 * encode(many[0], "jpeg")
    assert tracemalloc.get_traced_memory()[1] < 10 * one + len(crops) * 8 * 4  # and the offsets
    tracemalloc.stop()
    np.testing.assert_array_equal(last, by_pillow(many[:1])[0])
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("decoded"))
    prepared = replace(make_prepared(75, image_size=SIDE), crops=crops)
    assert data_hash(prepared) == data_hash(prepared)


@pytest.mark.parametrize("storage", STORAGES)
def test_a_changed_crop_changes_the_hash_of_the_data(tmp_path, storage):
    prepared = make_prepared(8, image_size=SIDE)
    [row] = prepared.rows("landmarks", "train")[:1]
    changed = prepared.crops.copy()
    changed[row, 10:20, 10:20] ^= 64
    crops = [write(tmp_path / name, of, storage) for name, of in (("one", prepared.crops), ("two", changed))]
    assert len({data_hash(replace(prepared, crops=of)) for of in crops}) == 2


def test_raw_crops_are_hashed_as_the_array_that_they_are(tmp_path):
    prepared = make_prepared(8, image_size=SIDE)
    mapped = write(tmp_path, prepared.crops, "raw")
    assert data_hash(replace(prepared, crops=mapped)) == data_hash(prepared)


def offsets_of(folder):
    return np.load(folder / OFFSETS)


DAMAGE = {
    "pixels cut off": lambda folder: (folder / PACKED).write_bytes((folder / PACKED).read_bytes()[:-1]),
    "pixels added": lambda folder: (folder / PACKED).write_bytes((folder / PACKED).read_bytes() + b"\0"),
    "empty": lambda folder: (folder / PACKED).write_bytes(b""),
}
OFFSET_DAMAGE = {
    "one too few": lambda offsets: offsets[:-1],
    "one too many": lambda offsets: np.append(offsets, offsets[-1] + 1),
    "not from 0": lambda offsets: np.append(1, offsets[1:]),
    "falling": lambda offsets: offsets[[0, 2, 1, *range(3, COUNT + 1)]],
    "an empty crop": lambda offsets: offsets[[0, 1, 1, *range(3, COUNT + 1)]],
    "beyond the file": lambda offsets: np.append(offsets[:-1], 2**62),
    "negative": lambda offsets: -offsets,
    "another type": lambda offsets: offsets.astype(np.float64),
    "a table": lambda offsets: offsets[:, None],
}


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_file_of_another_length_is_refused(tmp_path, storage, damage):
    write(tmp_path, pictures(), storage)
    DAMAGE[damage](tmp_path)
    with pytest.raises(ValueError, match=r"crops\.bin: found \d+ bytes, expected \d+; prepare again"):
        open_crops(tmp_path, pictures().shape, storage)


@pytest.mark.parametrize("damage", OFFSET_DAMAGE)
def test_offsets_that_do_not_fit_are_refused(tmp_path, damage):
    write(tmp_path, pictures(), "jpeg")
    np.save(tmp_path / OFFSETS, OFFSET_DAMAGE[damage](offsets_of(tmp_path)))
    with pytest.raises(ValueError, match="prepare again"):
        open_crops(tmp_path, pictures().shape, "jpeg")


def unpickled():
    raise AssertionError("unpickled")


class Bomb:
    def __reduce__(self):
        return unpickled, ()


def huge():
    """The header of an array that is far larger than its file."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "<i8", "fortran_order": False, "shape": (2**40,)})
    return file.getvalue() + b"\0" * 64


@pytest.mark.parametrize(
    "content", [b"", b"junk", pickle.dumps(Bomb()), huge()], ids=["empty", "junk", "pickle", "huge"]
)
def test_offsets_that_are_no_array_are_refused_and_never_unpickled(tmp_path, content):
    write(tmp_path, pictures(), "jpeg")
    (tmp_path / OFFSETS).write_bytes(content)
    with pytest.raises(ValueError, match=r"crops\.offsets\.npy: found no array, expected offsets; prepare again"):
        open_crops(tmp_path, pictures().shape, "jpeg")


def test_missing_files_are_named(tmp_path):
    for storage in STORAGES:
        with pytest.raises(FileNotFoundError, match=PACKED):
            open_crops(tmp_path, pictures().shape, storage)
    write(tmp_path, pictures(), "jpeg")
    (tmp_path / OFFSETS).unlink()
    with pytest.raises(FileNotFoundError, match=OFFSETS):
        open_crops(tmp_path, pictures().shape, "jpeg")


def test_a_storage_that_is_none_is_refused(tmp_path):
    write(tmp_path, pictures(), "raw")
    with pytest.raises(ValueError, match="stored as 'png', expected raw or jpeg"):
        open_crops(tmp_path, pictures().shape, "png")


@pytest.mark.parametrize("damage", ["shifted", "overwritten", "another size"])
def test_a_crop_that_is_damaged_is_named_when_it_is_read(tmp_path, damage):
    write(tmp_path, pictures(), "jpeg")
    offsets, content = offsets_of(tmp_path), bytearray((tmp_path / PACKED).read_bytes())
    start, end = offsets[2:4]
    if damage == "shifted":  # they rise and end with the file, but begin elsewhere
        offsets[2] -= 5
        start -= 5
        np.save(tmp_path / OFFSETS, offsets)
    if damage == "overwritten":
        content[start : start + 4] = b"\0\0\0\0"
    if damage == "another size":
        small = encode(pictures()[2][:16, :16], "jpeg")
        content[start:end] = small + b"\0" * (end - start - len(small))
    (tmp_path / PACKED).write_bytes(content)
    crops = open_crops(tmp_path, pictures().shape, "jpeg")
    crops[3:]
    with pytest.raises(ValueError, match=rf"crops\.bin, bytes {start} to {end}: found .*, expected a JPEG .*again"):
        crops[2]


def test_offsets_are_whole_or_not_there(tmp_path):
    def lengths():
        yield 3
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save_offsets(tmp_path, lengths(), "jpeg")
    assert not list(tmp_path.iterdir())


def test_training_and_prediction_see_what_jpegs_decode_to(tmp_path):
    """From jpeg storage: the very network and predictions that the decoded pixels give from raw storage."""
    made = make_prepared(16, seed=5, image_size=32)
    settings = make_settings()
    found = {}
    for storage, crops in (("jpeg", made.crops), ("raw", by_pillow(made.crops))):
        folder = tmp_path / storage
        write(folder, crops, storage)
        save_prepared(made, folder, storage)
        prepared = load_prepared(folder)
        train(prepared, settings, "fashionnet", folder / "model", folder / "checkpoints", lambda _: None, max_steps=3)
        predict_benchmarks(prepared, load(folder / "model"), settings, folder / "predictions", show=lambda _: None)
        found[storage] = (
            load_file(folder / "model/weights.safetensors"),
            load_predictions(folder / "predictions/consumer_to_shop.npz"),
            {"colour": colour_grid(prepared.crops, threads=1)},
        )
    for jpeg, raw in zip(found["jpeg"], found["raw"], strict=True):
        assert jpeg.keys() == raw.keys()
        for name in raw:
            np.testing.assert_array_equal(jpeg[name], raw[name], err_msg=name)
