"""Training: losses, the paper's two-step schedule, checkpoints and resuming, weights on disk."""

from fashionnet.files import BusyError
from fashionnet.training.errors import TrainingError
from fashionnet.training.identity import asked, data_hash, identity
from fashionnet.training.launch import launch
from fashionnet.training.loop import train
from fashionnet.training.weights import load, read_card

__all__ = ["BusyError", "TrainingError", "asked", "data_hash", "identity", "launch", "load", "read_card", "train"]
