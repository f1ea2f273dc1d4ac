"""WTBI, DARN and FashionNet without one of its parts: what each looks at, and what it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from factories import make_prepared, make_settings

from fashionnet.inference import predict
from fashionnet.networks import DARN, NETWORKS, WTBI, FashionNet, make_network
from fashionnet.predict import predict_benchmarks, predict_series
from fashionnet.predictions import load_predictions
from fashionnet.settings import load_settings
from fashionnet.training import load, train

GROUPS = ["texture", "shape", "texture", "part", "shape"]
COMMON = {"width": 0.05, "batch_norm": True, "image_size": 32}


def images(count=6):
    torch.manual_seed(3)
    return torch.randn(count, 3, 32, 32)


def fashionnet(**changes):
    torch.manual_seed(0)
    return FashionNet(4, 5, **COMMON, window=0.5, **changes).eval()


@pytest.mark.parametrize("name", NETWORKS)
def test_every_system_starts_with_the_same_trunk(name):
    parameters = load_settings().network.model_dump(exclude={"weights", "system"})
    torch.manual_seed(0)
    network = make_network(name, 4, GROUPS, **parameters)
    torch.manual_seed(0)
    other = make_network("fashionnet", 4, GROUPS, **parameters)
    shapes = [tuple(value.shape) for value in network.trunk.state_dict().values()]
    assert shapes == [tuple(value.shape) for value in other.trunk.state_dict().values()]
    assert type(network) is NETWORKS[name]


@pytest.mark.parametrize("name", NETWORKS)
def test_heads_that_the_labels_do_not_call_for_are_left_out(name):
    network = make_network(name, 0, [], **COMMON)
    assert not {"category", "attributes"} & set(network.outputs)
    output = network.eval()(images())
    assert output.category is None
    assert output.attributes is None
    torch.testing.assert_close(output.feature.norm(dim=1), torch.ones(6))


def test_a_match_is_the_similarity_network_on_concatenated_features():
    torch.manual_seed(0)
    network = WTBI(4, 5, **COMMON).eval()
    network.match.weight.data.normal_()
    network.match.bias.data.normal_()
    logits = network(images()).match.logits()
    hidden = network.fc7(network.fc6(network.pool5(network.conv5(network.pool(network.trunk(images())))).flatten(1)))
    whole = torch.cat([network.query.weight, network.gallery.weight], 1)  # W of W[a; b]
    for a in range(6):
        for b in range(6):
            first = torch.relu(whole @ torch.cat([hidden[a], hidden[b]]) + network.query.bias)
            torch.testing.assert_close(logits[a, b], network.match.weight @ first + network.match.bias)


def test_predicted_matches_are_the_networks_log_odds():
    torch.manual_seed(0)
    network = WTBI(4, 5, **COMMON).eval()
    network.match.weight.data.normal_()
    crops = make_prepared(2, image_size=32).crops[:6]
    found = predict(network, crops)
    hidden = np.maximum(found["match_query"][:, None] + found["match_gallery"], 0)
    odds = hidden @ found["match_weights"]
    from fashionnet.batches import normalised, to_images

    logits = network(normalised(to_images(crops, torch.device("cpu")))).match.logits()
    expected = (logits[..., 1] - logits[..., 0]).detach().numpy()
    np.testing.assert_allclose(odds - odds[0, 0], expected - expected[0, 0], atol=1e-4)


def test_darn_sends_consumers_photos_to_the_street_and_all_others_to_the_shop():
    torch.manual_seed(0)
    network = DARN(4, GROUPS, **COMMON).eval()
    source = torch.tensor([0, 1, 2, 2, 1, 0])
    before = network(images(), source)
    with torch.no_grad():
        for parameter in network.street.parameters():
            parameter.add_(0.1)
    after = network(images(), source)
    for name in ("feature", "category", "attributes"):
        moved = (getattr(before, name) != getattr(after, name)).any(1)
        assert moved.tolist() == [False, False, True, True, False, False], name
    for name in ("feature", "category", "attributes"):  # nothing known: the shop's
        assert getattr(network(images()), name).equal(getattr(network(images(), torch.ones(6).long()), name))


def test_darn_teaches_both_sub_networks_with_photos_of_unknown_source():
    torch.manual_seed(0)
    network = DARN(4, GROUPS, **COMMON).train()
    output = network(images(), torch.tensor([0, 1, 2, 2, 1, 0]))
    assert output.rows.tolist() == [0, 1, 2, 3, 4, 5, 0, 5]
    assert output.category.shape == (8, 4)
    assert output.attributes.shape == (8, 5)
    assert len(output.feature) == 6
    output.category[6:].sum().backward()
    assert network.street.category[1].weight.grad.abs().sum() > 0
    assert network.shop.category[1].weight.grad.abs().sum() == 0


def test_darn_has_a_branch_for_each_group_and_keeps_the_attributes_order():
    network = DARN(4, GROUPS, **COMMON).eval()
    assert [branch[1].out_features for branch in network.shop.groups] == [2, 2, 1]
    with torch.no_grad():
        for place, branch in enumerate(network.shop.groups):
            branch[1].weight.zero_()
            branch[1].bias.copy_(10 * place + torch.arange(len(branch[1].bias)))
    # texture is the first group, shape the second, part the third.
    assert network(images(1)).attributes[0].tolist() == [0, 10, 1, 20, 11]


def test_without_its_local_branch_fashionnet_has_as_many_parameters():
    for width, size in ((0.125, 48), (0.25, 96)):
        counts = [
            sum(p.numel() for p in FashionNet(50, 80, width, True, size, local=local).parameters())
            for local in ("landmarks", "none")
        ]
        assert counts[1] == pytest.approx(counts[0], rel=2e-3)
    network = fashionnet(local="none")
    before = network(images()).category
    with torch.no_grad():
        network.landmarks.bias += 0.3
    assert network(images()).category.equal(before)


def test_random_places_are_the_same_in_every_photo_and_stay_with_the_weights():
    network = fashionnet(local="random")
    before = network(images()).category
    with torch.no_grad():
        network.landmarks.bias += 0.3
    assert network(images()).category.equal(before)
    assert "places" in network.state_dict()
    assert network.places.shape == (8, 2)
    torch.manual_seed(1)
    assert not FashionNet(4, 5, **COMMON, local="random").places.equal(network.places)


def test_without_a_gate_hidden_landmarks_are_pooled_as_visible_ones():
    gated, open_ = fashionnet(), fashionnet(gate=False)
    for network in (gated, open_):
        with torch.no_grad():
            network.visibility.bias.view(8, 3)[:, 0] = -1e4
    shown = fashionnet()
    with torch.no_grad():
        shown.visibility.bias.view(8, 3)[:, 0] = 1e4
    assert open_(images()).category.equal(shown(images()).category)
    assert not open_(images()).category.equal(gated(images()).category)


def test_the_oracle_pools_at_true_landmarks_and_at_its_own_where_there_are_none():
    oracle, own = fashionnet(local="annotated"), fashionnet()
    points = torch.rand(6, 8, 2)
    codes = torch.zeros(6, 8, dtype=torch.long)
    codes[2:] = -1
    codes[1] = 1  # all hidden: every gate is shut
    told = oracle(images(), None, (points, codes)).category
    alone = own(images(), None, (points, codes)).category
    assert told[2:].equal(alone[2:])
    assert not told[0].equal(alone[0])
    with torch.no_grad():
        oracle.fc6_local[0].weight.zero_()
    torch.testing.assert_close(oracle(images(), None, (points, codes)).category[1], told[1])


@pytest.mark.parametrize("name", ["wtbi", "darn"])
def test_a_system_is_trained_saved_loaded_and_predicts_every_benchmark(tmp_path, name):
    prepared = make_prepared(16, seed=2)
    settings = make_settings(network={"system": name})
    train(prepared, settings, "fashionnet", tmp_path / "model", tmp_path / "checkpoints", lambda _: None)
    network = load(tmp_path / "model")
    assert type(network) is NETWORKS[name]
    predict_benchmarks(prepared, network, settings, tmp_path / "predictions", lambda _: None)
    found = load_predictions(tmp_path / "predictions/consumer_to_shop.npz")
    matches = {"match_query", "match_gallery", "match_weights"}
    assert set(found) - {"image_name"} == {"category", "attributes", "feature"} | (matches if name == "wtbi" else set())
    assert not {"landmarks", "visibility"} & set(found)
    for array in found.values():
        assert array.dtype.kind == "U" or np.isfinite(array).all()


def test_the_series_is_asked_as_consumers_photos_and_recognised_as_of_unknown_source(tmp_path):
    prepared = make_prepared(12, seed=2, benchmarks=["consumer_to_shop"])
    prepared = replace(prepared, photos=prepared.photos.assign(benchmark="series", split="test"))
    torch.manual_seed(0)
    network = DARN(len(prepared.categories), prepared.groups.tolist(), **COMMON)
    with torch.no_grad():
        for parameter in network.street.parameters():
            parameter.add_(0.1)
    predict_series(prepared, network, make_settings(), tmp_path, lambda _: None)
    found = load_predictions(tmp_path / "series.npz")
    asked = predict(network, prepared.crops, source=np.full(len(prepared.photos), 2))
    unknown = predict(network, prepared.crops)
    np.testing.assert_allclose(found["feature"], asked["feature"], atol=1e-6)
    np.testing.assert_allclose(found["category"], unknown["category"], atol=1e-6)
    assert not np.allclose(asked["category"], unknown["category"])
