"""Portraits: checked before they are kept, then re-encoded small, square and without metadata."""

import io
import math
import warnings
from typing import TYPE_CHECKING
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

if TYPE_CHECKING:
    from speakers.models import Speaker

MEGABYTE = 1024 * 1024  # as most machines count it
MAX_BYTES = 5 * MEGABYTE
MIN_SIDE = 200  # pixels; a smaller face is a blur
MAX_PIXELS = 50_000_000
SIDE = 640  # pixels of the square kept: sharp at 160 CSS pixels on the densest screens, small in the booklet
FORMATS = ["JPEG", "PNG", "WEBP"]


def portrait_path(speaker: "Speaker", filename: str) -> str:
    """A name nobody can guess from the person, and new for each picture: caches need no emptying."""
    return f"portraits/{uuid4().hex}.jpg"


def clean_portrait(upload: File) -> None:
    """Raise ValidationError naming what is wrong with the picture; leave the file as it was."""
    name = str(upload.name)
    if upload.size > MAX_BYTES:
        size = number_format(math.ceil(upload.size / MEGABYTE * 10) / 10, 1)
        message = _("“%(name)s” weighs %(size)s MB: send a picture of 5 MB at most.")
        raise ValidationError(message, code="portrait_weight", params={"name": name, "size": size})
    with _open(upload, name) as picture:
        if min(picture.size) < MIN_SIDE:
            message = _("“%(name)s” is too small, %(width)d × %(height)d pixels: send at least %(side)d × %(side)d.")
            params = {"name": name, "width": picture.width, "height": picture.height, "side": MIN_SIDE}
            raise ValidationError(message, code="portrait_small", params=params)


def square_portrait(upload: File) -> ContentFile:
    """The centre of the picture as a JPEG square of at most ``SIDE`` pixels, upright, with no EXIF data."""
    with _open(upload, str(upload.name)) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        side = min(SIDE, *upright.size)
        square = ImageOps.fit(upright, (side, side), centering=(0.5, 0.4))  # faces are above the middle
    buffer = io.BytesIO()
    square.save(buffer, "JPEG", quality=85, optimize=True, progressive=True)
    return ContentFile(buffer.getvalue(), name="portrait.jpg")


def _open(upload: File, name: str) -> Image.Image:
    upload.seek(0)
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint turns it on for the whole process that imports it
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(upload.read()), formats=FORMATS)
            if picture.width * picture.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        message = _("“%(name)s” has too many pixels to be a portrait: make it smaller and send it again.")
        raise ValidationError(message, code="portrait_bomb", params={"name": name}) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        message = _("“%(name)s” is not a picture we can read: send a JPEG, PNG or WebP file.")
        raise ValidationError(message, code="portrait_format", params={"name": name}) from error
    finally:
        upload.seek(0)
    return picture
