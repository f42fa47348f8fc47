"""“Coller des séances”: lines copied from a spreadsheet, read, shown, then made: all of them or none."""

import datetime as dt
import hashlib
import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.back_office.limits import visible
from innovation_week.staff import StaffChoiceField, name_of, open_accounts
from sessions.admin.filters import PastedFilter, days_of
from sessions.models import Edition, Format, Sequence, Session
from sessions.pasted import COLUMNS, MOST_CHARACTERS, Choices, Line, Table, read_lines, read_table
from venues.room_names import RoomNames

if TYPE_CHECKING:
    from sessions.admin.listing import SessionListing


class PasteForm(forms.Form):
    """The cells, and what an empty one stands for."""

    sequence = forms.ModelChoiceField(Sequence.objects.none(), label=_("Sequence"), required=False)
    format = forms.ModelChoiceField(
        Format.objects.none(), label=_("Format"), required=False, empty_label=_("The usual one of the sequence")
    )
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    start = forms.TimeField(
        label=_("Start"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    minutes = forms.IntegerField(label=_("Length in minutes"), min_value=5, max_value=3 * 24 * 60, initial=60)
    owner = StaffChoiceField(User.objects.none(), label=_("Owner"), required=False)
    status = forms.ChoiceField(
        label=_("State"),
        choices=[(state.value, state.label) for state in (Session.Status.IDEA, Session.Status.DESIGN)],
        initial=Session.Status.DESIGN,
    )
    text = forms.CharField(
        label=_("Cells"),
        strip=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 80, "wrap": "off", "spellcheck": "false"}),
        help_text=_(
            "With a first line of titles, in any order, or without one in this order: title, sequence, format, day, "
            "start, end or length, room, seats, owner, slot (yes or no). Titles alone will do."
        ),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def offer(self, request: HttpRequest, edition: Edition) -> None:
        """Choices within the edition and the rights of who asks."""
        fields: Any = self.fields
        fields["sequence"].queryset = visible(request, Sequence.objects.filter(edition=edition)).select_related(
            "format"
        )
        fields["format"].queryset = Format.objects.all()
        fields["owner"].queryset = open_accounts()


def paste_view(model_admin: "SessionListing", request: HttpRequest) -> HttpResponse:
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    edition = chosen_edition(request)
    if edition is None:
        messages.info(request, gettext("Make an edition first: a programme belongs to one."))
        return redirect("admin:programme_edition_changelist")
    form = PasteForm(request.POST if request.method == "POST" else None, initial={"token": uuid.uuid4()})
    form.offer(request, edition)
    table, lines = _read(form, edition) if form.is_bound and form.is_valid() else (None, [])
    is_read = bool(lines) and not any(line.errors for line in lines)
    if is_read and "make" in request.POST:
        if form.cleaned_data["seen"] == _fingerprint(form):
            return _make(model_admin, request, form, edition, lines)
        messages.warning(request, gettext("The cells have changed since they were read. Look at them again."))
    if table:
        form.data = {**dict(form.data.items()), "seen": _fingerprint(form)}
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Paste sessions"),
        "opts": model_admin.opts,
        "form": form,
        "table": table,
        "lines": lines,
        "headings": [capfirst(COLUMNS[name]) for name in _columns(lines)],
        "faults": sum(len(line.errors) for line in lines),
        "is_read": is_read,
    }
    return TemplateResponse(request, "admin/programme/session/paste.html", context)


def _columns(lines: list[Line]) -> list[str]:
    """Those that were pasted, then those that an error speaks of: every line gets all of them."""
    found = {cell.column for line in lines for cell in line.cells}
    names = [name for name in COLUMNS if name in found]
    for line in lines:
        by_column = {cell.column: cell for cell in line.cells}
        line.cells = [by_column.get(name) or type(line.cells[0])(name, "") for name in names]
    return names


def _read(form: PasteForm, edition: Edition) -> tuple[Table | None, list[Line]]:
    try:
        table = read_table(form.cleaned_data["text"])
    except ValidationError as error:
        form.add_error("text", error)
        return None, []
    return table, read_lines(table, _choices(form, edition))


def _choices(form: PasteForm, edition: Edition) -> Choices:
    fields: Any = form.fields
    data = form.cleaned_data
    owners: dict[str, Any] = {}
    for user in fields["owner"].queryset:
        owners |= {words: user for words in (user.username, user.email, name_of(user)) if words}
    sequences = list(fields["sequence"].queryset)
    formats = list(fields["format"].queryset)
    return Choices(
        edition=edition,
        days=days_of(edition),
        sequences={sequence.slug: sequence for sequence in sequences} | {row.title: row for row in sequences},
        formats={kind.slug: kind for kind in formats} | {kind.name: kind for kind in formats},
        owners=owners,
        rooms=RoomNames(),
        length=dt.timedelta(minutes=data["minutes"]),
        status=data["status"],
        sequence=data["sequence"],
        format=data["format"],
        day=data["day"],
        start=data["start"],
        owner=data["owner"],
    )


def _fingerprint(form: PasteForm) -> str:
    """Of what was read: sessions are made of cells that somebody has looked at."""
    told = [str(form.cleaned_data[name]) for name in form.fields if name not in {"seen", "token"}]
    return hashlib.sha256("\x00".join(told).encode()).hexdigest()


def _make(model_admin: Any, request: HttpRequest, form: PasteForm, edition: Edition, lines: list[Line]) -> HttpResponse:
    """The token stands in the identifiers of what is made: the same page sent twice makes its sessions once."""
    token, listed = form.cleaned_data["token"].hex, reverse("admin:programme_session_changelist")
    with transaction.atomic():
        Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)  # who sends it again waits here
        if Session.objects.filter(edition=edition, import_id__startswith=f"{token}/").exists():
            messages.info(request, gettext("These sessions are already made: this page was sent twice."))
            return redirect(f"{listed}?{PastedFilter.parameter_name}={token}")
        for line in lines:
            line.session.import_id = f"{token}/{line.number}"  # which PastedFilter looks for
            line.session.full_clean()
            line.session.save()
            model_admin.log_addition(request, line.session, [{"added": {}}])
    made = ngettext("%d session is made.", "%d sessions are made.", len(lines)) % len(lines)
    messages.success(request, made)
    return redirect(f"{listed}?{PastedFilter.parameter_name}={token}")
