"""The real dvc.yaml, end to end on the tiny sample in a copy of the project, as its users run it."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urldefrag

import nbformat
import pytest
from browser import Watched, browser, jupyter, needs_browser, run_all, serious
from commands import ENVIRONMENT, dvc, ran
from nbclient import NotebookClient
from ruamel.yaml import YAML

from fashionnet.evaluate import HEADLINES
from fashionnet.quick import make_copy

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
BENCHMARKS = ("category_attribute", "landmarks", "in_shop", "consumer_to_shop")
WIDE, PHONE = {"width": 1200, "height": 900}, {"width": 390, "height": 800}


def digests(project, *patterns):
    files = [path for pattern in patterns for path in project.glob(pattern) if path.is_file()]
    return {str(path.relative_to(project)): hashlib.md5(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def study(tmp_path_factory, tiny_sample):
    """The project after a first `dvc repro` on the tiny sample, and what DVC said."""
    project = tmp_path_factory.mktemp("study")
    make_copy(ROOT, project)
    shutil.copytree(tiny_sample, project / "data")
    return project, dvc(project, "repro")


def test_every_stage_runs_and_leaves_what_is_promised(study):
    project, output = study
    stages = [line.split()[0] for line in dvc(project, "stage", "list").splitlines()]
    assert sorted(ran(output)) == sorted(stages)
    for benchmark in BENCHMARKS:
        metrics = json.loads((project / f"reports/metrics/{benchmark}.json").read_text())
        assert "fashionnet" in metrics
        for system, values in metrics.items():
            compared = {"fashionnet_minus_this"} if system not in ("fashionnet", "chance") else set()
            for name, value in values.items():
                assert value.keys() - compared == {"value", "low", "high", "n"}
                assert compared <= value.keys() or name not in metrics["fashionnet"]
        assert (project / f"artifacts/predictions/fashionnet/{benchmark}.npz").is_file()
    assert list((project / "artifacts/models/fashionnet").glob("*.safetensors"))
    for page in ("index.html", "run.html", *(f"pages/{name}.html" for name in NOTEBOOKS if name[:2] in ("02", "06"))):
        assert (project / "reports" / page).stat().st_size > 2_000
    for page in project.glob("reports/**/*.html"):
        assert page.stat().st_size < 3_000_000, f"{page.name} takes too long to open"
    trained = {path.name for path in project.glob("artifacts/models/*")}
    assert {path.stem for path in project.glob("artifacts/cards/*.md")} == trained
    assert not list(project.glob("artifacts/checkpoints/**/*.pt"))


def test_a_second_run_finds_nothing_to_do(study):
    project, _ = study
    assert "up to date" in dvc(project, "status")
    assert ran(dvc(project, "repro")) == []


def test_saving_a_notebook_in_jupyterlab_runs_no_stage_but_its_copy(study):
    project, _ = study
    before = (project / "dvc.lock").read_text()
    path = project / "notebooks/04_train.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for number, cell in enumerate(cell for cell in notebook.cells if cell.cell_type == "code"):
        cell.execution_count = number + 1
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="a saved output\n")]
        cell.metadata["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.13.1"}
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(notebook, path)
    assert set(ran(dvc(project, "repro"))) <= {"source"}
    shutil.copyfile(ROOT / "notebooks/04_train.ipynb", path)
    dvc(project, "repro")
    assert (project / "dvc.lock").read_text() == before


def test_metrics_and_plots_show(study):
    project, _ = study
    shown = dvc(project, "metrics", "show", "--md")
    heading, _, row = (line.split("|")[2:-1] for line in shown.splitlines()[:3])
    names = [name.strip() for name in heading]
    assert set(names) <= set(HEADLINES)
    in_shop = json.loads((project / "reports/metrics/in_shop.json").read_text())["fashionnet"]["top1"]["value"]
    assert float(row[names.index("in_shop_top1")]) == pytest.approx(in_shop, abs=1e-4)
    dvc(project, "plots", "show")
    page = (project / "dvc_plots/index.html").read_text()
    for plot in YAML(typ="safe").load((ROOT / "dvc.yaml").read_text())["plots"]:
        [title] = plot
        assert title in page


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_runs_in_its_own_folder_as_jupyterlab_runs_it(study, name):
    project, _ = study
    tracked = digests(project, "artifacts/prepared/*", "artifacts/models/**/*", "artifacts/predictions/**/*",
                      "reports/metrics/*")  # fmt: skip
    notebook = nbformat.read(project / "notebooks" / f"{name}.ipynb", as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(project / "notebooks")}}).execute()
    assert tracked == digests(project, "artifacts/prepared/*", "artifacts/models/**/*",
                              "artifacts/predictions/**/*", "reports/metrics/*")  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_forced_run_trains_again_and_gives_the_same_bytes(study):
    project, _ = study
    outcome = ("artifacts/prepared/*", "artifacts/models/**/*", "artifacts/predictions/**/*", "artifacts/executed/*",
               "reports/metrics/*", "reports/index.html", "reports/pages/*")  # fmt: skip
    before, lock = digests(project, *outcome), (project / "dvc.lock").read_text()
    output = dvc(project, "repro", "-f")
    assert "train@fashionnet" in ran(output)
    assert digests(project, *outcome) == before
    # The run's own page tells of times: the lock of that stage alone may differ.
    assert stage_entries((project / "dvc.lock").read_text()) == stage_entries(lock)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_an_experiment_is_run_shown_and_taken_back_as_readme_says(study):
    """In a git repository, as a clone is one; the block of README, word by word."""
    project, _ = study
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Experiments")[2]
    lines = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[0].splitlines()
    (project / ".dvc/config.local").unlink()
    for ignored in (".gitignore", ".dvc/.gitignore", "reports/.gitignore"):
        shutil.copyfile(ROOT / ignored, project / ignored)
    somebody = {f"GIT_{who}_{what}": "somebody" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    said = {}
    for line in ["git init -q -b main", "git add -A", *lines]:
        done = subprocess.run(
            line, shell=True, cwd=project, env=ENVIRONMENT | somebody, capture_output=True, text=True
        )  # fmt: skip
        assert done.returncode == 0, line + done.stdout[-2000:] + done.stderr[-2000:]
        said[line.partition(" -")[0]] = done.stdout
    for word in ("narrow", "training.margin", "0.05", "landmark_error"):
        assert word in said["dvc exp show"]
    assert "margin: 0.3" in (project / "params.yaml").read_text()  # all is as it was
    assert ran(dvc(project, "repro")) == []


def stage_entries(lock):
    stages = YAML(typ="safe").load(lock)["stages"]
    return {name: entry for name, entry in stages.items() if name != "run"}


# in a browser


@pytest.fixture(scope="module")
def chromium():
    with browser() as opened:
        yield opened


@pytest.fixture
def opened(chromium, study):
    """A function that opens a page of the reports, and what it did wrong."""
    reports = study[0] / "reports"
    watched = []

    def open_page(path: Path) -> Watched:
        watched.append(Watched(chromium.new_page(viewport=WIDE), reports.as_uri()))
        watched[-1].page.goto(path.as_uri())
        return watched[-1]

    yield open_page
    for one in watched:
        one.page.close()


def pages_of(study):
    reports = study[0] / "reports"
    return [reports / "index.html", reports / "run.html", *sorted((reports / "pages").glob("*.html"))]


@needs_browser
def test_no_page_asks_for_anything_complains_or_is_hard_to_read(study, opened):
    wrong = {}
    for path in pages_of(study):
        watched = opened(path)
        found = serious(watched.page) + watched.faults
        watched.page.set_viewport_size(PHONE)
        width = watched.page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            found.append(f"{width} pixels wide on a phone")
        if found:
            wrong[path.name] = found
    assert not wrong


@needs_browser
def test_every_link_resolves(study, opened):
    broken = []
    for path in pages_of(study):
        page = opened(path).page
        for address in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            file, anchor = urldefrag(address)
            if not file.startswith("file://"):
                assert file.startswith("https://")  # to the paper and the like: followed by people, never by the page
                continue
            target = Path(unquote(file.removeprefix("file://")))
            found = target.is_file() and (not anchor or f'id="{anchor}"' in target.read_text(encoding="utf-8"))
            if not found:
                broken.append((path.name, address))
    assert not broken


@needs_browser
def test_code_unfolds_by_mouse_and_by_keyboard(study, opened):
    page = opened(study[0] / "reports/pages/02_data.html").page
    blocks = page.locator("details.code")
    assert blocks.count() > 3

    def unfolded():
        return page.locator("details.code[open]").count()

    assert unfolded() == 0
    button = page.get_by_role("button", name="Show all code")
    button.click()
    assert unfolded() == blocks.count()
    page.get_by_role("button", name="Hide all code").press("Enter")
    assert unfolded() == 0
    blocks.first.locator("summary").click()
    assert unfolded() == 1
    blocks.nth(1).locator("summary").press("Enter")
    assert unfolded() == 2


@needs_browser
def test_pages_lead_to_each_other_by_mouse_and_by_keyboard(study, opened):
    page = opened(study[0] / "reports/index.html").page
    names = []
    while (following := page.locator("a[rel=next]")).count():
        names.append(page.url)
        (following.click if len(names) % 2 else lambda link=following: link.press("Enter"))()
        page.wait_for_load_state()
        assert page.locator("a[rel=prev]").get_attribute("href").split("/")[-1] == names[-1].split("/")[-1]
    assert len(names) + 1 == len(pages_of(study))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"


# in JupyterLab


@needs_browser
def test_a_photo_is_picked_and_a_landmark_moved_in_jupyterlab(study, chromium, tmp_path):
    project, _ = study
    with jupyter(project, tmp_path) as address:
        page = chromium.new_page(viewport=WIDE)
        page.set_default_timeout(120_000)  # of a machine that tests other things too
        page.goto(f"{address}/lab/tree/notebooks/explore.ipynb")
        run_all(page)
        page.locator(".widget-html img").first.wait_for()

        sliders, html = page.locator(".noUi-handle"), page.locator(".widget-html")

        def shown():
            return [html.nth(place).inner_html() for place in (0, 1, 2)]  # the photo's name, the photo, what is said

        def wait_until_all_differ(from_before):
            page.wait_for_function(
                "was => was.every((html, k) => document.querySelectorAll('.widget-html')[k].innerHTML !== html)",
                arg=from_before,
            )

        first = shown()
        sliders.nth(0).press("ArrowRight")  # the next photo
        wait_until_all_differ(first)
        name, picture, said = shown()
        assert "by itself" not in said
        away = "ArrowLeft" if float(sliders.nth(1).get_attribute("aria-valuenow")) > 0.5 else "ArrowRight"
        for _ in range(20):
            sliders.nth(1).press(away)
        page.wait_for_function("() => document.querySelectorAll('.widget-html')[2].innerText.includes('by itself')")
        after = shown()
        assert after[0] == name
        assert after[1] != picture
        assert after[2] != said
        page.close()
