"""“Écrire aux inscrits”: one mail to each person of a list, which leaves ten minutes later and can be called back."""

import datetime as dt
import re
from collections.abc import Collection, Mapping

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from outbox.models import Message, MessageQuerySet
from outbox.services import drop_unsent, queue_for_many
from registrations import mails
from registrations.mail_values import from_outside
from registrations.models import Mailing, Registration, RegistrationQuerySet
from registrations.retention import ERASED_DOMAIN
from sessions.models import Edition

CALL_BACK = dt.timedelta(minutes=10)
NEWS = "mailing:"  # then the number of the mailing
PLACEHOLDERS = ("prenom", "nom", "seance", "edition")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def check_placeholders(text: str) -> None:
    """ValidationError that names each one that is not known."""
    unknown = [name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]
    if unknown:
        message = _("Unknown: %(unknown)s. You may write %(known)s.")
        names = {"unknown": _braced(unknown), "known": _braced(PLACEHOLDERS)}
        raise ValidationError(message, code="placeholder", params=names)


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
    check_placeholders(subject + text)
    mailing = Mailing.objects.create(
        edition=edition,
        subject=subject,
        text=text,
        narrowed=narrowed,
        created_at=now,
        leaves_at=now + CALL_BACK,
        written_by=user,
    )
    letters = [mails.mailing_letter(each, fill(subject, each)) for each in registrations]
    mailing.mails = queue_for_many(letters, kind=mails.MAILING, news=_news(mailing), not_before=mailing.leaves_at)
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
    mails.fill_mailing(message, registration, fill(mailing.text, registration))
    message.save(update_fields=["subject", "text", "html"])
    return {}


def preview(registration: Registration, *, subject: str, text: str) -> Message:
    """As it would leave for this person; not saved."""
    letter = mails.mailing_letter(registration, fill(subject, registration))
    links = [str(link) for link in letter.links]
    message = Message(to=letter.to, subject=letter.subject, language=letter.language, links=links)
    mails.fill_mailing(message, registration, fill(text, registration))
    return message


def fill(text: str, registration: Registration) -> str:
    """What people typed is text in it, never a link, nor a placeholder of another."""
    values = {
        "prenom": from_outside(registration.first_name),
        "nom": from_outside(registration.last_name),
        "seance": registration.session.title,
        "edition": registration.session.edition.name,
    }
    return _PLACEHOLDER.sub(lambda found: values.get(found.group(1), found.group()), text)


def _news(mailing: Mailing) -> str:
    return f"{NEWS}{mailing.pk}"


def _braced(names: Collection[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
