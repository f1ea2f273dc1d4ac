"""Where a data folder holds what: the benchmarks' folders, their files, and the photo behind an image path.

Letter case is forgiven, since archives, disks and annotation files do not agree on it. The data folder, a benchmark and
its image folder may be links to another disk; a photo that leaves its image folder is refused. Photos are extracted, or
in the archive `img.zip` as it was downloaded, or some in this way and some in that.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from fashionnet.formats.archive import MOST_BYTES, Archive, Member
from fashionnet.formats.codes import OFFICIAL
from fashionnet.formats.errors import FormatError, quoted
from fashionnet.formats.misplaced import misplaced
from fashionnet.formats.rows import is_image_name

_PARTITION = "Eval/list_eval_partition.txt"

# The files of each benchmark, by their official names; of category_attribute the coarse ones.
FILES = {
    "category_attribute": (
        _PARTITION,
        "Anno_coarse/list_category_cloth.txt",
        "Anno_coarse/list_category_img.txt",
        "Anno_coarse/list_attr_cloth.txt",
        "Anno_coarse/list_attr_img.txt",
        "Anno_coarse/list_bbox.txt",
        "Anno_coarse/list_landmarks.txt",
    ),
    "landmarks": (
        _PARTITION,
        "Anno/list_bbox.txt",
        "Anno/list_landmarks.txt",
        "Anno/list_joints.txt",
    ),
    "in_shop": (
        _PARTITION,
        "Anno/list_item_inshop.txt",
        "Anno/list_attr_cloth.txt",
        "Anno/list_attr_items.txt",
        "Anno/list_bbox_inshop.txt",
        "Anno/list_landmarks_inshop.txt",
        "Anno/list_color_cloth.txt",
        "Anno/list_description_inshop.json",
    ),
    "consumer_to_shop": (
        _PARTITION,
        "Anno/list_item_consumer2shop.txt",
        "Anno/list_attr_cloth.txt",
        "Anno/list_attr_items.txt",
        "Anno/list_bbox_consumer2shop.txt",
        "Anno/list_landmarks_consumer2shop.txt",
    ),
}

# The later re-label of 20,000 photos of category_attribute: for each split the names, and four files without names
# whose rows belong to those. Its list_category_cloth is the coarse one again.
FINE_SPLITS = {
    split: {
        what: f"Anno_fine/{split}{ending}.txt"
        for what, ending in (
            ("names", ""),
            ("attributes", "_attr"),
            ("categories", "_cate"),
            ("boxes", "_bbox"),
            ("landmarks", "_landmarks"),
        )
    }
    for split in ("train", "val", "test")
}
FINE_ATTRIBUTES = "Anno_fine/list_attr_cloth.txt"
FINE_CATEGORIES = "Anno_fine/list_category_cloth.txt"
FINE_FILES = (FINE_ATTRIBUTES, FINE_CATEGORIES, *(name for split in FINE_SPLITS.values() for name in split.values()))

# Where else a file may be: older copies say Anno for Anno_coarse, newer ones put some into a folder of their own.
_ELSEWHERE = {"Anno_coarse": ("Anno",), "Anno": ("Anno/attributes",), "Eval": (), "Anno_fine": ()}


_Names = dict[Path, dict[str, str]]  # folders that were listed: casefolded name to name


@dataclass(frozen=True)
class Benchmark:
    """One benchmark as it lies on the disk.

    name: a key of OFFICIAL. folder: its folder.
    files: the path of each file of FILES[name] (and FINE_FILES) that is there, by its official name.
    images: the folder that image paths, which start with img/, are relative to.
    archive: img.zip, None where there is none.
    """

    name: str
    folder: Path
    files: dict[str, Path]
    images: Path
    archive: Archive | None = None
    _folders: dict[str, Path | None] = field(default_factory=dict, repr=False, compare=False)
    _names: _Names = field(default_factory=dict, repr=False, compare=False)

    def open(self, image_name: str) -> BinaryIO:
        """A photo's bytes.

        Raises FileNotFoundError where there is no such photo, FormatError where nothing is extracted and the archive
        cannot be read, and ValueError for a path that leaves the image folder or for what is no file, is damaged or
        is larger than MOST_BYTES.
        """
        return open_photo(self.photo(image_name))

    def photo(self, image_name: str) -> Path | Member:
        """Where a photo is; where it is not there, the path at which it was expected.

        An extracted file comes before the archive's, which fills in what was not extracted, if it can be read. Raises
        ValueError for an image path, or a link behind it, that leaves the image folder, and FormatError as `open` does.
        """
        if not is_image_name(image_name):
            raise ValueError(f"found {quoted(image_name)}, expected an image path inside {self.images / 'img'}")
        above, _, own = image_name.rpartition("/")
        if above not in self._folders:
            self._folders[above] = self._inside(find(self.images, above, self._names))
        folder = self._folders[above]
        path = None if folder is None else find(folder, own, self._names)
        if path is None:
            return self._packed(image_name) or self.images / image_name
        return self._inside(path) if path.is_symlink() else path

    def _packed(self, image_name: str) -> Member | None:
        if self.archive is None:
            return None
        try:
            return self.archive.find(image_name)
        except FormatError:
            if not self._extracted:
                raise
            return None  # it was extracted, with its password, and is no more than a copy

    @cached_property
    def _extracted(self) -> bool:
        """Whether img/ (or Img/ in its place) holds more than archives."""
        entries = self._top.iterdir() if self._top.is_dir() else []
        return any(entry.suffix.casefold() != ".zip" and not entry.name.startswith(".") for entry in entries)

    def _inside(self, path: Path | None) -> Path | None:
        if path is not None and not path.resolve().is_relative_to(self._top):
            raise ValueError(f"{path}: found a link to {path.resolve()}, expected a photo inside {self._top}")
        return path

    @cached_property
    def _top(self) -> Path:
        return (find(self.images, "img") or self.images / "img").resolve()


def open_photo(place: Path | Member) -> BinaryIO:
    """The bytes of a photo at a place that `Benchmark.photo` gave. Raises as `Benchmark.open` does."""
    if isinstance(place, Member):
        return place.open()
    about = place.stat()
    # Looked at before it is opened: a FIFO keeps whoever opens it waiting, a device may do anything.
    if not stat.S_ISREG(about.st_mode):
        raise ValueError("found a folder or a device, expected a file")
    if about.st_size > MOST_BYTES:
        raise ValueError(f"found {about.st_size} bytes, expected {MOST_BYTES} at most")
    return open(place, "rb")


def find_benchmarks(data: Path) -> dict[str, Benchmark]:
    """The benchmarks whose folders are in `data`, in the order of OFFICIAL. Raises FileNotFoundError without `data`."""
    data = Path(data)
    if not data.is_dir():
        raise FileNotFoundError(misplaced(data))
    found = {}
    for name, official in OFFICIAL.items():
        folder = find(data, official)
        if folder is not None and folder.is_dir():
            official = (*FILES[name], *(FINE_FILES if name == "category_attribute" else ()))
            files = {relative: path for relative in official if (path := _find_file(folder, relative)) is not None}
            found[name] = Benchmark(name, folder, files, _image_folder(folder), _archive(folder))
    return found


def find(folder: Path, relative: str, names: _Names | None = None) -> Path | None:
    """`relative` inside `folder` if it is there, in whatever letter case; the exact one first.

    `names` keeps the listings that the search needs, for a next one.
    """
    if (folder / relative).exists():
        return folder / relative
    names = {} if names is None else names
    path = folder
    for part in relative.split("/"):
        if path not in names:
            listed = sorted(path.iterdir(), reverse=True) if path.is_dir() else []
            names[path] = {entry.name.casefold(): entry.name for entry in listed}
        own = part if (path / part).exists() else names[path].get(part.casefold())
        if own is None:
            return None
        path = path / own
    return path


def _find_file(folder: Path, relative: str) -> Path | None:
    above, _, own = relative.partition("/")
    paths = [path for place in (above, *_ELSEWHERE[above]) if (path := find(folder, f"{place}/{own}")) is not None]
    # A folder of that name is not the same as nothing there: its reader says so.
    return next((path for path in paths if path.is_file()), paths[0] if paths else None)


def _image_folder(folder: Path) -> Path:
    """Img/ with an img/ in it, as the archives are; else the benchmark's folder, with photos right in Img/ or img/."""
    images = find(folder, "Img")
    return folder if images is None or find(images, "img") is None else images


def _archive(folder: Path) -> Archive | None:
    for place in ("Img/img.zip", "img.zip"):
        path = find(folder, place)
        if path is not None and path.is_file():
            return Archive(path)
    return None
