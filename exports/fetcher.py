"""What the booklet may read while it is made: our style sheets, fonts, drawings and the portraits. Nothing else."""

import io
import mimetypes
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from PIL import Image
from weasyprint.urls import URLFetcher, URLFetcherResponse

STATIC = f"{settings.SITE_URL}/static/"
PORTRAITS = f"{settings.SITE_URL}/media/portraits/"
PORTRAIT_SIDE = 180  # pixels: 16 mm at 285 dots an inch
_PORTRAIT_NAME = re.compile(r"[0-9a-f]{32}\.jpg")


class OwnFilesFetcher(URLFetcher):
    """Serves files of the disk under the addresses they have on the site; never the network, never another file.

    A refusal is a ValueError, which WeasyPrint logs: the page is printed without that picture.
    """

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url.startswith(STATIC):
            return self._static(url)
        if url.startswith(PORTRAITS):
            return self._portrait(url)
        raise ValueError(f"The booklet reads its own files only, not {url}")

    def _static(self, url: str) -> URLFetcherResponse:
        name = unquote(url.removeprefix(STATIC)).split("?")[0]
        found = finders.find(name)
        if not found:
            raise ValueError(f"There is no static file {name}")
        content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, Path(found).read_bytes(), {"Content-Type": content_type})

    def _portrait(self, url: str) -> URLFetcherResponse:
        name = url.removeprefix(PORTRAITS)
        if not _PORTRAIT_NAME.fullmatch(name):
            raise ValueError(f"{name} is not the name of a portrait")
        with default_storage.open(f"portraits/{name}") as file:
            return URLFetcherResponse(url, small_portrait(file), {"Content-Type": "image/jpeg"})


def small_portrait(file: Any) -> bytes:
    """The portrait at the size it is printed: the full one would make the booklet ten times heavier."""
    with Image.open(file, formats=["JPEG"]) as picture:
        picture.draft("RGB", (PORTRAIT_SIDE, PORTRAIT_SIDE))  # decodes at a fraction of the size: several times faster
        small = picture.convert("RGB").resize((PORTRAIT_SIDE, PORTRAIT_SIDE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
