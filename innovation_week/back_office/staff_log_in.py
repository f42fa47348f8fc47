"""When the log-in of a member of the staff is complete, and when it ends: password, second factor, activity.

Asked by the administration at each request (``AdminSite``); the pages of the second factor are in
``second_factor.py``. Why it is so is told in docs/decisions/0009-second-factor.md.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY, devices_for_user

from innovation_week.demo import LOGIN

# Who holds one of these rights reads e-mail addresses, notes on people or messages.
PERSONAL_DATA = [
    "auth.view_user",
    "auth.change_user",  # to change is to see, also without the right to view
    "innovation_week.view_personalexport",
    "outbox.view_message",
    "outbox.change_message",
    "registrations.view_accessneed",
    "registrations.view_registration",
    "registrations.change_registration",
    "registrations.check_in_registration",  # the door of a session names those who are expected
    "speakers.change_candidacy",
    "speakers.change_speaker",
    "speakers.export_speaker",
]
LONGEST = dt.timedelta(hours=8)
_BEGAN, _SEEN, _HAS_DEVICE = "log_in_began", "log_in_seen", "log_in_has_device"
_SEEN_EVERY = 60  # seconds between two writes of the session


def begin(request: HttpRequest) -> None:
    """The password was right: the clocks start. A code given before, in the same browser, is worth nothing now."""
    request.session.pop(DEVICE_ID_SESSION_KEY, None)
    now = int(timezone.now().timestamp())
    has_device = any(True for _device in devices_for_user(request.user))
    request.session.update({_BEGAN: now, _SEEN: now, _HAS_DEVICE: has_device})


def has_ended(request: HttpRequest) -> bool:
    """Too long without a page, or too long in all."""
    now = timezone.now().timestamp()
    idle, whole = now - request.session.get(_SEEN, now), now - request.session.get(_BEGAN, now)
    return bool(idle > settings.STAFF_IDLE_MINUTES * 60 or whole > LONGEST.total_seconds())


def keep_alive(request: HttpRequest) -> None:
    now = int(timezone.now().timestamp())
    request.session.setdefault(_BEGAN, now)
    if now - request.session.get(_SEEN, 0) >= _SEEN_EVERY:
        request.session[_SEEN] = now


def sees_personal_data(user: Any) -> bool:
    return any(user.has_perm(right) for right in PERSONAL_DATA)


def is_complete(request: HttpRequest) -> bool:
    """The second factor was given, or none is asked of this account."""
    user: Any = request.user
    if user.is_verified():
        return True
    is_required = settings.SECOND_FACTOR == "required" and sees_personal_data(user)
    return not (is_required or request.session.get(_HAS_DEVICE))


def is_off() -> bool:
    """The demonstration does without, and says so."""
    return bool(settings.DEMO and settings.SECOND_FACTOR == "optional")


def is_everybodys(user: Any) -> bool:
    """The printed login of a demonstration: a telephone that somebody links to it would lock the others out."""
    return bool(is_off() and user.get_username() == LOGIN)


def manages_second_factor(request: HttpRequest) -> bool:
    """Whether the header leads there: for who has a telephone or needs one. Asks the database nothing."""
    user: Any = request.user
    has_one = user.is_verified() or request.session.get(_HAS_DEVICE)
    return bool(has_one or (sees_personal_data(user) and not is_everybodys(user)))


def has_device(request: HttpRequest) -> bool:
    return any(True for _device in devices_for_user(request.user))
