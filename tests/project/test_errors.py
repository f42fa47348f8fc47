import json
import logging
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DataError, connection
from django.test import Client, RequestFactory

from innovation_week import errors
from innovation_week.log_filters import OneLineForExpectedErrors

WITHOUT_DATABASE = """
import json, django
from django.conf import settings
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, headers={"host": "127.0.0.1"})
def ask(path):
    response = client.get(path)
    return [response.status_code, response.headers.get("Retry-After"), response.content.decode()]
print(json.dumps([ask("/"), ask("/en/"), ask("/healthz")]))
"""


def heading(html: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    assert found is not None, html
    return " ".join(found[1].split())


def test_a_database_that_is_gone_is_said_in_the_language_of_the_reader(tmp_path):
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "DJANGO_SETTINGS_MODULE": "innovation_week.settings",
        "SECRET_KEY": "x" * 50,
        "VAR_DIR": str(tmp_path),
    }
    command = [sys.executable, "-W", "ignore", "-c", WITHOUT_DATABASE]
    result = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True, text=True)
    french, english, health = json.loads(result.stdout)

    assert [french[:2], english[:2], health[:2]] == [[503, "60"], [503, "60"], [503, None]]
    assert 'lang="fr"' in french[2]
    assert 'lang="en"' in english[2]
    assert heading(french[2]) != heading(english[2])
    assert "Traceback" not in french[2] + english[2]
    assert json.loads(health[2]) == {"database": "unreachable"}
    assert ["ERROR django.request" in line for line in result.stderr.splitlines()] == [True, True, True], result.stderr
    assert "Service Unavailable: /en/ (OperationalError: connection to server at" in result.stderr


@pytest.mark.django_db
def test_a_page_that_somebody_may_not_see_is_one_line_in_the_log(reader, caplog):
    response = reader.get("/admin/auth/user/add/")

    assert response.status_code == 403
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert record.getMessage() == "Forbidden (Permission denied): /admin/auth/user/add/"
    assert (record.exc_info, record.exc_text) == (None, None)


@pytest.mark.parametrize("fault", [KeyError("colour"), DataError("value too long")])
def test_a_fault_of_ours_keeps_its_traceback(fault):
    record = logging.LogRecord("django.request", logging.ERROR, "", 1, "Error: %s", ("/",), (type(fault), fault, None))

    assert OneLineForExpectedErrors().filter(record)
    assert (record.getMessage(), record.exc_info) == ("Error: /", (type(fault), fault, None))


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (lambda request: errors.bad_request(request, Exception()), 400),
        (lambda request: errors.permission_denied(request, Exception()), 403),
        (errors.csrf_failure, 403),
        (lambda request: errors.page_not_found(request, Exception()), 404),
        (errors.server_error, 500),
    ],
)
def test_an_error_page_is_a_whole_page_that_never_asks_the_database(handler, status):
    """No mark for the database: pytest-django fails the test at the first query."""
    response = handler(RequestFactory().get("/nulle-part/"))
    html = response.content.decode()

    assert response.status_code == status
    assert response["Cache-Control"] == "no-store"
    assert '<html lang="fr"' in html
    assert heading(html)
    assert html.count("<main") == 1


@pytest.mark.django_db
def test_an_unknown_address_has_the_page_of_its_language():
    french = Client().get("/2018/nulle-part/ailleurs/")
    english = Client().get("/en/2018/nulle-part/ailleurs/")

    assert (french.status_code, english.status_code) == (404, 404)
    assert '<html lang="fr"' in french.content.decode()
    assert '<html lang="en"' in english.content.decode()


@pytest.mark.django_db
def test_a_form_posted_without_its_token_is_explained():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "demo"})

    assert response.status_code == 403
    assert "DEBUG" not in response.content.decode()


@pytest.mark.django_db
def test_health_says_that_the_database_answers():
    response = Client().get("/healthz")

    assert (response.status_code, response.json()) == (200, {"database": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_health_is_bad_when_the_database_answers_but_is_not_ours():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE programme_edition RENAME TO moved_away")
    response = Client().get("/healthz")

    assert (response.status_code, response.json()) == (503, {"database": "unreachable"})


@pytest.mark.django_db
def test_a_portrait_is_kept_for_ever_by_browsers():
    path = default_storage.save(f"portraits/{'a' * 32}.jpg", ContentFile(b"picture"))

    response = Client().get(f"/media/{path}")

    assert b"".join(response.streaming_content) == b"picture"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    response.close()


@pytest.mark.parametrize("path", ["portraits/../secret_key", "secret_key", f"portraits/{'b' * 32}.jpg"])
@pytest.mark.django_db
def test_nothing_else_of_the_folder_is_served(path):
    default_storage.save("secret_key", ContentFile(b"key"))

    assert Client().get(f"/media/{path}").status_code == 404


def test_robots_are_kept_out_of_a_demonstration_and_of_personal_pages(settings):
    settings.DEMO = True
    demonstration = Client().get("/robots.txt").content.decode()
    settings.DEMO = False
    real = Client().get("/robots.txt").content.decode()

    assert demonstration == "User-agent: *\nDisallow: /\n"
    assert "Disallow: /inscriptions/\n" in real
    assert "Disallow: /\n" not in real
