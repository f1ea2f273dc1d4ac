"""Photos as they come, and the crop's geometry."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fashionnet.prepare.photos import PADDING, UnreadablePhotoError, crop_photo, crop_square, read_photo

RED, BLUE = (200, 30, 40), (20, 40, 190)


def halves(width=40, height=20):
    """Red on the left, blue on the right."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:, : width // 2], pixels[:, width // 2 :] = RED, BLUE
    return Image.fromarray(pixels)


def near(colour, expected, tolerance=6):
    return np.abs(np.subtract(colour, expected)).max() <= tolerance


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "P", "RGBA", "PA"])
def test_every_colour_mode_becomes_the_same_rgb(tmp_path, mode):
    path = tmp_path / ("photo.tif" if mode in ("CMYK", "PA") else "photo.png")
    photo = halves().convert("P").convert("PA") if mode == "PA" else halves().convert(mode)
    if mode == "PA":
        photo = photo.convert("LA")  # no format stores PA; grey with transparency stands in
    photo.save(path)
    read = read_photo(path)
    assert read.mode == "RGB"
    if mode != "PA":
        assert near(read.getpixel((5, 10)), RED, 40)
        assert near(read.getpixel((35, 10)), BLUE, 40)


def test_grey_and_sixteen_bit_keep_their_brightness(tmp_path):
    grey = np.full((8, 8), 100, np.uint8)
    Image.fromarray(grey).save(tmp_path / "grey.png")
    Image.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "deep.png")
    for name in ("grey.png", "deep.png"):
        assert read_photo(tmp_path / name).getpixel((4, 4)) == (100, 100, 100)


def test_transparency_is_white(tmp_path):
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert read_photo(tmp_path / "clear.png").getpixel((1, 1)) == (255, 255, 255)


def test_exif_orientation_is_applied(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter, clockwise
    halves().save(tmp_path / "turned.jpg", exif=exif, quality=95)
    read = read_photo(tmp_path / "turned.jpg")
    assert read.size == (20, 40)
    assert near(read.getpixel((10, 4)), RED, 12)
    assert near(read.getpixel((10, 36)), BLUE, 12)


def test_a_wrong_extension_does_not_matter(tmp_path):
    halves().save(tmp_path / "photo.jpg", format="png")
    assert read_photo(tmp_path / "photo.jpg").size == (40, 20)


def bomb():
    """A PNG of a few bytes that says it is 60,000 x 60,000."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def truncated():
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(buffer, "jpeg")
    return buffer.getvalue()[: len(buffer.getvalue()) // 2]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "expected a picture"), (b"no picture", "expected a picture"), (truncated(), "truncated"),
     (bomb(), "60000 x 60000 pixels|decompression bomb"), (None, "no such file")],
    ids=["empty", "text", "truncated", "bomb", "missing"],
)  # fmt: skip
def test_an_unreadable_photo_says_why(tmp_path, content, said):
    path = tmp_path / "photo.jpg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadablePhotoError, match=said):
        read_photo(path)


def test_a_folder_is_no_photo(tmp_path):
    with pytest.raises(UnreadablePhotoError):
        read_photo(tmp_path)


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
    assert inside.any()
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
