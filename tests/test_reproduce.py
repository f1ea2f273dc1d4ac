"""The reproduction kit: its ranges and verdicts, what it refuses, and the one file that it writes."""

import json
import math
import re
import shutil
import statistics
from pathlib import Path

import pytest
from commands import ENVIRONMENT
from hypothesis import given
from hypothesis import strategies as st

from fashionnet import published
from fashionnet.__main__ import main
from fashionnet.check import Found
from fashionnet.check.report import Report
from fashionnet.files import write_json
from fashionnet.formats import OFFICIAL
from fashionnet.prepare.tables import BENCHMARKS
from fashionnet.quick import make_copy
from fashionnet.reproduce import kit
from fashionnet.reproduce.kit import RESULTS, ReproductionError, reproduce
from fashionnet.reproduce.ranges import BETTER, IN, WORSE, Range, first, of_paper, of_sample, same_training
from fashionnet.reproduce.results import collect, told

ROOT = Path(__file__).parent.parent
CLAIMS = json.loads((ROOT / "reports/claims.json").read_text(encoding="utf-8"))
T = {2: 12.706205, 3: 4.302653, 4: 3.182446}  # Student's t, 97.5 %, of so many values: from a printed table
numbers = st.floats(-10, 10)


# Ranges


def test_the_papers_ranges_are_a_point_and_three_thousandths_around_its_numbers():
    found = {(own.benchmark, own.metric): (own.published, own.low, own.high) for own in of_paper()}
    assert found == {
        ("category_attribute", "category_top3"): pytest.approx((0.8258, 0.8158, 0.8358)),
        ("category_attribute", "attributes_mean_top3"): pytest.approx((0.4552, 0.4452, 0.4652)),
        ("landmarks", "category_attribute_normalised_error"): pytest.approx((0.0872, 0.0842, 0.0902)),
    }


def test_the_page_names_the_same_ranges():
    page = (ROOT / "REPRODUCE.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if re.match(r"\| [a-z]+, ", line)]
    shown = {False: "| {} | {:.2f} % | {:.2f} to {:.2f} % |", True: "| {} | {:.4f} | {:.4f} to {:.4f} |"}
    scale = {False: 100, True: 1}
    assert rows == [
        shown[own.smaller].format(own.label, *(scale[own.smaller] * v for v in (own.published, own.low, own.high)))
        for own in of_paper()
    ]


def test_the_samples_ranges_are_where_one_more_training_falls():
    found = {own.label: own for own in of_sample(CLAIMS)}
    assert len(found) == 6
    own = found["landmarks, normalised error"]
    assert (own.benchmark, own.metric, own.published) == ("landmarks", "normalised_error", None)
    values = [training["landmark_error"]["value"] for training in CLAIMS["values"]["fashionnet"].values()]
    reach = T[len(values)] * statistics.stdev(values) * math.sqrt(1 + 1 / len(values))
    assert (own.low + own.high) / 2 == pytest.approx(statistics.mean(values))
    assert (own.high - own.low) / 2 == pytest.approx(reach, rel=1e-5)


def test_a_measure_that_was_recorded_once_has_no_range():
    first = {"category_top1": {"value": 0.5}, "landmark_error": {"value": 0.1}}
    values = {"fashionnet": {"1": first, "2": {"category_top1": {"value": 0.6}}}}
    [own] = of_sample({"values": values})
    assert own.metric == "category_top1"
    assert own.high - own.low == pytest.approx(2 * T[2] * math.sqrt(0.005) * math.sqrt(1.5), rel=1e-5)


@given(numbers, numbers, numbers)
def test_a_verdict_says_on_which_side_of_a_range_a_number_is(value, one, other):
    low, high = sorted((one, other))
    expected = "inside" if low <= value <= high else "under" if value < low else "over"
    of_share = {"inside": IN, "under": WORSE, "over": BETTER}[expected]
    of_error = {"inside": IN, "under": BETTER, "over": WORSE}[expected]
    assert Range("in_shop", "top1", "", low, high).judged(value) == of_share
    assert Range("landmarks", "error", "", low, high).judged(value) == of_error


@pytest.mark.parametrize("value", [None, math.nan])
def test_what_was_not_measured_is_in_no_range(value):
    assert Range("in_shop", "top1", "", 0, 1).judged(value) == "not measured"


def test_what_to_look_at_first_depends_on_what_is_off_and_to_which_side():
    category, attributes, landmarks = of_paper()
    style = published.category_attribute("").rows["attributes_style_top3"]
    assert f"{style.min():.1f} to {style.max():.1f} %" in first(attributes, WORSE)
    assert "pose step" in first(landmarks, WORSE)
    assert "recognition step" in first(category, WORSE)
    assert "prepare.leaks" in first(category, BETTER) == first(landmarks, BETTER)


def test_the_samples_ranges_are_for_its_own_parameters_and_data():
    card = {"data": CLAIMS["data"], "settings": json.loads(json.dumps(CLAIMS["settings"])) | {"seed": 7}}
    card["settings"]["training"]["threads"] += 1  # the last bits, and no more
    assert same_training(card, CLAIMS)
    assert not same_training(card | {"data": "other"}, CLAIMS)
    card["settings"]["training"]["margin"] += 0.1
    assert not same_training(card, CLAIMS)


# Results

METRICS = {
    "category_attribute": {
        "category_top3": {"value": 0.8201, "low": 0.8164, "high": 0.8239, "n": 40000},
        "attributes_mean_top3": {"value": 0.401, "low": 0.399, "high": 0.403, "n": 39000},
        "category_top1": {"value": 0.6, "low": 0.59, "high": 0.61, "n": 40000},
    },
    "landmarks": {"category_attribute_normalised_error": {"value": 0.08, "low": 0.079, "high": 0.081, "n": 39500}},
    "in_shop": {"top1": {"value": 0.5, "low": 0.48, "high": 0.52, "n": 14218}},
    "consumer_to_shop": {},
}


@pytest.fixture
def run(tmp_path):
    """A folder as a run leaves it, of two networks."""
    folder = tmp_path / "run"
    make_copy(ROOT, folder, "deepfashion")
    text = (folder / "params.yaml").read_text()
    (folder / "params.yaml").write_text(text.replace("- fashionnet\n", "- fashionnet\n- fashionnet-seed3\n- darn\n"))
    for name, seed in (("fashionnet", 0), ("fashionnet-seed3", 3), ("darn", 0)):
        settings = {"seed": seed, "prepare": {"annotations": "coarse"}}
        write_json(folder / f"artifacts/models/{name}/trained_with.json", {"settings": settings, "data": "d"})
    for name, own in METRICS.items():
        metrics = {"fashionnet": own, "fashionnet-seed3": {}, "darn": {}, "chance": {}}
        write_json(folder / f"reports/metrics/{name}.json", metrics)
    for name in ("04_train-fashionnet", "15_run"):
        (folder / "artifacts/executed").mkdir(parents=True, exist_ok=True)
        (folder / f"artifacts/executed/{name}.ipynb").write_text("{}")
    write_json(
        folder / "artifacts/times/04_train-fashionnet.json",
        {"executed_md5": "99914b932bd37a50b983c5e7c90ae93b", "seconds": 5400.0, "peak_memory_mb": 1},  # md5 of "{}"
    )
    return folder


def found(official=True, sample=""):
    return Found({"category_attribute": Report([("official", "what check says")], official=official)}, sample, 0)


def test_the_results_are_the_runs_own_numbers_beside_the_papers(run):
    results = collect(run, ROOT, found())
    own = results["experiments"]["fashionnet"]
    assert results["experiments"]["fashionnet-seed3"]["seed"] == 3
    paper = published.category_attribute("").rows.loc["FashionNet"]
    entry = own["metrics"]["category_attribute"]["category_top3"]
    assert entry == METRICS["category_attribute"]["category_top3"] | {
        "published": pytest.approx(paper["category_top3"] / 100)
    }
    assert own["metrics"]["in_shop"]["top1"]["published"] == 0.53
    assert own["metrics"]["category_attribute"]["category_top1"] == METRICS["category_attribute"]["category_top1"]
    assert {row["experiment"] for row in results["compared"]} == {"fashionnet", "fashionnet-seed3"}
    assert [row["verdict"] for row in results["compared"]] == [IN, WORSE, BETTER, *["not measured"] * 3]
    assert [bool(row["look_at_first"]) for row in results["compared"]] == [False, True, True, *[False] * 3]
    assert results["compared"][0]["range"] == [0.8158, 0.8358]
    assert results["hours"] == {"04_train-fashionnet": 1.5, "15_run": None}
    assert results["hours_together"] == 1.5
    assert {"torch", "numpy"} <= results["versions"].keys()
    assert {"commit", "device", "processor"} <= results["machine"].keys()
    assert results["data"]["category_attribute"] == "what check says"
    assert results["data"]["in_shop"] == "not there"
    text = told(results)
    assert "82.01 % (81.64 % to 82.39 %); expected 81.58 % to 83.58 %; published 82.58 %" in text
    assert "0.0800 (0.0790 to 0.0810); expected 0.0842 to 0.0902; published 0.0872" in text
    write_json(run / RESULTS, results)  # no NaN, no type that JSON lacks


def test_only_deepfashion_is_held_against_the_paper(run):
    for other in (found(official=False), Found({}, "", 0)):
        results = collect(run, ROOT, other)
        assert results["compared"] == []
        assert told(results).startswith("No range")
    card = json.loads((run / "artifacts/models/fashionnet/trained_with.json").read_text())
    card["settings"]["prepare"]["annotations"] = "fine"  # 26 other attributes, on a tenth of the photos
    write_json(run / "artifacts/models/fashionnet/trained_with.json", card)
    assert {row["experiment"] for row in collect(run, ROOT, found())["compared"]} == {"fashionnet-seed3"}


def test_the_sample_is_held_against_the_recorded_seeds(run):
    for seed, name in enumerate(("fashionnet", "fashionnet-seed3")):
        card = {"data": CLAIMS["data"], "settings": CLAIMS["settings"] | {"seed": seed}}
        write_json(run / f"artifacts/models/{name}/trained_with.json", card)
        if seed:
            card["settings"] = card["settings"] | {"training": card["settings"]["training"] | {"margin": 9}}
            write_json(run / f"artifacts/models/{name}/trained_with.json", card)
    results = collect(run, ROOT, found(official=False, sample="4"))
    assert {row["experiment"] for row in results["compared"]} == {"fashionnet"}
    assert len(results["compared"]) == 6
    assert all(row["published"] is None for row in results["compared"])


# The command


@pytest.fixture
def stopped(monkeypatch):
    """A pipeline that stops at once."""
    monkeypatch.setattr(kit, "REPRO", "import sys; sys.exit(3)")


def test_data_that_is_not_all_of_deepfashion_is_refused_and_nothing_is_begun(tiny_sample, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(tiny_sample / OFFICIAL["in_shop"], data / OFFICIAL["in_shop"])
    said = []
    with pytest.raises(ReproductionError, match=r"found no complete .*In-shop.*--incomplete"):
        reproduce(ROOT, tmp_path / "run", data, out=said.append)
    assert any(re.search(r"official +differs: photos \d+ \(officially 52,712\)", line) for line in said)
    assert not (tmp_path / "run").exists()


def test_the_sample_is_no_deepfashion_and_other_data_no_sample(tiny_sample, tmp_path):
    with pytest.raises(ReproductionError, match=r"found the embedded sample.*--sample"):
        reproduce(ROOT, tmp_path / "run", tiny_sample, out=lambda _: None)
    shutil.copytree(tiny_sample / OFFICIAL["in_shop"], tmp_path / "data" / OFFICIAL["in_shop"])
    with pytest.raises(ReproductionError, match="found no embedded sample"):
        reproduce(ROOT, tmp_path / "run", tmp_path / "data", sample=True, out=lambda _: None)
    assert not (tmp_path / "run").exists()


def test_incomplete_data_is_taken_when_that_is_asked_for(tiny_sample, tmp_path, monkeypatch, stopped):
    shutil.copytree(tiny_sample / OFFICIAL["in_shop"], tmp_path / "data" / OFFICIAL["in_shop"])
    monkeypatch.setattr(kit, "read_weights", lambda source, batch_norm: {})
    said = []
    with pytest.raises(ReproductionError, match="Run the same command again"):
        reproduce(ROOT, tmp_path / "run", tmp_path / "data", incomplete=True, out=said.append)
    assert any(line.startswith("An estimate") for line in said)
    assert "width: 1 " in (tmp_path / "run/params.yaml").read_text()
    assert (tmp_path / "run/data").resolve() == tmp_path / "data"


def test_weights_that_cannot_be_had_are_missed_before_the_photos_are_prepared(tiny_sample, tmp_path, monkeypatch):
    def unreachable(source, batch_norm):
        raise OSError("no route to host")

    monkeypatch.setattr(kit, "read_weights", unreachable)
    monkeypatch.setattr(kit, "REPRO", "raise SystemExit('was begun')")
    with pytest.raises(ReproductionError, match=r"network\.weights: found none: no route to host\. Without a network"):
        reproduce(ROOT, tmp_path / "run", tiny_sample, sample=True, profile="deepfashion", out=lambda _: None)


@pytest.mark.parametrize("sort", ["the project", "a folder with other things", "a file"])
def test_a_folder_of_ones_own_is_never_written_to(sort, tiny_sample, tmp_path):
    folder = tmp_path / "mine"
    if sort == "the project":
        folder = ROOT
    elif sort == "a file":
        folder.write_text("mine")
    else:
        (folder / "notebooks").mkdir(parents=True)
        (folder / "notebooks/mine.ipynb").write_text("mine")
    before = sorted(tmp_path.rglob("*")), (ROOT / "params.yaml").read_text()
    with pytest.raises(ReproductionError, match="expected a new folder"):
        reproduce(ROOT, folder, tiny_sample, sample=True, profile=None, out=lambda _: None)
    assert (sorted(tmp_path.rglob("*")), (ROOT / "params.yaml").read_text()) == before


def test_an_interrupted_one_goes_on_in_its_folder_but_not_with_other_data(tiny_sample, tmp_path, stopped):
    for _ in range(2):
        with pytest.raises(ReproductionError, match="Run the same command again"):
            reproduce(ROOT, tmp_path / "run", tiny_sample, sample=True, profile="quick", out=lambda _: None)
        (tmp_path / "run/artifacts").mkdir(exist_ok=True)
        (tmp_path / "run/artifacts/kept").write_text("")
    assert (tmp_path / "run/artifacts/kept").exists()
    shutil.copytree(tiny_sample, tmp_path / "other")
    with pytest.raises(ReproductionError, match="another folder for other data"):
        reproduce(ROOT, tmp_path / "run", tmp_path / "other", sample=True, profile="quick", out=lambda _: None)


def test_what_a_terminal_would_obey_is_not_printed(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    hostile = tmp_path / "red\x1b[31m"
    shutil.copytree(ROOT / "profiles", hostile / OFFICIAL["in_shop"] / "Eval")
    assert main(["reproduce", str(tmp_path / "run"), "--data", str(hostile)]) == 1
    assert main(["reproduce", str(hostile), "--data", str(tmp_path)]) == 1
    assert main(["reproduce", str(tmp_path / "run"), "--data", str(hostile / "absent")]) == 1
    captured = capsys.readouterr()
    assert "red" in captured.err
    assert "red" in captured.out
    assert "\x1b" not in captured.err + captured.out


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_sample_is_reproduced_end_to_end_and_a_second_time_at_once(tiny_sample, tmp_path, monkeypatch):
    monkeypatch.setattr("os.environ", ENVIRONMENT)
    before = (ROOT / "params.yaml").read_bytes(), (ROOT / "reports/metrics/in_shop.json").read_bytes()
    path = reproduce(ROOT, tmp_path / "run", tiny_sample, sample=True, profile="quick")
    results = json.loads(path.read_text())
    for benchmark in BENCHMARKS:
        metrics = json.loads((tmp_path / f"run/reports/metrics/{benchmark}.json").read_text())["fashionnet"]
        found = results["experiments"]["fashionnet"]["metrics"][benchmark]
        assert {name: {k: v for k, v in own.items() if k != "published"} for name, own in found.items()} == metrics
    assert results["compared"] == []  # on other parameters and other data than the recorded seeds
    assert results["hours_together"] == pytest.approx(sum(results["hours"].values()), abs=1e-3)
    weights = (tmp_path / "run/artifacts/models/fashionnet/weights.safetensors").stat()
    assert reproduce(ROOT, tmp_path / "run", tiny_sample, sample=True, profile="quick") == path
    assert (tmp_path / "run/artifacts/models/fashionnet/weights.safetensors").stat() == weights
    assert before == ((ROOT / "params.yaml").read_bytes(), (ROOT / "reports/metrics/in_shop.json").read_bytes())
