"""Renders the sample into a folder: photos on all processors, then the annotation files."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from fashionnet.files import only_writer, write_json
from fashionnet.formats.codes import OFFICIAL
from fashionnet.sample.benchmarks import Labels, Pairs, labels_of, write
from fashionnet.sample.camera import jpeg
from fashionnet.sample.conditions import draw_conditions
from fashionnet.sample.photo import Photo, take
from fashionnet.sample.plan import Shot, plan, stream
from fashionnet.sample.workers import cores, spread

# Goes up with every change of a byte. What a number was measured on is thereby known: the reports name it.
SAMPLE_VERSION = "4"
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


def _draw(task: tuple[str, list[Shot]]) -> list[Labels]:
    folder, shots = task
    found = []
    for shot in shots:
        photo, quality = shoot(shot)
        path = Path(folder) / OFFICIAL[shot.benchmark] / "Img" / shot.image_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(photo.image, quality))
        found.append(labels_of(photo))
    return found


def render(
    folder: Path,
    size: str = "default",
    seed: int = 0,
    processes: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Write the sample to `folder`: the four benchmarks, and SAMPLE.json with its version and seed.

    size: "default" or "tiny" (about 300 photos). processes: by default one a core; the bytes are the same for any.
    progress: called with a line of text now and then; by default it is shown on stderr. The folder appears whole or not
    at all; where it is a link to an empty folder, that one is filled. Raises FileExistsError for a folder that is not
    empty, FileNotFoundError for a link to nothing, BusyError where another process renders to it, ValueError for a
    size or seed that there is not.
    """
    folder = Path(folder).absolute()
    if folder.is_symlink() and not folder.exists():
        raise FileNotFoundError(f"found {folder}, a link to {os.readlink(folder)}, expected that to be there")
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"found {folder} with something in it, expected a folder that does not exist yet")
    shots = plan(size, seed)
    progress = progress or _show
    temporary = folder.with_name(f".{folder.name}.sample.part")
    with only_writer(temporary, patience=0):
        try:
            for path in temporary.iterdir():  # what a kill left
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            pairs = _photograph(temporary, shots, processes or cores(), progress)
            write(temporary, pairs)
            write_json(temporary / "SAMPLE.json", {"version": SAMPLE_VERSION, "size": size, "seed": seed})
            if folder.exists():
                folder.rmdir()
            temporary.rename(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    progress(f"sample: {len(shots)} photos in {folder}\n")


def _photograph(folder: Path, shots: list[Shot], processes: int, progress: Callable[[str], None]) -> Pairs:
    tasks = [(str(folder), shots[k : k + CHUNK]) for k in range(0, len(shots), CHUNK)]
    pairs: Pairs = []
    begun = time.monotonic()
    for (_, chunk), found in zip(tasks, spread(_draw, tasks, processes)):
        pairs += zip(chunk, found)
        pace = len(pairs) / max(time.monotonic() - begun, 1e-6)
        progress(f"sample: {len(pairs)} of {len(shots)} photos, {pace:.0f} a second")
    return pairs


def _show(line: str) -> None:
    if sys.stderr.isatty() or line.endswith("\n"):
        print(f"\r{line:<60}", end="", file=sys.stderr, flush=True)
