"""Predictions on disk: the same bytes, the same arrays back, and files that are something else."""

import time

import numpy as np
import pytest
from factories import make_prepared

from fashionnet.predictions import aligned, contents, load_predictions, read_systems, save_predictions

NAMES = np.array(["img/a.jpg", "img/with/a longer/name.jpg"])


def arrays():
    rng = np.random.default_rng(0)
    return {"category": rng.random((2, 3)), "landmarks": rng.random((2, 8, 2)), "feature": rng.random((2, 4))}


def match(photos=2, units=3):
    rng = np.random.default_rng(1)
    return {
        "match_query": rng.random((photos, units)),
        "match_gallery": rng.random((photos, units)),
        "match_weights": rng.random(units),
    }


def test_arrays_come_back_as_float32(tmp_path):
    save_predictions(tmp_path / "own/in_shop.npz", NAMES, arrays())
    found = load_predictions(tmp_path / "own/in_shop.npz")
    assert found["image_name"].tolist() == NAMES.tolist()
    for name, array in arrays().items():
        np.testing.assert_array_equal(found[name], array.astype(np.float32))
    assert found.keys() == {"image_name", *arrays()}
    assert read_systems(tmp_path, "in_shop").keys() == {"own"}
    assert read_systems(tmp_path, "landmarks") == {}


def test_a_match_comes_back_and_its_weights_are_not_by_photo(tmp_path):
    save_predictions(tmp_path / "in_shop.npz", NAMES, arrays() | match())
    found = load_predictions(tmp_path / "in_shop.npz")
    for name, array in match().items():
        np.testing.assert_array_equal(found[name], array.astype(np.float32))
    table = contents(tmp_path)
    assert table.loc["in_shop", ["match_query", "match_gallery", "match_weights"]].tolist() == ["2 × 3", "2 × 3", "3"]


def test_a_match_is_aligned_by_photo_and_its_weights_are_left():
    prepared = make_prepared(photos=16)
    names = prepared.photos["image_name"].to_numpy(dtype=str)[prepared.rows("in_shop", "test")]
    given, order = match(len(names), len(names)), np.random.default_rng(0).permutation(len(names))
    shuffled = {name: array if name == "match_weights" else array[order] for name, array in given.items()}
    found = aligned(prepared, "in_shop", {"wtbi": {"image_name": names[order], **shuffled}})["wtbi"]
    for name, array in given.items():
        np.testing.assert_array_equal(found[name], array)


def test_the_same_arrays_are_the_same_bytes_at_another_time(tmp_path, monkeypatch):
    save_predictions(tmp_path / "a.npz", NAMES, arrays())
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000)
    save_predictions(tmp_path / "b.npz", NAMES, arrays())
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_benchmark_without_photos(tmp_path):
    save_predictions(tmp_path / "in_shop.npz", np.array([], dtype=str), {})
    assert load_predictions(tmp_path / "in_shop.npz")["image_name"].shape == (0,)


def test_contents_lists_shapes(tmp_path):
    save_predictions(tmp_path / "in_shop.npz", NAMES, arrays())
    table = contents(tmp_path)
    assert table.loc["in_shop", "landmarks"] == "2 × 8 × 2"
    assert table.columns.tolist() == ["category", "landmarks", "feature"]


@pytest.mark.parametrize(
    ("names", "array", "message"),
    [
        (NAMES, {"scores": np.zeros((2, 3))}, "an array 'scores'"),
        (NAMES, {"category": np.zeros((3, 3))}, r"category \(3, 3\)"),
        (NAMES, {"landmarks": np.zeros((2, 7, 2))}, r"landmarks \(2, 7, 2\)"),
        (NAMES[:, None], {}, "image_name"),
        (NAMES, {"match_query": np.zeros((2, 3))}, "found match_query, expected all of match_query, match_gallery"),
        (NAMES, {"match_weights": np.zeros(3)}, "found match_weights, expected all"),
        (NAMES, match() | {"match_weights": np.zeros(4)}, r"match_weights \(4,\) of float32, expected \(3\)"),
        (NAMES, match() | {"match_gallery": np.zeros((2, 4))}, r"match_gallery \(2, 4\) of float32, expected \(2, 3\)"),
        (NAMES, match() | {"match_weights": np.zeros((2, 3))}, r"match_weights \(2, 3\)"),
    ],
)
def test_other_arrays_are_refused(tmp_path, names, array, message):
    with pytest.raises(ValueError, match=message):
        save_predictions(tmp_path / "in_shop.npz", names, array)
    assert not list(tmp_path.iterdir())


def test_files_of_another_kind_are_refused_and_never_unpickled(tmp_path):
    class Trap:
        def __reduce__(self):
            return (tmp_path.joinpath("sprung").touch, ())

    np.savez(tmp_path / "pickled.npz", image_name=np.array([Trap()], dtype=object))
    (tmp_path / "text.npz").write_text("no archive")
    (tmp_path / "empty.npz").touch()
    np.savez(tmp_path / "other.npz", image_name=NAMES, category=np.zeros((2, 3)))
    np.save(tmp_path / "single.npy", np.zeros(3))
    (tmp_path / "single.npy").rename(tmp_path / "single.npz")
    for path in sorted(tmp_path.glob("*.npz")):
        with pytest.raises(ValueError, match=path.name):
            load_predictions(path)
    assert not (tmp_path / "sprung").exists()
