"""Who made a change that no account made: a command, an import, a person with a link.

History keeps it as the reason of the change (see docs/decisions/0014-nothing-disappears.md).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.models import HistoricalRecords

from innovation_week import dates

_actor: ContextVar[str] = ContextVar("actor", default="")

LINK = "personal link"
WORDS = {
    LINK: gettext_lazy("a person, by their personal link"),
    "import": gettext_lazy("the import of a schedule"),
    "demo": gettext_lazy("the demonstration"),
    "manage.py work": gettext_lazy("the site itself"),
}
RESTORED = "restored "  # and the time of the version
PASSWORD = "password"
SECOND_FACTOR = "second factor"
REASONS = {
    PASSWORD: gettext_lazy("new password"),
    SECOND_FACTOR: gettext_lazy("second factor reset"),
}
RELEASE = "release "  # and the number of the release whose text a session went back to


@contextmanager
def acting_as(actor: str) -> Iterator[None]:
    """Changes made within are this actor's, unless an account makes them."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def name_the_actor(history_instance: Any, **_signal: Any) -> None:
    """Receiver of simple_history: a record without an account says who it is from."""
    if history_instance.history_user is None and not history_instance.history_change_reason:
        history_instance.history_change_reason = _current() or None


def _current() -> str:
    if actor := _actor.get():
        return actor
    if getattr(HistoricalRecords.context, "request", None) is not None:
        return LINK  # without an account, that is the only way to change what has a history
    program, *words = sys.argv
    return f"manage.py {words[0]}" if Path(program).name == "manage.py" and words else ""


def who(record: Any) -> str:
    """In words, of a historical record."""
    if record.history_user is not None:
        return record.history_user.get_full_name() or record.history_user.get_username()
    reason = record.history_change_reason or ""
    return str(WORDS.get(reason, "" if _is_reason(reason) else reason)) or "–"


def why(record: Any) -> str:
    """The reason of the change, in words; empty when what is kept there is its actor."""
    reason = record.history_change_reason or ""
    if reason.startswith(RESTORED) and (moment := parse_datetime(reason.removeprefix(RESTORED))):
        return _("restored as it was on %(moment)s") % {"moment": dates.deadline(timezone.localtime(moment))}
    if reason.startswith(RELEASE):
        return _("back to release %(number)s") % {"number": reason.removeprefix(RELEASE)}
    if reason in REASONS:
        return str(REASONS[reason])
    return reason if record.history_user is not None and reason not in WORDS else ""


def _is_reason(reason: str) -> bool:
    return reason in REASONS or reason.startswith((RESTORED, RELEASE))
