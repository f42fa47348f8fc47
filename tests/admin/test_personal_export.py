"""Lists of people as spreadsheets: who may, what the file holds, what the log keeps."""

import datetime as dt
import io

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from innovation_week.back_office import personal_export
from innovation_week.models import PersonalExport
from innovation_week.purge import purge
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    EditionFactory,
    PersonalExportFactory,
    RegistrationFactory,
    SequenceFactory,
    SessionFactory,
    SpeakerFactory,
)

REGISTRATIONS, SPEAKERS = (
    reverse(f"admin:{name}_export") for name in ("registrations_registration", "speakers_speaker")
)


def lines(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return [line.split(";") for line in text.removeprefix("\ufeff").splitlines()]


@pytest.fixture
def week(db):
    edition = EditionFactory(is_current=True, name="Semaine 2026")
    session = SessionFactory(edition=edition, title="Atelier")
    RegistrationFactory(session=session, first_name="Camille", email="camille@example.org", state="confirmed")
    RegistrationFactory(session=session, first_name="=HYPERLINK(1)", last_name="Piège", state="waiting")
    RegistrationFactory(session=SessionFactory(edition=EditionFactory()), first_name="Ailleurs")
    return edition


def test_the_file_holds_the_list_of_the_edition_and_no_formula(project_lead, week):
    response = project_lead.post(REGISTRATIONS)

    found = lines(response)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert found[0][:3] == ["Prénom", "Nom", "Adresse électronique"]
    assert sorted(line[0] for line in found[1:]) == ["'=HYPERLINK(1)", "Camille"]


def test_the_workbook_holds_the_same_with_times_as_times_and_no_formula(project_lead, week):
    response = project_lead.post(REGISTRATIONS, {"as": "xlsx"})

    sheet = load_workbook(io.BytesIO(response.content)).active
    head, *rows = sheet.iter_rows()
    assert (sheet.title, [cell.value for cell in head[:3]]) == (
        "Inscriptions",
        ["Prénom", "Nom", "Adresse électronique"],
    )
    assert sorted((row[0].value, row[0].data_type) for row in rows) == [("=HYPERLINK(1)", "s"), ("Camille", "s")]
    assert {type(row[-1].value) for row in rows} == {dt.datetime}
    assert response["Content-Disposition"].endswith('.xlsx"')
    assert PersonalExport.objects.get().rows == 2


def test_a_list_too_long_for_a_workbook_says_so_and_leaves_no_line(project_lead, week, monkeypatch):
    monkeypatch.setattr(personal_export, "MOST_IN_A_WORKBOOK", 1)

    page = project_lead.post(f"{REGISTRATIONS}?q=e", {"as": "xlsx"}, follow=True)

    assert page.redirect_chain[0][0].endswith("/admin/registrations/registration/?q=e")
    assert "2 lignes" in page.content.decode()
    assert not PersonalExport.objects.exists()


def test_an_export_leaves_a_line_that_says_who_when_and_what(project_lead, week):
    project_lead.post(f"{REGISTRATIONS}?state__exact=confirmed&q=camille")

    export = PersonalExport.objects.get()
    lead = User.objects.get(groups__name="Chef de projet")
    assert (export.username, export.what, export.rows) == (lead.username, "inscriptions", 1)
    assert export.narrowed == "Semaine 2026 · recherche\u00a0: «\u00a0camille\u00a0» · État\u00a0: Confirmée"
    assert export.query == "state__exact=confirmed&q=camille"
    html = project_lead.get(reverse("admin:innovation_week_personalexport_changelist")).content.decode()
    assert "Confirmée" in html


def test_an_export_is_asked_for_by_a_button_never_by_a_link(project_lead, week):
    assert project_lead.get(REGISTRATIONS).status_code == 405
    page = project_lead.get(reverse("admin:registrations_registration_changelist") + "?state=waiting").content.decode()
    assert f'method="post" action="{REGISTRATIONS}?state=waiting"' in page
    assert not PersonalExport.objects.exists()


@pytest.mark.parametrize(
    ("role", "registrations", "speakers"),
    [
        ("Éditorial", 403, 403),
        ("Intervenants", 403, 200),
        ("Logistique", 200, 403),
        ("Accueil", 403, 403),
        ("Lecture", 403, 403),
    ],
)
def test_each_export_is_for_the_roles_whose_work_it_is(staff, week, role, registrations, speakers):
    client = client_of(staff(role))

    assert client.post(REGISTRATIONS).status_code == registrations
    assert client.post(SPEAKERS).status_code == speakers
    page = client.get(reverse("admin:speakers_speaker_changelist")).content.decode()
    assert (SPEAKERS in page) is (speakers == 200)


def test_a_limited_account_exports_its_own_sequences(staff, week):
    sequence = SequenceFactory(edition=week)
    RegistrationFactory(session=SessionFactory(edition=week, sequence=sequence), first_name="Dominique")
    lead = staff("Chef de projet")
    AccountLimitFactory(user=lead, only_some_sequences=True, sequences=[sequence])

    found = lines(client_of(lead).post(REGISTRATIONS))

    assert [line[0] for line in found[1:]] == ["Dominique"]


def test_speakers_leave_with_their_addresses(recruiter, week):
    SpeakerFactory(name="Camille Exemple", email="camille@example.org")

    found = lines(recruiter.post(SPEAKERS))

    assert ["Camille Exemple", "camille@example.org"] in [[line[1], line[4]] for line in found]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_number_of_queries_does_not_follow_the_number_of_rows(
    project_lead, week, rows, django_assert_max_num_queries
):
    session = week.sessions.get()
    RegistrationFactory.create_batch(rows, session=session)

    with django_assert_max_num_queries(16):
        lines(project_lead.post(REGISTRATIONS))


def test_the_log_is_read_only_and_forgets_after_a_year(project_lead):
    kept = PersonalExportFactory()
    PersonalExportFactory(at=timezone.now() - dt.timedelta(days=366))
    page = reverse("admin:innovation_week_personalexport_change", args=[kept.pk])

    assert project_lead.post(page, {"username": "autre"}).status_code == 403
    purge()

    assert list(PersonalExport.objects.all()) == [kept]
