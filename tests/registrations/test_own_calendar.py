"""The private calendar of a person: read by their calendar programme again and again."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar, Event

from publishing.publish import publish
from registrations import participants, services
from registrations.models import Participant, Registration
from sessions.models import Session
from tests.factories import RegistrationFactory, RoomFactory, SessionFactory, VenueFactory, at
from tests.registrations.conftest import applicant


@pytest.fixture
def confirmed(published) -> Registration:
    held = services.register(published, applicant(), now=timezone.now())
    services.confirm(held, published, now=timezone.now())
    return held


@pytest.fixture
def participant(confirmed) -> Participant:
    return Participant.objects.get()


def address(participant: Participant) -> str:
    return f"/espace/agenda/{participant.calendar_link.token}.ics"


def events(client, participant: Participant) -> dict[str, Event]:
    """By code of the session."""
    answer = client.get(address(participant))
    assert answer.status_code == 200
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(event["UID"]).split("@")[0]: event for event in found}


def test_it_holds_the_sessions_to_which_the_person_comes_and_no_others(stranger, session, participant):
    other = SessionFactory(edition=session.edition, title="Procès", starts_at=at(14), seats=5)
    RegistrationFactory(session=other, email="autre@example.org")
    RegistrationFactory(session=other, email="alix@example.org", state="waiting", queued_at=timezone.now())
    publish(session.edition, note="Suite.")

    found = events(stranger, participant)

    assert list(found) == [session.code]
    event = found[session.code]
    assert (str(event["SUMMARY"]), str(event["STATUS"])) == ("Fail camp", "CONFIRMED")
    assert str(event["URL"]).endswith(f"/demo/seances/{session.code}/")


def test_it_can_be_subscribed_to_and_is_neither_kept_nor_indexed(stranger, participant):
    answer = stranger.get(address(participant))
    calendar = Calendar.from_ical(answer.content)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert (answer["Cache-Control"], answer["X-Robots-Tag"], answer["Referrer-Policy"]) == (
        "private, no-store",
        "noindex, nofollow",
        "no-referrer",
    )
    assert str(calendar["X-WR-CALNAME"]).startswith("Mes inscriptions")
    assert list(answer.cookies) == []
    assert stranger.get(address(participant)).content == answer.content  # equal states give equal bytes


def test_what_was_given_up_stays_as_cancelled_with_a_rising_sequence(
    stranger, session, published, confirmed, participant
):
    numbers = [events(stranger, participant)[session.code]["SEQUENCE"]]
    services.cancel(confirmed, published, now=timezone.now())
    gone = events(stranger, participant)[session.code]
    numbers.append(gone["SEQUENCE"])
    again = services.register(published, applicant(), now=timezone.now())
    services.confirm(again, published, now=timezone.now())
    back = events(stranger, participant)[session.code]
    numbers.append(back["SEQUENCE"])

    assert (str(gone["STATUS"]), str(back["STATUS"])) == ("CANCELLED", "CONFIRMED")
    assert numbers == sorted(set(numbers))


def test_a_session_that_is_moved_cancelled_or_withdrawn_is_followed(stranger, session, participant):
    SessionFactory(edition=session.edition, title="Une autre")
    before = events(stranger, participant)[session.code]
    session.starts_at, session.ends_at = at(16), at(17)
    session.save()
    publish(session.edition, note="Déplacée.")
    moved = events(stranger, participant)[session.code]
    session.status = Session.Status.CANCELLED
    session.save()
    publish(session.edition, note="Annulée.")
    off = events(stranger, participant)[session.code]
    session.status = Session.Status.DESIGN
    session.save()
    publish(session.edition, note="Retirée.")
    withdrawn = events(stranger, participant)[session.code]

    assert moved["DTSTART"].dt == at(16)
    assert [str(event["STATUS"]) for event in (before, moved, off, withdrawn)] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
        "CANCELLED",
    ]
    numbers = [event["SEQUENCE"] for event in (before, moved, off, withdrawn)]
    assert numbers == sorted(set(numbers))


def test_a_button_changes_the_address_and_the_former_no_longer_answers(stranger, participant):
    former = address(participant)
    space = f"/espace/{participant.link.token}/"

    page = stranger.post(space, {"calendar": "1"}, follow=True).content.decode()

    participant.refresh_from_db()
    assert address(participant) in page
    assert former not in page
    assert stranger.get(former).status_code == 404
    assert stranger.get(address(participant)).status_code == 200


def test_the_address_of_the_calendar_opens_nothing_else(stranger, participant, confirmed):
    token = participant.calendar_link.token

    assert stranger.get(f"/espace/{token}/").status_code == 404
    assert stranger.get(f"/espace/agenda/{participant.link.token}.ics").status_code == 404
    assert stranger.get(f"/espace/agenda/{confirmed.link.token}.ics").status_code == 404
    assert stranger.get("/espace/agenda/forged.ics").status_code == 404


def test_the_page_gives_the_address_for_a_click_and_for_copying(stranger, participant, settings):
    page = stranger.get(f"/espace/{participant.link.token}/").content.decode()

    host = settings.SITE_URL.partition("://")[2]
    assert f'href="webcal://{host}{address(participant)}"' in page
    assert f'value="{settings.SITE_URL}{address(participant)}"' in page


def test_the_page_of_a_registration_gives_the_file_of_its_session_as_it_stands(stranger, session, confirmed, published):
    page = stranger.get(f"/inscriptions/{confirmed.link.token}/").content.decode()
    (link,) = re.findall(r'href="(/inscriptions/[^"]+\.ics)"', page)
    answer = stranger.get(link)
    services.cancel(confirmed, published, now=timezone.now())
    after = stranger.get(link)

    statuses = [Calendar.from_ical(each.content).walk("VEVENT")[0]["STATUS"] for each in (answer, after)]
    assert statuses == ["CONFIRMED", "CANCELLED"]
    assert answer["Cache-Control"] == "private, no-store"
    assert stranger.get("/inscriptions/forged/seance.ics").status_code == 404


def test_who_never_had_a_seat_has_nothing_for_a_calendar(stranger, published):
    held = services.register(published, applicant(), now=timezone.now())

    assert stranger.get(f"/inscriptions/{held.link.token}/seance.ics").status_code == 404
    assert events(stranger, participants.of(held)) == {}


def test_a_calendar_is_read_in_a_fixed_number_of_queries(stranger, session, participant, django_assert_max_num_queries):
    for number in range(4):
        other = SessionFactory(edition=session.edition, starts_at=at(10, day=number + 1))
        RegistrationFactory(session=other, email="alix@example.org")
    publish(session.edition, note="Suite.")
    events(stranger, participant)

    with django_assert_max_num_queries(4):
        events(stranger, participant)


def test_somebody_who_saw_the_space_loses_it_by_a_button(stranger, participant):
    space, calendar = f"/espace/{participant.link.token}/", address(participant)

    answer = stranger.post(space, {"renew": "1"})

    assert answer["Location"] == "/inscriptions/?envoi=1"
    assert stranger.get(space).status_code == 410
    assert stranger.get(calendar).status_code == 404


def test_times_are_on_the_clock_of_the_venue_which_the_file_explains(stranger, session, confirmed, participant):
    room = RoomFactory(venue=VenueFactory(time_zone="Indian/Reunion"))
    Session.objects.update(room=room)
    publish(session.edition, note="À La Réunion.")

    content = stranger.get(address(participant)).content.decode()
    calendar = Calendar.from_ical(content)

    (zone,) = calendar.walk("VTIMEZONE")
    assert content.index("BEGIN:VTIMEZONE") < content.index("BEGIN:VEVENT")
    assert (zone["TZID"], zone.walk("STANDARD")[0]["TZOFFSETTO"].to_ical()) == ("Indian/Reunion", "+0400")
    there = session.starts_at.astimezone(ZoneInfo("Indian/Reunion"))
    assert f"DTSTART;TZID=Indian/Reunion:{there:%Y%m%dT%H%M%S}" in content
    assert calendar.walk("VEVENT")[0]["DTSTART"].dt == session.starts_at


def test_the_hour_that_comes_twice_is_told_without_a_doubt(stranger, session, confirmed, participant):
    edition = session.edition
    edition.starts_on, edition.ends_on = dt.date(2030, 10, 26), dt.date(2030, 10, 28)
    edition.save()
    first = dt.datetime(2030, 10, 27, 0, 30, tzinfo=dt.UTC)  # 2:30 in Paris, for the first time
    Session.objects.update(starts_at=first, ends_at=first + dt.timedelta(hours=1))
    publish(edition, note="La nuit où l’heure change.")

    event = Calendar.from_ical(stranger.get(address(participant)).content).walk("VEVENT")[0]

    assert (event["DTSTART"].to_ical(), event["DTEND"].to_ical()) == (b"20301027T023000", b"20301027T013000Z")
