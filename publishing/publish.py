"""Publishing: the draft, what it would change, what stops it, and the release itself."""

import dataclasses as dc
import datetime as dt
from collections.abc import Collection

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from planning.conflicts import Conflict
from publishing.build import build, build_as_read
from publishing.checks import Checks, check_exceptions, faults_of
from publishing.current import of
from publishing.diff import Changes, changes
from publishing.kept import keep
from publishing.models import Release
from publishing.programme import Programme, sha256, to_json
from publishing.revisions import carry
from publishing.selection import compose, narrow
from sessions.models import Edition, Session


@dc.dataclass(frozen=True)
class Draft:
    """The next release of an edition, as it would be now."""

    edition: Edition
    last: Release | None
    now: Programme  # the state of the sessions looked at, of which it takes some
    programme: Programme
    changes: Changes
    conflicts: tuple[Conflict, ...]
    checks: Checks
    faults: tuple[ValidationError, ...]  # of the edition as a whole: no choice of sessions settles them
    unknown: frozenset[str] = frozenset()  # codes asked for that are neither public nor ready to be

    @property
    def blocks(self) -> tuple[Conflict, ...]:
        return tuple(conflict for conflict in self.conflicts if conflict.level == "block")

    @property
    def warnings(self) -> tuple[Conflict, ...]:
        return tuple(conflict for conflict in self.conflicts if conflict.level == "warn")

    @property
    def blocked(self) -> frozenset[str]:
        """Codes of the sessions that would change and that a block concerns."""
        return self.changes.codes & {session.code for block in self.blocks for session in block.sessions}


def draft(
    edition: Edition,
    *,
    at: dt.datetime | None = None,
    only: Collection[str] | None = None,
    leave_out: Collection[str] = (),
    same: Draft | None = None,
) -> Draft:
    """What ``publish`` would make of the same arguments.

    ``same`` is a draft of the same moment, of these sessions and perhaps of others: the state is not read again.
    """
    last = same.last if same else last_release(edition)
    before = of(last).programme if last else None
    now = same.now if same else build(edition, at=at or timezone.now(), only=only)
    known = {*now.item_by_code, *(before.item_by_code if before else {})}
    checks = same.checks if same else Checks(edition, only)
    chosen = (known if only is None else known & set(only)) - set(leave_out)
    programme = carry(before, compose(before, now, chosen, around=only is None))
    found = changes(before, programme)
    return Draft(
        edition=edition,
        last=last,
        now=now,
        programme=programme,
        changes=found,
        conflicts=tuple(checks.of(programme, chosen, found.codes)),
        checks=checks,
        faults=tuple(faults_of(programme)),
        unknown=frozenset(only or ()) - known,
    )


def without_blocked(proposed: Draft, *, only: Collection[str] | None = None) -> tuple[Draft, frozenset[str]]:
    """The draft that leaves out every session that cannot be published, and their codes."""
    left: frozenset[str] = frozenset()
    found = proposed
    # A session kept as the public knows it may stand in the way of another: each round leaves out more.
    while more := found.blocked - left:
        left |= more
        found = draft(proposed.edition, only=only, leave_out=left, same=proposed)
    return found, left


def unpublished(edition: Edition, *, only: Collection[Session] | None = None) -> Changes:
    """What the public does not know yet; of the sessions ``only``, as they were read, at the cost of those alone."""
    before, at = last_programme(edition), timezone.now()
    if only is None:
        return changes(before, carry(before, build(edition, at=at)))
    codes = [session.code for session in only]
    before = narrow(before, codes) if before else None
    now = build_as_read(edition, [session for session in only if session.goes_out], at=at)
    return changes(before, carry(before, compose(before, now, codes, around=False)))


@transaction.atomic
def publish(
    edition: Edition,
    *,
    note: str,
    user: User | None = None,
    at: dt.datetime | None = None,
    expected: int | None = None,
    only: Collection[str] | None = None,
    leave_out: Collection[str] = (),
    force: Collection[str] = (),
    reason: str = "",
) -> Release:
    """Freeze the present state as the next release, or raise ValidationError.

    ``only`` are the codes of the sessions to take from the draft: all, when it is None. Those of ``leave_out`` stay
    as the public knows them, or unknown. Conflicts of the sessions to ``force`` do not stop them: that asks for a
    ``reason``, which is kept with the release, and for a right (PermissionDenied).
    ``expected`` is the number of the last release that the person saw (0 for none): when another one was made
    meanwhile, what they agreed to is no longer what would be published. Locks the edition: numbers have no gap.
    """
    edition = lock_edition(edition)
    at = at or timezone.now()
    proposed = draft(edition, at=at, only=only, leave_out=leave_out)
    taken = None if only is None else set(only) - set(leave_out)
    return freeze(proposed, note=note, user=user, at=at, expected=expected, only=taken, force=force, reason=reason)


def lock_edition(edition: Edition) -> Edition:
    """Whoever publishes holds this first: before the rows of sessions."""
    return Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=edition.pk)


def freeze(
    proposed: Draft,
    *,
    note: str,
    user: User | None,
    at: dt.datetime,
    expected: int | None,
    only: Collection[str] | None,
    force: Collection[str] = (),
    reason: str = "",
) -> Release:
    """Make the release of a draft computed under ``lock_edition``, in the same transaction; see ``publish``."""
    forced = [block for block in proposed.blocks if _concerns(block, force)]
    _refuse(proposed, [block for block in proposed.blocks if block not in forced], note=note, expected=expected)
    check_exceptions(forced, user=user, reason=reason)
    document = to_json(proposed.programme)
    release = Release(
        edition=proposed.edition,
        number=proposed.last.number + 1 if proposed.last else 1,
        document=document,
        sha256=sha256(document),
        note=note.strip(),
        created_at=at,
        created_by=user,
        only=None if only is None else sorted(only),
        exceptions=[_exception(block) for block in forced],
        reason=reason.strip() if forced else "",
    )
    release.full_clean(exclude=["edition", "created_by"])
    release.save()
    newly = Session.objects.filter(edition=proposed.edition, published_since__isnull=True)
    newly.filter(code__in=[item.code for item in proposed.programme.items]).update(published_since=at)
    keep(release, proposed.programme)
    return release


def _concerns(conflict: Conflict, codes: Collection[str]) -> bool:
    return any(session.code in codes for session in conflict.sessions)


def _exception(block: Conflict) -> dict[str, object]:
    return {"code": block.code, "sessions": [session.code for session in block.sessions], "message": block.message}


def _refuse(proposed: Draft, blocks: Collection[Conflict], *, note: str, expected: int | None) -> None:
    number = proposed.last.number if proposed.last else 0
    if expected is not None and expected != number:
        message = _("Release %(number)d was published meanwhile. Read the changes again before publishing.")
        raise ValidationError(message, code="outdated", params={"number": number})
    if not note.strip():
        raise ValidationError(_("Say in a few words what changes: the public reads this note."), code="note")
    if proposed.unknown:
        message = _("%(codes)s: not approved, and not known to the public. There is nothing of it to publish.")
        raise ValidationError(message, code="unknown", params={"codes": ", ".join(sorted(proposed.unknown))})
    if proposed.faults:
        raise ValidationError(list(proposed.faults))
    if blocks:
        raise ValidationError(
            [
                ValidationError(
                    "%(what)s %(advice)s", code=block.code, params={"what": block.message, "advice": block.advice}
                )
                for block in blocks
            ]
        )
    if proposed.last and not proposed.changes:
        message = _("Nothing changed since release %(number)d: there is nothing to publish.")
        raise ValidationError(message, code="unchanged", params={"number": number})


def last_release(edition: Edition) -> Release | None:
    """Without its document: ``publishing.current.of`` gives that, parsed once."""
    return Release.objects.without_document().select_related("edition").filter(edition=edition).newest_first().first()


def release_before(release: Release) -> Release | None:
    """The one that it replaced, without its document: numbers have no gap. None for the first."""
    if release.number == 1:
        return None
    earlier = Release.objects.without_document().select_related("edition")
    return earlier.get(edition=release.edition_id, number=release.number - 1)


def last_programme(edition: Edition) -> Programme | None:
    last = last_release(edition)
    return of(last).programme if last else None
