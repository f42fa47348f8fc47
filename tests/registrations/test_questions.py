"""What a form asks beside names: of a format or of one session, in two languages, answered for the staff only."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from publishing.publish import publish
from registrations import questions, services
from registrations.models import Answer, Question, Registration
from registrations.retention import _erase
from tests.factories import AnswerFactory, QuestionFactory, RegistrationFactory, SessionFactory
from tests.registrations.conftest import applicant, form_data

ASKED = {"asked": "1"}


@pytest.fixture
def form_url(session) -> str:
    return f"/demo/seances/{session.code}/inscription/"


@pytest.fixture
def meal(session) -> Question:
    return QuestionFactory(format=session.format, text="Votre repas", text_en="Your meal", is_required=True, position=1)


@pytest.fixture
def wish(session) -> Question:
    return QuestionFactory(format=None, session=session, text="Une question à poser", kind="text", choices="")


def name(question: Question) -> str:
    return f"question_{question.pk}"


def answers() -> list[tuple[str, str]]:
    return list(Answer.objects.values_list("question__text", "text"))


def test_the_form_asks_what_its_format_asks_then_what_the_session_asks(stranger, form_url, meal, wish, session):
    QuestionFactory(text="D’un autre format")
    QuestionFactory(format=None, session=SessionFactory(edition=session.edition), text="D’une autre séance")
    QuestionFactory(format=session.format, text="Qui n’est plus posée", is_asked=False)

    page = stranger.get(form_url).content.decode()

    assert page.index("Votre repas") < page.index("Une question à poser")
    assert page.count('value="Végétarien"') == 1
    for other in ("D’un autre format", "D’une autre séance", "Qui n’est plus posée"):
        assert other not in page


def test_two_sessions_whose_forms_are_laid_out_in_one_minute_ask_their_own(stranger, form_url, session, wish):
    other = SessionFactory(edition=session.edition, format=session.format)
    publish(session.edition, note="Une de plus.")

    pages = [stranger.get(url).content.decode() for url in (form_url, f"/demo/seances/{other.code}/inscription/")]

    assert ["Une question à poser" in page for page in pages] == [True, False]


def test_answers_are_kept_with_the_registration(stranger, form_url, meal, wish):
    stranger.post(form_url, form_data() | ASKED | {name(meal): "Végétarien", name(wish): "Et après ?"})

    assert answers() == [("Votre repas", "Végétarien"), ("Une question à poser", "Et après ?")]
    assert {answer.registration.email for answer in Answer.objects.all()} == {"alix@example.org"}


def test_the_form_says_for_whom_answers_are_and_until_when(stranger, form_url, meal):
    assert "Vos réponses sont réservées" in stranger.get(form_url).content.decode()


def test_a_required_question_left_empty_is_named_and_what_was_typed_stays(stranger, form_url, meal, wish):
    page = stranger.post(form_url, form_data() | ASKED | {name(wish): "Et après ?"}).content.decode()

    assert f'href="#id_{name(meal)}_0"' in page
    assert "Choisissez une réponse." in page
    assert "Et après ?" in page
    assert Registration.objects.count() == 0


def test_a_choice_that_was_taken_away_meanwhile_says_so(stranger, form_url, meal):
    page = stranger.post(form_url, form_data() | ASKED | {name(meal): "Poisson"}).content.decode()

    assert "n’est plus proposé" in page
    assert Registration.objects.count() == 0


def test_what_is_optional_may_stay_unanswered(stranger, form_url, wish, session):
    coming = QuestionFactory(format=session.format, text="Cocktail", kind="yes_no", choices="")

    page = stranger.get(form_url).content.decode()
    stranger.post(form_url, form_data() | ASKED | {name(coming): "", name(wish): ""})

    assert "Sans réponse" in page
    assert (Registration.objects.count(), answers()) == (1, [])


def test_in_english_the_words_are_english_and_the_answer_is_kept_in_one_language(stranger, session, meal):
    url = f"/en/demo/seances/{session.code}/inscription/"
    page = stranger.get(url).content.decode()
    stranger.post(url, form_data() | ASKED | {name(meal): "Végétarien"})

    assert "Your meal" in page
    assert "Vegetarian" in page
    assert answers() == [("Votre repas", "Végétarien")]


def test_a_form_that_was_open_before_the_question_was_asked_still_registers(stranger, form_url, meal):
    stranger.post(form_url, form_data())

    assert (Registration.objects.count(), answers()) == (1, [])


def test_a_question_that_is_new_stands_in_the_next_form(stranger, form_url, session):
    assert "Votre repas" not in stranger.get(form_url).content.decode()

    QuestionFactory(format=session.format, text="Votre repas")

    assert "Votre repas" in stranger.get(form_url).content.decode()


def test_a_session_without_questions_asks_the_database_nothing_more(
    stranger, form_url, published, django_assert_num_queries
):
    QuestionFactory(text="D’un autre format")
    with django_assert_num_queries(4):
        stranger.get(form_url)
    with django_assert_num_queries(2):
        stranger.get(form_url)
    with django_assert_num_queries(10) as asked:  # as tests/registrations/test_views.py counts them
        stranger.post(form_url, form_data())
    assert "question" not in "".join(query["sql"] for query in asked)


def test_the_same_person_again_changes_no_answer(stranger, form_url, published, meal):
    services.register(published, applicant(answers=((meal.pk, "Végétarien"),)), now=timezone.now())

    stranger.post(form_url, form_data() | ASKED | {name(meal): "Sans préférence"})

    assert answers() == [("Votre repas", "Végétarien")]


def test_free_text_is_erased_with_the_name_and_what_was_chosen_stays_to_be_counted(meal, wish):
    registration = RegistrationFactory(session=wish.session)
    AnswerFactory(registration=registration, question=meal)
    AnswerFactory(registration=registration, question=wish, text="Alix vous salue")
    AnswerFactory(question=wish, text="De quelqu’un d’autre")

    _erase([registration.pk])

    assert answers() == [("Votre repas", "Végétarien"), ("Une question à poser", "De quelqu’un d’autre")]


@pytest.mark.parametrize("choices", ["", "Un seul", "Un seul\n | Only"])
def test_a_question_with_choices_offers_two_at_least(session, choices):
    with pytest.raises(ValidationError) as refused:
        Question(format=session.format, text="Lequel", choices=choices).full_clean()

    assert refused.value.messages == ["Donnez de deux à 20 choix, un par ligne."]


def test_choices_are_read_line_by_line_with_their_english(db):
    question = Question(text="Lequel", choices="Végétarien | Vegetarian\r\n\r\n  Sans préférence \n| nothing\n")

    assert question.offered == {"Végétarien": "Vegetarian", "Sans préférence": "Sans préférence"}


def test_what_the_rows_of_a_list_answer_is_found_once_each(meal, wish):
    for text in ("Végétarien", "Sans préférence"):
        AnswerFactory(registration=RegistrationFactory(session=wish.session), question=meal, text=text)

    assert questions.answered_by(Registration.objects.all()) == [meal]
