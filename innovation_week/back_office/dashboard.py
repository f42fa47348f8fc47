"""The first page of the back-office: what waits for me, for whom the rest waits, and what takes place."""

import dataclasses as dc
from collections.abc import Collection, Iterator
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.back_office.dashboard_charts import FILLING, Picture, filling, registrations_a_day
from innovation_week.back_office.dashboard_counts import counted_lines
from innovation_week.back_office.dashboard_lines import (
    Line,
    deliverable_lines,
    list_address,
    service_lines,
    task_lines,
)
from innovation_week.back_office.limits import sees_all
from innovation_week.back_office.session_tasks import LEAD, SESSION_TASKS
from innovation_week.back_office.today import Programme, day_of, next_sessions, sessions_of_day
from publishing.diff import Changes
from publishing.models import Release
from publishing.publish import unpublished
from registrations.models import Registration
from sessions.models import Edition, Session
from speakers.models import Candidacy

NOTHING = Changes(added=(), removed=(), called_off=(), moved=(), rewritten=(), around=())
# How the names of counts begin: of all that the person sees, of what they carry.
ALL, MINE = "all_", "mine_"


@dc.dataclass(frozen=True, slots=True)
class Counts:
    """Of the sessions that the person may see: by word of a task, and by band of filling. One query."""

    of_tasks: dict[str, int]
    of_mine: dict[str, int]
    of_bands: list[int]


def unpublished_changes(request: HttpRequest) -> Changes:
    """Of the chosen edition, computed once per request: it builds the whole programme."""
    kept = vars(request)
    if "unpublished_changes" not in kept:
        edition = chosen_edition(request)
        kept["unpublished_changes"] = unpublished(edition) if edition else NOTHING
    found: Changes = kept["unpublished_changes"]
    return found


def unpublished_among(request: HttpRequest, sessions: Collection[Session]) -> frozenset[str]:
    """Codes of those of these sessions of the chosen edition that differ: at the cost of a page of a list."""
    if "unpublished_changes" in vars(request):
        return unpublished_changes(request).codes
    edition = chosen_edition(request)
    return unpublished(edition, only=sessions).codes if edition else frozenset()


def introduction(edition: Edition | None) -> str:
    if edition is None:
        return _("No edition exists yet. Add the first one: everything else belongs to it.")
    words = _("What waits for somebody in “%(edition)s”. Each number opens the list of what it counts.")
    return words % {"edition": edition.name}


def dashboard(request: HttpRequest, site: AdminSite) -> dict[str, Any]:
    edition = chosen_edition(request)
    if edition is None:
        return {"mine": [], "lines": [], "pictures": []}
    sees = {model: site._registry[model].has_view_permission(request) for model in (Session, Registration, Candidacy)}
    sessions = site._registry[Session].get_queryset(request).filter(edition=edition)
    counts = _counts(request, sessions) if sees[Session] else Counts({}, {}, [])
    tasks = task_lines(request, site, edition)
    services, deliverables = service_lines(request, site, edition), deliverable_lines(request, site, edition)
    return {
        "mine": [*_mine(request, counts), *tasks.mine],
        "lines": [
            *_lines(request, site, counts),
            *counted_lines(request, site, edition),
            *tasks.lines,
            *services.lines,
            *deliverables.lines,
        ],
        "may_publish": request.user.has_perm("publishing.add_release") and sees_all(request),
        "programme": _programme(sessions, edition, with_people=sees[Candidacy]) if sees[Session] else None,
        "pictures": list(_pictures(request, site, edition, counts, sees)),
    }


def _counts(request: HttpRequest, sessions: QuerySet[Session]) -> Counts:
    carried = Q(owner=request.user.pk)
    asked = {f"{ALL}{task.word}": Count("pk", filter=task.condition) for task in SESSION_TASKS}
    asked |= {f"{MINE}{task.word}": Count("pk", filter=task.condition & carried) for task in SESSION_TASKS}
    asked |= {f"band_{number}": Count("pk", filter=band) for number, (_word, band) in enumerate(FILLING)}
    found = sessions.order_by().aggregate(**asked)
    return Counts(
        {task.word: found[f"{ALL}{task.word}"] for task in SESSION_TASKS},
        {task.word: found[f"{MINE}{task.word}"] for task in SESSION_TASKS if task.is_for_owner},
        [found[f"band_{number}"] for number in range(len(FILLING))],
    )


def _mine(request: HttpRequest, counts: Counts) -> Iterator[Line]:
    for task in SESSION_TASKS:
        if count := counts.of_mine.get(task.word):
            yield Line(
                count, str(task.line), "", list_address(Session, todo=task.word, owner__id__exact=request.user.pk)
            )


def _lines(request: HttpRequest, site: AdminSite, counts: Counts) -> Iterator[Line]:
    if site._registry[Release].has_view_permission(request) and sees_all(request):
        url = reverse("admin:publishing_release_publish")
        yield Line(unpublished_changes(request).count, _("unpublished changes"), LEAD, url)
    for task in SESSION_TASKS:
        if task.word in counts.of_tasks:
            count = counts.of_tasks[task.word]
            yield Line(count, str(task.line), task.waits_for, list_address(Session, todo=task.word))


def _programme(sessions: QuerySet[Session], edition: Edition, *, with_people: bool) -> Programme:
    """Of today while the week lasts, else what comes next."""
    now = timezone.now()
    today = timezone.localdate(now)
    if edition.starts_on <= today <= edition.ends_on:
        return sessions_of_day(sessions, day_of(today), now, with_people=with_people)
    return next_sessions(sessions, now)


def _pictures(
    request: HttpRequest, site: AdminSite, edition: Edition, counts: Counts, sees: dict[Any, bool]
) -> Iterator[Picture]:
    if sum(counts.of_bands):
        yield filling(counts.of_bands)
    if sees[Registration]:
        rows = site._registry[Registration].get_queryset(request).filter(session__edition=edition)
        last = min(timezone.localdate(), edition.ends_on)
        picture = registrations_a_day(rows, last)
        if picture is not None:
            yield picture
