"""profiles/deepfashion.yaml trains: unchanged but for the number of steps, the data, and weights from a file."""

import csv
import json
from pathlib import Path

import pytest
import torch
from factories import make_prepared
from torchvision.models import vgg16

from fashionnet.prepare import load_prepared
from fashionnet.prepare.crops import PACKED, encode, save_offsets
from fashionnet.prepare.tables import save_prepared
from fashionnet.profiles import with_profile
from fashionnet.settings import Settings, load_settings, merge
from fashionnet.training import load, train

ROOT = Path(__file__).parent.parent
STEPS = 3  # of each of the two


def as_stored(folder, settings):
    """A few photos of each benchmark, packed as the settings say: fewer than a batch, so that an epoch is a step."""
    made = make_prepared(8, image_size=settings.prepare.image_size)
    save_prepared(made, folder, settings.prepare.storage)
    crops = [encode(crop, settings.prepare.storage) for crop in made.crops]
    (folder / PACKED).write_bytes(b"".join(crops))
    save_offsets(folder, map(len, crops), settings.prepare.storage)
    return load_prepared(folder)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_real_profile_takes_three_steps_of_both_kinds_at_full_size_on_the_cpu(tmp_path):
    weights = tmp_path / "vgg16.pth"
    torch.manual_seed(0)
    given = {name: value for name, value in vgg16().state_dict().items() if name.startswith("features.")}
    torch.save(given, weights)

    real = load_settings(with_profile(ROOT, "deepfashion"))
    schedule = [step.model_dump() | {"epochs": STEPS} for step in real.training.schedule]
    changes = {"network": {"weights": str(weights)}, "training": {"schedule": schedule, "device": "cpu"}}
    settings = Settings.model_validate(merge(real.model_dump(), changes))
    assert (settings.network.width, settings.network.image_size) == (1, 224)

    prepared = as_stored(tmp_path / "prepared", settings)
    assert (prepared.photos["split"] == "train").sum() < settings.training.batch_size
    train(prepared, settings, "fashionnet", tmp_path / "model", tmp_path / "checkpoints")

    with open(tmp_path / "model/history.csv", encoding="utf-8") as file:
        history = list(csv.DictReader(file))
    assert [row["step"] for row in history] == ["pose"] * STEPS + ["recognition"] * STEPS
    losses = [name for name in history[0] if name.startswith("loss")]
    assert all(torch.isfinite(torch.tensor(float(row[name]))) for row in history for name in losses)
    assert json.loads((tmp_path / "model/trained_with.json").read_text())["steps"] == 2 * STEPS

    # From the file's weights, a few short steps on: far nearer to them than they are to another start.
    trained = load(tmp_path / "model").state_dict()
    shared = {"trunk.conv1.0": 0, "trunk.conv4.0": 17, "conv5_pose.0": 24, "conv5_global.4": 28}
    for name, index in shared.items():
        start, end = given[f"features.{index}.weight"], trained[f"{name}.weight"]
        assert 0 < (end - start).norm() < 0.1 * start.norm()
