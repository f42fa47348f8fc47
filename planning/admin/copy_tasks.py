"""The page that makes a rétroplanning from that of another edition."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.chosen_edition import chosen_edition
from planning.tasks import Copy, copy_tasks, preview_copy
from sessions.models import Edition


class SourceForm(forms.Form):
    source = forms.ModelChoiceField(Edition.objects.none(), label=_("Take over the plan of"), empty_label=None)


def copy_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """A GET shows what would be made, a POST makes it."""
    target = chosen_edition(request)
    if target is None or not model_admin.has_add_permission(request):
        raise PermissionDenied
    sources = _sources(target)
    wanted = (request.POST if request.method == "POST" else request.GET).get("source", "")
    source = (sources.filter(pk=wanted).first() if wanted.isdecimal() else None) or sources.first()
    if request.method == "POST" and source:
        ticked = {int(pk) for pk in request.POST.getlist("task") if pk.isdecimal()}
        _tell(
            model_admin, request, len(copy_tasks(source, target, only=ticked & _visible(model_admin, request, source)))
        )
        return redirect("admin:planning_task_changelist")
    form = SourceForm(initial={"source": source})
    choice: Any = form.fields["source"]
    choice.queryset = sources
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Take over a plan"),
        "opts": model_admin.opts,
        "target": target,
        "source": source,
        "form": form,
        "copies": _copies(model_admin, request, source, target) if source else [],
    }
    return TemplateResponse(request, "admin/planning/task/copy.html", context)


def _sources(target: Edition) -> QuerySet[Edition]:
    """The other editions that have tasks; the one before this first."""
    others = Edition.objects.exclude(pk=target.pk).annotate(n_tasks=Count("tasks")).filter(n_tasks__gt=0)
    is_before = ExpressionWrapper(Q(starts_on__lt=target.starts_on), BooleanField())
    return others.annotate(is_before=is_before).order_by("-is_before", "-starts_on")


def _visible(model_admin: Any, request: HttpRequest, source: Edition) -> set[int]:
    """Primary keys of the tasks that the account may know of."""
    return set(model_admin.get_queryset(request).filter(edition=source).values_list("pk", flat=True))


def _copies(model_admin: Any, request: HttpRequest, source: Edition, target: Edition) -> list[Copy]:
    visible = _visible(model_admin, request, source)
    return [copy for copy in preview_copy(source, target) if copy.source.pk in visible]


def _tell(model_admin: Any, request: HttpRequest, number: int) -> None:
    told = ngettext("%(number)d task is made.", "%(number)d tasks are made.", number) % {"number": number}
    if not number:
        told = gettext("No task is made: those were taken over before, or none was ticked.")
    model_admin.message_user(request, told, messages.SUCCESS if number else messages.WARNING)
