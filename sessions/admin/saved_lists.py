"""The lists of sessions that people come back to: links above the list, saved, renamed and removed by their owner."""

import dataclasses as dc
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.staff import name_of
from sessions.models import SavedList
from sessions.models.saved_list import MOST_CHARACTERS, lasting
from sessions.text import validate_one_line

if TYPE_CHECKING:
    from sessions.admin.listing import SessionListing

MOST_LISTS = 30  # of one person in one edition


class SaveForm(forms.ModelForm):
    name = forms.CharField(
        label=_("Name of the list"),
        max_length=60,
        validators=[validate_one_line],
        help_text=_(
            "It keeps the filters, the search and the order that the list had, not its sessions: "
            "those that match later come in too."
        ),
    )
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=MOST_CHARACTERS, strip=False)

    class Meta:
        model = SavedList
        fields = ("name", "is_shared", "query")

    def clean_query(self) -> str:
        return lasting(self.cleaned_data["query"])


class RenameForm(forms.ModelForm):
    name = forms.CharField(label=_("Name of the list"), max_length=60, validators=[validate_one_line])

    class Meta:
        model = SavedList
        fields = ("name", "is_shared")


@dc.dataclass(frozen=True, slots=True)
class Link:
    name: str
    query: str
    is_here: bool
    by: str = ""  # the colleague who shares it


def links(request: HttpRequest) -> list[Link]:
    """All, mine, then those saved. One query."""
    here = lasting_or_nothing(request.META.get("QUERY_STRING", ""))
    edition = chosen_edition(request)
    saved = SavedList.objects.seen_by(request.user).filter(edition=edition).select_related("owner")
    offered = [
        (gettext("All sessions"), "", ""),
        (gettext("My sessions"), urlencode({"owner__id__exact": request.user.pk}), ""),
        *((row.name, row.query, name_of(row.owner) if row.owner_id != request.user.pk else "") for row in saved),
    ]
    return [Link(name, query, query == here, by) for name, query, by in offered]


def lasting_or_nothing(query: str) -> str | None:
    try:
        return lasting(query)
    except ValidationError:
        return None


def lists_view(model_admin: "SessionListing", request: HttpRequest) -> HttpResponse:
    """What one has saved: each with its name, and a button to remove it; and the form that saves another."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    edition = chosen_edition(request)
    if edition is None:
        return redirect("admin:programme_session_changelist")
    mine = list(SavedList.objects.filter(owner=request.user.pk, edition=edition))
    query = request.GET.get("query")
    assert isinstance(request.user, User)
    new = SavedList(owner=request.user, edition=edition)
    posted = request.POST if request.method == "POST" else None
    save_form = SaveForm(posted if posted and "save" in posted else None, instance=new, initial={"query": query})
    forms_of = [
        RenameForm(
            posted if posted and posted.get("list") == str(row.pk) else None, instance=row, prefix=f"list-{row.pk}"
        )
        for row in mine
    ]
    if posted is not None and (done := _done(posted, save_form, forms_of, len(mine))):
        messages.success(request, done)
        return redirect("admin:programme_session_lists") if "save" not in posted else redirect(_address(new.query))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("My lists of sessions"),
        "introduction": model_admin.introductions["lists"],
        "opts": model_admin.opts,
        "form": save_form,
        "is_saving": query is not None or save_form.is_bound,
        "rows": forms_of,
    }
    return TemplateResponse(request, "admin/programme/session/lists.html", context)


def _address(query: str) -> str:
    return reverse("admin:programme_session_changelist") + (f"?{query}" if query else "")


def _done(posted: Any, save_form: SaveForm, rows: list[RenameForm], number: int) -> str:
    """What was done, in words; nothing when a form is to be corrected."""
    if "save" in posted:
        if number >= MOST_LISTS:
            save_form.add_error(None, gettext("Remove a list first: you have %d of them.") % number)
        elif save_form.is_valid() and _is_new(save_form):
            save_form.save()
            return gettext("The list is saved.")
        return ""
    row = next((row for row in rows if row.is_bound), None)
    if row is None:
        return gettext("This list is no longer there.")
    if "remove" in posted:
        row.instance.delete()
        return gettext("The list is removed; its sessions stay.")
    if row.is_valid() and _is_new(row):
        row.save()
        return gettext("The list is saved.")
    return ""


def _is_new(form: Any) -> bool:
    """Its owner and edition are not fields of the form, which Django would then not compare."""
    try:
        form.instance.validate_constraints()
    except ValidationError as error:
        form.add_error("name", error.messages)
        return False
    return True
