"""What a trained experiment says of a photo, and `fashionnet predict`, recomputed by hand."""

from __future__ import annotations

import json
import math
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from commands import ENVIRONMENT
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fashionnet.__main__ import main
from fashionnet.batches import DEVIATION, MEAN
from fashionnet.figures import recognised
from fashionnet.formats.codes import LANDMARK_NAMES
from fashionnet.formats.layout import find_benchmarks
from fashionnet.networks import FashionNet
from fashionnet.predictions import load_predictions
from fashionnet.prepare.photos import UnreadablePhotoError
from fashionnet.recognition import Asked, load_recogniser, parse_box, trained_experiments
from fashionnet.recognition.command import listed
from fashionnet.recognition.photo import printable
from fashionnet.training.weights import save

ROOT = Path(__file__).parent.parent
SYSTEMS = ("fashionnet", "darn", "wtbi")


@pytest.fixture(scope="module")
def recognisers(tiny_project):
    return {name: load_recogniser(name, tiny_project) for name in SYSTEMS}


@pytest.fixture(scope="module")
def tested(recognisers, tiny_project):
    """A test photo of each benchmark: where it is, its row, its box."""
    prepared, found = recognisers["fashionnet"].prepared, find_benchmarks(tiny_project / "data")
    photos = {}
    for name in ("category_attribute", "landmarks", "in_shop", "consumer_to_shop"):
        row = prepared.rows(name, "test")[1]
        photo = prepared.photos.iloc[row]
        box = tuple(photo[["x_1", "y_1", "x_2", "y_2"]].astype(float))
        photos[name] = SimpleNamespace(path=found[name].photo(photo["image_name"]), row=row, box=box)
    return photos


@pytest.fixture
def project(tiny_project, tmp_path, monkeypatch):
    """A copy that may be spoilt, and is the current folder."""
    root = tmp_path / "copy"
    shutil.copytree(tiny_project, root, symlinks=True)
    monkeypatch.chdir(root)
    return root


def naive(recogniser, crop, source=0):
    pixels = (crop / 255 - np.array(MEAN)) / np.array(DEVIATION)
    with torch.inference_mode():
        images = torch.from_numpy(pixels.transpose(2, 0, 1)[None].copy()).float()
        return recogniser.network.eval()(images, torch.tensor([source]))


# what it says


def test_a_test_photo_in_its_box_is_cut_as_it_was_prepared(recognisers, tested):
    recogniser = recognisers["fashionnet"]
    for photo in tested.values():
        asked = recogniser.asked(photo.path, photo.box)
        assert np.array_equal(asked.crop, recogniser.prepared.crops[photo.row])
        row = recogniser.prepared.photos.iloc[photo.row]
        assert asked.square == pytest.approx(tuple(row[["crop_x", "crop_y", "crop_side"]]), rel=1e-5)


def test_without_a_box_the_whole_photo_fills_the_crop_without_a_margin(recognisers, tmp_path):
    Image.new("RGB", (80, 40), (250, 10, 10)).save(tmp_path / "a.png")
    asked = recognisers["fashionnet"].asked(tmp_path / "a.png")
    assert (asked.box, asked.boxed, asked.square) == ((0, 0, 80, 40), False, (0, -20, 80))
    assert (asked.crop[8:24] == (250, 10, 10)).all()
    assert (asked.crop[:8] != (250, 10, 10)).any(-1).all()


@pytest.mark.parametrize("system", SYSTEMS)
def test_category_and_attributes_are_the_networks_own(recognisers, tested, system):
    recogniser = recognisers[system]
    photo = tested["category_attribute"]
    found = recogniser.recognise(photo.path, photo.box)
    output = naive(recogniser, recogniser.prepared.crops[photo.row])
    odds = np.exp(output.category[0].numpy().astype(float))
    names = recogniser.prepared.categories["category_name"]
    expected = sorted(zip(odds / odds.sum(), names), reverse=True)
    assert [name for name, _ in found.category[:3]] == [name for _, name in expected[:3]]
    assert [score for _, score in found.category] == pytest.approx([score for score, _ in expected], rel=1e-3)
    assert sum(score for _, score in found.category) == pytest.approx(1)
    table = recogniser.prepared.attribute_names
    assert list(found.attributes) == list(dict.fromkeys(table["group"]))
    logits = dict(zip(table["attribute_name"], output.attributes[0].tolist()))
    for group, scored in found.attributes.items():
        assert {name for name, _ in scored} == set(table["attribute_name"][table["group"] == group])
        assert [score for _, score in scored] == sorted((score for _, score in scored), reverse=True)
        for name, score in scored:
            assert score == pytest.approx(1 / (1 + math.exp(-logits[name])), rel=1e-3)


def test_landmarks_are_those_that_were_predicted_in_the_benchmark(recognisers, tested, tiny_project):
    photo = tested["landmarks"]
    found = recognisers["fashionnet"].recognise(photo.path, photo.box)
    arrays = load_predictions(tiny_project / "artifacts/predictions/fashionnet/landmarks.npz")
    assert [mark.name for mark in found.landmarks] == list(LANDMARK_NAMES)
    np.testing.assert_allclose([(mark.x, mark.y) for mark in found.landmarks], arrays["landmarks"][1], atol=0.01)
    np.testing.assert_allclose([mark.visible for mark in found.landmarks], arrays["visibility"][1], atol=1e-4)
    assert recognisers["wtbi"].recognise(photo.path, photo.box).landmarks == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_nearest_are_those_of_a_naive_ranking_of_both_galleries(recognisers, tested, tiny_project, system):
    recogniser, photo = recognisers[system], tested["category_attribute"]
    prepared = recogniser.prepared
    asked = naive(recogniser, prepared.crops[photo.row], source=2)  # a query as consumers make them
    offered = []
    for benchmark in ("in_shop", "consumer_to_shop"):
        arrays = load_predictions(tiny_project / f"artifacts/predictions/{system}/{benchmark}.npz")
        for place, row in enumerate(prepared.rows(benchmark, "test")):
            if prepared.photos["role"].iloc[row] != "gallery":
                continue
            if system == "wtbi":
                hidden = np.maximum(0, asked.match.query[0].numpy() + arrays["match_gallery"][place])
                weight, bias = (part.detach().numpy() for part in (asked.match.weight, asked.match.bias))
                no, yes = weight @ hidden + bias
                offered.append((-1 / (1 + math.exp(no - yes)), benchmark, prepared.photos["image_name"].iloc[row]))
            else:
                apart = np.linalg.norm(asked.feature[0].numpy() - arrays["feature"][place])
                offered.append((apart, benchmark, prepared.photos["image_name"].iloc[row]))
    assert len(offered) == len(recogniser.gallery.rows) == 20
    found = recogniser.recognise(photo.path, photo.box, nearest=20).nearest
    sign, measure = (-1, "match") if system == "wtbi" else (1, "distance")
    assert {near.measure for near in found} == {measure}
    np.testing.assert_allclose([sign * near.value for near in found], [far for far, *_ in sorted(offered)], atol=1e-4)
    by_name = {(benchmark, name): far for far, benchmark, name in offered}
    for near in found:
        assert sign * near.value == pytest.approx(by_name[near.benchmark, near.image_name], abs=1e-4)
        row = prepared.photos.iloc[near.row]
        assert (near.benchmark, near.image_name, near.item) == (row["benchmark"], row["image_name"], row["item"])


def test_a_gallery_photo_is_not_found_for_itself_if_it_is_left_out(recognisers, tested):
    recogniser = recognisers["fashionnet"]
    row = int(recogniser.gallery.rows[2])
    arrays = recogniser.arrays(recogniser.prepared.crops[row], source=0)
    asked = recogniser.asked(tested["in_shop"].path)
    whole = recogniser.recognised(asked, arrays, 20).nearest
    assert whole[0].row == row
    assert recogniser.recognised(asked, arrays, 5, without=row).nearest == whole[1:6]


def test_a_picture_in_memory_is_the_same_as_its_file(recognisers, tested):
    photo = tested["in_shop"]
    with Image.open(photo.path) as opened:
        found = recognisers["darn"].recognise(opened, photo.box)
    assert found.photo == "photo"
    assert (
        found.as_json() | {"photo": str(photo.path)} == recognisers["darn"].recognise(photo.path, photo.box).as_json()
    )


@given(
    st.tuples(*[st.floats(-500, 500)] * 2, st.floats(1, 2000)),
    st.lists(st.tuples(*[st.floats(-2, 2)] * 2), min_size=1, max_size=8),
)
def test_places_go_from_crop_to_photo_and_back(square, points):
    asked = Asked("", Image.new("RGB", (1, 1)), (0, 0, 1, 1), False, np.zeros((1, 1, 3), np.uint8), square)
    there = asked.in_photo(np.array(points))
    x, y, side = square
    for (u, v), (a, b) in zip(points, there):
        assert (a, b) == pytest.approx((x + u * side, y + v * side))
    np.testing.assert_allclose(asked.in_crop(there), points, atol=1e-8)


# what is refused


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "1,2,3,nan", "1,2,inf,4"])
def test_what_is_no_box_is_refused(text):
    with pytest.raises(ValueError, match="expected x1,y1,x2,y2"):
        parse_box(text)


@pytest.mark.parametrize("box", [(0, 0, 0, 5), (5, 0, 2, 5), (-1, 0, 5, 5), (0, 0, 11, 5), (0, 0, 5, 21)])
def test_a_box_that_is_none_or_leaves_the_photo_is_refused(recognisers, box):
    with pytest.raises(ValueError, match="photo's 10 x 20 pixels"):
        recognisers["fashionnet"].recognise(Image.new("RGB", (10, 20)), box)


def test_what_is_no_photo_is_named(recognisers, tmp_path):
    (tmp_path / "no\x1b.jpg").write_bytes(b"GIF89a")
    with pytest.raises(UnreadablePhotoError, match=r"no\\x1b.jpg: found .*expected a picture"):
        recognisers["fashionnet"].recognise(tmp_path / "no\x1b.jpg")


def test_an_experiment_that_is_not_there_is_told_from_those_that_are(project, capsys):
    assert trained_experiments(project) == ["fashionnet", "darn", "wtbi"]
    with pytest.raises(
        ValueError, match=r"no trained experiment '\.\./models/darn', expected one of fashionnet, darn, w"
    ):
        load_recogniser("../models/darn", project)
    shutil.rmtree(project / "artifacts/models")
    with pytest.raises(FileNotFoundError, match="found no trained network, expected what `make study` trains"):
        load_recogniser("fashionnet", project)


def test_missing_or_other_outcomes_of_earlier_stages_are_named(project):
    path = project / "artifacts/predictions/darn/in_shop.npz"
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"darn/in_shop.npz: found no predictions, expected those of the shop"):
        load_recogniser("darn")
    shutil.copy(project / "artifacts/predictions/darn/landmarks.npz", path)
    with pytest.raises(ValueError, match="predictions of darn for in_shop: found a photo that is no test photo"):
        load_recogniser("darn")
    names = project / "artifacts/prepared/attribute_names.parquet"
    table = pd.read_parquet(names)
    table["attribute_name"] = table["attribute_name"][::-1].to_numpy()
    table.to_parquet(names)
    with pytest.raises(ValueError, match="found other attributes than wtbi was trained on"):
        load_recogniser("wtbi")


# the command


def run(capsys, *arguments):
    """The exit code, and what was printed to stdout and to stderr."""
    code = main(["predict", *map(str, arguments)])
    return code, *capsys.readouterr()


@pytest.fixture
def folder(tmp_path, tested):
    """Photos in a folder, one with a name that a terminal would obey, and what is no photo."""
    root = tmp_path / "photos"
    (root / "in").mkdir(parents=True)
    shutil.copy(tested["in_shop"].path, root / "b.JPG")
    shutil.copy(tested["landmarks"].path, root / "in" / "a\x1b[31m\u202e<img src=x>.jpg")
    (root / "notes.txt").write_text("no photo")
    (root / ".hidden.jpg").write_text("no photo")
    return root


def test_the_table_names_what_was_found_and_obeys_no_name(project, folder, capsys, recognisers):
    code, out, err = run(capsys, folder)
    assert (code, err) == (0, "")
    assert out.count("the whole photo of") == 2
    assert all(letter.isprintable() or letter == "\n" for letter in out)
    found = recognisers["fashionnet"].recognise(folder / "b.JPG")
    for name in (found.category[0].name, found.attributes["texture"][0].name, found.nearest[4].item, *LANDMARK_NAMES):
        assert name in out


def test_json_holds_all_of_it_and_nothing_else(project, folder, capsys, tmp_path, recognisers):
    code, out, _ = run(capsys, folder, "--json", tmp_path / "new" / "a.json", "--experiment", "wtbi")
    found = json.loads((tmp_path / "new/a.json").read_text(encoding="ascii"))
    assert code == 0
    assert "the whole photo" in out
    assert set(found) == {"experiment", "photos", "unreadable"}
    assert (found["experiment"], found["unreadable"]) == ("wtbi", [])
    assert [photo["photo"] for photo in found["photos"]] == [str(path) for path in listed([folder])]
    for photo in found["photos"]:
        assert photo == recognisers["wtbi"].recognise(photo["photo"]).as_json()
        assert list(photo) == [
            "photo", "width", "height", "box", "boxed", "category", "attributes", "landmarks", "nearest"
        ]  # fmt: skip
        assert photo["box"] == [0, 0, photo["width"], photo["height"]]
        assert [set(entry) for entry in photo["category"]] == [{"name", "probability"}] * 5
        assert {len(scored) for scored in photo["attributes"].values()} == {5}
        assert photo["landmarks"] == []
        assert [set(entry) for entry in photo["nearest"]] == [{"benchmark", "image_name", "item", "match"}] * 5
    _, out, _ = run(capsys, folder / "b.JPG", "--json", "-")
    [photo] = json.loads(out)["photos"]
    assert [list(entry) for entry in photo["landmarks"]] == [["name", "x", "y", "visible"]] * 8
    assert set(photo["nearest"][0]) == {"benchmark", "image_name", "item", "distance"}


def test_what_cannot_be_read_is_named_and_skipped_and_the_rest_is_done(project, folder, tmp_path, capsys):
    (folder / "broken.png").write_bytes(b"\x89PNG")
    (folder / "of a phone.HEIC").write_bytes(b"\0\0\0\x18ftypheic")
    (folder / "leads out.png").symlink_to(tmp_path / "elsewhere.png")
    Image.new("RGB", (9, 9)).save(tmp_path / "elsewhere.png")
    code, out, err = run(capsys, folder, folder / "gone.jpg", "--json", tmp_path / "a.json")
    assert code == 1
    assert out.count("the whole photo of") == 2
    for name, why in (
        ("broken.png", "found"),
        ("of a phone.HEIC", "found bytes of no known kind"),
        ("leads out.png", "found a link"),
        ("gone.jpg", "found no such file"),
    ):
        assert any(f"{name}: {why}" in line and line.endswith("; skipped") for line in err.splitlines())
    found = json.loads((tmp_path / "a.json").read_text())
    assert [entry["photo"].rpartition("/")[2] for entry in found["unreadable"]] == [
        "broken.png", "leads out.png", "of a phone.HEIC", "gone.jpg"
    ]  # fmt: skip


def test_one_picture_shows_the_photos_with_box_and_landmarks(project, folder, tmp_path, capsys):
    for path in (tmp_path / "all.png", tmp_path / "again.png"):
        assert run(capsys, folder, "--picture", path)[0] == 0
    assert (tmp_path / "all.png").read_bytes() == (tmp_path / "again.png").read_bytes()
    with Image.open(tmp_path / "all.png") as picture:
        assert picture.format == "PNG"
        two = picture.height
    photo = folder / "b.JPG"
    assert run(capsys, photo, "--picture", tmp_path / "whole.png")[0] == 0
    assert run(capsys, photo, "--box", "20,20,60,60", "--picture", tmp_path / "box.png")[0] == 0
    with Image.open(tmp_path / "whole.png") as whole, Image.open(tmp_path / "box.png") as boxed:
        assert two == 2 * whole.height
        assert np.abs(np.asarray(whole, float) - np.asarray(boxed, float)).max() > 100


def test_photos_wait_for_the_picture_as_small_ones(project, tmp_path, capsys, monkeypatch):
    """Of a phone's photos at full size, two dozen would fill a laptop."""
    kept, real = [], recognised.recognised

    def drawn(found, crops):
        kept.extend(found)
        return real(found, crops)

    monkeypatch.setattr(recognised, "recognised", drawn)
    Image.new("RGB", (2400, 1600), (200, 30, 30)).save(tmp_path / "large.png")
    assert run(capsys, tmp_path / "large.png", "--picture", tmp_path / "picture.png")[0] == 0
    [(asked, one)] = kept
    assert (one.width, one.height) == (2400, 1600)
    assert asked.photo.size == (1200, 800)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--box", "1,2,3,4"], "found --box and 2 photos, expected one photo"),
        (["--box", "1,2"], "expected x1,y1,x2,y2"),
        (["--experiment", "nope"], "found no trained experiment 'nope', expected one of fashionnet, darn, wtbi"),
        (["--picture", "a.jpg"], "found a.jpg, expected a name that ends in .png"),
        (["--json", "artifacts"], "artifacts: found a folder, expected a file to write to"),
        (["--json", "a.png", "--picture", "./a.png"], "found a.png as --json and as --picture, expected two files"),
    ],
)
def test_a_mistake_is_said_in_a_line_before_anything_is_done(project, folder, capsys, options, message):
    code, out, err = run(capsys, folder, *options)
    assert (code, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1


def test_an_oracle_has_nothing_to_say_of_ones_own_photo(project, folder, capsys, recognisers):
    own = recognisers["fashionnet"]
    sizes = own.card.sizes | {"local": "annotated"}
    card = own.card.model_copy(update={"sizes": sizes, "experiment": "true_landmarks"})
    save(FashionNet(**sizes), card, project / "artifacts/models/true_landmarks")
    code, out, err = run(capsys, folder, "--experiment", "true_landmarks")
    assert (code, out) == (1, "")
    assert "found 'true_landmarks', which is told the true landmarks" in err


def test_no_photo_is_written_over(project, folder, capsys):
    Image.new("RGB", (9, 9)).save(folder / "own.png")
    before = (folder / "own.png").read_bytes()
    for option in ("--json", "--picture"):
        code, _, err = run(capsys, folder, option, folder / "own.png")
        assert code == 1
        assert "own.png: found one of the photos, expected a file to write to" in err
    assert (folder / "own.png").read_bytes() == before


def test_what_is_no_file_is_not_replaced_by_one(project, folder, tmp_path, capsys):
    for option, name in (("--json", "pipe.json"), ("--picture", "pipe.png")):
        os.mkfifo(tmp_path / name)
        code, out, err = run(capsys, folder, option, tmp_path / name)
        assert (code, out) == (1, "")
        assert f"{name}: found a device or a pipe, expected a file to write to" in err
        assert (tmp_path / name).is_fifo()


def test_a_link_is_written_through(project, folder, tmp_path, capsys):
    (tmp_path / "disk").mkdir()
    for option, name in (("--json", "a.json"), ("--picture", "a.png")):
        (tmp_path / name).symlink_to(tmp_path / "disk" / name)
        assert run(capsys, folder / "b.JPG", option, tmp_path / name)[0] == 0
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / "disk" / name).stat().st_size


def test_an_empty_name_is_not_the_current_folder(project, capsys):
    with pytest.raises(SystemExit) as ended:
        run(capsys, "")
    assert ended.value.code == 2
    assert "found an empty name, expected a photo or a folder" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_is_no_error(project, folder):
    command = f"{shlex.quote(sys.executable)} -m fashionnet predict {shlex.quote(str(folder))} | true"
    environment = {**ENVIRONMENT, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, shell=True, cwd=project, env=environment, capture_output=True, text=True)
    assert done.stderr == ""


def test_a_folder_without_photos_and_no_project_are_said(project, tmp_path, capsys, monkeypatch, folder):
    (tmp_path / "empty").mkdir()
    code, _, err = run(capsys, tmp_path / "empty")
    assert code == 1
    assert "empty: found no photo in this folder" in err
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, folder)
    assert code == 1
    assert "expected to be in the project" in err


def test_what_readme_shows_works_as_it_stands_there(project, capsys):
    readme = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Prediction")[2]
    shell, python = (re.search(rf"```{kind}\n(.*?)```", readme, re.DOTALL)[1] for kind in ("sh", "python"))
    (project / "photos").mkdir()
    for path in (project / "photo.jpg", project / "photos" / "a.jpg"):
        Image.effect_noise((256, 320), 80).save(path)
    commands = [shlex.split(line, comments=True) for line in shell.splitlines()]
    assert [command[:2] for command in commands] == [["fashionnet", "predict"]] * 3
    for _, *arguments in commands:
        assert main(arguments) == 0
    assert json.loads((project / "found.json").read_text())["photos"][0]["photo"] == "photos/a.jpg"
    assert Image.open(project / "found.png").format == "PNG"
    capsys.readouterr()
    exec(compile(python, "README.md", "exec"), {})
    assert "Scored(name=" in capsys.readouterr().out


@given(st.text())
def test_a_name_is_printable_whatever_it_holds(name):
    shown = printable(name)
    assert shown.isprintable()
    assert printable(shown) == shown
    if name.isprintable():
        assert shown == name
