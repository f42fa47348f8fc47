"""How people who come online connect: told to the confirmed among them and to nobody else. The row of the session says
it, so it acts at once; no release and no public page has it.
"""

import dataclasses as dc
import datetime as dt

from django.utils import timezone

from registrations.models import Registration, RegistrationQuerySet
from registrations.published import PublishedSession, find
from sessions.models import Session

FIELDS = ("connection_link", "connection_note")


@dc.dataclass(frozen=True, slots=True)
class Connection:
    link: str
    note: str

    @property
    def words(self) -> str:
        """One under the other, for plain text."""
        return "\n".join(word for word in (self.link, self.note) if word)


def of(registration: Registration, published: PublishedSession | None) -> Connection | None:
    """None when there is nothing to tell, or nothing to tell to this person."""
    if registration.state not in Registration.EXPECTED or published is None or published.item.state != "scheduled":
        return None
    # Asked before the row is read: most sessions are not online.
    if not published.is_attended_online(registration) or published.is_over(timezone.now()):
        return None
    row = registration.session
    return Connection(row.connection_link, row.connection_note) if row.connection_link or row.connection_note else None


def told(session: Session, now: dt.datetime) -> RegistrationQuerySet:
    """Whom a change of it concerns."""
    published = find(session.edition.slug, session.code)
    expected = Registration.objects.filter(session=session.pk, state__in=Registration.EXPECTED)
    if published is None or published.item.state != "scheduled" or published.is_over(now):
        return expected.none()
    if not published.item.is_online:
        return expected.none()
    return expected.filter(is_online=True) if published.is_hybrid else expected
