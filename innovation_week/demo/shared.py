"""What editions share: formats with their roles, audiences, venues with their rooms, people. Missing rows only."""

from collections.abc import Callable
from typing import Any

from innovation_week.demo.portraits import abstract_portrait
from sessions.models import Audience, Format, Role
from speakers.models import Speaker
from speakers.portraits import square_portrait
from venues.models import Room, Venue

Save = Callable[[Any], Any]
Read = Callable[[str], dict[str, Any]]


def load_shared(save: Save, read: Read) -> None:
    formats = read("formats")
    for values in formats["audiences"]:
        if not Audience.objects.filter(slug=values["slug"]).exists():
            save(Audience(**values))
    for values in formats["formats"]:
        if not Format.objects.filter(slug=values["slug"]).exists():
            _format(save, values)
    for values in read("venues")["venues"]:
        if not Venue.objects.filter(slug=values["slug"]).exists():
            _venue(save, values)
    for values in read("people")["people"]:
        if not Speaker.objects.filter(import_id=f"demo/{values['key']}").exists():
            _speaker(save, values)


def _format(save: Save, values: dict[str, Any]) -> None:
    roles = values.pop("roles")
    format_ = save(Format(**values))
    for position, role in enumerate(roles):
        save(Role(format=format_, position=position, **role))


def _venue(save: Save, values: dict[str, Any]) -> None:
    rooms = values.pop("rooms")
    venue = save(Venue(**{name: value.strip() for name, value in values.items()}))
    for room in rooms:
        save(Room(venue=venue, **room))


def _speaker(save: Save, values: dict[str, Any]) -> None:
    key, with_portrait = values.pop("key"), values.pop("portrait", False)
    speaker = Speaker(import_id=f"demo/{key}", **values)
    if with_portrait:
        speaker.portrait = square_portrait(abstract_portrait(key))
    save(speaker)
