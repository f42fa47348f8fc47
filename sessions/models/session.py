from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation_week.one_entry import Records
from sessions.codes import new_code, validate_code
from sessions.domains import Domains, DomainsField
from sessions.models.edition import Edition
from sessions.models.format import Audience, Format
from sessions.models.sequence import Sequence
from sessions.text import validate_one_line
from venues.models import MOST_PEOPLE

MOST_COMPANIONS = 50


class WrittenByService:
    """A field that ``save()`` never writes: only an explicit ``UPDATE`` changes it, under its service's lock.

    Saving a session that was loaded a minute ago would otherwise bring back the value of a minute ago.
    """

    attname: str

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return super().pre_save(model_instance, add) if add else F(self.attname)  # type: ignore[misc]  # a mixin


class ServiceCounter(WrittenByService, models.PositiveIntegerField):
    pass


class ServiceDate(WrittenByService, models.DateTimeField):
    pass


class SessionQuerySet(models.QuerySet["Session"]):
    def public(self) -> Self:
        """What the next release holds: approved sessions, and those called off after the public knew them."""
        called_off = Q(status__in=Session.CALLED_OFF)
        return self.filter(Q(status=Session.Status.APPROVED) | called_off & Q(published_since__isnull=False))

    def alive(self) -> Self:
        """Sessions that will take place, whatever their editorial stage."""
        return self.filter(Session.ALIVE)

    @transaction.atomic
    def delete(self) -> tuple[int, dict[str, int]]:
        """ProtectedError when one of them was published."""
        self.keep_published()
        return super().delete()

    delete.alters_data = delete.queryset_only = True  # type: ignore[attr-defined]  # as Django's own

    def keep_published(self) -> None:
        """ProtectedError when one of them was published; held, with their editions, until the transaction ends.

        A release that is being made is waited for: it may take these sessions.
        """
        Edition.objects.filter(pk__in=self.order_by().values("edition")).hold()
        rows = Session.objects.filter(pk__in=self.order_by().values("pk")).order_by("pk").select_for_update()
        kept: set[models.Model] = {row for row in rows if row.published_since is not None}
        if kept:
            raise models.ProtectedError("A session that was published is cancelled or archived, never deleted.", kept)


class Session(models.Model):
    """One dated occurrence of a sequence."""

    class Status(models.TextChoices):
        IDEA = "idea", _("Idea")
        DESIGN = "design", _("In design")
        REVIEW = "review", _("In approval")
        APPROVED = "approved", _("Approved")
        CANCELLED = "cancelled", _("Cancelled")
        POSTPONED = "postponed", _("Postponed")
        ARCHIVED = "archived", _("Archived")

    class Entry(models.TextChoices):
        REGISTRATION = "registration", _("With registration")
        FREE = "free", _("Free entry")
        INVITATION = "invitation", _("By invitation, outside this site")

    class Eligibility(models.TextChoices):
        """Who may register, where people register here."""

        OPEN = "open", _("Everybody")
        DOMAINS = "domains", _("Addresses of some domains")
        INVITATION = "invitation", _("Invited people")

    CALLED_OFF = (Status.CANCELLED, Status.POSTPONED)
    ALIVE = ~Q(status__in=[*CALLED_OFF, Status.ARCHIVED])
    WITHOUT_ROOM = ALIVE & Q(room__isnull=True, is_online=False)
    # Nine seats in ten are taken. Whole numbers: the division rounds down on every database.
    LAST_SEATS = Q(seats__lte=F("seats_taken") * 10 / 9 + F("walk_in_seats"))
    # What a page of the whole programme must look at: the others are as open as their edition.
    TIGHT = Q(entry=Entry.REGISTRATION) & (
        Q(registration_opens_at__isnull=False)
        | Q(registration_closes_at__isnull=False)
        | LAST_SEATS
        | Q(seats_waiting__gt=0)
        | Q(eligibility=Eligibility.INVITATION)
    )

    # What acts at once: it is read from this row, and is in no release.
    LIVE_FIELDS = frozenset(
        {
            "eligibility",
            "eligible_domains",
            "eligible_subdomains",
            "seats",
            "walk_in_seats",
            "online_seats",
            "connection_link",
            "connection_note",
            "most_companions",
            "has_waiting_list",
            "registration_opens_at",
            "registration_closes_at",
        }
    )
    # Counted by registrations.counts, with each change of a registration.
    COUNTERS = (
        "seats_taken",
        "seats_held",
        "seats_waiting",
        "online_seats_taken",
        "online_seats_held",
        "online_seats_waiting",
    )
    # Written by registrations.connection_changes: how often those who come online were told another link, and when.
    TELLINGS = ("connection_changes", "connection_changed_at")
    # What never leaves the back-office. Every other field that people fill in waits for a release.
    INTERNAL_FIELDS = frozenset({"owner", "internal_note"})

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="sessions", verbose_name=_("edition"))
    sequence = models.ForeignKey(Sequence, models.PROTECT, related_name="sessions", verbose_name=_("sequence"))
    format = models.ForeignKey(Format, models.PROTECT, related_name="sessions", verbose_name=_("format"))
    code = models.CharField(
        _("code"), max_length=6, unique=True, default=new_code, editable=False, validators=[validate_code]
    )
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.DESIGN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="sessions_owned",
        verbose_name=_("owner"),
        null=True,
        blank=True,
        help_text=_("Who of the staff carries it; never public."),
    )
    title = models.CharField(_("title"), max_length=200)
    lead = models.CharField(_("in one sentence"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True, help_text=_("Markdown. What it is, what people take home."))
    course = models.TextField(_("how it goes"), blank=True, help_text=_("Markdown. The steps of the session."))
    note = models.CharField(
        _("good to know"), max_length=300, blank=True, help_text=_("Public: what to bring, which entrance to use.")
    )
    language = models.CharField(
        _("language of the texts"), max_length=5, default="fr", help_text=_("For example fr or en.")
    )
    audiences = models.ManyToManyField(Audience, verbose_name=_("audiences"), blank=True, related_name="sessions")
    starts_at = models.DateTimeField(_("start"), null=True, blank=True)
    ends_at = models.DateTimeField(_("end"), null=True, blank=True)
    room = models.ForeignKey(
        "venues.Room", models.PROTECT, related_name="sessions", verbose_name=_("room"), null=True, blank=True
    )
    is_online = models.BooleanField(_("online"), default=False)
    is_slot = models.BooleanField(
        _("slot"),
        default=False,
        help_text=_(
            "A visiting time of an exhibition. The programme shows one line a day for all of them; people choose "
            "theirs on the page of the sequence."
        ),
    )
    sign_language = models.BooleanField(_("sign language"), default=False)
    captions = models.BooleanField(_("live captions"), default=False)
    ask_before = models.DateField(
        _("needs to be told before"),
        null=True,
        blank=True,
        help_text=_("Public: until when people say what they need. Empty: no day is told."),
    )
    entry = models.CharField(_("entry"), max_length=12, choices=Entry, default=Entry.REGISTRATION)
    eligibility = models.CharField(
        _("who may register"),
        max_length=10,
        choices=Eligibility,
        default=Eligibility.OPEN,
        help_text=_("Acts at once, for who registers from now on. Of a session with registration."),
    )
    eligible_domains = DomainsField(
        _("domains"),
        blank=True,
        help_text=_("Acts at once. Of the addresses that may register, one a line: culture.gouv.fr"),
    )
    eligible_subdomains = models.BooleanField(
        _("subdomains too"),
        default=False,
        help_text=_("Acts at once. With gouv.fr, addresses of culture.gouv.fr may register too."),
    )
    seats = models.PositiveIntegerField(
        _("seats"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PEOPLE)],
        help_text=_("Acts at once. Empty: no limit."),
    )
    walk_in_seats = models.PositiveIntegerField(
        _("kept for people who come unregistered"),
        default=0,
        validators=[MaxValueValidator(MOST_PEOPLE)],
        help_text=_("Acts at once. Of the seats above, those that nobody can register for."),
    )
    online_seats = models.PositiveIntegerField(
        _("seats online"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PEOPLE)],
        help_text=_("Acts at once. For a session in a room and online, beside the seats of the room. Empty: no limit."),
    )
    connection_link = models.URLField(
        _("connection link"),
        max_length=500,
        blank=True,
        validators=[URLValidator(["https", "http"])],
        help_text=_("Acts at once, and is never public: only those confirmed who come online receive it."),
    )
    connection_note = models.CharField(
        _("how to connect"),
        max_length=300,
        blank=True,
        validators=[validate_one_line],
        help_text=_("Acts at once. Access code, telephone number, which program: told with the link."),
    )
    connection_changes = ServiceCounter(_("changes of the connection told"), default=0, editable=False)
    connection_changed_at = ServiceDate(_("connection last changed"), null=True, blank=True, editable=False)
    most_companions = models.PositiveSmallIntegerField(
        _("companions"),
        default=0,
        validators=[MaxValueValidator(MOST_COMPANIONS)],
        help_text=_("Acts at once. How many people somebody who registers may bring along."),
    )
    has_waiting_list = models.BooleanField(
        _("waiting list"), default=True, help_text=_("Acts at once. People may wait for a seat once it is full.")
    )
    # People of the room: with a seat, of these not confirmed yet, and asking for one on the waiting list.
    seats_taken = ServiceCounter(_("seats taken"), default=0, editable=False)
    seats_held = ServiceCounter(_("seats held"), default=0, editable=False)
    seats_waiting = ServiceCounter(_("seats waited for"), default=0, editable=False)
    # The same online, where the session is in a room too; a session that is only online counts above.
    online_seats_taken = ServiceCounter(_("seats taken online"), default=0, editable=False)
    online_seats_held = ServiceCounter(_("seats held online"), default=0, editable=False)
    online_seats_waiting = ServiceCounter(_("seats waited for online"), default=0, editable=False)
    registration_opens_at = models.DateTimeField(
        _("registration opens"), null=True, blank=True, help_text=_("Acts at once. Empty: as for the edition.")
    )
    registration_closes_at = models.DateTimeField(
        _("registration closes"), null=True, blank=True, help_text=_("Acts at once. Empty: as for the edition.")
    )
    attendance = models.CharField(
        _("audience counted"), max_length=100, blank=True, help_text=_("Public, after the session.")
    )
    internal_note = models.TextField(_("internal note"), blank=True, help_text=_("Never public."))
    import_id = models.CharField(_("identifier in the imported file"), max_length=100, blank=True, editable=False)
    published_since = ServiceDate(_("first published"), null=True, blank=True, editable=False)

    objects = SessionQuerySet.as_manager()
    history = Records(excluded_fields=[*COUNTERS, *TELLINGS, "published_since"], m2m_fields=[audiences])

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["edition", "starts_at", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_start",
                violation_error_message=_("A session must end after it starts. Give both times, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(seats__isnull=True) | Q(seats__gte=F("seats_taken") + F("walk_in_seats")),
                name="session_seats_taken_within_seats",
                violation_error_message=_(
                    "More seats than that are taken or kept for people who come unregistered: free some first."
                ),
            ),
            models.CheckConstraint(
                condition=Q(online_seats__isnull=True) | Q(online_seats__gte=F("online_seats_taken")),
                name="session_online_seats_taken_within_seats",
                violation_error_message=_("More seats than that are taken online: free some first."),
            ),
            models.CheckConstraint(
                condition=~Q(eligibility="domains") | ~Q(eligible_domains=""),
                name="session_eligible_domains_given",
                violation_error_message=_("Give the domains whose addresses may register, one a line."),
            ),
            models.UniqueConstraint(
                fields=["edition", "import_id"],
                condition=~Q(import_id=""),
                name="session_import_id_once_per_edition",
                violation_error_message=_("This edition already holds a session imported under this identifier."),
            ),
        ]
        indexes = [
            models.Index(fields=["edition", "starts_at"], name="session_by_edition_and_start"),
            models.Index(
                fields=["edition"],
                name="session_tight_by_edition",
                # Session.TIGHT, which a nested class cannot name.
                condition=Q(entry="registration")
                & (
                    Q(registration_opens_at__isnull=False)
                    | Q(registration_closes_at__isnull=False)
                    | Q(seats__lte=F("seats_taken") * 10 / 9 + F("walk_in_seats"))
                    | Q(seats_waiting__gt=0)
                    | Q(eligibility="invitation")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.sequence_id and self.edition_id and self.sequence.edition_id != self.edition_id:
            message = _("“%(sequence)s” belongs to another edition: choose a sequence of this one.")
            raise ValidationError({"sequence": ValidationError(message, "edition", {"sequence": self.sequence.title})})
        if self.status == self.Status.ARCHIVED and self.is_expected:
            message = _("People are registered for this session, which is yet to take place. Cancel it first.")
            raise ValidationError({"status": ValidationError(message, "expected")})
        if self.asks_too_late:  # of no field: whoever moves the session may not have that one before them
            message = _(
                "Needs would be told before a day that comes after the session. Choose an earlier day for them."
            )
            raise ValidationError(message, "ask_before")

    @transaction.atomic
    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        Session.objects.filter(pk=self.pk).keep_published()
        return super().delete(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("publishing:session", args=[self.edition.slug, self.code])

    @property
    def goes_out(self) -> bool:
        """Whether the next release may hold it: what ``SessionQuerySet.public`` asks, of the row as it was read."""
        was_public = self.published_since is not None
        return self.status == Session.Status.APPROVED or (self.status in Session.CALLED_OFF and was_public)

    @property
    def is_expected(self) -> bool:
        """Whether people are registered and were not told that it will not take place."""
        row = Session.objects.filter(pk=self.pk).values_list("status", "seats_taken").first()
        told = (Session.Status.CANCELLED, Session.Status.POSTPONED, Session.Status.ARCHIVED)
        if row is None or row[0] in told or not row[1]:
            return False
        return self.ends_at is None or self.ends_at > timezone.now()

    @property
    def time_zone(self) -> ZoneInfo:
        """Of the venue when there is one: a session in La Réunion is told in the time of La Réunion."""
        return ZoneInfo(self.room.venue.time_zone if self.room else self.edition.time_zone)

    @property
    def domains(self) -> Domains:
        return Domains.of(self.eligible_domains, with_subdomains=self.eligible_subdomains)

    @property
    def asks_too_late(self) -> bool:
        """Whether the day before which people say what they need comes after that of the session, where it is."""
        if self.ask_before is None or self.starts_at is None:
            return False
        return self.ask_before > self.starts_at.astimezone(self.time_zone).date()

    @property
    def is_overbooked(self) -> bool:
        """Whether its number of seats is one that the database would refuse."""
        return self.seats_left is not None and self.seats_left < 0

    @property
    def seats_left(self) -> int | None:
        """For people who register; None when seats are not limited."""
        return None if self.seats is None else self.seats - self.seats_taken - self.walk_in_seats
