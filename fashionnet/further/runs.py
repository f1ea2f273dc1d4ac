"""Many trainings, as many at a time as there are cores; what is done is not done again."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fashionnet.device import pick_device
from fashionnet.files import write_text
from fashionnet.predict import predict_benchmarks
from fashionnet.prepare import load_prepared
from fashionnet.processes import die_with_parent
from fashionnet.settings import Settings
from fashionnet.training import data_hash, identity, load, train


@dataclass(frozen=True)
class Run:
    """folder: takes model/ and, if asked for, predictions/. settings: as loaded, `experiment` one of theirs."""

    folder: Path
    settings: Settings
    experiment: str
    predict: bool


def alone(settings: Settings) -> Settings:
    """The settings with which runs share a machine: one process with one thread each, since on a CPU two runs of one
    thread are done sooner than one after the other with two."""
    training = settings.training.model_copy(update={"threads": 1, "processes": 1})
    return settings.model_copy(update={"training": training})


def complete(prepared: Path, runs: list[Run]) -> Iterator[Run]:
    """Train, and predict with, every run that is not there yet; each as soon as it is done.

    prepared: what `dvc repro prepare` wrote. A run is there if one of the same settings, data and code ended; a killed
    one goes on from its checkpoint. On a GPU they run one after the other.
    """
    tasks = [(prepared, run) for run in runs]
    one = pick_device(runs[0].settings.training.device).type == "cuda" if runs else True
    processes = 1 if one else min(len(runs), len(os.sched_getaffinity(0)))
    # Threads that wait by spinning would hold up the others.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    with multiprocessing.get_context("spawn").Pool(processes, die_with_parent, maxtasksperchild=1) as pool:
        for done, run in enumerate(pool.imap_unordered(_complete, tasks), 1):
            print(f"{done} of {len(runs)}: {run.folder.name}", file=sys.stderr, flush=True)
            yield run


def _complete(task: tuple[Path, Run]) -> Run:
    folder, run = task
    model, predictions, done = (run.folder / name for name in ("model", "predictions", "done.txt"))
    prepared = load_prepared(folder)
    device = pick_device(run.settings.training.device)
    key = identity(run.settings.experiment(run.experiment), data_hash(prepared), None, device)
    if done.is_file() and done.read_text() == key:
        return run
    train(prepared, run.settings, run.experiment, model, run.folder / "checkpoints", progress=lambda _: None)
    if run.predict:
        predict_benchmarks(prepared, load(model), run.settings, predictions, show=lambda _: None)
    write_text(done, key)
    return run
