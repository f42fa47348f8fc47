"""A person who comes too late, in a real browser: full, wait, offer, accept, change slot, ticket, cancel.

``PICTURES=folder`` keeps a picture of each page, to be looked at.
"""

import itertools
import os
import re
from pathlib import Path

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from outbox.sending import send_due
from publishing.publish import publish
from registrations import services
from registrations.models import Registration
from registrations.published import PublishedSession, find
from sessions.models import Session
from tests.factories import (
    EditionFactory,
    EmployerFactory,
    PrivacyNoticeFactory,
    RoomFactory,
    SequenceFactory,
    SessionFactory,
    at,
)
from tests.registrations.conftest import applicant

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = {"a desk": {"width": 1280, "height": 900}, "a phone": {"width": 390, "height": 844}}


@pytest.fixture
def visits() -> list[PublishedSession]:
    """Two slots of an exhibition, with one seat each, on one day; the first is taken."""
    edition = EditionFactory(slug="demo", is_current=True, contact_email="contact@example.org")
    PrivacyNoticeFactory(edition=edition)
    EmployerFactory(edition=edition, name="Ministère de l’exemple")
    sequence = SequenceFactory(edition=edition, title="Bureau du futur", one_slot_per_person=True)
    room = RoomFactory()
    rows = [
        SessionFactory(
            edition=edition, sequence=sequence, title="Visite", is_slot=True, starts_at=at(hour), room=room, seats=1
        )
        for hour in (10, 11)
    ]
    publish(edition, note="Le programme ouvre.")
    found = [each for row in rows if (each := find("demo", row.code))]
    services.register(found[0], applicant("premiere@example.org"), now=timezone.now(), is_vouched_for=True)
    return found


class Visitor:
    """The page of a person, and the mails that reach them."""

    def __init__(self, page: Page, site: str, folder: str) -> None:
        self.page, self.site = page, site
        self.folder, self.number = folder, itertools.count(1)
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)

    def keep(self, name: str) -> None:
        """Nothing is pushed off the screen; a picture where they are asked for."""
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        if self.folder:
            path = Path(self.folder) / f"{self.page.viewport_size['width']}-{next(self.number)}-{name}.png"
            self.page.screenshot(path=path, full_page=True)

    def press(self, button: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=button).click()
        self.page.wait_for_load_state()

    def follow_mail(self, subject: str) -> None:
        send_due()
        [message] = [each for each in mail.outbox if subject in each.subject and "alix@example.org" in each.to]
        found = re.search(r"https?://[^/]+(/inscriptions/[^/\s]+/)", str(message.body))
        assert found, message.body
        self.page.goto(self.site + found[1])


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
def test_a_person_waits_is_offered_a_seat_changes_it_and_gives_it_back(browser, live_server, visits, size, javascript):
    context = browser.new_context(viewport=size, locale="fr-FR", java_script_enabled=javascript)
    alix = Visitor(context.new_page(), live_server.url, os.environ.get("PICTURES", "") if javascript else "")
    page, main = alix.page, alix.page.get_by_role("main")

    page.goto(f"{live_server.url}/demo/seances/{visits[0].item.code}/inscription/")
    expect(main).to_contain_text("Cette séance est complète.")
    alix.keep("complet")
    page.get_by_label("Prénom").fill("Alix")
    page.get_by_label("Nom", exact=True).fill("Démo")
    page.get_by_role("textbox", name="Adresse électronique", exact=True).fill("alix@example.org")
    page.get_by_label("Employeur", exact=True).fill("Ministère de l’exemple")
    alix.press("Rejoindre la liste d’attente")
    expect(main).to_contain_text("alix@example.org")
    alix.keep("attente-courriel")

    alix.follow_mail("liste d’attente")
    expect(main).to_contain_text("en 1re position sur la liste d’attente")
    alix.keep("attente")
    first = Registration.objects.get(email="premiere@example.org")
    services.cancel(first, visits[0], now=timezone.now())

    alix.follow_mail("Une place s’est libérée")
    expect(main).to_contain_text("Une place s’est libérée pour vous.")
    alix.keep("place-proposee")
    alix.press("Prendre la place")
    expect(main).to_contain_text("Votre inscription est confirmée.")
    alix.keep("confirmee")

    page.get_by_role("link", name="Changer de créneau").click()
    alix.keep("creneaux")
    alix.press(re.compile("11 h.*Choisir ce créneau", re.DOTALL))
    expect(main).to_contain_text("11 h")
    assert seats_taken(visits) == [0, 1]
    alix.keep("creneau-change")

    page.get_by_role("link", name="Mon billet").click()
    expect(page.get_by_role("img", name=re.compile("QR"))).to_be_visible()
    alix.keep("billet")
    page.go_back()
    page.get_by_text("Je ne viens plus").click()
    alix.press("Se désinscrire")
    expect(main).to_contain_text("Votre désinscription est enregistrée.")
    alix.keep("desinscription")

    assert seats_taken(visits) == [0, 0]
    assert alix.complaints == []
    context.close()


def seats_taken(visits: list[PublishedSession]) -> list[int]:
    codes = [each.item.code for each in visits]
    return list(Session.objects.filter(code__in=codes).order_by("starts_at").values_list("seats_taken", flat=True))
