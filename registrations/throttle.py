"""How many mails one visitor may cause. Counts live in the cache: per process when it is the local one."""

import contextlib
import hashlib
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _


def allow(scope: str, key: str, *, limit: int, seconds: int) -> bool:
    """Count one more; False once ``limit`` was passed in the ``seconds`` after the first."""
    # An address may be too long for a cache key, and has no business in a cache.
    name = f"throttle:{scope}:{hashlib.sha256(key.encode()).hexdigest()}"
    if cache.add(name, 1, seconds):
        return True
    try:
        return cache.incr(name) <= limit
    except ValueError:  # it ran out between the two lines
        return True


def address_of(request: HttpRequest) -> str | None:
    """The visitor's address, as a declared proxy says it last; else of whoever connected. None when it is not one."""
    told = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    for address in (told.rpartition(",")[2].strip(), request.META.get("REMOTE_ADDR", "")):
        with contextlib.suppress(ValueError):
            return str(ip_address(address))
    return None


def network_of(request: HttpRequest) -> str | None:
    """Whom to count; None when the address says nothing, behind a proxy of this machine that is not declared."""
    address = ip_address(address_of(request) or "::1")
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return None
    # One household has 2⁶⁴ addresses: a count for each would limit nothing.
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


def allow_mail(request: HttpRequest, what: str, *, limit: int) -> bool:
    """A ministry is one address for thousands of people: the hourly limit is generous, and each kind of mail has its
    own: those who register take nothing from those who ask for their link.
    """
    network = network_of(request)
    return network is None or allow(f"network:{what}", network, limit=limit, seconds=3600)


def too_many() -> ValidationError:
    return ValidationError(_("Too many requests in a short time. Please try again in an hour."), code="throttled")
