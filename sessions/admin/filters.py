"""Filters of the list of sessions; the dashboard links to them, so each holds exactly what a line counts."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from innovation_week.dashboard import unpublished_changes
from innovation_week.session_tasks import BY_WORD, SESSION_TASKS
from sessions.models import Session


class ToDoFilter(admin.SimpleListFilter):
    title = _("task")
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("unpublished", _("Unpublished changes")), *((task.word, task.name) for task in SESSION_TASKS)]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Session]:
        word = self.value()
        if word == "unpublished":
            return queryset.filter(code__in=unpublished_changes(request).codes)
        return queryset.filter(BY_WORD[word].condition) if word in BY_WORD else queryset
