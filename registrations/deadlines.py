"""Until when a seat is held. Pure functions of aware moments; ``zone`` is that of the session's venue."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

# Nobody should lose a seat at night: a deadline in these hours waits for the morning.
QUIET_FROM = dt.time(20)
QUIET_UNTIL = dt.time(9)
NEAR_START = dt.timedelta(hours=48)

# A mail that leaves later than this after the request does not make the hold last longer.
LONGEST_WAIT = dt.timedelta(hours=24)

# An offer that leaves less time than this is no offer: the waiting list is closed.
SHORTEST_OFFER = dt.timedelta(minutes=30)

REMIND_BEFORE = dt.timedelta(hours=4)
EVENING_REMINDER = dt.time(18)


def deadline(
    held_from: dt.datetime,
    *,
    starts_at: dt.datetime,
    zone: ZoneInfo,
    hours: int | None = None,
    cut_off: dt.timedelta = dt.timedelta(),
) -> dt.datetime:
    """At least as long as promised, never in the quiet hours, never past the start, which has the last word.

    ``hours`` is the promise, that of a hold by default; nothing is promised past ``cut_off`` before the start.
    """
    # In UTC: two moments of one zone are compared and subtracted by their clocks, whatever the change of hour.
    held_from, starts_at = held_from.astimezone(dt.UTC), starts_at.astimezone(dt.UTC)
    promised = settings.HOLD_HOURS if hours is None else hours
    if starts_at - held_from < NEAR_START:
        promised = min(promised, settings.HOLD_HOURS_NEAR_START)
    end = _out_of_quiet_hours(_up_to_the_minute(held_from + dt.timedelta(hours=promised)).astimezone(zone))
    return min(end.astimezone(dt.UTC), starts_at - cut_off).astimezone(zone)


def offer_terms() -> dict[str, Any]:
    """Of ``deadline``. An offer is answered some time before the start: the seat can still go to somebody else."""
    return {"hours": settings.OFFER_HOURS, "cut_off": dt.timedelta(hours=settings.OFFER_CUT_OFF_HOURS)}


def waiting_list_closes(starts_at: dt.datetime) -> dt.datetime:
    """From then on nothing is offered: seats given back go to whoever registers first."""
    return starts_at.astimezone(dt.UTC) - offer_terms()["cut_off"] - SHORTEST_OFFER


def latest(asked_at: dt.datetime, *, starts_at: dt.datetime, zone: ZoneInfo, **terms: Any) -> dt.datetime:
    """The deadline of a seat whose mail has not left yet: it may be held until then, not longer."""
    return on_sending(asked_at, asked_at + LONGEST_WAIT, starts_at=starts_at, zone=zone, **terms)


def on_sending(
    asked_at: dt.datetime, sent_at: dt.datetime, *, starts_at: dt.datetime, zone: ZoneInfo, **terms: Any
) -> dt.datetime:
    """The deadline once the mail leaves; not earlier than the page promised when the seat was asked for.

    It could be: asked for a little more than two days before the start, and sent a little less. ``terms`` are those
    of ``deadline``.
    """
    asked_at = asked_at.astimezone(dt.UTC)
    held_from = min(sent_at, asked_at + LONGEST_WAIT)
    moments = [deadline(moment, starts_at=starts_at, zone=zone, **terms) for moment in (asked_at, held_from)]
    return max(moments, key=dt.datetime.timestamp)


def reminder(held_from: dt.datetime, expires_at: dt.datetime, *, zone: ZoneInfo) -> dt.datetime:
    """When to remind: in the last third of the hold, and the evening before rather than at night."""
    held_from, expires_at = held_from.astimezone(dt.UTC), expires_at.astimezone(dt.UTC)
    moment = (expires_at - min(REMIND_BEFORE, (expires_at - held_from) / 3)).astimezone(zone)
    if not _is_quiet(moment):
        return moment
    date = moment.date() if moment.time() >= QUIET_FROM else moment.date() - dt.timedelta(days=1)
    evening = dt.datetime.combine(date, EVENING_REMINDER, zone)
    return evening if evening > held_from + (expires_at - held_from) / 3 else moment


def _is_quiet(moment: dt.datetime) -> bool:
    return moment.time() >= QUIET_FROM or moment.time() < QUIET_UNTIL


def _out_of_quiet_hours(moment: dt.datetime) -> dt.datetime:
    if not _is_quiet(moment):
        return moment
    date = moment.date() + dt.timedelta(days=1) if moment.time() >= QUIET_FROM else moment.date()
    return dt.datetime.combine(date, QUIET_UNTIL, moment.tzinfo)


def _up_to_the_minute(moment: dt.datetime) -> dt.datetime:
    """The deadline is told to the minute: the seconds are the person's."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + dt.timedelta(minutes=1)
