import pytest
from django.core.cache import cache
from django.test import RequestFactory

from registrations.throttle import allow, network_of


def test_a_limit_counts_each_key_apart():
    said = [allow("test", key, limit=2, seconds=60) for key in "aaabb"]

    assert said == [True, True, False, True, True]


def test_a_thousand_other_addresses_do_not_make_a_count_forgotten():
    cache.clear()
    allow("address", "camille@example.org", limit=1, seconds=3600)

    for number in range(1000):
        allow("address", f"p{number}@example.org", limit=1, seconds=3600)

    assert not allow("address", "camille@example.org", limit=1, seconds=3600)


@pytest.mark.parametrize(
    ("declared", "address", "forwarded", "network"),
    [
        (False, "192.0.2.7", "", "192.0.2.7"),
        (False, "192.0.2.7", "198.51.100.1", "192.0.2.7"),
        (False, "127.0.0.1", "198.51.100.1", None),
        (True, "127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (True, "127.0.0.1", "nonsense", None),
        (False, "", "", None),
        (False, "2001:db8:0:1::7", "", "2001:db8:0:1::/64"),
        (True, "127.0.0.1", "2001:db8:0:1:ffff::9", "2001:db8:0:1::/64"),
        (False, "::ffff:192.0.2.7", "", "192.0.2.7"),
        (False, "::1", "", None),
    ],
)
def test_the_network_is_what_a_declared_proxy_says_last(settings, declared, address, forwarded, network):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if declared else None

    request = RequestFactory().get("/", REMOTE_ADDR=address, headers={"x-forwarded-for": forwarded})

    assert network_of(request) == network
