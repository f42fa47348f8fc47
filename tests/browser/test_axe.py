"""The screens that the staff live in, read by axe: no violation of WCAG A and AA, light and dark, desk and corridor."""

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from innovation_week.publication import publish
from registrations.links import ticket_link
from registrations.models import Invitation, MailText, Notice
from registrations.tickets import code_of
from sessions.models import Session
from tests.conftest import client_of
from tests.factories import (
    CandidacyFactory,
    DeliverableFactory,
    EditionFactory,
    InvitationFactory,
    MailTextFactory,
    RegistrationFactory,
    RoleFactory,
    SequenceFactory,
    ServiceFactory,
    SessionFactory,
    TaskFactory,
    UserFactory,
    VenueFactory,
)
from tests.publishing.exhibitions import exhibition, fill, slots

# Once is enough: what axe reads depends on no database.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def session(db) -> Session:
    """Published, changed since, with somebody on stage and in the room, and a colleague's traces."""
    edition = EditionFactory(is_current=True, slug="semaine")
    session = SessionFactory(edition=edition, title="Fail camp", seats=20, room__venue__has_access_list=True)
    CandidacyFactory(session=session, role=RoleFactory(format=session.format, required=1))
    SessionFactory(edition=edition, room=session.room, starts_at=session.starts_at)
    RegistrationFactory(session=session)
    InvitationFactory(session=session)
    ServiceFactory(session=session)
    slots(session.sequence, room=session.room)
    TaskFactory(edition=edition)
    DeliverableFactory(edition=edition)
    publish(edition, note="Le programme ouvre.", only=[session.code])
    Session.objects.filter(pk=session.pk).update(ends_at=session.ends_at + dt.timedelta(hours=1))
    publish(edition, note="Une heure de plus.", only=[session.code])
    session.refresh_from_db()
    MailTextFactory(edition=edition, kind="coming")
    RoleFactory(format=session.format, required=2)
    session.title = "Fail camp, une faute en moins"
    session.save()
    TaskFactory(edition=EditionFactory(), title="Réserver")  # a plan to take over
    SequenceFactory(edition=edition).delete()
    VenueFactory(city="")  # one of the choices of a filter has no word of its own
    return session


def screens(session: Session) -> list[str]:
    change = f"/admin/programme/session/{session.pk}"
    slots_of_sequence = f"/admin/programme/sequence/{session.sequence_id}/creneaux/"
    return [
        "/admin/",
        "/admin/programme/session/",
        "/admin/programme/session/?q=camp",
        f"{change}/change/",
        "/admin/programme/session/add/",
        f"{change}/history/",
        f"{change}/publier/",
        f"{change}/annuler/",
        f"{change}/revenir/",
        f"{change}/archiver/",
        f"{change}/delete/",
        f"{change}/history/{session.history.last().pk}/retablir/",
        f"/admin/programme/session/dupliquer/?ids={session.pk}",
        "/admin/programme/session/listes/?query=q%3Dcamp",
        "/admin/programme/sequence/supprimes/",
        "/admin/programme/session/coller/",
        slots_of_sequence,
        f"{slots_of_sequence}creer/",
        f"{slots_of_sequence}modifier/",
        "/admin/publishing/release/publier/",
        "/admin/recherche/?q=camp",
        "/admin/planning/task/",
        "/admin/planning/task/copy/",
        "/admin/planning/service/",
        "/admin/exports/deliverable/",
        "/admin/programme/edition/copie/",
        f"/admin/auth/user/{UserFactory().pk}/change/",
        "/admin/auth/group/add/",
        "/admin/registrations/registration/",
        "/admin/registrations/registration/add/",
        "/admin/venues/venue/",
        "/admin/second-facteur/telephone/",
        "/admin/registrations/registration/pointage/",
        f"/admin/registrations/registration/pointage/{code_of(session.registrations.get())}/",
        "/admin/registrations/registration/listes-d-acces/",
        "/admin/registrations/invitation/",
        f"/admin/registrations/invitation/add/?session={session.pk}",
        f"/admin/registrations/notice/{Notice.objects.get().pk}/change/",
        "/admin/registrations/mailtext/",
        "/admin/registrations/mailtext/add/?kind=hold&language=fr",
        f"/admin/registrations/mailtext/{MailText.objects.get().pk}/change/",
        "/admin/registrations/mailtext/apercu/?kind=links&language=en&qui=agent",
        "/admin/registrations/mailtext/apercu/?kind=hold&language=fr&qui=personne",
        f"/admin/registrations/mailing/ecrire/?session={session.code}",
        f"/billets/{ticket_link(session.registrations.get()).token}/",
        "/admin/guide/",
    ]


@pytest.fixture
def page_of(browser: Browser, live_server):
    def make(width: int, colours: str) -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": 860}, locale="fr-FR", color_scheme=colours
        )
        cookie = client_of(UserFactory(is_superuser=True)).cookies["session"]
        context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server.url}])
        return context.new_page()

    return make


@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_violation_where_the_public_chooses_a_visit(page_of, db, width, colours):
    edition = EditionFactory(slug="demo", is_current=True)
    first, second, _third = slots(exhibition(edition))
    slots(first.sequence, day=1)
    fill(first)
    fill(second, left=1)
    publish(edition, note="Ouverture")
    page = page_of(width, colours)

    page.goto("/demo/sequences/bureau-du-futur/")

    violations = Axe().run(page, options=RULES).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    smallest = page.evaluate("Math.min(...[...document.querySelectorAll('.visit')].map(each => each.offsetHeight))")
    assert smallest >= 44


@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_violation_where_a_rule_says_who_registers(page_of, db, width, colours):
    edition = EditionFactory(slug="demo", is_current=True, contact_email="contact@example.org")
    rule = {"eligibility": "domains", "eligible_domains": "gouv.fr\naphp.fr", "eligible_subdomains": True}
    domains, invited = (
        SessionFactory(edition=edition, **rule),
        SessionFactory(edition=edition, eligibility="invitation"),
    )
    publish(edition, note="Ouverture")
    good, over = InvitationFactory.create_batch(2, session=invited)
    Invitation.objects.filter(pk=over.pk).update(revoked_at=over.invited_at)
    links = [f"/invitations/{invitation.link.token}/" for invitation in (good, over)]
    page, found = page_of(width, colours), []

    for address in [
        *(f"/demo/seances/{session.code}/{form}" for session in (domains, invited) for form in ("", "inscription/")),
        *links,
    ]:
        page.goto(address)
        violations = Axe().run(page, options=RULES).response["violations"]
        found += [(address, each["id"], [node["html"] for node in each["nodes"]]) for each in violations]
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    assert "\n".join(map(str, found)) == ""


@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_violation_on_the_main_screens(page_of, session, width, colours):
    page, found = page_of(width, colours), []
    for address in screens(session):
        response = page.goto(address)
        assert (address, response.status) == (address, 200)
        page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
        violations = Axe().run(page, options=RULES).response["violations"]
        found += [(address, each["id"], [node["html"] for node in each["nodes"]]) for each in violations]
    assert "\n".join(map(str, found)) == ""


@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_violation_where_a_text_of_a_mail_is_refused_then_previewed(page_of, session, width, colours):
    page, found = page_of(width, colours), []

    def read(name: str) -> None:
        violations = Axe().run(page, options=RULES).response["violations"]
        found.extend((name, each["id"], [node["html"] for node in each["nodes"]]) for each in violations)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto("/admin/registrations/mailtext/add/?kind=hold&language=fr")
    body = page.input_value("#id_body")
    page.fill("#id_subject", "Sans échéance")
    page.fill("#id_body", "Bonjour {prénom}")
    page.locator("[name=_save]").first.click()
    page.wait_for_selector(".errorlist li")  # a click does not wait for the page that it asks for
    assert page.locator(".errorlist li").count() > 3
    read("refused")
    page.fill("#id_subject", "Avant {echeance}")
    page.fill("#id_body", body)
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Prévisualiser").click()
    page = opened.value
    page.get_by_label("Pour une autre personne").fill(session.registrations.get().email)
    page.get_by_role("button", name="Prévisualiser pour ces personnes").click()
    page.wait_for_selector("pre.mail")
    assert page.locator("pre.mail").count() == 1
    read("previewed")
    assert "\n".join(map(str, found)) == ""
