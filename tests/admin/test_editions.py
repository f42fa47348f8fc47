from django.urls import reverse

from sessions.models import Edition
from tests.factories import EditionFactory, SessionFactory

CHOOSE = "/admin/edition/"


def chosen(client) -> str:
    return client.get(reverse("admin:index")).context["edition_choice"].chosen.slug


def test_the_header_opens_on_the_current_edition_and_keeps_what_is_chosen(reader):
    old = EditionFactory(slug="2018")
    EditionFactory(slug="demo", is_current=True)

    before = chosen(reader)
    response = reader.post(CHOOSE, {"edition": old.pk, "next": "/admin/programme/session/"})

    assert (before, response["Location"], chosen(reader)) == ("demo", "/admin/programme/session/", "2018")


def test_without_a_current_edition_the_newest_is_chosen(reader):
    newest = EditionFactory()
    EditionFactory(starts_on="2018-11-19", ends_on="2018-11-25")

    assert chosen(reader) == newest.slug


def test_opening_a_session_of_another_edition_chooses_that_one(reader):
    EditionFactory(slug="demo", is_current=True)
    session = SessionFactory(edition=EditionFactory(slug="2018"))

    response = reader.get(reverse("admin:programme_session_change", args=[session.pk]))

    assert response.context["edition_choice"].chosen.slug == "2018"
    # From there, another edition is chosen for the list: the page would bring its own back.
    assert response.context["after_choice"] == "/admin/programme/session/"


def test_a_choice_sends_nobody_elsewhere(reader):
    edition = EditionFactory()

    for address in ["https://example.org/", "//example.org/", "javascript:alert(1)", ""]:
        assert reader.post(CHOOSE, {"edition": edition.pk, "next": address})["Location"] == "/admin/"


def test_an_unknown_edition_changes_nothing(reader):
    EditionFactory(slug="demo", is_current=True)

    for number in ["", "0", "999", "abc", "-1", "9" * 40]:
        assert reader.post(CHOOSE, {"edition": number}).status_code == 302
    assert chosen(reader) == "demo"


def test_choosing_takes_a_form(reader):
    assert reader.get(CHOOSE).status_code == 405


def test_only_one_edition_is_current(editor):
    first, second = EditionFactory(is_current=True), EditionFactory()
    lines = {
        f"{prefix}-{name}": 0
        for prefix in ("privacy_notice", "legal_notice", "accessibility_statement")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    fields = {
        "name": second.name,
        "slug": second.slug,
        "starts_on": f"{second.starts_on:%d/%m/%Y}",
        "ends_on": f"{second.ends_on:%d/%m/%Y}",
        "time_zone": "Europe/Paris",
        "is_current": "on",
    }

    refused = editor.post(reverse("admin:programme_edition_change", args=[second.pk]), fields | lines)
    wrong = editor.post(
        reverse("admin:programme_edition_change", args=[second.pk]), fields | lines | {"time_zone": "Europe/Pari"}
    )

    assert refused.context["adminform"].form.errors.get("__all__") == [
        "Une autre édition est en cours\u00a0: décochez-la d’abord."
    ]
    assert "Europe/Pari" in wrong.context["adminform"].form.errors["time_zone"][0]
    assert Edition.objects.current().get() == first
