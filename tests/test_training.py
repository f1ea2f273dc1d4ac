"""Training: it learns, repeats to the bit, resumes to the bit, and does with less data what can be done."""

from __future__ import annotations

import dataclasses
import json
import os
import threading
import time

import numpy as np
import pandas as pd
import pytest
import torch
from factories import make_prepared, make_settings
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from fashionnet import ahead, metrics
from fashionnet.files import only_writer
from fashionnet.networks import FashionNet, WeightsError
from fashionnet.predict import predict
from fashionnet.training import BusyError, TrainingError, descent, load, loop, read_card, train
from fashionnet.training.optimisation import make_optimisers, make_schedules

FILES = ("weights.safetensors", "history.csv", "trained_with.json")


def run(prepared, settings, folder, name="out", experiment="fashionnet", **options):
    """Train into folder/name and return it."""
    train(prepared, settings, experiment, folder / name, folder / "checkpoints" / name, lambda _: None, **options)
    return folder / name


def contents(folder):
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.fixture(scope="module")
def prepared():
    return make_prepared(32, seed=1)


@pytest.fixture(scope="module")
def settings():
    return make_settings(checkpoint_share=1.0)


@pytest.fixture(scope="module")
def trained(prepared, settings, tmp_path_factory):
    return run(prepared, settings, tmp_path_factory.mktemp("trained"))


def test_a_few_photos_are_learnt_to_near_perfection(tmp_path, monkeypatch):
    monkeypatch.setattr("fashionnet.batches.draws", lambda *a: np.full((len(a[2]), 8), 0.5, np.float32))  # as they are
    prepared = make_prepared(16, seed=4, attributes=6)
    photos = prepared.photos.assign(split="train", role="")
    prepared = dataclasses.replace(prepared, photos=photos)
    settings = make_settings((12, 40), muon_rate=0.01, learning_rate=0.003, weight_decay=0.0, batch_size=32)
    changed = {"width": 0.125, "dropout": 0.0}
    settings = settings.model_copy(update={"network": settings.network.model_copy(update=changed)})
    network = load(run(prepared, settings, tmp_path))
    found = predict(network, prepared.crops)

    labelled = photos["category"].to_numpy() >= 0
    assert metrics.category_accuracy(found["category"][labelled], photos["category"].to_numpy()[labelled], 1) > 0.95
    known = prepared.attributes != 0
    right = (found["attributes"] > 0) == (prepared.attributes == 1)
    assert right[known].mean() > 0.97
    visible = prepared.visibility == 0
    error = np.linalg.norm(found["landmarks"] - prepared.landmarks, axis=2)[visible].mean()
    mean_position = np.nanmean(np.where(visible[..., None], prepared.landmarks, np.nan), 0)
    assert error < 0.25 * np.linalg.norm(mean_position - prepared.landmarks, axis=2)[visible].mean()
    rows = prepared.rows("in_shop", "train")
    items = photos["item"].to_numpy(dtype=str)[rows]
    first = np.arange(len(rows)) % 2 == 0
    feature = found["feature"][rows]
    assert metrics.retrieval_accuracy(feature[first], feature[~first], items[first], items[~first], [1])[1] > 0.95


def test_the_same_training_gives_the_same_bytes(prepared, settings, trained, tmp_path):
    assert contents(run(prepared, settings, tmp_path)) == contents(trained)


def test_another_seed_gives_another_network(prepared, settings, trained, tmp_path):
    other = run(prepared, settings, tmp_path, experiment="fashionnet-seed2")
    ours, theirs = load_file(trained / FILES[0]), load_file(other / FILES[0])
    assert not ours["trunk.conv1.0.weight"].equal(theirs["trunk.conv1.0.weight"])
    assert json.loads((other / "trained_with.json").read_text())["settings"]["seed"] == 2


class Killed(Exception):
    pass


@pytest.mark.parametrize("steps", [1, 4, 7])
def test_a_training_that_was_cut_short_ends_in_the_same_bytes(
    prepared, settings, trained, tmp_path, monkeypatch, steps
):
    real = loop.Trainer.advance
    made = []

    def advance(self, *arguments):
        if len(made) == steps:
            raise Killed
        made.append(self.step)
        return real(self, *arguments)

    monkeypatch.setattr(loop.Trainer, "advance", advance)
    with pytest.raises(Killed):
        run(prepared, settings, tmp_path)
    assert len(list((tmp_path / "checkpoints/out").glob("*.pt"))) == 1
    monkeypatch.setattr(loop.Trainer, "advance", lambda self, *a: (made.append(self.step), real(self, *a))[1])
    run(prepared, settings, tmp_path)
    assert made == list(range(len(made)))  # it went on where it was, and did not begin again
    assert contents(tmp_path / "out") == contents(trained)
    assert list((tmp_path / "checkpoints").rglob("*.*")) == []


def test_the_history_has_a_row_an_epoch_with_every_loss(trained, prepared):
    history = pd.read_csv(trained / "history.csv")
    assert history["epoch"].tolist() == [1, 2]
    assert history["step"].tolist() == ["pose", "recognition"]
    losses = [f"loss_{name}" for name in ("landmarks", "visibility", "category", "attributes", "pairs")]
    validated = [name for name in history if name.startswith("val_")]
    assert len(validated) == 5
    assert history[[*losses, *validated, "loss", "learning_rate"]].notna().all(axis=None)


def test_an_epochs_losses_are_means_over_all_that_they_count(prepared, tmp_path, monkeypatch):
    real, seen = descent.losses, []
    monkeypatch.setattr(descent, "losses", lambda *a: seen.append(real(*a)) or seen[-1])
    history = pd.read_csv(run(prepared, make_settings((0, 1)), tmp_path) / "history.csv")
    for name in ("landmarks", "category", "attributes", "pairs"):
        total = sum(found[name].total.item() for found in seen)
        count = sum(found[name].count.item() for found in seen)
        assert history[f"loss_{name}"][0] == pytest.approx(total / count)


@pytest.mark.parametrize(
    ("drop", "gone"),
    [
        (["landmarks"], {"landmarks", "visibility"}),
        (["attributes"], {"attributes"}),
        (["items"], {"pairs"}),
        (["category"], {"category"}),
        (["landmarks", "joints", "attributes", "items", "boxes"], {"landmarks", "visibility", "attributes", "pairs"}),
    ],
)
def test_losses_without_labels_are_left_out_and_the_notes_say_so(tmp_path, drop, gone):
    only = ["category_attribute"] if "boxes" in drop else ["category_attribute", "in_shop"]
    folder = run(make_prepared(16, drop=drop, benchmarks=only), make_settings((1, 1)), tmp_path)
    history = pd.read_csv(folder / "history.csv")
    assert set(history["step"]) == ({"recognition"} if "landmarks" in drop else {"pose", "recognition"})
    for name in ("landmarks", "visibility", "category", "attributes", "pairs"):
        lacking = name in gone or (name == "pairs" and "boxes" in drop)
        assert history[f"loss_{name}"].isna().all() == lacking, name
    notes = " ".join(json.loads((folder / "trained_with.json").read_text())["notes"])
    assert all(f"the {name} loss" in notes for name in gone)
    assert ("pose step skipped" in notes) == ("landmarks" in drop)
    found = predict(load(folder), make_prepared(4).crops)
    outputs = {"landmarks", "visibility", "category", "attributes", "feature"}
    assert set(found) == outputs - gone


def test_data_without_any_label_or_photo_to_train_on_is_refused(tmp_path):
    nothing = make_prepared(16, drop=["category", "attributes", "landmarks", "items"])
    with pytest.raises(ValueError, match="without any label"):
        run(nothing, make_settings(), tmp_path)
    empty = make_prepared(16)
    empty = dataclasses.replace(empty, photos=empty.photos.assign(split="test"))
    with pytest.raises(ValueError, match="no photo in a training split"):
        run(empty, make_settings(), tmp_path)


def test_crops_of_another_size_than_the_settings_are_refused(tmp_path):
    with pytest.raises(ValueError, match="crops of 48 pixels, expected 32"):
        run(make_prepared(8, image_size=48), make_settings(), tmp_path)


def test_a_loss_that_is_not_a_number_stops_with_its_name(prepared, tmp_path, monkeypatch):
    real = descent.losses

    def broken(*arguments):
        found = real(*arguments)
        return found | {"category": found["category"]._replace(total=found["category"].total * torch.nan)}

    monkeypatch.setattr(descent, "losses", broken)
    with pytest.raises(TrainingError, match=r"epoch 1, step 1: found nan in the loss of category, exp"):
        run(prepared, make_settings(), tmp_path)
    assert not (tmp_path / "out").exists()


def test_a_gradient_that_is_not_a_number_moves_no_weight(prepared, tmp_path, monkeypatch):
    real = descent.losses

    def steep(*arguments):  # the loss is finite, its slope is not
        found = real(*arguments)
        flat = found["category"].total
        return found | {"category": found["category"]._replace(total=flat + (flat - flat.detach()).abs().sqrt())}

    monkeypatch.setattr(descent, "losses", steep)
    with pytest.raises(TrainingError, match=r"step 1: found (nan|inf) in the gradient"):
        run(prepared, make_settings(checkpoint_share=1.0), tmp_path)
    assert not list((tmp_path / "checkpoints").rglob("*.pt"))  # none with such weights


def test_what_stands_in_the_test_split_does_not_change_the_weights(prepared, settings, trained, tmp_path):
    test = np.flatnonzero(prepared.photos["split"] == "test")
    photos = prepared.photos.copy()
    photos.loc[test, "category"] = np.int16(0)
    photos.loc[test, "item"] = [f"other {i}" for i in range(len(test))]
    landmarks, visibility, attributes = (
        np.array(v) for v in (prepared.landmarks, prepared.visibility, prepared.attributes)
    )
    landmarks[test], visibility[test], attributes[test] = 0.1, 0, 1
    changed = dataclasses.replace(
        prepared, photos=photos, landmarks=landmarks, visibility=visibility, attributes=attributes
    )
    assert contents(run(changed, settings, tmp_path)) == contents(trained)


def test_nothing_is_printed_and_progress_tells_stage_epoch_step_loss_and_time(prepared, tmp_path, capfd):
    lines = []
    train(prepared, make_settings(), "fashionnet", tmp_path / "out", tmp_path / "checkpoints", lines.append)
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
    assert any("epoch 1 of 2 (pose), step 1 of 8, loss " in line and "left" in line for line in lines)
    assert "epoch 2 of 2 (recognition), step 8 of 8" in lines[-2]
    assert lines[-1] == "fashionnet: 8 steps were run\n"


def test_torch_is_left_as_it_was(prepared, tmp_path, monkeypatch):
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled(), torch.get_rng_state()
    of = torch.backends.cudnn.conv, torch.backends.cuda.matmul
    precision, inside, real = [own.fp32_precision for own in of], [], loop.Trainer.advance

    def advance(*arguments):
        inside.extend(own.fp32_precision for own in of)
        return real(*arguments)

    monkeypatch.setattr(loop.Trainer, "advance", advance)
    run(prepared, make_settings(threads=2 if before[0] == 1 else 1), tmp_path, max_steps=1)
    assert torch.get_num_threads() == before[0]
    assert torch.are_deterministic_algorithms_enabled() == before[1]
    assert torch.get_rng_state().equal(before[2])
    assert [own.fp32_precision for own in of] == precision
    assert inside == ["ieee", "ieee"]
    assert "ieee" not in precision


def test_a_second_writer_waits_and_is_refused(tmp_path):
    def ask(patience):
        with only_writer(tmp_path / "place", patience):
            return True

    with only_writer(tmp_path / "place"), pytest.raises(BusyError, match="place: found another process"):
        ask(0.2)
    done = threading.Event()

    def hold():
        with only_writer(tmp_path / "place"):
            done.wait(0.5)

    thread = threading.Thread(target=hold)
    thread.start()
    time.sleep(0.1)
    with only_writer(tmp_path / "place", patience=5):  # the predecessor lets go in time
        assert not done.is_set()
    thread.join()
    assert os.listdir(tmp_path / "place") == []


def test_each_parameter_has_one_optimiser_and_norms_and_biases_do_not_decay(settings):
    network = FashionNet(3, 4, width=0.05, batch_norm=True, image_size=32)
    muon, adam = make_optimisers(network, settings.training.model_copy(update={"weight_decay": 0.1}))
    [hidden] = muon.param_groups
    decayed, free = adam.param_groups
    assert (hidden["weight_decay"], decayed["weight_decay"], free["weight_decay"]) == (0.1, 0.1, 0)
    names = {parameter: name for name, parameter in network.named_parameters()}
    heads = {"landmarks.weight", "visibility.weight", "category.weight", "attributes.weight"}
    assert {names[p] for p in decayed["params"]} == heads
    assert {p.dim() for p in free["params"]} == {1}
    assert {p.dim() for p in hidden["params"]} == {2, 4}
    assert sorted(names[p] for group in (hidden, decayed, free) for p in group["params"]) == sorted(names.values())


@pytest.mark.parametrize("warm_up", [0.0, 0.05, 0.1, 0.5])
def test_rates_are_there_for_however_few_steps(settings, warm_up):
    optimisers = make_optimisers(FashionNet(3, 4, width=0.05, image_size=32), settings.training)
    for steps in range(1, 61):
        schedules = make_schedules(optimisers, warm_up, steps)
        for _ in range(steps):
            for schedule in schedules:
                assert 0 <= schedule.get_last_lr()[0] <= schedule.optimizer.defaults["lr"] * 1.0001
                schedule.optimizer.step()
                schedule.step()


@pytest.mark.parametrize("warm_up", [0.0, 0.25])
def test_rates_rise_to_their_own_and_fall_to_nothing(settings, warm_up):
    optimisers = make_optimisers(FashionNet(3, 4, width=0.05, image_size=32), settings.training)
    schedules = make_schedules(optimisers, warm_up, 40)
    seen = []
    for _ in range(40):
        seen.append([schedule.get_last_lr()[0] for schedule in schedules])
        for optimiser, schedule in zip(optimisers, schedules, strict=True):
            optimiser.step()
            schedule.step()
    for rates, highest in zip(np.array(seen).T, (settings.training.muon_rate, settings.training.learning_rate)):
        top = rates.argmax()
        assert rates[top] == pytest.approx(highest, rel=0.01)
        assert top == pytest.approx(warm_up * 40, abs=1)
        assert (np.diff(rates[top:]) < 0).all()
        assert rates[-1] < 0.01 * highest


def test_layers_too_large_for_the_iterations_go_to_adamw(settings):
    network = FashionNet(3, 4, width=0.5, batch_norm=True, image_size=64)
    _, adam = make_optimisers(network, settings.training)
    names = {parameter: name for name, parameter in network.named_parameters()}
    large = {name for p in adam.param_groups[0]["params"] if (name := names[p]).startswith(("fc", "trunk", "conv5"))}
    assert "fc6_global.0.weight" in large
    assert not any(name.startswith(("trunk", "conv5")) for name in large)


def test_weights_hold_what_they_were_trained_with(trained, prepared, settings):
    with safe_open(trained / "weights.safetensors", "pt") as handle:
        metadata = handle.metadata()
    assert list(metadata) == ["fashionnet"]
    assert json.dumps(json.loads(metadata["fashionnet"]), sort_keys=True, ensure_ascii=False) == metadata["fashionnet"]
    card = read_card(trained)
    assert card.categories == prepared.categories["category_name"].tolist()
    assert card.attributes == prepared.attribute_names["attribute_name"].tolist()
    assert card.sizes["image_size"] == 32
    assert card.settings["training"]["batch_size"] == settings.training.batch_size


def test_a_loaded_network_is_the_trained_one(trained):
    network = load(trained)
    assert not network.training
    saved = load_file(trained / "weights.safetensors")
    assert all(saved[name].equal(value) for name, value in network.state_dict().items())


def test_crops_that_are_read_ahead_are_said_to_show_the_same(trained, prepared, monkeypatch):
    network, lines = load(trained), []
    expected = predict(network, prepared.crops, batch_size=16)
    monkeypatch.setitem(ahead.WORKERS, "cpu", 3)
    found = predict(network, prepared.crops, batch_size=16, show=lines.append)
    assert found.keys() == expected.keys()
    assert all(np.array_equal(found[name], value) for name, value in expected.items())
    assert f"{len(prepared.crops)} of {len(prepared.crops)} photos" in lines[-1]


def rewrite(trained, folder, metadata):
    folder.mkdir()
    save_file(load_file(trained / "weights.safetensors"), folder / "weights.safetensors", metadata=metadata)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (None, "found metadata"),
        ("{", "json"),
        ('{"sizes": {}}', "field required"),
        (lambda card: card | {"sizes": card["sizes"] | {"width": 0.2}}, "size mismatch"),
        (lambda card: card | {"sizes": card["sizes"] | {"wings": 2}}, "wings"),
        (lambda card: card | {"sizes": card["sizes"] | {"width": "wide"}}, "sizes"),
        (lambda card: card | {"categories": []}, "0 names of categories"),
        (lambda card: card | {"surprise": 1}, "surprise"),
    ],
)
def test_malformed_metadata_is_named(trained, tmp_path, change, said):
    if callable(change):
        change = json.dumps(change(read_card(trained).model_dump()))
    rewrite(trained, tmp_path / "bad", None if change is None else {"fashionnet": change})
    with pytest.raises(WeightsError, match=f"(?is)weights.safetensors: .*{said}"):
        load(tmp_path / "bad")


def test_a_file_that_is_no_safetensors_and_an_absent_one_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"weights\.safetensors"):
        load(tmp_path)
    (tmp_path / "weights.safetensors").write_bytes(b"x" * 100)
    with pytest.raises(WeightsError, match="safetensors file"):
        load(tmp_path)
