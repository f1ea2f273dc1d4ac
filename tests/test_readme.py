"""README tells the truth: its numbers, its commands, its tree and its links."""

import csv
import json
import re
from pathlib import Path

import pytest

from fashionnet.evaluate import HEADLINES
from fashionnet.profiles import with_profile
from fashionnet.readme import END, START, result_table, update, updated
from fashionnet.reproduce.estimate import SHARES, estimate
from fashionnet.settings import load_settings
from fashionnet.systems import COMPARED, without_ablations

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_experiment_is_outside_the_intervals_where_readme_says_so():
    with open(ROOT / "reports/experiment.csv", encoding="utf-8", newline="") as file:
        main, narrow = csv.DictReader(file)
    assert (main["rev"], main["training.margin"]) == ("main", str(load_settings().training.margin))
    assert (narrow["Experiment"], narrow["training.margin"]) == ("narrow", "0.05")
    outside = set()
    for name, one in HEADLINES.items():
        entry = json.loads((ROOT / f"reports/metrics/{one.benchmark}.json").read_text("utf-8"))["fashionnet"][
            one.metric
        ]
        assert float(main[name]) == pytest.approx(entry["value"], abs=1e-6)
        if float(narrow[name]) < entry["low"]:
            outside.add(name)
        else:
            assert float(narrow[name]) <= entry["high"]
    assert outside == {"in_shop_top1", "consumer_to_shop_top20"}
    none = json.loads((ROOT / "reports/metrics/consumer_to_shop.json").read_text("utf-8"))["no_pairs"]["top20"]
    assert none["value"] < float(narrow["consumer_to_shop_top20"]) < none["high"]


def test_its_tables_are_the_committed_numbers_own():
    assert updated(ROOT) == README


def test_a_changed_number_is_noticed():
    table = README.partition(START)[2].partition(END)[0]
    digit = re.search(r"\d", table)
    changed = README.replace(table, table[: digit.start()] + str(9 - int(digit.group())) + table[digit.end() :])
    assert update(changed, result_table(ROOT / "reports/metrics")) != changed


@pytest.mark.parametrize(("name", "metric", "is_share"), [one[1:] for one in HEADLINES.values()])
def test_what_it_says_of_fashionnet_and_the_others_is_so(name, metric, is_share):
    metrics = json.loads((ROOT / f"reports/metrics/{name}.json").read_text(encoding="utf-8"))
    others = [
        own[metric]["fashionnet_minus_this"]
        for system, own in without_ablations(metrics).items()
        if system not in COMPARED and "fashionnet_minus_this" in own.get(metric, {})
    ]
    assert others
    for difference in others:
        assert difference["low"] > 0 if is_share else difference["high"] < 0


def test_what_it_says_of_textures_and_parts_is_so():
    metrics = json.loads((ROOT / "reports/metrics/category_attribute.json").read_text(encoding="utf-8"))
    texture, part = (
        metrics["hog_colour"][f"attributes_{g}_top3"]["fashionnet_minus_this"] for g in ("texture", "part")
    )
    assert texture["high"] < 0
    assert part["low"] <= 0 <= part["high"]


@pytest.mark.parametrize("name", ["in_shop", "consumer_to_shop"])
def test_colour_finds_under_a_quarter_of_what_fashionnet_finds(name):
    metrics = json.loads((ROOT / f"reports/metrics/{name}.json").read_text(encoding="utf-8"))
    assert metrics["colour_histogram"]["top1"]["value"] < metrics["fashionnet"]["top1"]["value"] / 4


def test_what_it_says_of_the_claims_is_so():
    rows = json.loads((ROOT / "reports/claims.json").read_text(encoding="utf-8"))["comparisons"]
    found = {(row["beside"], row["experiment"], row["measure"]): row for row in rows}
    verdicts = {row["claim"]: row["verdict"] for row in rows if row["verdict"]}
    assert verdicts["pairs"] == "supported"
    assert verdicts["landmarks"] == "not supported"
    assert found["fashionnet", "no_local", "category_top1"]["p_holm"] > 0.05
    assert verdicts["attributes"] == "undecided"
    for measure in ("category_top1", "attributes_mean_top3"):
        assert found["fashionnet", "darn", measure]["p_holm"] > 0.05
        assert found["fashionnet", "wtbi", measure]["p_holm"] < 0.05
        assert found["fashionnet", "wtbi", measure]["value"] > 0
        assert found["fashionnet", "wtbi_faster", measure]["p_holm"] > 0.05
    assert found["no_gate", "true_places", "category_top1"]["p_holm"] < 0.001
    assert found["no_gate", "true_places", "category_top1"]["high"] < -0.05
    assert verdicts["steps"] == "not supported"
    assert found["fashionnet", "no_pairs", "domain_accuracy"]["p_holm"] > 0.05


def test_what_it_says_of_the_missed_marks_is_so():
    rows = json.loads((ROOT / "reports/benchmarks.json").read_text(encoding="utf-8"))["rows"]
    assert {row["file"] for row in rows if not row["enough"]} == {"test_crops.py", "test_step.py"}
    alone = [float(row["found"].split()[0]) for row in rows if "without fingerprints" in row["what"]]
    whole = [float(row["found"].split()[0]) for row in rows if "with fingerprints" in row["what"]]
    assert len(alone) == len(whole) == 2
    assert min(alone) > 1  # faster than the peer
    assert all(1 / with_them > 2 / without for with_them, without in zip(whole, alone))  # over half of it: fingerprints
    [step] = [row for row in rows if row["what"].startswith("a training step of FashionNet")]
    found, wanted = float(step["found"].split()[0]), float(step["wanted"].split()[-1])
    flops = float(re.search(r"([\d.]+) times the FLOPs", step["what"])[1])
    assert flops - 1 > (1 / found - 1) / 2  # most of it
    assert found > 0.98 * wanted  # by a hair


def test_what_it_says_of_the_gpu_is_so():
    rows = json.loads((ROOT / "reports/benchmarks_gpu.json").read_text(encoding="utf-8"))["rows"]

    def row(start):
        [found] = [row for row in rows if row["what"].startswith(start)]
        return found, float(re.match(r"[\d.]+", found["found"])[0])

    memory, share, epoch = (row(start) for start in ("memory in", "a step of the real", "an epoch of the real"))
    assert float(re.search(r"[\d.]+", memory[0]["peer"])[0]) == memory[1]
    assert SHARES[0] <= share[1] / 100 <= SHARES[1]
    photos, seconds = (float(re.search(pattern, text)[1]) for pattern, text in
                       ((r"(\d+) photos,", epoch[0]["what"]), (r"([\d.]+) s", epoch[0]["own"])))  # fmt: skip
    asked = estimate(load_settings(with_profile(ROOT, "deepfashion")).experiment("fashionnet"))
    assert 1.75 < asked.photos * asked.epochs / (photos / seconds) / 3600 < 2.25  # hours
    assert 1 / 8 < 1 - epoch[1] < 1 / 6
    step, pooling = row("a training step of FashionNet"), row("landmark pooling")
    more = 1 / step[1] - 1
    flops = float(re.search(r"([\d.]+) times the FLOPs", step[0]["what"])[1]) - 1
    for part in (flops, pooling[1] / 100 / step[1]):
        assert 0.27 < part / more < 0.4


def test_every_make_target_that_it_names_exists():
    lines = re.findall(r"^([a-z ]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    targets = {name for line in lines for name in line.split()}
    named = set(re.findall(r"\bmake ([a-z]+)", README))
    assert named
    assert named <= targets


def test_every_place_of_the_tree_exists():
    tree = re.findall(r"```text\n(.*?)```", README, re.DOTALL)[0]
    made = ("artifacts", "data/", "reports/index.html")  # by `make study`, not under git
    lines = [line for line in tree.splitlines() if line.strip()]
    assert len(lines) > 20
    for line in lines:
        place = ("fashionnet/" if line.startswith(" ") else "") + line.split()[0]
        assert place.startswith(made) or list(ROOT.glob(place.rstrip("/"))), place


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
def test_every_link_leads_somewhere(link):
    assert (ROOT / link).exists()
