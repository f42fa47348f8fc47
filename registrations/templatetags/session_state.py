from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from publishing.templatetags.programme import STATES
from registrations.models import Registration

register = template.Library()


@register.filter
def session_state(state: str) -> SafeString:
    """The state of a session as the word that the programme shows."""
    return format_html('<span class="state state--{}">{}</span>', state, STATES[state])


@register.filter
def registration_state(state: str) -> SafeString:
    """The same for the state of a registration."""
    return format_html('<span class="state state--{}">{}</span>', state, Registration.State(state).label)
