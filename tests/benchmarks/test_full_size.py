"""profiles/deepfashion.yaml on a GPU: its steps, memory and epochs from JPEGs, held against the estimate of them.

Photos: 256 of the sample's, as JPEG crops over and over, with random labels.
"""

import time
from itertools import count

import numpy as np
import pytest
import torch
from scale import BATCH, DEVICE, GPU, SCALE, SETTINGS, SIZE, epochs, finished, random_photos, trainer

from fashionnet.device import reproducible
from fashionnet.prepare.crops import PACKED, Chosen, encode, open_crops, save_offsets
from fashionnet.prepare.photos import crop_photo, read_photo
from fashionnet.reproduce.estimate import PEAKS, SHARES, estimate
from fashionnet.training import loading

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.timeout(900),
    pytest.mark.skipif(GPU is None, reason="found no GPU"),
]

ROUNDS = 20
BATCHES = 48  # of an epoch
KEPT = 4  # of them in memory for the bare step


@pytest.fixture
def training(photos, tmp_path):
    storage, number = SETTINGS.prepare.storage, BATCHES * BATCH
    codes = []
    for path in photos:
        photo = read_photo(path)
        codes.append(encode(crop_photo(photo, np.array([0.0, 0.0, *photo.size]), 0.0, SIZE), storage))
    (tmp_path / PACKED).write_bytes(b"".join(codes))
    save_offsets(tmp_path, map(len, codes), storage)
    crops = Chosen(open_crops(tmp_path, (len(codes), SIZE, SIZE, 3), storage), np.arange(number) % len(codes))
    with reproducible(DEVICE, SETTINGS.training.threads):
        yield trainer(random_photos(BATCHES, crops))


def bare(training):
    """KEPT batches on the device, and a step with the next of them as a function."""
    given = training.orders()
    batches = [training.read(next(given))[1] for _ in range(KEPT)]
    kept = [[loading.ready(training.batches, part, SIZE) for part in parts] for parts in batches]
    turn, weights = count(), training.plan.weights(0)

    def step():
        training.descent.gradient(kept[next(turn) % KEPT], weights)
        training.descent.move()

    return kept, step


def test_a_step_takes_the_memory_and_time_that_are_estimated(training, noted):
    asked = estimate(SETTINGS)
    kept, step = bare(training)
    step()
    torch.cuda.synchronize()
    beside = sum(part.labels.images.nbytes for parts in kept for part in parts)
    torch.cuda.reset_peak_memory_stats()
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        finished(step)()
        seconds.append(time.perf_counter() - start)
    own = min(seconds)

    found, expected = torch.cuda.max_memory_allocated() - beside, asked.held + asked.saved
    enough = noted(found <= 1.25 * expected, what=f"memory in a step of the real profile ({SCALE})", own=own,
                   peer=f"estimated: {expected / 2**30:.1f} GiB", found=f"{found / 2**30:.1f} GiB",
                   wanted="at most a quarter more")  # fmt: skip
    for peak in (peak for name, peak in PEAKS.items() if name.removesuffix(" SXM") in GPU):
        share = BATCH / own * asked.training / asked.epochs / peak
        enough &= noted(share >= SHARES[0], what=f"a step of the real profile, {BATCH / own:,.0f} photos/s ({SCALE})",
                        own=own, peer=f"the GPU's peak: {peak / 1e12:.0f} TFLOP/s", found=f"{share:.0%} of it",
                        wanted=f"at least {SHARES[0]:.0%}")  # fmt: skip
    assert enough


def test_an_epoch_from_jpegs_keeps_the_gpu_busy(beside, training, tmp_path):
    epoch, (_, step) = epochs(training, BATCHES, tmp_path / "checkpoints"), bare(training)
    steps = finished(lambda: [step() for _ in range(BATCHES)])
    threads = SETTINGS.training.workers
    what = f"an epoch of the real profile from JPEG crops, {BATCHES * BATCH} photos, {threads} threads ({SCALE})"
    beside(finished(epoch), steps, what, "the bare step on tensors in memory", least=0.95, rounds=2)
