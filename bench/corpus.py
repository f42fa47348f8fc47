"""A French programme of any size, the same each time: sessions, rooms and people that never overlap."""

import datetime as dt
import random
from zoneinfo import ZoneInfo

from exports.schedule_import.document import ImportedEvent, ImportedPerson, ImportedRoom, ImportedSchedule

DAYS, ROOMS = 5, 12
ZONE = ZoneInfo("Europe/Paris")
TRACKS = ["Accueil", "Données", "Écoute", "Espaces", "Formation", "Santé", "Sobriété", "Territoires"]
KINDS = ["Atelier", "Conférence", "Table ronde", "Démonstration"]
SUBJECTS = ["Un guichet", "Une équipe", "La préfecture", "Un hôpital", "La commune", "Un laboratoire", "L’école"]
VERBS = ["raconte", "met à l’épreuve", "partage", "évalue", "simplifie", "ouvre", "réécrit", "abandonne"]
OBJECTS = ["un formulaire", "sa file d’attente", "un jeu de données", "ses courriers", "un étage", "une procédure"]
ENDINGS = ["avec les usagers", "en six semaines", "sans budget", "à l’échelle d’une région", "contre toute attente"]
FIRST = ["Camille", "Claude", "Dominique", "Alix", "Morgan", "Sacha", "Charlie", "Lou", "Noa", "Eden"]
LAST = ["Exemple", "Fictif", "Modèle", "Essai", "Imaginaire", "Spécimen", "Factice", "Ébauche", "Croquis", "Œuvre"]


def schedule(sessions: int, *, monday: dt.date, words: int = 150) -> ImportedSchedule:
    chance = random.Random(sessions)
    people = _people(max(sessions * 3 // 2, 60))
    cells = [(slot, day, room) for slot in range(100) for day in range(DAYS) for room in range(ROOMS)][:sessions]
    step = dt.timedelta(minutes=600 // (cells[-1][0] + 1))
    events, met = [], 0
    for number, (slot, day, room) in enumerate(cells, 1):
        starts_at = dt.datetime.combine(monday + dt.timedelta(days=day), dt.time(8, 30), ZONE) + slot * step
        count = chance.choice([1, 1, 2, 2, 3])
        persons = tuple(people[(met + rank) % len(people)] for rank in range(count))  # never twice at the same time
        met += count
        events.append(
            _event(chance, number, room, starts_at, starts_at + min(step, dt.timedelta(hours=2)), persons, words)
        )
    return ImportedSchedule(
        title=f"Semaine de {sessions} séances",
        venue="Maison des mesures",
        city="Paris",
        time_zone=ZONE.key,
        starts_on=monday,
        ends_on=monday + dt.timedelta(days=6),
        events=tuple(events),
        remarks=(),
    )


def _people(count: int) -> list[ImportedPerson]:
    """A hundred names, then as many with a second family name, and so on."""
    seconds = ["", *(f"-{last}" for last in LAST)] + [f"-{first}" for first in FIRST]
    names = [f"{first} {last}{second}" for second in seconds for last in LAST for first in FIRST]
    return [ImportedPerson(key=str(number), name=names[number]) for number in range(count)]


def _event(
    chance: random.Random,
    number: int,
    room: int,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    persons: tuple[ImportedPerson, ...],
    words: int,
) -> ImportedEvent:
    return ImportedEvent(
        line=number,
        key=str(number),
        code="",
        title=_sentence(chance)[:-1],
        lead=_sentence(chance),
        text=_text(chance, words),
        course=None,
        language="fr",
        track=chance.choice(TRACKS),
        kind=chance.choice(KINDS),
        room=ImportedRoom(f"Salle {room + 1}", ""),
        starts_at=starts_at.astimezone(dt.UTC),
        ends_at=ends_at.astimezone(dt.UTC),
        persons=persons,
    )


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choice(part) for part in (SUBJECTS, VERBS, OBJECTS, ENDINGS)) + "."


def _text(chance: random.Random, words: int) -> str:
    sentences: list[str] = []
    while sum(len(sentence.split()) for sentence in sentences) < words:
        sentences.append(_sentence(chance))
    return "\n\n".join(" ".join(sentences[start : start + 4]) for start in range(0, len(sentences), 4))
