"""What dvc.yaml's commands call: `python -m fashionnet.stage {source,run,pages} …`.

`source` copies the notebooks without what Jupyter writes when it saves one, so that opening and saving a notebook runs
no stage again. `run` executes the copy with papermill and takes out what differs from run to run. `pages` makes HTML.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbstripout import strip_output

from fashionnet.files import MAKE_ROOM, told, write_json, write_text
from fashionnet.processes import die_with_parent
from fashionnet.progress import PIPE, pipe
from fashionnet.project import project_root

# Everything that papermill and Jupyter write into a notebook that is not what it says or shows.
VARYING = [
    "metadata.papermill",
    "metadata.kernelspec",
    "metadata.language_info",
    "metadata.widgets",
    "cell.metadata.papermill",
    "cell.metadata.execution",
    "cell.metadata.collapsed",
    "cell.metadata.scrolled",
]
PARAMETERS = "parameters"


def source() -> None:
    """Numbered notebooks → artifacts/source/, stripped of outputs, counts and Jupyter's own metadata."""
    root = project_root()
    for path in sorted(root.glob("notebooks/[0-9]*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        stripped = strip_output(notebook, keep_output=False, keep_count=False, keep_id=False, extra_keys=VARYING)
        _write(stripped, root / "artifacts/source" / path.name)


def run(name: str, parameters: dict[str, str | bool], label: str, folder: str) -> None:
    """Execute artifacts/source/NAME.ipynb into FOLDER/LABEL.ipynb, with progress on this process's stderr.

    The outcome holds no time, path of this machine or random id: the same inputs give the same bytes. How long it
    took goes to artifacts/times/, which no stage depends on. A notebook that fails is kept in artifacts/failed/.
    """
    # papermill's own imports take a second that `source` need not pay.
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    die_with_parent()
    root = project_root()
    target = root / folder / f"{label}.ipynb"
    known = _parameter_names(root / "artifacts/source" / f"{name}.ipynb")
    if unknown := sorted(set(parameters) - known):
        raise ValueError(f"notebooks/{name}.ipynb: found no parameter {unknown[0]!r}, expected one of {sorted(known)}")
    failed = root / "artifacts/failed" / f"{label}.ipynb"
    failed.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with _progress_shown(label):
        try:
            notebook = papermill.execute_notebook(
                root / "artifacts/source" / f"{name}.ipynb",
                failed,
                parameters=parameters,
                kernel_name="python3",
                language="python",
                cwd=root,
                progress_bar=False,
                # By sockets in the file system: no other user of the machine can reach the kernel.
                config=Config({"KernelManager": {"transport": "ipc"}}),
            )
        except PapermillExecutionError as error:
            why = f": {MAKE_ROOM}, which goes on where it was" if f"[Errno {errno.ENOSPC}]" in error.evalue else ""
            raise RuntimeError(
                f"{error.ename}: {error.evalue}{why}\n(the notebook up to there, with where in the code: {failed})"
            ) from None
    failed.unlink()
    _write(strip_output(notebook, keep_output=True, keep_count=True, keep_id=False, extra_keys=VARYING), target)
    write_json(
        root / "artifacts/times" / f"{label}.json",
        {
            "executed_md5": hashlib.md5(target.read_bytes()).hexdigest(),
            "seconds": round(time.monotonic() - started, 1),
            # Kilobytes on Linux, bytes on macOS.
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            // (2**20 if sys.platform == "darwin" else 2**10),
        },
    )


def _write(notebook: nbformat.NotebookNode, target: Path) -> None:
    write_text(target, nbformat.writes(notebook) + "\n")


def _parameter_names(path: Path) -> set[str]:
    """The names assigned in the cell tagged "parameters": papermill itself only warns of others."""
    import ast

    cells = nbformat.read(path, as_version=4).cells
    code = "\n".join(c.source for c in cells if PARAMETERS in c.metadata.get("tags", []))
    assigned = [node for node in ast.parse(code).body if isinstance(node, ast.Assign)]
    return {target.id for node in assigned for target in node.targets if isinstance(target, ast.Name)}


@contextmanager
def _progress_shown(label: str) -> Iterator[None]:
    """What a notebook's kernel tells of its progress goes to stderr.

    A kernel's own stdout and stderr land in the executed notebook, which must not hold progress.
    """
    with pipe(lambda line: print(f"{label}: {line}", file=sys.stderr, flush=True)) as path:
        os.environ[PIPE] = path
        try:
            yield
        finally:
            del os.environ[PIPE]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fashionnet.stage", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("source")
    run_parser = commands.add_parser("run")
    run_parser.add_argument("name")
    run_parser.add_argument("--label", help="the executed notebook's name (default: the notebook's)")
    run_parser.add_argument("--folder", default="artifacts/executed")
    run_parser.add_argument("-p", "--parameter", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"))
    commands.add_parser("pages")
    page_parser = commands.add_parser("page")
    page_parser.add_argument("notebook", type=Path)
    page_parser.add_argument("target", type=Path)
    chosen = parser.parse_args()
    try:
        if chosen.command == "source":
            source()
        elif chosen.command == "run":
            values = {name: json.loads(value) if value in ("true", "false") else value
                      for name, value in chosen.parameter}  # fmt: skip
            run(chosen.name, values, chosen.label or chosen.name, chosen.folder)
        elif chosen.command == "pages":
            from fashionnet.pages import write_pages

            write_pages(project_root() / "artifacts/executed", project_root() / "reports")
        else:
            from fashionnet.pages import write_page

            write_page(chosen.notebook, chosen.target)
    except (ValueError, OSError, RuntimeError) as error:
        print(
            f"{getattr(chosen, 'label', None) or getattr(chosen, 'name', chosen.command)}: {told(error)}",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
