"""The pages of bulk.py: what to change, what it would do, done, taken back."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import chosen_edition
from innovation_week.back_office.limits import visible
from innovation_week.staff import StaffChoiceField, open_accounts
from registrations.seats import lock, serve_after_change
from sessions.admin.bulk import PLAIN, Row, Wanted, change, read_versions, versions
from sessions.domains import clean_domains
from sessions.models import Format, Sequence, Session
from venues.models import MOST_PEOPLE, Room

if TYPE_CHECKING:
    from sessions.admin.listing import SessionListing

MOST_SESSIONS = 1000
UNDO = "bulk_undo"  # in the person's log-in: what their last change of several sessions was
SAME = _("Unchanged")
YES_NO = [("", SAME), ("1", _("Yes")), ("0", _("No"))]


class BulkForm(forms.Form):
    """An empty field changes nothing."""

    status = forms.ChoiceField(label=_("State"), required=False, choices=[("", SAME), *Session.Status.choices])
    owner = StaffChoiceField(User.objects.none(), label=_("Owner"), required=False, empty_label=SAME)
    sequence = forms.ModelChoiceField(Sequence.objects.none(), label=_("Sequence"), required=False, empty_label=SAME)
    format = forms.ModelChoiceField(Format.objects.none(), label=_("Format"), required=False, empty_label=SAME)
    days = forms.IntegerField(
        label=_("Move by days"), required=False, min_value=-366, max_value=366, help_text=_("–1: the day before.")
    )
    minutes = forms.IntegerField(label=_("Move by minutes"), required=False, min_value=-1440, max_value=1440)
    room = forms.ModelChoiceField(Room.objects.none(), label=_("Room"), required=False, empty_label=SAME)
    is_online = forms.ChoiceField(label=_("Online"), required=False, choices=YES_NO)
    is_slot = forms.ChoiceField(label=_("Slot"), required=False, choices=YES_NO)
    entry = forms.ChoiceField(label=_("Entry"), required=False, choices=[("", SAME), *Session.Entry.choices])
    eligibility = forms.ChoiceField(
        label=_("Who may register"),
        required=False,
        choices=[("", SAME), *Session.Eligibility.choices],
        help_text=_("Acts at once."),
    )
    eligible_domains = forms.CharField(
        label=_("Domains"),
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Acts at once. Of the addresses that may register, one a line: culture.gouv.fr"),
    )
    eligible_subdomains = forms.ChoiceField(label=_("Subdomains too"), required=False, choices=YES_NO)
    seats = forms.IntegerField(
        label=_("Seats"), required=False, min_value=1, max_value=MOST_PEOPLE, help_text=_("Acts at once.")
    )
    sign_language = forms.ChoiceField(label=_("Sign language"), required=False, choices=YES_NO)
    captions = forms.ChoiceField(label=_("Live captions"), required=False, choices=YES_NO)
    ask_before = forms.DateField(
        label=_("Needs to be told before"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    ids = forms.RegexField(r"\A\d{1,9}(,\d{1,9})*\Z", widget=forms.HiddenInput, max_length=10 * MOST_SESSIONS)
    seen = forms.RegexField(
        r"\A(\d{1,9}:\d{1,9},?)*\Z", widget=forms.HiddenInput, required=False, max_length=20 * MOST_SESSIONS
    )

    def clean_eligible_domains(self) -> str:
        return clean_domains(self.cleaned_data["eligible_domains"])

    def offer(self, request: HttpRequest) -> None:
        """Choices within the edition and the rights of who asks."""
        fields: Any = self.fields
        edition = chosen_edition(request)
        fields["sequence"].queryset = visible(request, Sequence.objects.filter(edition=edition))
        fields["format"].queryset = Format.objects.all()
        fields["owner"].queryset = open_accounts()
        fields["room"].queryset = visible(request, Room.objects.select_related("venue"))

    @property
    def wanted(self) -> Wanted:
        data = self.cleaned_data
        values = {name: data[name] for name in PLAIN if data[name] not in ("", None)}
        switches = ("is_online", "is_slot", "eligible_subdomains", "sign_language", "captions")
        values |= {name: values[name] == "1" for name in switches if name in values}
        return Wanted(values, data["days"] or 0, data["minutes"] or 0)

    @property
    def pks(self) -> list[int]:
        return sorted({int(number) for number in self.cleaned_data["ids"].split(",")})[:MOST_SESSIONS]

    @property
    def versions_seen(self) -> dict[int, int]:
        return read_versions(self.cleaned_data["seen"])


def start_bulk(model_admin: "SessionListing", request: HttpRequest, queryset: QuerySet[Session]) -> HttpResponse | None:
    """The action of the list."""
    pks = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_SESSIONS + 1])
    if len(pks) > MOST_SESSIONS:
        messages.error(request, gettext("Choose at most %d sessions.") % MOST_SESSIONS)
        return None
    form = BulkForm(initial={"ids": ",".join(map(str, pks))})
    form.offer(request)
    return _page(model_admin, request, form, len(pks), [])


def bulk_view(model_admin: "SessionListing", request: HttpRequest) -> HttpResponse:
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    form = BulkForm(request.POST)
    form.offer(request)
    if not form.is_valid():
        return _page(model_admin, request, form, 0, [])
    with transaction.atomic():
        if is_last := "apply" in request.POST:
            lock(form.pks)
        present = versions(form.pks)
        rows = _rows(model_admin, request, form, present if is_last else None)
        if is_last:
            save_rows(model_admin, request, rows)
            return redirect(_back(request))
    seen = ",".join(f"{pk}:{version}" for pk, version in present.items())
    form.data = {**dict(form.data.items()), "seen": seen}
    return _page(model_admin, request, form, len(form.pks), rows)


def _rows(model_admin: Any, request: HttpRequest, form: BulkForm, present: dict[int, int] | None) -> list[Row]:
    """``present``: versions now, to leave what somebody changed since the page was read."""
    sessions = model_admin.get_queryset(request).filter(pk__in=form.pks)
    related = ("edition", "sequence", "format", "owner", "room__venue")
    locked_fields = model_admin.get_readonly_fields(request, Session())
    rows = []
    for session in sessions.select_related(*related).order_by("starts_at", "title", "pk"):
        if present is not None and present.get(session.pk) != form.versions_seen.get(session.pk):
            rows.append(Row(session, refusal=gettext("Somebody changed it since you read this page.")))
            continue
        allowed = model_admin.has_change_permission(request, session)
        rows.append(change(session, form.wanted, allowed=allowed, locked_fields=locked_fields))
    return rows


def save_rows(model_admin: Any, request: HttpRequest, rows: list[Row]) -> None:
    """In the transaction of the page, on locked rows; told, and ready to be taken back."""
    changed = [row for row in rows if row.is_to_change]
    before = versions(row.session.pk for row in changed)
    for row in changed:
        _save(row.session, row.fields)
        model_admin.log_change(request, row.session, [{"changed": {"fields": [label for label, _o, _n in row.values]}}])
    after = versions(row.session.pk for row in changed)
    if changed:
        fields = sorted({name for row in changed for name in row.fields})
        request.session[UNDO] = {"fields": fields, "rows": [[pk, before.get(pk), after[pk]] for pk in after]}
        told = ngettext("%d session is changed.", "%d sessions are changed.", len(changed)) % len(changed)
        messages.success(request, told)
    for row in rows:
        if row.refusal:
            messages.warning(request, f"{row.session.title} – {row.refusal}")


def undo_view(model_admin: "SessionListing", request: HttpRequest) -> HttpResponse:
    """Each session that nobody changed since becomes what it was; the others stay, and are named."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    kept = request.session.pop(UNDO, None)
    if not kept:
        messages.info(request, gettext("There is nothing to take back."))
        return redirect(_back(request))
    left, undone = [], 0
    with transaction.atomic():
        lock(pk for pk, _before, _after in kept["rows"])
        present = versions(pk for pk, _before, _after in kept["rows"])
        history: Any = Session.history
        records = history.in_bulk([before for _pk, before, _after in kept["rows"] if before])
        sessions = model_admin.get_queryset(request).in_bulk([pk for pk, _before, _after in kept["rows"]])
        for pk, before, after in kept["rows"]:
            session = sessions.get(pk)
            if session is None:
                continue
            if present.get(pk) == after and before in records and _restore(session, records[before], kept["fields"]):
                model_admin.log_change(request, session, gettext("The change of several sessions is taken back."))
                undone += 1
            else:
                left.append(session.title)
    messages.success(request, ngettext("%d session is as before.", "%d sessions are as before.", undone) % undone)
    if left:
        messages.warning(request, gettext("Left as they are, because they have changed since: %s.") % ", ".join(left))
    return redirect(_back(request))


def _restore(session: Session, record: Any, fields: list[str]) -> bool:
    for name in fields:
        field: Any = Session._meta.get_field(name)
        setattr(session, field.attname, getattr(record, field.attname))
    if session.is_overbooked:
        return False
    try:
        session.clean()  # people may have registered since, which no entry of the history tells
    except ValidationError:
        return False
    _save(session, fields)
    return True


def _save(session: Session, fields: Collection[str]) -> None:
    session.save(update_fields=fields)
    if "seats" in fields:
        serve_after_change(session)


def _back(request: HttpRequest) -> str:
    """The list, with its filters."""
    filters = request.GET.get("_changelist_filters", "")
    return reverse("admin:programme_session_changelist") + (f"?{filters}" if filters else "")


def _page(
    model_admin: "SessionListing", request: HttpRequest, form: BulkForm, number: int, rows: list[Row]
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Change several sessions"),
        "introduction": model_admin.introductions["bulk"],
        "opts": model_admin.opts,
        "form": form,
        "number": number,
        "rows": rows,
        "to_change": [row for row in rows if row.is_to_change],
        "action": f"{reverse('admin:programme_session_bulk')}?{model_admin.get_preserved_filters(request)}",
        "back": _back(request),
    }
    return TemplateResponse(request, "admin/programme/session/bulk.html", context)
