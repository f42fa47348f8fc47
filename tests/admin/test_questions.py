"""Questions are written on the page of a format or a session; answers are read with the registration, and exported."""

import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from registrations.models import Answer, Question
from tests.admin.change_forms import opened
from tests.factories import AnswerFactory, EditionFactory, QuestionFactory, RegistrationFactory, SessionFactory

LIST = reverse("admin:registrations_registration_changelist")


@pytest.fixture
def answer(db) -> Answer:
    session = SessionFactory(edition=EditionFactory(is_current=True))
    return AnswerFactory(registration=RegistrationFactory(session=session), question__text="Votre repas")


def test_a_question_is_written_on_the_page_of_a_format(editor, answer):
    kind = answer.registration.session.format
    page = reverse("admin:programme_format_change", args=[kind.pk])
    assert "Votre repas" in editor.get(page).content.decode()


def test_the_page_of_a_session_asks_its_own_questions(project_lead, answer):
    session = answer.registration.session
    page = reverse("admin:programme_session_change", args=[session.pk])
    data = opened(project_lead, page)
    data |= {
        "questions-TOTAL_FORMS": "1",
        "questions-0-text": "Votre badge",
        "questions-0-text_en": "Your badge",
        "questions-0-kind": "yes_no",
        "questions-0-position": "0",
        "questions-0-is_asked": "on",
    }

    response = project_lead.post(page, data)

    assert response.status_code == 302
    question = Question.objects.get(session=session)
    assert (question.text, question.text_en, question.kind, question.format) == (
        "Votre badge",
        "Your badge",
        "yes_no",
        None,
    )


def test_a_question_that_was_answered_is_kept_and_the_page_says_what_to_do(project_lead, answer):
    kind = answer.registration.session.format
    page = reverse("admin:programme_format_change", args=[kind.pk])
    data = opened(project_lead, page) | {"questions-0-DELETE": "on"}

    project_lead.post(page, data)

    assert Question.objects.count() == 1


def test_the_page_of_a_registration_shows_what_was_answered(receptionist, answer):
    page = reverse("admin:registrations_registration_change", args=[answer.registration_id])
    html = receptionist.get(page).content.decode()

    assert "Votre repas" in html
    assert "Végétarien" in html


def exported(client, query: str = "") -> list[dict[str, str]]:
    answer = client.post(reverse("admin:registrations_registration_export") + query)
    lines = b"".join(answer.streaming_content).decode().removeprefix("\ufeff").splitlines()
    return list(csv.DictReader(lines, delimiter=";"))


def test_the_export_has_a_column_for_each_question_that_its_rows_answer(project_lead, answer):
    session = answer.registration.session
    silent = RegistrationFactory(session=session)
    yes = QuestionFactory(format=None, session=session, text="Cocktail", kind="yes_no", choices="")
    AnswerFactory(registration=silent, question=yes, text="yes")
    AnswerFactory()  # of another edition

    rows = {row["Adresse électronique"]: (row["Votre repas"], row["Cocktail"]) for row in exported(project_lead)}

    assert rows == {answer.registration.email: ("Végétarien", ""), silent.email: ("", "Oui")}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_export_asks_the_database_as_often_for_many_rows(project_lead, answer, rows, django_assert_max_num_queries):
    for registration in RegistrationFactory.create_batch(rows, session=answer.registration.session):
        AnswerFactory(registration=registration, question=answer.question)
    exported(project_lead)

    with django_assert_max_num_queries(20):
        assert len(exported(project_lead)) == rows + 1


def test_a_formula_in_an_answer_is_text_in_the_export(project_lead, answer):
    Answer.objects.update(text="=1+1")

    assert exported(project_lead)[0]["Votre repas"] == "'=1+1"


def test_a_workbook_has_the_same_columns_however_many_there_are(project_lead, answer):
    for number in range(15):
        question = QuestionFactory(format=answer.registration.session.format, text=f"=Question {number}")
        AnswerFactory(registration=answer.registration, question=question)

    response = project_lead.post(reverse("admin:registrations_registration_export"), {"as": "xlsx"})

    heads = [cell.value for cell in load_workbook(io.BytesIO(response.content)).active[1]]
    assert heads[-16:] == ["Votre repas", *(f"=Question {number}" for number in range(15))]
    assert "'=Question 0" in exported(project_lead)[0]
