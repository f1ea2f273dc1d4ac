"""A training step's choices: precision, layout, threads that read ahead; and what is said when memory ends."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from factories import make_prepared, make_settings
from safetensors.torch import load_file

from fashionnet.batches import Batches
from fashionnet.networks import make_network
from fashionnet.training import TrainingError, load, loop, train
from fashionnet.training.descent import Descent, layers_in
from fashionnet.training.loading import Part
from fashionnet.training.plan import make_plan

CPU = torch.device("cpu")
FILES = ("weights.safetensors", "history.csv", "trained_with.json")


@pytest.fixture(scope="module")
def prepared():
    return make_prepared(32, seed=1)


def first_step(prepared, **training):
    """Sums of the first batch, and the network after its gradient."""
    settings = make_settings(network={"batch_norm": False}, **training)
    rows = np.flatnonzero((prepared.photos["split"] == "train").to_numpy())
    batches = Batches(prepared, rows, 16, 0, CPU)
    plan = make_plan(prepared, batches, settings)
    torch.manual_seed(0)
    parameters = settings.network.model_dump(exclude={"weights"})
    network = make_network(categories=5, groups=prepared.groups.tolist(), **parameters)
    descent = Descent(network, plan, settings.training, 10, CPU)
    batch = batches.load(batches.epoch(0)[0], 0)
    return descent.gradient([Part.alone(batch)], plan.weights(1)), network


@pytest.mark.parametrize("system", ["fashionnet", "darn", "wtbi"])
def test_in_bfloat16_what_a_network_says_is_float32(prepared, system):
    settings = make_settings(network={"system": system, "batch_norm": False})
    torch.manual_seed(0)
    parameters = settings.network.model_dump(exclude={"weights"})
    network = make_network(categories=5, groups=prepared.groups.tolist(), **parameters)
    images = torch.randn(4, 3, 32, 32)
    layers = []
    network.trunk.register_forward_hook(lambda *arguments: layers.append(arguments[2].dtype))
    network.requires_grad_(False)
    with layers_in("bfloat16", CPU):
        output = network(images, torch.tensor([0, 0, 1, 2]))
    with layers_in("float32", CPU):
        exact = network(images, torch.tensor([0, 0, 1, 2]))
    assert layers == [torch.bfloat16, torch.float32]
    for name in ("feature", "category", "attributes", "landmarks", "visibility"):
        value = getattr(output, name)
        assert value is None or value.dtype == torch.float32, name
    if output.match:
        assert all(value.dtype == torch.float32 for value in output.match)
    assert output.feature.norm(dim=1).numpy() == pytest.approx(np.ones(4), abs=1e-6)
    assert (output.feature - exact.feature).abs().max() < 0.05
    # A head's output is not rounded to bfloat16 again.
    assert not output.category.equal(output.category.bfloat16().float())


def test_in_bfloat16_the_losses_are_nearly_those_in_float32(prepared):
    exact, _ = first_step(prepared, precision="float32")
    rounded, _ = first_step(prepared, precision="bfloat16")
    alike, _ = first_step(prepared, precision="auto")  # on a CPU
    assert alike == exact
    assert rounded.totals != exact.totals
    assert rounded.totals == pytest.approx(exact.totals, rel=0.05)
    assert rounded.counts == exact.counts


def test_the_gradient_is_no_longer_than_the_clip(prepared):
    sums, network = first_step(prepared, clip=0.01)
    assert sums.length > 0.01
    found = torch.stack([p.grad.square().sum() for p in network.parameters() if p.grad is not None]).sum().sqrt()
    assert found.item() == pytest.approx(0.01, rel=1e-3)


def run(prepared, folder, name, **training):
    settings = make_settings(**training)
    train(prepared, settings, "fashionnet", folder / name, folder / "checkpoints", lambda _: None)
    return {file: (folder / name / file).read_bytes() for file in FILES}


def test_reading_ahead_changes_no_byte(prepared, tmp_path):
    assert run(prepared, tmp_path, "ahead", workers=3) == run(prepared, tmp_path, "none", workers=0)


def test_either_layout_trains_and_is_kept_through_validation(prepared, tmp_path, monkeypatch):
    layouts = []
    real = loop.Trainer.advance

    def advance(self, *arguments):
        loss = real(self, *arguments)
        layouts.append(self.network.trunk.conv1[0].weight.is_contiguous(memory_format=torch.channels_last))
        return loss

    monkeypatch.setattr(loop.Trainer, "advance", advance)
    run(prepared, tmp_path, "first", channels_last=False)
    assert layouts == [False] * len(layouts)
    layouts.clear()
    run(prepared, tmp_path, "last")
    assert layouts == [True] * len(layouts)
    first, last = (load_file(tmp_path / name / "weights.safetensors") for name in ("first", "last"))
    assert first.keys() == last.keys()
    assert load(tmp_path / "first").sizes == load(tmp_path / "last").sizes


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory: 99 bytes"),
        MemoryError(),
    ],
)
def test_without_memory_it_says_what_would_take_less_and_goes_on_when_run_again(prepared, tmp_path, monkeypatch, error):
    real = loop.Trainer.advance

    def advance(self, *arguments):
        if self.step == 3:
            raise error
        return real(self, *arguments)

    lines = []
    settings = make_settings(checkpoint_share=1.0)
    with monkeypatch.context() as patch:
        patch.setattr(loop.Trainer, "advance", advance)
        with pytest.raises(TrainingError, match=r"step 4: 16 photos at a time do not fit .*raise training.accumulate"):
            train(prepared, settings, "fashionnet", tmp_path / "out", tmp_path / "checkpoints", lines.append)
    train(prepared, settings, "fashionnet", tmp_path / "out", tmp_path / "checkpoints", lines.append)
    assert lines[-1] == "fashionnet: 5 steps were run, after 3 of an earlier run\n"


def test_a_network_that_does_not_fit_is_told_of_too(prepared, tmp_path, monkeypatch):
    def make(*_, **__):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(loop, "make_network", make)
    with pytest.raises(TrainingError, match=r"^fashionnet: data and network do not fit .*2.00 GiB.*network.width"):
        run(prepared, tmp_path, "out")


def test_any_other_error_is_left_as_it_is(prepared, tmp_path, monkeypatch):
    monkeypatch.setattr(loop.Trainer, "advance", lambda *_: (_ for _ in ()).throw(RuntimeError("a bug")))
    with pytest.raises(RuntimeError, match=r"^a bug$"):
        run(prepared, tmp_path, "out")
