"""Read by somebody's calendar programme, without a log-in: the address is the right to read."""

from typing import Any

from django.contrib.auth import get_backends
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from outbox.links import public_id_of
from planning.calendar import task_calendar as make
from planning.models import Task, TaskCalendar


@require_safe
def task_calendar(request: HttpRequest, link: str) -> HttpResponse:
    """Somebody's open tasks of every edition; not found once their address was renewed or their account closed."""
    user = _user(link)
    if user is None:
        raise Http404(gettext("This address no longer answers. Take the new one from the list of planning tasks."))
    tasks = Task.objects.filter(owner=user).open().soonest_first()
    rows = tasks.select_related("edition", "sequence", "session")
    content = make(rows, reader=user, now=timezone.now())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="retroplanning.ics"'
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _user(link: str) -> Any:
    """Whose calendar it is, if they may still log in and see tasks; None for all others."""
    public_id = public_id_of(link)
    calendar = TaskCalendar.objects.filter(public_id=public_id).first() if public_id else None
    if calendar is None or not calendar.link.is_opened_by(link):
        return None
    # Each backend says who may go on: one refuses closed accounts, another those past their last day.
    found = (backend.get_user(calendar.pk) for backend in get_backends() if hasattr(backend, "get_user"))
    user: Any = next((user for user in found if user), None)
    return user if user and user.is_staff and user.has_perm("planning.view_task") else None
