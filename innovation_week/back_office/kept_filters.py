"""The filters of the list that somebody came from, carried from page to page as Django's own forms do.

Templates write ``{% add_preserved_filters address %}``; pages that send their reader elsewhere, ``with_filters``.
"""

from typing import Any

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.http import HttpRequest
from django.utils.http import urlencode

CARRIED = "_changelist_filters"  # Django's name for them


def carried(request: HttpRequest) -> str:
    """As templates know them; "" when the reader comes from no list."""
    filters = request.GET.get(CARRIED)
    return urlencode({CARRIED: filters}) if filters else ""


def with_filters(model_admin: Any, request: HttpRequest, address: str) -> str:
    """The address of a page, which carries them, or of the list, which shows them."""
    context = {"opts": model_admin.opts, "preserved_filters": model_admin.get_preserved_filters(request)}
    return str(add_preserved_filters(context, address))
