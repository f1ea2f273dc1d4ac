"""What is drawn of the network is what the network does: shapes, windows, gates and pooled values, recomputed."""

import math

import numpy as np
import pytest
import torch
from factories import make_prepared
from hypothesis import given
from hypothesis import strategies as st

from fashionnet import anatomy, examples, figures
from fashionnet.inference import predict
from fashionnet.networks import FashionNet

SIZES = {
    "small": {"width": 0.125, "batch_norm": True, "image_size": 32},
    "wider, of odd size": {"width": 0.2, "image_size": 72, "window": 0.4, "bins": 3},
}


@pytest.fixture(scope="module")
def prepared():
    return make_prepared(photos=64, image_size=48)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return FashionNet(5, 10, window=0.34, **SIZES["small"])


def naive(network, side):
    """The shape of every part, computed by calling them one after the other as the paper's figure has it."""
    x = torch.zeros(1, 3, side, side)
    found = {"photo": x}
    with torch.inference_mode():
        for number, name in enumerate(("conv1", "conv2", "conv3", "conv4")):
            x = found[name] = getattr(network.trunk, name)(torch.max_pool2d(x, 2) if number else x)
        for branch in ("pose", "global"):
            hidden = found[f"conv5_{branch}"] = getattr(network, f"conv5_{branch}")(torch.max_pool2d(x, 2))
            flat = network.pool5(hidden).flatten(1)
            found[f"fc6_{branch}"] = getattr(network, f"fc6_{branch}")(flat)
        found["fc7_pose"] = network.fc7_pose(found["fc6_pose"])
        found["landmarks"] = network.landmarks(found["fc7_pose"]).view(1, 8, 2)
        found["visibility"] = network.visibility(found["fc7_pose"]).view(1, 8, 3)
        found["pooling"] = torch.zeros(1, 8, x.shape[1], network.bins, network.bins)
        found["fc6_local"] = network.fc6_local(found["pooling"].flatten(1))
        found["fc7_fusion"] = network.fc7_fusion(torch.cat([found["fc6_global"], found["fc6_local"]], 1))
        found |= {name: getattr(network, name)(found["fc7_fusion"]) for name in ("category", "attributes")}
        found["feature"] = found["fc7_fusion"]
    return {name: tuple(value.shape[1:]) for name, value in found.items()}


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_shapes_are_those_of_the_parts_called_one_by_one(sizes):
    network = FashionNet(5, 10, **sizes).train()
    parts = anatomy.parts(network)
    assert network.training
    assert not any(module._forward_hooks for module in network.modules())
    assert {name: part.shape for name, part in parts.items()} == naive(network.eval(), sizes["image_size"])
    assert sum(part.parameters for part in parts.values()) == sum(p.numel() for p in network.parameters())


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_the_drawing_names_every_part_with_its_shape(sizes):
    parts = anatomy.parts(FashionNet(5, 10, **sizes))
    texts = [text.get_text() for text in figures.architecture(parts).axes[0].texts]
    for name, part in parts.items():
        numbers = [str(size) for size in part.shape]
        start = {"pooling": "landmark pooling", "fc7_fusion": "fc7 fusion"}.get(name, name.split("_")[0])
        own = [text for text in texts if text.startswith(f"{start}\n")]
        wanted = numbers[1:] if name == "photo" else numbers
        assert any(all(number in text for number in wanted) for text in own), (name, own)
    for branch in ("pose branch", "local branch", "global branch"):
        assert branch in texts


def test_what_the_network_lacks_is_not_drawn():
    parts = anatomy.parts(FashionNet(5, 0, local="none", **SIZES["small"]))
    assert not {"pooling", "fc6_local", "attributes"} & set(parts)
    texts = " ".join(text.get_text() for text in figures.architecture(parts).axes[0].texts)
    assert "local branch" not in texts
    assert "attributes" not in texts
    with pytest.raises(ValueError, match="without a local branch"):
        anatomy.pooled(FashionNet(5, 0, local="none", **SIZES["small"]), None, 0)
    blind = FashionNet(5, 0, **SIZES["small"])
    blind.untrained = frozenset({"landmarks"})
    with pytest.raises(ValueError, match="untrained landmarks"):
        anatomy.pooled(blind, None, 0)


def nearest_start(point, count, side):
    """The first cell of the window of `count` cells whose centre is nearest to `point`, the right one of two."""
    starts = range(-2 * count - side, 2 * side)
    return min(starts, key=lambda start: (abs(start + count / 2 - point * side), -start))


@given(
    st.integers(3, 9),
    st.floats(0.1, 0.9),
    st.lists(st.tuples(st.floats(-1, 2), st.floats(-1, 2)), min_size=1, max_size=8),
)
def test_windows_are_the_cells_nearest_to_each_place(side, window, places):
    # Where two windows are as near, a rounding decides which it is.
    count = max(1, math.floor(window * side + 0.5))
    found = anatomy.windows(torch.tensor([places], dtype=torch.float64), side, window)[0]
    for place, (x_1, y_1, x_2, y_2) in zip(places, found):
        for point, first, last in ((place[0], x_1, x_2), (place[1], y_1, y_2)):
            inside = [nearest_start(point, count, side) + cell for cell in range(count)]
            inside = [cell for cell in inside if 0 <= cell < side]
            if abs(point * side - count / 2 - 0.5 - round(point * side - count / 2 - 0.5)) < 1e-6:
                continue
            if np.isnan(first):
                others = [nearest_start(p, count, side) for p in place]
                assert any(start + count <= 0 or start >= side for start in others)
            else:
                assert (first * side, last * side) == pytest.approx((inside[0], inside[-1] + 1), abs=1e-4)


def test_what_is_shown_of_a_photo_is_what_the_network_pools(network, prepared):
    row = examples.hidden(prepared)["full-body"]
    seen = anatomy.pooled(network, prepared, row)
    said = predict(network, prepared.crops[[row]])
    np.testing.assert_array_equal(seen.places, said["landmarks"][0])
    np.testing.assert_array_equal(seen.gates, said["visibility"][0])
    taken = {}
    hook = network.trunk.register_forward_hook(lambda module, given, maps: taken.update(maps=maps[0].numpy()))
    predict(network, prepared.crops[[row]])
    hook.remove()
    maps, side = taken["maps"], taken["maps"].shape[-1]
    np.testing.assert_allclose(seen.maps, maps.mean(0), rtol=1e-5)
    count = max(1, math.floor(0.34 * side + 0.5))
    for landmark in range(8):
        x, y = (nearest_start(point, count, side) for point in seen.places[landmark].astype(float))
        for below in range(2):
            for beside in range(2):
                rows = range(y + below * count // 2, y - (-(below + 1) * count // 2))
                columns = range(x + beside * count // 2, x - (-(beside + 1) * count // 2))
                cells = [maps[:, r, c] for r in rows for c in columns if 0 <= r < side and 0 <= c < side]
                largest = np.max(cells, axis=0).mean() if cells else 0.0
                expected = largest * seen.gates[landmark]
                assert seen.pooled[landmark, below, beside] == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_photos_with_hidden_landmarks_are_drawn_by_the_stated_rule(prepared):
    names = {"upper-body": 1, "lower-body": 2, "full-body": 3}
    found = examples.hidden(prepared)
    assert found
    for name, row in found.items():
        photo, codes = prepared.photos.iloc[row], prepared.visibility[row]
        assert photo["split"] == "test"
        assert photo["clothes_type"] == names[name]
        assert 0 in codes
        assert max(codes) > 0
    assert found == examples.hidden(prepared)
    assert examples.hidden(make_prepared(photos=16, drop=("landmarks",))) == {}


def test_gates_and_windows_are_drawn_as_they_are(network, prepared):
    photos = {name: anatomy.pooled(network, prepared, row) for name, row in examples.hidden(prepared).items()}
    figure = figures.landmark_pooling(photos)
    for place, photo in enumerate(photos.values()):
        seen, _, gates, _ = figure.axes[4 * place : 4 * place + 4]
        assert [bar.get_width() for bar in gates.patches] == pytest.approx(photo.gates.tolist())
        boxes = [patch.get_bbox().extents for patch in seen.patches[::2]]
        np.testing.assert_allclose(boxes, photo.windows[~np.isnan(photo.windows[:, 0])], atol=1e-6)
        circles = [line for line in seen.lines if line.get_marker() == "o"]
        assert len(circles) == (photo.visibility == 0).sum()
