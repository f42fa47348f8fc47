"""Somebody of the staff at work in an edition: the account, logged in, and the pages that they open all day."""

import dataclasses as dc
import datetime as dt

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from registrations.models import Branch, Region, Registration
from registrations.seats import recount
from sessions.models import ChosenEdition, Edition, Session

DRAFTS = 30  # sessions that wait to be published
PEOPLE = 4  # registered for each session


@dc.dataclass(frozen=True, slots=True)
class Desk:
    cookie: str
    pages: dict[str, str]


def desk(slug: str) -> Desk:
    edition = Edition.objects.get(slug=slug)
    _fill(edition)
    user = User.objects.create_user(username=f"staff-{slug}", first_name="Camille", last_name="Exemple", is_staff=True)
    user.groups.add(Group.objects.get(name="Chef de projet"))
    ChosenEdition.objects.create(user=user, edition=edition)
    return Desk(_cookie(user), _pages(edition))


def _fill(edition: Edition) -> None:
    """Registrations over a fortnight, and changes that the public does not know yet."""
    now = timezone.now()
    sessions = list(edition.sessions.order_by("pk"))
    Registration.objects.bulk_create(
        Registration(
            session=session,
            state=Registration.State.CONFIRMED,
            first_name="Dominique",
            last_name=f"Inscription {number}",
            email=f"agent{number}@example.org",
            email_key=f"agent{number}@example.org",
            employer_name="Ministère de l’exemple",
            branch=Branch.STATE,
            region=Region.IDF,
            created_at=now - dt.timedelta(hours=(session.pk * PEOPLE + number) % 336),
        )
        for session in sessions
        for number in range(PEOPLE)
    )
    recount(fix=True)
    for session in sessions[:DRAFTS]:
        session.title += " (suite)"
        session.save()


def _cookie(user: User) -> str:
    """Of a browser that gave the password and the code of a telephone."""
    client = Client()
    client.force_login(user, backend="innovation_week.accounts.AccountBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.create(user=user, name="telephone").persistent_id
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _pages(edition: Edition) -> dict[str, str]:
    rows = edition.sessions.annotate(number=Count("candidacies")).order_by("-number", "pk")
    session: Session = rows.select_related("room")[0]
    assert session.room is not None
    return {
        "form of a room": reverse("admin:venues_room_change", args=[session.room.pk]),
        "form of a session": reverse("admin:programme_session_change", args=[session.pk]),
        "sessions": reverse("admin:programme_session_changelist"),
        "candidacies": reverse("admin:speakers_candidacy_changelist"),
        "speakers": reverse("admin:speakers_speaker_changelist"),
        "registrations": reverse("admin:registrations_registration_changelist"),
        "dashboard": reverse("admin:index"),
        "publish": reverse("admin:publishing_release_publish"),
        "publish one session": reverse("admin:programme_session_publish", args=[session.pk]),
    }
