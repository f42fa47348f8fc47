from django.urls import reverse

from outbox.models import Message
from publishing.publish import publish
from registrations.models import Registration
from registrations.tickets import code_of, grouped
from sessions.models import Session
from tests.factories import EditionFactory, RegistrationFactory, SessionFactory, TransitionFactory

LIST = "/admin/registrations/registration/"


def chosen(*registrations: Registration, action: str = "cancel_registrations", **more: str) -> dict[str, object]:
    return {"action": action, "_selected_action": [registration.pk for registration in registrations], **more}


def registered(**fields) -> Registration:
    session = SessionFactory(edition=EditionFactory(is_current=True), seats=10)
    publish(session.edition, note="Première version.")
    Session.objects.filter(pk=session.pk).update(seats_taken=1)
    return RegistrationFactory(session=session, **fields)


def test_cancelling_asks_a_reason_gives_the_seat_back_and_tells_who_did_it(logistician):
    registration = registered(last_name="Écolière")

    page = logistician.post(LIST, chosen(registration, index="0"))
    refused = logistician.post(LIST, chosen(registration, reason=" "))
    done = logistician.post(LIST, chosen(registration, reason="Demande par téléphone"))

    assert "Écolière" in page.content.decode()
    assert "reason" in refused.context["form"].errors
    assert done.status_code == 302
    registration.refresh_from_db()
    registration.session.refresh_from_db()
    assert (registration.state, registration.session.seats_taken) == ("cancelled", 0)
    transition = registration.transitions.get()
    assert (transition.to_state, transition.reason) == ("cancelled", "Demande par téléphone")
    assert transition.actor.startswith("user") or transition.actor
    assert Message.objects.filter(to=registration.email).count() == 1


def test_cancelling_twice_gives_one_seat_back(logistician):
    registration = registered()
    for _time in range(2):
        logistician.post(LIST, chosen(registration, reason="Doublon"))

    registration.session.refresh_from_db()
    assert registration.session.seats_taken == 0


def test_the_link_is_sent_again_once_per_address(logistician):
    first = registered(email="agent@example.org")
    second = RegistrationFactory(session=first.session, email="agent@example.org", state="cancelled")

    logistician.post(LIST, chosen(first, second, action="send_link", index="0"))

    assert [message.to for message in Message.objects.all()] == ["agent@example.org"]


def test_reception_looks_and_does_not_act(receptionist):
    registration = registered(last_name="Écolière")

    page = receptionist.get(LIST)
    receptionist.post(LIST, chosen(registration, reason="Essai"))
    receptionist.post(LIST, chosen(registration, action="send_link"))

    assert "Écolière" in page.content.decode()
    assert "cancel_registrations" not in page.content.decode()
    registration.refresh_from_db()
    assert (registration.state, Message.objects.count()) == ("confirmed", 0)


def test_a_registration_shows_its_changes_of_state(receptionist):
    registration = registered()
    TransitionFactory(registration=registration, to_state="held", actor="person")
    TransitionFactory(registration=registration, from_state="held", to_state="confirmed", actor="camille")

    html = receptionist.get(reverse("admin:registrations_registration_change", args=[registration.pk])).content.decode()

    for told in ["À confirmer", "Confirmée", "la personne", "camille"]:
        assert told in html


def test_nobody_writes_a_registration_by_hand(superuser_client):
    registration = registered(last_name="Écolière")
    address = reverse("admin:registrations_registration_change", args=[registration.pk])

    answers = [
        superuser_client.post(address, {"last_name": "Autre"}).status_code,
        superuser_client.get(f"{LIST}add/").status_code,
        superuser_client.post(f"{LIST}{registration.pk}/delete/", {"post": "yes"}).status_code,
    ]

    registration.refresh_from_db()
    assert (answers, registration.last_name) == ([403, 403, 403], "Écolière")


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
