"""FashionNet, its trunk and landmark pooling, against naive loops and torchvision."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import nn

from fashionnet.networks import FashionNet, WeightsError, landmark_pool


def naive_pool(maps, landmarks, visibility, window, bins):
    """Landmark pooling as one would explain it: cell by cell."""
    count, channels, height, width = maps.shape
    side = max(1, int(np.floor(window + 0.5)))
    pooled = np.zeros((count, landmarks.shape[1], channels, bins, bins), maps.dtype)
    for n in range(count):
        for j in range(landmarks.shape[1]):
            left = int(np.floor(landmarks[n, j, 0] * width - side / 2 + 0.5))
            top = int(np.floor(landmarks[n, j, 1] * height - side / 2 + 0.5))
            for by in range(bins):
                for bx in range(bins):
                    for c in range(channels):
                        best = None
                        for y in range(top + by * side // bins, top + int(np.ceil((by + 1) * side / bins))):
                            for x in range(left + bx * side // bins, left + int(np.ceil((bx + 1) * side / bins))):
                                if 0 <= y < height and 0 <= x < width:
                                    value = maps[n, c, y, x]
                                    best = value if best is None else max(best, value)
                        pooled[n, j, c, by, bx] = 0 if best is None else best * visibility[n, j]
    return pooled


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    window=st.floats(0.3, 12),
    bins=st.integers(1, 4),
)
def test_landmark_pool_is_the_naive_loop(seed, size, window, bins):
    rng = np.random.default_rng(seed)
    maps = rng.normal(-1, 1, (2, 3, *size))  # mostly negative: a border of zeros would win
    landmarks = rng.uniform(-0.7, 1.7, (2, 4, 2))
    visibility = rng.uniform(0, 1, (2, 4))
    expected = naive_pool(maps, landmarks, visibility, window, bins)
    found = landmark_pool(*map(torch.from_numpy, (maps, landmarks, visibility)), window, bins)
    assert found.shape == (2, 4, 3, bins, bins)
    np.testing.assert_array_equal(found.numpy(), expected)


def test_landmark_pool_is_roi_pooling_where_windows_touch_the_map():
    rng = np.random.default_rng(3)
    maps = torch.from_numpy(rng.normal(size=(2, 5, 12, 12)))
    landmarks = torch.from_numpy(rng.uniform(0, 1, (2, 8, 2)))
    for side, bins in ((4, 2), (5, 2), (3, 3), (6, 4), (1, 1)):
        start = torch.floor(landmarks * 12 - side / 2 + 0.5)
        boxes = [torch.cat([start[n], start[n] + side - 1], 1) for n in range(2)]
        expected = torchvision.ops.roi_pool(maps, boxes, bins).view(2, 8, 5, bins, bins)
        found = landmark_pool(maps, landmarks, torch.ones(2, 8), side, bins)
        torch.testing.assert_close(found, expected, rtol=0, atol=0)


def test_landmark_pool_passes_gradient_to_the_maps_alone():
    rng = np.random.default_rng(5)
    maps = torch.from_numpy(rng.normal(size=(2, 2, 5, 5))).requires_grad_()
    landmarks = torch.from_numpy(rng.uniform(-0.3, 1.3, (2, 3, 2))).requires_grad_()
    gates = torch.from_numpy(rng.uniform(0, 1, (2, 3))).requires_grad_()
    assert torch.autograd.gradcheck(lambda m: landmark_pool(m, landmarks, gates, 3, 2), maps)
    landmark_pool(maps, landmarks, gates, 3, 2).sum().backward()
    assert maps.grad.abs().sum() > 0
    assert landmarks.grad is None
    assert gates.grad is None


def test_landmark_pool_gradient_goes_to_the_largest_cell_times_the_gate():
    maps = torch.zeros(1, 1, 4, 4)
    maps[0, 0, 1, 2] = 5
    maps.requires_grad_()
    landmark_pool(maps, torch.tensor([[[0.5, 0.5]]]), torch.tensor([[0.25]]), 4, 1).sum().backward()
    expected = torch.zeros(1, 1, 4, 4)
    expected[0, 0, 1, 2] = 0.25
    torch.testing.assert_close(maps.grad, expected)


@pytest.mark.parametrize("place", [-5.0, 6.0, 1e30, -1e30, float("nan"), float("inf")])
def test_a_window_outside_the_map_pools_zero(place):
    landmarks = torch.full((1, 2, 2), place)
    pooled = landmark_pool(torch.full((1, 3, 4, 6), -1.0), landmarks, torch.ones(1, 2), 3, 2)
    assert pooled.eq(0).all()


def test_an_invisible_landmark_pools_zero_and_landmarks_stay_apart():
    maps = torch.rand(1, 2, 8, 8) + 1
    maps[:, :, :, :4] *= 10
    pooled = landmark_pool(maps, torch.tensor([[[0.25, 0.5], [0.75, 0.5]]]), torch.tensor([[1.0, 1.0]]), 3, 1)
    assert (pooled[0, 0] > 9).all()
    assert (pooled[0, 1] < 3).all()
    gated = landmark_pool(maps, torch.tensor([[[0.25, 0.5], [0.75, 0.5]]]), torch.tensor([[0.0, 1.0]]), 3, 1)
    assert gated[0, 0].eq(0).all()
    assert gated[0, 1].equal(pooled[0, 1])


@pytest.mark.parametrize(
    ("landmarks", "visibility", "window", "bins", "said"),
    [
        ((2, 8, 3), (2, 8), 3, 2, "landmarks"),
        ((2, 8, 2), (2, 7), 3, 2, "visibility"),
        ((1, 8, 2), (1, 8), 3, 2, "maps"),
        ((2, 8, 2), (2, 8), 0, 2, "window 0"),
        ((2, 8, 2), (2, 8), 3, 0, "bins 0"),
    ],
)
def test_landmark_pool_refuses_shapes_that_do_not_fit(landmarks, visibility, window, bins, said):
    with pytest.raises(ValueError, match=said):
        landmark_pool(torch.zeros(2, 3, 4, 4), torch.zeros(landmarks), torch.zeros(visibility), window, bins)


def test_layer_sizes_are_the_papers_at_full_width():
    with torch.device("meta"):  # shapes without memory: the real one has 300 million weights
        network = FashionNet(50, 1000)
    wide = {
        name: tuple(p.shape)
        for name, p in network.named_parameters()
        if p.dim() == 2 or name.startswith("conv5_pose.0.w")
    }
    assert wide == {
        "conv5_pose.0.weight": (512, 512, 3, 3),
        "fc6_pose.0.weight": (1024, 512 * 7 * 7),
        "fc7_pose.0.weight": (1024, 1024),
        "landmarks.weight": (8 * 2, 1024),
        "visibility.weight": (8 * 3, 1024),
        "fc6_global.0.weight": (4096, 512 * 7 * 7),
        "fc6_local.0.weight": (1024, 8 * 512 * 2 * 2),
        "fc7_fusion.0.weight": (1024, 4096 + 1024),
        "category.weight": (50, 1024),
        "attributes.weight": (1000, 1024),
    }
    with torch.device("meta"):
        output = network(torch.zeros(2, 3, 224, 224))
        maps = network.trunk(torch.zeros(2, 3, 224, 224))
    assert maps.shape == (2, 512, 28, 28)  # conv4_3 before pool4, stride 8
    assert output.landmarks.shape == (2, 8, 2)
    assert output.visibility.shape == (2, 8, 3)
    assert output.category.shape == (2, 50)
    assert output.attributes.shape == (2, 1000)
    assert output.feature.shape == (2, 1024)


def small(**changes):
    return FashionNet(**{"categories": 5, "attributes": 7, "width": 0.05, "image_size": 48, "window": 0.5} | changes)


def test_features_have_length_one_and_absent_heads_give_none():
    torch.manual_seed(0)
    output = small(categories=0, attributes=0)(torch.randn(3, 3, 48, 48))
    assert output.category is None
    assert output.attributes is None
    torch.testing.assert_close(output.feature.norm(dim=1), torch.ones(3))


def test_the_local_branch_reads_estimated_landmarks_and_gates():
    torch.manual_seed(0)
    network = small(dropout=0.0).eval()
    images = torch.randn(2, 3, 48, 48)
    before = network(images)
    with torch.no_grad():
        network.landmarks.bias += 0.3
    moved = network(images)
    assert not moved.category.equal(before.category)
    with torch.no_grad():
        network.visibility.bias.view(8, 3)[:, 0] = -1e4  # nothing is visible: every gate is shut
    shut = network(images)
    with torch.no_grad():
        network.landmarks.bias -= 0.1
    assert network(images).category.equal(shut.category)
    with torch.no_grad():
        network.fc6_local[0].weight.zero_()
    assert network(images).category.equal(shut.category)


def test_recognition_sends_no_gradient_into_the_pose_branch():
    torch.manual_seed(0)
    network = small()
    output = network(torch.randn(2, 3, 48, 48))
    (output.category.sum() + output.attributes.sum() + output.feature.sum()).backward()
    touched = {name.split(".")[0] for name, p in network.named_parameters() if p.grad is not None}
    assert touched == {"trunk", "conv5_global", "fc6_global", "fc6_local", "fc7_fusion", "category", "attributes"}


def test_the_last_pooling_is_vggs_at_full_size_and_takes_smaller_pictures_to_the_same_grid():
    maps = torch.randn(2, 3, 14, 14)  # conv5 at 224 pixels
    assert small(image_size=224).pool5(maps).equal(torch.nn.functional.max_pool2d(maps, 2))
    for side in range(7, 14):
        smaller = maps[..., :side, :side]
        pooled = small(image_size=224).pool5(smaller)
        assert pooled.shape == (2, 3, 7, 7)
        assert pooled.amax((2, 3)).equal(smaller.amax((2, 3)))  # the windows leave no cell out


@pytest.mark.parametrize("side", [48, 64, 80, 96])
def test_smaller_pictures_run_through_the_same_network(side):
    torch.manual_seed(0)
    network = small(image_size=96, window=0.34)
    output = network(torch.randn(2, 3, side, side))
    assert output.feature.shape == network(torch.randn(2, 3, 96, 96)).feature.shape


def test_pictures_that_are_too_small_are_refused():
    with pytest.raises(ValueError, match="image_size 16"):
        small(image_size=16)


# torchvision's weights. The fully connected layers are left out of these files: 500 MB that nothing here reads.


@pytest.fixture(scope="module", params=[False, True], ids=["vgg16", "vgg16_bn"])
def vgg(request):
    torch.manual_seed(1)
    with torch.device("meta"):
        model = (torchvision.models.vgg16_bn if request.param else torchvision.models.vgg16)(weights=None)
    features = model.features.to_empty(device="cpu")
    for layer in features:
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight)
            nn.init.normal_(layer.bias, std=0.1)
        elif isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.normal_(layer.bias, std=0.1)
            nn.init.normal_(layer.running_mean, std=0.1)
            nn.init.uniform_(layer.running_var, 0.5, 1.5)
            layer.num_batches_tracked.zero_()
    return request.param, features.eval()


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_torchvision_weights_load_and_compute_the_same_maps(vgg, suffix, tmp_path):
    batch_norm, features = vgg
    path = tmp_path / f"vgg{suffix}"
    state = {f"features.{name}": value for name, value in features.state_dict().items()}
    save_file(state, path) if suffix == ".safetensors" else torch.save(state, path)
    network = FashionNet(3, 0, batch_norm=batch_norm, image_size=64).eval()
    network.load_vgg(path)
    images = torch.randn(2, 3, 64, 64)
    poolings = [i for i, layer in enumerate(features) if isinstance(layer, nn.MaxPool2d)]
    with torch.no_grad():
        expected4 = features[: poolings[3]](images)
        expected5 = features[poolings[3] : poolings[4]](expected4)
        maps = network.trunk(images)
        torch.testing.assert_close(maps, expected4)
        assert maps.std() > 0.01
        torch.testing.assert_close(network.conv5_pose(network.pool(maps)), expected5)
        torch.testing.assert_close(network.conv5_global(network.pool(maps)), expected5)


def test_weights_that_do_not_fit_are_refused_and_change_nothing(vgg, tmp_path):
    batch_norm, features = vgg
    state = {f"features.{name}": value for name, value in features.state_dict().items()}
    path = tmp_path / "vgg.pth"
    torch.save(state, path)
    torch.manual_seed(2)
    for network in (
        FashionNet(3, 0, width=0.05, batch_norm=batch_norm, image_size=32),
        FashionNet(3, 0, width=0.05, batch_norm=not batch_norm, image_size=32),
    ):
        before = {name: value.clone() for name, value in network.state_dict().items()}
        with pytest.raises(WeightsError, match=r"vgg\.pth: features\.\d+: found .*, expected"):
            network.load_vgg(path)
        assert all(before[name].equal(value) for name, value in network.state_dict().items())


def test_the_other_kind_of_vgg_is_refused_at_full_width(vgg, tmp_path):
    batch_norm, features = vgg
    state = {f"features.{name}": value for name, value in features.state_dict().items()}
    path = tmp_path / "vgg.pth"
    torch.save(state, path)
    with torch.device("meta"):
        network = FashionNet(3, 0, batch_norm=not batch_norm, image_size=32)
    with pytest.raises(WeightsError, match="vgg16_bn"):
        network.load_vgg(path)


def test_missing_layers_foreign_keys_and_broken_files_are_named(vgg, tmp_path):
    network = FashionNet(3, 0, width=0.05, batch_norm=vgg[0], image_size=32)
    torch.save({"layer1.weight": torch.zeros(3)}, tmp_path / "resnet.pth")
    with pytest.raises(WeightsError, match=r"layer1\.weight, expected features\.0\.weight"):
        network.load_vgg(tmp_path / "resnet.pth")
    torch.save([1, 2], tmp_path / "list.pth")
    with pytest.raises(WeightsError, match="found list"):
        network.load_vgg(tmp_path / "list.pth")
    (tmp_path / "broken.safetensors").write_bytes(b"no weights")
    with pytest.raises(WeightsError, match="safetensors"):
        network.load_vgg(tmp_path / "broken.safetensors")
    with pytest.raises(FileNotFoundError, match=r"absent\.pth"):
        network.load_vgg(tmp_path / "absent.pth")
    own = {f"features.{i}.{k}": v for i, layer in enumerate(network.trunk.conv1) for k, v in layer.state_dict().items()}
    torch.save(own, tmp_path / "short.pth")
    with pytest.raises(WeightsError, match="layers with weights, expected"):
        network.load_vgg(tmp_path / "short.pth")


class Evil:
    def __reduce__(self):
        return (print, ("executed",))


def test_a_file_of_weights_is_never_executed(tmp_path, capsys):
    torch.save({"features.0.weight": Evil()}, tmp_path / "evil.pth")
    with pytest.raises(WeightsError):
        small().load_vgg(tmp_path / "evil.pth")
    assert "executed" not in capsys.readouterr().out


def test_importing_the_package_does_not_import_torch():
    code = "import sys, fashionnet; assert 'torch' not in sys.modules; fashionnet.FashionNet; import torch"
    subprocess.run([sys.executable, "-c", code], check=True)
