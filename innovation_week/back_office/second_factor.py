"""The pages of the second factor: give a code, link a telephone, receive recovery codes. Also taking all that away."""

import base64
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from innovation_week.back_office.screen_help import PAGES
from innovation_week.back_office.staff_log_in import has_device, is_everybodys

if TYPE_CHECKING:
    from innovation_week.back_office.admin_site import AdminSite

RECOVERY_CODES = 10
MOST_FAILURES = 5
DIGITS = 6
_KEY = "second_factor_key"  # in the session, until a first code proves that the telephone has it


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=AdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        return "".join(code.split()).replace("-", "").lower()


def code_view(request: HttpRequest, site: "AdminSite") -> HttpResponse:
    """Ask for the six digits of the telephone, or for a recovery code."""
    user: Any = request.user
    if user.is_verified():
        return redirect(_next(request))
    if not has_device(request):
        return redirect(f"{reverse('admin:second_factor_setup')}?next={quote(_next(request))}")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            device = _match(user, form.cleaned_data["code"])
        except ValidationError as problem:
            if problem.code == "wrong" and _is_one_too_many(request):
                return redirect("admin:login")
            form.add_error("code", problem)
        else:
            _open(request, device)
            _tell_what_is_left(request, device)
            return redirect(_next(request))
    title = gettext("Second factor")
    return _page(request, site, "admin/second_factor.html", title=title, form=form, next=_next(request))


def setup_view(request: HttpRequest, site: "AdminSite") -> HttpResponse:
    """Link a telephone, or another one; recovery codes follow, shown this once."""
    user: Any = request.user
    if is_everybodys(user):
        return _page(request, site, "admin/second_factor_setup.html", title=gettext("Second factor"))
    if has_device(request) and not user.is_verified():
        return redirect("admin:second_factor")
    key = request.session.setdefault(_KEY, random_hex(20))
    device = TOTPDevice(user=user, name=gettext("telephone"), key=key)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if codes := _link(device, form.cleaned_data["code"]):
            del request.session[_KEY]
            _open(request, device)
            return _codes_response(request, site, codes)
        form.add_error("code", gettext("This code is not the one of now. Wait for the next one, then type it."))
    secret = base64.b32encode(device.bin_key).decode()
    context = {
        "title": gettext("Link a telephone"),
        "form": form,
        "picture": segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=3, light="#fff"),
        "key": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "next": _next(request),
    }
    if user.is_verified():
        form.fields["code"].widget.attrs["autofocus"] = False  # the codes come first
        context |= {
            "title": gettext("Second factor"),
            "introduction": gettext("Your telephone is linked. Here you make new recovery codes, or link another one."),
            "codes_left": StaticToken.objects.filter(device__user=user).count(),
        }
    return _page(request, site, "admin/second_factor_setup.html", **context)


@require_POST
def codes_view(request: HttpRequest, site: "AdminSite") -> HttpResponse:
    """Ten new recovery codes; the former ones end."""
    user: Any = request.user
    if not user.is_verified():
        return redirect("admin:second_factor")
    with transaction.atomic():
        codes = _new_codes(user)
    return _codes_response(request, site, codes)


@transaction.atomic
def forget(user: User) -> bool:
    """Take telephone and recovery codes away: the next log-in links a new one. Whether there was any."""
    found = list(django_otp.devices_for_user(user, confirmed=None))
    for device in found:
        device.delete()
    return bool(found)


def _match(user: User, code: str) -> Any:
    """The device that takes the code, or a ValidationError. A code serves once; each failure doubles the pause."""
    model = TOTPDevice if len(code) == DIGITS and code.isdecimal() else StaticDevice
    with transaction.atomic():  # ends before the exception: the failure stays counted
        device = model.objects.select_for_update().filter(user=user, confirmed=True).first()
        if device:
            is_allowed, why = device.verify_is_allowed()
            if is_allowed and device.verify_token(code):
                return device
    if device is None:
        message = gettext("This is neither a code of six digits nor one of your recovery codes.")
        raise ValidationError(message, code="wrong")
    if not is_allowed:
        pause = (why["locked_until"] - timezone.now()).total_seconds()
        raise ValidationError(
            gettext("Wait %(seconds)d seconds, then type a new code."), code="wait", params={"seconds": pause + 1}
        )
    message = gettext("This code is not right, or was used already. Wait for the next one, then type it.")
    raise ValidationError(message, code="wrong")


def _is_one_too_many(request: HttpRequest) -> bool:
    """Counted with the wrong passwords, whose log is read and pauses the log-in. After too many, logs out."""
    user: Any = request.user
    user_login_failed.send(__name__, credentials={"username": user.get_username()}, request=request)
    devices: Iterable[Any] = django_otp.devices_for_user(user)
    if max((device.throttling_failure_count for device in devices), default=0) < MOST_FAILURES:
        return False
    logout(request)
    messages.error(request, gettext("Too many wrong codes. Log in again in a moment."))
    return True


@transaction.atomic
def _link(device: TOTPDevice, code: str) -> list[str]:
    """The recovery codes, or nothing when the code does not prove that the telephone has the key."""
    TOTPDevice.objects.filter(user=device.user).exclude(key=device.key).delete()
    if not device.verify_token(code):
        transaction.set_rollback(True)
        return []
    return _new_codes(device.user)


def _new_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name=gettext("recovery codes"))
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def _open(request: HttpRequest, device: Any) -> None:
    """A session identifier that was seen before the second factor is worth nothing after it."""
    request.session.cycle_key()
    django_otp.login(request, device)


def _tell_what_is_left(request: HttpRequest, device: Any) -> None:
    if isinstance(device, StaticDevice):
        left = device.token_set.count()
        told = gettext("That recovery code is used up; %(number)d are left. New ones are made under “Second factor”.")
        messages.warning(request, told % {"number": left})


def _codes_response(request: HttpRequest, site: "AdminSite", codes: list[str]) -> HttpResponse:
    lines = "\n".join([gettext("Recovery codes of %s") % request.user.get_username(), settings.SITE_URL, "", *codes])
    context = {
        "title": gettext("Recovery codes"),
        "introduction": PAGES["second_factor_codes"],
        "codes": [f"{code[:4]}-{code[4:]}" for code in codes],
        "file": f"data:text/plain;charset=utf-8,{quote(lines)}",
        "next": _next(request),
    }
    return _page(request, site, "admin/second_factor_codes.html", **context)


def _page(request: HttpRequest, site: "AdminSite", template: str, **context: Any) -> HttpResponse:
    return TemplateResponse(request, template, {**site.each_context(request), **context})


def _next(request: HttpRequest) -> str:
    back = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if safe else reverse("admin:index")
