"""Train a network in the paper's two steps, so that a killed run goes on to the very same weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from fashionnet.ahead import WORKERS, ahead
from fashionnet.batches import Batches
from fashionnet.device import pick_device, reproducible
from fashionnet.files import only_writer
from fashionnet.networks import System, make_network
from fashionnet.prepare.tables import Prepared
from fashionnet.progress import Counter, progress
from fashionnet.settings import Settings
from fashionnet.training import loading, processes, record
from fashionnet.training.checkpoints import Checkpoint
from fashionnet.training.descent import Descent, layers_in
from fashionnet.training.errors import TrainingError
from fashionnet.training.identity import asked, data_hash, digest, made_with
from fashionnet.training.losses import NAMES
from fashionnet.training.plan import make_plan
from fashionnet.training.supervision import supervised
from fashionnet.training.validation import validate


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

    In this process, or, where torchrun started several, in all of them together: each calls this. The first alone
    writes and tells of its progress, and the checkpoint of the first is continued by all.

    prepared: the training splits of all benchmarks are one training set, each loss masked where a photo lacks the
    label. settings: as loaded; the experiment's changes are applied here. checkpoints: a folder for this experiment
    alone, outside `folder`; a checkpoint of the same settings, data and code found there is continued, to the bit, and
    it is removed at the end. progress: takes a line of text, often. max_steps: end after so many batches.

    Raises BusyError when another process trains into `checkpoints`, TrainingError when a loss is no longer a number,
    memory is exhausted or a file cannot be written, ValueError for data without photos or labels to train on or crops
    of another size than the settings say.
    """
    settings = settings.experiment(experiment)
    with processes.together(pick_device(settings.training.device)) as device:
        training = settings.training.model_copy(update={"processes": processes.size()})
        settings = settings.model_copy(update={"training": training})
        if processes.rank() == 0:
            with only_writer(checkpoints), reproducible(device, training.threads):
                _train(prepared, settings, experiment, Path(folder), checkpoints, progress, max_steps, device)
        else:
            with reproducible(device, training.threads):
                _train(prepared, settings, experiment, Path(folder), checkpoints, lambda _: None, max_steps, device)


def _train(
    prepared: Prepared,
    settings: Settings,
    experiment: str,
    folder: Path,
    checkpoints: Path,
    show: Callable[[str], None],
    max_steps: int | None,
    device: torch.device,
) -> None:
    show(f"{experiment}: reading the training photos")
    with _memory_told(lambda: f"{experiment}: data and network do not", device, "lower network.width, or free memory"):
        trainer = Trainer(prepared, settings, experiment, device, max_steps)
    checkpoint = Checkpoint(checkpoints, trainer.made_with, settings.training.checkpoint_share)
    if (unlike := processes.of_first(checkpoint.tidy)) is not None:
        show(f"{experiment}: {unlike}; starting anew\n")
    parts = settings.training.accumulate
    photos = settings.training.batch_size // parts // processes.size()
    less = f"raise training.accumulate, found {parts}, or lower training.batch_size"
    with _memory_told(lambda: f"{experiment}, step {trainer.step + 1}: {photos} photos at a time do not", device, less):
        trainer.run(checkpoint, show)
    if processes.rank() == 0:
        with checkpoint.kept_if_full():
            trainer.write(folder)
        checkpoint.remove()


@contextmanager
def _memory_told(what: Callable[[], str], device: torch.device, less: str) -> Iterator[None]:
    """Raises TrainingError where memory ends in the block. what: that does not fit. less: what would."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not (isinstance(error, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(error)):
            raise
        raise TrainingError(f"{what()} fit into the memory of {device} ({error}); {less}") from error


class Trainer:
    """The state of a training, and how it goes from its first batch to its last."""

    def __init__(
        self, prepared: Prepared, settings: Settings, experiment: str, device: torch.device, max_steps: int | None
    ) -> None:
        """settings: the experiment's."""
        rows = np.flatnonzero((prepared.photos["split"] == "train").to_numpy())
        if not len(rows):
            raise ValueError("found no photo in a training split, expected some")
        size = settings.prepare.image_size
        if prepared.crops.shape[1] != size:
            raise ValueError(f"found crops of {prepared.crops.shape[1]} pixels, expected {size}; prepare again")
        self.data = processes.of_first(lambda: data_hash(prepared))
        prepared = supervised(prepared, settings)
        self.prepared, self.settings, self.experiment, self.device = prepared, settings, experiment, device
        training = settings.training
        self.batches = Batches(prepared, rows, training.batch_size, settings.seed, device, training.pairs)
        least = 2 * training.accumulate * processes.size()
        if len(rows) // len(self.batches) < least:
            raise ValueError(f"found {len(rows)} training photos, expected at least {least} in each batch")
        self.plan = make_plan(prepared, self.batches, settings)
        self.steps = len(self.plan.epochs) * len(self.batches)
        if max_steps is not None:
            self.steps = min(self.steps, max_steps)
        self.network = self._network()
        self.descent = Descent(self.network, self.plan, training, self.steps, device)
        self.step = 0
        self.history: list[dict[str, Any]] = []
        self.tally = np.zeros((len(NAMES), 2))  # total and count of each loss, in this epoch so far
        self.made_with = made_with(settings, self.data, max_steps, device)

    def _network(self) -> System:
        torch.manual_seed(self.settings.seed)
        network = make_network(
            categories=len(self.prepared.categories) if self.plan.labelled["category"] else 0,
            groups=self.prepared.groups.tolist() if self.plan.labelled["attributes"] else [],
            **self.settings.network.model_dump(exclude={"weights"}),
        )
        if self.settings.network.weights:
            network.load_vgg(self.settings.network.weights)
        network.untrained = frozenset(self.plan.untrained)
        if self.settings.network.local == "joints":  # what its pose branch says is not where landmarks are
            network.untrained |= {"landmarks", "visibility"}
        # Batch norm takes the statistics of all processes' photos on CUDA. On the CPU, for which PyTorch has no such
        # layer, each process takes its own share's, and the first one's running statistics are kept.
        if processes.size() > 1 and self.device.type == "cuda":
            network = nn.SyncBatchNorm.convert_sync_batchnorm(network)
        return network.to(self.device, memory_format=self._layout)

    @property
    def _layout(self) -> torch.memory_format:
        return torch.channels_last if self.settings.training.channels_last else torch.contiguous_format

    def run(self, checkpoint: Checkpoint, show: Callable[[str], None]) -> None:
        """From the checkpoint, or from the start, to the last step."""
        self.go_on_from(checkpoint)
        first = self.step
        counter = Counter(self.steps, show, done=first)
        self.network.train()
        workers = self.settings.training.workers
        if workers == "auto":
            workers = WORKERS[self.device.type]
        for epoch, parts in ahead(self.orders(), self.read, workers):
            # Dropout draws from torch's own generator: with a seed for each step it has no state to restore. Of the
            # first process, it is the one that a process alone has: numpy takes no difference between [a, b] and
            # [a, b, 0].
            seed = np.random.SeedSequence([self.settings.seed, self.step, processes.rank()])
            torch.manual_seed(int(seed.generate_state(1)[0]))
            loss = self.advance(parts, epoch)
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
            if processes.rank() == 0:
                checkpoint.save(self.state)
        begun = f", after {first} of an earlier run" if first else ""
        show(f"{self.experiment}: {self.steps - first} steps were run{begun}\n")

    def go_on_from(self, checkpoint: Checkpoint) -> None:
        """Its state, where there is one; no copy of it is kept. Raises TrainingError where the processes differ."""
        if (state := checkpoint.load(self.device)) is not None:
            self.restore(state)
        processes.agreed((digest(self.made_with), self.step), "training and step to go on from")

    def orders(self) -> Iterator[tuple[int, list[np.ndarray]]]:
        """Epoch and rows, part by part, of every batch that is still to come."""
        order: list[np.ndarray] = []
        for step in range(self.step, self.steps):
            epoch, place = divmod(step, len(self.batches))
            if place == 0 or not order:
                order = self.batches.epoch(epoch)
            rows = order[place]
            yield epoch, loading.cut(rows, self.batches.item[rows], self.settings.training.accumulate)

    def read(self, order: tuple[int, list[np.ndarray]]) -> tuple[int, list[loading.Given]]:
        epoch, rows = order
        return epoch, [loading.read(self.batches, part, epoch) for part in rows]

    def picture(self, epoch: int) -> int:
        """Side of this epoch's pictures, pixels."""
        return self.plan.epochs[epoch].image_size or self.settings.network.image_size

    def advance(self, parts: list[loading.Given], epoch: int) -> float:
        """One step down the gradient of this batch's loss, which is returned."""
        given = self.plan.weights(epoch)
        sums = self.descent.gradient([loading.ready(self.batches, part, self.picture(epoch)) for part in parts], given)
        if wrong := sums.wrong:
            raise TrainingError(
                f"{self.experiment}, epoch {epoch + 1}, step {self.step + 1}: found {wrong}, expected a finite number; "
                "a lower training.muon_rate or training.learning_rate may help"
            )
        self.descent.move()
        for name in given:
            self.tally[NAMES.index(name)] += sums.totals[name], sums.counts[name]
        return sum(weight * sums.totals[name] / max(1, sums.counts[name]) for name, weight in given.items())

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
            "learning_rate": self.descent.schedules[-1].get_last_lr()[0],
            "loss": sum(given[name] * mean for name, mean in means.items()),
        }
        row |= {f"loss_{name}": means.get(name) for name in NAMES}
        processes.buffers_of_first(self.network)
        with layers_in(self.settings.training.precision, self.device):
            row |= validate(self.prepared, self.network, self.device, self.picture(epoch), show)
        self.network.to(memory_format=self._layout)  # validation has channels last
        self.history.append({key: value if value is None or isinstance(value, str | int) else float(value)
                             for key, value in row.items()})  # fmt: skip
        self.tally[:] = 0

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on and that is not a function of settings, data and step number."""
        state = {"step": self.step, "history": self.history, "tally": self.tally.tolist()}
        return state | self.descent.state()

    def restore(self, state: dict[str, Any]) -> None:
        self.descent.restore(state)
        self.step, self.history = state["step"], state["history"]
        self.tally = np.array(state["tally"])

    def write(self, folder: Path) -> None:
        """The outcome."""
        card = {"experiment": self.experiment, "settings": asked(self.settings), "data": self.data}
        numbers = {"photos": len(self.batches.rows), "steps": self.steps}
        record.write(folder, self.network, self.prepared, self.plan, self.history, card, numbers)
