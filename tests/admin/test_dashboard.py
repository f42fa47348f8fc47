import datetime as dt

from django.urls import reverse
from django.utils import timezone

from publishing.publish import publish
from sessions.models import Session
from tests.factories import CandidacyFactory, EditionFactory, MessageFactory, RoleFactory, SessionFactory

Status = Session.Status


def cards(client) -> dict[str, int]:
    return {card.label: card.count for card in client.get(reverse("admin:index")).context["cards"]}


def busy_edition(**fields):
    """Of each thing a card counts there is another number, and a twin that must not be counted."""
    edition = EditionFactory(is_current=True, **fields)
    lacking = SessionFactory(edition=edition, title="Manque un pionnier", status=Status.DESIGN)
    role = RoleFactory(format=lacking.format, required=1)
    CandidacyFactory(session=lacking, role=role, stage="contacted")
    filled = SessionFactory(edition=edition, format=lacking.format, title="Pourvue")
    CandidacyFactory(session=filled, role=role)
    SessionFactory(edition=edition, format=lacking.format, title="Annulée sans rôle", status=Status.CANCELLED)
    for number in range(2):
        SessionFactory(edition=edition, room=None, title=f"Sans salle {number}", status=Status.IDEA)
    SessionFactory(edition=edition, room=None, is_online=True, title="En ligne", status=Status.IDEA)
    for taken in (9, 10, 8, 10):
        session = SessionFactory(edition=edition, seats=10, title=f"{taken} sur 10", status=Status.DESIGN)
        Session.objects.filter(pk=session.pk).update(seats_taken=taken)
    elsewhere = SessionFactory(room=None, format=lacking.format)
    Session.objects.filter(pk=elsewhere.pk).update(seats_taken=30)
    publish(edition, note="Première version.")
    same = {"format": filled.format, "sequence": filled.sequence, "room": filled.room}
    added = SessionFactory(edition=edition, title="Pas encore publiée", **same)
    CandidacyFactory(session=added, role=role, speaker=filled.candidacies.get().speaker)
    for state in ("failed", "bounced", "sent", "queued"):
        MessageFactory(state=state)
    return edition


def test_each_number_opens_a_list_that_holds_it(project_lead):
    busy_edition()

    shown = project_lead.get(reverse("admin:index")).context["cards"]

    assert {card.label: card.count for card in shown} == {
        "modifications non publiées": 1,
        "séances avec des rôles à pourvoir": 1,
        "séances sans salle": 2,
        "séances presque complètes": 3,
        "messages en erreur": 2,
    }
    for card in shown:
        page = project_lead.get(card.url)
        listed = page.context["cl"].result_count if "cl" in page.context else page.context["draft"].changes.count
        assert (card.label, listed) == (card.label, card.count)


def test_the_list_of_unpublished_sessions_holds_those_that_changed(project_lead):
    busy_edition()

    found = project_lead.get("/admin/programme/session/?todo=unpublished").context["cl"].result_list

    assert [session.title for session in found] == ["Pas encore publiée"]


def test_a_card_shows_to_those_who_may_open_its_list(receptionist):
    busy_edition()

    assert "messages en erreur" not in cards(receptionist)
    assert cards(receptionist)["séances sans salle"] == 2


def test_the_next_sessions_are_those_to_come_in_order(reader):
    edition = EditionFactory(is_current=True)
    now = timezone.now()

    def session(title: str, hours: int, **fields) -> None:
        start = now + dt.timedelta(hours=hours)
        SessionFactory(edition=edition, title=title, starts_at=start, ends_at=start + dt.timedelta(hours=2), **fields)

    session("Passée", -5)
    session("Plus tard", 30)
    session("En cours", -1)
    session("Annulée", 1, status=Status.CANCELLED)
    session("Bientôt", 2)

    coming = reader.get(reverse("admin:index")).context["next_sessions"]

    assert [found.session.title for found in coming] == ["En cours", "Bientôt", "Plus tard"]


def test_without_an_edition_the_dashboard_says_where_to_begin(superuser_client):
    response = superuser_client.get(reverse("admin:index"))

    assert "Il n’y a pas encore d’édition" in response.content.decode()


def test_the_menu_follows_the_work_in_the_words_of_the_agency(superuser_client):
    EditionFactory()

    apps = superuser_client.get(reverse("admin:index")).context["app_list"]

    assert [app["name"] for app in apps] == [
        "Programme",
        "Recrutement des intervenants",
        "Lieux",
        "Publications",
        "Inscriptions",
        "Messages",
        "Comptes",
        "Tentatives de connexion",
    ]
