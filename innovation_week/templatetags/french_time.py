"""``innovation_week.dates`` for templates."""

from django import template

from innovation_week import dates

register = template.Library()

register.filter("clock", dates.clock)
register.filter("day", dates.day)
register.filter("day_and_month", dates.day_and_month)
register.filter("weekday", dates.weekday)
register.filter("short_day", dates.short_day)
register.filter("deadline", dates.deadline)
register.filter("zone_name", dates.zone_name)
register.filter("date_range", dates.date_range)
register.filter("end_clock", dates.end_clock)
register.filter("time_range", dates.time_range)
register.filter("duration", dates.duration)
