import dataclasses as dc
import itertools

from django.http import HttpResponse
from django.shortcuts import render

from publishing.pages import Page, released_page
from publishing.programme import Person
from publishing.rows import by_day, row
from publishing.search import fold
from publishing.views.missing import not_found


@dc.dataclass(frozen=True, slots=True)
class Letter:
    letter: str
    people: tuple[Person, ...]


@released_page
def speakers(page: Page) -> HttpResponse:
    context = {"page": page, "letters": _letters(page.programme.people)}
    return render(page.request, "publishing/speakers.html", context)


def _letters(people: tuple[Person, ...]) -> list[Letter]:
    """Accents do not make a letter: Émile is under E. What begins with none is under “#”."""
    ordered = sorted(people, key=lambda person: (_letter(person) == "#", fold(person.index_name)))
    return [Letter(letter, tuple(group)) for letter, group in itertools.groupby(ordered, key=_letter)]


def _letter(person: Person) -> str:
    first = fold(person.index_name)[:1].upper()
    return first if first.isascii() and first.isalpha() else "#"


@released_page
def speaker(page: Page, code: str) -> HttpResponse:
    person = page.programme.person_by_code.get(code)
    if person is None:
        return not_found(page, "speaker")
    items = page.programme.items_by_person.get(code, ())
    rows = [
        row(page, item, who=dict.fromkeys(part.label for part in item.parts if part.person == code)) for item in items
    ]
    context = {"page": page, "person": person, "days": by_day(rows), "count": len(rows)}
    return render(page.request, "publishing/speaker.html", context)
