"""Two people on one form: whoever saves last sees both versions, and nobody's work is overwritten."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.urls import reverse
from lxml import html

from sessions.models import Session
from speakers.models import Candidacy, Speaker
from tests.admin.change_forms import fields_of, opened
from tests.conftest import client_of
from tests.factories import (
    AudienceFactory,
    CandidacyFactory,
    EditionFactory,
    RoleFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    UserFactory,
    VenueFactory,
)
from tests.speakers.test_portraits import picture
from venues.models import Venue


def address(obj: Any) -> str:
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])


def asked(response) -> list[tuple[str, str, str, str]]:
    comparison = response.context["comparison"]
    return [(one.label, one.before, one.theirs, one.mine) for one in comparison.asked]


def title(response) -> str:
    return html.fromstring(response.content.decode()).xpath("string(//h2[@id='other-edit-title'])")


@pytest.fixture
def venue(db) -> Venue:
    return VenueFactory(name="Halle", city="Paris", access="Métro 5")


@pytest.fixture
def colleague(staff) -> Client:
    return client_of(staff("Chef de projet"))


def test_what_only_the_other_changed_is_kept_and_told(project_lead, colleague, venue):
    mine, theirs = opened(project_lead, address(venue)), opened(colleague, address(venue))
    colleague.post(address(venue), theirs | {"city": "Lyon"})

    seen = project_lead.post(address(venue), mine | {"access": "Métro 1"})

    assert "Une autre personne a modifié cette fiche à" in title(seen)
    assert title(seen).endswith("Comparez avant d’enregistrer.")
    comparison = seen.context["comparison"]
    assert [(one.label, one.before, one.theirs) for one in comparison.theirs] == [("Ville", "Paris", "Lyon")]
    assert [(one.before, one.mine) for one in comparison.mine] == [("Métro 5", "Métro 1")]
    venue.refresh_from_db()
    assert (venue.city, venue.access) == ("Lyon", "Métro 5")

    saved = project_lead.post(address(venue), fields_of(seen))

    venue.refresh_from_db()
    assert (saved.status_code, venue.city, venue.access) == (302, "Lyon", "Métro 1")


@pytest.mark.parametrize(("choice", "name"), [("theirs", "Nom d’elle"), ("mine", "Mon nom")])
def test_what_both_changed_is_chosen_field_by_field(project_lead, colleague, venue, choice, name):
    mine, theirs = opened(project_lead, address(venue)), opened(colleague, address(venue))
    colleague.post(address(venue), theirs | {"name": "Nom d’elle", "city": "Lyon"})

    seen = project_lead.post(address(venue), mine | {"name": "Mon nom", "city": "Brest"})
    assert asked(seen) == [("Nom", "Halle", "Nom d’elle", "Mon nom"), ("Ville", "Paris", "Lyon", "Brest")]
    saved = project_lead.post(address(venue), fields_of(seen) | {"_keep-name": choice, "_keep-city": "theirs"})

    venue.refresh_from_db()
    assert (saved.status_code, venue.name, venue.city) == (302, name, "Lyon")


def test_saving_without_having_chosen_asks_again(project_lead, colleague, venue):
    mine, theirs = opened(project_lead, address(venue)), opened(colleague, address(venue))
    colleague.post(address(venue), theirs | {"name": "Nom d’elle"})
    seen = project_lead.post(address(venue), mine | {"name": "Mon nom"})

    again = project_lead.post(address(venue), fields_of(seen))

    assert [label for label, *_versions in asked(again)] == ["Nom"]
    assert again.context["comparison"].is_unanswered
    assert ("Avant" in seen.text, "Avant" in again.text) == (True, False)  # what stands there is theirs by now
    venue.refresh_from_db()
    assert venue.name == "Nom d’elle"


def test_a_third_person_who_comes_in_between_is_not_overwritten_either(project_lead, colleague, staff, venue):
    third = client_of(staff("Logistique"))
    mine, theirs = opened(project_lead, address(venue)), opened(colleague, address(venue))
    colleague.post(address(venue), theirs | {"name": "Deux"})
    seen = project_lead.post(address(venue), mine | {"name": "Un"})
    third.post(address(venue), opened(third, address(venue)) | {"name": "Trois"})

    again = project_lead.post(address(venue), fields_of(seen) | {"_keep-name": "mine"})

    assert asked(again) == [("Nom", "Deux", "Trois", "Un")]
    venue.refresh_from_db()
    assert venue.name == "Trois"


def test_my_own_other_window_is_told_as_mine(project_lead, venue):
    first, second = opened(project_lead, address(venue)), opened(project_lead, address(venue))
    project_lead.post(address(venue), second | {"name": "Deux"})

    seen = project_lead.post(address(venue), first | {"name": "Un"})

    assert title(seen).startswith("Vous avez modifié cette fiche dans une autre fenêtre")


def test_a_form_left_as_it_was_takes_nothing_back(project_lead, colleague, venue):
    mine, theirs = opened(project_lead, address(venue)), opened(colleague, address(venue))
    colleague.post(address(venue), theirs | {"city": "Lyon"})
    versions = venue.history.count()

    project_lead.post(address(venue), mine)

    venue.refresh_from_db()
    assert (venue.city, venue.history.count()) == ("Lyon", versions)


def test_line_breaks_of_the_browser_are_no_change(project_lead, venue):
    Venue.objects.filter(pk=venue.pk).update(access="Métro 5\nSortie 2")
    form = opened(project_lead, address(venue))
    versions = venue.history.count()

    project_lead.post(address(venue), form | {"access": "Métro 5\r\nSortie 2"})

    venue.refresh_from_db()
    assert (venue.access, venue.history.count()) == ("Métro 5\nSortie 2", versions)


def test_errors_after_a_choice_do_not_lose_it(project_lead, colleague, venue):
    mine, theirs = opened(project_lead, address(venue)), opened(colleague, address(venue))
    colleague.post(address(venue), theirs | {"city": "Lyon"})
    seen = project_lead.post(address(venue), mine | {"city": "Brest", "name": ""})

    refused = project_lead.post(address(venue), fields_of(seen) | {"_keep-city": "theirs"})
    saved = project_lead.post(address(venue), fields_of(refused) | {"name": "Halle neuve"})

    assert list(refused.context["adminform"].form.errors) == ["name"]
    venue.refresh_from_db()
    assert (saved.status_code, venue.name, venue.city) == (302, "Halle neuve", "Lyon")


def test_a_deleted_row_is_told_and_what_was_typed_is_shown(project_lead, colleague, venue):
    mine = opened(project_lead, address(venue))
    Venue.objects.filter(pk=venue.pk).delete()

    response = project_lead.post(address(venue), mine | {"access": "Un long texte\nsur deux lignes"})

    assert response.status_code == 409
    assert "Un long texte<br>sur deux lignes" in response.content.decode()
    assert not Venue.objects.filter(pk=venue.pk).exists()


def test_a_seal_of_another_row_or_forged_asks_about_every_difference(project_lead, venue):
    other = VenueFactory()
    form = opened(project_lead, address(venue))
    for seal in (opened(project_lead, address(other))["_opened"], "forged", ""):
        response = project_lead.post(address(venue), form | {"name": "Autre", "_opened": seal})
        assert [label for label, *_versions in asked(response)] == ["Nom"]


def test_seats_taken_meanwhile_are_nobodys_edit(project_lead, db):
    session = SessionFactory(edition=EditionFactory(is_current=True), seats=30)
    form = opened(project_lead, address(session))
    Session.objects.filter(pk=session.pk).update(seats_taken=5)

    response = project_lead.post(address(session), form | {"title": "Nouveau titre"})

    session.refresh_from_db()
    assert (response.status_code, session.title, session.seats_taken) == (302, "Nouveau titre", 5)


def test_ticked_boxes_times_and_choices_are_compared_in_words(project_lead, colleague):
    edition = EditionFactory(is_current=True)
    session, room = SessionFactory(edition=edition), RoomFactory(name="Grande salle")
    audience = AudienceFactory(name="Managers")
    mine, theirs = opened(project_lead, address(session)), opened(colleague, address(session))
    both = {"title": "Autre", "room": room.pk, "audiences": [audience.pk], "captions": "on"}
    assert colleague.post(address(session), theirs | both).status_code == 302

    seen = project_lead.post(address(session), mine | {"title": "Mien"})

    told = {one.label: one.theirs for one in seen.context["comparison"].asked + seen.context["comparison"].theirs}
    assert told == {"Titre": "Autre", "Salle": str(room), "Publics": "Managers", "Sous-titrage en direct": "oui"}


def test_the_start_of_one_and_the_length_of_the_other_make_the_end(project_lead, colleague):
    session = SessionFactory(edition=EditionFactory(is_current=True))
    mine, theirs = opened(project_lead, address(session)), opened(colleague, address(session))
    assert colleague.post(address(session), theirs | {"starts_at_1": "16:30"}).status_code == 302

    seen = project_lead.post(address(session), mine | {"length": "90"})
    project_lead.post(address(session), fields_of(seen))

    session.refresh_from_db()
    start = session.starts_at.astimezone(session.time_zone)
    assert (f"{start:%H:%M}", session.ends_at - session.starts_at) == ("16:30", dt.timedelta(minutes=90))


class TestLines:
    @pytest.fixture
    def session(self, db) -> Session:
        session = SessionFactory(edition=EditionFactory(is_current=True))
        self.role = RoleFactory(format=session.format)
        self.line = CandidacyFactory(session=session, role=self.role, stage="contacted", position=1)
        return session

    def test_two_people_on_two_fields_of_one_line(self, project_lead, recruiter, session):
        mine = opened(project_lead, address(session))
        form = opened(recruiter, address(self.line))
        recruiter.post(address(self.line), form | {"stage": "confirmed"})

        seen = project_lead.post(address(session), mine | {"candidacies-0-position": "7"})
        project_lead.post(address(session), fields_of(seen))

        self.line.refresh_from_db()
        assert [one.theirs for one in seen.context["comparison"].theirs] == ["Confirmée"]
        assert (self.line.stage, self.line.position) == ("confirmed", 7)

    def test_a_line_that_somebody_deleted_is_asked_about_and_can_be_kept(self, project_lead, session):
        mine = opened(project_lead, address(session))
        speaker = self.line.speaker
        self.line.delete()

        seen = project_lead.post(address(session), mine | {"candidacies-0-stage": "confirmed"})
        (choice,) = seen.context["comparison"].asked
        assert "Confirmée" in choice.label
        again = project_lead.post(address(session), fields_of(seen))
        (choice,) = again.context["comparison"].asked
        saved = project_lead.post(address(session), fields_of(again) | {f"_keep-{choice.key}": "mine"})

        assert saved.status_code == 302
        line = session.candidacies.get()
        assert (line.speaker, line.stage) == (speaker, "confirmed")

    def test_a_line_that_somebody_deleted_can_stay_deleted(self, project_lead, session):
        mine = opened(project_lead, address(session))
        self.line.delete()
        seen = project_lead.post(address(session), mine | {"candidacies-0-stage": "confirmed", "title": "Mien"})
        (choice,) = seen.context["comparison"].asked

        saved = project_lead.post(address(session), fields_of(seen) | {f"_keep-{choice.key}": "theirs"})

        session.refresh_from_db()
        assert (saved.status_code, session.candidacies.count(), session.title) == (302, 0, "Mien")

    @pytest.mark.parametrize(("choice", "left"), [("mine", 0), ("theirs", 1)])
    def test_deleting_a_line_that_somebody_changed_is_asked_about(self, project_lead, recruiter, session, choice, left):
        mine = opened(project_lead, address(session))
        form = opened(recruiter, address(self.line))
        recruiter.post(address(self.line), form | {"stage": "confirmed"})

        seen = project_lead.post(address(session), mine | {"candidacies-0-DELETE": "on"})
        (asked_about,) = seen.context["comparison"].asked
        assert session.candidacies.count() == 1
        saved = project_lead.post(address(session), fields_of(seen) | {f"_keep-{asked_about.key}": choice})

        assert (saved.status_code, session.candidacies.count()) == (302, left)

    def test_both_fill_a_vacant_place_and_nobody_is_lost(self, project_lead, recruiter, session):
        role = RoleFactory(format=session.format, required=2)
        mine, theirs = opened(project_lead, address(session)), opened(project_lead, address(session))
        people = [SpeakerFactory(), SpeakerFactory()]
        place = next(name for name, value in mine.items() if name.endswith("-role") and value == str(role.pk))
        speaker = place.removesuffix("role") + "speaker"
        project_lead.post(address(session), theirs | {speaker: people[0].pk})

        response = project_lead.post(address(session), mine | {speaker: people[1].pk})

        assert response.status_code == 302
        assert {line.speaker for line in session.candidacies.filter(role=role)} == set(people)

    def test_lines_that_others_add_stay_and_the_rows_are_not_mixed_up(self, project_lead, session):
        second = CandidacyFactory(session=session, role=self.role, stage="contacted", position=2)
        mine = opened(project_lead, address(session))
        self.line.delete()
        third = CandidacyFactory(session=session, role=self.role, stage="spotted", position=0)

        response = project_lead.post(address(session), mine | {"candidacies-1-stage": "confirmed"})
        if response.status_code == 200:
            assert asked(response) == []
            response = project_lead.post(address(session), fields_of(response))

        assert response.status_code == 302
        stages = dict(session.candidacies.values_list("pk", "stage"))
        assert stages == {second.pk: "confirmed", third.pk: "spotted"}


def test_a_portrait_replaced_by_both_is_asked_about(recruiter, staff):
    speaker, colleague = SpeakerFactory(), client_of(staff("Intervenants"))
    mine, theirs = opened(recruiter, address(speaker)), opened(colleague, address(speaker))

    colleague.post(address(speaker), theirs | {"portrait": picture()})
    kept = Speaker.objects.get().portrait.name

    seen = recruiter.post(address(speaker), mine | {"portrait": picture(), "biography": "Une vie"})
    assert [label for label, *_versions in asked(seen)] == ["Portrait"]
    fields = {name: value for name, value in fields_of(seen).items() if name != "portrait"}
    recruiter.post(address(speaker), fields | {"_keep-portrait": "theirs", "portrait": picture()})

    speaker.refresh_from_db()
    assert (speaker.portrait.name, speaker.biography) == (kept, "Une vie")


def test_accounts_are_compared_too_without_their_password(superuser_client, db):
    user = UserFactory(first_name="Alix")
    mine, theirs = opened(superuser_client, address(user)), opened(superuser_client, address(user))
    superuser_client.post(address(user), theirs | {"first_name": "Camille"})

    seen = superuser_client.post(address(user), mine | {"first_name": "Dominique"})

    assert asked(seen) == [("Prénom", "Alix", "Camille", "Dominique")]
    user.refresh_from_db()
    assert user.password not in seen.content.decode()


def test_every_change_form_says_what_it_was_opened_with(superuser_client, populate):
    populate(1)
    forms = []
    for model in admin.site._registry:
        obj = model._default_manager.order_by("pk").first()
        response = superuser_client.get(address(obj)) if obj else None
        if response and response.context["has_change_permission"]:
            page = html.fromstring(response.content.decode())
            forms.append(model._meta.label)
            assert (model._meta.label, len(page.xpath("//form//input[@name='_opened']"))) == (model._meta.label, 1)
            assert page.xpath("//script[contains(@src, 'unsaved.js')]")
    assert {"programme.Session", "venues.Room", "speakers.Speaker", "auth.User", "programme.Audience"} <= set(forms)


def words_of(sent: dict[str, Any]) -> list[str]:
    """Of the form and of each kind of its lines, one field that two people may each write something into."""
    found: dict[str, str] = {}
    for name, value in sent.items():
        *line, field = name.split("-")
        if field in ("name", "title", "username", "supplier", "note") and "__prefix__" not in line and value:
            found.setdefault(line[0] if line else "", name)
    return list(found.values())


def test_on_every_change_form_and_its_lines_two_who_write_the_same_field_are_asked(superuser_client, populate):
    populate(1)
    Candidacy.objects.update(note="Note")
    colleague, walked = client_of(UserFactory(is_superuser=True)), []

    for model in admin.site._registry:
        obj = model._default_manager.order_by("pk").last()
        response = superuser_client.get(address(obj)) if obj else None
        if not response or not response.context["has_change_permission"]:
            continue
        for name in words_of(fields_of(response)):
            mine, theirs = opened(superuser_client, address(obj)), opened(colleague, address(obj))
            saved = colleague.post(address(obj), theirs | {name: f"Sien{len(walked)}"})
            seen = superuser_client.post(address(obj), mine | {name: f"Mien{len(walked)}"})
            assert (name, saved.status_code, seen.status_code) == (name, 302, 200)
            assert [(name, *row[2:]) for row in asked(seen)] == [(name, f"Sien{len(walked)}", f"Mien{len(walked)}")]
            walked.append((model.__name__, name))

    assert {("Venue", "name"), ("User", "username"), ("Group", "name"), ("Session", "title")} <= set(walked)
    assert {name.split("-")[0] for _model, name in walked if "-" in name} >= {
        "rooms",
        "roles",
        "candidacies",
        "services",
    }


def test_who_may_only_look_carries_nothing(reader, venue):
    assert "_opened" not in reader.get(address(venue)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_forms_sent_at_the_same_moment():
    venue = VenueFactory(name="Halle", city="Paris")
    clients = [client_of(UserFactory(is_superuser=True)) for _person in range(4)]
    forms = [opened(client, address(venue)) for client in clients]
    barrier, statuses = threading.Barrier(4), []

    def send(client: Client, form: dict[str, Any], name: str) -> None:
        try:
            barrier.wait(timeout=20)
            statuses.append((client.post(address(venue), form | {"name": name}).status_code, name))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=send, args=[client, form, f"Nom {number}"])
        for number, (client, form) in enumerate(zip(clients, forms, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    venue.refresh_from_db()
    assert sorted(status for status, _name in statuses) == [200, 200, 200, 302]
    assert (302, venue.name) in statuses
