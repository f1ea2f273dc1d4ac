"""Checkpoints from which a killed training goes on to the same weights."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

import fashionnet
from fashionnet.files import replacing
from fashionnet.prepare.crops import stored
from fashionnet.prepare.tables import Prepared

# What decides a training's outcome beside settings and data; a checkpoint of other code is not continued.
CODE = (
    "augmentation.py",
    "batches.py",
    "device.py",
    "formats/codes.py",
    "inference.py",
    "metrics",
    "networks",
    "prepare/crops.py",
    "prepare/tables.py",
    "ranking.py",
    "training",
)


class Checkpoint:
    """The one checkpoint of a training, at most `seconds` old.

    Others in `folder`, and what a kill left of one, are removed.
    """

    def __init__(self, folder: Path, key: str, seconds: float) -> None:
        self.path = folder / f"{key}.pt"
        self.seconds = seconds
        self.saved = time.monotonic()
        for other in folder.iterdir():
            if other != self.path and other.name.endswith((".pt", ".pt.part")):
                other.unlink()

    def load(self, device: torch.device) -> dict[str, Any] | None:
        """What `save` was given, or None where there is none."""
        if not self.path.exists():
            return None
        return torch.load(self.path, map_location=device, weights_only=True)

    def save(self, state: Callable[[], dict[str, Any]]) -> None:
        """Write `state()`, whole or not at all, if the last one is old enough."""
        if time.monotonic() - self.saved < self.seconds:
            return
        with replacing(self.path) as temporary:
            torch.save(state(), temporary)
        self.saved = time.monotonic()

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def code_hash() -> str:
    """Of the source text of everything in CODE."""
    root = Path(fashionnet.__file__).parent
    files = [path for name in CODE for path in ([root / name] if name.endswith(".py") else (root / name).rglob("*.py"))]
    found = hashlib.sha256()
    for path in sorted(files):
        found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def data_hash(prepared: Prepared) -> str:
    """Of everything that the photos of the training and validation splits bring: crops, labels, names."""
    rows = np.flatnonzero(prepared.photos["split"].isin(["train", "val"]).to_numpy())
    points = prepared.landmarks, prepared.visibility, prepared.joints, prepared.joint_visibility
    found = hashlib.sha256()
    for table in (prepared.photos.iloc[rows], prepared.categories, prepared.attribute_names):
        found.update(json.dumps(list(table.columns)).encode())
        found.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    for start in range(0, len(rows), 1024):
        part = rows[start : start + 1024]
        found.update(stored(prepared.crops, part))
        for array in (prepared.attributes, *points):
            found.update(np.ascontiguousarray(array[part]).tobytes())
    return found.hexdigest()[:16]
