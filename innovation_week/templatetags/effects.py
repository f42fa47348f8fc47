"""When what is written in a field acts, beside what shows it."""

from typing import Any

from django import template

from innovation_week.back_office.effects import Effect

register = template.Library()


@register.filter
def effect_of(name: str, shown_by: Any) -> Effect | None:
    """``shown_by``: the form or the lines of the back-office that the field of this name is in; few tell."""
    tell = getattr(shown_by, "effect", None)
    found: Effect | None = tell(name) if tell else None
    return found
