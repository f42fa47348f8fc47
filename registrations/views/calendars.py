"""What a calendar programme reads of somebody: without a log-in, the address is the right to read."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from publishing.current import released
from registrations import calendar
from registrations.links import claimed, claimed_participant
from registrations.published import find


@require_safe
def subscription(request: HttpRequest, link: str) -> HttpResponse:
    """All that somebody comes to in an edition; not found once the address was changed."""
    participant = claimed_participant(link)
    found = released(participant.edition.slug) if participant else None
    if participant is None or found is None or not participant.calendar_link.is_opened_by(link):
        raise Http404(gettext("This address no longer answers. Take the new one from the page of your registrations."))
    return _file(calendar.person_calendar(participant, found), f"{participant.edition.slug}.ics")


@require_safe
def session_file(request: HttpRequest, link: str) -> HttpResponse:
    """The session of one registration, as it stands for its person."""
    registration = claimed(link)
    if registration is None or not registration.link.is_opened_by(link):
        raise Http404(gettext("This link is no longer valid. Ask for a new one."))
    published = find(registration.session.edition.slug, registration.session.code)
    files = calendar.mail_files(published, registration) if published else []
    if not files:
        raise Http404(gettext("There is nothing here for a calendar yet."))
    return _file(files[0].content.encode(), files[0].name)


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
