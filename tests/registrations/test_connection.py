"""The link of a session online: for the confirmed who come online, at once, and for nobody else."""

import pytest
from django.utils import timezone
from icalendar import Calendar

from outbox.models import Message
from publishing.publish import publish
from registrations import connection_changes, mails, participants, services
from registrations.links import ticket_link
from registrations.models import Registration
from registrations.published import PublishedSession, find
from registrations.reminders import moments, write_reminders
from sessions.models import Session
from tests.registrations.conftest import applicant, sent

LINK = "https://visio.example.org/fail-camp?pwd=x&y=1"
NOTE = "Code 1234"


@pytest.fixture
def hybrid(session) -> PublishedSession:
    """In a room and online."""
    Session.objects.update(is_online=True, online_seats=20, connection_link=LINK, connection_note=NOTE)
    publish(session.edition, note="En ligne aussi.")
    found = find("demo", session.code)
    assert found
    return found


def registered(published: PublishedSession, email: str = "alix@example.org", **values) -> Registration:
    values = {"is_online": True} | values
    return services.register(published, applicant(email, **values), now=timezone.now())


def confirmed(published: PublishedSession, email: str = "alix@example.org", **values) -> Registration:
    registration = registered(published, email, **values)
    services.confirm(registration, published, now=timezone.now())
    return registration


def pages(client, registration: Registration) -> list[str]:
    participant = participants.of(registration)
    calendar = client.get(f"/espace/agenda/{participant.calendar_link.token}.ics").content.decode()
    return [
        client.get(f"/inscriptions/{registration.link.token}/").content.decode(),
        client.get(f"/espace/{participant.link.token}/").content.decode(),
        client.get(f"/billets/{ticket_link(registration).token}/").content.decode(),
        calendar.replace("\r\n ", ""),
    ]


def test_who_is_confirmed_online_reads_it_on_their_pages_and_in_their_calendar(stranger, hybrid):
    registration = confirmed(hybrid)

    found = pages(stranger, registration)

    assert [NOTE in text for text in found] == [True] * 4
    assert ["https://visio.example.org/fail-camp" in text for text in found] == [True] * 4


def test_mails_to_them_tell_it_in_both_forms(hybrid):
    registered(hybrid)
    held = sent()[0]
    registration = Registration.objects.get()
    services.confirm(registration, hybrid, now=timezone.now())
    confirmation = sent()[0]
    when = moments(hybrid.starts_at, hybrid.ends_at, hybrid.zone)
    write_reminders(when[Registration.Told.TWO_DAYS_BEFORE])
    write_reminders(when[Registration.Told.ON_THE_DAY])
    before, on_the_day = sent()

    assert LINK not in held.body
    for mail in (confirmation, before, on_the_day):
        assert f"{LINK}\n{NOTE}" in mail.body
        assert f'href="{LINK.replace("&", "&amp;")}"' in str(mail.alternatives[0].content)
    assert LINK in str(confirmation.attachments[0].content).replace("\r\n ", "").replace("\\", "")


@pytest.mark.parametrize("who", ["on site", "held", "waiting", "cancelled", "of a cancelled session"])
def test_nobody_else_reads_it(stranger, hybrid, session, who):
    registration = confirmed(hybrid, is_online=who != "on site")
    if who in ("held", "waiting", "cancelled"):
        Registration.objects.update(state=who, expires_at=timezone.now(), queued_at=timezone.now())
    if who == "of a cancelled session":
        Session.objects.update(status="cancelled")
        publish(session.edition, note="Annulée.")
    registration.refresh_from_db()

    assert [text for text in pages(stranger, registration) if "visio.example" in text or NOTE in text] == []


def test_it_is_on_no_public_page_and_in_no_release(stranger, hybrid, session):
    addresses = ["/demo/", "/demo/programme/", f"/demo/seances/{session.code}/", "/demo/programme.ics"]
    addresses += [f"/demo/seances/{session.code}.ics", "/demo/schedule.json", "/demo/schedule.xml"]
    addresses += [f"/demo/seances/{session.code}/inscription/"]

    texts = [stranger.get(address).content.decode() for address in addresses]

    assert [
        address for address, text in zip(addresses, texts, strict=True) if "visio.example" in text or NOTE in text
    ] == []
    assert "visio.example" not in hybrid.released.release.document


def test_a_late_change_is_mailed_once_to_those_who_come_online(hybrid, session):
    for number, values in enumerate([{}, {}, {"is_online": False}, {"state": "waiting"}]):
        made = confirmed(hybrid, f"agent{number}@example.org", is_online=values.get("is_online", True))
        Registration.objects.filter(pk=made.pk).update(queued_at=timezone.now(), **values)
    sent()
    Session.objects.update(connection_link="https://autre.example.org/")

    number = connection_changes.tell(session, now=timezone.now())
    told = sent()

    assert number == 2
    assert sorted(mail.to[0] for mail in told) == ["agent0@example.org", "agent1@example.org"]
    assert ["https://autre.example.org/" in mail.body for mail in told] == [True, True]
    assert told[0].subject == "Comment se connecter\u00a0: Fail camp"
    assert sent() == []


def test_a_late_change_brings_calendars_up_to_date(hybrid, session):
    confirmed(hybrid)
    (before,) = Calendar.from_ical(sent()[-1].attachments[0].content).walk("VEVENT")
    Session.objects.update(connection_link="https://autre.example.org/")
    connection_changes.tell(session, now=timezone.now())

    (mail,) = sent()
    (after,) = Calendar.from_ical(mail.attachments[0].content).walk("VEVENT")

    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert "https://autre.example.org/" in after["DESCRIPTION"]
    assert LINK not in after["DESCRIPTION"]


def test_a_change_taken_back_before_it_left_is_one_mail_with_the_last_link(hybrid, session):
    confirmed(hybrid)
    sent()
    for link in ("https://un.example.org/", "https://deux.example.org/", "https://un.example.org/"):
        Session.objects.update(connection_link=link)
        connection_changes.tell(session, now=timezone.now())

    (mail,) = sent()

    assert "https://un.example.org/" in mail.body
    assert Message.objects.filter(kind=mails.CONNECTION, state="dropped").count() == 2


def test_who_gave_up_before_it_left_is_not_told(hybrid, session):
    registration = confirmed(hybrid)
    sent()
    connection_changes.tell(session, now=timezone.now())
    services.cancel(registration, hybrid, now=timezone.now(), silently=True)

    assert sent() == []


def test_the_calendar_of_the_person_takes_the_change_for_newer(stranger, hybrid, session):
    participant = participants.of(confirmed(hybrid))
    address = f"/espace/agenda/{participant.calendar_link.token}.ics"
    before = Calendar.from_ical(stranger.get(address).content).walk("VEVENT")[0]

    connection_changes.tell(session, now=timezone.now())
    after = Calendar.from_ical(stranger.get(address).content).walk("VEVENT")[0]

    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], before["SEQUENCE"] + 1)
    assert after["LAST-MODIFIED"].dt >= before["LAST-MODIFIED"].dt


def test_a_session_online_only_tells_everybody_who_comes(session):
    Session.objects.update(is_online=True, room=None, connection_link=LINK)
    publish(session.edition, note="En ligne.")
    published = find("demo", session.code)
    assert published
    confirmed(published, is_online=False)
    sent()

    assert connection_changes.tell(session, now=timezone.now()) == 1
    assert LINK in sent()[0].body
