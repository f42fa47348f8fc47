"""“Revenir à la version publiée”: the draft of one session, brought back to what the public sees now.

Most fields are in the document as they were typed. Markdown is not: it is the last version in the history that gives
the HTML of the document. Matching what it says, rather than when it was saved, also serves releases of chosen
sessions, of another clock or of a second in which two things happened.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from innovation_week.one_entry import one_entry
from publishing.diff import compare
from publishing.programme import Item, Slot
from publishing.richtext import to_html
from publishing.this_session import Beside, beside, check_seen
from sessions.models import Audience, Format, Role, Session
from speakers.models import Candidacy, Speaker
from venues.models import Room

STATUSES = {
    "scheduled": Session.Status.APPROVED,
    "cancelled": Session.Status.CANCELLED,
    "postponed": Session.Status.POSTPONED,
}
PLAIN = ["title", "lead", "note", "language", "is_online", "is_slot", "entry", "ask_before", "attendance"]


@transaction.atomic
def restore(session: Session, *, with_people: bool = True, seen: str | None = None) -> Beside:
    """Restore what can be; the comparison made afterwards tells what could not.

    ValidationError: it is not public, or no longer as in the comparison that ``seen`` is the fingerprint of.

    What acts at once (seats, times of registration) is in no release, and stays. ``with_people``: candidacies too.
    """
    row = Session.objects.select_for_update(of=("self",), no_key=True).select_related("edition").get(pk=session.pk)
    found = beside(row)
    if found.item is None:
        raise ValidationError(_("The public does not know this session: there is nothing to go back to."), "unknown")
    check_seen(found, seen)
    item = found.item
    fields = set(compare(item, found.draft.items[0]).fields)
    changed = _restore_fields(row, item, fields)
    vars(row)["_change_reason"] = f"release {found.last.number}" if found.last else ""
    with one_entry(row):
        if "audiences" in fields:
            row.audiences.set(Audience.objects.filter(slug__in=item.audiences))
        if changed:
            row.full_clean(exclude=[*Session.LIVE_FIELDS, *Session.COUNTERS, *Session.TELLINGS, "published_since"])
            row.save(update_fields=changed)
    if with_people and "parts" in fields:
        _restore_cast(row, item)
    return beside(Session.objects.select_related("edition").get(pk=row.pk))


def _restore_fields(row: Session, item: Item, fields: set[str]) -> list[str]:
    """Set those of ``fields`` that are columns; the names of the columns set."""
    values: dict[str, object] = {name: getattr(item, name) for name in PLAIN if name in fields}
    if row.status != STATUSES[item.state]:
        values["status"] = STATUSES[item.state]
    if "access" in fields:
        values |= {"sign_language": "sign-language" in item.access, "captions": "captions" in item.access}
    for name in ("text", "course"):
        if name in fields and (source := _source(row, name, getattr(item, name))) is not None:
            values[name] = source
    if "thread" in fields and (sequence := row.edition.sequences.filter(slug=item.thread).first()):
        values["sequence"] = sequence
    if "format" in fields and (kind := Format.objects.filter(slug=item.format).first()):
        values["format"] = kind
    if "slot" in fields:
        values |= _slot(item.slot)
    for name, value in values.items():
        setattr(row, name, value)
    return list(values)


def _source(row: Session, name: str, html: str) -> str | None:
    """What was typed to give this HTML; the HTML itself when history does not hold it; None when neither gives it."""
    versions = Session.history.filter(id=row.pk).order_by("-history_date", "-history_id").values_list(name, flat=True)
    return next((text for text in dict.fromkeys([*versions, html]) if to_html(text) == html), None)


def _slot(slot: Slot) -> dict[str, object]:
    times: dict[str, object] = {"starts_at": slot.starts_at, "ends_at": slot.ends_at}
    room = Room.objects.filter(venue__slug=slot.place, slug=slot.room).first()
    return {**times, "room": room} if room or not slot.room else times


def _restore_cast(session: Session, item: Item) -> None:
    rows = session.candidacies.select_related("speaker", "role").order_by("role__position", "position", "pk")
    held = {(candidacy.speaker.code, candidacy.role.slug): candidacy for candidacy in rows}
    wanted = [(part.person, part.role) for part in item.parts]
    for key, candidacy in held.items():
        if key not in wanted and candidacy.stage in Candidacy.CONFIRMED:
            _set_stage(candidacy, confirmed=False)
    for key in wanted:
        if key not in held:
            _add(session, *key)
        elif held[key].stage not in Candidacy.CONFIRMED:
            _set_stage(held[key], confirmed=True)
    shown = [candidacy for candidacy in rows.all() if candidacy.stage in Candidacy.CONFIRMED]
    if [(candidacy.speaker.code, candidacy.role.slug) for candidacy in shown] != wanted:
        for candidacy in shown:
            key = candidacy.speaker.code, candidacy.role.slug
            candidacy.position = wanted.index(key) if key in wanted else len(wanted)
            candidacy.save(update_fields=["position"])


def _set_stage(candidacy: Candidacy, *, confirmed: bool) -> None:
    """The last stage, of those that the public sees or of the others, that the candidacy was in."""
    before = Candidacy.history.filter(id=candidacy.pk).order_by("-history_date", "-history_id")
    stages = before.values_list("stage", flat=True)
    known = (stage for stage in stages if (stage in Candidacy.CONFIRMED) == confirmed)
    candidacy.stage = next(known, Candidacy.Stage.CONFIRMED if confirmed else Candidacy.Stage.PROPOSED)
    candidacy.save(update_fields=["stage"])


def _add(session: Session, person: str, role: str) -> None:
    """A candidacy that was deleted since, if the person and the role still are."""
    speaker = Speaker.objects.filter(code=person).first()
    found = Role.objects.filter(format_id=session.format_id, slug=role).first()
    if speaker and found:
        stage = Candidacy.Stage.CONFIRMED
        Candidacy.objects.create(session=session, role=found, speaker=speaker, stage=stage)
