"""How far the roles of sessions are filled: one rule for lists, dashboard and filters."""

import dataclasses as dc
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Count, Exists, OuterRef, Prefetch, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce

from sessions.models import Role, Session
from speakers.models import Candidacy


@dc.dataclass(frozen=True, slots=True)
class Casting:
    """Of the people that the format requires, how many are confirmed. More than required counts for nothing."""

    filled: int
    required: int


def casting(sessions: Collection[Session]) -> dict[int, Casting]:
    """By primary key of the session; two queries, whatever their number."""
    roles: dict[int, list[Role]] = defaultdict(list)
    for role in Role.objects.filter(required__gt=0, format__in={session.format_id for session in sessions}):
        roles[role.format_id].append(role)
    read_candidacies(sessions)
    return {session.pk: _casting(session, roles[session.format_id]) for session in sessions}


def _casting(session: Session, roles: Collection[Role]) -> Casting:
    filled = Counter(one.role_id for one in session.candidacies.all() if one.stage in Candidacy.CONFIRMED)
    return Casting(
        filled=sum(min(role.required, filled[role.pk]) for role in roles),
        required=sum(role.required for role in roles),
    )


def together(castings: Iterable[Casting]) -> Casting:
    castings = list(castings)
    return Casting(sum(each.filled for each in castings), sum(each.required for each in castings))


@dc.dataclass(frozen=True, slots=True)
class Part:
    """A role of one session: who is considered for it, and how many required people are not confirmed."""

    role: Role
    candidacies: tuple[Candidacy, ...]
    vacant: int


def read_candidacies(sessions: Iterable[Session]) -> None:
    """With their roles and people, once for these sessions: their ``candidacies`` ask the database no more."""
    everybody = Candidacy.objects.select_related("role", "speaker")
    prefetch_related_objects([*sessions], Prefetch("candidacies", queryset=everybody))


def parts(session: Session) -> list[Part]:
    """The roles of its format, then any other that somebody was considered for; two queries."""
    roles = {role.pk: role for role in Role.objects.filter(format=session.format_id)}
    considered: dict[int, list[Candidacy]] = defaultdict(list)
    read_candidacies([session])
    for candidacy in session.candidacies.all():
        considered[candidacy.role_id].append(candidacy)
    others = {pk: found[0].role for pk, found in considered.items() if pk not in roles}
    return [
        Part(role, tuple(considered[pk]), _vacant(role, considered[pk]) if pk in roles else 0)
        for pk, role in (roles | others).items()
    ]


def _vacant(role: Role, candidacies: Iterable[Candidacy]) -> int:
    confirmed = sum(candidacy.stage in Candidacy.CONFIRMED for candidacy in candidacies)
    return max(role.required - confirmed, 0)


def lacks_required_role() -> Exists:
    """Condition on a session: somebody is lacking in a role that its format requires."""
    confirmed = (
        Candidacy.objects.confirmed()
        .filter(session=OuterRef(OuterRef("pk")), role=OuterRef("pk"))
        .order_by()
        .values("role")
        .annotate(number=Count("pk"))
        .values("number")
    )
    lacking = Role.objects.filter(format=OuterRef("format"), required__gt=Coalesce(Subquery(confirmed), 0))
    return Exists(lacking.order_by())
