"""How fast mails leave for one domain, whatever the number of senders (MAIL_PER_DOMAIN_PER_MINUTE).

A generic cell rate: each mail pushes the time from which its lane is free, and a tenth of a minute's mails may go ahead
of it at once. In no minute do more leave than the setting says.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from innovation_week import batches
from outbox.models import Lane

MINUTE = dt.timedelta(minutes=1)


def busy(now: dt.datetime) -> QuerySet[Lane, Any]:
    """Domains that have had what they may have for the moment."""
    return Lane.objects.filter(free_at__gt=now + _ahead()).values("domain")


def enter(domain: str, now: dt.datetime) -> bool:
    """Take the next place of the domain in the caller's transaction; False when another sender has just taken it."""
    Lane.objects.get_or_create(domain=domain, defaults={"free_at": now})
    lane = Lane.objects.select_for_update().get(domain=domain)
    if lane.free_at > now + _ahead():
        return False
    lane.free_at = max(lane.free_at, now) + _interval()
    lane.save(update_fields=["free_at"])
    return True


def forget_paces(before: dt.datetime) -> int:
    """Of domains that nothing left for since then: a domain may be a person's own."""
    return batches.delete(Lane.objects.filter(free_at__lt=before))


def _burst() -> int:
    return max(1, settings.MAIL_PER_DOMAIN_PER_MINUTE // 10)


def _interval() -> dt.timedelta:
    return MINUTE / (settings.MAIL_PER_DOMAIN_PER_MINUTE - _burst() + 1)


def _ahead() -> dt.timedelta:
    return (_burst() - 1) * _interval()
