"""The pages: safe, offline, reachable from one another, and the same bytes for the same notebooks."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from fashionnet.figures.photos import STYLE
from fashionnet.figures.retrieval import LAYOUT
from fashionnet.pages import site, write_page, write_pages
from fashionnet.pages.content import read_content

HOSTILE = "<script>alert(1)</script>"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class Page(HTMLParser):
    """Tags of a page with their attributes, and the text of its scripts."""

    VOID = ("meta", "link", "img", "br", "hr", "input")

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data

    def having(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def notebook(title, *cells):
    return new_notebook(cells=[new_markdown_cell(f"# {title}\n\n> What is it?"), *cells])


def output(data, metadata=None):
    return new_output("display_data", data=data, metadata=metadata or {})


@pytest.fixture
def executed(tmp_path):
    """Three executed notebooks with every kind of output, hostile text in each."""
    folder = tmp_path / "executed"
    folder.mkdir()
    frame = pd.DataFrame({HOSTILE: [HOSTILE]})
    cells = [
        new_markdown_cell(f"## First\n\nText {HOSTILE} [link](javascript:alert(1)) <img src=x onerror=alert(1)>"),
        new_code_cell(
            "k = 1  # why",
            metadata={"tags": ["parameters"]},
        ),
        new_code_cell(
            f"x = '{HOSTILE}'",
            outputs=[
                new_output("stream", name="stdout", text=f"{HOSTILE} \x1b[31mred\x1b[0m\n"),
                output({"text/plain": HOSTILE}),
                output({"text/html": frame._repr_html_(), "text/plain": ""}),
                output({"text/markdown": f"## Card\n\n| a | b |\n|---|---|\n| {HOSTILE} | 1 |", "text/plain": ""}),
                output({"image/png": PIXEL, "text/plain": ""}, {"image/png": {"alt": f'"{HOSTILE}', "width": 700}}),
                new_output("error", ename="E", evalue=HOSTILE, traceback=[HOSTILE]),
            ],
        ),
        new_markdown_cell("## First\n\nagain, and `code`\n\n### Main"),
    ]
    link = new_markdown_cell("[data](02_data.ipynb), [training](04_train.ipynb), [gone](99_gone.ipynb)")
    for name, title, own in (
        ("14_overview", "Overview", [link]),
        ("02_data", "The data", cells),
        ("04_train-darn", "Training", []),
        ("04_train-fashionnet", "Training", []),
    ):
        nbformat.write(notebook(title, *own), folder / f"{name}.ipynb")
    return folder


@pytest.fixture
def reports(executed, tmp_path):
    write_pages(executed, tmp_path / "reports")
    write_page(executed / "02_data.ipynb", tmp_path / "reports/run.html", executed)
    return tmp_path / "reports"


def pages(reports):
    return {path: Page(path.read_text()) for path in sorted(reports.rglob("*.html"))}


def test_the_overview_is_the_front_page_and_every_other_notebook_has_one(reports):
    found = sorted(str(path.relative_to(reports)) for path in reports.rglob("*.html"))
    assert found == [
        "index.html",
        "pages/02_data.html",
        "pages/04_train-darn.html",
        "pages/04_train-fashionnet.html",
        "run.html",
    ]
    assert "<h1" in (reports / "index.html").read_text()
    assert "Overview" in (reports / "index.html").read_text()


def test_hostile_text_runs_nowhere(reports):
    for path, page in pages(reports).items():
        text = path.read_text()
        assert HOSTILE not in text
        assert not re.search(r"<[^>]*\bonerror\s*=", text)
        assert not any("javascript:" in link.get("href", "") for link in page.having("a"))
        assert len(page.scripts) == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in (reports / "pages/02_data.html").read_text()


def test_the_policy_allows_the_pages_own_script_alone(reports):
    for page in pages(reports).values():
        policy = next(m["content"] for m in page.having("meta") if m.get("http-equiv") == "Content-Security-Policy")
        digest = base64.b64encode(hashlib.sha256(page.scripts[0].encode()).digest()).decode()
        assert f"script-src 'sha256-{digest}'" in policy
        assert "default-src 'none'" in policy
        assert "unsafe-eval" not in policy


def test_nothing_is_loaded_from_elsewhere(reports):
    for path, page in pages(reports).items():
        for _, attributes in page.tags:
            for name in ("src", "href", "data", "srcset"):
                assert not re.match(r"(https?:)?//", attributes.get(name) or "")
        assert not re.search(r"@import|url\(", path.read_text())


def test_every_link_leads_to_a_page_or_a_heading_that_is_there(reports):
    for path, page in pages(reports).items():
        anchors = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(anchors) == len(set(anchors))
        for link in page.having("a"):
            if not link.get("href"):
                continue
            target, _, anchor = link["href"].partition("#")
            if target:
                assert (path.parent / target).resolve().is_file(), link
            else:
                assert anchor in [*anchors, "harmful-link"]  # what the Markdown reader makes of javascript:


def test_every_page_leads_to_all_others_and_marks_itself(reports):
    everything = {path.resolve() for path in reports.rglob("*.html")}
    for path, page in pages(reports).items():
        linked = {(path.parent / a["href"]).resolve() for a in page.having("a") if a.get("href", "#")[0] != "#"}
        assert everything <= linked
        current = [a for a in page.having("a") if a.get("aria-current") == "page"]
        assert [(path.parent / a["href"]).resolve() for a in current] == [path.resolve()]


def test_previous_and_next_follow_the_navigation(reports):
    order = [
        "index.html",
        "pages/02_data.html",
        "pages/04_train-fashionnet.html",
        "pages/04_train-darn.html",
        "run.html",
    ]
    found = pages(reports)
    for place, address in enumerate(order):
        page = found[reports / address]
        for rel, other in (("prev", place - 1), ("next", place + 1)):
            links = [a["href"] for a in page.having("a") if a.get("rel") == rel]
            if 0 <= other < len(order):
                assert [((reports / address).parent / href).resolve() for href in links] == [reports / order[other]]
            else:
                assert links == []


def test_links_between_notebooks_lead_to_their_pages(reports):
    text = (reports / "index.html").read_text()
    assert '<a href="pages/02_data.html">data</a>' in text
    assert '<a href="pages/04_train-fashionnet.html">training</a>' in text
    assert ", gone</p>" in text


def test_pictures_keep_their_alt_text_and_width(reports):
    images = Page((reports / "pages/02_data.html").read_text()).having("img")
    assert images == [{"src": f"data:image/png;base64,{PIXEL}", "alt": f'"{HOSTILE}', "width": "700"}]


def test_code_is_folded_and_parameters_are_named(reports):
    text = (reports / "pages/02_data.html").read_text()
    folded = re.findall(r"<details class=\"code\"><summary>(\w+)</summary>", text)
    assert folded == ["Parameters", "Code"]
    assert not re.search(r"<details[^>]* open", text)


def test_headings_make_the_contents_list(executed):
    content = read_content(executed / "02_data.ipynb", lambda name: None)
    assert content.title == "The data"
    assert [(heading.text, heading.anchor) for heading in content.contents] == [
        ("First", "first"),
        ("Card", "card"),
        ("First", "first-2"),
    ]


def test_the_same_notebooks_give_the_same_bytes(executed, reports, tmp_path):
    write_pages(executed, tmp_path / "again")
    for path in (tmp_path / "again").rglob("*.html"):
        assert path.read_bytes() == (reports / path.relative_to(tmp_path / "again")).read_bytes()


def test_pages_of_notebooks_that_went_are_removed(executed, reports):
    (executed / "04_train-fashionnet.ipynb").unlink()
    write_pages(executed, reports)
    assert not (reports / "pages/04_train-fashionnet.html").exists()
    assert "04_train-fashionnet" not in (reports / "index.html").read_text()


def test_without_the_overview_there_is_no_front_page(executed, tmp_path):
    (executed / "14_overview.ipynb").unlink()
    with pytest.raises(ValueError, match="found no 14_overview"):
        write_pages(executed, tmp_path / "reports")


def test_every_page_says_its_language_and_fits_a_phone(reports):
    for page in pages(reports).values():
        assert page.having("html") == [{"lang": "en"}]
        assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.having("meta")
        assert len(page.having("h1")) == 1
        assert page.open == []


def names_of(path):
    """The name of every link of the navigation, as a screen reader has it: all its text."""
    text = path.read_text()
    nav = text[text.index('<nav aria-label="Pages"') : text.index("</nav>")]
    return [re.sub(r"<[^>]+>", "", inner).strip() for inner in re.findall(r"<a [^>]*>(.*?)</a>", nav, re.DOTALL)]


def test_experiments_stand_below_their_notebook_in_the_order_of_every_table(reports):
    expected = ["Overview", "The data", "Training: FashionNet", "Training: DARN", "The run"]
    for path in reports.rglob("*.html"):
        assert names_of(path) == expected


def test_every_link_and_button_has_a_name_and_no_two_links_of_a_navigation_share_one(reports):
    for path in reports.rglob("*.html"):
        text = path.read_text()
        for tag in ("a", "button", "summary"):
            for inner in re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", text, re.DOTALL):
                assert re.sub(r"<[^>]+>", "", inner).strip()
        assert len(set(names_of(path))) == len(names_of(path))


def test_headings_skip_no_level_and_landmarks_have_names(reports):
    for path, page in pages(reports).items():
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        for before, after in pairwise(levels):
            assert after <= before + 1, path
        assert len(page.having("main")) == 1
        assert len(page.having("header")) == 1
        labels = [nav.get("aria-label") for nav in page.having("nav")]
        assert all(labels)
        assert len(set(labels)) == len(labels)
        skip = page.having("a")[0]
        assert (skip["class"], skip["href"]) == ("skip", "#main")


def test_what_may_scroll_sideways_can_be_reached_by_keyboard(reports):
    for page in pages(reports).values():
        for attributes in page.having("pre"):
            assert attributes.get("tabindex") == "0"
        around = [attributes for tag, attributes in page.tags if tag == "figure"]
        assert len(around) >= len(page.having("table"))
        for attributes in around:
            assert attributes.get("tabindex") == "0"


def test_no_head_of_a_table_is_empty(reports):
    text = (reports / "pages/02_data.html").read_text()
    assert 'class="dataframe"' in text
    assert re.findall(r"<th[^>]*></th>", text) == []


def luminance(colour):
    if len(colour) == 4:
        colour = "#" + "".join(2 * digit for digit in colour[1:])
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_colour_of_text_can_be_read_on_every_ground():
    style = (Path(site.__file__).parent / "style.css").read_text() + STYLE + LAYOUT
    names = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", style))
    style = re.sub(r"var\(--(\w+)\)", lambda found: names[found.group(1)], style)
    inks = set(re.findall(r"(?<![-\w])color: ?(#[0-9a-f]{3,6})", style))
    grounds = set(re.findall(r"background: ?(#[0-9a-f]{3,6})", style))
    assert len(inks) > 5
    assert len(grounds) > 5
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    for ink in inks:
        for ground in grounds:
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    outline = re.search(r"outline: 3px solid (#[0-9a-f]{6})", style).group(1)
    assert contrast(outline, "#ffffff") >= 3, "the focus has to be seen"
