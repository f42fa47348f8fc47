from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.core.files.base import File
from django.db.models import Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import count_in_edition
from innovation_week.back_office.history_admin import HistoryAdmin
from innovation_week.back_office.model_admin import InEditionFilter, without
from innovation_week.back_office.personal_export import ExportsPeople
from innovation_week.back_office.spreadsheet import Column
from sessions.models import Role
from speakers.models import Candidacy, Speaker
from speakers.portraits import clean_portrait, square_portrait

THUMBNAIL = 40  # CSS pixels
PRIVATE = {"email", "note"}


class HidesPrivateFields(HistoryAdmin):
    """Addresses and notes on people are for those who work on them, not for those who look."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        works = obj is None or self.has_change_permission(request, obj)
        return fieldsets if works else without(fieldsets, PRIVATE)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """A filter typed in the address would tell, letter by letter, what the page does not show."""
        is_private = lookup.split(LOOKUP_SEP)[0] in PRIVATE
        may_ask = not is_private or self.has_change_permission(request)
        return may_ask and bool(super().lookup_allowed(lookup, value, request))


class SpeakerForm(forms.ModelForm):
    # Not an ImageField: its own check speaks first, and does not say what to send instead.
    portrait = forms.FileField(
        label=_("Portrait"),
        required=False,
        widget=AdminFileWidget(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPEG, PNG or WebP, 5 MB at most. It is cropped to a square and made smaller."),
    )

    class Meta:
        model = Speaker
        exclude: list[str] = []

    def clean_portrait(self) -> Any:
        portrait = self.cleaned_data["portrait"]
        if "portrait" not in self.changed_data:
            return None  # as it was; giving the file again would open it, and it may be on another machine
        if not isinstance(portrait, File):
            return portrait
        clean_portrait(portrait)
        return square_portrait(portrait)


@admin.register(Speaker)
class SpeakerAdmin(ExportsPeople, HidesPrivateFields):
    introduction = _(
        "Everybody considered for a stage, whatever the edition. The public sees a speaker once confirmed in a "
        "published session; the e-mail address never leaves this page."
    )
    form = SpeakerForm
    sequence_lookup = "candidacies__session__sequence"
    guide = "recruter-les-intervenants"
    when_empty = _("Nobody yet: add the people you think of, then a candidacy for each role they could play.")
    list_display = ["name", "thumbnail", "function", "organisation", "confirmed"]
    list_filter = [("candidacies__session__sequence", InEditionFilter)]
    search_fields = ["name__folded", "organisation__folded", "function__folded"]
    found_by = ["name", "organisation", "function", "code"]
    found_exactly_by = "code"
    search_help_text = _("Name, function or organisation; accents and capitals do not matter.")
    known_later = readonly_fields = ["code"]
    fieldsets = [
        (None, {"fields": ["name", "sort_name", "role_form", "function", "organisation", "code"]}),
        (_("For the public"), {"fields": ["portrait", "biography"]}),
        (_("For the staff"), {"fields": ["email"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Speaker]:
        is_confirmed = Q(candidacies__stage__in=Candidacy.CONFIRMED)
        confirmed = count_in_edition(request, "candidacies", "candidacies__session__edition", is_confirmed)
        return super().get_queryset(request).annotate(n_confirmed=confirmed)

    def get_found_by(self, request: HttpRequest) -> Collection[str]:
        """An address that is hidden is not guessed, letter by letter, through the search."""
        return [*self.found_by, "email"] if self.has_change_permission(request) else self.found_by

    def found_detail(self, obj: Speaker) -> str:
        return ", ".join(part for part in (obj.function, obj.organisation) if part)

    def export_columns(self) -> Sequence[Column]:
        return [
            (_("code"), lambda row: row.code),
            (_("name as shown"), lambda row: row.name),
            (_("function"), lambda row: row.function),
            (_("organisation"), lambda row: row.organisation),
            (_("e-mail address"), lambda row: row.email),
            (_("confirmed roles"), lambda row: row.n_confirmed),
        ]

    def of_sequences(
        self, request: HttpRequest, queryset: QuerySet[Speaker], sequences: frozenset[int]
    ) -> QuerySet[Speaker]:
        """Also those whom the account has added, and who are not considered for a session yet."""
        candidacies = Candidacy.objects.filter(session__sequence__in=sequences)
        added = Speaker.history.filter(history_type="+", history_user=request.user)
        mine = Q(pk__in=candidacies.values("speaker")) | Q(pk__in=added.values("id"), candidacies__isnull=True)
        return queryset.filter(mine)

    @admin.display(description=_("portrait"))
    def thumbnail(self, speaker: Speaker) -> str:
        if not speaker.portrait:
            return "–"
        return format_html(
            '<img class="thumbnail" src="{}" alt="" width="{}" height="{}" loading="lazy">',
            speaker.portrait.url,
            THUMBNAIL,
            THUMBNAIL,
        )

    @admin.display(description=_("confirmed roles"), ordering="n_confirmed")
    def confirmed(self, speaker: Any) -> int:
        return speaker.n_confirmed


class RoleField(forms.ModelChoiceField):
    def label_from_instance(self, role: Role) -> str:
        """With its format: two formats may each have a witness."""
        return f"{role.format} – {role}"


@admin.register(Candidacy)
class CandidacyAdmin(HidesPrivateFields):
    introduction = _(
        "One line for each person considered for a role in a session. Only confirmed, prepared and came reach "
        "the public, at the next publication."
    )
    guide = "recruter-les-intervenants"
    when_empty = _("No candidacy yet: add a person to a role of a session, here or on the page of the session.")
    edition_lookup = "session__edition"
    sequence_lookup = "session__sequence"
    list_display = ["speaker", "role", "session", "stage", "position"]
    list_filter = ["stage", "role", ("session__sequence", InEditionFilter)]
    list_select_related = ["speaker", "role", "session"]
    search_fields = ["speaker__name__folded", "session__title__folded", "role__name__folded"]
    autocomplete_fields = ["session", "speaker"]
    ordering = ["session__starts_at", "session__title", "role__position", "position", "pk"]
    fieldsets = [(None, {"fields": ["session", "role", "speaker", "stage", "position", "note"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidacy]:
        return super().get_queryset(request).select_related("session", "role", "speaker")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            kwargs |= {"form_class": RoleField, "queryset": Role.objects.select_related("format")}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
