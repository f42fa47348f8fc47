from django.contrib.auth.models import AbstractBaseUser
from django.db.models import BigIntegerField, CharField

from innovation_week.prepared import PreparedObjects, Slot
from publishing.search import fold
from registrations.models import Employer
from sessions.cloning import clone_row, create
from sessions.models import Edition


def find_employer(edition: Edition, name: str) -> tuple[Employer | None, list[Employer]]:
    """The one of the edition's list that a person means by ``name``, accents and case aside; else what resembles it.

    One query for a name chosen from the list, two for any other.
    """
    for exact in _exact.all(edition=edition.pk, name=name):
        return exact, []
    wanted = fold(name)
    folded = {employer: fold(employer.name) for employer in _listed.all(edition=edition.pk)}
    same = next((employer for employer, text in folded.items() if text == wanted), None)
    return same, [] if same else _resembling(folded, wanted)


_of_edition = Employer.objects.filter(edition_id=Slot("edition", BigIntegerField()))
_listed = PreparedObjects(Employer, lambda: _of_edition)
_exact = PreparedObjects(Employer, lambda: _of_edition.filter(name=Slot("name", CharField())).order_by()[:1])


def _resembling(folded: dict[Employer, str], wanted: str) -> list[Employer]:
    """Those that hold every word of what is wanted, whole or begun; first those that begin with it.

    static/js/employers.js searches alike.
    """
    words = [f" {word}" for word in wanted.split()]
    found = [employer for employer, text in folded.items() if words and all(word in f" {text}" for word in words)]
    return sorted(found, key=lambda employer: not folded[employer].startswith(wanted))


def names(edition: Edition) -> list[str]:
    return list(Employer.objects.filter(edition=edition).values_list("name", flat=True))


def clone_employers(source: Edition, target: Edition, user: AbstractBaseUser | None) -> None:
    rows = Employer.objects.filter(edition=source).order_by("pk")
    create(Employer, [clone_row(row, edition_id=target.pk) for row in rows], user)
