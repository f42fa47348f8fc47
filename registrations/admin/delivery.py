"""Whether the mails about a registration arrive, and how to correct an address that they do not reach."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminEmailInputWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week import dates
from outbox.admin import KINDS
from outbox.models import Message
from outbox.reasons import Reason
from registrations import mails, undelivered
from registrations.corrections import change_address
from registrations.forms import EmailForm
from registrations.models import Registration
from registrations.published import find
from sessions.models import Session
from sessions.text import validate_one_line

LIST = "registrations_registration_changelist"


class MailFilter(admin.SimpleListFilter):
    """The dashboard's line links here, so it holds exactly what the line counts."""

    title = _("mail")
    parameter_name = "mail"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("lost", _("Does not arrive"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Registration]:
        return queryset.filter(pk__in=undelivered.not_reached()) if self.value() == "lost" else queryset


class AddressForm(EmailForm):
    """With the other registrations of the same address, which is as wrong there."""

    others = forms.BooleanField(required=False, initial=True)
    pass_note = forms.CharField(
        label=_("Despite the rule of the session, because"),
        max_length=300,
        required=False,
        validators=[validate_one_line],
        widget=AdminTextInputWidget,
        help_text=_("For an address that may not register itself: it stays with the registration."),
    )

    def __init__(self, *args: Any, others: int, has_rule: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_rule:
            del self.fields["pass_note"]
        self.fields["email"].widget = AdminEmailInputWidget(attrs={"autocomplete": "off"})
        self.fields["email"].label = gettext("Right address")
        if not others:
            del self.fields["others"]
            return
        self.fields["others"].label = ngettext(
            "Also for the %(number)d other registration with this address",
            "Also for the %(number)d other registrations with this address",
            others,
        ) % {"number": others}


class TellsOfMails(admin.ModelAdmin):
    """On the list which addresses mails do not reach; on the page what was sent, what became of it, and the remedy."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.address_view)
        return [
            path("<path:object_id>/adresse/", page, name="registrations_registration_address"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name == LIST:
            about = Concat(Value(mails.ABOUT), Cast(OuterRef("pk"), CharField()))
            lost = Message.objects.failed().filter(about=about).order_by("-pk")
            rows = rows.annotate(lost=Subquery(lost.values("pk")[:1]), reason=Subquery(lost.values("reason")[:1]))
        return rows

    @admin.display(description=_("e-mail address"), ordering="email")
    def address(self, registration: Any) -> str:
        if not registration.lost or registration.state not in Registration.LIVE:
            return str(registration.email)
        told = Reason(registration.reason).label if registration.reason else gettext("Mails do not arrive.")
        return format_html(
            '{} <span class="under"><span class="state state-bounced">{}</span></span>', registration.email, told
        )

    @admin.display(description=_("sent about it"))
    def mails_about(self, registration: Registration) -> str:
        about = Message.objects.filter(about=mails.about(registration)).defer("text", "html")
        lines = format_html_join("", "<li>{}</li>", ([mail_line(message)] for message in about))
        return format_html('<ul class="mails">{}</ul>', lines) if lines else gettext("Nothing yet.")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        registration: Any = self.get_object(request, object_id)
        may = registration is not None and self._may_correct(request, registration)
        return super().change_view(request, object_id, form_url, {"may_correct": may, **(extra_context or {})})

    def address_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        registration: Any = self.get_object(request, object_id)
        if registration is None or not self._may_correct(request, registration):
            raise PermissionDenied
        others = _others(self.get_queryset(request), registration)
        has_rule = any(each.session.eligibility == Session.Eligibility.DOMAINS for each in [registration, *others])
        data = request.POST if request.method == "POST" else None
        form = AddressForm(data, others=len(others), has_rule=has_rule)
        if form.is_valid():
            chosen = [registration, *(others if form.cleaned_data.get("others") else [])]
            if self._correct(request, form, chosen):
                return redirect("admin:registrations_registration_change", registration.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Correct the address"),
            "opts": self.opts,
            "registration": registration,
            "lost": Message.objects.failed().filter(about=mails.about(registration)).defer("text", "html"),
            "form": form,
        }
        return TemplateResponse(request, "admin/registrations/registration/address.html", context)

    def _may_correct(self, request: HttpRequest, registration: Registration) -> bool:
        acts = request.user.has_perm("registrations.change_registration")
        is_live = registration.state in Registration.LIVE
        return acts and is_live and self.has_view_permission(request, registration)

    def _correct(self, request: HttpRequest, form: AddressForm, registrations: list[Registration]) -> bool:
        """All of them, or none and the form says why."""
        email, actor = form.cleaned_data["email"], request.user.get_username()
        pass_note = form.cleaned_data.get("pass_note", "")
        try:
            with transaction.atomic():
                for registration in sorted(registrations, key=lambda each: each.session_id):
                    published = find(registration.session.edition.slug, registration.session.code)
                    change_address(registration, email, published, now=timezone.now(), actor=actor, pass_note=pass_note)
        except ValidationError as refused:
            form.add_error("email", refused.messages[0])
            return False
        told = gettext("The address is corrected. What did not arrive is on its way to %(email)s.")
        self.message_user(request, told % {"email": email}, messages.SUCCESS)
        return True


def _others(rows: QuerySet[Any], registration: Registration) -> list[Registration]:
    """Among those that the account sees."""
    same = rows.filter(email_key=registration.email_key, state__in=Registration.LIVE).exclude(pk=registration.pk)
    return list(same.select_related("session__edition"))


def mail_line(message: Message) -> str:
    """What it was, what became of it, when, and why it did not arrive."""
    state: Any = message.get_state_display()
    moment = timezone.localtime(message.reported_at or message.sent_at or message.created_at)
    parts = [
        str(KINDS.get(message.kind, message.kind)),
        format_html('<span class="state state-{}">{}</span>', message.state, state),
        dates.deadline(moment),
    ]
    if message.reason:
        parts.append(format_html("<strong>{}</strong>", Reason(message.reason).label))
    if message.replaced_by_id:
        parts.append(gettext("Sent again to the corrected address."))
    return format_html_join(" ", "{}", ([part] for part in parts))
