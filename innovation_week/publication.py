"""Publishing: the release, and what follows from it for the people who are registered, in one transaction.

Whoever publishes, page or command, calls these; ``publishing`` knows nothing of who registers.
"""

from collections.abc import Callable, Collection
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from publishing import calling_off
from publishing import publish as releases
from publishing.models import Release
from registrations import notices
from sessions.models import Edition, Session


def publish(edition: Edition, *, tell_at_once: Collection[str] = (), user: User | None = None, **asked: Any) -> Release:
    """``publishing.publish.publish``. News of a session is drafted for who is registered; of these codes it is sent."""
    return _followed(lambda: releases.publish(edition, user=user, **asked), tell_at_once, user)


def cancel(session: Session, *, tell_at_once: Collection[str] = (), user: User | None = None, **asked: Any) -> Release:
    return _followed(lambda: calling_off.cancel(session, user=user, **asked), tell_at_once, user)


def postpone(
    session: Session, *, tell_at_once: Collection[str] = (), user: User | None = None, **asked: Any
) -> Release:
    return _followed(lambda: calling_off.postpone(session, user=user, **asked), tell_at_once, user)


@transaction.atomic
def _followed(make: Callable[[], Release], tell_at_once: Collection[str], user: User | None) -> Release:
    release = make()  # holds the edition from here on: nobody else publishes before the notices are drafted
    for notice in notices.draft(releases.release_before(release), release):
        if notice.session.code in tell_at_once:
            notices.send(notice, user=user, now=release.created_at)
    return release
