"""Sessions that were announced once and are not in the programme any more."""

from publishing.current import of
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
