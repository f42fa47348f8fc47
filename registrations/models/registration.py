import datetime as dt
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, Count, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from outbox.links import PersonalLink
from registrations.models.employer import Branch, Employer, Region
from sessions.models import Sequence, Session
from sessions.text import validate_has_letter, validate_one_line

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from registrations.models.question import Answer
    from registrations.models.transition import Transition


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def live(self) -> Self:
        """Those that have a seat or wait for one."""
        return self.filter(state__in=Registration.LIVE)

    def seated(self) -> Self:
        """Those that have a seat."""
        return self.filter(state__in=Registration.SEATED)

    def overdue(self, now: Any) -> Self:
        """``now``: a moment, or the place of one in a prepared query."""
        return self.filter(state__in=Registration.ANSWERS_DUE, expires_at__lte=now)

    def queue(self, session: Any, *, is_online: Any) -> Self:
        """Who waits for the session, in the order in which they are served."""
        waiting = self.filter(session=session, is_online=is_online, state=Registration.State.WAITING)
        return waiting.order_by(*Registration.QUEUE_ORDER)

    def ahead_of(self, priority: Any, queued_at: Any, pk: Any) -> Self:
        """Of the same waiting list, those served before whoever has these."""
        earlier = Q(queued_at__lt=queued_at) | Q(queued_at=queued_at, pk__lt=pk)
        first = Q(priority__gt=priority) | Q(priority=priority) & earlier
        return self.filter(first, state=Registration.State.WAITING)

    def ahead_in_queue(self) -> Self:
        """Of a subquery: those who wait before the outer row."""
        same = self.filter(session=OuterRef("session"), is_online=OuterRef("is_online"))
        return same.ahead_of(OuterRef("priority"), OuterRef("queued_at"), OuterRef("pk"))

    def with_place_in_queue(self) -> Self:
        """Annotates ``place_in_queue``: from 1, None for those who do not wait."""
        ahead = Registration.objects.ahead_in_queue()
        number = ahead.order_by().values("session").annotate(number=Count("pk")).values("number")
        place = Coalesce(Subquery(number, output_field=IntegerField()), Value(0)) + 1
        return self.annotate(place_in_queue=Case(When(state="waiting", then=place), output_field=IntegerField()))


class Registration(models.Model):
    """Seats asked for by a person, who is one normalised e-mail address. Changed by registrations.services only."""

    class State(models.TextChoices):
        HELD = "held", _("To be confirmed")
        CONFIRMED = "confirmed", _("Confirmed")
        WAITING = "waiting", _("On the waiting list")
        OFFERED = "offered", _("Seat offered")
        PRESENT = "present", _("Present")
        NO_SHOW = "no_show", _("Absent")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    class Told(models.IntegerChoices):
        """The last of the mails around the session."""

        NOTHING = 0, _("nothing")
        TWO_DAYS_BEFORE = 1, _("two days before")
        ON_THE_DAY = 2, _("on the day")
        THANKED = 3, _("thanked")

    # Has a seat: it counts in ``seats_taken``, as people let in by number do.
    SEATED = (State.HELD, State.CONFIRMED, State.OFFERED, State.PRESENT)
    LIVE = (*SEATED, State.WAITING)
    # Is the one slot of its sequence: an offer is none yet.
    HAS_SLOT = (State.HELD, State.CONFIRMED, State.PRESENT)
    # Has a seat until a time, unless the person answers.
    ANSWERS_DUE = (State.HELD, State.OFFERED)
    # Will come, as far as we know, or came.
    EXPECTED = (State.CONFIRMED, State.PRESENT)
    # On the waiting list of one session.
    QUEUE_ORDER = ("-priority", "queued_at", "pk")
    LINK_PURPOSE = "registration"

    session = models.ForeignKey(Session, models.PROTECT, related_name="registrations", verbose_name=_("session"))
    public_id = models.UUIDField(_("public identifier"), unique=True, default=uuid4, editable=False)
    link_version = models.PositiveSmallIntegerField(
        _("version of the link"), default=1, editable=False, help_text=_("Raising it revokes the links sent so far.")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.HELD)
    party = models.PositiveSmallIntegerField(
        _("people"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("The person and those who come along: each has a seat."),
    )
    is_online = models.BooleanField(
        _("attends online"), default=False, help_text=_("Of a session that takes place in a room and online.")
    )
    first_name = models.CharField(_("first name"), max_length=100, validators=[validate_one_line, validate_has_letter])
    last_name = models.CharField(_("last name"), max_length=100, validators=[validate_one_line, validate_has_letter])
    email = models.EmailField(_("e-mail address"))
    email_key = models.EmailField(_("normalised address"), editable=False, db_index=True)
    employer = models.ForeignKey(
        Employer,
        models.SET_NULL,
        related_name="registrations",
        verbose_name=_("listed employer"),
        null=True,
        blank=True,
    )
    employer_name = models.CharField(_("employer"), max_length=200, validators=[validate_one_line])
    branch = models.CharField(_("branch of the civil service"), max_length=10, choices=Branch)
    region = models.CharField(_("region"), max_length=2, choices=Region)
    language = models.CharField(_("language of the mails"), max_length=5, default="fr")
    registered_by_name = models.CharField(
        _("registered by"),
        max_length=200,
        blank=True,
        validators=[validate_one_line],
        help_text=_("A colleague, who gave their own name; the person alone confirms."),
    )
    registered_by_email = models.EmailField(_("address of who registered them"), blank=True, editable=False)
    exclusive_sequence = models.ForeignKey(
        Sequence,
        models.PROTECT,
        related_name="+",
        verbose_name=_("sequence of one slot per person"),
        null=True,
        blank=True,
        editable=False,
    )
    invitation = models.ForeignKey(
        "registrations.Invitation",
        models.SET_NULL,
        related_name="registrations",
        verbose_name=_("invitation"),
        null=True,
        blank=True,
        editable=False,
        db_index=False,  # of the few that have one: see the indexes
    )
    created_at = models.DateTimeField(_("asked"))
    hold_hours = models.PositiveSmallIntegerField(
        _("hours promised"), null=True, blank=True, editable=False, help_text=_("As the page announced them.")
    )
    hold_started_at = models.DateTimeField(
        _("hold started"), null=True, blank=True, help_text=_("When the mail left: the person has as long as promised.")
    )
    expires_at = models.DateTimeField(_("held until"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    queued_at = models.DateTimeField(_("waiting since"), null=True, blank=True)
    offered_at = models.DateTimeField(_("seat offered"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=0, editable=False, help_text=_("Above 0: moved up by the staff.")
    )
    set_aside_until = models.DateTimeField(
        _("seats set aside until"), null=True, blank=True, help_text=_("For a group that needs more than are free.")
    )
    told = models.PositiveSmallIntegerField(_("last reminder"), choices=Told, default=Told.NOTHING, editable=False)
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    place_in_queue: int | None  # annotated by with_place_in_queue
    is_off_list: bool  # annotated by registrations.access_list

    if TYPE_CHECKING:
        answers: RelatedManager["Answer"]
        transitions: RelatedManager["Transition"]

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-created_at", "-pk"]
        permissions = [
            ("export_registration", "Can export registrations"),
            ("check_in_registration", "Can check people in"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "email_key"],
                condition=Q(state__in=["held", "confirmed", "offered", "present", "waiting"]),
                name="registration_one_live_per_person_and_session",
                violation_error_message=_("This person is already registered for this session."),
            ),
            # An offer is no slot yet: accepting it is a change of slot.
            models.UniqueConstraint(
                fields=["exclusive_sequence", "email_key"],
                condition=Q(state__in=["held", "confirmed", "present"]),
                name="registration_one_slot_per_person_and_sequence",
                violation_error_message=_("This person already has a slot of this sequence: change it instead."),
            ),
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(state__in=["held", "confirmed", "offered", "present", "waiting"], invitation__isnull=False),
                name="registration_one_live_per_invitation",
                violation_error_message=_("This invitation has served already."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "offered"]) | Q(expires_at__isnull=False),
                name="registration_held_until_a_time",
                violation_error_message=_("A held seat needs the time until which it is held."),
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(queued_at__isnull=False),
                name="registration_waiting_since_a_time",
                violation_error_message=_("Who waits has waited since a time: it gives the order."),
            ),
            models.CheckConstraint(
                condition=Q(party__gte=1),
                name="registration_of_somebody",
                violation_error_message=_("A registration is for one person at least."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["invitation"], condition=Q(invitation__isnull=False), name="registration_by_invitation"
            ),
            models.Index(
                fields=["registered_by_email"],
                condition=~Q(registered_by_email=""),
                name="registration_by_colleague",
            ),
            models.Index(
                fields=["expires_at"], condition=Q(state__in=["held", "offered"]), name="registration_held_by_expiry"
            ),
            models.Index(
                fields=["session", "is_online", "-priority", "queued_at"],
                condition=Q(state="waiting"),
                name="registration_queue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def link(self) -> PersonalLink:
        return PersonalLink(self.LINK_PURPOSE, self.public_id, self.link_version)

    @property
    def companions(self) -> int:
        return self.party - 1

    def is_overdue(self, now: dt.datetime) -> bool:
        """Held no longer, whether or not the worker has come by to say so."""
        return self.state in self.ANSWERS_DUE and self.expires_at is not None and self.expires_at <= now

    def position(self) -> int:
        """On the waiting list, from 1."""
        queue = Registration.objects.queue(self.session_id, is_online=self.is_online)
        return queue.ahead_of(self.priority, self.queued_at, self.pk).count() + 1
