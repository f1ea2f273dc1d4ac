"""Read whichever benchmarks are there, check them, and write one set of tables and crops."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from fashionnet.files import only_writer, replacing
from fashionnet.formats import FormatError, codes
from fashionnet.formats.layout import Benchmark, find_benchmarks
from fashionnet.formats.misplaced import misplaced
from fashionnet.prepare.crops import PACKED, open_crops, save_offsets
from fashionnet.prepare.fine import check_fine_boxes, read_fine_rows
from fashionnet.prepare.parts import Cut, Photo, cut_photos, decoded
from fashionnet.prepare.rows import BOX, Rows, read_boxes, read_rows
from fashionnet.prepare.tables import (
    BENCHMARKS,
    LEAKED,
    PHOTO_COLUMNS,
    Prepared,
    crop_to_photo,
    photo_to_crop,
    save_prepared,
)
from fashionnet.progress import Bar
from fashionnet.quality import Fingerprint, control, fingerprint_table, save_quality
from fashionnet.settings import Prepare

QUALITY = "quality"  # apart from what is trained on, so that another limit of screening trains nothing anew
GEOMETRY = ["width", "height", *BOX, "crop_x", "crop_y", "crop_side"]


@dataclass(frozen=True)
class Summary:
    """What `prepare` did: the data, and the photos that it had to leave out.

    unreadable: benchmark, image_name, reason; a row a photo.
    """

    prepared: Prepared
    unreadable: pd.DataFrame


def prepare(
    data: Path,
    folder: Path,
    settings: Prepare,
    progress: Callable[[str], None] = lambda _: None,
    unfinished: Path | None = None,
) -> Summary:
    """Check the raw benchmarks in `data` and write tables and crops into `folder`, and what quality control finds into
    the folder `quality` beside it; nothing in `data` is written.

    As many processes as there are cores cut the crops in parts, which lie in `unfinished` (default: beside `folder`)
    until all is written: interrupted and started again, it goes on from there, to the same bytes. They need as much
    room as the crops.

    A benchmark or a label file that is absent is noted in `Prepared.missing`. A photo that cannot be read is listed
    and left out. Raises FormatError for a malformed file, and ValueError where no benchmark is there, no photo is
    left, or a larger share of photos than `settings.max_unreadable` cannot be read, and BusyError where another process
    prepares the same folder.
    """
    unfinished = folder.with_name(f"{folder.name}.unfinished") if unfinished is None else unfinished
    with only_writer(folder):
        summary = _prepare(data, folder, folder.with_name(QUALITY), settings, progress, unfinished)
        shutil.rmtree(unfinished)
    return summary


def _prepare(
    data: Path, folder: Path, quality: Path, settings: Prepare, progress: Callable[[str], None], unfinished: Path
) -> Summary:
    found = find_benchmarks(data)
    if not found:
        raise ValueError(misplaced(data))
    parts, missing = _read_all(data, found, settings.annotations, progress)
    table = pd.concat([part.table for part in parts], ignore_index=True)
    if not len(table):
        raise ValueError(f"{data}: found label files that name no photo, expected some")
    sample = sample_version(data)
    readable, unreadable = {}, []
    bar = Bar("cropping", "photos", len(table), progress)
    with replacing(folder / PACKED) as temporary, open(temporary, "wb") as crops:
        for part in cut_photos(_photos(table, found), len(table), settings, unfinished):
            for number, photo in enumerate(part.photos, bar.done):
                if isinstance(photo, Cut):
                    readable[number] = photo
                else:
                    unreadable.append((table["benchmark"][number], table["image_name"][number], photo))
            with open(part.crops, "rb") as of_part:
                shutil.copyfileobj(of_part, crops, 1 << 20)
            bar.step(len(part.photos), part.before)
        _stop_at_too_many(unreadable, len(table), settings.max_unreadable, data)
        save_offsets(folder, [cut.length for cut in readable.values()], settings.storage)
    geometry = pd.DataFrame.from_dict(readable, orient="index", columns=list(Cut._fields))[GEOMETRY]
    _check_boxes(table.loc[geometry.index], geometry, found, settings.annotations)
    prepared = _assemble(parts, table, geometry, folder, settings, missing, sample)
    prints = [Fingerprint(cut.digest, bytes.fromhex(cut.hashes), cut.spread) for cut in readable.values()]
    places = [photo.place for number, photo in enumerate(_photos(table, found)) if number in readable]
    found_out, leaking = control(
        pd.concat([prepared.photos, fingerprint_table(prints)], axis=1),
        crop_to_photo(prepared.landmarks, prepared.photos),
        prepared.visibility,
        prepared.categories,
        lambda row: decoded(places[row]),
        progress,
    )
    if settings.leaks == "left_out":
        split = prepared.photos["split"].mask(leaking, LEAKED)
        prepared = replace(prepared, photos=prepared.photos.assign(split=split))
    save_prepared(prepared, folder, settings.storage)
    save_quality(found_out, quality)
    listed = pd.DataFrame(unreadable, columns=["benchmark", "image_name", "reason"])
    with replacing(folder / "unreadable.csv") as temporary:
        listed.to_csv(temporary, index=False, lineterminator="\n")
    return Summary(prepared, listed)


def _read_all(
    data: Path, found: dict[str, Benchmark], annotations: str, progress: Callable[[str], None]
) -> tuple[list[Rows], dict[str, str]]:
    """The rows of every benchmark that has splits and photos, and why the others have none."""
    parts, missing = [], {}
    for name in BENCHMARKS:
        if name not in found:
            missing[name] = f"no folder '{codes.OFFICIAL[name]}' in {data.name}/"
            continue
        progress(f"reading the labels of {name}")
        try:
            rows = (read_fine_rows if _is_fine(name, annotations) else read_rows)(found[name])
        except FileNotFoundError as error:
            missing[name] = str(error)
            if name == "category_attribute":
                missing[name] += (
                    f" (prepare.annotations is {annotations}; fine and coarse ones are in files of their own)"
                )
            continue
        rows.table.insert(0, "benchmark", name)
        missing.update({f"{name}: {what}": why for what, why in rows.missing.items()})
        parts.append(rows)
    if not parts:
        raise ValueError(f"{data}: found no benchmark to prepare: " + "; ".join(missing.values()))
    return parts, missing


def _is_fine(benchmark: str, annotations: str) -> bool:
    return annotations == "fine" and benchmark == "category_attribute"


def _photos(table: pd.DataFrame, found: dict[str, Benchmark]) -> Iterator[Photo]:
    """What is to be cut, in the table's order; places are looked up as they are asked for."""
    rows = table[["benchmark", "image_name", "boxed", *BOX]].itertuples(index=False, name=None)
    for benchmark, image_name, boxed, *box in rows:
        try:
            place = found[benchmark].photo(image_name)
        except FormatError:  # the archive as a whole
            raise
        # A path or a link that leaves the benchmark's folder is not followed, nor one that leads to itself, nor is a
        # name looked up that no disk can hold.
        except (ValueError, OSError, RuntimeError) as error:
            place = str(error)
        yield Photo(f"{benchmark}/{image_name}", place, tuple(box) if boxed else None)


def _stop_at_too_many(unreadable: list[tuple[str, str, str]], photos: int, most: float, data: Path) -> None:
    # One is no more than a share above zero asks for, however few photos there are.
    allowed = max(1, int(most * photos)) if most else 0
    if unreadable and (len(unreadable) > allowed or len(unreadable) == photos):
        benchmark, name, reason = unreadable[0]
        raise ValueError(
            f"{data}: found {len(unreadable)} of {photos} photos unreadable, expected at most {allowed} ({most:.1%}); "
            f"the first is {name} of {benchmark}: {reason}. `fashionnet check {data.name}` names them by reason; "
            "prepare.max_unreadable allows more, which are then listed and left out"
        )


def _check_boxes(table: pd.DataFrame, geometry: pd.DataFrame, found: dict[str, Benchmark], annotations: str) -> None:
    """Raise the reader's own error, with its line, for a box that leaves its photo."""
    outside = (geometry["x_2"] > geometry["width"]) | (geometry["y_2"] > geometry["height"])
    for name in table["benchmark"][outside].unique():
        of = table["benchmark"] == name
        sizes = zip(geometry["width"][of], geometry["height"][of], strict=True)
        check = check_fine_boxes if _is_fine(name, annotations) else read_boxes
        check(found[name], sizes=dict(zip(table["image_name"][of], sizes, strict=True)))
        raise FormatError(found[name].folder, None, "a box outside its photo", "a box inside it")


def _assemble(
    parts: list[Rows],
    table: pd.DataFrame,
    geometry: pd.DataFrame,
    folder: Path,
    settings: Prepare,
    missing: dict[str, str],
    sample: str,
) -> Prepared:
    kept = geometry.index.to_numpy()
    photos = table.loc[kept].assign(**geometry).reset_index(drop=True)
    photos = photos[list(PHOTO_COLUMNS)].astype(PHOTO_COLUMNS)
    labelled = next((part for part in parts if part.attributes.shape[1]), parts[0])
    attributes = [
        part.attributes if part is labelled else np.zeros((len(part.table), len(labelled.attribute_names)), np.int8)
        for part in parts
    ]
    named = next((part for part in parts if len(part.categories)), parts[0])
    points = {
        name: np.concatenate([getattr(part, name) for part in parts])[kept]
        for name in ("landmarks", "visibility", "joints", "joint_visibility")
    }
    for name in ("landmarks", "joints"):
        points[name] = photo_to_crop(points[name], photos).astype(np.float32)
    shape = (len(photos), settings.image_size, settings.image_size, 3)
    return Prepared(
        photos=photos,
        categories=named.categories,
        attribute_names=labelled.attribute_names,
        attributes=np.concatenate(attributes)[kept],
        crops=open_crops(folder, shape, settings.storage),
        missing=missing,
        sample=sample,
        **points,
    )


def sample_version(data: Path) -> str:
    """The version that the embedded sample notes beside its benchmarks, in words if it is flawed; "" for other data."""
    note = data / "SAMPLE.json"
    if not note.is_file():
        return ""
    try:
        about = json.loads(note.read_text(encoding="utf-8"))
        version = str(about["version"])
        return f"{version} with planted flaws" if about.get("flaws") else version
    except (ValueError, KeyError, TypeError):
        raise FormatError(note, None, "no version", 'what `fashionnet sample` writes: {"version": …}') from None
