"""The staff registers somebody: with the form and the rules of everybody, confirmed at once if it vouches for them."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.back_office.limits import visible
from innovation_week.back_office.model_admin import AutocompleteInEdition
from innovation_week.session_times import day_and_hours
from registrations import door, services
from registrations.eligibility import is_by_rule
from registrations.forms import RegistrationForm
from registrations.models import Registration
from registrations.offer import Offer
from registrations.published import PublishedSession, find
from registrations.services import Applicant
from sessions.models import Session
from sessions.text import validate_one_line

EMPLOYERS = "employers-of-the-edition"  # id of the list of names


class SessionForm(forms.Form):
    """The session is chosen first: it says what is asked."""

    session = forms.ModelChoiceField(
        Session.objects.none(),
        label=_("Session"),
        error_messages={"invalid_choice": _("Choose a session of the edition that takes registrations.")},
    )


class ByHandForm(RegistrationForm):
    field_order = ["first_name", "last_name", "email", "employer", "meant", "branch", "region", "party", "attends"]

    requires_answers = False  # who answers the telephone does not know everything

    language = forms.ChoiceField(label=_("Language of the mails"), choices=settings.LANGUAGES, initial="fr")
    outcome = forms.ChoiceField(
        label=_("The seat"),
        choices=[
            ("held", _("To be confirmed: a mail asks the person for it")),
            ("confirmed", _("Confirmed at once: a mail tells the person")),
        ],
        initial="held",
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )
    wait = forms.BooleanField(
        label=_("Waiting list"), required=False, help_text=_("Where there are too few seats, rather than a refusal.")
    )

    pass_note = forms.CharField(
        label=_("Registered despite the rule, because"),
        max_length=300,
        required=False,
        validators=[validate_one_line],
        help_text=_("For somebody who may not register themselves: it stays with the registration."),
    )

    def __init__(self, *args: Any, published: PublishedSession, offer: Offer, at_the_door: bool, **kwargs: Any) -> None:
        super().__init__(*args, published=published, offer=offer, **kwargs)
        if offer.eligibility == Session.Eligibility.OPEN:
            del self.fields["pass_note"]
        # History says who of the staff it was; what the person needs is theirs to say.
        for name in ("registrar_name", "registrar_email", "access_need", "access_consent", "further_notice"):
            del self.fields[name]
        for name in self.question_names:
            self.fields[name].widget.attrs["class"] = "choices"
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"  # the browser knows the name of who types, not theirs
        self.fields["employer"].widget.attrs["list"] = EMPLOYERS
        self.fields["meant"].widget.attrs["class"] = "choices"
        outcome: Any = self.fields["outcome"]
        if at_the_door:
            outcome.choices = [*outcome.choices, ("present", _("Present: the person stands at the door; no mail"))]

    def visible_fields(self) -> list[forms.BoundField]:
        fields = super().visible_fields()
        return [field for field in fields if field.name != "meant" or self.is_proposing]

    def applicant(self, *, language: str = "") -> Applicant:
        return super().applicant(language=self.cleaned_data["language"])


class RegistersByHand(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are written by services, which this page calls."""
        may_add = request.user.has_perm(f"{self.opts.app_label}.add_{self.opts.model_name}")
        return may_add and self.has_view_permission(request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """``?session=12`` says which; without, it is asked."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        choice = self._session_form(request)
        session = choice.cleaned_data["session"] if choice.is_valid() else None
        if session is None:
            return self._page(request, {"form": choice, "media": self.media + choice.media})
        published = find(session.edition.slug, session.code)
        if published is None:
            told = gettext("“%s” is not published: nobody can be registered yet.") % session
            self.message_user(request, told, messages.WARNING)
            return redirect("admin:programme_session_change", session.pk)
        return self._register(request, session, published)

    def _session_form(self, request: HttpRequest) -> SessionForm:
        form = SessionForm(request.GET if "session" in request.GET else None)
        field: Any = form.fields["session"]
        edition = chosen_edition(request)
        sessions = Session.objects.filter(entry=Session.Entry.REGISTRATION).select_related("edition", "room__venue")
        field.queryset = visible(request, sessions)
        if edition:
            foreign_key = Registration._meta.get_field("session")
            field.widget = AutocompleteInEdition(foreign_key, self.admin_site, edition, choices=field.choices)
        return form

    def _register(self, request: HttpRequest, session: Session, published: PublishedSession) -> HttpResponse:
        now = timezone.now()
        form = ByHandForm(
            request.POST if request.method == "POST" else None,
            published=published,
            offer=Offer.of(published, now),
            at_the_door=may_admit(request.user) and door.is_open(published, now),
        )
        if form.is_bound and form.is_valid():
            try:
                registration = self._made(request, form, published)
            except ValidationError as refused:
                form.add_error("pass_note" if is_by_rule(refused) and "pass_note" in form.fields else None, refused)
            else:
                is_new = registration.created_at >= now
                told = gettext("This person was registered already: nothing is changed.")
                if is_new:
                    told = gettext("Registered: %s.") % registration.get_state_display()
                self.message_user(request, told, messages.SUCCESS if is_new else messages.WARNING)
                return redirect("admin:registrations_registration_change", registration.pk)
        when = ", ".join(day_and_hours(session))
        return self._page(request, {"form": form, "session": session, "when": when, "employers": EMPLOYERS})

    def _made(self, request: HttpRequest, form: ByHandForm, published: PublishedSession) -> Registration:
        applicant, now, actor = form.applicant(), timezone.now(), request.user.get_username()
        pass_note = form.cleaned_data.get("pass_note", "")
        if form.cleaned_data["outcome"] == "present":
            return door.register_at_the_door(published, applicant, now=now, actor=actor, pass_note=pass_note)
        return services.register(
            published,
            applicant,
            now=now,
            wait=form.cleaned_data["wait"],
            is_vouched_for=form.cleaned_data["outcome"] == "confirmed",
            actor=actor,
            pass_note=pass_note,
        )

    def _page(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Register somebody"),
            "introduction": gettext(
                "The form and the rules are those of everybody; that you wrote it is kept. Ask the person before you "
                "give their name."
            ),
            "opts": self.opts,
            **context,
        }
        return TemplateResponse(request, "admin/registrations/registration/by_hand.html", context)


def may_admit(user: Any) -> bool:
    return bool(user.has_perm("registrations.check_in_registration"))
