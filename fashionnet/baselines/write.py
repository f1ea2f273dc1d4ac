"""Runs every baseline and writes its predictions of every benchmark's test photos."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from fashionnet.baselines.features import colour_histograms
from fashionnet.baselines.models import HogColour, box_corner_and_sides, majority, mean_position
from fashionnet.device import pick_device, reproducible
from fashionnet.inference import predict
from fashionnet.metrics import retrieval_accuracy
from fashionnet.networks import FashionNet
from fashionnet.predictions import save_predictions
from fashionnet.prepare.crops import Chosen
from fashionnet.prepare.tables import BENCHMARKS, Prepared, crop_to_photo
from fashionnet.progress import progress
from fashionnet.settings import Settings

GRIDS = (1, 2, 3, 4)  # cells along a side of the crop, each with a colour histogram of its own


def write_baselines(
    prepared: Prepared, settings: Settings, folder: Path, show: Callable[[str], None] = progress
) -> None:
    """Write folder/SYSTEM/BENCHMARK.npz for majority, mean_position, hog_colour, colour_histogram and untrained.

    A system has only the arrays that the training labels allow. Everything is fitted on the training splits and chosen
    on the validation splits; the same data and threads give the same bytes.
    """
    threads = settings.training.threads
    with threadpool_limits(threads):
        show("histograms of gradients and colours")
        simple = HogColour(prepared, threads)
        show("logistic regression of categories")
        found = {"category": simple.category()}
        show("logistic regression of attributes")
        found["attributes"] = simple.attributes()
        show("ridge regression of landmarks")
        found["landmarks"] = simple.landmarks()
        show("colour histograms")
        colours = _colours(prepared, threads)
        features = _untrained(prepared, settings, show)
    frequent, mean = majority(prepared), mean_position(prepared)
    for benchmark in BENCHMARKS:
        rows = prepared.rows(benchmark, "test")
        photos = prepared.photos.iloc[rows]
        names = photos["image_name"].to_numpy(dtype=str)
        systems = {
            "majority": {name: np.tile(values, (len(rows), 1)) for name, values in frequent.items()},
            "mean_position": {},
            "hog_colour": {name: values[rows] for name, values in found.items() if values is not None},
            "colour_histogram": {"feature": colours[rows]},
            "untrained": {"feature": features[rows]},
        }
        if mean is not None:
            corner, sides = box_corner_and_sides(photos)
            systems["mean_position"]["landmarks"] = corner + mean * sides
        if "landmarks" in systems["hog_colour"]:
            systems["hog_colour"]["landmarks"] = crop_to_photo(systems["hog_colour"]["landmarks"], photos)
        for system, arrays in systems.items():
            save_predictions(Path(folder) / system / f"{benchmark}.npz", names, arrays if len(rows) else {})


def _colours(prepared: Prepared, threads: int) -> np.ndarray:
    """(N, D) colour histograms over the grid that retrieves best on consumer-to-shop's validation split."""
    rows = prepared.rows("consumer_to_shop", "val")
    role = prepared.photos["role"].to_numpy(dtype=str)[rows]
    items = prepared.photos["item"].to_numpy(dtype=str)[rows]
    query, gallery = role == "query", role == "gallery"
    grids = GRIDS if query.any() and gallery.any() else GRIDS[1:2]
    scores = []
    for cells in grids if len(grids) > 1 else ():
        own = colour_histograms(Chosen(prepared.crops, rows), threads, cells)
        scores.append(retrieval_accuracy(own[query], own[gallery], items[query], items[gallery], [1, 5]))
    best = int(np.argmax([sum(score.values()) for score in scores])) if scores else 0
    return colour_histograms(prepared.crops, threads, grids[best])


def _untrained(prepared: Prepared, settings: Settings, show: Callable[[str], None]) -> np.ndarray:
    """(N, D) features of FashionNet as it starts, without a step of training."""
    network, device = settings.network, pick_device(settings.training.device)
    with reproducible(device, settings.training.threads):
        torch.manual_seed(settings.seed)
        untrained = FashionNet(
            0,
            0,
            width=network.width,
            batch_norm=network.batch_norm,
            image_size=network.image_size,
            window=network.window,
            bins=network.bins,
        )
        return predict(untrained, prepared.crops, device=device, show=lambda text: show(f"untrained network: {text}"))[
            "feature"
        ]
