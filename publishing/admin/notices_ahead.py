"""What the page that publishes says of the people who are registered: how many a draft is made for, and for what starts
within a day, whether to tell them in the same step.
"""

import dataclasses as dc
from collections.abc import Collection, Mapping

from django.http import HttpRequest
from django.utils import timezone

from publishing.publish import Draft
from registrations import notices

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


def told_at_once(request: HttpRequest) -> Collection[str]:
    """Codes of the sessions whose people are told as the release is made; of who may send notices."""
    return request.POST.getlist(FIELD) if request.user.has_perm(SEND) else []
