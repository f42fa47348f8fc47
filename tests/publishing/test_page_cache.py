"""Ready pages: what they are kept under, what they weigh, what a browser is told."""

import datetime as dt
import gzip

import pytest
from django.test import RequestFactory
from django.utils import timezone

from publishing.availability import Seats, availability
from publishing.current import released
from publishing.page_cache import PageCache, ReadyPage, pages
from publishing.publish import publish
from sessions.models import Session
from tests.factories import SessionFactory, at


@pytest.fixture(autouse=True)
def empty_cache():
    pages.clear()
    yield
    pages.clear()


def request(**headers):
    return RequestFactory().get("/", headers=headers)


def test_a_page_is_sent_zipped_to_those_who_can_read_it():
    ready = ReadyPage.of(b"<p>" + b"programme " * 100)

    plain, zipped = ready.response(request()), ready.response(request(accept_encoding="gzip, br"))

    assert plain.content == gzip.decompress(zipped.content)
    assert "Content-Encoding" not in plain
    assert zipped["Content-Encoding"] == "gzip"
    assert plain["ETag"] != zipped["ETag"]
    assert plain["Vary"] == zipped["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_browser_that_has_the_page_gets_304_without_a_body(encoding):
    ready = ReadyPage.of(b"<p>programme")
    etag = ready.response(request(accept_encoding=encoding))["ETag"]

    again = ready.response(request(accept_encoding=encoding, if_none_match=etag))

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)


def test_another_page_is_sent_whole():
    etag = ReadyPage.of(b"<p>one").response(request())["ETag"]

    assert ReadyPage.of(b"<p>two").response(request(if_none_match=etag)).status_code == 200


def test_the_cache_forgets_the_least_used_page_rather_than_grow():
    ready = ReadyPage.of(b"x" * 1000)
    cache = PageCache(max_bytes=ready.weight * 2)

    for key in ["programme", "junk 1"]:
        cache.put(key, ready)
    cache.get("programme")
    cache.put("junk 2", ready)

    assert cache.get("programme") is ready
    assert cache.get("junk 1") is None


def test_a_page_larger_than_the_cache_is_not_kept():
    cache = PageCache(max_bytes=10)
    cache.put("large", ReadyPage.of(b"x" * 1000))

    assert cache.get("large") is None


@pytest.mark.parametrize(
    ("seats", "state"),
    [
        (Seats(None, 900, None, None), "open"),
        (Seats(20, 0, None, None), "open"),
        (Seats(20, 17, None, None), "open"),
        (Seats(20, 18, None, None), "few"),
        (Seats(20, 20, None, None), "full"),
        (Seats(20, 20, None, at(8)), "closed"),
        (Seats(20, 0, at(10), None), "not_yet"),
        (Seats(20, 0, at(9), at(10)), "open"),
        (Seats(20, 0, None, at(9)), "closed"),
    ],
)
def test_the_state_of_seats(seats, state):
    assert seats.state(at(9)) == state


@pytest.mark.django_db
def test_only_sessions_that_are_not_plainly_open_are_read(django_assert_num_queries):
    full = SessionFactory(title="Pleine", seats=2)
    Session.objects.filter(pk=full.pk).update(seats_taken=2)
    edition = full.edition
    plain = [SessionFactory(edition=edition) for _n in range(3)]

    with django_assert_num_queries(1):
        found = availability(edition, now=timezone.now())

    assert found.seats(full.code).left == 0
    assert [found.seats(session.code) for session in plain] == [None, None, None]


@pytest.mark.django_db
def test_the_exact_session_is_read_with_its_numbers():
    session = SessionFactory(seats=30)

    found = availability(session.edition, now=timezone.now(), exact=session.code)

    assert found.seats(session.code) == Seats(30, 0, None, None)


@pytest.mark.django_db
def test_a_warm_page_takes_two_queries_with_one_session_or_many(client, django_assert_num_queries):
    session = SessionFactory()
    for _n in range(4):
        SessionFactory(edition=session.edition)
    publish(session.edition, note="Ouverture")
    addresses = [
        f"/{session.edition.slug}/",
        f"/{session.edition.slug}/programme/",
        f"/{session.edition.slug}/programme/?vue=grille",
        session.get_absolute_url(),
    ]
    for address in addresses:
        client.get(address)

        with django_assert_num_queries(2):
            response = client.get(address)

        assert response.status_code == 200
        assert response.cookies == {}


@pytest.mark.django_db
def test_a_page_changes_when_the_last_seats_go_and_not_before(client):
    session = SessionFactory(seats=20)
    publish(session.edition, note="Ouverture")
    address = f"/{session.edition.slug}/programme/"
    open_page = client.get(address)
    Session.objects.filter(pk=session.pk).update(seats_taken=5)
    same_page = client.get(address, headers={"if-none-match": open_page["ETag"]})
    Session.objects.filter(pk=session.pk).update(seats_taken=20)

    full_page = client.get(address, headers={"if-none-match": open_page["ETag"]})

    assert same_page.status_code == 304
    assert full_page.status_code == 200
    assert "Complet" in full_page.content.decode()


@pytest.mark.django_db
def test_a_new_release_is_seen_at_once(client):
    session = SessionFactory(title="Avant")
    publish(session.edition, note="Ouverture")
    client.get(session.get_absolute_url())
    session.title = "Après"
    session.save()
    assert "Avant" in client.get(session.get_absolute_url()).content.decode()

    publish(session.edition, note="Titre")

    assert "Après" in client.get(session.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_a_preview_is_for_staff_shows_the_draft_and_is_kept_nowhere(client, superuser_client):
    session = SessionFactory(title="Publiée")
    publish(session.edition, note="Ouverture")
    session.title = "Brouillon"
    session.save()
    address = f"/admin/apercu/{session.edition.slug}/seances/{session.code}/"

    seen = superuser_client.get(address)

    assert client.get(address).status_code == 302
    assert "Brouillon" in seen.content.decode()
    assert f"/admin/apercu/{session.edition.slug}/programme/" in seen.content.decode()
    assert seen["Cache-Control"] == "no-store"
    assert "Brouillon" not in client.get(session.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_an_edition_not_open_yet_is_told_without_reading_each_session(client):
    session = SessionFactory(
        title="Comme l’édition", edition__registration_opens_at=timezone.now() + dt.timedelta(days=1)
    )
    early = SessionFactory(edition=session.edition, registration_opens_at=timezone.now() - dt.timedelta(days=1))
    publish(session.edition, note="Ouverture")
    by_title = {item.title: item for item in released(session.edition.slug).programme.items}

    found = availability(session.edition, now=timezone.now())

    assert (found.state(by_title["Comme l’édition"]), found.seats(session.code)) == ("not_yet", None)
    assert found.state(by_title[early.title]) == "open"


@pytest.mark.django_db
@pytest.mark.parametrize("seats", [1, 2, 9, 10, 11, 19, 20, 21, 99, 100, 101, 220])
def test_every_session_with_last_places_is_among_those_read(seats):
    session = SessionFactory(seats=seats)
    for taken in range(seats + 1):
        Session.objects.filter(pk=session.pk).update(seats_taken=taken)
        read = availability(session.edition, now=timezone.now()).seats(session.code)

        assert (read is not None) == (Seats(seats, taken, None, None).state(timezone.now()) != "open")
