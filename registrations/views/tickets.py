"""What is shown at the door, and what a camera finds there."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from registrations import access_list, connection, papers, tickets
from registrations.links import opened_by_ticket
from registrations.models import Registration
from registrations.published import PublishedSession, find
from registrations.views.personal import behind_a_link, no_such_link


@behind_a_link
@require_safe
def ticket(request: HttpRequest, link: str) -> HttpResponse:
    """Safe to forward: no address, and nothing to act with."""
    registration = opened_by_ticket(link)
    if registration is None:
        return no_such_link(request, link)
    published = find(registration.session.edition.slug, registration.session.code)
    return render(request, "registrations/ticket.html", {"link": link, **ticket_context(registration, published)})


def ticket_context(registration: Registration, published: PublishedSession | None) -> dict[str, Any]:
    """What a ticket tells, on a page or on paper."""
    code = tickets.code_of(registration)
    return {
        "edition": registration.session.edition,
        "registration": registration,
        "published": published,
        "connection": connection.of(registration, published),
        "session_state": published.state(registration.session, timezone.now()) if published else "withdrawn",
        "is_kept": registration.state in Registration.EXPECTED,
        "is_valid": published is not None and papers.has_ticket(registration, published),
        "is_off_list": published is not None and access_list.is_off(registration, published),
        "people": registration.party,
        "access": published.programme.access_of(published.item) if published else (),
        "code": tickets.grouped(code),
        "picture": tickets.picture(code),
    }


@cache_control(private=True, no_store=True)
@require_safe
def scanned(request: HttpRequest, code: str) -> HttpResponse:
    """The address in the picture. It leads who sees registrations to the check-in; to anybody else it says the same,
    whether there is such a ticket or not.
    """
    if request.user.is_staff and request.user.has_perm("registrations.view_registration"):
        return redirect("admin:registrations_registration_check_in", code)
    return render(request, "registrations/scanned.html")
