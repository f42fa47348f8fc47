"""Questions of the form, on the pages of a format and of a session."""

from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.db.models import CharField, TextField

from innovation_week.back_office.effects import LIVE, Effect
from innovation_week.back_office.model_admin import LabelledInline
from registrations.models import Question


class QuestionInline(LabelledInline):
    model = Question
    extra = 0
    fields = ["text", "text_en", "kind", "choices", "is_required", "is_asked", "position"]
    formfield_overrides = {
        TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3, "cols": 24})},
        CharField: {"widget": AdminTextInputWidget(attrs={"size": 28})},
    }

    def effect(self, name: str) -> Effect:
        return LIVE
