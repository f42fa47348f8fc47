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
