"""An epoch of the training loop, and features of a test split, beside the network alone on tensors in memory.

Loop: reading and augmenting photos, the step, its losses' tally, progress and checkpoints, as a training has them;
validation is left out. Test split: `predict`, from crops to arrays.
"""

import numpy as np
import pytest
import torch
from scale import BATCH, DEVICE, SCALE, SETTINGS, SIZE, epochs, finished, random_photos, trainer

from fashionnet.batches import normalised, to_images
from fashionnet.device import reproducible
from fashionnet.inference import BATCH as AT_ONCE
from fashionnet.inference import predict
from fashionnet.training import loading

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]

BATCHES = 12
TEST = 4 * AT_ONCE


@pytest.fixture(autouse=True)
def settled():
    with reproducible(DEVICE, SETTINGS.training.threads):
        yield


def test_an_epoch_runs_at_95_percent_of_the_bare_steps_photos_a_second(beside, tmp_path):
    training, bare = (trainer(given) for given in [random_photos(BATCHES)] * 2)
    epoch = epochs(training, BATCHES, tmp_path)
    orders = [next(given) for given in [bare.orders()] for _ in range(BATCHES)]
    parts = [loading.ready(bare.batches, given, SIZE) for order in orders for given in bare.read(order)[1]]
    weights = bare.plan.weights(0)

    def steps():
        for part in parts:
            bare.descent.gradient([part], weights)
            bare.descent.move()

    what = f"an epoch of the training loop, {BATCHES * BATCH} photos ({SCALE})"
    beside(finished(epoch), finished(steps), what, "the bare step on tensors in memory", least=0.95, rounds=8)
    assert len(training.history) >= 4
    assert any((tmp_path / "0").iterdir())


def test_features_come_at_95_percent_of_the_bare_forward_pass(beside):
    network, crops = trainer(random_photos(1)).network.eval(), random_photos(-(-TEST // BATCH)).crops[:TEST]
    pictures = [normalised(to_images(own, DEVICE)) for own in np.split(crops, TEST // AT_ONCE)]
    found = {}

    def features():
        found.update(predict(network, crops, device=DEVICE))

    @torch.inference_mode()
    def forward():
        return [network(own).feature for own in pictures]

    what = f"features and scores of {TEST} photos of a test split ({SCALE.replace(str(BATCH), str(AT_ONCE))})"
    beside(finished(features), finished(forward), what, "the bare forward pass", least=0.95, rounds=20)
    np.testing.assert_allclose(found["feature"], torch.cat(forward()).cpu().numpy(), atol=1e-5)
