"""The edition that a member of the staff works on: chosen in the header, kept in their session."""

import dataclasses as dc

from django.http import HttpRequest

from sessions.models import Edition

_KEY = "edition"


@dc.dataclass(frozen=True, slots=True)
class EditionChoice:
    editions: tuple[Edition, ...]  # newest first
    chosen: Edition | None  # None only when there is no edition yet


def edition_choice(request: HttpRequest) -> EditionChoice:
    """One query per request: the edition last chosen, else the current one, else the newest."""
    kept = vars(request)
    if "edition_choice" not in kept:
        editions = tuple(Edition.objects.order_by("-starts_on", "pk"))
        by_pk = {edition.pk: edition for edition in editions}
        current = next((edition for edition in editions if edition.is_current), None)
        chosen = by_pk.get(request.session.get(_KEY, 0)) or current or next(iter(editions), None)
        kept["edition_choice"] = EditionChoice(editions, chosen)
    choice: EditionChoice = kept["edition_choice"]
    return choice


def chosen_edition(request: HttpRequest) -> Edition | None:
    return edition_choice(request).chosen


def choose(request: HttpRequest, edition_pk: int) -> None:
    if request.session.get(_KEY) != edition_pk:
        request.session[_KEY] = edition_pk
        vars(request).pop("edition_choice", None)
