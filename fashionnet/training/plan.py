"""What of the schedule can be trained with the data there is: losses without labels are left out, and say why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fashionnet.batches import Batches
from fashionnet.networks import NETWORKS
from fashionnet.prepare.tables import Prepared
from fashionnet.settings import Settings, Step
from fashionnet.training.losses import NAMES, attribute_weights

OUTPUTS = {"landmarks", "visibility", "category", "attributes"}  # of networks, each with a loss of its name


@dataclass(frozen=True)
class Plan:
    """epochs: the step of each epoch. labelled: for each loss, how many labels the training photos have. positive,
    negative: the two weights of the attribute loss. losses: those that the network has. notes: what is left out, and
    why, for people to read."""

    epochs: list[Step]
    labelled: dict[str, int]
    positive: float
    negative: float
    losses: tuple[str, ...]
    notes: list[str]

    def weights(self, epoch: int) -> dict[str, float]:
        """The losses that count in this epoch, with their weights."""
        given = self.epochs[epoch].weights.model_dump()
        return {name: given[name] for name in self.losses if given[name] > 0 and self.labelled[name]}

    @property
    def untrained(self) -> list[str]:
        """The network's outputs that no loss of this plan reaches."""
        trained = {name for epoch in range(len(self.epochs)) for name in self.weights(epoch)}
        return sorted(OUTPUTS - trained)


def make_plan(prepared: Prepared, batches: Batches, settings: Settings) -> Plan:
    """Raises ValueError where the training photos have no label that any step of the schedule learns from.

    A system without landmarks goes through the pose step too, with the losses that it has: all see as many pictures.
    """
    rows = batches.rows
    predicts = NETWORKS[settings.network.system].predicts
    learned = tuple(name for name in NAMES if name == "pairs" or name in predicts)
    attributes = prepared.attributes[rows]
    positives, negatives = int((attributes == 1).sum()), int((attributes == -1).sum())
    labelled = {
        "landmarks": int((batches.visibility[rows] == 0).sum()),
        "visibility": int((batches.visibility[rows] >= 0).sum()),
        "category": int((batches.category[rows] >= 0).sum()),
        "attributes": positives + negatives,
        "pairs": _pairs(batches),
    }
    notes = [f"no training photo has what the {name} loss needs: left out" for name in learned if not labelled[name]]
    epochs: list[Step] = []
    last = settings.training.schedule[-1]
    for step in settings.training.schedule:
        poses = step.name == "pose" and not settings.training.at_once
        if poses and "landmarks" in learned and not labelled["landmarks"]:
            notes.append(f"pose step skipped ({step.epochs} epochs): no training photo has a visible landmark")
            continue
        if settings.training.at_once:
            step = step.model_copy(update={"name": last.name, "weights": last.weights})
        epochs += [step] * step.epochs
    plan = Plan(epochs, labelled, *attribute_weights(positives, negatives), learned, notes)
    if not any(plan.weights(epoch) for epoch in range(len(epochs))):
        raise ValueError(f"found {len(rows)} training photos without any label to learn from, expected some")
    return plan


def _pairs(batches: Batches) -> int:
    """Photos that have a positive: another photo of the item, in consumer-to-shop of the other domain."""
    item, source = batches.paired[batches.rows], batches.source[batches.rows]
    item, source = item[item >= 0], source[item >= 0]
    if not len(item):
        return 0
    counts = np.zeros((item.max() + 1, 3), np.int64)
    np.add.at(counts, (item, source), 1)
    partners = np.stack([counts[:, 0] - 1, counts[:, 2], counts[:, 1]], 1)
    return int((partners[item, source] > 0).sum())
