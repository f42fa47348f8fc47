"""Two people on one form: nobody's work is overwritten (docs/decisions/0013-two-people-on-one-form.md)."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import BaseModelAdmin, get_content_type_for_model
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from innovation_week import dates
from innovation_week.back_office.edited_lines import Lines, lines_of
from innovation_week.back_office.form_versions import compared, in_words
from innovation_week.back_office.three_versions import (
    OPENED,
    Comparison,
    Merge,
    Opened,
    changed_fields,
    in_one_line,
    seal,
)


class StoppedToCompare(forms.BaseModelForm):
    """A form that is not saved before the person has seen what somebody else did."""

    comparison: Comparison

    def clean(self) -> Any:
        super().clean()
        raise ValidationError(self.comparison.message, code="edit_conflict")


class ConcurrentEdits(BaseModelAdmin):
    """For a ModelAdmin: its change form, lines included, compares before it saves."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        admin: Any = super()
        form = admin.get_form(request, obj, change=change, **kwargs)
        comparison = vars(request).get("comparison")
        return type(form.__name__, (StoppedToCompare, form), {"comparison": comparison}) if comparison else form

    def _changeform_view(self, request: HttpRequest, object_id: Any, form_url: str, extra_context: Any) -> Any:
        """For a POST, in the transaction of the page."""
        admin: Any = super()
        if request.method == "POST" and object_id and OPENED in request.POST and "_saveasnew" not in request.POST:
            obj = self._locked(request, unquote(object_id))
            if obj is None and self.has_change_permission(request):
                return self._deleted_meanwhile(request, unquote(object_id))
            if obj is not None and self.has_change_permission(request, obj):
                found = self._merge(request, obj)
                extra_context = {**(extra_context or {}), "comparison": found if found.is_to_be_seen else None}
        return admin._changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        admin: Any = super()
        if obj is not None and self.has_change_permission(request, obj):
            comparison = context.get("comparison")
            formsets = [lines.formset for lines in context["inline_admin_formsets"] if lines.has_change_permission]
            shown = {"": context["adminform"].form}
            for formset in formsets:
                shown |= lines_of(formset)
            asked = [difference.key for difference in comparison.asked] if comparison else []
            context |= {"opened_name": OPENED, "opened": seal(_name(obj), shown, asked)}
        return admin.render_change_form(request, context, add, change, form_url, obj)

    def _locked(self, request: HttpRequest, object_id: str) -> Any:
        """The object and the lines of its form, held until the page has saved; None when it is not there."""
        try:
            key = self.opts.pk.to_python(object_id)
        except ValidationError:
            return None
        hold(self.model._base_manager.filter(pk=key))
        this: Any = self
        obj = this.get_object(request, object_id)
        for formset, inline in this.get_formsets_with_inlines(request, obj) if obj else []:
            if inline.has_change_permission(request, obj):
                hold(formset.model._base_manager.filter(**{formset.fk.name: obj.pk}))
        return obj

    def _merge(self, request: Any, obj: models.Model) -> Comparison:
        fields = flatten_fieldsets(self.get_fieldsets(request, obj))
        form = self.get_form(request, obj, change=True, fields=fields)(instance=obj)
        opened = Opened.read(request.POST[OPENED], _name(obj))
        merge = Merge(request, opened, form, list(self._formsets_now(request, obj)))
        request.POST = merge.post
        found = merge.found
        if found.is_to_be_seen:
            self._tell_who(request, obj, found)
            vars(request)["comparison"] = found
        elif found.theirs:
            kept = ", ".join(difference.label for difference in found.theirs)
            messages.info(request, _("Somebody else changed this page meanwhile. Their changes are kept: %s.") % kept)
        return found

    def _formsets_now(self, request: HttpRequest, obj: models.Model) -> Iterator[Any]:
        """The lines as a page opened now would show them, of the inlines that may be changed."""
        this: Any = self
        prefixes: dict[str, int] = {}
        for formset, inline in this.get_formsets_with_inlines(request, obj):
            prefix = formset.get_default_prefix()
            prefixes[prefix] = prefixes.get(prefix, 0) + 1
            prefix = prefix if prefixes[prefix] == 1 else f"{prefix}-{prefixes[prefix]}"  # as Django's
            kwargs = this.get_formset_kwargs(request, obj, inline, prefix)
            if inline.has_change_permission(request, obj):
                yield formset(**{name: kwargs[name] for name in ("instance", "prefix", "queryset")})

    def _tell_who(self, request: HttpRequest, obj: models.Model, found: Comparison) -> None:
        when, author = self._last_change(request, obj)
        if when is None:
            found.message = _("Somebody else changed this page. Compare before you save.")
            return
        local = timezone.localtime(when)
        moment = dates.clock(local) if local.date() == timezone.localdate() else dates.deadline(local)
        if author == request.user:
            message = _("You changed this page in another window, at %(time)s. Compare before you save.")
        elif local.date() == timezone.localdate():
            message = _("Somebody else changed this page at %(time)s. Compare before you save.")
        else:
            message = _("Somebody else changed this page on %(time)s. Compare before you save.")
        found.message = message % {"time": moment}
        found.author = (author.get_full_name() or author.get_username()) if author else ""

    def _last_change(self, request: HttpRequest, obj: Any) -> tuple[Any, Any]:
        """When, and by which account: of the object or of a line of its form."""
        this: Any = self
        histories = [obj.history.all()] if hasattr(obj, "history") else []
        for formset, _inline in this.get_formsets_with_inlines(request, obj):
            if hasattr(formset.model, "history"):
                histories.append(formset.model.history.filter(**{formset.fk.name: obj.pk}))
        records = [record for history in histories if (record := history.select_related("history_user").first())]
        if records:
            last = max(records, key=lambda record: record.history_date)
            return last.history_date, last.history_user
        entries = LogEntry.objects.filter(content_type=get_content_type_for_model(obj), object_id=str(obj.pk))
        entry = entries.select_related("user").first()
        return (entry.action_time, entry.user) if entry else (None, None)

    def _deleted_meanwhile(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The row is gone: what was typed is shown, to be copied."""
        this: Any = self
        opened = Opened.read(request.POST[OPENED], f"{self.opts.label_lower}:{object_id}")
        form = this.get_form(request, None, change=True)()
        mine = {name: request.POST.getlist(name) for name in request.POST}
        before = opened.versions.get("", {})
        changed = changed_fields(form, before, mine)
        typed = [
            (label, in_words(field, name, mine), label in changed)
            for name, field in compared(form)
            if (label := capfirst(str(field.label)))
        ]
        lines = []
        for inline in this.inlines:
            formset = inline(self.model, self.admin_site).get_formset(request)(instance=self.model())
            if found := Lines.read(request.POST.copy(), formset):
                lines += [in_one_line(found.blank, sent) for sent in [*found.known.values(), *found.new]]
        context = {
            **self.admin_site.each_context(request),
            "title": _("This page was deleted meanwhile"),
            "opts": self.opts,
            "typed": [found for found in typed if found[1]],
            "lines": [line for line in lines if line],
        }
        return TemplateResponse(request, "admin/deleted_meanwhile.html", context, status=409)


def _name(obj: models.Model) -> str:
    return f"{obj._meta.label_lower}:{obj.pk}"


def hold(rows: models.QuerySet) -> None:
    """Lock the rows until the end of the transaction."""
    list(rows.order_by("pk").select_for_update(of=("self",), no_key=True).only("pk"))
