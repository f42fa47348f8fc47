"""The public form and the page after it. Neither shows anything of what is stored about an address."""

import dataclasses as dc
import datetime as dt
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from registrations import answered, counts, deadlines, holds, invitations, services, unclaimed
from registrations.addresses import normalise, suggestion
from registrations.corrections import correct_address
from registrations.forms import CorrectionForm, RegistrationForm, new_key
from registrations.models import AnsweredForm, Invitation, Registration
from registrations.offer import Offer
from registrations.published import PublishedSession, find
from registrations.question_form import initial_of
from registrations.receipt import Receipt, identifier
from registrations.refusals import open_too_long
from registrations.services import Applicant
from registrations.throttle import allow, allow_mail, too_many
from registrations.unclaimed import Said
from registrations.views.ready import ready_page
from sessions.models import PrivacyNotice, Session

MAILS_PER_NETWORK = 1000  # an hour
FORMS_PER_ADDRESS = 30  # an hour
# What stands in a page that is laid out for everybody, in place of what is one visitor's.
KEY, EMAIL = "~key~", "~email~"


# Not no-store: the browser's back button then keeps what was typed.
@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    published = find(edition, code)
    if published is None:
        return redirect("publishing:session", edition, code)
    if request.method != "POST":
        return _empty(request, published, Offer.of(published, timezone.now()))
    return _register(request, published)


def with_invitation(request: HttpRequest, published: PublishedSession, invitation: Invitation) -> HttpResponse:
    """The same for somebody who is invited."""
    if request.method == "POST":
        return _register(request, published, invitation)
    offer = Offer.of(published, timezone.now(), is_eligible=True)
    form = RegistrationForm(published=published, offer=offer, initial={"key": new_key(), "email": invitation.email})
    return _page(request, published, form, invitation=invitation)


def _register(request: HttpRequest, published: PublishedSession, invitation: Invitation | None = None) -> HttpResponse:
    form = RegistrationForm(request.POST, published=published)
    if not form.is_valid():
        return _again(request, published, invitation=invitation)
    applicant, key, code = form.applicant(), form.cleaned_data["key"], published.item.code
    now, wait = timezone.now(), "wait" in request.POST
    if form.is_caught():
        return _to_mailed(
            Receipt.of(code, key, _deadline(published, None, now, applicant, wait=wait), applicant), published
        )
    if invitation is not None:
        applicant = dc.replace(applicant, invitation=invitation.link.token)
    if not _may_send(request, applicant.email):
        return _again(request, published, too_many(), invitation=invitation, status=429)
    return _sent_form(request, published, applicant, key, invitation, wait=wait, now=now)


def _sent_form(
    request: HttpRequest,
    published: PublishedSession,
    applicant: Applicant,
    key: UUID,
    invitation: Invitation | None,
    *,
    wait: bool,
    now: dt.datetime,
) -> HttpResponse:
    """Sent again, it is answered as the first time: whatever happened to the seats, and to the address, since."""
    code = published.item.code
    proposed = identifier(code, key, applicant.email)
    before = Receipt.read_again(request, code, proposed)
    if before is not None:
        applicant, proposed = dc.replace(applicant, email=before.applicant.email), before.registration
    ours: Registration | None = None
    try:
        registration = services.register(published, applicant, now=now, identifier=proposed, wait=wait)
        ours = registration if registration.public_id == proposed else None
    except ValidationError as refused:
        if answered.found(proposed, now) is None:
            return _refused(request, published, refused, invitation)
    told = ours or answered.found(proposed, now)
    receipt = before or Receipt.of(code, key, _deadline(published, told, now, applicant, wait=wait), applicant)
    if ours is None:
        unclaimed.keep(receipt.form, Said.by(applicant), now=now)
    return _to_mailed(receipt, published)


def _refused(
    request: HttpRequest, published: PublishedSession, refused: ValidationError, invitation: Invitation | None
) -> HttpResponse:
    if invitation is not None and refused.code == Session.Eligibility.INVITATION:  # somebody has just used it
        return redirect("registrations:invited", invitation.link.token)
    return _again(request, published, refused=refused, invitation=invitation)


@cache_control(private=True, no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def mailed(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """After the form: the address again, until when the seat is held or that one waits, and a way to correct a slip."""
    published, receipt = find(edition, code), Receipt.read(request, code)
    if published is None or receipt is None:
        return redirect("registrations:create", edition, code)
    if request.method != "POST":
        return _sent(request, published, receipt)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _mailed_page(request, published, receipt, form)
    email = form.cleaned_data["email"]
    if form.is_caught():
        return _to_mailed(receipt.with_email(email).about(receipt.registration), published)
    if not _may_send(request, email):
        form.add_error(None, too_many())
        return _mailed_page(request, published, receipt, form, status=429)
    try:
        corrected = _correct(published, receipt, email, timezone.now())
    except ValidationError as refused:
        if refused.code == Session.Eligibility.DOMAINS:
            form.add_error("email", refused)
            return _mailed_page(request, published, receipt, form)
        return _page(request, published, _typed(published, receipt, email, timezone.now()), refused=refused)
    return _to_mailed(corrected, published)


@cache_control(private=True, no_store=True)
def give_back(request: HttpRequest, edition: str, code: str, invitation: Invitation | None = None) -> HttpResponse:
    """The form again, as it was typed: its page was open for too long, or the browser keeps no cookie."""
    published = find(edition, code)
    if published is None:
        return redirect("publishing:session", edition, code)
    return _again(request, published, open_too_long(), invitation=invitation, status=403)


@cache_control(private=True, no_store=True)
def give_back_correction(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """The same of the page after it; the form, once there is nothing to correct any more."""
    published, receipt = find(edition, code), Receipt.read(request, code)
    if published is None or receipt is None:
        return redirect("registrations:create", edition, code)
    form = CorrectionForm(request.POST)
    form.add_error(None, open_too_long())
    return _mailed_page(request, published, receipt, form, status=403)


def _correct(published: PublishedSession, receipt: Receipt, email: str, now: dt.datetime) -> Receipt:
    corrected = receipt.with_email(email)
    moved = correct_address(
        published,
        corrected.applicant,
        wrong=receipt.registration,
        identifier=corrected.registration,
        form=receipt.form,
        now=now,
        wait=receipt.is_waiting,
    )
    # What was moved keeps its identifier: it can be corrected once more.
    is_moved = moved is not None and moved.public_id == receipt.registration
    return corrected.about(receipt.registration) if is_moved else corrected


def _typed(published: PublishedSession, receipt: Receipt, email: str, now: dt.datetime) -> RegistrationForm:
    """The form anew, filled in as this browser sent it, the need apart: somebody else may sit there by now."""
    said = unclaimed.said_in(receipt.form, now=now)
    typed = dc.asdict(receipt.applicant) | {"email": email, "employer": receipt.applicant.employer_name}
    typed |= initial_of(said.answers) | {"key": new_key()}
    offer = Offer.of(published, now, is_eligible=bool(receipt.applicant.invitation))
    form = RegistrationForm(published=published, offer=offer, initial=typed)
    form.need_is_left_out = True
    return form


def _to_mailed(receipt: Receipt, published: PublishedSession) -> HttpResponse:
    where = [published.edition.slug, published.item.code]
    response = redirect("registrations:mailed", *where)
    receipt.keep(response, path=reverse("registrations:create", args=where))
    return response


def _again(
    request: HttpRequest,
    published: PublishedSession,
    error: ValidationError | None = None,
    *,
    refused: ValidationError | None = None,
    invitation: Invitation | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form as it was typed. ``refused``: what just stood in the way; the person may wait, or bring fewer people."""
    offer = Offer.of(published, timezone.now(), is_eligible=invitation is not None)
    form = RegistrationForm(request.POST, published=published, offer=offer)
    form.full_clean()
    if error is not None:
        form.add_error(None, error)
    if refused is not None and refused.code == Session.Eligibility.DOMAINS and form.is_shown:
        form.add_error("email", refused)
        refused = None
    return _page(request, published, form, refused=refused, invitation=invitation, status=status)


def _page(
    request: HttpRequest,
    published: PublishedSession,
    form: RegistrationForm,
    *,
    refused: ValidationError | None = None,
    invitation: Invitation | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _context(published, form, refused)
    if invitation is not None:
        context |= {"invitation": invitation, "kept_until": invitations.kept_until(published.edition)}
    return render(request, "registrations/form.html", context, status=status)


def _empty(request: HttpRequest, published: PublishedSession, offer: Offer) -> HttpResponse:
    """The form before anybody has typed: a popular session opens for hundreds of people in one minute."""

    def context() -> dict[str, Any]:
        return _context(published, RegistrationForm(published=published, offer=offer, initial={"key": KEY}), None)

    key = (published.released.release.sha256, published.edition.is_current, offer)
    return ready_page(request, "registrations/form.html", context, key=key, words={KEY: new_key()})


def _context(published: PublishedSession, form: RegistrationForm, refused: ValidationError | None) -> dict[str, Any]:
    offer = form.offer
    assert offer is not None, "A form that is shown knows what is offered."
    is_open = form.is_shown
    return {
        "edition": published.edition,
        "published": published,
        "form": form if is_open else None,
        "offer": offer,
        "state": offer.state,
        "refused": refused,
        "opens_at": offer.opens_at,
        "notice": PrivacyNotice.objects.select_related("edition").filter(edition=published.edition).first()
        if is_open
        else None,
    }


def _sent(request: HttpRequest, published: PublishedSession, receipt: Receipt) -> HttpResponse:
    """As many people see it as take a seat; a likely slip in the address makes it a page of its own."""
    email = receipt.applicant.email
    if suggestion(email):
        return _mailed_page(request, published, receipt, CorrectionForm(initial={"email": email}))

    def context() -> dict[str, Any]:
        return _told(published, receipt, CorrectionForm(initial={"email": EMAIL}), EMAIL)

    key = (published.released.release.sha256, published.edition.is_current, receipt.deadline, receipt.applicant.party)
    response = ready_page(request, "registrations/mailed.html", context, key=key, words={EMAIL: email})
    response["X-Robots-Tag"] = "noindex"
    return response


def _mailed_page(
    request: HttpRequest, published: PublishedSession, receipt: Receipt, form: CorrectionForm, *, status: int = 200
) -> HttpResponse:
    context = _told(published, receipt, form, receipt.applicant.email)
    response = render(request, "registrations/mailed.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


def _told(published: PublishedSession, receipt: Receipt, form: CorrectionForm, email: str) -> dict[str, Any]:
    return {
        "edition": published.edition,
        "published": published,
        "email": email,
        "suggestion": suggestion(email),
        "deadline": published.in_words(dt.datetime.fromisoformat(receipt.deadline)) if receipt.deadline else "",
        "party": receipt.applicant.party,
        "form": form,
    }


def _deadline(
    published: PublishedSession,
    made: Registration | AnsweredForm | None,
    now: dt.datetime,
    applicant: Applicant,
    *,
    wait: bool,
) -> str:
    """What can be promised before the mail has left: its leaving only makes it later. Nothing to who waits.

    Without ``made`` by this very form, or answered as if it were, what a new one would be told.
    """
    if made is None:
        row = published.row()
        hours = holds.hours(row, is_online=applicant.is_online)
        pool = counts.ONLINE if applicant.is_online and published.is_hybrid else counts.ROOM
        is_waiting = wait and not pool.has_room(row, applicant.party)
    else:
        hours, is_waiting = made.hold_hours or settings.HOLD_HOURS, made.state == "waiting"
    if is_waiting or published.starts_at is None:
        return ""
    return deadlines.deadline(now, starts_at=published.starts_at, zone=published.zone, hours=hours).isoformat()


def _may_send(request: HttpRequest, email: str) -> bool:
    """Counted by what was typed, known or not: the answer tells nothing about the address."""
    return allow_mail(request, "forms", limit=MAILS_PER_NETWORK) and allow(
        "address", normalise(email), limit=FORMS_PER_ADDRESS, seconds=3600
    )
