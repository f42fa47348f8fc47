"""One search for the whole back-office: what each admin lets its reader find, in the chosen edition first.

The admin of a model says what it is found by (ModelAdmin.found_by, find_exactly); its own ``get_queryset`` and
permissions decide who finds it. Each kind costs one query, and gives a bounded number of rows.
"""

import dataclasses as dc
import functools
import operator
from collections.abc import Iterable
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.contrib.admin.utils import quote
from django.db.models import BooleanField, Case, Model, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from innovation_week.back_office.chosen_edition import edition_choice
from innovation_week.back_office.model_admin import ModelAdmin

MOST = 20  # rows of one kind
SHORTEST, LONGEST = 2, 100  # characters that are searched
MOST_WORDS = 8


@dc.dataclass(frozen=True, slots=True)
class Row:
    name: str
    detail: str
    address: str
    edition: str  # "" for what serves every edition


@dc.dataclass(frozen=True, slots=True)
class Kind:
    """What was found of one model, within the chosen edition or outside it."""

    name: str
    rows: tuple[Row, ...]
    has_more: bool

    @property
    def count(self) -> str:
        return f"{len(self.rows)}+" if self.has_more else str(len(self.rows))


@require_safe
def search_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    words = _cleaned(request.GET.get("q", ""))
    is_long_enough = len(words) >= SHORTEST
    searched = list(_searched(request, site)) if is_long_enough else []
    exact = [address for admin in searched for address in _exact(admin, request, words)]
    if len(exact) == 1:
        return redirect(exact[0])
    found = [_find(admin, request, words) for admin in searched]
    context = {
        **site.each_context(request),
        "title": _("Search: %s") % words if words else _("Search"),
        "introduction": _(
            "A title, a code, a person, an address or a ticket; accents and capitals do not matter. "
            "A whole code or ticket opens its page at once."
        ),
        "guide": "rechercher",
        "words": words,
        "is_too_short": bool(words) and not is_long_enough,
        "here": [kind for kind, _other in found if kind],
        "elsewhere": [other for _kind, other in found if other],
    }
    return TemplateResponse(request, "admin/search.html", context)


def _cleaned(typed: str) -> str:
    """Without the signs that no keyboard has (a database may refuse them), and of a bounded length."""
    printable = "".join(sign if sign.isprintable() else " " for sign in typed[:LONGEST])
    return " ".join(printable.split()[:MOST_WORDS])


def _searched(request: HttpRequest, site: AdminSite) -> Iterable[ModelAdmin]:
    """In the order of the menu, those whose lists the person may open."""
    for app in site.get_app_list(request):
        for listed in app["models"]:
            admin = site._registry[listed["model"]]
            if isinstance(admin, ModelAdmin) and admin.found_by and admin.has_view_permission(request):
                yield admin


def _exact(admin: ModelAdmin, request: HttpRequest, words: str) -> list[str]:
    """Addresses of the objects that bear this very code or ticket."""
    return [_address(admin, obj) for obj in admin.find_exactly(admin.get_queryset(request), words)[:1]]


def _find(admin: ModelAdmin, request: HttpRequest, words: str) -> tuple[Kind | None, Kind | None]:
    """Within the chosen edition, or serving every one; and in the others."""
    chosen = edition_choice(request).chosen
    objects = _matching(admin, request, words)
    if admin.edition_lookup and chosen:
        is_here = Case(
            When(**{admin.edition_lookup: chosen}, then=Value(True)), default=Value(False), output_field=BooleanField()
        )
        objects = objects.alias(is_here=is_here).order_by("-is_here", *admin.get_ordering(request))
    found = list(objects[: MOST + 1])
    names = {edition.pk: edition.name for edition in edition_choice(request).editions}
    editions = {obj: admin.edition_of(obj) for obj in found[:MOST]}
    here = [obj for obj, edition in editions.items() if chosen is None or edition in (None, chosen.pk)]
    elsewhere = [obj for obj in editions if obj not in here]
    has_more = len(found) > MOST

    def kind(objects: list[Model], *, has_more: bool) -> Kind | None:
        rows = [
            Row(admin.found_name(obj), admin.found_detail(obj), _address(admin, obj), names.get(editions[obj] or 0, ""))
            for obj in objects
        ]
        return Kind(capfirst(str(admin.opts.verbose_name_plural)), tuple(rows), has_more) if rows else None

    return kind(here, has_more=has_more and not elsewhere), kind(elsewhere, has_more=has_more)


def _matching(admin: ModelAdmin, request: HttpRequest, words: str) -> QuerySet[Any]:
    """Each word stands in one of the fields."""
    fields = admin.get_found_by(request)
    conditions = [
        functools.reduce(operator.or_, (Q(**{f"{field}__folded": word}) for field in fields)) for word in words.split()
    ]
    objects = admin.get_queryset(request).filter(*conditions)
    related = admin.get_list_select_related(request)
    return objects.select_related(*related) if isinstance(related, list | tuple) and related else objects


def _address(admin: ModelAdmin, obj: Model) -> str:
    return reverse(f"admin:{admin.opts.app_label}_{admin.opts.model_name}_change", args=[quote(obj.pk)])
