"""How good the network is on the validation split after an epoch: seen in the history, used for nothing else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from fashionnet.batches import annotated, sources
from fashionnet.inference import predict
from fashionnet.metrics import attribute_recall, category_accuracy, landmark_error, retrieval_accuracy
from fashionnet.networks import System
from fashionnet.prepare.crops import Chosen
from fashionnet.prepare.tables import BENCHMARKS, Prepared, crop_to_photo
from fashionnet.ranking import ranking
from fashionnet.training import processes

COLUMNS = ("val_category_top1", "val_category_top3", "val_attribute_top3", "val_landmark_error", "val_retrieval_top1")


def validate(
    prepared: Prepared, network: System, device: torch.device, size: int, show: Callable[[str], None]
) -> dict[str, float | None]:
    """COLUMNS measured on the validation split, None where it lacks the labels; in-shop has no validation split.

    size: of the pictures, as the epoch was trained on. Several processes share the photos, and the first measures.
    """
    found: dict[str, float | None] = dict.fromkeys(COLUMNS)
    rows = {name: prepared.rows(name, "val") for name in BENCHMARKS}
    for name in ("category_attribute", "landmarks", "consumer_to_shop"):
        own = rows[name]
        if not len(own):
            continue
        part = own[processes.share(len(own))]
        output = predict(
            network,
            Chosen(prepared.crops, part),
            device=device,
            show=show,
            size=size,
            source=sources(prepared.photos.iloc[part]),
            annotated=annotated(prepared, part) if network.oracle else None,
        )
        output = {name: value if name == "match_weights" else _whole(value, len(own), device)
                  for name, value in output.items()}  # fmt: skip
        if processes.rank():
            continue
        if name == "category_attribute":
            found.update(_recognition(prepared, own, output))
        if name == "landmarks" or (name == "category_attribute" and not len(rows["landmarks"])):
            found.update(_landmarks(prepared, own, output))
        if name == "consumer_to_shop":
            found.update(_retrieval(prepared, own, output))
    return found


def _whole(own: np.ndarray, count: int, device: torch.device) -> np.ndarray:
    """All processes' predictions, of `count` photos."""
    return processes.gathered(torch.from_numpy(own).to(device), count).cpu().numpy()


def _recognition(prepared: Prepared, rows: np.ndarray, output: dict[str, np.ndarray]) -> dict[str, float]:
    labels = prepared.photos["category"].to_numpy()[rows]
    found = {}
    if "category" in output and (labels >= 0).any():
        for k in (1, 3):
            found[f"val_category_top{k}"] = category_accuracy(output["category"][labels >= 0], labels[labels >= 0], k)
    if "attributes" in output and (prepared.attributes[rows] == 1).any():
        recall = attribute_recall(output["attributes"], prepared.attributes[rows], prepared.groups, 3)
        found["val_attribute_top3"] = recall["mean"]
    return found


def _landmarks(prepared: Prepared, rows: np.ndarray, output: dict[str, np.ndarray]) -> dict[str, float]:
    visible = prepared.visibility[rows] == 0
    if "landmarks" not in output or not visible.any():
        return {}
    photos = prepared.photos.iloc[rows]
    side = (photos[["x_2", "y_2"]].to_numpy() - photos[["x_1", "y_1"]].to_numpy())[:, None]
    predicted, true = (crop_to_photo(v, photos) / side for v in (output["landmarks"], prepared.landmarks[rows]))
    return {"val_landmark_error": landmark_error(predicted, true, visible)[0]}


def _retrieval(prepared: Prepared, rows: np.ndarray, output: dict[str, np.ndarray]) -> dict[str, float]:
    role = prepared.photos["role"].to_numpy(dtype=str)[rows]
    items = prepared.photos["item"].to_numpy(dtype=str)[rows]
    query, gallery = role == "query", role == "gallery"
    if not np.isin(items[query], items[gallery]).any():
        return {}
    by = ranking(output)
    assert by is not None  # every network has a feature
    sides = by.query[query], by.gallery[gallery]
    top = retrieval_accuracy(*sides, items[query], items[gallery], ks=(1,), match=by.match)
    return {"val_retrieval_top1": top[1]}
