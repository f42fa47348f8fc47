"""At the door of a session: how many are there, people who come unregistered, and the seats of the absent."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminIntegerFieldWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.session_times import day_and_hours
from registrations import counts, door, eligibility
from registrations.models import Registration, WalkIn
from registrations.published import find
from sessions.models import Session
from venues.models import MOST_PEOPLE

INTRODUCTIONS = {
    "door": _(
        "How many are there, and who comes unregistered: they take the seats kept for them first, then those that are "
        "free. Open from two hours before the start."
    ),
    "absent": _(
        "Who was expected and is not noted as present gives the seat to whoever stands at the door. Read the names "
        "before you release the seats."
    ),
}
NAMED = 100  # absent people on the page
State = Registration.State


class AdmitForm(forms.Form):
    people = forms.IntegerField(
        label=_("People who come in"),
        min_value=1,
        max_value=MOST_PEOPLE,
        initial=1,
        widget=AdminIntegerFieldWidget,
        help_text=_("By number only. To note a name, register somebody."),
    )


class DoorPages(admin.ModelAdmin):
    """For the admin of sessions: under the address of each."""

    def get_urls(self) -> list[Any]:
        here = [
            path(f"<path:object_id>/{word}/", self.admin_site.admin_view(view), name=f"programme_session_{name}")
            for word, view, name in [
                ("porte", self.door_view, "door"),
                ("absents", self.absent_view, "absent"),
            ]
        ]
        return [*here, *super().get_urls()]

    def door_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        session = self._session_at_the_door(request, object_id)
        form = AdmitForm(request.POST if "people" in request.POST else None)
        if request.method == "POST":
            try:
                if self._is_done(request, session, form):
                    return redirect("admin:programme_session_door", session.pk)
            except ValidationError as refused:
                form.add_error(None, refused) if form.is_bound else self._refuse(request, refused)
        return self._door_page(request, session, "door", gettext("At the door"), _door(session) | {"form": form})

    def absent_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Who would lose their seats; done on POST."""
        session = self._session_at_the_door(request, object_id)
        if request.method == "POST":
            try:
                number = door.release_absent(session, now=timezone.now(), actor=request.user.get_username())
            except ValidationError as refused:
                self._refuse(request, refused)
            else:
                told = ngettext(
                    "The seats of %(number)d registration are free again.",
                    "The seats of %(number)d registrations are free again.",
                    number,
                )
                self.message_user(request, told % {"number": number}, messages.SUCCESS)
            return redirect("admin:programme_session_door", session.pk)
        absent = door.absent(session.pk)
        published = find(session.edition.slug, session.code)
        context = {
            "absent": absent.order_by("last_name", "first_name", "pk")[:NAMED],
            "more": max(absent.count() - NAMED, 0),
            "people": absent.aggregate(people=Sum("party"))["people"] or 0,
            "has_begun": published is not None and door.has_begun(published, timezone.now()),
        }
        return self._door_page(request, session, "absent", gettext("Release the seats of the absent"), context)

    def _session_at_the_door(self, request: HttpRequest, object_id: str) -> Session:
        session: Any = self.get_object(request, unquote(object_id))
        if session is None:
            raise Http404
        may_admit = request.user.has_perm("registrations.check_in_registration")
        if not may_admit or not self.has_view_permission(request, session):
            raise PermissionDenied
        found: Session = session
        return found

    def _is_done(self, request: HttpRequest, session: Session, form: AdmitForm) -> bool:
        now = timezone.now()
        if form.is_bound:
            if not form.is_valid():
                return False
            people = form.cleaned_data["people"]
            door.admit_unregistered(session, people, now=now, actor=request.user.get_username())
            told = ngettext("%(number)d person is let in.", "%(number)d people are let in.", people)
            self.message_user(request, told % {"number": people}, messages.SUCCESS)
            return True
        pk = request.POST.get("walk_in", "")
        walk_in = WalkIn.objects.filter(session=session, pk=pk).first() if pk.isdecimal() and len(pk) < 10 else None
        if walk_in is not None:
            door.take_back(walk_in, now=now)
            self.message_user(request, gettext("Taken back."), messages.SUCCESS)
        return True

    def _refuse(self, request: HttpRequest, refused: ValidationError) -> None:
        self.message_user(request, refused.messages[0], messages.ERROR)

    def _door_page(
        self, request: HttpRequest, session: Session, name: str, title: str, context: dict[str, Any]
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "introduction": INTRODUCTIONS[name],
            "opts": self.opts,
            "guide": "a-la-porte-dune-seance",
            "session": session,
            "when": ", ".join(day_and_hours(session)),
            **context,
        }
        return TemplateResponse(request, f"admin/programme/session/{name}.html", context)


def _door(session: Session) -> dict[str, Any]:
    rows = Registration.objects.filter(session=session, is_online=False).order_by().values_list("state")
    people = dict(rows.annotate(people=Sum("party")))
    walk_ins = list(WalkIn.objects.filter(session=session))
    return {
        "expected": people.get(State.CONFIRMED, 0) + people.get(State.PRESENT, 0),
        "present": people.get(State.PRESENT, 0),
        "absent": people.get(State.NO_SHOW, 0),
        "free": counts.ROOM.free(session),
        "kept": session.walk_in_seats,
        "rule": eligibility.told_by(session),
        "walk_ins": walk_ins,
        "unregistered": sum(walk_in.people for walk_in in walk_ins),
    }
