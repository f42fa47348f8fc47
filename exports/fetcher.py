"""What may be read while pages are laid out: our style sheets, fonts, drawings and the portraits. Nothing else.

Without Django: it is loaded by the process that lays out, see ``exports.typeset``.
"""

import io
import mimetypes
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from PIL import Image
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

PORTRAIT_SIDE = 180  # pixels: 16 mm at 285 dots an inch
DRAWING = "data:image/svg+xml"  # one that stands in the page, such as a QR code
_PORTRAIT_NAME = re.compile(r"[0-9a-f]{32}\.jpg")


class OwnFilesFetcher(URLFetcher):
    """Serves files of the disk under the addresses they have on the site; never the network, never another file.

    A refusal is a ValueError, which WeasyPrint tells: the page is printed without that picture. But a static file that
    is missing, such as a style sheet, stops everything.
    """

    def __init__(self, site: str, portraits: str, *static: str) -> None:
        """The address of the site, the folder of the portraits, those of the static files in order of precedence."""
        super().__init__(allowed_protocols=())
        self._static_address, self._static_folders = f"{site}/static/", [Path(folder).resolve() for folder in static]
        self._portraits_address, self._portraits_folder = f"{site}/media/portraits/", Path(portraits)

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url.startswith(self._static_address):
            return self._static(url)
        if url.startswith(self._portraits_address):
            return self._portrait(url)
        if url.startswith(DRAWING):
            content = unquote_to_bytes(url.partition(",")[2])
            return URLFetcherResponse(url, content, {"Content-Type": "image/svg+xml"})
        raise ValueError(f"Pages are laid out with our own files only, not {url}")

    def _static(self, url: str) -> URLFetcherResponse:
        name = unquote(url.removeprefix(self._static_address)).split("?")[0]
        for folder in self._static_folders:
            path = (folder / name).resolve()
            if path.is_relative_to(folder) and path.is_file():
                content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": content_type})
        raise FatalURLFetchingError(f"There is no static file {name}")

    def _portrait(self, url: str) -> URLFetcherResponse:
        name = url.removeprefix(self._portraits_address)
        if not _PORTRAIT_NAME.fullmatch(name):
            raise ValueError(f"{name} is not the name of a portrait")
        return URLFetcherResponse(url, small_portrait(self._portraits_folder / name), {"Content-Type": "image/jpeg"})


def small_portrait(path: Path) -> bytes:
    """The portrait at the size it is printed: the full one would make the booklet ten times heavier."""
    with Image.open(path, formats=["JPEG"]) as picture:
        picture.draft("RGB", (PORTRAIT_SIDE, PORTRAIT_SIDE))  # decodes at a fraction of the size: several times faster
        small = picture.convert("RGB").resize((PORTRAIT_SIDE, PORTRAIT_SIDE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
