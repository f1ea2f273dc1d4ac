"""Model cards: every number is the metrics', and what is said depends on the data and the network."""

import copy
import re

import pytest
from factories import make_settings

from fashionnet.findings import card
from fashionnet.published import TERMS

METRICS = {
    "category_attribute": {
        "fashionnet": {
            "category_top1": {"value": 0.5, "low": 0.4, "high": 0.6, "n": 1234},
            "category_top3": {"value": 0.75, "low": 0.7, "high": 0.8, "n": 1234},
            "attributes_mean_top3": {"value": None, "low": None, "high": None, "n": 0},
        },
        "darn": {"category_top1": {"value": 0.25, "low": 0.2, "high": 0.3, "n": 1234}},
    },
    "landmarks": {"fashionnet": {"normalised_error": {"value": 0.125, "low": 0.1, "high": 0.15, "n": 77}}},
    "in_shop": {"fashionnet": {"top1": {"value": 0.3, "low": 0.2, "high": 0.4, "n": 55}}},
    "consumer_to_shop": {
        "chance": {"top1": {"value": 0.01, "n": 9}, "top5": {"value": 0.05, "n": 9}, "top20": {"value": 0.2, "n": 9}},
        "darn": {"top5": {"value": 0.875, "low": 0.8, "high": 0.9, "n": 9}},
    },
}


@pytest.fixture
def made():
    """As training writes it, in what a card reads."""
    settings = make_settings()
    return {
        "experiment": "fashionnet",
        "system": "fashionnet",
        "categories": ["Tee", "Dress"],
        "attributes": ["red"] * 10,
        "untrained": [],
        "labels": {"category": 1000, "landmarks": 2000, "pairs": 0},
        "photos": 3456,
        "parameters": 987654,
        "epochs": 3,
        "steps": 21,
        "notes": [],
        "data": "0123abcd",
        "versions": {"torch": "2.0"},
        "settings": {"seed": 7, **settings.model_dump(include={"network", "prepare", "training"})},
    }


def sections(text):
    return dict(re.findall(r"^## (.+)\n\n((?:.|\n)*?)(?=\n\n## |\Z)", text, re.MULTILINE))


def test_a_card_has_its_sections_and_the_metrics_numbers(made):
    found = sections(card.model_card(made, METRICS, "4"))
    assert list(found) == ["What it is", "Data", "Intended use", "Limits", "Licence", "Numbers", "How it was made"]
    assert "987,654 parameters" in found["What it is"]
    assert "the category (of 2)" in found["What it is"]
    assert "10 attributes" in found["What it is"]
    assert "3,456 training photos" in found["Data"]
    assert "1,000 of category and 2,000 of landmarks." in found["Data"]
    assert "seed 7" in found["How it was made"]
    rows = [line.strip("| ").split(" | ") for line in found["Numbers"].splitlines()[2:] if line.startswith("| ")]
    values = {label: (value, photos) for _, label, value, photos in rows}
    assert values["category, top-1 accuracy"] == ("50.0 % (40.0 to 60.0)", "1,234")
    assert values["category, top-3 accuracy"] == ("75.0 % (70.0 to 80.0)", "1,234")
    assert values["landmarks, normalised error"] == ("0.125 (0.100 to 0.150)", "77")
    assert values["in shop, top-1 accuracy"] == ("30.0 % (20.0 to 40.0)", "55")
    assert not any("attributes" in label or "consumer" in label for label in values)  # not measured


def test_drawings_and_photographs_have_other_uses_and_licences(made):
    drawn, real = (sections(card.model_card(made, METRICS, sample)) for sample in ("4", ""))
    assert "version 4" in drawn["Data"]
    assert "no photograph" in drawn["Intended use"]
    assert "cannot be set beside published" in drawn["Numbers"]
    assert TERMS in real["Licence"]
    assert TERMS not in drawn["Licence"]
    assert "sample" not in real["Data"]
    assert "drawings" not in real["Numbers"] + real["Intended use"]


def test_what_a_network_cannot_do_is_not_said_of_it(made):
    bare = copy.deepcopy(made) | {"experiment": "darn", "system": "darn", "attributes": [], "untrained": ["category"]}
    said = sections(card.model_card(bare, METRICS, "4"))
    assert not re.search("landmarks|category|attributes", said["What it is"])
    assert "25.0 %" in said["Numbers"]
    oracle = copy.deepcopy(made)
    oracle["settings"]["network"]["local"] = "annotated"
    assert "oracle" in sections(card.model_card(oracle, METRICS, "4"))["What it is"]
    assert "oracle" not in sections(card.model_card(made, METRICS, "4"))["What it is"]
    nothing = {name: {} for name in METRICS}
    assert sections(card.model_card(made, nothing, "4"))["Numbers"].startswith("None")
    without_pairs = made | {"notes": ["no training photo has what the pairs loss needs"]}
    noted = sections(card.model_card(without_pairs, METRICS, "4"))
    assert "No training photo has what the pairs loss needs." in noted["Limits"]


def test_the_table_of_all_networks_holds_each_ones_numbers():
    merged, labels = card.numbers(["fashionnet", "darn"], METRICS)
    assert merged["fashionnet"]["category_attribute category_top3"]["value"] == 0.75
    assert merged["darn"]["consumer_to_shop top5"]["value"] == 0.875
    assert "landmarks normalised_error" not in merged["darn"]
    assert labels["landmarks normalised_error"] == ("landmarks, normalised error", False)
    assert labels["consumer_to_shop top5"] == ("consumer to shop, top-5 accuracy", True)


def test_a_file_has_a_title_and_the_notebook_counts_the_cards(made):
    assert card.card_file(made, "## x").startswith("# Model card: FashionNet\n\n## x")
    assert card.cards_written({"a": made}).startswith("1 network was trained, with 987,654 parameters;")
    assert "987,654 to 1,000,000 parameters" in card.cards_written({"a": made, "b": made | {"parameters": 1_000_000}})
