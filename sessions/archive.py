"""Putting a session away: it leaves the lists and the next release; its rows and its history stay."""

from django.db import transaction

from sessions.models import Session


@transaction.atomic
def archive(session: Session) -> Session:
    """The row, archived. ValidationError when people are registered and it is yet to take place."""
    row = _locked(session)
    row.status = Session.Status.ARCHIVED
    row.clean()
    row.save(update_fields=["status"])
    return row


@transaction.atomic
def unarchive(session: Session) -> Session:
    """The row, in the state that it had before; the next release tells the public, if it had been approved."""
    row = _locked(session)
    before = row.history.exclude(status=Session.Status.ARCHIVED).first()
    if row.status == Session.Status.ARCHIVED:
        row.status = before.status if before else Session.Status.DESIGN
        row.save(update_fields=["status"])
    return row


def _locked(session: Session) -> Session:
    return Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
