"""Write a parsed schedule into an edition: in one transaction, and in a constant number of queries per batch."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from exports.schedule_feed import room_guid
from exports.schedule_import import people, rows
from exports.schedule_import.document import ImportedEvent, ImportedSchedule
from exports.schedule_import.report import Report
from sessions.models import Colour, Edition, Format, Motif, Role, Sequence, Session
from venues.models import Room, Venue

ROLE = "intervenant"
FORMAT = "Séance"  # of events whose type is not given
FIELDS = (
    "title", "lead", "text", "course", "language", "starts_at", "ends_at",
    "is_online", "room_id", "sequence_id", "format_id",
)  # fmt: skip


def apply_schedule(schedule: ImportedSchedule, *, edition_slug: str, dry_run: bool = False) -> Report:
    """Create what is new, change what changed, leave what staff edited; or raise and write nothing.

    Sessions that came with an earlier file and are missing from this one are left, and reported.
    """
    with transaction.atomic():
        report = Report(remarks=list(schedule.remarks))
        _Import(schedule, edition_slug, report).run()
        if dry_run:
            transaction.set_rollback(True)
    return report


class _Import:
    def __init__(self, schedule: ImportedSchedule, edition_slug: str, report: Report) -> None:
        self.schedule = schedule
        self.events = schedule.events
        self.report = report
        self.edition = self._edition(edition_slug)

    def run(self) -> None:
        self.rooms = self._rooms()
        self.formats = self._formats()
        self.roles = self._roles()
        self.sequences = self._sequences()
        sessions = self._sessions()
        parts = [
            (sessions[event.key], self.roles[sessions[event.key].format_id], event.persons) for event in self.events
        ]
        people.apply_people(self.edition, parts, report=self.report, role_slug=ROLE)

    def _edition(self, slug: str) -> Edition:
        edition = Edition.objects.select_for_update(of=("self",), no_key=True).filter(slug=slug).first()
        counts = self.report.of(Edition)
        if edition is None:
            edition = Edition(
                slug=slug,
                name=self.schedule.title or slug,
                place=self.schedule.city,
                starts_on=self.schedule.starts_on,
                ends_on=self.schedule.ends_on,
                time_zone=self.schedule.time_zone,
            )
            edition.full_clean()
            rows.create(Edition, [edition])
            counts.created = 1
            message = _("The edition “%(slug)s” is new: its days are those of the file, %(first)s to %(last)s.")
            dates = {"first": edition.starts_on.isoformat(), "last": edition.ends_on.isoformat()}
            self.report.remarks.insert(0, message % {"slug": slug, **dates})
            return edition
        counts.unchanged = 1
        if not edition.starts_on <= self.schedule.starts_on <= self.schedule.ends_on <= edition.ends_on:
            message = _("The file has days outside the edition (%(first)s to %(last)s), which is left as it is.")
            dates = {"first": edition.starts_on.isoformat(), "last": edition.ends_on.isoformat()}
            self.report.left.append(message % dates)
        return edition

    def _rooms(self) -> dict[tuple[str, str], Room]:
        """By guid and name in the file. A room that our own feed names is that room, wherever it is."""
        wanted = {(event.room.guid, event.room.name) for event in self.events if event.room}
        existing = list(Room.objects.select_related("venue"))
        by_guid = {room_guid(room.venue.slug, room.slug): room for room in existing}
        found = {(guid, name): by_guid[guid] for guid, name in wanted if guid in by_guid}
        unknown = sorted(wanted - set(found))
        if unknown:
            venue = self._venue()
            here = [room for room in existing if room.venue_id == venue.pk]
            known, missing = rows.by_name((name for _guid, name in unknown), here, "name")
            created = rows.create(Room, [Room(venue=venue, name=name, slug=slug) for name, slug in missing])
            known |= {room.name: room for room in created}
            found |= {(guid, name): known[name] for guid, name in unknown}
            self.report.of(Room).created = len(created)
        self.report.of(Room).unchanged = len(set(found.values())) - self.report.of(Room).created
        return found

    def _venue(self) -> Venue:
        name = self.schedule.venue or self.edition.name
        found, missing = rows.by_name([name], Venue.objects.all(), "name")
        counts = self.report.of(Venue)
        if not missing:
            counts.unchanged = 1
            return found[name]
        venue = Venue(name=name, slug=missing[0][1], city=self.schedule.city, time_zone=self.schedule.time_zone)
        counts.created = 1
        return rows.create(Venue, [venue])[0]

    def _formats(self) -> dict[str, Format]:
        existing = Format.objects.all()
        found, missing = rows.by_name((event.kind or FORMAT for event in self.events), existing, "name")
        created = rows.create(Format, [Format(name=name, slug=slug) for name, slug in missing])
        counts = self.report.of(Format)
        counts.created, counts.unchanged = len(created), len(found)
        return found | {format_.name: format_ for format_ in created}

    def _roles(self) -> dict[int, Role]:
        """By format, the role that people of a file have: the file does not say what they do."""
        formats = set(self.formats.values())
        found = {role.format_id: role for role in Role.objects.filter(slug=ROLE, format__in=formats)}
        missing = sorted((format_ for format_ in formats if format_.pk not in found), key=lambda format_: format_.name)
        names = {"slug": ROLE, "name": "intervention"}  # fits everybody: the file does not say he or she
        created = rows.create(Role, [Role(format=format_, **names) for format_ in missing])
        return found | {role.format_id: role for role in created}

    def _sequences(self) -> dict[str, Sequence]:
        names = [event.track or self.edition.name for event in self.events]
        found, missing = rows.by_name(names, self.edition.sequences.all(), "title")
        colours, motifs = list(Colour), list(Motif)
        created = rows.create(
            Sequence,
            [
                Sequence(
                    edition=self.edition,
                    title=title,
                    slug=slug,
                    colour=colours[position % len(colours)],
                    motif=motifs[position % len(motifs)],
                    position=position,
                )
                for position, (title, slug) in enumerate(missing, len(found) + 1)
            ],
        )
        counts = self.report.of(Sequence)
        counts.created, counts.unchanged = len(created), len(found)
        return found | {sequence.title: sequence for sequence in created}

    def _values(self, event: ImportedEvent) -> dict[str, Any]:
        values = {
            "title": event.title,
            "lead": event.lead,
            "text": event.text,
            "course": event.course,
            "language": event.language,
            "starts_at": event.starts_at,
            "ends_at": event.ends_at,
            "is_online": event.room is None,
            "room_id": self.rooms[event.room.guid, event.room.name].pk if event.room else None,
            "sequence_id": self.sequences[event.track or self.edition.name].pk,
            "format_id": self.formats[event.kind or FORMAT].pk,
        }
        return {name: value for name, value in values.items() if value is not None or name == "room_id"}

    def _sessions(self) -> dict[str, Session]:
        """By key in the file. Ours are known by their code, others by the identifier they came with."""
        existing = list(Session.objects.filter(edition=self.edition))
        by_code = {session.code: session for session in existing}
        by_key = {session.import_id: session for session in existing if session.import_id}
        last = rows.last_imported(Session.history.filter(edition_id=self.edition.pk), FIELDS)
        found = {event.key: by_code.get(event.code) or by_key.get(event.key) for event in self.events}
        known = {key: session for key, session in found.items() if session is not None}
        self._change(known, last)
        self._report_missing(by_key, {session.pk for session in known.values()})
        new = [event for event in self.events if event.key not in known]
        codes = rows.new_codes(Session, len(new))
        created = rows.create(
            Session,
            [
                Session(
                    edition=self.edition,
                    code=code,
                    import_id=event.key,
                    status=Session.Status.APPROVED,
                    entry=Session.Entry.FREE,
                    **self._values(event),
                )
                for event, code in zip(new, codes, strict=True)
            ],
        )
        self.report.of(Session).created = len(created)
        return known | {session.import_id: session for session in created}

    def _change(self, known: dict[str, Session], last: dict[int, dict[str, Any]]) -> None:
        changed, fields, counts = [], set(), self.report.of(Session)
        for event in self.events:
            if event.key not in known:
                continue
            session = known[event.key]
            names, left = rows.merge(session, self._values(event), last.get(session.pk))
            identity = {"title": session.title, "code": session.code}
            if left:
                message = _("“%(title)s” (%(code)s): edited by hand since the last import (%(fields)s).")
                self.report.left.append(message % {**identity, "fields": rows.labels(Session, left)})
            if names:
                changed.append(session)
                fields.update(names)
                message = _("“%(title)s” (%(code)s): %(fields)s.")
                self.report.changes.append(message % {**identity, "fields": rows.labels(Session, names)})
            else:
                counts.unchanged += 1
        rows.update(Session, changed, (name.removesuffix("_id") for name in fields))
        counts.changed = len(changed)

    def _report_missing(self, by_key: dict[str, Session], met: set[int]) -> None:
        for session in by_key.values():
            if session.pk not in met and session.status != Session.Status.CANCELLED:
                message = _("“%(title)s” (%(code)s): no longer in the file. Cancel it if it does not take place.")
                self.report.left.append(message % {"title": session.title, "code": session.code})
