"""Which words a mail leaves with: those of its edition, else those delivered with the software."""

import logging

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils import timezone

from registrations.delivered_mails import MAILS
from registrations.mail_kinds import Wording
from registrations.models import MailText
from sessions.cloning import clone_row, create
from sessions.models import Edition

logger = logging.getLogger(__name__)


def wording_of(edition: Edition | None, key: str, language: str) -> Wording:
    """One query. ``language`` is the active one.

    A text that fits its mail no longer, such as one with a placeholder that the software has given up, costs nobody
    their mail: the delivered words leave, and the dashboard tells the staff.
    """
    if edition is None:
        return MAILS[key].wording
    text = MailText.objects.filter(edition=edition.pk, kind=key, language=language).first()
    if text is None:
        return MAILS[key].wording
    try:
        MAILS[key].check(text.wording)
    except ValidationError as error:
        logger.warning("Delivered words sent instead of “%s” of %s: %s", text, edition.slug, "; ".join(error.messages))
        MailText.objects.filter(pk=text.pk, outdated_since__isnull=True).update(outdated_since=timezone.now())
        return MAILS[key].wording
    return text.wording


def clone_mail_texts(source: Edition, target: Edition, user: AbstractBaseUser | None) -> None:
    rows = MailText.objects.filter(edition=source).order_by("pk")
    create(MailText, [clone_row(row, edition_id=target.pk, outdated_since=None) for row in rows], user)
