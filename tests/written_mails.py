"""Every mail that the site writes, as it leaves, in each language."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core import mail
from django.db import transaction
from django.db.models import Case, When
from django.utils import timezone, translation
from lxml import html

from outbox.models import Message
from outbox.sending import send_due
from publishing.publish import publish
from registrations import connection_changes, invitations, mailings, mails, notices, participants
from registrations.delivered_mails import MAILS
from registrations.models import Registration
from registrations.published import PublishedSession, find
from registrations.resending import send_data_link
from registrations.services import send_links
from sessions.models import Session
from tests.factories import EditionFactory, NoticeFactory, PrivacyNoticeFactory, RegistrationFactory, SessionFactory

State = Registration.State
LANGUAGES = [code for code, _name in settings.LANGUAGES]
TITLE = "Fail camp <d’été> & « rebond »"


def _mailing(registration: Registration, published: PublishedSession) -> object:
    now = timezone.now() - mailings.CALL_BACK
    values = {
        "subject": "À propos de {seance}",
        "text": f"Bonjour {{prenom}},\n\n{TITLE}",
        "narrowed": "Toute la liste",
    }
    return mailings.send([registration], edition=published.edition, user=None, now=now, **values)


def _connection(registration: Registration, published: PublishedSession) -> object:
    """Without a link: the tests ask of every link that it leads to this site."""
    Session.objects.filter(pk=registration.session_id).update(connection_note="Code 1234")
    Registration.objects.update(is_online=Case(When(pk=registration.pk, then=True), default=False))
    return connection_changes.tell(Session.objects.get(pk=registration.session_id), now=timezone.now())


def _changed(registration: Registration, published: PublishedSession) -> object:
    notice = NoticeFactory(session=registration.session, word="Un dégât des eaux <dans> la salle.\nÀ bientôt")
    Registration.objects.exclude(pk=registration.pk).update(state=State.CANCELLED)
    Registration.objects.filter(pk=registration.pk).update(created_at=notice.created_at - dt.timedelta(days=1))
    return notices.send(notice, user=None, now=timezone.now())


def _invitation(registration: Registration, published: PublishedSession) -> object:
    """The registration of the sample gives its address and its language, and nothing else."""
    row = Session.objects.get(pk=registration.session_id)
    Session.objects.filter(pk=row.pk).update(eligibility=Session.Eligibility.INVITATION)
    now = timezone.now()
    values = {"last_day": invitations.today(published.edition, now), "language": registration.language}
    return invitations.invite(row, [registration.email], now=now, actor="chef", **values)


# How each template comes to be written; a template that is added and not named here fails the first test.
WRITTEN: dict[str, Callable[[Registration, PublishedSession], object]] = {
    "hold": mails.hold,
    "reminder": mails.reminder,
    "offer": mails.offer,
    "offer_reminder": mails.reminder,
    "set_aside": lambda registration, published: mails.set_aside(registration, 2, published),
    "waiting": mails.waiting,
    "list_closed": mails.list_closed,
    "not_taken": mails.not_taken,
    "confirmed": mails.confirmed,
    "coming": lambda registration, published: mails.around(registration, published, Registration.Told.TWO_DAYS_BEFORE),
    "today": lambda registration, published: mails.around(registration, published, Registration.Told.ON_THE_DAY),
    "thanks": lambda registration, published: mails.around(registration, published, Registration.Told.THANKED),
    "cancelled": lambda registration, published: mails.cancelled(registration, published, was_waiting=False),
    "slot_changed": lambda registration, published: mails.slot_changed(registration, published, published),
    "moved": lambda registration, published: mails.moved(registration, published, published),
    "has_slot": lambda registration, published: mails.has_slot(registration, now=timezone.now()),
    "link": lambda registration, published: mails.again(registration, published, now=timezone.now()),
    "changed": _changed,
    "mailing": _mailing,
    "connection": _connection,
    "invitation": _invitation,
    "data": lambda registration, published: send_data_link(participants.of(registration), registration),
    "links": lambda registration, published: send_links(registration.email, language=registration.language),
}
STATES = {
    "hold": State.HELD,
    "reminder": State.HELD,
    "offer": State.OFFERED,
    "offer_reminder": State.OFFERED,
    "set_aside": State.WAITING,
    "waiting": State.WAITING,
    "thanks": State.PRESENT,
    "list_closed": State.EXPIRED,
    "not_taken": State.EXPIRED,
    "cancelled": State.CANCELLED,
}
FOLDERS = Path(settings.BASE_DIR / "templates")
TEMPLATES = sorted(
    {path.stem for path in FOLDERS.glob("*/mail/*.html") if not path.name.startswith("_")} | set(MAILS) - {"list_left"}
)


class Mail:
    """A mail as it left."""

    def __init__(self, left: mail.EmailMultiAlternatives, message: Message) -> None:
        self.left, self.message = left, message
        self.text = str(left.body)
        self.html = str(left.alternatives[0].content)
        self.page = html.document_fromstring(self.html)

    @property
    def links(self) -> list[tuple[str, str]]:
        return [(link.get("href"), " ".join(link.text_content().split())) for link in self.page.iter("a")]


def write(name: str, published: PublishedSession, language: str) -> Mail:
    now = timezone.now()
    registration = RegistrationFactory(
        session=Session.objects.get(code=published.item.code),
        state=STATES.get(name, State.CONFIRMED),
        language=language,
        told=Registration.Told.THANKED,
        party=4,
        queued_at=now,
        offered_at=now,
        hold_hours=24,
        hold_started_at=now,
        created_at=now,
        expires_at=now + dt.timedelta(hours=24),
        set_aside_until=now + dt.timedelta(hours=24),
    )
    with translation.override(language):
        WRITTEN[name](registration, published)
    mail.outbox.clear()
    assert send_due() == {"sent": 1}
    (left,) = mail.outbox
    message = Message.objects.latest("pk")
    assert message.kind == f"registration_{name}"
    return Mail(left, message)


def write_all() -> dict[tuple[str, str], Mail]:
    """By template and language; nothing of it stays in the database."""
    with transaction.atomic():
        edition = EditionFactory(slug="semaine", is_current=True, contact_email="contact@example.org")
        PrivacyNoticeFactory(edition=edition)
        session = SessionFactory(edition=edition, title=TITLE, seats=20, is_online=True)
        publish(edition, note="Le programme ouvre.")
        published = find("semaine", session.code)
        assert published
        sent = {(name, language): write(name, published, language) for name in WRITTEN for language in LANGUAGES}
        transaction.set_rollback(True)
    return sent
