"""A session that will not take place as announced: the public is told that alone, whatever else its draft holds."""

import dataclasses as dc
import datetime as dt

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from publishing.checks import Checks, faults_of
from publishing.current import of
from publishing.diff import changes
from publishing.models import Release
from publishing.programme import Item, Programme
from publishing.publish import Draft, freeze, last_release, lock_edition
from publishing.revisions import carry
from publishing.selection import compose
from sessions.models import Edition, Session


@dc.dataclass(frozen=True, slots=True)
class NewTimes:
    starts_at: dt.datetime
    ends_at: dt.datetime


def cancelled(edition: Edition, code: str, *, at: dt.datetime | None = None) -> Draft:
    """The release that says that the session is cancelled, and nothing else. ValidationError: it is not public."""
    last, item = _announced(edition, code)
    return _draft(edition, last, dc.replace(item, state="cancelled"), at)


def postponed(edition: Edition, code: str, times: NewTimes | None, *, at: dt.datetime | None = None) -> Draft:
    """The release that gives the session these times, or says that they are yet to come."""
    last, item = _announced(edition, code)
    if times is None:
        slot = dc.replace(item.slot, starts_at=None, ends_at=None)
        return _draft(edition, last, dc.replace(item, state="postponed", slot=slot), at)
    start, end = times.starts_at.astimezone(dt.UTC), times.ends_at.astimezone(dt.UTC)
    slot = dc.replace(item.slot, starts_at=start, ends_at=end)
    too_late = Session(edition=edition, starts_at=start, ask_before=item.ask_before).asks_too_late
    ask_before = None if too_late else item.ask_before
    return _draft(edition, last, dc.replace(item, state="scheduled", slot=slot, ask_before=ask_before), at)


@transaction.atomic
def cancel(session: Session, *, note: str, user: User | None = None, expected: int | None = None) -> Release:
    """Cancel the session and publish that, or raise ValidationError. Its registrations stay as they are."""
    at = timezone.now()
    edition, row = _locked(session)
    row.status = Session.Status.CANCELLED
    row.save(update_fields=["status"])
    proposed = cancelled(edition, row.code, at=at)
    return freeze(proposed, note=note, user=user, at=at, expected=expected, only=[row.code])


@transaction.atomic
def postpone(
    session: Session,
    *,
    times: NewTimes | None = None,
    note: str,
    user: User | None = None,
    expected: int | None = None,
    reason: str = "",
) -> Release:
    """Give the session new times, or none yet, and publish that; see ``publishing.publish.publish``.

    A ``reason`` forces the conflicts of the new times.
    """
    at = timezone.now()
    edition, row = _locked(session)
    if times is None:
        row.status, row.starts_at, row.ends_at = Session.Status.POSTPONED, None, None
    else:
        row.starts_at, row.ends_at = times.starts_at, times.ends_at
        if row.status in (Session.Status.CANCELLED, Session.Status.POSTPONED):
            row.status = Session.Status.APPROVED
        if row.asks_too_late:  # nobody could any more
            row.ask_before = None
    row.full_clean(validate_unique=False, exclude=[*Session.COUNTERS, *Session.TELLINGS, "published_since"])
    row.save(update_fields=["status", "starts_at", "ends_at", "ask_before"])
    proposed = postponed(edition, row.code, times, at=at)
    force = [row.code] if reason.strip() else []
    return freeze(proposed, note=note, user=user, at=at, expected=expected, only=[row.code], force=force, reason=reason)


def _locked(session: Session) -> tuple[Edition, Session]:
    edition = lock_edition(session.edition)
    return edition, Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)


def _announced(edition: Edition, code: str) -> tuple[Release, Item]:
    last = last_release(edition)
    item = of(last).programme.item_by_code.get(code) if last else None
    if last is None or item is None:
        message = _("The public does not know this session: change its state, nothing has to be told.")
        raise ValidationError(message, code="unknown")
    return last, item


def _draft(edition: Edition, last: Release, item: Item, at: dt.datetime | None) -> Draft:
    before: Programme = of(last).programme
    changed = dc.replace(before, items=(dc.replace(item, changed_at=at or timezone.now()),))
    programme = carry(before, compose(before, changed, [item.code], around=False))
    checks = Checks(edition, [item.code])
    return Draft(
        edition=edition,
        last=last,
        now=changed,
        programme=programme,
        changes=changes(before, programme),
        conflicts=tuple(checks.of_published(programme, item.code)),
        checks=checks,
        faults=tuple(faults_of(programme)),
    )
