"""The link of an invitation tells its guest nothing of the addresses that they type: known or not, it served once."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from publishing.publish import publish
from registrations import invitations, seats
from registrations.models import Invitation, Registration
from registrations.published import PublishedSession, find
from registrations.services import cancel, confirm, register, take_again
from sessions.models import Session
from tests.factories import InvitationFactory, SequenceFactory, SessionFactory
from tests.registrations.conftest import applicant, form_data, sent
from tests.registrations.test_strangers import bare

KNOWN, UNKNOWN, MEANT, MEANT_TOO = "alix@example.org", "sacha@example.org", "juste@example.org", "just2@example.org"
SERVED = "Une personne est inscrite avec cette invitation."

pytestmark = pytest.mark.usefixtures("same_moment")


@pytest.fixture(autouse=True)
def by_invitation(session, published) -> None:
    """With one address that is registered already."""
    seats.set_capacity(session, 20)
    register(published, applicant(KNOWN), now=timezone.now(), is_vouched_for=True)
    sent()
    Session.objects.update(eligibility="invitation")


@pytest.fixture
def links(session) -> list[str]:
    """Of two guests: one will type the known address, the other one an unknown one."""
    return [f"/invitations/{InvitationFactory(session=session).link.token}/" for _guest in range(2)]


@pytest.fixture
def guests() -> list[Client]:
    return [Client(), Client()]


def answers(guests: list[Client], links: list[str], emails: list[str], **values: str) -> list[list[str]]:
    """What each guest reads: at once, in another browser, and with another address."""
    found = []
    for guest, link, email in zip(guests, links, emails, strict=True):
        pages = [
            guest.post(link, form_data(email, **values), follow=True),
            Client().get(link),
            Client().post(link, form_data("encore@example.org"), follow=True),
        ]
        found.append([of_anybody(page) for page in pages])
    return found


def of_anybody(page) -> str:
    """Without what differs from one guest to the next: also the link, and the address that was invited."""
    return re.sub(r"invitations/[^/]+/|invite\d+@example\.org|jus(te|t2)@example\.org", "X", bare(page))


def corrected(guest: Client, session: Session, email: str) -> str:
    page = guest.post(f"/demo/seances/{session.code}/inscription/courriel/", {"email": email}, follow=True)
    return of_anybody(page)


def spent() -> list[bool]:
    return [each.is_spent(timezone.now()) for each in Invitation.objects.order_by("pk")]


def test_a_known_address_uses_the_link_as_an_unknown_one_does(guests, links):
    known, unknown = answers(guests, links, [KNOWN, UNKNOWN])

    assert known == unknown
    assert [SERVED in page for page in known] == [False, True, True]
    assert [str(each) for each in Registration.objects.values_list("email", flat=True).order_by("pk")] == [
        KNOWN,
        UNKNOWN,
    ]


def test_to_wait_in_a_full_session_uses_it_too(guests, links, session):
    seats.set_capacity(session, 1)

    known, unknown = answers(guests, links, [KNOWN, UNKNOWN], wait="1")

    assert known == unknown
    assert SERVED in known[1]


def test_a_refusal_leaves_it_as_it_was(guests, links, session):
    seats.set_capacity(session, 1)

    known, unknown = answers(guests, links, [KNOWN, UNKNOWN])

    assert known == unknown
    assert SERVED not in known[1]


def test_somebody_with_another_slot_uses_it_too(guests, links, session):
    sequence = SequenceFactory(edition=session.edition, one_slot_per_person=True)
    first, second = (
        SessionFactory(edition=session.edition, sequence=sequence, is_slot=True, seats=9, starts_at=start)
        for start in (session.starts_at + dt.timedelta(hours=hours) for hours in (3, 5))
    )
    publish(session.edition, note="Des créneaux.")
    register(find("demo", first.code), applicant(KNOWN), now=timezone.now(), is_vouched_for=True)
    Session.objects.update(eligibility="invitation")
    to_slot = [f"/invitations/{InvitationFactory(session=second).link.token}/" for _guest in range(2)]

    known, unknown = answers(guests, to_slot, [KNOWN, UNKNOWN])

    assert known == unknown
    assert SERVED in known[1]


def test_the_same_form_sent_twice_is_answered_twice_the_same(guests, links):
    pages = []
    for guest, link, email in zip(guests, links, [KNOWN, UNKNOWN], strict=True):
        key = re.search(r'name="key" value="([^"]+)"', guest.get(link).content.decode()).group(1)
        pages.append([bare(guest.post(link, form_data(email, key=key), follow=True)) for _time in range(2)])

    assert pages[0] == pages[1]
    assert SERVED not in pages[0][1]


def test_who_corrects_the_known_address_takes_the_seat_of_the_invitation(guests, links, session):
    answers(guests, links, [KNOWN, UNKNOWN])

    known, unknown = (corrected(guest, session, email) for guest, email in zip(guests, (MEANT, MEANT_TOO), strict=True))

    assert known == unknown
    made = Registration.objects.get(email=MEANT)
    assert (made.state, made.invitation) == ("held", Invitation.objects.earliest("pk"))
    assert spent() == [False, False]


def test_what_is_corrected_to_a_known_address_uses_it_too(guests, links, session):
    answers(guests, links, ["premiere@example.org", "deuxieme@example.org"])

    known, unknown = (corrected(guest, session, email) for guest, email in zip(guests, (KNOWN, UNKNOWN), strict=True))
    opened = [of_anybody(Client().get(link)) for link in links]

    assert known == unknown
    assert opened[0] == opened[1]
    assert SERVED in opened[0]


def test_it_is_good_again_when_the_seat_of_an_unknown_address_would_be(guests, links):
    answers(guests, links, [KNOWN, UNKNOWN])
    sent()
    known, unknown = Invitation.objects.get(spent_on__isnull=False), Registration.objects.get(email=UNKNOWN)

    assert abs(known.spent_until - unknown.expires_at) <= dt.timedelta(minutes=1)
    assert (known.is_spent(known.spent_until - dt.timedelta(seconds=1)), known.is_spent(known.spent_until)) == (
        True,
        False,
    )


def test_who_gave_up_a_seat_taken_by_it_reads_no_more_by_taking_it_again(guests, links, published: PublishedSession):
    given_up = []
    for number, invitation in enumerate(Invitation.objects.order_by("pk")):
        person = applicant(f"invite{number}@example.net", invitation=invitation.link.token)
        given_up.append(register(published, person, now=timezone.now()))
        cancel(given_up[-1], published, now=timezone.now())
    answers(guests, links, [KNOWN, UNKNOWN])

    for registration in given_up:
        with pytest.raises(ValidationError) as refused:
            take_again(registration, published, now=timezone.now())
        assert refused.value.code == "invitation"


def test_the_staff_makes_it_good_by_sending_it_again(guests, links):
    answers(guests, links, [KNOWN, UNKNOWN])
    first = Invitation.objects.earliest("pk")

    invitations.send_again(first, now=timezone.now())

    assert spent() == [False, False]
    assert SERVED not in Client().get(links[0]).content.decode()


def test_a_known_address_counts_no_more_than_once(guests, links, published):
    """Its person answers the mail: nothing of theirs is the invitation’s."""
    answers(guests, links, [KNOWN, UNKNOWN])
    registration = Registration.objects.get(email=KNOWN)

    confirm(registration, published, now=timezone.now())

    assert registration.invitation is None
    assert seats.recount() == []
