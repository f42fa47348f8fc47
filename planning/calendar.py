"""Somebody's open tasks as iCalendar (RFC 5545), for their own calendar to read again and again.

All-day events rather than VTODO: most calendars on a phone or at work show no task of a subscription. They leave the
day free. What is done leaves the file; what is late stays at its day, and says so.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from icalendar import Calendar, Event, vUri

from innovation_week.back_office.limits import is_out_of_reach
from planning.models import Task

REFRESHED_EVERY = dt.timedelta(hours=4)


def task_calendar(tasks: Iterable[Task], *, reader: Any, now: dt.datetime) -> bytes:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", f"-//innovation week//tasks//{(get_language() or 'fr').upper()}")
    calendar.add("CALSCALE", "GREGORIAN")
    for name in ("NAME", "X-WR-CALNAME"):
        calendar.add(name, gettext("My planning tasks"))
    calendar.add("REFRESH-INTERVAL", REFRESHED_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", "PT4H")
    for task in tasks:
        calendar.add_component(_event(task, reader, now))
    return calendar.to_ical()


def _event(task: Task, reader: Any, now: dt.datetime) -> Event:
    url = settings.SITE_URL + reverse("admin:planning_task_change", args=[task.pk])
    event = Event()
    event.add("UID", f"task-{task.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("DTSTAMP", now.astimezone(dt.UTC))
    event.add("DTSTART", task.due_on)
    event.add("DTEND", task.due_on + dt.timedelta(days=1))  # the day after the last (3.6.1)
    event.add("SUMMARY", _summary(task, timezone.localdate(now)))
    about = "" if is_out_of_reach(reader, task.about) else task.about
    blocks = [str(about or ""), task.note, str(task.edition), url]
    event.add("DESCRIPTION", "\n\n".join(block for block in blocks if block))
    event.add("URL", vUri(url))
    event.add("TRANSP", "TRANSPARENT")
    return event


def _summary(task: Task, today: dt.date) -> str:
    words = f"{task.countdown} · {task.title}"
    return gettext("Late: %(task)s") % {"task": words} if task.is_late(today) else words
