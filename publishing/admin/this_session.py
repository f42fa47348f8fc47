"""What the page of a session says of its publication: state, buttons, each field beside what is public now."""

import dataclasses as dc
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from innovation_week.dates import clock, day
from publishing.admin.changes import LABELS, words
from publishing.programme import Item, Programme
from publishing.this_session import Beside, beside
from sessions.models import Session

# The fields of the form, by the field of the document that they go into.
FIELDS = {
    "state": ["status"],
    "thread": ["sequence"],
    "slot": ["starts_at", "ends_at", "room"],
    "access": ["sign_language", "captions"],
    "parts": ["candidacies"],
}
FIELD_LABELS = {field.name: field.verbose_name for field in Session._meta.concrete_fields}


@dc.dataclass(frozen=True, slots=True)
class Words:
    """A field of the form that differs from what is public now."""

    label: str
    draft: str
    public: str


def beside_of(request: HttpRequest, session: Session) -> Beside:
    """Computed once per request."""
    kept = vars(request).setdefault("beside", {})
    if session.pk not in kept:
        # A form that comes back with errors has set on it what is not saved.
        kept[session.pk] = beside(session if request.method == "GET" else Session.objects.get(pk=session.pk))
    found: Beside = kept[session.pk]
    return found


def fields_beside(request: HttpRequest, session: Session) -> dict[str, Words]:
    """The fields of the form that are not published as they stand, by name; none when the public knows nothing."""
    found = beside_of(request, session)
    if found.public is None or found.change is None:
        return {}
    old, new = found.change.old, found.change.new
    told = {
        name: Words(label, after, before)
        for name, label, before, after in _told(found.public, old, found.draft, new)
        if before != after
    }
    if not found.goes_out:
        # The document has no word for a session that it does not hold.
        told["status"] = Words(_label("status"), session.get_status_display(), words(found.public, "state", old.state))
    return told


def _told(public: Programme, old: Item, draft: Programme, new: Item) -> Any:
    """Name, label, public and draft words of each field of the form."""
    for name in LABELS:
        for field in FIELDS.get(name, [name]):
            if name == "slot":
                yield field, _label(field), _part(public, old, field), _part(draft, new, field)
            elif name == "access":
                word = field.replace("_", "-")
                yield field, _label(field), _yes(word in old.access), _yes(word in new.access)
            else:
                before, after = words(public, name, getattr(old, name)), words(draft, name, getattr(new, name))
                yield field, capfirst(str(LABELS[name])), before, after


def _label(field: str) -> str:
    return capfirst(str(FIELD_LABELS[field]))


def _yes(value: bool) -> str:
    return _("Yes") if value else _("No")


def _part(programme: Programme, item: Item, field: str) -> str:
    if field == "room":
        place, room = programme.place_by_slug.get(item.slot.place), programme.room_of(item.slot)
        return ", ".join(part.name for part in (room, place) if part) or "–"
    moment = getattr(item.slot, field)
    if moment is None:
        return "–"
    local = programme.local(moment, item.slot)
    return f"{day(local.date())}, {clock(local)}"


def publishing_state(request: HttpRequest, session: Session) -> dict[str, Any]:
    """For ``admin/programme/session/_publishing.html``: five queries, whatever the size of the edition."""
    found = beside_of(request, session)
    fields = fields_beside(request, session)
    return {
        "session": session,
        "beside": found,
        "fields": fields,
        "is_public": found.item is not None,
        "is_announced": found.item is not None and found.item.state != "cancelled",
        "is_unpublished": found.is_unpublished,
        "may_publish": request.user.has_perm("publishing.add_release"),
        "may_revert": bool(fields),
        "public_url": reverse("publishing:session", args=[session.edition.slug, session.code]),
        "preview_url": reverse("preview:session", args=[session.edition.slug, session.code]),
    }
