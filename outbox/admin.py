import re
from typing import Any

from csp.decorators import csp
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.model_admin import ReadOnlyAdmin
from outbox.models import Message, MessageQuerySet
from outbox.services import send_again
from registrations import mails

# What the sender writes when it knows it, such as a deadline.
_LATER = re.compile(r"~[a-z_]+~")


def masked(message: Message, text: str) -> str:
    """``text`` as it may be shown: whoever reads a personal link can act for the person."""
    for placeholder in message.links:
        text = text.replace(placeholder, gettext("personal-link-masked"))
    return _LATER.sub("[…]", text)


class ToDoFilter(admin.SimpleListFilter):
    """The dashboard's card links here, so it holds exactly what the card counts."""

    title = _("task")
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("failed", _("In error"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Message]:
        return queryset.failed() if self.value() == "failed" else queryset


# By the names that each app gives to the messages it writes.
KINDS = {
    mails.HOLD: _("Seat to confirm"),
    mails.REMINDER: _("Reminder to confirm"),
    mails.WAITING: _("Place on the waiting list"),
    mails.OFFER: _("Seat offered"),
    mails.OFFER_REMINDER: _("Reminder of an offer"),
    mails.SET_ASIDE: _("Seats set aside"),
    mails.LIST_CLOSED: _("Waiting list closed"),
    mails.NOT_TAKEN: _("Seat that could not be kept"),
    mails.CONFIRMED: _("Registration confirmed"),
    mails.COMING: _("Reminder two days before"),
    mails.TODAY: _("Reminder on the day"),
    mails.THANKS: _("Thanks afterwards"),
    mails.CANCELLED: _("Registration cancelled"),
    mails.SLOT_CHANGED: _("Slot changed"),
    mails.MAILING: _("Mail of the staff"),
    mails.CHANGED: _("News of a session"),
    mails.CONNECTION: _("How to connect"),
    mails.MOVED: _("Moved to another session"),
    mails.HAS_SLOT: _("Slot that can be changed"),
    mails.LINK: _("Link of a registration"),
    mails.LINKS: _("All links of a person"),
    mails.DATA: _("Link to somebody’s data"),
    mails.INVITATION: _("Invitation"),
}


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return list(KINDS.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Message]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    introduction = _(
        "Every mail that the site has written, and what became of it. Personal links are never shown here: "
        "they are made when the mail leaves."
    )
    guide = "inscriptions-et-messages"
    when_empty = _("No message yet: the first registration writes one.")
    limited_rights = ""  # what a message is about is not read from it
    actions = ["send_again"]
    list_display = ["subject_line", "to", "state_word", "created_at", "sent_at", "reason_word"]
    list_filter = [ToDoFilter, "state", "reason", KindFilter]
    date_hierarchy = "created_at"
    search_fields = ["subject__folded", "to__folded"]
    search_help_text = _("Subject or address.")
    found_by = ["to"]
    fieldsets = [
        (None, {"fields": ["subject_line", "to", "reply_to", "state_word", "created_at", "sent_at"]}),
        (_("Text"), {"fields": ["body", "as_mailed", "files"]}),
        (
            _("Sending"),
            {
                "fields": [
                    "kind_word",
                    "about",
                    "priority",
                    "attempts",
                    "next_attempt_at",
                    "reason_word",
                    "reported_at",
                    "error",
                    "message_id",
                ]
            },
        ),
    ]
    readonly_fields = [
        "subject_line",
        "kind_word",
        "state_word",
        "reason_word",
        "body",
        "as_mailed",
        "files",
        "message_id",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        messages_found: QuerySet[Message] = super().get_queryset(request)
        listing = request.resolver_match and request.resolver_match.url_name == "outbox_message_changelist"
        return messages_found.defer("text", "html") if listing else messages_found

    def get_urls(self) -> list[URLPattern]:
        laid_out = self.admin_site.admin_view(self.html_view)
        return [path("<int:pk>/html/", laid_out, name="outbox_message_html"), *super().get_urls()]

    # A mail carries its own styles. Nothing else may load or run, and the page has no origin to act from.
    @method_decorator(csp({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "sandbox": []}))
    def html_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        message = self.get_object(request, str(pk))
        if not self.has_view_permission(request, message):
            raise PermissionDenied
        if not isinstance(message, Message) or not message.html:
            raise Http404(gettext("This message has no laid out form."))
        return HttpResponse(masked(message, message.html))

    def found_name(self, obj: Message) -> str:
        return masked(obj, obj.subject)

    def found_detail(self, obj: Message) -> str:
        return f"{obj.to} · {obj.get_state_display()}"

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outbox.change_message")

    @admin.action(description=_("Send again the messages in error"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: MessageQuerySet) -> None:
        number = send_again(queryset)
        told = ngettext("%(number)s message will leave again.", "%(number)s messages will leave again.", number)
        self.message_user(
            request, told % {"number": localize(number)}, messages.SUCCESS if number else messages.WARNING
        )

    @admin.display(description=_("subject"), ordering="subject")
    def subject_line(self, message: Message) -> str:
        return masked(message, message.subject)

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, message: Message) -> str:
        return format_html('<span class="state state-{}">{}</span>', message.state, message.get_state_display())

    @admin.display(description=_("why it did not arrive"), ordering="reason", empty_value="–")
    def reason_word(self, message: Message) -> str:
        return message.get_reason_display()

    @admin.display(description=_("kind"))
    def kind_word(self, message: Message) -> str:
        return str(KINDS.get(message.kind, message.kind))

    @admin.display(description=_("text"))
    def body(self, message: Message) -> str:
        if not message.text:
            told = gettext(
                "None: some mails are written when they leave, and all texts are erased %(days)d days later."
            )
            return told % {"days": settings.MESSAGE_DAYS}
        return format_html('<pre class="mail">{}</pre>', masked(message, message.text))

    @admin.display(description=_("as mailed"))
    def as_mailed(self, message: Message) -> str:
        if not message.html:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:outbox_message_html", args=[message.pk]), gettext("Open")
        )

    @admin.display(description=_("attachments"))
    def files(self, message: Message) -> str:
        return format_html_join(", ", "{}", ([file.name] for file in message.attachments.all())) or "–"
