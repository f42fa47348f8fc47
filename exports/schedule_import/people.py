"""Speakers of a parsed schedule, and their place in its sessions."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from exports.schedule_feed import guid
from exports.schedule_import import rows
from exports.schedule_import.document import ImportedPerson
from exports.schedule_import.report import Report
from sessions.models import Edition, Role, Session
from speakers.models import Candidacy, Speaker

Parts = list[tuple[Session, Role, tuple[ImportedPerson, ...]]]
FIELDS = ("name",)


def apply_people(edition: Edition, parts: Parts, *, report: Report, role_slug: str) -> None:
    persons = {person.key: person for _session, _role, found in parts for person in found}
    speakers = _speakers(edition, persons, report)
    _candidacies(edition, parts, speakers, report, role_slug)


def _speakers(edition: Edition, persons: dict[str, ImportedPerson], report: Report) -> dict[str, Speaker]:
    """By key in the file. Identifiers are kept with the edition's slug: two files may both have a person 6."""
    import_ids = {f"{edition.slug}/{key}": key for key in persons}
    mine = Q(import_id__in=import_ids) | Q(candidacies__session__edition=edition)
    existing = list(Speaker.objects.filter(mine).distinct())
    known = {import_ids[speaker.import_id]: speaker for speaker in existing if speaker.import_id in import_ids}
    for speaker in existing:
        known.setdefault(guid("person", speaker.code), speaker)  # as our own feed names them
    last = rows.last_imported(Speaker.history.filter(import_id__in=import_ids), FIELDS)
    changed, counts = [], report.of(Speaker)
    for key, person in persons.items():
        if key not in known:
            continue
        names, left = rows.merge(known[key], {"name": person.name}, last.get(known[key].pk))
        if left:
            message = _("%(name)s: name edited by hand since the last import.")
            report.left.append(message % {"name": known[key].name})
        if names:
            changed.append(known[key])
        else:
            counts.unchanged += 1
    rows.update(Speaker, changed, FIELDS)
    new = [person for key, person in persons.items() if key not in known]
    codes = rows.new_codes(Speaker, len(new))
    created = rows.create(
        Speaker,
        [
            Speaker(name=person.name, code=code, import_id=f"{edition.slug}/{person.key}")
            for person, code in zip(new, codes, strict=True)
        ],
    )
    counts.changed, counts.created = len(changed), len(created)
    return known | {import_ids[speaker.import_id]: speaker for speaker in created}


def _candidacies(edition: Edition, parts: Parts, speakers: dict[str, Speaker], report: Report, role_slug: str) -> None:
    """People of the file are confirmed. Who left it is withdrawn, unless staff put the person there."""
    existing: dict[tuple[int, int], Candidacy] = {}
    for candidacy in Candidacy.objects.filter(session__edition=edition).select_related("role", "speaker", "session"):
        existing[candidacy.session_id, candidacy.speaker_id] = candidacy
    written = set(rows.last_imported(Candidacy.history.filter(session__edition=edition), ["stage"]))
    new: list[Candidacy] = []
    changed: list[Candidacy] = []
    counts = report.of(Candidacy)
    met: set[tuple[int, int]] = set()
    for session, role, persons in parts:
        for position, person in enumerate(persons):
            key = session.pk, speakers[person.key].pk
            met.add(key)
            if key not in existing:
                new.append(_confirmed(session, role, speakers[person.key], position))
                continue
            candidacy = existing[key]
            if _differs(candidacy, role, position, role_slug, written):
                candidacy.role, candidacy.position = role, position
                changed.append(candidacy)
            else:
                counts.unchanged += 1
                _report_unconfirmed(candidacy, report)
    here = {session.pk for session, _role, _persons in parts}
    gone = [
        candidacy
        for key, candidacy in existing.items()
        if key not in met and key[0] in here and candidacy.pk in written and candidacy.stage in Candidacy.CONFIRMED
    ]
    _withdraw(gone, report)
    rows.update(Candidacy, [*changed, *gone], ["role", "position", "stage"])
    rows.create(Candidacy, new)
    counts.created, counts.changed = len(new), len(changed) + len(gone)


def _confirmed(session: Session, role: Role, speaker: Speaker, position: int) -> Candidacy:
    return Candidacy(
        session=session, role=role, speaker=speaker, position=position, stage=Candidacy.Stage.CONFIRMED
    )  # fmt: skip


def _differs(candidacy: Candidacy, role: Role, position: int, role_slug: str, written: set[int]) -> bool:
    """Only what an import wrote, in the role it gives, follows the file: staff know better who presides."""
    ours = candidacy.pk in written and candidacy.role.slug == role_slug
    return ours and (candidacy.role_id, candidacy.position) != (role.pk, position)


def _report_unconfirmed(candidacy: Candidacy, report: Report) -> None:
    if candidacy.stage not in Candidacy.CONFIRMED:
        message = _("%(name)s in “%(title)s”: in the file, but “%(stage)s” here.")
        names = {"name": candidacy.speaker.name, "title": candidacy.session.title}
        report.left.append(message % {**names, "stage": candidacy.get_stage_display()})


def _withdraw(gone: Sequence[Candidacy], report: Report) -> None:
    for candidacy in gone:
        candidacy.stage = Candidacy.Stage.WITHDRAWN
        message = _("%(name)s is no longer in “%(title)s”: withdrawn.")
        report.changes.append(message % {"name": candidacy.speaker.name, "title": candidacy.session.title})
