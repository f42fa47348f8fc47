import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from lxml import html

from innovation_week.models import PersonalExport
from outbox.models import Message
from planning.models import Task
from sessions.models import Edition
from tests.conftest import client_of
from tests.factories import (
    CandidacyFactory,
    EditionFactory,
    FormatFactory,
    RegistrationFactory,
    RoleFactory,
    SequenceFactory,
    SessionFactory,
    SpeakerFactory,
    TaskFactory,
)

CHOOSE = "/admin/edition/"


def chosen(client) -> str:
    return client.get(reverse("admin:index")).context["edition_choice"].chosen.slug


def test_the_header_opens_on_the_current_edition_and_keeps_what_is_chosen(reader):
    old = EditionFactory(slug="2018")
    EditionFactory(slug="demo", is_current=True)

    before = chosen(reader)
    response = reader.post(CHOOSE, {"edition": old.pk, "next": "/admin/programme/session/"})

    assert (before, response["Location"], chosen(reader)) == ("demo", "/admin/programme/session/", "2018")


def test_without_a_current_edition_the_newest_is_chosen(reader):
    newest = EditionFactory()
    EditionFactory(starts_on="2018-11-19", ends_on="2018-11-25")

    assert chosen(reader) == newest.slug


def test_the_choice_outlives_the_log_in_and_is_each_ones_own(staff, reader):
    old, user = EditionFactory(slug="2018"), staff("Lecture")
    EditionFactory(slug="demo", is_current=True)

    client_of(user).post(CHOOSE, {"edition": old.pk})

    assert (chosen(client_of(user)), chosen(reader)) == ("2018", "demo")


def test_a_chosen_edition_that_is_deleted_leaves_the_current_one(reader, superuser_client):
    old = EditionFactory(slug="2018")
    EditionFactory(slug="demo", is_current=True)
    reader.post(CHOOSE, {"edition": old.pk})

    superuser_client.post(reverse("admin:programme_edition_delete", args=[old.pk]), {"post": "yes"})

    assert (Edition.objects.count(), chosen(reader)) == (1, "demo")


def test_what_was_read_in_an_edition_acts_on_no_other_that_was_chosen_meanwhile(project_lead):
    """“All of the list” would otherwise be all of a list that nobody looked at."""
    old, new = EditionFactory(name="Semaine passée", slug="2018"), EditionFactory(is_current=True)
    RegistrationFactory(session__edition=old)
    RegistrationFactory(session__edition=new)
    registrations = reverse("admin:registrations_registration_changelist")
    page = html.fromstring(project_lead.get(registrations).content.decode())
    forms = {form.get("id") or form.get("class"): dict(form.form_values()) for form in page.forms}
    all_of_it = forms["changelist-form"] | {"action": "send_link", "select_across": "1", "_selected_action": "1"}

    project_lead.post(CHOOSE, {"edition": old.pk})
    sent = project_lead.post(registrations, all_of_it, follow=True)
    exported = project_lead.post(f"{registrations}exporter/", forms["export"], follow=True)
    nowhere = project_lead.post(reverse("admin:second_factor_setup"), {"of_edition": "0"}, follow=True)

    for refused in (sent, exported, nowhere):
        assert "une autre édition a été choisie entre-temps" in refused.content.decode()
    assert (Message.objects.count(), PersonalExport.objects.count()) == (0, 0)
    assert project_lead.post(registrations, {**all_of_it, "of_edition": str(old.pk)}, follow=True).status_code == 200
    assert Message.objects.count() == 1


def test_a_plan_is_not_taken_over_into_an_edition_chosen_meanwhile(project_lead):
    EditionFactory(is_current=True)
    task, other = TaskFactory(), EditionFactory()
    copy = reverse("admin:planning_task_copy")
    page = html.fromstring(project_lead.get(copy, {"source": task.edition_id}).content.decode())
    (read,) = (dict(form.form_values()) for form in page.forms if "task" in form.fields)

    project_lead.post(CHOOSE, {"edition": other.pk})
    project_lead.post(copy, read)

    assert list(Task.objects.all()) == [task]


@pytest.mark.parametrize("kind", ["change", "history", "delete"])
def test_an_object_of_another_edition_says_so_and_leaves_the_choice(project_lead, kind):
    EditionFactory(slug="demo", name="Semaine à venir", is_current=True)
    session = SessionFactory(edition=EditionFactory(slug="2018", name="Semaine passée"))
    address = reverse(f"admin:programme_session_{kind}", args=[session.pk])

    response = project_lead.get(address)
    project_lead.post(CHOOSE, {"edition": session.edition_id, "next": address})
    once_chosen = project_lead.get(address).content.decode()

    banner = "Cette fiche appartient à l’édition « Semaine passée ». Vous travaillez sur « Semaine à venir »."
    assert banner in response.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert response.context["edition_choice"].chosen.slug == "demo"
    # From the header, another edition is chosen for the list: the page is about this one.
    assert response.context["after_choice"] == "/admin/programme/session/"
    assert "Cette fiche appartient" not in once_chosen


def test_an_object_of_the_chosen_edition_and_one_of_every_edition_have_no_banner(project_lead):
    candidacy = CandidacyFactory(session__edition=EditionFactory(is_current=True))
    EditionFactory()

    for found in [candidacy, candidacy.session, candidacy.speaker, candidacy.session.room, candidacy.role.format]:
        html = project_lead.get(f"/admin/{found._meta.label_lower.replace('.', '/')}/{found.pk}/change/").content
        assert (found, b"other-edition" in html) == (found, False)


def test_the_choices_of_a_form_are_those_of_its_objects_edition(project_lead):
    EditionFactory(is_current=True)
    SequenceFactory(edition=Edition.objects.current().get(), title="De cette année")
    candidacy = CandidacyFactory(session__title="Ancienne séance", session__sequence__title="Ancienne séquence")
    form = project_lead.get(reverse("admin:speakers_candidacy_change", args=[candidacy.pk])).context["adminform"].form
    sequence = project_lead.get(reverse("admin:programme_session_change", args=[candidacy.session_id]))

    widget = sequence.context["adminform"].form.fields["sequence"].widget
    asked = getattr(widget, "widget", widget).get_url()  # within its frame of links, or alone
    answers = project_lead.get(
        asked,
        {"app_label": "programme", "model_name": "session", "field_name": "sequence", "term": ""}
        | {"edition": candidacy.session.edition_id},
    )

    assert asked == f"/admin/autocomplete/?edition={candidacy.session.edition_id}"
    assert [answer["text"] for answer in answers.json()["results"]] == ["Ancienne séquence"]
    assert list(form.fields["session"].queryset) == [candidacy.session]


def test_what_serves_every_edition_is_counted_in_the_chosen_one(project_lead):
    now, before = EditionFactory(is_current=True), EditionFactory()
    kind, speaker = FormatFactory(), SpeakerFactory()
    role = RoleFactory(format=kind)
    for edition, number in [(now, 2), (before, 3)]:
        for session in SessionFactory.create_batch(number, edition=edition, format=kind):
            CandidacyFactory(session=session, role=role, speaker=speaker)

    (listed,) = project_lead.get("/admin/speakers/speaker/").context["cl"].result_list
    (counted,) = project_lead.get("/admin/programme/format/").context["cl"].result_list

    assert (listed.n_confirmed, counted.n_sessions) == (2, 2)


def test_filters_offer_what_the_chosen_edition_uses(reader):
    now = EditionFactory(is_current=True)
    for name in ["Procès", "Bootcamp"]:
        SessionFactory(edition=now, format__name=name)
    SessionFactory(format__name="Exposition")

    html = reader.get("/admin/programme/session/").content.decode()

    assert ("Procès" in html, "Exposition" in html) == (True, False)


def test_the_registration_times_of_an_edition_are_typed_on_its_own_clock(project_lead):
    EditionFactory(is_current=True)
    opens = dt.datetime(2026, 11, 2, 9, tzinfo=ZoneInfo("Indian/Reunion"))
    overseas = EditionFactory(time_zone="Indian/Reunion", registration_opens_at=opens)

    html = project_lead.get(reverse("admin:programme_edition_change", args=[overseas.pk])).content.decode()

    assert re.search(r'name="registration_opens_at_1" value="09:00', html)


def test_a_choice_sends_nobody_elsewhere(reader):
    edition = EditionFactory()

    for address in ["https://example.org/", "//example.org/", "javascript:alert(1)", ""]:
        assert reader.post(CHOOSE, {"edition": edition.pk, "next": address})["Location"] == "/admin/"


def test_an_unknown_edition_changes_nothing(reader):
    EditionFactory(slug="demo", is_current=True)

    for number in ["", "0", "999", "abc", "-1", "9" * 40]:
        assert reader.post(CHOOSE, {"edition": number}).status_code == 302
    assert chosen(reader) == "demo"


def test_choosing_takes_a_form(reader):
    assert reader.get(CHOOSE).status_code == 405


def test_only_one_edition_is_current(editor):
    first, second = EditionFactory(is_current=True), EditionFactory()
    lines = {
        f"{prefix}-{name}": 0
        for prefix in ("privacy_notice", "legal_notice", "accessibility_statement")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    fields = {
        "name": second.name,
        "slug": second.slug,
        "starts_on": f"{second.starts_on:%d/%m/%Y}",
        "ends_on": f"{second.ends_on:%d/%m/%Y}",
        "time_zone": "Europe/Paris",
        "is_current": "on",
    }

    refused = editor.post(reverse("admin:programme_edition_change", args=[second.pk]), fields | lines)
    wrong = editor.post(
        reverse("admin:programme_edition_change", args=[second.pk]), fields | lines | {"time_zone": "Europe/Pari"}
    )

    assert refused.context["adminform"].form.errors.get("__all__") == [
        "Une autre édition est en cours\u00a0: décochez-la d’abord."
    ]
    assert "Europe/Pari" in wrong.context["adminform"].form.errors["time_zone"][0]
    assert Edition.objects.current().get() == first
