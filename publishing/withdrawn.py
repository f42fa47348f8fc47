"""Sessions that were announced once and are not in the programme any more."""

from publishing.current import Released, of
from publishing.models import Release
from publishing.programme import Item
from sessions.models import Edition, Session


def last_published(edition: Edition, code: str) -> Item | None:
    """The session as the last release that had it told it. Looked for only when it was published one day."""
    if not Session.objects.filter(edition=edition, code=code, published_since__isnull=False).exists():
        return None
    for release in Release.objects.without_document().filter(edition=edition).newest_first():
        item = of(release).programme.item_by_code.get(code)
        if item is not None:
            return item
    return None


def public_title(session: Session, found: Released | None) -> str:
    """As the public reads it in ``found``, or last read it: another that is not published yet stays in the back-office.

    Its own when it never was published.
    """
    item = found.programme.item_by_code.get(session.code) if found else None
    if item is None and found is not None:
        item = last_published(found.edition, session.code)
    return item.title if item else session.title
