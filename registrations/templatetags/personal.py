"""Words of a person's own pages."""

from django import template
from django.utils.translation import gettext as _

from innovation_week import dates
from registrations.agenda import Notice, Stop
from registrations.links import ticket_link
from registrations.models import Registration

register = template.Library()


@register.filter
def ticket_token(registration: Registration) -> str:
    return ticket_link(registration).token


@register.simple_tag
def notice_words(stop: Stop, notice: Notice) -> str:
    """What does not fit together, as a person would say it."""
    here, there = notice.other.place, stop.place
    values = {"title": notice.other.title}
    if notice.time is None or here is None or there is None:
        return _("At the same time as “%(title)s”.") % values
    values |= {"time": dates.duration(*notice.time), "here": here.name, "there": there.name}
    if notice.kind == "short":
        if notice.time[0] == notice.time[1]:
            return _("No time to come from “%(title)s” (%(here)s): it ends when this begins.") % values
        return _("Only %(time)s to come from “%(title)s” (%(here)s): reckon half an hour between two venues.") % values
    values |= {"here": here.city or here.name, "there": there.city or there.name}
    return _("%(time)s to come from “%(title)s”, from %(here)s to %(there)s: check that the journey fits.") % values
