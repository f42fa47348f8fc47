"""What holds at every address that the URLconf knows, those still to come included."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone, translation

from publishing.publish import publish
from sessions.models import Edition
from tests.factories import CandidacyFactory, EditionFactory, SessionFactory

POLICY = {
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}
FORMS = {
    f"registrations:{name}" for name in ("create", "data", "detail", "invited", "resend", "slot", "space", "ticket")
}  # their token needs a cookie
ANSWERS = {  # other than 200
    "exports:booklet": 503,  # the worker has not made it yet
    "exports:certificate": 404,  # a link that nobody was sent
    "exports:convocation": 404,  # likewise
    "exports:ticket": 404,  # likewise
    "planning:task_calendar": 404,  # likewise
    "portrait": 404,
    "publishing:index": 302,
    "registrations:detail": 404,  # a link that nobody was sent
    "registrations:invited": 404,  # likewise
    "registrations:mailed": 302,  # nothing was asked in this browser
    "registrations:calendar": 404,  # likewise
    "registrations:data": 404,  # likewise
    "registrations:session_file": 404,  # likewise
    "registrations:slot": 404,  # likewise
    "registrations:space": 404,  # likewise
    "registrations:ticket": 404,  # a link that nobody was sent either
}
ELSEWHERE = re.compile(
    r"<(?:script|img|iframe|source|link(?![^>]*rel=\"(?:alternate|canonical)\"))[^>]*=\"(?:https?:)?//"
)


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[tuple[str, set[str]]]:
    """Each named address outside the administration, with the words that it needs."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace not in ("admin", "preview"):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from names(pattern.url_patterns, inner)
        elif pattern.name:
            yield space + pattern.name, set(pattern.pattern.converters) | set(pattern.pattern.regex.groupindex)


ADDRESSES = dict(names(get_resolver().url_patterns))


@pytest.fixture
def published(db) -> Edition:
    edition = EditionFactory(slug="2018", is_current=True)
    session = SessionFactory(edition=edition, code="FA2345", sequence__slug="camp", room__venue__slug="maison")
    CandidacyFactory(session=session, speaker__code="PE2345")
    publish(edition, note="Première version.", at=timezone.now())
    return edition


def address(name: str, words: set[str]) -> str:
    values = {
        "edition": "2018",
        "code": "PE2345" if "speaker" in name else "FA2345",
        "slug": "maison" if "venue" in name else "camp",
        "link": "un-lien-qui-n-existe-pas",
        "path": f"portraits/{'a' * 32}.jpg",
    }
    return reverse(name, kwargs={word: values[word] for word in words})


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", ADDRESSES)
def test_a_stranger_gets_an_answer_without_cookie_script_or_third_party(published, name, language):
    with translation.override(language):
        path = address(name, ADDRESSES[name])
    response = Client().get(path)
    body = b"".join(response) if response.streaming else response.content
    response.close()

    assert response.status_code == ANSWERS.get(name, 200)
    assert set(response["Content-Security-Policy"].split("; ")) == POLICY
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert list(response.cookies) == [] or (name in FORMS and list(response.cookies) == ["csrftoken"])
    if response["Content-Type"].startswith("text/html"):
        html = body.decode()
        assert ELSEWHERE.findall(html) == []
        assert f'<html lang="{language}"' in html or response.status_code == 302 or name == "portrait"
