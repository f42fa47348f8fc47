from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.history_admin import HistoryAdmin
from innovation_week.back_office.model_admin import LabelledInline
from venues.models import Room, Venue


class RoomInline(LabelledInline):
    model = Room
    extra = 0
    fields = ["name", "slug", "floor", "capacity", "step_free", "hearing_loop"]
    prepopulated_fields = {"slug": ["name"]}
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        return super().get_queryset(request).select_related("venue")  # their names hold it


@admin.register(Venue)
class VenueAdmin(HistoryAdmin):
    introduction = _(
        "A venue is a building with its rooms; it serves every edition. "
        "How to come and how accessible it is are printed in the programme."
    )
    guide = "construire-le-programme"
    when_empty = _("No venue yet: add a building, with its rooms.")
    list_display = ["name", "city", "n_rooms", "time_zone"]
    list_filter = ["city"]
    search_fields = ["name__folded", "city__folded", "address__folded"]
    found_by = ["name", "city", "address"]
    inlines = [RoomInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "address", "postcode", "city", "time_zone", "public_link"]}),
        (_("For visitors"), {"fields": ["access", "accessibility", "identity_notice"]}),
        (
            _("Access list"),
            {
                "fields": [
                    "has_access_list",
                    "access_list_hours",
                    "access_list_employer",
                    "access_list_email",
                    "access_list_recipient",
                ]
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Venue]:
        return super().get_queryset(request).annotate(rooms_count=Count("rooms"))

    def get_prepopulated_fields(self, request: HttpRequest, obj: Venue | None = None) -> dict[str, Any]:
        return {} if obj else {"slug": ["name"]}

    @admin.display(description=_("rooms"), ordering="rooms_count")
    def n_rooms(self, venue: Any) -> int:
        return venue.rooms_count


@admin.register(Room)
class RoomAdmin(HistoryAdmin):
    introduction = _(
        "The capacity is what the safety rules allow: a session that offers more seats cannot be published. "
        "Equipment is for the staff; access is told to the public."
    )
    guide = "construire-le-programme"
    when_empty = _("No room yet: add a venue first, then its rooms.")
    list_display = ["name", "venue", "floor", "capacity", "step_free", "hearing_loop"]
    list_filter = ["venue", "step_free", "hearing_loop"]
    list_select_related = ["venue"]
    search_fields = ["name__folded", "venue__name__folded"]
    found_by = ["name", "venue__name"]
    autocomplete_fields = ["venue"]
    fieldsets = [
        (None, {"fields": ["venue", "name", "slug", "floor", "capacity"]}),
        (_("Access"), {"fields": ["step_free", "hearing_loop"]}),
        (_("For the staff"), {"fields": ["equipment"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        # The answers of autocompletes print the venue too, and do not read list_select_related.
        return super().get_queryset(request).select_related("venue")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Room | None = None) -> dict[str, Any]:
        return {} if obj else {"slug": ["name"]}
