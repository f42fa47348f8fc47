"""The rights of a role in words: Django’s are English, and name every table."""

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

VERBS: dict[str, Any] = {
    "view": _("see"),
    "add": _("add"),
    "change": _("change"),
    "delete": _("delete"),
    "export": _("export as a spreadsheet"),
    "force": _("publish despite a conflict"),
    "view_amount": _("see the amounts"),
    "check_in_registration": _("check people in at the door"),
}
# Shown on the page of something else.
ON_OTHER_PAGES = ["accountlimit", "accessibilitystatement", "attachment", "legalnotice", "privacynotice", "role"]
ON_OTHER_PAGES += ["question", "transition"]


class RightsField(forms.ModelMultipleChoiceField):
    """All of them at once, to be ticked: in a list, a click without the right key takes away the others."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, right: Permission) -> str:
        about, verb = _in_words(right)
        return gettext("%(title)s: %(choice)s") % {"title": about, "choice": verb}


def rights_to_grant(site: AdminSite) -> QuerySet[Permission]:
    """About what the administration shows."""
    kinds = ContentType.objects.get_for_models(*site._registry).values()
    rows = Permission.objects.filter(content_type__in=kinds) | Permission.objects.filter(
        content_type__model__in=ON_OTHER_PAGES
    )
    return rows.select_related("content_type")


def rights_of(group: Group) -> SafeString:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for right in group.permissions.all():
        about, verb = _in_words(right)
        by_kind[about].append(verb)
    told = sorted((about, ", ".join(verbs)) for about, verbs in by_kind.items())
    return format_html('<ul class="rights">{}</ul>', format_html_join("", "<li>{} – {}</li>", told))


def _in_words(right: Permission) -> tuple[str, str]:
    model: Any = right.content_type.model_class()
    about = model._meta.verbose_name_plural if model else right.content_type.model
    verb = VERBS.get(right.codename) or VERBS.get(right.codename.partition("_")[0], right.name)
    return str(capfirst(about)), str(verb)
