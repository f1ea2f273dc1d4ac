"""Photos as they come, and the crop's geometry."""

import io
import os
import struct
import warnings
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fashionnet.formats.archive import MOST_BYTES
from fashionnet.formats.layout import open_photo
from fashionnet.prepare.photos import PADDING, UnreadablePhotoError, crop_photo, crop_square, read_photo

RED, BLUE = (200, 30, 40), (20, 40, 190)


def halves(width=40, height=20):
    """Red on the left, blue on the right."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:, : width // 2], pixels[:, width // 2 :] = RED, BLUE
    return Image.fromarray(pixels)


def near(colour, expected, tolerance=6):
    return np.abs(np.subtract(colour, expected)).max() <= tolerance


def read(path):
    """As prepare does."""
    with warnings.catch_warnings(), open_photo(path) as file:
        warnings.simplefilter("ignore")
        return read_photo(file)


@pytest.mark.parametrize(
    ("mode", "ending"),
    [("RGB", "png"), ("CMYK", "tif"), ("P", "png"), ("P", "gif"), ("RGBA", "png"), ("YCbCr", "tif"), ("RGBX", "tif")],
)
def test_every_colour_mode_becomes_the_same_rgb(tmp_path, mode, ending):
    halves().convert(mode).save(tmp_path / f"photo.{ending}")
    photo = read(tmp_path / f"photo.{ending}")
    assert photo.mode == "RGB"
    assert near(photo.getpixel((5, 10)), RED, 40)
    assert near(photo.getpixel((35, 10)), BLUE, 40)


def test_cmyk_of_a_jpeg_is_inverted_as_adobe_writes_it(tmp_path):
    halves().convert("CMYK").save(tmp_path / "photo.jpg", quality=95)
    assert b"Adobe" in (tmp_path / "photo.jpg").read_bytes()
    photo = np.asarray(read(tmp_path / "photo.jpg"), int)
    by_opencv = cv2.imread(tmp_path / "photo.jpg", cv2.IMREAD_COLOR_RGB).astype(int)
    assert np.abs(photo - by_opencv).max() <= 3
    assert near(photo[10, 5], RED, 12)


@pytest.mark.parametrize("ending", ["png", "tif", "pgm"])
def test_sixteen_bits_keep_their_brightness(tmp_path, ending):
    deep = np.array([[0, 128, 129, 25_700, 65_407, 65_535]] * 4, np.uint16)
    cv2.imwrite(tmp_path / f"grey.{ending}", deep)
    expected = np.rint(deep / 257)
    grey = np.asarray(read(tmp_path / f"grey.{ending}"), int)
    assert grey.shape == (4, 6, 3)
    assert np.abs(grey - expected[..., None]).max() <= 1
    cv2.imwrite(tmp_path / "colour.png", np.dstack([deep, deep // 2, deep // 4]))  # blue, green, red
    colour = np.asarray(read(tmp_path / "colour.png"), int)
    assert np.abs(colour - np.dstack([deep // 4, deep // 2, deep]) / 257).max() <= 1


def test_sixteen_bits_with_a_transparent_value(tmp_path):
    Image.fromarray(np.full((4, 4), 25_700, np.uint16)).save(tmp_path / "photo.png", transparency=40_000)
    assert read(tmp_path / "photo.png").getpixel((1, 1)) == (100, 100, 100)


def test_values_without_bound_are_scaled_by_their_largest(tmp_path):
    Image.fromarray(np.array([[0, 5, 10, np.nan, -3]] * 4, np.float32)).save(tmp_path / "photo.tif")
    assert [value[0] for value in np.asarray(read(tmp_path / "photo.tif"))[0]] == [0, 128, 255, 0, 0]


@pytest.mark.parametrize(("mode", "value", "expected"), [("L", 100, 100), ("1", 1, 255), ("LA", (100, 255), 100)])
def test_grey_keeps_its_brightness(tmp_path, mode, value, expected):
    Image.new(mode, (8, 8), value).save(tmp_path / "grey.png")
    assert read(tmp_path / "grey.png").getpixel((4, 4)) == (expected,) * 3


def test_transparency_is_white(tmp_path):
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    Image.new("LA", (4, 4), (0, 0)).save(tmp_path / "grey.png")
    palette = Image.new("P", (4, 4), 1)
    palette.putpalette([9, 9, 9, 50, 60, 70])
    palette.save(tmp_path / "palette.png", transparency=1)
    Image.new("RGB", (4, 4), (1, 2, 3)).save(tmp_path / "colour.png", transparency=(1, 2, 3))
    for name in ("clear", "grey", "palette", "colour"):
        assert read(tmp_path / f"{name}.png").getpixel((1, 1)) == (255, 255, 255), name
    half = Image.new("RGBA", (4, 4), (0, 0, 0, 128))
    half.save(tmp_path / "half.png")
    assert near(read(tmp_path / "half.png").getpixel((1, 1)), (127, 127, 127), 1)


# What EXIF says was done to the upright picture: stored row 0 and column 0 are its …
STORED = {
    1: lambda upright: upright,  # top and left
    2: lambda upright: upright[:, ::-1],  # top and right
    3: lambda upright: upright[::-1, ::-1],  # bottom and right
    4: lambda upright: upright[::-1],  # bottom and left
    5: lambda upright: upright.transpose(1, 0, 2),  # left and top
    6: lambda upright: upright[:, ::-1].transpose(1, 0, 2),  # right and top
    7: lambda upright: upright[::-1, ::-1].transpose(1, 0, 2),  # right and bottom
    8: lambda upright: upright[::-1].transpose(1, 0, 2),  # left and bottom
}


@pytest.mark.parametrize("ending", ["png", "tif", "webp"])
@pytest.mark.parametrize("orientation", STORED)
def test_every_orientation_is_turned_upright(tmp_path, orientation, ending):
    upright = np.random.default_rng(0).integers(0, 255, (5, 8, 3), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](upright)))
    stored.save(tmp_path / f"photo.{ending}", exif=exif, **({"lossless": True} if ending == "webp" else {}))
    np.testing.assert_array_equal(np.asarray(read(tmp_path / f"photo.{ending}")), upright)


def test_exif_orientation_of_a_jpeg(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    halves().save(tmp_path / "turned.jpg", exif=exif, quality=95)
    photo = read(tmp_path / "turned.jpg")
    assert photo.size == (20, 40)
    assert near(photo.getpixel((10, 4)), RED, 12)
    assert near(photo.getpixel((10, 36)), BLUE, 12)


@pytest.mark.parametrize("exif", [b"junk", b"MM\0*\0\0\xff\xff", b"II*\0\x08\0\0\0\xff\xff\x12"])
def test_broken_exif_does_not_make_a_photo_unreadable(tmp_path, exif):
    halves().save(tmp_path / "photo.jpg", exif=b"Exif\0\0" + exif, quality=95)
    assert near(read(tmp_path / "photo.jpg").getpixel((5, 10)), RED, 12)


@pytest.mark.parametrize("kind", ["png", "webp", "gif", "bmp", "tiff"])
def test_a_wrong_extension_does_not_matter(tmp_path, kind):
    halves().save(tmp_path / "photo.jpg", format=kind)
    assert read(tmp_path / "photo.jpg").size == (40, 20)


def test_the_first_of_several_pictures_counts(tmp_path):
    first, second = halves(), Image.new("RGB", (40, 20))
    for name in ("photo.gif", "photo.tif", "photo.webp"):
        first.save(tmp_path / name, save_all=True, append_images=[second])
        assert near(read(tmp_path / name).getpixel((5, 10)), RED, 40)


def png_that_says(width, height):
    """A PNG of a few bytes that promises a size."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def saved(kind="jpeg"):
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(buffer, kind)
    return buffer.getvalue()


def half(kind):
    return saved(kind)[: len(saved(kind)) // 2]


def jpeg_that_says(width, height):
    """A JPEG with another size in its header."""
    raw = bytearray(saved())
    struct.pack_into(">HH", raw, raw.index(b"\xff\xc0") + 5, height, width)
    return bytes(raw)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "found bytes of no known kind, expected a picture"),
        (b"no picture", "found bytes of no known kind, expected a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n", "of no known kind"),
        *((half(kind), "expected a picture") for kind in ("jpeg", "png", "webp", "gif", "bmp", "tiff")),
        (png_that_says(60_000, 60_000), "decompression bomb"),
        (jpeg_that_says(60_000, 60_000), "decompression bomb"),
        (png_that_says(30_000, 5_000), "30000 x 5000 pixels, expected 120000000 at most"),
    ],
)  # fmt: skip
def test_an_unreadable_photo_says_why(tmp_path, monkeypatch, content, said):
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    loaded, load = [], Image.Image.load
    monkeypatch.setattr(Image.Image, "load", lambda photo: loaded.append(photo.size) or load(photo))
    with pytest.raises(UnreadablePhotoError, match=said) as caught:
        read(path)
    assert str(tmp_path) not in str(caught.value)
    assert max((width * height for width, height in loaded), default=0) <= 64 * 64


def test_what_is_no_file_is_not_opened(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    large = tmp_path / "large"
    with open(large, "wb") as file:
        file.truncate(MOST_BYTES + 1)  # takes no room: it has a hole
    monkeypatch.setattr("builtins.open", None)
    for path in (tmp_path / "fifo", tmp_path / "folder", Path("/dev/zero")):
        with pytest.raises(ValueError, match="found a folder or a device, expected a file"):
            open_photo(path)
    with pytest.raises(ValueError, match=f"found {MOST_BYTES + 1} bytes, expected {MOST_BYTES} at most"):
        open_photo(large)
    with pytest.raises(FileNotFoundError):
        open_photo(tmp_path / "absent")


boxes = st.tuples(st.integers(0, 60), st.integers(0, 40), st.integers(2, 60), st.integers(2, 40), st.floats(0, 0.5))


@settings(max_examples=60, deadline=None)
@given(boxes)
def test_the_square_holds_the_box_in_its_middle(drawn):
    x, y, width, height, margin = drawn
    corner_x, corner_y, side = crop_square(np.array([x, y, x + width, y + height]), margin)
    assert side == pytest.approx(max(width, height) * (1 + 2 * margin))
    assert corner_x + side / 2 == pytest.approx(x + width / 2)
    assert corner_y + side / 2 == pytest.approx(y + height / 2)


@settings(max_examples=60, deadline=None)
@given(boxes, st.sampled_from([32, 48, 64]))
def test_a_point_of_the_photo_is_where_the_crop_says(drawn, size):
    """The photo's colours are its coordinates: read back from the crop, they give the pixel's place in the photo."""
    x, y, width, height, margin = drawn
    photo_width, photo_height = 120, 80
    ramp = np.zeros((photo_height, photo_width, 3), np.uint8)
    ramp[..., 0] = np.arange(photo_width)[None, :] * 2
    ramp[..., 1] = np.arange(photo_height)[:, None] * 3
    ramp[..., 2] = 7
    box = np.array([x, y, x + width, y + height], float)
    crop = crop_photo(Image.fromarray(ramp), box, margin, size)
    corner_x, corner_y, side = crop_square(box, margin)
    inside = crop[..., 2] == 7
    if not inside.any():  # a box so narrow that it holds no whole pixel of the crop
        assert min(width, height) < 2 * side / size
        return
    rows, columns = np.nonzero(inside)
    expected_x = corner_x + (columns + 0.5) * side / size - 0.5
    expected_y = corner_y + (rows + 0.5) * side / size - 0.5
    # Away from the photo's edge, where resampling repeats the last pixel; a colour is rounded.
    reach = max(1.0, side / size)
    deep = (expected_x > reach) & (expected_x < photo_width - 1 - reach)
    deep &= (expected_y > reach) & (expected_y < photo_height - 1 - reach)
    edge = (columns > columns.min()) & (columns < columns.max()) & (rows > rows.min()) & (rows < rows.max())
    keep = deep & edge
    assert np.abs(crop[rows, columns, 0][keep] / 2 - expected_x[keep]).max(initial=0) < 0.35
    assert np.abs(crop[rows, columns, 1][keep] / 3 - expected_y[keep]).max(initial=0) < 0.35


def test_beside_a_narrow_box_and_its_margin_is_padding():
    crop = crop_photo(halves(40, 40), np.array([15, 0, 25, 40], float), 0.1, 40)
    assert (crop[:, 0] == PADDING).all()
    assert (crop[:, -1] == PADDING).all()
    assert near(crop[20, 18], RED)
    assert near(crop[20, 22], BLUE)


def test_a_box_outside_the_photo_is_all_padding():
    assert (crop_photo(halves(), np.array([100, 100, 120, 120], float), 0.1, 32) == PADDING).all()


def test_a_photo_of_one_pixel():
    crop = crop_photo(Image.new("RGB", (1, 1), RED), np.array([0, 0, 1, 1], float), 0.0, 32)
    assert (crop == RED).all()


def test_no_crop_changes_another():
    for _ in range(2):
        crop = crop_photo(halves(), np.array([100, 100, 120, 120], float), 0.1, 32)
        assert (crop == PADDING).all()
        crop[:] = 0
