"""A training killed at any moment goes on to the same bytes; no process, lock or half file stays behind."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fashionnet.progress import PIPE, Counter, progress

FILES = ("weights.safetensors", "history.csv", "trained_with.json")

TRAIN = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from factories import make_prepared, make_settings
from fashionnet.training import train
folder = Path(sys.argv[1])
train(make_prepared(16, seed=1), make_settings((1, 3), checkpoint_share=1.0), "fashionnet", folder / "out",
      folder / "checkpoints", lambda text: print(text, flush=True))
"""


def start(folder: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", TRAIN, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(folder: Path) -> dict[str, bytes]:
    process = start(folder)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors.decode()
    return {name: (folder / "out" / name).read_bytes() for name in FILES}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return finish(tmp_path_factory.mktemp("whole"))


def kill(folder: Path, moment: float) -> str:
    """Kill a training `moment` seconds after its first step; how far it says it was."""
    process = start(folder)
    lines = []
    for line in process.stdout:
        lines.append(line.decode().strip())
        if " step " in lines[-1]:
            break
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    return [*lines, *rest.decode().split("\n")][-1]


def test_a_killed_training_ends_in_the_same_bytes(whole, tmp_path):
    kill(tmp_path, 0.3)
    left = [path.name for path in (tmp_path / "checkpoints").iterdir() if path.suffix == ".pt"]
    assert len(left) == 1
    assert finish(tmp_path) == whole
    assert list((tmp_path / "checkpoints").iterdir()) == []
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(FILES)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_training_killed_again_and_again_ends_in_the_same_bytes(whole, tmp_path, seed):
    moments = random.Random(seed)
    for _ in range(4):
        kill(tmp_path, moments.uniform(0, 0.8))
        for path in tmp_path.rglob("*"):
            assert path.suffix in ("", ".pt", ".part") or path.read_bytes() == whole[path.name]
    assert finish(tmp_path) == whole


def test_a_second_training_is_refused_while_the_first_lives(tmp_path):
    folder = tmp_path / "checkpoints"
    holder = subprocess.Popen(
        [sys.executable, "-c", f"import time; from pathlib import Path\n"
         "from fashionnet.files import only_writer\n"
         f"with only_writer(Path({str(folder)!r})): print('held', flush=True); time.sleep(60)"],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    from fashionnet.files import BusyError, only_writer

    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(BusyError), only_writer(folder, patience=0.2):
        pass
    holder.kill()
    holder.wait()
    with only_writer(folder, patience=5):  # free again, with nothing to remove by hand
        assert list(folder.iterdir()) == []


def test_a_child_dies_with_its_parent():
    child = "from fashionnet.processes import die_with_parent; import time; die_with_parent(0.05); time.sleep(60)"
    code = (
        f"import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', {child!r}], start_new_session=True)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code + "; print(p.pid, flush=True); time.sleep(60)"], stdout=subprocess.PIPE
    )
    child_id = int(parent.stdout.readline())
    time.sleep(1)
    os.kill(child_id, 0)  # it lives as long as its parent does
    parent.kill()
    parent.wait()
    assert gone(child_id, seconds=10)


def gone(process: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        status = Path(f"/proc/{process}/stat")
        if status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True  # dead; nobody has asked for its exit code yet
        time.sleep(0.05)
    return False


def test_progress_goes_to_the_pipe_and_is_never_an_error(tmp_path, monkeypatch, capfd):
    pipe = tmp_path / "progress"
    monkeypatch.setenv(PIPE, str(pipe))
    progress("nobody made the pipe")
    os.mkfifo(pipe)
    progress("nobody reads")
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    progress("loss 0.5")
    assert os.read(reader, 1000) == b"loss 0.5\n"
    for _ in range(10_000):  # more than a pipe holds: the writer does not wait
        progress("x" * 100)
    assert select.select([reader], [], [], 0)[0]
    os.close(reader)
    assert capfd.readouterr() == ("", "")


def test_progress_without_a_pipe_goes_to_stderr(monkeypatch, capfd):
    monkeypatch.delenv(PIPE, raising=False)
    progress("loss 0.5")
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("\rloss 0.5")


def test_a_counter_tells_the_time_left(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("fashionnet.progress.time.monotonic", lambda: now[0])
    lines = []
    counter = Counter(100, lines.append, done=20, seconds=1)
    for _ in range(80):
        now[0] += 2
        counter.step(lambda: f"step {counter.done}")
    assert lines[0] == "step 21, 2:38 left"  # 79 steps of 2 seconds
    assert lines[-1] == "step 100, done"
    assert len(lines) == 80
