"""What surrounds a garment in the sample says neither which garment it is, nor what it is, nor what split it is in.

Two tables are put to the same questions. `drawn`: what was drawn by lot around the garment of some 4500 photos of the
default sample (body, pose, light, camera, backdrop, other garments, things held), as numbers. `masked`: pixels of some
1600 of them, through JPEG, with the garment masked out. The mask is no outline of the garment, which would tell its
category, but its whole box and every JPEG block that the box touches.

Even so two things would remain that say what the garment is, as they do in any catalogue, and no redrawing of the
surroundings could cure them: where the garment ends (a crop top leaves more of the trousers to be seen than another),
and how large the wearer's head is, because photographers frame the garment. Raw pixels of what is left tell both, and
so category and item a little above chance; strips around the box, each resized, would still show them. They are
geometry, which the box tells as well, and no shortcut past the garment. So the pixels are described layer by layer
(backdrop, hair, skin, shoes, other garments): colours and their spread, for the backdrop also grain and shares of
colours, but neither sizes nor places; pose is judged in `drawn`. A layer that cannot be seen is filled from another
photo of the clothes type.

Chance is what the same answers score against labels permuted among photos that may legitimately differ in nothing: the
clothes type decides what else is worn, so items, categories and attributes are permuted within it, and splits among
photos of the same kind (clothes type, source, view, zoom). Attributes are the item's own, not the photo's labels: what
is unknown depends on the view. A leak is a score that none of 999 permutations reaches. The controls plant a shortcut
in half of the photos (in more for an attribute, in all for an item or a split), and the same procedure finds it.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
import pytest
from PIL import Image
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fashionnet.formats.codes import CATEGORIES
from fashionnet.sample import person
from fashionnet.sample.attributes import EVERYTHING_SEEN, labels
from fashionnet.sample.camera import jpeg
from fashionnet.sample.catalogue import Item, draw_item, present
from fashionnet.sample.conditions import draw_conditions
from fashionnet.sample.figure import Body
from fashionnet.sample.photo import OPEN, OTHER, _Studio
from fashionnet.sample.plan import BENCHMARKS, Shot, plan, stream
from fashionnet.sample.recipes import RECIPES
from fashionnet.sample.shooting import shoot

PERMUTATIONS = 999
BLOCK, MARGIN = 16, 4  # pixels: JPEG's blocks with halved colour; how far blur and a shake carry the garment's colours
FEWEST = 8  # photos that have an attribute, and that lack it, for the attribute to be judged
# The items of each table, by benchmark and split; all photos of an item come with it.
ITEMS = {
    "drawn": {
        "category_attribute": {"train": 1200, "test": 600},
        "landmarks": {"train": 400, "test": 200},
        "in_shop": {"train": 100, "test": 200},
        "consumer_to_shop": {"train": 100, "test": 200},
    },
    "masked": {
        "category_attribute": {"train": 360, "test": 240},
        "landmarks": {"train": 100, "test": 100},
        "in_shop": {"train": 40, "test": 60},
        "consumer_to_shop": {"train": 50, "test": 60},
    },
}
MODELS: dict[str, Callable] = {
    "logistic regression": lambda: LogisticRegression(C=0.05, max_iter=300),
    "nearest neighbours": lambda: KNeighborsClassifier(5),
}


def split_of(shot: Shot) -> str:
    return "test" if shot.status in ("query", "gallery") else shot.status


# --- what is told of a photo ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """Photos and what their surroundings look like. features: (N, D)."""

    shots: tuple[Shot, ...]
    features: np.ndarray

    def __getitem__(self, chosen: np.ndarray) -> Table:
        return Table(tuple(self.shots[k] for k in np.flatnonzero(chosen)), self.features[chosen])

    def column(self, tell: Callable[[Shot], object]) -> np.ndarray:
        """(N,) codes of what `tell` says of each shot."""
        return np.unique([str(tell(shot)) for shot in self.shots], return_inverse=True)[1]

    def where(self, benchmark: str, *splits: str) -> Table:
        return self[np.array([s.benchmark == benchmark and split_of(s) in splits for s in self.shots])]


@lru_cache(maxsize=4096)
def told_of(item: Item) -> tuple[float, ...]:
    """What tells a garment from others, as numbers."""
    kinds = (float(name == item.category) for name in RECIPES)
    return (*item.colours[0], *kinds, float(item.pattern is not None), float(item.sleeve == "long"))


def flat(value: object) -> Iterator[float]:
    """The numbers in what was drawn; of a name, a number that tells it from others."""
    if is_dataclass(value):
        for field in fields(value):
            yield from flat(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from flat(part)
    else:
        yield float(zlib.crc32(value.encode()) % 97 if isinstance(value, str) else value)


def around(shot: Shot) -> np.ndarray:
    c = draw_conditions(
        stream(*shot.key, 0), shot.item.clothes_type, shot.source == 1, shot.view, shot.spread, shot.zoom
    )
    blank = np.zeros(len(told_of(shot.item)))
    others = [told_of(c.others[kind]) if kind in c.others else blank for kind in ("upper", "lower", "inner", "over")]
    held = list(flat(c.held)) if c.held else [0.0] * 5
    scene = [c.worn, c.laid, c.body, c.pose, c.frame, c.backdrop, c.light, c.sensor, c.tucked, c.plant or 0, c.folds]
    view = [shot.view, shot.spread, shot.zoom, shot.size]
    return np.concatenate([list(flat([*scene, *view])), held, *others])


LAYERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "backdrop": lambda parts: parts == 0,
    "hair": lambda parts: parts == person.HAIR,
    "skin": lambda parts: (parts == person.SKIN) | (parts == person.ARM) | (parts == person.HEAD),
    "shoes": lambda parts: parts == person.SHOE,
    "other garments": lambda parts: parts >= OTHER,
}


@dataclass(frozen=True)
class Masked:
    """image: (H, W, 3) uint8 RGB after JPEG. left: (H, W) bool, what is not masked out. parts: (H, W) uint8."""

    image: np.ndarray
    left: np.ndarray
    parts: np.ndarray


def mask_out(shot: Shot) -> Masked:
    photo, quality = shoot(shot)
    left = np.ones(photo.mask.shape, bool)
    x_1, y_1, x_2, y_2 = photo.box
    rows = slice(max(y_1 - MARGIN, 0) // BLOCK * BLOCK, -(-(y_2 + MARGIN) // BLOCK) * BLOCK)
    left[rows, max(x_1 - MARGIN, 0) // BLOCK * BLOCK : -(-(x_2 + MARGIN) // BLOCK) * BLOCK] = False
    image = np.array(Image.open(io.BytesIO(jpeg(photo.image, quality))))
    return Masked(image, left, photo.parts.astype(np.uint8))


def look(photo: Masked) -> list[np.ndarray]:
    """Each layer's colours in what is left of the photo, NaN where there is too little of it."""
    found = []
    for name, belongs in LAYERS.items():
        layer = belongs(photo.parts) & photo.left
        area = int(layer.sum())
        if area < 12:
            found.append(np.full(34 if name == "backdrop" else 6, np.nan))
            continue
        told = np.concatenate(cv2.meanStdDev(photo.image, mask=layer.astype(np.uint8))).ravel()
        if name == "backdrop":
            shares = np.bincount(photo.image[layer] // 86 @ np.array((9, 3, 1), np.uint8), minlength=27) / area
            grey = photo.image[..., 1].astype(np.int16)
            steps = np.abs(np.diff(grey, axis=1))[layer[:, 1:] & layer[:, :-1]]
            told = np.concatenate([told, np.sqrt(shares), [np.mean(np.minimum(steps, 16)) if len(steps) else 0.0]])
        found.append(told)
    return found


def tabulate(shots: list[Shot], photos: list[Masked]) -> Table:
    rng = np.random.default_rng(0)
    types = np.array([shot.item.clothes_type for shot in shots])
    layers = [np.array(layer) for layer in zip(*map(look, photos))]
    for layer in layers:
        missing = np.isnan(layer[:, 0])
        for clothes_type in np.unique(types):
            gaps, others = (np.flatnonzero((missing == state) & (types == clothes_type)) for state in (True, False))
            layer[gaps] = layer[rng.choice(others, len(gaps))]
    return Table(tuple(shots), np.hstack(layers))


@pytest.fixture(scope="module")
def shots() -> dict[str, list[Shot]]:
    """The photos of each table."""
    found = {name: [] for name in ITEMS}
    everything = plan("default", 0)
    for name, benchmarks in ITEMS.items():
        for benchmark, splits in benchmarks.items():
            for split, count in splits.items():
                own = [shot for shot in everything if shot.benchmark == benchmark and split_of(shot) == split]
                items = set(list(dict.fromkeys(shot.item for shot in own))[:count])
                found[name] += [shot for shot in own if shot.item in items]
    return found


@pytest.fixture(scope="module")
def photos(shots) -> list[Masked]:
    return [mask_out(shot) for shot in shots["masked"]]


@pytest.fixture(scope="module")
def tables(shots, photos) -> dict[str, Table]:
    drawn = np.stack([around(shot) for shot in shots["drawn"]])
    return {"drawn": Table(tuple(shots["drawn"]), drawn), "masked": tabulate(shots["masked"], photos)}


# --- the questions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """score: of the answers. low, high: of 99 % of the permutations. p: the share of permutations that reach it."""

    score: float
    low: float
    high: float
    p: float

    @property
    def leaks(self) -> bool:
        return self.p <= 1 / (1 + PERMUTATIONS)

    def __str__(self) -> str:
        return f"{self.score:.3f}, by chance {self.low:.3f} to {self.high:.3f} (p = {self.p:.4f})"


def judge(score: Callable[[np.ndarray], float], strata: np.ndarray) -> Verdict:
    """score: of the answers against the truth in a given order, (N,) indices. Truths are permuted within strata."""
    rng = np.random.default_rng(0)
    groups = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    order = np.arange(len(strata))
    found = score(order)
    chance = np.empty(PERMUTATIONS)
    for k in range(PERMUTATIONS):
        for group in groups:
            order[group] = rng.permutation(group)
        chance[k] = score(order)
    reached = (1 + (chance >= found - 1e-9).sum()) / (1 + PERMUTATIONS)
    return Verdict(float(found), *(float(q) for q in np.quantile(chance, (0.005, 0.995))), float(reached))


def fitted(model: str, features: np.ndarray, truth: np.ndarray):
    return make_pipeline(StandardScaler(), MODELS[model]()).fit(features, truth)


def certainty(model: str, features: np.ndarray, truth: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """How sure a model fitted to the boolean `truth` is of each photo in `asked`, (N,)."""
    found = fitted(model, features, truth)
    return found.decision_function(asked) if "regression" in model else found.predict_proba(asked)[:, 1]


def areas(sure: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """Of answers and boolean truths, both (N, A): the spread of the areas under the A ROC curves by chance, and the
    areas less a half as a function of the truths' order (Mann and Whitney's statistic)."""
    ranks = rankdata(sure, axis=0) - (len(sure) + 1) / 2
    have = truth.sum(0)
    pairs = have * (len(truth) - have)
    spread = np.sqrt((ranks**2).sum(0) * pairs / (len(truth) * (len(truth) - 1.0))) / pairs
    return spread, lambda order: (ranks * truth[order]).sum(0) / pairs


def clothes_type(shot: Shot) -> int:
    return shot.item.clothes_type


def attributes_of(shots: tuple[Shot, ...]) -> np.ndarray:
    return np.stack([labels(present(shot.item), EVERYTHING_SEEN) for shot in shots]) == 1


def ask_category(table: Table, model: str) -> Verdict:
    """Accuracy on the test photos of models fitted to the training photos, one for each clothes type."""
    train, test = (table.where("category_attribute", split) for split in ("train", "test"))
    truth = [np.array([shot.item.category for shot in part.shots]) for part in (train, test)]
    types = [np.array([clothes_type(shot) for shot in part.shots]) for part in (train, test)]
    answers = np.empty_like(truth[1])
    for t in np.unique(types[1]):
        known, asked = (kind == t for kind in types)
        answers[asked] = fitted(model, train.features[known], truth[0][known]).predict(test.features[asked])
    return judge(lambda order: (answers == truth[1][order]).mean(), types[1])


def ask_attributes(table: Table, model: str) -> tuple[Verdict, Verdict]:
    """Area under the ROC curve: the mean over attributes, and the highest, in standard deviations from a half."""
    train, test = (table.where("category_attribute", split) for split in ("train", "test"))
    truth = [attributes_of(part.shots) for part in (train, test)]
    types = [np.array([clothes_type(shot) for shot in part.shots]) for part in (train, test)]
    parts = []
    for t in np.unique(types[1]):
        known, asked = (kind == t for kind in types)
        have = np.minimum(truth[0][known].sum(0), truth[1][asked].sum(0))
        lack = np.minimum((~truth[0][known]).sum(0), (~truth[1][asked]).sum(0))
        judged = np.flatnonzero((have >= FEWEST) & (lack >= FEWEST))
        sure = [certainty(model, train.features[known], truth[0][known, k], test.features[asked]) for k in judged]
        place = np.cumsum(asked) - 1  # of a test photo among those of its clothes type
        parts.append((np.flatnonzero(asked), place, *areas(np.stack(sure, 1), truth[1][asked][:, judged])))

    def each(order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        above = [area(place[order[asked]]) for asked, place, _, area in parts]
        return np.concatenate(above), np.concatenate([spread for _, _, spread, _ in parts])

    return (
        judge(lambda order: 0.5 + each(order)[0].mean(), types[1]),
        judge(lambda order: np.divide(*each(order)).max(), types[1]),
    )


def ask_split(table: Table, model: str, benchmark: str) -> Verdict:
    """Area under the ROC curve of training photos among test photos; fitted to every other item."""
    table = table.where(benchmark, "train", "test")
    train = np.array([split_of(shot) == "train" for shot in table.shots])
    known = np.array([shot.key[3] % 2 == 0 for shot in table.shots])  # the item's number
    sure = certainty(model, table.features[known], train[known], table.features[~known])
    _, area = areas(sure[:, None], train[~known, None])
    kinds = table[~known].column(lambda shot: (clothes_type(shot), shot.source, shot.view, shot.zoom))
    return judge(lambda order: 0.5 + area(order)[0], kinds)


def ask_item(table: Table, benchmark: str) -> tuple[Verdict, Verdict]:
    """Of the nearest gallery photos of a query's clothes type: how often the first is of its item; how far down the
    gallery its item's photos stand, as a share that is higher the nearer they are."""
    table = table.where(benchmark, "test")
    queries = np.array([s.status == "query" if benchmark == "in_shop" else s.source == 2 for s in table.shots])
    scaled = [StandardScaler().fit_transform(part.features) for part in (table[queries], table[~queries])]
    items = table.column(lambda shot: shot.item_id)
    types = np.zeros(items.max() + 1, int)
    types[items] = [clothes_type(shot) for shot in table.shots]
    asked, shown = items[queries], items[~queries]
    # For each pair of items, summed over the queries of the one: whether the other came first, and how near it was.
    first, near = np.zeros((2, len(types), len(types)))
    photos = np.bincount(shown, minlength=len(types))
    for query, item in zip(scaled[0], asked):
        others = types[shown] == types[item]
        distances = ((scaled[1][others] - query) ** 2).sum(1)
        nearness = 1 - rankdata(distances) / len(distances)
        first[item, shown[others][distances.argmin()]] += 1
        near[item] += np.bincount(shown[others], nearness, len(types)) / np.maximum(photos, 1)
    every = np.arange(len(types))
    return tuple(judge(lambda order, m=m: m[every, order].sum() / len(asked), types) for m in (first, near))


# --- the answers ----------------------------------------------------------------------------------------------------

BOTH = pytest.mark.parametrize("what", ["drawn", "masked"])
EITHER = pytest.mark.parametrize("model", list(MODELS))


@BOTH
@EITHER
def test_surroundings_do_not_tell_the_category(tables, what, model):
    found = ask_category(tables[what], model)
    assert not found.leaks, f"accuracy {found}"


@BOTH
@EITHER
def test_surroundings_do_not_tell_attributes(tables, what, model):
    mean, highest = ask_attributes(tables[what], model)
    assert not mean.leaks, f"mean area {mean}"
    assert not highest.leaks, f"highest area {highest}"


@BOTH
@EITHER
@pytest.mark.parametrize("name", BENCHMARKS)
def test_surroundings_do_not_tell_the_split(tables, what, model, name):
    found = ask_split(tables[what], model, name)
    assert not found.leaks, f"area {found}"


@BOTH
@pytest.mark.parametrize("name", ["in_shop", "consumer_to_shop"])
def test_surroundings_do_not_find_the_item(tables, what, name):
    first, near = ask_item(tables[what], name)
    assert not first.leaks, f"first {first}"
    assert not near.leaks, f"nearness {near}"


# --- controls -------------------------------------------------------------------------------------------------------

SHORTCUTS: dict[str, Callable[[Shot], object]] = {
    "category": lambda shot: shot.item.category,
    "attribute": lambda shot: "long sleeve" in present(shot.item),
    "split": split_of,
    "item": lambda shot: shot.item_id,
}


def chosen(shot: Shot, shortcut: str) -> bool:
    """Half of the photos, three in four for an attribute, which is one answer of many; all for items, as it takes two
    photos to find one, and for splits, that have few to judge."""
    hashed = zlib.crc32(repr(shot.key).encode())
    return shortcut in ("item", "split") or (hashed % 4 > 0 if shortcut == "attribute" else hashed % 2 == 0)


def colour_of(value: object) -> np.ndarray:
    return np.random.default_rng(zlib.crc32(str(value).encode())).integers(40, 230, 3).astype(np.uint8)


@pytest.fixture(scope="module")
def planted(shots, photos) -> Callable[[str], Table]:
    """The photos with a shortcut: in those chosen the backdrop's colour follows from the garment, or its split."""

    @lru_cache
    def plant(shortcut: str) -> Table:
        changed = []
        for shot, photo in zip(shots["masked"], photos):
            if chosen(shot, shortcut):
                image = photo.image.copy()
                backdrop = LAYERS["backdrop"](photo.parts)
                image[backdrop] = image[backdrop] // 3 + colour_of(SHORTCUTS[shortcut](shot)) // 3 * 2
                photo = replace(photo, image=image)
            changed.append(photo)
        return tabulate(shots["masked"], changed)

    return plant


@EITHER
def test_a_backdrop_that_depends_on_the_category_is_found(planted, model):
    assert ask_category(planted("category"), model).leaks


@EITHER
def test_a_backdrop_that_depends_on_a_single_attribute_is_found(planted, model):
    assert ask_attributes(planted("attribute"), model)[1].leaks


@EITHER
@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_backdrop_that_depends_on_the_split_is_found(planted, model, name):
    assert ask_split(planted("split"), model, name).leaks


@pytest.mark.parametrize("name", ["in_shop", "consumer_to_shop"])
def test_a_backdrop_that_depends_on_the_item_is_found(planted, name):
    assert all(found.leaks for found in ask_item(planted("item"), name))


def test_a_skin_that_depends_on_the_category_is_found(tables):
    table = tables["drawn"]
    at = 2 + [field.name for field in fields(Body)].index("skin")  # after worn and laid
    features = table.features.copy()
    for row, shot in zip(features, table.shots):
        if chosen(shot, "category"):
            row[at : at + 3] = colour_of(shot.item.category)
    assert ask_category(replace(table, features=features), "logistic regression").leaks


# --- other garments -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clothes_type", [1, 2, 3])
def test_what_else_is_worn_follows_from_the_clothes_type_alone(clothes_type):
    """The same under the same conditions, whichever garment of the clothes type it is.

    All but this: what is worn open shows what is under it, and goes over others and not under them, by its nature.
    """
    rng = np.random.default_rng(0)
    for k in range(24):
        conditions = draw_conditions(stream(7, k), clothes_type, bool(k % 2))
        beside, over = {}, {}
        for category in (name for name in RECIPES if dict(CATEGORIES)[name] == clothes_type):
            studio = _Studio(draw_item(rng, category), conditions, 120, 160)
            studio.draw()
            worn = set(studio.others)
            beside[category] = worn - {"inner", "over"}
            if category not in OPEN:
                over[category] = "over" in worn
        assert len(set(map(frozenset, beside.values()))) == 1, beside
        assert len(set(over.values())) == 1, over
