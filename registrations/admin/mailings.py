"""“Écrire aux inscrits”: from the list as it is filtered, after reading what three of them would receive."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.back_office.limits import sees_all
from innovation_week.back_office.model_admin import ReadOnlyAdmin
from innovation_week.back_office.personal_export import narrowed_to
from outbox.admin import masked
from outbox.services import queue_copy
from registrations import mailings
from registrations.models import Mailing, Registration
from registrations.models.mailing import LONGEST
from registrations.placeholders import check_typed
from sessions.text import validate_one_line

WRITE = "registrations.add_mailing"
LIST = "admin:registrations_mailing_changelist"
PREVIEWED = 3


class WriteForm(forms.Form):
    """``number`` is asked for by the button that sends only."""

    subject = forms.CharField(
        label=_("Subject"),
        max_length=200,
        validators=[validate_one_line, check_typed],
        widget=AdminTextInputWidget,
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST,
        validators=[check_typed],
        widget=AdminTextareaWidget,
        help_text=_("Plain text. {prenom}, {nom}, {seance} and {edition} become those of each person."),
    )
    number = forms.IntegerField(
        label=_("How many people receive it"),
        required=False,
        localize=True,  # also as it stands above: “1 156”
        help_text=_("To send, type the number that stands above."),
    )


@admin.register(Mailing)
class MailingAdmin(ReadOnlyAdmin):
    introduction = _(
        "What was written to registrants, to whom and by whom. A mail leaves ten minutes after it was sent: until then "
        "it can be called back whole."
    )
    introductions = {
        "write": _(
            "To the people of the list as it is filtered, one mail each. Read what three of them receive, have a test "
            "sent to you, then type how many they are."
        )
    }
    guide = "inscriptions-et-messages"
    when_empty = _("Nothing yet: “Write to registrants” stands above the list of registrations.")
    edition_lookup = "edition"
    limited_rights = "VAC"  # of what it wrote itself: other lists may hold registrants of any sequence
    list_display = ["subject", "narrowed", "mails", "written_by", "leaves_at", "called_back_at"]
    list_select_related = ["written_by"]
    search_fields = ["subject__folded"]
    fieldsets = [
        (None, {"fields": ["subject", "text", "narrowed", "mails"]}),
        (_("Times"), {"fields": ["created_at", "written_by", "leaves_at", "called_back_at"]}),
    ]

    def within_limits(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset if sees_all(request) else queryset.filter(written_by=request.user.pk)

    def _allows(self, request: HttpRequest, letter: str, obj: Any = None) -> bool:
        is_mine = sees_all(request) or obj is None or obj.written_by_id == request.user.pk
        return is_mine and super()._allows(request, letter, obj)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        back = view(require_POST(self.call_back_view))
        return [
            path("ecrire/", view(self.write_view), name="registrations_mailing_write"),
            path("<int:pk>/rappeler/", back, name="registrations_mailing_call_back"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        mailing = self.get_object(request, object_id)
        left = mailings.unsent(mailing).exists() if isinstance(mailing, Mailing) else False
        context = {"may_call_back": left and self._may_call_back(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def write_view(self, request: HttpRequest) -> HttpResponse:
        """The query of its address is that of the list."""
        people: Any = self.admin_site._registry[Registration]
        edition = chosen_edition(request)
        if not may_write(request) or not people.has_view_permission(request) or edition is None:
            raise PermissionDenied
        listed = people.get_changelist_instance(request)
        found = mailings.addressed(listed.queryset)
        form = WriteForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            data = form.cleaned_data
            if "test" in request.POST and found:
                self._send_test(request, mailings.preview(found[0], subject=data["subject"], text=data["text"]))
            if "send" in request.POST and self._is_number(form, len(found)):
                assert isinstance(request.user, User)
                mailing = mailings.send(
                    found,
                    edition=edition,
                    subject=data["subject"],
                    text=data["text"],
                    narrowed=narrowed_to(request, listed, people),
                    user=request.user,
                    now=timezone.now(),
                )
                self.log_addition(request, mailing, [{"added": {}}])
                told = gettext("It leaves in ten minutes. Until then, this page calls it back.")
                self.message_user(request, told, messages.SUCCESS)
                return redirect("admin:registrations_mailing_change", mailing.pk)
        return self._page(request, form, found, narrowed_to(request, listed, people))

    def call_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        mailing = self.get_object(request, str(pk))
        if not isinstance(mailing, Mailing) or not self._may_call_back(request):
            raise PermissionDenied
        number = mailings.call_back(mailing, now=timezone.now())
        told = ngettext("%(number)s mail does not leave.", "%(number)s mails do not leave.", number)
        self.message_user(
            request, told % {"number": localize(number)}, messages.SUCCESS if number else messages.WARNING
        )
        self.log_change(request, mailing, told % {"number": localize(number)})
        return redirect("admin:registrations_mailing_change", mailing.pk)

    def _may_call_back(self, request: HttpRequest) -> bool:
        return request.user.has_perm("registrations.change_mailing") and self.has_view_permission(request)

    def _is_number(self, form: WriteForm, number: int) -> bool:
        if form.cleaned_data["number"] == number and number:
            return True
        message = ngettext(
            "The list holds %(number)s person: type this number to send.",
            "The list holds %(number)s people: type this number to send.",
            number,
        )
        form.add_error("number", ValidationError(message, code="number", params={"number": localize(number)}))
        return False

    def _send_test(self, request: HttpRequest, message: Any) -> None:
        """To who writes, with the links masked: they would act for somebody else."""
        address = getattr(request.user, "email", "")
        if not address:
            self.message_user(request, gettext("Your account has no address: give it one first."), messages.WARNING)
            return
        message.text, message.html = masked(message, message.text), masked(message, message.html)
        message.subject = gettext("[Test] %(subject)s") % {"subject": message.subject}
        queue_copy(message, kind="registration_mailing_test", to=address)
        self.message_user(request, gettext("A test is on its way to %s.") % address, messages.SUCCESS)

    def _page(self, request: HttpRequest, form: WriteForm, found: list[Registration], narrowed: str) -> HttpResponse:
        written = form.is_bound and not {"subject", "text"} & set(form.errors)
        previews = []
        if written:
            data = form.cleaned_data
            previews = [mailings.preview(one, subject=data["subject"], text=data["text"]) for one in found[:PREVIEWED]]
        query = request.GET.urlencode()
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Write to registrants"),
            "opts": self.opts,
            "form": form,
            "number": len(found),
            "narrowed": narrowed,
            "previews": [(message.to, message.subject, masked(message, message.text)) for message in previews],
            "back": reverse("admin:registrations_registration_changelist") + (f"?{query}" if query else ""),
        }
        return TemplateResponse(request, "admin/registrations/mailing/write.html", context)


def may_write(request: HttpRequest) -> bool:
    """A list holds only whom the account sees: within its sequences, if it is limited to some."""
    return request.user.has_perm(WRITE)
