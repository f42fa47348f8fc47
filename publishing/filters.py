"""The programme's filters: what may be asked, in one order, and the sessions that answer.

Addresses with filters are shared and cached, so a query has one form: known parameters, known values, this order.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlencode

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from innovation_week import dates
from publishing.availability import Availability
from publishing.programme import Day, Item, Programme
from publishing.search import search

Query = tuple[tuple[str, str], ...]
Choices = dict[str, str]

PARAMETERS = ("q", "jour", "sequence", "format", "lieu", "public", "acces", "ouvertes", "vue")
SEARCH_LENGTH = 100
EVERY_DAY = "tous"
ONLINE = "en-ligne"
GRID = "grille"
# What helps people come, as addresses name it.
ACCESS = {
    "plain-pied": "step-free",
    "boucle-magnetique": "hearing-loop",
    "langue-des-signes": "sign-language",
    "sous-titrage": "captions",
}
ACCESS_WORDS = {
    "step-free": gettext_lazy("Step-free access"),
    "hearing-loop": gettext_lazy("Hearing loop"),
    "sign-language": gettext_lazy("Sign language"),
    "captions": gettext_lazy("Live captions"),
}
# States in which one can still come.
OPEN = frozenset({"open", "few", "free"})
# Above this number of sessions a page shows one day at a time: a phone would not scroll through the week.
LONG = 150


@dc.dataclass(frozen=True, slots=True)
class Chosen:
    """A filter in use, and the query without it."""

    label: str
    query: str


def canonical_query(asked: QueryDict, programme: Programme) -> Query:
    """What the query string means for this programme; anything else in it is dropped."""
    values = [(name, asked.get(name, "")) for name in PARAMETERS if name in asked]
    clean = [(name, _words(value) if name == "q" else value) for name, value in values]
    return tuple((name, value) for name, value in clean if value and (name == "q" or value in choices(programme, name)))


def _words(value: str) -> str:
    """On one line, without control characters."""
    return "".join(filter(str.isprintable, " ".join(value.split())))[:SEARCH_LENGTH].strip()


def choices(programme: Programme, name: str) -> Choices:
    """The values of a filter, with their labels in the active language."""
    match name:
        case "jour":
            return _days(programme)
        case "sequence":
            used = {item.thread for item in programme.items}
            return {thread.slug: thread.title for thread in programme.threads if thread.slug in used}
        case "format":
            return _by_label(programme.formats)
        case "lieu":
            return _places(programme)
        case "public":
            return _by_label(programme.audiences)
        case "acces":
            return _access(programme)
        case "ouvertes":
            return {"1": _("Seats left")}
        case "vue":
            return {GRID: _("Grid view")}
    raise KeyError(name)


def _days(programme: Programme) -> Choices:
    whole = {EVERY_DAY: _("Every day")} if len(programme.lines) > LONG else {}
    return whole | {day.date.isoformat(): capfirst(dates.day(day.date)) for day in programme.days}


def _by_label(names: Mapping[str, str]) -> Choices:
    return dict(sorted(names.items(), key=lambda pair: pair[1].casefold()))


def _access(programme: Programme) -> Choices:
    """What some session offers, in the order in which its page tells it."""
    offered = {word for item in programme.items for word in programme.access_of(item)}
    return {name: str(ACCESS_WORDS[word]) for name, word in ACCESS.items() if word in offered}


def _places(programme: Programme) -> Choices:
    """Venues, and the rooms of those that have several, as ``venue.room``: slugs hold no dot."""
    found: Choices = {}
    for place in programme.places:
        found[place.slug] = place.name
        if len(place.rooms) > 1:
            found |= {f"{place.slug}.{room.slug}": f"{place.name} – {room.name}" for room in place.rooms}
    if any(item.is_online for item in programme.items):
        found[ONLINE] = pgettext("where", "Online")
    return found


def matching(programme: Programme, query: Query, availability: Availability) -> list[Item]:
    """The lines that answer every filter, in the order of the programme: of slots, those one of which does."""
    wanted = dict(query)
    found = search(programme, wanted["q"]) if "q" in wanted else frozenset(programme.item_by_code)
    lines = programme.lines
    if wanted.get("jour", EVERY_DAY) != EVERY_DAY:
        codes = _codes_of_day(programme, dt.date.fromisoformat(wanted["jour"]))
        lines = tuple(line for line in lines if line.code in codes)
    if "ouvertes" in wanted:
        # The state of the whole line: pages are kept under that.
        lines = tuple(line for line in lines if availability.state(line) in OPEN)
    return [
        line
        for line in lines
        if any(item.code in found and _answers(programme, item, wanted) for item in line.sessions)
    ]


def _codes_of_day(programme: Programme, date: dt.date) -> frozenset[str]:
    return frozenset(item.code for day in programme.days if day.date == date for item in day.items)


def _answers(programme: Programme, item: Item, wanted: Mapping[str, str]) -> bool:
    return (
        wanted.get("sequence", item.thread) == item.thread
        and wanted.get("format", item.format) == item.format
        and wanted.get("public", "") in ("", *item.audiences)
        and _is_at(item, wanted.get("lieu", ""))
        and ("acces" not in wanted or ACCESS[wanted["acces"]] in programme.access_of(item))
    )


def _is_at(item: Item, where: str) -> bool:
    if where == ONLINE:
        return item.is_online
    place, _dot, room = where.partition(".")
    return (not place or item.slot.place == place) and (not room or item.slot.room == room)


def default_day(days: Sequence[Day], programme: Programme, now: dt.datetime) -> Day:
    """The day a long programme opens on: today, else the next one, else the first."""
    today = now.astimezone(programme.zone).date()
    return next((day for day in days if day.date >= today), days[0])


def without_day(query: Query) -> Query:
    return tuple((name, value) for name, value in query if name != "jour")


# --- In addresses --------------------------------------------------------------------------------------------


def query_string(query: Query, **changes: str) -> str:
    """“?jour=2018-11-20&vue=grille”, or "" for none; a change to "" takes the parameter away."""
    values = dict(query) | changes
    kept = [(name, values[name]) for name in PARAMETERS if values.get(name)]
    return f"?{urlencode(kept)}" if kept else ""


def chosen(query: Query, programme: Programme) -> list[Chosen]:
    """The filters in use, each removable; the view and the whole week are not filters."""
    return [
        Chosen(_label(programme, name, value), query_string(query, **{name: ""}))
        for name, value in query
        if name != "vue" and value != EVERY_DAY
    ]


def _label(programme: Programme, name: str, value: str) -> str:
    return _("“%(words)s”") % {"words": value} if name == "q" else choices(programme, name)[value]


# --- The form ------------------------------------------------------------------------------------------------


class WordsOfTheStaff(forms.Select):
    """Choices that the staff wrote, in one language: said in it on the pages of another one."""

    language = ""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        if option["value"] and self.language != get_language():
            option["attrs"]["lang"] = self.language
        return option


class FilterForm(forms.Form):
    """Every field is optional, and its choices come from the programme: see ``filter_form``."""

    q = forms.CharField(
        label=gettext_lazy("Search a title, a person, a place"),
        max_length=SEARCH_LENGTH,
        required=False,
        widget=forms.SearchInput,
    )
    jour = forms.ChoiceField(label=gettext_lazy("Day"), required=False)
    sequence = forms.ChoiceField(label=gettext_lazy("Sequence"), required=False, widget=WordsOfTheStaff)
    format = forms.ChoiceField(label=gettext_lazy("Format"), required=False, widget=WordsOfTheStaff)
    lieu = forms.ChoiceField(label=gettext_lazy("Place"), required=False)
    public = forms.ChoiceField(label=gettext_lazy("Audience"), required=False, widget=WordsOfTheStaff)
    acces = forms.ChoiceField(label=gettext_lazy("Accessibility"), required=False)
    ouvertes = forms.BooleanField(
        label=gettext_lazy("Seats left"), required=False, widget=forms.CheckboxInput(attrs={"value": "1"})
    )
    vue = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def helper(self) -> FormHelper:
        """Fields only: the page has the form's element and its button, which must not be in the query."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(*(Div(name, css_class=self._column(name)) for name in self.fields))
        return helper

    def _column(self, name: str) -> str:
        modifiers = {"q": " filters__field--wide", "ouvertes": " filters__field--check", "vue": " fr-sr-only"}
        return f"filters__field{modifiers.get(name, '')}"


def filter_form(query: Query, programme: Programme) -> FilterForm:
    """The form as asked. A filter that leaves no choice is left out."""
    form = FilterForm(initial={name: value == "1" if name == "ouvertes" else value for name, value in query})
    blank = {
        "jour": _("Day by day") if len(programme.lines) > LONG else _("Every day"),
        "sequence": _("Every sequence"),
        "format": _("Every format"),
        "lieu": _("Every place"),
        "public": _("Every audience"),
        "acces": _("Any access"),
    }
    for name, label in blank.items():
        values = choices(programme, name)
        if len(values) < (1 if name == "acces" else 2):
            del form.fields[name]
            continue
        field = cast(forms.ChoiceField, form.fields[name])
        field.choices = [("", label), *values.items()]
        if isinstance(field.widget, WordsOfTheStaff):
            field.widget.language = programme.language
    if "vue" not in form.initial:
        del form.fields["vue"]
    return form
