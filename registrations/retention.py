"""Personal data has an end date, told on the edition's notice: then it is erased and counts remain."""

import datetime as dt

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from innovation_week import batches
from outbox.models import Message
from registrations.mails import ABOUT, LINKS
from registrations.models import Participant, Registration, Transition
from registrations.transitions import PERSON, WORKER
from sessions.models import Edition, PrivacyNotice

# RFC 2606: a domain that never receives mail. The identifier keeps one live row per person and session apart.
ERASED_DOMAIN = "@erased.invalid"


def erase_outdated(now: dt.datetime) -> int:
    """Erase who registered for editions whose retention is over; how many. Safe to run again, or to be killed."""
    today = timezone.localdate(now)
    editions = [edition for edition in Edition.objects.select_related("privacy_notice") if _kept_until(edition) < today]
    batches.delete(Participant.objects.filter(edition__in=editions))
    named = Registration.objects.filter(session__edition__in=editions).exclude(email__endswith=ERASED_DOMAIN)
    return batches.each(named, _erase)


def forget_requests(before: dt.datetime) -> int:
    """A request for links names an address that may be nobody's here: no edition says how long to keep it."""
    return batches.delete(Message.objects.filter(kind=LINKS, created_at__lt=before))


def forget_other_messages(before: dt.datetime) -> int:
    """Those that no registration takes away with it."""
    others = Message.objects.exclude(about__startswith=ABOUT)
    return batches.delete(others.filter(created_at__lt=before).exclude(state=Message.State.QUEUED))


def _kept_until(edition: Edition) -> dt.date:
    """As the notice promises; without a notice, as a notice would by default."""
    notice = getattr(edition, "privacy_notice", None) or PrivacyNotice(edition=edition)
    return notice.kept_until


def _erase(keys: list[int]) -> None:
    """Names, addresses, links, mails and what the staff noted go; employer, branch, region, state and dates stay."""
    Message.objects.filter(about__in=[f"{ABOUT}{key}" for key in keys]).delete()
    Transition.objects.filter(registration__in=keys).exclude(actor__in=[PERSON, WORKER]).update(reason="")
    nobody = Concat(Cast("public_id", CharField()), Value(ERASED_DOMAIN))
    Registration.objects.filter(pk__in=keys).update(
        first_name="", last_name="", email=nobody, email_key=nobody, link_version=F("link_version") + 1
    )
