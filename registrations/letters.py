"""A mail from its words: what the template of all of them lays out, and who signs it."""

from collections.abc import Mapping
from typing import Any

from outbox import wording
from outbox.models import Message
from outbox.services import write
from outbox.wording import Values
from publishing.programme import Programme
from registrations.mail_kinds import Wording
from sessions.models import Edition

TEMPLATE = "registrations/mail/_letter"


def letter(words: Wording, values: Values, known: Mapping[str, Any]) -> dict[str, Any]:
    """For the template, in the active language. ``known``: what it lays out by itself, and who signs."""
    subject, heading = wording.one_line(words.subject, values), wording.one_line(words.heading, values)
    parts = wording.lay_out(words.body, values)
    return {
        "subject": subject,
        "heading": heading,
        "parts": parts,
        "preheader": next((part.text for part in parts if part.kind == "paragraph"), ""),
        **known,
    }


def fill(message: Message, context: Mapping[str, Any], subject: str = "") -> None:
    """Without saving. With a subject of its own, if any."""
    write(message, subject=subject or context["subject"], template=TEMPLATE, context=context)


def signed_by(edition: Edition | Programme | None) -> dict[str, str]:
    """The name at the head, whom to ask, the notice about personal data: those of the site without an edition."""
    if edition is None:
        return {}
    slug = edition.slug if isinstance(edition, Edition) else edition.edition
    return {"edition_name": edition.name, "edition_slug": slug, "contact_email": edition.contact_email}
