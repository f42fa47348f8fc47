"""All that somebody asked for in an edition, on one page of their own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from publishing.current import released
from registrations import services
from registrations.agenda import Agenda
from registrations.forms import NameForm
from registrations.links import claimed_participant
from registrations.models import Participant, Registration
from registrations.views.personal import behind_a_link, no_such_link


@behind_a_link
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, link: str) -> HttpResponse:
    participant = claimed_participant(link)
    if participant is None or not participant.link.is_opened_by(link):
        return no_such_link(request, link, participant.link if participant else None)
    rows = list(participant.registrations().select_related("session"))
    if request.method != "POST":
        return _page(request, participant, rows, _name_form(rows))
    form = NameForm(request.POST)
    if not form.is_valid():
        return _page(request, participant, rows, form)
    services.rename(participant.registrations(), **form.cleaned_data, now=timezone.now())
    return redirect("registrations:space", participant.link.token)


def _last(rows: list[Registration]) -> Registration | None:
    """What the person last told of themselves."""
    return max(rows, key=lambda row: (row.created_at, row.pk), default=None)


def _name_form(rows: list[Registration]) -> NameForm:
    last = _last(rows)
    return NameForm(initial={"first_name": last.first_name, "last_name": last.last_name} if last else None)


def _page(request: HttpRequest, participant: Participant, rows: list[Registration], form: NameForm) -> HttpResponse:
    found = released(participant.edition.slug)
    context = {
        "edition": found.edition if found else participant.edition,
        "participant": participant,
        "person": _last(rows),
        "agenda": Agenda.of(rows, found, timezone.now()),
        "form": form,
    }
    return render(request, "registrations/space.html", context)
