"""The claims: signs, seeds, corrections, verdicts, and that what is committed belongs to the study as it is."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fashionnet.claims.compare import FEW_SEEDS, NOT, ONE_SEED, SUPPORTED, UNDECIDED, compare, records, verdict
from fashionnet.claims.design import CLAIMS, MEASURES, Measure, others
from fashionnet.evaluate.evaluation import Sums, ratio
from fashionnet.findings import claims as findings
from fashionnet.findings.reasons import reasons
from fashionnet.further.claims import about, wanted
from fashionnet.further.rates import MEASURES as VALIDATED
from fashionnet.further.rates import RATES, table
from fashionnet.further.runs import alone
from fashionnet.metrics import holm
from fashionnet.settings import load_settings

ROOT = Path(__file__).parent.parent


def shares(right, total=400):
    """Of `total` photos the first `right` are right."""
    units = np.stack([np.arange(total) < right, np.ones(total)], axis=1).astype(float)
    return Sums(np.arange(total), units, ratio, np.ones(total, bool))


def row(comparisons, experiment, measure, beside="fashionnet"):
    keep = (comparisons["experiment"] == experiment) & (comparisons["measure"] == measure)
    [found] = comparisons[keep & (comparisons["beside"] == beside)].to_dict(orient="records")
    return found


def test_a_difference_is_that_of_what_has_the_part_and_what_lacks_it():
    measured = {
        "fashionnet": {1: {"category_top1": shares(300)}, 2: {"category_top1": shares(320)}},
        "no_local": {1: {"category_top1": shares(280)}, 2: {"category_top1": shares(260)}},
    }
    found = row(compare(measured), "no_local", "category_top1")
    assert found["value"] == pytest.approx((20 / 400 + 60 / 400) / 2)
    assert found["reference"] == pytest.approx(310 / 400)
    assert found["own"] == pytest.approx(270 / 400)
    assert found["seeds"] == [1, 2]
    for name in ("", "reference_", "own_"):
        value = found[name.rstrip("_") or "value"]
        assert found[f"{name}low"] < value < found[f"{name}high"]


def test_one_training_has_the_interval_over_photos_that_its_benchmark_gives_it():
    measured = {name: {4: {"category_top1": shares(right)}} for name, right in (("fashionnet", 400), ("no_local", 280))}
    found = row(compare(measured), "no_local", "category_top1")
    for side, right in (("reference", 400), ("own", 280)):
        expected = shares(right).measured()
        assert (found[side], found[f"{side}_low"], found[f"{side}_high"]) == pytest.approx(expected[:3])


def test_a_smaller_domain_accuracy_speaks_for_pairs():
    measured = {
        "fashionnet": {1: {"domain_accuracy": shares(240)}},
        "no_pairs": {1: {"domain_accuracy": shares(320)}},
    }
    found = row(compare(measured), "no_pairs", "domain_accuracy")
    assert found["value"] == pytest.approx(80 / 400)
    assert found["low"] > 0


def test_only_seeds_that_both_have_are_compared():
    measured = {
        "fashionnet": {seed: {"category_top1": shares(300 + seed)} for seed in (1, 2, 3)},
        "at_once": {2: {"category_top1": shares(290)}},
    }
    found = row(compare(measured), "at_once", "category_top1")
    assert found["seeds"] == [2]
    assert found["reference"] == pytest.approx(302 / 400)
    assert found["verdict"] == ONE_SEED


def test_p_values_are_corrected_within_a_claim_for_what_is_tested_and_no_further():
    rng = np.random.default_rng(0)

    def drawn(p):
        return Sums(
            np.arange(300), np.stack([rng.random(300) < p, np.ones(300)], 1).astype(float), ratio, np.ones(300, bool)
        )

    names = ["fashionnet", "no_local", "no_gate", "no_attributes"]
    metrics = ("category_top1", "attributes_mean_top3", "in_shop_top1")
    found = compare({name: {0: {m: drawn(0.5) for m in metrics}} for name in names})
    own = found[(found["claim"] == "landmarks") & (found["role"] != "further")]
    assert len(own) == 4  # two networks in two measures
    np.testing.assert_allclose(own["p_holm"].astype(float), holm(own["p"].to_numpy(float)))
    assert found[found["role"] == "further"]["p_holm"].isna().all()


@pytest.mark.parametrize(
    ("value", "low", "high", "p", "seeds", "expected"),
    [
        (0.08, 0.03, 0.12, 0.01, 3, SUPPORTED),
        (0.08, 0.03, 0.12, 0.2, 3, UNDECIDED),  # not after the correction
        (-0.08, -0.12, -0.03, 0.01, 3, NOT),
        (0.01, -0.02, 0.04, 0.5, 3, NOT),  # what could have been detected is ruled out
        (0.03, -0.02, 0.09, 0.3, 3, UNDECIDED),
        (0.08, 0.03, 0.12, 0.01, 2, FEW_SEEDS),
        (0.08, 0.03, 0.12, 0.01, 1, ONE_SEED),
        (None, None, None, math.nan, 3, UNDECIDED),
    ],
)
def test_the_verdict(value, low, high, p, seeds, expected):
    given = {"value": value, "low": low, "high": high, "p_holm": p, "seeds": [1, 2, 3][:seeds], "detectable": 0.05}
    assert verdict(given) == expected


def test_what_can_be_detected_falls_with_the_root_of_the_photos():
    share = MEASURES["category_top1"]
    assert share.detectable(400) == pytest.approx(2.8 * math.sqrt(0.2) / 20)
    assert share.detectable(1600) == pytest.approx(share.detectable(400) / 2)
    assert math.isnan(Measure("nothing").detectable(0))


def test_a_network_that_is_better_by_what_can_be_detected_is_found_in_four_of_five():
    # The photos that two networks judge differently, a fifth, favour one of them by the detectable difference.
    rng, found, units = np.random.default_rng(0), 0, 500
    least = MEASURES["category_top1"].detectable(units)
    for _ in range(200):
        differs = rng.random(units) < 0.2
        favours = rng.random(units) < 0.5 + least / 0.4
        mean = np.where(differs, np.where(favours, 1, -1), 0)
        found += mean.mean() / (mean.std() / math.sqrt(units)) > 1.96
    assert 0.7 <= found / 200 <= 0.9


def test_the_verdicts_are_said_as_the_numbers_have_them():
    measured = {
        "fashionnet": {seed: {"category_top1": shares(300), "in_shop_top1": shares(200)} for seed in (1, 2, 3)},
        "no_local": {seed: {"category_top1": shares(200), "in_shop_top1": shares(200)} for seed in (1, 2, 3)},
        "no_attributes": {seed: {"in_shop_top1": shares(290), "category_top1": shares(300)} for seed in (1, 2, 3)},
    }
    told = findings.claims(compare(measured), "4")
    assert len(told) == 2
    assert "Landmarks improve fine-grained recognition: supported, on rendered garments" in told[0]
    assert "+25.0 points" in told[0]
    assert "not supported" in told[1]


def test_the_papers_order_is_said_only_where_it_is_found():
    values = {"fashionnet": 300, "darn": 280, "wtbi": 260}
    measured = {name: {1: {"category_top1": shares(n), "in_shop_top1": shares(n)}} for name, n in values.items()}
    measured["darn"][1]["in_shop_top1"] = shares(310)
    first, second = findings.order(compare(measured))
    assert "not the order" not in first
    assert "not the order" in second
    assert second.index("DARN") < second.index("FashionNet")


def test_every_experiment_of_the_claims_is_in_params():
    settings = load_settings()
    named = {control.experiment for claim in CLAIMS.values() for control in (claim.main, *claim.controls)}
    assert named <= set(settings.experiments)
    assert {"fashionnet", "darn", "wtbi"} <= set(settings.trained)
    main = {claim.main.experiment for name, claim in CLAIMS.items() if name != "steps"}
    assert main <= set(settings.trained), "one ablation for each claim is trained by the pipeline"
    runs = wanted(settings)
    often = others(settings.trained)
    expected = len(settings.trained) * len(settings.seeds) + sum(
        len(settings.seeds) if o else 1 for o in often.values()
    )
    assert len(runs) == len(set(runs)) == expected
    assert len(settings.seeds) == 3


def test_the_committed_comparisons_belong_to_the_study_as_it_is():
    committed = json.loads((ROOT / "reports/claims.json").read_text(encoding="utf-8"))
    settings = alone(load_settings())
    made_with = about(settings, committed["data"], committed["sample"])
    assert {name: committed[name] for name in made_with} == made_with, "run `make claims` again"
    rows = pd.DataFrame(committed["comparisons"])
    main = rows[rows["role"] == "primary"].drop_duplicates("claim").set_index("claim")
    assert (main["seeds"].map(len).drop("steps") >= 3).all()
    assert set(rows["claim"]) == set(CLAIMS)
    for own in committed["comparisons"]:  # the values of the trainings give the differences
        seeds = [str(seed) for seed in own["seeds"]]
        with_part, without = (
            np.mean([committed["values"][name][seed][own["measure"]]["value"] for seed in seeds])
            for name in (own["beside"], own["experiment"])
        )
        sign = -1 if MEASURES[own["measure"]].smaller else 1
        assert own["value"] == pytest.approx(sign * (with_part - without), abs=1e-5)


def test_params_have_the_learning_rates_that_validation_chose():
    chosen = pd.read_csv(ROOT / "reports/rates.csv")
    settings = load_settings()
    assert sorted(zip(chosen["muon_rate"], chosen["learning_rate"])) == sorted(RATES * 3)
    assert chosen["mean"].to_numpy() == pytest.approx(chosen[list(VALIDATED)].mean(axis=1).to_numpy(), abs=1e-5)
    for system, own in chosen.groupby("system"):
        [best] = own[own["chosen"]].to_dict(orient="records")
        assert best["mean"] == own["mean"].max()
        training = settings.experiment(system).training
        assert (training.muon_rate, training.learning_rate) == (best["muon_rate"], best["learning_rate"])


def test_the_best_rate_on_validation_is_chosen(tmp_path):
    found = {}
    for system, rate, numbers in (
        ("wtbi", 0.1, (0.5, 0.5, 0.2)),
        ("wtbi", 0.2, (0.5, 0.4, 0.4)),
        ("darn", 0.1, (0, 0, 0)),
    ):
        folder = tmp_path / f"{system}-{rate}"
        folder.mkdir()
        rows = [dict.fromkeys(VALIDATED, 0.99), dict(zip(VALIDATED, numbers, strict=True))]  # the last epoch counts
        pd.DataFrame(rows).to_csv(folder / "history.csv", index=False)
        found[system, rate, rate / 10] = folder
    rates = table(found)
    assert rates["chosen"].tolist() == [False, True, True]
    assert rates["mean"].tolist() == pytest.approx([0.4, 1.3 / 3, 0])


def test_a_rate_that_retrieval_decided_is_said():
    columns = ["system", "muon_rate", "val_category_top1", "val_attribute_top3", "chosen"]
    rows = [("wtbi", 0.1, 0.6, 0.5, True), ("wtbi", 0.2, 0.7, 0.55, False), ("wtbi", 0.3, 0.8, 0.4, False),
            ("darn", 0.1, 0.6, 0.5, True), ("darn", 0.2, 0.7, 0.5, False)]  # fmt: skip
    [told] = findings.torn(pd.DataFrame(rows, columns=columns))
    assert told.startswith(
        "WTBI's rate was decided by retrieval: with 0.2 it recognises 70.0 % of categories and 55.0 %"
    )
    assert "with the chosen 0.1 60.0 % of categories and 50.0 %" in told


def test_nan_is_none_in_json():
    measured = {name: {1: {"in_shop_top1": shares(20, 40)}} for name in ("fashionnet", "no_attributes", "no_pairs")}
    text = json.dumps(records(compare(measured)), allow_nan=False)
    assert '"p_holm": null' in text


def _with_controls(darn: int = 279, no_local: int = 281, true_landmarks: int = 340, true_places: int = 330) -> dict:
    """Three seeds of 400 photos each, and of each experiment so many of them right."""
    right = {"fashionnet": 280, "darn": darn, "wtbi": 200, "wtbi_faster": 240, "no_local": no_local, "no_gate": 278}
    right |= {"random_places": 279, "jointed_landmarks": 230}
    right |= {"true_landmarks": true_landmarks, "true_places": true_places}
    errors = Sums(np.arange(400), np.c_[np.full(400, 0.15), np.ones(400)], ratio, np.ones(400, bool))
    return {
        name: {seed: {"category_top1": shares(count), "landmark_error": errors} for seed in (1, 2, 3)}
        for name, count in right.items()
    }


def test_why_fashionnet_is_not_before_darn_is_read_off_the_controls():
    first, second, third = reasons(compare(_with_controls()), 0.34)
    assert "Without the local branch (the pose branch still learns) the measure changes by +0.2 points" in first
    assert "Taught by fewer landmarks it falls by 12.5 points" in first
    assert "which no system may know, it rises by 15.0 points" in second
    assert "its gates open, it rises by 13.0 points" in second
    assert "So the places themselves hold what the category needs" in second
    assert "off by 0.15 of the garment's box" in second
    assert "0.17 of the picture" in second
    assert "FashionNet minus WTBI is +20.0 points" in third
    assert "DARN minus WTBI +19.8 points" in third
    assert "At the other systems' learning rate FashionNet minus WTBI is +10.0 points" in third


def test_what_is_concluded_of_places_follows_both_oracles():
    assert (
        "that better places alone would help is not shown" in reasons(compare(_with_controls(true_places=279)), 0.3)[1]
    )
    assert "better landmarks alone would not help" in reasons(compare(_with_controls(true_landmarks=281)), 0.3)[1]


def test_no_reasons_are_given_where_there_are_none():
    assert reasons(compare(_with_controls(darn=200)), 0.34) == []  # FashionNet is better
    for name in ("true_landmarks", "true_places", "wtbi_faster", "random_places"):
        incomplete = _with_controls()
        del incomplete[name]
        assert reasons(compare(incomplete), 0.34) == []


def test_controls_of_one_seed_have_no_p_and_are_said_to_show_less():
    once = {name: {1: own[1]} for name, own in _with_controls().items()}
    rows = compare(once)
    assert rows["p"].isna().all()
    [said] = findings.controls(rows)
    assert said.startswith("With one training each the interval over photos is clear of zero for: ")
    assert "Landmarks where joints are (category, top-1 accuracy, +12.5 points)" in said
    assert "random places" not in said
    better, worse, chance = findings.controls(compare(_with_controls()))
    assert better.startswith("Better, with several seeds: ")
    assert "Landmarks where joints are" in better
    assert "True landmarks" in worse
    assert "random places" in chance
