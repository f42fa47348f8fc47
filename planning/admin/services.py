from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import transaction
from django.db.models import QuerySet, TextField
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.effects import INTERNAL, Effect
from innovation_week.back_office.history_admin import HistoryAdmin
from innovation_week.back_office.model_admin import InEditionFilter, LabelledFormSet, LabelledInline, without
from planning.admin.service_totals import totals
from planning.models import Service
from planning.models.service import unconfirmed

SEE_AMOUNTS = "planning.view_amount"


def untold(request: HttpRequest) -> set[str]:
    """Fields that the account may not read: amounts are for those who order."""
    return set() if request.user.has_perm(SEE_AMOUNTS) else {"amount"}


class ServiceFormSet(LabelledFormSet):
    @property
    def unconfirmed(self) -> list[str]:
        """What the page of the session announces, and no line confirms."""
        return [str(kind.label) for kind in unconfirmed(self.instance, (form.instance for form in self.initial_forms))]


class ServiceInline(LabelledInline):
    """On the form of a session. Contacts are on the page of the service."""

    model = Service
    formset = ServiceFormSet
    template = "admin/planning/service/inline.html"
    extra = 0
    show_change_link = True
    fields = ["kind", "label", "supplier", "state", "amount", "note"]
    formfield_overrides = {TextField: {"widget": AdminTextareaWidget(attrs={"rows": 2, "cols": 18})}}

    def effect(self, name: str) -> Effect:
        return INTERNAL

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = untold(request)
        return [field for field in self.fields if field not in hidden]

    def untold(self, request: HttpRequest) -> set[str]:
        return untold(request)


@admin.register(Service)
class ServiceAdmin(HistoryAdmin):
    introduction = _(
        "What sessions need from suppliers: asked for, ordered, then confirmed. Sign language and live captions that "
        "a session announces stay a point to check before publishing until a service here is confirmed."
    )
    guide = "prestations"
    when_empty = _("No service yet: add what a session needs, here or on the page of the session.")
    edition_lookup = "session__edition"
    sequence_lookup = "session__sequence"
    autocomplete_fields = ["session"]
    list_display = ["what", "of_session", "supplier", "contact", "state_word", "euros"]
    list_display_links = ["what"]
    list_filter = ["state", "kind", ("session__sequence", InEditionFilter)]
    list_select_related = ["session__sequence"]
    list_per_page = 100
    ordering = ["session__starts_at", "session__title", "kind", "pk"]
    search_fields = ["label__folded", "supplier__folded", "contact_name__folded", "session__title__folded"]
    search_help_text = _("What, supplier, contact or session; accents and capitals do not matter.")
    found_by = ["label", "supplier", "contact_name", "contact_email"]
    actions = ["order", "confirm"]
    fieldsets = [
        (None, {"fields": ["session", "kind", "label", "state", "amount"]}),
        (_("Supplier"), {"fields": ["supplier", "contact_name", "contact_email", "contact_phone"]}),
        (None, {"fields": ["note"]}),
    ]

    def untold(self, request: HttpRequest) -> set[str]:
        return untold(request)

    def found_detail(self, obj: Service) -> str:
        return " · ".join(part for part in (obj.supplier, obj.contact_name, str(obj.session)) if part)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return without(super().get_fieldsets(request, obj), untold(request))

    def get_list_display(self, request: HttpRequest) -> Any:
        return self.list_display[:-1] if untold(request) else self.list_display

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """A filter typed in the address would tell what the page does not show."""
        is_untold = lookup.split(LOOKUP_SEP)[0] in untold(request)
        return not is_untold and bool(super().lookup_allowed(lookup, value, request))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response: Any = super().changelist_view(request, extra_context)
        listed = getattr(response, "context_data", {}).get("cl")
        if listed is not None:
            response.context_data["totals"] = totals(listed.queryset, with_amounts=not untold(request))
        return response

    @admin.action(description=_("Mark as ordered"), permissions=["change"])
    def order(self, request: HttpRequest, queryset: QuerySet[Service]) -> None:
        self._set_state(request, queryset, Service.State.ORDERED)

    @admin.action(description=_("Mark as confirmed"), permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Service]) -> None:
        self._set_state(request, queryset, Service.State.CONFIRMED)

    def _set_state(self, request: HttpRequest, queryset: QuerySet[Service], state: Service.State) -> None:
        services = [*queryset.exclude(state__in=[state, Service.State.CANCELLED])]
        with transaction.atomic():
            for service in services:
                service.state = state
                service.save(update_fields=["state"])
        number = len(services)
        told = ngettext("%(number)d service is changed.", "%(number)d services are changed.", number)
        self.message_user(request, told % {"number": number}, messages.SUCCESS if number else messages.WARNING)

    @admin.display(description=_("what"), ordering="kind")
    def what(self, service: Service) -> str:
        kind: Any = service.get_kind_display()
        return format_html('{} <span class="under">{}</span>', kind, service.label) if service.label else kind

    @admin.display(description=_("session"), ordering="session__starts_at")
    def of_session(self, service: Service) -> str:
        return format_html('{} <span class="under">{}</span>', service.session, service.session.sequence)

    @admin.display(description=_("contact"))
    def contact(self, service: Service) -> str:
        reach = [part for part in (service.contact_email, service.contact_phone) if part]
        if not (service.contact_name or reach):
            return "–"
        lines = format_html_join("", '<span class="under">{}</span>', ((part,) for part in reach))
        return format_html("{} {}", service.contact_name, lines)

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, service: Service) -> str:
        state: Any = service.get_state_display()
        return format_html('<span class="state state-{}">{}</span>', service.state, state)

    @admin.display(description=_("€ excluding VAT"), ordering="amount")
    def euros(self, service: Service) -> str:
        if service.amount is None:
            return "–"
        return format_html(
            '<span class="hours">{}</span>', gettext("€%s") % number_format(service.amount, 2, force_grouping=True)
        )
