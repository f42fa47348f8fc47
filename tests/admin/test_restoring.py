"""History names who made each change, and brings back what was lost."""

import sys
from typing import Any

import pytest
from django.urls import reverse
from lxml import html

from innovation_week.actors import LINK, acting_as
from registrations.seats import set_capacity
from sessions.models import Session
from speakers.models import Candidacy
from tests.admin.change_forms import fields_of, opened
from tests.admin.test_deletion import page, words
from tests.conftest import client_of
from tests.factories import (
    AudienceFactory,
    CandidacyFactory,
    EditionFactory,
    RoleFactory,
    RoomFactory,
    SequenceFactory,
    SessionFactory,
    SpeakerFactory,
    VenueFactory,
)
from venues.models import Room


def restore_url(obj: Any, record: Any, line: Any = None) -> str:
    name = f"admin:{obj._meta.app_label}_{obj._meta.model_name}"
    if line is not None:
        return reverse(f"{name}_restoreline", args=[obj.pk, line._meta.model_name, record.pk])
    return reverse(f"{name}_restore", args=[obj.pk, record.pk])


def restore(client, url: str, **changed: Any):
    """As the page offers it."""
    return client.post(url, fields_of(client.get(url)) | changed)


@pytest.fixture
def session(db) -> Session:
    edition = EditionFactory(is_current=True)
    return SessionFactory(edition=edition, title="Fail camp", lead="Rater, rire, recommencer", seats=30)


@pytest.fixture
def spoilt(session) -> Session:
    """Somebody has saved nonsense over it."""
    session.audiences.add(AudienceFactory(name="Managers"))
    session.title, session.lead, session.seats = "Oups", "", 20
    session.save()
    session.audiences.clear()
    return session


def before(session: Session) -> Any:
    return session.history.filter(title="Fail camp").first()


def test_a_mistake_is_undone_and_history_says_so(editor, spoilt):
    record = before(spoilt)
    seen = editor.get(page(spoilt, "history"))
    assert restore_url(spoilt, record) in seen.content.decode()

    proposed = editor.get(restore_url(spoilt, record))
    told = [(change.label, change.now, change.then) for change in proposed.context["changes"]]
    response = restore(editor, restore_url(spoilt, record))

    assert ("Titre", "Oups", "Fail camp") in told
    assert ("Publics", "", "Managers") in told
    spoilt.refresh_from_db()
    assert response.status_code == 302
    assert (spoilt.title, spoilt.lead, spoilt.seats) == ("Fail camp", "Rater, rire, recommencer", 30)
    assert [audience.name for audience in spoilt.audiences.all()] == ["Managers"]
    history = words(editor.get(page(spoilt, "history")))
    assert "rétabli dans son état du" in history


def test_one_field_can_be_restored_alone(editor, spoilt):
    restore(editor, restore_url(spoilt, before(spoilt)), field="lead")

    spoilt.refresh_from_db()
    assert (spoilt.title, spoilt.lead) == ("Oups", "Rater, rire, recommencer")


def test_looking_at_the_page_changes_nothing(editor, spoilt):
    editor.get(restore_url(spoilt, before(spoilt)))

    spoilt.refresh_from_db()
    assert spoilt.title == "Oups"


def test_live_counts_and_codes_are_never_restored(editor, spoilt):
    code = spoilt.code
    Session.objects.update(seats_taken=7)

    restore(editor, restore_url(spoilt, before(spoilt)))

    spoilt.refresh_from_db()
    assert (spoilt.seats_taken, spoilt.code, spoilt.title) == (7, code, "Fail camp")


def test_fewer_seats_than_are_taken_are_not_restored(editor, session):
    session.seats = 40
    session.save()
    Session.objects.update(seats_taken=35)

    refused = restore(editor, restore_url(session, session.history.last()))

    assert "Davantage de places sont prises" in words(refused)
    session.refresh_from_db()
    assert session.seats == 40


def test_a_room_that_was_deleted_since_is_told_and_the_rest_can_be_restored(editor, session):
    room = RoomFactory()
    session.room = room
    session.save()
    record = session.history.first()
    session.room, session.title = None, "Oups"
    session.save()
    room.delete()

    seen = editor.get(restore_url(session, record))
    editor.post(restore_url(session, record), fields_of(seen) | {"field": ["title", "room"]})

    assert "Ce qui y était relié a été supprimé depuis." in words(seen)
    session.refresh_from_db()
    assert (session.title, session.room) == ("Fail camp", None)


def test_an_address_taken_since_is_told(project_lead, session):
    sequence = SequenceFactory(edition=session.edition, slug="premiere")
    sequence.slug = "autre"
    sequence.save()
    SequenceFactory(edition=session.edition, slug="premiere")

    refused = restore(project_lead, restore_url(sequence, sequence.history.last()))

    assert "a déjà une séquence à cette adresse" in words(refused)
    sequence.refresh_from_db()
    assert sequence.slug == "autre"


def test_what_somebody_changed_meanwhile_is_read_again_first(editor, spoilt):
    form = fields_of(editor.get(restore_url(spoilt, before(spoilt))))
    spoilt.title = "Corrigé à la main"
    spoilt.save()

    response = editor.post(restore_url(spoilt, before(spoilt)), form)

    assert "modifiée entre-temps" in words(response)
    spoilt.refresh_from_db()
    assert spoilt.title == "Corrigé à la main"


@pytest.mark.parametrize("who", ["reader", "recruiter", "receptionist"])
def test_who_may_not_change_does_not_restore(request, spoilt, who):
    client = request.getfixturevalue(who)
    url = restore_url(spoilt, before(spoilt))

    newest = spoilt.history.first().pk
    statuses = client.get(url).status_code, client.post(url, {"field": "title", "newest": newest}).status_code

    assert statuses == (403, 403)
    assert url not in client.get(page(spoilt, "history")).content.decode()
    spoilt.refresh_from_db()
    assert spoilt.title == "Oups"


def test_a_version_of_another_object_is_not_taken(editor, spoilt):
    other = SessionFactory(edition=spoilt.edition)

    assert editor.get(restore_url(spoilt, other.history.first())).status_code == 404


class TestLines:
    @pytest.fixture
    def line(self, session) -> Candidacy:
        return CandidacyFactory(session=session, role=RoleFactory(format=session.format), stage="confirmed")

    def test_a_deleted_candidacy_comes_back_from_the_history_of_its_session(self, project_lead, session, line):
        form = opened(project_lead, page(session, "change"))
        project_lead.post(page(session, "change"), form | {"candidacies-0-DELETE": "on"})
        assert not session.candidacies.exists()
        url = restore_url(session, Candidacy.history.first(), line=line)

        assert url in project_lead.get(page(session, "history")).content.decode()
        restore(project_lead, url)

        back = session.candidacies.get()
        assert (back.pk, back.speaker, back.stage) == (line.pk, line.speaker, "confirmed")

    def test_who_may_not_touch_candidacies_does_not(self, editor, session, line):
        pk = line.pk
        line.delete()
        url = restore_url(session, Candidacy.history.first(), line=Candidacy)

        assert editor.post(url, {"newest": Candidacy.history.first().pk}).status_code == 403
        assert not Candidacy.objects.filter(pk=pk).exists()

    def test_a_line_of_another_session_is_not_taken(self, project_lead, session, line):
        other = SessionFactory(edition=session.edition)

        assert project_lead.get(restore_url(other, line.history.first(), line=line)).status_code == 404


class TestDeleted:
    def test_a_deleted_session_comes_back_with_its_code_and_audiences(self, editor, session):
        code, pk = session.code, session.pk
        session.audiences.add(AudienceFactory(name="Managers"))
        editor.post(page(session, "delete"), {"post": "yes"})

        listed = editor.get("/admin/programme/session/supprimes/")
        (record,) = listed.context["records"]
        restore(editor, f"/admin/programme/session/supprimes/{record.pk}/retablir/")

        back = Session.objects.get()
        assert (back.pk, back.code, back.title, back.seats_taken) == (pk, code, "Fail camp", 0)
        assert [audience.name for audience in back.audiences.all()] == ["Managers"]
        assert editor.get("/admin/programme/session/supprimes/").context["records"] == []
        assert editor.get(f"/admin/programme/session/supprimes/{record.pk}/retablir/").status_code == 302

    def test_what_it_hung_on_must_be_there(self, logistician, db):
        room = RoomFactory(venue=VenueFactory())
        venue, pk = room.venue, room.pk
        room.delete()
        venue.delete()
        record = Room.history.first()

        refused = restore(logistician, f"/admin/venues/room/supprimes/{record.pk}/retablir/")

        assert "Ce qui y était relié a été supprimé depuis." in words(refused)
        assert not Room.objects.filter(pk=pk).exists()

    @pytest.mark.parametrize("who", ["reader", "logistician", "receptionist"])
    def test_only_who_may_add_sees_and_brings_back(self, request, session, who):
        client = request.getfixturevalue(who)
        session.delete()
        record = Session.history.first()

        assert client.get("/admin/programme/session/supprimes/").status_code == 403
        assert client.post(f"/admin/programme/session/supprimes/{record.pk}/retablir/").status_code == 403
        assert not Session.objects.exists()

    def test_an_account_limited_to_a_sequence_brings_back_its_own_only(self, staff, session):
        from innovation_week.models import AccountLimit

        user = staff("Éditorial")
        limit = AccountLimit.objects.create(user=user, only_some_sequences=True)
        limit.sequences.add(session.sequence)
        other = SessionFactory(edition=session.edition, sequence=SequenceFactory(edition=session.edition))
        session.delete()
        other.delete()
        client = client_of(user)

        listed = client.get("/admin/programme/session/supprimes/").context["records"]
        foreign = Session.history.filter(sequence_id=other.sequence_id).first()

        assert [record.name for record in listed] == ["Fail camp"]
        assert client.get(f"/admin/programme/session/supprimes/{foreign.pk}/retablir/").status_code == 403


class TestActors:
    def who(self, client, obj: Any) -> str:
        cells = html.fromstring(client.get(page(obj, "history")).content.decode()).xpath("//tbody/tr[1]/td[2]")
        return cells[0].text_content().strip()

    def test_an_account_is_named(self, editor, staff, session):
        user = staff("Éditorial")
        user.first_name, user.last_name = "Camille", "Exemple"
        user.save()
        client = client_of(user)
        client.post(page(session, "change"), opened(client, page(session, "change")) | {"title": "Nouveau"})

        assert self.who(editor, session) == "Camille Exemple"

    def test_a_service_called_by_a_command_names_the_command(self, editor, session, monkeypatch):
        monkeypatch.setattr(sys, "argv", ["/srv/week/manage.py", "shell"])
        set_capacity(session, 50)

        assert self.who(editor, session) == "manage.py shell"
        assert words(editor.get(page(session, "history"))).count("30") >= 1

    def test_a_change_by_a_personal_link_says_so(self, recruiter, db):
        speaker = SpeakerFactory()
        with acting_as(LINK):
            speaker.biography = "Écrit par la personne"
            speaker.save()

        assert self.who(recruiter, speaker) == "une personne, par son lien personnel"

    def test_the_demonstration_and_imports_are_named(self, editor, session):
        vars(session)["_change_reason"] = "import"
        session.save()

        assert self.who(editor, session) == "l’import d’un programme"

    def test_an_actor_ends_with_what_it_does(self, editor, session):
        with acting_as(LINK):
            pass
        session.save()

        assert self.who(editor, session) == "–"
