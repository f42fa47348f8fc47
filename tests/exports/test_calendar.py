import dataclasses as dc
import datetime as dt

import icalendar
import pytest
from django.utils import translation

from publishing.calendar import edition_calendar, session_calendar
from tests.exports.documents import CENTRE, item, programme, slot

URL = "https://semaine.example.org/2018/seances/FA2345/"


def only_event(session):
    (event,) = icalendar.Calendar.from_ical(session_calendar(programme(session), session, url=URL)).walk("VEVENT")
    return event


def test_a_session_says_when_where_what_and_who():
    event = only_event(item())

    assert event["UID"] == "FA2345@semaine.example.org"
    assert event["DTSTART"].to_ical() == b"20181120T170000Z"
    assert event["DTEND"].to_ical() == b"20181120T190000Z"
    assert event["SUMMARY"] == "Trois échecs, trois rebonds"
    assert event["LOCATION"] == "Auditorium, Centre de Ségur, 20 avenue de Ségur, 75007 Paris"
    assert event["URL"] == URL
    assert event["STATUS"] == "CONFIRMED"
    assert event["CATEGORIES"].cats == ["Fail camp", "Conférence-témoignages"]
    assert event["DESCRIPTION"] == (
        "Trois agents pionniers racontent.\n\n"
        "Ce qui n’a pas marché ; ce qu’ils en ont fait.\n\n"
        f"Camille Exemple (pionnière)\n\n{URL}"
    )


def test_the_revision_of_the_release_is_the_sequence_of_the_event():
    event = only_event(item(revision=3, changed_at=dt.datetime(2018, 11, 8, 10, 30, tzinfo=dt.UTC)))

    assert event["SEQUENCE"] == 3
    assert event["LAST-MODIFIED"].to_ical() == event["DTSTAMP"].to_ical() == b"20181108T103000Z"


@pytest.mark.parametrize(
    ("state", "status", "summary"),
    [
        ("cancelled", "CANCELLED", "Cancelled: Trois échecs, trois rebonds"),
        ("postponed", "TENTATIVE", "Postponed: Trois échecs, trois rebonds"),
    ],
)
def test_a_session_called_off_stays_and_frees_the_time(state, status, summary):
    with translation.override("en"):
        event = only_event(item(state=state))

    assert (event["STATUS"], event["SUMMARY"], event["TRANSP"]) == (status, summary, "TRANSPARENT")


def test_a_session_without_a_time_is_left_out():
    dated, undated = item(), item("ND2345", state="postponed", slot=slot(None, None))
    document = programme(dated, undated)

    calendar = icalendar.Calendar.from_ical(edition_calendar(document, document.items, url_of=lambda item: URL))

    assert [event["UID"] for event in calendar.walk("VEVENT")] == ["FA2345@semaine.example.org"]
    assert calendar["X-WR-CALNAME"] == "Semaine de l’innovation publique"


def test_a_session_overseas_stands_at_the_right_moment():
    reunion = dc.replace(CENTRE, time_zone="Indian/Reunion")
    session = item()
    document = programme(session, places=(reunion,))

    (event,) = icalendar.Calendar.from_ical(session_calendar(document, session, url=URL)).walk("VEVENT")

    assert event["DTSTART"].to_ical() == b"20181120T170000Z"


def test_texts_cannot_break_out_of_their_lines():
    evil = "Un titre\r\nATTENDEE:mailto:x@example.org\x00 ; avec, des \\ signes"
    raw = session_calendar(programme(), item(title=evil, note="a\x07b"), url=URL)

    assert b"\r\nATTENDEE" not in raw
    assert b"\x00" not in raw
    assert b"\x07" not in raw
    assert only_event(item(title=evil))["SUMMARY"] == "Un titre ATTENDEE:mailto:x@example.org ; avec, des \\ signes"


def test_no_address_of_anybody_leaves():
    session = item()

    assert b"contact@example.org" not in session_calendar(programme(session), session, url=URL)


def test_the_same_document_gives_the_same_bytes_in_short_lines():
    document = programme(item(text="<p>" + "très long " * 400 + "</p>"))
    first, second = (edition_calendar(document, document.items, url_of=lambda item: URL) for _ in range(2))

    assert first == second
    assert max(len(line) for line in first.split(b"\r\n")) <= 75
