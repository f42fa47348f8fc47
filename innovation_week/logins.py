"""Traces of who logged in, or tried to: useful when something happened, personal data afterwards."""

import datetime as dt

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

KEPT = dt.timedelta(days=180)


def forget_logins() -> None:
    """Erase ended sessions, and what is told of log-ins from longer ago than ``KEPT``."""
    SessionStore.clear_expired()
    for traces in (AccessAttempt, AccessFailureLog, AccessLog):
        traces.objects.filter(attempt_time__lt=timezone.now() - KEPT).delete()
