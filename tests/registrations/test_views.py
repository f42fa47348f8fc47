"""The public form: what it costs, what it says, what it survives."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from publishing.publish import publish
from registrations.models import Registration
from registrations.services import register
from sessions.models import Session
from tests.factories import EmployerFactory
from tests.registrations.conftest import applicant, form_data, sent


@pytest.fixture
def form_url(session):
    return f"/demo/seances/{session.code}/inscription/"


def test_the_form_names_the_session_its_purpose_and_the_end_of_the_data(stranger, form_url, session):
    page = stranger.get(form_url).content.decode()

    assert 'id="inscription"' in page
    for word in ["Fail camp", "given-name", "family-name", 'autocomplete="email"', "organization", "effacés après le"]:
        assert word in page
    assert '<option value="Préfecture de l’Exemple">' in page
    assert "/donnees-personnelles/?edition=demo" in page


@pytest.mark.parametrize("employers", [1, 3])
def test_the_form_asks_the_database_four_questions(stranger, form_url, published, employers, django_assert_num_queries):
    EmployerFactory.create_batch(employers, edition=published.edition)
    with django_assert_num_queries(4):
        stranger.get(form_url)
    with django_assert_num_queries(2):  # laid out once a minute: the release, and the seats of the session
        stranger.get(form_url)


def test_a_form_laid_out_for_somebody_else_shows_the_seats_of_now(stranger, form_url, session):
    assert "S’inscrire</button>" in stranger.get(form_url).content.decode()

    Session.objects.update(seats_taken=2)

    assert "Rejoindre la liste d’attente</button>" in stranger.get(form_url).content.decode()


def test_each_visitor_has_a_token_and_a_key_of_their_own(client, stranger, form_url):
    pages = [visitor.get(form_url).content.decode() for visitor in (client, stranger)]

    values = [re.findall(r'name="(?:csrfmiddlewaretoken|key)" value="([^"]+)"', page) for page in pages]
    assert len(set(values[0] + values[1])) == 4
    assert "~" not in "".join(values[0] + values[1])


def test_the_page_after_the_form_shows_the_address_of_its_visitor_alone(client, stranger, form_url):
    first = client.post(form_url, form_data("a@example.org"), follow=True).content.decode()
    second = stranger.post(form_url, form_data('"<b>x"@example.org'), follow=True).content.decode()

    assert "a@example.org" in first
    assert "a@example.org" not in second
    assert "<b>x" not in second


def test_registering_asks_the_database_eight_questions(stranger, form_url, session, django_assert_max_num_queries):
    stranger.get(form_url)

    # Release, employer, session, same person; seat, registration, transition, message. A test adds a savepoint.
    with django_assert_max_num_queries(10) as asked:
        stranger.post(form_url, form_data())
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) == 8


def test_page_and_form_are_light(stranger, form_url, session):
    EmployerFactory.create_batch(60, edition=session.edition)

    assert len(stranger.get(form_url).content) < 40_000


def test_a_long_list_of_employers_has_its_own_address(stranger, form_url, session):
    made = EmployerFactory.create_batch(2000, edition=session.edition)
    EmployerFactory(name="Ministère d’une autre édition")

    page, answer = stranger.get(form_url).content.decode(), stranger.get("/demo/employeurs.json")

    assert len(page) < 40_000
    assert "<datalist" not in page
    assert 'data-address="/demo/employeurs.json"' in page
    assert sorted(answer.json()) == sorted(["Préfecture de l’Exemple", *(employer.name for employer in made)])
    zipped = stranger.get("/demo/employeurs.json", headers={"Accept-Encoding": "gzip"})
    assert zipped["Content-Encoding"] == "gzip"
    assert "public" in zipped["Cache-Control"]
    assert len(zipped.content) < 25_000


def test_the_employers_of_an_edition_that_is_not_published_are_not_shown(stranger, session):
    EmployerFactory(edition__slug="brouillon")

    assert stranger.get("/brouillon/employeurs.json").status_code == 404


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"seats_taken": 2, "has_waiting_list": False}, "Cette séance est complète."),
        ({"registration_closes_at": timezone.now()}, "Les inscriptions à cette séance sont closes."),
        ({"registration_opens_at": timezone.now() + timezone.timedelta(days=3)}, "Les inscriptions ouvrent le "),
    ],
)
def test_a_session_that_cannot_be_had_says_so_before_and_after_the_form(stranger, form_url, values, words):
    Session.objects.update(**values)

    before, after = stranger.get(form_url).content.decode(), stranger.post(form_url, form_data()).content.decode()

    for page in (before, after):
        assert words in page
        assert 'id="inscription"' not in page
    assert "n’a pas pu être prise" in after
    assert "n’a pas pu être prise" not in before


def test_the_same_form_sent_twice_gives_the_same_page_and_one_registration(stranger, form_url):
    key = re.search(r'name="key" value="([^"]+)"', stranger.get(form_url).content.decode())
    data = form_data(key=key.group(1))

    pages = [stranger.post(form_url, data, follow=True).content for _time in range(2)]

    assert pages[0].count(b"alix@example.org") == pages[1].count(b"alix@example.org") > 0
    assert Registration.objects.count() == 1
    assert len(sent()) == 1


def test_an_answer_lost_with_the_last_seat_is_given_again(stranger, form_url, published):
    register(published, applicant("other@example.org"), now=timezone.now())
    key = re.search(r'name="key" value="([^"]+)"', stranger.get(form_url).content.decode())
    data = form_data(key=key.group(1))
    Client().post(form_url, data)  # the answer never arrives: no cookie, nothing shown

    again = stranger.post(form_url, data, follow=True)

    assert "Votre place est retenue jusqu’au" in again.content.decode()
    assert Session.objects.get().seats_taken == 2


def test_one_form_may_register_two_people_and_again_after_a_cancellation(stranger, form_url):
    key = re.search(r'name="key" value="([^"]+)"', stranger.get(form_url).content.decode()).group(1)

    stranger.post(form_url, form_data("a@example.org", key=key))
    stranger.post(form_url, form_data("b@example.org", key=key))
    Registration.objects.update(state="cancelled")
    Session.objects.update(seats_taken=0)
    stranger.post(form_url, form_data("a@example.org", key=key))

    assert Registration.objects.live().get().email == "a@example.org"
    assert Registration.objects.count() == 3


def test_a_form_open_for_too_long_comes_back_as_it_was_typed(form_url):
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post(form_url, form_data(first_name="Zoé"))

    page = answer.content.decode()
    assert answer.status_code == 403
    assert 'value="Zoé"' in page
    assert "ouverte depuis trop longtemps" in page
    assert Registration.objects.count() == 0

    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    assert strict.post(form_url, form_data(csrfmiddlewaretoken=token)).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", "x" * 101),
        ("last_name", "a\nb"),
        ("email", "x" * 250 + "@example.org"),
        ("email", "alix@example.org\nBcc: all@example.org"),
        ("employer", "\0"),
        ("branch", "nowhere"),
        ("first_name", ""),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(stranger, form_url, field, value):
    answer = stranger.post(form_url, form_data(**{field: value}))

    assert list(answer.context["form"].errors) == [field]
    assert Registration.objects.count() == 0


def test_an_empty_form_says_what_to_enter_in_the_order_of_the_fields(stranger, form_url):
    form = stranger.post(form_url, {}).context["form"]

    assert [error for field in form for error in field.errors] == [
        "Indiquez votre prénom.",
        "Indiquez votre nom.",
        "Indiquez votre adresse électronique.",
        "Indiquez le nom de votre employeur.",
    ]


def test_text_in_every_script_is_welcome_and_escaped(stranger, form_url):
    stranger.post(form_url, form_data(first_name="<b>Zoé</b> 🎉" * 6, last_name="Ñandú Ʒ"), follow=True)

    (mail,) = sent()
    assert "<b>Zoé" not in mail.alternatives[0].content
    assert Registration.objects.get().last_name == "Ñandú Ʒ"


def test_many_forms_for_one_address_are_put_off(stranger, form_url):
    statuses = [stranger.post(form_url, form_data()).status_code for _time in range(31)]

    assert statuses == [302] * 30 + [429]


def test_small_letters_and_unknown_codes_lead_to_the_page_of_the_session(stranger, session):
    for code in (session.code.lower(), "ZZZZZZ"):
        answer = stranger.get(f"/demo/seances/{code}/inscription/")
        assert answer["Location"] == f"/demo/seances/{code}/"


def test_the_page_after_the_form_without_its_receipt_leads_back(stranger, form_url):
    assert stranger.get(f"{form_url}courriel/")["Location"] == form_url


def test_english_all_the_way(stranger, form_url):
    page = stranger.post(f"/en{form_url}", form_data(), follow=True)
    (mail,) = sent()

    assert "Your seat is held until" in page.content.decode()
    assert mail.subject.startswith("[Action required]")
    assert "/en/inscriptions/" in mail.body


def test_the_page_of_a_session_that_was_called_off_says_so(stranger, published, session):
    registration = register(published, applicant(), now=timezone.now())
    Session.objects.update(status="cancelled")
    publish(session.edition, note="Annulation")

    page = stranger.get(f"/inscriptions/{registration.link.token}/").content.decode()

    assert "Cette séance est annulée." in page
    assert "Confirmer mon inscription" not in page
    assert sent() == []


@pytest.mark.parametrize("first_letter", ["À", "一", "𠀀"])
def test_the_longest_answers_fit_in_the_receipt(stranger, form_url, first_letter):
    letters = "".join(chr(ord(first_letter) + place) for place in range(200))
    names = {"first_name": letters[:100], "last_name": letters[100:], "employer": letters}
    mailbox = f"{'x' * 60}@{'y' * 60}.{'z' * 60}.{'w' * 60}.org"

    page = stranger.post(form_url, form_data(mailbox, **names, branch="local", region="53"), follow=True)

    assert page.redirect_chain == [(f"{form_url}courriel/", 302)]
    assert mailbox in page.content.decode()


def test_the_form_names_all_that_is_kept(stranger, form_url):
    page = stranger.get(form_url).content.decode()

    notice = next(part for part in page.split('<p class="note">')[1:] if "gérer votre inscription" in part)
    kept = ["nom", "adresse", "employeur", "versant", "région", "langue de vos courriels"]
    assert [word for word in kept if word not in notice.partition("</p>")[0]] == []
    assert "Les vôtres sont gardés avec l’inscription" in page
