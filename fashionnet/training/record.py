"""A training's outcome on disk: history.csv, trained_with.json, weights.safetensors."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import torch

from fashionnet.files import write_json, write_text
from fashionnet.networks import System, name_of
from fashionnet.prepare.tables import Prepared
from fashionnet.training import weights
from fashionnet.training.losses import NAMES
from fashionnet.training.plan import Plan
from fashionnet.training.validation import COLUMNS


def write(
    folder: Path,
    network: System,
    prepared: Prepared,
    plan: Plan,
    history: list[dict[str, Any]],
    card: dict[str, Any],
    numbers: dict[str, int],
) -> None:
    """No time, path or other thing that differs between two runs is in it.

    history: a row an epoch. card: of weights.Card, what does not follow from the other arguments. numbers: for
    trained_with.json alone.
    """
    columns = ["epoch", "step", "learning_rate", "loss", *(f"loss_{name}" for name in NAMES), *COLUMNS]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(history)
    write_text(folder / "history.csv", text.getvalue())
    names = {
        "categories": prepared.categories["category_name"].tolist() if "category" in network.outputs else [],
        "attributes": prepared.attribute_names["attribute_name"].tolist() if "attributes" in network.outputs else [],
    }
    whole = weights.Card(
        system=name_of(network),
        sizes=network.sizes,
        untrained=sorted(network.untrained),
        versions={"torch": torch.__version__},
        **names,
        **card,
    )
    further = {
        "labels": {name: plan.labelled[name] for name in plan.losses},
        "attribute_weights": {"positive": plan.positive, "negative": plan.negative},
        "parameters": sum(p.numel() for p in network.parameters()),
        "epochs": len(plan.epochs),
        "notes": plan.notes,
    }
    write_json(folder / "trained_with.json", whole.model_dump() | further | numbers)
    weights.save(network, whole, folder)
