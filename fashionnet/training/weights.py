"""Trained networks on disk: weights.safetensors, which holds how to build the network that they belong to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import safetensors
from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors.torch import load_file, save_file

from fashionnet.files import replacing
from fashionnet.networks import NETWORKS, System, WeightsError

FILE = "weights.safetensors"
KEY = "fashionnet"  # the file's one metadata key: safetensors writes several in random order


class Card(BaseModel):
    """What stands in the file beside the weights. Nothing in it varies between two runs of the same training.

    system: which network. sizes: its arguments. categories, attributes: the names of the outputs. untrained: outputs
    that the data had no labels for. experiment, settings: under which it was trained. data: hash of the photos and
    labels. versions: of the libraries that computed it.
    """

    model_config = ConfigDict(extra="forbid")

    system: str
    sizes: dict[str, Any]
    categories: list[str]
    attributes: list[str]
    untrained: list[str]
    experiment: str
    settings: dict[str, Any]
    data: str
    versions: dict[str, str]


def save(network: System, card: Card, folder: Path) -> None:
    """Write folder/weights.safetensors, whole or not at all; the same network and card give the same bytes."""
    text = json.dumps(card.model_dump(), sort_keys=True, ensure_ascii=False)
    tensors = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
    with replacing(folder / FILE) as temporary:
        save_file(tensors, temporary, metadata={KEY: text})


def read_card(folder: Path) -> Card:
    """What a trained network was trained with. Raises WeightsError for a file that `save` did not write."""
    path = Path(folder) / FILE
    if not path.is_file():
        raise FileNotFoundError(f"{path}: found no file, expected a trained network's weights")
    try:
        with safetensors.safe_open(path, framework="pt") as handle:
            metadata = handle.metadata() or {}
    except safetensors.SafetensorError as error:
        raise WeightsError(f"{path}: expected a safetensors file, found: {error}") from None
    if KEY not in metadata:
        raise WeightsError(f"{path}: found metadata {sorted(metadata)}, expected {KEY!r}")
    try:
        return Card.model_validate_json(metadata[KEY])
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise WeightsError(f"{path}: metadata {KEY!r}, {where}: {first['msg'].lower()}") from None


def load(folder: Path) -> System:
    """The trained network of `folder`, ready to predict (eval mode, on the CPU).

    Raises WeightsError where the file's metadata or tensors do not make one, FileNotFoundError for no file.
    """
    path, card = Path(folder) / FILE, read_card(folder)
    if card.system not in NETWORKS:
        raise WeightsError(f"{path}: metadata {KEY!r}, system: found {card.system!r}, expected {', '.join(NETWORKS)}")
    try:
        network = NETWORKS[card.system](**card.sizes)
    except (TypeError, ValueError, RuntimeError) as error:
        raise WeightsError(f"{path}: metadata {KEY!r}, sizes: {error}") from None
    for what, names, size in (
        ("categories", card.categories, network.sizes["categories"]),
        ("attributes", card.attributes, len(network.sizes.get("groups", ())) or network.sizes.get("attributes", 0)),
    ):
        if len(names) != size:
            raise WeightsError(f"{path}: found {len(names)} names of {what}, expected {size}")
    try:
        network.load_state_dict(load_file(path))
    except RuntimeError as error:
        raise WeightsError(f"{path}: {error}") from None
    network.untrained = frozenset(card.untrained)
    return network.eval()
