"""A trained experiment, ready to say what a photo shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.special import expit, softmax

from fashionnet.device import pick_device, reproducible
from fashionnet.formats.codes import LANDMARK_NAMES
from fashionnet.inference import predict
from fashionnet.networks import System
from fashionnet.predict import predict_unsourced
from fashionnet.predictions import Arrays
from fashionnet.prepare.tables import Prepared, load_prepared
from fashionnet.project import project_root
from fashionnet.recognition.gallery import Gallery, load_gallery
from fashionnet.recognition.photo import Asked, Box, read_asked
from fashionnet.recognition.result import Landmark, Near, Recognised, Scored
from fashionnet.systems import in_order
from fashionnet.training.weights import FILE, Card, load, read_card

NEAREST = 5
THREADS = 1  # of one photo: two threads wait for each other longer than they save, beside another busy process tenfold


@dataclass(frozen=True, eq=False, repr=False)  # of a network and arrays neither says anything
class Recogniser:
    """experiment: its name. prepared: the data that it was trained on, whose shop photos `gallery` holds."""

    experiment: str
    network: System
    card: Card
    prepared: Prepared
    gallery: Gallery

    def recognise(self, photo: Path | str | Image.Image, box: Box | None = None, nearest: int = NEAREST) -> Recognised:
        """What a photo shows, in the given box (x_1, y_1, x_2, y_2 in pixels of the upright photo) or in all of it.

        Raises UnreadablePhotoError and ValueError as `read_asked` does.
        """
        asked = self.asked(photo, box)
        return self.recognised(asked, self.arrays(asked.crop), nearest)

    def asked(self, photo: Path | str | Image.Image, box: Box | None = None, name: str = "") -> Asked:
        """The photo cut as those were that the network was trained on."""
        settings = self.card.settings["prepare"]
        return read_asked(photo, box, settings["margin"], settings["image_size"], name)

    def arrays(self, crop: np.ndarray, source: int | None = None) -> Arrays:
        """What the network says of a crop (S, S, 3), as `inference.predict`; a photo alone, so that its numbers do not
        depend on others. source: as of `batches.sources`; None where nobody knows it."""
        device = pick_device("auto")
        with reproducible(device, THREADS):
            if source is None:
                return predict_unsourced(self.network, crop[None], device)
            return predict(self.network, crop[None], device=device, source=np.array([source]))

    def recognised(
        self, asked: Asked, arrays: Arrays, nearest: int = NEAREST, without: int | None = None
    ) -> Recognised:
        """Arrays in words. without: a row of `prepared.photos` that is not to be among the nearest."""
        return Recognised(
            photo=asked.name,
            width=asked.photo.width,
            height=asked.photo.height,
            box=asked.box,
            boxed=asked.boxed,
            category=self._category(arrays),
            attributes=self._attributes(arrays),
            landmarks=_landmarks(asked, arrays),
            nearest=self._nearest(arrays, nearest, without),
        )

    def _category(self, arrays: Arrays) -> list[Scored]:
        if "category" not in arrays:
            return []
        return _ordered(self.card.categories, softmax(arrays["category"][0].astype(np.float64)))

    def _attributes(self, arrays: Arrays) -> dict[str, list[Scored]]:
        if "attributes" not in arrays:
            return {}
        scores = expit(arrays["attributes"][0].astype(np.float64))
        names, groups = np.array(self.card.attributes), self.prepared.groups
        return {group: _ordered(names[groups == group], scores[groups == group]) for group in dict.fromkeys(groups)}

    def _nearest(self, arrays: Arrays, k: int, without: int | None) -> list[Near]:
        places, far = self.gallery.nearest(arrays, k, without)
        rows = self.gallery.rows[places].tolist()
        measure = "distance"
        if self.network.by_match:
            # The output biases are the same for all pairs: they order nothing, and a probability needs them.
            bias = self.network.match.bias.detach().cpu().numpy().astype(np.float64)
            measure, far = "match", expit(bias[1] - bias[0] - np.array(far)).tolist()
        photos = self.prepared.photos.iloc[rows]
        named = zip(photos["benchmark"], photos["image_name"], photos["item"])
        return [Near(*names, row, measure, value) for names, row, value in zip(named, rows, far, strict=True)]


def trained_experiments(root: Path) -> list[str]:
    """The experiments of the project in `root` that have weights, FashionNet first."""
    return in_order(path.parent.name for path in (root / "artifacts/models").glob(f"*/{FILE}"))


def load_recogniser(experiment: str = "fashionnet", root: Path | None = None) -> Recogniser:
    """The trained experiment of the project in `root` (default: the one around the current folder).

    Raises FileNotFoundError where nothing is trained, or the data or the shop photos' predictions are not there;
    ValueError for an experiment that is not trained, naming those that are, for an oracle, which a photo of one's own
    cannot be asked of, and where the data is not what it was trained on.
    """
    root = root or project_root()
    known = trained_experiments(root)
    if not known:
        raise FileNotFoundError(
            f"{root / 'artifacts/models'}: found no trained network, expected what `make study` trains"
        )
    if experiment not in known:
        raise ValueError(
            f"found no trained experiment {experiment!r}, expected one of {', '.join(known)}; "
            "`dvc repro` trains those that params.yaml lists under trained"
        )
    folder = root / "artifacts/models" / experiment
    network, card = load(folder), read_card(folder)
    if network.oracle:
        raise ValueError(f"found {experiment!r}, which is told the true landmarks, expected one that estimates its own")
    prepared = load_prepared(root / "artifacts/prepared")
    for what, own, table in (
        ("categories", card.categories, prepared.categories["category_name"]),
        ("attributes", card.attributes, prepared.attribute_names["attribute_name"]),
    ):
        if own and own != table.tolist():
            raise ValueError(
                f"{root / 'artifacts/prepared'}: found other {what} than {experiment} was trained on, expected the "
                "same; `dvc repro` trains it anew"
            )
    return Recogniser(
        experiment, network, card, prepared, load_gallery(prepared, root / "artifacts/predictions" / experiment)
    )


def _ordered(names: np.ndarray | list[str], scores: np.ndarray) -> list[Scored]:
    order = np.argsort(-scores, kind="stable")
    return [Scored(str(names[place]), float(scores[place])) for place in order]


def _landmarks(asked: Asked, arrays: Arrays) -> list[Landmark]:
    if "landmarks" not in arrays:
        return []
    points = asked.in_photo(arrays["landmarks"][0])
    return [
        Landmark(name, float(x), float(y), float(seen))
        for name, (x, y), seen in zip(LANDMARK_NAMES, points, arrays["visibility"][0], strict=True)
    ]
