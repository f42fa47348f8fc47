"""Nothing disappears: what was published or has a registrant stays; what goes is named before it goes."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import ProtectedError
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from lxml import html

from innovation_week.back_office.deletion import in_the_way
from publishing.publish import publish
from registrations.models import Registration
from sessions.archive import archive, unarchive
from sessions.models import Session
from speakers.models import Candidacy
from tests.admin.change_forms import opened
from tests.factories import (
    AccountLimitFactory,
    AudienceFactory,
    CandidacyFactory,
    EditionFactory,
    EmployerFactory,
    RegistrationFactory,
    RoleFactory,
    RoomFactory,
    SessionFactory,
    VenueFactory,
)

LIST = "/admin/programme/session/"


def page(obj: Any, kind: str) -> str:
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_{kind}", args=[obj.pk])


def words(response) -> str:
    (content,) = html.fromstring(response.content.decode()).xpath("//div[@id='content']")
    return " ".join(content.text_content().split())


@pytest.fixture
def session(db) -> Session:
    edition = EditionFactory(is_current=True)
    return SessionFactory(edition=edition, title="Fail camp", room=RoomFactory(venue=VenueFactory()), seats=10)


@pytest.fixture
def published(session) -> Session:
    role = RoleFactory(format=session.format)
    CandidacyFactory(session=session, role=role, stage="confirmed")
    session.audiences.add(AudienceFactory(name="Managers"))
    publish(session.edition, note="Première version.")
    session.refresh_from_db()
    return session


def test_a_published_session_is_not_deleted_and_the_page_says_what_to_do(superuser_client, published):
    seen = superuser_client.get(page(published, "delete"))
    superuser_client.post(page(published, "delete"), {"post": "yes"})

    assert "« Fail camp » a été publiée" in words(seen)
    assert "Annulez-la, reportez-la ou archivez-la" in words(seen)
    assert not html.fromstring(seen.content.decode()).xpath("//div[@id='content']//form[@method='post']")
    assert Session.objects.filter(pk=published.pk).exists()


def test_nor_by_the_action_of_the_list_even_when_others_could_go(superuser_client, published):
    other = SessionFactory(edition=published.edition, status=Session.Status.IDEA)
    ticked = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [published.pk, other.pk], "post": "yes"}

    seen = superuser_client.post(LIST, ticked)

    assert "« Fail camp » a été publiée" in words(seen)
    assert Session.objects.count() == 2


def test_nor_by_code_whoever_wrote_it(published):
    published.candidacies.all().delete()

    with pytest.raises(ProtectedError):
        published.delete()
    with pytest.raises(ProtectedError):
        Session.objects.all().delete()
    assert Session.objects.count() == 1


@pytest.mark.parametrize("state", Registration.State.values)
def test_a_session_with_a_registrant_whatever_became_of_it_is_not_deleted(superuser_client, session, state):
    times = {"expires_at": timezone.now(), "queued_at": timezone.now()}
    registration = RegistrationFactory(session=session, state=state, last_name="Nomsecret", **times)

    seen = superuser_client.get(page(session, "delete"))
    superuser_client.post(page(session, "delete"), {"post": "yes"})

    assert "« Fail camp » a 1 inscription" in words(seen)
    assert "Nomsecret" not in words(seen)
    assert Session.objects.filter(pk=registration.session_id).exists()


def test_what_a_release_holds_stays_even_when_no_session_uses_it_any_more(superuser_client, published):
    speaker, audience = published.candidacies.get().speaker, published.audiences.get()
    sequence, room, venue = published.sequence, published.room, published.room.venue
    published.candidacies.all().delete()
    published.audiences.clear()
    other = SessionFactory(edition=published.edition, room=RoomFactory())
    published.room, published.sequence = other.room, other.sequence
    published.save()

    for kept in (speaker, audience, sequence, room, venue):
        seen = superuser_client.post(page(kept, "delete"), {"post": "yes"})
        assert f"« {kept} » a été publié" in words(seen)
        kept.refresh_from_db()


def test_another_address_does_not_make_it_forgotten(superuser_client, published):
    """Nor a role or a candidacy that were published: their stage says what became of them."""
    candidacy = published.candidacies.get()
    room, role, audience = published.room, candidacy.role, published.audiences.get()
    renamed = (published.sequence, published.format, role, audience, room, room.venue)
    for row in renamed:
        row.slug = f"autre-{row.slug}"
        row.save()

    seen = superuser_client.post(page(candidacy, "delete"), {"post": "yes"})
    assert "Changez plutôt son étape" in words(seen)
    candidacy.refresh_from_db()
    published.candidacies.all().delete()
    published.audiences.clear()
    other = SessionFactory(edition=published.edition, room=RoomFactory())
    Session.objects.filter(pk=published.pk).update(sequence=other.sequence, format=other.format, room=other.room)
    role_line = opened(superuser_client, page(role.format, "change")) | {"roles-0-DELETE": "on"}

    assert "a été publié" in words(superuser_client.post(page(role.format, "change"), role_line))
    for row in renamed:
        if row != role:
            assert f"« {row} » a été publié" in words(superuser_client.post(page(row, "delete"), {"post": "yes"}))
        row.refresh_from_db()


def test_a_room_deleted_and_renamed_at_once_is_still_the_published_one(superuser_client, published):
    room, venue = published.room, published.room.venue
    Session.objects.update(room=None, is_online=True)
    sent = opened(superuser_client, page(venue, "change"))
    del sent["_opened"]  # what a script sends

    superuser_client.post(page(venue, "change"), sent | {"rooms-0-DELETE": "on", "rooms-0-slug": "autre"})

    room.refresh_from_db()
    assert room.slug != "autre"


def test_a_room_is_not_taken_for_another_of_the_same_short_name(superuser_client, published):
    namesake = RoomFactory(slug=published.room.slug)

    superuser_client.post(page(namesake, "delete"), {"post": "yes"})

    assert not type(namesake).objects.filter(pk=namesake.pk).exists()


def test_a_published_room_is_not_deleted_as_a_line_of_its_venue_either(superuser_client, published):
    room, venue = published.room, published.room.venue
    Session.objects.update(room=None, is_online=True)

    seen = superuser_client.post(
        page(venue, "change"), opened(superuser_client, page(venue, "change")) | {"rooms-0-DELETE": "on"}
    )

    assert "a été publié" in words(seen)
    room.refresh_from_db()


def test_a_line_that_is_deleted_is_named_and_nothing_else_goes_with_it(project_lead, session):
    candidacy = CandidacyFactory(session=session, speaker__name="Camille Exemple")
    sent = opened(project_lead, page(session, "change")) | {"candidacies-0-DELETE": "on"}

    seen = project_lead.post(page(session, "change"), sent, follow=True)

    assert not Candidacy.objects.filter(pk=candidacy.pk).exists()
    told = " ".join(seen.content.decode().split()).replace("\N{NO-BREAK SPACE}", " ")
    assert f"Supprimé : « {candidacy} ». L’historique de cette fiche ramène ce qui a été supprimé." in told
    lines = {inline.model for found in admin.site._registry.values() for inline in found.inlines if inline.can_delete}
    for model in lines:
        hanging = [relation for relation in model._meta.related_objects if relation.on_delete is not models.PROTECT]
        assert (model, hanging) == (model, [])


def test_what_is_in_use_is_told_with_who_uses_it(superuser_client, session):
    seen = superuser_client.get(page(session.room, "delete"))

    assert "Séances : 1 (« Fail camp »)" in words(seen)


def test_people_are_not_named_to_whoever_may_not_read_them(logistician, session):
    registration = RegistrationFactory(
        session=session, last_name="Nomsecret", employer=EmployerFactory(edition=session.edition)
    )

    seen = logistician.get(page(session.room, "delete"))

    assert registration.last_name not in seen.content.decode()


def test_what_goes_is_named_and_what_loses_a_link_too(superuser_client, session):
    session.audiences.add(AudienceFactory(name="Managers"))
    employer = EmployerFactory(edition=session.edition)
    RegistrationFactory(session=SessionFactory(edition=session.edition), employer=employer)

    of_session = words(superuser_client.get(page(session, "delete")))
    of_employer = words(superuser_client.get(page(employer, "delete")))

    assert "Séance : Fail camp" in of_session
    assert "Fail camp – Managers" in of_session
    assert "Gardé, mais sans « employeur de la liste » : inscriptions, 1" in of_employer


class TestArchive:
    def test_an_archived_session_leaves_the_lists_and_the_next_release(self, project_lead, published):
        keep = SessionFactory(edition=published.edition, title="Autre")

        project_lead.post(f"{LIST}{published.pk}/archiver/")
        release = publish(published.edition, note="Deuxième version.")

        assert [found.title for found in project_lead.get(LIST).context["cl"].result_list] == ["Autre"]
        archived = project_lead.get(f"{LIST}?status__exact=archived").context["cl"].result_list
        assert [found.title for found in archived] == ["Fail camp"]
        assert [item.code for item in release.programme().items] == [keep.code]

    def test_taken_out_it_is_again_what_it_was(self, project_lead, published):
        project_lead.post(f"{LIST}{published.pk}/archiver/")
        project_lead.post(f"{LIST}{published.pk}/desarchiver/")

        published.refresh_from_db()
        assert published.status == Session.Status.APPROVED
        states = list(published.history.values_list("status", flat=True)[:2])
        assert states == ["approved", "archived"]

    def test_people_who_expect_it_are_told_first(self, project_lead, session):
        Session.objects.update(seats_taken=3)

        project_lead.post(LIST, {"action": "archive_sessions", ACTION_CHECKBOX_NAME: [session.pk]})
        with pytest.raises(ValidationError, match="Annulez-la d’abord"):
            archive(session)

        session.refresh_from_db()
        assert session.status != Session.Status.ARCHIVED
        Session.objects.update(status=Session.Status.CANCELLED)
        archive(session)
        assert unarchive(session).status != Session.Status.ARCHIVED

    def test_nor_does_the_form_put_it_away(self, project_lead, session):
        Session.objects.update(seats_taken=3)
        form = opened(project_lead, page(session, "change"))

        refused = project_lead.post(page(session, "change"), form | {"status": "archived"})

        assert refused.context["adminform"].form.errors.as_data()["status"][0].code == "expected"

    @pytest.mark.parametrize("who", ["reader", "recruiter", "receptionist"])
    def test_who_may_not_change_a_session_does_not_archive_it(self, request, session, who):
        client = request.getfixturevalue(who)

        assert client.post(f"{LIST}{session.pk}/archiver/").status_code == 403
        client.post(LIST, {"action": "archive_sessions", ACTION_CHECKBOX_NAME: [session.pk]})

        session.refresh_from_db()
        assert session.status != Session.Status.ARCHIVED


class TestLinesInUse:
    def refused(self, client, row: Any, **sent: str) -> str:
        answer = client.post(page(row, "change"), opened(client, page(row, "change")) | sent)
        assert answer.status_code == 200
        return words(answer).replace("\N{NO-BREAK SPACE}", " ")

    def test_a_room_of_a_venue_says_which_sessions_use_it_and_what_to_do(self, superuser_client, session):
        told = self.refused(superuser_client, session.room.venue, **{"rooms-0-DELETE": "on"})

        expected = f"« {session.room} » : encore en usage, suppression impossible. Séances : 1 (« Fail camp »). "
        expected += "Modifiez-les d’abord."
        assert expected in told
        session.room.refresh_from_db()

    def test_of_many_that_use_it_five_are_named_and_all_are_counted(self, superuser_client, session):
        SessionFactory.create_batch(30, edition=session.edition, room=session.room)

        told = self.refused(superuser_client, session.room.venue, **{"rooms-0-DELETE": "on"})

        assert "Séances : 31 (" in told
        assert told[told.index("Séances : 31 (") :].partition(")")[0].count("«") == 5

    def test_a_role_of_a_format_says_how_many_candidacies_have_it(self, superuser_client, session):
        candidacy = CandidacyFactory(session=session, role=RoleFactory(format=session.format))

        told = self.refused(superuser_client, session.format, **{"roles-0-DELETE": "on"})

        assert "Candidatures : 1 (" in told
        candidacy.role.refresh_from_db()

    def test_with_a_mistake_in_another_line_too_it_is_said_in_our_words(self, superuser_client, session):
        RoomFactory(venue=session.room.venue, name="Zoé")

        sent = {"rooms-0-DELETE": "on", "rooms-1-name": ""}
        told = self.refused(superuser_client, session.room.venue, **sent)

        assert "Séances : 1 (« Fail camp »)" in told

    def test_what_one_may_not_see_is_counted_and_not_named(self, staff, session):
        user = staff("Logistique")
        other = SessionFactory(edition=session.edition, title="Zanzibar", room=session.room)
        AccountLimitFactory(user=user, only_some_sequences=True, sequences=[session.sequence])
        request = RequestFactory().get("/")
        request.user = user

        (told,) = in_the_way(request, [session, other])

        assert "2" in told
        assert "Fail camp" in told
        assert "Zanzibar" not in told


def test_a_deletion_confirmed_after_another_edition_was_chosen_says_that_nothing_was_done(superuser_client, session):
    old = EditionFactory(slug="2018", name="Semaine passée")
    idea = SessionFactory(edition=session.edition, status=Session.Status.IDEA)
    ticked = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [idea.pk], "of_edition": session.edition_id}
    confirmation = superuser_client.post(LIST, ticked)

    superuser_client.post("/admin/edition/", {"edition": old.pk})
    (form,) = html.fromstring(confirmation.content.decode()).xpath("//div[@id='content']//form")
    answer = superuser_client.post(LIST, dict(form.form_values()), follow=True)

    assert "une autre édition a été choisie entre-temps" in answer.content.decode()
    assert Session.objects.filter(pk=idea.pk).exists()
