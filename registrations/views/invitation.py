"""The form of a session by invitation, behind the link of somebody who is invited. A GET uses nothing up."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registrations import invitations
from registrations.links import claimed_invitation
from registrations.models import Invitation
from registrations.published import PublishedSession, find
from registrations.views import form
from registrations.views.personal import behind_a_link, no_such_link

State = Invitation.State


@behind_a_link
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, link: str) -> HttpResponse:
    invitation = claimed_invitation(link)
    if invitation is None or not invitation.link.is_opened_by(link):
        return no_such_link(request, link, invitation.link if invitation else None)
    edition = invitation.session.edition
    published = find(edition.slug, invitation.session.code)
    state = _state(invitation, timezone.now())
    # Sent twice: the second finds what the first made.
    is_sent_again = state == State.USED and request.method == "POST" and "decline" not in request.POST
    if published is None or not (state == State.OPENING or is_sent_again):
        return _ended(request, invitation, published, state)
    if "decline" in request.POST:
        return _decline(request, invitation, published)
    return form.with_invitation(request, published, invitation)


def give_back(request: HttpRequest, link: str) -> HttpResponse | None:
    """The form as it was typed, when its page was open for too long; None when nothing was."""
    return None if "decline" in request.POST else _given_back(request, link)


@behind_a_link
def _given_back(request: HttpRequest, link: str) -> HttpResponse:
    invitation = claimed_invitation(link)
    if invitation is None or not invitation.link.is_opened_by(link):
        return no_such_link(request, link, invitation.link if invitation else None)
    session, state = invitation.session, _state(invitation, timezone.now())
    if state not in (State.OPENING, State.USED):
        return _ended(request, invitation, find(session.edition.slug, session.code), state)
    return form.give_back(request, session.edition.slug, session.code, invitation)


def _state(invitation: Invitation, now: dt.datetime) -> State:
    """As its guest may know it."""
    state = invitation.state_at(now, invitations.today(invitation.session.edition, now))
    return State.USED if state == State.SPENT else state


def _decline(request: HttpRequest, invitation: Invitation, published: PublishedSession) -> HttpResponse:
    try:
        invitations.decline(invitation)
    except ValidationError:  # another tab has just used it
        return _ended(request, invitation, published, State.USED)
    return _ended(request, invitation, published, "declined")


def _ended(
    request: HttpRequest, invitation: Invitation, published: PublishedSession | None, state: str
) -> HttpResponse:
    context = {
        "edition": invitation.session.edition,
        "published": published,
        "state": state,
        "is_declined": state == "declined",
        "contact": invitation.session.edition.contact_email,
    }
    status = 410 if state in (State.ENDED, State.REVOKED) else 200
    return render(request, "registrations/invitation.html", context, status=status)
