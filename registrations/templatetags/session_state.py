from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from publishing.templatetags.programme import STATES

register = template.Library()


@register.filter
def session_state(state: str) -> SafeString:
    """The state of a session as the word that the programme shows."""
    return format_html('<span class="state state--{}">{}</span>', state, STATES[state])
