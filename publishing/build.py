"""From the models to the programme document, in a constant number of queries."""

import datetime as dt
from collections.abc import Collection, Iterable
from operator import attrgetter

from django.db.models import prefetch_related_objects
from django.db.models.constants import LOOKUP_SEP

from innovation_week.light_rows import Row, rows
from publishing.programme import (
    SCHEMA,
    AccessList,
    Item,
    Part,
    Person,
    Place,
    Portrait,
    Programme,
    Room,
    Slot,
    Thread,
    index_order,
    item_order,
    name_order,
)
from publishing.richtext import to_html
from sessions.models import Edition, Sequence, Session
from sessions.models.session import SessionQuerySet
from speakers.casting import read_candidacies
from speakers.models import Candidacy, Speaker
from venues.models import Room as RoomRow
from venues.models import Venue

# What the document takes from the row of a session.
SESSION = [
    "pk",
    "code",
    "status",
    "title",
    "lead",
    "text",
    "course",
    "note",
    "language",
    "starts_at",
    "ends_at",
    "is_online",
    "is_slot",
    "sign_language",
    "captions",
    "ask_before",
    "entry",
    "attendance",
    "sequence__slug",
    "format__slug",
    "format__name",
    "room_id",
]
CAST_ORDER = ["role__position", "position", "pk"]


def build(edition: Edition, *, at: dt.datetime, only: Collection[str] | None = None) -> Programme:
    """What a release made of the present state would say. ``at`` is the time of the release.

    ``only`` are the codes of the sessions to look at: one session then costs what one session weighs. Nothing here
    knows of earlier releases: ``publishing.revisions.carry`` adds what depends on them.
    """
    public = Session.objects.filter(edition=edition).public()
    if only is not None:
        return _of_few(edition, public.filter(code__in=only), at)
    sessions = rows(public.order_by(), SESSION)
    rooms = RoomRow.objects.select_related("venue").in_bulk({session.room_id for session in sessions})
    for session in sessions:
        session.room = rooms.get(session.room_id)
    _add_cast(sessions, public)
    return _programme(edition, sessions, edition.sequences.select_related("format"), at)


def build_as_read(edition: Edition, sessions: Collection[Session], *, at: dt.datetime) -> Programme:
    """Of these sessions alone, as they were read and whatever their state; what was read along is not asked again."""
    prefetch_related_objects([*sessions], "audiences")
    read_candidacies(sessions)
    found = [_as_read(session) for session in sessions]
    return _programme(edition, found, _sequences(found), at)


def _as_read(session: Session) -> Row:
    row = Row(**{name: attrgetter(name.replace(LOOKUP_SEP, "."))(session) for name in SESSION})
    row.sequence, row.room, row.audiences = session.sequence, session.room, session.audiences.all()
    confirmed = (part for part in session.candidacies.all() if part.stage in Candidacy.CONFIRMED)
    row.cast = sorted(confirmed, key=attrgetter(*(name.replace(LOOKUP_SEP, ".") for name in CAST_ORDER)))
    return row


def _of_few(edition: Edition, chosen: SessionQuerySet, at: dt.datetime) -> Programme:
    """In three queries: room and sequence come with each session."""
    sessions = rows(chosen.order_by(), SESSION, "sequence", "sequence__format", "room", "room__venue")
    _add_cast(sessions, chosen)
    return _programme(edition, sessions, _sequences(sessions), at)


def _sequences(sessions: Iterable[Row]) -> list[Sequence]:
    found: dict[int, Sequence] = {session.sequence.pk: session.sequence for session in sessions}
    return sorted(found.values(), key=lambda sequence: (sequence.position, sequence.title))


def _programme(edition: Edition, sessions: list[Row], sequences: Iterable[Sequence], at: dt.datetime) -> Programme:
    speakers = {part.speaker.pk: part.speaker for session in sessions for part in session.cast}
    return Programme(
        schema=SCHEMA,
        edition=edition.slug,
        name=edition.name,
        tagline=edition.tagline,
        introduction=to_html(edition.introduction),
        place=edition.place,
        summary=to_html(edition.summary),
        starts_on=edition.starts_on,
        ends_on=edition.ends_on,
        time_zone=edition.time_zone,
        contact_email=edition.contact_email,
        formats={session.format__slug: session.format__name for session in sessions},
        audiences={audience.slug: audience.name for session in sessions for audience in session.audiences},
        threads=tuple(_thread(sequence) for sequence in sequences),
        places=_places(session.room for session in sessions if session.room),
        people=tuple(sorted((_person(speaker) for speaker in speakers.values()), key=index_order)),
        items=tuple(sorted((_item(session, at) for session in sessions), key=item_order)),
        openings=(),
    )


def _add_cast(sessions: Iterable[Row], chosen: SessionQuerySet) -> None:
    """Give these sessions their ``audiences`` and, in order, the candidacies that are their ``cast``."""
    by_pk = {session.pk: session for session in sessions}
    for session in by_pk.values():
        session.audiences, session.cast = [], []
    # Asked by the condition, not by hundreds of keys; a session that meets it only since then is not in the document.
    for meant in rows(Session.audiences.through.objects.filter(session__in=chosen), ["session_id"], "audience"):
        if meant.session_id in by_pk:
            by_pk[meant.session_id].audiences.append(meant.audience)
    confirmed = Candidacy.objects.confirmed().filter(session__in=chosen)
    for part in rows(confirmed.order_by(*CAST_ORDER), ["session_id"], "role", "speaker"):
        if part.session_id in by_pk:
            by_pk[part.session_id].cast.append(part)


def _thread(sequence: Sequence) -> Thread:
    return Thread(
        slug=sequence.slug,
        title=sequence.title,
        lead=sequence.lead,
        text=to_html(sequence.text),
        format=sequence.format.name if sequence.format else "",
        colour=sequence.colour,
        motif=sequence.motif,
        is_highlight=sequence.is_highlight,
        one_slot_per_person=sequence.one_slot_per_person,
    )


def _places(rooms: Iterable[RoomRow]) -> tuple[Place, ...]:
    """The venues of these rooms by name, each with those of its rooms that are used."""
    used = {room.pk: room for room in rooms}
    venues = {room.venue_id: room.venue for room in used.values()}
    by_venue: dict[int, list[Room]] = {}
    for room in used.values():
        by_venue.setdefault(room.venue_id, []).append(_room(room))
    places = (
        Place(
            slug=venue.slug,
            name=venue.name,
            address=venue.address,
            postcode=venue.postcode,
            city=venue.city,
            time_zone=venue.time_zone,
            access=to_html(venue.access),
            accessibility=to_html(venue.accessibility),
            link=venue.public_link,
            access_list=_access_list(venue),
            identity_notice=venue.identity_notice,
            rooms=tuple(sorted(by_venue[venue.pk], key=name_order)),
        )
        for venue in venues.values()
    )
    return tuple(sorted(places, key=name_order))


def _access_list(venue: Venue) -> AccessList | None:
    if not venue.has_access_list:
        return None
    told = {"employer": venue.access_list_employer, "email": venue.access_list_email}
    return AccessList(venue.access_list_hours, tuple(field for field, is_told in told.items() if is_told))


def _room(room: RoomRow) -> Room:
    access = {"step-free": room.step_free, "hearing-loop": room.hearing_loop}
    return Room(
        slug=room.slug,
        name=room.name,
        floor=room.floor,
        capacity=room.capacity,
        access=tuple(word for word, present in access.items() if present),
    )


def _person(speaker: Speaker) -> Person:
    return Person(
        code=speaker.code,
        name=speaker.name,
        index_name=speaker.index_name,
        function=speaker.function,
        organisation=speaker.organisation,
        biography=to_html(speaker.biography),
        portrait=_portrait(speaker),
    )


def _portrait(speaker: Speaker) -> Portrait | None:
    if not speaker.portrait or speaker.portrait_side is None:
        return None
    return Portrait(path=str(speaker.portrait.name), width=speaker.portrait_side, height=speaker.portrait_side)


def _item(session: Row, at: dt.datetime) -> Item:
    called_off = session.status in Session.CALLED_OFF
    access = {"sign-language": session.sign_language, "captions": session.captions}
    return Item(
        code=session.code,
        state=session.status if called_off else "scheduled",
        thread=session.sequence__slug,
        format=session.format__slug,
        title=session.title,
        lead=session.lead,
        text=to_html(session.text),
        course=to_html(session.course),
        note=session.note,
        language=session.language,
        audiences=tuple(sorted(audience.slug for audience in session.audiences)),
        slot=_slot(session),
        is_online=session.is_online,
        is_slot=session.is_slot,
        access=tuple(word for word, present in access.items() if present),
        ask_before=session.ask_before,
        entry=session.entry,
        attendance=session.attendance,
        parts=tuple(_part(candidacy) for candidacy in session.cast),
        moved_from=None,
        revision=0,
        changed_at=at,
    )


def _slot(session: Row) -> Slot:
    return Slot(
        starts_at=session.starts_at and session.starts_at.astimezone(dt.UTC),
        ends_at=session.ends_at and session.ends_at.astimezone(dt.UTC),
        place=session.room.venue.slug if session.room else "",
        room=session.room.slug if session.room else "",
    )


def _part(candidacy: Row) -> Part:
    return Part(
        person=candidacy.speaker.code,
        role=candidacy.role.slug,
        label=candidacy.role.label(candidacy.speaker.role_form),
    )
