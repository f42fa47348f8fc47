import pytest
from django.test import Client
from django.utils import timezone

from publishing.publish import publish
from registrations import seats
from registrations.holds import expire_holds
from registrations.models import Registration
from registrations.services import register
from sessions.models import Session
from tests.factories import SessionFactory
from tests.registrations.conftest import applicant, sent


@pytest.fixture
def held(published) -> Registration:
    return register(published, applicant(), now=timezone.now())


@pytest.fixture
def link(held) -> str:
    return f"/inscriptions/{held.link.token}/"


def act(client: Client, link: str, action: str) -> str:
    return client.post(link, {"action": action}, follow=True).content.decode()


def test_confirming_twice_is_confirming_once(stranger, link, held):
    act(stranger, link, "confirm")
    page = act(stranger, link, "confirm")

    assert "Votre inscription est confirmée." in page
    assert held.transitions.filter(to_state="confirmed").count() == 1
    assert len(sent()) == 1


def test_confirming_in_a_tab_after_cancelling_in_the_other_says_how_things_stand(stranger, link, held):
    act(stranger, link, "cancel")
    page = act(stranger, link, "confirm")

    assert "Votre désinscription est enregistrée." in page
    assert Session.objects.get().seats_taken == 0


def test_cancelling_twice_gives_one_seat_back(stranger, link, published):
    register(published, applicant("other@example.org"), now=timezone.now())
    act(stranger, link, "cancel")
    act(stranger, link, "cancel")

    assert Session.objects.get().seats_taken == 1
    assert seats.recount() == []


def test_an_expired_seat_that_is_gone_is_not_offered(stranger, link, held, published, session):
    Session.objects.update(has_waiting_list=False)
    Registration.objects.update(expires_at=timezone.now())
    expire_holds()
    for name in "ab":
        register(published, applicant(f"{name}@example.org"), now=timezone.now())

    page = stranger.get(link).content.decode()
    refused = act(stranger, link, "again")

    assert "S’inscrire à nouveau" not in page
    assert "Cette séance est complète." in page
    assert "Cette séance est complète." in refused
    assert seats.recount() == []


def test_an_unknown_action_changes_nothing(stranger, link, held):
    act(stranger, link, "delete")

    held.refresh_from_db()
    assert held.state == "held"


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_opens_the_link_changes_nothing(stranger, link, held, method):
    before = Registration.objects.values().get()

    assert getattr(stranger, method)(link).status_code == 200

    assert Registration.objects.values().get() == before


def test_the_page_asks_the_database_a_fixed_number_of_questions(stranger, link, django_assert_max_num_queries):
    stranger.get(link)

    with django_assert_max_num_queries(4):
        stranger.get(link)


def test_only_a_form_of_this_site_acts(link, held):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(link, {"action": "cancel"}).status_code == 403

    held.refresh_from_db()
    assert held.state == "held"


def test_the_links_of_a_person_come_in_one_mail_in_order(stranger, held, published):
    stranger.post("/inscriptions/", {"email": "alix@example.org"})

    hold, links = sorted(sent(), key=lambda message: len(message.subject), reverse=True)
    assert (hold.subject[:16], links.subject) == ("[Action requise]", "Vos inscriptions")
    assert held.link.token in links.body
    assert "À confirmer" in links.body


def test_a_past_session_is_only_told(stranger, link, held, published, monkeypatch):
    late = published.ends_at + timezone.timedelta(hours=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)

    page = stranger.get(link).content.decode()

    assert "Cette séance est terminée." in page
    assert "Confirmer mon inscription" not in page
    assert "<button" not in page


@pytest.mark.parametrize("action", ["confirm", "cancel"])
def test_after_the_session_nothing_can_be_changed(stranger, link, held, published, monkeypatch, action):
    Registration.objects.update(expires_at=published.ends_at + timezone.timedelta(days=1))
    late = published.ends_at + timezone.timedelta(hours=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)

    answer = stranger.post(link, {"action": action}).content.decode()

    held.refresh_from_db()
    assert held.state == "held"
    assert answer.count("Cette séance est terminée.") > 0


def test_a_cancelled_session_cannot_be_confirmed_from_an_old_tab(stranger, link, held, session):
    Session.objects.update(status="cancelled")
    publish(session.edition, note="Annulation")

    answer = stranger.post(link, {"action": "confirm"}).content.decode()

    held.refresh_from_db()
    assert held.state == "held"
    assert "Cette séance est annulée." in answer


def test_the_state_of_the_registration_is_a_word_at_the_top_of_the_facts(stranger, link):
    assert '<span class="state state--held">À confirmer</span>' in stranger.get(link).content.decode()
    assert '<span class="state state--confirmed">Confirmée</span>' in act(stranger, link, "confirm")
    assert '<span class="state state--cancelled">Annulée</span>' in act(stranger, link, "cancel")


def test_the_page_that_sends_links_again_is_kept_nowhere(stranger, link):
    assert stranger.get("/inscriptions/")["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("status", ["design", "cancelled"])
@pytest.mark.parametrize(
    ("state", "told"),
    [("held", "Une place était retenue pour vous."), ("confirmed", "Votre inscription était confirmée.")],
)
def test_what_stood_is_told_as_past_once_the_session_is_not(stranger, link, session, status, state, told):
    Registration.objects.update(state=state)
    Session.objects.update(status=status)
    SessionFactory(edition=session.edition)  # an edition without any session is not published
    publish(session.edition, note="Retrait")

    page = stranger.get(link).content.decode()

    assert told in page
    assert "Votre inscription est confirmée." not in page
    assert "Votre place est retenue" not in page
    assert "somebody else" not in page
    assert "Votre place revient" not in page


def test_a_withdrawn_session_gives_no_seat_to_anybody_else(stranger, link, session):
    Session.objects.update(status="design")
    SessionFactory(edition=session.edition)
    publish(session.edition, note="Retrait")

    page = act(stranger, link, "cancel")

    assert "Votre désinscription est enregistrée." in page
    assert "remise à disposition" not in page
