"""Filters of the list of sessions; the dashboard's cards link to them, so each holds exactly what a card counts."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from innovation_week.dashboard import unpublished_changes
from sessions.models import Session
from speakers.casting import with_unfilled_roles


class ToDoFilter(admin.SimpleListFilter):
    title = _("task")
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("unpublished", _("Unpublished changes")),
            ("roles", _("Roles to fill")),
            ("room", _("Without room")),
            ("seats", _("Almost full")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Session]:
        narrow: dict[str | None, Callable[[], QuerySet[Session]]] = {
            "unpublished": lambda: queryset.filter(code__in=unpublished_changes(request).codes),
            "roles": lambda: with_unfilled_roles(queryset.alive()),
            "room": queryset.without_room,
            "seats": queryset.almost_full,
        }
        return narrow.get(self.value(), lambda: queryset)()
