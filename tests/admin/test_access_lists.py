"""The lists that venues ask for: who, when, as a workbook or on paper, and a line in the log."""

import datetime as dt
import io

import pikepdf
import pytest
from openpyxl import load_workbook

from innovation_week import dates
from innovation_week.models import PersonalExport
from registrations.models import Registration
from sessions.models import Session
from tests.admin.test_every_page import inline_code
from tests.conftest import client_of
from tests.exports.test_booklet_pages import flat, printed, texts
from tests.factories import (
    AccountLimitFactory,
    EditionFactory,
    RegistrationFactory,
    RoomFactory,
    SequenceFactory,
    SessionFactory,
    at,
)

LIST = "/admin/registrations/registration/"
LISTS = f"{LIST}listes-d-acces/"


@pytest.fixture
def session(db) -> Session:
    """The first of the day, in a venue that asks for a list with the employer."""
    edition = EditionFactory(is_current=True)
    room = RoomFactory(
        name="Hall", venue__name="Ministère", venue__slug="ministere", venue__has_access_list=True,
        venue__access_list_recipient="Poste de garde",
    )  # fmt: skip
    session = SessionFactory(edition=edition, title="Fail camp", room=room)
    RegistrationFactory(session=session, first_name="Zoé", last_name="Écolière", party=2, created_at=at(10, day=-5))
    RegistrationFactory(session=session, first_name="Alix", last_name="=Agent", created_at=at(10, day=-1))
    for state in ["held", "waiting", "cancelled"]:
        more = {"expires_at": at(9)} if state == "held" else {"queued_at": at(9)}
        RegistrationFactory(session=session, last_name=f"Absente {state}", state=state, **more)
    RegistrationFactory(session=session, last_name="Lointaine", is_online=True)
    later = SessionFactory(edition=edition, title="Procès", room=room, starts_at=at(14))
    RegistrationFactory(session=later, first_name="Max", last_name="Autre", created_at=at(10, day=-5))
    SessionFactory(edition=edition, title="Ailleurs")
    return session


def asked(about: Session, form: str, **more: str) -> dict[str, str]:
    return {"venue": "ministere", "day": about.starts_at.date().isoformat(), "format": form, **more}


def cells(content: bytes) -> list[tuple]:
    return [tuple(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]


def test_the_page_tells_by_day_and_session_how_many_come_and_when_the_list_is_due(logistician, session):
    html = logistician.get(LISTS).content.decode()

    for told in ["Ministère", "4 personnes attendues", "pour Poste de garde", "Fail camp", "Procès"]:
        assert told in html
    assert "Ailleurs" not in html
    assert inline_code(html) == []


def test_the_workbook_of_a_day_names_who_comes_by_name_and_marks_who_came_too_late(logistician, session):
    answer = logistician.post(LISTS, asked(session, "xlsx"))

    day = session.starts_at.date().isoformat()
    assert answer["Content-Disposition"] == f'attachment; filename="liste-d-acces-ministere-{day}.xlsx"'
    assert "no-store" in answer["Cache-Control"]
    heads, *rows = cells(answer.content)
    assert heads == ("Nom", "Prénom", "Employeur", "Personnes", "Séance", "Début", "Liste d’accès")
    employer, start = "Ministère de l’exemple", dt.datetime.combine(session.starts_at.date(), dt.time(10))
    assert sorted(rows, key=lambda row: row[1]) == [
        ("=Agent", "Alix", employer, 1, "Fail camp", start, "hors liste"),
        ("Autre", "Max", employer, 1, "Procès", start.replace(hour=14), None),
        ("Écolière", "Zoé", employer, 2, "Fail camp", start, None),
    ]


def test_what_a_stranger_typed_is_no_formula(logistician, session):
    content = logistician.post(LISTS, asked(session, "xlsx")).content

    sheet = load_workbook(io.BytesIO(content)).active
    typed = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "=Agent")
    assert typed.data_type == "s"


def test_the_list_of_one_session_is_of_that_session_alone(logistician, session):
    content = logistician.post(LISTS, asked(session, "xlsx", session=session.code)).content

    assert {row[4] for row in cells(content)[1:]} == {"Fail camp"}


def test_the_venue_is_told_no_more_than_it_asked_for(logistician, session):
    venue = session.room.venue
    venue.access_list_employer, venue.access_list_email = False, True
    venue.save()

    heads, *rows = cells(logistician.post(LISTS, asked(session, "xlsx")).content)

    assert heads[:3] == ("Nom", "Prénom", "Adresse électronique")
    assert not any("Ministère de l’exemple" in row for row in rows)


def test_the_list_is_printed_as_a_tagged_table(logistician, session):
    answer = logistician.post(LISTS, asked(session, "pdf"))

    assert answer["Content-Type"] == "application/pdf"
    pdf = pikepdf.open(io.BytesIO(answer.content))
    assert b"pdfuaid:part" in pdf.Root.Metadata.read_bytes()
    text = flat(printed(pdf))
    for told in ["Écolière", "Zoé", "=Agent", "Ministère de l’exemple", "hors liste", "4 personnes attendues"]:
        assert flat(told) in text
    for not_told in ["Absente", "Lointaine", "@example.org"]:
        assert flat(not_told) not in text


def test_a_slot_is_printed_by_its_sequence_since_its_title_tells_the_time_again(logistician, session):
    thread = SequenceFactory(edition=session.edition, title="Bureau du futur")
    title = "Bureau du futur, mardi, 16 h"
    slot = SessionFactory(
        edition=session.edition, sequence=thread, room=session.room, title=title, is_slot=True, starts_at=at(16)
    )
    RegistrationFactory(session=slot, last_name="Visiteuse", created_at=at(10, day=-5))

    whole, alone = (
        flat(printed(pikepdf.open(io.BytesIO(logistician.post(LISTS, asked(session, "pdf", **more)).content))))
        for more in ({}, {"session": slot.code})
    )

    assert flat("16 h Bureau du futur") in whole
    assert flat("Bureau du futur, 16 h") in alone
    assert flat(title) not in whole + alone


def test_each_page_of_a_list_says_of_which_day_and_venue_it_is(logistician, session):
    for number in range(60):
        RegistrationFactory(session=session, last_name=f"Nombreuse {number}", created_at=at(10, day=-5))

    pdf = pikepdf.open(io.BytesIO(logistician.post(LISTS, asked(session, "pdf")).content))

    told = flat(f"Ministère, {dates.day(session.starts_at.date())}")
    assert len(pdf.pages) > 1
    assert [flat(" ".join(texts(page))).count(told) for page in pdf.pages] == [1] * len(pdf.pages)


def test_a_list_that_leaves_is_noted_with_its_day_and_the_number_of_lines(logistician, session):
    logistician.post(LISTS, asked(session, "xlsx"))
    logistician.post(LISTS, asked(session, "pdf", session=session.code))

    day = session.starts_at.date().isoformat()
    assert list(PersonalExport.objects.order_by("pk").values_list("what", "narrowed", "rows")) == [
        ("liste d’accès", f"Ministère · {day}", 3),
        ("liste d’accès", f"Ministère · {day} · Fail camp", 2),
    ]


def test_only_who_may_export_takes_a_list(receptionist, editor, session):
    for client in [receptionist, editor]:
        assert client.get(LISTS).status_code == 403
        assert client.post(LISTS, asked(session, "xlsx")).status_code == 403
    assert LISTS not in receptionist.get(LIST).content.decode()
    assert PersonalExport.objects.count() == 0


def test_an_account_limited_to_other_sequences_takes_none_of_these(staff, session):
    user = staff("Logistique")
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[SequenceFactory(edition=session.edition)])
    client = client_of(user)

    assert "Fail camp" not in client.get(LISTS).content.decode()
    assert client.post(LISTS, asked(session, "xlsx")).status_code == 404
    assert PersonalExport.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"venue": "ailleurs"}, {"day": "2018-11-19"}, {"session": "FAUX22"}, {"day": "\0"}])
def test_a_list_that_is_not_on_the_page_is_not_made(logistician, session, wrong):
    assert logistician.post(LISTS, asked(session, "xlsx") | wrong).status_code == 404


def test_the_page_asks_as_much_for_one_session_as_for_many(logistician, session, django_assert_max_num_queries):
    for _each in range(5):
        SessionFactory(edition=session.edition, room=session.room, starts_at=at(16))
    logistician.get(LISTS)

    with django_assert_max_num_queries(10):
        logistician.get(LISTS)


def test_reception_filters_and_reads_who_is_off_the_list(receptionist, session):
    found = receptionist.get(LIST, {"access_list": "off"})
    everybody = receptionist.get(LIST).content.decode()

    assert [row.first_name for row in found.context["cl"].result_list] == ["Alix"]
    assert everybody.count("hors liste d’accès") == 1


def test_a_registration_says_that_it_is_off_the_list(receptionist, session):
    late = Registration.objects.get(first_name="Alix")

    assert "hors liste d’accès" in receptionist.get(f"{LIST}{late.pk}/change/").content.decode()
