import icalendar
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory
from django.urls import set_script_prefix

from publishing.programme import sha256, to_json
from tests.exports.documents import item, programme, slot
from tests.factories import EditionFactory, ReleaseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def release():
    document = to_json(programme(item(), item("ND2345", slot=slot(None, None), state="postponed")))
    edition = EditionFactory(slug="2018")
    return ReleaseFactory(edition=edition, number=1, document=document, sha256=sha256(document))


def test_the_calendar_of_the_edition_is_that_of_its_last_release(client, release):
    response = client.get("/2018/programme.ics")

    (event,) = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    assert event["URL"] == "http://127.0.0.1:8000/2018/seances/FA2345/"
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'inline; filename="programme-2018.ics"'
    assert response["Cache-Control"] == "public, no-cache"


@pytest.mark.django_db(transaction=True)  # the server's own way in closes connections
def test_a_prefix_that_a_visitor_makes_up_reaches_no_address(release):
    """gunicorn believes a header SCRIPT_NAME that comes from this machine, as the proxy's requests all do."""
    environ = RequestFactory().get("/2018/programme.ics", SCRIPT_NAME="/mechant").environ
    try:
        response = WSGIHandler()(environ, lambda status, headers: None)
    finally:
        set_script_prefix("/")

    assert response.status_code == 200
    assert b"URL:http://127.0.0.1:8000/2018/seances/FA2345/" in response.content


def test_the_calendar_of_a_session_has_its_own_address(client, release):
    response = client.get("/2018/seances/FA2345.ics")

    (event,) = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    assert event["SUMMARY"] == "Trois échecs, trois rebonds"
    assert response["Content-Disposition"] == 'inline; filename="2018-FA2345.ics"'


def test_english_addresses_lead_to_english_pages(client, release):
    response = client.get("/en/2018/seances/FA2345.ics")

    assert b"URL:http://127.0.0.1:8000/en/2018/seances/FA2345/" in response.content


@pytest.mark.parametrize("path", ["/2018/programme.ics", "/2018/seances/FA2345.ics"])
def test_who_has_the_file_already_gets_304_in_one_query(client, release, path, django_assert_num_queries):
    etag = client.get(path)["ETag"]

    with django_assert_num_queries(1):
        response = client.get(path, headers={"If-None-Match": etag})

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)


def test_a_new_release_changes_the_etag(client, release):
    before = client.get("/2018/programme.ics")["ETag"]
    document = to_json(programme(item(title="Deux échecs")))
    ReleaseFactory(edition=release.edition, number=2, document=document, sha256=sha256(document))

    response = client.get("/2018/programme.ics", headers={"If-None-Match": before})

    assert (response.status_code, "Deux échecs".encode() in response.content) == (200, True)


@pytest.mark.parametrize("path", ["/2018/seances/ZZZZZZ.ics", "/2031/programme.ics", "/2031/seances/FA2345.ics"])
def test_what_was_never_published_is_not_found(client, release, path):
    assert client.get(path).status_code == 404
