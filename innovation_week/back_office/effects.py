"""When what is written in a field acts; forms and the tables of their lines say it of each field.

A word for style sheets, and one for people.
"""

from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

Effect = tuple[str, Any]
LIVE: Effect = ("live", _("Live"))
TO_PUBLISH: Effect = ("release", _("To publish"))
INTERNAL: Effect = ("internal", _("Internal"))


def mark(acts: Effect) -> SafeString:
    return mark_safe(f'<span class="effect effect-{acts[0]}">{escape(str(acts[1]))}</span>')
