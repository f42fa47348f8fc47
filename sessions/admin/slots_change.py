"""Slots of a sequence changed or removed together, after reading what becomes of each; those with people stay."""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.limits import visible
from innovation_week.dates import day
from innovation_week.session_times import day_and_hours
from planning.models import Service
from registrations.locks import lock
from registrations.models import Registration
from sessions.admin.bulk import Row, Wanted, change, read_versions, versions
from sessions.admin.bulk_page import SAME, save_rows
from sessions.admin.slots import page, sequence_of, slots_of_sequence
from sessions.admin.times import ClockInput
from sessions.models import Edition, Sequence, Session
from sessions.slots import titled, validate_pattern
from speakers.models import Candidacy
from venues.models import MOST_PEOPLE, Room

CHANGE, REMOVE = "change", "remove"
STATES = (Session.Status.IDEA, Session.Status.DESIGN, Session.Status.REVIEW, Session.Status.APPROVED)
ENDED = (Registration.State.CANCELLED, Registration.State.EXPIRED)


@dc.dataclass(frozen=True, slots=True)
class Around:
    """What hangs on a slot, in numbers."""

    people: int = 0  # registered or waiting, companions included
    registrations: int = 0  # those that ended included
    candidacies: int = 0
    services: int = 0


@dc.dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a slot: changed as its row says, removed, or left."""

    row: Row
    is_removed: bool = False

    @property
    def when(self) -> str:
        return ", ".join(day_and_hours(self.row.session))


class SlotsChangeForm(forms.Form):
    """Which slots, and what becomes of them; an empty field changes nothing."""

    days = forms.MultipleChoiceField(label=_("Days"), widget=forms.CheckboxSelectMultiple)
    first = forms.TimeField(
        label=_("Those that begin from"), required=False, widget=ClockInput, help_text=_("Empty: from the opening.")
    )
    last = forms.TimeField(label=_("until"), required=False, widget=ClockInput, help_text=_("Empty: to the closing."))
    what = forms.ChoiceField(
        label=_("What to do"),
        choices=[(CHANGE, _("Change them")), (REMOVE, _("Remove them"))],
        widget=forms.RadioSelect,
        initial=CHANGE,
    )
    cancels = forms.BooleanField(
        label=_("Cancel those that cannot be removed"),
        required=False,
        help_text=_("What the public knows is cancelled, never removed: the next release says so."),
    )
    seats = forms.IntegerField(
        label=_("Seats"), required=False, min_value=1, max_value=MOST_PEOPLE, help_text=_("Acts at once.")
    )
    room = forms.ModelChoiceField(Room.objects.none(), label=_("Room"), required=False, empty_label=SAME)
    minutes = forms.IntegerField(
        label=_("Move by minutes"),
        required=False,
        min_value=-1440,
        max_value=1440,
        help_text=_("–30: half an hour before."),
    )
    length = forms.IntegerField(label=_("Length in minutes"), required=False, min_value=5, max_value=24 * 60)
    title = forms.CharField(label=_("Title of each slot"), required=False, max_length=200, widget=AdminTextInputWidget)
    status = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", SAME), *((state.value, state.label) for state in STATES)]
    )
    seen = forms.RegexField(r"\A(\d{1,9}:\d{1,9},?)*\Z", widget=forms.HiddenInput, required=False, max_length=20_000)

    def offer(self, request: HttpRequest, slots: Iterable[Session]) -> None:
        fields: Any = self.fields
        dates = sorted({local.date() for slot in slots if (local := _start(slot))})
        fields["days"].choices = [(str(date), capfirst(day(date))) for date in dates]
        fields["room"].queryset = visible(request, Room.objects.select_related("venue"))

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"].strip()
        validate_pattern(title)
        return title

    @property
    def which(self) -> list[forms.BoundField]:
        return [self[name] for name in ("days", "first", "last")]

    @property
    def what_to_do(self) -> list[forms.BoundField]:
        return [self[name] for name in ("what", "cancels")]

    @property
    def changes(self) -> list[forms.BoundField]:
        return [self[name] for name in ("seats", "room", "minutes", "length", "title", "status")]

    @property
    def versions_seen(self) -> dict[int, int]:
        return read_versions(self.cleaned_data["seen"])

    def chooses(self, slot: Session) -> bool:
        start, data = _start(slot), self.cleaned_data
        return (
            start is not None
            and str(start.date()) in data["days"]
            and (data["first"] or dt.time.min) <= start.time() <= (data["last"] or dt.time.max)
        )

    def wanted(self, slot: Session) -> Wanted:
        data = self.cleaned_data
        values = {name: data[name] for name in ("seats", "room", "status") if data[name]}
        if data["length"] and slot.starts_at:
            values["ends_at"] = slot.starts_at + dt.timedelta(minutes=data["length"])
        if data["title"]:
            values["title"] = titled(data["title"], _moved(slot, data["minutes"] or 0))
        return Wanted(values, minutes=data["minutes"] or 0)


def _start(slot: Session) -> dt.datetime | None:
    """On the clock of the edition."""
    return timezone.localtime(slot.starts_at) if slot.starts_at else None


def _moved(slot: Session, minutes: int) -> Session:
    """As its title will tell it."""
    assert slot.starts_at is not None
    start = slot.starts_at + dt.timedelta(minutes=minutes)
    return Session(edition=slot.edition, room=slot.room, language=slot.language, starts_at=start)


def change_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    sequence = sequence_of(model_admin, request, object_id)
    sessions = model_admin.admin_site._registry[Session]
    if not sessions.has_change_permission(request):
        raise PermissionDenied
    slots = list(slots_of_sequence(request, sequence))
    form = SlotsChangeForm(request.POST if request.method == "POST" else None)
    form.offer(request, slots)
    fates: list[Fate] = []
    if form.is_bound and form.is_valid():
        if "apply" in request.POST:
            return _apply(model_admin, request, sequence, form)
        chosen = [slot for slot in slots if form.chooses(slot)]
        fates = _fates(sessions, request, form, chosen)
        seen = ",".join(f"{pk}:{version}" for pk, version in versions(slot.pk for slot in chosen).items())
        posted = request.POST.copy()
        posted["seen"] = seen
        form.data = posted
    context = {
        "title": gettext("Change or remove slots of “%s”") % sequence,
        "form": form,
        "fates": fates,
        "to_do": sum(fate.is_removed or fate.row.is_to_change for fate in fates),
        "left": sum(bool(fate.row.refusal) for fate in fates),
    }
    return page(model_admin, request, sequence, "slots_change", context)


def _fates(sessions: Any, request: HttpRequest, form: SlotsChangeForm, chosen: list[Session]) -> list[Fate]:
    around = _around(chosen)
    locked_fields = sessions.get_readonly_fields(request, Session())
    fates = []
    for slot in chosen:
        found = around.get(slot.pk, Around())
        if found.people:
            told = ngettext("%d person is registered or waits.", "%d people are registered or wait.", found.people)
            fates.append(Fate(Row(slot, refusal=told % found.people)))
        elif form.cleaned_data["what"] == REMOVE:
            fates.append(_removed(sessions, request, form, slot, found))
        else:
            allowed = sessions.has_change_permission(request, slot)
            fates.append(Fate(change(slot, form.wanted(slot), allowed=allowed, locked_fields=locked_fields)))
    return fates


def _removed(sessions: Any, request: HttpRequest, form: SlotsChangeForm, slot: Session, found: Around) -> Fate:
    """What was public or had a registrant is never deleted (docs/decisions/0014): it may be cancelled instead."""
    if slot.published_since or found.registrations:
        if not form.cleaned_data["cancels"]:
            told = gettext("The public knows it or somebody was registered: it can be cancelled, not removed.")
            return Fate(Row(slot, refusal=told))
        allowed = sessions.has_change_permission(request, slot)
        return Fate(change(slot, Wanted({"status": Session.Status.CANCELLED}), allowed=allowed))
    if not sessions.has_delete_permission(request, slot):
        return Fate(Row(slot, refusal=gettext("Your account may not remove it.")))
    if found.candidacies:
        told = ngettext(
            "%d person is considered for it: remove them first.",
            "%d people are considered for it: remove them first.",
            found.candidacies,
        )
        return Fate(Row(slot, refusal=told % found.candidacies))
    told = ngettext("%d service goes with it.", "%d services go with it.", found.services) % found.services
    return Fate(Row(slot, note=told if found.services else ""), is_removed=True)


def _around(slots: Iterable[Session]) -> dict[int, Around]:
    """By primary key. Three queries."""
    pks = [slot.pk for slot in slots]
    registered = Registration.objects.filter(session__in=pks).order_by().values_list("session")
    live = Sum("party", filter=~Q(state__in=ENDED), default=0)
    people = {pk: (number, every) for pk, number, every in registered.annotate(live=live, every=Count("pk"))}
    candidacies, services = (
        dict(model._default_manager.filter(session__in=pks).order_by().values_list("session").annotate(Count("pk")))
        for model in (Candidacy, Service)
    )
    return {
        pk: Around(*people.get(pk, (0, 0)), candidacies=candidacies.get(pk, 0), services=services.get(pk, 0))
        for pk in pks
    }


def _apply(model_admin: Any, request: HttpRequest, sequence: Sequence, form: SlotsChangeForm) -> HttpResponse:
    """On locked rows; what somebody changed since it was read is left."""
    sessions = model_admin.admin_site._registry[Session]
    with transaction.atomic():
        Edition.objects.filter(pk=sequence.edition_id).hold()  # what is in no release comes into none before it is gone
        chosen = [slot for slot in slots_of_sequence(request, sequence) if form.chooses(slot)]
        lock(slot.pk for slot in chosen)
        chosen = [slot for slot in slots_of_sequence(request, sequence) if form.chooses(slot)]
        present, seen = versions(slot.pk for slot in chosen), form.versions_seen
        stale = [slot for slot in chosen if present.get(slot.pk) != seen.get(slot.pk)]
        fates = _fates(sessions, request, form, [slot for slot in chosen if slot not in stale])
        rows = [Row(slot, refusal=gettext("Somebody changed it since you read this page.")) for slot in stale]
        save_rows(sessions, request, [*(fate.row for fate in fates), *rows])
        _remove(sessions, request, [fate.row.session for fate in fates if fate.is_removed])
    return redirect("admin:programme_sequence_slots", sequence.pk)


def _remove(sessions: Any, request: HttpRequest, slots: list[Session]) -> None:
    if not slots:
        return
    sessions.log_deletions(request, Session.objects.filter(pk__in=[slot.pk for slot in slots]))
    for slot in slots:
        slot.delete()
    messages.success(request, ngettext("%d slot is removed.", "%d slots are removed.", len(slots)) % len(slots))
