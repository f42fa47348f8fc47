from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """What every template knows of the installation: no query, the same for every visitor."""
    return {
        "theme": settings.THEME,
        "is_demo": settings.DEMO,
        "is_training": settings.TRAINING,
        "site_url": settings.SITE_URL,
    }
