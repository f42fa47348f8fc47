from typing import Any

from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelect
from django.db.models import QuerySet, TextField
from django.http import HttpRequest

from innovation_week.model_admin import LabelledInline
from sessions.models import Role, Session
from speakers.models import Candidacy


class LabelledAutocomplete(AutocompleteSelect):
    """Knows the labels of the rows at hand: Django's own asks the database once for each row."""

    labels: dict[str, str] = {}

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        chosen = [str(key) for key in value if str(key) in self.labels]
        if not chosen:
            return super().optgroups(name, value, attr)
        return [(None, [self.create_option(name, key, self.labels[key], True, 0) for key in chosen], 0)]


class CandidacyInline(LabelledInline):
    """Who is considered for the session, in the roles of its format."""

    model = Candidacy
    extra = 0
    fields = ["role", "speaker", "stage", "position", "note"]
    autocomplete_fields = ["speaker"]
    formfield_overrides = {TextField: {"widget": AdminTextareaWidget(attrs={"rows": 2, "cols": 18})}}

    def get_fields(self, request: HttpRequest, obj: Session | None = None) -> Any:
        """A note on a person is for those who work on candidacies."""
        works = request.user.has_perm("speakers.change_candidacy")
        return self.fields if works else [field for field in self.fields if field != "note"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidacy]:
        return super().get_queryset(request).select_related("speaker", "role")

    def get_formset(self, request: HttpRequest, obj: Session | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        fields: dict[str, Any] = formset.form.base_fields
        if "role" in fields and obj is not None:
            roles = Role.objects.filter(format=obj.format_id)
            fields["role"].queryset = roles
            # Read once: each row would otherwise ask for them again.
            fields["role"].choices = [("", "---------"), *((role.pk, str(role)) for role in roles)]
            fields["role"].widget = fields["role"].widget.widget  # roles are made with their format
        if "speaker" in fields and obj is not None:
            people = Candidacy.objects.filter(session=obj).values_list("speaker", "speaker__name")
            fields["speaker"].widget.can_change_related = fields["speaker"].widget.can_view_related = False
            fields["speaker"].widget.widget.labels = {str(pk): name for pk, name in people}
        return formset

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "speaker":
            kwargs["widget"] = LabelledAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
