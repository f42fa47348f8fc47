"""Invitations: a link that serves once at a time, whoever holds it, and what becomes of it."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from outbox.models import Message
from publishing.publish import publish
from registrations import invitations, participants, seats
from registrations.corrections import correct_address
from registrations.erasure import erase
from registrations.models import Invitation, Registration
from registrations.published import PublishedSession, find
from registrations.retention import erase_outdated
from registrations.services import cancel, confirm, register, take_again
from registrations.slots import change
from sessions.models import Edition, Session
from tests.factories import InvitationFactory, RegistrationFactory, SequenceFactory, SessionFactory
from tests.registrations.conftest import applicant, begins, form_data, link_in, sent, this_week

INVITED = "claude@ministere.example"


@pytest.fixture(autouse=True)
def by_invitation(session) -> Session:
    Session.objects.update(eligibility=Session.Eligibility.INVITATION)
    session.refresh_from_db()
    return session


@pytest.fixture
def invitation(session) -> Invitation:
    return InvitationFactory(session=session, email=INVITED)


@pytest.fixture
def link(invitation) -> str:
    return f"/invitations/{invitation.link.token}/"


def invite(session: Session, *emails: str, **values) -> list[Invitation]:
    values = {"last_day": timezone.localdate(), "language": "fr", "now": timezone.now(), "actor": "chef"} | values
    return invitations.invite(session, emails, **values)


def registering(published: PublishedSession, invitation: Invitation, email: str = INVITED) -> Registration:
    person = applicant(email, invitation=invitation.link.token)
    return register(published, person, now=timezone.now())


def state(invitation: Invitation, *, day: dt.date | None = None) -> str:
    return str(Invitation.objects.with_use().get(pk=invitation.pk).state(day or timezone.localdate()))


# Inviting --------------------------------------------------------------------------------------------------------


def test_each_address_is_invited_and_mailed_once(session):
    first = invite(session, INVITED, "CLAUDE@ministere.example", "autre@example.org")
    again = invite(session, INVITED)

    left = sent()

    assert [row.email_key for row in first] == [INVITED, "autre@example.org"]
    assert again == []
    assert sorted(mail.to[0] for mail in left) == ["CLAUDE@ministere.example", "autre@example.org"]
    assert {mail.reply_to[0] for mail in left} == {"contact@example.org"}
    assert {mail.subject for mail in left} == {"Votre invitation\N{NO-BREAK SPACE}: Fail camp"}


def test_the_mail_tells_the_session_the_end_of_the_link_and_whose_it_is(session, client):
    invite(session, INVITED, language="en", last_day=dt.date(2100, 1, 2))
    (mail,) = sent()

    for words in ("Fail camp", "2 January 2100", "serves once", "gave your address"):
        assert words in mail.body
        assert words in mail.alternatives[0].content
    assert mail.subject == "You are invited: Fail camp"
    assert client.get(path_in(mail)).status_code == 200


def path_in(mail) -> str:
    found = re.search(r"https?://[^/]+(\S*/invitations/[^/\s]+/)", mail.body)
    assert found
    return found.group(1)


@pytest.mark.parametrize(
    ("values", "code"),
    [({"eligibility": "open"}, "open"), ({"code": "ZZZZZZ"}, "unpublished")],
)
def test_nobody_is_invited_to_a_session_that_does_not_ask_for_it(session, values, code):
    Session.objects.update(**values)

    with pytest.raises(ValidationError) as refused:
        invite(session, INVITED)

    assert refused.value.code == code
    assert not Message.objects.exists()


def test_a_day_that_is_past_is_refused(session):
    with pytest.raises(ValidationError) as refused:
        invite(session, INVITED, last_day=timezone.localdate() - dt.timedelta(days=1))

    assert refused.value.code == "past"


def test_a_mail_that_would_open_nothing_does_not_leave(session):
    first, second = invite(session, INVITED, "autre@example.org")
    invitations.revoke(first, now=timezone.now(), actor="chef")
    Invitation.objects.filter(pk=second.pk).update(last_day=timezone.localdate() - dt.timedelta(days=1))

    assert sent() == []
    assert set(Message.objects.values_list("state", flat=True)) == {"dropped"}


def test_it_is_sent_again_but_not_by_a_second_click(session):
    (made,) = invite(session, INVITED)
    sent()
    at_once = invitations.send_again(made, now=timezone.now())
    later = timezone.now() + dt.timedelta(minutes=5)

    assert not at_once
    assert invitations.send_again(made, now=later)
    assert not invitations.send_again(made, now=later)
    assert [mail.to for mail in sent()] == [[INVITED]]


# Registering -----------------------------------------------------------------------------------------------------


def test_opening_the_link_uses_nothing_and_shows_the_form_with_the_address(client, link, invitation):
    page = client.get(link)
    client.head(link)

    assert f'value="{INVITED}"' in page.content.decode()
    assert "S’inscrire</button>" in page.content.decode() or 'value="S’inscrire"' in page.content.decode()
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("private, no-store", "strict-origin")
    assert state(invitation) == "opening"


def test_the_address_that_the_form_proposes_is_shown_to_its_visitor_alone(client, stranger, link, session):
    client.get(link)
    Session.objects.update(eligibility="open")

    assert INVITED not in stranger.get(f"/demo/seances/{session.code}/inscription/").content.decode()


def test_the_link_takes_a_seat_once(client, stranger, link, invitation):
    taken = client.post(link, form_data(INVITED))
    refused = stranger.post(link, form_data("autre@example.org"), follow=True)
    opened = stranger.get(link)

    registration = Registration.objects.get()
    assert taken.status_code == 302
    assert "à confirmer" in client.get(taken["Location"]).content.decode().lower()
    assert (registration.email, registration.invitation, registration.state) == (INVITED, invitation, "held")
    assert state(invitation) == "used"
    for page in (refused, opened):
        assert "Une personne est inscrite avec cette invitation." in page.content.decode()
        assert INVITED not in page.content.decode()


def test_the_same_form_sent_twice_is_answered_twice_the_same(client, link):
    key = re.search(r'name="key" value="([^"]+)"', client.get(link).content.decode()).group(1)
    data = form_data(INVITED, key=key)

    first, second = client.post(link, data), client.post(link, data)

    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Registration.objects.count() == 1


def test_somebody_else_may_come_in_place_of_the_person(client, link, invitation):
    client.post(link, form_data("adjointe@example.org"))

    assert Registration.objects.get().invitation == invitation


def test_a_slip_in_the_address_is_corrected_without_using_it_up(client, link, invitation, session):
    client.post(link, form_data("cluade@ministere.example"))
    address = f"/demo/seances/{session.code}/inscription/courriel/"

    client.post(address, {"email": INVITED})

    assert [(row.email, row.invitation) for row in Registration.objects.all()] == [(INVITED, invitation)]


def test_a_correction_of_a_known_address_takes_the_seat_of_the_invitation(client, link, invitation, session, published):
    RegistrationFactory(session=session, email="connue@example.org", email_key="connue@example.org", state="confirmed")
    seats.recount(fix=True)
    client.post(link, form_data("connue@example.org"))

    client.post(f"/demo/seances/{session.code}/inscription/courriel/", {"email": INVITED})

    assert Registration.objects.get(email=INVITED).invitation == invitation


def test_a_full_session_lets_who_is_invited_wait(client, link, invitation, published):
    Session.objects.update(seats_taken=2)

    page = client.get(link).content.decode()
    client.post(link, form_data(INVITED, wait="1"))

    assert "Rejoindre la liste d’attente" in page
    assert (Registration.objects.get().state, state(invitation)) == ("waiting", "used")


def test_a_link_of_another_session_or_a_forged_one_takes_nothing(published, invitation, session):
    other = InvitationFactory(session=SessionFactory(edition=session.edition))
    for token in (other.link.token, invitation.link.token[:-1] + "!", "x", ""):
        with pytest.raises(ValidationError) as refused:
            register(published, applicant(invitation=token), now=timezone.now())
        assert refused.value.code == "invitation"

    assert not Registration.objects.exists()


def test_a_forged_link_opens_nothing(stranger, invitation):
    token = invitation.link.token
    forged = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")

    assert stranger.get(f"/invitations/{forged}/").status_code == 404
    assert stranger.get("/invitations/x/").status_code == 404


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"last_day": dt.date(2020, 1, 1)}, "jusqu’au jour"),
        ({"revoked_at": timezone.now()}, "retirée"),
    ],
)
def test_a_link_that_is_over_says_why_and_whom_to_ask(client, link, published, invitation, values, words):
    Invitation.objects.update(**values)

    page, sent_page = client.get(link), client.post(link, form_data(INVITED))

    for answer in (page, sent_page):
        assert answer.status_code == 410
        assert words in answer.content.decode()
        assert "contact@example.org" in answer.content.decode()
    with pytest.raises(ValidationError):
        registering(published, invitation)


def test_the_last_day_ends_at_midnight_on_the_clock_of_the_edition(session, published):
    Edition.objects.update(time_zone="Pacific/Noumea")
    published = find("demo", session.code)
    day = dt.date(2026, 11, 20)
    just_before = dt.datetime(2026, 11, 20, 12, 59, tzinfo=dt.UTC)  # 23.59 there

    assert invitations.today(published.edition, just_before) == day
    assert invitations.today(published.edition, just_before + dt.timedelta(minutes=1)) == day + dt.timedelta(days=1)


def test_the_form_of_an_invitation_costs_one_query_more(client, link, session, django_assert_max_num_queries):
    client.get(link)

    # As everybody's; the page of the link reads its invitation, and the service reads it under its lock.
    with django_assert_max_num_queries(12) as asked:
        client.post(link, form_data(INVITED))
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) == 10


# What becomes of it ----------------------------------------------------------------------------------------------


def test_what_is_given_up_makes_the_link_good_again(published, invitation):
    registration = registering(published, invitation)
    cancel(registration, published, now=timezone.now())

    assert state(invitation) == "opening"
    assert registering(published, invitation, "autre@example.org").state == "held"
    assert state(invitation) == "used"


def test_who_gave_a_seat_up_takes_it_again_by_their_own_link_while_the_invitation_is_good(published, invitation):
    registration = registering(published, invitation)
    cancel(registration, published, now=timezone.now())
    taken = take_again(registration, published, now=timezone.now())
    cancel(taken, published, now=timezone.now())
    registering(published, invitation, "autre@example.org")

    with pytest.raises(ValidationError) as refused:
        take_again(taken, published, now=timezone.now())

    assert refused.value.code == "invitation"


def test_the_page_of_a_registration_offers_to_register_again_only_while_the_invitation_is_good(
    client, published, invitation
):
    registration = registering(published, invitation)
    link = link_in(sent()[0])
    cancel(registration, published, now=timezone.now())
    good = client.get(link).content.decode()
    invitations.revoke(invitation, now=timezone.now(), actor="chef")
    over = client.get(link).content.decode()

    assert 'value="again"' in good
    assert 'value="again"' not in over
    assert "réservée aux personnes invitées" in over


def test_the_database_itself_keeps_two_people_from_one_invitation(session, invitation):
    RegistrationFactory(session=session, state="confirmed", invitation=invitation)
    RegistrationFactory(session=session, state="cancelled", invitation=invitation)

    with pytest.raises(IntegrityError):
        RegistrationFactory(session=session, state="waiting", invitation=invitation)


def test_an_invitation_in_use_is_not_revoked_and_one_that_is_revoked_can_be_made_anew(published, invitation, session):
    registration = registering(published, invitation)
    with pytest.raises(ValidationError) as refused:
        invitations.revoke(invitation, now=timezone.now(), actor="chef")
    cancel(registration, published, now=timezone.now())

    assert refused.value.code == "used"
    assert invitations.revoke(invitation, now=timezone.now(), actor="chef")
    assert not invitations.revoke(invitation, now=timezone.now(), actor="chef")
    assert len(invite(session, INVITED)) == 1


def test_an_invitation_to_a_slot_is_good_for_another_slot_of_its_sequence(client):
    Edition.objects.update(is_current=False)
    sequence = SequenceFactory(edition__slug="bureau", **{f"edition__{name}": day for name, day in this_week().items()})
    slots = [
        SessionFactory(
            edition=sequence.edition, sequence=sequence, is_slot=True, eligibility="invitation", **begins(days=day)
        )
        for day in (3, 4)
    ]
    publish(sequence.edition, note="Première version")
    first, second = (find("bureau", slot.code) for slot in slots)
    invitation = InvitationFactory(session=slots[0])
    registration = registering(first, invitation)
    confirm(registration, first, now=timezone.now())

    page = client.get(f"/inscriptions/{registration.link.token}/creneau/").content.decode()
    change(registration, second, now=timezone.now())

    assert f'value="{slots[1].code}"' in page
    assert Registration.objects.get().session == slots[1]
    assert state(invitation) == "used"


# Personal data ---------------------------------------------------------------------------------------------------


def test_declining_erases_the_address_and_its_mails(client, session):
    invite(session, INVITED)
    (mail,) = sent()
    link = path_in(mail)

    page = client.post(link, {"decline": "1"})

    assert "Votre adresse est effacée" in page.content.decode()
    assert not Invitation.objects.exists()
    assert not Message.objects.filter(to=INVITED).exists()
    assert client.get(link).status_code == 404


def test_declining_what_is_used_erases_nothing(client, link, published, invitation):
    registering(published, invitation)

    client.post(link, {"decline": "1"})

    assert Invitation.objects.exists()


def test_invitations_are_erased_with_the_registrations_of_the_edition(published, invitation, session):
    registration = registering(published, invitation)
    kept = InvitationFactory(session=SessionFactory())
    Edition.objects.filter(pk=session.edition_id).update(starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2020, 1, 5))
    Message.objects.create(
        kind="registration_invitation",
        about=invitations.about(invitation),
        to=INVITED,
        message_id="<x@example.org>",
        created_at=timezone.now(),
        next_attempt_at=timezone.now(),
    )

    erase_outdated(timezone.now())

    registration.refresh_from_db()
    assert list(Invitation.objects.all()) == [kept]
    assert registration.invitation is None
    assert not Message.objects.filter(to=INVITED).exists()


def test_who_has_their_data_erased_is_no_longer_invited(published, session, invitation):
    registering(published, invitation)
    others = InvitationFactory(session=session, email="autre@example.org")

    erase(participants.of(Registration.objects.get()), now=timezone.now())

    assert list(Invitation.objects.all()) == [others]


def test_a_correction_keeps_the_invitation_of_the_receipt(published, invitation):
    made = registering(published, invitation, "slip@example.org")
    moved = correct_address(
        published,
        applicant(INVITED, invitation=invitation.link.token),
        wrong=made.public_id,
        identifier=uuid4(),
        form=uuid4(),
        now=timezone.now(),
    )

    assert (moved.pk, moved.invitation) == (made.pk, invitation)
