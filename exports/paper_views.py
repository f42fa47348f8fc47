"""Papers of a registration, opened by its links. What cannot be had leads to the page that says why."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from exports import papers
from exports.layout import TypesettingError
from exports.papers import Paper
from registrations.links import opened_by, opened_by_ticket
from registrations.models import Registration
from registrations.published import PublishedSession, find
from registrations.throttle import allow
from registrations.views.personal import behind_a_link

PAPERS_PER_REGISTRATION = 30  # an hour
RETRY_AFTER = 60  # seconds


@behind_a_link
@require_safe
def ticket(request: HttpRequest, link: str) -> HttpResponse:
    return _paper(request, Paper.TICKET, opened_by_ticket(link)) or redirect("registrations:ticket", link)


@behind_a_link
@require_safe
def convocation(request: HttpRequest, link: str) -> HttpResponse:
    """For the employer, before: who is expected, when and where."""
    return _paper(request, Paper.CONVOCATION, opened_by(link)) or redirect("registrations:detail", link)


@behind_a_link
@require_safe
def certificate(request: HttpRequest, link: str) -> HttpResponse:
    """For the employer, after: who came."""
    return _paper(request, Paper.CERTIFICATE, opened_by(link)) or redirect("registrations:detail", link)


def pdf_response(paper: Paper, registration: Registration, published: PublishedSession) -> HttpResponse:
    """Busy, or TypesettingError."""
    response = HttpResponse(papers.make(paper, registration, published), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{paper}-{published.item.code}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _paper(request: HttpRequest, paper: Paper, registration: Registration | None) -> HttpResponse | None:
    """The file, or a page that asks to come back in a minute; None when the registration gives no right to it."""
    if registration is None:
        raise Http404(gettext("This link is no longer valid. Ask for a new one."))
    published = find(registration.session.edition.slug, registration.session.code)
    if published is None or not paper.is_for(registration, published):
        return None
    try:
        if not allow("papers", registration.public_id.hex, limit=PAPERS_PER_REGISTRATION, seconds=3600):
            raise papers.Busy
        return pdf_response(paper, registration, published)
    except (papers.Busy, TypesettingError):
        response = render(request, "exports/papers/busy.html", {"edition": published.edition}, status=503)
        response["Retry-After"] = str(RETRY_AFTER)
        return response
