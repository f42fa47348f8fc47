"""Who may register: the rule on every way to a seat, what its refusal says, and the staff who pass it with a note."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from outbox.models import Message
from publishing.publish import publish
from registrations import door, seats
from registrations.corrections import change_address, correct_address
from registrations.models import Registration
from registrations.moving import move_to
from registrations.published import find
from registrations.services import cancel, confirm, register, take_again
from registrations.slots import change
from sessions.models import Edition, Session
from tests.factories import SequenceFactory, SessionFactory
from tests.registrations.conftest import applicant, begins, form_data, link_in, sent, this_week

INSIDE, OUTSIDE = "alix@culture.gouv.fr", "alix@evil-gouv.fr"


def only_for(*sessions: Session, rule: str = "domains", domains: str = "gouv.fr", subdomains: bool = True) -> None:
    chosen = Session.objects.filter(pk__in=[session.pk for session in sessions])
    chosen.update(eligibility=rule, eligible_domains=domains, eligible_subdomains=subdomains)


@pytest.fixture
def form_url(session):
    return f"/demo/seances/{session.code}/inscription/"


# The rule on every way to a seat ---------------------------------------------------------------------------------


def test_the_form_takes_an_address_of_the_domains_and_refuses_others_at_the_field(client, form_url, session):
    only_for(session)

    refused = client.post(form_url, form_data(OUTSIDE)).content.decode()
    taken = client.post(form_url, form_data(INSIDE))

    assert "ce domaine" in refused
    assert "gouv.fr et ses sous-domaines" in refused
    assert "contact@example.org" in refused
    assert 'value="Témoin"' in refused
    assert 'aria-invalid="true"' in refused
    assert taken.status_code == 302
    assert [row.email for row in Registration.objects.all()] == [INSIDE]


def test_subdomains_are_taken_only_when_ticked(published, session):
    only_for(session, subdomains=False)

    with pytest.raises(ValidationError) as refused:
        register(published, applicant(INSIDE), now=timezone.now())

    assert refused.value.code == "domains"
    assert refused.value.messages == [
        "L’inscription est réservée aux adresses électroniques de ce domaine\N{NO-BREAK SPACE}: gouv.fr. "
        "Pour demander une inscription, écrivez à contact@example.org."
    ]
    assert register(published, applicant("alix@gouv.fr"), now=timezone.now()).state == "held"


def test_a_session_by_invitation_takes_nobody_from_its_form(client, form_url, session):
    only_for(session, rule="invitation", domains="")

    pages = [client.get(form_url), client.post(form_url, form_data(INSIDE))]

    for page in pages:
        assert "réservée aux personnes invitées" in page.content.decode()
        assert "mailto:contact@example.org" in page.content.decode()
        assert 'id="inscription"' not in page.content.decode()
    assert not Registration.objects.exists()


@pytest.mark.parametrize("rule", ["domains", "invitation"])
def test_the_answer_is_the_same_to_a_known_address(client, stranger, form_url, published, session, rule):
    confirm(register(published, applicant(OUTSIDE), now=timezone.now()), published, now=timezone.now())
    only_for(session, rule=rule)

    def answers(visitor, email: str) -> list[str]:
        pages = [visitor.post(form_url, form_data(email) | extra) for extra in ({}, {"wait": "1"})]
        return [f"{page.status_code} {page.content.decode().count(OUTSIDE)}" for page in pages]

    known, unknown = answers(client, OUTSIDE), answers(stranger, "other@evil-gouv.fr")

    assert [answer[:3] for answer in known] == [answer[:3] for answer in unknown] == ["200", "200"]
    assert Message.objects.filter(to=OUTSIDE, kind="registration_link").count() == 1
    assert not Message.objects.filter(to="other@evil-gouv.fr").exists()


def test_a_colleague_needs_an_address_of_the_domains_whoever_registers_them(client, form_url, session):
    only_for(session)
    mine = {"registrar_name": "Dominique Exemple", "registrar_email": "dominique@gouv.fr"}

    refused = client.post(form_url, form_data(OUTSIDE, **mine))
    taken = client.post(form_url, form_data(INSIDE, registrar_name="Ève", registrar_email="eve@example.org"))

    assert (refused.status_code, taken.status_code) == (200, 302)
    assert Registration.objects.get().email == INSIDE


def test_the_waiting_list_obeys(published, session):
    seats.set_capacity(session, 1)
    register(published, applicant("first@gouv.fr"), now=timezone.now())
    only_for(session)

    with pytest.raises(ValidationError) as refused:
        register(published, applicant(OUTSIDE), now=timezone.now(), wait=True)

    assert refused.value.code == "domains"
    assert register(published, applicant(INSIDE), now=timezone.now(), wait=True).state == "waiting"


def test_a_corrected_address_obeys(client, form_url, session):
    only_for(session)
    client.post(form_url, form_data("alex@culture.gouv.fr"))

    refused = client.post(f"{form_url}courriel/", {"email": OUTSIDE}).content.decode()
    kept = Registration.objects.get().email
    taken = client.post(f"{form_url}courriel/", {"email": INSIDE})

    assert "gouv.fr et ses sous-domaines" in refused
    assert kept == "alex@culture.gouv.fr"
    assert taken.status_code == 302
    assert Registration.objects.get().email == INSIDE


def test_a_correction_in_a_session_without_rule_asks_nothing(published, session):
    made = register(published, applicant(INSIDE), now=timezone.now())
    only_for(session, rule="invitation", domains="")

    moved = correct_address(
        published, applicant(OUTSIDE), wrong=made.public_id, identifier=uuid4(), form=uuid4(), now=timezone.now()
    )

    assert (moved.pk, moved.email) == (made.pk, OUTSIDE)


def test_who_gave_a_seat_up_takes_it_again_only_under_the_rule(client, published, session):
    register(published, applicant(OUTSIDE), now=timezone.now())
    link = link_in(sent()[0])
    registration = Registration.objects.get()
    cancel(registration, published, now=timezone.now())
    only_for(session)

    page = client.get(link).content.decode()
    client.post(link, {"action": "again"})
    with pytest.raises(ValidationError, match="réservée aux adresses"):
        take_again(registration, published, now=timezone.now())
    registration.refresh_from_db()

    assert "gouv.fr et ses sous-domaines" in page
    assert "S’inscrire à nouveau" not in page
    assert registration.state == "cancelled"


def test_who_has_a_seat_confirms_it_when_the_rule_has_changed(client, published, session):
    register(published, applicant(OUTSIDE), now=timezone.now())
    link = link_in(sent()[0])
    only_for(session, rule="invitation", domains="")

    page = client.get(link).content.decode()
    client.post(link, {"action": "confirm"})

    assert "Confirmer mon inscription" in page
    assert Registration.objects.get().state == "confirmed"


def test_who_waits_is_served_when_the_rule_has_changed(published, session):
    seats.set_capacity(session, 1)
    first = register(published, applicant("first@example.org"), now=timezone.now())
    waiting = register(published, applicant(OUTSIDE), now=timezone.now(), wait=True)
    only_for(session)

    cancel(first, published, now=timezone.now())
    waiting.refresh_from_db()

    assert waiting.state == "offered"
    assert confirm(waiting, published, now=timezone.now())


@pytest.fixture
def slots(db) -> list[Session]:
    sequence = SequenceFactory(edition__slug="demo", edition__is_current=True, **_dates())
    made = [
        SessionFactory(edition=sequence.edition, sequence=sequence, is_slot=True, seats=5, **begins(days=day))
        for day in (3, 4)
    ]
    publish(sequence.edition, note="Première version")
    return made


def _dates() -> dict:
    return {f"edition__{name}": value for name, value in this_week().items()}


def test_a_change_of_slot_obeys(slots):
    first, second = (find("demo", slot.code) for slot in slots)
    register(first, applicant(OUTSIDE), now=timezone.now(), is_vouched_for=True)
    only_for(slots[1])

    with pytest.raises(ValidationError) as refused:
        change(Registration.objects.get(), second, now=timezone.now())

    assert refused.value.code == "domains"
    assert Registration.objects.get().session == slots[0]


# The staff -------------------------------------------------------------------------------------------------------


def test_the_staff_registers_somebody_despite_the_rule_with_a_note_that_history_keeps(published, session):
    only_for(session, rule="invitation", domains="")

    with pytest.raises(ValidationError) as refused:
        register(published, applicant(), now=timezone.now(), is_vouched_for=True, actor="chef")
    made = register(
        published, applicant(), now=timezone.now(), is_vouched_for=True, actor="chef", pass_note="Oratrice invitée."
    )

    assert refused.value.code == "invitation"
    assert made.state == "confirmed"
    assert [(step.actor, step.reason) for step in made.transitions.all()] == [("chef", "Oratrice invitée.")]


def test_at_the_door_a_name_obeys_unless_the_staff_says_why(session):
    Edition.objects.update(**this_week())
    Session.objects.update(**begins(hours=1))
    publish(session.edition, note="Aujourd’hui")
    published = find("demo", session.code)
    only_for(session)

    with pytest.raises(ValidationError, match="réservée aux adresses"):
        door.register_at_the_door(published, applicant(OUTSIDE), now=timezone.now(), actor="accueil")
    made = door.register_at_the_door(
        published, applicant(OUTSIDE), now=timezone.now(), actor="accueil", pass_note="Vue avec le chef de projet."
    )

    assert made.state == "present"
    assert made.transitions.get().reason == "Vue avec le chef de projet."


def test_the_staff_moves_somebody_despite_the_rule_only_when_it_says_so(published, session):
    other = SessionFactory(edition=session.edition, seats=5)
    publish(session.edition, note="Deuxième version")
    made = register(find("demo", session.code), applicant(OUTSIDE), now=timezone.now(), is_vouched_for=True)
    only_for(other)
    target = find("demo", other.code)

    with pytest.raises(ValidationError, match="réservée aux adresses"):
        move_to(made, target, now=timezone.now(), actor="chef", reason="Travaux.")
    move_to(made, target, now=timezone.now(), actor="chef", reason="Travaux.", is_passed=True)

    made.refresh_from_db()
    assert (made.session, made.transitions.last().reason) == (other, "Travaux.")


def test_the_staff_corrects_an_address_under_the_rule_or_with_a_note(published, session):
    made = register(published, applicant(INSIDE), now=timezone.now())
    only_for(session)

    with pytest.raises(ValidationError, match="réservée aux adresses"):
        change_address(made, OUTSIDE, published, now=timezone.now(), actor="chef")
    change_address(made, OUTSIDE, published, now=timezone.now(), actor="chef", pass_note="En détachement.")

    made.refresh_from_db()
    assert (made.email, made.transitions.last().reason) == (OUTSIDE, "En détachement.")


# What the public reads -------------------------------------------------------------------------------------------


def test_the_pages_say_before_the_form_whose_addresses_may_register_and_whom_to_ask(stranger, form_url, session):
    only_for(session)

    pages = [stranger.get(f"/demo/seances/{session.code}/").content.decode(), stranger.get(form_url).content.decode()]

    for page in pages:
        told = page.index("<strong>gouv.fr et ses sous-domaines</strong>")
        assert told < page.rindex("S’inscrire</")
        assert "mailto:contact@example.org" in page


def test_the_rule_acts_at_once_on_pages_that_are_kept(stranger, form_url, session):
    address = f"/demo/seances/{session.code}/"
    before = [stranger.get(page).content.decode() for page in (address, form_url, "/demo/programme/")]
    only_for(session)
    by_domain = [stranger.get(page).content.decode() for page in (address, form_url)]
    only_for(session, rule="invitation", domains="")
    by_invitation = [stranger.get(page).content.decode() for page in (address, form_url, "/demo/programme/")]

    badge = "state--invitation"
    assert not any("sous-domaines" in page or badge in page for page in before)
    assert all("sous-domaines" in page for page in by_domain)
    assert all(badge in page for page in by_invitation)
    assert not any("S’inscrire</a>" in page or "S’inscrire</button>" in page for page in by_invitation)


def test_a_rule_by_domain_costs_no_query(stranger, form_url, session, django_assert_max_num_queries):
    only_for(session)
    stranger.get(form_url)

    with django_assert_max_num_queries(10) as asked:
        stranger.post(form_url, form_data(INSIDE))
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) == 8
