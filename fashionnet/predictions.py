"""What a system says of a benchmark's test photos: artifacts/predictions/SYSTEM/BENCHMARK.npz, written and read."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from fashionnet.files import replacing
from fashionnet.prepare.tables import BENCHMARKS, SLOTS, Prepared

# Beside image_name (N,): the shape of each array, N and other sizes as letters, the same letter the same size. A system
# that does not predict something has no array of that name; of MATCH it has all or none.
SHAPES: dict[str, str] = {
    "category": "N C",  # raw score of each category
    "attributes": "N A",  # raw score of each attribute
    "landmarks": f"N {SLOTS} 2",  # pixels of the original photo
    "visibility": f"N {SLOTS}",  # probability of being visible
    "feature": "N D",  # Euclidean distances between them rank a gallery, unless there is a match
    "match_query": "N H",  # a photo's part of a similarity network's hidden layer, as a query, its bias included
    "match_gallery": "N H",  # its part as a gallery photo: the layer is the ReLU of the sum of the two
    "match_weights": "H",  # of the logit difference, match over no match: it ranks a gallery
}
MATCH = ("match_query", "match_gallery", "match_weights")

Arrays = dict[str, np.ndarray]


def save_predictions(path: Path, image_names: np.ndarray, arrays: Mapping[str, np.ndarray]) -> None:
    """image_names: (N,), all test photos of a benchmark (queries and gallery). arrays: some of SHAPES, as float32.

    A benchmark that the data lacks has no names and no arrays. The same arrays are the same bytes: numpy writes no
    dates. Raises ValueError for other names or shapes.
    """
    stored = {"image_name": np.asarray(image_names, dtype=str)}
    stored |= {name: np.asarray(array, dtype=np.float32) for name, array in arrays.items()}
    _check(stored, path)
    with replacing(path) as temporary, open(temporary, "wb") as handle:
        np.savez(handle, allow_pickle=False, **stored)


def load_predictions(path: Path) -> Arrays:
    """The arrays of one file. Raises FileNotFoundError, and ValueError for what `save_predictions` did not write."""
    path = Path(path)
    try:
        with np.lib.npyio.NpzFile(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (ValueError, zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"{path}: found {error}, expected arrays of predictions") from None
    _check(arrays, path)
    return arrays


def read_systems(folder: Path, benchmark: str) -> dict[str, Arrays]:
    """The predictions of every system below `folder` that has a file for `benchmark`, by the systems' names."""
    paths = sorted(Path(folder).glob(f"*/{benchmark}.npz"))
    return {path.parent.name: load_predictions(path) for path in paths}


def aligned(prepared: Prepared, benchmark: str, predictions: Mapping[str, Arrays]) -> dict[str, Arrays]:
    """Each system's arrays with their rows in the order of prepared.rows(benchmark, "test"), matched by image_name.

    match_weights, which are not by photo, stay as they are. Raises ValueError, naming the system and a photo, where one
    lacks a test photo, holds an unknown one or one twice, and where its categories or attributes are not as many as
    the data's.
    """
    wanted = pd.Index(prepared.photos["image_name"].to_numpy()[prepared.rows(benchmark, "test")])
    columns = {"category": len(prepared.categories), "attributes": len(prepared.attribute_names)}
    found = {}
    for system, arrays in predictions.items():
        names, where = pd.Index(arrays["image_name"]), f"predictions of {system} for {benchmark}"
        for problem, images in (
            ("a photo twice", names[names.duplicated()]),
            ("a photo that is no test photo", names.difference(wanted)),
            ("no prediction for a test photo", wanted.difference(names)),
        ):
            if len(images):
                raise ValueError(
                    f"{where}: found {problem}: {images[0]} ({len(images)} in all), expected each test photo once"
                )
        for name, count in columns.items():
            if name in arrays and arrays[name].shape[1] != count:
                raise ValueError(f"{where}: found {arrays[name].shape[1]} columns in {name}, expected {count}")
        order = names.get_indexer(wanted)
        found[system] = {name: array if name == "match_weights" else array[order] for name, array in arrays.items()}
    return found


def contents(folder: Path) -> pd.DataFrame:
    """The shape of every array of the system in `folder`, a row a benchmark."""
    shapes = {}
    for benchmark in BENCHMARKS:
        path = Path(folder) / f"{benchmark}.npz"
        arrays = load_predictions(path) if path.is_file() else {}
        shapes[benchmark] = {name: " × ".join(map(str, arrays[name].shape)) for name in SHAPES if name in arrays}
    table = pd.DataFrame.from_dict(shapes, orient="index").rename_axis("benchmark")
    return table[[name for name in SHAPES if name in table]]


def _check(arrays: Mapping[str, np.ndarray], path: Path) -> None:
    names = arrays.get("image_name")
    if names is None or names.ndim != 1 or names.dtype.kind != "U":
        raise ValueError(f"{path}: found {sorted(arrays)}, expected image_name, one text a photo")
    sizes = {"N": len(names)}
    for name, array in arrays.items():
        if name == "image_name":
            continue
        if name not in SHAPES:
            raise ValueError(f"{path}: found an array {name!r}, expected some of {', '.join(SHAPES)}")
        letters = SHAPES[name].split()
        expected = [int(letter) if letter.isdigit() else sizes.get(letter) for letter in letters]
        fits = array.ndim == len(expected) and all(b in (None, a) for a, b in zip(array.shape, expected))
        if not fits or array.dtype != np.float32:
            raise ValueError(
                f"{path}: found {name} {array.shape} of {array.dtype}, expected "
                f"({', '.join('any' if size is None else str(size) for size in expected)}) of float32"
            )
        sizes |= dict(zip(letters, array.shape))
    match = [name for name in MATCH if name in arrays]
    if match and len(match) < len(MATCH):
        raise ValueError(f"{path}: found {', '.join(match)}, expected all of {', '.join(MATCH)} or none")
