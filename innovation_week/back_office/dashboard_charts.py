"""The pictures of the dashboard: how far sessions are filled, and how many registrations each day brings."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innovation_week.back_office.charts import Picture, bars, line
from innovation_week.dates import day_and_month
from registrations.models import Registration
from sessions.models import Session

DAYS = 28

_COUNTED = Session.ALIVE & Q(entry=Session.Entry.REGISTRATION, seats__isnull=False)
_LEFT = Q(seats__gt=F("seats_taken"))
# Whole numbers: the division rounds down on every database, which changes nothing to these comparisons.
_BELOW = [Q(seats__gt=F("seats_taken") * 4), Q(seats__gt=F("seats_taken") * 2), Q(seats__gt=F("seats_taken") * 4 / 3)]
FILLING = (
    (gettext_lazy("less than 25 %"), _COUNTED & _BELOW[0]),
    (gettext_lazy("25 to 50 %"), _COUNTED & ~_BELOW[0] & _BELOW[1]),
    (gettext_lazy("50 to 75 %"), _COUNTED & ~_BELOW[1] & _BELOW[2]),
    (gettext_lazy("75 % and more"), _COUNTED & ~_BELOW[2] & _LEFT),
    (gettext_lazy("full"), _COUNTED & ~_LEFT),
)


def filling(numbers: Sequence[int]) -> Picture:
    """From how many sessions stand in each band of FILLING."""
    rows = [(str(word), number) for (word, _condition), number in zip(FILLING, numbers, strict=True)]
    total, full = sum(numbers), numbers[-1]
    words = ngettext(
        "Of %(total)s session with a limited number of seats, %(full)s is full.",
        "Of %(total)s sessions with a limited number of seats, %(full)s are full.",
        total,
    )
    return Picture(
        _("Filling of the sessions"),
        words % {"total": localize(total), "full": localize(full)},
        (_("Seats taken"), _("Sessions")),
        rows,
        bars(rows),
    )


def registrations_a_day(registrations: QuerySet[Registration], last: dt.date) -> Picture | None:
    """Over four weeks until ``last``, those that hold a seat, by the day they were asked; None without any."""
    first = last - dt.timedelta(days=DAYS - 1)
    start, end = (timezone.make_aware(dt.datetime.combine(day, dt.time())) for day in (first, last + dt.timedelta(1)))
    # Between moments, which are compared as they stand: a day has to be worked out for each row.
    asked = registrations.filter(state__in=Registration.LIVE, created_at__gte=start, created_at__lt=end)
    found = asked.order_by().values_list(TruncDate("created_at")).annotate(Count("pk"))
    by_day: dict[dt.date, int] = dict(found)
    if not by_day:
        return None
    days = [first + dt.timedelta(days=number) for number in range(DAYS)]
    rows = [(day, by_day.get(day, 0)) for day in days]
    busiest, most = max(rows, key=lambda row: row[1])
    total = sum(by_day.values())
    words = ngettext(
        "%(total)s registration in four weeks; most on %(day)s: %(most)s.",
        "%(total)s registrations in four weeks; most on %(day)s: %(most)s.",
        total,
    )
    return Picture(
        _("Registrations a day"),
        words % {"total": localize(total), "day": day_and_month(busiest), "most": localize(most)},
        (_("Day"), _("Registrations")),
        [(day_and_month(day), number) for day, number in rows],
        line(rows),
    )
