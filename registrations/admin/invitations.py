"""Invitations to a session: addresses pasted into a form, one mail each; what became of each, sent again or revoked."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget, AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.back_office.limits import visible
from innovation_week.back_office.model_admin import ReadOnlyAdmin
from innovation_week.session_times import day_and_hours
from outbox.models import Message
from registrations import invitations
from registrations.addresses import is_of_a_machine, is_too_long
from registrations.admin.delivery import mail_line
from registrations.admin.listing import SessionFilter
from registrations.models import Invitation, InvitationQuerySet, Registration
from sessions.models import Edition, Session

MOST = 500  # addresses at once
REFUSALS_NAMED = 10
LIST = "admin:registrations_invitation_changelist"
State = Invitation.State


class AddressesField(forms.CharField):
    """One address a line, or with commas or semicolons between them, as mail programmes copy them."""

    widget = AdminTextareaWidget

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value))
        for mark in "\n\r\t,;":
            text = text.replace(mark, "\n")
        found = [_address(words) for words in text.split("\n") if words.strip()]
        if len(found) > MOST:
            raise ValidationError(gettext("Give at most %d addresses at once.") % MOST, code="many")
        return found


def _address(words: str) -> str:
    """Out of “Alix Témoin <alix@example.org>” too."""
    address = words.rpartition("<")[2].strip().removesuffix(">").strip()
    try:
        validate_email(address)
        is_wrong = is_of_a_machine(address) or is_too_long(address)
    except ValidationError:
        is_wrong = True
    if is_wrong:
        raise ValidationError(gettext("“%s” is not an e-mail address.") % words.strip(), code="address")
    return address


class InviteForm(forms.Form):
    session = forms.ModelChoiceField(
        Session.objects.none(),
        label=_("Session"),
        help_text=_("Those that only invited people may register for, as their form says."),
    )
    addresses = AddressesField(
        label=_("Addresses"), help_text=_("One a line. Who is invited already receives nothing.")
    )
    last_day = forms.DateField(
        label=_("Good until"),
        widget=AdminDateWidget,
        help_text=_("The last day on which the link can be used. Registration must be open too."),
    )
    language = forms.ChoiceField(label=_("Language of the mails"), choices=settings.LANGUAGES, initial="fr")

    def offer(self, request: HttpRequest) -> None:
        """Choices within the edition and the rights of who asks."""
        field: Any = self.fields["session"]
        by_invitation = Session.objects.alive().filter(
            edition=chosen_edition(request),
            eligibility=Session.Eligibility.INVITATION,
            entry=Session.Entry.REGISTRATION,
            starts_at__gt=timezone.now(),
        )
        sessions = visible(request, by_invitation).select_related("edition", "room__venue").order_by("starts_at")
        field.queryset = sessions
        field.label_from_instance = lambda session: f"{', '.join(day_and_hours(session))} – {session.title}"


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [(str(value), label) for value, label in State.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Invitation]:
        edition = chosen_edition(request)
        day = _today(edition)
        kept = queryset.filter(revoked_at__isnull=True)
        unused = kept.filter(is_used=False, last_day__gte=day)
        now = timezone.now()
        match self.value():
            case State.OPENING:
                return unused.exclude(spent_until__gt=now)
            case State.SPENT:
                return unused.filter(spent_until__gt=now)
            case State.USED:
                return kept.filter(is_used=True)
            case State.ENDED:
                return kept.filter(is_used=False, last_day__lt=day)
            case State.REVOKED:
                return queryset.filter(revoked_at__isnull=False)
        return queryset


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    introduction = _(
        "Who is invited to a session that takes invited people only: each receives a link that serves once. Tick lines "
        "to send the link again, or to revoke it."
    )
    introductions = {
        "add": _(
            "Each address receives one mail, with a link of its own that serves once. Whoever holds the link may come "
            "in place of the person."
        )
    }
    guide = "les-invitations"
    when_empty = _("No invitation: choose “Invited people” on the form of a session, then invite them here.")
    edition_lookup = "session__edition"
    sequence_lookup = "session__sequence"
    actions = ["send_again", "revoke"]
    list_display = ["email", "session", "state_word", "mail", "last_day", "registered"]
    list_filter = [SessionFilter, StateFilter]
    list_select_related = ["session__edition"]
    search_fields = ["email__folded", "session__title__folded", "session__code"]
    found_by = ["email"]
    fieldsets = [
        (None, {"fields": ["email", "session", "state_word", "good_again", "registered", "last_day", "language"]}),
        (_("Mails"), {"fields": ["mails_about"]}),
        (_("Times"), {"fields": ["invited_at", "invited_by", "revoked_at", "revoked_by"]}),
    ]
    readonly_fields = ["state_word", "good_again", "mail", "registered", "mails_about"]

    def get_queryset(self, request: HttpRequest) -> InvitationQuerySet:
        found: InvitationQuerySet = super().get_queryset(request)
        about = Concat(Value(invitations.ABOUT), Cast(OuterRef("pk"), CharField()))
        last = Message.objects.filter(about=about).order_by("-pk").values("state")[:1]
        # One that was moved out of the sequence is not for every account that sees the invitation.
        here = {"invitation": OuterRef("pk"), "session__sequence": OuterRef("session__sequence")}
        using = Registration.objects.live().filter(**here)
        return found.with_use().annotate(
            mail_state=Subquery(last),
            used_by=Subquery(using.values("pk")[:1]),
            used_by_email=Subquery(using.values("email")[:1]),
        )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are written by services, which this page calls."""
        may_add = request.user.has_perm("registrations.add_invitation")
        return may_add and self.has_view_permission(request)

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("registrations.change_invitation") and self.has_view_permission(request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """``?session=12`` proposes which."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = InviteForm(request.POST if request.method == "POST" else None, initial=_proposed(request))
        form.offer(request)
        if form.is_valid() and (done := self._invite(request, form)):
            return done
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Invite"),
            "introduction": self.introductions["add"],
            "opts": self.opts,
            "form": form,
            "media": self.media + form.media,
            "back": reverse(LIST),
        }
        return TemplateResponse(request, "admin/registrations/invitation/invite.html", context)

    def _invite(self, request: HttpRequest, form: InviteForm) -> HttpResponse | None:
        """None, and the form says why, when nobody can be invited."""
        data = form.cleaned_data
        try:
            made = invitations.invite(
                data["session"],
                data["addresses"],
                last_day=data["last_day"],
                language=data["language"],
                now=timezone.now(),
                actor=request.user.get_username(),
            )
        except ValidationError as refused:
            form.add_error("last_day" if refused.code == "past" else "session", refused)
            return None
        told = ngettext("%(number)d person is invited.", "%(number)d people are invited.", len(made))
        self.message_user(request, told % {"number": len(made)}, messages.SUCCESS if made else messages.WARNING)
        return redirect(f"{reverse(LIST)}?session={data['session'].code}")

    @admin.action(description=_("Send the invitation again"), permissions=["act"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        number = self._each(request, queryset, lambda each: invitations.send_again(each, now=timezone.now()))
        told = ngettext("%(number)s mail is on its way.", "%(number)s mails are on their way.", number)
        self.message_user(
            request, told % {"number": localize(number)}, messages.SUCCESS if number else messages.WARNING
        )

    @admin.action(description=_("Revoke the invitation"), permissions=["act"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        actor = request.user.get_username()
        revoke = invitations.revoke
        number = self._each(request, queryset, lambda each: revoke(each, now=timezone.now(), actor=actor))
        told = ngettext("%(number)d invitation is revoked.", "%(number)d invitations are revoked.", number)
        self.message_user(request, told % {"number": number}, messages.SUCCESS if number else messages.WARNING)

    def _each(self, request: HttpRequest, queryset: QuerySet[Invitation], act: Any) -> int:
        number, refusals = 0, []
        for invitation in queryset.select_related("session__edition").order_by("pk")[:MOST]:
            try:
                number += bool(act(invitation))
            except ValidationError as refused:
                refusals.append(f"{invitation} – {refused.messages[0]}")
        for refusal in refusals[:REFUSALS_NAMED]:
            self.message_user(request, refusal, messages.WARNING)
        return number

    @admin.display(description=_("state"))
    def state_word(self, invitation: Invitation) -> str:
        state = invitation.state_at(timezone.now(), _today(invitation.session.edition))
        return format_html('<span class="state state-{}">{}</span>', state, state.label)

    @admin.display(description=_("good again from"))
    def good_again(self, invitation: Invitation) -> str:
        """Who gave an address that is registered took nothing, and the page could not say so."""
        is_spent = invitation.state_at(timezone.now(), _today(invitation.session.edition)) == State.SPENT
        if not is_spent or invitation.spent_until is None:
            return "–"
        moment = formats.date_format(timezone.localtime(invitation.spent_until), "DATETIME_FORMAT")
        return gettext("%(moment)s, or as soon as the link is sent again") % {"moment": moment}

    @admin.display(description=_("mail"))
    def mail(self, invitation: Any) -> str:
        return str(Message.State(invitation.mail_state).label) if invitation.mail_state else "–"

    @admin.display(description=_("registered by it"))
    def registered(self, invitation: Any) -> str:
        """For who sees registrations: on this page, all who see the invitation do."""
        if not invitation.used_by:
            return "–"
        address = reverse("admin:registrations_registration_change", args=[invitation.used_by])
        return format_html('<a href="{}">{}</a>', address, invitation.used_by_email)

    @admin.display(description=_("sent about it"))
    def mails_about(self, invitation: Invitation) -> str:
        about = invitations.messages_about([invitation]).defer("text", "html").order_by("pk")
        lines = format_html_join("", "<li>{}</li>", ([mail_line(message)] for message in about))
        return format_html('<ul class="mails">{}</ul>', lines) if lines else gettext("Nothing yet.")


def _today(edition: Edition | None) -> dt.date:
    return invitations.today(edition, timezone.now()) if edition else timezone.localdate()


def _proposed(request: HttpRequest) -> dict[str, Any]:
    """The session that the page was opened from, and its day."""
    asked = request.GET.get("session", "")
    found = Session.objects.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 10 else None
    if found is None or found.starts_at is None:
        return {}
    return {"session": found.pk, "last_day": timezone.localtime(found.starts_at).date()}
