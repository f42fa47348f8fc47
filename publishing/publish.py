"""Publishing: the draft, what it would change, what stops it, and the release itself."""

import dataclasses as dc
import datetime as dt

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from planning.conflicts import Conflict, find_conflicts
from publishing.build import build
from publishing.current import of
from publishing.diff import Changes, changes
from publishing.models import Release
from publishing.programme import Programme, sha256, to_json
from publishing.revisions import carry
from sessions.models import Edition, Session


@dc.dataclass(frozen=True)
class Draft:
    """The next release of an edition, as it would be now."""

    last: Release | None
    programme: Programme
    changes: Changes
    conflicts: tuple[Conflict, ...]

    @property
    def blocks(self) -> tuple[Conflict, ...]:
        return tuple(conflict for conflict in self.conflicts if conflict.level == "block")

    @property
    def warnings(self) -> tuple[Conflict, ...]:
        return tuple(conflict for conflict in self.conflicts if conflict.level == "warn")


def draft(edition: Edition, *, at: dt.datetime | None = None) -> Draft:
    last = last_release(edition)
    before = of(last).programme if last else None
    programme = carry(before, build(edition, at=at or timezone.now()))
    return Draft(last, programme, changes(before, programme), tuple(find_conflicts(edition)))


def unpublished(edition: Edition) -> Changes:
    """What the public does not know yet; cheap enough for each page of the back-office."""
    before = last_programme(edition)
    return changes(before, carry(before, build(edition, at=timezone.now())))


@transaction.atomic
def publish(
    edition: Edition,
    *,
    note: str,
    user: AbstractBaseUser | None = None,
    at: dt.datetime | None = None,
    expected: int | None = None,
) -> Release:
    """Freeze the present state as the next release, or raise ValidationError.

    ``expected`` is the number of the last release that the person saw (0 for none): when another one was made
    meanwhile, what they agreed to is no longer what would be published. Locks the edition: numbers have no gap.
    """
    edition = Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=edition.pk)
    at = at or timezone.now()
    proposed = draft(edition, at=at)
    _refuse(proposed, note=note, expected=expected)
    document = to_json(proposed.programme)
    release = Release(
        edition=edition,
        number=proposed.last.number + 1 if proposed.last else 1,
        document=document,
        sha256=sha256(document),
        note=note.strip(),
        created_at=at,
        created_by=user,  # type: ignore[misc]  # the swappable user model
    )
    release.full_clean(exclude=["edition", "created_by"])
    release.save()
    codes = [item.code for item in proposed.programme.items]
    Session.objects.filter(edition=edition, code__in=codes, published_since__isnull=True).update(published_since=at)
    return release


def _refuse(proposed: Draft, *, note: str, expected: int | None) -> None:
    number = proposed.last.number if proposed.last else 0
    if expected is not None and expected != number:
        message = _("Release %(number)d was published meanwhile. Read the changes again before publishing.")
        raise ValidationError(message, code="outdated", params={"number": number})
    if not note.strip():
        raise ValidationError(_("Say in a few words what changes: the public reads this note."), code="note")
    if proposed.blocks:
        raise ValidationError(
            [
                ValidationError(
                    "%(what)s %(advice)s", code=block.code, params={"what": block.message, "advice": block.advice}
                )
                for block in proposed.blocks
            ]
        )
    if proposed.last and not proposed.changes:
        message = _("Nothing changed since release %(number)d: there is nothing to publish.")
        raise ValidationError(message, code="unchanged", params={"number": number})


def last_release(edition: Edition) -> Release | None:
    """Without its document: ``publishing.current.of`` gives that, parsed once."""
    return Release.objects.without_document().select_related("edition").filter(edition=edition).newest_first().first()


def last_programme(edition: Edition) -> Programme | None:
    last = last_release(edition)
    return of(last).programme if last else None
