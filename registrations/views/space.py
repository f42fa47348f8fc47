"""All that somebody asked for in an edition, on one page of their own."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from publishing.current import released
from registrations import participants, resending, services
from registrations.agenda import Agenda
from registrations.forms import NameForm
from registrations.links import claimed_participant
from registrations.models import Participant, Registration
from registrations.refusals import open_too_long
from registrations.throttle import allow, allow_mail
from registrations.views.personal import (
    REQUESTS_PER_ADDRESS,
    REQUESTS_PER_NETWORK,
    behind_a_link,
    no_such_link,
)


@behind_a_link
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, link: str) -> HttpResponse:
    participant = claimed_participant(link)
    if participant is None or not participant.link.is_opened_by(link):
        return no_such_link(request, link, participant.link if participant else None)
    rows = list(participant.registrations().select_related("session"))
    if request.method != "POST":
        return _page(request, participant, rows, _name_form(rows))
    if "calendar" in request.POST:
        participants.renew_calendar(participant)
    elif "renew" in request.POST:
        return _renew(request, participant, rows)
    elif "data" in request.POST:
        return _send_data_link(request, participant, rows)
    else:
        form = NameForm(request.POST)
        if not form.is_valid():
            return _page(request, participant, rows, form)
        services.rename(participant.registrations(), **form.cleaned_data, now=timezone.now())
    return redirect("registrations:space", participant.link.token)


def give_back(request: HttpRequest, link: str) -> HttpResponse | None:
    """The page again with the name as it was typed, when it was open for too long; None when nothing was."""
    return _given_back(request, link) if "last_name" in request.POST else None


@behind_a_link
def _given_back(request: HttpRequest, link: str) -> HttpResponse:
    participant = claimed_participant(link)
    if participant is None or not participant.link.is_opened_by(link):
        return no_such_link(request, link, participant.link if participant else None)
    form = NameForm(request.POST)
    form.add_error(None, open_too_long())
    rows = list(participant.registrations().select_related("session"))
    return _page(request, participant, rows, form, status=403)


def _send_data_link(request: HttpRequest, participant: Participant, rows: list[Registration]) -> HttpResponse:
    last = _last(rows)
    if last is not None and _may_send(request, participant):
        resending.send_data_link(participant, last)
    response = redirect("registrations:space", participant.link.token)
    response["Location"] += "?envoi=1#mes-donnees"
    return response


def _renew(request: HttpRequest, participant: Participant, rows: list[Registration]) -> HttpResponse:
    """The mail may be one too many for the hour: it can be asked for later."""
    participants.renew(participant)
    last = _last(rows)
    if last is not None and _may_send(request, participant):
        services.send_links(last.email, language=last.language)
    response = redirect("registrations:resend")
    response["Location"] += "?envoi=1"
    return response


def _may_send(request: HttpRequest, participant: Participant) -> bool:
    is_new = allow("links", participant.email_key, limit=REQUESTS_PER_ADDRESS, seconds=3600)
    return allow_mail(request, "links", limit=REQUESTS_PER_NETWORK) and is_new


def _last(rows: list[Registration]) -> Registration | None:
    """What the person last told of themselves."""
    return max(rows, key=lambda row: (row.created_at, row.pk), default=None)


def _name_form(rows: list[Registration]) -> NameForm:
    last = _last(rows)
    return NameForm(initial={"first_name": last.first_name, "last_name": last.last_name} if last else None)


def _calendar_url(participant: Participant) -> dict[str, str]:
    """Absolute: it is pasted into another programme; ``webcal:`` opens that programme."""
    https = settings.SITE_URL + reverse("registrations:calendar", args=[participant.calendar_link.token])
    return {"https": https, "webcal": f"webcal://{https.partition('://')[2]}"}


def _page(
    request: HttpRequest, participant: Participant, rows: list[Registration], form: NameForm, *, status: int = 200
) -> HttpResponse:
    found = released(participant.edition.slug)
    context = {
        "edition": found.edition if found else participant.edition,
        "participant": participant,
        "person": _last(rows),
        "agenda": Agenda.of(rows, found, timezone.now()),
        "calendar_url": _calendar_url(participant),
        "minutes": Participant.DATA_MINUTES,
        "is_data_asked": "envoi" in request.GET,
        "registered": " ".join(row.session.code for row in rows if row.state in Registration.LIVE),
        "form": form,
    }
    return render(request, "registrations/space.html", context, status=status)
