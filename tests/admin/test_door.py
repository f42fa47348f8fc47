"""The page at the door of a session, and the acts of those who stand there."""

import pytest
from django.urls import reverse
from django.utils import timezone

from publishing.publish import publish
from registrations import seats
from registrations.models import Registration, WalkIn
from registrations.published import find
from registrations.services import cancel, register
from sessions.models import Session
from tests.conftest import client_of
from tests.factories import AccountLimitFactory, EditionFactory, SequenceFactory, SessionFactory
from tests.registrations.conftest import applicant, begins, this_week

LIST = "/admin/registrations/registration/"


@pytest.fixture
def session(db) -> Session:
    """Two of its four seats are confirmed, one is kept; it has just begun."""
    edition = EditionFactory(is_current=True, slug="demo", **this_week())
    session = SessionFactory(edition=edition, seats=4, walk_in_seats=1, **begins(days=9))
    publish(session.edition, note="Première version.")
    for name in ("Absente", "Présente"):
        person = applicant(f"{name}@example.org", last_name=name)
        register(find("demo", session.code), person, now=timezone.now(), is_vouched_for=True)
    Session.objects.update(**begins(minutes=-5))
    publish(session.edition, note="Aujourd’hui.")
    session.refresh_from_db()
    return session


@pytest.fixture(autouse=True)
def counts_are_right(db):
    yield
    assert seats.recount() == []


def address(session: Session, page: str = "door") -> str:
    return reverse(f"admin:programme_session_{page}", args=[session.pk])


def act(client, word: str, registration: Registration, **values: str):
    return client.post(f"{LIST}{word}/", {"ids": registration.pk, "apply": "1"} | values)


def states() -> dict[str, str]:
    return dict(Registration.objects.values_list("last_name", "state"))


def test_people_are_let_in_by_number_and_taken_back(receptionist, session):
    receptionist.post(address(session), {"people": "2"})
    page = receptionist.get(address(session))
    refused = receptionist.post(address(session), {"people": "1"})

    shown = {name: page.context[name] for name in ("expected", "present", "unregistered", "free", "kept")}
    assert shown == {"expected": 2, "present": 0, "unregistered": 2, "free": 0, "kept": 0}
    assert refused.context["form"].non_field_errors() == ["Cette séance est complète."]
    receptionist.post(address(session), {"walk_in": WalkIn.objects.get().pk})
    session.refresh_from_db()
    assert (session.walk_in_seats, session.seats_taken) == (1, 2)


def test_the_absent_are_named_before_their_seats_are_released_and_one_is_brought_back(receptionist, session):
    absent, present = Registration.objects.order_by("last_name")
    act(receptionist, "presents", present)

    preview = receptionist.get(address(session, "absent")).content.decode()
    assert states() == {"Absente": "confirmed", "Présente": "present"}
    receptionist.post(address(session, "absent"))

    assert ("Absente" in preview, "Présente" in preview) == (True, False)
    assert states() == {"Absente": "no_show", "Présente": "present"}
    act(receptionist, "retablir", absent)
    assert states() == {"Absente": "confirmed", "Présente": "present"}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("domains", "L’inscription est réservée aux adresses électroniques de ce domaine\N{NO-BREAK SPACE}: gouv.fr."),
        ("invitation", "Cette séance est réservée aux personnes invitées."),
    ],
)
def test_a_session_with_a_rule_says_so_at_the_door_and_asks_for_a_note(receptionist, session, rule, words):
    ended, expected = Registration.objects.order_by("pk")
    cancel(ended, find("demo", session.code), now=timezone.now(), actor="chef")
    Session.objects.update(eligibility=rule, eligible_domains="gouv.fr")
    asked, unasked = (
        receptionist.get(f"{LIST}presents/", {"ids": registration.pk}).content.decode()
        for registration in (ended, expected)
    )

    refused = act(receptionist, "presents", ended)
    before = states()["Absente"]
    act(receptionist, "presents", ended, pass_note="Vue avec la cheffe.")
    history = receptionist.get(f"{LIST}{ended.pk}/change/").content.decode()

    assert words in receptionist.get(address(session)).content.decode()
    assert (words in asked, 'name="pass_note"' in asked, 'name="pass_note"' in unasked) == (True, True, False)
    assert (words in refused.content.decode(), before, states()["Absente"]) == (True, "cancelled", "present")
    assert "Vue avec la cheffe." in history


def test_the_door_of_a_session_for_everybody_asks_for_no_note(receptionist, session):
    ended = Registration.objects.earliest("pk")
    cancel(ended, find("demo", session.code), now=timezone.now(), actor="chef")
    pages = [receptionist.get(address(session)), receptionist.get(f"{LIST}presents/", {"ids": ended.pk})]

    act(receptionist, "presents", ended)

    assert not any("réservée" in page.content.decode() or "pass_note" in page.content.decode() for page in pages)
    assert states()["Absente"] == "present"


def test_nobody_is_absent_before_the_start(receptionist, session):
    Session.objects.update(**begins(hours=1))
    publish(session.edition, note="Plus tard.")

    page = receptionist.get(address(session, "absent")).content.decode()
    receptionist.post(address(session, "absent"))

    assert "On ne sait qui est absent qu’une fois la séance commencée." in page
    assert "Absente" not in page
    assert set(states().values()) == {"confirmed"}


@pytest.mark.parametrize("role", ["Éditorial", "Intervenants", "Lecture"])
def test_other_roles_do_not_stand_at_the_door(staff, role, session):
    client = client_of(staff(role))

    answers = [client.get(address(session)), client.post(address(session), {"people": "1"})]
    answers += [client.get(address(session, "absent")), client.post(address(session, "absent"))]
    answers += [act(client, "presents", Registration.objects.all()[0])]

    assert [answer.status_code for answer in answers] == [403] * 5


def test_an_account_limited_to_other_sequences_does_not_find_the_door(staff, session):
    user = staff("Accueil")
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[SequenceFactory(edition=session.edition)])

    assert client_of(user).post(address(session), {"people": "1"}).status_code == 404


def test_the_page_asks_as_much_for_many_people_as_for_one(receptionist, session, django_assert_max_num_queries):
    for _time in range(2):
        receptionist.post(address(session), {"people": "1"})

    with django_assert_max_num_queries(15):
        receptionist.get(address(session))
