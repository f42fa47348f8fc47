"""What may be deleted, what would go with it, and what to do instead (docs/decisions/0014-nothing-disappears.md)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import NestedObjects, quote
from django.contrib.auth.models import User
from django.db import models, router, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from simple_history.models import HistoricalChanges

from innovation_week.back_office.screen_help import help_of
from publishing.kept import published_in
from registrations.models import Registration
from sessions.models import Edition, Session
from speakers.models import Candidacy

NAMED = 5  # of the rows that stand in the way; the others are counted


def why_kept(row: models.Model) -> str:
    """The sentence that says why a row stays for ever, and what to do instead; empty when it may go."""
    if isinstance(row, Session):
        return _why_session_kept(row)
    if isinstance(row, User):
        return _why_account_kept(row)
    release = published_in(row)
    if release is None:
        return ""
    if isinstance(row, Candidacy):
        message = _(
            "“%(name)s” was published (%(release)s): it is kept. Change its stage instead, to “Withdrawn” for "
            "example: the next release will do without."
        )
        return message % {"name": row, "release": release}
    message = _(
        "“%(name)s” was published (%(release)s): it is kept, so that what the public has read goes on meaning "
        "something. No longer use it: the next release will do without."
    )
    return message % {"name": row, "release": release}


def _why_session_kept(session: Session) -> str:
    if session.published_since is not None:
        message = _("“%(name)s” was published: it cannot be deleted. Cancel it, postpone it or archive it instead.")
        return message % {"name": session}
    number = Registration.objects.filter(session=session).count()
    message = ngettext(
        "“%(name)s” has %(number)s registration, cancelled ones included: it cannot be deleted. "
        "Cancel it, postpone it or archive it instead.",
        "“%(name)s” has %(number)s registrations, cancelled ones included: it cannot be deleted. "
        "Cancel it, postpone it or archive it instead.",
        number,
    )
    return message % {"name": session, "number": localize(number)} if number else ""


def _why_account_kept(user: User) -> str:
    histories = (model for model in apps.get_models() if issubclass(model, HistoricalChanges))
    kept = (model for model in histories if "history_user" in {field.name for field in model._meta.fields})
    if not any(model._default_manager.filter(history_user=user).exists() for model in kept):
        return ""
    message = _(
        "“%(name)s” has changed things here, and the history says so: one closes the account instead of deleting it. "
        "Untick “Active” on its page."
    )
    return message % {"name": user}


class CarefulDeletion(admin.ModelAdmin):
    """Django's confirmation, which names all that would go; what must stay is told with what to do instead."""

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """Looked at and deleted in one transaction, as Django does for one object."""
        if request.POST.get("action") != "delete_selected":
            return super().response_action(request, *args, **kwargs)
        with transaction.atomic():
            response = super().response_action(request, *args, **kwargs)
        if isinstance(response, TemplateResponse) and response.context_data is not None:
            response.context_data |= help_of("delete")  # Django names it after the list
        return response

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list[Any], Any, set[str], list[Any]]:
        if request.method == "POST" and "post" in request.POST:
            Edition.objects.all().hold()  # what is not in a release now comes into none before it is gone
            objs = self.model._base_manager.filter(pk__in=[obj.pk for obj in objs]).select_for_update(of=("self",))
        objs = list(objs)
        collector: Any = NestedObjects(using=router.db_for_write(self.model), origin=objs)
        collector.collect(objs)
        kept: list[str] = [
            format_html('{} <a href="{}">{}</a>', reason, _address(row), _("Open its page"))
            for row in objs
            if (reason := why_kept(row))
        ]
        kept = kept or list(self._in_the_way(request, collector.protected, objs))
        if kept:
            return [], {}, set(), kept
        lacking: set[str] = set()
        tree = collector.nested(lambda row: self._named(request, row, lacking))
        counts = {model._meta.verbose_name_plural: len(rows) for model, rows in collector.model_objs.items()}
        return [*tree, *_emptied(collector)], counts, lacking, []

    def _named(self, request: HttpRequest, row: models.Model, lacking: set[str]) -> str:
        opts = row._meta
        model_admin = self.admin_site._registry.get(type(row))
        if model_admin is None:
            return _labelled(opts.verbose_name, _name(row))
        if not model_admin.has_delete_permission(request, row):
            lacking.add(str(opts.verbose_name))
        return _labelled(opts.verbose_name, format_html('<a href="{}">{}</a>', _address(row), row))

    def _in_the_way(self, request: HttpRequest, protected: Iterable[models.Model], objs: list[Any]) -> Iterator[str]:
        for what in in_the_way(request, protected):
            message = _("It is in use and cannot be deleted. %(what)s. Change these first.")
            if len(objs) > 1:
                message = _("Some are in use and cannot be deleted. %(what)s. Change these first.")
            yield message % {"what": what}


def in_the_way(request: HttpRequest, protected: Iterable[models.Model]) -> Iterator[str]:
    """By model, how many rows use what would be deleted; a few names, for whoever may read them."""
    by_model: dict[type[models.Model], list[models.Model]] = defaultdict(list)
    for row in protected:
        by_model[type(row)].append(row)
    for model, rows in by_model.items():
        model_admin = admin.site._registry.get(model)
        seen = (row for row in rows if model_admin and model_admin.has_view_permission(request, row))
        shown = list(islice(seen, NAMED)) if model is not Registration else []
        names = ", ".join(_("“%s”") % row for row in shown) + ("…" if len(rows) > len(shown) and shown else "")
        number = f"{len(rows)} ({names})" if names else str(len(rows))
        yield _labelled(model._meta.verbose_name_plural, number)


def why_line_kept(request: HttpRequest, line: models.Model) -> list[str]:
    """Of a line that somebody ticked to delete on a form; nothing when it may go."""
    if reason := why_kept(line):
        return [reason]
    collector: Any = NestedObjects(using=router.db_for_write(type(line)))
    collector.collect([line])
    message = _("“%(line)s” is in use and cannot be deleted. %(what)s. Change these first.")
    return [message % {"line": line, "what": what} for what in in_the_way(request, collector.protected)]


def _labelled(label: Any, value: str) -> str:
    return format_html(_("{label}: {value}"), label=capfirst(label), value=value)


def _address(row: models.Model) -> str:
    opts = row._meta
    try:
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[quote(row.pk)])
    except NoReverseMatch:
        return ""


def _name(row: models.Model) -> str:
    """The row of a many-to-many relation has no name but those that it joins."""
    if not row._meta.auto_created:
        return str(row)
    return " – ".join(str(getattr(row, field.name)) for field in row._meta.fields if field.is_relation)


def _emptied(collector: Any) -> Iterator[str]:
    """What stays, without its link to what goes."""
    for (field, _value), groups in collector.field_updates.items():
        number = sum(len(group) if not isinstance(group, models.Model) else 1 for group in groups)
        if number:
            words = {"field": field.verbose_name, "what": field.model._meta.verbose_name_plural, "number": number}
            yield _("Kept, with “%(field)s” emptied: %(what)s, %(number)d") % words
