import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from innovation_week import errors
from tests.factories import EditionFactory, ReleaseFactory
from tests.theme.markup import elements


def answer(status: int) -> HttpResponse:
    request: HttpRequest = RequestFactory().get("/2018/rien/")
    if status == 400:
        return errors.bad_request(request, Exception())
    if status == 403:
        return errors.permission_denied(request, PermissionDenied())
    if status == 404:
        return errors.page_not_found(request, Exception())
    if status == 500:
        return errors.server_error(request)
    try:
        raise OperationalError("could not connect to server")
    except OperationalError:
        return errors.server_error(request)


# Without the mark django_db, any query is an error: these pages must stand when the database is away.
@pytest.mark.parametrize("theme", ["neutral", "state"])
@pytest.mark.parametrize(
    ("status", "heading"),
    [
        (400, "Le site n’a pas compris ce qui a été envoyé"),
        (403, "Vous ne pouvez pas voir cette page"),
        (404, "Cette page n’existe pas ou n’existe plus"),
        (500, "Le site est en défaut"),
        (503, "Le site est momentanément indisponible"),
    ],
)
def test_each_error_says_what_happened_without_the_database(settings, theme, status, heading):
    settings.THEME = theme

    response = answer(status)

    assert response.status_code == status
    assert f"<h1>{heading}</h1>" in response.content.decode()
    assert f"Erreur {status}" in response.content.decode()


def test_errors_speak_english_under_en():
    with translation.override("en"):
        html = answer(404).content.decode()

    assert '<html lang="en"' in html
    assert "This page does not exist, or no longer" in html


def test_a_form_sent_too_late_says_that_nothing_was_recorded():
    html = errors.csrf_failure(RequestFactory().post("/")).content.decode()

    assert "Votre formulaire n’a pas été envoyé" in html
    assert "rien n’a été enregistré" in html


def test_a_page_not_found_offers_a_search_that_opens_the_current_programme(db):
    edition = EditionFactory(is_current=True, slug="2018")
    ReleaseFactory(edition=edition)

    response = Client().get("/rien/du/tout/")
    form = next(element for element in elements(response.content.decode(), "form"))
    found = Client().get(form.attributes["action"], {"q": "échec"})

    assert response.status_code == 404
    assert found["Location"] == "/2018/programme/?q=%C3%A9chec"


def test_the_address_of_an_error_stays_text():
    html = render_to_string("503.html", {"path": '/"><script>alert(1)</script>', "status": 503, "theme": "neutral"})

    assert elements(html, "script") == []
