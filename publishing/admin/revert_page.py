"""“Revenir à la version publiée”: the draft beside what is public, then the button."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from innovation_week.back_office.kept_filters import with_filters
from publishing.admin.this_session import beside_of, fields_beside
from publishing.restoring import restore
from sessions.models import Session


def revert_page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    session: Session | None = model_admin.get_object(request, unquote(object_id))
    if session is None:
        raise Http404
    if not model_admin.has_change_permission(request, session):
        raise PermissionDenied
    with_people = request.user.has_perm("speakers.change_candidacy")
    if request.method == "POST":
        is_done = _revert(model_admin, request, session, with_people=with_people)
        address = reverse(f"admin:programme_session_{'change' if is_done else 'revert'}", args=[session.pk])
        return redirect(with_filters(model_admin, request, address))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Go back to the published version"),
        "subtitle": session.title,
        "session": session,
        "opts": model_admin.opts,
        "fields": fields_beside(request, session),
        "pages": beside_of(request, session).pages,
        "seen": beside_of(request, session).fingerprint,
        "with_people": with_people,
    }
    return TemplateResponse(request, "admin/publishing/session/revert.html", context)


def _revert(model_admin: Any, request: HttpRequest, session: Session, *, with_people: bool) -> bool:
    try:
        with transaction.atomic():
            restore(session, with_people=with_people, seen=request.POST.get("seen", ""))
            # The published sequence may be one of others, for an account limited to its own.
            if not model_admin.has_change_permission(request, Session.objects.get(pk=session.pk)):
                raise PermissionDenied
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    vars(request).pop("beside", None)
    again = Session.objects.select_related("edition").get(pk=session.pk)
    left = [words.label for words in fields_beside(request, again).values()]
    left += beside_of(request, again).pages
    if left:
        message = _("The session is back to what is public, save what has to be settled elsewhere: %(left)s.")
        messages.warning(request, message % {"left": ", ".join(left)})
    else:
        messages.success(request, _("The draft is again what the public sees."))
    return True
