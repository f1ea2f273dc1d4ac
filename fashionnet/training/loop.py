"""Train a network in the paper's two steps, so that a killed run goes on to the very same weights."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from fashionnet.batches import Batch, Batches
from fashionnet.device import pick_device, reproducible
from fashionnet.files import only_writer, write_json, write_text
from fashionnet.networks import Head, System, make_network, name_of
from fashionnet.prepare.tables import Prepared
from fashionnet.progress import Counter, progress
from fashionnet.settings import Settings, Training
from fashionnet.training import weights
from fashionnet.training.checkpoints import Checkpoint, code_hash, data_hash, digest
from fashionnet.training.losses import NAMES, losses
from fashionnet.training.muon import Muon, fits
from fashionnet.training.plan import Plan, make_plan
from fashionnet.training.supervision import supervised
from fashionnet.training.validation import COLUMNS, validate

WARM_UP = 0.1  # share of the steps in which the learning rate rises: a short training has none to lose (ours)
CLIP = 5.0  # largest length of the gradient: only a batch that would throw the weights far away reaches it (ours)


class TrainingError(RuntimeError):
    """Training cannot go on."""


def train(
    prepared: Prepared,
    settings: Settings,
    experiment: str,
    folder: Path,
    checkpoints: Path,
    progress: Callable[[str], None] = progress,
    max_steps: int | None = None,
) -> None:
    """Train `experiment` and write folder/weights.safetensors, history.csv and trained_with.json.

    prepared: the training splits of all benchmarks are one training set, each loss masked where a photo lacks the
    label. settings: as loaded; the experiment's changes are applied here. checkpoints: a folder for this experiment
    alone, outside `folder`; a checkpoint of the same settings, data and code found there is continued, to the bit, and
    it is removed at the end. progress: takes a line of text, often. max_steps: end after so many batches.

    Raises BusyError when another process trains into `checkpoints`, TrainingError when a loss is no longer a number,
    ValueError for data without photos or labels to train on or crops of another size than the settings say.
    """
    settings = settings.experiment(experiment)
    device = pick_device(settings.training.device)
    with only_writer(checkpoints), reproducible(device, settings.training.threads):
        progress(f"{experiment}: reading the training photos")
        trainer = Trainer(prepared, settings, experiment, device, max_steps)
        checkpoint = Checkpoint(checkpoints, trainer.key, settings.training.checkpoint_seconds)
        trainer.run(checkpoint, progress)
        trainer.write(folder)
        checkpoint.remove()


def asked(settings: Settings) -> dict[str, Any]:
    """What of an experiment's settings decides the outcome, or may do so on another machine."""
    found = settings.model_dump(include={"seed", "prepare", "network", "training"})
    for name in ("checkpoint_seconds", "device"):
        del found["training"][name]
    return found


def identity(settings: Settings, data: str, max_steps: int | None, device: torch.device) -> str:
    """One text for all that a training's outcome follows from. settings: the experiment's. data: the `data_hash`."""
    return digest(repr(asked(settings)), str(max_steps), data, code_hash(), device.type, torch.__version__)


class Trainer:
    """The state of a training, and how it goes one batch forward."""

    def __init__(
        self, prepared: Prepared, settings: Settings, experiment: str, device: torch.device, max_steps: int | None
    ) -> None:
        rows = np.flatnonzero((prepared.photos["split"] == "train").to_numpy())
        if not len(rows):
            raise ValueError("found no photo in a training split, expected some")
        size = settings.prepare.image_size
        if prepared.crops.shape[1] != size:
            raise ValueError(f"found crops of {prepared.crops.shape[1]} pixels, expected {size}; prepare again")
        self.data = data_hash(prepared)
        prepared = supervised(prepared, settings)
        self.prepared, self.settings, self.experiment, self.device = prepared, settings, experiment, device
        training = settings.training
        self.batches = Batches(prepared, rows, training.batch_size, settings.seed, device, training.pairs)
        self.plan: Plan = make_plan(prepared, self.batches, settings)
        self.steps = len(self.plan.epochs) * len(self.batches)
        if max_steps is not None:
            self.steps = min(self.steps, max_steps)

        torch.manual_seed(settings.seed)
        self.network: System = make_network(
            categories=len(prepared.categories) if self.plan.labelled["category"] else 0,
            groups=prepared.groups.tolist() if self.plan.labelled["attributes"] else [],
            **settings.network.model_dump(exclude={"weights"}),
        )
        if settings.network.weights:
            self.network.load_vgg(settings.network.weights)
        self.network.untrained = frozenset(self.plan.untrained)
        if settings.network.local == "joints":  # what its pose branch says is not where landmarks are
            self.network.untrained |= {"landmarks", "visibility"}
        self.network.to(device, memory_format=torch.channels_last)
        self.optimisers = make_optimisers(self.network, settings.training)
        self.schedules = [
            torch.optim.lr_scheduler.OneCycleLR(
                optimiser,
                optimiser.defaults["lr"],
                total_steps=self.steps + 1,
                pct_start=WARM_UP,
                cycle_momentum=False,
            )
            for optimiser in self.optimisers
        ]
        self.step = 0
        self.history: list[dict[str, Any]] = []
        self.tally = np.zeros((len(NAMES), 2))  # total and count of each loss, in this epoch so far

        self.asked = asked(settings)
        self.key = identity(settings, self.data, max_steps, device)

    def run(self, checkpoint: Checkpoint, show: Callable[[str], None]) -> None:
        """From the checkpoint, or from the start, to the last step."""
        if (state := checkpoint.load(self.device)) is not None:
            self.restore(state)
        counter = Counter(self.steps, show, done=self.step)
        self.network.train()
        order: list[np.ndarray] | None = None
        while self.step < self.steps:
            epoch, place = divmod(self.step, len(self.batches))
            if order is None or place == 0:
                order = self.batches.epoch(epoch)
            # Dropout draws from torch's own generator: with a seed for each step it has no state to restore.
            torch.manual_seed(int(np.random.SeedSequence([self.settings.seed, self.step]).generate_state(1)[0]))
            loss = self.advance(self.batches.load(order[place], epoch, self.picture(epoch)), epoch)
            self.step += 1
            if self.step == self.steps or self.step % len(self.batches) == 0:
                self.end_epoch(epoch, lambda text: show(f"{self.experiment}: validation, {text}"))
            name = self.plan.epochs[epoch].name
            counter.step(
                lambda: (
                    f"{self.experiment}: epoch {epoch + 1} of {len(self.plan.epochs)} ({name}), "  # noqa: B023
                    f"step {self.step} of {self.steps}, loss {loss:.3f}"  # noqa: B023
                )
            )
            checkpoint.save(self.state)

    def picture(self, epoch: int) -> int:
        """Side of this epoch's pictures, pixels."""
        return self.plan.epochs[epoch].image_size or self.settings.network.image_size

    def advance(self, batch: Batch, epoch: int) -> float:
        """One step down the gradient of this batch's loss, which is returned."""
        given = self.plan.weights(epoch)
        output = self.network(batch.images, batch.source, (batch.landmarks, batch.visibility))
        found = losses(output, batch, (self.plan.positive, self.plan.negative), self.settings.training.margin)
        loss = torch.stack([found[name].mean * weight for name, weight in given.items()]).sum()
        self.network.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
        # One transfer from the device for all numbers.
        numbers = torch.stack([loss.detach(), *(v.detach() for name in given for v in found[name])]).double().tolist()
        if not all(map(math.isfinite, numbers)):
            bad = [name for i, name in enumerate(given) if not math.isfinite(numbers[1 + 2 * i])] or ["the sum"]
            raise TrainingError(
                f"{self.experiment}, epoch {epoch + 1}, step {self.step + 1}: found {numbers[0]} in the loss "
                f"({', '.join(bad)}), expected a finite number; a lower training.muon_rate or training.learning_rate "
                "may help"
            )
        for optimiser, schedule in zip(self.optimisers, self.schedules):
            optimiser.step()
            schedule.step()
        for i, name in enumerate(given):
            self.tally[NAMES.index(name)] += numbers[1 + 2 * i : 3 + 2 * i]
        return numbers[0]

    def end_epoch(self, epoch: int, show: Callable[[str], None]) -> None:
        """Write down the epoch's losses, each the mean over all that it counted, and what validation says."""
        given = self.plan.weights(epoch)
        means = {
            name: total / count
            for name, (total, count) in zip(NAMES, self.tally, strict=True)
            if name in given and count
        }
        row: dict[str, Any] = {
            "epoch": epoch + 1,
            "step": self.plan.epochs[epoch].name,
            "learning_rate": self.schedules[-1].get_last_lr()[0],
            "loss": sum(given[name] * mean for name, mean in means.items()),
        }
        row |= {f"loss_{name}": means.get(name) for name in NAMES}
        row |= validate(self.prepared, self.network, self.device, self.picture(epoch), show)
        self.history.append({key: value if value is None or isinstance(value, str | int) else float(value)
                             for key, value in row.items()})  # fmt: skip
        self.tally[:] = 0

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on and that is not a function of settings, data and step number."""
        return {
            "step": self.step,
            "network": self.network.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "schedules": [schedule.state_dict() for schedule in self.schedules],
            "history": self.history,
            "tally": self.tally.tolist(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.network.load_state_dict(state["network"])
        for name in ("optimisers", "schedules"):
            for own, saved in zip(getattr(self, name), state[name], strict=True):
                own.load_state_dict(saved)
        self.step, self.history = state["step"], state["history"]
        self.tally = np.array(state["tally"])

    def write(self, folder: Path) -> None:
        """The outcome; no time, path or other thing that differs between two runs is in it."""
        folder = Path(folder)
        columns = ["epoch", "step", "learning_rate", "loss", *(f"loss_{name}" for name in NAMES), *COLUMNS]
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.history)
        write_text(folder / "history.csv", text.getvalue())
        names = {
            "category": self.prepared.categories["category_name"].tolist(),
            "attributes": self.prepared.attribute_names["attribute_name"].tolist(),
        }
        card = weights.Card(
            system=name_of(self.network),
            sizes=self.network.sizes,
            categories=names["category"] if "category" in self.network.outputs else [],
            attributes=names["attributes"] if "attributes" in self.network.outputs else [],
            untrained=sorted(self.network.untrained),
            experiment=self.experiment,
            settings=self.asked,
            data=self.data,
            versions={"torch": torch.__version__},
        )
        write_json(
            folder / "trained_with.json",
            card.model_dump()
            | {
                "photos": len(self.batches.rows),
                "labels": {name: self.plan.labelled[name] for name in self.plan.losses},
                "attribute_weights": {"positive": self.plan.positive, "negative": self.plan.negative},
                "parameters": sum(p.numel() for p in self.network.parameters()),
                "epochs": len(self.plan.epochs),
                "steps": self.steps,
                "notes": self.plan.notes,
            },
        )
        weights.save(self.network, card, folder)


def make_optimisers(network: nn.Module, settings: Training) -> list[torch.optim.Optimizer]:
    """Muon for the hidden layers' weights, AdamW for all else.

    Weight decay for weights of layers alone: it would pull norms towards zero output and biases to no purpose.
    """
    heads = {id(layer.weight) for layer in network.modules() if isinstance(layer, Head)}
    every = list(network.parameters())
    hidden = [p for p in every if p.dim() > 1 and id(p) not in heads and fits(p)]
    decayed = [p for p in every if p.dim() > 1 and (id(p) in heads or not fits(p))]
    free = [p for p in every if p.dim() < 2]
    groups = [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": free, "weight_decay": 0.0}]
    return [
        Muon(hidden, lr=settings.muon_rate, weight_decay=settings.weight_decay),
        torch.optim.AdamW(groups, lr=settings.learning_rate, fused=True),
    ]
