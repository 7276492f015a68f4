"""Headers of image files, judged by Pillow."""

import io
import struct

import pytest
from PIL import Image

from slyflow.instance.imagefile import ImageHeader, read_header

FORMATS = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "WEBP": "image/webp",
    "TIFF": "image/tiff",
}


def encoded(form: str, size: tuple[int, int] = (37, 23), **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 90)).save(buffer, form, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(("form", "mime"), FORMATS.items())
def test_each_format_tells_its_size_and_type(form: str, mime: str) -> None:
    assert read_header(io.BytesIO(encoded(form))) == ImageHeader(mime, 37, 23)


def test_lossless_and_extended_webp_tell_their_size() -> None:
    exif = Image.Exif()
    exif[0x010E] = "extended"
    assert read_header(io.BytesIO(encoded("WEBP", lossless=True))) == ImageHeader("image/webp", 37, 23)
    assert read_header(io.BytesIO(encoded("WEBP", exif=exif))) == ImageHeader("image/webp", 37, 23)


def test_progressive_jpeg_with_thumbnail_tells_the_outer_size() -> None:
    exif = Image.Exif()
    exif[0x010E] = encoded("JPEG", (8, 8)).decode("latin-1")
    data = encoded("JPEG", progressive=True, exif=exif)
    assert read_header(io.BytesIO(data)) == ImageHeader("image/jpeg", 37, 23)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_orientation_is_noted_and_the_size_is_the_stored_one(form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    header = read_header(io.BytesIO(encoded(form, exif=exif)))
    assert header is not None
    assert (header.width, header.height, header.orientation) == (37, 23, 6)


def test_orientation_outside_the_standard_counts_as_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 77
    header = read_header(io.BytesIO(encoded("JPEG", exif=exif)))
    assert header is not None
    assert header.orientation == 1


def test_bitmap_with_rows_from_the_top_has_a_positive_height() -> None:
    data = bytearray(encoded("BMP"))
    data[22:26] = struct.pack("<i", -23)
    assert read_header(io.BytesIO(bytes(data))) == ImageHeader("image/bmp", 37, 23)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_cut_anywhere_in_its_header_is_refused_or_read_but_never_crashes(form: str) -> None:
    data = encoded(form)
    for length in range(min(len(data), 200)):
        header = read_header(io.BytesIO(data[:length]))
        assert header is None or (header.width, header.height) == (37, 23)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"%PDF-1.7",
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(16),
        b"BM" + bytes(30),
    ],
)
def test_what_is_no_image_has_no_header(data: bytes) -> None:
    assert read_header(io.BytesIO(data)) is None
