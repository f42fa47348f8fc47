import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from planning.models import Task
from planning.tasks import copy_tasks, preview_copy
from tests.factories import (
    AccountLimitFactory,
    EditionFactory,
    SequenceFactory,
    SessionFactory,
    TaskFactory,
    UserFactory,
)

TODAY = dt.date(2026, 9, 21)


@pytest.fixture
def edition(db):
    return EditionFactory(starts_on=dt.date(2026, 11, 16))


def test_a_task_is_due_so_many_days_from_the_first_day_of_the_week(edition):
    before, first_day, after = (TaskFactory(edition=edition, offset=offset) for offset in (-60, 0, 15))

    assert [(task.countdown, task.due_on) for task in (before, first_day, after)] == [
        ("J-60", dt.date(2026, 9, 17)),
        ("J", dt.date(2026, 11, 16)),
        ("J+15", dt.date(2026, 12, 1)),
    ]


def test_the_database_counts_the_same_dates_also_over_a_leap_day(edition):
    leap = EditionFactory(starts_on=dt.date(2028, 3, 6))
    tasks = [TaskFactory(edition=of, offset=offset) for of in (edition, leap) for offset in (-365, -7, 0, 400)]

    counted = {task.pk: task.due for task in Task.objects.with_due_date()}

    assert counted == {task.pk: task.due_on for task in tasks}


def test_dates_follow_the_days_of_the_edition(edition):
    task = TaskFactory(edition=edition, offset=-60)

    edition.starts_on, edition.ends_on = dt.date(2026, 11, 23), dt.date(2026, 11, 29)
    edition.save()

    assert Task.objects.get(pk=task.pk).due_on == dt.date(2026, 9, 24)
    assert not Task.objects.late(TODAY).exists()


def test_late_is_not_done_and_due_before_today(edition):
    late = TaskFactory(edition=edition, offset=-57)
    TaskFactory(edition=edition, offset=-57, done_at=timezone.now())
    today = TaskFactory(edition=edition, offset=-56)
    in_two_weeks = TaskFactory(edition=edition, offset=-42)
    TaskFactory(edition=edition, offset=-41)

    assert [*Task.objects.late(TODAY)] == [late]
    assert [*Task.objects.due_within(14, TODAY)] == [today, in_two_weeks]
    assert [late.is_late(TODAY), today.is_late(TODAY)] == [True, False]


def test_who_finished_a_task_first_stays_named_and_the_history_keeps_both(edition):
    task, first, second = TaskFactory(edition=edition), UserFactory(), UserFactory()

    task.finish(first, timezone.now())
    task.finish(second, timezone.now())
    assert task.done_by == first
    task.reopen()

    assert (task.done_at, task.done_by) == (None, None)
    assert [record.done_by for record in task.history.order_by("history_id")] == [None, first, None]


def test_a_task_is_about_a_session_or_a_sequence_of_its_edition(edition):
    session = SessionFactory(edition=edition)
    both = TaskFactory.build(edition=edition, session=session, sequence=session.sequence)
    elsewhere = TaskFactory.build(edition=edition, sequence=SequenceFactory())

    for task, words in [(both, "pas les deux"), (elsewhere, "autre édition")]:
        with pytest.raises(ValidationError) as caught:
            task.full_clean()
        assert words in str(caught.value)


def test_a_plan_taken_over_twice_gives_each_task_once(edition):
    last = EditionFactory(starts_on=dt.date(2025, 11, 17))
    SequenceFactory(edition=edition, slug="camp")
    here, gone = UserFactory(), AccountLimitFactory(ends_on=dt.date(2020, 1, 1)).user
    about = TaskFactory(
        edition=last, title="Réserver", offset=-90, owner=here, sequence=SequenceFactory(edition=last, slug="camp")
    )
    TaskFactory(edition=last, title="Filmer", offset=2, owner=gone, session=SessionFactory(edition=last))
    TaskFactory(edition=last, title="Remercier", offset=15, done_at=timezone.now(), done_by=here)

    first = copy_tasks(last, edition, only={about.pk})
    rest = copy_tasks(last, edition)
    again = copy_tasks(last, edition)

    assert [len(made) for made in (first, rest, again)] == [1, 2, 0]
    assert [
        (task.title, task.due_on, task.owner, task.sequence and task.sequence.edition, task.session, task.is_done)
        for task in edition.tasks.all()
    ] == [
        ("Réserver", dt.date(2026, 8, 18), here, edition, None, False),
        ("Filmer", dt.date(2026, 11, 18), None, None, None, False),
        ("Remercier", dt.date(2026, 12, 1), None, None, None, False),
    ]
    assert [copy.is_there for copy in preview_copy(last, edition)] == [True, True, True]
    assert last.tasks.count() == 3
