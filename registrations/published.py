"""A session as registration sees it: what its release says, and the row that counts its seats."""

import dataclasses as dc
import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from innovation_week import dates
from publishing.availability import Availability, Seats
from publishing.current import Released, released
from publishing.programme import Item, Place, Programme, Room
from registrations import locks
from registrations.models import Registration
from sessions.models import Edition, Session


@dc.dataclass(frozen=True, slots=True)
class PublishedSession:
    released: Released
    item: Item

    @property
    def edition(self) -> Edition:
        return self.released.edition

    @property
    def programme(self) -> Programme:
        return self.released.programme

    @property
    def zone(self) -> ZoneInfo:
        return self.programme.zone_of(self.item.slot)

    @property
    def foreign_zone(self) -> ZoneInfo | None:
        """The venue's when it is not the edition's: a time in La Réunion needs saying so."""
        return self.zone if self.zone.key != self.programme.time_zone else None

    def in_words(self, moment: dt.datetime) -> str:
        """On the clock of the venue, and which clock that is when it is not the edition's."""
        zone = self.foreign_zone
        return dates.deadline(moment.astimezone(self.zone)) + (f" ({dates.zone_name(zone)})" if zone else "")

    @property
    def has_siblings(self) -> bool:
        """Whether the sequence has other sessions, not over yet, to send people to."""
        now = timezone.now()
        return any(
            item.thread == self.item.thread and item.slot.ends_at and item.slot.ends_at > now
            for item in self.programme.items
            if item.code != self.item.code
        )

    @property
    def colour(self) -> str:
        thread = self.programme.thread_by_slug.get(self.item.thread)
        return thread.colour if thread else ""

    @property
    def starts_at(self) -> dt.datetime | None:
        """On the clock of the venue."""
        return self._local(self.item.slot.starts_at)

    @property
    def ends_at(self) -> dt.datetime | None:
        return self._local(self.item.slot.ends_at)

    @property
    def place(self) -> Place | None:
        return self.programme.place_by_slug.get(self.item.slot.place)

    @property
    def room(self) -> Room | None:
        return self.programme.room_of(self.item.slot)

    @property
    def is_hybrid(self) -> bool:
        """In a room and online, with seats for each."""
        return self.item.is_online and bool(self.item.slot.place)

    def is_attended_online(self, registration: Registration) -> bool:
        """By that person: their choice where there is a room too, else everybody's."""
        return self.item.is_online and (registration.is_online or not self.item.slot.place)

    @property
    def list_closes_at(self) -> dt.datetime | None:
        """When the venue receives the names of those who come, on its clock; None when it wants none."""
        return self.programme.access_list_closes_at(self.item.slot)

    def is_over(self, now: dt.datetime) -> bool:
        return self.item.slot.ends_at is not None and self.item.slot.ends_at <= now

    def row(self) -> Session:
        return Session.objects.only(*locks.LIVE_FIELDS).get(edition=self.edition, code=self.item.code)

    def locked_row(self) -> Session:
        return locks.lock_by_code(self.edition, self.item.code)

    def state(self, row: Session, now: dt.datetime, *, is_eligible: bool = False) -> str:
        """As everywhere: ``open few full closed not_yet free invitation now over cancelled postponed``.

        ``is_eligible``: to somebody who may register, ``invitation`` is then no state of a session with registration.
        The start comes from the release: the row may already hold the time of a move not announced yet.
        """
        live = Seats.of(row, opens_at=self.opens_at(row), closes_at=self.closes_at(row))
        if is_eligible:
            live = live.to_invited()
        return Availability({self.item.code: live}, now).state(self.item)

    def opens_at(self, row: Session) -> dt.datetime | None:
        return self._local(row.registration_opens_at or self.edition.registration_opens_at)

    def closes_at(self, row: Session) -> dt.datetime | None:
        return self._local(row.registration_closes_at or self.edition.registration_closes_at)

    def _local(self, moment: dt.datetime | None) -> dt.datetime | None:
        return moment.astimezone(self.zone) if moment else None


def find(edition: str, code: str) -> PublishedSession | None:
    """The session with this code in the last release of the edition."""
    found = released(edition)
    item = found.programme.item_by_code.get(code) if found else None
    return PublishedSession(found, item) if found and item else None
