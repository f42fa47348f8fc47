"""“Créneaux” of a sequence: what its opening days hold, and the page that makes them."""

import dataclasses as dc
import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from innovation_week.back_office.dashboard_lines import list_address
from innovation_week.back_office.limits import visible
from innovation_week.one_entry import one_entry
from innovation_week.session_times import day_and_hours
from planning.conflicts import in_the_way
from sessions.admin.slot_lines import day_filters
from sessions.admin.slots_form import SlotsForm
from sessions.models import Edition, Sequence, Session
from sessions.slots import slots_of

GUIDE = "les-creneaux-dune-exposition"


@dc.dataclass(slots=True)
class OpeningDay:
    """Of the slots of one day, on the clock of the edition, as the list of sessions filters days."""

    date: dt.date | None
    url: str
    opens: dt.datetime | None = None
    closes: dt.datetime | None = None
    number: int = 0
    seats: int | None = 0  # None: not limited
    taken: int = 0

    def add(self, slot: Session) -> None:
        self.number += 1
        self.taken += slot.seats_taken
        self.seats = None if self.seats is None or slot.seats is None else self.seats + slot.seats
        if slot.starts_at and slot.ends_at:
            start, end = timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)
            self.opens = min(self.opens or start, start)
            self.closes = max(self.closes or end, end)


@dc.dataclass(frozen=True, slots=True)
class Proposed:
    """A slot that would be made, unless it is there already; ``faults`` say what is in its way."""

    slot: Session
    is_there: bool
    faults: tuple[str, ...] = ()

    @property
    def day(self) -> str:
        return day_and_hours(self.slot)[0]

    @property
    def hours(self) -> str:
        return day_and_hours(self.slot)[1]


def sequence_of(model_admin: Any, request: HttpRequest, object_id: str) -> Sequence:
    """As on its form: the page goes by the clock of its edition."""
    sequence = model_admin.get_object(request, object_id)
    if sequence is None:
        raise Http404
    if not model_admin.has_view_permission(request, sequence):
        raise PermissionDenied
    assert isinstance(sequence, Sequence)
    return sequence


def slots_of_sequence(request: HttpRequest, sequence: Sequence) -> Any:
    """In order; archived ones are put away."""
    slots = Session.objects.filter(sequence=sequence, is_slot=True).exclude(status=Session.Status.ARCHIVED)
    related = ("edition", "sequence", "format", "owner", "room__venue")
    return visible(request, slots).select_related(*related).order_by("starts_at", "title", "pk")


def opening_days(slots: Iterable[Session]) -> list[OpeningDay]:
    found: dict[dt.date | None, OpeningDay] = {}
    for slot in slots:
        date = timezone.localtime(slot.starts_at).date() if slot.starts_at else None
        found.setdefault(date, OpeningDay(date, list_address(Session, **day_filters(slot)))).add(slot)
    return list(found.values())


def page(
    model_admin: Any, request: HttpRequest, sequence: Sequence, name: str, context: dict[str, Any]
) -> HttpResponse:
    whole = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "guide": GUIDE,
        "sequence": sequence,
        "overview": reverse("admin:programme_sequence_slots", args=[sequence.pk]),
        **context,
    }
    return TemplateResponse(request, f"admin/programme/sequence/{name}.html", whole)


def slots_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    sequence = sequence_of(model_admin, request, object_id)
    sessions = model_admin.admin_site._registry[Session]
    context = {
        "title": gettext("Slots of “%s”") % sequence,
        "days": opening_days(slots_of_sequence(request, sequence)),
        "may_add": sessions.has_add_permission(request),
        "may_change": sessions.has_change_permission(request),
    }
    return page(model_admin, request, sequence, "slots", context)


def make_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """What the days would hold is shown first; it is made when the person says so under what they have seen."""
    sequence = sequence_of(model_admin, request, object_id)
    if not model_admin.admin_site._registry[Session].has_add_permission(request):
        raise PermissionDenied
    form = SlotsForm(request.POST if request.method == "POST" else None, initial={"token": uuid.uuid4()})
    form.offer(request, sequence)
    rows: list[Proposed] = []
    if form.is_bound and form.is_valid():
        if "make" in request.POST and (made := _make(model_admin, request, form)):
            return made
        rows = _proposed(request, form)
        form.data = {**dict(form.data.items()), "seen": _fingerprint(rows)}
    context = {
        "title": gettext("Make slots of “%s”") % sequence,
        "form": form,
        "rows": rows,
        "to_make": sum(not row.is_there for row in rows),
        "faults": sum(bool(row.faults) for row in rows),
        "small_room": form.small_room if rows else None,
    }
    return page(model_admin, request, sequence, "slots_make", context)


def _proposed(request: HttpRequest, form: SlotsForm) -> list[Proposed]:
    slots, sequence = slots_of(form.plan), form.sequence
    alive = Session.objects.filter(Session.ALIVE, sequence=sequence, is_slot=True)
    there = set(alive.values_list("starts_at", "room"))
    new = [slot for slot in slots if (slot.starts_at, slot.room_id) not in there]
    faults = _faults(request, sequence.edition, new)
    return [Proposed(slot, slot not in new, tuple(faults.get(slot.code, ()))) for slot in slots]


def _faults(request: HttpRequest, edition: Edition, slots: list[Session]) -> dict[str, list[str]]:
    """By code, what else is in the room at the time; what the account may not see is not named."""
    found: dict[str, list[str]] = {}
    if not slots or slots[0].room is None:
        return found
    around = Session.objects.filter(Session.ALIVE, edition=edition, room=slots[0].room, starts_at__isnull=False)
    known = set(visible(request, around).values_list("pk", flat=True))
    told = gettext("“%s”: the room or a person is taken at that time by a session of another sequence.")
    for conflict in in_the_way(edition, slots, around.select_related("edition", "room__venue")):
        slot, other = sorted(conflict.sessions, key=lambda session: session.pk is not None)
        found.setdefault(slot.code, []).append(conflict.message if other.pk in known else told % slot.title)
    return found


def _fingerprint(rows: Iterable[Proposed]) -> str:
    """Of what was read: slots are made of a table that somebody has looked at, and that still holds."""
    told = [
        repr((row.slot.starts_at, row.slot.ends_at, row.slot.title, row.slot.room_id, row.slot.seats, row.is_there))
        for row in rows
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _make(model_admin: Any, request: HttpRequest, form: SlotsForm) -> HttpResponse | None:
    """None when what would be made is no longer what was read."""
    sequence, token = form.sequence, form.cleaned_data["token"].hex
    sessions = model_admin.admin_site._registry[Session]
    with transaction.atomic():
        Edition.objects.filter(pk=sequence.edition_id).hold()  # who sends it again, or makes others, waits here
        if Session.objects.filter(edition=sequence.edition, import_id__startswith=f"{token}/").exists():
            messages.info(request, gettext("These slots are already made: this page was sent twice."))
            return redirect("admin:programme_sequence_slots", sequence.pk)
        rows = _proposed(request, form)
        if form.cleaned_data["seen"] != _fingerprint(rows):
            messages.warning(request, gettext("What would be made has changed since it was read. Look at it again."))
            return None
        new = [row.slot for row in rows if not row.is_there]
        for number, slot in enumerate(new, 1):
            slot.import_id = f"{token}/{number}"
            slot.full_clean()
            with one_entry(slot):
                slot.save()
                slot.audiences.set(form.audiences)
            sessions.log_addition(request, slot, [{"added": {}}])
    made = ngettext("%d slot is made.", "%d slots are made.", len(new)) % len(new)
    messages.success(request, made)
    return redirect("admin:programme_sequence_slots", sequence.pk)
