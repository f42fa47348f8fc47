import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories import AccessibilityStatementFactory, EditionFactory, LegalNoticeFactory, PrivacyNoticeFactory

pytestmark = pytest.mark.django_db
PAGES = ["/accessibilite/", "/mentions-legales/", "/donnees-personnelles/"]


@pytest.fixture
def edition():
    return EditionFactory(is_current=True, slug="2018", contact_email="semaine@example.org")


def page(path: str) -> str:
    return Client().get(path).content.decode()


@pytest.mark.parametrize(
    ("age", "rate", "words"),
    [
        (30, 100, "totalement conforme"),
        (30, 75, "partiellement conforme"),
        (30, 40, "non conforme"),
        (4 * 365, 75, "non conforme"),
        (None, None, "non conforme"),
    ],
)
def test_the_statement_says_its_status_in_words(edition, age, rate, words):
    audited_on = None if age is None else timezone.localdate() - dt.timedelta(days=age)
    AccessibilityStatementFactory(edition=edition, audited_on=audited_on, rate=rate)

    html = page("/accessibilite/")

    assert f"<h1>Accessibilité\u00a0: {words}</h1>" in html
    assert html.count(f"Accessibilité\u00a0: {words}") == 2  # the footer says the same


def test_the_statement_tells_all_that_the_law_asks(edition):
    AccessibilityStatementFactory(
        edition=edition,
        organisation="Direction exemple",
        established_on=dt.date(2026, 11, 1),
        shortcomings="Le plan interactif.",
        exemptions="Les archives de 2015.",
        technologies="HTML et PDF",
        tests="Firefox et NVDA",
        contact="acces@example.org",
    )
    html = page("/accessibilite/")
    told = ["Direction exemple", "article 47", "1er novembre 2026", "Le plan interactif.", "Les archives de 2015."]
    told += ["HTML et PDF", "Firefox et NVDA", "mailto:acces@example.org", "Voies de recours", "Défenseur des droits"]

    assert [words for words in told if words not in html] == []


def test_an_old_audit_is_told_but_no_longer_counts(edition):
    AccessibilityStatementFactory(edition=edition, audited_on=dt.date(2018, 3, 1), rate=75)

    html = page("/accessibilite/")

    assert "75\u00a0% des critères" in html
    assert "il ne compte plus" in html


def test_personal_data_gives_the_day_of_erasure(edition):
    edition.starts_on, edition.ends_on = dt.date(2018, 11, 19), dt.date(2018, 11, 25)
    edition.save()
    PrivacyNoticeFactory(edition=edition, retention_days=90, dpo_contact="dpo@example.org")

    html = page("/donnees-personnelles/")

    assert "23 février 2019" in html
    assert "mailto:dpo@example.org" in html
    assert "CNIL" in html


@pytest.mark.parametrize("path", PAGES)
def test_a_notice_that_nobody_wrote_says_what_to_do(edition, path):
    html = page(path)

    assert "Cette page n’est pas encore remplie." in html
    assert "mailto:semaine@example.org" in html


@pytest.mark.parametrize("path", PAGES)
def test_a_notice_stands_without_any_edition(path):
    assert "Cette page n’est pas encore remplie." in page(path)


def test_each_edition_has_its_own_notices(edition):
    LegalNoticeFactory(edition=edition, publisher="Éditeur de 2018")
    LegalNoticeFactory(edition=EditionFactory(slug="2017"), publisher="Éditeur de 2017")

    assert "Éditeur de 2018" in page("/mentions-legales/")
    assert "Éditeur de 2017" in page("/mentions-legales/?edition=2017")
    assert Client().get("/mentions-legales/?edition=1999").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_a_notice_costs_one_query_and_may_be_kept_by_proxies(edition, path, django_assert_num_queries):
    for make in (AccessibilityStatementFactory, LegalNoticeFactory, PrivacyNoticeFactory):
        make(edition=edition)

    with django_assert_num_queries(1):
        response = Client().get(path)

    assert response["Cache-Control"] == "public, max-age=300"
    assert response.cookies == {}


def test_a_text_of_the_staff_stays_text(edition):
    LegalNoticeFactory(edition=edition, publisher="<img src=x onerror=alert(1)>")

    assert "<img src=x" not in page("/mentions-legales/")


def test_personal_data_names_all_that_is_kept_and_what_remains(edition):
    PrivacyNoticeFactory(edition=edition)

    html = page("/donnees-personnelles/")

    kept = ["prénom", "nom", "adresse électronique", "employeur", "versant", "région", "langue de vos courriels"]
    assert [word for word in kept if word not in html] == []
    assert "restent, sans nom" in html
