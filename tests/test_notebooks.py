"""What every notebook has to be, before any is run: stripped, an argument, and free of code that belongs elsewhere."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from fashionnet.figures.photos import sheet

FOLDER = Path(__file__).parent.parent / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
BY_HAND = {"assess", "explore"}  # need a person
LONGEST_FUNCTION = 4  # lines
MADE_WITH_ALT = {sheet.__name__, "benchmark_table", "comparison"}  # HTML: an alt text a photo, or a table


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def syntax(notebook):
    return ast.parse("\n".join(cell.source for cell in code(notebook)))


def test_those_that_stages_run_are_numbered_in_reading_order():
    numbered = [path.name[:2] for path in PATHS if path.stem not in BY_HAND]
    assert numbered == [f"{number:02d}" for number in range(1, len(numbered) + 1)]


def test_it_is_valid_and_stripped(notebook):
    nbformat.validate(notebook)
    for cell in code(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None
        assert set(cell.metadata) <= {"tags"}
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}


def test_it_starts_with_its_question_and_ends_with_what_was_found(notebook):
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    assert re.match(r"# \S", first.source)
    question = re.search(r"^> (.+)$", first.source, re.MULTILINE)
    assert question
    assert question.group(1).endswith("?")
    headings = [line for cell in notebook.cells if cell.cell_type == "markdown"
                for line in cell.source.splitlines() if line.startswith("## ")]  # fmt: skip
    assert headings[-1] == "## What was found"
    assert notebook.cells[-1].cell_type == "code", "what was found depends on what the code found"


def test_no_function_is_longer_than_a_few_lines_and_there_is_no_class(notebook):
    for node in ast.walk(syntax(notebook)):
        assert not isinstance(node, ast.ClassDef)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < LONGEST_FUNCTION


def test_its_parameters_stand_in_one_cell_and_each_is_explained(notebook):
    tagged = [cell for cell in code(notebook) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    for line in tagged[0].source.splitlines():
        assert re.fullmatch(r"\w+ = [^#]+  # \w.{10,}", line), f"{line!r} has no explanation"
    names = {node.targets[0].id for node in ast.parse(tagged[0].source).body}
    rest = ast.parse("\n".join(cell.source for cell in code(notebook) if cell is not tagged[0]))
    used = {node.id for node in ast.walk(rest) if isinstance(node, ast.Name)}
    assert names <= used, "a parameter that nothing reads"


def test_every_figure_has_alt_text(notebook):
    shown = [node for node in ast.walk(syntax(notebook))
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "show"]  # fmt: skip
    for call in shown:
        maker = call.args[0].func.attr if isinstance(call.args[0], ast.Call) else ""
        if maker in MADE_WITH_ALT:
            continue
        assert len(call.args) == 2, ast.unparse(call)
        literal = "".join(node.value for node in ast.walk(call.args[1]) if isinstance(node, ast.Constant)
                          and isinstance(node.value, str))  # fmt: skip
        assert len(literal) > 30, ast.unparse(call)


def test_its_code_shows_no_path_of_a_machine_and_no_time(notebook):
    text = "\n".join(cell.source for cell in notebook.cells)
    assert not re.search(r"/(home|work|tmp|Users|root)/", text)
    assert not re.search(r"\b(time\.(time|monotonic|perf_counter)|datetime|%time)", text)


def test_every_package_name_that_it_imports_is_there(notebook):
    for node in ast.walk(syntax(notebook)):
        if isinstance(node, ast.ImportFrom):
            module = __import__(node.module, fromlist=[alias.name for alias in node.names])
            for alias in node.names:
                assert hasattr(module, alias.name), f"{node.module}.{alias.name}"
