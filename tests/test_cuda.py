"""What a GPU has to show: a CPU's numbers to rounding, its own bytes again, and one line where it cannot go on.

Left out where there is none. Two processes share the one GPU through gloo, since NCCL wants one for each; what they do
is the same but for the transfers.
"""

import warnings
from contextlib import nullcontext
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
import torch
import torch.distributed as dist
from factories import make_prepared, make_settings
from ranks import run_by
from together import RUNS, check_alike, train_all

from fashionnet.device import reproducible
from fashionnet.inference import predict
from fashionnet.networks import make_network
from fashionnet.prepare.tables import save_prepared
from fashionnet.training import TrainingError, load, loading, processes, train
from fashionnet.training.launch import launch
from fashionnet.training.loop import Trainer

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="found no GPU")

CPU, GPU = torch.device("cpu"), torch.device("cuda")
SYSTEMS = ("fashionnet", "darn", "wtbi")


@pytest.fixture(scope="module")
def prepared():
    return make_prepared(32, seed=1)


def first_step(prepared, device, settings):
    """Losses and gradients of the first batch."""
    with reproducible(device, 1):
        made = Trainer(prepared, settings, "fashionnet", device, None)
        made.network.train()
        _, parts = made.read(next(made.orders()))
        sums = made.descent.gradient([loading.ready(made.batches, part, 32) for part in parts], made.plan.weights(0))
        return sums, {name: p.grad.cpu() for name, p in made.network.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("batch_norm", [True, False])
def test_a_step_in_float32_has_the_losses_and_gradients_of_a_cpu(prepared, system, batch_norm):
    network = {"system": system, "batch_norm": batch_norm, "dropout": 0.0}
    settings = make_settings((0, 1), network=network, precision="float32", accumulate=2)
    (cpu, expected), (gpu, found) = (first_step(prepared, device, settings) for device in (CPU, GPU))
    assert gpu.counts == cpu.counts
    assert gpu.totals == pytest.approx(cpu.totals, rel=1e-4)
    assert gpu.length == pytest.approx(cpu.length, rel=1e-3)
    assert found.keys() == expected.keys()
    whole = torch.cat([value.flatten() for value in expected.values()]).norm()
    for name, value in expected.items():
        assert (found[name] - value).norm() < 2e-3 * max(value.norm(), 0.01 * whole), name


@pytest.mark.parametrize("system", SYSTEMS)
def test_in_bfloat16_the_losses_are_nearly_those_of_a_cpu_in_float32(prepared, system):
    network = {"system": system, "batch_norm": True, "dropout": 0.0}
    cpu, _ = first_step(prepared, CPU, make_settings((0, 1), network=network, precision="float32"))
    gpu, _ = first_step(prepared, GPU, make_settings((0, 1), network=network))
    assert gpu.counts == cpu.counts
    assert gpu.totals == pytest.approx(cpu.totals, rel=0.15)  # pairs are mined among distances that were rounded
    assert gpu.totals != pytest.approx(cpu.totals, rel=1e-5)  # it is bfloat16


@pytest.mark.parametrize("system", SYSTEMS)
def test_predictions_are_those_of_a_cpu(prepared, system):
    torch.manual_seed(0)
    network = make_network(
        categories=5,
        groups=prepared.groups.tolist(),
        **make_settings(network={"system": system, "width": 0.25}).network.model_dump(exclude={"weights"}),
    )
    found = {}
    for device in (CPU, GPU):
        with reproducible(device, 1):
            found[device] = predict(network, prepared.crops, device=device)
    assert found[GPU].keys() == found[CPU].keys()
    for name, value in found[CPU].items():
        np.testing.assert_allclose(found[GPU][name], value, atol=1e-4 * np.abs(value).max(), err_msg=name)


def run(prepared, folder, name, stop=None, **training):
    """Trained on the GPU in the mixed precision that it has by default; ended after `stop` steps as by a kill."""
    real, made = Trainer.advance, []

    def advance(self, *arguments):
        if len(made) == stop:
            raise KeyboardInterrupt
        made.append(self.step)
        return real(self, *arguments)

    network = {"system": name, "dropout": 0.25}
    settings = make_settings(network=network, device="cuda", checkpoint_share=1.0, **training)
    with mock.patch.object(Trainer, "advance", advance):
        train(prepared, settings, "fashionnet", folder / name, folder / f"{name} checkpoints", lambda _: None)
    return made


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_training_repeats_and_goes_on_to_the_bit_by_deterministic_operations(prepared, tmp_path, system):
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*determinis.*")
        steps = run(prepared, tmp_path / "one", system)
        run(prepared, tmp_path / "two", system, workers=0)
        for stop in (1, 3):
            with pytest.raises(KeyboardInterrupt):
                run(prepared, tmp_path / "cut", system, stop=stop)
        assert run(prepared, tmp_path / "cut", system) == list(range(4, len(steps)))
    for name in ("weights.safetensors", "history.csv"):
        whole = (tmp_path / "one" / system / name).read_bytes()
        assert (tmp_path / "two" / system / name).read_bytes() == whole
        assert (tmp_path / "cut" / system / name).read_bytes() == whole
    assert predict(load(tmp_path / "one" / system), prepared.crops)["feature"].shape[0] == len(prepared.crops)


def test_a_step_waits_for_the_gpu_once_for_all_of_its_numbers(prepared):
    """FashionNet's. DARN also asks which photos have no known source."""
    settings = make_settings((0, 1), network={"dropout": 0.25})
    with reproducible(GPU, 1):
        made = Trainer(prepared, settings, "fashionnet", GPU, None)
        made.network.train()
        orders, given = made.orders(), made.plan.weights(0)
        for mode in ("default", "warn"):  # the first step makes what is made once
            _, parts = made.read(next(orders))
            torch.cuda.synchronize()
            torch.cuda.set_sync_debug_mode(mode)
            try:
                with warnings.catch_warnings(record=True) as seen:
                    warnings.simplefilter("always")
                    made.descent.gradient([loading.ready(made.batches, part, 32) for part in parts], given)
                    made.descent.move()
            finally:
                torch.cuda.set_sync_debug_mode("default")
    waits = [warning for warning in seen if "called a synchronizing" in str(warning.message)]
    assert [Path(warning.filename).name for warning in waits] == ["descent.py"]


def test_a_checkpoint_of_a_cpu_is_not_continued(prepared, tmp_path):
    said, checkpoints = [], tmp_path / "checkpoints"
    with mock.patch.object(Trainer, "end_epoch", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        train(prepared, make_settings(checkpoint_share=1.0), "fashionnet", tmp_path / "out", checkpoints, said.append)
    train(prepared, make_settings(device="cuda"), "fashionnet", tmp_path / "out", checkpoints, said.append)
    assert any("that is not continued: device: found cpu, expected cuda; starting anew" in line for line in said)


def test_without_memory_it_says_what_would_take_less(prepared, tmp_path):
    settings = make_settings(network={"width": 1}, device="cuda")
    torch.cuda.empty_cache()
    before = torch.cuda.memory_reserved() / torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(before + 0.001)
    try:
        with pytest.raises(TrainingError, match=r"do not fit into the memory of cuda \(CUDA out of memory"):
            train(prepared, settings, "fashionnet", tmp_path / "out", tmp_path / "checkpoints", lambda _: None)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


def test_more_processes_than_gpus_are_refused(prepared, tmp_path):
    save_prepared(prepared, tmp_path / "prepared")
    (tmp_path / "prepared/crops.bin").write_bytes(prepared.crops.tobytes())
    gpus = torch.cuda.device_count()
    settings, places = make_settings(device="cuda", processes=gpus + 1), (tmp_path / "out", tmp_path / "checkpoints")
    said = rf"process {gpus + 1} of {gpus + 1}: .*GPUs: found {gpus}, expected at least {gpus + 1}"
    with pytest.raises(TrainingError, match=said):
        launch(tmp_path / "prepared", settings, "fashionnet", *places, lambda _: None)


def by_two(folder):
    dist.init_process_group("gloo")
    with mock.patch.object(processes, "together", nullcontext):
        train_all(folder, "cuda", batch_norm=True)
    dist.destroy_process_group()


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    run_by(2, by_two, two)
    train_all(one, "cuda", batch_norm=True)
    return one, two


@pytest.mark.parametrize(("system", "parts"), RUNS)
def test_two_processes_have_the_losses_and_weights_of_one_with_batch_norm_over_both(folders, system, parts):
    check_alike(*folders, system, parts)
