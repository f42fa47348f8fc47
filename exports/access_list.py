"""What a venue receives before a day or a session: who comes, by name; on paper or as a workbook."""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from exports.layout import PICTOGRAMS
from exports.papers import laid_out
from registrations.models import Registration
from sessions.models import Session
from venues.models import Venue

Column = tuple[Any, Callable[[Any], Any]]


@dc.dataclass(frozen=True, slots=True)
class AccessList:
    """Of a venue and a day by its clock, or of one of its sessions."""

    venue: Venue
    day: dt.date
    session: Session | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.venue.time_zone)

    @property
    def file_name(self) -> str:
        about = self.session.code if self.session else self.venue.slug
        return f"liste-d-acces-{about}-{self.day.isoformat()}"

    def people(self, registrations: QuerySet[Registration]) -> QuerySet[Registration]:
        """Those of ``registrations``, which are ``marked``, that are expected in the room."""
        begin = dt.datetime.combine(self.day, dt.time(), self.zone)
        expected = registrations.filter(
            session__room__venue=self.venue,
            session__starts_at__gte=begin,
            session__starts_at__lt=dt.datetime.combine(self.day + dt.timedelta(days=1), dt.time(), self.zone),
            is_online=False,
            state__in=Registration.EXPECTED,
        )
        if self.session:
            expected = expected.filter(session=self.session)
        return expected.select_related("session__sequence").order_by(
            "last_name", "first_name", "session__starts_at", "pk"
        )

    @property
    def columns(self) -> Sequence[Column]:
        """What the venue asked for, and no more."""
        asked: list[Column] = [
            (_("last name"), lambda row: row.last_name),
            (_("first name"), lambda row: row.first_name),
        ]
        if self.venue.access_list_employer:
            asked.append((_("Employer"), lambda row: row.employer_name))
        if self.venue.access_list_email:
            asked.append((_("e-mail address"), lambda row: row.email))
        return [
            *asked,
            (_("people"), lambda row: row.party),
            (_("session"), lambda row: row.session.title),
            (_("start"), lambda row: row.session.starts_at),
            (_("access list"), lambda row: _("off the list") if row.is_off_list else ""),
        ]


def _called(session: Session) -> str:
    """Within a day, beside the time: the title of a slot may tell both again."""
    return session.sequence.title if session.is_slot else session.title


def access_list_pdf(listed: AccessList, people: Iterable[Any]) -> bytes:
    """In the active language; Busy, or TypesettingError."""
    rows = list(people)
    source = render_to_string(
        "exports/papers/access_list.html",
        {
            "listed": listed,
            "called": _called(listed.session) if listed.session else "",
            "rows": [(row, _called(row.session)) for row in rows],
            "total": sum(row.party for row in rows),
            "made_at": timezone.now().astimezone(listed.zone),
            "zone": listed.zone,
            "theme": settings.THEME,
            "is_demo": settings.DEMO,
            "language": get_language(),
        },
    )
    return laid_out(PICTOGRAMS.sub("", source))
