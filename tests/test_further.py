"""The longer runs: several trainings side by side, none done twice, and what they come to."""

from __future__ import annotations

import json

import pytest
from factories import make_prepared, make_settings

from fashionnet.claims.measures import measures
from fashionnet.further.claims import write
from fashionnet.further.rates import RATES, at_rates
from fashionnet.further.runs import Run, alone, complete
from fashionnet.networks import NETWORKS
from fashionnet.prepare import load_prepared
from fashionnet.prepare.tables import save_prepared
from fashionnet.settings import Settings


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    made = make_prepared(24, seed=6)
    save_prepared(made, folder)
    (folder / "crops.bin").write_bytes(made.crops.tobytes())
    return folder


def settings(**changes):
    values = make_settings((0, 1), **changes).model_dump()
    values["experiments"]["no_local"] = {"network": {"local": "none"}}
    return alone(Settings.model_validate(values))


def test_runs_are_completed_once_and_again_when_they_are_to_be_others(prepared, tmp_path):
    names = ["fashionnet-seed1", "no_local-seed1"]
    runs = [Run(tmp_path / name, settings(), name, predict=True) for name in names]
    assert {run.experiment for run in complete(prepared, runs)} == set(names)
    first = {run.experiment: (run.folder / "model/weights.safetensors").stat() for run in runs}
    measured = {
        name.partition("-")[0]: {1: measures(load_prepared(prepared), tmp_path / name / "predictions")}
        for name in names
    }
    write(tmp_path / "claims.json", measured, {"sample": ""})
    found = json.loads((tmp_path / "claims.json").read_text())
    assert {row["experiment"] for row in found["comparisons"]} == {"no_local"}
    assert set(found["values"]) == {"fashionnet", "no_local"}
    entries = [entry for own in found["values"].values() for entry in own["1"].values()]
    assert entries
    assert all(entry["low"] <= entry["value"] <= entry["high"] for entry in entries)

    for _ in complete(prepared, runs):
        pass
    assert {run.experiment: (run.folder / "model/weights.safetensors").stat() for run in runs} == first
    [other] = complete(prepared, [Run(runs[0].folder, settings(learning_rate=0.1), names[0], predict=False)])
    assert (other.folder / "model/weights.safetensors").stat().st_mtime_ns > first[names[0]].st_mtime_ns


def test_every_system_is_tried_at_the_same_rates_and_differs_in_nothing_else():
    for muon, adam in RATES:
        tried = at_rates(make_settings(), muon, adam)
        own = {name: tried.experiment(name) for name in NETWORKS}
        assert {(s.training.muon_rate, s.training.learning_rate) for s in own.values()} == {(muon, adam)}
        assert {s.network.system for s in own.values()} == set(NETWORKS)
        alike = {repr(s.network.model_copy(update={"system": ""})) + repr(s.training) for s in own.values()}
        assert len(alike) == 1
