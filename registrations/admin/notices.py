"""Notices to registrants: drafts that releases made, read by the staff, then sent or discarded, one or several."""

from typing import Any

from csp.decorators import csp
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.model_admin import InEditionFilter, ModelAdmin
from innovation_week.dates import when
from outbox.admin import masked
from registrations import notices
from registrations.admin.listing import SessionDayFilter
from registrations.models import Notice, NoticeQuerySet
from registrations.published import PublishedSession

MOST = 500  # notices settled at once
LIST = "admin:registrations_notice_changelist"


class SettleForm(forms.Form):
    """``seen``: which drafts, and what each told when the person read it."""

    seen = forms.RegexField(r"\A(\d{1,9}:\d{1,9}:\d{1,10},?)+\Z", widget=forms.HiddenInput, max_length=31 * MOST)


class NoticeForm(forms.ModelForm):
    """Shows the drafted words until others are written; saved as they are, they stay those of each language."""

    class Meta:
        model = Notice
        fields = Notice.WORDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.drafted = notices.drafted(self.instance)
        for name, words in self.drafted.items():
            self.initial[name] = self.initial.get(name) or words

    def clean(self) -> None:
        super().clean()
        for name, words in self.drafted.items():
            if " ".join(self.cleaned_data.get(name, "").split()) == " ".join(words.split()):
                self.cleaned_data[name] = ""


@admin.register(Notice)
class NoticeAdmin(ModelAdmin):
    introduction = _(
        "A release that moves a session or calls it off writes a draft for those who are registered or wait. Read it, "
        "edit it, then send or discard it: nothing leaves by itself."
    )
    form_introduction = _(
        "What people knew and what is announced come from the releases; the words are yours. {prenom}, {nom}, {seance} "
        "and {edition} become those of each person."
    )
    introductions = {
        "settle": _("One mail to each person: the former facts, the new ones, their calendar brought up to date.")
    }
    guide = "inscriptions-et-messages"
    when_empty = _("No notice: no release has moved or called off a session that people are registered for.")
    edition_lookup = "session__edition"
    sequence_lookup = "session__sequence"
    has_no_history = True
    form = NoticeForm
    actions = ["settle_chosen"]
    list_display = ["session", "kind_word", "former", "announced", "to_tell", "state", "created_at"]
    list_filter = ["state", "kind", SessionDayFilter, ("session__sequence", InEditionFilter)]
    list_select_related = ["session__room__venue"]
    search_fields = ["session__title__folded", "session__code"]
    fieldsets = [
        (None, {"fields": ["session", "kind_word", "former", "announced", "to_tell", "state"]}),
        (_("Mail"), {"fields": ["subject", "text", "word", "preview"]}),
        (_("Times"), {"fields": ["created_at", "settled_at", "settled_by", "mails"]}),
    ]
    readonly_fields = [
        "session",
        "kind_word",
        "former",
        "announced",
        "to_tell",
        "state",
        "preview",
        "created_at",
        "settled_at",
        "settled_by",
        "mails",
    ]

    def get_queryset(self, request: HttpRequest) -> NoticeQuerySet:
        found: NoticeQuerySet = super().get_queryset(request)
        along = found.select_related("session", "known__edition", "release__edition")
        return along.defer("known__document", "release__document").with_people()

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("regler/", view(self.settle_view), name="registrations_notice_settle"),
            path("<int:pk>/apercu/", view(self.preview_view), name="registrations_notice_preview"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Notice | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Notice | None = None) -> list[str]:
        return [*self.readonly_fields, *([] if obj is None or obj.is_draft else Notice.WORDS)]

    def save_model(self, request: HttpRequest, obj: Notice, form: Any, change: bool) -> None:
        """Nothing but its words, and of a draft only: a colleague may have sent it a moment ago."""
        if not Notice.objects.drafts().filter(pk=obj.pk).update(**{name: getattr(obj, name) for name in Notice.WORDS}):
            self.message_user(request, gettext("This notice was sent or discarded meanwhile."), messages.WARNING)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response: Any = super().changelist_view(request, extra_context)
        listed = getattr(response, "context_data", {}).get("cl")
        if listed is not None and self.has_change_permission(request):
            response.context_data["drafts_listed"] = listed.queryset.order_by().drafts().count()
            response.context_data["settle_query"] = listed.get_query_string()
        return response

    @admin.action(description=_("Send or discard…"), permissions=["change"])
    def settle_chosen(self, request: HttpRequest, queryset: NoticeQuerySet) -> HttpResponse | None:
        return self._page(request, queryset)

    def settle_view(self, request: HttpRequest) -> HttpResponse:
        """The drafts of the list as it is filtered (its query), or one (``pk``); settled on POST."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = SettleForm(request.POST)
        if request.method == "POST" and form.is_valid():
            return self._settle(request, form.cleaned_data["seen"])
        if request.GET.get("pk", "").isdecimal():
            return self._page(request, self.get_queryset(request).filter(pk=request.GET["pk"]))
        return self._page(request, self.get_changelist_instance(request).queryset)

    @method_decorator(csp({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "sandbox": []}))
    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The mail of the first who would be told, as it would leave; its links are masked."""
        notice = self.get_object(request, str(pk))
        if not self.has_view_permission(request, notice):
            raise PermissionDenied
        assert notice is None or isinstance(notice, Notice)
        first = notices.recipients(notice).first() if notice else None
        if notice is None or first is None:
            raise Http404(gettext("Nobody is to be told."))
        message = notices.preview(notice, first)
        return HttpResponse(masked(message, message.html))

    def _page(self, request: HttpRequest, queryset: NoticeQuerySet) -> HttpResponse:
        found = list(queryset.drafts()[:MOST])
        if not found:
            self.message_user(request, gettext("None of these waits any more."), messages.WARNING)
            return redirect(LIST)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Send or discard notices"),
            "introduction": self.introductions["settle"],
            "opts": self.opts,
            "notices": [(notice, self.former(notice), self.announced(notice)) for notice in found],
            "people": sum(notice.people for notice in found),
            "form": SettleForm(initial={"seen": ",".join(notice.as_read for notice in found)}),
        }
        return TemplateResponse(request, "admin/registrations/notice/settle.html", context)

    def _settle(self, request: HttpRequest, seen: str) -> HttpResponse:
        """Those that a release replaced since they were read, or a colleague rewrote, stay to be read again."""
        read = seen.strip(",").split(",")
        drafts = self.get_queryset(request).drafts().filter(pk__in=[each.partition(":")[0] for each in read])
        as_read = [notice for notice in drafts if notice.as_read in read]
        now, user = timezone.now(), request.user
        assert isinstance(user, User)
        number: int
        if "discard" in request.POST:
            number = sum(notices.discard(notice, user=user, now=now) for notice in as_read)
            told = ngettext("%(number)s notice is discarded.", "%(number)s notices are discarded.", number)
        else:
            number = sum(notices.send(notice, user=user, now=now) or 0 for notice in as_read)
            told = ngettext("%(number)s mail is on its way.", "%(number)s mails are on their way.", number)
        for notice in as_read:
            self.log_change(request, notice, told % {"number": localize(number)})
        self.message_user(
            request, told % {"number": localize(number)}, messages.SUCCESS if as_read else messages.WARNING
        )
        if left := len(set(read)) - len(as_read):
            words = ngettext(
                "%(number)d notice changed or was settled meanwhile: read it again.",
                "%(number)d notices changed or were settled meanwhile: read them again.",
                left,
            )
            self.message_user(request, words % {"number": left}, messages.WARNING)
        return redirect(LIST)

    @admin.display(description=_("news"), ordering="kind")
    def kind_word(self, notice: Notice) -> str:
        soon = notice.is_draft and notices.is_soon(notice, timezone.now())
        word = format_html('<span class="state state-{}">{}</span>', notice.kind, notice.get_kind_display())
        return format_html('{} <span class="under">{}</span>', word, gettext("in less than 24 hours")) if soon else word

    @admin.display(description=_("what people know"))
    def former(self, notice: Notice) -> str:
        return _in_words(notices.facts(notice)[0])

    @admin.display(description=_("what is announced"))
    def announced(self, notice: Notice) -> str:
        return _in_words(notices.facts(notice)[1])

    @admin.display(description=_("people to tell"))
    def to_tell(self, notice: Notice) -> str:
        return str(notice.people) if notice.is_draft else "–"

    @admin.display(description=_("as mailed"))
    def preview(self, notice: Notice) -> str:
        first = notices.recipients(notice).first() if notice.is_draft else None
        if first is None:
            return "–"
        message = notices.preview(notice, first)
        address = reverse("admin:registrations_notice_preview", args=[notice.pk])
        return format_html(
            '<pre class="mail">{}\n\n{}</pre><p><a href="{}">{}</a></p>',
            message.subject,
            masked(message, message.text),
            address,
            gettext("Open"),
        )


def _in_words(published: PublishedSession) -> str:
    """State, when and where."""
    states = {"cancelled": gettext("Cancelled"), "postponed": gettext("Postponed")}
    if published.item.state in states:
        return states[published.item.state]
    where = [part.name for part in (published.room, published.place) if part]
    if published.item.is_online:
        where.append(gettext("online"))
    return ", ".join([_when(published), *where])


def _when(published: PublishedSession) -> str:
    start, end = published.starts_at, published.ends_at
    return when(start, end) if start else gettext("No time yet")
