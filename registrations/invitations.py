"""Invitations to a session that takes invited people only: mailed, used once at a time, sent again, revoked.

Whoever holds the link may register, under whatever address: invited people send somebody in their place. A link is
used as long as its registration has a seat or waits for one, and is good again when that was given up. So is the
link of who typed a known address: see ``spend``.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from innovation_week import dates
from outbox import wording
from outbox.links import public_id_of
from outbox.models import Message, MessageQuerySet
from outbox.services import Letter, drop_unsent, queue_for_many
from registrations import deadlines, holds, letters, mail_texts, mail_values, mails
from registrations.addresses import normalise
from registrations.locks import lock_one
from registrations.mail_kinds import Wording
from registrations.models import Invitation, InvitationQuerySet, Registration
from registrations.published import PublishedSession, find
from sessions.models import Edition, PrivacyNotice, Session

ABOUT = "registrations.invitation:"


def today(edition: Edition, now: dt.datetime) -> dt.date:
    """On the clock of the edition: a last day ends at its midnight."""
    return now.astimezone(ZoneInfo(edition.time_zone)).date()


def about(invitation: Invitation) -> str:
    return f"{ABOUT}{invitation.pk}"


def messages_about(invitations: Iterable[Invitation]) -> MessageQuerySet:
    return Message.objects.filter(about__in=[about(invitation) for invitation in invitations])


@transaction.atomic
def invite(
    session: Session, emails: Iterable[str], *, last_day: dt.date, language: str, now: dt.datetime, actor: str
) -> list[Invitation]:
    """Those that are new: an address that is invited already is left alone. Each is mailed its link.

    ValidationError when the session takes no invited people, is not published, or the day is past.
    """
    row = lock_one(session.pk)
    published = _required(row, last_day, now)
    wanted = {normalise(email): email for email in emails}
    there = Invitation.objects.filter(session=row, email_key__in=wanted, revoked_at__isnull=True)
    for key in there.values_list("email_key", flat=True):
        del wanted[key]
    common = {"session": row, "language": language, "last_day": last_day, "invited_at": now, "invited_by": actor}
    made = Invitation.objects.bulk_create(
        Invitation(email=email, email_key=key, **common) for key, email in wanted.items()
    )
    _mail(made, published)
    return made


@transaction.atomic
def send_again(invitation: Invitation, *, now: dt.datetime) -> bool:
    """False when its mail is about to leave or has just been written. ValidationError when it opens nothing."""
    published = find(invitation.session.edition.slug, invitation.session.code)
    held = _held(invitation.pk)
    if published is None or held is None or held.state(today(published.edition, now)) != Invitation.State.OPENING:
        raise ValidationError(_("This invitation opens nothing any more: nothing is sent."), code="ended")
    before = messages_about([held])
    if any(each.state == Message.State.QUEUED or each.created_at > now - mails.SAME_MAIL for each in before):
        return False
    held.spent_on = held.spent_until = None
    held.save(update_fields=["spent_on", "spent_until"])
    _mail([held], published)
    before.failed().update(replaced_by=before.latest("pk"))
    return True


@transaction.atomic
def revoke(invitation: Invitation, *, now: dt.datetime, actor: str) -> bool:
    """False when it was revoked before, or declined. ValidationError while it is used: its registration is cancelled
    instead.
    """
    lock_one(invitation.session_id)
    held = _held(invitation.pk)
    if held is None or held.revoked_at is not None:
        return False
    if held.is_used:
        raise ValidationError(_("Somebody is registered by this invitation: cancel that registration."), code="used")
    held.revoked_at, held.revoked_by = now, actor
    held.save(update_fields=["revoked_at", "revoked_by"])
    drop_unsent(messages_about([held]))
    return True


@transaction.atomic
def decline(invitation: Invitation) -> None:
    """Its person does not come: nothing of it is kept. ValidationError while it is used."""
    lock_one(invitation.session_id)
    held = _held(invitation.pk)
    if held is not None and held.is_used:
        raise ValidationError(_("Somebody is registered by this invitation: cancel that registration."), code="used")
    forget(Invitation.objects.filter(pk=invitation.pk))


def forget(invitations: InvitationQuerySet) -> None:
    """With their mails, at once."""
    messages_about(invitations).delete()
    invitations.delete()


def opened(
    row: Session, token: str, published: PublishedSession, now: dt.datetime, identifier: UUID | None
) -> Invitation | None:
    """By the token of a link, while it may be used; held until the end of the transaction. The session is locked.

    One query, for a session by invitation only. ``identifier``: what the form proposes.
    """
    public_id = public_id_of(token) if token and row.eligibility == Session.Eligibility.INVITATION else None
    if public_id is None:
        return None
    found = _for_change().filter(session=row, public_id=public_id).first()
    if found is None or not found.link.is_opened_by(token) or found.is_spent(now, identifier):
        return None
    return found if found.state(today(published.edition, now)) == Invitation.State.OPENING else None


def spend(made: Registration, row: Session, published: PublishedSession, *, wait: bool, now: dt.datetime) -> None:
    """A form gave an address that has what it asks for already. Its page is that of a new one, and so must be the link:
    good again when a new registration would have run out, or when that form corrects its address.
    """
    invitation = made.invitation
    if invitation is None or published.starts_at is None or invitation.spent_on == made.public_id:  # sent twice
        return
    hours = holds.hours(row, is_online=made.is_online)
    until = deadlines.deadline(now, starts_at=published.starts_at, zone=published.zone, hours=hours)
    invitation.spent_on = made.public_id
    invitation.spent_until = deadlines.waiting_list_closes(published.starts_at) if wait else until
    invitation.save(update_fields=["spent_on", "spent_until"])


def spend_on_next(token: str, before: UUID, after: UUID) -> None:
    """The form that it was spent on gives another address, and proposes another identifier."""
    _spent_on(token, before).update(spent_on=after)


def unspend(token: str, identifier: UUID) -> None:
    """The form that it was spent on became a registration."""
    _spent_on(token, identifier).update(spent_on=None, spent_until=None)


def _spent_on(token: str, identifier: UUID) -> InvitationQuerySet:
    public_id = public_id_of(token) if token else None
    if public_id is None:
        return Invitation.objects.none()
    return Invitation.objects.filter(public_id=public_id, spent_on=identifier)


def of(registration: Registration, row: Session) -> InvitationQuerySet:
    """That by which it was made, if it is one to this session."""
    return Invitation.objects.filter(registrations=registration).to(row)


def write_mail(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of the mail. None, and nothing leaves, when it would open nothing."""
    found = Invitation.objects.with_use().select_related("session__edition")
    invitation = found.filter(pk=message.about.removeprefix(ABOUT)).first()
    published = find(invitation.session.edition.slug, invitation.session.code) if invitation else None
    if invitation is None or published is None or published.item.state != "scheduled" or published.is_over(now):
        return None
    if invitation.state(today(published.edition, now)) != Invitation.State.OPENING:
        return None
    with translation.override(message.language):
        words = mail_texts.wording_of(published.edition, "invitation", message.language)
        letters.fill(message, letter(words, invitation, published))
    message.save(update_fields=["subject", "text", "html"])
    return {}


def kept_until(edition: Edition) -> dt.date:
    """As the notice promises; without a notice, as one would by default."""
    notice = PrivacyNotice.objects.filter(edition=edition).select_related("edition").first()
    return (notice or PrivacyNotice(edition=edition)).kept_until


def _required(row: Session, last_day: dt.date, now: dt.datetime) -> PublishedSession:
    published = find(row.edition.slug, row.code)
    if published is None:
        message = _("“%s” is not published: nobody can be invited yet.") % row
        raise ValidationError(message, code="unpublished")
    if row.eligibility != Session.Eligibility.INVITATION or published.item.entry != Session.Entry.REGISTRATION:
        message = _("“%s” is not for invited people: say so first, under “who may register”.") % row
        raise ValidationError(message, code="open")
    if published.item.state != "scheduled" or published.is_over(now):
        raise ValidationError(_("This session takes nobody any more."), code="over")
    if last_day < today(published.edition, now):
        raise ValidationError(_("Choose a day to come: the link can be used until its end."), code="past")
    return published


def _mail(invitations: Iterable[Invitation], published: PublishedSession) -> None:
    """Written by ``write_mail`` as it leaves."""
    letters = [_letter(invitation, published) for invitation in invitations]
    queue_for_many(letters, kind=mails.INVITATION, news=f"invitation:{uuid4().hex}")


def _letter(invitation: Invitation, published: PublishedSession) -> Letter:
    with translation.override(invitation.language):
        subject = mails.delivered_subject(mails.INVITATION, mail_values.session_values(published))
    return Letter(
        to=invitation.email,
        about=about(invitation),
        subject=subject,
        language=invitation.language,
        reply_to=published.programme.contact_email,
        links=(invitation.link,),
    )


def letter(words: Wording, invitation: Invitation, published: PublishedSession) -> dict[str, Any]:
    last_day = dates.day(invitation.last_day, with_year=True)
    serves = _(
        "This link serves once, until %(day)s included. Whoever holds it can register in your place: forward it only "
        "to somebody who comes instead of you."
    )
    given = _(
        "The organisers gave your address for this invitation. It is erased after %(day)s, or at once if you decline "
        "on the same page."
    )
    kept = dates.day(kept_until(published.edition), with_year=True)
    values = {
        **mail_values.session_values(published),
        **mail_values.button_value("invitation", invitation.link),
        "dernier_jour": lambda: wording.Strong(last_day),
        "usage": lambda: wording.paragraph(serves % {"day": last_day}),
        "origine_adresse": lambda: wording.paragraph(given % {"day": kept}),
    }
    return letters.letter(words, values, {"published": published, **letters.signed_by(published.programme)})


def _for_change() -> InvitationQuerySet:
    return Invitation.objects.select_for_update(of=("self",), no_key=True).with_use()


def _held(pk: int) -> Invitation | None:
    """None when its person has declined it meanwhile."""
    return _for_change().filter(pk=pk).first()
