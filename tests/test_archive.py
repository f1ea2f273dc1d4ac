"""img.zip read in place: wherever its photos lie in it, in whatever letter case, whole or not."""

import io
import pickle
import struct
import zipfile
import zlib
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fashionnet.formats import FormatError
from fashionnet.formats.archive import MOST_BYTES, Archive
from fashionnet.formats.layout import find_benchmarks

NAME = "img/Sheer_Top/img_00000001.jpg"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "data" / "In-shop Clothes Retrieval Benchmark"
    (folder / "Img").mkdir(parents=True)
    return folder


def pack(path, contents, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def only(folder):
    (benchmark,) = find_benchmarks(folder.parent).values()
    return benchmark


def read(folder, name=NAME):
    with only(folder).open(name) as file:
        return file.read()


@pytest.mark.parametrize("place", ["Img/img.zip", "img.zip", "Img/IMG.ZIP", "Img.zip"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_wherever_the_archive_lies(folder, place, method):
    pack(folder / place, {NAME: b"photo" * 99}, method)
    assert read(folder) == b"photo" * 99


@pytest.mark.parametrize(
    "entry",
    [NAME, f"./{NAME}", f"In-shop/Img/{NAME}", f"Img/{NAME}", f"IMG/{NAME.upper()}", NAME.replace("img/", "Img/", 1)],
)
def test_wherever_the_photos_lie_in_it(folder, entry):
    pack(folder / "Img/img.zip", {"README.txt": b"no photo", entry: b"photo"})
    assert read(folder) == b"photo"


def test_the_exact_name_comes_first(folder):
    names = ("img/A/1.jpg", "img/a/1.jpg", "img/a/1.JPG")
    pack(folder / "img.zip", {name: name.encode() for name in names})
    assert [read(folder, name) for name in names] == [name.encode() for name in names]
    assert read(folder, "img/A/1.JPG") in [name.encode() for name in names]


def test_what_macos_adds_is_passed_over(folder):
    pack(folder / "img.zip", {f"__MACOSX/{NAME}": b"attributes", NAME: b"photo", "img/Sheer_Top/2.jpg": b"another"})
    assert read(folder) == b"photo"


def test_an_extracted_photo_comes_first_and_the_archive_fills_in(folder):
    other = "img/Sheer_Top/img_00000002.jpg"
    pack(folder / "Img/img.zip", {NAME: b"packed", other: b"packed too"})
    (folder / "Img" / NAME).parent.mkdir(parents=True)
    (folder / "Img" / NAME).write_bytes(b"extracted")
    assert read(folder) == b"extracted"
    assert read(folder, other) == b"packed too"
    with pytest.raises(FileNotFoundError, match=r"img_3\.jpg"):
        read(folder, "img/Sheer_Top/img_3.jpg")


@pytest.mark.parametrize("name", ["img/../../secret.jpg", "/etc/passwd", "img//1.jpg", "img/./1.jpg", "img\\1.jpg"])
def test_what_leaves_img_is_refused_and_not_served(folder, name):
    pack(folder / "img.zip", {NAME: b"photo", name: b"secret"})
    with pytest.raises(ValueError, match="expected an image path inside"):
        read(folder, name)
    assert only(folder).archive.find("img/secret.jpg") is None
    assert read(folder) == b"photo"


def test_a_link_in_it_is_bytes_and_not_followed(folder, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")
    link = zipfile.ZipInfo(NAME)
    link.external_attr = 0o120777 << 16
    pack(folder / "img.zip", {link: str(tmp_path / "secret")})
    assert read(folder) == str(tmp_path / "secret").encode()


def edit(path, offset, layout, value, central=True):
    """Overwrite a field of the only entry's header in the directory (or its local one)."""
    raw = bytearray(path.read_bytes())
    struct.pack_into(layout, raw, raw.index(b"PK\1\2" if central else b"PK\3\4") + offset, value)
    path.write_bytes(raw)


def test_an_encrypted_archive_says_what_to_do(folder):
    path = pack(folder / "Img/img.zip", {NAME: b"photo"})
    edit(path, 8, "<H", 1)
    with pytest.raises(FormatError, match=r"img\.zip: found an encrypted archive, .*extract it with the one that you"):
        read(folder)


def test_beside_extracted_photos_an_archive_need_not_be_readable(folder):
    path = pack(folder / "Img/img.zip", {"img/2.jpg": b"another"})
    edit(path, 8, "<H", 1)
    (folder / "Img" / NAME).parent.mkdir(parents=True)
    (folder / "Img" / NAME).write_bytes(b"extracted")
    assert read(folder) == b"extracted"
    for content in (path.read_bytes(), b"PK"):
        path.write_bytes(content)
        with pytest.raises(FileNotFoundError):
            read(folder, "img/2.jpg")


@pytest.mark.parametrize("share", [0, 0.3, 0.99])
def test_an_incomplete_archive_says_so_each_time_and_is_read_once(folder, monkeypatch, share):
    path = pack(folder / "Img/img.zip", {f"img/{k}.jpg": bytes(99) for k in range(20)}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    opened = []
    real = zipfile.ZipFile
    monkeypatch.setattr(zipfile, "ZipFile", lambda path: opened.append(path) or real(path))
    benchmark = only(folder)
    for _ in range(3):
        with pytest.raises(FormatError, match=r"img\.zip: found a damaged or incomplete archive"):
            benchmark.open("img/1.jpg")
    assert len(opened) == 1


def test_a_damaged_photo_is_an_error_of_its_own(folder):
    content = np.random.default_rng(0).bytes(500)
    path = pack(folder / "img.zip", {NAME: content, "img/2.jpg": b"fine"}, zipfile.ZIP_STORED)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(content[:9], bytes(9)))
    with pytest.raises(ValueError, match="found other bytes than its directory says"):
        read(folder)
    assert read(folder, "img/2.jpg") == b"fine"


def test_nothing_is_unpacked_beyond_what_is_declared(folder, monkeypatch):
    path = pack(folder / "img.zip", {NAME: bytes(10_000_000)})
    edit(path, 24, "<I", 1_000)
    unpacked, make = [], zlib.decompressobj

    class Watched:
        def __init__(self, bits):
            self.inner = make(bits)

        def decompress(self, *arguments):
            unpacked.append(self.inner.decompress(*arguments))
            return unpacked[-1]

    monkeypatch.setattr(zlib, "decompressobj", Watched)
    with pytest.raises(ValueError, match="found other bytes than its directory says"):
        read(folder)
    assert [len(some) for some in unpacked] == [1_001]


@pytest.mark.parametrize("field", [20, 24], ids=["packed", "unpacked"])
def test_a_photo_that_declares_too_much_is_not_read(folder, field):
    path = pack(folder / "img.zip", {NAME: b"photo"})
    edit(path, field, "<I", MOST_BYTES + 1)
    with pytest.raises(ValueError, match=f"found {MOST_BYTES + 1} bytes, expected {MOST_BYTES} at most"):
        read(folder)


def test_another_compression_is_named(folder):
    pack(folder / "img.zip", {NAME: b"photo"}, zipfile.ZIP_LZMA)
    with pytest.raises(ValueError, match="found compression method 14, expected a stored or deflated photo"):
        read(folder)


def test_a_directory_that_points_elsewhere_is_noticed(folder):
    path = pack(folder / "img.zip", {NAME: b"photo"})
    edit(path, 42, "<I", 3)
    with pytest.raises(ValueError, match="found no photo where the directory says"):
        read(folder)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_byte_that_is_wrong_gives_an_error_or_the_photo(tmp_path, changes):
    """Never other bytes, and never another error."""
    content = b"photo " * 9
    raw = bytearray(pack(io.BytesIO(), {"a": b"", NAME: content}).getvalue())
    for place, value in changes:
        raw[place % len(raw)] = value
    (tmp_path / "img.zip").write_bytes(raw)
    try:
        found = Archive(tmp_path / "img.zip").find(NAME)
        read = None if found is None else found.open().read()
    except ValueError:
        return
    assert read in (None, content)


def names(count):
    return [f"img/Tee_{k % 7}/img_{k:08d}.jpg" for k in range(count)]


def of_each(benchmark, name):
    with benchmark.open(name) as file:
        return file.read()


def test_threads_and_processes_read_at_a_time(folder):
    rng = np.random.default_rng(0)
    contents = {name: rng.bytes(int(rng.integers(1, 50_000))) for name in names(200)}
    pack(folder / "img.zip", contents)
    benchmark = only(folder)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda name: of_each(benchmark, name), contents)) == list(contents.values())
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        found = pool.map(of_each, [pickle.loads(pickle.dumps(benchmark))] * 20, list(contents)[:20])
        assert list(found) == list(contents.values())[:20]


def test_a_large_directory_is_read_once(folder, monkeypatch):
    contents = dict.fromkeys(names(3_000), b"photo")
    pack(folder / "img.zip", contents, zipfile.ZIP_STORED)
    benchmark = only(folder)
    benchmark.open(NAME.replace("Sheer_Top/img_00000001", "Tee_0/img_00000000"))
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda name: of_each(benchmark, name), contents)) == {b"photo"}


def test_an_archive_that_is_none_is_no_archive(folder):
    (folder / "img.zip").mkdir()
    assert only(folder).archive is None
