"""A programme as large and as awkward as that of FOSDEM 2019, whose own file is not part of the project.

The counts are those of the real file: see ``test_the_programme_of_fosdem…``, which runs where that file is at hand.
"""

import datetime as dt
import html
from collections import Counter
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sessions.models import Edition, Sequence, Session
from speakers.models import Speaker
from venues.models import Room

pytestmark = pytest.mark.django_db

EVENTS, PEOPLE, ROOMS, TRACKS, DAYS = 775, 729, 33, 62, ("2019-02-02", "2019-02-03")
SLOTS = 12  # of each room on each day
NAMES = ["Ana Exemple", "Zoë Muster", "Łukasz Wzór", "Ælfric Ejemplo", "Ngozi Àpẹẹrẹ", "例 太郎", "O’Neil Sample"]
ZERO_WIDTH = "\u200b"
ABSTRACT = (
    "<p>How we moved <em>{number}</em> services of the town to free software, and what it taught us.</p>\n\n"
    '<ul>\n<li>with <a href="https://example.org/{number}">the sources</a></li>\n<li>R &amp; D</li>\n</ul>'
)


def title(number: int) -> str:
    if number in (300, 301, 600, 601):
        return f"Lightning talks, part {number // 300}"  # two titles, each of them twice
    if number < 13:
        return f"Talk {number} 🦊"
    return f"Talk {number}{ZERO_WIDTH if number == 13 else ''}: <naïve> & fast"


def texts(number: int) -> str:
    if number % 46 == 1:  # 17 events
        return "<abstract/><description/>"
    abstract = html.escape(ABSTRACT.format(number=number))
    return f"<abstract>{abstract}</abstract><description>{abstract}</description>"


def persons(number: int) -> str:
    """The people of all events but 25; of every ninth event, that of the next one too."""
    if number % 31 == 2:
        return ""
    rank = number - (number + 28) // 31  # without those events
    ranks = [rank % PEOPLE, (rank + 1) % PEOPLE] if number % 9 == 0 and number else [rank % PEOPLE]
    return "".join(f'<person id="{rank + 1}">{NAMES[rank % len(NAMES)]} {rank}</person>' for rank in ranks)


def event(number: int, room: str, start: dt.timedelta, duration: str) -> str:
    return f"""
      <event id="{8000 - number}">
        <start>{start.seconds // 3600:02}:{start.seconds % 3600 // 60:02}</start><duration>{duration}</duration>
        <room>{room}</room><slug>talk_{number}</slug><title>{html.escape(title(number))}</title><subtitle/>
        <track>Track {number % TRACKS} devroom</track><type>devroom</type><language/>{texts(number)}
        <persons>{persons(number)}</persons>
        <links><link href="https://example.org/{number}.webm">Video</link></links>
      </event>"""


def day(index: int, date: str, numbers: Iterator[int]) -> str:
    rooms = []
    for room in (f"H.{place} (Añexo)" for place in range(ROOMS)):
        opening, step = dt.timedelta(hours=9, minutes=30), dt.timedelta(minutes=40)
        if index == 1 and not rooms:  # an event for the whole day
            events = [event(next(numbers), room, opening, "07:30")]
        else:
            slots = [number for _slot, number in zip(range(SLOTS), numbers, strict=False)]
            events = [event(number, room, opening + slot * step, "00:25") for slot, number in enumerate(slots)]
        rooms.append(f'<room name="{room}">{"".join(events)}</room>')
    return f'<day index="{index}" date="{date}">{"".join(rooms)}</day>'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    numbers = iter(range(EVENTS))
    days = "".join(day(index, date, numbers) for index, date in enumerate(DAYS, 1))
    conference = "<title>FOSDEM 2019</title><city>Brussels</city><day_change>09:00:00</day_change>"
    file = tmp_path / "schedule.xml"
    file.write_text(f"<schedule><conference>{conference}</conference>{days}</schedule>", encoding="utf-8")
    return file


def run(*arguments: str | Path) -> tuple[str, int]:
    """What a command says, and how many statements it takes."""
    out, statements = StringIO(), Counter[str]()

    def count(execute: Callable[..., Any], *details: Any) -> Any:
        statements["all"] += 1
        return execute(*details)

    with connection.execute_wrapper(count):  # CaptureQueriesContext quotes each value of each row
        call_command(*map(str, arguments), stdout=out)
    return out.getvalue(), statements["all"]


def test_a_programme_of_775_events_imports_publishes_reads_and_imports_again_unchanged(file, stranger):
    import_it = ("import_schedule", file, "--edition", "fosdem", "--time-zone", "Europe/Brussels")

    first, first_queries = run(*import_it)
    _published, publish_queries = run("publish", "fosdem", "--note", "Programme importé.")
    again, again_queries = run(*import_it)

    assert_as_in_the_file()
    assert "775 événements n’indiquent pas leur langue. D’après leurs mots : en (758), faute d’indice, en (17)" in (
        first.replace("\u00a0", " ")
    )
    assert "775 liens ne sont pas importés." in first
    assert "Rien à faire" in again
    assert Session.history.count() == EVENTS
    programme = Edition.objects.get().releases.get().programme()
    assert (len(programme.items), len(programme.people), len(programme.days)) == (EVENTS, PEOPLE, 2)
    assert_it_reads(stranger, Session.objects.get(import_id="7700"))
    assert first_queries < 150  # events and their people, written 200 at a time with their history
    assert max(publish_queries, again_queries) < 25


def assert_as_in_the_file() -> None:
    sessions = list(Session.objects.annotate(people=Count("candidacies")))
    lengths = Counter(session.ends_at - session.starts_at for session in sessions)
    titles = Counter(session.title for session in sessions)
    counts = [model.objects.count() for model in (Session, Speaker, Room, Sequence)]
    assert counts == [EVENTS, PEOPLE, ROOMS, TRACKS]
    assert Counter(session.language for session in sessions) == {"en": EVENTS}
    assert lengths == {dt.timedelta(minutes=25): EVENTS - 1, dt.timedelta(minutes=450): 1}
    assert sum(not session.people for session in sessions) == 25
    assert sum(not session.text for session in sessions) == 17
    assert {name for name, count in titles.items() if count > 1} == {title(300), title(600)}
    assert {title(0), title(13).replace(ZERO_WIDTH, "")} < set(titles)  # emoji stay, what cannot be seen goes
    assert Speaker.objects.filter(name="Łukasz Wzór 2").count() == 1


def assert_it_reads(reader: Client, session: Session) -> None:
    page = reader.get(f"/fosdem/seances/{session.code}/").content.decode()
    assert f'<h1 lang="en">{html.escape(session.title)}</h1>' in page
    assert "<em>300</em> services of the town" in page
    assert "R &amp; D" in page
    with CaptureQueriesContext(connection) as queries:
        programme = reader.get("/fosdem/programme/")
    assert programme.status_code == 200
    assert len(queries) < 6
