"""Behind a link that was just mailed: what is held about somebody, to take away or to erase."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from registrations import erasure, own_data
from registrations.links import claimed_participant
from registrations.models import Participant
from registrations.views.personal import behind_a_link, no_such_link


@behind_a_link
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, link: str) -> HttpResponse:
    """Opening it changes nothing and sends nothing: mail scanners open links."""
    participant = claimed_participant(link)
    if participant is None or not participant.data_link.is_opened_by(link):
        return no_such_link(request, link, participant.data_link if participant else None)
    if request.method == "POST" and "download" in request.POST:
        return _download(participant)
    if request.method == "POST" and "erase" in request.POST:
        return _erase(request, participant)
    return _page(request, participant)


def _download(participant: Participant) -> HttpResponse:
    response = HttpResponse(own_data.archive(participant), content_type="application/zip")
    name = f"{gettext('my-data')}-{participant.edition.slug}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _erase(request: HttpRequest, participant: Participant) -> HttpResponse:
    if "sure" not in request.POST:
        message = gettext("Tick the box to say that you want it: nothing can be brought back.")
        return _page(request, participant, message)
    try:
        erasure.erase(participant, now=timezone.now())
    except ValidationError as refused:
        return _page(request, participant, refused.messages[0])
    return render(request, "registrations/data_erased.html", {"edition": participant.edition})


def _page(request: HttpRequest, participant: Participant, refused: str = "") -> HttpResponse:
    context = {
        "edition": participant.edition,
        "participant": participant,
        "sections": own_data.sections(participant),
        "preview": erasure.preview(participant, now=timezone.now()),
        "refused": refused,
    }
    return render(request, "registrations/data.html", context)
