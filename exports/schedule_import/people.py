"""Speakers of a parsed schedule, and their place in its sessions."""

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
    _Candidacies(edition, report, role_slug).apply(parts, speakers)


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


class _Candidacies:
    """People of the file are confirmed. Who left it is withdrawn, unless staff put the person there."""

    def __init__(self, edition: Edition, report: Report, role_slug: str) -> None:
        rows_ = Candidacy.objects.filter(session__edition=edition).select_related("role", "speaker", "session")
        self.existing = {(candidacy.session_id, candidacy.speaker_id): candidacy for candidacy in rows_}
        self.last = rows.last_imported(Candidacy.history.filter(session__edition=edition), ["stage"])
        self.report = report
        self.role_slug = role_slug
        self.changed: list[Candidacy] = []

    def apply(self, parts: Parts, speakers: dict[str, Speaker]) -> None:
        new, met, counts = [], set(), self.report.of(Candidacy)
        for session, role, persons in parts:
            for position, person in enumerate(persons):
                key = session.pk, speakers[person.key].pk
                met.add(key)
                if key in self.existing:
                    self._update(self.existing[key], role, position)
                else:
                    new.append(_confirmed(session, role, speakers[person.key], position))
        counts.unchanged = len(met) - len(new) - len(self.changed)
        self._withdraw_others(met, {session.pk for session, _role, _persons in parts})
        rows.update(Candidacy, self.changed, ["role", "position", "stage"])
        rows.create(Candidacy, new)
        counts.created, counts.changed = len(new), len(self.changed)

    def _update(self, candidacy: Candidacy, role: Role, position: int) -> None:
        """Only what an import wrote, in the role it gives, follows the file: staff know better who presides."""
        ours = candidacy.pk in self.last
        stage = candidacy.stage
        if ours and stage == self.last[candidacy.pk]["stage"] == Candidacy.Stage.WITHDRAWN:
            stage = Candidacy.Stage.CONFIRMED  # an earlier file had left the person out
        elif stage not in Candidacy.CONFIRMED:
            message = _("%(name)s in “%(title)s”: in the file, but “%(stage)s” here.")
            names = {"name": candidacy.speaker.name, "title": candidacy.session.title}
            self.report.left.append(message % {**names, "stage": candidacy.get_stage_display()})
        place = candidacy.role_id, candidacy.position
        if ours and candidacy.role.slug == self.role_slug:
            place = role.pk, position
        if (candidacy.stage, candidacy.role_id, candidacy.position) != (stage, *place):
            candidacy.stage, (candidacy.role_id, candidacy.position) = stage, place
            self.changed.append(candidacy)

    def _withdraw_others(self, met: set[tuple[int, int]], sessions: set[int]) -> None:
        for key, candidacy in self.existing.items():
            ours = candidacy.pk in self.last and candidacy.stage in Candidacy.CONFIRMED
            if key in met or key[0] not in sessions or not ours:
                continue
            candidacy.stage = Candidacy.Stage.WITHDRAWN
            self.changed.append(candidacy)
            message = _("%(name)s is no longer in “%(title)s”: withdrawn.")
            self.report.changes.append(message % {"name": candidacy.speaker.name, "title": candidacy.session.title})


def _confirmed(session: Session, role: Role, speaker: Speaker, position: int) -> Candidacy:
    stage = Candidacy.Stage.CONFIRMED
    return Candidacy(session=session, role=role, speaker=speaker, position=position, stage=stage)
