"""What an executed notebook says, as safe pieces of HTML that the page's template puts together."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from markupsafe import Markup
from nbconvert.filters import Highlight2HTML, ansi2html, strip_ansi
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

_NAMES = {"parameters": "Parameters", "injected-parameters": "Parameters of this run"}  # what folded cells are called


@dataclass(frozen=True)
class Heading:
    text: str
    anchor: str


@dataclass(frozen=True)
class Block:
    """kind "text" (html), "code" (html, folded on the page under `name`), "picture" (data, mime, alt, width) or
    "output" (html)."""

    kind: str
    html: Markup | None = None
    name: str = ""
    mime: str = ""
    data: str = ""
    alt: str = ""
    width: int | None = None


@dataclass(frozen=True)
class Content:
    title: str
    contents: list[Heading]
    blocks: list[Block]


# A table may be wider than a phone: it scrolls by itself, by keyboard too.
_SCROLLING = Markup('<figure class="table" tabindex="0">{}</figure>\n')


class _Renderer(IPythonRenderer):
    """nbconvert's Markdown, with anchors of our own at headings and no raw HTML or `javascript:` let through."""

    def __init__(self, page_of: Callable[[str], str | None]) -> None:
        super().__init__(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)
        self.page_of = page_of
        self.title = ""
        self.contents: list[Heading] = []
        self.anchors = {"main", "pages", "all-code"}  # the template's own

    def heading(self, text: str, level: int, **attrs) -> str:
        plain = str(Markup(text).striptags())
        base = anchor = re.sub(r"\W+", "-", plain.lower()).strip("-") or "section"
        number = 2
        while anchor in self.anchors:
            anchor, number = f"{base}-{number}", number + 1
        self.anchors.add(anchor)
        if level == 1 and not self.title:
            self.title = plain
        if level == 2:
            self.contents.append(Heading(plain, anchor))
        return f'<h{level} id="{anchor}">{text}</h{level}>\n'

    def table(self, text: str) -> str:
        return _SCROLLING.format(Markup(f"<table>{text}</table>"))

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link to another notebook leads to its page; text alone where that has none."""
        if not url.endswith(".ipynb"):
            return super().link(text, url, title)
        address = self.page_of(url.removesuffix(".ipynb"))
        return super().link(text, address, title) if address else text


def read_title(path: Path) -> str:
    """The first top heading of a notebook, or its file name where it has none."""
    for cell in nbformat.read(path, as_version=4).cells:
        found = re.match(r"#\s+(.+)", cell.source) if cell.cell_type == "markdown" else None
        if found:
            return found.group(1).strip()
    return Path(path).stem


def read_content(path: Path, page_of: Callable[[str], str | None]) -> Content:
    """The notebook at `path`; `page_of` gives the address of another notebook's page by its name.

    Text outputs are escaped; HTML outputs are taken as they are, made safe by who made them. Besides, a page forbids
    every script but its own (see page.html.j2), so that HTML which slipped through runs none.
    """
    notebook = nbformat.read(path, as_version=4)
    renderer = _Renderer(page_of)
    markdown = MarkdownWithMath(renderer=renderer)
    highlight = Highlight2HTML(pygments_lexer="ipython3")
    blocks = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            blocks.append(Block("text", Markup(markdown.render(cell.source))))
        elif cell.cell_type == "code" and cell.source.strip():
            tags = cell.metadata.get("tags", [])
            name = next((name for tag, name in _NAMES.items() if tag in tags), "Code")
            blocks.append(Block("code", Markup(_focusable(highlight(cell.source))), name))
            blocks += [block for output in cell.outputs for block in _output(output, markdown)]
    return Content(renderer.title or Path(path).stem, renderer.contents, blocks)


def _output(output: nbformat.NotebookNode, markdown: MarkdownWithMath) -> list[Block]:
    if output.output_type == "stream":
        return [_plain(output.text, output.name)]
    if output.output_type == "error":
        return [_plain("\n".join(output.traceback), "stderr")]
    data = output.get("data", {})
    for mime in ("text/html", "text/markdown"):
        if mime in data:
            html = Markup(data[mime] if mime == "text/html" else markdown.render(data[mime]))
            if (
                'class="dataframe"' in html
            ):  # what pandas makes of a frame: a bare table, its nameless columns with heads
                html = _SCROLLING.format(html.replace(Markup("<th></th>"), Markup("<td></td>")))
            return [Block("output", html)]
    for mime in ("image/png", "image/jpeg"):
        if mime in data:
            about = output.metadata.get(mime, {})
            return [Block("picture", mime=mime, data=data[mime].strip(), alt=about.get("alt", ""),
                          width=about.get("width"))]  # fmt: skip
    return [_plain(data["text/plain"], "stdout")] if "text/plain" in data else []


def _focusable(code: str) -> str:
    """Highlighted code whose block can be scrolled by keyboard."""
    return code.replace("<pre>", '<pre tabindex="0">', 1)


def _plain(text: str, stream: str) -> Block:
    template = Markup('<pre class="{}" tabindex="0">{}</pre>')
    return Block("output", template.format(stream, Markup(ansi2html(text)) if "\x1b[" in text else strip_ansi(text)))
