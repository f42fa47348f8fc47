"""Why a session takes somebody not, or not as many: what the person reads, and a state of the session as the code."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def refusal(state: str) -> ValidationError:
    messages = {
        "full": _("This session is full."),
        "not_yet": _("Registration for this session is not open yet."),
        "over": _("This session is over."),
        "cancelled": _("This session is cancelled."),
        "postponed": _("This session is postponed: its new date is not known yet."),
    }
    return ValidationError(messages.get(state, _("Registration for this session is closed.")), code=state)


def too_few(left: int) -> ValidationError:
    message = ngettext("Only %(left)d seat is left.", "Only %(left)d seats are left.", left)
    return ValidationError(message, code="too_few", params={"left": left})


def too_many_companions(most: int) -> ValidationError:
    message = ngettext("Bring at most %(most)d companion.", "Bring at most %(most)d companions.", most)
    return ValidationError(message, code="companions", params={"most": most})


def open_too_long() -> ValidationError:
    message = _("This page had been open for too long, or your browser refuses cookies. Please send the form again.")
    return ValidationError(message, code="csrf")


def refused_address(why: str) -> ValidationError:
    messages = {
        "over": _("This registration is over: nobody is written to about it."),
        "same": _("This is the address that the registration has already."),
    }
    return ValidationError(messages[why], code=why)
