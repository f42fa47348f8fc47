"""What must run inside Django, in a process of its own: ``python -m bench.inside STEP [ARGUMENT …]``, JSON out."""

import contextlib
import dataclasses as dc
import io
import json
import resource
import sys
import time
from html import escape
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # after setup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.back_office import desk
from bench.corpus import schedule
from bench.crowd import crowd, expire, hold
from exports.booklet import render
from exports.layout import typeset
from exports.schedule_import.apply import apply_schedule
from innovation_week.demo.load import three_weeks_from
from publishing.models import Release
from publishing.programme import Programme
from publishing.publish import publish
from registrations.models import Registration
from registrations.seats import recount
from sessions.models import Edition, Session

STORM = "bench200"
RUSAGE_BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def prepare(*sizes: str) -> dict[str, Any]:
    """Database, static files and one published edition per size, its sessions open for registration."""
    with contextlib.redirect_stdout(io.StringIO()):
        call_command("prepare")
    seconds = {}
    for size in sizes:
        begin = time.perf_counter()
        apply_schedule(schedule(int(size), monday=three_weeks_from(timezone.localdate())), edition_slug=f"bench{size}")
        seconds[f"import {size}"] = time.perf_counter() - begin
        sessions = Session.objects.filter(edition__slug=f"bench{size}")
        sessions.update(entry=Session.Entry.REGISTRATION, seats=40)
        few = sessions.order_by("pk").values_list("pk", flat=True)[: int(size) // 20]
        sessions.filter(pk__in=list(few)).update(seats_taken=38)  # so that lists have states to show
        seconds[f"publish {size}"] = _publish(f"bench{size}")
    return {"seconds": seconds, "pages": {size: _pages(f"bench{size}") for size in sizes}}


def import_file(path: str) -> dict[str, Any]:
    name = Path(path).stem
    begin = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        call_command("import_schedule", path, "--edition", "real")
    seconds = {f"import {name}": time.perf_counter() - begin, f"publish {name}": _publish("real")}
    return {"seconds": seconds, "pages": {name: _pages("real")}}


def back_office(*sizes: str) -> dict[str, Any]:
    """By size: who works in the edition of so many sessions, and on which pages."""
    return {size: dc.asdict(desk(f"bench{size}")) for size in sizes}


def queries(cookie: str, *addresses: str) -> dict[str, int]:
    """Statements per warm request; ``cookie`` is that of somebody logged in, or ""."""
    client = Client(SERVER_NAME="127.0.0.1", HTTP_COOKIE=cookie)
    return {address: min(_statements(client, address) for _ in range(3)) for address in addresses}


def _statements(client: Client, address: str) -> int:
    """The first request fills what is kept; one a minute writes down that the person is still there."""
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def booklet(slug: str, output: str) -> dict[str, float]:
    release = Release.objects.select_related("edition").filter(edition__slug=slug).newest_first()[0]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin, cpu = time.perf_counter(), _cpu()
    content = render(release, "fr")
    seconds, cpu = time.perf_counter() - begin, _cpu() - cpu
    Path(output).write_bytes(content)
    own = resource.getrusage(resource.RUSAGE_SELF)
    layout = resource.getrusage(resource.RUSAGE_CHILDREN)  # the only process that this one has started
    bare = _cpu()
    typeset(_bare(release.programme()), lambda line: None)
    return {
        "seconds": seconds,
        "cpu": cpu,
        "bare": _cpu() - bare,
        "peak": layout.ru_maxrss * 1024 / 1e6,
        "own": own.ru_maxrss * 1024 / 1e6,
        "growth": (own.ru_maxrss - before) * 1024 / 1e6,
        "bytes": len(content),
        "sessions": len(release.programme().items),
    }


def _cpu() -> float:
    """Seconds, of this process and of those that it has seen end."""
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, RUSAGE_BOTH))


def _bare(programme: Programme) -> str:
    """The same texts without any design: what the engine alone costs."""
    sessions = [
        f"<h2>{escape(item.title)}</h2><p>{item.slot.starts_at}, {item.slot.room}</p>"
        f"<p>{', '.join(programme.person_by_code[part.person].name for part in item.parts)}</p>"
        f"<p>{escape(item.lead)}</p>{item.text}{item.course}"
        for item in programme.items
    ]
    names = "".join(f"<p>{escape(person.index_name)}</p>" for person in programme.people)
    style = "@page {size: A4; @bottom-center {content: counter(page)}} body {font: 10pt DejaVu Sans; hyphens: auto}"
    head = f"<title>Mesure</title><style>{style}</style>"
    return f'<!DOCTYPE html><html lang="fr"><head>{head}</head><body><h1>Mesure</h1>{"".join(sessions)}{names}</body>'


def open_storm(seats: str, number: str) -> dict[str, list[str]]:
    """So many sessions, with so many free seats in all; where to register for them."""
    found = list(Session.objects.filter(edition__slug=STORM, seats_taken=0).order_by("-pk")[: int(number)])
    each = int(seats) // len(found)
    Session.objects.filter(pk__in=[session.pk for session in found]).update(seats=each, room=None, is_online=True)
    codes = [session.code for session in found]
    return {"addresses": [f"/{STORM}/seances/{code}/inscription/" for code in codes], "codes": codes}


def close_storm(*codes: str) -> dict[str, int]:
    sessions = Session.objects.filter(code__in=codes)
    live = Registration.objects.live().filter(session__in=sessions)
    drifts = [drift for drift in recount() if drift.session.code in codes]
    taken = sum(sessions.values_list("seats_taken", flat=True))
    return {"taken": taken, "registrations": live.count(), "drift": len(drifts)}


def _publish(slug: str) -> float:
    begin = time.perf_counter()
    publish(Edition.objects.get(slug=slug), note="Mesures.")
    return time.perf_counter() - begin


def _pages(slug: str) -> dict[str, str]:
    code = Session.objects.filter(edition__slug=slug).order_by("pk").values_list("code", flat=True)[0]
    return {"programme": f"/{slug}/programme/", "session": f"/{slug}/seances/{code}/"}


STEPS = {
    step.__name__: step
    for step in (prepare, import_file, back_office, queries, booklet, open_storm, close_storm, crowd, hold, expire)
}

if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    sys.stdout.write(json.dumps(STEPS[name](*arguments)))
