"""The rétroplanning in the back-office: done in the line, taken over from another edition, read by a calendar."""

import datetime as dt
import logging

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from innovation_week.log_filters import MaskPersonalLinks
from planning.models import Task, TaskCalendar
from planning.tasks import renew_calendar
from sessions.models import Edition
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    EditionFactory,
    SequenceFactory,
    SessionFactory,
    TaskFactory,
    UserFactory,
)

LIST = "/admin/planning/task/"
COPY = "/admin/planning/task/copy/"


@pytest.fixture
def edition(db) -> Edition:
    return EditionFactory(is_current=True, starts_on=timezone.localdate() + dt.timedelta(days=60))


def done_url(task: Task) -> str:
    return reverse("admin:planning_task_done", args=[task.pk])


def listed(client: Client, **query: str) -> list[str]:
    return [task.title for task in client.get(LIST, query).context["cl"].result_list]


def test_the_list_says_in_words_what_is_late_and_filters_say_the_same(staff, edition):
    me = staff("Logistique")
    TaskFactory(edition=edition, title="Réserver", offset=-63, owner=me)
    TaskFactory(edition=edition, title="Imprimer", offset=-50)
    TaskFactory(edition=edition, title="Remercier", offset=15, owner=me)
    TaskFactory(edition=edition, title="Choisir", offset=-90, done_at=timezone.now(), done_by=me)
    TaskFactory(title="D’une autre semaine", offset=-90, owner=me)
    client = client_of(me)

    html = client.get(LIST).content.decode()

    assert '<span class="state state-late">En retard</span> <span class="under">3 jours</span>' in html
    assert html.count("state-late") == 1
    assert "J-63" in html
    assert listed(client) == ["Choisir", "Réserver", "Imprimer", "Remercier"]
    assert listed(client, state="late") == ["Réserver"]
    assert listed(client, state="soon") == ["Imprimer"]
    assert listed(client, state="done") == ["Choisir"]
    assert listed(client, state="open", owner="me") == ["Réserver", "Remercier"]
    assert listed(client, owner="none") == ["Choisir", "Imprimer"]


def test_a_task_is_done_and_undone_from_its_line_and_the_filters_stay(staff, edition):
    me, task = staff("Éditorial"), TaskFactory(edition=edition)
    client = client_of(me)
    html = client.get(LIST, {"state": "open"}).content.decode()
    address = f"{done_url(task)}?_changelist_filters=state%3Dopen"
    assert f'formaction="{address}"' in html

    response = client.post(address, {"finish": ""})

    assert response["Location"] == f"{LIST}?state=open#task-{task.pk}"
    task.refresh_from_db()
    assert (task.is_done, task.done_by) == (True, me)
    client.post(address, {"reopen": ""})
    task.refresh_from_db()
    assert not task.is_done
    assert [record.history_user for record in task.history.all()[:2]] == [me, me]


def test_a_task_that_nobody_says_to_have_done_tells_its_day_alone(reader, edition):
    done_at = dt.datetime(2018, 11, 20, 12, tzinfo=dt.UTC)
    TaskFactory(edition=edition, done_at=done_at, done_by=None)

    html = reader.get(LIST).content.decode()

    assert '<span class="state state-done">Faite</span> <span class="under">mardi 20 novembre</span>' in html


def test_who_may_not_change_tasks_finishes_none(reader, stranger, edition):
    task = TaskFactory(edition=edition)

    assert "formaction" not in reader.get(LIST, {"state": "open"}).content.decode().partition("my-calendar")[0]
    assert reader.post(done_url(task), {"finish": ""}).status_code == 403
    assert stranger.post(done_url(task), {"finish": ""}).status_code == 302
    reader.post(LIST, {"action": "finish_tasks", "_selected_action": [task.pk], "index": "0"})
    task.refresh_from_db()
    assert not task.is_done


def test_a_look_finishes_nothing_and_another_site_neither(staff, edition):
    task, user = TaskFactory(edition=edition), staff("Éditorial")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    assert client_of(user).get(done_url(task)).status_code == 405
    assert strict.post(done_url(task), {"finish": ""}).status_code == 403
    task.refresh_from_db()
    assert not task.is_done


def test_tasks_are_finished_together(staff, edition):
    me = staff("Chef de projet")
    tasks = [TaskFactory(edition=edition) for _number in range(2)]
    ticked = [task.pk for task in tasks]

    client_of(me).post(LIST, {"action": "finish_tasks", "_selected_action": ticked, "index": "0"})

    assert [task.done_by for task in Task.objects.all()] == [me, me]


def test_an_account_limited_to_a_sequence_sees_its_tasks_and_those_it_was_given(staff, edition):
    me, sequence = staff("Éditorial"), SequenceFactory(edition=edition)
    AccountLimitFactory(user=me, only_some_sequences=True, sequences=[sequence])
    TaskFactory(edition=edition, title="De la séquence", sequence=sequence)
    TaskFactory(edition=edition, title="D’une séance", session=SessionFactory(edition=edition, sequence=sequence))
    TaskFactory(edition=edition, title="Confiée", owner=me)
    other = TaskFactory(edition=edition, title="Ailleurs", sequence=SequenceFactory(edition=edition))
    client = client_of(me)

    assert set(listed(client)) == {"De la séquence", "D’une séance", "Confiée"}
    assert client.post(done_url(other), {"finish": ""}).status_code in (302, 404)
    other.refresh_from_db()
    assert not other.is_done


def test_the_page_of_taking_over_previews_and_makes_once(project_lead, edition):
    last = EditionFactory(name="Semaine passée", starts_on=edition.starts_on - dt.timedelta(days=364))
    kept = TaskFactory(edition=last, title="Réserver les salles", offset=-10, owner=UserFactory(is_active=False))
    left = TaskFactory(edition=last, title="Laissée")

    html = project_lead.get(COPY).content.decode()

    due = edition.starts_on - dt.timedelta(days=10)
    assert "Semaine passée" in html
    assert "Réserver les salles" in html
    assert f" {due.year}</td>" in html
    assert "compte fermé" in html
    assert edition.tasks.count() == 0
    for _twice in range(2):
        project_lead.post(COPY, {"source": last.pk, "task": [kept.pk]})
    assert [(task.title, task.due_on) for task in edition.tasks.all()] == [("Réserver les salles", due)]
    html = project_lead.get(COPY).content.decode()
    assert html.count("Déjà reprise") == 1
    assert f'value="{left.pk}"' in html


def test_a_reader_takes_no_plan_over(reader, edition):
    task = TaskFactory()

    assert reader.get(COPY).status_code == 403
    assert reader.post(COPY, {"source": task.edition.pk, "task": [task.pk]}).status_code == 403
    assert edition.tasks.count() == 0


def test_taking_over_asks_as_much_for_three_tasks_as_for_one(project_lead, edition):
    last = EditionFactory()

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            project_lead.get(COPY)
        return len(found)

    TaskFactory(edition=last, owner=UserFactory(), sequence=SequenceFactory(edition=last))
    queries()
    few = queries()
    for _number in range(2):
        TaskFactory(edition=last, owner=UserFactory(), sequence=SequenceFactory(edition=last))
    assert queries() == few


def test_the_form_offers_open_accounts_and_whoever_has_the_task(project_lead, edition):
    gone = UserFactory(first_name="Partie", last_name="Exemple", is_active=False)
    UserFactory(first_name="Fermée", last_name="Exemple", is_active=False)
    UserFactory(first_name="Du public", last_name="Exemple", is_staff=False)
    AccountLimitFactory(user__first_name="Échue", user__last_name="Exemple", ends_on=dt.date(2020, 1, 1))
    task = TaskFactory(edition=edition, owner=gone)

    html = project_lead.get(reverse("admin:planning_task_change", args=[task.pk])).content.decode()

    assert "Partie Exemple" in html
    assert "Fermée Exemple" not in html
    assert "Du public Exemple" not in html
    assert "Échue Exemple" not in html


def path_of(calendar: TaskCalendar) -> str:
    return reverse("planning:task_calendar", args=[calendar.link.token])


def test_a_calendar_reads_my_open_tasks_without_a_log_in(staff, stranger, edition):
    me = staff("Logistique")
    late = TaskFactory(
        edition=edition, title="Réserver ; payer, signer", offset=-63, owner=me, note="Deux lignes\nici", session=None
    )
    TaskFactory(edition=edition, title="Faite", owner=me, done_at=timezone.now())
    TaskFactory(edition=edition, title="D’une collègue", owner=UserFactory())
    calendar = renew_calendar(me)

    response = stranger.get(path_of(calendar))

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    read = Calendar.from_ical(response.content)
    events = read.walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == ["En retard\u00a0: J-63 · Réserver ; payer, signer"]
    assert events[0]["DTSTART"].dt == late.due_on
    assert events[0]["DTEND"].dt == late.due_on + dt.timedelta(days=1)
    assert "Deux lignes\nici" in str(events[0]["DESCRIPTION"])
    assert (read.errors, [event.errors for event in events]) == ([], [[]])
    assert max(len(line) for line in response.content.split(b"\r\n")) <= 75


def test_renewing_the_address_ends_the_former_one(staff, stranger, edition):
    me = staff("Lecture")
    client = client_of(me)
    assert "/retroplanning/" not in client.get(LIST).content.decode()
    client.post(reverse("admin:planning_task_calendar"))
    former = TaskCalendar.objects.get(user=me)
    assert former.url in client.get(LIST).content.decode()

    client.post(reverse("admin:planning_task_calendar"))

    renewed = TaskCalendar.objects.get(user=me)
    assert stranger.get(path_of(former)).status_code == 404
    assert stranger.get(path_of(renewed)).status_code == 200
    assert client.get(reverse("admin:planning_task_calendar")).status_code == 405


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_a_closed_account_has_no_calendar(staff, stranger, change, edition):
    me = staff("Lecture")
    calendar = renew_calendar(me)
    assert stranger.get(path_of(calendar)).status_code == 200

    for name, value in change.items():
        setattr(me, name, value)
    me.save()

    assert stranger.get(path_of(calendar)).status_code == 404


def test_nor_has_an_account_past_its_last_day_or_without_a_role(staff, stranger, edition):
    past, bare = staff("Lecture"), UserFactory()
    AccountLimitFactory(user=past, ends_on=timezone.localdate() - dt.timedelta(days=1))

    for user in (past, bare):
        assert stranger.get(path_of(renew_calendar(user))).status_code == 404


def test_the_address_of_a_calendar_is_neither_stored_nor_logged(staff):
    calendar = renew_calendar(staff("Lecture"))
    address = path_of(calendar)
    record = logging.LogRecord("x", logging.INFO, "", 0, 'GET "%s" 404', (address,), None)

    MaskPersonalLinks().filter(record)

    assert calendar.link.token not in record.getMessage()
    assert "/retroplanning/[personal-link]" in record.getMessage()
    assert calendar.link.token not in str(TaskCalendar.objects.values().get())
