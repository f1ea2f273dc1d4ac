"""Figures, sheets and tables: legible to all, escaped, the same bytes twice, and true to what they were given."""

import base64
import io
import itertools
import re

import numpy as np
import pandas as pd
import pytest
from factories import make_prepared
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

import fashionnet.show
from fashionnet import describe, evaluate, examples, figures
from fashionnet.figures.claims import INK, LOOKS, VIOLET
from fashionnet.figures.style import PALETTE
from fashionnet.formats.codes import FINE_ATTRIBUTE_TYPES
from fashionnet.published import Published
from fashionnet.show import say, show, table
from fashionnet.systems import SYSTEMS, in_order, look

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def prepared():
    return make_prepared(photos=64, image_size=48)


@pytest.fixture
def displayed(monkeypatch):
    """What a cell displays: a list of (data, metadata)."""
    shown = []
    monkeypatch.setattr(
        fashionnet.show,
        "display",
        lambda thing: shown.append(thing._repr_mimebundle_() if hasattr(thing, "_repr_mimebundle_") else thing),
    )
    return shown


def entry(value, low=None, high=None, n=100):
    return {"value": value, "low": low, "high": high, "n": n}


METRICS = {
    "chance": {"top1": entry(0.9), "top5": entry(0.95)},
    "fashionnet": {"top1": entry(0.5, 0.4, 0.6), "top5": entry(0.7, 0.6, 0.8), "error": entry(0.08, 0.07, 0.09)},
    "colour_histogram": {"top1": entry(0.3, 0.2, 0.4), "top5": entry(0.75, 0.7, 0.8), "error": entry(0.06, 0.05, 0.07)},
    "untrained": {"top1": entry(None, None, None, 0), "top5": entry(0.2, 0.1, 0.3)},
}


def cells(html):
    """The text of every cell by its row's head."""
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    found = {}
    for row in rows:
        texts = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        found[Markup(texts[0]).striptags()] = [Markup(text).striptags() for text in texts[1:]]
    return found


# Machado, Oliveira and Fernandes (2009), severity 1: what deuteranopes and protanopes see, on linear RGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
PROTANOPIA = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)


def linear(colour):
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    scaled = xyz / np.array([0.9505, 1.0, 1.089])
    f = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("seen", [np.eye(3), DEUTERANOPIA, PROTANOPIA], ids=["trichromat", "deuteranope", "protanope"])
def test_no_two_systems_look_alike_to_anyone(seen):
    """Another marker always; and another colour, but for pairs that never stand in one figure."""
    never_together = {frozenset(("mean_position", other)) for other in ("darn", "wtbi", "majority", "colour_histogram")}
    for (one, a), (two, b) in itertools.combinations(SYSTEMS.items(), 2):
        assert a.marker != b.marker
        if frozenset((one, two)) not in never_together:
            apart = np.linalg.norm(lab(seen @ linear(a.colour)) - lab(seen @ linear(b.colour)))
            assert apart > 10, f"{one} and {two}: {apart:.1f}"


def test_a_further_seed_looks_like_its_experiment_and_an_unknown_experiment_like_nothing_else():
    assert look("fashionnet-seed2").colour == look("fashionnet").colour
    assert look("fashionnet-seed2").label == "FashionNet, seed2"
    assert look("without_landmarks") == look("without_landmarks")
    assert look("without_landmarks").colour not in {known.colour for known in SYSTEMS.values()}
    assert in_order({"chance", "hog_colour", "own", "fashionnet"}) == ["fashionnet", "own", "hog_colour", "chance"]


def test_a_shown_figure_carries_its_alt_text_and_is_the_same_bytes_twice(prepared, displayed):
    counts = describe.category_counts(prepared)
    for _ in range(2):
        show(figures.category_bars(counts), "Bars of photos by category")
    (data, metadata), (again, _) = displayed
    assert metadata["image/png"] == {"alt": "Bars of photos by category", "width": 700}
    assert data["image/png"] == again["image/png"]
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.width == 1400
    assert not {"Software", "Creation Time", "date"} & set(picture.info)


def test_a_figure_without_alt_text_is_refused():
    with pytest.raises(ValueError, match="found no alt text"):
        show(Figure(), " ")


def test_names_from_files_are_escaped_wherever_they_are_shown(prepared, displayed):
    say(f"{HOSTILE} is common")
    table(pd.DataFrame({HOSTILE: [HOSTILE]}, index=pd.Index([HOSTILE], name=HOSTILE)), HOSTILE)
    show(figures.sheet(HOSTILE, [(HOSTILE, figures.tiles(prepared, [0], [HOSTILE], landmarks=True))]))
    show(figures.benchmark_table(HOSTILE, {HOSTILE: METRICS["fashionnet"]}, [figures.Column("top1", HOSTILE)]))
    assert len(displayed) == 4
    for thing in displayed:
        assert HOSTILE not in thing.data
        assert "&lt;script&gt;" in thing.data


def test_a_dollar_sign_in_a_name_is_no_formula():
    counts = pd.DataFrame({"attribute": [r"$\frac$", "a $5 b $6"], "group": "part", "positive": [2, 1]})
    figure = figures.attribute_bars(counts, ["part"])
    show_nothing = io.BytesIO()
    figure.savefig(show_nothing, format="png")
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == counts["attribute"].tolist()


def test_the_tables_star_stands_at_the_best_of_ours_and_never_at_chance():
    columns = [figures.Column("top1", "top-1"), figures.Column("top5", "top-5"),
               figures.Column("error", "error", percent=False, smaller=True)]  # fmt: skip
    found = cells(figures.benchmark_table("Retrieval", METRICS, columns))
    assert list(found) == ["System", "FashionNet", "Colour histogram", "Untrained network", "Chance", "test photos"]
    assert found["FashionNet"] == ["★ 50.040.0–60.0", "70.060.0–80.0", "0.0800.070–0.090"]
    assert found["Colour histogram"] == ["30.020.0–40.0", "★ 75.070.0–80.0", "★ 0.0600.050–0.070"]
    assert found["Untrained network"] == ["–", "20.010.0–30.0", "–"]
    assert found["Chance"] == ["90.0", "95.0", "–"]
    assert found["test photos"] == ["–", "100", "100"]  # one system was measured on none


def test_published_numbers_stand_beside_their_own_system_and_are_never_marked_as_best():
    published = Published(
        pd.DataFrame({"top1": {"Elsewhere": 99.0, "FashionNet": 1.25}, "other": {"Elsewhere": 1.0, "Never": 2.0}}),
        "not comparable",
    )
    columns = [figures.Column("top1", "top-1"), figures.Column("top5", "top-5")]
    html = figures.benchmark_table("Retrieval", METRICS, columns, published)
    assert html.count("<tbody>") == 2
    assert html.index("This study") < html.index("FashionNet") < html.index("Published by others †")
    assert html.index("Published by others †") < html.index("Elsewhere") < html.index("† not comparable.")
    found = cells(html)
    assert found["FashionNet"] == ["★ 50.040.0–60.0† 1.25", "70.060.0–80.0"]
    assert found["Elsewhere"] == ["99.00", "–"]
    assert "Never" not in found
    unrelated = Published(pd.DataFrame({"other": {"Elsewhere": 1.0}}), "not comparable")
    for absent in ("Elsewhere", "†", "This study"):
        assert absent not in figures.benchmark_table("Retrieval", METRICS, columns, unrelated)


def test_what_a_tables_marks_mean_stands_below_it_where_they_occur():
    columns = [figures.Column("top1", "top-1")]
    html = figures.benchmark_table("Retrieval", METRICS, columns)
    assert html.index("</table>") < html.index("★ and bold: the best value of this study in its column.")
    assert "its 95 % interval" in html
    alone = figures.benchmark_table("Retrieval", {"fashionnet": {"top1": entry(0.5)}}, columns)
    assert "★" not in alone
    assert "interval" not in alone


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=5), st.booleans())
def test_the_best_value_is_the_one_that_a_loop_finds(values, smaller):
    names = ["fashionnet", "darn", "wtbi", "untrained", "chance"][-len(values) :]
    metrics = {name: {"m": entry(value)} for name, value in zip(names, values)}
    html = figures.benchmark_table("Results", metrics, [figures.Column("m", "m", smaller=smaller)])
    ours = {name: value for name, value in zip(names, values) if name != "chance" and value is not None}
    best = []
    for name, value in ours.items():
        if len(ours) > 1 and not any(other < value if smaller else other > value for other in ours.values()):
            best.append(look(name).label)
    assert [name for name, row in cells(html).items() if any("★" in text for text in row)] == in_order_of(best, html)
    assert len(re.findall(r'class="number best"', html)) == len(best)


def in_order_of(labels, html):
    return sorted(labels, key=html.index)


def test_a_systems_row_bears_its_colour_and_marker():
    html = figures.benchmark_table("Results", METRICS, [figures.Column("top1", "top-1")])
    for name in METRICS:
        row = next(row for row in html.split("<tr>") if f"</svg>{look(name).label}</th>" in row)
        assert look(name).colour in row
        assert ("<polygon" in row) == bool(look(name).marker)


def test_a_column_that_nobody_has_is_left_out():
    columns = [figures.Column("top1", "top-1"), figures.Column("nothing", "nothing")]
    assert "nothing" not in figures.benchmark_table("Retrieval", METRICS, columns)


def test_every_photo_of_a_sheet_has_alt_text_and_a_right_one_has_a_tick(prepared):
    tiles = figures.tiles(
        prepared, [0, 1, 2], ["a", "b", "c"], frames=["query", "right", "wrong"], alts=["x", "y", "z"]
    )
    html = figures.sheet("Photos", [("row", tiles)])
    assert re.findall(r'alt="([^"]*)"', html) == ["Photo: x", "Photo: y", "Photo: z"]
    marks = re.findall(r'class="fn-photo ([\w-]*)".*?</span><span class="fn-text">', html, re.DOTALL)
    assert marks == ["fn-query", "fn-right", "fn-wrong"]
    assert re.findall(r'fn-mark">(.)<', html) == ["✓", "✗"]
    assert "right (solid frame)" in html
    assert "has it not (dotted frame)" in figures.sheet("", [("", tiles)], meaning=("has it", "has it not"))


def test_a_sheet_draws_each_landmark_by_its_visibility(prepared):
    row = int(np.flatnonzero(prepared.photos["clothes_type"] == 3)[0])
    html = figures.sheet("Photo", figures_rows := [("", figures.tiles(prepared, [row], [""], landmarks=True))])
    drawn = html.split("fn-text")[-2].split("<svg")[1]
    codes = prepared.visibility[row]
    assert drawn.count('r="3" fill="#') == (codes == 0).sum()
    assert drawn.count('fill="none"') == 2 * (codes == 1).sum()  # a ring and its outline
    assert drawn.count("<path") == 2 * (codes == 2).sum()
    alt = figures_rows[0][1][0].alt
    for code, name in enumerate(("visible", "occluded", "truncated")):
        number = (codes == code).sum()
        assert (f"{number} {name}" in alt) == (number > 0)


def test_photos_are_stored_small_and_the_same_twice():
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), np.uint8)
    tile = figures.Tile(noise, "", "noise")
    one, two = (figures.sheet("", [("", [tile])], size=80) for _ in range(2))
    assert one == two
    data = re.search(r"base64,([^\"]+)", one).group(1)
    stored = Image.open(io.BytesIO(base64.b64decode(data)))
    assert stored.size == (88, 88)
    assert stored.format == "WEBP"


def history(steps=("pose", "pose", "recognition")):
    return pd.DataFrame(
        {"epoch": range(1, len(steps) + 1), "step": steps, "loss": [3.0, 2, 1][: len(steps)],
         "loss_category": [np.nan, 2.0, 1][: len(steps)], "loss_pairs": np.nan,
         "val_category_top1": [0.1, 0.2, 0.3][: len(steps)]}
    )  # fmt: skip


def test_training_curves_show_the_losses_that_there_are_and_both_steps():
    figure = figures.loss_curves(history())
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title("left") for axes in shown] == ["All, weighted", "Category"]
    for axes in shown:
        assert [text.get_text() for text in axes.texts] == ["pose step", "recognition step"]
        assert axes.get_xlabel() == "epoch"
        assert axes.get_ylabel()
    np.testing.assert_array_equal(shown[1].lines[0].get_ydata(), [np.nan, 2, 1])


def test_validation_curves_are_left_out_where_there_is_no_validation_split():
    assert figures.validation_curves(history()) is not None
    assert figures.validation_curves(history().drop(columns="val_category_top1")) is None


def test_a_history_of_one_epoch_can_be_drawn(displayed):
    show(figures.loss_curves(history(("pose",))), "Curves of one epoch")
    assert displayed


def test_curves_draw_the_numbers_that_they_are_given():
    figure = figures.top_k_curves(METRICS, (1, 5))
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    np.testing.assert_allclose(lines["FashionNet"].get_ydata(), [50, 70])
    np.testing.assert_allclose(lines["Untrained network"].get_xdata(), [5])
    assert lines["Chance"].get_linestyle() == "--"
    assert lines["FashionNet"].get_color() == SYSTEMS["fashionnet"].colour


def test_dots_draw_values_with_their_intervals_the_systems_one_below_the_other():
    figure = figures.dots(METRICS, {"top1": "one", "error": "error"}, "accuracy (%)")
    drawn = []
    for container in figure.axes[0].containers:
        point, _, (bar,) = container.lines
        (low, y), (high, _) = np.asarray(bar.get_segments()[0], float)
        drawn.append((float(np.asarray(point.get_xdata(), float)[0]), low, high, y))
    top1 = [(50, 40, 60, 1), (30, 20, 40, 2), (90, 90, 90, 3)]  # FashionNet, colour histogram, chance
    np.testing.assert_allclose(drawn, [*top1, (8, 7, 9, 5), (6, 5, 7, 6)])
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["one", "error"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["FashionNet", "Colour histogram", "Chance"]


def test_confusion_shows_shares_of_the_true_category():
    figure = figures.confusion(np.array([[3, 1], [0, 0]]), ["Tee", "Dress"], "fashionnet")
    assert [text.get_text() for text in figure.axes[0].texts] == ["75", "25", "", ""]


def test_confusion_leaves_out_categories_that_do_not_occur():
    counts = np.zeros((3, 3), int)
    counts[0, 2] = 4
    axes = figures.confusion(counts, pd.Series(["Tee", "Cape", "Dress"]), "fashionnet").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Tee", "Dress"]
    assert [text.get_text() for text in axes.texts] == ["", "100", "", ""]


@pytest.mark.parametrize("name", ["attribute_bars", "attribute_tail", "visibility_bars"])
def test_figures_of_the_data_have_labelled_axes_and_draw(prepared, displayed, name):
    attributes = describe.attribute_counts(prepared)
    given = {
        "attribute_bars": (attributes, describe.groups_of(attributes)),
        "attribute_tail": (attributes, describe.groups_of(attributes), attributes["positive"].median()),
        "visibility_bars": (describe.landmark_visibility(prepared),),
    }[name]
    figure = getattr(figures, name)(*given)
    show(figure, "a figure of the data")
    assert any(axes.get_xlabel() for axes in figure.axes)
    assert PALETTE[0]


def test_six_groups_of_attributes_are_all_drawn(prepared, displayed):
    attributes = describe.attribute_counts(prepared).assign(positive=3)
    names = list(FINE_ATTRIBUTE_TYPES.values())
    attributes["group"] = [names[row % 6] for row in range(len(attributes))]
    assert describe.groups_of(attributes) == names
    [axes] = figures.attribute_tail(attributes, names, attributes["positive"].median()).axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == names
    drawn = [axes.get_title(loc="left") for axes in figures.attribute_bars(attributes, names).axes]
    assert drawn == names


def predictions(prepared, benchmark, seed=1, **shapes):
    """Random arrays for a benchmark's test photos, in another order than the tables'."""
    rng = np.random.default_rng(seed)
    names = prepared.photos["image_name"].to_numpy(dtype=str)[prepared.rows(benchmark, "test")][::-1]
    arrays = {name: rng.uniform(0, 100, (len(names), *shape)).astype(np.float32) for name, shape in shapes.items()}
    return {"image_name": names} | arrays


def test_attributes_stand_beside_photos_of_the_same_categories_without_them(prepared):
    names, category = prepared.attribute_names["attribute_name"], prepared.photos["category"]
    for label, tiles in examples.attribute_rows(prepared, 3):
        column = int(np.flatnonzero(names == label.rpartition(" (")[0])[0])
        rows = [row_of(prepared, tile) for tile in tiles]
        assert len(set(rows)) == len(rows)
        has, lacks = rows[:3], rows[3:]
        assert (prepared.attributes[has, column] == 1).all()
        assert (prepared.attributes[lacks, column] == -1).all()
        assert [tile.frame for tile in tiles] == ["right"] * 3 + ["wrong"] * 3
        for one, other in zip(has, lacks):
            without = (prepared.attributes[:, column] == -1) & (category == category[one])
            assert category[one] == category[other] or without.sum() <= 3


def test_right_and_wrong_examples_are_what_they_say(prepared):
    predicted = predictions(prepared, "category_attribute", category=(len(prepared.categories),))
    table = evaluate.category_attribute(prepared, {"fashionnet": predicted}).tables["photos"]
    (right, first), (wrong, second) = examples.categories(prepared, table, 4)
    assert (right, wrong) == ("Right", "Wrong")
    assert {tile.frame for tile in first} == {"right"}
    assert {tile.frame for tile in second} == {"wrong"}
    scores = dict(zip(predicted["image_name"], predicted["category"]))
    for tile, expected in [(tile, True) for tile in first] + [(tile, False) for tile in second]:
        photo = prepared.photos.iloc[row_of(prepared, tile)]
        assert (scores[photo["image_name"]].argmax() == photo["category"]) == expected
        guess = prepared.categories["category_name"][scores[photo["image_name"]].argmax()]
        assert tile.caption.split(", is ")[0] == guess


def test_the_highest_attribute_of_a_group_is_marked_by_its_label(prepared):
    predicted = predictions(prepared, "category_attribute", attributes=(len(prepared.attribute_names),))
    scores = dict(zip(predicted["image_name"], predicted["attributes"]))
    ((_, tiles),) = examples.attributes(prepared, predicted, 6)
    for tile in tiles:
        row = row_of(prepared, tile)
        labels, own = prepared.attributes[row], scores[prepared.photos["image_name"][row]]
        expected = []
        for group in dict.fromkeys(prepared.groups[labels == 1]):
            best = max((i for i, name in enumerate(prepared.groups) if name == group), key=lambda i: own[i])
            mark = {1: "✓", -1: "✗", 0: "?"}[int(labels[best])]
            expected.append(f"{mark} {prepared.attribute_names['attribute_name'][best]}")
        assert tile.caption == "; ".join(expected)


def test_landmark_examples_go_from_the_best_to_the_worst_and_show_their_own_prediction(prepared):
    predicted = predictions(prepared, "landmarks", landmarks=(8, 2))
    table = evaluate.landmarks(prepared, {"fashionnet": predicted}).tables["photos"]
    ((_, tiles),) = examples.landmarks(prepared, table, predicted, 5)
    errors = [float(tile.caption.removeprefix("error ")) for tile in tiles]
    assert errors == sorted(errors)
    assert [errors[0], errors[-1]] == [round(table["error"].min(), 3), round(table["error"].max(), 3)]
    guesses = dict(zip(predicted["image_name"], predicted["landmarks"]))
    for tile in tiles:
        photo = prepared.photos.iloc[row_of(prepared, tile)]
        pixels = tile.predicted * photo["crop_side"] + [photo["crop_x"], photo["crop_y"]]
        np.testing.assert_allclose(pixels, guesses[photo["image_name"]], atol=1e-3)
        assert (tile.compared == (prepared.visibility[photo.name] == 0)).all()


def row_of(prepared, tile):
    """The photo that a tile shows: no two of the random ones are alike."""
    return int(np.flatnonzero((prepared.crops == tile.pixels).all((1, 2, 3)))[0])


def test_measures_have_no_systems_colour():
    colours = {own.colour.lower() for own in SYSTEMS.values()}
    assert not colours & {colour.lower() for _, colour in LOOKS.values()}
    assert len({colour for _, colour in LOOKS.values()}) == len({marker for marker, _ in LOOKS.values()}) == len(LOOKS)
    table = pd.DataFrame({"how": ["one", "other"] * 2, "share": [0, 0, 1, 1], "value": [1, 1, 2, 3]})
    table = table.assign(low=table["value"] - 0.5, high=table["value"] + 0.5)
    lines = [line for axes in figures.by_share({"a measure": table}).axes for line in axes.get_lines()]
    assert {line.get_color() for line in lines} == {INK, VIOLET}
    assert not colours & {line.get_color().lower() for line in lines}
