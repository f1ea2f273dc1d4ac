"""The benchmarks' test photos as `fashionnet predict` takes a photo without a box: the whole of each."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from fashionnet.batches import sources
from fashionnet.device import pick_device, reproducible
from fashionnet.formats.layout import Benchmark
from fashionnet.inference import predict
from fashionnet.networks import System
from fashionnet.predictions import Arrays
from fashionnet.prepare.parts import decoded
from fashionnet.prepare.photos import UnreadablePhotoError
from fashionnet.prepare.tables import Prepared, crop_to_photo
from fashionnet.processes import cores
from fashionnet.recognition.photo import read_asked
from fashionnet.settings import Settings

MOST = 2000  # photos of a benchmark, drawn at random from more: a difference of two points is seen, and in a minute


def whole_rows(prepared: Prepared, benchmark: str, seed: int = 0) -> np.ndarray:
    """Test photos (queries, in retrieval) that have a box, MOST at random where there are more, in order."""
    rows = prepared.rows(benchmark, "test")
    photos = prepared.photos.iloc[rows]
    rows = rows[photos["boxed"].to_numpy() & (photos["role"] != "gallery").to_numpy()]
    return np.sort(np.random.default_rng(seed).permutation(rows)[:MOST])


def predict_whole(
    prepared: Prepared,
    found: Mapping[str, Benchmark],
    rows: np.ndarray,
    networks: Mapping[str, System],
    settings: Settings,
) -> dict[str, Arrays]:
    """What each network says of the whole of each photo in `rows`, as `predict.predict_benchmarks` writes it.

    found: of `find_benchmarks`. Only the box is another: a photo's source is told as in its benchmark. Raises
    UnreadablePhotoError for a photo that can no longer be read.
    """
    photos = prepared.photos.iloc[rows]
    size = settings.prepare.image_size

    def cut(place: tuple[str, str]) -> tuple[np.ndarray, tuple[float, float, float]]:
        benchmark, name = place
        try:
            photo = decoded(found[benchmark].photo(name))
        except UnreadablePhotoError as error:
            raise UnreadablePhotoError(f"{benchmark}/{name}: {error}; it was there when it was prepared") from error
        asked = read_asked(photo, None, settings.prepare.margin, size, name)
        return asked.crop, asked.square

    with ThreadPoolExecutor(cores()) as threads:
        parts = list(threads.map(cut, zip(photos["benchmark"], photos["image_name"])))
    crops = np.stack([crop for crop, _ in parts]) if parts else np.zeros((0, size, size, 3), np.uint8)
    squares = np.array([square for _, square in parts]).reshape(-1, 3)
    cut_photos = photos.assign(crop_x=squares[:, 0], crop_y=squares[:, 1], crop_side=squares[:, 2])
    device, said = pick_device(settings.training.device), {}
    with reproducible(device, settings.training.threads):
        for system, network in networks.items():
            said[system] = predict(network, crops, device=device, source=sources(photos))
            if "landmarks" in said[system]:
                said[system]["landmarks"] = crop_to_photo(said[system]["landmarks"], cut_photos)
    return said
