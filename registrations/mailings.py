"""“Écrire aux inscrits”: one mail to each person of a list, which leaves ten minutes later and can be called back."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import translation

from outbox import wording
from outbox.models import Message, MessageQuerySet
from outbox.services import drop_unsent, queue_for_many
from publishing.current import Released, released
from publishing.withdrawn import public_title
from registrations import letters, mail_texts, mail_values, mails
from registrations.mail_kinds import Wording
from registrations.models import Mailing, Registration, RegistrationQuerySet
from registrations.placeholders import check_typed, fill_typed
from registrations.retention import ERASED_DOMAIN
from sessions.models import Edition

CALL_BACK = dt.timedelta(minutes=10)
NEWS = "mailing:"  # then the number of the mailing


def addressed(registrations: RegistrationQuerySet) -> list[Registration]:
    """One for each address: a person is written to once, about a seat that they have rather than one given up."""
    named = registrations.exclude(email__endswith=ERASED_DOMAIN).select_related("session__edition").order_by("pk")
    found: dict[str, Registration] = {}
    for registration in named:
        before = found.get(registration.email_key)
        if before is None or (before.state not in Registration.LIVE and registration.state in Registration.LIVE):
            found[registration.email_key] = registration
    return list(found.values())


@transaction.atomic
def send(
    registrations: Collection[Registration],
    *,
    edition: Edition,
    subject: str,
    text: str,
    narrowed: str,
    user: User | None,
    now: dt.datetime,
) -> Mailing:
    """Queue it for later: until then ``call_back`` takes all of it back."""
    check_typed(subject + text)
    mailing = Mailing.objects.create(
        edition=edition,
        subject=subject,
        text=text,
        narrowed=narrowed,
        created_at=now,
        leaves_at=now + CALL_BACK,
        written_by=user,
    )
    found = released(edition.slug)
    queued = [mails.mailing_letter(each, fill(subject, each, found)) for each in registrations]
    mailing.mails = queue_for_many(queued, kind=mails.MAILING, news=_news(mailing), not_before=mailing.leaves_at)
    mailing.save(update_fields=["mails"])
    return mailing


def unsent(mailing: Mailing) -> MessageQuerySet:
    return Message.objects.filter(kind=mails.MAILING, news=_news(mailing), state=Message.State.QUEUED)


@transaction.atomic
def call_back(mailing: Mailing, *, now: dt.datetime) -> int:
    """What has not left does not leave; how many mails."""
    Mailing.objects.filter(pk=mailing.pk, called_back_at__isnull=True).update(called_back_at=now)
    return drop_unsent(unsent(mailing))


def write(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of the mail: nothing leaves once it is called back, or the person erased."""
    mailing = Mailing.objects.filter(pk=message.news.removeprefix(NEWS), called_back_at__isnull=True).first()
    registration = mails.registration_of(message)
    if mailing is None or registration is None or registration.email.endswith(ERASED_DOMAIN):
        return None
    edition = registration.session.edition
    with translation.override(message.language):
        words = mail_texts.wording_of(edition, "mailing", message.language)
        context = letter(words, registration, subject=mailing.subject, text=mailing.text)
    letters.fill(message, context)
    message.save(update_fields=["subject", "text", "html"])
    return {}


def preview(registration: Registration, *, subject: str, text: str) -> Message:
    """As it would leave for this person; not saved."""
    language = registration.language
    message = Message(to=registration.email, language=language, links=[str(registration.link)])
    with translation.override(language):
        words = mail_texts.wording_of(registration.session.edition, "mailing", language)
        context = letter(words, registration, subject=subject, text=text)
    letters.fill(message, context)
    return message


def letter(words: Wording, registration: Registration, *, subject: str, text: str) -> dict[str, Any]:
    """What the staff wrote, in the frame of the edition. It says nothing of the session that neither says."""
    edition = registration.session.edition
    found = released(edition.slug)
    subject, text = fill(subject, registration, found), fill(text, registration, found)
    values = {
        **_typed_values(registration, found),
        **mail_values.edition_values(edition.name, edition.slug),
        **mail_values.button_value("mailing", registration.link),
        "objet": lambda: subject,
        "message": lambda: wording.paragraph(text),
    }
    return letters.letter(words, values, letters.signed_by(edition))


def fill(text: str, registration: Registration, found: Released | None) -> str:
    """What people typed is text in it, never a link, nor a placeholder of another."""
    return fill_typed(text, _typed_values(registration, found))


def _typed_values(registration: Registration, found: Released | None) -> mail_values.Values:
    session = registration.session
    return {
        **mail_values.person_values(registration),
        "seance": lambda: public_title(session, found),
        "edition": lambda: session.edition.name,
    }


def _news(mailing: Mailing) -> str:
    return f"{NEWS}{mailing.pk}"
