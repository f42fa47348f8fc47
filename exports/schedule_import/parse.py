"""From a ``schedule.xml`` to plain values, liberal in what it accepts and precise in what it refuses.

Published files rarely follow the schema (https://c3voc.de/wiki/schedule): no guid, no offset, no ``<date>``, no
language. What can be deduced is, and told as a remark; what cannot is a problem, and the file is refused with all
its problems at once, each with its line.
"""

import dataclasses as dc
import datetime as dt
import re
from collections import Counter
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import etree

from exports.schedule_feed import GENERATOR, guid
from exports.schedule_import.document import ImportedEvent, ImportedPerson, ImportedRoom, ImportedSchedule
from exports.schedule_import.language import guess_language
from exports.schedule_import.times import first_after, parse_clock, parse_date, parse_duration, parse_moment
from exports.schedule_import.xml import read_xml
from sessions.text import seen
from venues.models import validate_time_zone

MAX_TITLE = 200
MAX_LEAD = 300
MAX_NAME = 150
MAX_KEY = 48  # the edition's slug goes before it
LONG = dt.timedelta(hours=24)
LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
_BLANKS = re.compile(r"[\x00-\x20\x7f-\x9f]+")  # no-break spaces stay: French typography needs them


def parse_schedule(data: bytes, *, time_zone: str, language: str = "") -> ImportedSchedule:
    """Read the file or raise ValidationError with every problem in it.

    ``time_zone`` and ``language`` serve where the file says nothing; without ``language`` each text decides for itself.
    """
    if language and not LANGUAGE.fullmatch(language):
        message = _("“%(language)s” is not the code of a language: write it as fr, en or pt-BR.")
        raise ValidationError(message, code="language", params={"language": language})
    root = read_xml(data)
    if root.tag != "schedule":
        message = _("line %(line)d: the file begins with <%(tag)s>, not <schedule>: is it the right one?")
        raise ValidationError(message, code="root", params={"line": root.sourceline, "tag": root.tag})
    return _Parser(root, time_zone, language).schedule()


class _Parser:
    def __init__(self, root: etree._Element, time_zone: str, language: str) -> None:
        self.root = root
        self.problems: list[str] = []
        self.remarks: list[str] = []
        self.assumed_language = language
        conference = root.find("conference")
        self.conference = conference if conference is not None else etree.Element("conference")
        self.is_our_own = root.xpath("string(generator/@name)") == GENERATOR
        self.zone = self._zone(time_zone)
        self.day_change = parse_clock(_text(self.conference, "day_change")) or dt.time()
        self.lines_by_key: dict[str, int] = {}

    def schedule(self) -> ImportedSchedule:
        days = self.root.findall("day")
        events = [event for day in days for event in self._events(day)]
        if not events and not self.problems:
            self.problems.append(_("The file holds no event: check that it is the published programme."))
        if self.problems:
            raise ValidationError(self.problems, code="schedule")
        events = self._with_languages(events)
        self._tell_what_is_left_out()
        dates = [event.starts_at.astimezone(self.zone).date() for event in events]
        title = self._line(_text(self.conference, "title"), MAX_TITLE)
        return ImportedSchedule(
            title=title,
            venue=self._line(_text(self.conference, "venue"), MAX_TITLE) or title,
            city=self._line(_text(self.conference, "city"), 100),
            time_zone=self.zone.key,
            starts_on=min([*dates, *self._stated_date("start", dates)]),
            ends_on=max([*dates, *self._stated_date("end", dates)]),
            events=tuple(events),
            remarks=tuple(self.remarks),
        )

    def _zone(self, assumed: str) -> ZoneInfo:
        name = _text(self.conference, "time_zone_name")
        if not name:
            remark = _("The file gives no time zone: %(zone)s is taken. Choose it with --time-zone.")
            self.remarks.append(remark % {"zone": assumed})
            return ZoneInfo(assumed)
        try:
            validate_time_zone(name)
        except ValidationError as error:
            line = self.conference.find("time_zone_name").sourceline
            self.problems.append(_("line %(line)d: %(problem)s") % {"line": line, "problem": error.messages[0]})
            return ZoneInfo(assumed)
        return ZoneInfo(name)

    def _stated_date(self, tag: str, dates: list[dt.date]) -> list[dt.date]:
        """The first or last day of the conference, unless it is far from any event (seen: the epoch)."""
        stated = parse_date(_text(self.conference, tag))
        near = stated is not None and min(abs((stated - date).days) for date in dates) <= 31
        return [stated] if stated and near else []

    def _events(self, day: etree._Element) -> list[ImportedEvent]:
        date = parse_date(day.get("date", "") or day.get("start", ""))
        opening = parse_moment(day.get("start", ""), self.zone)
        # A day that begins at 9:00 and has an event at 1:00 means the night after.
        not_before = opening.astimezone(self.zone).time() if opening else self.day_change
        found = []
        for room in day.findall("room"):
            for element in room.findall("event"):
                event = self._event(element, room, date, not_before)
                if event is not None:
                    found.append(event)
        return found

    def _event(
        self, element: etree._Element, room: etree._Element, date: dt.date | None, not_before: dt.time
    ) -> ImportedEvent | None:
        title = self._title(element)
        key = self._key(element, title)
        starts_at = self._start(element, title, date, not_before)
        ends_at = self._end(element, title, starts_at)
        if not (title and key and starts_at and ends_at):
            return None
        text, course = self._texts(element)
        return ImportedEvent(
            line=element.sourceline,
            key=key,
            code=element.get("code", "") if self.is_our_own else "",
            title=title,
            lead=self._line(_text(element, "subtitle"), MAX_LEAD, of=title),
            text=text,
            course=course,
            language=self._language(_text(element, "language")),
            track=self._line(_text(element, "track"), MAX_TITLE, of=title),
            kind=self._line(_text(element, "type"), 100, of=title),
            room=self._room(element, room, title),
            starts_at=starts_at,
            ends_at=ends_at,
            persons=self._persons(element, title),
        )

    def _title(self, element: etree._Element) -> str:
        title = self._line(_text(element, "title"), MAX_TITLE)
        if not title:
            self._problem(element, _("this event has no title: give it one."))
        return title

    def _key(self, element: etree._Element, title: str) -> str:
        key = (element.get("guid") or element.get("id") or element.get("code") or "").strip()
        if not key or len(key) > MAX_KEY:
            message = _("“%(title)s” has no id, or too long a one: each import would create it again.")
            self._problem(element, message % {"title": title})
        elif key in self.lines_by_key:
            message = _("“%(title)s” has the id %(key)s of the event on line %(other)d: give it its own.")
            self._problem(element, message % {"title": title, "key": key, "other": self.lines_by_key[key]})
        else:
            self.lines_by_key[key] = element.sourceline
        return key

    def _start(
        self, element: etree._Element, title: str, date: dt.date | None, not_before: dt.time
    ) -> dt.datetime | None:
        moment = parse_moment(_text(element, "date"), self.zone)
        if moment is not None:
            return moment.astimezone(dt.UTC)
        clock = parse_clock(_text(element, "start"))
        date = date or parse_date(_text(element, "date"))
        if date is None:
            message = _('“%(title)s” has no date, and neither has its <day>: add date="2018-11-19" to the day.')
            self._problem(element, message % {"title": title})
        elif clock is None:
            message = _("“%(title)s” has no time of start that can be read (“%(text)s”): write it as 14:30.")
            self._problem(element, message % {"title": title, "text": _text(element, "start")})
        else:
            # In UTC, or a duration added to it would not count the hour that a change of clocks gives or takes.
            return first_after(date, clock, self.zone, not_before).astimezone(dt.UTC)
        return None

    def _end(self, element: etree._Element, title: str, starts_at: dt.datetime | None) -> dt.datetime | None:
        if starts_at is None:
            return None
        duration = parse_duration(_text(element, "duration"))
        stated = parse_moment(_text(element, "end"), self.zone)
        ends_at = starts_at + duration if duration is not None else stated and stated.astimezone(dt.UTC)
        if ends_at is None:
            message = _("“%(title)s” has no duration that can be read (“%(text)s”): write it as 01:30.")
            self._problem(element, message % {"title": title, "text": _text(element, "duration")})
        elif ends_at <= starts_at:
            message = _("“%(title)s” ends before it has begun: correct its duration or its end.")
            self._problem(element, message % {"title": title})
        else:
            if ends_at - starts_at > LONG:
                self._remark(element, _("“%(title)s” lasts more than 24 hours.") % {"title": title})
            return ends_at
        return None

    def _texts(self, element: etree._Element) -> tuple[str, str | None]:
        """Text and course. Our own feed keeps them apart; elsewhere the abstract introduces the description."""
        abstract = self._block(_text(element, "abstract"))
        description = self._block(_text(element, "description"))
        if self.is_our_own:
            return abstract, description
        if abstract in description:
            return description, None
        return "\n\n".join(part for part in (abstract, description) if part), None

    def _language(self, text: str) -> str:
        match = re.match(r"[a-zA-Z]{2}(?:-[a-zA-Z]{2})?\b|[a-zA-Z]{2}", text)
        return match[0][:2].lower() + match[0][2:] if match else ""

    def _with_languages(self, events: list[ImportedEvent]) -> list[ImportedEvent]:
        """Those without a language get the assumed one; else their own by their words; else the commonest."""
        silent = [event for event in events if not event.language]
        if not silent:
            return events
        guessed = {event.key: self.assumed_language or _guess(event) for event in silent}
        languages = [event.language or guessed[event.key] for event in events]
        known = Counter(language for language in languages if language).most_common(1)
        main = known[0][0] if known else settings.LANGUAGE_CODE
        self._tell_languages(Counter(guessed.values()), main)
        return [dc.replace(event, language=language or main) for event, language in zip(events, languages, strict=True)]

    def _tell_languages(self, guessed: Counter[str], main: str) -> None:
        if self.assumed_language:
            remark = ngettext(
                "%(count)d event gives no language: “%(language)s” is taken, as you said.",
                "%(count)d events give no language: “%(language)s” is taken, as you said.",
                guessed.total(),
            )
            self.remarks.append(remark % {"count": guessed.total(), "language": self.assumed_language})
            return
        remark = ngettext(
            "%(count)d event gives no language. By its words: %(found)s. Choose it with --language.",
            "%(count)d events give no language. By their words: %(found)s. Choose it with --language.",
            guessed.total(),
        )
        found = [f"{language} ({count})" for language, count in guessed.most_common() if language]
        if guessed[""]:
            found.append(_("undecided, so %(language)s (%(count)d)") % {"language": main, "count": guessed[""]})
        self.remarks.append(remark % {"count": guessed.total(), "found": ", ".join(found)})

    def _tell_what_is_left_out(self) -> None:
        links = len(self.root.findall("day/room/event/links/link"))
        attachments = len(self.root.findall("day/room/event/attachments/attachment"))
        if links:
            remark = ngettext("%(count)d link is not imported.", "%(count)d links are not imported.", links)
            self.remarks.append(remark % {"count": links})
        if attachments:
            remark = ngettext(
                "%(count)d attached file is not imported.", "%(count)d attached files are not imported.", attachments
            )
            self.remarks.append(remark % {"count": attachments})

    def _room(self, element: etree._Element, room: etree._Element, title: str) -> ImportedRoom | None:
        name = self._line(room.get("name", "") or _text(element, "room"), MAX_TITLE)
        guid = room.get("guid", "").lower()
        if self.is_our_own and not guid:
            return None
        if not name:
            message = _("“%(title)s” is in a room without a name: give the <room> a name.")
            self._problem(element, message % {"title": title})
        return ImportedRoom(name, guid)

    def _persons(self, element: etree._Element, title: str) -> tuple[ImportedPerson, ...]:
        found: dict[str, ImportedPerson] = {}
        for person in element.iterfind("persons/person"):
            name = self._line("".join(person.itertext()), MAX_NAME, of=title)
            if not name:
                self._remark(person, _("a person of “%(title)s” has no name and is left out.") % {"title": title})
                continue
            key = person.get("guid") or person.get("id") or name
            key = key if len(key) <= MAX_KEY else guid("person key", key)
            found.setdefault(key, ImportedPerson(key, name))
        return tuple(found.values())

    def _line(self, text: str, limit: int, *, of: str = "") -> str:
        """One line of at most ``limit`` characters; what is cut is told."""
        clean = _BLANKS.sub(" ", seen(text)).strip()
        if len(clean) <= limit:
            return clean
        short = Truncator(clean).chars(limit)
        remark = _("“%(title)s”: a text of %(length)d characters is cut to %(limit)d.")
        self.remarks.append(remark % {"title": of or short, "length": len(clean), "limit": limit})
        return short

    def _block(self, text: str) -> str:
        """With Unix line ends."""
        return seen(text.replace("\r\n", "\n").replace("\r", "\n")).strip()

    def _problem(self, element: etree._Element, text: str) -> None:
        self.problems.append(_("line %(line)d: %(problem)s") % {"line": element.sourceline, "problem": text})

    def _remark(self, element: etree._Element, text: str) -> None:
        self.remarks.append(_("line %(line)d: %(problem)s") % {"line": element.sourceline, "problem": text})


def _guess(event: ImportedEvent) -> str:
    return guess_language("\n".join((event.title, event.lead, event.text)))


def _text(element: etree._Element, tag: str) -> str:
    child = element.find(tag)
    return "".join(child.itertext()).strip() if child is not None else ""
