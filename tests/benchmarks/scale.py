"""The training that is measured, on random photos: FashionNet at a quarter of the paper's width and 96 pixels on a CPU;
at the size of profiles/deepfashion.yaml on a GPU, which a smaller network leaves waiting for the CPU's commands.

Every other setting is that of params.yaml or of the profile: the losses, the optimisers, two threads on a CPU, bfloat16
on a GPU. ImageNet's weights, which change no time, are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import torch
from factories import make_prepared

from fashionnet.device import pick_device
from fashionnet.formats.official import COUNTS
from fashionnet.prepare.crops import Crops
from fashionnet.prepare.tables import Prepared
from fashionnet.profiles import with_profile
from fashionnet.settings import Settings, load_settings, merge
from fashionnet.training.checkpoints import Checkpoint
from fashionnet.training.loop import Trainer

DEVICE = pick_device("auto")
GPU = torch.cuda.get_device_name() if DEVICE.type == "cuda" else None
QUARTER = {
    "prepare": {"image_size": 96},
    "network": {"width": 0.25, "image_size": 96},
    "training": {"batch_size": 64},
}


def settings() -> Settings:
    """Of a training in which each epoch has all losses, and so many epochs that no benchmark comes to the end."""
    own = load_settings(with_profile(Path(__file__).parent.parent.parent, "deepfashion") if GPU else None)
    epochs = own.training.schedule[-1].model_dump() | {"epochs": 1_000}
    changes = {"network": {"weights": None}, "training": {"schedule": [epochs]}}
    return Settings.model_validate(merge(merge(own.model_dump(), {} if GPU else QUARTER), changes))


SETTINGS = settings()
SIZE, BATCH, WIDTH = SETTINGS.network.image_size, SETTINGS.training.batch_size, SETTINGS.network.width
SCALE = f"width {WIDTH:g}, {SIZE} pixels, batches of {BATCH}, {GPU or 'CPU'}"


def random_photos(batches: int, crops: Crops | None = None) -> Prepared:
    """So many batches of training photos, of all benchmarks; none to validate with. crops: theirs, by default random
    ones, raw in memory."""
    counts = COUNTS["category_attribute"]
    shapes = {"categories": counts["categories"], "attributes": counts["attributes"]}
    made = make_prepared(batches * BATCH // 4, image_size=SIZE if crops is None else 16, **shapes)
    return replace(made, photos=made.photos.assign(split="train"), crops=made.crops if crops is None else crops)


def trainer(prepared: Prepared) -> Trainer:
    """Of FashionNet, in `reproducible`, as a training is."""
    made = Trainer(prepared, SETTINGS, "fashionnet", DEVICE, None)
    made.network.train()
    return made


def epochs(training: Trainer, batches: int, folder: Path) -> Callable[[], None]:
    """The next epoch of so many batches by the training loop, with checkpoints in a folder of its own."""
    numbers, cost = count(), 0.0

    def epoch():
        nonlocal cost
        training.steps = training.step + batches
        checkpoint = Checkpoint(folder / str(next(numbers)), training.made_with, SETTINGS.training.checkpoint_share)
        # A training writes its first checkpoint at once, to see what it costs: in the epoch that warms up.
        checkpoint.cost = cost
        training.run(checkpoint, lambda _: None)
        cost = checkpoint.cost

    return epoch


def finished(work):
    """`work`, when the GPU has done it too."""

    def done():
        result = work()
        if GPU:
            torch.cuda.synchronize()
        return result

    return done
