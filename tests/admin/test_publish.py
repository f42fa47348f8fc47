import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from publishing.models import Release
from publishing.publish import publish
from sessions.models import Session
from speakers.models import Candidacy
from tests.conftest import client_of
from tests.factories import (
    CandidacyFactory,
    EditionFactory,
    RegistrationFactory,
    RoleFactory,
    RoomFactory,
    SessionFactory,
    at,
)

PUBLISH = "/admin/publishing/release/publier/"


def send(client, edition, *, expected: int, note: str = "Deux séances de plus.", **data):
    return client.post(PUBLISH, {"note": note, "edition": edition.pk, "expected": expected, **data})


def test_publishing_shows_what_changes_then_makes_the_release(project_lead):
    edition = EditionFactory(is_current=True, slug="semaine")
    room = RoomFactory(name="Auditorium")
    moved = SessionFactory(edition=edition, title="Fail camp", room=room)
    called_off = SessionFactory(edition=edition, title="Hackathon")
    removed = SessionFactory(edition=edition, title="Visite retirée")
    publish(edition, note="Première version.")
    moved.room = RoomFactory(name="Salle Condorcet", venue=room.venue)
    moved.title = "Fail camp renommé"
    moved.save()
    Session.objects.filter(pk=called_off.pk).update(status=Session.Status.CANCELLED)
    Session.objects.filter(pk=removed.pk).update(status=Session.Status.DESIGN)
    SessionFactory(edition=edition, title="Bureau du futur")
    SessionFactory(edition=edition, title="Brouillon secret", status=Session.Status.DESIGN)

    page = project_lead.get(PUBLISH)
    shown = {section.title: [told.item.title for told in section.sessions] for section in page.context["sections"]}
    response = send(project_lead, edition, expected=1)

    assert shown == {
        "Annulées ou reportées": ["Hackathon"],
        "Déplacées": ["Fail camp renommé"],
        "Retirées": ["Visite retirée"],
        "Ajoutées": ["Bureau du futur"],
    }
    html = page.content.decode()
    assert "Auditorium" in html
    assert "Salle Condorcet" in html
    assert "Brouillon secret" not in html
    assert reverse("preview:home", args=["semaine"]) in html
    assert response["Location"] == reverse("admin:publishing_release_changelist")
    release = Release.objects.get(number=2)
    assert (release.note, release.created_by.groups.get().name) == ("Deux séances de plus.", "Chef de projet")
    (message,) = get_messages(response.wsgi_request)
    assert reverse("publishing:home", args=["semaine"]) in message.message
    assert reverse("exports:booklet", args=["semaine"]) in message.message


@pytest.fixture
def blocked_edition(db):
    """A sound session, a published one and a new one that something stops."""
    edition = EditionFactory(is_current=True)
    edition.sound = SessionFactory(edition=edition, title="Saine")
    edition.kept = SessionFactory(edition=edition, title="Affichée")
    publish(edition, note="Première version.")
    edition.new = SessionFactory(edition=edition, title="Nouvelle")
    for session, title in [(edition.sound, "Saine, revue"), (edition.kept, "Au brouillon"), (edition.new, "Nouvelle")]:
        session.title = title
        session.save()
    for session in (edition.kept, edition.new):
        RoleFactory(format=session.format, name="pionnier", required=1)
    return edition


def choices(word: str, *sessions: Session) -> dict[str, str]:
    return {f"choice-{session.code}": word for session in sessions}


def titles() -> set[str]:
    return {item.title for item in Release.objects.newest_first()[0].programme().items}


def test_a_block_stops_its_session_only(project_lead, blocked_edition):
    edition = blocked_edition

    page = project_lead.get(PUBLISH)
    without_choice = send(project_lead, edition, expected=1)
    answer = send(project_lead, edition, expected=1, **choices("keep", edition.kept, edition.new))

    shown = [(each.session, each.is_public, each.choice) for each in page.context["blocked"]]
    assert shown == [(edition.kept, True, "keep"), (edition.new, False, "keep")]
    html = page.content.decode()
    assert "Garder la version publiée" in html
    assert "Laisser de côté" in html
    assert reverse("admin:programme_session_change", args=[edition.new.pk]) in html
    assert page.context["draft"].changes.codes == {edition.sound.code}
    assert page.context["remaining"].codes == {edition.kept.code, edition.new.code}
    assert "pionnier" in without_choice.content.decode()
    assert answer.status_code == 302
    assert titles() == {"Saine, revue", "Affichée"}


def test_a_blocked_session_is_forced_with_a_reason(project_lead, blocked_edition):
    edition = blocked_edition
    data = {**choices("keep", edition.kept), **choices("force", edition.new)}

    refused = send(project_lead, edition, expected=1, **data)
    send(project_lead, edition, expected=1, reason="Confirmée au téléphone", **data)

    assert "motif" in refused.content.decode()
    assert titles() == {"Saine, revue", "Affichée", "Nouvelle"}
    assert Release.objects.get(number=2).reason == "Confirmée au téléphone"


def test_forcing_is_for_who_has_the_right(staff, blocked_edition):
    edition, user = blocked_edition, staff("Éditorial")
    user.user_permissions.add(Permission.objects.get(codename="add_release"))
    client = client_of(user)

    page = client.get(PUBLISH)
    forged = choices("force", edition.kept, edition.new)
    answer = send(client, edition, expected=1, reason="Parce que", **forged)

    assert 'value="force"' not in page.content.decode()
    assert answer.status_code == 403
    assert Release.objects.count() == 1


def test_of_two_sessions_in_one_room_one_is_left_out_and_the_other_goes(project_lead):
    edition, room = EditionFactory(is_current=True), RoomFactory()
    one, other = (SessionFactory(edition=edition, title=title, room=room) for title in ("Une", "Autre"))

    send(project_lead, edition, expected=0, **choices("keep", one), **choices("take", other))

    assert titles() == {"Autre"}


def test_leaving_another_one_out_is_offered_only_where_it_may_help(project_lead):
    edition, room, elsewhere = EditionFactory(is_current=True), RoomFactory(), RoomFactory()
    one, other = (
        SessionFactory(edition=edition, title=title, room=place)
        for title, place in [("Une", room), ("Autre", elsewhere)]
    )
    publish(edition, note="Première version.")
    other.room = room
    other.save()

    page = project_lead.get(PUBLISH)
    one.title = "Une, revue"
    one.save()
    both = project_lead.get(PUBLISH)
    RoleFactory(format=other.format, name="pionnier", required=1)
    without_pioneer = project_lead.get(PUBLISH)

    assert [(each.session, each.depends_on_others) for each in page.context["blocked"]] == [(other, False)]
    assert 'value="take"' not in page.content.decode()
    assert "Elle seule attend" in page.content.decode()
    assert [(each.session, each.depends_on_others) for each in both.context["blocked"]] == [(other, True), (one, True)]
    assert not any(each.depends_on_others for each in without_pioneer.context["blocked"] if each.session == other)


def test_ticked_sessions_are_looked_at_then_published_alone(project_lead):
    edition = EditionFactory(is_current=True)
    sessions = SessionFactory.create_batch(4, edition=edition)
    publish(edition, note="Première version.")
    for session in sessions:
        session.title = f"{session.title}, revue"
        session.save()
    ticked = [sessions[0].code, sessions[1].code]

    look = project_lead.post(PUBLISH, {"only": ticked, "scope": "all", "look": "1"})
    both = send(project_lead, edition, expected=1, only=ticked, scope="all")
    count = Release.objects.count()
    send(project_lead, edition, expected=1, only=look.context["only"], scope="chosen")

    assert look.context["draft"].changes.codes == set(ticked)
    assert look.context["remaining"].codes == {sessions[2].code, sessions[3].code}
    assert both.context["form"].non_field_errors().as_data()[0].code == "ticked"
    assert count == 1
    assert sum(title.endswith(", revue") for title in titles()) == 2


def test_nothing_ticked_is_nothing_chosen(project_lead):
    edition = EditionFactory(is_current=True)
    SessionFactory(edition=edition)

    look = project_lead.post(PUBLISH, {"scope": "all", "look": "1"})
    forged = project_lead.post(PUBLISH, {"scope": "chosen", "note": "x", "edition": edition.pk, "expected": 0})

    assert (look.context["is_chosen"], look.context["draft"].changes.count) == (False, 1)
    assert forged.status_code == 200
    assert Release.objects.count() == 0


def test_the_dates_of_the_edition_stop_everything(project_lead):
    edition = EditionFactory(is_current=True)
    SessionFactory.create_batch(2, edition=edition, starts_at=at(10, day=40), ends_at=at(11, day=40))

    page = project_lead.get(PUBLISH)

    assert 'name="note"' not in page.content.decode()


def test_a_release_made_meanwhile_is_told_and_nothing_is_published(project_lead):
    edition = EditionFactory(is_current=True)
    SessionFactory(edition=edition)
    publish(edition, note="Première version.")
    SessionFactory(edition=edition)
    publish(edition, note="D’une autre personne.")
    SessionFactory(edition=edition)

    response = send(project_lead, edition, expected=1)

    assert Release.objects.count() == 2
    form = response.context["form"]
    assert form.non_field_errors().as_data()[0].code == "outdated"
    assert str(form["expected"].value()) == "2"
    assert form["note"].value() == "Deux séances de plus."


def test_a_form_sent_twice_publishes_once(project_lead):
    edition = EditionFactory(is_current=True)
    SessionFactory(edition=edition)

    send(project_lead, edition, expected=0)
    send(project_lead, edition, expected=0)

    assert Release.objects.count() == 1


def test_the_edition_on_the_screen_is_the_one_published(project_lead):
    seen, other = EditionFactory(is_current=True), EditionFactory()
    SessionFactory(edition=seen)
    SessionFactory(edition=other)
    project_lead.get(PUBLISH)
    project_lead.post("/admin/edition/", {"edition": other.pk})  # in another window

    send(project_lead, seen, expected=0)

    assert Release.objects.count() == 0


def test_a_note_is_required_and_holds_no_control_character(project_lead):
    edition = EditionFactory(is_current=True)
    SessionFactory(edition=edition)

    for note in ["", "   ", "a\x07b"]:
        assert "note" in send(project_lead, edition, expected=0, note=note).context["form"].errors
    assert Release.objects.count() == 0


def test_only_who_may_publish_does(editor):
    edition = EditionFactory(is_current=True)
    SessionFactory(edition=edition)

    page = editor.get(PUBLISH)
    response = send(editor, edition, expected=0)

    assert (page.status_code, response.status_code) == (200, 403)
    assert 'name="note"' not in page.content.decode()
    assert Release.objects.count() == 0


def test_without_an_edition_the_page_says_to_make_one(superuser_client):
    assert superuser_client.get(PUBLISH)["Location"] == reverse("admin:programme_edition_changelist")


def test_a_release_that_nobody_made_by_hand_is_by_nobody(project_lead):
    publish(SessionFactory(edition=EditionFactory(is_current=True)).edition, note="Ouverture")

    html = project_lead.get(reverse("admin:publishing_release_changelist")).text

    assert 'class="field-created_by nowrap">–</td>' in html


def test_a_release_tells_what_it_changed(reader):
    edition = EditionFactory(is_current=True)
    candidacy = CandidacyFactory(session=SessionFactory(edition=edition), speaker__name="Camille Exemple")
    publish(edition, note="Première version.")
    Candidacy.objects.filter(pk=candidacy.pk).update(stage=Candidacy.Stage.WITHDRAWN)
    second = publish(edition, note="Sans Camille.")

    html = reader.get(reverse("admin:publishing_release_change", args=[second.pk])).content.decode()

    assert "Camille Exemple" in html
    assert "Qui fait quoi" in html


def test_taking_a_session_away_tells_how_many_people_expect_it(project_lead):
    edition = EditionFactory(is_current=True)
    removed, cancelled, alone, kept = (
        SessionFactory(edition=edition, title=title) for title in ("Retirée", "Annulée", "Sans personne", "Gardée")
    )
    publish(edition, note="Première version.")
    for session, number in [(removed, 24), (cancelled, 1), (kept, 3)]:
        RegistrationFactory.create_batch(number, session=session)
    RegistrationFactory(session=removed, held=True)
    RegistrationFactory(session=removed, state="cancelled")
    RegistrationFactory(session=alone, state="expired")
    Session.objects.filter(pk__in=[removed.pk, alone.pk]).update(status=Session.Status.DESIGN)
    Session.objects.filter(pk=cancelled.pk).update(status=Session.Status.CANCELLED)
    Session.objects.filter(pk=kept.pk).update(title="Gardée, renommée")

    page = project_lead.get(PUBLISH)

    told = {told.item.title: told.registered for section in page.context["sections"] for told in section.sessions}
    assert told == {"Retirée": 25, "Annulée": 1, "Sans personne": 0, "Gardée, renommée": 0}
    html = page.content.decode().replace("\u00a0", " ")
    assert "25 personnes sont inscrites." in html
    assert "1 personne est inscrite." in html
    assert f"?q={removed.code}" in html
    assert "Retirée : un brouillon pour 25 personnes" in html
    assert "Annulée : un brouillon pour 1 personne" in html


def test_counting_the_people_registered_takes_one_query(project_lead):
    edition = EditionFactory(is_current=True)
    sessions = SessionFactory.create_batch(4, edition=edition)
    publish(edition, note="Première version.")
    RegistrationFactory.create_batch(2, session=sessions[0])
    Session.objects.update(status=Session.Status.DESIGN)

    with CaptureQueriesContext(connection) as queries:
        project_lead.get(PUBLISH)

    assert sum("registrations_registration" in query["sql"] for query in queries) == 1


# Seats after a change of room ------------------------------------------------------------------------------------


def moved_to(capacity: int, **values) -> Session:
    """A published session whose draft is in another room; 12 of its 40 seats are taken."""
    edition = EditionFactory(is_current=True)
    session = SessionFactory(edition=edition, title="Fail camp", seats=40, room=RoomFactory(capacity=40))
    publish(edition, note="Ouverture.")
    room = RoomFactory(name="Salle Condorcet", capacity=capacity)
    Session.objects.filter(pk=session.pk).update(room=room, **{"seats_taken": 12} | values)
    return session


@pytest.mark.parametrize("capacity", [30, 80])
def test_a_change_of_room_proposes_its_seats_and_changes_none_by_itself(project_lead, capacity):
    session = moved_to(capacity)

    (proposal,) = project_lead.get(PUBLISH).context["seat_proposals"]
    send(project_lead, session.edition, expected=1, seats=[session.code], **{f"choice-{session.code}": "keep"})

    assert proposal.capacity == capacity
    session.refresh_from_db()
    assert session.seats == capacity
    assert Release.objects.newest_first().first().number == 2
    assert project_lead.get(PUBLISH).context["seat_proposals"] == []


def test_what_ticked_seats_make_is_shown_and_can_be_published(project_lead):
    session = moved_to(30)
    data = {"seats": [session.code], f"choice-{session.code}": "keep"}

    before = project_lead.get(PUBLISH)
    look = project_lead.post(PUBLISH, {"look_all": "1", **data})
    without_note = send(project_lead, session.edition, expected=1, note="", seats=[session.code])

    assert [each.session for each in before.context["blocked"]] == [session]
    assert not before.context["draft"].changes
    for page in (look, without_note):
        assert page.context["draft"].changes.codes == {session.code}
        assert page.context["blocked"] == []
    assert "Tout publier" in look.content.decode()
    session.refresh_from_db()
    assert session.seats == 40


def test_seats_that_are_not_ticked_stay_as_they_are(project_lead):
    session = moved_to(80)

    send(project_lead, session.edition, expected=1)

    session.refresh_from_db()
    assert (session.seats, Release.objects.count()) == (40, 2)


@pytest.mark.parametrize("seats", [40, None])
def test_a_room_with_fewer_places_than_are_taken_stops_the_session_whatever_is_sent(project_lead, seats):
    session = moved_to(10, seats=seats)

    page = project_lead.get(PUBLISH)
    refused = send(project_lead, session.edition, expected=1, seats=[session.code])

    assert page.context["seat_proposals"] == []
    assert "12 places de «\u00a0Fail camp\u00a0» sont prises" in page.content.decode()
    assert (refused.status_code, Release.objects.count()) == (200, 1)


def test_a_larger_room_serves_those_who_wait(project_lead):
    session = moved_to(80, seats_taken=40, seats_waiting=1)
    waiting = RegistrationFactory(session=session, state="waiting", queued_at=at(0))

    send(project_lead, session.edition, expected=1, seats=[session.code])

    waiting.refresh_from_db()
    assert waiting.state == "offered"
