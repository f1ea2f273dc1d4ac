"""README tells the truth: its numbers, its commands, its tree and its links."""

import re
from pathlib import Path

import pytest

from fashionnet.readme import END, START, result_table, update

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_result_table_is_the_committed_metrics_own():
    assert update(README, result_table(ROOT / "reports/metrics")) == README


def test_a_changed_number_is_noticed():
    table = README.partition(START)[2].partition(END)[0]
    digit = re.search(r"\d", table)
    changed = README.replace(table, table[: digit.start()] + str(9 - int(digit.group())) + table[digit.end() :])
    assert update(changed, result_table(ROOT / "reports/metrics")) != changed


def test_every_make_target_that_it_names_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
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
