from django.contrib.auth.models import AbstractBaseUser

from publishing.search import fold
from registrations.models import Employer
from sessions.cloning import clone_row, create
from sessions.models import Edition


def find_employer(edition: Edition, name: str) -> Employer | None:
    """The one of the edition's list that a person means by ``name``: accents and case do not count."""
    listed, wanted = Employer.objects.filter(edition=edition), fold(name)
    exact = listed.filter(name=name).first()
    return exact or next((employer for employer in listed if fold(employer.name) == wanted), None)


def resembling(edition: Edition, name: str) -> list[Employer]:
    """Those that hold every word of ``name``, whole or begun; first those that begin with it.

    static/js/employers.js searches alike.
    """
    wanted = fold(name)
    words = [f" {word}" for word in wanted.split()]
    folded = {employer: f" {fold(employer.name)}" for employer in Employer.objects.filter(edition=edition)}
    found = [employer for employer, text in folded.items() if words and all(word in text for word in words)]
    return sorted(found, key=lambda employer: not folded[employer].startswith(f" {wanted}"))


def names(edition: Edition) -> list[str]:
    return list(Employer.objects.filter(edition=edition).values_list("name", flat=True))


def clone_employers(source: Edition, target: Edition, user: AbstractBaseUser | None) -> None:
    rows = Employer.objects.filter(edition=source).order_by("pk")
    create(Employer, [clone_row(row, edition_id=target.pk) for row in rows], user)
