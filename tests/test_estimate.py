"""What a training asks of a GPU, counted by hand."""

from pathlib import Path

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from fashionnet.networks import FashionNet
from fashionnet.profiles import with_profile
from fashionnet.reproduce.estimate import Asked, count, estimate, told, training_photos
from fashionnet.settings import load_settings

ROOT = Path(__file__).parent.parent
# Of VGG-16 at 224 px (Simonyan and Zisserman 2015, table 1, D): channels in and out, side of the map.
CONVOLUTIONS = (
    [(3, 64, 224), (64, 64, 224), (64, 128, 112), (128, 128, 112), (128, 256, 56), (256, 256, 56), (256, 256, 56)]
    + [(256, 512, 28), (512, 512, 28), (512, 512, 28)]
    + 2 * [(512, 512, 14)] * 3  # conv5_pose and conv5_global
)
# fc6_pose, fc7_pose, landmarks and visibility; fc6_global, fc6_local (8 landmarks, 2 x 2 bins), fc7_fusion, the heads.
LAYERS = [(25088, 1024), (1024, 1024), (1024, 16), (1024, 24), (25088, 4096), (8 * 512 * 4, 1024), (5120, 1024),
          (1024, 50), (1024, 1000)]  # fmt: skip


@pytest.fixture(scope="module")
def real():
    return load_settings(with_profile(ROOT, "deepfashion")).experiment("fashionnet")


def test_all_three_systems_have_the_same_fraction_of_their_rates():
    before, after = load_settings(), load_settings(with_profile(ROOT, "deepfashion"))
    for name in ("fashionnet", "darn", "wtbi"):
        for rate in ("muon_rate", "learning_rate"):
            fraction = getattr(after.experiment(name).training, rate) / getattr(before.experiment(name).training, rate)
            assert fraction == pytest.approx(1 / 30, rel=1e-2)


@pytest.fixture(scope="module")
def asked(real):
    return estimate(real)


def test_flops_and_parameters_of_the_real_profile_are_those_of_the_layers_one_by_one(asked):
    of_each = [2 * 9 * a * b * side**2 for a, b, side in CONVOLUTIONS] + [2 * a * b for a, b in LAYERS]
    assert asked.forward == sum(of_each)
    # Backward: as much for the weights, and as much for what came in, which the first layer's pictures do not need.
    assert asked.training == asked.epochs * (3 * sum(of_each) - of_each[0])
    assert asked.parameters == sum(9 * a * b + b for a, b, _ in CONVOLUTIONS) + sum(a * b + b for a, b in LAYERS)


@pytest.mark.parametrize("name", ["darn", "wtbi"])
def test_the_other_systems_take_about_as_much(asked, name):
    """They have the same trunk, and one or two conv5 as FashionNet has."""
    own = estimate(load_settings(with_profile(ROOT, "deepfashion")).experiment(name))
    assert own.forward == pytest.approx(asked.forward, rel=0.1)
    assert own.training == pytest.approx(asked.training, rel=0.1)
    assert own.parameters != asked.parameters


def test_photos_hours_and_rates_are_arithmetic():
    # In the training splits of category and attribute prediction and of in-shop; all of landmark detection and of
    # consumer-to-shop, whose training splits no source counts.
    assert training_photos() == 209_222 + 25_882 + 123_016 + 239_557
    asked = Asked(photos=1000, epochs=2, forward=1e9, training=6e9, at_once=8, parameters=1, held=1, saved=1)
    assert asked.hours(1e12, 0.5) == pytest.approx(1000 * 6e9 / 5e11 / 3600)
    assert asked.rate(1e12, 0.5) == pytest.approx(2 * 1000 / (1000 * 6e9 / 5e11))


def test_weights_gradients_and_moments_are_four_bytes_each(asked):
    muon = sum(9 * a * b for a, b, _ in CONVOLUTIONS if b <= 256)  # one moment each; AdamW, for all else, has two
    assert asked.held == 12 * muon + 16 * (asked.parameters - muon)


def small():
    return FashionNet(categories=3, attributes=4, width=0.125, image_size=64, window=0.3)


@pytest.mark.parametrize("lower", [True, False])
def test_tensors_without_content_are_counted_as_real_ones(lower):
    torch.manual_seed(0)
    real = count(small(), 4, None, lower)
    with FakeTensorMode():
        assert count(small(), 4, None, lower) == real


def test_bytes_that_are_kept_grow_with_photos_and_pixels():
    with FakeTensorMode():
        network = small()
        few, more, many = (count(network, photos, None, False).saved for photos in (2, 4, 6))
        assert count(network, 4, 32, False).saved < more
        # Half the bytes, but for the places that poolings keep and copies of the weights.
        assert count(network, 64, None, True).saved < 0.8 * count(network, 64, None, False).saved
    assert many - more == more - few
    # Of a photo at least what each convolution and each pooling takes in, four bytes a number.
    convolutions = [(3, 64), *[(8, 64)] * 2, (8, 32), *[(16, 32)] * 2, (16, 16), *[(32, 16)] * 3]
    assert (more - few) / 2 > 4 * sum(channels * side**2 for channels, side in convolutions)


def test_parts_and_processes_take_less_memory_and_the_steps_own_pictures_fewer_flops(real, asked):
    training = real.training.model_copy(update={"accumulate": 2, "processes": 2})
    parted = estimate(real.model_copy(update={"training": training}))
    assert parted.at_once == asked.at_once / 4
    assert parted.saved < asked.saved / 3
    assert (parted.forward, parted.held) == (asked.forward, asked.held)
    own = load_settings().experiment("fashionnet")  # whose first step has smaller pictures
    assert own.training.schedule[0].image_size
    steps = [step.model_copy(update={"image_size": None}) for step in own.training.schedule]
    even = own.model_copy(update={"training": own.training.model_copy(update={"schedule": steps})})
    assert estimate(own).training < estimate(even).training


def test_it_is_called_an_estimate_and_names_what_it_assumes(asked):
    text = told(asked)
    assert text.startswith("An estimate")
    assert "20% to 40% of its peak" in text
    assert f"{asked.photos:,} at most" in text
