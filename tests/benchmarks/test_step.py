"""A training step of FashionNet beside one of the VGG-16 that it is built of, from torchvision's layers.

Both take the same batch from memory, with the same optimisers, clipping and precision. The peer learns category and
attributes, FashionNet also landmarks, visibility and pairs. Its second conv5 and its branches need more FLOPs, in the
optimiser too; they are counted.
"""

import time

import pytest
import torch
from scale import BATCH, DEVICE, SCALE, SETTINGS, SIZE, WIDTH, finished, random_photos, trainer
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import vgg

from fashionnet import landmark_pool
from fashionnet.device import reproducible
from fashionnet.networks import Head
from fashionnet.training import loading
from fashionnet.training.descent import layers_in
from fashionnet.training.optimisation import make_optimisers, make_schedules

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]

ROUNDS = 40


class Plain(nn.Module):
    """VGG-16 of the same width, with batch norm where FashionNet has it."""

    def __init__(self, categories, attributes):
        super().__init__()
        layers = [size if size == "M" else round(size * WIDTH) for size in vgg.cfgs["D"]]
        top, hidden, norm = layers[-2] * (SIZE // 32) ** 2, round(4096 * WIDTH), SETTINGS.network.batch_norm
        self.features = vgg.make_layers(layers, batch_norm=norm)

        def full(size):
            return [nn.Linear(size, hidden), *([nn.BatchNorm1d(hidden)] if norm else []), nn.ReLU(inplace=True)]

        self.classifier = nn.Sequential(nn.Flatten(), *full(top), *full(hidden))
        self.category, self.attributes = Head(hidden, categories), Head(hidden, attributes)

    def forward(self, images):
        hidden = self.classifier(self.features(images))
        return self.category(hidden), self.attributes(hidden)


@pytest.fixture
def training():
    with reproducible(DEVICE, SETTINGS.training.threads):
        yield trainer(random_photos(1))


@pytest.fixture
def part(training):
    """The batch, on the device."""
    _, given = training.read(next(training.orders()))
    return loading.ready(training.batches, given[0], SIZE)


def step_of(training, part):
    def step():
        sums = training.descent.gradient([part], training.plan.weights(0))
        training.descent.move()
        return sums

    return finished(step)


def plain_step(training, labels):
    settings, plan = training.settings.training, training.plan
    network = Plain(len(training.prepared.categories), labels.attributes.shape[1])
    network.to(DEVICE, memory_format=torch.channels_last).train()
    optimisers = make_optimisers(network, settings)
    schedules = make_schedules(optimisers, settings.warm_up, training.steps)
    given = plan.weights(0)

    def step():
        network.zero_grad(set_to_none=True)
        with layers_in(settings.precision, DEVICE):
            category, attributes = network(labels.images)
        loss = given["category"] * F.cross_entropy(category, labels.category, ignore_index=-1)
        weights = plan.positive * (labels.attributes == 1) + plan.negative * (labels.attributes == -1)
        positive = (labels.attributes == 1).float()
        loss = loss + given["attributes"] * F.binary_cross_entropy_with_logits(attributes, positive, weights)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
        for optimiser, schedule in zip(optimisers, schedules, strict=True):
            optimiser.step()
            schedule.step()
        return loss.item()

    return finished(step)


def flops(work):
    with FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops()


def test_a_step_takes_at_most_1_15_times_one_of_plain_vgg_and_1_05_times_what_its_flops_explain(beside, training, part):
    own, peer = step_of(training, part), plain_step(training, part.labels)
    more = flops(own) / flops(peer)
    ratio = beside(
        own, peer, f"a training step of FashionNet, {more:.3f} times the FLOPs of its peer ({SCALE})",
        "VGG-16 of torchvision's layers", least=1 / 1.15, rounds=ROUNDS,
    )  # fmt: skip
    assert 1 / ratio <= 1.05 * more


def test_landmark_pooling_takes_at_most_5_percent_of_a_step(part_of, training, part):
    """Forward and backward, on the maps and landmarks of the step."""
    network, step = training.network, step_of(training, part)
    with torch.no_grad(), layers_in(training.settings.training.precision, DEVICE):
        maps = network.trunk(part.labels.images)
        landmarks, visibility = network.pose(network.pool(maps))
    maps.requires_grad_()
    gates, window = visibility.softmax(2)[..., 0], network.window * maps.shape[-1]
    gradient = torch.ones_like(landmark_pool(maps, landmarks, gates, window, network.bins))

    @finished
    def pool():
        maps.grad = None
        landmark_pool(maps, landmarks, gates, window, network.bins).backward(gradient)

    seconds = {step: [], pool: []}
    for _ in range(ROUNDS):
        for work, taken in seconds.items():
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
    what = f"landmark pooling, forward and backward, {BATCH} photos"
    part_of(what, min(seconds[pool]), min(seconds[step]), f"a training step ({SCALE})", most=0.05)
