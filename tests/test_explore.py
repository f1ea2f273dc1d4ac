"""The exploration: photos by what is known of them, and what a moved or hidden landmark changes, recomputed by hand."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from nbclient import NotebookClient
from PIL import Image

from fashionnet.anatomy import pools
from fashionnet.explore import Form, Session, draw
from fashionnet.explore.form import OWN
from fashionnet.explore.pooling import judged, look, windows
from fashionnet.explore.session import ANY, RIGHT, WRONG, right_ones
from fashionnet.findings.exploration import exploration
from fashionnet.inference import predict
from fashionnet.networks import DARN, FashionNet, landmark_pool
from fashionnet.predictions import load_predictions
from fashionnet.prepare.tables import crop_to_photo
from fashionnet.project import project_root

SLOTS = 8


@pytest.fixture(scope="module")
def network():
    """Not trained, and with heads that say something: judgements depend on every unit."""
    torch.manual_seed(2)
    made = FashionNet(5, 10, width=0.05, batch_norm=True, image_size=64, window=0.3)
    for head in (made.category, made.attributes, made.landmarks, made.visibility):
        torch.nn.init.normal_(head.weight, std=0.3)
    return made.eval()


@pytest.fixture(scope="module")
def crop():
    return np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def session(tiny_project):
    return Session(tiny_project, tiny_project / "data")


# pooling elsewhere


def test_pooled_where_the_network_itself_pools_it_says_what_it_says(network, crop):
    seen = look(network, crop)
    alone = predict(network, crop[None])
    np.testing.assert_allclose(seen.places, alone["landmarks"][0], atol=1e-6)
    np.testing.assert_allclose(seen.gates, alone["visibility"][0], atol=1e-6)
    for name, value in judged(network, seen, seen.places, seen.gates).items():
        np.testing.assert_allclose(value, alone[name], atol=1e-5, err_msg=name)


def naive_pool(maps, places, gates, window, bins):
    """(C, H, W) maps → (8, C, bins, bins), cell by cell."""
    channels, height, width = maps.shape
    side = max(1, int(window * width + 0.5))
    pooled = np.zeros((SLOTS, channels, bins, bins))
    for slot, ((x, y), gate) in enumerate(zip(places, gates)):
        left = min(max(int(np.floor(x * width - side / 2 + 0.5)), -side), width)
        top = min(max(int(np.floor(y * height - side / 2 + 0.5)), -side), height)
        for row in range(bins):
            for column in range(bins):
                cells = [
                    maps[:, v, u]
                    for v in range(top + row * side // bins, top - (-(row + 1) * side // bins))
                    for u in range(left + column * side // bins, left - (-(column + 1) * side // bins))
                    if 0 <= v < height and 0 <= u < width
                ]
                if cells:
                    pooled[slot, :, row, column] = gate * np.max(cells, axis=0)
    return pooled


PLACES = st.lists(st.tuples(*[st.floats(-0.25, 1.25, width=32)] * 2), min_size=SLOTS, max_size=SLOTS)
GATES = st.lists(st.floats(0, 1, width=32), min_size=SLOTS, max_size=SLOTS)


@given(PLACES, GATES)
@settings(deadline=None, max_examples=40)
def test_other_places_and_gates_are_pooled_as_a_naive_loop_pools_them(network, crop, places, gates):
    seen = look(network, crop)
    places, gates = np.array(places, np.float32), np.array(gates, np.float32)
    pooled = naive_pool(seen.maps[0].numpy(), places, gates, network.window, network.bins)
    with torch.inference_mode():
        local = network.fc6_local(torch.from_numpy(pooled).float().flatten()[None])
        fused = network.fc7_fusion(torch.cat([seen.whole, local], 1))
        expected = {"category": network.category(fused), "attributes": network.attributes(fused)}
        expected["feature"] = fused / fused.norm()
    for name, value in judged(network, seen, places, gates).items():
        np.testing.assert_allclose(value, expected[name].numpy(), atol=1e-5, err_msg=name)


def test_moved_and_hidden_landmarks_are_what_an_oracle_would_be_told(network, crop):
    """The network's own path for annotated landmarks, by which a hidden one's gate is shut."""
    told = FashionNet(**network.sizes | {"local": "annotated"})
    told.load_state_dict(network.state_dict())
    rng = np.random.default_rng(1)
    places, codes = rng.random((1, SLOTS, 2)).astype(np.float32), np.array([[0, 0, 1, 0, 2, 0, 1, 0]])
    expected = predict(told, crop[None], annotated=(places, codes))
    found = judged(network, look(network, crop), places[0], (codes[0] == 0).astype(np.float32))
    for name, value in found.items():
        np.testing.assert_allclose(value, expected[name], atol=1e-5, err_msg=name)
    assert np.abs(found["category"] - predict(network, crop[None])["category"]).max() > 1e-3


@given(PLACES)
@settings(deadline=None, max_examples=60)
def test_a_drawn_window_is_the_one_that_is_pooled(network, places):
    maps = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    seen = SimpleNamespace(maps=maps)
    found = windows(network, seen, np.array(places, np.float32))
    pooled = landmark_pool(maps, torch.tensor([places]), torch.ones(1, SLOTS), network.window * 8, 1)[0, :, :, 0, 0]
    for corners, values in zip(found * 8, pooled):
        left, top, right, bottom = np.round(corners).astype(int)
        assert (corners == [left, top, right, bottom]).all()
        inside = maps[0, :, max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)].flatten(1)
        assert values.equal(inside.max(1).values if inside.shape[1] else torch.zeros(3))


def test_which_systems_pool(network):
    assert pools(network)
    for local in ("none", "random", "annotated", "joints"):
        assert not pools(FashionNet(5, 10, width=0.05, image_size=32, local=local))
    untaught = FashionNet(5, 10, width=0.05, image_size=32)
    untaught.untrained = frozenset({"landmarks", "visibility"})
    assert not pools(untaught)
    assert not pools(DARN(5, ["a", "b"], width=0.05, image_size=32))


# photos by what is known of them


def test_right_is_what_the_rules_say(session, tiny_project):
    prepared, system = session.prepared, "fashionnet"
    for benchmark in session.benchmarks():
        arrays = load_predictions(tiny_project / f"artifacts/predictions/{system}/{benchmark}.npz")
        found = right_ones(prepared, benchmark, arrays)
        rows = prepared.rows(benchmark, "test")
        photos = prepared.photos.iloc[rows].reset_index(drop=True)
        gallery = [n for n, role in enumerate(photos["role"]) if role == "gallery"]
        for place, row in enumerate(rows):
            photo, expected = photos.iloc[place], None
            if benchmark == "category_attribute":
                expected = max(range(50), key=lambda c: arrays["category"][place, c]) == photo["category"]
            elif benchmark == "landmarks":
                true = crop_to_photo(prepared.landmarks[[row]], prepared.photos.iloc[[row]])[0]
                box = [photo["x_2"] - photo["x_1"], photo["y_2"] - photo["y_1"]]
                apart = [
                    np.hypot(*((arrays["landmarks"][place, slot] - true[slot]) / box))
                    for slot in range(SLOTS)
                    if prepared.visibility[row, slot] == 0
                ]
                expected = bool(np.mean(apart) <= 0.1) if apart else None
            elif photo["role"] == "query":
                near = min(gallery, key=lambda n: np.linalg.norm(arrays["feature"][place] - arrays["feature"][n]))
                expected = photos["item"][near] == photo["item"]
            assert found[place] is expected or found[place] == expected or (expected is None and found.isna()[place])


def test_photos_are_chosen_by_benchmark_category_and_outcome(session):
    names = session.prepared.categories["category_name"]
    category = session.categories("category_attribute")[0]
    everything = session.rows("darn", "category_attribute")
    assert everything.tolist() == session.prepared.rows("category_attribute", "test").tolist()
    own = session.rows("darn", "category_attribute", category)
    assert len(own)
    assert set(names.iloc[session.prepared.photos["category"].iloc[own]]) == {category}
    right, wrong = (set(session.rows("darn", "category_attribute", ANY, outcome)) for outcome in (RIGHT, WRONG))
    assert right | wrong == set(everything)
    assert not right & wrong
    assert session.categories("in_shop") == []


# answers


def test_the_answer_by_itself_is_the_benchmarks_prediction(session, tiny_project):
    for system in ("fashionnet", "darn", "wtbi"):
        for benchmark in session.benchmarks():
            arrays = load_predictions(tiny_project / f"artifacts/predictions/{system}/{benchmark}.npz")
            row = session.rows(system, benchmark)[2]
            answer = session.answer(system, session.test_photo(system, row), {})
            best = session.prepared.categories["category_name"][arrays["category"][2].argmax()]
            assert answer.own.category[0].name == best
            assert answer.given is answer.own
            assert (answer.places is None) == (system != "fashionnet")
            assert row not in [near.row for near in answer.own.nearest]


def test_a_moved_landmark_changes_what_is_said_and_what_is_near(session):
    shown = session.test_photo("fashionnet", session.rows("fashionnet", "in_shop")[0])
    before = session.answer("fashionnet", shown, {})
    after = session.answer("fashionnet", shown, {2: (0.9, 0.1)}, frozenset({5}))
    assert after.changed == {2, 5}
    assert after.own == before.own
    np.testing.assert_allclose(after.places[2], (0.9, 0.1))
    assert after.gates[5] == 0
    others = [slot for slot in range(SLOTS) if slot != 2]
    assert np.array_equal(after.places[others], before.places[others])
    recogniser = session.recogniser("fashionnet")
    said = judged(recogniser.network, look(recogniser.network, shown.asked.crop), after.places, after.gates)
    apart = np.linalg.norm(recogniser.gallery.arrays["feature"] - said["feature"][0], axis=1)
    apart[recogniser.gallery.rows == shown.row] = np.inf
    order = np.argsort(apart, kind="stable")[:5]
    assert [near.row for near in after.given.nearest] == recogniser.gallery.rows[order].tolist()
    np.testing.assert_allclose([near.value for near in after.given.nearest], apart[order], rtol=1e-5)
    assert after.given.category != before.own.category


# the form


@pytest.fixture
def made(session):
    return Form(session)


def texts(form):
    return [part.value for part in (form.picture, form.said, form.pooled, form.shops)]


def test_a_moved_landmark_is_seen_at_once_and_goes_back(made):
    before, controls = texts(made), made.controls
    controls.landmark.value = 3
    x = made.answer.places[3, 0]
    assert controls.x.value == pytest.approx(np.clip(x, 0, 1), abs=0.0051)
    y = made.answer.places[3, 1]
    controls.x.value = 0.95 if x < 0.5 else 0.05
    after = texts(made)
    assert made.answer.changed == {3}
    assert made.answer.places[3, 1] == y
    assert all(new != old for new, old in zip(after, before))
    assert "by itself" in after[1]
    assert "right sleeve (put)" in after[2]
    controls.hidden.value = True
    assert made.answer.gates[3] == 0
    assert "right sleeve (put), gate 0.00" in made.pooled.value
    controls.landmark.value = 0
    assert controls.hidden.value is False
    controls.landmark.value = 3
    assert controls.hidden.value is True
    assert controls.x.value == pytest.approx(0.95 if x < 0.5 else 0.05)
    controls.reset.click()
    assert made.answer.changed == frozenset()
    assert made.said.value == before[1]


def test_to_look_at_a_landmark_does_not_move_it(made):
    for slot in range(SLOTS):
        made.controls.landmark.value = slot
        for slider in (made.controls.x, made.controls.y):
            # What a browser does to a value between two steps.
            slider.value = round(slider.value / slider.step) * slider.step
    assert made.answer.changed == frozenset()


def test_systems_are_switched_and_the_photo_stays(made):
    made.controls.photo.value = 4
    name, said = made.line.value, made.said.value
    made.controls.x.value = 0.77
    for system in ("darn", "wtbi"):
        made.controls.system.value = system
        assert made.line.value == name
        assert "pools at no landmarks" in made.picture.value
        assert made.controls.x.disabled
        assert made.controls.hidden.disabled
    assert "match" in made.shops.value
    made.controls.system.value = "fashionnet"
    assert made.said.value == said
    assert not made.controls.x.disabled


def test_every_benchmark_is_opened_and_an_empty_choice_is_said(made, session):
    controls = made.controls
    for benchmark in session.benchmarks():
        controls.benchmark.value = benchmark
        assert made.answer.shown.row == session.rows("fashionnet", benchmark)[0]
        assert controls.category.disabled == (benchmark != "category_attribute")
        for outcome in (RIGHT, WRONG):
            controls.outcome.value = outcome
            expected = len(session.rows("fashionnet", benchmark, ANY, outcome))
            assert (made.answer is None) == (expected == 0)
            assert made.answer is None or controls.photo.max == expected
            if not expected:
                assert f"No test photo is {outcome} here" in made.line.value
                assert exploration(made.answer) == ["No photo is shown."]


def sent(name, content):
    about = {"type": "image/png", "size": len(content), "last_modified": datetime.now(UTC)}
    return ({"name": name, "content": memoryview(content), **about},)


def test_a_photo_of_ones_own_is_shown_with_and_without_a_box(made, session):
    buffer = io.BytesIO()
    Image.new("RGB", (60, 90), (200, 30, 90)).save(buffer, "PNG")
    controls = made.controls
    controls.benchmark.value = "own"
    assert "Upload a photo" in made.line.value
    assert texts(made) == [""] * 4
    controls.upload.set_trait("value", sent("<img src=x onerror=alert(1)>\x1b.png", buffer.getvalue()))
    assert made.answer.shown.row is None
    assert (made.answer.own.box, made.answer.own.boxed) == ((0, 0, 60, 90), False)
    for value in (made.line.value, *texts(made)):
        assert "<img src=x" not in value
    controls.box.value = "10,10,50,80"
    assert (made.answer.own.box, made.answer.own.boxed) == ((10, 10, 50, 80), True)
    expected = session.recogniser("fashionnet").recognise(Image.open(buffer), (10, 10, 50, 80))
    assert made.answer.own.as_json() | {"photo": "photo"} == expected.as_json()
    controls.box.value = "10,10,50,800"
    assert "pixels" in made.line.value
    assert made.answer is None
    controls.box.value = ""
    controls.upload.set_trait("value", sent("no.png", b"no picture"))
    assert "expected a picture" in made.line.value


def test_a_photo_that_is_gone_is_said(tiny_project, tmp_path):
    (tmp_path / "data").mkdir()
    for folder in (tiny_project / "data").iterdir():
        if folder.is_dir():
            shutil.copytree(folder, tmp_path / "data" / folder.name, ignore=shutil.ignore_patterns("*.jpg"))
    form = Form(Session(tiny_project, tmp_path / "data"))
    assert "No such file" in form.line.value
    assert form.answer is None


def test_where_no_photo_is_shown_nothing_can_be_moved(made):
    c = made.controls
    c.benchmark.value = OWN
    assert made.answer is None
    assert all(widget.disabled for widget in (c.landmark, c.x, c.y, c.hidden, c.reset))
    c.benchmark.value = "landmarks"
    assert made.answer is not None
    assert not any(widget.disabled for widget in (c.landmark, c.x, c.y, c.hidden, c.reset))


def test_every_picture_has_a_text_that_says_where_is_pooled(made):
    made.controls.landmark.value = 1
    made.controls.y.value = 0.31
    [alt] = re.findall(r'alt="([^"]+)"', made.picture.value)
    assert re.search(r"right collar at \d+ %, 31 % with gate 0\.\d\d", alt)
    for part in (made.pooled, made.shops):
        assert len(re.findall("<img ", part.value)) == len(re.findall('<img alt="[^"]{10,}"', part.value)) > 4


def test_names_from_files_are_escaped(session):
    answer = session.answer(
        "fashionnet", session.test_photo("fashionnet", session.rows("fashionnet", "landmarks")[0]), {}
    )
    hostile = replace(answer.own, category=[one._replace(name=f"<b>{one.name}") for one in answer.own.category])
    text = draw.said(replace(answer, own=hostile, given=hostile), session.prepared)
    assert "&lt;b&gt;" in text
    assert "<b>" not in text


@pytest.mark.parametrize("corners", [(0, 0, 0.5, 0.5), (-0.25, 0.75, 0.25, 1.25), (1, 1, 1.5, 1.5), (-0.5, 0, 0, 0.5)])
def test_a_window_is_cut_out_as_far_as_the_photo_reaches(corners):
    picture = np.random.default_rng(0).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    part = draw.cut_out(picture, np.array(corners))
    left, top = round(corners[0] * 16), round(corners[1] * 16)
    assert part.shape == (8, 8, 3)
    for v in range(8):
        for u in range(8):
            x, y = left + u, top + v
            inside = 0 <= x < 16 and 0 <= y < 16
            assert tuple(part[v, u]) == (tuple(picture[y, x]) if inside else draw.PADDING)
    assert np.array_equal(draw.faded(part, 1.0), part)
    assert (draw.faded(part, 0.0) == 255).all()


def test_what_was_found_is_said(session):
    shown = session.test_photo("fashionnet", session.rows("fashionnet", "in_shop")[0])
    still = exploration(session.answer("fashionnet", shown, {}))
    assert still[-1] == "No landmark was moved or hidden."
    put = " ".join(exploration(session.answer("fashionnet", shown, {0: (0.9, 0.9)}, frozenset({1}))))
    assert "With the left collar and the right collar moved or hidden it" in put
    assert re.search(r"Of the 5 nearest shop photos, \d (is|are) still among them", put)


# the notebook


def test_the_notebook_runs_from_top_to_bottom(tiny_project, tmp_path):
    root = tmp_path / "project"
    shutil.copytree(tiny_project, root, symlinks=True)
    (root / "notebooks").mkdir()
    notebook = nbformat.read(project_root() / "notebooks/explore.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(root / "notebooks")}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in outputs)
    text = Markup(" ".join(output["data"].get("text/html", "") for output in outputs)).striptags()
    assert "by itself the system says" in text
    assert "No landmark was moved or hidden" in text
