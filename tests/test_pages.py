"""The pages: safe, offline, reachable from one another, and the same bytes for the same notebooks."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from fashionnet.pages import write_page, write_pages
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
    assert found == ["index.html", "pages/02_data.html", "pages/04_train-fashionnet.html", "run.html"]
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
    order = ["index.html", "pages/02_data.html", "pages/04_train-fashionnet.html", "run.html"]
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
    assert "04_train" not in (reports / "index.html").read_text()


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
