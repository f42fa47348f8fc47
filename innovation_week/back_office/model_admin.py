"""What every screen of the back-office shares: the edition it is about, labels, help, history."""

import functools
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AdminSplitDateTime, AutocompleteSelect, RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation_week import folded  # noqa: F401  # registers the lookup that search_fields name
from innovation_week.back_office.chosen_edition import chosen_edition, show_edition
from innovation_week.back_office.concurrent_edits import ConcurrentEdits
from innovation_week.back_office.deletion import CarefulDeletion, why_line_kept
from innovation_week.back_office.limits import LimitedAdmin, visible
from sessions.models import Edition
from sessions.text import validate_one_line, validate_text


class AutocompleteInEdition(AutocompleteSelect):
    """Asks for answers in the edition of the page that it stands on, whatever the header says by then."""

    def __init__(self, field: Any, admin_site: admin.AdminSite, edition: Edition, **kwargs: Any) -> None:
        super().__init__(field, admin_site, **kwargs)
        self.edition = edition

    def get_url(self) -> str:
        return f"{super().get_url()}?edition={self.edition.pk}"


class Paragraphs(forms.CharField):
    """Browsers end lines as in 1971; a text that came back as it left is not a change."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class LabelledFields(BaseModelAdmin):
    """Each field says its name to a screen reader, in the rows of a table and in both halves of a date."""

    def untold(self, request: HttpRequest) -> Collection[str]:
        """Fields whose values the account may not read: the history and what it restores leave them out too."""
        return ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.TextField):
            kwargs.setdefault("form_class", Paragraphs)
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is None:
            return None
        # Forms are made for each page, in its language: words are looked up once, not each time that they are shown.
        field.label, field.help_text = capfirst(str(field.label)), str(field.help_text)
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
            field.queryset = visible(request, field.queryset)
        if isinstance(field.widget, RelatedFieldWidgetWrapper):
            # Erasing a venue is not a step of choosing one.
            field.widget.can_delete_related = False
        if isinstance(field.widget, AdminSplitDateTime):
            for widget, half in zip(field.widget.widgets, [_("date"), _("time")], strict=True):
                widget.attrs["aria-label"] = f"{capfirst(field.label)}, {half}"
        elif isinstance(self, LabelledInline):
            field.widget.attrs.setdefault("aria-label", capfirst(field.label))
        if isinstance(field, forms.CharField) and isinstance(db_field, models.CharField | models.TextField):
            field.validators.append(validate_text if isinstance(field.widget, forms.Textarea) else validate_one_line)
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offers the objects of the edition of the page, when what is chosen belongs to one."""
        edition = chosen_edition(request)
        lookup = "pk" if db_field.related_model is Edition else self._edition_lookup(db_field.related_model)
        if edition and lookup:
            kwargs.setdefault("queryset", db_field.related_model._default_manager.filter(**{lookup: edition.pk}))
            if db_field.name in self.get_autocomplete_fields(request):
                kwargs.setdefault("widget", AutocompleteInEdition(db_field, self.admin_site, edition))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _edition_lookup(self, model: type[models.Model]) -> str:
        registered: Any = self.admin_site._registry.get(model)
        return getattr(registered, "edition_lookup", "")


class LabelledFormSet(BaseInlineFormSet):
    request: HttpRequest  # set by LabelledInline

    @functools.cached_property
    def empty_form(self) -> Any:
        """Made once: the page asks for it at each look at its scripts."""
        return super().empty_form

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if DELETION_FIELD_NAME in form.fields:
            form.fields[DELETION_FIELD_NAME].widget.attrs["aria-label"] = _("Delete this line")

    def clean(self) -> None:
        # Before Django says it in its own words. Not of ``deleted_forms``: there are none while another line is wrong.
        ticked = (form.instance for form in self.initial_forms if form.cleaned_data.get(DELETION_FIELD_NAME))
        if reasons := [reason for line in ticked for reason in why_line_kept(self.request, line)]:
            raise ValidationError(reasons, code="kept")
        super().clean()


class LabelledInline(LabelledFields, admin.TabularInline):
    """The heads of a table's columns do not label what is in its cells."""

    formset = LabelledFormSet

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        made: Any = super().get_formset(request, obj, **kwargs)
        made.request = request  # it says what is in the way to whoever asks
        return made


def without(fieldsets: Any, hidden: Collection[str]) -> Any:
    return [
        (name, {**options, "fields": [field for field in options["fields"] if field not in hidden]})
        for name, options in fieldsets
    ]


class ModelAdmin(ConcurrentEdits, CarefulDeletion, LabelledFields, LimitedAdmin):
    """Django's, within the edition of the page.

    ``edition_lookup`` is the path from the model to its edition, such as ``session__edition``; lists and the
    answers of autocompletes stay within the chosen one. ``known_later`` are fields that mean nothing before the
    first save. ``sequence_lookup`` and ``limited_rights`` are told in limits.py.
    ``list_name`` is what menu and list are called when that is not the plural of the model.
    Help (see screen_help.py): ``introduction`` stands above the list and, without a ``form_introduction``, above
    the form; ``introductions`` are those of other pages, by the last word of their address's name; ``guide`` is the
    heading of the user guide that they link to, ``form_guide`` that of the form, ``guides`` those of other pages;
    ``when_empty`` says what to do first, in place of an empty list.
    Search (see search.py): ``found_by`` are the fields that the box in the header looks into, ``found_exactly_by``
    the code that opens the object at once.
    """

    edition_lookup = ""
    known_later: Collection[str] = ()
    list_name: Any = ""
    introduction: Any = ""
    form_introduction: Any = ""
    introductions: Mapping[str, Any] = {}
    guide = ""
    form_guide = ""
    guides: Mapping[str, str] = {}
    when_empty: Any = ""
    found_by: Collection[str] = ()
    found_exactly_by = ""
    show_full_result_count = False

    def get_ordering(self, request: HttpRequest) -> Any:
        # An annotation with a count would drop the order of the model, were it not said again.
        return self.ordering or self.opts.ordering

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        edition = chosen_edition(request)
        if self.edition_lookup and edition:
            queryset = queryset.filter(**{self.edition_lookup: edition})
        return super().get_search_results(request, queryset, search_term)

    def get_found_by(self, request: HttpRequest) -> Collection[str]:
        """For admins that hide a field from some: what the person may not read, they may not search."""
        return self.found_by

    def find_exactly(self, queryset: models.QuerySet, words: str) -> models.QuerySet:
        """Those that bear this very code: at most one, as a rule none."""
        field: Any = self.opts.get_field(self.found_exactly_by) if self.found_exactly_by else None
        if field is None or len(words) != field.max_length:
            return queryset.none()
        return queryset.filter(**{field.name: words.upper()})

    def found_name(self, obj: Any) -> str:
        return str(obj)

    def found_detail(self, obj: Any) -> str:
        """What tells it from others of the same name, in the results of a search."""
        return ""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else without(fieldsets, self.known_later)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> models.Model | None:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            self.go_by_edition_of(request, found)
        return found

    def go_by_edition_of(self, request: HttpRequest, obj: models.Model) -> None:
        """The page is about the edition of the object: its times, its choices; the header keeps the chosen one."""
        edition_pk = self.edition_of(obj)
        if edition_pk and (edition := show_edition(request, edition_pk)):
            timezone.activate(edition.time_zone)  # AdminSite.admin_view puts it back

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Nothing hangs on a line that may be deleted; the line itself is named."""
        super().save_formset(request, form, formset, change)
        if gone := formset.deleted_objects:
            told = gettext("Deleted: %s.") % ", ".join(gettext("“%s”") % line for line in gone)
            if hasattr(formset.model, "history"):
                told += " " + gettext("The history of this page brings back what was deleted.")
            messages.info(request, told)

    def edition_of(self, obj: Any) -> int | None:
        """Primary key of the edition that the object belongs to; None when it serves every edition."""
        if not self.edition_lookup:
            return None
        found: int = functools.reduce(getattr, f"{self.edition_lookup}_id".split("__"), obj)
        return found

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        edition = chosen_edition(request)
        if self.edition_lookup == "edition" and edition:
            initial.setdefault("edition", edition.pk)
        return initial

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        # Django's titles put an article before the noun, which French would have to elide.
        noun = self.opts.verbose_name
        title = capfirst(noun) if object_id else gettext("Add: %s") % noun
        return super().changeform_view(request, object_id, form_url, {"title": title, **(extra_context or {})})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = capfirst(self.list_name or self.opts.verbose_name_plural)
        context = {"when_empty": self.when_empty, "title": title}
        return super().changelist_view(request, {**context, **(extra_context or {})})


class ReadOnlyAdmin(ModelAdmin):
    """Rows that services write: changing one by hand would make it tell something that did not happen."""

    has_no_history = True
    actions: Any = None

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline):
    """Seen by whoever sees the row it belongs to."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class UsedInEditionFilter(admin.RelatedFieldListFilter):
    """A filter on an object that serves every edition, such as a venue: offers those that the chosen one uses."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        rows, edition = model_admin.get_queryset(request).order_by(), chosen_edition(request)
        if edition:
            rows = rows.filter(**{model_admin.edition_lookup: edition})
        used = rows.values(f"{self.field_path}__pk")
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(include_blank=False, limit_choices_to={"pk__in": used}, ordering=ordering)


class InEditionFilter(admin.RelatedFieldListFilter):
    """A filter on an object of the edition, such as a sequence: offers those of the chosen one."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin) -> Any:
        edition = chosen_edition(request)
        rows = visible(request, field.related_model._default_manager.order_by("title"))
        return [(row.pk, str(row)) for row in (rows.filter(edition=edition) if edition else rows)]
