"""Prestations: on the page of the session, in their list with its totals, amounts for those who order."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from planning.models import Service
from sessions.models import Session
from tests.admin.test_sessions import form_of
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    EditionFactory,
    SequenceFactory,
    ServiceFactory,
    SessionFactory,
)

LIST = "/admin/planning/service/"


@pytest.fixture
def session(db) -> Session:
    edition = EditionFactory(is_current=True)
    return SessionFactory(edition=edition, title="Fail camp", sequence__title="Échecs", sequence__edition=edition)


def table(client: Client, **query: str) -> list[tuple[str, list[tuple[int, Decimal]]]]:
    found = client.get(LIST, query).context["totals"]
    return [(row.title, [(cell.number, cell.amount) for cell in row.cells]) for row in (*found.rows, found.foot)]


def test_services_are_totalled_by_sequence_and_state_without_the_cancelled(logistician, session):
    edition = session.edition
    other = SessionFactory(edition=edition, sequence=SequenceFactory(edition=edition, title="Ateliers"))
    ServiceFactory(session=session, state="confirmed", amount=Decimal("1200.50"))
    ServiceFactory(session=session, state="ordered", amount=300)
    ServiceFactory(session=session, state="cancelled", amount=9999)
    ServiceFactory(session=other, state="asked", kind="sound")
    ServiceFactory(state="asked", amount=7777)  # of another edition

    assert table(logistician) == [
        ("Ateliers", [(1, 0), (0, 0), (0, 0), (1, 0)]),
        ("Échecs", [(0, 0), (1, 300), (1, Decimal("1200.50")), (2, Decimal("1500.50"))]),
        ("En tout", [(1, 0), (1, 300), (1, Decimal("1200.50")), (3, Decimal("1500.50"))]),
    ]
    assert [title for title, _cells in table(logistician, kind__exact="sound")] == ["Ateliers", "En tout"]
    html = logistician.get(LIST).content.decode()
    assert "1\u202f500,50" in html
    assert "7\u202f777" not in html


def addresses(service: Service) -> list[str]:
    return [
        LIST,
        reverse("admin:planning_service_change", args=[service.pk]),
        reverse("admin:planning_service_history", args=[service.pk]),
        reverse("admin:programme_session_change", args=[service.session.pk]),
        reverse("admin:programme_session_history", args=[service.session.pk]),
    ]


def test_amounts_are_shown_to_those_who_order_and_to_nobody_else(
    project_lead, logistician, editor, recruiter, receptionist, reader, session
):
    service = ServiceFactory(session=session, amount=Decimal("4321.00"))
    service.amount, service.supplier = Decimal("5432.00"), "Autre prestataire exemple"
    service.save()

    def told(client: Client) -> list[bool]:
        pages = [client.get(address).content.decode().replace("\u202f", "") for address in addresses(service)]
        assert all("prestataire exemple" in page for page in pages)
        return ["4321" in page or "5432" in page for page in pages]

    assert [told(client) for client in (project_lead, logistician)] == [[True] * 5] * 2
    for client in (editor, recruiter, receptionist, reader):
        assert told(client) == [False] * 5
        assert client.get(LIST, {"amount__gt": 5000}).status_code in (302, 400)


def test_who_sees_no_amount_reads_none_where_versions_are_restored(editor, logistician, session):
    service = ServiceFactory(session=session, amount=Decimal("4321.00"))
    service.amount, service.supplier = Decimal("5432.00"), "Autre prestataire exemple"
    service.save()
    first = service.history.earliest().pk
    restore = reverse("admin:planning_service_restore", args=[service.pk, first])
    line = reverse("admin:programme_session_restoreline", args=[session.pk, "service", first])

    for address in (restore, line):
        pages = [client.get(address).content.decode() for client in (editor, logistician)]
        assert ["Autre prestataire exemple" in page for page in pages] == [True, True]
        assert ["4321" in page for page in pages] == [False, True]

    service.delete()
    undelete = reverse("admin:planning_service_undelete", args=[first])
    assert "4321" not in editor.get(undelete).content.decode()


def test_who_sees_no_amount_changes_none(editor, session):
    service = ServiceFactory(session=session, amount=Decimal("4321.00"))
    sent = {"session": session.pk, "kind": "sound", "state": "asked", "amount": "1"}

    response = editor.post(reverse("admin:planning_service_change", args=[service.pk]), sent)

    assert response.status_code == 302
    service.refresh_from_db()
    assert (service.kind, service.amount) == ("sound", Decimal("4321.00"))


def test_the_history_of_a_service_holds_no_contact():
    names = {field.name for field in Service.history.model._meta.fields}

    assert {"state", "supplier", "amount"} <= names
    assert not {name for name in names if name.startswith("contact")}


def test_the_page_of_a_session_says_what_it_announces_without_a_confirmed_service(editor, session):
    session.captions = True
    session.save()
    service = ServiceFactory(session=session, kind="captions", state="ordered")
    address = reverse("admin:programme_session_change", args=[session.pk])
    warning = "À vérifier\u00a0: la séance annonce «\u00a0Sous-titrage en direct\u00a0»"
    assert warning in editor.get(address).content.decode()

    service.state = "confirmed"
    service.save()

    assert warning not in editor.get(address).content.decode()


def test_a_service_is_added_on_the_page_of_its_session_and_the_session_tells_its_history(logistician, session):
    line = {
        "services-TOTAL_FORMS": 1,
        "services-0-session": session.pk,
        "services-0-kind": "catering",
        "services-0-label": "Déjeuner pour trente",
        "services-0-state": "ordered",
        "services-0-amount": "450",
    }
    address = reverse("admin:programme_session_change", args=[session.pk])

    response = logistician.post(address, form_of(session) | line)

    assert response.status_code == 302
    service = session.services.get()
    assert (str(service), service.state, service.amount) == ("Déjeuner pour trente", "ordered", 450)
    history = logistician.get(reverse("admin:programme_session_history", args=[session.pk])).content.decode()
    assert "Déjeuner pour trente" in history


def test_services_are_confirmed_together_with_a_line_of_history_each(logistician, reader, session):
    ordered, cancelled = (ServiceFactory(session=session, state=state) for state in ("ordered", "cancelled"))
    sent = {"action": "confirm", "_selected_action": [ordered.pk, cancelled.pk], "index": "0"}

    reader.post(LIST, sent)
    assert ordered.history.count() == 1
    logistician.post(LIST, sent)

    states = list(Service.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["confirmed", "cancelled"]
    assert [ordered.history.count(), cancelled.history.count()] == [2, 1]


def test_an_account_limited_to_a_sequence_counts_its_own_services(staff, session):
    me = staff("Logistique")
    AccountLimitFactory(user=me, only_some_sequences=True, sequences=[session.sequence])
    ServiceFactory(session=session, amount=10)
    other = ServiceFactory(session=SessionFactory(edition=session.edition), amount=500)
    client = client_of(me)

    assert table(client)[-1] == ("En tout", [(1, 10), (0, 0), (0, 0), (1, 10)])
    assert client.get(reverse("admin:planning_service_change", args=[other.pk])).status_code in (302, 403)


def test_the_form_of_a_session_asks_as_much_for_three_services_as_for_one(logistician, session):
    address = reverse("admin:programme_session_change", args=[session.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            logistician.get(address)
        return len(found)

    ServiceFactory(session=session, amount=1)
    queries()
    few = queries()
    for _number in range(2):
        ServiceFactory(session=session, amount=1)
    assert queries() == few
