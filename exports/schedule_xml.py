"""A release as ``schedule.xml``, valid against the c3voc schema."""

import re

from lxml import etree

from exports import schedule_feed as feed
from publishing.programme import Item, Programme

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def schedule_xml(programme: Programme, *, version: str) -> bytes:
    """``version`` is what a reader compares to know that something changed: the number of the release."""
    root = etree.Element("schedule")
    etree.SubElement(root, "generator", name=feed.GENERATOR)
    _child(root, "url", f"{feed.home_url(programme)}schedule.xml")
    _child(root, "version", version)
    days = list(feed.days(programme))
    _conference(root, programme, len(days))
    for day in days:
        element = etree.SubElement(
            root,
            "day",
            index=str(day.index),
            date=day.date.isoformat(),
            start=day.starts_at.isoformat(),
            end=day.ends_at.isoformat(),
        )
        for room, items in day.rooms:
            attributes = {"name": _plain(room.name)} | ({"guid": room.guid} if room.guid else {})
            parent = etree.SubElement(element, "room", attributes)
            for item in items:
                _event(parent, programme, item, room.name)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _conference(root: etree._Element, programme: Programme, day_count: int) -> None:
    conference = etree.SubElement(root, "conference")
    _child(conference, "acronym", feed.acronym(programme))
    _child(conference, "title", programme.name)
    _child(conference, "start", programme.starts_on.isoformat())
    _child(conference, "end", programme.ends_on.isoformat())
    _child(conference, "days", str(day_count))
    _child(conference, "timeslot_duration", "00:05")
    _child(conference, "base_url", feed.home_url(programme))
    _child(conference, "url", feed.home_url(programme))
    _child(conference, "time_zone_name", programme.time_zone)
    for thread in programme.threads:
        etree.SubElement(conference, "track", name=_plain(thread.title))


def _event(parent: etree._Element, programme: Programme, item: Item, room: str) -> None:
    begins = feed.start(programme, item)
    event = etree.SubElement(
        parent, "event", code=item.code, id=str(feed.number(item.code)), guid=feed.guid("session", item.code)
    )
    _child(event, "room", room)
    _child(event, "title", item.title)
    _child(event, "subtitle", feed.subtitle(item))
    _child(event, "type", programme.formats[item.format])
    _child(event, "date", begins.isoformat())
    _child(event, "start", begins.strftime("%H:%M"))
    _child(event, "duration", feed.duration(item))
    _child(event, "abstract", feed.text(item.text))
    _child(event, "slug", feed.slug(programme, item))
    _child(event, "track", programme.thread_by_slug[item.thread].title)
    persons = etree.SubElement(event, "persons")  # always there: a known reader fails without
    for code in dict.fromkeys(part.person for part in item.parts):
        person = etree.SubElement(persons, "person", id=str(feed.number(code)), guid=feed.guid("person", code))
        person.text = _plain(programme.person_by_code[code].name)
    _child(event, "language", item.language)
    _child(event, "description", feed.text(item.course))
    _child(event, "url", feed.session_url(programme, item))


def _child(parent: etree._Element, tag: str, text: str) -> None:
    etree.SubElement(parent, tag).text = _plain(text)


def _plain(text: str) -> str:
    return _NOT_XML.sub("", text)
