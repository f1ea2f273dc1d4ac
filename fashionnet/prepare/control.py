"""Quality control on the prepared tables: photos that stand twice, that leak into a test split, that cannot be right.

What is found lies beside the tables. Nothing is taken out but training photos that leak, and these only from their
split.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from fashionnet.files import replacing
from fashionnet.prepare.tables import LEAKED, Prepared, crop_to_photo
from fashionnet.quality import find_duplicates, leaks, screen
from fashionnet.quality.duplicates import Open

NAMES = ("duplicates", "leaks", "screening")


@dataclass(frozen=True)
class Control:
    """What quality control found; rows are those of `Prepared.photos`.

    duplicates: as `quality.find_duplicates` gives them. leaks: as `quality.leaks`. screening: as `quality.screen`.
    """

    duplicates: pd.DataFrame
    leaks: pd.DataFrame
    screening: pd.DataFrame


def control(
    prepared: Prepared, fingerprints: pd.DataFrame, open_photo: Open, progress: Callable[[str], None]
) -> Control:
    """fingerprints: a row a photo, as `quality.fingerprint_table` has them. open_photo: a row's number → the photo."""
    table = pd.concat([prepared.photos, fingerprints], axis=1)
    duplicates = find_duplicates(table, open_photo, progress)
    _, leaking = leaks(table, duplicates)
    landmarks = crop_to_photo(prepared.landmarks, prepared.photos)
    return Control(duplicates, leaking, screen(table, landmarks, prepared.visibility, prepared.categories))


def without_leaks(photos: pd.DataFrame, found: Control) -> pd.DataFrame:
    """The photos' table with every leaking training photo in the split LEAKED, which nothing is trained on."""
    leaking = np.isin(np.arange(len(photos)), found.leaks["train"])
    return photos.assign(split=photos["split"].mask(leaking, LEAKED))


def save_control(found: Control, folder: Path) -> None:
    for name in NAMES:
        with replacing(folder / f"{name}.parquet") as temporary:
            getattr(found, name).to_parquet(temporary, index=False, compression="zstd")


def load_control(folder: Path) -> Control:
    """What `prepare` found. Raises FileNotFoundError where it has not run."""
    return Control(*(pd.read_parquet(Path(folder) / f"{name}.parquet") for name in NAMES))
