from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from sessions.codes import new_code, validate_code
from sessions.models import Role, Session
from sessions.models.format import LAST_POSITION
from sessions.text import validate_has_letter, validate_one_line
from speakers.portraits import clean_portrait, portrait_path

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Speaker(models.Model):
    """A person considered for, or invited on, a stage. The e-mail address never leaves the back-office."""

    class Form(models.TextChoices):
        """The form of a role's name that the person chose; never guessed."""

        MASCULINE = "masculine", _("masculine (président)")
        FEMININE = "feminine", _("feminine (présidente)")

    code = models.CharField(
        _("code"), max_length=6, unique=True, default=new_code, editable=False, validators=[validate_code]
    )
    name = models.CharField(_("name as shown"), max_length=150, validators=[validate_one_line, validate_has_letter])
    sort_name = models.CharField(
        _("name in the index"),
        max_length=150,
        blank=True,
        validators=[validate_one_line],
        help_text=_("For example: Exemple, Camille. Empty: the last word of the name comes first."),
    )
    role_form = models.CharField(_("form of the roles"), max_length=10, choices=Form, default=Form.MASCULINE)
    function = models.CharField(_("function"), max_length=200, blank=True)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    biography = models.TextField(_("biography"), blank=True, help_text=_("Markdown."))
    portrait = models.ImageField(
        _("portrait"),
        upload_to=portrait_path,
        height_field="portrait_side",
        blank=True,
        validators=[clean_portrait],
        help_text=_(
            "JPEG, PNG or WebP, 5 MB at most, 200 pixels on each side at least. "
            "It is cropped to a square and made smaller."
        ),
    )
    portrait_side = models.PositiveSmallIntegerField(
        _("side of the portrait"), null=True, editable=False, help_text=_("In pixels; kept so that pages need no file.")
    )
    email = models.EmailField(_("e-mail address"), blank=True, help_text=_("Never public."))
    import_id = models.CharField(
        _("identifier in the imported file"), max_length=100, blank=True, editable=False, db_index=True
    )

    history = HistoricalRecords(excluded_fields=["email"])

    if TYPE_CHECKING:
        candidacies: RelatedManager["Candidacy"]

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ["sort_name", "name"]
        permissions = [("export_speaker", "Can export speakers")]

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """A portrait that is kept was checked when it came; its file may not be here to be opened again."""
        kept = {"portrait"} if self.portrait and getattr(self.portrait, "_committed", False) else set()
        super().clean_fields(exclude={*(exclude or ()), *kept})

    @property
    def index_name(self) -> str:
        if self.sort_name:
            return self.sort_name
        first, _blank, last = self.name.rpartition(" ")
        return f"{last}, {first}" if first else last


class CandidacyQuerySet(models.QuerySet["Candidacy"]):
    def confirmed(self) -> Self:
        return self.filter(stage__in=Candidacy.CONFIRMED)


class Candidacy(models.Model):
    """A person considered for a role in a session. Only confirmed ones reach a release."""

    class Stage(models.TextChoices):
        SPOTTED = "spotted", _("Spotted")
        TO_CONTACT = "to_contact", _("To contact")
        CONTACTED = "contacted", _("Contacted")
        INTERESTED = "interested", _("Interested")
        PROPOSED = "proposed", _("Proposed")
        CONFIRMED = "confirmed", _("Confirmed")
        PREPARED = "prepared", _("Prepared")
        CAME = "came", _("Came")
        DECLINED = "declined", _("Declined (by the person)")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        NOT_SELECTED = "not_selected", _("Not selected")

    CONFIRMED = (Stage.CONFIRMED, Stage.PREPARED, Stage.CAME)

    session = models.ForeignKey(Session, models.PROTECT, related_name="candidacies", verbose_name=_("session"))
    role = models.ForeignKey(Role, models.PROTECT, related_name="candidacies", verbose_name=_("role"))
    speaker = models.ForeignKey(Speaker, models.PROTECT, related_name="candidacies", verbose_name=_("speaker"))
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.SPOTTED)
    position = models.PositiveSmallIntegerField(_("order"), default=0, validators=[MaxValueValidator(LAST_POSITION)])
    note = models.TextField(_("note"), blank=True, help_text=_("Never public."))

    objects = CandidacyQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["note"])

    class Meta:
        verbose_name = _("candidacy")
        verbose_name_plural = _("candidacies")
        ordering = ["session", "role__position", "position", "speaker"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "role", "speaker"],
                name="candidacy_once_per_session_and_role",
                violation_error_message=_("This person is already considered for this role in this session."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.speaker} ({self.role})"

    def clean(self) -> None:
        if self.role_id and self.session_id and self.role.format_id != self.session.format_id:
            message = _("The format of this session has no role “%(role)s”. Choose one of its own.")
            raise ValidationError({"role": ValidationError(message, "role", {"role": self.role.name})})
