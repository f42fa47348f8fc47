import logging
import re

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError

# A personal link is a right to act: whoever reads the logs must not hold it.
PERSONAL_LINK = re.compile(
    r"(/(?:B|billets|espace/(?:agenda|donnees)|espace|inscriptions|invitations|retroplanning)/)[^/\s?\"']+"
)


class MaskPersonalLinks(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        masked = PERSONAL_LINK.sub(r"\1[personal-link]", record.getMessage())
        record.msg, record.args = masked, None
        return True


class OneLineForExpectedErrors(logging.Filter):
    """A database away, or a page that somebody may not see, is no fault of ours: no traceback at each request."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, (OperationalError, InterfaceError)):
            reason = str(error).partition("\n")[0]
            record.msg, record.args = f"{record.getMessage()} ({type(error).__name__}: {reason})", None
        if isinstance(error, (OperationalError, InterfaceError, PermissionDenied)):
            record.exc_info = None
        return True
