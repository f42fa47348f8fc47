"""The form of a session shows what is public beside the fields that differ."""

from typing import Any

from django import template

register = template.Library()
# The form computes the end: what is public of it stands beside the length.
SHOWN_AT = {"length": "ends_at"}


@register.simple_tag(takes_context=True)
def public_words(context: Any, name: str) -> Any:
    """What the public reads in the field of this name, when the draft differs; else None."""
    publishing = context.get("publishing")
    return publishing["fields"].get(SHOWN_AT.get(name, name)) if publishing else None
