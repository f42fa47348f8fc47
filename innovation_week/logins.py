"""Traces of who logged in, or tried to: useful when something happened, personal data afterwards."""

import datetime as dt

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session

from innovation_week import batches


def forget_logins(before: dt.datetime) -> int:
    """Erase what is told of log-ins before then; how many lines."""
    traces = (AccessAttempt, AccessFailureLog, AccessLog)
    return sum(batches.delete(model._default_manager.filter(attempt_time__lt=before)) for model in traces)


def forget_ended_sessions(now: dt.datetime) -> int:
    """Of browsers in which somebody was logged in."""
    return batches.delete(Session.objects.filter(expire_date__lt=now))
