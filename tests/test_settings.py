"""params.yaml is checked, experiments are what they change, and profiles keep the comments."""

import re
import shutil
from pathlib import Path

import pytest

from fashionnet.profiles import apply_profile
from fashionnet.project import project_root
from fashionnet.settings import SettingsError, load_settings, merge

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "params.yaml").read_text()


def test_the_projects_own_parameters_are_valid():
    settings = load_settings(TEXT)
    for name in settings.experiments:
        settings.experiment(name)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("width:", "widht:", "network.widht"),
        ("batch_size: 64", "batch_size: many", "training.batch_size"),
        ("image_size: ", "image_size: -", "prepare.image_size"),
        ("device: auto", "device: tpu", "training.device"),
        ("seed: 0", "seed: -1", "seed"),
        ("seed: 0", "seed: true", "seed"),
        ("seed: 0", 'seed: "0"', "seed"),
        ("seed: 0", f"seed: {10**26}", "seed"),
        ("weight_decay: 0.1", "weight_decay: .inf", "training.weight_decay"),
        ("precision: auto", "precision: float16", "training.precision"),
        ("clip: 5.0", "clip: 0.0", "training.clip"),
        ("accumulate: 1 ", "accumulate: 64 ", "training.batch_size"),
        ("processes: 1 ", "processes: 33 ", "training.batch_size"),
        ("batch_norm: true", 'batch_norm: "yes"', "network.batch_norm"),
        ("  fashionnet: {}", "  ../x: {}", "experiments.../x.[key]"),
        ("  fashionnet: {}", "  fashionnet: {prepare: {margin: 0.2}}", "experiments.fashionnet.prepare.[key]"),
        ("  - fashionnet", "  - fashionnet\n  - fashionnet", "trained"),
    ],
)
def test_a_wrong_parameter_is_named(old, new, named):
    assert old in TEXT
    with pytest.raises(SettingsError, match=rf"params\.yaml: .*{re.escape(named)}: "):
        load_settings(TEXT.replace(old, new))


def with_sides(crop, network):
    values = {"image_size: 64 ": crop, "image_size: 48 ": network}
    text = TEXT
    for old, side in values.items():
        assert old in text
        text = text.replace(old, f"image_size: {side} ", 1)
    return text


def test_the_network_takes_no_larger_pictures_than_the_crops():
    assert load_settings(with_sides(60, 60)).network.image_size == 60
    with pytest.raises(SettingsError, match=r"network\.image_size: found 61, expected at most 60"):
        load_settings(with_sides(60, 61))


@pytest.mark.parametrize("side", [32, 96])
def test_a_steps_pictures_are_large_enough_for_the_network_and_no_larger_than_its_own(side):
    step = "      image_size: 32 "
    assert step in TEXT
    text = with_sides(96, 80).replace(step, f"      image_size: {side} ", 1)
    with pytest.raises(SettingsError, match=rf"schedule\.0\.image_size: found {side}, expected 48 to 80"):
        load_settings(text)


def test_an_experiment_is_the_default_with_its_changes():
    settings = load_settings(TEXT.replace("  fashionnet: {}", "  fashionnet: {}\n  wide: {network: {width: 1.0}}"))
    wide = settings.experiment("wide")
    assert wide.network.width == 1.0
    assert wide.training == settings.training
    assert wide.network.model_copy(update={"width": settings.network.width}) == settings.network


def test_a_further_seed_changes_the_seed_alone():
    settings = load_settings(TEXT)
    second = settings.experiment("fashionnet-seed2")
    assert second.seed == 2
    assert second.model_copy(update={"seed": settings.seed}) == settings.experiment("fashionnet")


@pytest.mark.parametrize("name", ["fashionet", "fashionnet-seed", "fashionnet-seedtwo", "fashionnet-seed-1"])
def test_an_unknown_experiment_is_refused(name):
    with pytest.raises(SettingsError, match=name):
        load_settings(TEXT).experiment(name)


def test_an_experiment_that_the_pipeline_does_not_run_is_checked_too():
    with pytest.raises(SettingsError, match=r"experiments\.wide\.netwrok"):
        load_settings(TEXT.replace("  fashionnet: {}", "  fashionnet: {}\n  wide: {netwrok: {width: 1.0}}"))
    with pytest.raises(SettingsError, match=r"experiment wide: .*network\.widht"):
        load_settings(TEXT.replace("  fashionnet: {}", "  fashionnet: {}\n  wide: {network: {widht: 1.0}}"))


@pytest.mark.parametrize(
    ("text", "found"), [("seed: [1", r"line \d+: found no YAML"), ("", "found NoneType"), ("3", "found int")]
)
def test_what_is_no_params_yaml_is_said_so(project, text, found):
    (project / "params.yaml").write_text(text)
    with pytest.raises(SettingsError, match=found):
        apply_profile(project, "photos")
    assert (project / "params.yaml").read_text() == text


def test_an_unknown_experiment_in_the_pipelines_list_is_refused():
    with pytest.raises(SettingsError, match="darm"):
        load_settings(TEXT.replace("  - fashionnet", "  - darm"))


def test_merging_replaces_lists_and_leaves_its_arguments():
    values = {"a": {"b": 1, "c": [1, 2]}, "d": 3}
    assert merge(values, {"a": {"c": [9]}}) == {"a": {"b": 1, "c": [9]}, "d": 3}
    assert values == {"a": {"b": 1, "c": [1, 2]}, "d": 3}


@pytest.fixture
def project(tmp_path):
    shutil.copytree(ROOT / "profiles", tmp_path / "profiles")
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "profiles").glob("*.yaml")))
def test_every_profile_is_valid_and_keeps_the_comments(project, name):
    apply_profile(project, name)
    text = (project / "params.yaml").read_text()
    assert load_settings(text) != load_settings(TEXT)
    assert "# Everything that changes a result." in text
    assert "# around the box, share of its longer side" in text


def test_a_profile_that_does_not_fit_changes_nothing(project):
    (project / "profiles" / "bad.yaml").write_text("network: {width: 7}\n")
    with pytest.raises(SettingsError, match=r"network\.width"):
        apply_profile(project, "bad")
    assert (project / "params.yaml").read_text() == TEXT
    with pytest.raises(SettingsError, match="expected one of bad, "):
        apply_profile(project, "absent")


def test_the_root_is_found_from_the_project_and_from_its_folders(project, monkeypatch):
    (project / "notebooks").mkdir()
    for folder in (project, project / "notebooks"):
        monkeypatch.chdir(folder)
        assert project_root() == project
    with pytest.raises(FileNotFoundError, match=r"expected to be in the project"):
        project_root(Path("/"))
