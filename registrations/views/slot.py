"""Changing a slot: the others of its sequence with their seats, one button each."""

import dataclasses as dc
import datetime as dt
import itertools
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from publishing.availability import Availability, availability
from publishing.items import Item, item_order
from registrations import slots
from registrations.links import claimed
from registrations.models import Registration
from registrations.offer import OPEN
from registrations.published import PublishedSession, find
from registrations.views.personal import behind_a_link, no_such_link

SHOWN = (*OPEN, "full", "closed", "not_yet")


@dc.dataclass(frozen=True, slots=True)
class Choice:
    """``left``: seats that one can take now; None when they are not limited."""

    session: PublishedSession
    state: str
    left: int | None
    is_mine: bool
    has_room: bool  # for the party


@dc.dataclass(frozen=True, slots=True)
class Day:
    date: dt.date
    choices: tuple[Choice, ...]


@behind_a_link
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, link: str) -> HttpResponse:
    registration = claimed(link)
    if registration is None or not registration.link.is_opened_by(link):
        return no_such_link(request, link, registration.link if registration else None)
    published = find(registration.session.edition.slug, registration.session.code)
    if published is None or not slots.may_change(registration, published, timezone.now()):
        return redirect("registrations:detail", link)
    if request.method != "POST":
        return _page(request, registration, published)
    target = find(published.edition.slug, request.POST.get("code", ""))
    try:
        if target is None:
            raise ValidationError(_("This slot is no longer in the programme. Choose another one."), code="gone")
        slots.change(registration, target, now=timezone.now())
    except ValidationError as refused:
        return _page(request, registration, published, refused)
    return redirect("registrations:detail", registration.link.token)


def _page(
    request: HttpRequest,
    registration: Registration,
    published: PublishedSession,
    refused: ValidationError | None = None,
) -> HttpResponse:
    context = {
        "edition": published.edition,
        "registration": registration,
        "published": published,
        "days": list(_days(registration, published, timezone.now())),
        "refused": refused,
    }
    return render(request, "registrations/slot.html", context)


def _days(registration: Registration, published: PublishedSession, now: dt.datetime) -> Iterator[Day]:
    """Those of the sequence that are still to come, in one query."""
    programme, thread = published.programme, published.item.thread
    found = availability(published.edition, now=now, sequence=thread)
    found = found.to_invited() if registration.invitation_id else found
    items = [item for item in programme.items if item.thread == thread and item.is_slot and item.slot.starts_at]
    shown = [item for item in sorted(items, key=item_order) if found.state(item) in SHOWN or item is published.item]
    for date, of_day in itertools.groupby(sorted(shown, key=programme.date_of), key=programme.date_of):
        yield Day(date, tuple(_choice(registration, published, item, found) for item in of_day))


def _choice(registration: Registration, published: PublishedSession, item: Item, found: Availability) -> Choice:
    state, seats = found.state(item), found.seats(item.code)
    left = seats.left if seats else None
    return Choice(
        session=dc.replace(published, item=item),
        state=state,
        left=left,
        is_mine=item.code == published.item.code,
        has_room=state in OPEN and (left is None or left >= registration.party),
    )
