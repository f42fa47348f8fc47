"""What somebody needs to take part: stated and changed by them, handled by the referent, erased soon after."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation_week import batches
from innovation_week.durations import ACCESS_NEEDS
from registrations.locks import lock_of
from registrations.models import AccessNeed, Registration
from registrations.published import PublishedSession

State = AccessNeed.State


def kept_until(published: PublishedSession) -> dt.date:
    """As the form tells: the last day on which the need may be read."""
    last = published.ends_at.date() if published.ends_at else published.edition.ends_on
    return last + ACCESS_NEEDS


def ask(registration: Registration, need: str, *, now: dt.datetime) -> None:
    """With a registration that was just made, in its transaction; "" for no need."""
    if need:
        AccessNeed.objects.create(registration=registration, need=need, consented_at=now)


@transaction.atomic
def state(registration: Registration, need: str, published: PublishedSession, *, now: dt.datetime) -> None:
    """The person says what they need now: it is to be handled again. ValidationError once they are not to come."""
    lock_of(registration)
    if registration.state not in Registration.LIVE or published.is_over(now):
        message = _("This registration is over: there is nothing to prepare for you any more.")
        raise ValidationError(message, code="over")
    known = AccessNeed.objects.filter(registration=registration).first()
    if known is None or known.need != need:
        values = {"need": need, "consented_at": now, **_TO_HANDLE}
        AccessNeed.objects.update_or_create(registration=registration, defaults=values)


def withdraw(registration: Registration) -> None:
    """The person takes their consent back, or says it elsewhere: nothing of it stays."""
    AccessNeed.objects.filter(registration=registration).delete()


def withdraw_added(registration: Registration) -> None:
    """What its form did not say: whoever held its link did, and may be somebody else."""
    AccessNeed.objects.filter(registration=registration, consented_at__gt=registration.created_at).delete()


def note_handled(need: AccessNeed, *, now: dt.datetime, actor: str) -> bool:
    """Of what ``need`` says; False when the person changed it, or took it back, since it was read."""
    same = AccessNeed.objects.filter(pk=need.pk, need=need.need, registration__session=need.registration.session_id)
    return bool(same.update(state=State.HANDLED, handled_at=now, handled_by=actor))


def take_up_again(need: AccessNeed) -> None:
    AccessNeed.objects.filter(pk=need.pk).update(**_TO_HANDLE)


def session_changed(registration: Registration) -> None:
    """What was arranged was arranged for the session that the person left."""
    AccessNeed.objects.filter(registration=registration).update(**_TO_HANDLE)


def erase(before: dt.datetime) -> int:
    """Those of sessions that ended before, and of people who are not to come; how many."""
    day = timezone.localdate(before)
    session = "registration__session__"
    over = Q(**{f"{session}ends_at__lt": before})
    never_placed = Q(**{f"{session}ends_at__isnull": True, f"{session}edition__ends_on__lt": day})
    given_up = Q(registration__state__in=[Registration.State.CANCELLED, Registration.State.EXPIRED])
    return batches.delete(AccessNeed.objects.filter(over | never_placed | given_up))


_TO_HANDLE = {"state": State.ASKED, "handled_at": None, "handled_by": ""}
