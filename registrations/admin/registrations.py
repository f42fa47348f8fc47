from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.history_admin import HistoryAdmin
from innovation_week.back_office.model_admin import InEditionFilter, ReadOnlyAdmin, ReadOnlyInline
from innovation_week.back_office.personal_export import Column, ExportsPeople
from registrations import tickets
from registrations.admin.check_in import ChecksIn
from registrations.admin.papers import PrintsPapers
from registrations.models import Employer, Registration, RegistrationQuerySet, Transition
from registrations.published import find
from registrations.services import cancel, send_links
from sessions.text import validate_one_line


@admin.register(Employer)
class EmployerAdmin(HistoryAdmin):
    introduction = _(
        "The list from which people choose their employer when they register; each carries its branch and region. "
        "Who is not in it types a name."
    )
    guide = "inscriptions-et-messages"
    when_empty = _("No employer yet: add those that most people will choose; the others type a name.")
    edition_lookup = "edition"
    list_display = ["name", "branch", "region"]
    list_filter = ["branch", "region"]
    search_fields = ["name__folded"]

    def get_readonly_fields(self, request: HttpRequest, obj: Employer | None = None) -> list[str]:
        return ["edition"] if obj else []


class TransitionInline(ReadOnlyInline):
    model = Transition
    fields = ["at", "to_state", "who", "reason"]
    readonly_fields = ["who"]

    @admin.display(description=_("by"))
    def who(self, transition: Transition) -> Any:
        words = {"person": _("the person"), "worker": _("the site")}
        return words.get(transition.actor, transition.actor)


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        validators=[validate_one_line],
        widget=AdminTextInputWidget,
        help_text=_("For the staff: it stays with the registration. The person receives the usual mail."),
    )


@admin.register(Registration)
class RegistrationAdmin(ChecksIn, PrintsPapers, ExportsPeople, ReadOnlyAdmin):
    introduction = _(
        "People write these lines themselves. To help somebody, cancel their registration or send them their link "
        "again: tick the line, then choose the action."
    )
    introductions = {
        "door": _(
            "Scan the picture of a ticket with the camera of your telephone, or type its code: spaces and capitals "
            "do not matter."
        ),
        "check_in": _("One tap lets the whole party in; a wrong one is undone on this page."),
    }
    guide = "inscriptions-et-messages"
    when_empty = _("Nobody is registered yet: publish sessions that take registrations, and tell people.")
    edition_lookup = "session__edition"
    sequence_lookup = "session__sequence"
    actions = ["cancel_registrations", "send_link"]
    inlines = [TransitionInline]
    list_display = ["person", "email", "session", "state_word", "employer_name", "created_at"]
    list_filter = ["state", ("session__sequence", InEditionFilter), "branch", "region"]
    list_select_related = ["session"]
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-pk"]
    search_fields = [
        "first_name__folded",
        "last_name__folded",
        "email__folded",
        "session__title__folded",
        "session__code",
    ]
    found_by = ["first_name", "last_name", "email"]
    search_help_text = _("Name, address, session or code of a ticket; accents and capitals do not matter.")
    fieldsets = [
        (None, {"fields": ["person", "email", "session", "state_word", "ticket"]}),
        (_("Employer"), {"fields": ["employer_name", "employer", "branch", "region"]}),
        (_("Times"), {"fields": ["created_at", "hold_started_at", "expires_at", "reminded_at", "language"]}),
    ]
    readonly_fields = ["person", "state_word", "ticket"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        registrations: QuerySet[Registration] = super().get_queryset(request)
        return registrations.select_related("session", "employer")

    def find_exactly(self, queryset: QuerySet, words: str) -> QuerySet:
        return tickets.with_code(queryset, words)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """A ticket that is read out at the door is found whatever the edition of the list."""
        if (found := self.find_exactly(queryset, search_term)).exists():
            return found, False
        return super().get_search_results(request, queryset, search_term)

    def found_detail(self, obj: Registration) -> str:
        return " · ".join([obj.email, obj.session.title, str(obj.get_state_display())])

    def export_columns(self) -> Sequence[Column]:
        return [
            (_("first name"), lambda row: row.first_name),
            (_("last name"), lambda row: row.last_name),
            (_("e-mail address"), lambda row: row.email),
            (_("code"), lambda row: row.session.code),
            (_("session"), lambda row: row.session.title),
            (_("start"), lambda row: row.session.starts_at),
            (_("state"), lambda row: row.get_state_display()),
            (_("Employer"), lambda row: row.employer_name),
            (_("branch of the civil service"), lambda row: row.get_branch_display()),
            (_("region"), lambda row: row.get_region_display()),
            (_("asked"), lambda row: row.created_at),
        ]

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("registrations.change_registration")

    @admin.action(description=_("Cancel the registrations, with a reason"), permissions=["act"])
    def cancel_registrations(self, request: HttpRequest, queryset: RegistrationQuerySet) -> HttpResponse | None:
        form = CancelForm(request.POST) if "reason" in request.POST else CancelForm()
        if form.is_bound and form.is_valid():
            self._cancel(request, queryset, form.cleaned_data["reason"])
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Cancel registrations"),
            "opts": self.opts,
            "registrations": queryset.live(),
            "ticked": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "form": form,
        }
        return TemplateResponse(request, "admin/registrations/registration/cancel.html", context)

    def _cancel(self, request: HttpRequest, queryset: QuerySet[Registration], reason: str) -> None:
        number = 0
        for registration in queryset.select_related("session__edition"):
            session = registration.session
            published = find(session.edition.slug, session.code)
            actor = request.user.get_username()
            number += cancel(registration, published, now=timezone.now(), actor=actor, reason=reason)
        told = ngettext("%(number)d registration is cancelled.", "%(number)d registrations are cancelled.", number)
        self.message_user(request, told % {"number": number}, messages.SUCCESS if number else messages.WARNING)

    @admin.action(description=_("Send the personal link again"), permissions=["act"])
    def send_link(self, request: HttpRequest, queryset: QuerySet[Registration]) -> None:
        """One mail per address, with all its links; the sender looks them up."""
        addresses = dict(queryset.order_by("pk").values_list("email", "language"))
        for email, language in addresses.items():
            send_links(email, language=language)
        number = len(addresses)
        told = ngettext("%(number)d mail is on its way.", "%(number)d mails are on their way.", number)
        self.message_user(request, told % {"number": number}, messages.SUCCESS)

    @admin.display(description=_("person"), ordering="last_name")
    def person(self, registration: Registration) -> str:
        return str(registration)

    @admin.display(description=_("ticket"))
    def ticket(self, registration: Registration) -> str:
        return tickets.grouped(tickets.code_of(registration))

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, registration: Registration) -> str:
        state: Any = registration.get_state_display()
        return format_html('<span class="state state-{}">{}</span>', registration.state, state)
