"""The optimisers and the course of their learning rates."""

from __future__ import annotations

import torch
from torch import nn

from fashionnet.networks import Head
from fashionnet.settings import Training
from fashionnet.training.muon import Muon, fits


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


def make_schedules(
    optimisers: list[torch.optim.Optimizer], warm_up: float, steps: int
) -> list[torch.optim.lr_scheduler.LRScheduler]:
    """Up to each optimiser's own rate in the first `warm_up` of the steps, then down to nothing as a cosine.

    Where that is a step at most, it begins at its own rate: PyTorch's schedule would divide by a rise of no steps.
    """
    rising = warm_up if warm_up * (steps + 1) > 1 else 0.0
    return [
        torch.optim.lr_scheduler.OneCycleLR(
            optimiser, optimiser.defaults["lr"], total_steps=steps + 1, pct_start=rising, cycle_momentum=False
        )
        for optimiser in optimisers
    ]
