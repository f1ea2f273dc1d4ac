"""One step down the gradient of a batch: in one part or several, by one process or several, to the same gradient."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from fashionnet.networks import System
from fashionnet.settings import Training
from fashionnet.training.loading import Part
from fashionnet.training.losses import counts, losses
from fashionnet.training.optimisation import make_optimisers, make_schedules
from fashionnet.training.plan import Plan
from fashionnet.training.processes import size, summed


def layers_in(precision: str, device: torch.device) -> torch.autocast:
    """What the layers compute in within this context. precision: of params.yaml, auto, float32 or bfloat16."""
    lower = precision == "bfloat16" or (precision == "auto" and device.type == "cuda")
    return torch.autocast(device.type, torch.bfloat16, enabled=lower)


class Sums(NamedTuple):
    """Of a batch, all processes together: each loss's total and count, by name, and the gradient's length."""

    totals: dict[str, float]
    counts: dict[str, int]
    length: float

    @property
    def wrong(self) -> str:
        """What of it is not finite, in words; empty where all is well."""
        values = {f"the loss of {name}": total for name, total in self.totals.items()}
        wrong = {name: value for name, value in values.items() if not math.isfinite(value)}
        if not wrong and not math.isfinite(self.length):  # a loss that is finite may be too steep
            wrong = {"the gradient": self.length}
        return ", ".join(f"{value} in {name}" for name, value in wrong.items())


class Objective(nn.Module):
    """The network and its losses as one module: DistributedDataParallel looks from its output for the parameters that
    no loss of the step reaches, and waits for none of them."""

    def __init__(self, network: System, plan: Plan, settings: Training, device: torch.device) -> None:
        super().__init__()
        self.network, self.plan, self.settings, self.device = network, plan, settings, device

    def forward(self, part: Part, given: Mapping[str, float], counted: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
        """This process's part of the weighted loss, and each loss's total. given: the losses' weights. counted: what
        each counts in the whole batch."""
        labels = part.labels
        with layers_in(self.settings.precision, self.device):
            output = self.network(labels.images, labels.source, (labels.landmarks, labels.visibility))
        found = losses(output, part, (self.plan.positive, self.plan.negative), self.settings.margin)
        means = [found[name].total / counted[name].clamp(min=1) * weight for name, weight in given.items()]
        # Times the number of processes: DistributedDataParallel takes the mean of their gradients, not the sum.
        return torch.stack(means).sum() * size(), torch.stack([found[name].total.detach() for name in given])


class Descent:
    """The network with what moves it: `gradient`, then `move`."""

    def __init__(self, network: System, plan: Plan, settings: Training, steps: int, device: torch.device) -> None:
        self.network, self.clip = network, settings.clip
        self.optimisers = make_optimisers(network, settings)
        self.schedules = make_schedules(self.optimisers, settings.warm_up, steps)
        self.objective: nn.Module = Objective(network, plan, settings, device)
        if size() > 1:
            unreached = any(set(plan.weights(epoch)) != set(plan.losses) for epoch in range(len(plan.epochs)))
            # Batch norm's running statistics are made alike where they are used, before validation.
            self.objective = DistributedDataParallel(
                self.objective, broadcast_buffers=False, find_unused_parameters=unreached, gradient_as_bucket_view=True
            )

    def gradient(self, parts: list[Part], given: dict[str, float]) -> Sums:
        """The clipped gradient of the batch's weighted loss, left with the parameters."""
        # Each loss is divided by what it counts in all parts of all processes: a mean of means would be another.
        each = [counts(part, self.network.judged(part.labels.source), self.network.by_match) for part in parts]
        counted = summed(torch.stack([sum(own[name] for own in each) for name in given]))
        of_name = dict(zip(given, counted))
        self.network.zero_grad(set_to_none=True)
        totals = torch.zeros(len(given), dtype=torch.float64, device=counted.device)
        for part in parts:
            with nullcontext() if part is parts[-1] or size() == 1 else self.objective.no_sync():
                loss, own = self.objective(part, given, of_name)
                loss.backward()
            totals += own
        length = nn.utils.clip_grad_norm_(self.network.parameters(), self.clip)
        # One transfer from the device for all numbers.
        numbers = torch.cat([summed(totals), counted.double(), length.double()[None]]).tolist()
        names = list(given)
        return Sums(dict(zip(names, numbers)), dict(zip(names, map(int, numbers[len(names) : -1]))), numbers[-1])

    def move(self) -> None:
        """One step of the optimisers along their gradients, and of their rates."""
        for optimiser, schedule in zip(self.optimisers, self.schedules):
            optimiser.step()
            schedule.step()

    def state(self) -> dict[str, Any]:
        return {
            "network": self.network.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "schedules": [schedule.state_dict() for schedule in self.schedules],
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.network.load_state_dict(state["network"])
        for name in ("optimisers", "schedules"):
            for own, saved in zip(getattr(self, name), state[name], strict=True):
                own.load_state_dict(saved)
