"""The messages a person receives about a registration, as outbox rows."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.utils import translation

from outbox import wording
from outbox.links import PersonalLink
from outbox.models import Attachment, Message
from outbox.services import Letter, queue
from publishing.current import released
from registrations import calendar, connection, letters, mail_texts, mail_values, participants
from registrations.delivered_mails import MAILS
from registrations.links import ticket_link
from registrations.mail_kinds import Wording
from registrations.mail_values import Values
from registrations.models import Notice, Participant, Registration
from registrations.placeholders import fill_typed
from registrations.published import PublishedSession, find

HOLD = "registration_hold"
REMINDER = "registration_reminder"
WAITING = "registration_waiting"
OFFER = "registration_offer"
OFFER_REMINDER = "registration_offer_reminder"
SET_ASIDE = "registration_set_aside"
LIST_CLOSED = "registration_list_closed"
NOT_TAKEN = "registration_not_taken"
COMING = "registration_coming"
TODAY = "registration_today"
THANKS = "registration_thanks"
OFFERS = (OFFER, OFFER_REMINDER)
AROUND = {
    COMING: Registration.Told.TWO_DAYS_BEFORE,
    TODAY: Registration.Told.ON_THE_DAY,
    THANKS: Registration.Told.THANKED,
}
CONFIRMED = "registration_confirmed"
CANCELLED = "registration_cancelled"
SLOT_CHANGED = "registration_slot_changed"
MOVED = "registration_moved"
HAS_SLOT = "registration_has_slot"
LINK = "registration_link"
LINKS = "registration_links"
MAILING = "registration_mailing"
CHANGED = "registration_changed"
CONNECTION = "registration_connection"
DATA = "registration_data"
INVITATION = "registration_invitation"

ABOUT = "registrations.registration:"
LIST_LEFT = "list_left"  # words of CANCELLED for who was waiting

# One click too many, or a form sent twice: the mail of a moment ago is answer enough.
SAME_MAIL = dt.timedelta(minutes=2)


def about(registration: Registration) -> str:
    return f"{ABOUT}{registration.pk}"


def about_participant(participant: Participant) -> str:
    return f"registrations.participant:{participant.pk}"


def registration_of(message: Message) -> Registration | None:
    """The other way round."""
    pk = message.about.partition(":")[2]
    found = Registration.objects.select_related("session__edition").filter(pk=pk) if pk else None
    return found.first() if found else None


def hold(registration: Registration, published: PublishedSession) -> Message:
    """To confirm before the deadline."""
    return _queue_unwritten(HOLD, registration, published, [registration.link])


def _queue_unwritten(
    kind: str, registration: Registration, published: PublishedSession, links: Iterable[PersonalLink]
) -> Message:
    """Written by ``write_later`` when it leaves: while a popular session fills, the site has better to do than to lay
    out mails.
    """
    with translation.override(registration.language):
        subject = delivered_subject(kind, mail_values.values(_key(kind), registration, published))
    return queue(
        kind=kind,
        about=about(registration),
        to=registration.email,
        reply_to=published.programme.contact_email,
        subject=subject,
        language=registration.language,
        links=links,
    )


def write_later(message: Message, registration: Registration, published: PublishedSession) -> None:
    """As it leaves, one that was queued without its text."""
    with translation.override(message.language):
        fill(message, registration, published, mail_values.values(_key(message.kind), registration, published))
    message.save(update_fields=["subject", "text", "html"])


def attach_calendar(message: Message, registration: Registration, published: PublishedSession) -> None:
    """To one that was just written: the session as it stands now."""
    message.attachments.all().delete()  # of an attempt before
    with translation.override(message.language):
        files = calendar.mail_files(published, registration)
    for file in files:
        file.message = message
        file.save()


def fill(
    message: Message, registration: Registration, published: PublishedSession, values: Values, subject: str = ""
) -> None:
    """In its language, which is the active one, without saving. With a subject of its own, if any."""
    words = mail_texts.wording_of(published.edition, _key(message.kind), message.language)
    letters.fill(message, letter(words, registration, published, values), subject)


def reminder(registration: Registration, published: PublishedSession) -> Message:
    is_offer = registration.state == Registration.State.OFFERED
    return _queue(OFFER_REMINDER if is_offer else REMINDER, registration, published)


def waiting(registration: Registration, published: PublishedSession) -> Message:
    """The position is that of now: the personal page tells how it goes on."""
    return _queue(WAITING, registration, published)


def offer(registration: Registration, published: PublishedSession) -> Message:
    return _queue_unwritten(OFFER, registration, published, [registration.link, ticket_link(registration)])


def set_aside(registration: Registration, free: int, published: PublishedSession) -> Message:
    """To a group at the head of the queue: some of its seats are free."""
    assert registration.set_aside_until is not None
    until = deadline_text(registration.set_aside_until, registration, published)
    with translation.override(registration.language):
        values = mail_values.set_aside_values(registration, free, until)
    return _queue(SET_ASIDE, registration, published, values=values)


def around(registration: Registration, published: PublishedSession, told: int) -> Message:
    """Two days before, on the day, or afterwards. Written by ``registrations.reminders`` as it leaves."""
    kind = next(kind for kind, moment in AROUND.items() if moment == told)
    return _queue_unwritten(kind, registration, published, [registration.link, ticket_link(registration)])


def list_closed(registration: Registration, published: PublishedSession) -> Message:
    return _queue(LIST_CLOSED, registration, published)


def not_taken(registration: Registration, published: PublishedSession) -> Message:
    """To the address that a form was corrected to, when nothing could be kept for it: its page could not say so."""
    return _queue(NOT_TAKEN, registration, published)


def confirmed(registration: Registration, published: PublishedSession) -> Message:
    space = participants.of(registration).link
    with translation.override(registration.language):
        files, values = calendar.mail_files(published, registration), mail_values.space_values(space)
    return _queue(CONFIRMED, registration, published, files, links=[space], values=values)


def cancelled(registration: Registration, published: PublishedSession, *, was_waiting: bool) -> Message:
    with translation.override(registration.language):
        files = calendar.mail_files(published, registration)
    return _queue(CANCELLED, registration, published, files, key=LIST_LEFT if was_waiting else "")


def slot_changed(registration: Registration, published: PublishedSession, before: PublishedSession | None) -> Message:
    """``before``: the slot that was left; None when it is no longer in the programme."""
    with translation.override(registration.language):
        files = calendar.mail_files(published, registration, left=before)
        values = mail_values.slot_values(before)
    return _queue(SLOT_CHANGED, registration, published, files, values=values)


def connection_changed(registration: Registration, published: PublishedSession) -> Letter:
    """Written by ``write_later`` as it leaves, with the link of then."""
    with translation.override(registration.language):
        values = mail_values.values(_key(CONNECTION), registration, published)
        return _to_many(registration, published, delivered_subject(CONNECTION, values))


def changed(registration: Registration, notice: Notice, was: PublishedSession, published: PublishedSession) -> Letter:
    """News of the session, as ``notice`` announces it. Written by ``write_changed`` as it leaves."""
    with translation.override(registration.language):
        values = _news_values(registration, notice, was, published)
        subject = fill_typed(notice.subject, values) or delivered_subject(CHANGED, values)
        return _to_many(registration, published, subject)


def write_changed(
    message: Message, registration: Registration, notice: Notice, was: PublishedSession, published: PublishedSession
) -> None:
    """With the calendar file of who had the session in their calendar: it brings that up to date."""
    fill_changed(message, registration, notice, was, published)
    message.save(update_fields=["subject", "text", "html"])
    if current := released(published.edition.slug):
        attach_calendar(message, registration, PublishedSession(current, published.item))


def fill_changed(
    message: Message, registration: Registration, notice: Notice, was: PublishedSession, published: PublishedSession
) -> None:
    """Without saving."""
    with translation.override(registration.language):
        values = _news_values(registration, notice, was, published)
        fill(message, registration, published, values, subject=fill_typed(notice.subject, values))


def _news_values(
    registration: Registration, notice: Notice, was: PublishedSession, published: PublishedSession
) -> Values:
    values = mail_values.values(_key(CHANGED), registration, published)
    return values | mail_values.news_values(notice, registration, was, published)


def mailing_letter(registration: Registration, subject: str) -> Letter:
    """What the staff writes to many. Written by ``registrations.mailings`` as it leaves."""
    return Letter(
        to=registration.email,
        about=about(registration),
        subject=subject,
        language=registration.language,
        reply_to=registration.session.edition.contact_email,
        links=(registration.link,),
    )


def moved(registration: Registration, published: PublishedSession, before: PublishedSession | None) -> Message:
    """By the staff, to another session. ``before``: the one that was left; None when it left the programme."""
    with translation.override(registration.language):
        files = calendar.mail_files(published, registration, left=before)
        values = mail_values.move_values(before)
    return _queue(MOVED, registration, published, files, values=values)


def has_slot(registration: Registration, *, now: dt.datetime) -> None:
    """To who asks for another slot of a sequence of one each: the link by which to change the one they have."""
    published = find(registration.session.edition.slug, registration.session.code)
    if published is None or _was_just_written(registration, [HAS_SLOT], now):
        return
    _queue(HAS_SLOT, registration, published)


def again(registration: Registration, published: PublishedSession, *, now: dt.datetime) -> None:
    """A fresh mail to somebody who registers again, unless one like it has just been written."""
    asked: dict[str, list[str]] = {
        Registration.State.HELD: [HOLD, REMINDER],
        Registration.State.OFFERED: [OFFER, OFFER_REMINDER, LINK],
    }
    kinds = asked.get(registration.state, [LINK, WAITING])
    if _was_just_written(registration, kinds, now):
        return
    if registration.state == Registration.State.HELD:
        hold(registration, published)
        return
    _queue(LINK, registration, published)


def _was_just_written(registration: Registration, kinds: Collection[str], now: dt.datetime) -> bool:
    recent = Message.objects.filter(about=about(registration), to=registration.email, kind__in=kinds)
    return any(
        message.state == Message.State.QUEUED or message.created_at > now - SAME_MAIL
        for message in recent.only("state", "created_at")[:1]
    )


def deadline_text(moment: dt.datetime | None, registration: Registration, published: PublishedSession) -> str:
    """In the language of the person, on the clock of the session's venue."""
    assert moment is not None
    with translation.override(registration.language):
        return published.in_words(moment)


def _queue(
    kind: str,
    registration: Registration,
    published: PublishedSession,
    attachments: Iterable[Attachment] = (),
    links: Iterable[PersonalLink] = (),
    key: str = "",
    values: Values | None = None,
) -> Message:
    """``values``: of placeholders that only the caller knows."""
    key = key or _key(kind)
    with translation.override(registration.language):
        known = mail_values.values(key, registration, published) | (values or {})
        words = mail_texts.wording_of(published.edition, key, registration.language)
        context = letter(words, registration, published, known)
    return queue(
        kind=kind,
        about=about(registration),
        to=registration.email,
        reply_to=published.programme.contact_email,
        subject=context["subject"],
        template=letters.TEMPLATE,
        context=context,
        language=registration.language,
        attachments=attachments,
        links=[registration.link, ticket_link(registration), *links],
    )


def _to_many(registration: Registration, published: PublishedSession, subject: str) -> Letter:
    return Letter(
        to=registration.email,
        about=about(registration),
        subject=subject,
        language=registration.language,
        reply_to=published.programme.contact_email,
        links=(registration.link, ticket_link(registration)),
    )


def _key(kind: str) -> str:
    return kind.removeprefix("registration_")


def delivered_subject(kind: str, values: Values) -> str:
    """Of a mail that is written when it leaves, and gets its own subject then."""
    return wording.one_line(str(MAILS[_key(kind)].subject), values)


def letter(words: Wording, registration: Registration, published: PublishedSession, values: Values) -> dict[str, Any]:
    """For the template, in the active language."""
    known = {
        "registration": registration,
        "published": published,
        "connection": connection.of(registration, published),
        **letters.signed_by(published.programme),
    }
    return letters.letter(words, values, known)
