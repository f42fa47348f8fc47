"""Personal data has an end date, told on the edition's notice: then it is erased and counts remain."""

import datetime as dt

from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from outbox.models import Message
from registrations.mails import LINKS, about
from registrations.models import Registration, Transition
from registrations.transitions import PERSON, WORKER
from sessions.models import Edition, PrivacyNotice

# RFC 2606: a domain that never receives mail. The identifier keeps one live row per person and session apart.
ERASED_DOMAIN = "@erased.invalid"
BATCH = 500
# A request for links names an address that may be nobody's here: no edition says how long to keep it.
REQUESTS_KEPT = dt.timedelta(days=30)


def erase_outdated(today: dt.date | None = None) -> int:
    """Erase who registered for editions whose retention is over; how many. Safe to run again, or to be killed."""
    today = today or timezone.localdate()
    editions = [edition for edition in Edition.objects.select_related("privacy_notice") if _kept_until(edition) < today]
    named = Registration.objects.filter(session__edition__in=editions).exclude(email__endswith=ERASED_DOMAIN)
    erased = 0
    while batch := list(named.order_by("pk")[:BATCH]):
        erased += _erase(batch)
    Message.objects.filter(kind=LINKS, created_at__lt=timezone.now() - REQUESTS_KEPT).delete()
    return erased


def _kept_until(edition: Edition) -> dt.date:
    """As the notice promises; without a notice, as a notice would by default."""
    notice = getattr(edition, "privacy_notice", None) or PrivacyNotice(edition=edition)
    return notice.kept_until


@transaction.atomic
def _erase(registrations: list[Registration]) -> int:
    """Names, addresses, links, mails and what the staff noted go; employer, branch, region, state and dates stay."""
    Message.objects.filter(about__in=[about(registration) for registration in registrations]).delete()
    Transition.objects.filter(registration__in=registrations).exclude(actor__in=[PERSON, WORKER]).update(reason="")
    nobody = Concat(Cast("public_id", CharField()), Value(ERASED_DOMAIN))
    return Registration.objects.filter(pk__in=[registration.pk for registration in registrations]).update(
        first_name="", last_name="", email=nobody, email_key=nobody, link_version=F("link_version") + 1
    )
