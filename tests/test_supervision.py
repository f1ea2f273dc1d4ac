"""What an experiment learns from: only the labels that its parameters name, and always the same photos."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from factories import make_prepared, make_settings

from fashionnet.batches import Batches
from fashionnet.formats.codes import JOINT_NAMES, LANDMARK_NAMES
from fashionnet.settings import load_settings
from fashionnet.training.plan import make_plan
from fashionnet.training.supervision import IN_PLACE, kept_attributes, supervised


@pytest.fixture(scope="module")
def prepared():
    return make_prepared(40, seed=5, attributes=12)


def test_the_default_learns_from_every_label(prepared):
    view = supervised(prepared, make_settings())
    assert view.attributes is prepared.attributes
    assert view.landmarks is prepared.landmarks
    assert view.photos is prepared.photos


def test_attributes_are_kept_by_their_rank_among_training_photos(prepared):
    train = prepared.photos["split"] == "train"
    positives = {column: int((prepared.attributes[train, column] == 1).sum()) for column in range(12)}
    for share, count in ((0, 0), (0.1, 2), (0.5, 6), (1, 12)):
        kept = kept_attributes(prepared, share, "frequency", seed=0)
        assert kept.sum() == count
        assert set(np.flatnonzero(kept)) == set(sorted(positives, key=lambda c: (-positives[c], c))[:count])


def test_random_attributes_depend_on_the_seed_alone(prepared):
    drawn = [kept_attributes(prepared, 0.5, "random", seed) for seed in (1, 1, 2, 3)]
    assert (drawn[0] == drawn[1]).all()
    assert any((drawn[0] != other).any() for other in drawn[2:])
    assert {int(kept.sum()) for kept in drawn} == {6}


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_labels_of_other_attributes_become_unknown_in_every_split(prepared, share):
    view = supervised(prepared, make_settings(attributes=share))
    kept = kept_attributes(prepared, share, "frequency", 0)
    assert (view.attributes[:, ~kept] == 0).all()
    assert (view.attributes[:, kept] == prepared.attributes[:, kept]).all()
    assert prepared.attributes.any(), "the data itself stays"


def test_joints_take_the_landmarks_places_only_where_joints_are_annotated(prepared):
    view = supervised(prepared, make_settings(network={"local": "joints"}))
    assert (view.photos["landmarked"] == prepared.photos["jointed"]).all()
    for slot, (joint, landmark) in enumerate(zip(IN_PLACE, LANDMARK_NAMES, strict=True)):
        assert joint.split()[0] == landmark.split()[0], "a mirrored photo swaps both alike"
        source = JOINT_NAMES.index(joint)
        np.testing.assert_array_equal(view.landmarks[:, slot], prepared.joints[:, source])
        np.testing.assert_array_equal(view.visibility[:, slot], prepared.joint_visibility[:, source])


def test_landmarks_of_photos_without_joints_are_not_learned_from(prepared):
    view = supervised(prepared, make_settings(landmarks="jointed"))
    jointed = prepared.photos["jointed"].to_numpy()
    codes = Batches(view, np.arange(len(view.photos)), 8, 0, torch.device("cpu")).visibility
    assert (codes[~jointed] == -1).all()
    np.testing.assert_array_equal(view.landmarks[jointed], prepared.landmarks[jointed])
    joints = supervised(prepared, make_settings(network={"local": "joints"}))
    assert (joints.photos["landmarked"] == view.photos["landmarked"]).all(), "the same photos teach both"


@pytest.mark.parametrize("pairs", ["all", "in_shop", "none"])
def test_pairs_are_learned_from_the_benchmarks_that_are_named_and_batches_stay(prepared, pairs):
    rows = np.flatnonzero(prepared.photos["split"] == "train")
    every = Batches(prepared, rows, 8, 0, torch.device("cpu"))
    some = Batches(prepared, rows, 8, 0, torch.device("cpu"), pairs)
    assert [own.tolist() for own in every.epoch(1)] == [own.tolist() for own in some.epoch(1)]
    benchmark = prepared.photos["benchmark"].to_numpy()
    learned = {name for name in np.unique(benchmark) if (some.paired[benchmark == name] >= 0).any()}
    assert learned == {"all": {"in_shop", "consumer_to_shop"}, "in_shop": {"in_shop"}, "none": set()}[pairs]
    labelled = make_plan(prepared, some, make_settings(pairs=pairs)).labelled["pairs"]
    assert (labelled > 0) == (pairs != "none")
    assert (some.load(rows).item >= 0).any() == (pairs != "none")


def test_at_once_has_the_last_steps_weights_from_the_first_epoch_on(prepared):
    rows = np.flatnonzero(prepared.photos["split"] == "train")
    batches = Batches(prepared, rows, 8, 0, torch.device("cpu"))
    two, one = (make_plan(prepared, batches, make_settings((1, 2), at_once=once)) for once in (False, True))
    assert len(two.epochs) == len(one.epochs)
    assert two.weights(0) != two.weights(2)
    assert one.weights(0) == one.weights(2) == two.weights(2)
    assert [step.image_size for step in one.epochs] == [step.image_size for step in two.epochs]


def test_every_experiment_differs_from_fashionnet_in_what_its_name_says_and_nothing_else():
    settings = load_settings()
    base = settings.experiment("fashionnet").model_dump()
    for name, changes in settings.experiments.items():
        own = settings.experiment(name).model_dump()
        changed = {
            f"{section}.{key}"
            for section in ("network", "training", "prepare")
            for key in own[section]
            if own[section][key] != base[section][key]
        }
        expected = {f"{section}.{key}" for section, values in changes.items() for key in values}
        assert changed == expected, name
