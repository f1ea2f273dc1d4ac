"""The predictions of a benchmark's test photos: from their pixels and boxes alone.

DARN is also told which photos are shops' and which consumers', as consumer-to-shop retrieval knows; an oracle that
pools at true landmarks is told these.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fashionnet.batches import sources, visibility_codes
from fashionnet.device import pick_device, reproducible
from fashionnet.inference import predict
from fashionnet.networks import System
from fashionnet.predictions import save_predictions
from fashionnet.prepare.tables import BENCHMARKS, Prepared, crop_to_photo
from fashionnet.progress import progress
from fashionnet.settings import Settings

__all__ = ["predict", "predict_benchmarks"]


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
    size = network.sizes["image_size"]
    if prepared.crops.shape[1] < size:
        raise ValueError(
            f"found crops of {prepared.crops.shape[1]} pixels, expected at least {size}, which the network takes"
        )
    device, codes = pick_device(settings.training.device), visibility_codes(prepared)
    oracle = network.sizes.get("local") == "annotated"
    with reproducible(device, settings.training.threads):
        for benchmark in BENCHMARKS:
            rows = prepared.rows(benchmark, "test")
            photos = prepared.photos.iloc[rows]
            names = photos["image_name"].to_numpy(dtype=str)
            found = predict(
                network,
                prepared.crops[rows],
                device=device,
                show=lambda t: show(f"{benchmark}: {t}"),  # noqa: B023
                source=sources(photos),
                annotated=(prepared.landmarks[rows], codes[rows]) if oracle else None,
            )
            if "landmarks" in found:
                found["landmarks"] = crop_to_photo(found["landmarks"], photos)
            save_predictions(Path(folder) / f"{benchmark}.npz", names, found if len(rows) else {})
