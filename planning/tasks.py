"""A rétroplanning made from that of another edition, and the address at which a calendar reads somebody's tasks."""

import dataclasses as dc
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import F

from innovation_week.staff import is_open
from planning.models import Task, TaskCalendar
from sessions.models import Edition, Sequence


@dc.dataclass(frozen=True, slots=True)
class Copy:
    """A task as it would be in the new edition, and whether it is there already."""

    source: Task
    task: Task
    is_there: bool

    @property
    def loses_owner(self) -> bool:
        return self.source.owner_id is not None and self.task.owner_id is None


def preview_copy(source: Edition, target: Edition) -> list[Copy]:
    """What ``copy_tasks`` makes, without making it.

    Owners stay while their account is open; a sequence stays if the new edition has one at the same address. What
    is about one session has no session any more: it was another year's.
    """
    there = set(Task.objects.filter(edition=target, copied_from__edition=source).values_list("copied_from", flat=True))
    sequences = {sequence.slug: sequence for sequence in Sequence.objects.filter(edition=target)}
    return [
        Copy(task, _copy(task, target, sequences), task.pk in there)
        for task in Task.objects.filter(edition=source).select_related("owner__limit", "sequence", "edition")
    ]


@transaction.atomic
def copy_tasks(source: Edition, target: Edition, *, only: Collection[int] | None = None) -> list[Task]:
    """Give ``target`` the tasks of ``source`` that it has not taken yet. ``only``: their primary keys.

    Locks the edition: two clicks make each task once.
    """
    target = Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=target.pk)
    made = [
        copy.task
        for copy in preview_copy(source, target)
        if not copy.is_there and (only is None or copy.source.pk in only)
    ]
    for task in made:
        task.full_clean()
        task.save()
    return made


def _copy(task: Task, target: Edition, sequences: dict[str, Sequence]) -> Task:
    return Task(
        edition=target,
        title=task.title,
        offset=task.offset,
        owner=task.owner if is_open(task.owner) else None,
        sequence=sequences.get(task.sequence.slug) if task.sequence else None,
        note=task.note,
        copied_from=task,
    )


@transaction.atomic
def renew_calendar(user: Any) -> TaskCalendar:
    """A new address for the person's calendar of tasks; the one given before no longer opens."""
    calendar, is_new = TaskCalendar.objects.get_or_create(user=user)
    if not is_new:
        TaskCalendar.objects.filter(pk=calendar.pk).update(link_version=F("link_version") + 1)
        calendar.refresh_from_db()
    return calendar
