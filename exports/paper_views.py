"""Papers of a registration, opened by its links. What cannot be had leads to the page that says why."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from exports import papers
from exports.layout import TypesettingError
from registrations.links import opened_by_ticket
from registrations.models import Registration
from registrations.published import PublishedSession, find
from registrations.throttle import allow
from registrations.views.personal import behind_a_link
from registrations.views.tickets import ticket_context

PAPERS_PER_REGISTRATION = 30  # an hour
RETRY_AFTER = 60  # seconds


@behind_a_link
@require_safe
def ticket(request: HttpRequest, link: str) -> HttpResponse:
    registration = opened_by_ticket(link)
    if registration is None:
        raise Http404(gettext("This link is no longer valid. Ask for a new one."))
    published = published_of(registration)
    context = ticket_context(registration, published)
    if published is None or not context["is_valid"]:
        return redirect("registrations:ticket", link)
    return paper(request, "ticket", registration, published, context)


def published_of(registration: Registration) -> PublishedSession | None:
    return find(registration.session.edition.slug, registration.session.code)


def paper(
    request: HttpRequest,
    name: str,
    registration: Registration,
    published: PublishedSession,
    context: Mapping[str, Any],
) -> HttpResponse:
    """The PDF, or a page that asks to come back in a minute."""
    try:
        if not allow("papers", registration.public_id.hex, limit=PAPERS_PER_REGISTRATION, seconds=3600):
            raise papers.Busy
        content = papers.make(name, published, context)
    except (papers.Busy, TypesettingError):
        response = render(request, "exports/papers/busy.html", {"edition": published.edition}, status=503)
        response["Retry-After"] = str(RETRY_AFTER)
        return response
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}-{published.item.code}.pdf"'
    return response
