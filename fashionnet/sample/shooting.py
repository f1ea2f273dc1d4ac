"""Takes the photos of a plan and writes them as JPEG files, on all processors."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from fashionnet.formats.codes import OFFICIAL
from fashionnet.sample.benchmarks import Labels, Pairs, labels_of
from fashionnet.sample.camera import jpeg
from fashionnet.sample.conditions import draw_conditions
from fashionnet.sample.photo import Photo, take
from fashionnet.sample.plan import Shot, stream
from fashionnet.sample.workers import spread

ATTEMPTS = 16
LEAST = 0.03  # of a photo's pixels have to be the garment's
CHUNK = 24  # photos that a process draws at a time


def shoot(shot: Shot) -> tuple[Photo, int]:
    """The photo of a shot and its JPEG quality.

    Surroundings that hide the garment nearly whole, as no photographer would keep, are drawn anew; where they do so
    every time, the photo that shows most of it is kept.
    """
    best, quality, most = None, 0, -1
    for wanted in (LEAST, 0.0):  # at last, with what was not worth drawing
        for attempt in range(ATTEMPTS):
            rng = stream(*shot.key, attempt)
            how = shot.item.clothes_type, shot.source == 1, shot.view, shot.spread, shot.zoom
            conditions = draw_conditions(rng, *how)
            photo = take(shot.item, conditions, *shot.size, wanted, bool(wanted) and shot.zoom != 2)
            if photo is None:
                continue
            area, shown = int(photo.mask.sum()), bool((photo.visibility == 0).any())
            if area > most:
                best, quality, most = photo, conditions.sensor.quality, area
            if area >= LEAST * photo.mask.size and (shown or shot.zoom == 2):
                return photo, conditions.sensor.quality
        if best is not None:
            return best, quality
    raise RuntimeError(f"found no photo of {shot.image_name} in {ATTEMPTS} attempts, expected one")


def photo_path(folder: Path, shot: Shot) -> Path:
    """Where the photo of a shot lies in the sample's folder."""
    return folder / OFFICIAL[shot.benchmark] / "Img" / shot.image_name


def photograph(
    folder: Path, shots: list[Shot], processes: int, progress: Callable[[str], None], what: str = "sample"
) -> Pairs:
    """Take and write the photos of all shots; each with what is to be said of it, in the same order."""
    tasks = [(folder, shots[k : k + CHUNK]) for k in range(0, len(shots), CHUNK)]
    pairs: Pairs = []
    begun = time.monotonic()
    for (_, chunk), found in zip(tasks, spread(_draw, tasks, processes)):
        pairs += zip(chunk, found)
        pace = len(pairs) / max(time.monotonic() - begun, 1e-6)
        progress(f"{what}: {len(pairs)} of {len(shots)} photos, {pace:.0f} a second")
    return pairs


def _draw(task: tuple[Path, list[Shot]]) -> list[Labels]:
    folder, shots = task
    found = []
    for shot in shots:
        photo, quality = shoot(shot)
        path = photo_path(folder, shot)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(photo.image, quality))
        found.append(labels_of(photo))
    return found
