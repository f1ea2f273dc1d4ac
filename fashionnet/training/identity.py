"""What a training's outcome follows from: settings, data, code; and in what two of them differ."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

import fashionnet
from fashionnet.prepare.crops import stored
from fashionnet.prepare.tables import Prepared
from fashionnet.settings import Settings

# What decides a training's outcome beside settings and data; a checkpoint of other code is not continued.
CODE = (
    "ahead.py",
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
INDIFFERENT = ("checkpoint_share", "device", "workers")  # parameters of training that do not decide it


def asked(settings: Settings) -> dict[str, Any]:
    """What of an experiment's settings decides the outcome, or may do so on another machine."""
    found = settings.model_dump(include={"seed", "prepare", "network", "training"})
    for name in INDIFFERENT:
        del found["training"][name]
    return found


def made_with(settings: Settings, data: str, max_steps: int | None, device: torch.device) -> dict[str, Any]:
    """All that a training's outcome follows from. settings: the experiment's. data: the `data_hash`."""
    return {
        "settings": asked(settings),
        "most steps": max_steps,
        "data": data,
        "code": code_hash(),
        "device": device.type,
        "torch": str(torch.__version__),
    }


def identity(settings: Settings, data: str, max_steps: int | None, device: torch.device) -> str:
    """One short text for `made_with`."""
    return digest(made_with(settings, data, max_steps, device))


def digest(made: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:16]


def differences(found: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """Two of `made_with`, such as "settings.training.margin: found 0.2, expected 0.3"."""
    found, expected = _flat(found), _flat(expected)
    names = [*expected, *(name for name in found if name not in expected)]
    return [
        f"{name}: found {found.get(name, 'nothing')}, expected {expected.get(name, 'nothing')}"
        for name in names
        if found.get(name, "nothing") != expected.get(name, "nothing")
    ]


def _flat(value: Any, name: str = "") -> dict[str, Any]:
    """Values by their dotted names."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        return {name: value}
    return {key: v for k, part in inner for key, v in _flat(part, f"{name}.{k}" if name else str(k)).items()}


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
