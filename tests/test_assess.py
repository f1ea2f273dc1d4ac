"""Annotation assessment: what is drawn, what is kept, what is estimated, and the form without a browser."""

import base64
import io
import re
from collections import Counter
from dataclasses import replace

import nbformat
import numpy as np
import pandas as pd
import pytest
from factories import make_prepared
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from nbclient import NotebookClient
from PIL import Image
from scipy.stats import binom

from fashionnet.assess import (
    answered,
    assess_with_truth,
    draw,
    draw_questions,
    estimate,
    read_answers,
    record,
    true_attributes,
)
from fashionnet.assess.estimate import accuracy, weighted
from fashionnet.assess.form import BACK, form, typed
from fashionnet.assess.garments import MARGIN, SIZE, garments, with_photos
from fashionnet.findings.assessment import assessment
from fashionnet.formats import FormatError
from fashionnet.formats.layout import find_benchmarks
from fashionnet.metrics.intervals import Value
from fashionnet.prepare.tables import save_prepared
from fashionnet.project import project_root

LABELS = np.array([[1, 0, -1, -1], [0, 0, 0, 0], [-1, -1, 1, -1], [-1, 1, -1, 0]], np.int8)


def made(label, population, answers):
    return pd.DataFrame({"label": label, "population": population, "answer": list(answers)})


# what is drawn


def test_every_label_of_a_kind_is_drawn_once_and_an_unknown_one_never():
    drawn = draw(LABELS, seed=0, number=100)
    places = list(zip(drawn["row"], drawn["column"]))
    assert sorted(places) == [(row, column) for row in range(4) for column in range(4) if LABELS[row, column]]
    for question in drawn.itertuples():
        assert LABELS[question.row, question.column] == question.label
        assert question.population == {1: 3, -1: 7}[question.label]


def test_each_label_of_a_kind_is_drawn_equally_often():
    labels = np.random.default_rng(3).choice(np.array([1, -1, 0], np.int8), (6, 5), p=[0.2, 0.7, 0.1])
    seeds, counts, lengths = 600, Counter(), Counter()
    for seed in range(seeds):
        drawn = draw(labels, seed, 6)
        counts.update(zip(drawn["row"], drawn["column"]))
        lengths.update(drawn["label"])
    for label in (1, -1):
        own = np.array([counts[place] for place in zip(*np.nonzero(labels == label))])
        expected = lengths[label] / len(own)
        assert abs(own - expected).max() < 4.5 * np.sqrt(expected), "beyond 4.5 standard deviations"


def test_the_next_questions_kind_is_as_good_as_the_toss_of_a_coin():
    labels = np.where(np.random.default_rng(0).random((400, 50)) < 0.1, 1, -1).astype(np.int8)
    drawn = draw(labels, seed=0, number=1500)["label"].to_numpy() == 1
    deviation = 0.5 / np.sqrt(len(drawn))
    assert abs(drawn.mean() - 0.5) < 4 * deviation
    assert abs((drawn[1:] == drawn[:-1]).mean() - 0.5) < 4 * deviation


def test_more_questions_begin_with_the_same_ones_and_another_seed_draws_others():
    labels = np.where(np.random.default_rng(1).random((300, 20)) < 0.2, 1, -1).astype(np.int8)
    few, many = draw(labels, 7, 40), draw(labels, 7, 400)
    pd.testing.assert_frame_equal(few, many.head(40))
    assert not few.equals(draw(labels, 8, 40))
    assert not many.duplicated(["row", "column"]).any()


@pytest.mark.parametrize("labels", [np.zeros((3, 4), np.int8), np.zeros((0, 4), np.int8), np.zeros((3, 0), np.int8)])
def test_of_labels_that_are_not_known_none_is_drawn(labels):
    drawn = draw(labels, 0, 10)
    assert len(drawn) == 0
    assert list(drawn) == ["row", "column", "label", "population"]
    assert estimate(drawn.assign(answer=""))["n"].tolist() == [0, 0, 0]


def test_too_many_questions_are_refused():
    with pytest.raises(ValueError, match="found 5001 questions, expected 0 to 5000"):
        draw(LABELS, 0, 5001)


def test_a_question_names_its_photo_and_its_attribute():
    prepared = make_prepared(photos=20)
    questions = draw_questions(prepared, 0, 30)
    for question in questions.itertuples():
        photo, name = prepared.photos.iloc[question.row], prepared.attribute_names.iloc[question.column]
        assert (question.benchmark, question.image_name) == (photo["benchmark"], photo["image_name"])
        assert (question.attribute, question.group) == (name["attribute_name"], name["group"])
        assert prepared.attributes[question.row, question.column] == question.label


# what is estimated


@given(st.integers(1, 600).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(deadline=None)
def test_the_interval_is_clopper_and_pearsons(counts):
    """Its limits are the shares at which as many right answers, or as few, have a probability of 2.5 %."""
    right, number = counts
    value = accuracy(right, number)
    if right:
        assert binom.sf(right - 1, number, value.low) == pytest.approx(0.025, rel=1e-6)
    else:
        assert value.low == 0
    if right < number:
        assert binom.cdf(right, number, value.high) == pytest.approx(0.025, rel=1e-6)
    else:
        assert value.high == 1


def test_the_estimate_by_hand():
    answers = pd.concat([made(1, 100, "yyyns"), made(-1, 900, "nnnnnnny")])
    table = estimate(pd.concat([answers, made(1, 100, [""])]))
    assert table.loc["positive", ["labels", "skipped", "n", "right"]].tolist() == [100, 1, 4, 3]
    assert table.loc["negative", ["labels", "skipped", "n", "right"]].tolist() == [900, 0, 8, 7]
    assert table["probability"].tolist()[:2] == [4 / 100, 8 / 900]
    assert table["value"].tolist() == pytest.approx([3 / 4, 7 / 8, (100 * 3 / 4 + 900 * 7 / 8) / 1000])
    low = 0.1 * (3 / 4 - table.loc["positive", "low"]), 0.9 * (7 / 8 - table.loc["negative", "low"])
    assert table.loc["all", "value"] - table.loc["all", "low"] == pytest.approx(np.hypot(*low))
    assert table.loc["all", ["labels", "skipped", "n", "right"]].tolist() == [1000, 1, 12, 10]

    true = true_attributes(table, photos=50)
    assert true.value == pytest.approx((100 * 3 / 4 + 900 * 1 / 8) / 50)
    assert true.low < true.value < true.high
    assert true.n == 12


def test_without_answers_of_a_kind_nothing_is_said_of_it_or_of_all():
    table = estimate(made(1, 10, "yy"))
    assert table.loc["positive", "value"] == 1
    assert np.isnan(table.loc[["negative", "all"], ["value", "low", "high"]]).all(axis=None)


@given(st.lists(st.tuples(st.floats(0, 5), st.lists(st.floats(0, 1), min_size=3, max_size=3)), min_size=1, max_size=4))
def test_a_sum_lies_within_the_sums_of_its_parts_limits(parts):
    values = [(weight, Value(mid, low, high, 1)) for weight, (low, mid, high) in ((w, sorted(v)) for w, v in parts)]
    found = weighted(values)
    low, high = (sum(weight * getattr(part, end) for weight, part in values) for end in ("low", "high"))
    assert low - 1e-9 <= found.low <= found.value <= found.high <= high + 1e-9


def planted(seed, photos=2000, attributes=60, share=0.08, wrong=(0.03, 0.006), unknown=0.05):
    """Given and true labels: `wrong` is the share of the given positives and of the given negatives that are wrong."""
    rng = np.random.default_rng(seed)
    labels = np.where(rng.random((photos, attributes)) < share, 1, -1).astype(np.int8)
    labels[rng.random(labels.shape) < unknown] = 0
    true = labels.copy()
    for label, part in zip((1, -1), wrong):
        places = np.flatnonzero(labels == label)
        true.flat[rng.permutation(places)[: round(part * len(places))]] = -label
    return labels, true


@pytest.mark.parametrize(
    ("wrong", "share"), [((0.03, 0.006), 0.08), ((0.0, 0.001), 0.02)], ids=["as the poster's", "next to none"]
)
def test_the_estimate_covers_the_truth_for_at_least_nine_seeds_in_ten(wrong, share):
    labels, true = planted(seed=1, wrong=wrong, share=share)
    truth = {
        "positive": np.mean(true[labels == 1] == 1),
        "negative": np.mean(true[labels == -1] == -1),
        "all": np.mean(true[labels != 0] == labels[labels != 0]),
        "attributes": (true == 1).sum() / len(true),
    }
    hits, widths = Counter(), []
    for seed in range(200):
        table = assess_with_truth(labels, true, seed, 400)
        attributes = true_attributes(table, len(labels))
        hits["attributes"] += attributes.low <= truth["attributes"] <= attributes.high
        for kind in ("positive", "negative", "all"):
            hits[kind] += table.loc[kind, "low"] <= truth[kind] <= table.loc[kind, "high"]
            widths.append(table.loc[kind, "high"] - table.loc[kind, "low"])
    assert min(hits[kind] for kind in truth) >= 0.9 * 200, hits
    assert max(widths) < 0.15, "an interval from 0 to 1 would cover everything"


def test_estimates_center_on_the_truth_though_the_kinds_are_not_drawn_as_they_occur():
    labels, true = planted(seed=2, wrong=(0.3, 0.02))
    found = [assess_with_truth(labels, true, seed, 400)["value"] for seed in range(100)]
    mean, error = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(100)
    known = labels != 0
    truth = [np.mean(true[labels == 1] == 1), np.mean(true[labels == -1] == -1), np.mean((true == labels)[known])]
    assert (abs(mean - truth) < 4 * error).all()
    # As many positives as negatives were asked: their plain share would be far off.
    assert abs((truth[0] + truth[1]) / 2 - truth[2]) > 0.1


def test_who_knows_the_truth_of_nothing_skips_everything():
    table = assess_with_truth(LABELS, np.zeros_like(LABELS), 0, 10)
    assert table["skipped"].tolist() == [3, 7, 10]
    assert table["n"].tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match=r"found labels \(4, 4\) and true ones \(3, 4\)"):
        assess_with_truth(LABELS, LABELS[:3], 0, 10)


# what is kept


@pytest.fixture
def questions():
    prepared = make_prepared(photos=20)
    drawn = draw_questions(prepared, 0, 12)
    return drawn.assign(photo=drawn["image_name"].map(lambda name: f"{hash(name):x}"[-8:]))


def test_an_answer_is_kept_in_place_of_an_earlier_one_and_nothing_else_is_lost(questions, tmp_path):
    path = tmp_path / "reports" / "answers.csv"
    assert (answered(questions, read_answers(path))["answer"] == "").all()
    record(path, questions.iloc[3], "y")
    record(path, questions.iloc[0], "s")
    record(path, questions.iloc[3], "n")
    table = answered(questions, read_answers(path))
    assert table["answer"].tolist() == ["s", "", "", "n", *[""] * 8]
    pd.testing.assert_frame_equal(table.drop(columns="answer"), questions)
    assert len(read_answers(path)) == 2
    assert [entry.name for entry in path.parent.iterdir()] == ["answers.csv"]


def test_the_file_of_answers_tells_no_label(questions, tmp_path):
    record(tmp_path / "a.csv", questions.iloc[0], "y")
    assert (tmp_path / "a.csv").read_text().splitlines()[0] == "benchmark,image_name,photo,attribute,answer"


def test_an_answer_to_another_photo_of_the_same_name_does_not_count(questions, tmp_path):
    path = tmp_path / "answers.csv"
    record(path, questions.iloc[0], "y")
    others = questions.assign(photo="0" * 16)
    assert (answered(others, read_answers(path))["answer"] == "").all()
    record(path, others.iloc[0], "n")
    assert answered(questions, read_answers(path))["answer"][0] == "y"


def test_names_survive_the_file_whatever_they_hold(questions, tmp_path):
    path = tmp_path / "answers.csv"
    odd = questions.assign(attribute=["n/a", 'a "b", c', "é", "", "NaN", "1", "=x", " y ", "n", "None", "0.10", "-"])
    for _, question in odd.iterrows():
        record(path, question, "y")
    assert (answered(odd, read_answers(path))["answer"] == "y").all()


def test_a_killed_writer_leaves_the_old_answers(questions, tmp_path, monkeypatch):
    path = tmp_path / "answers.csv"
    record(path, questions.iloc[0], "y")

    def half(table, path, **options):
        path.write_text("benchmark,image")
        raise KeyboardInterrupt

    monkeypatch.setattr(pd.DataFrame, "to_csv", half)
    with pytest.raises(KeyboardInterrupt):
        record(path, questions.iloc[1], "n")
    assert read_answers(path)["answer"].tolist() == ["y"]


HEAD = "benchmark,image_name,photo,attribute,answer\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"answers.csv:1: found '', expected benchmark,image_name,photo,attribute,answer"),
        ("a,b\n", r"answers.csv:1: found 'a,b', expected benchmark"),
        (HEAD + "a,b,c,d,y\na,b,c,d\n", r"answers.csv:3: found 4 values, expected 5"),
        (HEAD + "a,b,c,d,yes\n", r"answers.csv:2: found answer 'yes', expected one of y, n, s"),
        (HEAD + "\udcff", r"answers.csv: found 'utf-8' codec .*, expected a CSV file in UTF-8"),
        (HEAD + "a" * 200_000, r"answers.csv: found field larger than .*, expected a CSV file in UTF-8"),
        (HEAD + "a,b,c,d,y\na,b,c,e,y\na,b,c,d,n\n", r"answers.csv:4: found a second answer to a question"),
    ],
)
def test_a_file_that_holds_no_answers_is_refused(tmp_path, text, message):
    path = tmp_path / "answers.csv"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(FormatError, match=message):
        read_answers(path)


def test_a_file_that_a_spreadsheet_saved_is_read(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text(f"{HEAD}a,b,c,d,Y\n\n,,,,\n", encoding="utf-8-sig")
    assert read_answers(path)["answer"].tolist() == ["y"]


# the form


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [("", "y", "y"), ("yn", "ynS", "s"), ("yn", "y", BACK), ("y", "", BACK), ("y", "ynn", "n"), ("y", "y", ""),
     ("yn", "xx", ""), ("yy", "n", "")],
)  # fmt: skip
def test_a_key_is_told_from_what_the_field_held(before, after, key):
    assert typed(before, after) == key


class Person:
    """Types into the form and clicks, as the browser would tell it."""

    def __init__(self, questions, path):
        self.asked = []

        def garment(question):
            self.asked.append(question["image_name"])
            return Markup("<img alt='photo'>")

        self.page, self.field, buttons = form(questions, path, garment).children
        self.buttons = buttons.children

    def type(self, keys):
        for key in keys:
            self.field.value += key

    @property
    def place(self):
        return int(re.search(r"Question (\d+) of", self.page.value).group(1))


def test_keys_answer_one_question_after_the_other_and_back_returns(questions, tmp_path):
    path = tmp_path / "answers.csv"
    person = Person(questions, path)
    assert person.place == 1
    person.type("yn")
    assert read_answers(path)["answer"].tolist() == ["y", "n"]
    person.type("x")
    assert person.place == 3
    person.type("bb")
    assert person.place == 1
    assert "Your answer so far: yes" in person.page.value
    person.type("S")
    assert answered(questions, read_answers(path))["answer"].tolist()[:3] == ["s", "n", ""]
    assert person.place == 2
    person.field.value = person.field.value[:-1]  # the last character taken back
    assert person.place == 1
    person.type("b")
    assert person.place == 1
    assert person.asked[:3] == questions["image_name"].tolist()[:3]


def test_buttons_do_what_the_keys_do(questions, tmp_path):
    path = tmp_path / "answers.csv"
    person = Person(questions, path)
    for button in (0, 1, 2, 3):
        person.buttons[button].click()
    assert answered(questions, read_answers(path))["answer"].tolist()[:4] == ["y", "n", "s", ""]
    assert person.place == 3
    assert [button.description[0] for button in person.buttons] == ["y", "n", "s", "b"]


def test_it_goes_on_where_one_stopped_and_says_when_all_is_answered(questions, tmp_path):
    path = tmp_path / "answers.csv"
    Person(questions, path).type("ynys")
    person = Person(questions, path)
    assert person.place == 5
    person.type("y" * 8)
    assert "All 12 questions have an answer" in person.page.value
    person.type("y")
    assert len(read_answers(path)) == 12
    person.type("b")
    assert person.place == 12
    assert "nothing to ask" in Person(questions.head(0), path).page.value


def test_the_form_shows_neither_the_label_nor_its_kind_and_escapes_names(questions, tmp_path):
    pages = []
    for label in (1, -1):
        hostile = questions.assign(label=label, population=label * 77, attribute="<script>")
        pages.append(Person(hostile, tmp_path / "a.csv").page.value)
    assert pages[0] == pages[1]
    assert not re.search("positive|negative|label", pages[0])
    assert "&lt;script&gt;" in pages[0]
    assert "<script>" not in pages[0]


# photos


@pytest.fixture
def on_disk(tmp_path):
    """Prepared data with the photos behind them, each of one colour with its box in another."""
    prepared = make_prepared(photos=12, benchmarks=["category_attribute"])
    folder = tmp_path / "data" / "Category and Attribute Prediction Benchmark" / "Img"
    for number, row in enumerate(prepared.photos.itertuples()):
        pixels = np.full((row.height, row.width, 3), (250, 240, 10), np.uint8)
        pixels[int(row.y_1) : int(row.y_2), int(row.x_1) : int(row.x_2)] = (10, 20 * number, 200)
        (folder / row.image_name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / row.image_name, format="PNG")
    return prepared, tmp_path / "data"


def test_a_question_shows_its_garment_with_a_line_around_the_box(on_disk):
    prepared, data = on_disk
    found = find_benchmarks(data)
    questions = with_photos(draw_questions(prepared, 0, 6), found)
    for _, question in questions.iterrows():
        html = garments(prepared, found)(question)
        pixels = decoded(html)
        assert pixels.shape == (SIZE, SIZE, 3)
        assert (pixels[SIZE // 2, SIZE // 2] == (10, 20 * question["row"], 200)).all()
        # The longer side of the box, its margins left and right of it, fills the picture: the line stands at both ends.
        photo = prepared.photos.iloc[question["row"]]
        upright = photo["y_2"] - photo["y_1"] >= photo["x_2"] - photo["x_1"]
        middle = pixels[:, SIZE // 2] if upright else pixels[SIZE // 2]
        black = np.flatnonzero((middle == 0).all(-1))
        expected = SIZE * MARGIN / (1 + 2 * MARGIN)
        assert abs(black.min() - expected) < 2
        assert abs(SIZE - black.max() - expected) < 2


def decoded(html):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(re.search('base64,([^"]+)', html).group(1)))))


def test_the_digest_is_of_the_photos_bytes(on_disk):
    prepared, data = on_disk
    found = find_benchmarks(data)
    drawn = draw_questions(prepared, 0, 30)
    before = with_photos(drawn, found)
    assert before.groupby("image_name")["photo"].nunique().eq(1).all()
    assert before["photo"].nunique() == before["image_name"].nunique()
    changed = drawn["image_name"][0]
    path = found["category_attribute"].photo(changed)
    path.write_bytes(path.read_bytes() + b"\n")
    after = with_photos(drawn, found)
    assert set(drawn["image_name"][before["photo"] != after["photo"]]) == {changed}
    path.unlink()
    with pytest.raises(FileNotFoundError, match=re.escape(changed.rpartition("/")[2])):
        with_photos(drawn, found)
    assert len(with_photos(drawn.head(0), found)) == 0


# the notebook


def run_notebook(root, answers=""):
    """The outputs' text of the notebook in a project that has nothing but what it needs."""
    notebook = nbformat.read(project_root() / "notebooks/assess.ipynb", as_version=4)
    (root / "notebooks").mkdir(exist_ok=True)
    for name in ("dvc.yaml", "params.yaml"):
        (root / name).touch()
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(root / "notebooks")}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in outputs)
    return Markup(" ".join(output["data"].get("text/html", "") for output in outputs)).striptags()


def test_the_notebook_runs_without_answers_and_with_some(on_disk, tmp_path):
    prepared, data = on_disk
    folder = tmp_path / "artifacts" / "prepared"
    folder.mkdir(parents=True)
    (folder / "crops.bin").write_bytes(prepared.crops.tobytes())
    save_prepared(prepared, folder)
    assert "No question has an answer yet" in run_notebook(tmp_path)
    assert not (tmp_path / "reports").exists()

    asked = with_photos(draw_questions(prepared, 0, 200), find_benchmarks(data))
    for place, question in asked.head(20).iterrows():
        truth = "y" if question["label"] == 1 else "n"
        record(tmp_path / "reports/assessment.csv", question, "s" if place == 7 else truth)
    text = run_notebook(tmp_path)
    assert re.search(r"100\.0 % \(\d+\.\d to 100\.0\) of the positive labels are right, by \d+ answers", text)
    assert "1 question was skipped, 5.0 % of those asked" in text


# what is said


def test_what_the_answers_say():
    table = estimate(pd.concat([made(1, 1000, "y" * 97 + "nnn"), made(-1, 99_000, "n" * 99 + "y")]))
    text = " ".join(assessment(table, 10.0, Value(20.0, 15.0, 30.0, 200)))
    assert "97.0 % (91.5 to 99.4) of the positive labels are right, by 100 answers" in text
    assert "The poster's 97.0 %, of DeepFashion's own labels, lies within that interval" in text
    assert "99.0 % (94.6 to 100.0) of the negative labels" in text
    assert "10.0 positive labels; by these answers 20.0 (15.0 to 30.0) attributes are really there" in text
    assert "skipped" not in text
    bad = " ".join(assessment(estimate(made(1, 1000, "n" * 50 + "y" * 50)), 1.0, Value(np.nan, np.nan, np.nan, 0)))
    assert "lies above it" in bad
    assert "negative" not in bad
    assert "all labels" not in bad
    perfect = estimate(made(-1, 1000, "n" * 2000))
    assert "lies below it" in " ".join(assessment(perfect, 1.0, Value(np.nan, np.nan, np.nan, 0)))
    [nothing] = assessment(estimate(made(1, 10, [""])), 1.0, Value(np.nan, np.nan, np.nan, 0))
    assert "answer with y, n or s" in nothing


def test_it_works_on_data_without_attributes():
    prepared = make_prepared(photos=12, drop=["attributes"])
    assert len(draw_questions(prepared, 0, 10)) == 0
    bare = replace(prepared, attributes=np.zeros((len(prepared.photos), 0), np.int8))
    assert np.isnan(estimate(draw_questions(bare, 0, 10).assign(answer=""))["value"]).all()
