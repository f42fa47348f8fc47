"""The edition that a page of the back-office is about.

A member of the staff chooses one in the header; it is kept with their account. A page about one object of another
edition is about that one, says so, and leaves the choice as it was.
"""

import dataclasses as dc

from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest

from innovation_week.back_office.limits import sequences_of
from sessions.models import ChosenEdition, Edition

OF_EDITION = "of_edition"  # sent along by what acts on a whole list


@dc.dataclass(frozen=True, slots=True)
class EditionChoice:
    editions: tuple[Edition, ...]  # newest first
    chosen: Edition | None  # None only when there is no edition yet


def edition_choice(request: HttpRequest) -> EditionChoice:
    """What the header shows: the edition last chosen, else the current one, else the newest. One query per request."""
    kept = vars(request)
    if "edition_choice" not in kept:
        mine = ChosenEdition.objects.filter(user=request.user.pk, edition=OuterRef("pk"))
        editions = tuple(Edition.objects.annotate(is_mine=Exists(mine)).order_by("-starts_on", "pk"))
        wanted = [
            *(edition for edition in editions if edition.is_mine),
            *(edition for edition in editions if edition.is_current),
            *editions,
        ]
        kept["edition_choice"] = EditionChoice(editions, next(iter(wanted), None))
    choice: EditionChoice = kept["edition_choice"]
    return choice


def chosen_edition(request: HttpRequest) -> Edition | None:
    """What lists, choices, defaults and times go by: the edition of the object on the page, else that of the header."""
    shown: Edition | None = vars(request).get("edition_of_page")
    return shown or edition_choice(request).chosen


def show_edition(request: HttpRequest, edition_pk: int) -> Edition | None:
    """Let this page be about the edition, whatever the header says; None when there is no such edition."""
    found = next((edition for edition in edition_choice(request).editions if edition.pk == edition_pk), None)
    vars(request)["edition_of_page"] = found
    return found


def other_edition(request: HttpRequest) -> Edition | None:
    """The edition of the object on the page, when it is not the one chosen in the header."""
    page = chosen_edition(request)
    return page if page != edition_choice(request).chosen else None


def was_read_in_another(request: HttpRequest) -> bool:
    """Whether what is sent was read in an edition that is no longer the chosen one: one chose in another window."""
    sent, chosen = request.POST.get(OF_EDITION), edition_choice(request).chosen
    return sent is not None and chosen is not None and sent != str(chosen.pk)


def count_in_edition(request: HttpRequest, rows: str, edition_lookup: str, condition: Q | None = None) -> Count:
    """Counts the ``rows`` that hang on an object which serves every edition: those of the edition of the page.

    For an account limited to some sequences, theirs.
    """
    edition = chosen_edition(request)
    mine = Q(**{edition_lookup: edition}) if edition else Q()
    if (sequences := sequences_of(request.user)) is not None:
        mine &= Q(**{f"{edition_lookup.removesuffix('edition')}sequence__in": sequences})
    return Count(rows, filter=mine & (condition or Q()))


def choose(request: HttpRequest, edition_pk: int) -> None:
    assert isinstance(request.user, User)
    ChosenEdition.objects.update_or_create(user=request.user, defaults={"edition_id": edition_pk})
    vars(request).pop("edition_choice", None)
