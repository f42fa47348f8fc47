"""A person's own pages. Opening a link changes nothing: mail scanners follow links, only a button acts."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from outbox.links import PersonalLink
from registrations import (
    access_list,
    access_needs,
    connection,
    counts,
    eligibility,
    papers,
    participants,
    services,
    slots,
    waiting_list,
)
from registrations.access_need_form import OwnNeedForm
from registrations.addresses import normalise
from registrations.forms import EmailForm
from registrations.links import claimed, opened_by, ticket_link
from registrations.models import Registration
from registrations.offer import OPEN
from registrations.published import PublishedSession, find
from registrations.refusals import open_too_long
from registrations.throttle import allow, allow_mail, too_many

REQUESTS_PER_NETWORK = 1000  # an hour
REQUESTS_PER_ADDRESS = 5  # an hour

View = Callable[..., HttpResponse]


def behind_a_link(view: View) -> View:
    """Not kept by the browser, not indexed, and the link not told to the next site."""

    @wraps(view)
    def wrapper(request: HttpRequest, link: str) -> HttpResponse:
        response = view(request, link)
        # Not "no-referrer": the browser would send "Origin: null", which the CSRF check refuses.
        response["Referrer-Policy"] = "strict-origin"
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapper


def no_such_link(request: HttpRequest, token: str, current: PersonalLink | None = None) -> HttpResponse:
    """``current``: the link that opens what the token names, if there is such a thing."""
    status = 410 if current and current.once_opened(token) else 404
    return render(request, "registrations/no_such_link.html", {"form": EmailForm()}, status=status)


@behind_a_link
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, link: str) -> HttpResponse:
    registration = claimed(link)
    if registration is None or not registration.link.is_opened_by(link):
        return no_such_link(request, link, registration.link if registration else None)
    published = find(registration.session.edition.slug, registration.session.code)
    if request.method != "POST":
        return _page(request, registration, published)
    if "need" in request.POST and published is not None:
        return _state_need(request, registration, published)
    try:
        registration = _act(request.POST.get("action", ""), registration, published, request.POST.get("places", ""))
    except ValidationError as refused:
        return _page(request, registration, published, refused)
    return redirect("registrations:detail", registration.link.token)


@cache_control(private=True, no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def resend(request: HttpRequest) -> HttpResponse:
    """The same answer whether the address is known or not."""
    form = EmailForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        if not allow_mail(request, "links", limit=REQUESTS_PER_NETWORK):
            form.add_error(None, too_many())
            return render(request, "registrations/resend.html", {"form": form}, status=429)
        is_caught = form.is_caught()
        # Who asks again and again has the mail of a moment ago.
        is_new = allow("links", normalise(email), limit=REQUESTS_PER_ADDRESS, seconds=3600)
        if is_new and not is_caught:
            services.send_links(email, language=get_language() or "fr")
        response = redirect("registrations:resend")
        response["Location"] += "?envoi=1"
        return response
    return render(request, "registrations/resend.html", {"form": form, "is_asked": "envoi" in request.GET})


@behind_a_link
def give_back(request: HttpRequest, link: str) -> HttpResponse:
    """The page again with the need as it was typed, when it was open for too long: nothing is done, nothing kept."""
    registration = opened_by(link)
    if registration is None:
        return no_such_link(request, link)
    published = find(registration.session.edition.slug, registration.session.code)
    need_form = OwnNeedForm(request.POST) if "need" in request.POST else None
    return _page(request, registration, published, open_too_long(), need_form, status=403)


@cache_control(private=True, no_store=True)
def give_back_address(request: HttpRequest) -> HttpResponse:
    form = EmailForm(request.POST)
    form.add_error(None, open_too_long())
    return render(request, "registrations/resend.html", {"form": form}, status=403)


def _act(action: str, registration: Registration, published: PublishedSession | None, places: str = "") -> Registration:
    """Two tabs or two clicks: what is already so stays so, and the page says how things stand."""
    now = timezone.now()
    if action == "cancel":
        services.cancel(registration, published, now=now)
    elif action == "confirm" and published is not None:
        services.confirm(registration, published, now=now)
        return _standing(registration)
    elif action == "fewer" and published is not None:
        services.take_fewer(registration, published, _places(places), now=now)
        return _standing(registration)
    elif action == "again" and published is not None:
        return services.take_again(registration, published, now=now)
    elif action == "forget_need":
        access_needs.withdraw(registration)
    elif action == "bring":
        services.bring_fewer(registration, _places(places), now=now)
    return registration


def _state_need(request: HttpRequest, registration: Registration, published: PublishedSession) -> HttpResponse:
    form, now = OwnNeedForm(request.POST), timezone.now()
    if form.is_valid():
        try:
            access_needs.state(registration, form.cleaned_data["access_need"], published, now=now)
        except ValidationError as refused:
            return _page(request, registration, published, refused)
        response = redirect("registrations:detail", registration.link.token)
        response["Location"] += "#besoin"
        return response
    return _page(request, registration, published, need_form=form)


def _standing(registration: Registration) -> Registration:
    """After an answer: the slot that the person had, when it took the seat instead."""
    is_ended = registration.state == Registration.State.CANCELLED
    return (slots.standing_for(registration) if is_ended else None) or registration


def _slot(registration: Registration, published: PublishedSession | None, now: dt.datetime) -> dict[str, Any]:
    """What the page says of a slot: that it can be changed, or that the person has another one."""
    if published is None or not published.item.is_slot:
        return {}
    other = slots.standing_for(registration)
    there = find(other.session.edition.slug, other.session.code) if other else None
    return {
        "can_change_slot": slots.may_change(registration, published, now),
        "other_slot": other,
        "other_session": there,
    }


def _places(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 0


def _set_aside(registration: Registration, published: PublishedSession | None, now: dt.datetime) -> dict[str, Any]:
    """Seats that a group at the head of the queue may take instead of waiting for all of its own."""
    until = registration.set_aside_until
    if registration.state != registration.State.WAITING or published is None or until is None or until <= now:
        return {}
    free = counts.pool_of(registration).free(registration.session)
    return {"set_aside": free, "set_aside_until": published.in_words(until)}


def _page(
    request: HttpRequest,
    registration: Registration,
    published: PublishedSession | None,
    refused: ValidationError | None = None,
    need_form: OwnNeedForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    need = getattr(registration, "access_need", None)  # most have none
    state = "expired" if registration.is_overdue(now) else str(registration.state)
    session_state = published.state(registration.session, now, is_eligible=True) if published else "withdrawn"
    refusal = eligibility.refused_again(registration, published, session_state, now) if published else None
    context = {
        "edition": registration.session.edition,
        "registration": registration,
        "participant": participants.known(registration),
        "ticket_link": ticket_link(registration),
        "is_off_list": published is not None and access_list.is_off(registration, published),
        "has_ticket": published is not None and papers.has_ticket(registration, published),
        "has_convocation": published is not None and papers.has_convocation(registration, published),
        "has_certificate": published is not None and papers.has_certificate(registration, published, now),
        "published": published,
        "connection": connection.of(registration, published),
        "state": state,
        "session_state": session_state,
        "is_coming": session_state in ("open", "few", "full", "closed", "not_yet"),
        "refusal": refusal,
        "can_take_again": session_state in OPEN and not refusal,
        "can_wait": session_state == "full"
        and not refusal
        and published is not None
        and waiting_list.is_open(registration.session, published, now),
        "fewer": range(1, registration.party) if state in ("held", "confirmed", "waiting") else [],
        "position": registration.position() if state == "waiting" else None,
        **_set_aside(registration, published, now),
        **_slot(registration, published, now),
        "need": need,
        "need_form": need_form or OwnNeedForm(initial={"access_need": need.need if need else ""}),
        "need_kept_until": access_needs.kept_until(published) if published else None,
        "may_state_need": state in Registration.LIVE and published is not None and not published.is_over(now),
        "refused": refused,
        "is_freeing": "liberer" in request.GET,
        "deadline": published.in_words(registration.expires_at) if published and registration.expires_at else "",
    }
    return render(request, "registrations/detail.html", context, status=status)
