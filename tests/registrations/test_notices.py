"""A release that moves a session or calls it off drafts what its people are told; nothing leaves by itself."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from icalendar import Calendar

from innovation_week.publication import cancel, postpone, publish
from outbox.models import Message
from publishing.calling_off import NewTimes
from registrations import notices, participants, services
from registrations.models import Notice, Registration
from registrations.moving import move_to
from registrations.published import find
from sessions.models import Session
from tests.factories import EditionFactory, RegistrationFactory, RoomFactory, SessionFactory
from tests.registrations.conftest import applicant, sent, soon

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def expected(published) -> Registration:
    registration = services.register(published, applicant(), now=timezone.now())
    services.confirm(registration, published, now=timezone.now())
    sent()
    return registration


def shift(session: Session, by: dt.timedelta) -> None:
    row = Session.objects.get(pk=session.pk)
    Session.objects.filter(pk=row.pk).update(starts_at=row.starts_at + by, ends_at=row.ends_at + by)


def send(notice: Notice) -> int | None:
    return notices.send(notice, user=None, now=timezone.now())


def facts() -> list[tuple[str, str]]:
    return [(notice.kind, notice.state) for notice in Notice.objects.order_by("pk")]


def event_of(mail):
    (content,) = [file.content for file in mail.attachments]
    return Calendar.from_ical(content).walk("VEVENT")[0]


def test_a_move_drafts_one_notice_and_mails_nobody(session, expected):
    shift(session, HOUR)

    release = publish(session.edition, note="Une heure plus tard.")

    notice = Notice.objects.get()
    assert (notice.kind, notice.state, notice.release) == ("moved", "draft", release)
    assert sent() == []


def test_sending_tells_old_and_new_with_a_calendar_item_that_replaces_the_former(session, expected, stranger):
    participant = participants.of(expected)
    address = f"/espace/agenda/{participant.calendar_link.token}.ics"
    before = Calendar.from_ical(stranger.get(address).content).walk("VEVENT")[0]
    shift(session, HOUR)
    publish(session.edition, note="Une heure plus tard.")
    Notice.objects.update(word="La salle était prise <avant>.")

    assert send(Notice.objects.get()) == 1
    (mail,) = sent()

    assert mail.subject == "Déplacée\u00a0: Fail camp"
    page = str(mail.alternatives[0].content)
    for text in (mail.body, page):
        assert "11\u00a0h\u00a0– 12\u00a0h" in text
        assert "10\u00a0h\u00a0– 11\u00a0h" in text
    assert "La salle était prise <avant>." in mail.body
    assert "La salle était prise &lt;avant&gt;." in page
    after = event_of(mail)
    assert (after["UID"], after["STATUS"]) == (before["UID"], "CONFIRMED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt == before["DTSTART"].dt + HOUR


def test_another_room_is_news_and_another_title_is_none(session, expected):
    Session.objects.update(title="Le fail camp")
    publish(session.edition, note="Titre.")
    assert facts() == []

    Session.objects.update(room=RoomFactory(name="Amphithéâtre"))
    publish(session.edition, note="Salle.")
    send(Notice.objects.get())

    (mail,) = sent()
    assert "Amphithéâtre" in mail.body
    assert "Le lieu de cette séance change." in mail.body


def test_a_session_without_registrants_drafts_nothing(session):
    shift(session, HOUR)
    publish(session.edition, note="Plus tard.")

    assert facts() == []


def test_publishing_twice_before_sending_tells_once_from_what_people_know(session, expected):
    for _number in range(2):
        shift(session, HOUR)
        publish(session.edition, note="Plus tard.")

    assert send(Notice.objects.get()) == 1
    (mail,) = sent()

    assert "12\u00a0h\u00a0– 13\u00a0h" in mail.body
    assert "10\u00a0h\u00a0– 11\u00a0h" in mail.body
    assert "11\u00a0h\u00a0– 12\u00a0h" not in mail.body


def test_moving_back_before_sending_leaves_nothing_to_tell(session, expected):
    shift(session, HOUR)
    publish(session.edition, note="Plus tard.")
    shift(session, -HOUR)
    publish(session.edition, note="Comme avant.")

    assert facts() == [("moved", "void")]
    assert send(Notice.objects.get()) is None
    assert sent() == []


def test_after_sending_the_next_news_is_told_from_there(session, expected):
    for _number in range(2):
        shift(session, HOUR)
        publish(session.edition, note="Plus tard.")
        send(Notice.objects.drafts().get())

    last = sent()[-1]
    assert "12\u00a0h\u00a0– 13\u00a0h" in last.body
    assert "11\u00a0h\u00a0– 12\u00a0h" in last.body
    assert facts() == [("moved", "sent")] * 2


def test_a_cancelled_session_is_taken_out_of_the_calendar(session, expected):
    cancel(Session.objects.get(), note="Annulée.")
    assert facts() == [("cancelled", "draft")]
    send(Notice.objects.get())

    (mail,) = sent()
    assert mail.subject == "Annulée\u00a0: Fail camp"
    assert "Cette séance n’aura pas lieu." in mail.body
    assert event_of(mail)["STATUS"] == "CANCELLED"


def test_a_session_that_waits_for_its_date_leaves_its_former_hour_free(session, expected, stranger):
    postpone(Session.objects.get(), note="Reportée.")
    send(Notice.objects.get())

    (mail,) = sent()
    event = event_of(mail)
    assert (event["STATUS"], event["DTSTART"].dt) == ("CANCELLED", session.starts_at)
    assert "Cette séance est reportée." in mail.body

    later = session.starts_at + dt.timedelta(days=1)
    postpone(Session.objects.get(), times=NewTimes(later, later + HOUR), note="Nouvelle date.")
    send(Notice.objects.drafts().get())
    again = event_of(sent()[0])

    assert (again["STATUS"], again["DTSTART"].dt) == ("CONFIRMED", later)
    assert again["SEQUENCE"] > event["SEQUENCE"]
    assert facts() == [("postponed", "sent"), ("back", "sent")]


def test_a_session_taken_out_of_the_programme_is_told_as_cancelled(session, expected):
    Session.objects.update(status="design")
    SessionFactory(edition=session.edition, title="Autre")
    publish(session.edition, note="Retirée.")
    send(Notice.objects.get())

    (mail,) = sent()
    assert mail.subject == "Annulée\u00a0: Fail camp"
    assert event_of(mail)["STATUS"] == "CANCELLED"


@pytest.mark.parametrize(
    ("state", "is_told"),
    [
        *((state, True) for state in ("held", "confirmed", "waiting", "offered")),
        ("cancelled", False),
        ("expired", False),
    ],
)
def test_who_has_a_seat_or_waits_is_told_and_nobody_else(session, published, state, is_told):
    RegistrationFactory(session=session, state="confirmed", email="reste@example.org")
    RegistrationFactory(session=session, state=state, email="alix@example.org", expires_at=soon(hours=1))
    shift(session, HOUR)
    publish(session.edition, note="Plus tard.")
    send(Notice.objects.get())

    assert sorted(mail.to[0] for mail in sent()) == [*["alix@example.org"] * is_told, "reste@example.org"]


def test_who_registered_after_the_news_knows_it(session, expected):
    shift(session, HOUR)
    publish(session.edition, note="Plus tard.")
    found = find("demo", session.code)
    services.register(found, applicant("apres@example.org"), now=timezone.now())
    sent()

    assert send(Notice.objects.get()) == 1
    assert [mail.to for mail in sent()] == [["alix@example.org"]]


def test_who_gives_up_between_sending_and_leaving_is_not_told(session, expected):
    shift(session, HOUR)
    publish(session.edition, note="Plus tard.")
    send(Notice.objects.get())
    services.cancel(expected, find("demo", session.code), now=timezone.now(), silently=True)

    assert sent() == []


def test_two_clicks_send_it_once(session, expected):
    shift(session, HOUR)
    publish(session.edition, note="Plus tard.")
    one, same = Notice.objects.get(), Notice.objects.get()

    assert [send(one), send(same)] == [1, None]
    assert notices.discard(same, user=None, now=timezone.now()) is False
    assert len(sent()) == 1


def test_a_discarded_draft_is_never_told_and_the_next_starts_from_what_is_public(session, expected):
    shift(session, HOUR)
    publish(session.edition, note="Plus tard.")
    notices.discard(Notice.objects.get(), user=None, now=timezone.now())
    shift(session, HOUR)
    publish(session.edition, note="Encore plus tard.")
    send(Notice.objects.drafts().get())

    (mail,) = sent()
    assert "11\u00a0h\u00a0– 12\u00a0h" in mail.body


def test_told_at_once_leaves_with_the_release_and_before_mails_to_many(session, expected):
    row = Session.objects.get()
    start = soon(hours=3)
    publish_soon = {"starts_at": start, "ends_at": start + HOUR}
    today = timezone.localdate()
    edition = session.edition
    edition.starts_on, edition.ends_on = today - dt.timedelta(days=1), today + dt.timedelta(days=40)
    edition.save()
    Session.objects.filter(pk=row.pk).update(**publish_soon)

    publish(session.edition, note="Aujourd’hui.", tell_at_once=[session.code])

    assert facts() == [("moved", "sent")]
    assert Message.objects.latest("pk").priority == Message.Priority.AWAITED
    assert len(sent()) == 1


def test_a_refused_release_drafts_nothing(session, expected):
    shift(session, HOUR)
    with pytest.raises(ValidationError):
        publish(session.edition, note=" ")

    assert facts() == []


def test_a_session_that_is_over_is_corrected_without_news(session, expected):
    past = timezone.now() - dt.timedelta(days=2)
    edition = session.edition
    edition.starts_on = timezone.localdate() - dt.timedelta(days=10)
    edition.save()
    Session.objects.update(starts_at=past, ends_at=past + HOUR)
    publish(edition, note="Déplacée dans le passé.")
    Notice.objects.all().delete()
    Session.objects.update(starts_at=past + HOUR, ends_at=past + 2 * HOUR)
    publish(edition, note="Heure corrigée.")

    assert facts() == []


def test_a_session_moved_to_another_day_is_recalled_before_that_day(session, expected):
    Registration.objects.update(told=Registration.Told.TWO_DAYS_BEFORE)
    shift(session, dt.timedelta(days=2))
    publish(session.edition, note="Mercredi.")

    assert Registration.objects.get().told == Registration.Told.NOTHING


@pytest.mark.django_db(transaction=True)
def test_sent_while_a_release_replaces_it_each_person_is_told_once_of_each_news():
    """Whichever comes first: the draft of before and then one of the rest, or one of both."""
    edition = EditionFactory(slug="demo", is_current=True)
    session = SessionFactory(edition=edition, title="Fail camp")
    publish(edition, note="Ouverture.")
    RegistrationFactory(session=session, email="alix@example.org")
    shift(session, HOUR)
    publish(edition, note="Plus tard.")
    notice = Notice.objects.get()
    shift(session, HOUR)
    together = threading.Barrier(2)

    def at_once(act):
        def work():
            together.wait()
            try:
                act()
            finally:
                connection.close()

        return threading.Thread(target=work)

    workers = [at_once(lambda: send(notice)), at_once(lambda: publish(edition, note="Encore plus tard."))]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]

    states = facts()
    assert states in ([("moved", "sent")], [("moved", "sent"), ("moved", "draft")])
    if len(states) == 2:
        send(Notice.objects.drafts().get())
    assert "12\u00a0h\u00a0– 13\u00a0h" in sent()[-1].body
    assert Message.objects.values("news", "to").distinct().count() == Message.objects.count()


@pytest.fixture
def elsewhere(published, expected):
    """Another session, in which somebody is registered, who may be moved."""
    other = SessionFactory(edition=published.edition, title="Bootcamp", seats=5)
    publish(published.edition, note="Une séance de plus.")
    found = find("demo", other.code)
    moved = services.register(found, applicant("b@example.org"), now=timezone.now(), is_vouched_for=True)
    sent()
    return found, moved


def move(registration: Registration, session: Session) -> None:
    target = find("demo", session.code)
    move_to(registration, target, now=timezone.now(), actor="cheffe", reason="Demandé", silently=True)


def told() -> list[str]:
    notice = Notice.objects.drafts().with_people().get()
    assert notice.people == send(notice)
    return sorted(mail.to[0] for mail in sent())


def test_who_was_moved_there_after_the_news_knows_it(session, elsewhere):
    shift(session, HOUR)
    publish(session.edition, note="Plus tard.")
    move(elsewhere[1], session)

    assert told() == ["alix@example.org"]


def test_who_was_moved_there_before_the_news_is_told(session, elsewhere):
    move(elsewhere[1], session)
    shift(session, HOUR)
    publish(session.edition, note="Plus tard.")

    assert told() == ["alix@example.org", "b@example.org"]


def test_who_was_moved_away_is_not_told(session, elsewhere):
    move(elsewhere[1], session)
    shift(session, HOUR)
    publish(session.edition, note="Plus tard.")
    move(elsewhere[1], Session.objects.get(code=elsewhere[0].item.code))

    assert told() == ["alix@example.org"]


def test_who_was_moved_away_and_back_knows_the_news(session, elsewhere):
    move(elsewhere[1], session)
    shift(session, HOUR)
    publish(session.edition, note="Plus tard.")
    move(elsewhere[1], Session.objects.get(code=elsewhere[0].item.code))
    move(elsewhere[1], session)

    assert told() == ["alix@example.org"]


def test_who_is_moved_away_between_sending_and_leaving_is_not_told(session, elsewhere):
    move(elsewhere[1], session)
    shift(session, HOUR)
    publish(session.edition, note="Plus tard.")
    send(Notice.objects.get())
    move(elsewhere[1], Session.objects.get(code=elsewhere[0].item.code))

    assert [mail.to for mail in sent()] == [["alix@example.org"]]


def test_who_takes_a_seat_again_after_the_news_knows_it(session, expected):
    RegistrationFactory(session=session, email="reste@example.org")
    services.cancel(expected, find("demo", session.code), now=timezone.now(), silently=True)
    shift(session, HOUR)
    publish(session.edition, note="Plus tard.")
    expected.refresh_from_db()
    services.take_again(expected, find("demo", session.code), now=timezone.now())
    sent()

    assert told() == ["reste@example.org"]
