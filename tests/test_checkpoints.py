"""Checkpoints: as often as their cost allows, never another training's, and none lost to a full disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from factories import make_prepared, make_settings

from fashionnet.training import TrainingError, checkpoints, loop, train
from fashionnet.training.checkpoints import Checkpoint
from fashionnet.training.identity import differences

CPU = torch.device("cpu")
MADE = {"settings": {"training": {"margin": 0.2}}, "data": "a"}
OTHER = {"settings": {"training": {"margin": 0.3}}, "data": "a"}


class Clock:
    """A clock that only moves when told to."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr(checkpoints.time, "monotonic", lambda: self.now)

    def pass_by(self, seconds):
        self.now += seconds


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("cost", [0.01, 2.0])
def test_writing_takes_its_share_of_the_time_whatever_it_costs(tmp_path, monkeypatch, share, cost):
    clock, writing = Clock(monkeypatch), []
    checkpoint = Checkpoint(tmp_path, MADE, share)

    def state():
        writing.append(clock.now)
        clock.pass_by(cost)  # as if it took so long
        return {"step": len(writing)}

    for _ in range(round(20 * 20 / share)):
        clock.pass_by(cost / 20)  # a step of the training
        checkpoint.save(state)
    assert writing[0] == cost / 20  # at once, to see what it costs
    assert len(writing) * cost / clock.now == pytest.approx(share, rel=0.1)
    assert checkpoint.load(CPU)["step"] == len(writing)


def test_a_share_of_one_writes_every_time(tmp_path):
    checkpoint = Checkpoint(tmp_path, MADE, 1.0)
    for step in range(3):
        checkpoint.save(lambda: {"step": step})  # noqa: B023
        assert checkpoint.load(CPU)["step"] == step


def test_another_trainings_checkpoint_is_named_by_what_differs_and_kept_until_the_end(tmp_path):
    Checkpoint(tmp_path, MADE, 1.0).save(lambda: {"step": 7})
    ours = Checkpoint(tmp_path, OTHER, 1.0)
    said = ours.tidy()
    assert said == (
        "found a checkpoint at step 7 that is not continued: settings.training.margin: found 0.2, expected 0.3"
    )
    assert ours.load(CPU) is None
    ours.save(lambda: {"step": 1})
    assert ours.tidy() is None  # there is one to go on from
    back = Checkpoint(tmp_path, MADE, 1.0)  # the change was a mistake
    assert back.tidy() is None
    assert back.load(CPU)["step"] == 7
    back.remove()
    assert os.listdir(tmp_path) == []


def test_one_other_is_kept_and_what_a_kill_left_is_removed(tmp_path):
    for age, name in enumerate(("newer", "older")):
        Checkpoint(tmp_path, {"data": name}, 1.0).save(lambda: {"step": 1})
        [path] = [path for path in tmp_path.glob("*.pt") if path.stat().st_mtime > 1e6]
        os.utime(path, (1000 - age, 1000 - age))
    (tmp_path / ".key.pt.part").touch()
    assert "data: found newer, expected a" in Checkpoint(tmp_path, MADE, 1.0).tidy()
    assert len(os.listdir(tmp_path)) == 1


def test_a_damaged_checkpoint_is_named(tmp_path):
    checkpoint = Checkpoint(tmp_path, MADE, 1.0)
    checkpoint.save(lambda: {"step": 1})
    checkpoint.path.write_bytes(checkpoint.path.read_bytes()[:100])
    with pytest.raises(TrainingError, match=f"{checkpoint.path.name}: found no checkpoint"):
        checkpoint.load(CPU)


def test_differences_are_named_by_their_place():
    found = {"a": {"b": [1, 2], "c": 3}, "gone": 4, "same": None}
    expected = {"a": {"b": [1, 5, 6], "c": 3}, "same": None}
    assert differences(found, expected) == [
        "a.b.1: found 2, expected 5",
        "a.b.2: found nothing, expected 6",
        "gone: found 4, expected nothing",
    ]
    assert differences(found, found) == []


def test_a_training_says_what_it_does_not_continue_and_how_many_steps_it_ran(tmp_path, monkeypatch):
    prepared = make_prepared(16, seed=1)

    def run(lines, **training):
        settings = make_settings(checkpoint_share=1.0, **training)
        train(prepared, settings, "fashionnet", tmp_path / "out", tmp_path / "cp", lines.append, max_steps=2)

    class Killed(Exception):
        pass

    with monkeypatch.context() as patch:
        patch.setattr(loop.Trainer, "write", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            run([])
    lines = []
    run(lines, margin=0.5)
    assert any("settings.training.margin: found 0.3, expected 0.5; starting anew" in line for line in lines)
    assert lines[-1] == "fashionnet: 2 steps were run\n"
    lines = []
    run(lines)  # the other training has ended, and with it what was kept
    assert lines[-1] == "fashionnet: 2 steps were run\n"


FULL = f"""
import json, resource, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from factories import make_prepared, make_settings
from fashionnet.training import TrainingError, loop, train
prepared = make_prepared(16, seed=1)
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
real = loop.Trainer.advance
for when, share in (("third", 1.0), ("last", 1e-6)):
    folder = Path(sys.argv[1]) / when
    settings = make_settings(checkpoint_share=share)
    def run(full):
        def advance(self, *arguments):  # a disk that is full from the third step on, or from the last
            if full and self.step == (2 if when == "third" else self.steps - 1):
                resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
            return real(self, *arguments)
        loop.Trainer.advance = advance
        try:
            train(prepared, settings, "fashionnet", folder / "out", folder / "cp", lambda _: None)
        except TrainingError as error:
            return str(error)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    said = run(full=True)
    left = [str(path.relative_to(folder)) for path in folder.rglob("*.*")]
    [kept] = (folder / "cp").glob("*.pt")
    import torch
    step = torch.load(kept, weights_only=True)["step"]
    again = run(full=False)
    after = [str(path.relative_to(folder)) for path in folder.rglob("*.*")]
    print(json.dumps(dict(when=when, said=said, left=left, step=step, again=again, after=after)))
"""


def test_a_full_disk_loses_nothing_that_was_saved(tmp_path):
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    third, last = map(json.loads, done.stdout.splitlines())
    for found in (third, last):
        assert "a file could not be written" in found["said"]
        place = tmp_path / found["when"] / "cp"
        assert (
            f"the checkpoint before is kept in {place}: make room on the disk, then run the same again" in found["said"]
        )
        assert not [name for name in found["left"] if name.endswith((".part", ".safetensors"))]
        assert found["again"] is None
        assert sorted(found["after"]) == ["out/history.csv", "out/trained_with.json", "out/weights.safetensors"]
    assert (third["step"], last["step"]) == (2, 1)
