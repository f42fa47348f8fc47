from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.staff import name_of
from planning.models import Task

COMING_DAYS = 14


class TaskStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("open", _("To do")),
            ("late", _("Late")),
            ("soon", _("In the next two weeks")),
            ("done", _("Done")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Task]:
        today = timezone.localdate()
        match self.value():
            case "open":
                found: QuerySet[Task] = queryset.open()
            case "late":
                found = queryset.late(today)
            case "soon":
                found = queryset.due_within(COMING_DAYS, today)
            case "done":
                found = queryset.done()
            case _other:
                found = queryset
        return found


class OwnerFilter(admin.SimpleListFilter):
    """Mine, nobody's, or those of one of the people who have some."""

    title = _("owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows, edition = model_admin.get_queryset(request).order_by(), chosen_edition(request)
        rows = rows.filter(edition=edition) if edition else rows
        people = model_admin.model.owner.get_queryset().filter(pk__in=rows.values("owner"))
        others = [(str(user.pk), name_of(user)) for user in people.order_by("last_name", "username")]
        return [("me", _("Mine")), ("none", _("Nobody’s")), *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        if value == "me":
            return queryset.filter(owner=request.user.pk)
        if value == "none":
            return queryset.filter(owner__isnull=True)
        return queryset.filter(owner=int(value)) if value.isdecimal() else queryset
