"""What the page that publishes says of the people who are registered: how many a draft is made for, and for what starts
within a day, whether to tell them in the same step.
"""

import dataclasses as dc
from collections.abc import Collection, Mapping

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import ngettext

from publishing.models import Release
from publishing.publish import Draft
from registrations import notices
from registrations.models import Notice

FIELD = "tell"  # of the codes whose people are told at once
ASKED = "tell_asked"  # of the same codes, ticked or not: those that the page showed
SEND = "registrations.change_notice"


@dc.dataclass(frozen=True, slots=True)
class Ahead:
    """A session whose people have news to be told."""

    code: str
    title: str
    people: int
    is_soon: bool
    is_ticked: bool


def notices_ahead(request: HttpRequest, draft: Draft, people: Mapping[str, int]) -> list[Ahead]:
    """What starts within a day is ticked unless the person unticked it. ``people``: by code; one query."""
    now = timezone.now()
    found = notices.planned(draft.edition, draft.last, draft.programme, draft.changes, now)
    plans = {plan.code: plan for plan in found if plan.kind}
    asked, ticked = request.POST.getlist(ASKED), told_at_once(request)
    return [
        Ahead(code, plan.was.title, people[code], plan.is_soon(now), code in ticked or code not in asked)
        for code, plan in plans.items()
        if people.get(code)
    ]


def tell_drafts(request: HttpRequest, release: Release) -> None:
    """What the release drafted and nobody has sent yet, with the way to it, for who may settle it."""
    number = Notice.objects.drafts().filter(release=release).count() if request.user.has_perm(SEND) else 0
    if number:
        words = ngettext(
            "{} notice to registrants is drafted: <a href='{}'>read it and send it</a>.",
            "{} notices to registrants are drafted: <a href='{}'>read them and send them</a>.",
            number,
        )
        address = reverse("admin:registrations_notice_changelist")
        messages.warning(request, format_html(words, localize(number), f"{address}?state__exact={Notice.State.DRAFT}"))


def told_at_once(request: HttpRequest) -> Collection[str]:
    """Codes of the sessions whose people are told as the release is made; of who may send notices."""
    return request.POST.getlist(FIELD) if request.user.has_perm(SEND) else []
