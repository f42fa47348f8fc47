"""Answers to what went wrong. None of them asks the database: it may be what went wrong."""

import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from innovation_week.context_processors import site
from registrations.views import form, invitation, personal, space

logger = logging.getLogger(__name__)

# Public pages on which something is typed: they show it again, and neither act on it nor keep it.
GIVE_BACK: dict[str, Callable[..., HttpResponse | None]] = {
    "registrations:create": form.give_back,
    "registrations:mailed": form.give_back_correction,
    "registrations:resend": personal.give_back_address,
    "registrations:invited": invitation.give_back,
    "registrations:detail": personal.give_back,
    "registrations:space": space.give_back,
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The database being away is not a fault of the page: say so, and tell robots and proxies to come back."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        response = _page(request, 503)
        response["Retry-After"] = "60"
        return response
    return _page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    match = request.resolver_match
    give_back = GIVE_BACK.get(match.view_name) if match else None
    answer = give_back(request, **match.kwargs) if match and give_back else None
    return answer if answer is not None else _page(request, 403, csrf=True)


def _page(request: HttpRequest, status: int, **context: bool) -> HttpResponse:
    """``templates/<status>.html``, rendered without the request: nothing in it can reach for user or session."""
    values = {**site(request), **context, "status": status, "path": request.path, "LANGUAGE_CODE": get_language()}
    try:
        content: str = render_to_string(f"{status}.html", values)
    except Exception:
        logger.exception("The page for error %s cannot be rendered.", status)
        content = _plain(status)
    response = HttpResponse(content, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _plain(status: int) -> str:
    sentence = _("The site cannot answer at the moment. Please try again in a few minutes.")
    return (
        f'<!DOCTYPE html><html lang="{get_language()}"><head><meta charset="utf-8"><title>{status}</title></head>'
        f"<body><main><h1>{status}</h1><p>{escape(sentence)}</p></main></body></html>"
    )
