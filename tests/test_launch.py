"""Several processes from the notebook and the command line: whichever is lost, all end, and it goes on to the byte."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from commands import ENVIRONMENT
from factories import make_prepared, make_settings

from fashionnet.prepare.tables import save_prepared
from fashionnet.profiles import apply_profile
from fashionnet.quick import make_copy
from fashionnet.training import __main__ as command
from fashionnet.training import launch, train
from fashionnet.training.launch import _told

ROOT = Path(__file__).parent.parent
FILES = ("weights.safetensors", "history.csv", "trained_with.json")
LAUNCH = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from factories import make_settings
from fashionnet.training import launch
folder, rate = Path(sys.argv[2]), float(sys.argv[3])
settings = make_settings((1, 15), processes=2, checkpoint_share=1.0, learning_rate=rate)
launch(Path(sys.argv[1]), settings, "fashionnet", folder / "out", folder / "checkpoints",
       lambda text: print(text, flush=True))
"""
PROFILE = """
network: {image_size: 32, width: 0.03}
prepare: {image_size: 32}
training:
  batch_size: 8
  schedule:
    - {name: recognition, epochs: 2, weights: {landmarks: 5, visibility: 1, category: 1, attributes: 1, pairs: 1}}
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    return written(folder)


def written(folder):
    made = make_prepared(16, seed=1)
    save_prepared(made, folder)
    (folder / "crops.bin").write_bytes(made.crops.tobytes())
    return folder


def contents(folder):
    return {name: (folder / name).read_bytes() for name in FILES}


def test_one_process_is_this_one(prepared, tmp_path):
    settings = make_settings((0, 1))
    launch(prepared, settings, "fashionnet", tmp_path / "launched", tmp_path / "checkpoints", lambda _: None)
    train(make_prepared(16, seed=1), settings, "fashionnet", tmp_path / "trained", tmp_path / "checkpoints",
          lambda _: None)  # fmt: skip
    assert contents(tmp_path / "launched") == contents(tmp_path / "trained")


@pytest.mark.parametrize(
    ("exitcode", "message", "said"),
    [
        (1, {"message": "TrainingError: found nan"}, "process 2 of 4: TrainingError: found nan"),
        (1, "plain", "process 2 of 4: plain"),
        (-9, "", "process 2 of 4 was ended by signal 9: memory may have been exhausted; run again to go on from"),
        (-11, "", "process 2 of 4 was ended by signal 11; run again to go on from the last checkpoint"),
    ],
)
def test_how_a_process_ended_is_one_line(exitcode, message, said):
    assert _told(1, SimpleNamespace(exitcode=exitcode, message=message), 4).startswith(said)


@pytest.fixture
def project(tmp_path):
    make_copy(ROOT, tmp_path / "project", profile=None)
    (tmp_path / "project/profiles/short.yaml").write_text(PROFILE)
    apply_profile(tmp_path / "project", "short")
    written(tmp_path / "project/artifacts/prepared")
    return tmp_path / "project"


def test_the_command_trains_and_says_what_is_wrong(project, monkeypatch, capfd):
    monkeypatch.chdir(project)
    assert command.main(["fashionnet", "--steps", "2"]) == 0
    assert "fashionnet: 2 steps were run" in capfd.readouterr().err
    made = json.loads((project / "artifacts/scratch/fashionnet/trained_with.json").read_text())
    assert (made["steps"], made["settings"]["training"]["processes"]) == (2, 1)
    assert command.main(["fashionet"]) == 1
    assert "fashionet: params.yaml: found no experiment 'fashionet'" in capfd.readouterr().err


@pytest.mark.slow
def test_torchrun_says_how_many_processes_train(project):
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run([*torchrun, "-m", "fashionnet.training", "fashionnet", "--steps", "2"], cwd=project,
                          env=ENVIRONMENT, capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    made = json.loads((project / "artifacts/scratch/fashionnet/trained_with.json").read_text())
    assert (made["steps"], made["settings"]["training"]["processes"]) == (2, 2)


def start(prepared, folder, rate=0.003):
    return subprocess.Popen([sys.executable, "-c", LAUNCH, str(prepared), str(folder), str(rate)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip


def finish(prepared, folder):
    process = start(prepared, folder)
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    return contents(folder / "out"), output


@pytest.fixture(scope="module")
def whole(prepared, tmp_path_factory):
    found, output = finish(prepared, tmp_path_factory.mktemp("whole"))
    assert "steps were run\n" in output
    return found


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["launcher", "first", "second"])
def test_when_one_is_killed_all_end_and_the_next_run_ends_in_the_same_bytes(prepared, whole, tmp_path, victim):
    process = start(prepared, tmp_path)
    while not list(tmp_path.rglob("checkpoints/*.pt")):
        assert process.poll() is None
        time.sleep(0.02)
    family = psutil.Process(process.pid).children(recursive=True)
    members = sorted((p for p in family if "spawn_main" in " ".join(p.cmdline())), key=lambda p: p.create_time())
    assert len(members) == 2
    {"launcher": process, "first": members[0], "second": members[1]}[victim].kill()
    _, errors = process.communicate(timeout=120)
    assert process.returncode not in (0, None)
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive
    if victim != "launcher":
        place = 1 if victim == "first" else 2
        assert f"fashionnet: process {place} of 2 was ended by signal {signal.SIGKILL.value}" in errors
    assert len(list((tmp_path / "checkpoints").iterdir())) <= 2  # a whole one, and what the kill left of the next
    again, output = finish(prepared, tmp_path)
    assert again == whole
    assert "of an earlier run" in output
    assert not list((tmp_path / "checkpoints").iterdir())


@pytest.mark.slow
def test_a_loss_that_is_not_a_number_ends_all_with_one_line(prepared, tmp_path):
    process = start(prepared, tmp_path, rate=1e30)
    began = time.monotonic()
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "TrainingError: fashionnet, epoch 1, step " in errors
    assert "expected a finite number" in errors
    assert time.monotonic() - began < 200
    shutil.rmtree(tmp_path / "checkpoints")
