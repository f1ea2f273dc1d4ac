"""What a newcomer gets wrong, through each door: one line with what was found, what was expected and what to do."""

from __future__ import annotations

import errno
import os
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from commands import ENVIRONMENT
from factories import write_unlabelled

from fashionnet.__main__ import main
from fashionnet.formats import OFFICIAL
from fashionnet.formats.layout import find_benchmarks
from fashionnet.formats.misplaced import misplaced
from fashionnet.prepare import prepare
from fashionnet.quick import make_copy
from fashionnet.settings import Prepare, SettingsError, load_settings

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "params.yaml").read_text(encoding="utf-8")
SETTINGS = Prepare(image_size=32, margin=0.1, max_unreadable=0.01)
IN_SHOP = OFFICIAL["in_shop"]


def run(folder, *command):
    """A module's exit code and the lines that it says, in `folder` and with its code."""
    own = {**ENVIRONMENT, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout.splitlines()


@pytest.fixture
def project(tmp_path, monkeypatch):
    make_copy(ROOT, tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


# No data, and data in the wrong folder


def nothing(data):
    return rf"{data}: found no such folder, expected one that holds the benchmarks: `fashionnet sample {data}` renders"


def empty(data):
    data.mkdir()
    return rf"{data}: found no benchmark \(an empty folder\), expected a folder that holds .*{IN_SHOP}.*README says how"


def other_things(data):
    (data / "holiday").mkdir(parents=True)
    return rf"{data}: found no benchmark \(holiday\), expected a folder that holds one or more of"


def a_file(data):
    data.write_text("")
    return rf"{data}: found a file, expected a folder that holds one or more of"


def a_link_to_nothing(data):
    data.symlink_to("/nowhere/at/all")
    return rf"{data}: found a link to /nowhere/at/all, which is not there, expected a folder"


def too_deep(data):
    (data / "DeepFashion" / IN_SHOP / "Eval").mkdir(parents=True)
    return (
        rf"{data}: found the benchmarks one folder deeper, in {data}/DeepFashion, expected them right in {data}: "
        rf"give {data}/DeepFashion to `fashionnet check`, "
        rf'or move "{IN_SHOP}" and what is beside it up, or make {data} a link to where they are'
    )


def too_deep_in_lower_case(data):
    (data / "deep" / IN_SHOP.lower() / "Eval").mkdir(parents=True)
    return rf'{data}: found the benchmarks one folder deeper, in {data}/deep, .*, or move "{IN_SHOP.lower()}" and what'


def too_high(data):
    for name in ("Anno", "Eval", "Img"):
        (data / name).mkdir(parents=True)
    return rf"{data}: found a benchmark's own files, expected the folder above, .*: move Anno, Eval, Img into a folder"


def renamed(data):
    for name in ("In-Shop_Clothes_Retrieval_Benchmark", "category attribute prediction", "consumer2shop"):
        (data / name / "Eval").mkdir(parents=True)
    pair = rf'"In-Shop_Clothes_Retrieval_Benchmark" to "{IN_SHOP}"'
    return rf"{data}: found benchmarks under other names, .*: rename .*{pair}"


@pytest.mark.parametrize(
    "mistake",
    [nothing, empty, other_things, a_file, a_link_to_nothing, too_deep, too_deep_in_lower_case, too_high, renamed],
)
def test_data_in_the_wrong_place_is_told_by_every_door(mistake, tmp_path, monkeypatch, capsys):
    data = tmp_path / "data"
    expected = mistake(data)
    monkeypatch.chdir(ROOT)
    before = sorted(tmp_path.rglob("*"))
    for arguments, channel in (
        (["check", str(data)], 0),
        (["reproduce", str(tmp_path / "run"), "--data", str(data)], 1),
    ):
        assert main(arguments) == 1
        lines = capsys.readouterr()[channel].splitlines()
        assert any(re.search(expected, line) for line in lines), lines
        assert len(lines) == 1
    with pytest.raises((ValueError, FileNotFoundError), match=expected):
        prepare(data, tmp_path / "out", SETTINGS)
    assert [path for path in sorted(tmp_path.rglob("*")) if path.name != "out"] == before


def test_a_benchmark_itself_is_sent_to_the_folder_that_holds_it(tiny_sample, tmp_path, capsys):
    (tmp_path / "my data").symlink_to(tiny_sample)
    assert main(["check", str(tmp_path / "my data" / IN_SHOP)]) == 1
    said = capsys.readouterr().out
    assert f"found a benchmark, expected the folder that holds it: `fashionnet check {tiny_sample}`" in said


def test_a_benchmark_under_another_name_is_pointed_at_beside_others(tiny_sample, tmp_path, capsys):
    data = tmp_path / "data"
    data.mkdir()
    (data / IN_SHOP).symlink_to(tiny_sample / IN_SHOP)
    (data / "Fashion_Landmark").symlink_to(tiny_sample / OFFICIAL["landmarks"])
    assert main(["check", str(data)]) == 0
    assert "not there    'Fashion_Landmark' looks like it: rename it" in capsys.readouterr().out


def test_names_that_a_terminal_would_obey_are_not_printed(tmp_path):
    for place in (tmp_path / "a\x1b", tmp_path / "b"):
        (place / "deep\x1b" / IN_SHOP).mkdir(parents=True)
        assert misplaced(place).isprintable()


def test_the_pipeline_ends_with_what_to_do_and_not_with_a_traceback(project):
    (project / "data/DeepFashion" / IN_SHOP / "Eval").mkdir(parents=True)
    code, lines = run(project, "dvc", "repro", "prepare")
    assert code != 0
    [told] = [number for number, line in enumerate(lines) if "found the benchmarks one folder deeper" in line]
    assert lines[told].startswith("01_prepare: ValueError: ")
    assert len([line for line in lines[told:] if line.strip()]) <= 3, "buried"
    assert not any("Traceback" in line for line in lines)
    assert (project / "artifacts/failed/01_prepare.ipynb").is_file()


def test_without_data_the_pipeline_says_which_folder_is_missing(project):
    code, lines = run(project, "dvc", "repro", "prepare")
    assert code != 0
    assert any("missing data 'source': data" in line for line in lines[-3:])


# Parameters


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("margin: 0.3 ", "marign: 0.3 ", "training.marign: found no such parameter, expected training.margin, perhaps"),
        ("epochs: 19", "epoch: 19", "schedule.1.epoch: found no such parameter, expected training.schedule.1.epochs"),
        ("width: ", "slimness: ", "network.slimness: found no such parameter, expected one of system, image_size, "),
        ("seed: 0", "sede: 0", "sede: found no such parameter, expected seed, perhaps"),
        ("{pairs: none}", "{piars: none}", "training.piars: found no such parameter, expected training.pairs"),
        ("clip: 5.0", "clip: 0.0", "training.clip: found 0.0, expected a value greater than 0"),
        ("dropout: 0.0", "dropout: 1.5", "network.dropout: found 1.5, expected a value less than 1"),
        ("device: auto", "device: tpu", "training.device: found 'tpu', expected 'auto', 'cpu' or 'cuda'"),
        ("batch_size: 64", "batch_size: many", "training.batch_size: found 'many', expected a valid integer"),
        ("  - darn", "  - drn", "found no experiment 'drn', expected one of at_once, "),
        ("  - darn", "  - wtbi", "expected each once"),
        ("seed: 0", "seed: [0", r"line 4: found no YAML (while"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_told_with_what_is_right(old, new, told):
    assert old in TEXT
    with pytest.raises(SettingsError) as caught:
        load_settings(TEXT.replace(old, new, 1))
    said = str(caught.value)
    if "YAML" in told:
        assert re.match(r"params\.yaml, line \d+: found no YAML \(.+\), expected sections$", said)
    else:
        assert told in said
    assert "\n" not in said


def test_a_wrong_parameter_or_experiment_is_told_by_each_command(project, capsys):
    parameters = project / "params.yaml"
    code, lines = run(project, "fashionnet.training", "fashionet")
    assert (code, len([line for line in lines if line])) == (1, 1)
    assert "found no experiment 'fashionet', expected one of" in lines[-1]
    run(project, "fashionnet.stage", "source")
    parameters.write_text(TEXT.replace("margin: 0.3 ", "marign: 0.3 "))
    for arguments in (["estimate", "deepfashion"], ["profile", "photos"]):
        assert main(arguments) == 1
        assert "training.marign: found no such parameter, expected training.margin" in capsys.readouterr().err
    assert "marign" in parameters.read_text()
    code, lines = run(project, "fashionnet.training", "fashionnet")
    assert code == 1
    assert "training.marign: found no such parameter" in lines[-1]
    code, lines = run(project, "fashionnet.stage", "run", "01_prepare")
    assert code == 1
    assert [line.partition("params.yaml")[0] for line in lines[-2:-1]] == ["01_prepare: SettingsError: "]
    assert main(["profile", "photo"]) == 1
    assert "profiles/: found no photo.yaml, expected one of" in capsys.readouterr().err


# Photos


def test_nothing_is_trained_yet(project, capsys):
    (project / "photo.jpg").write_bytes(b"")
    assert main(["predict", "photo.jpg"]) == 1
    err = capsys.readouterr().err
    assert "found no trained network, expected what `make study` trains" in err
    assert err.count("\n") == 1


def test_a_photo_and_an_experiment_that_are_not_there(tiny_project, monkeypatch, capsys):
    monkeypatch.chdir(tiny_project)
    assert main(["predict", "gone.jpg"]) == 1
    assert capsys.readouterr().err == "fashionnet predict: gone.jpg: found no such file; skipped\n"
    assert main(["predict", "gone.jpg", "--experiment", "wtib"]) == 1
    assert "found no trained experiment 'wtib', expected one of fashionnet, darn, wtbi" in capsys.readouterr().err


def of_own(data, photos):
    names = [f"img/{number}.jpg" for number in range(photos)]
    write_unlabelled(data, names, 40)
    return [data / OFFICIAL["category_attribute"] / "Img" / name for name in names]


def test_one_broken_photo_of_a_few_is_left_out_unless_none_is_allowed(tmp_path):
    one, two, *_ = of_own(tmp_path / "data", 20)
    one.write_bytes(b"")
    summary = prepare(tmp_path / "data", tmp_path / "out", SETTINGS)
    assert summary.unreadable["image_name"].tolist() == ["img/0.jpg"]
    none = SETTINGS.model_copy(update={"max_unreadable": 0.0})
    with pytest.raises(ValueError, match=r"found 1 of 20 photos unreadable, expected at most 0 \(0\.0%\)"):
        prepare(tmp_path / "data", tmp_path / "none", none)
    two.write_bytes(b"")
    with pytest.raises(ValueError, match=r"found 2 of 20 photos unreadable, expected at most 1 \(1\.0%\)"):
        prepare(tmp_path / "data", tmp_path / "two", SETTINGS)


def test_one_encrypted_photo_in_an_archive_is_left_out(tmp_path, capsys):
    paths = of_own(tmp_path / "data", 3)
    archive = paths[0].parent.parent / "img.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in paths:
            file.write(path, f"img/{path.name}")
            path.unlink()
    paths[0].parent.rmdir()
    raw = bytearray(archive.read_bytes())
    for mark, offset in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        struct.pack_into("<H", raw, raw.index(mark) + offset, 1)  # of the first entry
    archive.write_bytes(raw)
    [[benchmark, name, reason]] = prepare(tmp_path / "data", tmp_path / "out", SETTINGS).unreadable.to_numpy()
    assert (benchmark, name) == ("category_attribute", "img/0.jpg")
    assert reason.startswith("img.zip: 'img/0.jpg': found it encrypted, expected one without a password: extract it")
    assert main(["check", str(tmp_path / "data")]) == 1
    assert "img/0.jpg: cannot be read: img.zip: 'img/0.jpg': found it encrypted" in capsys.readouterr().out
    [own] = find_benchmarks(tmp_path / "data").values()
    assert own.open("img/1.jpg").read(2) == b"\xff\xd8"


# A full disk


@pytest.fixture
def full(monkeypatch):
    """A disk on which no file that this process writes may be flushed."""

    def no_room(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return lambda: monkeypatch.setattr(os, "fsync", no_room)


def test_a_full_disk_is_told_by_the_commands(tiny_project, tmp_path, monkeypatch, capsys, full):
    monkeypatch.chdir(tiny_project)
    photo = next((tiny_project / "data").rglob("*.jpg"))
    full()
    for arguments in (
        ["predict", str(photo), "--json", str(tmp_path / "a.json")],
        ["sample", str(tmp_path / "s"), "--size", "tiny"],
    ):
        assert main(arguments) == 1
        [*_, line] = capsys.readouterr().err.splitlines()
        said = "found no room left on the disk, expected some: make room on the disk, then run the same again"
        assert line == f"fashionnet {arguments[0]}: {said}"
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_by_a_stage_and_the_next_run_goes_on(project, tiny_sample):
    """Full when crops are cut and their place is to be written down, for which another module stands in."""
    (project / "data").symlink_to(tiny_sample)
    run(project, "fashionnet.stage", "source")
    spoilt = project / "fashionnet/prepare/crops.py"
    own = spoilt.read_text()
    spoilt.write_text(own.replace("def save_offsets(", "def _save_offsets(") + FULL)
    code, lines = run(project, "fashionnet.stage", "run", "01_prepare")
    assert code == 1
    assert lines[-2] == (
        "01_prepare: OSError: [Errno 28] No space left on device: "
        "make room on the disk, then run the same again, which goes on where it was"
    )
    spoilt.write_text(own)
    assert run(project, "fashionnet.stage", "run", "01_prepare")[0] == 0


FULL = """

def save_offsets(*_):
    raise OSError(28, "No space left on device")
"""
