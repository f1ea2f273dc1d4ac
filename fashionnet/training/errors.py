"""What ends a training before its time."""

from __future__ import annotations


class TrainingError(RuntimeError):
    """Training cannot go on."""
