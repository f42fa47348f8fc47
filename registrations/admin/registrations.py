import functools
from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation_week.back_office.history_admin import HistoryAdmin
from innovation_week.back_office.model_admin import InEditionFilter, ReadOnlyAdmin, ReadOnlyInline
from innovation_week.back_office.spreadsheet import Column
from registrations import tickets
from registrations.admin.access_lists import HasAccessLists, OffListFilter
from registrations.admin.acts import ActsOnRegistrations
from registrations.admin.by_hand import RegistersByHand
from registrations.admin.check_in import ChecksIn
from registrations.admin.delivery import MailFilter, TellsOfMails
from registrations.admin.listing import QueueFilter, RegistrationListing, SessionDayFilter, SessionFilter
from registrations.admin.papers import PrintsPapers
from registrations.models import Answer, Employer, Question, Registration, RegistrationQuerySet, Transition
from registrations.questions import answered_by
from registrations.services import send_links


@admin.register(Employer)
class EmployerAdmin(HistoryAdmin):
    introduction = _(
        "The list from which people choose their employer when they register; each carries its branch and region. "
        "Who is not in it types a name."
    )
    guide = "inscriptions-et-messages"
    when_empty = _("No employer yet: add those that most people will choose; the others type a name.")
    edition_lookup = "edition"
    list_display = ["name", "branch", "region"]
    list_filter = ["branch", "region"]
    search_fields = ["name__folded"]

    def get_readonly_fields(self, request: HttpRequest, obj: Employer | None = None) -> list[str]:
        return ["edition"] if obj else []


class AnswerInline(ReadOnlyInline):
    model = Answer
    fields = ["question", "words"]
    readonly_fields = ["words"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        return super().get_queryset(request).select_related("question")

    @admin.display(description=_("answer"))
    def words(self, answer: Answer) -> str:
        return answer.words


class TransitionInline(ReadOnlyInline):
    model = Transition
    fields = ["at", "to_state", "who", "why"]
    readonly_fields = ["who", "why"]

    @admin.display(description=_("by"))
    def who(self, transition: Transition) -> Any:
        words = {"person": _("the person"), "worker": _("the site")}
        return words.get(transition.actor, transition.actor)

    @admin.display(description=_("reason"))
    def why(self, transition: Transition) -> str:
        return transition.reason_text


@admin.register(Registration)
class RegistrationAdmin(
    RegistersByHand,
    ActsOnRegistrations,
    RegistrationListing,
    ChecksIn,
    PrintsPapers,
    TellsOfMails,
    HasAccessLists,
    ReadOnlyAdmin,
):
    introduction = _(
        "People write these lines themselves, and the staff adds some. Tick lines, then choose an action: cancel, move "
        "up on the waiting list, note as present…"
    )
    form_introduction = _("As the person or the staff wrote it. What can be done with it stands above.")
    introductions = {
        "door": _(
            "Scan the picture of a ticket with the camera of your telephone, or type its code: spaces and capitals "
            "do not matter."
        ),
        "access_lists": _(
            "Names that venues ask for before a session, by day and place. Each list that leaves is noted, with who "
            "took it; “off the list” are those confirmed after the hour at which the venue receives it."
        ),
        "address": _(
            "What did not arrive is sent to the right address, with new links; those sent to the former one no longer "
            "open. Make sure that the person asks for it."
        ),
        "check_in": _("One tap lets the whole party in; a wrong one is undone on this page."),
    }
    guide = "inscriptions-et-messages"
    when_empty = _("Nobody is registered yet: publish sessions that take registrations, and tell people.")
    edition_lookup = "session__edition"
    sequence_lookup = "session__sequence"
    actions = ["send_link"]
    inlines = [AnswerInline, TransitionInline]
    list_display = ["person", "address", "session", "state_word", "people", "employer_name", "created_at"]
    list_filter = [
        SessionFilter,
        "state",
        QueueFilter,
        MailFilter,
        OffListFilter,
        SessionDayFilter,
        ("session__sequence", InEditionFilter),
        "branch",
        "region",
    ]
    list_select_related = ["session"]
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-pk"]
    search_fields = [
        "first_name__folded",
        "last_name__folded",
        "email__folded",
        "session__title__folded",
        "session__code",
    ]
    found_by = ["first_name", "last_name", "email"]
    search_help_text = _("Name, address, session or code of a ticket; accents and capitals do not matter.")
    fieldsets = [
        (None, {"fields": ["person", "email", "session", "state_word", "people", "ticket", "by_colleague"]}),
        (_("Mails"), {"fields": ["mails_about"]}),
        (_("Employer"), {"fields": ["employer_name", "employer", "branch", "region"]}),
        (
            _("Times"),
            {
                "fields": [
                    "created_at",
                    "hold_started_at",
                    "expires_at",
                    "reminded_at",
                    "queued_at",
                    "arrived_at",
                    "language",
                ]
            },
        ),
    ]
    readonly_fields = ["person", "state_word", "people", "ticket", "by_colleague", "mails_about"]

    def get_queryset(self, request: HttpRequest) -> RegistrationQuerySet:
        registrations: RegistrationQuerySet = super().get_queryset(request)
        return registrations.select_related("session", "employer").with_place_in_queue()

    def find_exactly(self, queryset: QuerySet, words: str) -> QuerySet:
        return tickets.with_code(queryset, words)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """A ticket that is read out at the door is found whatever the edition of the list."""
        if (found := self.find_exactly(queryset, search_term)).exists():
            return found, False
        return super().get_search_results(request, queryset, search_term)

    def found_detail(self, obj: Registration) -> str:
        return " · ".join([obj.email, obj.session.title, str(obj.get_state_display())])

    def export_columns(self) -> Sequence[Column]:
        return [
            (_("first name"), lambda row: row.first_name),
            (_("last name"), lambda row: row.last_name),
            (_("e-mail address"), lambda row: row.email),
            (_("code"), lambda row: row.session.code),
            (_("session"), lambda row: row.session.title),
            (_("start"), lambda row: row.session.starts_at),
            (_("state"), lambda row: row.get_state_display()),
            (_("place on the waiting list"), lambda row: row.place_in_queue),
            (_("people"), lambda row: row.party),
            (_("attends online"), lambda row: _("Yes") if row.is_online else ""),
            (_("arrived"), lambda row: row.arrived_at),
            (_("Employer"), lambda row: row.employer_name),
            (_("branch of the civil service"), lambda row: row.get_branch_display()),
            (_("region"), lambda row: row.get_region_display()),
            (_("asked"), lambda row: row.created_at),
        ]

    def export_rows(self, rows: QuerySet) -> QuerySet:
        return rows.prefetch_related(Prefetch("answers", Answer.objects.select_related("question")))

    def export_more_columns(self, rows: QuerySet) -> Sequence[Column]:
        """One for each question that somebody of the list answered."""
        return [(question.text, functools.partial(_answer_to, question)) for question in answered_by(rows)]

    def has_act_permission(self, request: HttpRequest) -> bool:
        return "change" in self.rights(request)

    @admin.action(description=_("Send the personal link again"), permissions=["act"])
    def send_link(self, request: HttpRequest, queryset: QuerySet[Registration]) -> None:
        """One mail per address, with all its links; the sender looks them up."""
        addresses = dict(queryset.order_by("pk").values_list("email", "language"))
        for email, language in addresses.items():
            send_links(email, language=language)
        number = len(addresses)
        told = ngettext("%(number)s mail is on its way.", "%(number)s mails are on their way.", number)
        self.message_user(request, told % {"number": localize(number)}, messages.SUCCESS)

    @admin.display(description=_("person"), ordering="last_name")
    def person(self, registration: Registration) -> str:
        return str(registration)

    @admin.display(description=_("ticket"))
    def ticket(self, registration: Registration) -> str:
        return tickets.grouped(tickets.code_of(registration))

    @admin.display(description=_("registered by"))
    def by_colleague(self, registration: Registration) -> str:
        name, email = registration.registered_by_name, registration.registered_by_email
        return f"{name} ({email})" if name else "–"

    @admin.display(description=_("people"), ordering="party")
    def people(self, registration: Registration) -> str:
        return f"{registration.party} ({gettext('online')})" if registration.is_online else str(registration.party)

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, registration: Registration) -> str:
        state: Any = registration.get_state_display()
        word = format_html('<span class="state state-{}">{}</span>', registration.state, state)
        told = [*_place_told(registration), *([gettext("off the access list")] if registration.is_off_list else [])]
        return format_html('{} <span class="under">{}</span>', word, ", ".join(told)) if told else word


def _answer_to(question: Question, registration: Registration) -> str:
    found = (answer.words for answer in registration.answers.all() if answer.question_id == question.pk)
    return next(found, "")


def _place_told(registration: Registration) -> list[str]:
    if registration.place_in_queue is None:
        return []
    told = [gettext("place %(number)d") % {"number": registration.place_in_queue}]
    if registration.priority:
        told.append(gettext("moved up"))
    if registration.set_aside_until and registration.set_aside_until > timezone.now():
        told.append(gettext("seats set aside"))
    return told
