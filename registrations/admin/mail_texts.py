"""The words of the mails: every mail in every language, what may stand in each, and how it looks for real people."""

import dataclasses as dc
from typing import Any

from csp.decorators import csp
from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import chosen_edition, show_edition
from innovation_week.back_office.history_admin import HistoryAdmin
from innovation_week.back_office.limits import visible
from outbox.admin import masked
from registrations import mail_preview
from registrations.delivered_mails import MAILS
from registrations.mail_kinds import Wording
from registrations.models import Invitation, MailText, Registration
from registrations.placeholders import PLACEHOLDERS
from sessions.models import Edition

FIELDS = ("subject", "heading", "body")
KEY = ("edition", "kind", "language")  # which text it is
PREVIEWED = 3
LIST = "admin:registrations_mailtext_changelist"


class PersonForm(forms.Form):
    """For whom the preview is."""

    qui = forms.CharField(  # not q, which the search of every page takes
        label=_("To somebody else"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "class": "vTextField"}),
        help_text=_("Name, address, session or code of a ticket; accents and capitals do not matter."),
    )


@dc.dataclass(frozen=True, slots=True)
class Cell:
    """A mail in a language, in the list."""

    language: str
    name: str
    url: str
    state: str  # delivered, edited or outdated


@admin.register(MailText)
class MailTextAdmin(HistoryAdmin):
    introduction = _(
        "What people are told in each mail, in each language. The delivered text leaves until this edition has its "
        "own; the history keeps what was written, and the delivered text is always one step away."
    )
    form_introduction = _(
        "A change acts on the mails that leave from now on. The placeholders become the words of each person; "
        "“Preview” shows it before it is saved."
    )
    introductions = {
        "preview": _(
            "As the mail would leave to the last who registered, or to whom you look for; their links are masked. "
            "Nothing is saved."
        ),
        "delete": _("The delivered text leaves from now on. This one stays in the history, which can bring it back."),
    }
    guide = "les-textes-des-courriels"
    guides = {"delete": "les-textes-des-courriels"}
    edition_lookup = "edition"
    fieldsets = [(None, {"fields": [*KEY, *FIELDS]})]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("apercu/", view(self.preview_view), name="registrations_mailtext_preview"),
            path("mise-en-page/", view(self.layout_view), name="registrations_mailtext_layout"),
            *super().get_urls(),
        ]

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """A text is begun from the list, by the mail that it is of."""
        return super().get_model_perms(request) | {"add": False}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        edition = chosen_edition(request)
        texts = MailText.objects.filter(edition=edition) if edition else MailText.objects.none()
        edited = {(text.kind, text.language): text for text in texts}
        rows = [
            (
                mail.name,
                [self._cell(request, kind, code, edited.get((kind, code))) for code, _name in settings.LANGUAGES],
            )
            for kind, mail in MAILS.items()
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Texts of mails"),
            "opts": self.opts,
            "rows": rows if edition else [],
            "languages": [name for _code, name in settings.LANGUAGES],
            "deleted_url": self.restore_url("deleted") if self.has_add_permission(request) else "",
        }
        return TemplateResponse(request, "admin/registrations/mailtext/list.html", context)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Of a mail that has its text already, that text."""
        key, edition = _key(request.GET), chosen_edition(request)
        found = MailText.objects.filter(edition=edition, **key).first() if edition and request.GET else None
        if found is not None and request.method == "GET":
            return redirect("admin:registrations_mailtext_change", found.pk)
        return super().add_view(request, form_url, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        found: Any = self.get_object(request, object_id) if object_id else None
        edition = found.edition if found else chosen_edition(request)
        key = {"kind": found.kind, "language": found.language} if found else _key(request.GET or request.POST)
        context = {"placeholders": _explained(key["kind"]), "show_save_and_add_another": False, **(extra_context or {})}
        if key["kind"] in MAILS:
            name, language = MAILS[key["kind"]].name, dict(settings.LANGUAGES)[key["language"]]
            context |= {"title": f"{name} – {language}", "note": MAILS[key["kind"]].note}
        if edition:
            context["preview_query"] = _query(edition, **key)
        if found and self.has_delete_permission(request, found):
            context |= {"show_delete": False, "revert_url": self.restore_url("delete", found.pk)}
        return super().changeform_view(request, object_id, form_url, context)

    def get_readonly_fields(self, request: HttpRequest, obj: MailText | None = None) -> list[str]:
        return ["edition"] if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: MailText | None = None) -> Any:
        """Which mail it is, the title says."""
        return [(None, {"fields": [*(["edition"] if obj else KEY), *FIELDS]})]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in KEY:
            field.widget = forms.HiddenInput()
        elif field is not None and db_field.name == "body":
            field.widget.attrs["rows"] = 18
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The delivered words, to begin with."""
        key = _key(request.GET)
        return super().get_changeform_initial_data(request) | key | dc.asdict(_delivered(**key))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.outdated_since = None  # its check has let it through
        super().save_model(request, obj, form, change)

    def after_restoring(self, request: HttpRequest, obj: Any, names: Any) -> None:
        MailText.objects.filter(pk=obj.pk).update(outdated_since=None)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": gettext("Back to the delivered text"), **(extra_context or {})}
        return super().delete_view(request, object_id, context)

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """Of what was just typed, or of what leaves now."""
        text = self._asked(request)
        errors = _problems(text)
        search = PersonForm(request.POST if request.method == "POST" else request.GET)
        words = search.cleaned_data["qui"] if search.is_valid() else ""
        people: list[Any] = []
        if not (errors or search.errors):
            people = self._guests(request, text, words) or self._people(request, text, words)
        pairs = [pair for one in people if (pair := mail_preview.to_somebody(one))]
        is_invented = not (pairs or words or search.errors)
        shown = [mail_preview.to_nobody(text.edition)] if is_invented else pairs
        previews = [] if errors else [(*pair, self._message(request, text, *pair)) for pair in shown]
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Preview: %(mail)s") % {"mail": text},
            "opts": self.opts,
            "faults": errors,
            "previews": [(*pair, message, masked(message, message.text)) for *pair, message in previews],
            "is_invented": is_invented,
            "is_example": text.kind == "invitation" and any(isinstance(one, Registration) for one in people),
            "for_guests": any(isinstance(one, Invitation) for one in people),
            "form": search if self._may_see_people(request) else None,
            "is_sought": bool(words),
            "text": text,
            "query": _query_of(text),
        }
        return TemplateResponse(request, "admin/registrations/mailtext/preview.html", context)

    # A mail carries its own styles. Nothing else may load or run, and the page has no origin to act from.
    @method_decorator(csp({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "sandbox": []}))
    def layout_view(self, request: HttpRequest) -> HttpResponse:
        text = self._asked(request)
        if _problems(text):
            raise Http404(gettext("This text cannot be sent: its preview says why."))
        pair = mail_preview.to_nobody(text.edition)
        for rows, field in ((self._registrations, "person"), (self._invitations, "guest")):
            if not (pk := request.POST.get(field, "")).isdecimal():
                continue
            person = rows(request, text.edition).filter(pk=pk).first()
            found = mail_preview.to_somebody(person) if person else None
            if found is None:
                raise Http404(gettext("Nobody is to be told."))
            pair = found
        message = self._message(request, text, *pair)
        return HttpResponse(masked(message, message.html))

    def _asked(self, request: HttpRequest) -> MailText:
        """Not saved: the words of the form, else those that leave now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        key, pk = _key(request.GET), request.GET.get("edition", "")
        edition = get_object_or_404(Edition, pk=pk) if pk.isdecimal() else chosen_edition(request)
        if edition is None:
            raise Http404
        show_edition(request, edition.pk)
        if request.method == "POST":
            typed = {name: request.POST.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
            return MailText(edition=edition, **key, **typed)
        saved = MailText.objects.filter(edition=edition, **key).first()
        return saved or MailText(edition=edition, **key, **dc.asdict(_delivered(**key)))

    def _registrations(self, request: HttpRequest, edition: Edition) -> Any:
        """Of whom the account may see; the others write to somebody invented."""
        people = Registration.objects.filter(session__edition=edition).select_related("session__edition")
        return visible(request, people) if self._may_see_people(request) else people.none()

    def _invitations(self, request: HttpRequest, edition: Edition) -> Any:
        """Those that lead somewhere still, of whom the account may see."""
        found = Invitation.objects.filter(session__edition=edition, revoked_at__isnull=True)
        may_see = self.admin_site._registry[Invitation].has_view_permission(request)
        return visible(request, found.select_related("session__edition")) if may_see else found.none()

    def _guests(self, request: HttpRequest, text: MailText, words: str) -> list[Invitation]:
        """Of the mail that no registration has: the last who were invited, or those found as in their list."""
        if text.kind != "invitation":
            return []
        guests = self._invitations(request, text.edition)
        if words:
            guests = self.admin_site._registry[Invitation].get_search_results(request, guests, words)[0]
        return list(guests.order_by("-invited_at", "-pk")[:PREVIEWED])

    def _may_see_people(self, request: HttpRequest) -> bool:
        return self.admin_site._registry[Registration].has_view_permission(request)

    def _people(self, request: HttpRequest, text: MailText, words: str) -> list[Registration]:
        """Those found as in the list of registrations; without words, the last who registered, once each."""
        people = self._registrations(request, text.edition).order_by("-created_at", "-pk")
        if words and self._may_see_people(request):
            listed = self.admin_site._registry[Registration]
            people = listed.get_search_results(request, people, words)[0]
            if "rendez_vous" in MAILS[text.kind].placeholders:
                return list(people[:PREVIEWED])  # each of their sessions has its mail
        else:
            people = people.live()
        latest = people[: PREVIEWED * 10]
        return list({person.email_key: person for person in reversed(latest)}.values())[::-1][:PREVIEWED]

    def _message(self, request: HttpRequest, text: MailText, person: Any, published: Any) -> Any:
        if isinstance(person, Invitation):
            return mail_preview.of_invitation(text.wording, person, published, text.language)
        return self._message_to_registrant(request, text, person, published)

    def _message_to_registrant(
        self, request: HttpRequest, text: MailText, registration: Registration, published: Any
    ) -> Any:
        own: Any = [registration]
        if text.kind == "links" and registration.pk:
            own = self._registrations(request, text.edition).filter(email_key=registration.email_key)
        return mail_preview.preview(text.kind, text.wording, registration, published, text.language, own=list(own))

    def _cell(self, request: HttpRequest, kind: str, language: str, text: MailText | None) -> Cell:
        name = str(dict(settings.LANGUAGES)[language])
        if text is not None:
            state = "outdated" if _problems(text) else "edited"
            return Cell(language, name, self.restore_url("change", text.pk), state)
        page = "add" if self.has_add_permission(request) else "preview"
        query = QueryDict(mutable=True)
        query.update({"kind": kind, "language": language})
        return Cell(language, name, f"{self.restore_url(page)}?{query.urlencode()}", "delivered")


def _key(asked: Any) -> dict[str, str]:
    """Of a known mail and language, whatever is asked."""
    languages = dict(settings.LANGUAGES)
    kind, language = asked.get("kind", ""), asked.get("language", "")
    return {
        "kind": kind if kind in MAILS else next(iter(MAILS)),
        "language": language if language in languages else next(iter(languages)),
    }


def _query(edition: Edition, kind: str, language: str) -> str:
    query = QueryDict(mutable=True)
    query.update({"edition": str(edition.pk), "kind": kind, "language": language})
    return query.urlencode()


def _query_of(text: MailText) -> str:
    return _query(text.edition, text.kind, text.language)


def _delivered(kind: str, language: str) -> Wording:
    with translation.override(language):
        return MAILS[kind].wording


def _problems(text: MailText) -> list[str]:
    """What stands in the way of sending it."""
    try:
        text.full_clean(exclude=KEY, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        labels = {field.name: capfirst(field.verbose_name) for field in text._meta.fields if field.name in FIELDS}
        return [
            f"{labels[name]} – {message}" if name in labels else message
            for name, messages in error.message_dict.items()
            for message in messages
        ]
    return []


def _explained(kind: str) -> list[tuple[str, Any, bool]]:
    """The placeholders of a mail, and whether its text must hold them."""
    if kind not in MAILS:
        return []
    mail = MAILS[kind]
    return [(name, PLACEHOLDERS[name], name in mail.all_required) for name in mail.placeholders]
