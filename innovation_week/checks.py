from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks


def state_theme_belongs_to_the_state(**kwargs: Any) -> list[checks.CheckMessage]:
    host = urlsplit(settings.SITE_URL).hostname or ""
    if settings.THEME != "state" or host.endswith(".gouv.fr"):
        return []
    return [
        checks.Warning(
            f"THEME=state is on at {host}, which is not a .gouv.fr address.",
            hint="Only the State may use its design system and Marianne: set THEME=neutral.",
            id="innovation_week.W001",
        )
    ]


def staff_log_in_asks_for_a_second_factor(**kwargs: Any) -> list[checks.CheckMessage]:
    if settings.SECOND_FACTOR == "required" or settings.DEMO:
        return []
    return [
        checks.Warning(
            "SECOND_FACTOR=optional: a stolen password is enough to read e-mail addresses and registrations.",
            hint="Remove the variable, or set SECOND_FACTOR=required.",
            id="innovation_week.W002",
        )
    ]
