"""A week with at least ``rows`` of everything, so that each list of the back-office has something to show."""

from collections.abc import Callable

import pytest

from sessions.models import Edition
from tests.factories import (
    AccessibilityStatementFactory,
    AccessNeedFactory,
    AccountLimitFactory,
    AttachmentFactory,
    AudienceFactory,
    CandidacyFactory,
    DeliverableFactory,
    EditionFactory,
    EmployerFactory,
    FormatFactory,
    InvitationFactory,
    LegalNoticeFactory,
    MailingFactory,
    MailTextFactory,
    MessageFactory,
    NoticeFactory,
    PersonalExportFactory,
    PrivacyNoticeFactory,
    RegistrationFactory,
    ReleaseFactory,
    RoleFactory,
    RoomFactory,
    SequenceFactory,
    ServiceFactory,
    SessionFactory,
    SpeakerFactory,
    TaskFactory,
    TransitionFactory,
    UserFactory,
    VenueFactory,
)


@pytest.fixture
def populate(db) -> Callable[[int], Edition]:
    def make(rows: int) -> Edition:
        """One session, venue, format and registration hold ``rows`` of what hangs on them."""
        edition = Edition.objects.current().first() or EditionFactory(is_current=True, slug="semaine")
        if not hasattr(edition, "privacy_notice"):
            PrivacyNoticeFactory(edition=edition)
            LegalNoticeFactory(edition=edition)
            AccessibilityStatementFactory(edition=edition)
        kind, venue = FormatFactory(), VenueFactory()
        sequence = SequenceFactory(edition=edition, format=kind)
        session = SessionFactory(edition=edition, sequence=sequence, format=kind, room=RoomFactory(venue=venue))
        registration = RegistrationFactory(session=session, employer=EmployerFactory(edition=edition))
        message, speaker = MessageFactory(html="<p>Bonjour</p>"), SpeakerFactory()
        for _row in range(rows):
            EditionFactory()
            role = RoleFactory(format=kind, required=1)
            room = RoomFactory(venue=venue)
            other = SessionFactory(edition=edition, sequence=sequence, format=kind, room=room)
            other.audiences.add(AudienceFactory())
            CandidacyFactory(session=session, role=role)
            CandidacyFactory(session=other, role=role, speaker=speaker)
            needs = RegistrationFactory(session=other, employer=EmployerFactory(edition=edition))
            AccessNeedFactory(registration=needs)
            InvitationFactory(session=other)
            MailingFactory(edition=edition)
            MailTextFactory(edition=edition)
            NoticeFactory(session=other)
            TransitionFactory(registration=registration)
            AttachmentFactory(message=message)
            MessageFactory()
            DeliverableFactory(edition=edition, release=ReleaseFactory(edition=edition))
            ServiceFactory(session=other, amount=100)
            ServiceFactory(session=session)
            TaskFactory(edition=edition, session=other, owner=UserFactory())
            UserFactory()
            AccountLimitFactory()
            PersonalExportFactory()
        return edition

    return make
