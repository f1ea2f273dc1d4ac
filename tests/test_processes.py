"""Two processes train to what one does with the same batches: the same losses, gradients and weights, to rounding."""

from __future__ import annotations

import re
from contextlib import nullcontext
from unittest import mock

import numpy as np
import pytest
import torch
from factories import make_settings
from ranks import run_by
from together import RUNS, batches_of, check_alike, some_prepared, train_all

from fashionnet.ahead import ahead
from fashionnet.batches import Batches
from fashionnet.networks import make_network
from fashionnet.training import processes, train
from fashionnet.training.checkpoints import Checkpoint
from fashionnet.training.errors import TrainingError
from fashionnet.training.loading import Part, cut
from fashionnet.training.loop import Trainer
from fashionnet.training.losses import counts, losses
from fashionnet.training.validation import validate

CPU = torch.device("cpu")


def gathered_with_gradient(folder):
    """Each process weighs the gathered rows in its own way."""
    whole = torch.arange(15.0).view(5, 3)
    own = whole[processes.share(5)].clone().requires_grad_()
    found = processes.gathered(own, 5)
    (found * (1 + processes.rank()) * whole).sum().backward()
    both = processes.summed(torch.tensor([1 + processes.rank()]))
    first = processes.of_first(lambda: f"made by {processes.rank()}")
    torch.save([found.detach(), own.grad, both, first], folder / f"gathered-{processes.rank()}.pt")


def validated(folder):
    """Of a network that nothing trained."""
    prepared = some_prepared()
    for system in ("fashionnet", "wtbi"):
        found = validate(prepared, untrained(prepared, system), CPU, 32, lambda _: None)
        if processes.rank() == 0:
            torch.save(found, folder / f"validated-{system}.pt")


def untrained(prepared, system):
    torch.manual_seed(0)
    parameters = make_settings(network={"system": system, "batch_norm": False}).network.model_dump(exclude={"weights"})
    return make_network(categories=5, groups=prepared.groups.tolist(), **parameters)


def of_different_minds(folder):
    """The second process has another margin, and then another step to go on from."""
    said = []
    for name, change in (("margin", {"margin": 0.3 + 0.1 * processes.rank()}), ("step", {})):
        settings = make_settings(network={"system": "fashionnet", "batch_norm": False}, **change)
        steps = mock.patch.object(Trainer, "restore", lambda self, _: setattr(self, "step", processes.rank()))
        found = mock.patch.object(Checkpoint, "load", return_value={} if name == "step" else None)
        place = folder / f"{name}-{processes.rank()}"
        with steps, found, pytest.raises(TrainingError) as caught:
            train(some_prepared(), settings, "fashionnet", place, place / "checkpoints", lambda _: None)
        said.append(str(caught.value))
    torch.save(said, folder / f"minds-{processes.rank()}.pt")


def by_two(folder):
    # One acquaintance for all: the trainings' own are left out.
    with processes.together(CPU), mock.patch.object(processes, "together", nullcontext):
        gathered_with_gradient(folder)
        of_different_minds(folder)
        validated(folder)
        train_all(folder)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    run_by(2, by_two, two)
    validated(one)
    train_all(one)
    return one, two


@pytest.mark.parametrize(("system", "parts"), RUNS)
def test_two_processes_have_the_losses_and_weights_of_one(folders, system, parts):
    check_alike(*folders, system, parts)


def test_a_gather_takes_the_gradients_of_all_processes(folders):
    whole = torch.arange(15.0).view(5, 3)
    for rank, rows in enumerate((slice(0, 3), slice(3, 5))):  # of five, the first has one more
        found, gradient, both, first = torch.load(folders[1] / f"gathered-{rank}.pt")
        assert found.equal(whole)
        assert gradient.equal((1 + 2) * whole[rows])
        assert both.item() == 3
        assert first == "made by 0"


def test_processes_that_would_go_on_differently_are_refused(folders):
    first, second = (torch.load(folders[1] / f"minds-{rank}.pt") for rank in (0, 1))
    assert first == second
    for said in first:
        assert said.startswith("process 2 of 2: found (")
        assert "training and step to go on from" in said
        assert "the same code, parameters and data" in said
    digests = [re.findall(r"\('([0-9a-f]{16})', (\d)\)", said) for said in first]
    (margin, other), (same, ahead_) = digests
    assert margin[0] != other[0]
    assert margin[1] == other[1] == "0"
    assert (same[0], same[1], ahead_[1]) == (ahead_[0], "1", "0")


@pytest.mark.parametrize("system", ["fashionnet", "wtbi"])
def test_two_processes_share_the_validation_and_measure_what_one_does(folders, system):
    one, two = (torch.load(folder / f"validated-{system}.pt") for folder in folders)
    measured = {name for name, value in one.items() if value is not None}
    assert measured == {name for name, value in two.items() if value is not None}
    assert {name: one[name] for name in measured} == pytest.approx({name: two[name] for name in measured}, rel=1e-4)
    assert "val_retrieval_top1" in measured


def test_a_process_alone_has_everything_to_itself():
    own = torch.arange(6.0)
    assert (processes.size(), processes.rank(), processes.share(5)) == (1, 0, slice(0, 5))
    assert processes.gathered(own, 6) is own
    assert processes.summed(own) is own


@pytest.mark.parametrize("system", ["fashionnet", "darn", "wtbi"])
def test_a_batch_in_parts_has_the_losses_of_the_whole_where_the_pairs_lie_in_one(system):
    """By hand: totals over the parts, over the counts of the whole batch."""
    prepared = some_prepared()
    rows = np.flatnonzero((prepared.photos["split"] == "train").to_numpy())
    batches = Batches(prepared, rows, 16, 0, CPU)
    order = batches_of(batches, 0)[1]
    network = untrained(prepared, system)

    def totals(*cuts):
        parts = [Part.alone(batches.load(part, 0)) for part in np.split(order, cuts)]
        found = [losses(network(part.labels.images, part.labels.source), part, (2.0, 0.5), 0.3) for part in parts]
        return {name: (sum(own[name].total.item() for own in found), sum(own[name].count.item() for own in found))
                for name in found[0]}  # fmt: skip

    whole, halves = totals(), totals(8)
    assert whole["pairs"][1] > 0
    for name, (total, count) in whole.items():
        assert halves[name][0] == pytest.approx(total, rel=1e-4, abs=1e-6), name
        assert halves[name][1] == count
    assert totals(7)["pairs"][1] < whole["pairs"][1]  # a pair that is cut in two is lost


@pytest.mark.parametrize("system", ["fashionnet", "darn", "wtbi"])
@pytest.mark.parametrize("own", [slice(0, 15), slice(0, 8), slice(8, 15)])
def test_what_a_loss_counts_is_known_before_the_network_has_seen_a_photo(system, own):
    prepared = some_prepared()
    rows = np.flatnonzero((prepared.photos["split"] == "train").to_numpy())
    batches = Batches(prepared, rows, 16, 0, CPU)
    network = untrained(prepared, system)
    for order in batches_of(batches, 0):
        whole = batches.load(order, 0)
        part = Part(batches.load(order[own], 0), whole.item, whole.source, own)
        output = network(whole.images, whole.source)
        every = output.match.gallery if output.match else output.feature
        with mock.patch("fashionnet.training.losses.gathered", return_value=every):
            found = losses(network(part.labels.images, part.labels.source), part, (1.0, 1.0), 0.3)
        known = counts(part, network.judged(part.labels.source), network.by_match)
        assert {name: loss.count.item() for name, loss in found.items()} == {name: known[name].item() for name in found}


def test_a_batch_is_cut_between_items():
    rows, item = np.arange(10), np.array([0, 0, 1, 1, 2, 2, -1, -1, 3, 3])
    assert [part.tolist() for part in cut(rows, item, 2)] == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9]]
    assert [part.tolist() for part in cut(rows, item, 1)] == [rows.tolist()]
    assert np.concatenate(cut(rows, item, 3)).tolist() == rows.tolist()
    assert [len(part) for part in cut(rows, np.full(10, -1), 5)] == [2] * 5


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_what_is_read_ahead_comes_in_order_and_an_error_at_its_turn(workers):
    assert list(ahead(range(20), lambda thing: thing**2, workers)) == [thing**2 for thing in range(20)]
    seen = []
    with pytest.raises(ZeroDivisionError):
        seen.extend(ahead(range(3, -1, -1), lambda thing: 6 // thing, workers))
    assert list(ahead([], str, workers)) == []
