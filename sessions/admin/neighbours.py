"""The session before or after one in the list that the person came from: its filters, its order."""

import copy
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict

from sessions.models import Session

NEXT, PREVIOUS = 1, -1


def neighbour(model_admin: Any, request: HttpRequest, session: Session, step: int) -> int | None:
    """Primary key of the ``NEXT`` or ``PREVIOUS``, None at the end. Reads keys only, of one edition.

    A session that has left the list, being mended, still has its place in the order of all of them.
    """
    query = request.GET.get("_changelist_filters", "")
    listed = _changelist(model_admin, request, query) or _changelist(model_admin, request, "")
    every = listed.root_queryset.filter(edition=session.edition_id)
    order = every.order_by(*listed.get_ordering(request, every)).values_list("pk", flat=True)
    kept = {session.pk, *listed.queryset.order_by().values_list("pk", flat=True)}
    pks = [pk for pk in dict.fromkeys(order) if pk in kept]
    place = pks.index(session.pk) + step
    return pks[place] if 0 <= place < len(pks) else None


def _changelist(model_admin: Any, request: HttpRequest, query: str) -> Any:
    """As the list makes it, without its columns; None for filters that mean nothing."""
    asked = copy.copy(request)
    asked.GET = QueryDict(query)
    if any("\x00" in value for values in asked.GET.lists() for value in values[1]):
        return None  # PostgreSQL refuses it, once it is too late
    try:
        return admin.ModelAdmin.get_changelist_instance(model_admin, asked)
    except (IncorrectLookupParameters, SuspiciousOperation):
        return None
