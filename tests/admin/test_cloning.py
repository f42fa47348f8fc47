"""A new edition from another one: same days of the week, nothing of what became of the old one, all or nothing."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from innovation_week import cloning
from innovation_week.cloning import Part, clone_edition
from publishing.publish import publish
from sessions.models import Edition, Session
from speakers.models import Candidacy
from tests.conftest import client_of
from tests.factories import (
    PARIS,
    AccountLimitFactory,
    AnswerFactory,
    AudienceFactory,
    CandidacyFactory,
    EditionFactory,
    EmployerFactory,
    LegalNoticeFactory,
    MailTextFactory,
    PrivacyNoticeFactory,
    QuestionFactory,
    RegistrationFactory,
    RoleFactory,
    ServiceFactory,
    SessionFactory,
    TaskFactory,
    UserFactory,
)

CLONE = "/admin/programme/edition/copie/"
MONDAY = dt.date(2018, 11, 19)
NEXT = dt.date(2026, 11, 23)
ALL = [part.value for part in Part]


@pytest.fixture
def source(db) -> Edition:
    edition = EditionFactory(
        slug="2018", name="Semaine 2018", is_current=True, starts_on=MONDAY, summary="25 000 personnes.", tagline="Oser"
    )
    PrivacyNoticeFactory(edition=edition)
    LegalNoticeFactory(edition=edition)
    EmployerFactory(edition=edition, name="Ville de l’exemple")
    MailTextFactory(edition=edition, kind="thanks", heading="Merci d’être venus")
    session = SessionFactory(
        edition=edition,
        title="Fail camp",
        sequence__slug="fail-camp",
        owner=UserFactory(),
        starts_at=dt.datetime(2018, 11, 20, 18, tzinfo=PARIS),
        ask_before=dt.date(2018, 11, 13),
        ends_at=dt.datetime(2018, 11, 20, 20, tzinfo=PARIS),
        internal_note="Le projecteur est tombé en panne.",
        attendance="120 personnes",
        audiences=[AudienceFactory(name="Agents")],
    )
    role = RoleFactory(format=session.format)
    CandidacyFactory(session=session, role=role, speaker__name="Venue", stage="came", note="En retard.")
    CandidacyFactory(session=session, role=role, speaker__name="Refusée", stage="declined")
    SessionFactory(edition=edition, title="Annulée", status=Session.Status.CANCELLED, sequence=session.sequence)
    ServiceFactory(session=session, supplier="Traiteur", state="confirmed", amount=900)
    ServiceFactory(session=session, state="cancelled")
    RegistrationFactory(session=session)
    AnswerFactory(
        registration=session.registrations.get(),
        question=QuestionFactory(format=None, session=session, text="Un régime", text_en="A diet", is_required=True),
    )
    QuestionFactory(format=None, session=session, text="Qui n’est plus posée", is_asked=False)
    QuestionFactory(format=session.format, text="De son format")
    TaskFactory(edition=edition, title="Réserver l’auditorium", offset=-60)
    publish(edition, note="Première version.")
    Session.objects.filter(pk=session.pk).update(seats_taken=12)
    return edition


def make(source: Edition, parts: list[str] = ALL, **fields) -> Edition:
    given = {"name": "Semaine 2026", "slug": "2026", "starts_on": NEXT, **fields}
    return clone_edition(source, parts=parts, user=UserFactory(), **given)


def sent(edition: Edition, **fields) -> dict[str, object]:
    form = {"source": edition.pk, "name": "Semaine 2026", "slug": "2026", "starts_on": "23/11/2026", "parts": ALL}
    return form | fields


def test_a_clone_holds_the_plan_and_nothing_of_what_became_of_it(source):
    target = make(source)

    (session,) = target.sessions.all()
    (candidacy,) = session.candidacies.all()
    old = source.sessions.get(title="Fail camp")
    assert (target.starts_on, target.ends_on, target.is_current) == (NEXT, dt.date(2026, 11, 29), False)
    assert (target.tagline, target.summary) == ("Oser", "")
    assert (session.title, session.sequence.slug, session.sequence.edition) == ("Fail camp", "fail-camp", target)
    assert session.ask_before == dt.date(2026, 11, 17)
    assert session.starts_at == dt.datetime(2026, 11, 24, 18, tzinfo=PARIS)
    assert session.ends_at == dt.datetime(2026, 11, 24, 20, tzinfo=PARIS)
    assert (session.room, session.seats, session.owner) == (old.room, old.seats, old.owner)
    assert [audience.name for audience in session.audiences.all()] == ["Agents"]
    assert (session.status, session.seats_taken, session.published_since) == ("design", 0, None)
    assert (session.attendance, session.internal_note) == ("", "")
    assert session.code != old.code
    assert (candidacy.speaker.name, candidacy.stage, candidacy.note) == ("Venue", "spotted", "")
    (service,) = session.services.all()
    assert (service.supplier, service.state, service.amount) == ("Traiteur", "asked", None)
    assert session.registrations.count() == target.releases.count() == 0
    assert target.privacy_notice.purpose == source.privacy_notice.purpose
    assert [employer.name for employer in target.employers.all()] == ["Ville de l’exemple"]
    assert [(text.kind, text.heading) for text in target.mail_texts.all()] == [("thanks", "Merci d’être venus")]
    assert [(task.title, task.offset) for task in target.tasks.all()] == [("Réserver l’auditorium", -60)]


def test_questions_of_a_session_are_asked_again_and_nobody_has_answered(source):
    (question,) = make(source).sessions.get().questions.all()

    assert (question.text, question.text_en, question.is_required, question.is_asked) == (
        "Un régime",
        "A diet",
        True,
        True,
    )
    assert (question.offered, question.answers.count()) == (
        source.sessions.get(title="Fail camp").questions.first().offered,
        0,
    )
    assert question.history.get().history_user is not None


def test_whoever_has_left_carries_nothing_of_the_new_edition(source):
    AccountLimitFactory(user=source.sessions.get(title="Fail camp").owner, ends_on=dt.date(2020, 1, 1))

    assert make(source).sessions.get().owner is None


def test_slots_come_along_as_slots_of_the_same_sequence(source):
    source.sessions.filter(title="Fail camp").update(is_slot=True)
    source.sequences.update(one_slot_per_person=False)

    target = make(source)

    assert [session.is_slot for session in target.sessions.all()] == [True]
    assert {sequence.one_slot_per_person for sequence in target.sequences.all()} == {False}


def test_the_source_stays_as_it_was(source):
    before = (source.sessions.count(), Candidacy.objects.filter(session__edition=source).count(), source.tasks.count())

    make(source)

    source.refresh_from_db()
    assert source.is_current
    assert before == (2, 2, 1)
    assert (source.sessions.count(), source.sessions.get(title="Fail camp").seats_taken) == (2, 12)


def test_everything_made_names_its_maker_in_the_history(source):
    target = make(source)

    (session,) = target.sessions.all()
    made = [target, session, session.sequence, session.candidacies.get(), target.privacy_notice, target.employers.get()]
    made.append(target.mail_texts.get())
    makers = {record.history_user for row in made for record in type(row).history.filter(id=row.pk)}
    assert len(makers) == 1
    assert None not in makers
    (record,) = session.history.all()
    assert [row.audience.name for row in record.audiences.all()] == ["Agents"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], {"sequences": 0, "sessions": 0, "employers": 0, "tasks": 0}),
        (["sequences"], {"sequences": 1, "sessions": 0, "employers": 0, "tasks": 0}),
        (["sequences", "sessions"], {"sequences": 1, "sessions": 1, "employers": 0, "tasks": 0}),
        (["employers", "tasks"], {"sequences": 0, "sessions": 0, "employers": 1, "tasks": 1}),
    ],
)
def test_only_what_is_chosen_is_taken_over(source, parts, expected):
    target = make(source, parts)

    assert {name: getattr(target, name).count() for name in expected} == expected
    for session in target.sessions.all():
        assert (session.room, session.audiences.count(), session.candidacies.count()) == (None, 0, 0)
        assert session.questions.count() == 0


def test_a_clone_is_made_wholly_or_not_at_all(source, monkeypatch):
    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr(cloning, "copy_tasks", fail)  # the last step
    with pytest.raises(RuntimeError):
        make(source)

    assert list(Edition.objects.all()) == [source]
    assert Session.objects.exclude(edition=source).count() == 0


@pytest.mark.parametrize("slug", ["2018", "admin"])
def test_an_address_that_is_taken_is_refused(source, slug):
    with pytest.raises(ValidationError):
        make(source, slug=slug)


def test_the_number_of_queries_does_not_follow_the_number_of_sessions(source):
    def queries(slug: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            clone_edition(source, name=slug, slug=slug, starts_on=NEXT, parts=ALL)
        return len(captured)

    few = queries("few")
    old = source.sessions.get(title="Fail camp")
    for _number in range(5):
        again = {"sequence": old.sequence, "format": old.format, "room": old.room}
        session = SessionFactory(edition=source, audiences=list(old.audiences.all()), **again)
        CandidacyFactory(session=session, role=old.candidacies.first().role)
        QuestionFactory(format=None, session=session)

    assert queries("many") == few


def test_the_page_shows_then_makes_and_works_on_the_new_edition(project_lead, source):
    shown = project_lead.post(CLONE, sent(source))
    before = Edition.objects.count()
    made = project_lead.post(CLONE, sent(source, make="1"), follow=True)

    html = shown.content.decode()
    assert before == 1
    for told in ["mardi 20 novembre 2018, 18\N{NO-BREAK SPACE}h", "mardi 24 novembre 2026, 18\N{NO-BREAK SPACE}h"]:
        assert told in html
    counts = dict(shown.context["preview"].counts)
    assert counts == {str(part.label): 2 if part == Part.NOTICES else 1 for part in Part}
    assert shown.context["preview"].outside == 0
    assert made.context["edition_choice"].chosen.slug == "2026"
    assert "L’édition «\N{NO-BREAK SPACE}Semaine 2026\N{NO-BREAK SPACE}» est créée" in made.content.decode()


def test_another_weekday_is_told_and_sessions_outside_are_counted(project_lead, source):
    shown = project_lead.post(CLONE, sent(source, starts_on="25/11/2026")).context["preview"]

    assert (shown.keeps_weekday, shown.outside) == (False, 1)  # Tuesday comes before that Wednesday


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"slug": "2018"}, "slug"),
        ({"slug": "admin"}, "slug"),
        ({"starts_on": "23/11/9999"}, "starts_on"),
        ({"starts_on": ""}, "starts_on"),
        ({"parts": ["sessions"]}, "parts"),
        ({"parts": ["sequences", "people"]}, "parts"),
        ({"parts": ["releases"]}, "parts"),
        ({"source": "0"}, "source"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_made(project_lead, source, fields, field):
    response = project_lead.post(CLONE, sent(source, make="1", **fields))

    assert list(response.context["form"].errors) == [field]
    assert Edition.objects.count() == 1


@pytest.mark.parametrize("role", ["Éditorial", "Intervenants", "Logistique", "Accueil", "Lecture"])
def test_who_makes_no_edition_makes_none_from_another(staff, source, role):
    client = client_of(staff(role))

    assert client.get(CLONE).status_code == 403
    assert client.post(CLONE, sent(source, make="1")).status_code == 403
    assert CLONE not in client.get("/admin/programme/edition/").content.decode()
    assert Edition.objects.count() == 1


def test_an_account_limited_to_some_sequences_takes_over_nothing(staff, source):
    lead = staff("Chef de projet")
    AccountLimitFactory(user=lead, only_some_sequences=True, sequences=source.sequences.all())

    assert client_of(lead).post(CLONE, sent(source, make="1")).status_code == 403
    assert Edition.objects.count() == 1


def test_the_list_of_editions_leads_to_the_page(project_lead, source):
    assert CLONE in project_lead.get("/admin/programme/edition/").content.decode()
    assert project_lead.get(CLONE).context["form"].initial["source"] == source
