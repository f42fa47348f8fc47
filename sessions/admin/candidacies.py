from typing import Any

from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import QuerySet, TextField
from django.http import HttpRequest

from innovation_week.back_office.effects import INTERNAL, TO_PUBLISH, Effect
from innovation_week.back_office.model_admin import LabelledFormSet, LabelledInline
from sessions.admin.autocomplete import LabelledAutocomplete
from sessions.admin.forms import CandidacyForm
from sessions.admin.selects import PlainSelect
from sessions.models import Role, Session
from speakers.casting import Part, parts, read_candidacies
from speakers.models import Candidacy

EMPTY_LINES = 10  # a format may ask for a hundred people


def parts_of(request: HttpRequest, session: Session) -> list[Part]:
    """Its roles and people, read once per request."""
    kept = vars(request).setdefault("parts", {})
    if session.pk not in kept:
        kept[session.pk] = parts(session)
    found: list[Part] = kept[session.pk]
    return found


class CandidacyFormSet(LabelledFormSet):
    def get_queryset(self) -> QuerySet[Candidacy]:
        """What the page says of the roles has read them already; what is sent is compared with what there is then."""
        if self.is_bound or not self.instance.pk:
            return super().get_queryset()
        read_candidacies([self.instance])
        return self.instance.candidacies.all()


class CandidacyInline(LabelledInline):
    """Who is considered for the session, in the roles of its format."""

    model = Candidacy
    form = CandidacyForm
    formset = CandidacyFormSet
    extra = 0
    fields = ["role", "speaker", "stage", "position", "note"]
    autocomplete_fields = ["speaker"]
    formfield_overrides = {TextField: {"widget": AdminTextareaWidget(attrs={"rows": 2, "cols": 18})}}

    def effect(self, name: str) -> Effect:
        return INTERNAL if name == "note" else TO_PUBLISH

    def get_fields(self, request: HttpRequest, obj: Session | None = None) -> Any:
        """A note on a person is for those who work on candidacies."""
        works = request.user.has_perm("speakers.change_candidacy")
        return self.fields if works else [field for field in self.fields if field != "note"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidacy]:
        return super().get_queryset(request).select_related("speaker", "role")

    def vacant_roles(self, request: HttpRequest, session: Session) -> list[int]:
        """The role of each empty line, for who may add people."""
        if not self.has_add_permission(request, session):
            return []
        return [part.role.pk for part in parts_of(request, session) for _place in range(part.vacant)][:EMPTY_LINES]

    def get_extra(self, request: HttpRequest, obj: Session | None = None, **kwargs: Any) -> int:
        return len(self.vacant_roles(request, obj)) if obj else 0

    def get_formset(self, request: HttpRequest, obj: Session | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        fields: dict[str, Any] = formset.form.base_fields
        if "role" in fields and obj is not None:
            fields["role"].queryset = Role.objects.filter(format=obj.format_id)
            roles = [part.role for part in parts_of(request, obj) if part.role.format_id == obj.format_id]
            # Read once: each row would otherwise ask for them again.
            fields["role"].choices = [("", "---------"), *((role.pk, str(role)) for role in roles)]
            fields["role"].widget = fields["role"].widget.widget  # roles are made with their format
        if "speaker" in fields and obj is not None:
            people = [candidacy.speaker for part in parts_of(request, obj) for candidacy in part.candidacies]
            fields["speaker"].widget.can_change_related = fields["speaker"].widget.can_view_related = False
            fields["speaker"].widget.widget.labels = {str(speaker.pk): speaker.name for speaker in people}
        return formset

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Its words are asked for once, not in each line."""
        choices = [(key, str(word)) for key, word in db_field.get_choices(include_blank=False)]
        return super().formfield_for_choice_field(
            db_field, request, **{"widget": PlainSelect, "choices": choices, **kwargs}
        )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            kwargs["widget"] = PlainSelect
        if db_field.name == "speaker":
            kwargs["widget"] = LabelledAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
