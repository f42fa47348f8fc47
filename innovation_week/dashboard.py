"""The first page of the back-office: what waits for somebody, and what comes next."""

import dataclasses as dc
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation_week.chosen_edition import chosen_edition
from innovation_week.limits import sees_all, visible
from innovation_week.session_times import day_and_hours
from outbox.models import Message
from publishing.diff import Changes
from publishing.publish import unpublished
from sessions.models import Edition, Session
from speakers.casting import with_unfilled_roles

NEXT_SESSIONS = 8
NOTHING = Changes(added=(), removed=(), called_off=(), moved=(), rewritten=(), around=())


@dc.dataclass(frozen=True, slots=True)
class Card:
    """A number, and the page that lists exactly what it counts."""

    label: str
    count: int
    url: str
    is_failure: bool = False  # something broke, rather than something to do


def unpublished_changes(request: HttpRequest) -> Changes:
    """Of the chosen edition, computed once per request: it builds the whole programme."""
    kept = vars(request)
    if "unpublished_changes" not in kept:
        edition = chosen_edition(request)
        kept["unpublished_changes"] = unpublished(edition) if edition else NOTHING
    found: Changes = kept["unpublished_changes"]
    return found


def introduction(edition: Edition | None) -> str:
    if edition is None:
        return _("No edition exists yet. Add the first one: everything else belongs to it.")
    words = _("What waits for somebody in “%(edition)s”. Each number opens the list of what it counts.")
    return words % {"edition": edition.name}


def dashboard(request: HttpRequest) -> dict[str, Any]:
    edition = chosen_edition(request)
    if edition is None:
        return {"cards": [], "next_sessions": []}
    may_see_sessions = request.user.has_perm("programme.view_session")
    return {
        "cards": _cards(request, edition),
        "next_sessions": _next_sessions(request, edition) if may_see_sessions else [],
        "may_publish": request.user.has_perm("publishing.add_release") and sees_all(request),
    }


def _cards(request: HttpRequest, edition: Edition) -> list[Card]:
    cards = []
    if request.user.has_perm("publishing.view_release") and sees_all(request):
        url = reverse("admin:publishing_release_publish")
        cards.append(Card(_("unpublished changes"), unpublished_changes(request).count, url))
    if request.user.has_perm("programme.view_session"):
        sessions = visible(request, Session.objects.filter(edition=edition))
        cards += [
            Card(_("sessions with roles to fill"), with_unfilled_roles(sessions.alive()).count(), _todo("roles")),
            Card(_("sessions without room"), sessions.without_room().count(), _todo("room")),
            Card(_("sessions almost full"), sessions.almost_full().count(), _todo("seats")),
        ]
    if request.user.has_perm("outbox.view_message") and sees_all(request):
        url = reverse("admin:outbox_message_changelist") + "?todo=failed"
        cards.append(Card(_("messages in error"), Message.objects.failed().count(), url, is_failure=True))
    return cards


def _todo(word: str) -> str:
    return f"{reverse('admin:programme_session_changelist')}?todo={word}"


@dc.dataclass(frozen=True, slots=True)
class NextSession:
    session: Session
    day: str
    hours: str


def _next_sessions(request: HttpRequest, edition: Edition) -> list[NextSession]:
    sessions = Session.objects.filter(edition=edition, ends_at__gt=timezone.now()).alive()
    coming = visible(request, sessions).select_related("edition", "room__venue").order_by("starts_at", "title", "pk")
    return [NextSession(session, *day_and_hours(session)) for session in coming[:NEXT_SESSIONS]]
