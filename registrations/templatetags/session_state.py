from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

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


@register.filter
def place_in_queue(position: int) -> str:
    """``1`` as “1st”, in the language of the page."""
    words = {1: _("1st"), 2: _("2nd"), 3: _("3rd")}
    return words.get(position) or _("%(number)dth") % {"number": position}
