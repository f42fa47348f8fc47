"""What became of an account: who gave it which role, opened or closed it, and when; also brought back."""

import importlib

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.admin.change_forms import opened
from tests.admin.test_deletion import words
from tests.conftest import client_of
from tests.factories import AccountLimitFactory, AudienceFactory, SequenceFactory, UserFactory, VenueFactory


@pytest.fixture
def colleague(staff) -> User:
    return staff("Lecture")


def page(user: User, kind: str) -> str:
    return reverse(f"admin:auth_user_{kind}", args=[user.pk])


def give(client: Client, user: User, *roles: str) -> None:
    groups = [str(group.pk) for group in Group.objects.filter(name__in=roles)]
    response = client.post(page(user, "change"), opened(client, page(user, "change")) | {"groups": groups})
    assert response.status_code == 302


def test_history_says_who_gave_which_role(staff, colleague):
    lead = staff("Chef de projet")

    give(client_of(lead), colleague, "Accueil", "Logistique")

    told = words(client_of(lead).get(page(colleague, "history")))
    assert f"{lead.get_full_name()} Modifié" in told
    assert "Groupes avant : Lecture après : Logistique, Accueil" in told
    assert colleague.email not in told


def test_a_change_of_roles_and_of_name_is_one_entry_without_a_moment_of_no_role(project_lead, colleague):
    before = colleague.history.count()
    sent = opened(project_lead, page(colleague, "change")) | {"last_name": "Marchand"}
    groups = [str(group.pk) for group in Group.objects.filter(name__in=["Accueil", "Logistique"])]

    project_lead.post(page(colleague, "change"), sent | {"groups": groups})

    newest, *_others = entries = list(colleague.history.all())
    assert len(entries) == before + 1
    assert (newest.last_name, newest.history_type) == ("Marchand", "~")
    assert {row.group.name for row in newest.groups.all()} == {"Accueil", "Logistique"}


def test_other_sequences_for_a_limited_account_are_one_entry(project_lead, colleague):
    mine, theirs = SequenceFactory(title="À nous"), SequenceFactory(title="À eux")
    limit = AccountLimitFactory(user=colleague, only_some_sequences=True, sequences=[mine])
    before = limit.history.count()
    sent = opened(project_lead, page(colleague, "change"))

    project_lead.post(page(colleague, "change"), sent | {"limit-0-sequences": [str(theirs.pk)]})

    assert limit.history.count() == before + 1
    assert [row.sequence.title for row in limit.history.first().sequences.all()] == ["À eux"]


def test_a_role_is_taken_back_from_the_history(project_lead, colleague):
    give(project_lead, colleague, "Chef de projet")
    record = next(record for record in colleague.history.all() if record.groups.filter(group__name="Lecture"))
    restore = reverse("admin:auth_user_restore", args=[colleague.pk, record.pk])

    before = colleague.history.count()
    project_lead.post(restore, opened(project_lead, restore))

    assert [group.name for group in colleague.groups.all()] == ["Lecture"]
    assert colleague.history.count() == before + 1


def test_nobody_becomes_a_superuser_by_the_history(project_lead, colleague):
    User.objects.filter(pk=colleague.pk).update(is_superuser=True)
    colleague.refresh_from_db()
    colleague.save()
    record = colleague.history.first()
    colleague.is_superuser = False
    colleague.save()
    sent = {"field": ["is_superuser"], "newest": str(colleague.history.first().pk)}

    project_lead.post(reverse("admin:auth_user_restore", args=[colleague.pk, record.pk]), sent)

    colleague.refresh_from_db()
    assert not colleague.is_superuser


def test_an_account_that_has_worked_is_closed_rather_than_deleted(superuser_client, staff):
    """History would no longer say who."""
    editor, idle = staff("Éditorial"), staff("Éditorial")
    venue = VenueFactory()
    venue._history_user, venue.city = editor, "Lyon"
    venue.save()

    kept = superuser_client.post(page(editor, "delete"), {"post": "yes"})
    superuser_client.post(page(idle, "delete"), {"post": "yes"})

    assert "ferme son compte" in words(kept)
    assert list(User.objects.filter(pk__in=[editor.pk, idle.pk])) == [editor]
    assert venue.history.first().history_user == editor


def test_the_limit_of_an_account_is_in_its_history(project_lead, colleague):
    limit = AccountLimitFactory(user=colleague, only_some_sequences=True, sequences=[SequenceFactory(title="À nous")])
    limit.only_some_sequences = False
    limit.save()

    assert "Limité à certaines séquences avant : oui après : non" in words(project_lead.get(page(colleague, "history")))


def test_logging_in_is_no_change_and_a_new_password_is_told_without_a_word_of_it(project_lead, colleague):
    before = colleague.history.count()
    Client().post(reverse("admin:login"), {"username": colleague.username, "password": "mot de passe de test"})
    assert colleague.history.count() == before

    new = {"password1": "une phrase assez longue", "password2": "une phrase assez longue"}
    project_lead.post(reverse("admin:auth_user_password_change", args=[colleague.pk]), new)
    call_command("reset_second_factor", colleague.username, verbosity=0)

    told = words(project_lead.get(page(colleague, "history")))
    assert "(nouveau mot de passe)" in told
    assert "argon2" not in told
    colleague.refresh_from_db()
    assert colleague.check_password("une phrase assez longue")


def test_the_rights_of_a_role_are_in_its_history_at_the_same_cost_for_many(superuser_client):
    group = Group.objects.get(name="Lecture")
    history = reverse("admin:auth_group_history", args=[group.pk])
    superuser_client.get(history)
    costs = []
    for number in (1, 30):
        group.permissions.set(Permission.objects.all()[:number])
        with CaptureQueriesContext(connection) as queries:
            response = superuser_client.get(history)
        costs.append(len(queries))

    assert "Permissions" in words(response)
    assert costs[0] == costs[1] < 20


def test_what_was_there_before_has_a_first_entry(db):
    user, audience = UserFactory(is_active=False), AudienceFactory(name="Managers")
    user.groups.add(Group.objects.get(name="Accueil"))
    for row in (user, audience):
        row.history.all().delete()

    importlib.import_module("innovation_week.migrations.0012_account_history_begins").begin(apps, None)
    importlib.import_module("sessions.migrations.0011_audience_history_begins").begin(apps, None)

    kept = user.history.get()
    assert (kept.username, kept.is_active, kept.history_type) == (user.username, False, "+")
    assert [row.group.name for row in kept.groups.all()] == ["Accueil"]
    assert audience.history.get().name == "Managers"
    assert Group.objects.get(name="Accueil").history.exists()
