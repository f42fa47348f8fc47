"""Publish this session, cancel it, postpone it, go back: two clicks and a note, from its page."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from publishing.models import Release
from publishing.publish import publish
from sessions.models import Session
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    EditionFactory,
    RegistrationFactory,
    RoleFactory,
    SessionFactory,
    SpeakerFactory,
    at,
)

pytestmark = pytest.mark.django_db

PAGES = ["publish", "cancel", "postpone", "revert"]


@pytest.fixture
def session(db) -> Session:
    edition = EditionFactory(is_current=True, slug="semaine")
    session = SessionFactory(edition=edition, title="Fail camp")
    publish(edition, note="Ouverture")
    return session


def address(page: str, session: Session) -> str:
    return reverse(f"admin:programme_session_{page}", args=[session.pk])


def public(session: Session):
    return Release.objects.newest_first()[0].programme().item_by_code[session.code]


def rename(session: Session, title: str) -> None:
    session.title = title
    session.save()


def seen(client, page: str, session: Session) -> dict[str, object]:
    """What the page sends back: the comparison that the person has read."""
    context = client.get(address(page, session)).context
    if page == "revert":
        return {"seen": context["seen"]}
    return {name: context["form"][name].value() for name in ("expected", "seen") if name in context["form"].fields}


def test_the_addresses_are_french(session):
    words = [address(page, session).split("/")[-2] for page in PAGES]

    assert words == ["publier", "annuler", "reporter", "revenir"]


def test_two_clicks_and_a_note_publish_a_typo_alone(project_lead, session):
    waiting = SessionFactory(edition=session.edition, title="Brouillon qui attend")
    rename(session, "Fail camp corrigé")

    form = project_lead.get(reverse("admin:programme_session_change", args=[session.pk]))
    page = project_lead.get(address("publish", session))
    told = seen(project_lead, "publish", session)
    answer = project_lead.post(address("publish", session), {"note": "Une coquille.", **told})

    assert address("publish", session) in form.content.decode()
    html = page.content.decode()
    assert "Fail camp corrigé" in html
    assert "Brouillon qui attend" not in html
    assert answer["Location"] == reverse("admin:programme_session_change", args=[session.pk])
    release = Release.objects.get(number=2)
    assert (public(session).title, release.only, release.note) == ("Fail camp corrigé", [session.code], "Une coquille.")
    assert waiting.code not in release.programme().item_by_code


def test_a_session_is_cancelled_an_hour_before(project_lead, session):
    RegistrationFactory.create_batch(3, session=session)

    page = project_lead.get(address("cancel", session))
    project_lead.post(address("cancel", session), {"note": "Annulée.", "expected": 1})
    stranger = project_lead.get(reverse("publishing:session", args=["semaine", session.code]))

    assert page.context["registered"] == 3
    assert "3 personnes sont inscrites" in page.content.decode()
    assert "Fail camp" in page.context["form"]["note"].value()
    assert "est annulée" in stranger.content.decode()
    assert session.registrations.live().count() == 3
    session.refresh_from_db()
    assert session.status == Session.Status.CANCELLED


def test_what_was_published_meanwhile_is_read_again_first(project_lead, session):
    rename(session, "La mienne")
    other = SessionFactory(edition=session.edition)
    publish(session.edition, note="D’une autre personne", only=[other.code])

    for page in ("publish", "cancel", "postpone"):
        told = {**seen(project_lead, page, session), "expected": 1}
        answer = project_lead.post(address(page, session), {"note": "La mienne", **told})
        assert "publiée entre-temps" in answer.content.decode()
        assert answer.context["form"]["expected"].value() == 2
    assert Release.objects.count() == 2
    session.refresh_from_db()
    assert session.status == Session.Status.APPROVED


def test_postponing_shows_what_changes_then_gives_the_new_date(project_lead, session):
    new = {"starts_at_0": at(14, day=2).date().isoformat(), "starts_at_1": "14:00", "ends_at_0": "", "ends_at_1": ""}

    preview = project_lead.post(address("postpone", session), {**new, "note": "", "expected": 1, "preview": "1"})
    nothing = Release.objects.count()
    project_lead.post(address("postpone", session), {**new, "note": "Reportée.", "expected": 1})

    assert [section.title for section in preview.context["sections"]] == ["Déplacées"]
    assert nothing == 1
    assert (public(session).slot.starts_at, public(session).slot.ends_at) == (at(14, day=2), at(15, day=2))


@pytest.mark.parametrize(
    "times",
    [
        {"starts_at_0": "", "starts_at_1": "", "ends_at_0": "2030-01-01", "ends_at_1": "10:00"},
        {"starts_at_0": "2030-01-01", "starts_at_1": "", "ends_at_0": "", "ends_at_1": ""},
        {"starts_at_0": "2030-01-01", "starts_at_1": "10:00", "ends_at_0": "2030-01-01", "ends_at_1": "09:00"},
        {"starts_at_0": "demain", "starts_at_1": "10:00", "ends_at_0": "", "ends_at_1": ""},
    ],
)
def test_a_date_that_is_not_whole_publishes_nothing(project_lead, session, times):
    answer = project_lead.post(address("postpone", session), {**times, "note": "Reportée.", "expected": 1})

    assert answer.context["form"].errors
    assert Release.objects.count() == 1


def test_a_blocked_session_is_forced_by_who_may_with_a_reason(project_lead, session, staff):
    rename(session, "Forcée")
    RoleFactory(format=session.format, name="pionnier", required=1)
    lead = staff("Éditorial")
    lead.user_permissions.add(Permission.objects.get(codename="add_release"))
    without = client_of(lead)
    data = {"note": "Forcée.", "reason": "Confirmée au téléphone", **seen(project_lead, "publish", session)}

    page, refused = without.get(address("publish", session)), without.post(address("publish", session), data)
    asked = project_lead.post(address("publish", session), {**data, "reason": ""})
    count = Release.objects.count()
    project_lead.post(address("publish", session), data)

    assert 'name="reason"' not in page.content.decode()
    assert refused.status_code == 403
    assert "pionnier" in asked.content.decode()
    assert count == 1
    assert Release.objects.get(number=2).reason == "Confirmée au téléphone"
    told = project_lead.get(reverse("admin:publishing_release_change", args=[Release.objects.get(number=2).pk]))
    assert "Confirmée au téléphone" in told.content.decode()


def test_going_back_shows_both_versions_then_restores(editor, session):
    rename(session, "Titre abandonné")

    page = editor.get(address("revert", session))
    answer = editor.post(address("revert", session), seen(editor, "revert", session), follow=True)

    html = page.content.decode()
    assert "Titre abandonné" in html
    assert "Fail camp" in html
    session.refresh_from_db()
    assert session.title == "Fail camp"
    assert "de nouveau" in answer.content.decode()


def test_what_a_colleague_has_saved_meanwhile_is_neither_published_nor_thrown_away(project_lead, session):
    rename(session, "Lu et relu")
    told = {page: seen(project_lead, page, session) for page in ("publish", "revert")}
    rename(session, "D’un collègue, à moitié")

    published = project_lead.post(address("publish", session), {"note": "Lu et relu", **told["publish"]})
    reverted = project_lead.post(address("revert", session), told["revert"], follow=True)

    for answer in (published, reverted):
        assert "modifiée entre-temps" in answer.content.decode()
        assert "D’un collègue, à moitié" in answer.content.decode()
    session.refresh_from_db()
    assert (Release.objects.count(), session.title) == (1, "D’un collègue, à moitié")


def test_what_could_not_be_brought_back_is_said(editor, session):
    speaker = SpeakerFactory(name="Camille Exemple")
    role = RoleFactory(format=session.format)
    session.candidacies.create(role=role, speaker=speaker, stage="confirmed")
    publish(session.edition, note="Avec Camille")
    speaker.biography = "Autre"
    speaker.save()
    rename(session, "Titre abandonné")

    answer = editor.post(address("revert", session), seen(editor, "revert", session), follow=True)

    assert [str(message) for message in answer.context["messages"] if "Camille Exemple" in str(message)]


def test_a_session_that_is_not_public_is_neither_cancelled_nor_postponed(project_lead, session):
    draft = SessionFactory(edition=session.edition)

    assert [project_lead.get(address(page, draft)).status_code for page in ("cancel", "postpone")] == [404, 404]


def test_only_who_may_publish_or_change_reaches_these_pages(staff, session, stranger):
    expected = {
        "Chef de projet": [200, 200, 200, 200],
        "Éditorial": [403, 403, 403, 200],
        "Logistique": [403, 403, 403, 200],
        "Intervenants": [403, 403, 403, 403],
        "Lecture": [403, 403, 403, 403],
    }
    for role, statuses in expected.items():
        client = client_of(staff(role))
        got = [client.get(address(page, session)).status_code for page in PAGES]
        assert (role, got) == (role, statuses)
        posted = [client.post(address(page, session), {"note": "x", "expected": 9}).status_code for page in PAGES]
        assert (role, [status == 403 for status in posted]) == (role, [status == 403 for status in statuses])
    assert {stranger.get(address(page, session)).status_code for page in PAGES} == {302}
    assert Release.objects.count() == 1


def test_a_limited_account_publishes_its_own_sessions_and_finds_no_other(staff, session):
    mine, user = SessionFactory(edition=session.edition, title="La mienne"), staff("Chef de projet")
    publish(session.edition, note="La mienne")
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[mine.sequence])
    client = client_of(user)

    assert [client.get(address(page, session)).status_code for page in PAGES] == [404] * 4
    assert [client.post(address(page, session), {"note": "x"}).status_code for page in PAGES] == [404] * 4
    client.post(address("cancel", mine), {"note": "Annulée.", "expected": 2})
    assert (public(mine).state, public(session).state) == ("cancelled", "scheduled")


def test_buttons_stand_on_the_page_for_who_may_use_them(project_lead, reader, session):
    rename(session, "Modifiée")
    page = reverse("admin:programme_session_change", args=[session.pk])

    lead, other = project_lead.get(page).content.decode(), reader.get(page).content.decode()

    assert [address(name, session) in lead for name in PAGES] == [True] * 4
    assert [address(name, session) in other for name in PAGES] == [False] * 4


def test_these_pages_ask_as_much_in_a_large_edition(project_lead, session):
    counts = []
    for number in (1, 6):
        SessionFactory.create_batch(number, edition=session.edition)
        publish(session.edition, note="Séances")
        rename(session, f"Modifiée {number}")
        for page in PAGES:
            project_lead.get(address(page, session))
        with CaptureQueriesContext(connection) as queries:
            for page in PAGES:
                project_lead.get(address(page, session))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_page_with_nothing_to_publish_leads_back_to_the_session(project_lead, session):
    html = project_lead.get(address("publish", session)).text

    assert "Rien ne change pour le public." in html
    assert f'<a href="{reverse("admin:programme_session_change", args=[session.pk])}">Retour à la séance</a>' in html


def test_a_notice_that_the_release_drafts_is_told_with_the_way_to_it(project_lead, editor, session):
    RegistrationFactory(session=session, created_at=at(8, day=-30))

    response = project_lead.post(address("cancel", session), {"note": "Annulée.", "expected": 1}, follow=True)

    told = [str(message) for message in response.context["messages"]]
    drafts = f"{reverse('admin:registrations_notice_changelist')}?state__exact=draft"
    assert told[0].startswith("La version publiée n° 2 est en ligne.")
    assert told[1:] == [f"1 avis aux inscrits est rédigé\u00a0: <a href='{drafts}'>le relire et l’envoyer</a>."]
    assert "Fail camp" in project_lead.get(drafts).text


def test_archiving_what_people_expect_says_that_nobody_is_told(project_lead, session):
    assert "archiver ne prévient personne" not in project_lead.get(address("archive", session)).text
    RegistrationFactory(session=session)

    html = project_lead.get(address("archive", session)).text

    assert "1 personne est inscrite ou attend, et archiver ne prévient personne" in html
