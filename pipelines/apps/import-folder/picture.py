"""The bytes of one picture: checked to be a whole JPEG or PNG, and turned upright."""

import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG")
_ORIENTATION = 0x0112


class BadPicture(Exception):
    """The bytes are no picture this app takes; the message says why."""


@dataclass(frozen=True, slots=True)
class Upright:
    """A picture as it is seen; `content` is what was read unless it had to be turned."""

    content: bytes
    width: int
    height: int


def upright(content: bytes) -> Upright:
    """Return the picture, turned as its EXIF orientation says: labels refer to what is seen."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            image.load()
            if image.getexif().get(_ORIENTATION, 1) in (0, 1):
                return Upright(content, image.width, image.height)
            turned = ImageOps.exif_transpose(image)
            out = io.BytesIO()
            turned.save(out, image.format, quality=95)
            return Upright(out.getvalue(), turned.width, turned.height)
    except UnidentifiedImageError as error:
        raise BadPicture("it is neither JPEG nor PNG") from error
    # Pillow's decoders raise these for broken files, each in its place.
    except (OSError, ValueError, SyntaxError, EOFError, struct.error) as error:
        raise BadPicture(f"it cannot be read: {error}") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture("it has too many pixels") from error
