"""Copies of sessions: what they take along is chosen; what happened to the first never comes with it."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.kept_filters import with_filters
from innovation_week.one_entry import one_entry
from registrations.questions import copy_questions
from sessions.models import Session
from speakers.models import Candidacy

if TYPE_CHECKING:
    from sessions.admin.listing import SessionListing

MOST_SESSIONS = 50
TITLE_LENGTH = 200
ALWAYS = ["edition", "sequence", "format", "is_slot"]
PARTS: dict[str, tuple[Any, list[str]]] = {
    "texts": (_("Texts and audiences"), ["lead", "text", "course", "note", "language"]),
    "time": (_("Day and time"), ["starts_at", "ends_at"]),
    "place": (_("Room"), ["room", "is_online"]),
    "seats": (
        _("Entry and seats"),
        ["entry", "seats", "eligibility", "eligible_domains", "eligible_subdomains"],
    ),
    "access": (_("Accessibility"), ["sign_language", "captions", "ask_before"]),
    "questions": (_("Questions of its form"), []),
    "owner": (_("Owner"), ["owner"]),
    "people": (_("People, to contact again"), []),
}
USUAL = ["texts", "seats", "access", "questions", "owner"]


class DuplicateForm(forms.Form):
    parts = forms.MultipleChoiceField(
        label=_("What to copy"),
        required=False,
        choices=[(name, label) for name, (label, _fields) in PARTS.items()],
        initial=USUAL,
        widget=forms.CheckboxSelectMultiple,
    )
    ids = forms.RegexField(r"\A\d{1,9}(,\d{1,9})*\Z", widget=forms.HiddenInput, max_length=10 * MOST_SESSIONS)


def duplicate(session: Session, parts: list[str]) -> Session:
    """An idea with a code of its own: no registration, no seat taken, not published. Within a transaction."""
    names = [*ALWAYS, *(name for part in parts for name in PARTS[part][1])]
    suffix = gettext(" (copy)")
    copy = Session(**{name: getattr(session, name) for name in names}, status=Session.Status.IDEA)
    copy.title = session.title[: TITLE_LENGTH - len(suffix)] + suffix
    with one_entry(copy):
        copy.save()
        if "texts" in parts:
            copy.audiences.set(session.audiences.all())
    if "questions" in parts:
        copy_questions(session, copy)
    if "people" in parts:
        _copy_people(session, copy)
    return copy


def _copy_people(session: Session, copy: Session) -> None:
    """Nobody has said yes to the copy; who declined or withdrew is not asked again."""
    gone = [Candidacy.Stage.DECLINED, Candidacy.Stage.WITHDRAWN, Candidacy.Stage.NOT_SELECTED]
    for candidacy in Candidacy.objects.filter(session=session).exclude(stage__in=gone).order_by("position", "pk"):
        Candidacy(
            session=copy,
            role=candidacy.role,
            speaker=candidacy.speaker,
            position=candidacy.position,
            stage=Candidacy.Stage.TO_CONTACT,
        ).save()


def start_duplicate(
    model_admin: "SessionListing", request: HttpRequest, queryset: QuerySet[Session]
) -> HttpResponse | None:
    """The action of the list."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    pks = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_SESSIONS + 1])
    if len(pks) > MOST_SESSIONS:
        messages.error(request, gettext("Choose at most %d sessions.") % MOST_SESSIONS)
        return None
    return _page(model_admin, request, DuplicateForm(initial={"ids": ",".join(map(str, pks))}), pks)


def duplicate_view(model_admin: "SessionListing", request: HttpRequest) -> HttpResponse:
    """From the form of a session by its address (``?ids=12``); made on POST."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    form = (
        DuplicateForm(request.POST)
        if request.method == "POST"
        else DuplicateForm(initial={"ids": request.GET.get("ids")})
    )
    ids = form["ids"].value() or ""
    pks = [int(number) for number in ids.split(",") if number.isdecimal() and len(number) < 10][:MOST_SESSIONS]
    if request.method != "POST" or not form.is_valid():
        return _page(model_admin, request, form, pks)
    parts = [part for part in form.cleaned_data["parts"] if part != "people" or _may_copy_people(request)]
    with transaction.atomic():
        chosen = model_admin.get_queryset(request).filter(pk__in=pks).order_by("starts_at", "title", "pk")
        copies = [duplicate(session, parts) for session in chosen]
        for copy in copies:
            model_admin.log_addition(request, copy, [{"added": {}}])
    messages.success(request, ngettext("%d copy is made.", "%d copies are made.", len(copies)) % len(copies))
    name, args = ("change", [copies[0].pk]) if len(copies) == 1 else ("changelist", [])
    return redirect(with_filters(model_admin, request, reverse(f"admin:programme_session_{name}", args=args)))


def _may_copy_people(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("speakers.add_candidacy"))


def _page(model_admin: "SessionListing", request: HttpRequest, form: DuplicateForm, pks: list[int]) -> HttpResponse:
    sessions = model_admin.get_queryset(request).filter(pk__in=pks).order_by("starts_at", "title", "pk")
    if not _may_copy_people(request):
        field: Any = form.fields["parts"]
        field.choices = [choice for choice in field.choices if choice[0] != "people"]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Duplicate"),
        "introduction": model_admin.introductions["duplicate"],
        "opts": model_admin.opts,
        "form": form,
        "sessions": sessions,
        "preserved_filters": model_admin.get_preserved_filters(request),
    }
    return TemplateResponse(request, "admin/programme/session/duplicate.html", context)
