"""What the sessions of an edition needed from suppliers, asked for again for those made after them."""

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet

from planning.models import Service
from sessions.cloning import clone_row, create, sessions_to_clone
from sessions.models import Edition, Session


def services_to_clone(source: Edition) -> QuerySet[Service]:
    return Service.objects.alive().filter(session__in=sessions_to_clone(source).order_by().values("pk")).order_by("pk")


def clone_services(source: Edition, clones: dict[int, Session], user: AbstractBaseUser | None) -> None:
    """Nothing is ordered yet, and prices change from year to year."""
    rows = [
        clone_row(row, session_id=clones[row.session_id].pk, state=Service.State.ASKED, amount=None)
        for row in services_to_clone(source)
    ]
    create(Service, rows, user)
