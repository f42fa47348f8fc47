"""Who was considered for the sessions of an edition, considered again for those made after them."""

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet

from sessions.cloning import create, sessions_to_clone
from sessions.models import Edition, Session
from speakers.models import Candidacy

OVER = (Candidacy.Stage.DECLINED, Candidacy.Stage.WITHDRAWN, Candidacy.Stage.NOT_SELECTED)


def candidacies_to_clone(source: Edition) -> QuerySet[Candidacy]:
    """Without those whom somebody turned down."""
    sessions = sessions_to_clone(source).order_by().values("pk")
    return Candidacy.objects.filter(session__in=sessions).exclude(stage__in=OVER).order_by("pk")


def clone_candidacies(source: Edition, clones: dict[int, Session], user: AbstractBaseUser | None) -> None:
    """Back at the first stage: nobody has said yes to another year. Notes stay where they were written."""
    rows = [
        Candidacy(session=clones[row.session_id], role_id=row.role_id, speaker_id=row.speaker_id, position=row.position)
        for row in candidacies_to_clone(source)
    ]
    create(Candidacy, rows, user)
