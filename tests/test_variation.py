"""What is said and drawn of groups and levels: claims only where they hold, looks of systems, small groups hollow."""

import numpy as np
import pandas as pd
import pytest
from factories import FACTORS, make_prepared
from matplotlib.colors import same_color, to_rgba

from fashionnet import evaluate, figures
from fashionnet.evaluate.groups import COLUMNS as GROUP_COLUMNS
from fashionnet.evaluate.series import COLUMNS as LEVEL_COLUMNS
from fashionnet.findings import variation as findings
from fashionnet.systems import COMPARED, look


@pytest.fixture(scope="module")
def groupings():
    return evaluate.groupings(make_prepared(photos=16))


def group(name, system, value=0.5, rest=None, lead=None, grouping="pose_type", small=False, p=0.001, n=30, order=0):
    """rest, lead: (value, low, high) of the group's differences from the other photos."""
    row = {"benchmark": "in_shop", "grouping": grouping, "group": name, "order": order, "photos": 30, "n": n,
           "system": system, "metric": "top1", "value": value, "low": value - 0.1, "high": value + 0.1,
           "small": small, "fashionnet_minus_this": 0.05}  # fmt: skip
    for difference, given in (("inside_minus_rest", rest), ("lead_minus_rest", lead)):
        if given:
            row |= dict(zip((difference, f"{difference}_low", f"{difference}_high"), given), **{f"{difference}_p": p})
    return row


def groups(*rows):
    return pd.DataFrame(rows, columns=GROUP_COLUMNS)


def said(groupings, *rows):
    return " ".join(findings.groups(groups(*rows), groupings, ""))


def test_the_worst_group_that_is_surely_worse_is_named_for_each_system(groupings):
    text = said(
        groupings,
        group("frontal", "fashionnet", rest=(0.2, 0.1, 0.3)),
        group("side", "fashionnet", 0.3, rest=(-0.1, -0.15, -0.05)),
        group("back", "fashionnet", 0.2, rest=(-0.2, -0.3, -0.1)),
        group("back", "darn", rest=(-0.2, -0.4, 0.1)),
    )
    assert "“back” (pose type) costs FashionNet most (20.0 %, 20.0 points (10.0 to 30.0) less than" in text
    assert "none is surely worse than the other photos for DARN" in text
    assert "side" not in text


def test_what_does_not_hold_after_the_correction_is_not_claimed(groupings):
    text = said(groupings, group("back", "fashionnet", rest=(-0.2, -0.3, -0.1), p=0.06))
    assert "none is surely worse than the other photos for FashionNet" in text


def test_a_small_group_is_counted_and_never_the_subject(groupings):
    text = said(
        groupings,
        group("back", "fashionnet", 0.0, small=True),
        group("unknown", "fashionnet", 0.0),
        group("side", "fashionnet", rest=(-0.1, -0.2, -0.05)),
    )
    assert "back" not in text
    assert "“unknown”" not in text
    assert "1 group of 3 had fewer than 20 photos" in text
    assert "the files say nothing of stand in 1 group of their own" in text
    assert "1 difference was looked at" in text


def test_kinds_of_garment_stand_apart_from_ways_to_show_it(groupings):
    text = said(groupings, group("Tee", "darn", 0.1, rest=(-0.4, -0.5, -0.3), grouping="category"))
    assert "Of the kinds of garment, “Tee” (category) is hardest for DARN (10.0 %" in text
    assert "Of the ways" not in text


def test_leads_are_said_to_grow_or_shrink_only_where_they_surely_do(groupings):
    rest = (0.0, -0.1, 0.1)
    text = said(
        groupings,
        group("back", "darn", rest=rest, lead=(-0.2, -0.3, -0.1)),
        group("side", "darn", rest=rest, lead=(0.3, 0.2, 0.4)),
        group("back", "wtbi", rest=rest, lead=(0.3, -0.2, 0.4)),
    )
    assert (
        "over DARN is larger for “side” (pose type) by 30.0 points (20.0 to 40.0), where it is +5.0 points, and "
        "smaller for “back” (pose type) by 20.0 points (10.0 to 30.0), where it is +5.0 points" in text
    )
    assert "over WTBI it is in no group surely another" in text


def test_nothing_measured_is_said(groupings):
    none, level = pd.DataFrame(columns=GROUP_COLUMNS), pd.DataFrame(columns=LEVEL_COLUMNS)
    assert findings.groups(none, groupings, "") == ["No test photo was measured in groups."]
    assert findings.overview(none, level, groupings, FACTORS) == "What variation does to FashionNet was not measured."
    assert figures.group_dots(none, {"top1": "top-1"}, {"pose_type": "pose"}) is None
    assert figures.level_curves(level, "category_top1", "category", FACTORS) is None


def levels(
    system="fashionnet", factor="scale", values=(0.8, 0.7, 0.5), breaks=None, metric="category_top1", change=None
):
    """A curve; change: (value, low, high) of the lead's change at the last level."""
    found = []
    for level, value in enumerate(values):
        row = {"metric": metric, "factor": factor, "system": system, "level": level,
               "at": FACTORS[factor].values[level], "value": value, "low": value - 0.05, "high": value + 0.05,
               "n": 50, "breaks": level == breaks, "fashionnet_minus_this": 0.1}  # fmt: skip
        if change and level == len(values) - 1:
            row |= dict(zip(("lead_change", "lead_change_low", "lead_change_high"), change), lead_change_p=0.001)
        found.append(row)
    return found


def table(*curves):
    return pd.DataFrame([row for curve in curves for row in curve], columns=LEVEL_COLUMNS)


def test_what_breaks_first_and_what_never_does():
    text = " ".join(findings.series(table(levels(breaks=2), levels(factor="jpeg")), FACTORS))
    assert "FashionNet starts at 80.0 %; it breaks first under scale (0.2), at level 2; JPEG does not break it" in text
    text = " ".join(findings.series(table(levels(breaks=2), levels(factor="jpeg", breaks=1)), FACTORS))
    assert "breaks first under JPEG (20), at level 1; every factor breaks it in the end" in text
    text = " ".join(findings.series(table(levels(values=(0.12, 0.1, 0.05))), FACTORS))
    assert "starts at 12.0 % and has little to lose; no factor breaks it" in text


def test_a_lead_that_changes_by_level():
    text = " ".join(findings.series(table(levels("darn", change=(-0.2, -0.3, -0.1))), FACTORS))
    assert "FashionNet's lead over DARN shrinks most under scale (0.2), by 20.0 points (10.0 to 30.0), to +10" in text
    text = " ".join(findings.series(table(levels("darn", change=(-0.2, -0.3, 0.1))), FACTORS))
    assert "FashionNet's lead over DARN surely changes under no factor" in text


def test_the_table_of_breaks_has_a_value_or_the_last_level():
    made = findings.break_table(table(levels(breaks=1), levels("darn")), "category_top1", FACTORS)
    assert made.loc["Scale"].to_dict() == {"unit": "share", "FashionNet": "0.5 (level 1)", "DARN": "not by 0.2"}


def test_the_overview_holds_the_costliest_group_and_what_breaks_first(groupings):
    sentence = findings.overview(
        groups(
            group("back", "fashionnet", 0.2, rest=(-0.2, -0.3, -0.1)), group("side", "darn", rest=(-0.5, -0.6, -0.4))
        ),
        table(levels(breaks=2), levels("darn", breaks=1)),
        groupings,
        FACTORS,
    )
    assert sentence.startswith("Of the groups of test photos, “back” (pose type) costs FashionNet most (in-shop")
    assert "its top-1 category accuracy starts at 80.0 %; it breaks first under scale (0.2), at level 2" in sentence
    assert sentence.count(". ") == 0


def test_a_group_has_its_count_and_a_hollow_dot_where_it_is_small():
    made = groups(
        group("frontal", "fashionnet", 0.5),
        group("frontal", "darn", 0.4),
        group("back", "fashionnet", 0.3, small=True, n=12, order=1),
    )
    figure = figures.group_dots(made, {"top1": "top-1 (%)"}, {"pose_type": "pose type"})
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["frontal (30)", "back (12 of 30)"]
    dots = [container.lines[0] for container in axes.containers]
    assert [round(float(dot.get_xdata()[0])) for dot in dots] == [50, 40, 30]
    assert [dot.get_markerfacecolor() == "white" for dot in dots] == [False, False, True]
    assert [dot.get_marker() for dot in dots] == [look(name).marker for name in ("fashionnet", "darn", "fashionnet")]
    for container, (low, high) in zip(axes.containers, ((40, 60), (30, 50), (20, 40))):
        np.testing.assert_allclose(container.lines[2][0].get_segments()[0][:, 0].astype(float), [low, high])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["FashionNet", "DARN", "hollow: few photos"]


def test_curves_have_each_systems_look_the_factors_values_and_a_ring_at_the_break():
    made = table(*(levels(name, values=(0.8, 0.6, 0.4), breaks=1) for name in COMPARED), levels(factor="jpeg"))
    figure = figures.level_curves(made, "category_top1", "top-1 (%)", FACTORS)
    scale, jpeg = (axes for axes in figure.axes if axes.get_visible())
    for axes, name in ((scale, "scale"), (jpeg, "jpeg")):
        assert [label.get_text() for label in axes.get_xticklabels()] == [f"{v:g}" for v in FACTORS[name].values]
        assert (axes.get_title("left"), axes.get_xlabel()) == (FACTORS[name].label, FACTORS[name].unit)
    curves, rings = scale.lines[::2], scale.lines[1::2]
    for system, curve, ring in zip(COMPARED, curves, rings):
        np.testing.assert_allclose(curve.get_ydata(), [80, 60, 40])
        assert same_color(curve.get_color(), look(system).colour)
        assert curve.get_marker() == look(system).marker
        np.testing.assert_allclose((ring.get_xdata(), ring.get_ydata()), [[1], [60]])
    assert len(jpeg.lines[1].get_xdata()) == 0
    drawn = [to_rgba(handle.get_color()) for handle in figure.legends[0].legend_handles[: len(COMPARED)]]
    assert drawn == [to_rgba(look(name).colour) for name in COMPARED]
