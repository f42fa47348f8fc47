"""The messages a person receives about a registration, as outbox rows."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from innovation_week import dates
from outbox.links import PersonalLink
from outbox.models import Attachment, Message
from outbox.services import Letter, queue, write
from publishing.current import released
from registrations import access_list, calendar, connection, participants
from registrations.links import ticket_link
from registrations.models import Notice, Participant, Registration
from registrations.published import PublishedSession, find

HOLD = "registration_hold"
REMINDER = "registration_reminder"
WAITING = "registration_waiting"
OFFER = "registration_offer"
OFFER_REMINDER = "registration_offer_reminder"
SET_ASIDE = "registration_set_aside"
LIST_CLOSED = "registration_list_closed"
COMING = "registration_coming"
TODAY = "registration_today"
THANKS = "registration_thanks"
OFFERS = (OFFER, OFFER_REMINDER)
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

ABOUT = "registrations.registration:"

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
    """To confirm before the deadline. Written by ``write_later`` when it leaves: while a popular session fills, the
    site has better to do than to lay out mails.
    """
    with translation.override(registration.language):
        subject = _("[Action required] Confirm your registration before ~deadline~: %(title)s")
    return queue(
        kind=HOLD,
        about=about(registration),
        to=registration.email,
        reply_to=published.programme.contact_email,
        subject=subject % {"title": published.item.title},
        language=registration.language,
        links=[registration.link],
    )


def write_later(message: Message, registration: Registration, published: PublishedSession) -> None:
    """As it leaves, one that was queued without its text."""
    template = _template(message.kind)
    write(message, subject=message.subject, template=template, context=_context(registration, published))
    message.save(update_fields=["subject", "text", "html"])


def reminder(registration: Registration, published: PublishedSession) -> Message:
    with translation.override(registration.language):
        if registration.state == Registration.State.OFFERED:
            subject = _("[Action required] Last reminder, answer before ~deadline~: %(title)s")
            return _queue(OFFER_REMINDER, registration, published, subject)
        subject = _("[Action required] Last reminder, confirm your registration before ~deadline~: %(title)s")
    return _queue(REMINDER, registration, published, subject)


def waiting(registration: Registration, published: PublishedSession) -> Message:
    """The position is that of now: the personal page tells how it goes on."""
    with translation.override(registration.language):
        subject = _("You are on the waiting list: %(title)s")
    return _queue(WAITING, registration, published, subject, position=registration.position())


def offer(registration: Registration, published: PublishedSession) -> Message:
    with translation.override(registration.language):
        subject = _("[Action required] A seat has become free: answer before ~deadline~: %(title)s")
    return _queue(OFFER, registration, published, subject)


def set_aside(registration: Registration, free: int, published: PublishedSession) -> Message:
    """To a group at the head of the queue: some of its seats are free."""
    assert registration.set_aside_until is not None
    until = deadline_text(registration.set_aside_until, registration, published)
    with translation.override(registration.language):
        subject = ngettext(
            "[Action required] %(free)d seat is set aside for you until %(until)s",
            "[Action required] %(free)d seats are set aside for you until %(until)s",
            free,
        ) % {"free": free, "until": until}
    return _queue(SET_ASIDE, registration, published, subject.replace("%", "%%"), free=free, until=until)


def around(registration: Registration, published: PublishedSession, told: int) -> Message:
    """Two days before, on the day, or afterwards."""
    with translation.override(registration.language):
        if told == Registration.Told.TWO_DAYS_BEFORE:
            subject = _("In two days: %(title)s")
            files = calendar.mail_files(published, registration)
            return _queue(COMING, registration, published, subject, files)
        if told == Registration.Told.ON_THE_DAY:
            return _queue(TODAY, registration, published, _("See you soon: %(title)s"))
        return _queue(THANKS, registration, published, _("Thank you for coming: %(title)s"))


def list_closed(registration: Registration, published: PublishedSession) -> Message:
    with translation.override(registration.language):
        subject = _("The waiting list is closed: %(title)s")
    return _queue(LIST_CLOSED, registration, published, subject)


def confirmed(registration: Registration, published: PublishedSession) -> Message:
    with translation.override(registration.language):
        subject = _("Your registration is confirmed: %(title)s")
        files = calendar.mail_files(published, registration)
    space, is_off_list = participants.of(registration).link, access_list.is_off(registration, published)
    return _queue(
        CONFIRMED, registration, published, subject, files, links=[space], space_link=space, is_off_list=is_off_list
    )


def cancelled(registration: Registration, published: PublishedSession, *, was_waiting: bool) -> Message:
    with translation.override(registration.language):
        subject = (
            _("You have left the waiting list: %(title)s")
            if was_waiting
            else _("Your cancellation is recorded: %(title)s")
        )
        files = calendar.mail_files(published, registration)
    return _queue(CANCELLED, registration, published, subject, files, was_waiting=was_waiting)


def slot_changed(registration: Registration, published: PublishedSession, before: PublishedSession | None) -> Message:
    """``before``: the slot that was left; None when it is no longer in the programme."""
    with translation.override(registration.language):
        subject = _("Your slot is changed: %(title)s")
        files = calendar.mail_files(published, registration, left=before)
    return _queue(SLOT_CHANGED, registration, published, subject, files, before=before)


def connection_changed(registration: Registration, published: PublishedSession) -> Letter:
    """Written by ``write_later`` as it leaves, with the link of then."""
    with translation.override(registration.language):
        subject = _("How to connect: %(title)s") % {"title": published.item.title}
    return _letter(registration, published, subject)


def changed(registration: Registration, notice: Notice, was: PublishedSession, published: PublishedSession) -> Letter:
    """News of the session, as ``notice`` announces it. Written by ``write_changed`` as it leaves."""
    with translation.override(registration.language):
        subjects = {
            Notice.Kind.MOVED: _("Moved: %(title)s"),
            Notice.Kind.CANCELLED: _("Cancelled: %(title)s"),
            Notice.Kind.POSTPONED: _("Postponed: %(title)s"),
            Notice.Kind.WITHDRAWN: _("Cancelled: %(title)s"),
            Notice.Kind.BACK: _("New date: %(title)s")
            if was.item.state == "postponed"
            else _("Takes place after all: %(title)s"),
        }
        subject = subjects[Notice.Kind(notice.kind)] % {"title": published.item.title}
    return _letter(registration, published, subject)


def write_changed(
    message: Message, registration: Registration, notice: Notice, was: PublishedSession, published: PublishedSession
) -> None:
    """With the calendar file of who had the session in their calendar: it brings that up to date."""
    fill_changed(message, registration, notice, was, published)
    message.save(update_fields=["subject", "text", "html"])
    message.attachments.all().delete()  # of an attempt before
    current = released(published.edition.slug)
    with translation.override(registration.language):
        files = calendar.mail_files(PublishedSession(current, published.item), registration) if current else []
    for file in files:
        file.message = message
        file.save()


def fill_changed(
    message: Message, registration: Registration, notice: Notice, was: PublishedSession, published: PublishedSession
) -> None:
    """Without saving."""
    context = _context(registration, published) | {"notice": notice, "was": was, **_differences(was, published)}
    write(message, subject=message.subject, template=_template(CHANGED), context=context)


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


def fill_mailing(message: Message, registration: Registration, body: str) -> None:
    """Without saving. It says nothing of the session that the staff did not write."""
    edition = registration.session.edition
    context = {
        "body": body,
        "link": registration.link,
        "edition_name": edition.name,
        "edition_slug": edition.slug,
        "contact_email": edition.contact_email,
    }
    write(message, subject=message.subject, template=_template(MAILING), context=context)


def _differences(was: PublishedSession, published: PublishedSession) -> dict[str, bool]:
    before, after = was.item.slot, published.item.slot
    return {
        "is_other_time": (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at),
        "is_other_place": (before.place, before.room) != (after.place, after.room)
        or (was.item.is_online and not published.item.is_online),
    }


def moved(registration: Registration, published: PublishedSession, before: PublishedSession | None) -> Message:
    """By the staff, to another session. ``before``: the one that was left; None when it left the programme."""
    with translation.override(registration.language):
        subject = _("Your registration was moved: %(title)s")
        files = calendar.mail_files(published, registration, left=before)
    return _queue(MOVED, registration, published, subject, files, before=before)


def has_slot(registration: Registration, *, now: dt.datetime) -> None:
    """To who asks for another slot of a sequence of one each: the link by which to change the one they have."""
    published = find(registration.session.edition.slug, registration.session.code)
    if published is None or _was_just_written(registration, [HAS_SLOT], now):
        return
    with translation.override(registration.language):
        subject = _("You already have a slot, which can be changed: %(title)s")
    _queue(HAS_SLOT, registration, published, subject)


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
    with translation.override(registration.language):
        subject = _("Your link: %(title)s")
    _queue(LINK, registration, published, subject)


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
        return dates.deadline(moment.astimezone(published.zone))


def _queue(
    kind: str,
    registration: Registration,
    published: PublishedSession,
    subject: str,
    attachments: Iterable[Attachment] = (),
    links: Iterable[PersonalLink] = (),
    **context: object,
) -> Message:
    return queue(
        kind=kind,
        about=about(registration),
        to=registration.email,
        reply_to=published.programme.contact_email,
        subject=subject % {"title": published.item.title},
        template=_template(kind),
        context=_context(registration, published) | context,
        language=registration.language,
        attachments=attachments,
        links=[registration.link, ticket_link(registration), *links],
    )


def _letter(registration: Registration, published: PublishedSession, subject: str) -> Letter:
    return Letter(
        to=registration.email,
        about=about(registration),
        subject=subject,
        language=registration.language,
        reply_to=published.programme.contact_email,
        links=(registration.link, ticket_link(registration)),
    )


def _template(kind: str) -> str:
    return f"registrations/mail/{kind.removeprefix('registration_')}"


def _context(registration: Registration, published: PublishedSession) -> dict[str, object]:
    return {
        "registration": registration,
        "published": published,
        "link": registration.link,
        "ticket_link": ticket_link(registration),
        "connection": connection.of(registration, published),
        "edition_name": published.programme.name,
        "edition_slug": published.programme.edition,
        "contact_email": published.programme.contact_email,
    }
