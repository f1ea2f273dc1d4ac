"""dvc.yaml names every module that a stage's notebook reaches, so that no stage is stale and none runs for nothing."""

import ast
from functools import cache
from pathlib import Path

import nbformat
import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
STAGES = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text())["stages"]
OF_NOTEBOOKS = {name: stage for name, stage in STAGES.items() if " run " in stage["cmd"]}
# They carry words and bytes about, or refuse; none decides what a result is.
CARRIERS = {"files.py", "profiles.py", "progress.py", "processes.py", "project.py", "settings.py", "stage.py"}


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def file_of(module):
    """fashionnet/a/b.py or fashionnet/a/b/__init__.py of a dotted name, None where there is neither."""
    path = ROOT.joinpath(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def imported(code):
    """(module, name) of every import of the package's in a piece of code, those inside functions too."""
    for node in ast.walk(code):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "fashionnet":
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names if alias.name.split(".")[0] == "fashionnet")


def source_of(module, name):
    """The file that defines `name` of `module`: a package's __init__ is looked through, not taken whole."""
    if name and file_of(f"{module}.{name}"):
        return file_of(f"{module}.{name}")
    path = file_of(module)
    if path.name == "__init__.py" and name:
        for inner, alias in imported(tree(path)):
            if alias == name:
                return source_of(inner, alias)
    return path


def reached(code):
    """Every file of the package that a piece of code imports, directly or through another."""
    found, todo = set(), [source_of(*pair) for pair in imported(code)]
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo += [source_of(*pair) for pair in imported(tree(path))]
    return {path.relative_to(ROOT).as_posix() for path in found} - {"fashionnet/__init__.py"}


def notebook_of(stage):
    [name] = [dep.split("/")[-1] for dep in stage["deps"] if dep.startswith("artifacts/source/")]
    return ROOT / "notebooks" / name


def code_of(path):
    cells = nbformat.read(path, as_version=4).cells
    return ast.parse("\n".join(cell.source for cell in cells if cell.cell_type == "code"))


@pytest.mark.parametrize("name", OF_NOTEBOOKS)
def test_a_stage_depends_on_every_module_that_its_notebook_reaches(name):
    stage = OF_NOTEBOOKS[name]
    named = [dep for dep in stage["deps"] if dep.startswith("fashionnet/")]
    for path in reached(code_of(notebook_of(stage))):
        covered = any(path == dep or path.startswith(f"{dep}/") for dep in named)
        assert covered or path.removeprefix("fashionnet/") in CARRIERS, f"{name} reaches {path}"


@pytest.mark.parametrize("name", OF_NOTEBOOKS)
def test_a_stage_depends_on_nothing_that_its_notebook_does_not_reach(name):
    stage = OF_NOTEBOOKS[name]
    paths = reached(code_of(notebook_of(stage)))
    for dep in stage["deps"]:
        if dep.startswith("fashionnet/") and not (name == "run" and dep == "fashionnet/pages"):
            assert any(path == dep or path.startswith(f"{dep}/") for path in paths), f"{name} does not reach {dep}"


def test_a_changed_plot_does_not_train_anew():
    train = set(STAGES["train"]["deps"])
    assert not train & {"fashionnet/figures", "fashionnet/findings", "fashionnet/pages", "fashionnet/show.py"}


@pytest.mark.parametrize("name", STAGES)
def test_every_stage_says_what_it_is_for(name):
    assert len(STAGES[name]["desc"]) > 20


def test_nothing_depends_on_the_run():
    [made] = [[out if isinstance(out, str) else next(iter(out)) for out in STAGES["run"]["outs"]]]
    for stage in STAGES.values():
        assert not set(made) & set(stage["deps"])


def test_every_notebook_has_its_stages():
    names = {path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")}
    assert {Path(dep).stem for dep in STAGES["source"]["deps"]} == names
    assert {Path(out).stem for out in STAGES["source"]["outs"]} == names
    assert {notebook_of(stage).stem for stage in OF_NOTEBOOKS.values()} == names


def test_data_is_hashed_and_not_copied():
    [out] = YAML(typ="safe").load((ROOT / "data.dvc").read_text())["outs"]
    assert out["path"] == "data"
    assert out["cache"] is False
