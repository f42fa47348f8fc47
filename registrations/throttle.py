"""How many mails one visitor may cause. Counts live in the cache: per process when it is the local one."""

import hashlib
from ipaddress import ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


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


def network_of(request: HttpRequest) -> str | None:
    """The visitor's address; None when it says nothing, behind a proxy of this machine that is not declared."""
    address: str = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or address
    try:
        return None if ip_address(address).is_loopback else address
    except ValueError:
        return None


def allow_mail(request: HttpRequest, *, limit: int) -> bool:
    """A ministry is one address for thousands of people: the hourly limit is generous."""
    network = network_of(request)
    return network is None or allow("network", network, limit=limit, seconds=3600)
