"""The form in the notebook: a garment, an attribute, and a field in which a key answers. All else is in pure functions.

JupyterLab takes single keys for itself unless the cursor is in a field for text, so it is a field that listens.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import ipywidgets
import pandas as pd
from markupsafe import Markup

from fashionnet.assess.answers import ANSWERS, answered, read_answers, record

BACK = "b"
_BUTTONS = {"y": "y: yes, it has", "n": "n: no, it has not", "s": "s: skip, I cannot tell", BACK: "b: back"}


def form(questions: pd.DataFrame, answers: Path, garment: Callable[[pd.Series], Markup]) -> ipywidgets.VBox:
    """Ask the questions in their order, from the first without an answer on; each answer is written at once.

    questions: of `with_photos`. garment: of `garments`. Nothing shown depends on a label. → its children are the
    page, the field and the row of buttons.
    """
    page = ipywidgets.HTML()
    field = ipywidgets.Text(
        description="Answer", placeholder="y, n, s or b", continuous_update=True, layout={"width": "24em"}
    )
    buttons = [ipywidgets.Button(description=text, layout={"width": "auto"}) for text in _BUTTONS.values()]
    place = first_open(answered(questions, read_answers(answers))["answer"])

    def show() -> None:
        given = answered(questions, read_answers(answers))["answer"]
        page.value = _page(questions, place, given, garment)

    def press(key: str) -> None:
        nonlocal place
        if key == BACK:
            place = max(place - 1, 0)
        elif key in ANSWERS and place < len(questions):
            record(answers, questions.iloc[place], key)
            place += 1
        else:
            return
        show()

    def click(key: str) -> None:
        press(key)
        field.focus()

    for key, button in zip(_BUTTONS, buttons, strict=True):
        button.on_click(lambda _, key=key: click(key))
    # The field keeps what was typed: to empty it would race with the next key, which is then lost or counts twice.
    field.observe(lambda change: press(typed(change["old"], change["new"])), "value")
    show()
    return ipywidgets.VBox([page, field, ipywidgets.HBox(buttons)])


def first_open(given: pd.Series) -> int:
    """The place of the first question without an answer; the number of questions where there is none."""
    unanswered = (given == "").to_numpy()
    return int(unanswered.argmax()) if unanswered.any() else len(given)


def typed(before: str, after: str) -> str:
    """The key that made `after` from `before`: "" for none of ours.

    A character taken back is BACK. Of several that come at once the first counts: the rest were typed before the next
    question was shown.
    """
    if before.startswith(after):
        return BACK if after != before else ""
    return after[len(before)].lower() if after.startswith(before) else ""


def _page(questions: pd.DataFrame, place: int, given: pd.Series, garment: Callable[[pd.Series], Markup]) -> str:
    if not len(questions):
        return "<p>There is nothing to ask: no photo has attribute labels.</p>"
    if place == len(questions):
        return f"<p>All {len(questions):,} questions have an answer. Run the cells below; b goes back.</p>"
    question = questions.iloc[place]
    earlier = Markup("<br>Your answer so far: {}.").format(ANSWERS[given.iloc[place]]) if given.iloc[place] else ""
    return Markup(
        "<p>Question {:,} of {:,}: has the garment this attribute?{}</p>"
        '<p style="font-size:1.6em;margin:.4em 0"><strong>{}</strong> ({})</p>{}'
    ).format(place + 1, len(questions), earlier, question["attribute"], question["group"], garment(question))
