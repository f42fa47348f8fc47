"""Until when a seat is held. Pure functions of aware moments; ``zone`` is that of the session's venue."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings

# Nobody should lose a seat at night: a deadline in these hours waits for the morning.
QUIET_FROM = dt.time(20)
QUIET_UNTIL = dt.time(9)
NEAR_START = dt.timedelta(hours=48)

# A mail that leaves later than this after the request does not make the hold last longer.
LONGEST_WAIT = dt.timedelta(hours=24)

REMIND_BEFORE = dt.timedelta(hours=4)
EVENING_REMINDER = dt.time(18)


def deadline(held_from: dt.datetime, *, starts_at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """At least as long as promised, never in the quiet hours, never past the start, which has the last word."""
    # In UTC: two moments of one zone are compared and subtracted by their clocks, whatever the change of hour.
    held_from, starts_at = held_from.astimezone(dt.UTC), starts_at.astimezone(dt.UTC)
    is_near = starts_at - held_from < NEAR_START
    promised = dt.timedelta(hours=settings.HOLD_HOURS_NEAR_START if is_near else settings.HOLD_HOURS)
    end = _out_of_quiet_hours(_up_to_the_minute(held_from + promised).astimezone(zone))
    return min(end.astimezone(dt.UTC), starts_at).astimezone(zone)


def latest(asked_at: dt.datetime, *, starts_at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The deadline of a seat whose mail has not left yet: it may be held until then, not longer."""
    return on_sending(asked_at, asked_at + LONGEST_WAIT, starts_at=starts_at, zone=zone)


def on_sending(asked_at: dt.datetime, sent_at: dt.datetime, *, starts_at: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The deadline once the mail leaves; not earlier than the page promised when the seat was asked for.

    It could be: asked for a little more than two days before the start, and sent a little less.
    """
    asked_at = asked_at.astimezone(dt.UTC)
    held_from = min(sent_at, asked_at + LONGEST_WAIT)
    moments = [deadline(moment, starts_at=starts_at, zone=zone) for moment in (asked_at, held_from)]
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
