from django import template
from django.urls import reverse

from innovation_week.back_office.guide import LOG_IN, guide

register = template.Library()


@register.simple_tag
def guide_link(anchor: str) -> dict[str, str]:
    """Address and title of a section of the user guide; of the whole guide when it has no such section."""
    title = guide().title_of(anchor or "")
    address = reverse("admin:guide")
    return {"address": f"{address}#{anchor}" if title else address, "title": title}


@register.simple_tag
def log_in_link() -> dict[str, str]:
    """What may be read of the guide before the log-in is complete."""
    return {"address": reverse("admin:log_in_help"), "title": guide().title_of(LOG_IN)}
