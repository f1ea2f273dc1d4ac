"""FashionNet at a quarter of the paper's width and 96 pixels, in training on random photos; on a GPU if there is one.

Every setting but these is that of params.yaml: the losses, the optimisers, two threads on a CPU, bfloat16 on a GPU.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from factories import make_prepared

from fashionnet.device import pick_device
from fashionnet.prepare.tables import Prepared
from fashionnet.settings import Settings, load_settings, merge
from fashionnet.training.loop import Trainer

WIDTH, SIZE, CATEGORIES, ATTRIBUTES = 0.25, 96, 50, 1_000
DEVICE = pick_device("auto")
BATCH = 512 if DEVICE.type == "cuda" else 64
NAME = torch.cuda.get_device_name() if DEVICE.type == "cuda" else "CPU"
SCALE = f"width 1/4, {SIZE} pixels, batches of {BATCH}, {NAME}"


def quarter_settings() -> Settings:
    """Of a training in which each epoch has all losses, and so many epochs that no benchmark comes to the end."""
    settings = load_settings()
    epochs = settings.training.schedule[-1].model_copy(update={"epochs": 1_000})
    changes = {
        "prepare": {"image_size": SIZE},
        "network": {"width": WIDTH, "image_size": SIZE},
        "training": {"batch_size": BATCH, "schedule": [epochs.model_dump()]},
    }
    return Settings.model_validate(merge(settings.model_dump(), changes))


def photos(batches: int) -> Prepared:
    """So many batches of training photos, of all benchmarks; none to validate with."""
    made = make_prepared(batches * BATCH // 4, image_size=SIZE, categories=CATEGORIES, attributes=ATTRIBUTES)
    return replace(made, photos=made.photos.assign(split="train"))


def trainer(batches: int) -> Trainer:
    """Of FashionNet, in `reproducible`, as a training is."""
    made = Trainer(photos(batches), quarter_settings(), "fashionnet", DEVICE, None)
    made.network.train()
    return made


def finished(work):
    """`work`, when the GPU has done it too."""

    def done():
        result = work()
        if DEVICE.type == "cuda":
            torch.cuda.synchronize()
        return result

    return done
