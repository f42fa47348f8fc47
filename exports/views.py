"""Files of the last release. They change with a release only: its fingerprint is their ETag."""

from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.log import log_response
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from exports import booklet as booklets
from publishing import calendar as calendars
from publishing.addresses import path_of
from publishing.current import Released, released
from publishing.programme import Item, Programme
from publishing.release_files import booklet_path


def released_or_404(edition: str) -> Released:
    found = released(edition)
    if found is None:
        raise Http404(gettext("No programme is published at this address."))
    return found


def release_file(
    request: HttpRequest, found: Released, *, content_type: str, filename: str, make: Callable[[], bytes]
) -> HttpResponse:
    """A file made of the release alone: 304 for who has it already, else ``make()``."""
    etag = f'"{found.release.sha256[:32]}-{get_language()}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(make(), content_type=content_type)
        response["Content-Disposition"] = f'inline; filename="{filename}"'
        response["Last-Modified"] = http_date(found.release.created_at.timestamp())
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    return response


@require_safe
def calendar(request: HttpRequest, edition: str) -> HttpResponse:
    """All sessions of the edition, to subscribe to."""
    found = released_or_404(edition)
    programme = found.programme

    def make() -> bytes:
        key = f"calendar:{found.release.sha256}:{get_language()}"
        content: bytes | None = cache.get(key)
        if content is None:
            content = calendars.edition_calendar(programme, programme.lines, url_of=_url_of(programme))
            cache.set(key, content)
        return content

    filename = f"programme-{edition}.ics"
    return release_file(request, found, content_type="text/calendar; charset=utf-8", filename=filename, make=make)


@require_safe
def session_calendar(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    found = released_or_404(edition)
    item = found.programme.item_by_code.get(code)
    if item is None:
        raise Http404(gettext("No session of this programme has this code."))
    return release_file(
        request,
        found,
        content_type="text/calendar; charset=utf-8",
        filename=f"{edition}-{code}.ics",
        make=lambda: calendars.session_calendar(found.programme, item, url=_url_of(found.programme)(item)),
    )


def _url_of(programme: Programme) -> Callable[[Item], str]:
    return lambda item: settings.SITE_URL + path_of(programme, item)


RETRY_AFTER = 30  # seconds


@require_safe
def booklet(request: HttpRequest, edition: str) -> HttpResponseBase:
    """The booklet that the worker made; while it is not there, a page that says so. Never made in a request."""
    found = released_or_404(edition)
    language = get_language()
    path = booklet_path(found.release, language)
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return _booklet_pending(request, found)
    suffix = "" if language == booklets.LANGUAGES[0] else f"-{language}"
    filename = f"programme-{edition}{suffix}.pdf"
    etag = f'"{path.stem[:32]}-{found.release.number}-{language}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = FileResponse(file, content_type="application/pdf", filename=filename)
        response["Last-Modified"] = http_date(found.release.created_at.timestamp())
    else:
        file.close()
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    return response


def _booklet_pending(request: HttpRequest, found: Released) -> HttpResponse:
    context = {"edition": found.edition, "is_staff": request.user.is_authenticated and request.user.is_staff}
    response = render(request, "exports/booklet_pending.html", context, status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    message = "%s is not made yet"  # said here, or Django would tell each 503 as an error of the server
    log_response(message, request.path, response=response, request=request, level="info")
    return response
