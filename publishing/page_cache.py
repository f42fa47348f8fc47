"""Ready pages, kept per process: the HTML and its gzip, each with its strong ETag."""

import dataclasses as dc
import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags


@dc.dataclass(frozen=True, slots=True)
class ReadyPage:
    body: bytes
    gzipped: bytes
    etag: str  # without quotes; the gzip has its own, since its bytes differ

    @classmethod
    def of(cls, body: bytes) -> "ReadyPage":
        return cls(body, gzip.compress(body, compresslevel=6, mtime=0), hashlib.sha256(body).hexdigest()[:32])

    @property
    def weight(self) -> int:
        return len(self.body) + len(self.gzipped)

    def response(self, request: HttpRequest) -> HttpResponse:
        """The page, or 304 when the browser already has it: no template and no compression."""
        zipped = "gzip" in request.headers.get("Accept-Encoding", "")
        etag = f'"{self.etag}-gzip"' if zipped else f'"{self.etag}"'
        known = parse_etags(request.headers.get("If-None-Match", ""))
        if etag in known or "*" in known:
            response: HttpResponse = HttpResponseNotModified()
        else:
            response = HttpResponse(self.gzipped if zipped else self.body)
            if zipped:
                response["Content-Encoding"] = "gzip"
            response["Content-Length"] = str(len(response.content))
        response["ETag"] = etag
        # Anybody may keep it, and asks each time whether it still stands: seats change by the minute.
        response["Cache-Control"] = "public, max-age=0, must-revalidate"
        patch_vary_headers(response, ["Accept-Encoding"])
        return response


class PageCache:
    """Pages by key, the least used forgotten first, within a number of bytes: ``?q=`` cannot fill the memory."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._pages: OrderedDict[Hashable, ReadyPage] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> ReadyPage | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: ReadyPage) -> None:
        with self._lock:
            replaced = self._pages.pop(key, None)
            self._bytes += page.weight - (replaced.weight if replaced else 0)
            self._pages[key] = page
            while self._bytes > self._max_bytes and self._pages:
                _key, forgotten = self._pages.popitem(last=False)
                self._bytes -= forgotten.weight

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0


pages = PageCache(settings.PAGE_CACHE_BYTES)
