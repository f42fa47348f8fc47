import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils.html import escape

from publishing.publish import publish
from tests.factories import (
    AccessibilityStatementFactory,
    EditionFactory,
    EmployerFactory,
    LegalNoticeFactory,
    ReleaseFactory,
    SessionFactory,
)
from tests.theme.markup import Element, elements, fetched, ids

pytestmark = pytest.mark.django_db
THEMES = ["neutral", "state"]
HEAVIEST = 100_000  # bytes, compressed, fonts aside


@pytest.fixture(params=THEMES)
def theme(request, settings) -> str:
    settings.THEME = request.param
    return request.param


@pytest.fixture
def edition():
    edition = EditionFactory(is_current=True, name="Semaine 2018", slug="2018", contact_email="semaine@example.org")
    LegalNoticeFactory(edition=edition)
    return edition


def page(path: str = "/mentions-legales/") -> str:
    return Client().get(path).content.decode()


def static_file(address: str) -> Path:
    found = finders.find(address.removeprefix("/static/"))
    assert isinstance(found, str), address
    return Path(found)


def current_entries(html: str) -> list[tuple[str, str]]:
    return [
        (element.attributes["href"], element.attributes["aria-current"])
        for element in elements(html, "a")
        if "aria-current" in element.attributes and "fr-nav__link" in element.attributes.get("class", "")
    ]


def test_each_theme_links_style_sheets_that_exist_and_only_its_own(edition, theme):
    sheets = [address for address in fetched(page()) if address.endswith(".css")]

    assert all(static_file(sheet).stat().st_size for sheet in sheets)
    assert [sheet for sheet in sheets if "dsfr" in sheet] == ([] if theme == "neutral" else sheets[:-2])
    assert ("/static/css/neutral.css" in sheets) == (theme == "neutral")


def test_marianne_and_the_brand_of_the_state_stay_in_the_state_theme(edition, settings):
    settings.THEME = "neutral"
    own = (settings.BASE_DIR / "static/css/neutral.css").read_text() + (
        settings.BASE_DIR / "static/css/week.css"
    ).read_text()

    assert "République" not in page()
    assert "Marianne" not in own
    assert [path.name for path in (settings.BASE_DIR / "static").rglob("*arianne*")] == []


def test_nothing_is_fetched_from_another_site(edition, theme):
    html = page()
    style = "".join(static_file(address).read_text() for address in fetched(html) if address.endswith(".css"))

    assert [address for address in fetched(html) if not address.startswith("/static/")] == []
    assert [url for url in re.findall(r"url\(['\"]?([^'\")]+)", style) if re.match(r"(https?:)?//", url)] == []


def test_no_style_or_script_is_written_in_the_page(edition, theme):
    html = page()

    assert [element for element in elements(html) if "style" in element.attributes] == []
    assert elements(html, "style") == []
    assert [element for element in elements(html, "script") if "src" not in element.attributes] == []
    assert [name for element in elements(html) for name in element.attributes if name.startswith("on")] == []


def test_a_page_without_script_keeps_its_menu(edition, theme):
    html = page()

    assert len(elements(html, "details")) == 1
    assert [element.attributes.get("hidden") for element in elements(html, "nav")] == [None] * len(
        elements(html, "nav")
    )


def test_the_frame_weighs_little(edition, theme):
    html = page()
    files = [static_file(address).read_bytes() for address in fetched(html) if address.endswith((".css", ".js"))]
    weight = sum(len(gzip.compress(content)) for content in [html.encode(), *files])

    assert weight < HEAVIEST * 0.85  # what is left is for the content of a page and its form


def test_the_page_of_a_session_and_its_form_together_weigh_under_100_kb(edition, theme):
    session = SessionFactory(edition=edition, text="Un texte de séance. " * 200)
    EmployerFactory.create_batch(60, edition=edition)
    publish(edition, note="Première version.")
    pages = [page(f"/2018/seances/{session.code}/"), page(f"/2018/seances/{session.code}/inscription/")]
    addresses = {address for html in pages for address in fetched(html) if address.endswith((".css", ".js", ".svg"))}
    contents = [html.encode() for html in pages] + [static_file(address).read_bytes() for address in addresses]

    assert 'id="inscription"' in pages[1]
    assert sum(len(gzip.compress(content)) for content in contents) < HEAVIEST


def test_skip_links_lead_somewhere_and_ids_are_unique(edition, theme):
    html = page()
    targets = [
        element.attributes["href"][1:] for element in elements(html, "a") if element.attributes["href"][0] == "#"
    ]

    assert targets == ["content", "menu", "footer"]
    assert set(targets) <= set(ids(html))
    assert len(ids(html)) == len(set(ids(html)))


def test_the_navigation_tells_where_one_is(edition):
    ReleaseFactory(edition=edition)

    assert current_entries(page("/2018/programme/")) == [("/2018/programme/", "page")]
    assert current_entries(page("/inscriptions/")) == [("/inscriptions/", "page")]
    assert current_entries(page("/mentions-legales/")) == []


def test_the_other_language_is_one_link_away(edition):
    french, english = page("/mentions-legales/?edition=2018"), page("/en/mentions-legales/?edition=2018")

    def link(html: str) -> Element:
        return next(element for element in elements(html, "a") if "hreflang" in element.attributes)

    assert link(french).attributes["href"] == "/en/mentions-legales/?edition=2018"
    assert link(english).attributes["href"] == "/mentions-legales/?edition=2018"
    assert elements(french, "html")[0].attributes["lang"] == "fr"
    assert elements(english, "html")[0].attributes["lang"] == "en"


def test_the_demonstration_says_so_on_every_page_and_is_not_indexed(edition, settings):
    settings.DEMO = True
    shown = page()
    settings.DEMO = False
    hidden = page()

    # Over any edition, an imported programme that exists included: it calls invented only what says so itself.
    assert "Site de démonstration, non officiel. Ce qui porte la mention «\u00a0exemple\u00a0» est inventé." in shown
    assert '<meta name="robots" content="noindex">' in shown
    assert "Site de démonstration" not in hidden
    assert "noindex" not in hidden


def test_the_footer_tells_the_status_in_words(edition):
    assert "Accessibilité\u00a0: non conforme" in page()

    AccessibilityStatementFactory(edition=edition, rate=75, audited_on=edition.starts_on.replace(year=2000))
    assert "Accessibilité\u00a0: non conforme" in page()


def test_the_frame_stands_without_any_edition(theme, db):
    html = page()

    assert "Semaine de l’innovation publique" in html
    assert "Accessibilité\u00a0: non conforme" in html


def test_a_name_with_markup_stays_text(edition):
    edition.name = "<script>alert(1)</script>"
    edition.save()

    assert elements(page(), "script") == []
    assert escape("<script>alert(1)</script>") in page()
