"""Every command that README.md and REPRODUCE.md show is run: here, or in a test that is named here.

A command counts as run where a test calls `shown` with its very text, or where ELSEWHERE names the test that runs it.
One that nobody runs fails the first test, and so does one that is run and no longer shown. Here they run in a copy of
the project with the tiny sample and smaller parameters, which counts as installed.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from urllib.parse import unquote

import pytest
from commands import ENVIRONMENT
from factories import make_prepared

from fashionnet.check import inspect
from fashionnet.check.counts import counts
from fashionnet.check.files import read_all
from fashionnet.check.report import Report
from fashionnet.formats.layout import find_benchmarks
from fashionnet.prepare.tables import save_prepared
from fashionnet.profiles import apply_profile
from fashionnet.quick import make_copy

ROOT = Path(__file__).parent.parent
BEGINNINGS = ("make", "fashionnet", "dvc", "pytest", "python -m", "torchrun", "git checkout", "WHOLE=1")

# A command as it is shown → the test that runs it, or the same with other values.
PREDICTED = "test_recognition.test_what_readme_shows_works_as_it_stands_there"
SHOWN = "test_pipeline.test_metrics_and_plots_show"
EXPERIMENT = "test_pipeline.test_an_experiment_is_run_shown_and_taken_back_as_readme_says"
ELSEWHERE = {
    "fashionnet predict photo.jpg --box 40,30,210,290": PREDICTED,
    "fashionnet predict photos --json found.json --picture found.png": PREDICTED,
    "fashionnet predict photo.jpg --experiment wtbi --json -": PREDICTED,
    "dvc repro": "test_pipeline.test_a_second_run_finds_nothing_to_do",
    "dvc metrics show": SHOWN,
    "dvc plots show": SHOWN,
    "git commit -qam 'My run'": EXPERIMENT,
    "dvc exp run -n narrow -S training.margin=0.05 -S 'trained=[fashionnet]'": EXPERIMENT,
    "dvc exp show --only-changed --drop 'artifacts|reports|params.yaml'": EXPERIMENT,
    "dvc plots diff main narrow": EXPERIMENT,
    "git checkout -q . && dvc checkout": EXPERIMENT,
}

# One short training of the smallest network, so that what trains a dozen is done within a minute.
SMALL = """
network: {image_size: 32, width: 0.03}
prepare: {image_size: 32}
training:
  threads: 1
  batch_size: 32
  schedule:
    - {name: recognition, epochs: 1, weights: {landmarks: 5, visibility: 1, category: 1, attributes: 1, pairs: 1}}
trained: [fashionnet, no_pairs]
seeds: [1]
"""


def found_in(text: str) -> set[str]:
    """The commands of a page: each line of its shell blocks, and what stands between backticks and begins like one."""
    text = re.sub(r"<!--.*?-->", "", text)
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    block = {without_comment(line) for line in lines} - {""}
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    comments = " ".join(line.partition(" # ")[2] for line in lines)
    quoted = {" ".join(code.split()) for code in re.findall(r"`([^`]+)`", f"{prose} {comments}")}
    inline = {code for code in quoted if code.startswith(tuple(f"{word} " for word in BEGINNINGS))}
    # `fashionnet check` in a sentence is the name of a command that is shown with its arguments.
    named = {code for code in inline if any(other.startswith(f"{code} ") for other in block | inline)}
    return block | inline - named


def without_comment(line: str) -> str:
    return line.partition(" # ")[0].strip()


def shown_commands() -> set[str]:
    return found_in("\n".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "REPRODUCE.md")))


def called(source: str) -> list[str]:
    """The texts with which the tests of this file call `shown`."""
    tests = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    calls = [node for test in tests if test.name.startswith("test_") for node in ast.walk(test)]
    return [
        node.args[1].value
        for node in calls
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "shown"
    ]


def test_every_command_that_is_shown_is_run_once_and_no_other():
    run = called(Path(__file__).read_text(encoding="utf-8")) + list(ELSEWHERE)
    assert sorted(run) == sorted(shown_commands())


def test_the_tests_elsewhere_are_there():
    for name in set(ELSEWHERE.values()):
        module, test = name.split(".")
        source = (ROOT / f"tests/{module}.py").read_text(encoding="utf-8")
        assert test in {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def test_commands_are_found_in_blocks_and_in_sentences():
    page = """`make a` and `python -m b --c` and `fashionnet` and `make` and `make
d`, `maker e`.
```sh
make f   # like `make g`, not `h`
dvc i \\
  -j '#'
```
```text
make k
```
`dvc i` <!-- made by `make l` -->
"""
    assert found_in(page) == {"make a", "python -m b --c", "make d", "make f", "make g", "dvc i    -j '#'"}


# What they run in


def copy(folder: Path, profile: str = "quick") -> Path:
    """A copy of the project in which `make` has nothing to install, on smaller parameters."""
    make_copy(ROOT, folder, profile=None)
    for name in ("Makefile", "pyproject.toml", "environment.yml"):
        shutil.copyfile(ROOT / name, folder / name)
    (folder / "profiles/small.yaml").write_text(SMALL, encoding="utf-8")
    apply_profile(folder, profile)
    (folder / ".venv").mkdir()
    (folder / ".venv/installed").touch()
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    """With the copy's own code, for commands that are no modules."""
    return {**ENVIRONMENT, "PYTHONPATH": str(folder), **more}


def shown(folder: Path, command: str, replaced: dict[str, str] | None = None, **more: str) -> str:
    """Run a command as it is shown, in a shell in `folder`; what it says. A failure shows it.

    replaced: what stands for something of the reader's own. more: environment variables.
    """
    for own, ours in (replaced or {}).items():
        assert own in command
        command = command.replace(own, ours)
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment(folder, **more), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.fixture
def project(tmp_path):
    return copy(tmp_path / "project")


# Parameters, data


def test_parameters_are_changed_and_changed_back(project):
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q"], ["add", "params.yaml"], ["commit", "-q", "-m", "Mine"]):
        subprocess.run([*git, *arguments], cwd=project, check=True)
    parameters = project / "params.yaml"
    before = parameters.read_text()
    assert shown(project, "fashionnet estimate deepfashion").startswith("An estimate")
    assert parameters.read_text() == before
    shown(project, "fashionnet profile photos")
    photos = parameters.read_text()
    shown(project, "fashionnet profile deepfashion")
    assert len({before, photos, parameters.read_text()}) == 3
    shown(project, "git checkout params.yaml")
    assert parameters.read_text() == before


def test_the_real_data_takes_the_samples_place(project, tiny_sample):
    (project / "data").mkdir()
    (project / "data/SAMPLE.json").write_text("{}")
    shown(project, "mv data data.sample")
    shown(project, "ln -s /disk/DeepFashion data", {"/disk/DeepFashion": shlex.quote(str(tiny_sample))})
    assert (project / "data.sample/SAMPLE.json").exists()
    assert shown(project, "fashionnet check data").rstrip().endswith("4 benchmarks of 4 there, nothing broken.")
    shown(project, r"printf '%s\n' '/data/*/Img/img' '/data/*/img' >> .dvcignore")
    before = (ROOT / ".dvcignore").read_text()
    assert (project / ".dvcignore").read_text() == f"{before}/data/*/Img/img\n/data/*/img\n"


def test_the_sample_is_rendered_with_flaws(project):
    # Of the tiny size: the command is the same, and 300 pictures take seconds.
    shown(project, "fashionnet sample DIR --flaws", {"--flaws": "--flaws --size tiny"})
    assert json.loads((project / "DIR/FLAWS.json").read_text())


# Tests, benchmarks, JupyterLab


@pytest.fixture(scope="module")
def tested(tmp_path_factory):
    """A copy with the tests, of which each command is given a cheap one: the whole would run itself, without end."""
    project = copy(tmp_path_factory.mktemp("tested") / "project")
    shutil.copytree(ROOT / "tests", project / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    return project


def test_the_tests_run(tested):
    output = shown(tested, "make test", PYTEST_ADDOPTS="tests/test_setup.py")
    assert "ruff format --check" in output
    assert re.search(r"^\d+ passed in", output, re.MULTILINE)
    # A slow one by its mark, though not by its time.
    output = shown(tested, "pytest -m slow", PYTEST_ADDOPTS="tests/test_linked_data.py -k make_takes_a_link_for_data")
    assert re.search(r"^1 passed, \d+ deselected in", output, re.MULTILINE)


def test_a_benchmark_runs(tested):
    # Of all, one that takes seconds. Whether it is fast enough is no question here, where other tests run beside it.
    cheap, anyhow = "--ignore-glob=*/test_[!a]*", {"make bench": "make bench || true"}
    for output in (
        shown(tested, "make bench", anyhow, PYTEST_ADDOPTS=cheap),
        shown(tested, "WHOLE=1 make bench", anyhow, PYTEST_ADDOPTS=cheap),
    ):
        assert re.search(r"attribute recall.*times as fast, wanted at least 200", output)
    recorded = json.loads((tested / "reports/benchmarks.json").read_text(encoding="utf-8"))
    assert {row["file"] for row in recorded["rows"]} == {"test_attribute_recall.py"}


def test_jupyterlab_opens_the_notebook(project, tmp_path):
    own = {"allow_root": True}
    (tmp_path / "jupyter").mkdir()
    (tmp_path / "jupyter/jupyter_server_config.json").write_text(json.dumps({"ServerApp": own}))
    # A browser that notes what it is asked to open.
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > {shlex.quote(str(opened))}\n')
    browser.chmod(0o755)
    settings = {"JUPYTER_CONFIG_DIR": str(tmp_path / "jupyter"), "HOME": str(tmp_path), "BROWSER": str(browser)}
    # In the background, since it runs until it is ended, with all that it started.
    shown(project, "make lab", {"make lab": "exec setsid make lab > said.txt 2>&1 & echo $! > pid"}, **settings)
    try:
        until = time.monotonic() + 120
        while not opened.exists() and time.monotonic() < until:
            time.sleep(0.2)
        page = Path(unquote(opened.read_text().strip()).removeprefix("file://")).read_text()
        address = re.search(r'href="(http[^"]+)"', page)[1]
        assert "/lab/tree/notebooks/explore.ipynb?" in address
        with urllib.request.urlopen(address) as answer:
            assert "JupyterLab" in answer.read().decode()
    finally:
        os.killpg(int((project / "pid").read_text()), signal.SIGTERM)


# The pipeline, and longer trainings


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_pipeline_runs_from_nothing_and_again_where_it_is(project):
    shutil.copyfile(project / "profiles/small.yaml", project / "profiles/quick.yaml")
    output = shown(project, "make quick")
    copied = project / ".quick"
    assert output.rstrip().endswith(f"The reports: {copied}/reports/index.html")
    for name in ("Makefile", "pyproject.toml"):
        shutil.copyfile(ROOT / name, copied / name)
    (copied / ".venv").mkdir()
    (copied / ".venv/installed").touch()
    (copied / "reports/index.html").unlink()
    # In the outcome, where but the pages are as they were: the whole again would add nothing but minutes.
    output = shown(copied, "make study")
    assert "Stage 'pages' is cached - skipping run, checking out outputs" in output
    assert "Running stage" not in output
    assert (copied / "reports/index.html").is_file()


@pytest.fixture(scope="module")
def small(tmp_path_factory, tiny_sample):
    project = copy(tmp_path_factory.mktemp("small") / "project", "small")
    (project / "data").symlink_to(tiny_sample)
    return project


@pytest.mark.slow
def test_rates_are_chosen(small):
    before = (small / "reports/rates.csv").read_bytes()
    assert "12 of 12" in shown(small, "make rates")
    assert (small / "reports/rates.csv").read_bytes() != before


@pytest.mark.slow
def test_claims_are_measured(small):
    shown(small, "make claims")
    found = json.loads((small / "reports/claims.json").read_text())
    assert found["seeds"] == [1]
    assert {"fashionnet", "no_pairs"} <= set(found["values"])


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_papers_numbers_are_reproduced_on_what_stands_for_deepfashion(tmp_path, tiny_sample):
    """The tiny sample without the note that it is one, whose counts this copy takes for the official ones."""
    project, disk = copy(tmp_path / "project", "small"), tmp_path / "disk"
    shutil.copytree(tiny_sample, disk, ignore=shutil.ignore_patterns("SAMPLE.json"))
    (project / "data").symlink_to(disk)
    with open(project / "fashionnet/formats/official.py", "a", encoding="utf-8") as file:
        file.write(f"COUNTS = {counted(disk)!r}\n")
    shutil.copyfile(project / "profiles/small.yaml", project / "profiles/deepfashion.yaml")
    shown(project, "make reproduce")
    results = json.loads((project / "reproduction/reproduction.json").read_text())
    assert {"category_top3", "category_attribute_normalised_error"} <= {row["metric"] for row in results["compared"]}
    # The same again with the data named, which finds all of it done.
    where = {"DIR": "reproduction", "/disk/DeepFashion": str(disk)}
    output = shown(project, "fashionnet reproduce DIR --data /disk/DeepFashion", where)
    assert "Running stage 'train" not in output
    # A rehearsal is on the sample, which this is again once it says so.
    shutil.copyfile(tiny_sample / "SAMPLE.json", disk / "SAMPLE.json")
    shown(project, "fashionnet reproduce rehearsal --sample")
    assert json.loads((project / "rehearsal/reproduction.json").read_text())["experiments"]["fashionnet"]


def counted(data: Path) -> dict[str, dict[str, int]]:
    """The counts of a data folder, in the words of the official ones."""
    found = {}
    for name, benchmark in find_benchmarks(data).items():
        facts = dict(inspect(data, lambda _: None).reports[name].facts)
        photos = int(facts["photos"].split(" named")[0].replace(",", ""))
        found[name] = {"photos": photos} | counts(name, read_all(benchmark, Report()))
    return found


@pytest.mark.slow
def test_two_machines_train_together(project):
    """Both are this one, with a process each."""
    apply_profile(project, "small")
    made = make_prepared(32, seed=1)
    save_prepared(made, project / "artifacts/prepared")
    (project / "artifacts/prepared/crops.bin").write_bytes(made.crops.tobytes())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # The same command twice, side by side, and both have to end well.
    here = {
        "torchrun": 'twice() { torchrun "$@" & torchrun "$@" && wait $!; }; twice',
        "per-node 8": "per-node 1 --local-addr localhost",
        "HOST:29500": f"localhost:{port}",
        "fashionnet.training fashionnet": "fashionnet.training fashionnet --steps 2",
    }
    shown(
        project,
        "torchrun --nnodes 2 --nproc-per-node 8 --rdzv-backend c10d --rdzv-endpoint HOST:29500 "
        "-m fashionnet.training fashionnet",
        here,
        OMP_NUM_THREADS="1",
    )
    made = json.loads((project / "artifacts/scratch/fashionnet/trained_with.json").read_text())
    assert (made["steps"], made["settings"]["training"]["processes"]) == (2, 2)
