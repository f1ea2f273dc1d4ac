"""Muon for hidden layers: steps whose directions all weigh the same, which a short training from nothing gains much by.

Momentum orthogonalised by Newton-Schulz iterations (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon).
torch.optim.Muon, of the same source, takes matrices alone and computes in bfloat16, which a CPU without instructions
for it emulates: epochs took over twice as long. Ours, as the paper says nothing of its optimiser: in as many epochs
from nothing, AdamW and SGD learned clearly less by the validation split.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor, nn

COEFFICIENTS = 3.4445, -4.7750, 2.0315  # of the quintic that drives singular values towards one within a few rounds
ROUNDS = 3  # two fewer than the source's: a step is faster for it, and the network learned no less (ours)
LARGEST = 256  # shorter side: the rounds cost its square times the longer one, soon more than the step itself


def fits(weight: Tensor) -> bool:
    """Whether a layer's weights (outputs, inputs, …) are small enough for the iterations."""
    return min(weight.shape[0], weight[0].numel()) <= LARGEST


def orthogonalised(matrices: Tensor) -> Tensor:
    """(B, R, C) → (B, R, C), with the same singular vectors, larger singular values near one; zero stays zero."""
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = x / x.flatten(1).norm(dim=1).clamp(min=1e-7)[:, None, None]
    a, b, c = COEFFICIENTS
    # x ← P x with P = a + b S + c S², S = x xᵀ; so S ← P S P, and the rounds need the long side only for the first S
    # and for the product of all P with x: a third of the work for three rounds.
    square = x @ x.mT
    unit = torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    product = factor = a * unit + b * square + c * square @ square
    for _ in range(ROUNDS - 1):
        square = factor @ square @ factor
        factor = a * unit + b * square + c * square @ square
        product = factor @ product
    x = product @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised over (outputs, inputs · height · width) of each layer's weights.

    lr: length of a step, in units of a matrix with singular values of one. weight_decay: decoupled, as AdamW's.
    """

    def __init__(self, weights: Iterable[nn.Parameter], lr: float, momentum: float = 0.95, weight_decay: float = 0.0):
        super().__init__(weights, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            alike: dict[tuple[int, ...], list[nn.Parameter]] = defaultdict(list)
            for weight in group["params"]:
                if weight.grad is not None:
                    alike[tuple(weight.shape)].append(weight)
            for weights in alike.values():  # weights of one shape are one batch of matrices
                ahead = []
                for weight in weights:
                    state = self.state[weight]
                    if "momentum" not in state:
                        state["momentum"] = torch.zeros_like(weight)
                    moving = state["momentum"]
                    moving.lerp_(weight.grad, 1 - group["momentum"])
                    ahead.append(weight.grad.lerp(moving, group["momentum"]).flatten(1))
                updates = orthogonalised(torch.stack(ahead))
                length = group["lr"] * max(1.0, updates.shape[1] / updates.shape[2]) ** 0.5
                for weight, update in zip(weights, updates):
                    weight.mul_(1 - group["lr"] * group["weight_decay"]).sub_(update.view(weight.shape), alpha=length)
