"""Training: losses, the paper's two-step schedule, checkpoints and resuming, weights on disk."""

from fashionnet.files import BusyError
from fashionnet.training.checkpoints import data_hash
from fashionnet.training.loop import TrainingError, asked, identity, train
from fashionnet.training.weights import load, read_card

__all__ = ["BusyError", "TrainingError", "asked", "data_hash", "identity", "load", "read_card", "train"]
