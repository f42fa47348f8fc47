"""The whole story in a real browser: browse, register, confirm, cancel; edit, publish, download."""

import datetime as dt
import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from exports.booklet import make_missing
from outbox.sending import send_due
from publishing.publish import publish
from registrations.models import Registration
from sessions.models import Edition, Session
from tests.factories import CandidacyFactory, EditionFactory, EmployerFactory, PrivacyNoticeFactory, SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def session() -> Session:
    session = SessionFactory(
        title="Trois échecs, trois rebonds", sequence__title="Fail camp", seats=20, edition__is_current=True
    )
    PrivacyNoticeFactory(edition=session.edition)
    EmployerFactory(edition=session.edition, name="Ministère de l’exemple")
    publish(session.edition, note="Le programme ouvre.")
    return session


def mailed_link(subject: str) -> str:
    """Send what is due, and follow the newest mail with these words in its subject."""
    send_due()
    [message] = [message for message in mail.outbox if subject in message.subject]
    found = re.search(r"https?://[^/]+(/inscriptions/[^/\s]+/)", str(message.body))
    assert found, message.body
    return found[1]


def register(page: Page, address: str) -> None:
    """From the home page to the page that says where the mail went."""
    page.goto(address)
    page.get_by_role("link", name="Voir le programme").click()
    page.get_by_role("link", name="Trois échecs, trois rebonds").click()
    page.get_by_role("link", name="S’inscrire").click()
    page.get_by_label("Prénom").fill("Alix")
    page.get_by_label("Nom", exact=True).fill("Démo")
    page.get_by_role("textbox", name="Adresse électronique", exact=True).fill("alix@example.org")
    page.get_by_label("Employeur", exact=True).fill("Ministère de l’exemple")
    page.get_by_role("button", name="S’inscrire").click()
    expect(page.get_by_role("main")).to_contain_text("alix@example.org")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_public_agent_registers_confirms_and_cancels_on_a_phone(browser, live_server, session, javascript):
    context = browser.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=javascript)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    elsewhere: list[str] = []
    page.on("request", lambda it: elsewhere.append(it.url) if not it.url.startswith(live_server.url) else None)

    register(page, live_server.url)
    session.refresh_from_db()
    assert session.seats_taken == 1

    page.goto(live_server.url + mailed_link("Action requise"))
    assert Registration.objects.get().state == "held"  # opening the link changes nothing
    page.get_by_role("button", name="Confirmer mon inscription").click()
    expect(page.get_by_role("main")).to_contain_text("Votre inscription est confirmée.")
    assert Registration.objects.get().state == "confirmed"

    page.goto(live_server.url + mailed_link("confirmée"))
    page.get_by_text("Je ne viens plus").click()
    page.get_by_role("button", name="Se désinscrire").click()
    expect(page.get_by_role("main")).to_contain_text("Votre désinscription est enregistrée.")

    session.refresh_from_db()
    assert (Registration.objects.get().state, session.seats_taken) == ("cancelled", 0)
    assert complaints == []
    assert elsewhere == []
    context.close()


def test_errors_are_summed_up_focused_and_linked_and_nothing_typed_is_lost(page, live_server, session):
    page.goto(f"{live_server.url}{session.get_absolute_url()}inscription/")
    page.get_by_label("Prénom").fill("Alix")
    page.get_by_role("button", name="S’inscrire").click()

    expect(page).to_have_title(re.compile("^Erreur"))
    summary = page.get_by_text("Le formulaire contient 3 erreurs.")
    expect(summary).to_be_visible()
    assert page.evaluate("document.activeElement.contains(document.querySelector('a[href=\"#id_last_name\"]'))")
    expect(page.get_by_label("Prénom")).to_have_value("Alix")
    page.get_by_role("link", name=re.compile("^Nom")).click()
    expect(page.get_by_label("Nom", exact=True)).to_be_focused()


def test_staff_edit_and_publish_and_the_public_reads_it(browser, live_server, session, superuser):
    superuser.set_password("un mot de passe de test")
    superuser.save()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    page.goto(f"{live_server.url}/admin/")
    page.get_by_label(re.compile("Nom d’utilisateur")).fill("superuser")
    page.get_by_label("Mot de passe").fill("un mot de passe de test")
    page.get_by_role("button", name="Se connecter").click()
    page.goto(f"{live_server.url}/admin/programme/session/{session.pk}/change/")
    page.get_by_label("Titre").first.fill("Quatre échecs, quatre rebonds")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.goto(f"{live_server.url}{session.get_absolute_url()}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Trois échecs")

    page.goto(f"{live_server.url}/admin/publishing/release/publier/")
    expect(page.get_by_role("main")).to_contain_text("Quatre échecs, quatre rebonds")
    page.get_by_label(re.compile("Note")).fill("Un échec de plus.")
    page.get_by_role("button", name="Publier").click()
    page.goto(f"{live_server.url}{session.get_absolute_url()}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Quatre échecs")
    assert complaints == []

    make_missing()
    booklet = context.request.get(f"{live_server.url}/{session.edition.slug}/programme.pdf")
    assert booklet.headers["content-type"] == "application/pdf"
    assert booklet.body().startswith(b"%PDF-")
    context.close()


@pytest.fixture
def ended() -> Edition:
    """An edition that is over, with its counted audiences."""
    edition = EditionFactory(starts_on=dt.date(2018, 11, 19))
    SessionFactory(
        edition=edition,
        title="Innovation publique ou cauchemar en cuisine",
        sequence__title="Démonstrations interministérielles",
        attendance="environ 100 visiteurs par jour",
    )
    publish(edition, note="Bilan.")
    return edition


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_scrolls_sideways(page, live_server, session, ended, width):
    speaker = CandidacyFactory(session=session).speaker
    publish(session.edition, note="Une personne de plus.")
    page.set_viewport_size({"width": width, "height": 800})
    session_page = session.get_absolute_url()
    edition, venue = f"/{session.edition.slug}", session.room.venue.slug
    parts = ["", "programme/", "programme/?vue=grille", "programme/?q=rien", "nouveautes/", "intervenants/", "lieux/"]
    parts += [f"sequences/{session.sequence.slug}/", f"intervenants/{speaker.code}/", f"lieux/{venue}/"]
    others = [session_page, f"{session_page}inscription/", f"/{ended.slug}/", f"/{ended.slug}/programme/"]
    others += ["/inscriptions/", "/accessibilite/", "/mentions-legales/", "/donnees-personnelles/", "/inconnue/"]

    for address in [*(f"{edition}/{part}" for part in parts), *others]:
        for prefix in ["", "/en"]:
            page.goto(f"{live_server.url}{prefix}{address}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{prefix}{address}"


def test_the_form_is_reached_filled_and_sent_with_the_keyboard_alone(page, live_server, session):
    page.goto(f"{live_server.url}{session.get_absolute_url()}")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Contenu")).to_be_focused()  # the skip link comes first

    tab_to(page, "S’inscrire")
    page.keyboard.press("Enter")
    page.wait_for_url("**/inscription/")
    for label, words in [("Prénom", "Alix"), ("Nom", "Démo"), ("Adresse électronique", "alix@example.org")]:
        tab_to(page, label)
        page.keyboard.type(words)
    tab_to(page, "Employeur")
    page.keyboard.type("Ministère de l’exemple")
    page.keyboard.press("Escape")  # folds the list of employers
    tab_to(page, "S’inscrire")
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_contain_text("alix@example.org")
    assert Registration.objects.get().last_name == "Démo"


@pytest.mark.parametrize("listed", [2, 200], ids=["a list in the page", "a list of its own"])
def test_an_employer_is_found_with_the_keyboard_whatever_the_accents(page, live_server, session, listed):
    names = ["Préfecture de l’Exemple", *(f"Sous-préfecture {number}" for number in range(1, listed))]
    for name in names:
        EmployerFactory(edition=session.edition, name=name)
    page.goto(f"{live_server.url}{session.get_absolute_url()}inscription/")
    page.get_by_label("Prénom").fill("Alix")
    page.get_by_label("Nom", exact=True).fill("Démo")
    page.get_by_role("textbox", name="Adresse électronique", exact=True).fill("alix@example.org")
    field = page.get_by_role("combobox", name="Employeur", exact=True)
    options = page.get_by_role("listbox").get_by_role("option")
    active = page.locator("[role=option][aria-selected=true]")

    field.press_sequentially("prefec")
    expect(page.get_by_role("status")).to_have_text(f"{listed} employeurs trouvés")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert options.all_inner_texts()[:2] == ["Préfecture de l’Exemple", "Sous-préfecture 1"]  # those that begin so
    page.keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowUp")
    expect(active).to_have_text("Autre employeur")
    page.keyboard.press("ArrowDown")
    expect(active).to_have_text("Préfecture de l’Exemple")
    expect(field).to_have_attribute("aria-activedescendant", str(active.get_attribute("id")))
    page.keyboard.press("Enter")
    expect(field).to_have_value("Préfecture de l’Exemple")
    expect(options).to_have_count(0)
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_contain_text("alix@example.org")
    assert Registration.objects.get().employer_name == "Préfecture de l’Exemple"


def test_an_employer_is_touched_and_another_opens_its_questions(browser, live_server, session):
    context = browser.new_context(viewport={"width": 320, "height": 640}, locale="fr-FR", has_touch=True)
    page = context.new_page()
    page.goto(f"{live_server.url}{session.get_absolute_url()}inscription/")
    field = page.get_by_role("combobox", name="Employeur", exact=True)
    field.press_sequentially("exempl minis")
    listbox = page.get_by_role("listbox")
    expect(listbox).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    heights = listbox.get_by_role("option").evaluate_all("them => them.map((it) => it.offsetHeight)")
    assert len(heights) == 2
    assert min(heights) >= 44

    page.get_by_role("option", name="Ministère de l’exemple").tap()
    expect(field).to_have_value("Ministère de l’exemple")
    expect(field).to_be_focused()
    field.fill("Lycée")
    page.get_by_role("option", name="Autre employeur").tap()
    expect(page.get_by_label(re.compile("^Versant"))).to_be_focused()
    expect(field).to_have_value("Lycée")
    field.press_sequentially("x")
    expect(listbox).to_be_visible()
    page.get_by_label("Prénom").focus()
    expect(listbox).to_be_hidden()
    context.close()


def test_without_javascript_the_employers_that_resemble_are_proposed(browser, live_server, session):
    context = browser.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}{session.get_absolute_url()}inscription/")
    page.get_by_label("Prénom").fill("Alix")
    page.get_by_label("Nom", exact=True).fill("Démo")
    page.get_by_role("textbox", name="Adresse électronique", exact=True).fill("alix@example.org")
    page.get_by_label("Employeur", exact=True).fill("MINISTERE")
    page.get_by_role("button", name="S’inscrire").click()

    page.get_by_role("link", name=re.compile("^Vouliez-vous dire")).click()
    choices = page.get_by_role("group", name="Vouliez-vous dire")
    choices.get_by_label("Ministère de l’exemple").check()
    page.get_by_role("button", name="S’inscrire").click()

    expect(page.get_by_role("main")).to_contain_text("alix@example.org")
    assert Registration.objects.get().employer_name == "Ministère de l’exemple"
    context.close()


FOCUSED = "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element with this name or label has the focus, which shows."""
    for _n in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == name:
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"The focus on {name} does not show."
            return
    pytest.fail(f"{name} cannot be reached with Tab.")
