"""Predictions: from pixels and boxes alone, in photo pixels, the same bytes each time."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from factories import make_prepared, make_settings

from fashionnet.batches import DEVIATION, MEAN, normalised
from fashionnet.networks import FashionNet
from fashionnet.predict import predict, predict_benchmarks
from fashionnet.prepare.tables import BENCHMARKS


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FashionNet(5, 10, width=0.05, batch_norm=True, image_size=32, dropout=0.5)


@pytest.fixture(scope="module")
def prepared():
    return make_prepared(16, seed=6)


def write(prepared, network, folder):
    predict_benchmarks(prepared, network, make_settings(), folder, lambda _: None)
    return {name: (folder / f"{name}.npz").read_bytes() for name in BENCHMARKS}


def test_predictions_are_the_networks_outputs(network, prepared):
    found = predict(network, prepared.crops, batch_size=7)
    images = (prepared.crops / 255 - np.array(MEAN)) / np.array(DEVIATION)
    network.eval()
    with torch.no_grad():
        output = network(torch.from_numpy(images.transpose(0, 3, 1, 2)).float())
    network.train()
    close = {"rtol": 1e-4, "atol": 1e-5}
    for name in ("landmarks", "category", "attributes", "feature"):
        np.testing.assert_allclose(found[name], getattr(output, name).numpy(), **close)
    logits = output.visibility.numpy().astype(float)
    np.testing.assert_allclose(found["visibility"], np.exp(logits[..., 0]) / np.exp(logits).sum(2), **close)
    assert {value.dtype for value in found.values()} == {np.dtype("float32")}


def test_predicting_changes_nothing_in_the_network_and_has_no_chance_in_it(network, prepared):
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network.train()
    first, second = predict(network, prepared.crops), predict(network, prepared.crops)
    assert network.training
    assert all(before[name].equal(value) for name, value in network.state_dict().items())
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_no_photos_give_arrays_without_rows(network):
    found = predict(network, np.empty((0, 32, 32, 3), np.uint8))
    assert {name: value.shape for name, value in found.items()} == {
        "landmarks": (0, 8, 2),
        "visibility": (0, 8),
        "category": (0, 5),
        "attributes": (0, 10),
        "feature": (0, 51),
    }


def test_files_hold_the_test_rows_in_order_with_landmarks_in_photo_pixels(network, prepared, tmp_path):
    write(prepared, network, tmp_path)
    for benchmark in BENCHMARKS:
        rows = prepared.rows(benchmark, "test")
        photos = prepared.photos.iloc[rows]
        with np.load(tmp_path / f"{benchmark}.npz", allow_pickle=False) as found:
            assert found["image_name"].tolist() == photos["image_name"].tolist()
            assert found["category"].shape == (len(rows), 5)
            expected = predict(network, prepared.crops[rows])["landmarks"].astype(float)
            for n, (_, photo) in enumerate(photos.iterrows()):
                expected[n] = expected[n] * photo["crop_side"] + [photo["crop_x"], photo["crop_y"]]
            np.testing.assert_allclose(found["landmarks"], expected, rtol=1e-5, atol=1e-3)
            assert found["landmarks"].dtype == np.float32


def test_an_absent_benchmark_and_untrained_outputs_are_left_out(prepared, tmp_path):
    part = make_prepared(16, benchmarks=["in_shop"])
    network = FashionNet(0, 0, width=0.05, image_size=32)
    network.untrained = frozenset({"landmarks", "visibility"})
    write(part, network, tmp_path)
    with np.load(tmp_path / "landmarks.npz") as found:
        assert found.files == ["image_name"]
        assert len(found["image_name"]) == 0
    with np.load(tmp_path / "in_shop.npz") as found:
        assert found.files == ["image_name", "feature"]


def test_the_same_network_gives_the_same_bytes(network, prepared, tmp_path):
    assert write(prepared, network, tmp_path / "one") == write(prepared, network, tmp_path / "two")


def test_landmarks_and_labels_of_the_test_rows_are_not_used(network, prepared, tmp_path):
    test = np.flatnonzero(prepared.photos["split"] == "test")
    photos = prepared.photos.copy()
    photos.loc[test, ["category", "clothes_type", "source_type", "pose_type", "variation_type"]] = 1
    photos.loc[test, ["attributed", "landmarked", "jointed"]] = False
    photos.loc[test, "item"] = [f"other {i}" for i in range(len(test))]
    arrays = {}
    for name in ("landmarks", "visibility", "joints", "joint_visibility", "attributes"):
        arrays[name] = np.array(getattr(prepared, name))
        arrays[name][test] = 0
    changed = dataclasses.replace(prepared, photos=photos, **arrays)
    assert write(changed, network, tmp_path / "changed") == write(prepared, network, tmp_path / "true")


def test_larger_crops_are_shrunk_to_the_picture_that_the_network_takes(network):
    crops = make_prepared(6, image_size=64).crops[:6]
    halves = crops.reshape(6, 32, 2, 32, 2, 3).astype(np.float64).mean((2, 4))
    images = torch.from_numpy(halves / 255).permute(0, 3, 1, 2).float()
    found = predict(network, crops)
    with torch.inference_mode():
        output = network.eval()(normalised(images))
    np.testing.assert_allclose(found["feature"], output.feature.numpy(), atol=1e-5)
    np.testing.assert_allclose(found["landmarks"], output.landmarks.numpy(), atol=1e-5)


def test_crops_smaller_than_the_network_takes_are_refused(tmp_path):
    network = FashionNet(5, 10, width=0.05, batch_norm=True, image_size=48)
    with pytest.raises(ValueError, match="crops of 32 pixels, expected at least 48"):
        write(make_prepared(4, image_size=32), network, tmp_path)
