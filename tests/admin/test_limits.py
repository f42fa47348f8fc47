"""An account limited to some sequences, or to a last day."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from innovation_week.models import AccountLimit, today
from planning.tasks import renew_calendar
from registrations.mails import about
from sessions.models import Edition, Sequence, Session
from speakers.models import Candidacy, Speaker
from tests.admin.change_forms import opened
from tests.admin.test_dashboard import busy_edition, listed
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    CandidacyFactory,
    EditionFactory,
    MessageFactory,
    RegistrationFactory,
    RoleFactory,
    SequenceFactory,
    ServiceFactory,
    SessionFactory,
    SpeakerFactory,
    TaskFactory,
    UserFactory,
)

LISTS = ["programme_sequence", "programme_session", "speakers_candidacy", "speakers_speaker"]


@pytest.fixture
def edition(db) -> Edition:
    return EditionFactory(is_current=True)


@pytest.fixture
def mine(edition) -> Session:
    return session_of(SequenceFactory(edition=edition, title="Séquence à nous"), "à nous")


@pytest.fixture
def other(edition) -> Session:
    return session_of(SequenceFactory(edition=edition, title="Séquence ailleurs"), "ailleurs")


def session_of(sequence: Sequence, word: str) -> Session:
    session = SessionFactory(edition=sequence.edition, sequence=sequence, title=f"Séance {word}", room=None)
    CandidacyFactory(session=session, speaker__name=f"Camille {word}")
    RegistrationFactory(session=session, first_name="Dominique", last_name=word)
    return session


@pytest.fixture
def limited(staff, mine):
    """Make a client of the role, limited to the sequence of ``mine``."""

    def make(role: str) -> Client:
        user = staff(role)
        AccountLimitFactory(user=user, only_some_sequences=True, sequences=[mine.sequence])
        return client_of(user)

    return make


def test_lists_hold_the_sequences_of_the_account_and_nothing_else(limited, mine, other):
    lead = limited("Chef de projet")

    for name in [*LISTS, "registrations_registration"]:
        html = lead.get(reverse(f"admin:{name}_changelist")).content.decode()
        assert (name, "à nous" in html, "ailleurs" in html) == (name, True, False)


def test_the_dashboard_counts_what_the_lists_hold(limited, mine, other):
    lead = limited("Chef de projet")

    html = lead.get(reverse("admin:index")).content.decode()

    assert "Séance ailleurs" not in html
    assert "Séance à nous" in html


def test_each_number_of_the_dashboard_opens_a_list_that_holds_it_and_says_whom_it_waits_for(staff):
    edition, user = busy_edition(), staff("Logistique")
    seen = list(edition.sessions.order_by("pk"))[::2]
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[session.sequence for session in seen])
    for session in edition.sessions.all():
        TaskFactory(edition=edition, session=session, offset=-400)
        ServiceFactory(session=session, state="asked")
        MessageFactory(state="bounced", about=about(RegistrationFactory(session=session)))
    client = client_of(user)

    lines = client.get(reverse("admin:index")).context["lines"]

    assert [line.label for line in lines if not line.waits_for] == []
    counts = {line.label: line.count for line in lines}
    assert counts == {line.label: listed(client, line.url) for line in lines}
    assert counts["inscriptions dont les courriels n’arrivent pas"] == len(seen) < edition.sessions.count()
    assert counts["prestations à commander"] == len(seen)


@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_addresses_of_what_belongs_to_others_lead_nowhere(limited, mine, other, page):
    lead = limited("Chef de projet")
    candidacy = other.candidacies.get()
    rows = [other, other.sequence, candidacy, candidacy.speaker, other.registrations.get()]

    for row in rows:
        response = lead.get(reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk]))
        assert (row, response.status_code in (302, 403, 404)) == (row, True)
        assert "ailleurs" not in response.content.decode()


def test_choices_and_autocompletes_offer_what_the_account_sees(limited, mine, other):
    lead = limited("Chef de projet")
    query = {"app_label": "speakers", "model_name": "candidacy", "field_name": "session"}

    found = lead.get(reverse("admin:autocomplete"), query | {"term": "séance"}).json()["results"]
    html = lead.get(reverse("admin:programme_session_change", args=[mine.pk])).content.decode()

    assert [row["text"] for row in found] == ["Séance à nous"]
    assert "ailleurs" not in html


def test_a_forged_post_moves_nothing_into_or_out_of_reach(limited, mine, other):
    lead = limited("Chef de projet")
    theirs = other.candidacies.get()
    role = RoleFactory(format=other.format)
    fields = {"session": other.pk, "role": role.pk, "speaker": mine.candidacies.get().speaker_id, "stage": "proposed"}

    lead.post(reverse("admin:speakers_candidacy_change", args=[theirs.pk]), fields | {"position": 0})
    lead.post(reverse("admin:speakers_candidacy_add"), fields | {"position": 0})
    lead.post(
        reverse("admin:registrations_registration_changelist"),
        {"action": "cancel_registrations", "_selected_action": [other.registrations.get().pk], "reason": "x"},
    )

    assert set(Candidacy.objects.filter(session=other)) == {theirs}
    assert other.registrations.get().state != "cancelled"


@pytest.mark.parametrize("name", ["programme_edition", "venues_venue", "programme_format"])
def test_what_is_of_the_whole_programme_is_read_and_not_changed(limited, mine, name):
    lead = limited("Chef de projet")

    assert lead.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert lead.get(reverse(f"admin:{name}_add")).status_code == 403


def test_a_limited_account_publishes_no_programme_sees_no_message_and_manages_no_account(limited, mine):
    lead = limited("Chef de projet")

    for name in ["publishing_release_publish", "outbox_message_changelist", "auth_user_changelist"]:
        assert (name, lead.get(reverse(f"admin:{name}")).status_code) == (name, 403)
    limit = AccountLimit.objects.get()
    own = reverse("admin:auth_user_change", args=[limit.user_id])
    assert lead.post(own, {"username": "x"}).status_code == 403


def test_deleting_its_only_sequence_does_not_open_the_others(limited, mine, other):
    lead = limited("Lecture")
    AccountLimit.objects.get().sequences.clear()

    html = lead.get(reverse("admin:programme_session_changelist")).content.decode()

    assert "Séance" not in html.partition('id="changelist-form"')[2]


def test_a_speaker_without_a_session_is_seen_by_who_added_them(limited, mine):
    SpeakerFactory(name="Inconnue au bataillon")
    recruiter = limited("Intervenants")

    recruiter.post(
        reverse("admin:speakers_speaker_add"), {"name": "Camille Ajoutée", "role_form": "feminine"}, follow=True
    )

    html = recruiter.get(reverse("admin:speakers_speaker_changelist")).content.decode()
    assert ("Camille Ajoutée" in html, "Inconnue" in html) == (True, False)
    assert Speaker.objects.filter(name="Camille Ajoutée").exists()


def test_an_account_works_on_its_last_day_and_not_on_the_next(staff):
    user = staff("Lecture")
    limit = AccountLimitFactory(user=user, ends_on=today())
    client, index = client_of(user), reverse("admin:index")
    assert client.get(index).status_code == 200

    limit.ends_on = today() - dt.timedelta(days=1)
    limit.save()

    assert client.get(index).status_code == 302
    known = {"username": user.username, "password": "mot de passe de test"}
    assert Client().post(reverse("admin:login"), known).status_code == 200


@pytest.mark.parametrize(("now", "ended"), [("2026-11-27T22:59:00Z", False), ("2026-11-27T23:01:00Z", True)])
def test_the_last_day_is_read_on_the_clock_of_the_site(db, monkeypatch, now, ended):
    limit = AccountLimitFactory(ends_on=dt.date(2026, 11, 27))
    monkeypatch.setattr("django.utils.timezone.now", lambda: dt.datetime.fromisoformat(now))

    with timezone.override("Indian/Reunion"):
        assert limit.has_ended is ended


def test_a_project_lead_limits_an_account_on_its_page(project_lead, mine):
    user = UserFactory()
    page = reverse("admin:auth_user_change", args=[user.pk])
    fields = {"username": user.username, "is_active": "on", "is_staff": "on"}
    rows = {"limit-TOTAL_FORMS": 1, "limit-INITIAL_FORMS": 0, "limit-0-user": user.pk}
    limit = {"limit-0-only_some_sequences": "on"}

    refused = project_lead.post(page, fields | rows | limit)
    assert "Choisissez les séquences" in refused.content.decode()
    project_lead.post(page, fields | rows | limit | {"limit-0-sequences": [mine.sequence_id]})

    saved = AccountLimit.objects.get(user=user)
    assert saved.sequence_pks == {mine.sequence_id}
    assert saved.history.latest().history_user == User.objects.get(groups__name="Chef de projet")


@pytest.mark.parametrize("about", ["session", "sequence"])
def test_a_task_given_to_the_account_about_others_is_theirs_without_what_it_is_about(limited, mine, other, about):
    """And saving it does not cut it off from what the account does not see."""
    client = limited("Logistique")
    target = other if about == "session" else other.sequence
    task = TaskFactory(edition=other.edition, owner=AccountLimit.objects.get().user, title="Relire", **{about: target})
    page = reverse("admin:planning_task_change", args=[task.pk])
    calendar = renew_calendar(task.owner)

    listed = client.get(reverse("admin:planning_task_changelist")).content.decode()
    client.post(page, opened(client, page) | {"title": "Relire encore"})
    read = Client().get(calendar.url).content.decode()

    task.refresh_from_db()
    assert (task.title, getattr(task, about)) == ("Relire encore", target)
    assert "Relire" in listed
    assert "Relire" in read
    for seen in (listed, client.get(page).content.decode(), read):
        assert "ailleurs" not in seen


def test_the_deleted_tasks_of_a_deleted_session_are_listed_without_a_fault(limited, mine, superuser_client):
    client = limited("Chef de projet")
    draft = SessionFactory(edition=mine.edition, sequence=mine.sequence, title="Brouillon")
    TaskFactory(edition=mine.edition, session=draft, title="Relire")
    draft.delete()

    for reader in (client, superuser_client):
        assert reader.get(reverse("admin:planning_task_deleted")).status_code == 200
