"""The public form and the page after it. Neither shows anything of what is stored about an address."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from registrations import deadlines, services
from registrations.addresses import normalise, suggestion
from registrations.forms import CorrectionForm, RegistrationForm, new_key
from registrations.published import PublishedSession, find
from registrations.receipt import Receipt, identifier
from registrations.throttle import allow, allow_mail
from sessions.models import PrivacyNotice

MAILS_PER_NETWORK = 1000  # an hour
FORMS_PER_ADDRESS = 30  # an hour


# Not no-store: the browser's back button then keeps what was typed.
@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    published = find(edition, code)
    if published is None:
        return redirect("publishing:session", edition, code)
    if request.method != "POST":
        form = RegistrationForm(edition=published.edition, initial={"key": new_key()})
        return _page(request, published, form)
    form = RegistrationForm(request.POST, edition=published.edition)
    if not form.is_valid():
        return _page(request, published, form)
    applicant = form.applicant()
    if not _may_send(request, applicant.email):
        form.add_error(None, _too_many())
        return _page(request, published, form, status=429)
    key, now = form.cleaned_data["key"], timezone.now()
    proposed = identifier(code, key, applicant.email)
    try:
        registration = services.register(published, applicant, now=now, identifier=proposed)
    except ValidationError as refused:
        return _page(request, published, form, refused=refused.code or "closed")
    receipt = Receipt.of(code, key, _deadline(published, now).isoformat(), applicant)
    if registration.public_id == proposed:  # made by this very form: its address may have been corrected since
        receipt = receipt.with_email(registration.email).about(proposed)
    return _to_mailed(receipt, published)


@cache_control(private=True, no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def mailed(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """After the form: the address again, until when the seat is held, and a way to correct a slip."""
    published, receipt = find(edition, code), Receipt.read(request, code)
    if published is None or receipt is None:
        return redirect("registrations:create", edition, code)
    if request.method != "POST":
        return _mailed_page(request, published, receipt, CorrectionForm(initial={"email": receipt.applicant.email}))
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _mailed_page(request, published, receipt, form)
    email = form.cleaned_data["email"]
    if not _may_send(request, email):
        form.add_error(None, _too_many())
        return _mailed_page(request, published, receipt, form, status=429)
    try:
        corrected = _correct(published, receipt, email, timezone.now())
    except ValidationError as refused:
        again = RegistrationForm(edition=published.edition)
        return _page(request, published, again, refused=refused.code or "closed")
    return _to_mailed(corrected, published)


def csrf_failure(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """The form again, as it was typed: its page was open for too long, or the browser keeps no cookie."""
    published = find(edition, code)
    if published is None:
        return redirect("publishing:session", edition, code)
    form = RegistrationForm(request.POST, edition=published.edition)
    form.full_clean()
    form.add_error(
        None, _("This page had been open for too long, or your browser refuses cookies. Please send the form again.")
    )
    return _page(request, published, form, status=403)


def _correct(published: PublishedSession, receipt: Receipt, email: str, now: dt.datetime) -> Receipt:
    corrected = receipt.with_email(email)
    moved = services.correct_address(
        published, corrected.applicant, wrong=receipt.registration, identifier=corrected.registration, now=now
    )
    # What was moved keeps its identifier: it can be corrected once more.
    return corrected if moved.public_id != receipt.registration else corrected.about(receipt.registration)


def _to_mailed(receipt: Receipt, published: PublishedSession) -> HttpResponse:
    where = [published.edition.slug, published.item.code]
    response = redirect("registrations:mailed", *where)
    receipt.keep(response, path=reverse("registrations:create", args=where))
    return response


def _page(
    request: HttpRequest, published: PublishedSession, form: RegistrationForm, *, refused: str = "", status: int = 200
) -> HttpResponse:
    """``refused``: the state of the session that just stood in the way."""
    row, now = published.row(), timezone.now()
    state = refused or published.state(row, now)
    is_open = state in services.OPEN
    context = {
        "edition": published.edition,
        "published": published,
        "form": form if is_open else None,
        "state": state,
        "refused": refused,
        "opens_at": published.opens_at(row),
        "notice": PrivacyNotice.objects.select_related("edition").filter(edition=published.edition).first()
        if is_open
        else None,
    }
    return render(request, "registrations/form.html", context, status=status)


def _mailed_page(
    request: HttpRequest, published: PublishedSession, receipt: Receipt, form: CorrectionForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "edition": published.edition,
        "published": published,
        "email": receipt.applicant.email,
        "suggestion": suggestion(receipt.applicant.email),
        "deadline": dt.datetime.fromisoformat(receipt.deadline).astimezone(published.zone),
        "form": form,
    }
    response = render(request, "registrations/mailed.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


def _deadline(published: PublishedSession, now: dt.datetime) -> dt.datetime:
    """What can be promised before the mail has left: its leaving only makes it later."""
    assert published.starts_at is not None, "An open session has a start."
    return deadlines.deadline(now, starts_at=published.starts_at, zone=published.zone)


def _may_send(request: HttpRequest, email: str) -> bool:
    """Counted by what was typed, known or not: the answer tells nothing about the address."""
    return allow_mail(request, limit=MAILS_PER_NETWORK) and allow(
        "address", normalise(email), limit=FORMS_PER_ADDRESS, seconds=3600
    )


def _too_many() -> ValidationError:
    return ValidationError(_("Too many requests in a short time. Please try again in an hour."), code="throttled")
