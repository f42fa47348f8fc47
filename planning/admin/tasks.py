from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from innovation_week.back_office.history_admin import HistoryAdmin
from innovation_week.back_office.limits import is_out_of_reach
from innovation_week.back_office.model_admin import InEditionFilter, without
from innovation_week.dates import day
from innovation_week.staff import StaffChoiceField, name_of, open_accounts
from planning.admin.copy_tasks import copy_view
from planning.admin.task_filters import OwnerFilter, TaskStateFilter
from planning.models import Task, TaskCalendar
from planning.models.task import TaskQuerySet
from planning.tasks import renew_calendar

ABOUT = ["sequence", "session"]


@admin.register(Task)
class TaskAdmin(HistoryAdmin):
    list_name = _("planning tasks")
    introduction = _(
        "What has to be done, counted in days from the first day of the week: J-60 is sixty days before. When the "
        "days of the edition move, every date follows."
    )
    introductions = {
        "copy": _(
            "Take over the tasks of another edition: each keeps its distance from the first day of the week. What "
            "was taken over before is not made twice."
        ),
    }
    guide = "retroplanning"
    when_empty = _("No task yet: take over the plan of another edition, or add the first task.")
    edition_lookup = "edition"
    sequence_lookup = "sequence"  # or that of the session: see of_sequences
    autocomplete_fields = ["sequence", "session"]
    list_display = ["task", "countdown", "due", "state", "responsible", "done"]
    list_display_links = ["task"]
    list_filter = [TaskStateFilter, OwnerFilter, ("sequence", InEditionFilter)]
    list_select_related = ["edition", "owner", "done_by", "sequence", "session"]
    list_per_page = 100
    ordering = ["offset", "title", "pk"]
    search_fields = ["title__folded", "note__folded", "session__title__folded", "sequence__title__folded"]
    search_help_text = _("Task, note, session or sequence; accents and capitals do not matter.")
    found_by = ["title"]
    actions = ["finish_tasks", "reopen_tasks"]
    fieldsets = [
        (None, {"fields": ["edition", "title", "offset", "due", "owner", "state"]}),
        (_("About"), {"fields": ["sequence", "session", "note"]}),
    ]
    known_later = readonly_fields = ["due", "state"]

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("copy/", wrap(self.copy_view), name="planning_task_copy"),
            path("calendar/", wrap(self.renew_view), name="planning_task_calendar"),
            path("<int:pk>/done/", wrap(self.done_view), name="planning_task_done"),
            *super().get_urls(),
        ]

    def of_sequences(self, request: HttpRequest, queryset: QuerySet[Task], sequences: frozenset[int]) -> QuerySet[Task]:
        """Also the tasks that were given to the account itself."""
        about = Q(sequence__in=sequences) | Q(session__sequence__in=sequences)
        return queryset.filter(about | Q(owner=request.user.pk))

    def _is_mine(self, request: HttpRequest, obj: Any, sequences: frozenset[int]) -> bool:
        try:
            about = obj.about
        except ObjectDoesNotExist:  # of a task read in the history, whose session was deleted
            about = None
        return obj.owner_id == request.user.pk or bool(about and not is_out_of_reach(request.user, about))

    def found_detail(self, obj: Task) -> str:
        return f"{obj.countdown} · {name_of(obj.owner)}"

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"owner": request.user.pk, **super().get_changeform_initial_data(request)}

    def get_readonly_fields(self, request: HttpRequest, obj: Task | None = None) -> list[str]:
        return [*self.readonly_fields, "edition"] if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Task | None = None) -> Any:
        """A field whose value the account may not know of would be shown empty, and saved so."""
        hidden = [name for name in ABOUT if is_out_of_reach(request.user, getattr(obj, name, None))]
        return without(super().get_fieldsets(request, obj), hidden)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "owner":
            found = request.resolver_match
            pk = found.kwargs.get("object_id", "") if found else ""
            kept = Task.objects.filter(pk=pk).values_list("owner", flat=True).first() if pk.isdecimal() else None
            kwargs |= {"queryset": open_accounts(kept=kept), "form_class": StaffChoiceField}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_list_display(self, request: HttpRequest) -> Any:
        return self.list_display if self.has_change_permission(request) else self.list_display[:-1]

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """With what each task is about, and the address that its button posts to, which comes back to this list."""
        listed = super().get_changelist_instance(request)
        back = urlencode({"_changelist_filters": request.GET.urlencode()})
        for task in listed.result_list:
            task.told_about = "" if is_out_of_reach(request.user, task.about) else task.about
            task.done_url = f"{reverse('admin:planning_task_done', args=[task.pk])}?{back}"
        return listed

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        calendar = TaskCalendar.objects.filter(user=request.user.pk).first()
        context = {"calendar_url": calendar.url if calendar else ""}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @method_decorator(require_POST)
    def done_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """From a line of the list: done, or no longer."""
        task: Any = self.get_object(request, str(pk))
        if task is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if not self.has_change_permission(request, task):
            raise PermissionDenied
        if "reopen" in request.POST:
            task.reopen()
            told = gettext("“%s” is to do again.") % task
        else:
            task.finish(request.user, timezone.now())
            told = gettext("“%s” is done.") % task
        self.message_user(request, told, messages.SUCCESS)
        filters = request.GET.get("_changelist_filters", "")
        return HttpResponseRedirect(f"{reverse('admin:planning_task_changelist')}?{filters}#task-{pk}")

    def copy_view(self, request: HttpRequest) -> HttpResponse:
        return copy_view(self, request)

    @method_decorator(require_POST)
    def renew_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        renew_calendar(request.user)
        told = gettext("Your calendar has a new address. The former one no longer answers.")
        self.message_user(request, told, messages.SUCCESS)
        return redirect("admin:planning_task_changelist")

    @admin.action(description=_("Finish the tasks"), permissions=["change"])
    def finish_tasks(self, request: HttpRequest, queryset: TaskQuerySet) -> None:
        tasks, now = [*queryset.open()], timezone.now()
        with transaction.atomic():
            for task in tasks:
                task.finish(request.user, now)
        told = ngettext("%(number)d task is done.", "%(number)d tasks are done.", len(tasks))
        self._tell(request, told, len(tasks))

    @admin.action(description=_("Reopen the tasks"), permissions=["change"])
    def reopen_tasks(self, request: HttpRequest, queryset: TaskQuerySet) -> None:
        tasks = [*queryset.done()]
        with transaction.atomic():
            for task in tasks:
                task.reopen()
        told = ngettext("%(number)d task is to do again.", "%(number)d tasks are to do again.", len(tasks))
        self._tell(request, told, len(tasks))

    def _tell(self, request: HttpRequest, told: str, number: int) -> None:
        self.message_user(request, told % {"number": number}, messages.SUCCESS if number else messages.WARNING)

    @admin.display(description=_("task"), ordering="title")
    def task(self, task: Any) -> str:
        return (
            format_html('{} <span class="under">{}</span>', task.title, task.told_about)
            if task.told_about
            else task.title
        )

    @admin.display(description=_("countdown"), ordering="offset")
    def countdown(self, task: Task) -> str:
        return format_html('<span class="hours">{}</span>', task.countdown)

    @admin.display(description=_("for"), ordering="offset")
    def due(self, task: Task) -> str:
        return day(task.due_on, with_year=True)

    @admin.display(description=_("state"), ordering="done_at")
    def state(self, task: Task) -> str:
        today = timezone.localdate()
        if task.done_at:
            told = day(timezone.localdate(task.done_at))
            if task.done_by:
                told = gettext("done on %(day)s, %(name)s") % {"day": told, "name": name_of(task.done_by)}
            return format_html(
                '<span class="state state-done">{}</span> <span class="under">{}</span>', gettext("Done"), told
            )
        if not task.is_late(today):
            return format_html('<span class="state">{}</span>', gettext("To do"))
        days = (today - task.due_on).days
        told = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
        return format_html(
            '<span class="state state-late">{}</span> <span class="under">{}</span>', gettext("Late"), told
        )

    @admin.display(description=_("owner"), ordering="owner__last_name")
    def responsible(self, task: Task) -> str:
        return name_of(task.owner)

    @admin.display(description=_("done?"))
    def done(self, task: Any) -> str:
        verb, word = ("reopen", gettext("Reopen")) if task.is_done else ("finish", gettext("Finish"))
        return format_html(
            '<button type="submit" id="task-{}" class="in-line" name="{}" formaction="{}" aria-label="{}">{}</button>',
            task.pk,
            verb,
            task.done_url,
            gettext("%(verb)s: %(task)s") % {"verb": word, "task": task.title},
            word,
        )
