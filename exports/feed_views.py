"""The programme for other programmes: made once per release and language, kept and compressed like a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from exports.schedule_json import schedule_json as make_json
from exports.schedule_xml import schedule_xml as make_xml
from exports.views import released_or_404
from publishing.page_cache import ReadyPage, pages


@require_safe
def schedule_xml(request: HttpRequest, edition: str) -> HttpResponse:
    return _feed(request, edition, "application/xml; charset=utf-8", make_xml)


@require_safe
def schedule_json(request: HttpRequest, edition: str) -> HttpResponse:
    return _feed(request, edition, "application/json; charset=utf-8", make_json)


def _feed(request: HttpRequest, edition: str, content_type: str, make: Callable[..., bytes]) -> HttpResponse:
    found = released_or_404(edition)
    key = (content_type, found.release.sha256, found.release.number, get_language())
    ready = pages.get(key)
    if ready is None:
        ready = ReadyPage.of(make(found.programme, version=str(found.release.number)))
        pages.put(key, ready)
    response = ready.response(request)
    response["Content-Type"] = content_type
    # Calendars and timetables of other sites may read it from the browser.
    response["Access-Control-Allow-Origin"] = "*"
    return response
