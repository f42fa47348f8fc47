from django.contrib.auth.models import AbstractBaseUser

from publishing.search import fold
from registrations.models import Employer
from sessions.cloning import clone_row, create
from sessions.models import Edition


def find_employer(edition: Edition, name: str) -> Employer | None:
    """The one of the edition's list that a person means by ``name``: accents and case do not count."""
    listed = Employer.objects.filter(edition=edition)
    exact = listed.filter(name=name).first()
    return exact or next((employer for employer in listed if fold(employer.name) == fold(name)), None)


def clone_employers(source: Edition, target: Edition, user: AbstractBaseUser | None) -> None:
    rows = Employer.objects.filter(edition=source).order_by("pk")
    create(Employer, [clone_row(row, edition_id=target.pk) for row in rows], user)
