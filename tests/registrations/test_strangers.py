"""No page tells a stranger whether an address is known, and nobody acts for somebody else."""

import re

import pytest
from django.utils import timezone

from outbox.models import Message
from publishing.publish import publish
from registrations import seats
from registrations.models import Employer, Registration
from registrations.published import find
from registrations.services import confirm, register
from sessions.models import Session
from tests.registrations.conftest import applicant, form_data, link_in, sent

pytestmark = pytest.mark.usefixtures("same_moment")


@pytest.fixture
def form_url(session):
    return f"/demo/seances/{session.code}/inscription/"


@pytest.fixture
def known(published):
    registration = register(
        published,
        applicant("alix@example.org", first_name="Prénom-secret", employer_name="Employeur-secret"),
        now=timezone.now(),
    )
    sent()
    Message.objects.update(created_at=timezone.now() - timezone.timedelta(minutes=5))
    return registration


def bare(response) -> str:
    """Without what differs from one answer to the next: the token, the key of the form, the address."""
    text = re.sub(r'(name="(?:csrfmiddlewaretoken|key)"[^>]*value=")[^"]*', r"\1", response.content.decode())
    return re.sub(r"(alix|sacha)@example\.org", "X", text)


def post(client, url: str, email: str):
    return client.post(url, form_data(email, first_name="Curieux"), follow=True)


def test_a_known_address_gets_the_page_of_an_unknown_one(client, stranger, form_url, known):
    seen, unseen = post(client, form_url, "alix@example.org"), post(stranger, form_url, "sacha@example.org")

    assert bare(seen) == bare(unseen)
    assert (seen.status_code, seen.redirect_chain) == (unseen.status_code, unseen.redirect_chain)
    assert "secret" not in seen.content.decode()


@pytest.mark.parametrize("state", ["held", "confirmed"])
def test_registering_again_changes_nothing_and_mails_the_link(client, form_url, published, known, state):
    if state == "confirmed":
        confirm(known, published, now=timezone.now())
        sent()
        Message.objects.update(created_at=timezone.now() - timezone.timedelta(minutes=5))
    before = Registration.objects.values().get()

    post(client, form_url, "Alix@Example.org")

    (again,) = sent()
    assert again.to == ["alix@example.org"]
    assert known.link.token in again.body
    assert Registration.objects.values().get() == before
    known.session.refresh_from_db()
    assert known.session.seats_taken == 1


def test_the_mail_of_a_confirmation_just_made_does_not_stand_for_a_fresh_one(client, form_url, published, known):
    confirm(known, published, now=timezone.now())
    sent()

    post(client, form_url, "alix@example.org")

    assert [mail.subject.partition(":")[0].strip() for mail in sent()] == ["Votre lien"]


def test_a_full_session_gives_everybody_the_same_page_and_mails_a_known_address(
    client, stranger, form_url, session, known
):
    seats.set_capacity(session, 1)

    seen, unseen = post(client, form_url, "alix@example.org"), post(stranger, form_url, "sacha@example.org")

    assert bare(seen) == bare(unseen)
    assert "Cette séance est complète." in seen.content.decode()
    assert [message.to for message in sent()] == [["alix@example.org"]]


@pytest.mark.parametrize("most", [0, 4])
def test_a_party_that_finds_no_seats_gives_everybody_the_same_page(client, stranger, form_url, session, known, most):
    Session.objects.filter(pk=session.pk).update(seats=3, most_companions=most)

    seen, unseen = (
        browser.post(form_url, form_data(email, party="4"), follow=True)
        for browser, email in [(client, "alix@example.org"), (stranger, "sacha@example.org")]
    )

    assert bare(seen) == bare(unseen)
    assert seen.redirect_chain == unseen.redirect_chain == []
    assert Registration.objects.count() == 1


def test_who_waits_for_the_full_room_of_a_hybrid_session_reads_the_same(client, stranger, session):
    Session.objects.filter(pk=session.pk).update(is_online=True, seats=1, online_seats=5, has_waiting_list=True)
    publish(session.edition, note="Hybride.")
    published = find(session.edition.slug, session.code)
    register(published, applicant("alix@example.org"), now=timezone.now())
    sent()
    url = f"/demo/seances/{session.code}/inscription/"

    seen, unseen = (
        browser.post(url, form_data(email, attends="room", wait=""), follow=True)
        for browser, email in [(client, "alix@example.org"), (stranger, "sacha@example.org")]
    )

    assert Registration.objects.get(email="sacha@example.org").state == "waiting"
    assert bare(seen) == bare(unseen)


def test_correcting_moves_only_what_the_same_browser_has_asked_for(client, stranger, form_url, known):
    post(stranger, form_url, "alix@example.org")
    stranger.post(f"{form_url}courriel/", {"email": "voleur@example.org"})

    known.refresh_from_db()
    assert (known.email, known.link_version) == ("alix@example.org", 1)
    assert Registration.objects.get(email="voleur@example.org").first_name == "Curieux"

    assert client.post(f"{form_url}courriel/", {"email": "voleur@example.org"}).status_code == 302
    assert Registration.objects.count() == 2  # without the form's receipt, only a way back to the form


def test_correcting_an_address_revokes_the_link_that_went_to_the_wrong_one(client, form_url):
    post(client, form_url, "alix@gmial.com")
    wrong = link_in(sent()[0])
    page = client.get(f"{form_url}courriel/").content.decode()
    assert 'value="alix@gmail.com"' in page

    client.post(f"{form_url}courriel/", {"email": "alix@gmail.com"})

    registration = Registration.objects.get()
    (fresh,) = sent()
    assert (registration.email, registration.email_key, registration.first_name) == (
        "alix@gmail.com",
        "alix@gmail.com",
        "Curieux",
    )
    assert fresh.to == ["alix@gmail.com"]
    assert client.get(wrong).status_code == 410
    assert client.get(link_in(fresh)).status_code == 200


def test_the_old_form_sent_again_after_a_correction_takes_no_second_seat(client, form_url):
    key = re.search(r'name="key" value="([^"]+)"', client.get(form_url).content.decode()).group(1)
    client.post(form_url, form_data("alix@gmial.com", key=key))
    client.post(f"{form_url}courriel/", {"email": "alix@gmail.com"})

    page = client.post(form_url, form_data("alix@gmial.com", key=key), follow=True).content.decode()

    assert Session.objects.get().seats_taken == 1
    assert Registration.objects.get().email == "alix@gmail.com"
    assert "alix@gmail.com" in page
    assert {message.to[0] for message in sent()} == {"alix@gmail.com"}


def test_a_mail_not_sent_yet_is_dropped_when_its_address_is_corrected(client, form_url):
    post(client, form_url, "alix@gmial.com")
    client.post(f"{form_url}courriel/", {"email": "alix@gmail.com"})

    assert [message.to for message in sent()] == [["alix@gmail.com"]]
    assert Message.objects.get(to="alix@gmial.com").state == "dropped"


def test_correcting_to_a_known_address_gives_the_seat_back_and_shows_the_same_page(
    client, stranger, form_url, session, known
):
    seats.set_capacity(session, 5)
    post(client, form_url, "dominique@example.org")
    post(stranger, form_url, "dominique2@example.org")
    seen = client.post(f"{form_url}courriel/", {"email": "alix@example.org"}, follow=True)
    unseen = stranger.post(f"{form_url}courriel/", {"email": "sacha@example.org"}, follow=True)

    assert bare(seen) == bare(unseen)
    assert Registration.objects.get(email="alix@example.org", first_name="Curieux").state == "cancelled"
    assert not Registration.objects.filter(email="dominique@example.org").exists()
    assert seats.recount() == []
    assert ["alix@example.org"] in [message.to for message in sent()]


def test_the_link_of_a_wrong_address_tells_nothing_of_the_right_one(client, stranger, form_url, session, known):
    seats.set_capacity(session, 5)
    links = []
    for browser, wrong, right in [
        (client, "dominique@example.org", "alix@example.org"),
        (stranger, "dominique2@example.org", "sacha@example.org"),
    ]:
        post(browser, form_url, wrong)
        links.append(link_in(next(message for message in sent() if message.to == [wrong])))
        browser.post(f"{form_url}courriel/", {"email": right}, follow=True)

    seen, unseen = (client.get(link) for link in links)

    pages = [bare(page).replace(link, "") for page, link in zip((seen, unseen), links, strict=True)]
    assert (seen.status_code, pages[0]) == (unseen.status_code, pages[1])
    assert not Registration.objects.filter(email_key__startswith="dominique").exists()


def test_asking_for_links_gets_one_answer_and_only_a_known_address_gets_mail(client, stranger, known):
    seen = client.post("/inscriptions/", {"email": "ALIX@example.org"}, follow=True)
    unseen = stranger.post("/inscriptions/", {"email": "sacha@example.org"}, follow=True)

    assert bare(seen) == bare(unseen)
    assert "Si cette adresse est connue" in seen.content.decode()
    (answer,) = sent()
    assert known.link.token in answer.body
    assert Message.objects.get(to="sacha@example.org").state == "dropped"


def test_asking_for_links_again_and_again_sends_a_few_mails(client, known):
    for _time in range(10):
        assert client.post("/inscriptions/", {"email": "alix@example.org"}).status_code == 302

    assert Message.objects.filter(kind="registration_links").count() == 5


@pytest.mark.parametrize("forge", [lambda token: token[:-2] + "AA", lambda token: token[:20], lambda token: "x" * 43])
def test_a_forged_link_opens_a_page_that_helps(client, known, forge):
    answer = client.get(f"/inscriptions/{forge(known.link.token)}/")

    assert answer.status_code == 404
    assert "Recevoir à nouveau mon lien" in answer.content.decode()
    assert client.post(f"/inscriptions/{forge(known.link.token)}/", {"action": "cancel"}).status_code == 404
    known.refresh_from_db()
    assert known.state == "held"


def test_a_personal_page_is_neither_kept_nor_indexed_nor_told_to_other_sites(client, known):
    for path in (f"/inscriptions/{known.link.token}/", "/inscriptions/forged/"):
        answer = client.get(path)
        assert (answer["Referrer-Policy"], answer["Cache-Control"], answer["X-Robots-Tag"]) == (
            "strict-origin",
            "private, no-store",
            "noindex, nofollow",
        )


def test_a_placeholder_typed_as_a_name_stays_text(client, form_url, known):
    client.post(form_url, form_data("sacha@example.org", first_name=str(known.link)))

    (mail,) = sent()
    assert known.link.token not in mail.body + mail.alternatives[0].content + mail.subject


@pytest.mark.parametrize("cookie", ["", "x", "e30:1:2", "é"])
def test_a_receipt_that_is_not_ours_leads_back_to_the_form(client, form_url, cookie):
    client.cookies["registration"] = cookie

    assert client.get(f"{form_url}courriel/")["Location"] == form_url
    assert client.post(f"{form_url}courriel/", {"email": "alix@example.org"})["Location"] == form_url


def test_an_employer_withdrawn_from_the_list_meanwhile_does_not_stop_a_correction(client, form_url, known):
    post(client, form_url, "alix@example.org")
    Employer.objects.all().delete()

    client.post(f"{form_url}courriel/", {"email": "sacha@example.org"})

    registration = Registration.objects.get(email="sacha@example.org")
    assert (registration.employer, registration.employer_name) == (None, "Préfecture de l’Exemple")


def test_a_form_filled_in_anew_after_a_correction_is_shown_to_its_browser_alone(client, stranger, session):
    address = f"/demo/seances/{session.code}/inscription/"
    client.post(address, form_data("alix@example.org"))
    Registration.objects.all().delete()
    Session.objects.update(seats_taken=2)

    mine = client.post(f"{address}courriel/", {"email": "alix.temoin@example.org"}).content.decode()
    theirs = stranger.get(address).content.decode()

    assert 'value="Témoin"' in mine
    assert "Rejoindre la liste d’attente</button>" in theirs
    assert "Témoin" not in theirs
