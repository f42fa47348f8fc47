"""What a form said beside names is not lost when its first address was known already, and nobody sees that it was."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registrations import participants, seats, services, unclaimed
from registrations.models import AccessNeed, Answer, AnsweredForm, Question, Registration, Unclaimed
from tests.factories import AccessNeedFactory, QuestionFactory
from tests.registrations.conftest import applicant, form_data, link_in, sent
from tests.registrations.test_strangers import bare

NEED = "Une place près de la scène"
KNOWN, MEANT = "alix@example.org", "sacha@example.org"


@pytest.fixture
def form_url(session) -> str:
    seats.set_capacity(session, 20)
    return f"/demo/seances/{session.code}/inscription/"


@pytest.fixture
def wish(session) -> Question:
    return QuestionFactory(format=None, session=session, text="Une question à poser", kind="text", choices="")


@pytest.fixture
def known(published) -> Registration:
    return services.register(published, applicant(KNOWN), now=timezone.now())


def said(question: Question) -> dict[str, str]:
    return {
        "access_need": NEED,
        "access_consent": "on",
        "asked": "1",
        f"question_{question.pk}": "Et après ?",
    }


def correct(client, form_url: str, email: str):
    return client.post(f"{form_url}courriel/", {"email": email}, follow=True)


def kept() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Needs, then answers, each with whose it is."""
    needs = AccessNeed.objects.values_list("registration__email", "need").order_by("pk")
    return list(needs), list(Answer.objects.values_list("registration__email", "text").order_by("pk"))


def test_a_need_and_answers_follow_to_the_address_that_was_meant(stranger, form_url, wish, known):
    stranger.post(form_url, form_data(KNOWN) | said(wish))
    before = kept()

    correct(stranger, form_url, MEANT)

    assert before == ([], [])  # nobody says anything for who is known
    assert kept() == ([(MEANT, NEED)], [(MEANT, "Et après ?")])
    assert not Unclaimed.objects.exists()


def test_a_known_address_with_a_need_of_its_own_keeps_it(stranger, form_url, wish, known):
    AccessNeedFactory(registration=known, need="Des sous-titres")

    stranger.post(form_url, form_data(KNOWN) | said(wish))
    correct(stranger, form_url, MEANT)

    assert kept()[0] == [(KNOWN, "Des sous-titres"), (MEANT, NEED)]


def test_they_follow_through_a_second_known_address(stranger, form_url, wish, known, published):
    """The first was new and took a seat, the second is known and takes none."""
    stranger.post(form_url, form_data("premiere@example.org") | said(wish))
    correct(stranger, form_url, KNOWN)
    given_back = Registration.objects.exclude(pk=known.pk).get(email=KNOWN)
    between = list(AccessNeed.objects.all())

    correct(stranger, form_url, MEANT)

    assert given_back.state == "cancelled"
    assert between == []  # of a registration that is over
    assert kept()[0] == [(MEANT, NEED)]
    assert (MEANT, "Et après ?") in kept()[1]


@pytest.mark.usefixtures("same_moment")
def test_the_pages_are_those_of_an_address_that_was_unknown(client, stranger, form_url, wish, known):
    seen = client.post(form_url, form_data(KNOWN) | said(wish), follow=True)
    unseen = stranger.post(form_url, form_data(MEANT) | said(wish), follow=True)
    corrected = [correct(each, form_url, f"juste{n}@example.org") for n, each in enumerate((client, stranger))]

    assert bare(seen) == bare(unseen)
    assert {bare(page).replace("juste0", "juste1") for page in corrected} == {bare(corrected[1])}
    for page in (seen, *corrected):
        assert NEED not in page.content.decode()
        assert NEED not in str(page.cookies)


@pytest.fixture
def mistyped(stranger, form_url, wish) -> str:
    """A form went to the address of somebody else; the page that its mail opens for them."""
    stranger.post(form_url, form_data("quelqu.un@example.org") | said(wish))
    return link_in(sent()[0])


@pytest.mark.parametrize("right", [MEANT, KNOWN])
def test_what_the_person_of_a_mistyped_address_says_does_not_follow(client, stranger, form_url, mistyped, known, right):
    """Nor does it wait for another correction."""
    client.post(mistyped, {"need": "1", "access_need": "Le besoin de quelqu’un", "access_consent": "on"})
    stated = kept()[0]

    correct(stranger, form_url, right)
    correct(stranger, form_url, "enfin@example.org")

    assert stated == [("quelqu.un@example.org", "Le besoin de quelqu’un")]
    assert (kept()[0], Unclaimed.objects.exclude(need="").count()) == ([], 0)
    assert ("enfin@example.org", "Et après ?") in kept()[1]


@pytest.mark.parametrize("right", [MEANT, KNOWN])
def test_the_name_that_the_person_of_a_mistyped_address_gave_does_not_follow(
    client, stranger, form_url, mistyped, known, right
):
    made = Registration.objects.get(email="quelqu.un@example.org")
    space = participants.of(made).link
    client.post(f"/espace/{space.token}/", {"first_name": "Quelqu’un", "last_name": "D’autre"})

    correct(stranger, form_url, right)
    correct(stranger, form_url, "enfin@example.org")

    assert str(Registration.objects.live().get(email="enfin@example.org")) == "Alix Témoin"
    assert not Registration.objects.filter(first_name="Quelqu’un").exists()


def test_another_browser_claims_nothing(client, stranger, form_url, wish, known):
    client.post(form_url, form_data(KNOWN) | said(wish))

    stranger.post(form_url, form_data(KNOWN))
    correct(stranger, form_url, MEANT)

    assert kept() == ([], [])


def test_who_said_nothing_leaves_nothing(stranger, form_url, known):
    stranger.post(form_url, form_data(KNOWN))

    assert not Unclaimed.objects.exists()


def test_it_ends_with_the_hour_in_which_the_address_may_be_corrected(stranger, form_url, wish, known):
    stranger.post(form_url, form_data(KNOWN) | said(wish))
    Unclaimed.objects.update(said_at=timezone.now() - dt.timedelta(minutes=61))

    correct(stranger, form_url, MEANT)

    assert kept() == ([], [])


def test_what_nobody_claims_is_erased(stranger, form_url, wish, known):
    stranger.post(form_url, form_data(KNOWN) | said(wish))
    early = unclaimed.forget_unclaimed()
    Unclaimed.objects.update(said_at=timezone.now() - dt.timedelta(minutes=61))

    assert (early, unclaimed.forget_unclaimed(), Unclaimed.objects.count()) == (0, 1, 0)


def test_a_question_taken_away_meanwhile_is_not_answered(stranger, form_url, wish, known):
    stranger.post(form_url, form_data(KNOWN) | said(wish))
    wish.delete()

    correct(stranger, form_url, MEANT)

    assert kept() == ([(MEANT, NEED)], [])


@pytest.fixture
def filled_in_anew(stranger, form_url, session, wish, known) -> Callable[[dict[str, str]], str]:
    """The session filled between the form and its correction, which comes when no seat would be held any more."""

    def page(typed: dict[str, str]) -> str:
        stranger.post(form_url, form_data(KNOWN) | typed)
        seats.set_capacity(session, 1)
        AnsweredForm.objects.update(until=timezone.now())
        return str(correct(stranger, form_url, MEANT).content.decode())

    return page


def test_a_session_that_filled_meanwhile_shows_the_form_with_what_was_typed(filled_in_anew, wish):
    page = filled_in_anew(said(wish))

    assert "Cette séance est complète." in page
    assert ('value="Témoin"' in page, "Et après ?" in page) == (True, True)


@pytest.mark.parametrize("typed", [{}, {"access_need": NEED, "access_consent": "on"}])
def test_the_need_is_not_shown_to_whoever_sits_there_next_and_is_to_be_said_again(filled_in_anew, typed):
    """Nor whether there was one."""
    page = filled_in_anew(typed)

    assert NEED not in page
    assert "Par discrétion, votre besoin n’est pas repris ici" in page
    assert "checked" not in page[page.index('name="access_consent"') - 200 :][:300]


def test_a_form_that_says_nothing_costs_no_query_more(stranger, form_url, known):
    with CaptureQueriesContext(connection) as seen:
        stranger.post(form_url, form_data(MEANT))

    assert not [query for query in seen if "unclaimed" in query["sql"]]
    assert len(sent()) == 2
