"""Checkpoints from which a killed training goes on to the same weights."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from fashionnet.files import MAKE_ROOM, replacing
from fashionnet.training.errors import TrainingError
from fashionnet.training.identity import differences, digest

MOST = 3  # differences that are named


class Checkpoint:
    """The checkpoint of one training in `folder`, written so often that it takes `share` of the time.

    made_with: what the training's outcome follows from. Its digest is the file's name, so that a checkpoint of another
    training is never continued. The newest of those is kept until this training is done, since a changed parameter may
    be a mistake that is taken back; older ones, and what a kill left of one, are removed by `tidy`.
    """

    def __init__(self, folder: Path, made_with: dict[str, Any], share: float) -> None:
        self.folder, self.made_with, self.share = folder, made_with, share
        self.path = folder / f"{digest(made_with)}.pt"
        self.saved, self.cost = time.monotonic(), 0.0

    def tidy(self) -> str | None:
        """Remove what nobody goes on from; of a kept checkpoint of another training: why it is not continued."""
        others = sorted(self._others(), key=lambda path: path.stat().st_mtime)
        for path in (*self.folder.glob(".*.pt.part"), *others[:-1]):
            path.unlink()
        if self.path.exists() or not others:
            return None
        found = _read(others[-1], torch.device("cpu"), mmap=True)  # for a glance, not the whole of it
        unlike = differences(found.get("made_with", {}), self.made_with)
        more = f"; and {len(unlike) - MOST} more" if len(unlike) > MOST else ""
        return f"found a checkpoint at step {found['step']} that is not continued: {'; '.join(unlike[:MOST])}{more}"

    def load(self, device: torch.device) -> dict[str, Any] | None:
        """What `save` was given, or None where there is none."""
        return _read(self.path, device) if self.path.exists() else None

    def save(self, state: Callable[[], dict[str, Any]]) -> None:
        """Write `state()`, whole or not at all, if the last one is old enough: the first at once, to see what it costs.

        Raises TrainingError where it cannot be written, as on a full disk; the last one is still there then.
        """
        began = time.monotonic()
        if began - self.saved < self.cost * (1 / self.share - 1):
            return
        made = state() | {"made_with": self.made_with}
        with self.kept_if_full(), replacing(self.path) as temporary:
            torch.save(made, temporary)
        self.saved = time.monotonic()
        self.cost = self.saved - began

    @contextmanager
    def kept_if_full(self) -> Iterator[None]:
        """Says where to go on from when a file cannot be written in the block."""
        try:
            yield
        except (OSError, RuntimeError, SafetensorError) as error:  # torch and safetensors each have their own
            last = f"the checkpoint before is kept in {self.folder}" if self.path.exists() else "there is no checkpoint"
            raise TrainingError(f"a file could not be written ({error}); {last}: {MAKE_ROOM}") from error

    def remove(self) -> None:
        """After success: of this training and of any other in its place."""
        for path in (self.path, *self._others()):
            path.unlink(missing_ok=True)

    def _others(self) -> list[Path]:
        return [path for path in self.folder.glob("*.pt") if path != self.path]


def _read(path: Path, device: torch.device, mmap: bool = False) -> dict[str, Any]:
    """Raises TrainingError for a file that `save` did not write."""
    try:
        return torch.load(path, map_location=device, weights_only=True, mmap=mmap)
    except Exception as error:  # whatever torch makes of a damaged file
        raise TrainingError(f"{path}: found no checkpoint ({error}), expected one; remove it to start anew") from error
