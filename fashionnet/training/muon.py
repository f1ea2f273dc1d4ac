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


def orthogonalised(*batches: Tensor) -> list[Tensor]:
    """Each (B, R, C) → (B, R, C): the same singular vectors, larger singular values near one; zero stays zero."""
    tall = [batch.shape[1] > batch.shape[2] for batch in batches]
    wide = [batch.mT if turned else batch for batch, turned in zip(batches, tall)]
    wide = [x / x.flatten(1).norm(dim=1).clamp(min=1e-7)[:, None, None] for x in wide]
    alike: dict[int, list[int]] = defaultdict(list)  # by shorter side: the squares of these are one batch
    for place, x in enumerate(wide):
        alike[x.shape[1]].append(place)
    found = list(wide)
    for places in alike.values():
        products = _product(torch.cat([wide[place] @ wide[place].mT for place in places]))
        for place, product in zip(places, products.split([len(wide[place]) for place in places])):
            found[place] = product @ wide[place]
    return [x.mT if turned else x for x, turned in zip(found, tall)]


def _product(square: Tensor) -> Tensor:
    """Of all rounds' factors, from x xᵀ: what x is multiplied by in the end."""
    a, b, c = COEFFICIENTS
    # x ← P x with P = a + b S + c S², S = x xᵀ; so S ← P S P, and the rounds need the long side only for the first S
    # and for the product of all P with x: a third of the work for three rounds.
    unit = torch.eye(square.shape[1], dtype=square.dtype, device=square.device)
    product = factor = a * unit + b * square + c * square @ square
    for _ in range(ROUNDS - 1):
        square = factor @ square @ factor
        factor = a * unit + b * square + c * square @ square
        product = factor @ product
    return product


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
            ahead = [self._ahead(weights, group["momentum"]) for weights in alike.values()]
            for weights, updates in zip(alike.values(), orthogonalised(*ahead)):
                length = group["lr"] * max(1.0, updates.shape[1] / updates.shape[2]) ** 0.5
                for weight, update in zip(weights, updates):
                    weight.mul_(1 - group["lr"] * group["weight_decay"]).sub_(update.view(weight.shape), alpha=length)

    def _ahead(self, weights: list[nn.Parameter], momentum: float) -> Tensor:
        """(B, R, C): where momentum takes the gradients of weights of one shape."""
        ahead = weights[0].new_empty((len(weights), *weights[0].shape))
        for own, weight in zip(ahead, weights):
            state = self.state[weight]
            if "momentum" not in state:
                state["momentum"] = torch.zeros_like(weight)
            moving = state["momentum"]
            moving.lerp_(weight.grad, 1 - momentum)
            torch.lerp(weight.grad, moving, momentum, out=own)
        return ahead.flatten(2)
