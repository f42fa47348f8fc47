"""One factory per model. The default edition is a week that begins on a Monday about three weeks from today."""

import dataclasses as dc
import datetime as dt
from uuid import uuid4
from zoneinfo import ZoneInfo

import factory
from django.contrib.auth import get_user_model
from django.db.models import Max
from django.utils import timezone
from factory.django import DjangoModelFactory

from exports.models import Deliverable
from innovation_week.models import AccountLimit, PersonalExport
from outbox.models import Attachment, Lane, Mailbox, Message
from planning.models import Service, Task
from publishing.build import build
from publishing.models import PublishedRow, Release
from publishing.programme import SCHEMA, Programme, sha256, to_json
from registrations.addresses import normalise
from registrations.delivered_mails import MAILS
from registrations.models import (
    AccessNeed,
    Answer,
    AnsweredForm,
    Branch,
    Employer,
    Invitation,
    Mailing,
    MailText,
    Notice,
    Participant,
    Question,
    Region,
    Registration,
    Transition,
    Unclaimed,
    WalkIn,
)
from sessions.models import (
    AccessibilityStatement,
    Audience,
    ChosenEdition,
    Edition,
    Format,
    LegalNotice,
    PrivacyNotice,
    Role,
    SavedList,
    Sequence,
    Session,
)
from speakers.models import Candidacy, Speaker
from venues.models import Room, Venue

PARIS = ZoneInfo("Europe/Paris")


def monday() -> dt.date:
    """The first day of the default edition: always ahead, and never less than two weeks."""
    today = timezone.localdate()
    return today - dt.timedelta(days=today.weekday()) + dt.timedelta(weeks=3)


def at(hour: int, minute: int = 0, *, day: int = 0) -> dt.datetime:
    """A time on the Paris clock, ``day`` days after the Monday of the default edition."""
    return dt.datetime.combine(monday() + dt.timedelta(days=day), dt.time(hour, minute), PARIS)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = get_user_model()

    username = factory.Sequence(lambda n: f"user{n}")
    first_name = "Camille"
    last_name = factory.Sequence(lambda n: f"Exemple {n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    password = factory.django.Password("mot de passe de test")
    is_staff = True


class AccountLimitFactory(DjangoModelFactory):
    class Meta:
        model = AccountLimit
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)

    @factory.post_generation
    def sequences(self, create: bool, extracted: list[Sequence] | None) -> None:
        if extracted is not None:
            self.sequences.set(extracted)


class PersonalExportFactory(DjangoModelFactory):
    class Meta:
        model = PersonalExport

    username = "camille"
    at = factory.LazyFunction(timezone.now)
    what = "inscriptions"
    narrowed = "Semaine 2026"
    rows = 3


class EditionFactory(DjangoModelFactory):
    class Meta:
        model = Edition

    name = factory.Sequence(lambda n: f"Semaine de l’innovation publique {n}")
    slug = factory.Sequence(lambda n: f"edition-{n}")
    starts_on = factory.LazyFunction(monday)
    ends_on = factory.LazyAttribute(lambda edition: edition.starts_on + dt.timedelta(days=6))


class ChosenEditionFactory(DjangoModelFactory):
    class Meta:
        model = ChosenEdition

    user = factory.SubFactory(UserFactory)
    edition = factory.SubFactory(EditionFactory)


class AudienceFactory(DjangoModelFactory):
    class Meta:
        model = Audience

    name = factory.Sequence(lambda n: f"Public {n}")
    slug = factory.Sequence(lambda n: f"public-{n}")


class FormatFactory(DjangoModelFactory):
    class Meta:
        model = Format

    name = factory.Sequence(lambda n: f"Format {n}")
    slug = factory.Sequence(lambda n: f"format-{n}")


class RoleFactory(DjangoModelFactory):
    class Meta:
        model = Role

    format = factory.SubFactory(FormatFactory)
    slug = factory.Sequence(lambda n: f"role-{n}")
    name = factory.Sequence(lambda n: f"animateur {n}")
    name_feminine = factory.Sequence(lambda n: f"animatrice {n}")


class VenueFactory(DjangoModelFactory):
    class Meta:
        model = Venue

    name = factory.Sequence(lambda n: f"Maison des exemples {n}")
    slug = factory.Sequence(lambda n: f"maison-{n}")
    address = "1 rue de l’Exemple"
    postcode = "75007"
    city = "Paris"


class RoomFactory(DjangoModelFactory):
    class Meta:
        model = Room

    venue = factory.SubFactory(VenueFactory)
    name = factory.Sequence(lambda n: f"Salle {n}")
    slug = factory.Sequence(lambda n: f"salle-{n}")
    capacity = 100


class SequenceFactory(DjangoModelFactory):
    class Meta:
        model = Sequence

    edition = factory.SubFactory(EditionFactory)
    title = factory.Sequence(lambda n: f"Séquence {n}")
    slug = factory.Sequence(lambda n: f"sequence-{n}")


class SessionFactory(DjangoModelFactory):
    """An approved session on the Monday from 10 to 11, in a room of its own, with thirty seats."""

    class Meta:
        model = Session
        skip_postgeneration_save = True

    edition = factory.SubFactory(EditionFactory)
    sequence = factory.SubFactory(SequenceFactory, edition=factory.SelfAttribute("..edition"))
    format = factory.SubFactory(FormatFactory)
    status = Session.Status.APPROVED
    title = factory.Sequence(lambda n: f"Séance {n}")
    starts_at = factory.LazyAttribute(
        lambda session: dt.datetime.combine(session.edition.starts_on, dt.time(10), ZoneInfo(session.edition.time_zone))
    )
    ends_at = factory.LazyAttribute(
        lambda session: session.starts_at + dt.timedelta(hours=1) if session.starts_at else None
    )
    room = factory.SubFactory(RoomFactory)
    seats = 30

    @factory.post_generation
    def audiences(self, create: bool, extracted: list[Audience] | None) -> None:
        if create and extracted:
            self.audiences.set(extracted)


class PrivacyNoticeFactory(DjangoModelFactory):
    class Meta:
        model = PrivacyNotice

    edition = factory.SubFactory(EditionFactory)
    controller = "Direction de l’exemple"
    dpo_contact = "dpo@example.org"
    purpose = "Gérer les inscriptions."
    legal_basis = "Mission d’intérêt public."
    recipients = "Les organisateurs."


class LegalNoticeFactory(DjangoModelFactory):
    class Meta:
        model = LegalNotice

    edition = factory.SubFactory(EditionFactory)
    publisher = "Direction de l’exemple"
    director = "Camille Exemple"
    host = "Hébergeur de l’exemple"


class AccessibilityStatementFactory(DjangoModelFactory):
    class Meta:
        model = AccessibilityStatement

    edition = factory.SubFactory(EditionFactory)
    organisation = "Direction de l’exemple"
    established_on = factory.LazyFunction(timezone.localdate)
    contact = "accessibilite@example.org"


class SpeakerFactory(DjangoModelFactory):
    class Meta:
        model = Speaker

    name = factory.Sequence(lambda n: f"Camille Exemple {n}")
    sort_name = factory.Sequence(lambda n: f"Exemple {n}, Camille")
    email = factory.Sequence(lambda n: f"intervenant{n}@example.org")


class CandidacyFactory(DjangoModelFactory):
    class Meta:
        model = Candidacy

    session = factory.SubFactory(SessionFactory)
    role = factory.SubFactory(RoleFactory, format=factory.SelfAttribute("..session.format"))
    speaker = factory.SubFactory(SpeakerFactory)
    stage = Candidacy.Stage.CONFIRMED


def empty_document(edition: Edition) -> str:
    """A programme document without sessions: enough for tests that look at releases, not into them."""
    return to_json(
        Programme(
            schema=SCHEMA,
            edition=edition.slug,
            name=edition.name,
            tagline=edition.tagline,
            introduction=edition.introduction,
            place=edition.place,
            summary=edition.summary,
            starts_on=edition.starts_on,
            ends_on=edition.ends_on,
            time_zone=edition.time_zone,
            contact_email=edition.contact_email,
            formats={},
            audiences={},
            threads=(),
            places=(),
            people=(),
            items=(),
            openings=(),
        )
    )


class TaskFactory(DjangoModelFactory):
    """Due ten days after the default edition begins: not late."""

    class Meta:
        model = Task

    edition = factory.SubFactory(EditionFactory)
    title = factory.Sequence(lambda n: f"Tâche {n}")
    offset = 10


class ServiceFactory(DjangoModelFactory):
    class Meta:
        model = Service

    session = factory.SubFactory(SessionFactory)
    kind = Service.Kind.CATERING
    supplier = "Prestataire exemple"


class DeliverableFactory(DjangoModelFactory):
    """Due three days after the default edition ends, and not delivered."""

    class Meta:
        model = Deliverable

    edition = factory.SubFactory(EditionFactory)
    title = factory.Sequence(lambda n: f"Livrable {n}")
    due_on = factory.LazyAttribute(lambda deliverable: deliverable.edition.ends_on + dt.timedelta(days=3))


class ReleaseFactory(DjangoModelFactory):
    """A row as it is; to publish what is in the database, call ``publishing.publish.publish``."""

    class Meta:
        model = Release

    edition = factory.SubFactory(EditionFactory)
    number = factory.Sequence(lambda n: n + 1)
    document = factory.LazyAttribute(lambda release: empty_document(release.edition))
    sha256 = factory.LazyAttribute(lambda release: sha256(release.document))
    note = "Première version."
    created_at = factory.LazyFunction(timezone.now)


class PublishedRowFactory(DjangoModelFactory):
    class Meta:
        model = PublishedRow
        rename = {"name_of_model": "model"}

    release = factory.SubFactory(ReleaseFactory)
    name_of_model = "programme.Session"
    row = factory.Sequence(lambda n: n + 1)


class EmployerFactory(DjangoModelFactory):
    class Meta:
        model = Employer

    edition = factory.SubFactory(EditionFactory)
    name = factory.Sequence(lambda n: f"Ministère de l’exemple {n}")
    branch = Branch.STATE
    region = Region.IDF


class RegistrationFactory(DjangoModelFactory):
    """A confirmed row as it is: it takes no seat (``seats_taken``); to take one, call ``registrations.services``."""

    class Meta:
        model = Registration

    class Params:
        held = factory.Trait(
            state=Registration.State.HELD,
            hold_started_at=factory.LazyFunction(timezone.now),
            expires_at=factory.LazyFunction(lambda: timezone.now() + dt.timedelta(hours=24)),
        )

    session = factory.SubFactory(SessionFactory)
    state = Registration.State.CONFIRMED
    first_name = "Dominique"
    last_name = factory.Sequence(lambda n: f"Inscrit {n}")
    email = factory.Sequence(lambda n: f"agent{n}@example.org")
    email_key = factory.LazyAttribute(lambda registration: registration.email.casefold())
    employer_name = "Ministère de l’exemple"
    branch = Branch.STATE
    region = Region.IDF
    created_at = factory.LazyFunction(timezone.now)
    queued_at = factory.LazyAttribute(lambda registration: timezone.now() if registration.state == "waiting" else None)


class QuestionFactory(DjangoModelFactory):
    """Of every session of a format; give ``format=None`` and a session for one of its own."""

    class Meta:
        model = Question

    format = factory.SubFactory(FormatFactory)
    text = factory.Sequence(lambda n: f"Quel repas {n}")
    kind = Question.Kind.CHOICE
    choices = "Végétarien | Vegetarian\nSans préférence | No preference"


class AnswerFactory(DjangoModelFactory):
    class Meta:
        model = Answer

    registration = factory.SubFactory(RegistrationFactory)
    question = factory.SubFactory(QuestionFactory, format=factory.SelfAttribute("..registration.session.format"))
    text = "Végétarien"


class AccessNeedFactory(DjangoModelFactory):
    class Meta:
        model = AccessNeed

    registration = factory.SubFactory(RegistrationFactory)
    need = "Une entrée sans marche."
    consented_at = factory.LazyFunction(timezone.now)


class UnclaimedFactory(DjangoModelFactory):
    class Meta:
        model = Unclaimed

    form = factory.LazyFunction(uuid4)
    need = "Une entrée sans marche."
    said_at = factory.LazyFunction(timezone.now)


class AnsweredFormFactory(DjangoModelFactory):
    class Meta:
        model = AnsweredForm

    identifier = factory.LazyFunction(uuid4)
    hold_hours = 24
    until = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(hours=24))


class InvitationFactory(DjangoModelFactory):
    """Of which no mail was queued; to invite people, call ``registrations.invitations.invite``."""

    class Meta:
        model = Invitation

    session = factory.SubFactory(SessionFactory)
    email = factory.Sequence(lambda n: f"invite{n}@example.org")
    email_key = factory.LazyAttribute(lambda invitation: normalise(invitation.email))
    last_day = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=30))
    invited_at = factory.LazyFunction(timezone.now)
    invited_by = "chef"


class MailingFactory(DjangoModelFactory):
    """Of which no mail was queued; to write to people, call ``registrations.mailings.send``."""

    class Meta:
        model = Mailing

    edition = factory.SubFactory(EditionFactory)
    subject = factory.Sequence(lambda n: f"Informations pratiques {n}")
    text = "Venez dix minutes avant."
    narrowed = "Semaine 2026"
    created_at = factory.LazyFunction(timezone.now)
    leaves_at = factory.LazyAttribute(lambda mailing: mailing.created_at + dt.timedelta(minutes=10))


class MailTextFactory(DjangoModelFactory):
    """The delivered words, as the text of the edition."""

    class Meta:
        model = MailText

    edition = factory.SubFactory(EditionFactory)
    kind = factory.Sequence(lambda n: list(MAILS)[n % len(MAILS)])
    language = "fr"
    subject = factory.LazyAttribute(lambda text: MAILS[text.kind].wording.subject)
    heading = factory.LazyAttribute(lambda text: MAILS[text.kind].wording.heading)
    body = factory.LazyAttribute(lambda text: MAILS[text.kind].wording.body)


class NoticeFactory(DjangoModelFactory):
    """A draft: of a session that people know in one release, and that is moved an hour in the next."""

    class Meta:
        model = Notice

    session = factory.SubFactory(SessionFactory)
    kind = Notice.Kind.MOVED
    known = factory.LazyAttribute(lambda notice: release_of(notice.session))
    release = factory.LazyAttribute(lambda notice: release_of(notice.session, hours_later=1))
    created_at = factory.LazyFunction(timezone.now)


def release_of(session: Session, *, hours_later: int = 0) -> Release:
    """One that holds this session alone, at its time or so much later."""
    programme = build(session.edition, at=timezone.now(), only=[session.code])
    (item,) = (item for item in programme.items if item.code == session.code)
    start, end, later = item.slot.starts_at, item.slot.ends_at, dt.timedelta(hours=hours_later)
    assert start is not None
    assert end is not None
    slot = dc.replace(item.slot, starts_at=start + later, ends_at=end + later)
    document = to_json(dc.replace(programme, items=(dc.replace(item, slot=slot),)))
    number = (session.edition.releases.aggregate(last=Max("number"))["last"] or 0) + 1
    return ReleaseFactory(edition=session.edition, number=number, document=document, sha256=sha256(document))


class TransitionFactory(DjangoModelFactory):
    class Meta:
        model = Transition

    registration = factory.SubFactory(RegistrationFactory)
    to_state = Registration.State.HELD
    at = factory.LazyFunction(timezone.now)
    actor = "person"


class WalkInFactory(DjangoModelFactory):
    class Meta:
        model = WalkIn

    session = factory.SubFactory(SessionFactory)
    people = 3
    at = factory.LazyFunction(timezone.now)
    actor = "accueil"


class ParticipantFactory(DjangoModelFactory):
    class Meta:
        model = Participant

    edition = factory.SubFactory(EditionFactory)
    email_key = factory.Sequence(lambda n: f"agent{n}@example.org")


class LaneFactory(DjangoModelFactory):
    class Meta:
        model = Lane

    domain = factory.Sequence(lambda n: f"ministere{n}.example.org")
    free_at = factory.LazyFunction(timezone.now)


class MailboxFactory(DjangoModelFactory):
    class Meta:
        model = Mailbox

    name = factory.Sequence(lambda n: f"retours{n}@imap.example.org/INBOX")
    validity = 1


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = Message

    kind = "notice"  # one that no app prepares
    to = factory.Sequence(lambda n: f"agent{n}@example.org")
    subject = factory.Sequence(lambda n: f"Message {n}")
    text = "Bonjour,\n\nVotre place est retenue.\n"
    message_id = factory.Sequence(lambda n: f"<{n}@example.org>")
    created_at = factory.LazyFunction(timezone.now)
    next_attempt_at = factory.SelfAttribute("created_at")


class AttachmentFactory(DjangoModelFactory):
    class Meta:
        model = Attachment

    message = factory.SubFactory(MessageFactory)
    name = "seance.ics"
    content_type = "text/calendar; charset=utf-8"
    content = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


class SavedListFactory(DjangoModelFactory):
    class Meta:
        model = SavedList

    owner = factory.SubFactory(UserFactory)
    edition = factory.SubFactory(EditionFactory)
    name = factory.Sequence(lambda n: f"Liste {n}")
    query = "status__exact=review"
