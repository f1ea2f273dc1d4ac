"""All of quality control at once, as prepare runs it, and its three tables on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from fashionnet.files import replacing
from fashionnet.quality.duplicates import find_duplicates
from fashionnet.quality.leaks import leaks
from fashionnet.quality.screening import screen


@dataclass(frozen=True)
class Quality:
    """What is wrong with prepared data; `row`, `first`, `second`, `train` and `test` are row numbers of its photos.

    duplicates: of `find_duplicates`. leaks: of `leaks`. screened: of `screen`.
    """

    duplicates: pd.DataFrame
    leaks: pd.DataFrame
    screened: pd.DataFrame


def control(
    table: pd.DataFrame,
    landmarks: np.ndarray,
    visibility: np.ndarray,
    categories: pd.DataFrame,
    open_photo: Callable[[int], Image.Image],
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Quality, np.ndarray]:
    """Everything that is found, and (N,) bool: which training photos stand in a test split.

    table: the photos' PHOTO_COLUMNS beside the columns of `fingerprint_table`. landmarks (N, 8, 2) in photo pixels.
    """
    pairs = find_duplicates(table, open_photo, progress)
    leaking, leaked = leaks(table, pairs)
    return Quality(pairs, leaked, screen(table, landmarks, visibility, categories)), leaking


def save_quality(quality: Quality, folder: Path) -> None:
    """Write a Parquet file for each table, beside those of `save_prepared`."""
    for name in ("duplicates", "leaks", "screened"):
        with replacing(Path(folder) / f"{name}.parquet") as temporary:
            getattr(quality, name).to_parquet(temporary, index=False, compression="zstd")


def load_quality(folder: Path) -> Quality:
    """Read what `save_quality` wrote. Raises FileNotFoundError, saying what to run, where it is not whole."""
    tables = {}
    for name in ("duplicates", "leaks", "screened"):
        path = Path(folder) / f"{name}.parquet"
        if not path.is_file():
            raise FileNotFoundError(f"{path}: found no such file, expected what `dvc repro prepare` writes")
        tables[name] = pd.read_parquet(path)
    return Quality(**tables)
