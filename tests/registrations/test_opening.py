"""Registration opens and closes at a second: pages that were laid out before say so at the first look after it."""

import datetime as dt
import time

import pytest
from django.test import Client
from django.utils import timezone

from publishing.publish import publish
from registrations.models import Registration
from sessions.models import Edition, Session
from tests.factories import EditionFactory, EmployerFactory, SequenceFactory, SessionFactory, at
from tests.registrations.conftest import form_data

OPENS = at(9, day=-10)
BEFORE, AFTER = OPENS - dt.timedelta(seconds=1), OPENS
NOT_YET = "Les inscriptions ouvrent le"


@pytest.fixture
def session(db) -> Session:
    """With a slot beside it, in a sequence of its own."""
    edition = EditionFactory(slug="demo", is_current=True)
    EmployerFactory(edition=edition, name="Préfecture de l’Exemple")
    session = SessionFactory(edition=edition, title="Fail camp", seats=2)
    sequence = SequenceFactory(edition=edition, slug="bureau")
    SessionFactory(edition=edition, sequence=sequence, is_slot=True, starts_at=at(14), ends_at=at(15))
    publish(edition, note="Première version")
    return session


@pytest.fixture
def clock(monkeypatch):
    def turn(moment: dt.datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return turn


def is_open(page: str) -> bool:
    """The link of the page of a session, or the button of the form."""
    return "S’inscrire</a>" in page or "S’inscrire</button>" in page


def of_session(moment: dt.datetime) -> None:
    Session.objects.update(registration_opens_at=moment)


def of_edition(moment: dt.datetime) -> None:
    Edition.objects.update(registration_opens_at=moment)


@pytest.mark.parametrize("opening", [of_session, of_edition])
def test_each_page_that_was_laid_out_before_the_opening_tells_it_at_its_second(client, session, clock, opening):
    opening(OPENS)
    addresses = [
        f"/demo/seances/{session.code}/",
        f"/demo/seances/{session.code}/inscription/",
        "/demo/programme/",
        "/demo/sequences/bureau/",
    ]
    pages: dict[dt.datetime, list[str]] = {}
    for moment in (BEFORE, AFTER):
        clock(moment)
        pages[moment] = [client.get(address).content.decode() for address in addresses]

    for before, after in zip(pages[BEFORE], pages[AFTER], strict=True):
        assert before != after
    of_the_session, of_the_form, of_the_programme, _of_the_sequence = zip(*pages.values(), strict=True)
    for before, after in (of_the_session, of_the_form):
        assert (NOT_YET in before, is_open(before)) == (True, False)
        assert (NOT_YET in after, is_open(after)) == (False, True)
    assert ["Places disponibles" in page for page in of_the_programme] == [False, True]


def test_each_page_that_was_laid_out_before_the_end_tells_it_at_its_second(client, session, clock):
    Session.objects.update(registration_closes_at=OPENS)
    addresses = [f"/demo/seances/{session.code}/", f"/demo/seances/{session.code}/inscription/"]
    for moment, expected in ((BEFORE, True), (AFTER, False)):
        clock(moment)
        for address in addresses:
            assert is_open(client.get(address).content.decode()) == expected


@pytest.mark.parametrize("opening", [of_session, of_edition])
def test_a_form_that_is_sent_a_second_too_early_is_refused_with_the_time_and_at_the_second_taken(
    client, session, clock, opening
):
    opening(OPENS)
    address = f"/demo/seances/{session.code}/inscription/"
    clock(BEFORE)
    early = client.post(address, form_data()).content.decode()
    assert (NOT_YET in early, Registration.objects.count()) == (True, 0)

    clock(AFTER)
    client.post(address, form_data())

    assert Registration.objects.count() == 1


def test_pages_are_asked_for_again_each_time_by_browsers_and_proxies(client, session):
    for address in (f"/demo/seances/{session.code}/", f"/demo/seances/{session.code}/inscription/"):
        asked = client.get(address)["Cache-Control"]
        assert "no-cache" in asked or "max-age=0, must-revalidate" in asked


def test_whoever_reloads_over_the_second_for_real_never_sees_it_closed_afterwards(session):
    opens_at = timezone.now() + dt.timedelta(seconds=2)
    of_session(opens_at)
    client, addresses = Client(), [f"/demo/seances/{session.code}/", f"/demo/seances/{session.code}/inscription/"]
    seen: list[tuple[bool, bool]] = []
    while timezone.now() < opens_at + dt.timedelta(seconds=1):
        for address in addresses:
            asked_at = timezone.now()
            page = client.get(address).content.decode()
            answered_at = timezone.now()
            if answered_at < opens_at or asked_at >= opens_at:
                seen.append((asked_at >= opens_at, is_open(page)))
        time.sleep(0.02)

    assert {is_after for is_after, _told in seen} == {True, False}
    assert [look for look in seen if look[0] != look[1]] == []
