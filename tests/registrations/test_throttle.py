import pytest
from django.test import RequestFactory

from registrations.throttle import allow, network_of


def test_a_limit_counts_each_key_apart():
    said = [allow("test", key, limit=2, seconds=60) for key in "aaabb"]

    assert said == [True, True, False, True, True]


@pytest.mark.parametrize(
    ("declared", "address", "forwarded", "network"),
    [
        (False, "192.0.2.7", "", "192.0.2.7"),
        (False, "192.0.2.7", "198.51.100.1", "192.0.2.7"),
        (False, "127.0.0.1", "198.51.100.1", None),
        (True, "127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (True, "127.0.0.1", "nonsense", None),
        (False, "", "", None),
    ],
)
def test_the_network_is_what_a_declared_proxy_says_last(settings, declared, address, forwarded, network):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if declared else None

    request = RequestFactory().get("/", REMOTE_ADDR=address, headers={"x-forwarded-for": forwarded})

    assert network_of(request) == network
