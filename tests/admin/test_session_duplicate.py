import pytest

from registrations.models import Question
from sessions.models import Session
from speakers.models import Candidacy
from tests.factories import (
    AnswerFactory,
    AudienceFactory,
    CandidacyFactory,
    EditionFactory,
    QuestionFactory,
    RegistrationFactory,
    SessionFactory,
    at,
)

LIST = "/admin/programme/session/"
DUPLICATE = f"{LIST}dupliquer/"


@pytest.fixture
def session(db):
    edition = EditionFactory(is_current=True, slug="semaine")
    session = SessionFactory(edition=edition, title="Fail camp", lead="Trois échecs.", audiences=[AudienceFactory()])
    RegistrationFactory(session=session)
    Session.objects.filter(pk=session.pk).update(seats_taken=12)
    return session


def test_a_copy_is_an_idea_that_nothing_has_happened_to(editor, session):
    page = editor.get(f"{DUPLICATE}?ids={session.pk}")
    done = editor.post(DUPLICATE, {"ids": session.pk, "parts": ["texts", "seats"]})

    copy = Session.objects.exclude(pk=session.pk).get()
    assert "Fail camp" in page.content.decode()
    assert done["Location"] == f"{LIST}{copy.pk}/change/"
    assert (copy.title, copy.lead, copy.status, copy.seats) == ("Fail camp (copie)", "Trois échecs.", "idea", 30)
    assert (copy.seats_taken, copy.published_since, copy.starts_at, copy.room) == (0, None, None, None)
    assert copy.code != session.code
    assert copy.audiences.get() == session.audiences.get()
    assert (copy.registrations.count(), copy.history.count() > 0) == (0, True)


def test_a_copy_of_a_slot_is_a_slot(editor, session):
    Session.objects.update(is_slot=True)

    editor.post(DUPLICATE, {"ids": session.pk})

    assert Session.objects.exclude(pk=session.pk).get().is_slot


def test_questions_of_the_session_are_asked_in_the_copy_too_and_nobody_has_answered(editor, session):
    asked = AnswerFactory(
        registration=session.registrations.get(), question__format=None, question__session=session, text="Végétarien"
    ).question
    QuestionFactory(format=None, session=session, is_asked=False)
    QuestionFactory(format=session.format)

    editor.post(DUPLICATE, {"ids": session.pk, "parts": ["questions"]})

    copied = Question.objects.get(session=Session.objects.exclude(pk=session.pk).get())
    assert (copied.text, copied.choices, copied.answers.count()) == (asked.text, asked.choices, 0)
    assert asked.answers.count() == 1


def test_people_are_to_be_asked_again_and_only_by_who_may(editor, project_lead, session):
    asked = CandidacyFactory(session=session)
    CandidacyFactory(session=session, stage=Candidacy.Stage.DECLINED)

    editor.post(DUPLICATE, {"ids": session.pk, "parts": ["people"]})
    assert Candidacy.objects.count() == 2
    project_lead.post(DUPLICATE, {"ids": session.pk, "parts": ["people"]})

    copied = Candidacy.objects.exclude(session=session).get()
    assert (copied.speaker, copied.role, copied.stage) == (asked.speaker, asked.role, "to_contact")


def test_several_are_copied_from_the_list(editor, session):
    other = SessionFactory(edition=session.edition, title="T" * 200)
    page = editor.post(LIST, {"action": "duplicate_several", "_selected_action": [session.pk, other.pk]})

    editor.post(DUPLICATE, {"ids": page.context["form"]["ids"].value(), "parts": ["time", "place"]})

    titles = [copy.title for copy in Session.objects.order_by("-pk")[:2]]
    assert sorted(titles) == ["Fail camp (copie)", "T" * 192 + " (copie)"]


def test_who_may_not_add_copies_nothing(logistician, session):
    assert logistician.get(f"{DUPLICATE}?ids={session.pk}").status_code == 403
    assert logistician.post(DUPLICATE, {"ids": session.pk}).status_code == 403
    assert Session.objects.count() == 1
    assert DUPLICATE not in logistician.get(f"{LIST}{session.pk}/change/").content.decode()


def test_the_form_leads_to_the_copy(editor, session):
    assert f"{DUPLICATE}?ids={session.pk}" in editor.get(f"{LIST}{session.pk}/change/").content.decode()


def test_the_day_to_ask_before_goes_with_accessibility(editor, session):
    Session.objects.update(captions=True, ask_before=at(0).date())

    editor.post(DUPLICATE, {"ids": session.pk, "parts": ["access"]})

    copy = Session.objects.exclude(pk=session.pk).get()
    assert (copy.captions, copy.ask_before) == (True, at(0).date())
