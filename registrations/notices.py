"""Notices to those who are registered for a session, or wait: a release that moves it or calls it off drafts them, the
staff reviews and sends them.

A draft tells from what people know, which is the release before the first change that they were not told: publishing
twice replaces it, and moving back voids it.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Collection, Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count
from django.utils import translation

from outbox import wording
from outbox.models import Message
from outbox.services import queue_for_many
from publishing.current import Released, of
from publishing.diff import Changes, changes
from publishing.models import Release
from publishing.programme import Item, Programme
from registrations import mail_texts, mail_values, mails
from registrations.models import Notice, Registration, RegistrationQuerySet
from registrations.models.notice import there_before
from registrations.published import PublishedSession
from sessions.models import Edition, Session

SOON = dt.timedelta(hours=24)
NEWS = "notice:"  # then the number of the notice
Kind, State = Notice.Kind, Notice.State


@dc.dataclass(frozen=True, slots=True)
class Planned:
    """What a release makes of the notices about one session."""

    code: str
    known: Release
    was: Item  # as people know it
    will_be: Item | None  # None: no longer in the programme
    draft: Notice | None  # one that waits, which this replaces

    @property
    def kind(self) -> str:
        """Empty when things are as people know them."""
        return _kind(self.was, self.will_be)

    def is_over(self, now: dt.datetime) -> bool:
        ends = [item.slot.ends_at for item in (self.was, self.will_be) if item and item.slot.ends_at]
        return bool(ends) and max(ends) <= now

    def is_soon(self, now: dt.datetime) -> bool:
        """Whether people may be on their way before anybody has reviewed a draft."""
        starts = [item.slot.starts_at for item in (self.was, self.will_be) if item and item.slot.starts_at]
        return bool(self.kind) and any(start <= now + SOON for start in starts)


def planned(
    edition: Edition, last: Release | None, programme: Programme, found: Changes, now: dt.datetime
) -> list[Planned]:
    """Of a release to come, or of one that was just made; ``last`` is the one before it."""
    if last is None:
        return []
    waiting = Notice.objects.drafts().filter(session__edition=edition).select_related("session", "known__edition")
    drafts = {draft.session.code: draft for draft in waiting.defer("known__document")}
    plans = []
    for code in sorted(found.codes):
        draft = drafts.get(code)
        known = draft.known if draft else last
        was = of(known).programme.item_by_code.get(code)
        if was is not None:
            plans.append(Planned(code, known, was, programme.item_by_code.get(code), draft))
    return [plan for plan in plans if (plan.kind or plan.draft) and not plan.is_over(now)]


def draft(last: Release | None, release: Release) -> list[Notice]:
    """In the transaction of the release: the drafts that wait from now on, of the sessions that it changes."""
    if last is None:
        return []
    now, programme = release.created_at, of(release).programme
    # Who sends one of them at this moment comes before, or sends what this release makes of it.
    list(Notice.objects.drafts().filter(session__edition=release.edition_id).order_by("pk").select_for_update())
    plans = planned(release.edition, last, programme, changes(of(last).programme, programme), now)
    rows = {row.code: row for row in Session.objects.filter(code__in=[plan.code for plan in plans])}
    people = people_of(rows.keys())
    written = (_write(plan, rows[plan.code], release, now) for plan in plans if plan.draft or people.get(plan.code))
    return [notice for notice in written if notice.is_draft]


def people_of(codes: Collection[str]) -> dict[str, int]:
    """How many have a seat or wait, by code of the session."""
    live = Registration.objects.live().filter(session__code__in=codes).order_by()
    return dict(live.values_list("session__code").annotate(Count("pk")))


def recipients(notice: Notice) -> RegistrationQuerySet:
    """Who was there before the news was public and has a seat, or waits."""
    live = Registration.objects.live().filter(session=notice.session_id)
    return there_before(live, notice.release.created_at).select_related("session__edition").order_by("created_at", "pk")


def preview(notice: Notice, registration: Registration) -> Message:
    """The mail of one of them, as it would leave; not saved."""
    was, will_be = facts(notice)
    letter = mails.changed(registration, notice, was, will_be)
    links = [str(link) for link in letter.links]
    message = Message(kind=mails.CHANGED, to=letter.to, language=letter.language, links=links)
    mails.fill_changed(message, registration, notice, was, will_be)
    return message


@transaction.atomic
def send(notice: Notice, *, user: User | None, now: dt.datetime) -> int | None:
    """One mail to each of them; how many. None when it is no draft any more, so that two clicks send it once."""
    if not _settle(notice, State.SENT, user=user, now=now):
        return None
    was, will_be = facts(notice)
    letters = [mails.changed(registration, notice, was, will_be) for registration in recipients(notice)]
    priority = Message.Priority.AWAITED if is_soon(notice, now) else Message.Priority.MASS
    number = queue_for_many(letters, kind=mails.CHANGED, news=f"{NEWS}{notice.pk}", priority=priority)
    Notice.objects.filter(pk=notice.pk).update(mails=number)
    return number


def discard(notice: Notice, *, user: User | None, now: dt.datetime) -> bool:
    """Nobody is told; the next news is told from what is public now."""
    return _settle(notice, State.DISCARDED, user=user, now=now)


def is_soon(notice: Notice, now: dt.datetime) -> bool:
    was, will_be = facts(notice)
    return Planned(was.item.code, notice.known, was.item, will_be.item, None).is_soon(now)


def facts(notice: Notice) -> tuple[PublishedSession, PublishedSession]:
    """The session as people know it, and as it is announced: cancelled, when it left the programme."""
    code = notice.session.code
    before, after = of(notice.known), of(notice.release)
    was = before.programme.item_by_code[code]
    will_be = after.programme.item_by_code.get(code)
    if will_be is None:
        gone = Released(after.edition, after.release, before.programme)
        return PublishedSession(before, was), PublishedSession(gone, dc.replace(was, state="cancelled"))
    return PublishedSession(before, was), PublishedSession(after, will_be)


def drafted(notice: Notice) -> dict[str, str]:
    """Subject and text as the staff finds them: in the words of the edition, with the names of nobody yet."""
    was, will_be = facts(notice)
    with translation.override("fr"):
        short, heading, sentence = mail_values.news(notice.kind, was, will_be)
        values = {
            **mail_values.session_values(will_be),
            "prenom": lambda: "{prenom}",
            "nom": lambda: "{nom}",
            "nouvelle_en_bref": lambda: short,
            "annonce": lambda: heading,
        }
        words = mail_texts.wording_of(will_be.edition, "changed", "fr")
        return {"subject": wording.one_line(words.subject, values), "text": sentence}


def write(message: Message, now: dt.datetime) -> Mapping[str, str] | None:
    """Preparation of the mail: nothing leaves to who gave their seat up meanwhile, or is to come elsewhere."""
    number = message.news.removeprefix(NEWS)
    notice = Notice.objects.select_related("session", "known__edition", "release__edition").filter(pk=number).first()
    registration = mails.registration_of(message)
    if notice is None or registration is None or not recipients(notice).filter(pk=registration.pk).exists():
        return None
    mails.write_changed(message, registration, notice, *facts(notice))
    return {}


def _kind(was: Item, will_be: Item | None) -> str:
    if will_be is None:
        return "" if was.state == "cancelled" else Kind.WITHDRAWN
    if will_be.state == "cancelled":
        return "" if was.state == "cancelled" else Kind.CANCELLED
    if will_be.state == "postponed":
        return "" if was.state == "postponed" else Kind.POSTPONED
    if was.state != "scheduled":
        return Kind.BACK
    is_online_no_more = was.is_online and not will_be.is_online  # being online too takes nothing from anybody
    return Kind.MOVED if was.slot != will_be.slot or is_online_no_more else ""


def _write(plan: Planned, row: Session, release: Release, now: dt.datetime) -> Notice:
    notice = plan.draft or Notice(session=row, known=plan.known, release=release, created_at=now)
    if plan.draft is None or _facts_differ(plan, of(notice.release).programme):
        # What was rewritten may tell the former facts: the mail is drafted anew.
        notice.release, notice.subject, notice.text = release, "", ""
    if plan.kind:
        notice.kind = plan.kind
    else:
        notice.state, notice.settled_at = State.VOID, now
    notice.save()
    if plan.kind and plan.was.slot.starts_at != (plan.will_be and plan.will_be.slot.starts_at):
        # Reminders of the former time do not stand for those of the new one.
        Registration.objects.filter(session=row).update(told=Registration.Told.NOTHING)
    return notice


def _facts_differ(plan: Planned, announced: Programme) -> bool:
    """Whether the release tells something else than the draft that waits: those who registered in between know it."""
    before = announced.item_by_code.get(plan.code)
    return (before is None) != (plan.will_be is None) or bool(before and _kind(before, plan.will_be))


def _settle(notice: Notice, state: str, *, user: User | None, now: dt.datetime) -> bool:
    """The condition makes it once, however many click."""
    waiting = Notice.objects.drafts().filter(pk=notice.pk)
    if not waiting.update(state=state, settled_at=now, settled_by=user):
        return False
    notice.refresh_from_db()  # a release may have replaced what it tells
    return True
