"""What the staff does with registrations, one or several: a page says whom it is about, and asks what is needed."""

import dataclasses as dc
import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from registrations import door, moving, services
from registrations.admin.act_forms import MOST, ActForm, AdmitForm, CancelForm, FewerForm, MoveForm, PromoteForm
from registrations.eligibility import is_by_rule
from registrations.models import Registration
from registrations.published import find

NAMED = 50  # of them on the page
REFUSALS_NAMED = 10
State = Registration.State


@dc.dataclass(frozen=True, slots=True)
class Act:
    word: str  # of its address
    name: str  # of its address in code
    right: str
    title: Any
    explanation: Any
    button: Any
    done: Any  # message, of a number
    form: type[ActForm]
    concerns: Callable[[Registration], bool]
    do: Callable[[Registration, dict[str, Any], dt.datetime, str], object]
    last_first: bool = False

    @property
    def action(self) -> str:
        """Its name among the actions of the list."""
        return f"{self.name}_registrations"

    @property
    def address(self) -> str:
        return f"admin:registrations_registration_{self.name}"


def _cancel(registration: Registration, data: dict[str, Any], now: dt.datetime, actor: str) -> None:
    session = registration.session
    published = find(session.edition.slug, session.code)
    services.cancel(
        registration, published, now=now, actor=actor, reason=data["reason"], silently=data.get("silently", False)
    )


def _move(registration: Registration, data: dict[str, Any], now: dt.datetime, actor: str) -> None:
    session = data["session"]
    target = find(session.edition.slug, session.code)
    if target is None:
        told = gettext("“%s” is not published: nobody can be moved there yet.")
        raise ValidationError(told % session)
    how = {name: data[name] for name in ("reason", "silently", "is_passed")}
    moving.move_to(registration, target, now=now, actor=actor, **how)


def _promote(registration: Registration, data: dict[str, Any], now: dt.datetime, actor: str) -> None:
    services.promote(registration, now=now, actor=actor, reason=data["reason"])


def _bring_fewer(registration: Registration, data: dict[str, Any], now: dt.datetime, actor: str) -> None:
    services.bring_fewer(registration, data["places"], now=now, actor=actor)


def _admit(registration: Registration, data: dict[str, Any], now: dt.datetime, actor: str) -> None:
    door.admit(registration, now=now, actor=actor, pass_note=data.get("pass_note", ""))


def _undo(registration: Registration, data: dict[str, Any], now: dt.datetime, actor: str) -> None:
    door.undo(registration, now=now, actor=actor)


ACTS = [
    Act(
        "annuler",
        "cancel",
        "change",
        _("Cancel the registration"),
        _("Their seats go at once to those who wait, else they are free again. There is no way back."),
        _("Cancel these registrations"),
        ngettext_lazy("%(number)d registration is cancelled.", "%(number)d registrations are cancelled.", "number"),
        CancelForm,
        lambda registration: registration.state in Registration.LIVE,
        _cancel,
    ),
    Act(
        "promouvoir",
        "promote",
        "change",
        _("Move up on the waiting list"),
        _(
            "A seat is offered at once if enough are free, even though others have waited for longer; without, the "
            "registration goes to the head of the list."
        ),
        _("Move up these registrations"),
        ngettext_lazy("%(number)d registration is moved up.", "%(number)d registrations are moved up.", "number"),
        PromoteForm,
        lambda registration: registration.state == State.WAITING,
        _promote,
        last_first=True,  # the order among those who are moved up stays
    ),
    Act(
        "deplacer",
        "move",
        "change",
        _("Move to another session"),
        _(
            "Each keeps their link and their ticket, and comes to a seat of the other session as long as there are; "
            "the seat that they leave goes to who waits for it. What is still to be confirmed stays so."
        ),
        _("Move these registrations"),
        ngettext_lazy("%(number)d registration is moved.", "%(number)d registrations are moved.", "number"),
        MoveForm,
        lambda registration: registration.state in moving.MOVABLE,
        _move,
    ),
    Act(
        "groupe",
        "fewer",
        "change",
        _("Fewer people in the group"),
        _("Groups that are larger than this number become as large as it; their other seats go to those who wait."),
        _("Reduce these groups"),
        ngettext_lazy("%(number)d group is smaller now.", "%(number)d groups are smaller now.", "number"),
        FewerForm,
        lambda registration: registration.state in Registration.LIVE and registration.party > 1,
        _bring_fewer,
    ),
    Act(
        "presents",
        "admit",
        "check_in",
        _("Note as present"),
        _(
            "For people who stand at the door, or for a list kept on paper. Whoever has no seat any more takes one of "
            "those that are kept or free."
        ),
        _("They are there"),
        ngettext_lazy("%(number)d registration is present.", "%(number)d registrations are present.", "number"),
        AdmitForm,
        lambda registration: registration.state != State.PRESENT,
        _admit,
    ),
    Act(
        "retablir",
        "undo",
        "check_in",
        _("Take back present or absent"),
        _(
            "What was noted by mistake: the registration is confirmed again, as long as there is a seat for somebody "
            "who was noted as absent."
        ),
        _("Take back"),
        ngettext_lazy(
            "%(number)d registration is confirmed again.", "%(number)d registrations are confirmed again.", "number"
        ),
        ActForm,
        lambda registration: registration.state in (State.PRESENT, State.NO_SHOW),
        _undo,
    ),
]


def acts_on(registration: Registration, rights: set[str]) -> list[Act]:
    """For the page of one registration."""
    return [act for act in ACTS if act.right in rights and act.concerns(registration)]


class ActsOnRegistrations(admin.ModelAdmin):
    def get_urls(self) -> list[Any]:
        here = [
            path(
                f"{act.word}/",
                self.admin_site.admin_view(functools.partial(self._act_view, act=act)),
                name=f"registrations_registration_{act.name}",
            )
            for act in ACTS
        ]
        return [*here, *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        mine = {act.action: (_action(act), act.action, act.title) for act in ACTS if act.right in self.rights(request)}
        return actions if IS_POPUP_VAR in request.GET else mine | actions

    def rights(self, request: HttpRequest) -> set[str]:
        """What the account may do beyond looking."""
        held = {
            right for right in ("change", "check_in") if request.user.has_perm(f"registrations.{right}_registration")
        }
        return held if self.has_view_permission(request) else set()

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Registration | None = None,
    ) -> HttpResponse:
        context["acts"] = acts_on(obj, self.rights(request)) if obj else []
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _act_view(self, request: HttpRequest, act: Act) -> HttpResponse:
        """From the page of a registration by its address (``?ids=12``); done on POST."""
        if act.right not in self.rights(request):
            raise PermissionDenied
        sent = {"data": request.POST} if "apply" in request.POST else {"initial": {"ids": request.GET.get("ids")}}
        form = act.form(**sent, request=request)
        found = _chosen(self.get_queryset(request), form.pks)
        if not found:
            self.message_user(request, gettext("Choose registrations in the list first."), messages.WARNING)
            return redirect("admin:registrations_registration_changelist")
        form.concern(found)
        if form.is_bound and form.is_valid():
            self._do(request, act, found, form)
            if not form.errors:
                return redirect(_back(request, found))
        return act_page(self, request, act, form, found)

    def _do(self, request: HttpRequest, act: Act, found: list[Registration], form: ActForm) -> None:
        """Each in a transaction of its own: the lock of a session is held for one of them. Whom only the rule of the
        session keeps out is an error of the form, whose note lets them in.
        """
        number, refusals = 0, []
        concerned = [registration for registration in found if act.concerns(registration)]
        for registration in reversed(concerned) if act.last_first else concerned:
            try:
                act.do(registration, form.cleaned_data, timezone.now(), request.user.get_username())
            except ValidationError as refused:
                if "pass_note" in form.fields and is_by_rule(refused):
                    form.add_error("pass_note", f"{registration} – {refused.messages[0]}")
                    continue
                refusals.append(f"{registration} – {refused.messages[0]}")
            else:
                number += 1
        if number or not form.errors:
            self.message_user(request, act.done % {"number": number}, messages.SUCCESS if number else messages.WARNING)
        for refusal in refusals[:REFUSALS_NAMED]:
            self.message_user(request, refusal, messages.WARNING)
        if more := len(refusals[REFUSALS_NAMED:]):
            told = ngettext("And %(number)d more refused.", "And %(number)d more refused.", more)
            self.message_user(request, told % {"number": more}, messages.WARNING)


def _action(act: Act) -> Callable[..., Any]:
    """The same page, from the lines ticked in the list."""

    def action(model_admin: Any, request: HttpRequest, queryset: QuerySet[Registration]) -> HttpResponse | None:
        pks = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
        if len(pks) > MOST:
            model_admin.message_user(request, gettext("Choose at most %d registrations.") % MOST, messages.ERROR)
            return None
        form = act.form(initial={"ids": ",".join(map(str, pks))}, request=request)
        found = _chosen(model_admin.get_queryset(request), form.pks)
        form.concern(found)
        return act_page(model_admin, request, act, form, found)

    return action


def _chosen(registrations: QuerySet[Registration], pks: list[int]) -> list[Registration]:
    related = registrations.select_related("session__edition")
    return list(related.filter(pk__in=pks).order_by("session__starts_at", "session", *Registration.QUEUE_ORDER))


def _back(request: HttpRequest, found: list[Registration]) -> str:
    """The one registration, or the list with its filters."""
    if len(found) == 1:
        return reverse("admin:registrations_registration_change", args=[found[0].pk])
    filters = request.GET.get("_changelist_filters", "")
    return reverse("admin:registrations_registration_changelist") + (f"?{filters}" if filters else "")


def act_page(
    model_admin: Any, request: HttpRequest, act: Act, form: ActForm, found: list[Registration]
) -> HttpResponse:
    concerned = [registration for registration in found if act.concerns(registration)]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": act.title,
        "introduction": act.explanation,
        "opts": model_admin.opts,
        "act": act,
        "form": form,
        "concerned": concerned[:NAMED],
        "more": max(len(concerned) - NAMED, 0),
        "people": sum(registration.party for registration in concerned),
        "left_out": len(found) - len(concerned),
        "action": f"{reverse(act.address)}?{model_admin.get_preserved_filters(request)}",
        "back": _back(request, found),
    }
    return TemplateResponse(request, "admin/registrations/registration/act.html", context)
