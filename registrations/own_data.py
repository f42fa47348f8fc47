"""What is held about somebody in an edition, for them to read: the same as pages of words and as JSON.

``tests/registrations/test_own_data.py`` compares the tables that are read here with those that hang on a registration.
"""

import dataclasses as dc
import datetime as dt
import functools
import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from outbox.models import Message
from publishing.current import released
from publishing.withdrawn import public_title
from registrations import questions, tickets
from registrations.models import AccessNeed, Answer, Invitation, Participant, Registration, Transition
from registrations.retention import invitations_of, messages_about
from registrations.transitions import PERSON, WORKER
from sessions.models import Session

# Of each, every field but those that only serve the machine.
LEFT_OUT = {
    "id",
    "public_id",
    "registration",
    "link_version",
    "calendar_version",
    "email_key",
    "session",
    "employer",
    "exclusive_sequence",
    "told",
    "handled_by",
    "invitation",
    "invited_by",
    "revoked_by",
    "spent_on",  # it would tell whether the address that a guest typed was known
    "spent_until",
}
_PLACEHOLDER = re.compile(r"~[^~\s]*~")

Value = str | int | bool | None
Title = Callable[[Session], str]  # what the public calls it


@dc.dataclass(frozen=True, slots=True)
class Section:
    title: str
    records: tuple[dict[str, Value], ...]


def sections(participant: Participant) -> list[Section]:
    """In the active language, times on the clock of the edition."""
    zone = ZoneInfo(participant.edition.time_zone)
    title = functools.lru_cache(functools.partial(public_title, found=released(participant.edition.slug)))
    rows = list(participant.registrations().select_related("session").order_by("created_at", "pk"))
    history = Transition.objects.filter(registration__in=rows).select_related("registration__session", "left_session")
    answers = Answer.objects.filter(registration__in=rows).select_related("registration__session", "question")
    needs = AccessNeed.objects.filter(registration__in=rows).select_related("registration__session")
    invited = invitations_of(participant).select_related("session").order_by("invited_at")
    messages = messages_about(participant).prefetch_related("attachments").order_by("created_at")
    made = Registration.objects.filter(session__edition=participant.edition, registered_by_email=participant.email_key)
    made = made.select_related("session")
    return [
        Section(_("You"), ({_("Edition"): participant.edition.name, _("E-mail address"): participant.email_key},)),
        Section(_("Your registrations"), tuple(_registration(row, title, zone) for row in rows)),
        Section(_("What you answered"), tuple(_answer(answer, title) for answer in answers)),
        Section(_("What you need to take part"), tuple(_need(need, title, zone) for need in needs)),
        Section(_("What became of them"), tuple(_change(change, title, zone) for change in history)),
        Section(_("Your invitations"), tuple(_invitation(row, title, zone) for row in invited)),
        Section(_("Messages that were sent to you"), tuple(_message(message, zone) for message in messages)),
        Section(_("Colleagues whom you registered"), tuple(_colleague(row, title, zone) for row in made)),
    ]


def archive(participant: Participant) -> bytes:
    """A ZIP file: a page to read, and the same for a machine."""
    found = [section for section in sections(participant) if section.records]
    data = {section.title: section.records for section in found}
    page = render_to_string("registrations/data_file.html", {"sections": found, "edition": participant.edition})
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr(_("my-data") + ".html", page)
        files.writestr(_("my-data") + ".json", json.dumps(data, ensure_ascii=False, indent=2))
    return content.getvalue()


def _words(row: Model, zone: ZoneInfo) -> dict[str, Value]:
    """Each field by the name that the administration gives it, as people read it."""
    fields = [field for field in row._meta.concrete_fields if field.name not in LEFT_OUT]
    return {capfirst(str(field.verbose_name)): _word(row, field.name, zone) for field in fields}


def _word(row: Model, name: str, zone: ZoneInfo) -> Value:
    display = getattr(row, f"get_{name}_display", None)
    value: Any = display() if display else getattr(row, name)
    if isinstance(value, dt.datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return value if isinstance(value, (bool, int)) or value is None else str(value)


def _registration(row: Registration, title: Title, zone: ZoneInfo) -> dict[str, Value]:
    session = {_("Session"): title(row.session), _("Code"): row.session.code}
    return session | {_("Ticket"): tickets.grouped(tickets.code_of(row))} | _words(row, zone)


def _answer(answer: Answer, title: Title) -> dict[str, Value]:
    return {
        _("Session"): title(answer.registration.session),
        _("Question"): questions.words(answer.question),
        _("Answer"): answer.words,
    }


def _invitation(row: Invitation, title: Title, zone: ZoneInfo) -> dict[str, Value]:
    return {_("Session"): title(row.session)} | _words(row, zone)


def _need(need: AccessNeed, title: Title, zone: ZoneInfo) -> dict[str, Value]:
    return {_("Session"): title(need.registration.session)} | _words(need, zone)


def _change(change: Transition, title: Title, zone: ZoneInfo) -> dict[str, Value]:
    words = _words(change, zone)
    if change.left_session:
        words[capfirst(_("session left"))] = title(change.left_session)
    actors = {PERSON: _("you"), WORKER: _("the site")}
    told = {_("Session"): title(change.registration.session)} | words
    return told | {
        capfirst(_("by")): actors.get(change.actor, _("the staff")),
        capfirst(_("reason")): change.reason_text,
    }


def _message(message: Message, zone: ZoneInfo) -> dict[str, Value]:
    """Its text is in their mailbox, and is not kept for long here."""
    return {
        _("Subject"): _PLACEHOLDER.sub("…", message.subject),
        _("To"): message.to,
        _("Written"): _word(message, "created_at", zone),
        _("Sent"): _word(message, "sent_at", zone),
        _("State"): str(message.get_state_display()),
        _("Attachments"): ", ".join(file.name for file in message.attachments.all()),
    }


def _colleague(row: Registration, title: Title, zone: ZoneInfo) -> dict[str, Value]:
    """Nothing of the colleague: that is theirs."""
    return {_("Session"): title(row.session), _("Asked"): _word(row, "created_at", zone)}
