"""Programme documents made by hand: what the files are printed from, without a database."""

import dataclasses as dc
import datetime as dt
import random
from typing import Any
from zoneinfo import ZoneInfo

from publishing.programme import SCHEMA, Item, Part, Person, Place, Programme, Room, Slot, Thread

PARIS = ZoneInfo("Europe/Paris")
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
RELEASED_AT = dt.datetime(2018, 11, 5, 9, 0, tzinfo=dt.UTC)

HALL = Room(slug="hall", name="Hall", floor="rez-de-chaussée", capacity=200, access=("step-free",))
AUDITORIUM = Room(slug="auditorium", name="Auditorium", floor="", capacity=300, access=("step-free", "hearing-loop"))
CENTRE = Place(
    slug="centre",
    name="Centre de Ségur",
    address="20 avenue de Ségur",
    postcode="75007",
    city="Paris",
    time_zone="Europe/Paris",
    access="<p>Métro Ségur.</p>",
    accessibility="<p>Ascenseur depuis le hall.</p>",
    link="",
    access_list=None,
    identity_notice="",
    rooms=(AUDITORIUM, HALL),
)
FAIL_CAMP = Thread(
    slug="fail-camp",
    title="Fail camp",
    lead="Raconter ses échecs, et comment on rebondit.",
    text="",
    format="Conférence-témoignages",
    colour="purple-glycine",
    motif="fall",
    is_highlight=True,
    one_slot_per_person=True,
)
DESKS = dc.replace(
    FAIL_CAMP, slug="bureau-du-futur", title="Bureau du futur", format="Exposition", colour="green-emeraude"
)
CAMILLE = Person(
    code="CAM222",
    name="Camille Exemple",
    index_name="Exemple, Camille",
    function="Cheffe de projet",
    organisation="Préfecture d’Exemple",
    biography="<p>Conduit des projets depuis dix ans.</p>",
    portrait=None,
)


def at(hour: int, minute: int = 0, *, day: int = 19) -> dt.datetime:
    return dt.datetime(2018, 11, day, hour, minute, tzinfo=PARIS).astimezone(dt.UTC)


def slot(start: dt.datetime | None, end: dt.datetime | None, room: str = "hall") -> Slot:
    return Slot(starts_at=start, ends_at=end, place="centre" if room else "", room=room)


def item(code: str = "FA2345", **changes: Any) -> Item:
    default = Item(
        code=code,
        state="scheduled",
        thread="fail-camp",
        format="temoignages",
        title="Trois échecs, trois rebonds",
        lead="Trois agents pionniers racontent.",
        text="<p>Ce qui n’a pas marché ; ce qu’ils en ont fait.</p>",
        course="",
        note="",
        language="fr",
        audiences=(),
        slot=slot(at(18, day=20), at(20, day=20), "auditorium"),
        is_online=False,
        is_slot=False,
        access=(),
        entry="registration",
        ask_before=None,
        attendance="",
        parts=(Part(person="CAM222", role="pionnier", label="pionnière"),),
        moved_from=None,
        revision=0,
        changed_at=RELEASED_AT,
    )
    return dc.replace(default, **changes)


def programme(*items: Item, **changes: Any) -> Programme:
    default = Programme(
        schema=SCHEMA,
        edition="2018",
        name="Semaine de l’innovation publique",
        tagline="Oser, essayer, partager",
        introduction="<p>Une semaine pour essayer.</p>",
        place="Paris et partout en France",
        summary="",
        starts_on=dt.date(2018, 11, 19),
        ends_on=dt.date(2018, 11, 25),
        time_zone="Europe/Paris",
        contact_email="contact@example.org",
        formats={"temoignages": "Conférence-témoignages", "exposition": "Exposition"},
        audiences={},
        threads=(FAIL_CAMP, DESKS),
        places=(CENTRE,),
        people=(CAMILLE,),
        items=items,
        openings=(),
    )
    return dc.replace(default, **changes)


SENTENCE = (
    "l’atelier la méthode un essai le terrain les usagers une équipe le service public dessiner partager écouter "
    "mesurer recommencer simplifier ensemble autrement malgré les contraintes sans perdre de temps avec le soutien "
    "de la région auprès des agents et des citoyens cœur œuvre déjà après"
)
WORDS = SENTENCE.split()


def large_programme(sessions: int, *, people: int = 300, rooms: int = 10, days: int = 5, words: int = 150) -> Programme:
    """The same document for the same arguments; about ``words`` words of text a session."""
    rng = random.Random(7)
    places = (dc.replace(CENTRE, rooms=tuple(dc.replace(HALL, slug=f"r{n}", name=f"Salle {n}") for n in range(rooms))),)
    colours = ["blue-cumulus", "green-emeraude", "purple-glycine", "orange-terre-battue", "yellow-moutarde"]
    threads = tuple(
        dc.replace(FAIL_CAMP, slug=f"t{n}", title=f"Séquence {n} : {_words(rng, 3)}", colour=colours[n % 5])
        for n in range(8)
    )
    persons = tuple(
        dc.replace(CAMILLE, code=_code(rng), name=f"Camille Exemple-{n}", index_name=f"Exemple-{n}, Camille")
        for n in range(people)
    )
    items = []
    for n in range(sessions):
        start = at(8, 30, day=19 + n % days) + dt.timedelta(minutes=45 * (n // days // rooms))
        cast = rng.sample(persons, min(rng.choice([1, 1, 2, 2, 3]), people))
        items.append(
            item(
                _code(rng),
                thread=f"t{rng.randrange(8)}",
                title=f"{_words(rng, 4).capitalize()} : {_words(rng, 4)}",
                lead=_words(rng, 12),
                text="".join(f"<p>{_words(rng, words // 3)}.</p>" for _ in range(3)),
                slot=Slot(start, start + dt.timedelta(minutes=40), "centre", f"r{n // days % rooms}"),
                parts=tuple(Part(person.code, "intervenant", "intervenant") for person in cast),
            )
        )
    items.sort(key=lambda item: (item.slot.starts_at, item.title, item.code))
    return programme(*items, threads=threads, people=persons, places=places)


def _code(rng: random.Random) -> str:
    return "".join(rng.choice(ALPHABET) for _ in range(6))


def _words(rng: random.Random, number: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(number))
