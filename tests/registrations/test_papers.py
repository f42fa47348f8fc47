"""Papers of one page, read back from the PDF."""

import datetime as dt
import io

import pikepdf
import pytest
from django.utils import timezone, translation

from exports import papers
from exports.layout import TypesettingError
from exports.papers import Paper
from innovation_week import dates
from publishing.publish import publish
from registrations.links import ticket_link
from registrations.models import Registration
from registrations.published import find
from registrations.services import confirm, register
from registrations.tickets import code_of, grouped
from sessions.models import Edition, Session
from tests.exports.test_booklet_pages import flat, printed, structure
from tests.registrations.conftest import applicant


@pytest.fixture
def registration(published) -> Registration:
    """Confirmed."""
    held = register(published, applicant(), now=timezone.now())
    confirm(held, published, now=timezone.now())
    return held


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content))


def alternatives(pdf: pikepdf.Pdf) -> list[str]:
    return [str(node.get("/Alt")) for tag, node in structure(pdf.Root.StructTreeRoot) if tag == "/Figure"]


def fill_up(session: Session) -> None:
    """Every text as long as it may be."""
    venue = session.room.venue
    venue.name, venue.address = "Maison des exemples " * 10, "1 rue de l’Exemple, bâtiment " * 8
    venue.identity_notice = "Présentez une carte d’identité. " * 9
    venue.access = venue.accessibility = "Ascenseur à gauche.\n\n" * 400
    venue.save()
    session.room.name, session.room.floor = "Grande salle des exemples " * 7, "au premier étage, à droite"
    session.room.save()
    Session.objects.filter(pk=session.pk).update(title="Refaire un formulaire " * 9, note="Apportez un carnet. " * 15)
    Registration.objects.update(first_name="Maximilienne " * 7, last_name="de l’Exemple " * 7, employer_name="M" * 200)
    publish(session.edition, note="Textes")


def test_the_ticket_is_one_tagged_page_with_all_that_its_page_tells(stranger, registration, session):
    answer = stranger.get(f"/billets/{ticket_link(registration).token}/billet.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="ticket-{session.code}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    pdf = opened(answer.content)
    assert (len(pdf.pages), str(pdf.Root.Lang), bool(pdf.Root.MarkInfo.Marked)) == (1, "fr", True)
    assert str(pdf.docinfo.Title) == "Billet – Fail camp"
    assert b"pdfuaid:part" in pdf.Root.Metadata.read_bytes()
    assert alternatives(pdf) == ["Code QR du code ci-dessous"]
    text = flat(printed(pdf))
    for told in ["Alix Témoin", "Pour 1 personne", "Fail camp", session.room.name, grouped(code_of(registration))]:
        assert flat(told) in text
    for secret in ["alix@example.org", "Mairie de l’Exemple"]:
        assert flat(secret) not in text


def test_the_ticket_in_english_says_so(registration):
    found = find("demo", registration.session.code)
    with translation.override("en"):
        pdf = opened(papers.make(Paper.TICKET, registration, found))

    assert str(pdf.Root.Lang) == "en"
    assert flat("For 1 person") in flat(printed(pdf))


@pytest.mark.parametrize("paper", Paper)
def test_a_paper_stays_one_page_whatever_was_typed(registration, session, paper):
    fill_up(session)
    registration.refresh_from_db()
    found = find("demo", session.code)

    assert len(opened(papers.make(paper, registration, found)).pages) == 1


def test_a_ticket_that_is_not_valid_is_not_printed(stranger, published):
    held = register(published, applicant(), now=timezone.now())
    token = ticket_link(held).token

    assert stranger.get(f"/billets/{token}/billet.pdf")["Location"] == f"/billets/{token}/"
    assert stranger.get("/billets/inconnu/billet.pdf").status_code == 404
    assert stranger.get(f"/billets/{held.link.token}/billet.pdf").status_code == 404


def test_the_page_of_the_ticket_leads_to_its_paper(stranger, registration):
    token = ticket_link(registration).token

    assert f'href="/billets/{token}/billet.pdf"' in stranger.get(f"/billets/{token}/").content.decode()


def test_the_convocation_tells_the_employer_who_when_where_and_who_signs(stranger, registration, session):
    Edition.objects.update(signatory="Camille Exemple, cheffe de projet")
    answer = stranger.get(f"/inscriptions/{registration.link.token}/convocation.pdf")

    assert answer["Content-Disposition"] == f'inline; filename="convocation-{session.code}.pdf"'
    pdf = opened(answer.content)
    assert (len(pdf.pages), str(pdf.docinfo.Title)) == (1, "Convocation – Fail camp")
    text = flat(printed(pdf))
    where = [session.room.name, session.room.venue.name, dates.day(session.starts_at.date()).capitalize()]
    for told in ["Alix Témoin", "Mairie de l’Exemple", "Fail camp", *where, "Camille Exemple, cheffe de projet"]:
        assert flat(told) in text
    assert flat("alix@example.org") not in text


@pytest.fixture
def after(published, monkeypatch) -> None:
    late = published.ends_at + dt.timedelta(hours=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)


def test_the_certificate_tells_that_the_person_came(stranger, registration, after):
    Registration.objects.update(state="present")
    page = f"/inscriptions/{registration.link.token}/"

    assert f'href="{page}attestation.pdf"' in stranger.get(page).content.decode()
    pdf = opened(stranger.get(f"{page}attestation.pdf").content)
    assert (len(pdf.pages), str(pdf.docinfo.Title)) == (1, "Attestation de présence – Fail camp")
    text = flat(printed(pdf))
    for told in ["Alix Témoin", "Mairie de l’Exemple", "atteste que la personne nommée ci-dessous a participé", "1 h"]:
        assert flat(told) in text


@pytest.mark.parametrize("state", ["confirmed", "no_show", "cancelled"])
def test_who_did_not_come_gets_no_certificate(stranger, registration, after, state):
    Registration.objects.update(state=state)
    page = f"/inscriptions/{registration.link.token}/"

    assert stranger.get(f"{page}attestation.pdf")["Location"] == page
    assert "attestation.pdf" not in stranger.get(page).content.decode()


def test_there_is_no_certificate_before_the_end(stranger, registration):
    Registration.objects.update(state="present")
    page = f"/inscriptions/{registration.link.token}/"

    assert stranger.get(f"{page}attestation.pdf")["Location"] == page


def test_a_group_and_an_online_seat_are_told_on_the_ticket(registration):
    Registration.objects.update(party=3)
    registration.refresh_from_db()
    found = find("demo", registration.session.code)
    group = flat(printed(opened(papers.make(Paper.TICKET, registration, found))))
    registration.is_online = True
    online = flat(printed(opened(papers.make(Paper.TICKET, registration, found))))

    assert flat("Pour 3 personnes") in group
    assert (flat(found.place.name) in group, flat(found.place.name) in online) == (True, False)


def test_without_a_name_the_edition_signs(registration, session):
    pdf = opened(papers.make(Paper.CONVOCATION, registration, find("demo", session.code)))

    assert flat(printed(pdf)).count(flat(session.edition.name)) == 2


@pytest.mark.parametrize("name", ["convocation", "attestation"])
def test_a_paper_that_one_has_no_right_to_leads_to_the_personal_page(stranger, published, name):
    held = register(published, applicant(), now=timezone.now())
    page = f"/inscriptions/{held.link.token}/"

    assert stranger.get(f"{page}{name}.pdf")["Location"] == page
    assert f"{name}.pdf" not in stranger.get(page).content.decode()
    assert stranger.get(f"/inscriptions/{ticket_link(held).token}/{name}.pdf").status_code == 404


def test_the_personal_page_leads_to_the_convocation(stranger, registration):
    page = f"/inscriptions/{registration.link.token}/"

    assert f'href="{page}convocation.pdf"' in stranger.get(page).content.decode()


def test_who_asks_too_often_is_asked_to_come_back(stranger, registration, monkeypatch):
    monkeypatch.setattr("exports.paper_views.PAPERS_PER_REGISTRATION", 0)
    path = f"/billets/{ticket_link(registration).token}/billet.pdf"
    stranger.get(path)

    answer = stranger.get(path)

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Réessayez" in answer.content.decode()


def test_papers_are_made_a_few_at_a_time(registration, monkeypatch):
    """Who comes when all places are taken is told so after a while; a failed layout frees its place."""
    monkeypatch.setattr(papers, "PATIENCE", 0.01)
    found = find("demo", registration.session.code)
    monkeypatch.setattr("exports.layout.TYPESET", ["false"])
    for _attempt in range(papers.AT_A_TIME + 1):
        with pytest.raises(TypesettingError):
            papers.make(Paper.TICKET, registration, found)

    for _place in range(papers.AT_A_TIME):
        papers._places.acquire()
    try:
        with pytest.raises(papers.Busy):
            papers.make(Paper.TICKET, registration, found)
    finally:
        for _place in range(papers.AT_A_TIME):
            papers._places.release()
