"""A release as ``schedule.json``, valid against the c3voc schema v1."""

import json
import re
from typing import Any

from exports import schedule_feed as feed
from publishing.programme import Item, Person, Programme

SCHEMA_URL = "https://c3voc.de/schedule/schema.json"
_ZONE = re.compile(r"[A-Z][a-z]+/[A-Z][a-z]+.*|UTC")


def schedule_json(programme: Programme, *, version: str) -> bytes:
    days = list(feed.days(programme))
    document = {
        "$schema": SCHEMA_URL,
        "generator": {"name": feed.GENERATOR},
        "schedule": {
            "version": version,
            "base_url": feed.home_url(programme),
            "conference": _conference(programme, days),
        },
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _conference(programme: Programme, days: list[feed.FeedDay]) -> dict[str, Any]:
    rooms = {room.name: room for day in days for room, _items in day.rooms if room.guid}
    zone = {"time_zone_name": programme.time_zone} if _ZONE.fullmatch(programme.time_zone) else {}
    return {
        "acronym": feed.acronym(programme),
        "title": programme.name,
        "start": programme.starts_on.isoformat(),
        "end": programme.ends_on.isoformat(),
        "daysCount": len(days),
        "timeslot_duration": "00:05",
        **zone,
        "url": feed.home_url(programme),
        "tracks": [{"name": thread.title, "slug": thread.slug} for thread in programme.threads],
        "rooms": [
            {"name": room.name, "guid": room.guid, "capacity": room.room.capacity if room.room else None}
            for room in rooms.values()
        ],
        "days": [_day(programme, day) for day in days],
    }


def _day(programme: Programme, day: feed.FeedDay) -> dict[str, Any]:
    return {
        "index": day.index,
        "date": day.date.isoformat(),
        "day_start": day.starts_at.isoformat(),
        "day_end": day.ends_at.isoformat(),
        "rooms": {room.name: [_event(programme, item, room.name) for item in items] for room, items in day.rooms},
    }


def _event(programme: Programme, item: Item, room: str) -> dict[str, Any]:
    begins = feed.start(programme, item)
    assert item.slot.ends_at is not None
    codes = dict.fromkeys(part.person for part in item.parts)
    return {
        "guid": feed.guid("session", item.code),
        "code": item.code,
        "id": feed.number(item.code),
        "date": begins.isoformat(),
        "start": begins.strftime("%H:%M"),
        "end": item.slot.ends_at.astimezone(feed.zone(programme)).isoformat(),
        "duration": feed.duration(item),
        "room": room,
        "slug": feed.slug(programme, item),
        "url": feed.session_url(programme, item),
        "title": item.title,
        "subtitle": feed.subtitle(item),
        "track": programme.thread_by_slug[item.thread].title,
        "type": programme.formats[item.format],
        "language": item.language,
        "abstract": feed.text(item.text),
        "description": feed.text(item.course),
        "persons": [_person(programme.person_by_code[code]) for code in codes],
        "links": [],
    }


def _person(person: Person) -> dict[str, Any]:
    return {
        "guid": feed.guid("person", person.code),
        "id": feed.number(person.code),
        "code": person.code,
        "name": person.name,
        "biography": person.biography,
    }
