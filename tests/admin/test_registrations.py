import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from outbox.models import Message
from publishing.publish import publish
from registrations.models import Registration
from registrations.published import PublishedSession, find
from registrations.services import register
from registrations.tickets import code_of, grouped
from sessions.models import Session
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    EditionFactory,
    RegistrationFactory,
    SequenceFactory,
    SessionFactory,
    TransitionFactory,
)
from tests.registrations.conftest import applicant, begins, this_week

LIST = "/admin/registrations/registration/"
ACTS = [
    "annuler",
    "promouvoir",
    "groupe",
    "deplacer",
]  # those that change registrations; tests/admin/test_door.py has the others


def chosen(*registrations: Registration, action: str = "cancel_registrations", **more: str) -> dict[str, object]:
    return {"action": action, "_selected_action": [registration.pk for registration in registrations], **more}


def apply(client, word: str, *registrations: Registration, **data):
    ids = ",".join(str(registration.pk) for registration in registrations)
    return client.post(f"{LIST}{word}/", {"ids": ids, "apply": "1", **data})


def registered(**fields) -> Registration:
    session = SessionFactory(edition=EditionFactory(is_current=True), seats=10)
    publish(session.edition, note="Première version.")
    Session.objects.filter(pk=session.pk).update(seats_taken=1)
    return RegistrationFactory(session=session, **fields)


def test_cancelling_asks_a_reason_gives_the_seat_back_and_tells_who_did_it(logistician):
    registration = registered(last_name="Écolière")

    page = logistician.post(LIST, chosen(registration, index="0"))
    refused = apply(logistician, "annuler", registration, reason=" ")
    done = apply(logistician, "annuler", registration, reason="Demande par téléphone")

    assert "Écolière" in page.content.decode()
    assert f'value="{registration.pk}"' in page.content.decode()
    assert "reason" in refused.context["form"].errors
    assert done.status_code == 302
    registration.refresh_from_db()
    registration.session.refresh_from_db()
    assert (registration.state, registration.session.seats_taken) == ("cancelled", 0)
    transition = registration.transitions.get()
    assert (transition.to_state, transition.reason) == ("cancelled", "Demande par téléphone")
    assert transition.actor.startswith("user") or transition.actor
    assert Message.objects.filter(to=registration.email).count() == 1


def test_cancelling_without_a_mail_is_a_choice(logistician):
    registration = registered()

    apply(logistician, "annuler", registration, reason="Doublon", silently="on")

    registration.refresh_from_db()
    assert (registration.state, Message.objects.count()) == ("cancelled", 0)


def test_cancelling_twice_gives_one_seat_back(logistician):
    registration = registered()
    for _time in range(2):
        apply(logistician, "annuler", registration, reason="Doublon")

    registration.session.refresh_from_db()
    assert registration.session.seats_taken == 0


def test_the_link_is_sent_again_once_per_address(logistician):
    first = registered(email="agent@example.org")
    second = RegistrationFactory(session=first.session, email="agent@example.org", state="cancelled")

    logistician.post(LIST, chosen(first, second, action="send_link", index="0"))

    assert [message.to for message in Message.objects.all()] == ["agent@example.org"]


def test_reception_looks_and_changes_nothing(receptionist):
    registration = registered(last_name="Écolière")

    page = receptionist.get(LIST)
    answers = [apply(receptionist, word, registration, reason="Essai", places="1") for word in ACTS]
    receptionist.post(LIST, chosen(registration))
    receptionist.post(LIST, chosen(registration, action="send_link"))

    assert "Écolière" in page.content.decode()
    assert "cancel_registrations" not in page.content.decode()
    assert [answer.status_code for answer in answers] == [403, 403, 403, 403]
    registration.refresh_from_db()
    assert (registration.state, Message.objects.count()) == ("confirmed", 0)


def test_a_registration_shows_its_changes_of_state(receptionist):
    registration = registered()
    TransitionFactory(registration=registration, to_state="held", actor="person")
    TransitionFactory(registration=registration, from_state="held", to_state="confirmed", actor="camille")

    html = receptionist.get(reverse("admin:registrations_registration_change", args=[registration.pk])).content.decode()

    for told in ["À confirmer", "Confirmée", "la personne", "camille"]:
        assert told in html


def test_nobody_edits_or_deletes_a_registration(superuser_client):
    registration = registered(last_name="Écolière")
    address = reverse("admin:registrations_registration_change", args=[registration.pk])

    answers = [
        superuser_client.post(address, {"last_name": "Autre"}).status_code,
        superuser_client.post(f"{LIST}{registration.pk}/delete/", {"post": "yes"}).status_code,
    ]

    registration.refresh_from_db()
    assert (answers, registration.last_name) == ([403, 403], "Écolière")


def test_search_finds_a_person_without_accents(receptionist):
    registered(first_name="Zoé", last_name="Écolière")
    RegistrationFactory(session=Session.objects.get(), last_name="Autre")

    found = receptionist.get(LIST, {"q": "zoe ecoliere"}).context["cl"].result_list

    assert [registration.last_name for registration in found] == ["Écolière"]


def test_search_finds_a_ticket_however_it_is_typed_and_of_every_edition(receptionist):
    registration = registered()
    other = RegistrationFactory(session__edition=EditionFactory(is_current=False))

    for wanted in [registration, other]:
        for typed in [
            code_of(wanted),
            grouped(code_of(wanted)).lower(),
            f" {code_of(wanted)[:5]}-{code_of(wanted)[5:]}",
        ]:
            assert list(receptionist.get(LIST, {"q": typed}).context["cl"].result_list) == [wanted]


def test_the_page_of_a_registration_tells_the_code_of_its_ticket(receptionist):
    registration = registered()
    address = reverse("admin:registrations_registration_change", args=[registration.pk])

    assert grouped(code_of(registration)) in receptionist.get(address).content.decode()


def queue_of(published, *names: str, **values) -> list[Registration]:
    """A full session, and these people waiting for it."""
    taken = register(published, applicant("first@example.org"), now=timezone.now(), is_vouched_for=True)
    assert taken.state == "confirmed"
    people = [applicant(f"{name}@example.org", last_name=name, **values) for name in names]
    return [register(published, person, now=timezone.now(), wait=True) for person in people]


@pytest.fixture
def published(db) -> PublishedSession:
    edition = EditionFactory(is_current=True, slug="demo", **this_week())
    session = SessionFactory(edition=edition, seats=1, most_companions=3, **begins(days=9))
    publish(session.edition, note="Première version.")
    found = find("demo", session.code)
    assert found
    return found


def test_the_list_counts_people_by_state_whatever_the_state_it_shows(logistician, published):
    queue_of(published, "Alpha", "Beta", party=2)

    pages = [logistician.get(LIST, query) for query in ({}, {"state__exact": "waiting"}, {"q": "Alpha"})]

    told = [[(line.state, line.number, line.people) for line in page.context["states"]] for page in pages]
    assert told == [
        [("confirmed", 1, 1), ("waiting", 2, 4)],
        [("confirmed", 1, 1), ("waiting", 2, 4)],
        [("waiting", 1, 2)],
    ]


def test_who_waits_is_listed_in_the_order_of_the_queue_with_their_place(logistician, published):
    queue_of(published, "Alpha", "Beta", "Gamma")
    Registration.objects.filter(last_name="Gamma").update(priority=1)

    def names(**query: str) -> list[str]:
        return [row.last_name for row in logistician.get(LIST, query).context["cl"].result_list]

    page = logistician.get(LIST, {"state__exact": "waiting"}).content.decode()

    assert names(state__exact="waiting") == ["Gamma", "Alpha", "Beta"]
    assert names(queue="head") == ["Gamma"]
    assert names(queue="moved") == ["Gamma"]
    assert names(queue="aside") == []
    assert [word in page for word in ("rang 1, avancée", "rang 2", "rang 3")] == [True] * 3


def test_the_list_of_one_session_says_so_and_an_unknown_code_lists_nobody(logistician, published):
    queue_of(published, "Alpha")
    RegistrationFactory(session__edition=published.edition, last_name="Ailleurs")

    page = logistician.get(LIST, {"session": published.item.code, "state__exact": "waiting"})
    unknown = logistician.get(LIST, {"session": "ZZZZZZ"})

    assert [row.last_name for row in page.context["cl"].result_list] == ["Alpha"]
    assert published.item.title in page.content.decode()
    assert list(unknown.context["cl"].result_list) == []


def test_promoting_keeps_the_order_among_those_who_are_moved_up(logistician, published):
    _alpha, beta, gamma = queue_of(published, "Alpha", "Beta", "Gamma")

    apply(logistician, "promouvoir", beta, gamma, reason="Demande du cabinet")

    order = Registration.objects.queue(beta.session_id, is_online=False)
    assert [row.last_name for row in order] == ["Beta", "Gamma", "Alpha"]
    assert beta.transitions.last().reason == "Demande du cabinet"
    assert apply(logistician, "promouvoir", beta, reason="").context["form"].errors.keys() == {"reason"}


def test_a_refused_promotion_names_the_person_and_why(logistician, published):
    _alpha, beta = queue_of(published, "Alpha", "Beta")
    Session.objects.update(**begins(minutes=10))
    publish(published.edition, note="Avancée")

    page = apply(logistician, "promouvoir", beta, reason="Essai")
    told = [str(message) for message in get_messages(page.wsgi_request)]

    assert told == ["0 inscription avancée.", "Alix Beta – La liste d’attente de cette séance est close."]


def test_a_smaller_group_gives_its_seats_to_who_waits(logistician, published):
    Session.objects.update(seats=3)
    group = register(published, applicant("g@example.org", party=3), now=timezone.now(), is_vouched_for=True)
    waiting = register(published, applicant("w@example.org"), now=timezone.now(), wait=True)

    apply(logistician, "groupe", group, places="2")

    waiting.refresh_from_db()
    group.refresh_from_db()
    assert (group.party, waiting.state) == (2, "offered")
    assert group.transitions.last().reason == "3 → 2"


def test_moving_offers_the_sessions_to_come_and_serves_who_asked_first(logistician, published):
    Session.objects.update(seats=2)
    first, second = (
        register(published, applicant(f"{name}@example.org"), now=timezone.now(), is_vouched_for=True) for name in "ab"
    )
    small = SessionFactory(edition=published.edition, title="Bootcamp", seats=1, **begins(days=9))
    over = SessionFactory(edition=published.edition, title="Passée", **begins(days=-1))
    publish(published.edition, note="Une séance de plus")

    page = apply(logistician, "deplacer", first, second, reason="Salle fermée", session=over.pk)
    offered = page.context["form"].fields["session"].queryset
    done = apply(logistician, "deplacer", first, second, reason="Salle fermée", session=small.pk)

    assert page.context["form"].errors.keys() == {"session"}
    assert small in offered
    assert over not in offered
    told = [str(message) for message in get_messages(done.wsgi_request)]
    assert told == ["1 inscription déplacée.", f"{second} – Cette séance est complète."]
    for registration, session in ((first, small), (second, Session.objects.get(code=published.item.code))):
        registration.refresh_from_db()
        assert registration.session == session


def test_people_are_moved_despite_the_rule_of_a_session_only_when_it_is_ticked(logistician, published):
    only = SessionFactory(edition=published.edition, seats=5, **begins(days=9))
    publish(published.edition, note="Deuxième version")
    Session.objects.filter(pk=only.pk).update(eligibility="domains", eligible_domains="gouv.fr")
    registration = register(find("demo", published.item.code), applicant(), now=timezone.now())

    refused = apply(logistician, "deplacer", registration, reason="Salle fermée", session=only.pk)
    registration.refresh_from_db()
    assert registration.session_id != only.pk
    apply(logistician, "deplacer", registration, reason="Salle fermée", session=only.pk, is_passed="on")
    registration.refresh_from_db()

    assert any("réservée aux adresses" in str(message) for message in get_messages(refused.wsgi_request))
    assert (registration.session_id, registration.transitions.last().reason) == (only.pk, "Salle fermée")


def test_nobody_is_moved_to_a_session_that_is_not_published(logistician, published):
    registration = register(published, applicant(), now=timezone.now(), is_vouched_for=True)
    draft = SessionFactory(edition=published.edition, title="Brouillon", seats=9, **begins(days=9))

    page = apply(logistician, "deplacer", registration, reason="Salle fermée", session=draft.pk)

    told = [str(message) for message in get_messages(page.wsgi_request)]
    assert "n’est pas publiée" in told[-1]


def test_an_act_without_anybody_leads_back_to_the_list(logistician, db):
    assert logistician.get(f"{LIST}annuler/")["Location"] == LIST


def test_the_page_of_a_registration_offers_what_can_be_done_with_it(logistician, receptionist, published):
    (waiting,) = queue_of(published, "Alpha")
    address = reverse("admin:registrations_registration_change", args=[waiting.pk])

    def offered(client) -> list[str]:
        return [act.name for act in client.get(address).context["acts"]]

    assert offered(logistician) == ["cancel", "promote", "move", "admit"]
    assert offered(receptionist) == ["admit"]


def test_an_account_limited_to_other_sequences_cancels_nothing_here(staff, published):
    (waiting,) = queue_of(published, "Alpha")
    user = staff("Logistique")
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[SequenceFactory(edition=published.edition)])

    apply(client_of(user), "annuler", waiting, reason="Essai")

    waiting.refresh_from_db()
    assert waiting.state == "waiting"
