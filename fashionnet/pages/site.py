"""The pages as a site: which there are, in which order, and how each links to the others."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from fashionnet.files import write_text
from fashionnet.pages.content import read_content, read_title
from fashionnet.project import project_root
from fashionnet.systems import in_order, look

FRONT = "14_overview"  # the notebook that becomes index.html
RUN = "run.html"  # written by the last stage, when all other pages are there
STUDY = "DeepFashion and FashionNet, measured"
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Link:
    """A page: its address from the reports folder, the notebook's title and name, and the experiment that it was run
    for, "" where it is run once."""

    address: str
    heading: str
    notebook: str
    experiment: str = ""

    @property
    def title(self) -> str:
        return f"{self.heading}: {self.experiment}" if self.experiment else self.heading


def write_pages(executed: Path, reports: Path) -> list[Path]:
    """reports/index.html from the overview and reports/pages/NAME.html from every other executed notebook.

    Pages of notebooks that are no longer there are removed. The same notebooks give the same bytes. Raises ValueError
    where the overview is not among them.
    """
    executed, reports = Path(executed), Path(reports)
    notebooks = sorted(executed.glob("*.ipynb"))
    if FRONT not in [notebook.stem for notebook in notebooks]:
        raise ValueError(f"{executed}: found no {FRONT}.ipynb, expected the overview as the front page")
    links = _links(notebooks)
    written = []
    for notebook in notebooks:
        target = reports / _address(notebook)
        write_text(target, _render(notebook, _address(notebook), links))
        written.append(target)
    for stale in set((reports / "pages").glob("*.html")) - set(written):
        stale.unlink()
    return written


def write_page(notebook: Path, target: Path, executed: Path | None = None) -> None:
    """The page of the run, beside index.html; its navigation leads to the pages of `executed` (default: the project's).

    notebook: any executed notebook. target: a file in the reports folder.
    """
    executed = Path(executed) if executed else project_root() / "artifacts/executed"
    links = _links(sorted(executed.glob("*.ipynb")))
    write_text(Path(target), _render(Path(notebook), Path(target).name, links))


def _address(notebook: Path) -> str:
    return "index.html" if notebook.stem == FRONT else f"pages/{notebook.stem}.html"


def _links(notebooks: list[Path]) -> list[Link]:
    """The front page first, then the notebooks by number, experiments in the order of every table, the run last."""
    links = []
    for name, own in groupby(
        sorted(notebooks, key=lambda path: (path.stem != FRONT, path.stem)), lambda path: path.stem.partition("-")[0]
    ):
        of = {path.stem.partition("-")[2]: path for path in own}
        for experiment in in_order(of):
            label = look(experiment).label if experiment else ""
            links.append(Link(_address(of[experiment]), read_title(of[experiment]), name, label))
    return [*links, Link(RUN, "The run", "the run")]


def _render(notebook: Path, address: str, links: list[Link]) -> str:
    up = "../" * address.count("/")

    def page_of(name: str) -> str | None:
        # A notebook that runs once an experiment has a page for each: the first stands for it.
        return next((up + link.address for link in links if link.notebook == name), None)

    content = read_content(notebook, page_of)
    here = next((place for place, link in enumerate(links) if link.address == address), None)
    style, script = (_FOLDER / "style.css").read_text("utf-8"), (_FOLDER / "page.js").read_text("utf-8")
    return _template().render(
        content=content,
        title=links[here].title if here is not None else content.title,
        study=STUDY,
        up=up,
        address=address,
        groups=[list(own) for _, own in groupby(links, lambda link: link.notebook)],
        previous=links[here - 1] if here else None,
        following=links[here + 1] if here is not None and here + 1 < len(links) else None,
        style=Markup(style),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


@cache
def _template():
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")
