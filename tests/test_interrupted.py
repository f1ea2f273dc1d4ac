"""The pipeline killed in the middle of its work: nothing lives on, nothing is to be tidied, it goes on to the byte."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from commands import ENVIRONMENT
from factories import write_unlabelled

from fashionnet.profiles import apply_profile
from fashionnet.quick import make_copy

ROOT = Path(__file__).parent.parent
STAGE = "train@fashionnet"
PROFILE = """
network: {image_size: 32, width: 0.03}
prepare: {image_size: 32}
training:
  checkpoint_share: 1.0
  batch_size: 8
  schedule:
    - {name: recognition, epochs: 2, weights: {landmarks: 5, visibility: 1, category: 1, attributes: 1, pairs: 1}}
"""


def start(project, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "dvc", "repro", *arguments],
        cwd=project,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process):
    output, _ = process.communicate(timeout=400)
    assert process.returncode == 0, output[-3000:]
    return output


def wait_for(what, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come about in time")


def weights(project):
    return {path.name: path.read_bytes() for path in (project / "artifacts/models/fashionnet").iterdir()}


def inside(project):
    """Processes that run in the project's folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(project):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


@pytest.fixture(scope="module")
def trained(tmp_path_factory, tiny_sample):
    """A project with its training done, without an interruption."""
    project = tmp_path_factory.mktemp("interrupted")
    make_copy(ROOT, project, profile=None)
    (project / "profiles/short.yaml").write_text(PROFILE)
    apply_profile(project, "short")
    shutil.copytree(tiny_sample, project / "data")
    finish(start(project, STAGE))
    return project, weights(project)


@pytest.mark.parametrize(
    "victim", ["dvc", pytest.param("papermill", marks=pytest.mark.slow), pytest.param("kernel", marks=pytest.mark.slow)]
)
def test_a_killed_training_leaves_nothing_running_and_goes_on_to_the_same_weights(trained, victim):
    kill_and_go_on(*trained, victim)


@pytest.fixture(scope="module")
def together(trained):
    """The same project, with two processes that train; the last to use it."""
    project, _ = trained
    (project / "profiles/two.yaml").write_text("training: {processes: 2, threads: 1}\n")
    apply_profile(project, "two")
    finish(start(project, STAGE))
    return project, weights(project)


def kill_and_go_on(project, uninterrupted, victim):
    """Force a training, kill a process of it in its midst, and train again."""
    process = start(project, "-f", "-s", STAGE)
    checkpoints = project / "artifacts/checkpoints"
    wait_for(lambda: list(checkpoints.rglob("*.pt")), 120)
    time.sleep(1)  # well into the training
    [runner] = wait_for(lambda: psutil.Process(process.pid).children(), 5)
    [kernel] = runner.children()
    victims = {"dvc": psutil.Process(process.pid), "papermill": runner, "kernel": kernel}
    if victim == "worker":
        victims[victim] = next(p for p in kernel.children() if "spawn_main" in " ".join(p.cmdline()))
    victims[victim].kill()
    process.communicate(timeout=60)
    assert process.returncode != 0
    wait_for(lambda: not inside(project), 8)
    left = list(checkpoints.rglob("*.pt"))
    assert len(left) == 1, "a checkpoint to go on from"
    assert not (project / "artifacts/models/fashionnet/weights.safetensors").exists()
    # No lock to remove: the same command again. Forced, since DVC's cache still holds the uninterrupted run's outcome.
    finish(start(project, "-f", "-s", STAGE))
    assert weights(project) == uninterrupted
    assert not list(checkpoints.rglob("*.pt"))
    assert not list((project / "artifacts").rglob(".*.part"))


@pytest.mark.slow
def test_a_killed_preparation_goes_on_to_the_same_bytes(tmp_path):
    make_copy(ROOT, tmp_path, profile=None)
    write_unlabelled(tmp_path / "data", [f"img/{number:04d}.jpg" for number in range(1500)], side=900)
    process = start(tmp_path, "prepare")
    unfinished = tmp_path / "artifacts/checkpoints/prepare"
    wait_for(lambda: list(unfinished.glob("*.json")), 200)
    process.kill()
    process.communicate(timeout=60)
    wait_for(lambda: not inside(tmp_path), 20)
    finished = {path: path.stat().st_mtime_ns for path in unfinished.glob("*.json")}
    assert finished
    assert not (tmp_path / "artifacts/prepared/crops.bin").exists()
    again = start(tmp_path, "prepare")
    wait_for(lambda: len(list(unfinished.glob("*.json"))) > len(finished), 200)
    assert finished == {path: path.stat().st_mtime_ns for path in finished}
    finish(again)
    assert not unfinished.exists()
    bytes_of = {path.name: path.read_bytes() for path in (tmp_path / "artifacts/prepared").iterdir()}
    finish(start(tmp_path, "--force", "--single-item", "prepare"))
    assert bytes_of == {path.name: path.read_bytes() for path in (tmp_path / "artifacts/prepared").iterdir()}


def test_a_forced_run_after_a_finished_one_trains_again(trained):
    project, uninterrupted = trained
    shutil.rmtree(project / "artifacts/times")
    output = finish(start(project, "-f", "-s", STAGE))
    assert re.search(r"fashionnet: [1-9]\d* steps were run$", output, re.MULTILINE)
    assert (project / "artifacts/times/04_train-fashionnet.json").is_file()
    assert weights(project) == uninterrupted


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["dvc", "papermill", "kernel", "worker"])
def test_a_killed_training_of_several_processes_goes_on_as_one_does(together, victim):
    kill_and_go_on(*together, victim)
