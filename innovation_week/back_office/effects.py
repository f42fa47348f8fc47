"""When what is written in a field acts; forms and the tables of their lines say it of each field.

A word for style sheets, and one for people.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

Effect = tuple[str, Any]
LIVE: Effect = ("live", _("Live"))
TO_PUBLISH: Effect = ("release", _("To publish"))
INTERNAL: Effect = ("internal", _("Internal"))
