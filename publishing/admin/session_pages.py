"""Publish one session, call it off, postpone it: a page that shows what changes for the public, a note, a button."""

import dataclasses as dc
from collections.abc import Callable, Collection
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from innovation_week.back_office.kept_filters import with_filters
from innovation_week.publication import cancel, postpone, publish
from publishing.admin import changes as telling
from publishing.admin.forms import NoteForm, PostponeForm, PublishSessionForm
from publishing.admin.notices_ahead import notices_ahead, tell_drafts, told_at_once
from publishing.admin.this_session import beside_of
from publishing.calling_off import cancelled, postponed
from publishing.checks import FORCE
from publishing.current import of
from publishing.models import Release
from publishing.programme import Item
from publishing.publish import Draft, draft, lock_edition
from publishing.this_session import beside, check_seen
from registrations.models import Registration
from sessions.models import Session


@dc.dataclass(frozen=True, slots=True)
class Act:
    """One of these pages: its words, what it proposes, what its button does."""

    title: str
    button: str
    propose: Callable[[], Draft]
    do: Callable[[dict[str, Any], User], Release]
    seen: dict[str, str] = dc.field(default_factory=dict)


def publish_page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    session = session_to_publish(model_admin, request, object_id)
    edition, code = session.edition, session.code

    def do(data: dict[str, Any], user: User) -> Release:
        return _publish_as_seen(session, data, user, told_at_once(request))

    seen = {"seen": beside_of(request, session).fingerprint}
    act = Act(_("Publish this session"), _("Publish this session"), lambda: draft(edition, only=[code]), do, seen)
    return _page(model_admin, request, session, PublishSessionForm(request.POST or None), act)


@transaction.atomic
def _publish_as_seen(session: Session, data: dict[str, Any], user: User, tell_at_once: Collection[str]) -> Release:
    edition = lock_edition(session.edition)
    row = Session.objects.select_for_update(of=("self",), no_key=True).select_related("edition").get(pk=session.pk)
    check_seen(beside(row), data["seen"])
    return publish(
        edition,
        tell_at_once=tell_at_once,
        note=data["note"],
        user=user,
        expected=data["expected"],
        only=[row.code],
        force=[row.code] if data["reason"] else [],
        reason=data["reason"],
    )


def cancel_page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    session = session_to_publish(model_admin, request, object_id)
    item = _announced(request, session)
    note = _("“%(title)s” is cancelled.") % {"title": item.title}

    def do(data: dict[str, Any], user: User) -> Release:
        seen, note = data["expected"], data["note"]
        return cancel(session, tell_at_once=told_at_once(request), note=note, user=user, expected=seen)

    act = Act(
        _("Cancel the session"), _("Cancel the session and publish"), lambda: cancelled(session.edition, item.code), do
    )
    return _page(model_admin, request, session, NoteForm(request.POST or None, initial={"note": note}), act)


def postpone_page(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    session = session_to_publish(model_admin, request, object_id)
    item = _announced(request, session)
    initial = {"note": _("“%(title)s” is postponed.") % {"title": item.title}}
    form = PostponeForm(request.POST or None, initial=initial, session=session, announced=item.slot)

    def propose() -> Draft:
        return postponed(session.edition, item.code, form.times if form.is_bound else None)

    def do(data: dict[str, Any], user: User) -> Release:
        seen, note, reason = data["expected"], data["note"], data["reason"]
        told = told_at_once(request)
        return postpone(
            session, tell_at_once=told, times=form.times, note=note, user=user, expected=seen, reason=reason
        )

    act = Act(_("Postpone the session"), _("Postpone the session and publish"), propose, do)
    return _page(model_admin, request, session, form, act)


def session_to_publish(model_admin: Any, request: HttpRequest, object_id: str) -> Session:
    """For who may change this session and make releases."""
    session: Session | None = model_admin.get_object(request, unquote(object_id))
    if session is None:
        raise Http404
    if not model_admin.has_change_permission(request, session) or not may_publish(request):
        raise PermissionDenied
    return session


def may_publish(request: HttpRequest) -> bool:
    return request.user.has_perm("publishing.add_release")


def _announced(request: HttpRequest, session: Session) -> Item:
    item = beside_of(request, session).item
    if item is None or item.state == "cancelled":
        raise Http404("This session is not announced to the public.")
    return item


def _page(model_admin: Any, request: HttpRequest, session: Session, form: NoteForm, act: Act) -> HttpResponse:
    """``form`` is bound by a POST; its button “preview” only shows what would change."""
    asked = request.method == "POST" and "preview" not in request.POST
    if asked and form.is_valid() and (release := _done(request, form, act)):
        messages.success(request, _told(session, release))
        tell_drafts(request, release)
        return redirect(
            with_filters(model_admin, request, reverse("admin:programme_session_change", args=[session.pk]))
        )
    form.is_valid()
    proposed = act.propose()
    form.as_seen(expected=proposed.last.number if proposed.last else 0, **act.seen)
    may_force = request.user.has_perm(FORCE)
    if proposed.blocks == () or not may_force:
        form.fields.pop("reason", None)
    old = of(proposed.last).programme if proposed.last else None
    registered = Registration.objects.live().filter(session=session).count()
    context = {
        **model_admin.admin_site.each_context(request),
        "title": act.title,
        "subtitle": session.title,
        "act": act,
        "session": session,
        "opts": model_admin.opts,
        "draft": proposed,
        "form": form,
        "was_refused": asked,
        "may_force": may_force,
        "sections": telling.sections(proposed.changes, old, proposed.programme),
        "around": telling.around(proposed.changes),
        "notices_ahead": notices_ahead(request, proposed, {session.code: registered}),
        "registered": registered,
    }
    return TemplateResponse(request, "admin/publishing/session/act.html", context)


def _done(request: HttpRequest, form: NoteForm, act: Act) -> Release | None:
    """None when it is refused: the form then says why."""
    assert isinstance(request.user, User)
    try:
        return act.do(form.cleaned_data, request.user)
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages, code=getattr(error, "code", None)))
        return None


def _told(session: Session, release: Release) -> str:
    return format_html(
        _("Release no. {} is online. See <a href='{}'>this session as the public sees it</a>."),
        release.number,
        reverse("publishing:session", args=[session.edition.slug, session.code]),
    )
