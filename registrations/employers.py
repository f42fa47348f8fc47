import functools

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import BigIntegerField, CharField

from innovation_week.prepared import Prepared, PreparedObjects, Slot
from publishing.search import fold
from registrations.models import Employer
from sessions.cloning import clone_row, create
from sessions.models import Edition


def find_employer(edition: Edition, name: str) -> tuple[Employer | None, list[Employer]]:
    """The one of the edition's list that a person means by ``name``, accents and case aside; else what resembles it.

    One query for a name chosen from the list, two for one that is like none of it, three for any other.
    """
    for exact in _exact.all(edition=edition.pk, name=name):
        return exact, []
    wanted = fold(name)
    folded = {pk: _folded(listed) for pk, listed in _listed.rows(edition=edition.pk)}
    same = next((pk for pk, text in folded.items() if text == wanted), None)
    if same is not None:
        return Employer.objects.filter(pk=same).first(), []
    return None, _in_order(_resembling(folded, wanted))


# Many people send an unlisted name in one minute, and each is compared with the whole list.
_folded = functools.lru_cache(maxsize=4096)(fold)
_of_edition = Employer.objects.filter(edition_id=Slot("edition", BigIntegerField()))
_listed = Prepared(lambda: _of_edition.values_list("pk", "name"))
_exact = PreparedObjects(Employer, lambda: _of_edition.filter(name=Slot("name", CharField())).order_by()[:1])


def _in_order(keys: list[int]) -> list[Employer]:
    found = Employer.objects.in_bulk(keys) if keys else {}
    return [found[key] for key in keys if key in found]


def _resembling(folded: dict[int, str], wanted: str) -> list[int]:
    """Those that hold every word of what is wanted, whole or begun; first those that begin with it.

    static/js/employers.js searches alike.
    """
    words = [f" {word}" for word in wanted.split()]
    found = [key for key, text in folded.items() if words and all(word in f" {text}" for word in words)]
    return sorted(found, key=lambda key: not folded[key].startswith(wanted))


def names(edition: Edition) -> list[str]:
    return list(Employer.objects.filter(edition=edition).values_list("name", flat=True))


def clone_employers(source: Edition, target: Edition, user: AbstractBaseUser | None) -> None:
    rows = Employer.objects.filter(edition=source).order_by("pk")
    create(Employer, [clone_row(row, edition_id=target.pk) for row in rows], user)
