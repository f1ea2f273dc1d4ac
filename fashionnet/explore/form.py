"""The widgets of the exploration notebook. They hold what was chosen; what is shown is made by `session` and `draw`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np
from markupsafe import Markup

from fashionnet.describe import TITLES
from fashionnet.explore import draw
from fashionnet.explore.session import ANY, RIGHT, RULES, WRONG, Answer, Session, Shown
from fashionnet.formats.codes import LANDMARK_NAMES
from fashionnet.recognition.photo import printable
from fashionnet.systems import look

STEP, DIGITS = 0.01, 2  # of a landmark's place, a share of the crop
OWN = "own"  # in place of a benchmark: a photo of one's own
_WIDE = {"layout": {"width": "30em"}, "style": {"description_width": "9em"}}


class Controls:
    """Every widget that a person uses, by what it chooses."""

    def __init__(self, session: Session) -> None:
        benchmarks = [(TITLES[name], name) for name in session.benchmarks()]
        self.system = _dropdown("System", [(look(name).label, name) for name in session.experiments])
        self.benchmark = _dropdown("Photos of", [*benchmarks, ("my own", OWN)])
        self.category = _dropdown("Category", [ANY])
        self.outcome = _dropdown("The system is", [ANY, RIGHT, WRONG])
        self.photo = ipywidgets.IntSlider(description="Photo", value=1, min=1, max=1, **_WIDE)
        self.upload = ipywidgets.FileUpload(description="Upload a photo", accept="image/*", layout={"width": "30em"})
        self.box = ipywidgets.Text(description="Its box", placeholder="x1,y1,x2,y2; empty: the whole photo",
                                   continuous_update=False, **_WIDE)  # fmt: skip
        self.landmark = _dropdown("Landmark", list(zip(LANDMARK_NAMES, range(len(LANDMARK_NAMES)))))
        self.x, self.y = (
            ipywidgets.FloatSlider(description=text, min=0, max=1, step=STEP, value=0.5, **_WIDE)
            for text in ("from the left", "from the top")
        )
        self.hidden = ipywidgets.Checkbox(description="hide it: shut its gate", indent=False)
        self.reset = ipywidgets.Button(description="All landmarks back", layout={"width": "15em"})


class Form:
    """Choose a photo and a system, move and hide landmarks; each choice is answered at once.

    box: what the notebook displays: the controls, a line that says what is shown or what is wrong, the photo beside
    what is said of it, the pooled windows, and the nearest shop photos. answer: the one that is shown, None where
    there is no photo.
    """

    def __init__(self, session: Session) -> None:
        self.session, self.controls = session, Controls(session)
        self.line, self.picture, self.said, self.pooled, self.shops = (ipywidgets.HTML() for _ in range(5))
        self.moved: dict[int, tuple[float, float]] = {}
        self.hidden: set[int] = set()
        self.rows = np.zeros(0, np.int64)
        self.shown: Shown | None = None
        self.answer: Answer | None = None
        self.slid = (0.5, 0.5)  # where the two sliders were last
        self.setting = False  # while the form sets a widget itself, that is no choice of a person's
        controls = self.controls
        for widget, react in (
            (controls.system, self.choose_photos),
            (controls.benchmark, self.choose_benchmark),
            (controls.category, self.choose_photos),
            (controls.outcome, self.choose_photos),
            (controls.photo, self.choose_photo),
            (controls.upload, self.choose_photo),
            (controls.box, self.choose_photo),
            (controls.landmark, self.choose_landmark),
            (controls.x, self.move),
            (controls.y, self.move),
            (controls.hidden, self.hide),
        ):
            widget.observe(self._by_hand(react), "value")
        controls.reset.on_click(lambda _: self.put_back())
        self.box = self._box()
        self.choose_benchmark()

    def _box(self) -> ipywidgets.VBox:
        c = self.controls
        chosen = ipywidgets.VBox([c.system, c.benchmark, c.category, c.outcome, c.photo, c.upload, c.box])
        moved = ipywidgets.VBox([c.landmark, c.x, c.y, c.hidden, c.reset])
        controls = ipywidgets.HBox([chosen, moved], layout={"flex_flow": "row wrap"})
        answer = ipywidgets.HBox([self.picture, self.said], layout={"flex_flow": "row wrap"})
        return ipywidgets.VBox([controls, self.line, answer, self.pooled, self.shops])

    def _by_hand(self, react: Callable[[], None]) -> Callable[[Any], None]:
        def reacted(_: Any) -> None:
            if not self.setting:
                react()

        return reacted

    def set(self, widget: ipywidgets.Widget, **values: Any) -> None:
        self.setting = True
        try:
            with widget.hold_sync():
                for name, value in values.items():
                    setattr(widget, name, value)
        finally:
            self.setting = False

    # what is shown

    def choose_benchmark(self) -> None:
        c, own = self.controls, self.controls.benchmark.value == OWN
        categories = [] if own else self.session.categories(c.benchmark.value)
        self.set(c.category, options=[ANY, *categories], value=ANY, disabled=not categories)
        self.set(c.outcome, value=ANY, disabled=own)
        self.set(c.photo, disabled=own)
        for widget in (c.upload, c.box):
            self.set(widget, disabled=not own)
        self.choose_photos()

    def choose_photos(self) -> None:
        """Another system may be right about other photos: the photo stays if it is still among them."""
        c = self.controls
        if c.benchmark.value != OWN:
            before = self.shown.row if self.shown else None
            try:
                self.rows = self.session.rows(c.system.value, c.benchmark.value, c.category.value, c.outcome.value)
            except (ValueError, OSError) as error:
                self.show_nothing(str(error))
                return
            place = int(np.flatnonzero(self.rows == before)[0]) + 1 if before in self.rows.tolist() else 1
            self.set(c.photo, max=max(1, len(self.rows)), value=place)
        self.choose_photo()

    def choose_photo(self) -> None:
        c = self.controls
        self.shown, problem = None, ""
        try:
            if c.benchmark.value != OWN:
                if len(self.rows):
                    self.shown = self.session.test_photo(c.system.value, self.rows[c.photo.value - 1])
                else:
                    problem = (
                        f"No test photo is {c.outcome.value} here, if right means that {RULES[c.benchmark.value]}."
                    )
            elif c.upload.value:
                sent = c.upload.value[0]
                self.shown = self.session.own_photo(c.system.value, sent["name"], bytes(sent["content"]), c.box.value)
            else:
                problem = "Upload a photo of a garment."
        except (ValueError, OSError) as error:
            problem = str(error)
        if self.shown is None:
            self.show_nothing(problem)
            return
        self.moved, self.hidden = {}, set()
        self.line.value = self._what()
        self.choose_landmark()

    def show_nothing(self, problem: str) -> None:
        self.shown, self.answer, self.moved, self.hidden = None, None, {}, set()
        self.line.value = Markup("<p>{}</p>").format(problem)
        for part in (self.picture, self.said, self.pooled, self.shops):
            part.value = ""
        self._open_landmarks(False)

    def _what(self) -> Markup:
        c, asked = self.controls, self.shown.asked
        of = ""
        if self.shown.row is not None:
            of = f", {c.photo.value:,} of {len(self.rows):,}; right means that {RULES[c.benchmark.value]}"
        return Markup("<p><strong>{}</strong>{}</p>").format(printable(asked.name), of)

    # landmarks

    def choose_landmark(self) -> None:
        """The sliders go to where the landmark is."""
        if self.shown is None:
            return
        c = self.controls
        answer = self.ask()
        pools = answer.places is not None
        slot = c.landmark.value
        for axis, widget in enumerate((c.x, c.y)):
            # A browser answers a value between two steps with the step, which would be taken for a person's.
            value = round(float(np.clip(answer.places[slot, axis], 0, 1)), DIGITS) if pools else 0.5
            self.set(widget, value=value)
        self.slid = c.x.value, c.y.value
        self.set(c.hidden, value=slot in self.hidden)
        self._open_landmarks(pools)
        self.show(answer)

    def _open_landmarks(self, pools: bool) -> None:
        """Whether there is anything to be moved."""
        c = self.controls
        for widget in (c.landmark, c.x, c.y, c.hidden, c.reset):
            self.set(widget, disabled=not pools)

    def move(self) -> None:
        c = self.controls
        now = c.x.value, c.y.value
        if np.allclose(now, self.slid, rtol=0, atol=STEP / 10):
            return
        # Along the axis on which it was not moved, it stays where it is, between two steps.
        places = zip(now, self.slid, self.answer.places[c.landmark.value].tolist())
        self.moved[c.landmark.value] = tuple(
            place if abs(value - before) < STEP / 10 else value for value, before, place in places
        )
        self.slid = now
        self.show(self.ask())

    def hide(self) -> None:
        c = self.controls
        (self.hidden.add if c.hidden.value else self.hidden.discard)(c.landmark.value)
        self.show(self.ask())

    def put_back(self) -> None:
        self.moved, self.hidden = {}, set()
        self.choose_landmark()

    def ask(self) -> Answer:
        return self.session.answer(self.controls.system.value, self.shown, self.moved, frozenset(self.hidden))

    def show(self, answer: Answer) -> None:
        self.answer = answer
        asked, prepared = self.shown.asked, self.session.prepared
        box = asked.in_crop(np.array(asked.box).reshape(2, 2)).ravel() if asked.boxed else None
        self.picture.value = draw.photo(answer, self.controls.landmark.value, box)
        self.said.value = draw.said(answer, prepared)
        self.pooled.value = draw.pooled(answer)
        self.shops.value = draw.shops(answer, prepared)


def _dropdown(text: str, options: list) -> ipywidgets.Dropdown:
    return ipywidgets.Dropdown(description=text, options=options, **_WIDE)
