"""The predictions of a benchmark's test photos: from their pixels and boxes alone.

DARN is also told which photos are shops' and which consumers', as consumer-to-shop retrieval knows; an oracle that
pools at true landmarks is told these.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from fashionnet.batches import annotated, sources
from fashionnet.device import pick_device, reproducible
from fashionnet.formats.codes import CONSUMER
from fashionnet.inference import Annotated, predict
from fashionnet.networks import System
from fashionnet.predictions import Arrays, save_predictions
from fashionnet.prepare.crops import Chosen, Crops
from fashionnet.prepare.tables import BENCHMARKS, Prepared, crop_to_photo
from fashionnet.progress import progress
from fashionnet.settings import Settings

__all__ = ["predict", "predict_benchmarks", "predict_series", "predict_unsourced"]

SERIES = "series"  # the benchmark of the controlled series' photos


def predict_benchmarks(
    prepared: Prepared,
    network: System,
    settings: Settings,
    folder: Path,
    show: Callable[[str], None] = progress,
) -> None:
    """Write folder/BENCHMARK.npz for every benchmark: all photos of its test split, in the tables' order.

    Each holds image_name (N,) and what `predict` returns, landmarks in pixels of the original photo; a benchmark that
    the data lacks, image_name with no rows. Raises ValueError for crops smaller than the pictures the network takes.
    """
    _check_size(prepared, network)
    device = pick_device(settings.training.device)
    with reproducible(device, settings.training.threads):
        for benchmark in BENCHMARKS:
            source = sources(prepared.photos.iloc[prepared.rows(benchmark, "test")])
            found = _said(prepared, benchmark, network, device, source, show)
            _save(prepared, benchmark, found, folder)


def predict_series(
    prepared: Prepared,
    network: System,
    settings: Settings,
    folder: Path,
    show: Callable[[str], None] = progress,
) -> None:
    """Write folder/series.npz, as `predict_benchmarks` does, of the controlled series' photos, of no known source."""
    _check_size(prepared, network)
    device = pick_device(settings.training.device)
    with reproducible(device, settings.training.threads):
        _save(prepared, SERIES, _said(prepared, SERIES, network, device, None, show), folder)


def predict_unsourced(
    network: System,
    crops: Crops,
    device: torch.device,
    show: Callable[[str], None] | None = None,
    annotated: Annotated | None = None,
) -> Arrays:
    """`predict` of photos of which nobody knows whether a shop's or a consumer's they are.

    They are consumers' queries in retrieval and of no known source in recognition, so a network that has a sub-network
    for each domain looks at them twice.
    """
    found = predict(network, crops, device=device, show=show, annotated=annotated)
    if network.by_source:
        source = np.full(len(crops), CONSUMER)
        found["feature"] = predict(network, crops, device=device, show=show, source=source)["feature"]
    return found


def _check_size(prepared: Prepared, network: System) -> None:
    size = network.sizes["image_size"]
    if prepared.crops.shape[1] < size:
        raise ValueError(
            f"found crops of {prepared.crops.shape[1]} pixels, expected at least {size}, which the network takes"
        )


def _said(
    prepared: Prepared,
    benchmark: str,
    network: System,
    device: torch.device,
    source: np.ndarray | None,
    show: Callable[[str], None],
) -> Arrays:
    rows = prepared.rows(benchmark, "test")
    crops, told = Chosen(prepared.crops, rows), annotated(prepared, rows) if network.oracle else None

    def counted(text: str) -> None:
        show(f"{benchmark}: {text}")

    if source is None:
        return predict_unsourced(network, crops, device, counted, told)
    return predict(network, crops, device=device, show=counted, source=source, annotated=told)


def _save(prepared: Prepared, benchmark: str, found: Arrays, folder: Path) -> None:
    photos = prepared.photos.iloc[prepared.rows(benchmark, "test")]
    if "landmarks" in found:
        found["landmarks"] = crop_to_photo(found["landmarks"], photos)
    names = photos["image_name"].to_numpy(dtype=str)
    save_predictions(Path(folder) / f"{benchmark}.npz", names, found if len(names) else {})
