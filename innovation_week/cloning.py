"""A new edition from another one: what is taken over, moved by whole weeks, in one transaction."""

import dataclasses as dc
import datetime as dt
from collections.abc import Collection
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from planning.cloning import clone_services, services_to_clone
from planning.models import Task
from planning.tasks import copy_tasks
from registrations.employers import clone_employers
from registrations.mail_texts import clone_mail_texts
from registrations.models import Employer, MailText
from registrations.questions import clone_questions, questions_to_clone
from sessions.cloning import NOTICES, Shift, clone_notices, clone_sequences, clone_sessions, sessions_to_clone
from sessions.models import Edition, Session
from speakers.cloning import candidacies_to_clone, clone_candidacies

MOST_YEARS = 20
SAMPLES = 5
# Of the edition itself; its name, address and days are given.
TAKEN = ["tagline", "introduction", "place", "time_zone", "contact_email", "signatory"]


class Part(TextChoices):
    SEQUENCES = "sequences", _("sequences")
    SESSIONS = "sessions", _("sessions, in design, with new codes")
    ROOMS = "rooms", _("rooms of the sessions")
    AUDIENCES = "audiences", _("audiences of the sessions")
    QUESTIONS = "questions", _("questions of the forms of the sessions")
    PEOPLE = "people", _("candidacies, back at the first stage")
    SERVICES = "services", _("services, to be asked for again")
    NOTICES = "notices", _("notices: personal data, legal, accessibility")
    EMPLOYERS = "employers", _("employers of the list")
    MAIL_TEXTS = "mail_texts", _("texts of mails")
    TASKS = "tasks", _("tasks of the plan")


# A part, and the one that it hangs on.
NEEDS = {
    Part.SESSIONS: Part.SEQUENCES,
    Part.ROOMS: Part.SESSIONS,
    Part.AUDIENCES: Part.SESSIONS,
    Part.QUESTIONS: Part.SESSIONS,
    Part.PEOPLE: Part.SESSIONS,
    Part.SERVICES: Part.SESSIONS,
}


@dc.dataclass(frozen=True, slots=True)
class Moved:
    """A session with its old and its new time, on the clock of its venue."""

    session: Session
    old: dt.datetime
    new: dt.datetime


@dc.dataclass(frozen=True, slots=True)
class Preview:
    starts_on: dt.date
    ends_on: dt.date
    weeks: int
    keeps_weekday: bool  # the first day is on the same day of the week as the source's
    counts: list[tuple[str, int]]
    samples: list[Moved]
    outside: int  # sessions that would fall outside the new days


def preview_clone(source: Edition, starts_on: dt.date, parts: Collection[str]) -> Preview:
    shift = Shift.between(source.starts_on, starts_on)
    ends_on = _last_day(source, starts_on, shift)
    sessions = list(sessions_to_clone(source)) if Part.SESSIONS in parts else []
    moved = [
        Moved(session, session.starts_at.astimezone(session.time_zone), start.astimezone(session.time_zone))
        for session in sessions
        if session.starts_at and (start := shift.times(session)[0])
    ]
    return Preview(
        starts_on,
        ends_on,
        shift.weeks,
        source.starts_on.weekday() == starts_on.weekday(),
        [(str(Part(part).label), number) for part, number in _counts(source, sessions).items() if part in parts],
        moved[:: max(1, len(moved) // SAMPLES)][:SAMPLES],
        sum(not starts_on <= one.new.date() <= ends_on for one in moved),
    )


@transaction.atomic
def clone_edition(
    source: Edition,
    *,
    name: str,
    slug: str,
    starts_on: dt.date,
    parts: Collection[str],
    user: AbstractBaseUser | None = None,
) -> Edition:
    """The new edition, not the current one, with nothing published and nobody registered.

    ValidationError when its address is taken. Locks the source: two clicks make one edition.
    """
    source = Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=source.pk)
    shift = Shift.between(source.starts_on, starts_on)
    zone = ZoneInfo(source.time_zone)
    target = Edition(
        name=name,
        slug=slug,
        starts_on=starts_on,
        ends_on=_last_day(source, starts_on, shift),
        registration_opens_at=shift.moment(source.registration_opens_at, zone),
        registration_closes_at=shift.moment(source.registration_closes_at, zone),
        **{field: getattr(source, field) for field in TAKEN},
    )
    _save(target, user)
    _fill(source, target, shift, parts, user)
    return target


def _fill(
    source: Edition, target: Edition, shift: Shift, parts: Collection[str], user: AbstractBaseUser | None
) -> None:
    if Part.NOTICES in parts:
        clone_notices(source, target, user)
    if Part.EMPLOYERS in parts:
        clone_employers(source, target, user)
    if Part.MAIL_TEXTS in parts:
        clone_mail_texts(source, target, user)
    if Part.SEQUENCES in parts:
        clone_sequences(source, target, user)
    if {Part.SEQUENCES, Part.SESSIONS} <= set(parts):
        rooms, audiences = Part.ROOMS in parts, Part.AUDIENCES in parts
        clones = clone_sessions(source, target, shift, user, rooms=rooms, audiences=audiences)
        if Part.QUESTIONS in parts:
            clone_questions(clones, user)
        if Part.PEOPLE in parts:
            clone_candidacies(source, clones, user)
        if Part.SERVICES in parts:
            clone_services(source, clones, user)
    if Part.TASKS in parts:
        copy_tasks(source, target)


def _save(edition: Any, user: AbstractBaseUser | None) -> None:
    edition.full_clean()
    edition._history_user = user
    edition.save()


def _last_day(source: Edition, starts_on: dt.date, shift: Shift) -> dt.date:
    return max(shift.day(source.ends_on), starts_on)


def _counts(source: Edition, sessions: list[Session]) -> dict[str, int]:
    with_audiences = Session.audiences.through.objects.filter(session__in=[session.pk for session in sessions])
    return {
        Part.SEQUENCES: source.sequences.count(),
        Part.SESSIONS: len(sessions),
        Part.ROOMS: sum(session.room_id is not None for session in sessions),
        Part.AUDIENCES: with_audiences.count(),
        Part.QUESTIONS: questions_to_clone([session.pk for session in sessions]).count() if sessions else 0,
        Part.PEOPLE: candidacies_to_clone(source).count() if sessions else 0,
        Part.SERVICES: services_to_clone(source).count() if sessions else 0,
        Part.NOTICES: sum(model._default_manager.filter(edition=source).count() for model in NOTICES),
        Part.EMPLOYERS: Employer.objects.filter(edition=source).count(),
        Part.MAIL_TEXTS: MailText.objects.filter(edition=source).count(),
        Part.TASKS: Task.objects.filter(edition=source).count(),
    }
