"""The mail of an invitation is previewed for who is invited; without anybody, as an example that says so."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from publishing.publish import publish
from registrations.models import Invitation
from sessions.models import Session
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    EditionFactory,
    InvitationFactory,
    PrivacyNoticeFactory,
    RegistrationFactory,
    SessionFactory,
)

PREVIEW = f"{reverse('admin:registrations_mailtext_preview')}?kind=invitation&language=fr"
LAYOUT = f"{reverse('admin:registrations_mailtext_layout')}?kind=invitation&language=fr"
WORDS = {
    "subject": "Soyez des nôtres\u00a0: {seance}",
    "heading": "Invitation",
    "body": "{rendez_vous}\n\n{bouton}\n\n{usage}\n\n{origine_adresse}",
}


@pytest.fixture
def session(db) -> Session:
    edition = EditionFactory(slug="demo", is_current=True, contact_email="contact@example.org")
    PrivacyNoticeFactory(edition=edition)
    session = SessionFactory(edition=edition, title="Fail camp", eligibility="invitation")
    publish(edition, note="Première version")
    RegistrationFactory(session=session, email="inscrite@example.org")
    return session


@pytest.fixture
def invitation(session) -> Invitation:
    return InvitationFactory(session=session, email="conviee@example.org", last_day=dt.date(2018, 11, 3))


def shown_to(html: str) -> list[str]:
    return re.findall(r"<h2>([^<]*@[^<]*)</h2>", html)


def test_it_is_for_who_is_invited_with_the_last_day_of_the_invitation(project_lead, invitation):
    html = project_lead.get(PREVIEW).content.decode()

    assert shown_to(html) == ["conviee@example.org"]
    assert date_format(invitation.last_day, "j F Y") in html
    assert invitation.link.token not in html
    assert "Un exemple" not in html


def test_without_an_invitation_it_is_an_example_and_says_so(project_lead, session):
    InvitationFactory(session__edition=EditionFactory(), email="ailleurs@example.org")

    html = project_lead.get(PREVIEW).content.decode()

    assert "Un exemple : personne que vous puissiez voir n’est encore invité" in html.replace("\u00a0", " ")
    assert "ailleurs@example.org" not in html


def test_one_that_was_revoked_is_no_example(project_lead, invitation):
    Invitation.objects.update(revoked_at=invitation.invited_at)

    assert "conviee@example.org" not in project_lead.get(PREVIEW).content.decode()


def test_who_is_looked_for_is_found_among_the_invited(project_lead, session, invitation):
    InvitationFactory(session=session, email="autre@example.org")

    assert shown_to(project_lead.get(f"{PREVIEW}&qui=conviee@").content.decode()) == ["conviee@example.org"]


def test_an_account_limited_to_some_sequences_sees_its_own_invitations(staff, invitation):
    other = SessionFactory(edition=invitation.session.edition, title="La mienne")
    publish(invitation.session.edition, note="Deuxième version")
    InvitationFactory(session=other, email="mienne@example.org")
    user = staff("Chef de projet")
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[other.sequence])

    assert shown_to(client_of(user).get(PREVIEW).content.decode()) == ["mienne@example.org"]


def test_who_does_not_see_invitations_previews_an_example(editor, invitation):
    html = editor.get(PREVIEW).content.decode()

    assert "conviee@example.org" not in html
    assert editor.post(LAYOUT, WORDS | {"guest": invitation.pk}).status_code == 404


def test_it_is_laid_out_for_the_same_guest(project_lead, invitation):
    preview = project_lead.post(PREVIEW, WORDS).content.decode()
    layout = project_lead.post(LAYOUT, WORDS | {"guest": invitation.pk}).content.decode()

    assert f'name="guest" value="{invitation.pk}"' in preview
    assert date_format(invitation.last_day, "j F Y") in layout
