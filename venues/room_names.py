"""Rooms by the words that people use for them: in a cell of a list, in a column of a spreadsheet."""

import difflib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from venues.models import Room


class RoomNames:
    """Every room under the shortest words that tell it from the others. One query."""

    def __init__(self, rooms: Iterable[Room] | None = None) -> None:
        self.rooms = list(
            Room.objects.select_related("venue").order_by("venue__name", "name") if rooms is None else rooms
        )
        names = Counter(plain(room.name) for room in self.rooms)
        full = Counter(plain(str(room)) for room in self.rooms)
        self._labels: dict[int, str] = {}
        self._found: dict[str, set[int]] = defaultdict(set)
        for room in self.rooms:
            longest = f"{room.name} ({room.venue.name}, {room.slug})"
            is_alone = full[plain(str(room))] == 1
            self._labels[room.pk] = room.name if names[plain(room.name)] == 1 else str(room) if is_alone else longest
            for words in (room.name, str(room), longest):
                self._found[plain(words)].add(room.pk)
        self._by_pk = {room.pk: room for room in self.rooms}

    @property
    def labels(self) -> list[str]:
        return list(self._labels.values())

    def label(self, room_pk: int | None) -> str:
        return self._labels.get(room_pk, "") if room_pk else ""

    def find(self, words: str) -> Room | None:
        """None for no words; ValidationError, with the nearest names, for words that name no room or several."""
        if not words.strip():
            return None
        found = self._found.get(plain(words), set())
        if len(found) == 1:
            return self._by_pk[next(iter(found))]
        if found:
            choices = ", ".join(_("“%s”") % self._labels[pk] for pk in sorted(found))
            raise ValidationError(_("Several rooms are called that: %(choices)s."), "several", {"choices": choices})
        raise ValidationError(not_found(words, self.labels), "unknown")


def plain(words: str) -> str:
    """Without accents, capitals and double spaces: what two ways of typing a name have in common."""
    bare = unicodedata.normalize("NFKD", words.replace("’", "'").casefold())
    return " ".join("".join(letter for letter in bare if not unicodedata.combining(letter)).split())


def not_found(words: str, labels: Iterable[str]) -> str:
    """“Nothing is called that”, with the names that come near."""
    by_plain = {plain(label): label for label in labels}
    near = difflib.get_close_matches(plain(words), by_plain, n=3, cutoff=0.5)
    if not near:
        return _("Nothing is called “%(words)s”.") % {"words": words}
    choices = ", ".join(_("“%s”") % by_plain[label] for label in near)
    return _("Nothing is called “%(words)s”. Near it: %(choices)s.") % {"words": words, "choices": choices}
