"""What a training on DeepFashion asks of a GPU: an estimate from counted FLOPs and bytes, and from stated assumptions.

Nothing is computed for it: the real network goes forward and backward on tensors that have a shape and no content.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.flop_counter import FlopCounterMode

from fashionnet.formats.official import COUNTS
from fashionnet.networks import System, make_network
from fashionnet.settings import Settings
from fashionnet.training.optimisation import make_optimisers

# Dense bfloat16 with sums in float32, FLOP/s: NVIDIA's data sheets (of the RTX 4090, its Ada white paper).
PEAKS = {"H100 SXM": 989.4e12, "A100": 312e12, "GeForce RTX 4090": 165.2e12, "L4": 121e12}
# Of the peak, what a training is assumed to sustain: ours. A network of 3 x 3 convolutions is bound by arithmetic, but
# its first layers, of few channels, are bound by memory, the more the faster the GPU.
SHARES = 0.2, 0.4
OPTIMISER_BYTES = {"Muon": 4, "AdamW": 8}  # a weight's, beside itself and its gradient: one or two moments in float32


@dataclass(frozen=True)
class Asked:
    """photos: trained on in an epoch, at most. epochs: of all steps. forward: FLOPs of a photo's way through the
    network in the last step, in which a multiplication and an addition are two. training: FLOPs of a photo's forward
    and backward passes in all epochs together. at_once: photos that go through a process's network together.
    parameters: of the network. held: bytes of weights, gradients and moments. saved: bytes that the forward pass of so
    many photos leaves for the backward one."""

    photos: int
    epochs: int
    forward: float
    training: float
    at_once: int
    parameters: int
    held: int
    saved: int

    def hours(self, peak: float, share: float) -> float:
        """Of training on one GPU that sustains `share` of `peak` FLOP/s."""
        return self.photos * self.training / (peak * share) / 3600

    def rate(self, peak: float, share: float) -> float:
        """Photos a second, over all epochs: what the threads that read have to keep up with."""
        return self.photos * self.epochs / (3600 * self.hours(peak, share))


def training_photos() -> int:
    """Of all benchmarks, at most: where no source says how many are in the training split, all of them count."""
    return sum(counts.get("train photos", counts["photos"]) for counts in COUNTS.values())


def estimate(settings: Settings) -> Asked:
    """What one training with an experiment's settings asks, with DeepFashion's photos, categories and attributes."""
    training, schedule = settings.training, settings.training.schedule
    at_once = training.batch_size // training.accumulate // training.processes
    with FakeTensorMode():
        network = whole_network(settings)
        lower = training.precision != "float32"
        counted = {side: count(network, at_once, side, lower) for side in {step.image_size for step in schedule}}
    held = sum(
        (4 + 4 + OPTIMISER_BYTES[type(optimiser).__name__]) * weight.numel()
        for optimiser in make_optimisers(network, training)
        for group in optimiser.param_groups
        for weight in group["params"]
    )
    return Asked(
        photos=training_photos(),
        epochs=sum(step.epochs for step in schedule),
        forward=counted[schedule[-1].image_size].forward / at_once,
        training=sum(step.epochs * counted[step.image_size].both for step in schedule) / at_once,
        at_once=at_once,
        parameters=sum(weight.numel() for weight in network.parameters()),
        held=held,
        saved=max(found.saved for found in counted.values()),
    )


def whole_network(settings: Settings) -> System:
    """The network of an experiment's settings with an output for each of DeepFashion's categories and attributes."""
    counts = COUNTS["category_attribute"]
    groups = [name.removesuffix(" attributes") for name in counts if name.endswith(" attributes")]
    of_each = [name for name in groups for _ in range(counts[f"{name} attributes"])]
    return make_network(
        categories=counts["categories"], groups=of_each, **settings.network.model_dump(exclude={"weights"})
    )


@dataclass(frozen=True)
class Counted:
    """Of one batch: FLOPs forward, and forward and backward; bytes saved in between."""

    forward: int
    both: int
    saved: int


def count(network: System, photos: int, side: int | None, lower: bool = True) -> Counted:
    """One batch of pictures of `side` pixels (None: the network's own) forward and backward.

    lower: whether layers are in bfloat16, as on a GPU by default. Losses are left out: a few FLOPs for each output of a
    network that takes billions.
    """
    own = {weight.untyped_storage()._cdata for weight in network.parameters()}
    saved: dict[int, torch.UntypedStorage] = {}  # kept, so that no other takes an address

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in own:
            saved[storage._cdata] = storage
        return tensor

    side = side or network.sizes["image_size"]
    # DARN in training looks up whose photos these are, which have no content here; its layers are the same.
    network.train(not network.by_source)
    images = torch.empty(photos, 3, side, side)
    with FlopCounterMode(display=False) as counter, saved_tensors_hooks(pack, lambda tensor: tensor):
        with torch.autocast("cpu", torch.bfloat16, enabled=lower):
            output = network(images)
        forward = counter.get_total_flops()
        torch.stack([value.float().sum() for value in _tensors(output)]).sum().backward()
    network.zero_grad(set_to_none=True)
    return Counted(forward, counter.get_total_flops(), sum(storage.nbytes() for storage in saved.values()))


def _tensors(values: tuple[Any, ...]) -> Iterator[Tensor]:
    """Of an output that a gradient comes back from; a similarity network's are in a tuple of their own."""
    for value in values:
        if isinstance(value, tuple):
            yield from _tensors(value)
        elif value is not None and value.requires_grad:
            yield value


def told(asked: Asked) -> str:
    """The estimate for people to read, with what it assumes."""
    low, high = SHARES
    lines = [
        "An estimate, from counted FLOPs and bytes; README says what of it was measured, on an H100.",
        f"  photos      {asked.photos:,} at most: official counts of the training splits, and of benchmarks whose",
        f"              training split no source counts, all photos; {asked.epochs} epochs, {asked.at_once} at once",
        f"  FLOPs       {asked.forward:.3g} forward for a photo, {asked.training / asked.epochs:.3g} with backward, "
        f"{asked.photos * asked.training:.2g} in all",
        f"  GPU memory  {_gib(asked.held + asked.saved)}: weights, gradients and moments of {asked.parameters:,} "
        f"parameters {_gib(asked.held)},",
        f"              maps kept for the backward pass {_gib(asked.saved)}; CUDA's context and workspaces come on top",
        f"  training    on one GPU that sustains {low:.0%} to {high:.0%} of its peak, if reading keeps up:",
    ]
    lines += [
        f"              {name:<18} {asked.hours(peak, high):.2g} to {asked.hours(peak, low):.2g} hours, "
        f"{asked.rate(peak, low):,.0f} to {asked.rate(peak, high):,.0f} photos a second"
        for name, peak in PEAKS.items()
    ]
    return "\n".join([*lines, "              without preparing the photos, validation and predictions"])


def _gib(count: int) -> str:
    return f"{count / 2**30:.1f} GiB"
