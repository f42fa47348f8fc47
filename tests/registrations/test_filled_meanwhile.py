"""A form whose address was known took nothing. When its session fills, nobody learns it: not by correcting the
address, nor by sending the form again.
"""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from publishing.publish import publish
from registrations import answered, seats
from registrations.models import AnsweredForm, Registration
from registrations.published import find
from registrations.services import register
from sessions.models import Session
from tests.factories import InvitationFactory, SequenceFactory, SessionFactory
from tests.registrations.conftest import applicant, form_data, link_in, sent
from tests.registrations.test_strangers import bare

KNOWN, UNKNOWN = "alix@example.org", "sacha@example.org"
MEANT, MEANT_TOO = "juste@example.org", "just2@example.org"
TYPED = [KNOWN, UNKNOWN]

pytestmark = pytest.mark.usefixtures("same_moment")


@pytest.fixture
def form_url(session) -> str:
    seats.set_capacity(session, 20)
    return f"/demo/seances/{session.code}/inscription/"


@pytest.fixture
def known(published) -> Registration:
    return register(published, applicant(KNOWN), now=timezone.now(), is_vouched_for=True)


@pytest.fixture
def browsers(form_url, known) -> list[Client]:
    """One will type the known address, the other one an unknown one."""
    sent()
    return [Client(), Client()]


@pytest.fixture
def forms(browsers, form_url) -> list[dict[str, str]]:
    """Both have sent theirs."""
    forms = []
    for browser, email in zip(browsers, TYPED, strict=True):
        key = re.search(r'name="key" value="([^"]+)"', browser.get(form_url).content.decode()).group(1)
        forms.append(form_data(email, key=key))
        browser.post(form_url, forms[-1])
    return forms


def fill(session: Session, **values: object) -> None:
    """Somebody takes the last seat."""
    session.refresh_from_db()
    Session.objects.filter(pk=session.pk).update(seats=session.seats_taken, **values)


def close(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(registration_closes_at=timezone.now())


def read(page) -> tuple[int, str]:
    """What stands there for anybody."""
    words = re.sub(r"jus(te|t2)@example\.(org|net|com)", "Y", bare(page))
    return page.status_code, words


def corrected(browsers: list[Client], form_url: str, emails: tuple[str, str] = (MEANT, MEANT_TOO)) -> list:
    return [
        read(browser.post(f"{form_url}courriel/", {"email": email}, follow=True))
        for browser, email in zip(browsers, emails, strict=True)
    ]


def sent_again(browsers: list[Client], form_url: str, forms: list[dict[str, str]]) -> list:
    return [read(browser.post(form_url, form, follow=True)) for browser, form in zip(browsers, forms, strict=True)]


@pytest.mark.parametrize("happens", [fill, lambda session: fill(session, has_waiting_list=False), close])
def test_the_corrected_address_reads_the_page_of_one_whose_seat_is_held(browsers, forms, form_url, session, happens):
    happens(session)

    known, unknown = corrected(browsers, form_url)

    assert known == unknown
    assert "Votre place est retenue jusqu’au" in known[1]
    assert [seats.recount(), Registration.objects.get(email=MEANT_TOO).state] == [[], "held"]


@pytest.mark.parametrize("happens", [fill, lambda session: fill(session, has_waiting_list=False), close])
@pytest.mark.parametrize("keeps_cookies", [True, False])
def test_the_form_sent_again_is_answered_as_the_first_time(browsers, forms, form_url, session, happens, keeps_cookies):
    happens(session)

    known, unknown = sent_again(browsers if keeps_cookies else [Client(), Client()], form_url, forms)

    assert known == unknown
    assert "Votre place est retenue jusqu’au" in known[1]
    assert session.registrations.count() == 2


@pytest.mark.parametrize("keeps_cookies", [True, False])
@pytest.mark.parametrize("happens", [lambda session: None, fill, lambda session: fill(session, has_waiting_list=False)])
def test_so_is_the_form_sent_again_after_its_correction(browsers, forms, form_url, session, happens, keeps_cookies):
    happens(session)
    corrected(browsers, form_url)

    known, unknown = sent_again(browsers if keeps_cookies else [Client(), Client()], form_url, forms)

    assert known == unknown
    assert ("<strong>Y</strong>" if keeps_cookies else "<strong>X</strong>") in known[1]
    assert Registration.objects.live().filter(email=UNKNOWN).count() == 0


@pytest.mark.parametrize("emails", [("juste@example.net", "juste@example.com"), (KNOWN, UNKNOWN)])
def test_so_is_a_second_correction(browsers, forms, form_url, session, emails):
    fill(session, has_waiting_list=False)

    known, unknown = corrected(browsers, form_url)
    then = corrected(browsers, form_url, emails)

    assert known == unknown
    assert then[0] == then[1]


def test_who_corrects_to_a_known_address_while_others_wait_reads_the_same(browsers, form_url, session, published):
    """The seat goes to who waits, as the known address has one."""
    for browser, email in zip(browsers, ("premiere@example.org", "deuxieme@example.org"), strict=True):
        browser.post(form_url, form_data(email))
    fill(session)
    register(published, applicant("attend@example.org"), now=timezone.now(), wait=True)
    Session.objects.update(has_waiting_list=False)

    known, unknown = corrected(browsers, form_url, (KNOWN, UNKNOWN))

    assert known == unknown
    assert Registration.objects.get(email="attend@example.org").state == "offered"


def test_whose_seats_are_gone_waits_for_some_and_reads_it_in_a_mail(browsers, forms, form_url, session):
    fill(session)
    corrected(browsers, form_url)

    (mail,) = [mail for mail in sent() if mail.to == [MEANT]]

    assert mail.subject == "Vous êtes en liste d’attente : Fail camp"
    assert Registration.objects.get(email=MEANT).state == "waiting"


def test_without_a_waiting_list_a_mail_says_that_nothing_is_held(client, browsers, forms, form_url, session):
    fill(session, has_waiting_list=False)
    corrected(browsers, form_url)
    corrected(browsers, form_url)

    (mail,) = [mail for mail in sent() if mail.to == [MEANT]]
    page = client.get(link_in(mail)).content.decode()

    assert mail.subject == "Aucune place n’a pu être gardée pour vous : Fail camp"
    assert "Aucune place n’a pu être gardée pour vous." in page
    assert "pas été confirmée" not in page
    assert [Registration.objects.get(email=MEANT).state, seats.recount()] == ["expired", []]


def test_who_is_told_so_takes_a_seat_by_the_same_link_once_there_is_one(client, browsers, forms, form_url, session):
    fill(session, has_waiting_list=False)
    corrected(browsers, form_url)
    link = link_in(next(mail for mail in sent() if mail.to == [MEANT]))
    seats.set_capacity(session, 9)

    client.post(link, {"action": "again"})

    assert Registration.objects.get(email=MEANT).state == "confirmed"


def test_a_known_address_that_the_form_is_corrected_to_is_not_told_that_it_has_no_seat(
    browsers, forms, form_url, session, published
):
    register(published, applicant(MEANT), now=timezone.now(), is_vouched_for=True)
    sent()
    fill(session, has_waiting_list=False)

    corrected(browsers, form_url)

    assert [mail.subject for mail in sent() if mail.to == [MEANT]] == ["Votre lien : Fail camp"]


def test_free_seats_are_taken_as_before(browsers, forms, form_url):
    corrected(browsers, form_url)

    assert Registration.objects.get(email=MEANT).state == "held"


def test_the_link_of_an_invitation_tells_no_more(known, form_url, session):
    Session.objects.update(eligibility="invitation")
    links = [f"/invitations/{InvitationFactory(session=session).link.token}/" for _guest in range(2)]
    guests = [Client(), Client()]
    for guest, link, email in zip(guests, links, TYPED, strict=True):
        guest.post(link, form_data(email))
    fill(session, has_waiting_list=False)

    pages = corrected(guests, form_url)
    opened = [read(Client().get(link)) for link in links]

    assert pages[0] == pages[1]
    assert len({re.sub(r"invitations/[^/]+/|invite\d+@example\.org", "X", words) for _status, words in opened}) == 1
    assert "Une personne est inscrite avec cette invitation." in opened[0][1]


def test_somebody_with_another_slot_reads_no_more(session):
    sequence = SequenceFactory(edition=session.edition, one_slot_per_person=True)
    first, second = (
        SessionFactory(edition=session.edition, sequence=sequence, is_slot=True, seats=9, starts_at=start)
        for start in (session.starts_at + dt.timedelta(hours=hours) for hours in (3, 5))
    )
    publish(session.edition, note="Des créneaux.")
    register(find("demo", first.code), applicant(KNOWN), now=timezone.now(), is_vouched_for=True)
    address, guests = f"/demo/seances/{second.code}/inscription/", [Client(), Client()]
    for guest, email in zip(guests, TYPED, strict=True):
        guest.post(address, form_data(email))
    fill(second, has_waiting_list=False)

    known, unknown = corrected(guests, address)

    assert known == unknown


def test_what_was_answered_is_forgotten_when_a_seat_would_be_given_back(browsers, forms):
    early = answered.forget_answered()
    AnsweredForm.objects.update(until=timezone.now())

    assert (early, answered.forget_answered(), AnsweredForm.objects.count()) == (0, 1, 0)
