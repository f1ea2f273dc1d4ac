"""Start the processes that train one network together, as torchrun does, and tell clearly when one of them fails."""

from __future__ import annotations

import os
import signal
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from torch.distributed.elastic.multiprocessing.api import DefaultLogsSpecs, Std
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError, ProcessFailure
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

from fashionnet.prepare.tables import load_prepared
from fashionnet.processes import die_with_parent
from fashionnet.progress import PIPE, pipe, progress
from fashionnet.settings import Settings
from fashionnet.training.errors import TrainingError
from fashionnet.training.loop import train

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)  # that elastic_launch takes over


def launch(
    prepared: Path,
    settings: Settings,
    experiment: str,
    folder: Path,
    checkpoints: Path,
    progress: Callable[[str], None] = progress,
    max_steps: int | None = None,
) -> None:
    """`train` with the photos in the folder `prepared`: here for one of `training.processes`, else in so many processes
    of their own, which end with this one and all with the first that fails.

    Raises what `train` does; of processes of their own TrainingError, with what the failing one said.
    """
    count = settings.experiment(experiment).training.processes
    if count == 1:
        train(load_prepared(prepared), settings, experiment, folder, checkpoints, progress, max_steps)
        return
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # threads that wait by spinning would hold up the others
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    with pipe(progress) as path, tempfile.TemporaryDirectory(prefix="fashionnet-") as logs:
        config = LaunchConfig(
            min_nodes=1,
            max_nodes=1,
            nproc_per_node=count,
            run_id=uuid.uuid4().hex,
            rdzv_backend="c10d",
            rdzv_endpoint="localhost:0",  # any free port
            local_addr="localhost",
            max_restarts=0,  # a checkpoint is gone on from by running again
            # What torch warns of shall not land in a notebook.
            logs_specs=DefaultLogsSpecs(log_dir=logs, redirects=Std.ALL),
        )
        try:
            elastic_launch(config, _member)(prepared, settings, experiment, folder, checkpoints, path, max_steps)
        except ChildFailedError as error:
            raise TrainingError(f"{experiment}: {_told(*error.get_first_failure(), count)}") from None
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)


def _member(
    prepared: Path,
    settings: Settings,
    experiment: str,
    folder: Path,
    checkpoints: Path,
    path: str,
    max_steps: int | None,
) -> None:
    """One process of several. path: the FIFO for progress."""
    die_with_parent()
    os.environ[PIPE] = path
    try:
        train(load_prepared(prepared), settings, experiment, folder, checkpoints, progress, max_steps)
    except RuntimeError as error:
        if not isinstance(error, TrainingError):
            time.sleep(1)  # where another process was lost, it shall be found before this one, which only misses it
        raise


def _told(place: int, failure: ProcessFailure, count: int) -> str:
    """One line on how a process ended."""
    who = f"process {place + 1} of {count}"
    if failure.exitcode < 0:
        why = ": memory may have been exhausted" if failure.exitcode == -signal.SIGKILL else ""
        return f"{who} was ended by signal {-failure.exitcode}{why}; run again to go on from the last checkpoint"
    message: Any = failure.message
    return f"{who}: {message['message'] if isinstance(message, dict) else message}"
