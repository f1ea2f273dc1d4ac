"""Training: losses, the paper's two-step schedule, checkpoints and resuming, weights on disk."""

from fashionnet.files import BusyError
from fashionnet.training.loop import TrainingError, train
from fashionnet.training.weights import load, read_card

__all__ = ["BusyError", "TrainingError", "load", "read_card", "train"]
