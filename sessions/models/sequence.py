from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from sessions.models.edition import Edition
from sessions.models.format import LAST_POSITION, Format

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from sessions.models.session import Session


class Colour(models.TextChoices):
    """Pairs of the State palette; the neutral theme gives them other values (static/css)."""

    BLUE = "blue-cumulus", _("blue")
    GREEN = "green-emeraude", _("green")
    PINK = "purple-glycine", _("purple")
    ORANGE = "orange-terre-battue", _("orange")
    YELLOW = "yellow-moutarde", _("yellow")
    BROWN = "brown-cafe-creme", _("brown")
    MINT = "green-menthe", _("mint")


class Motif(models.TextChoices):
    """Drawings of static/img/motifs, one file each."""

    FALL = "fall", _("a fall and its rebound")
    DESKS = "desks", _("a plan of desks")
    SCALES = "scales", _("scales")
    BRICKS = "bricks", _("bricks")
    PATH = "path", _("a path")
    VOICES = "voices", _("voices")


class Sequence(models.Model):
    """A thread of the week: the fail camp, the bureau du futur, the hackathons."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="sequences", verbose_name=_("edition"))
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("address of the page"))
    lead = models.CharField(_("in one sentence"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True, help_text=_("Markdown."))
    format = models.ForeignKey(
        Format, models.PROTECT, related_name="sequences", verbose_name=_("usual format"), null=True, blank=True
    )
    colour = models.CharField(_("colour"), max_length=30, choices=Colour, default=Colour.BLUE)
    motif = models.CharField(_("drawing"), max_length=20, choices=Motif, default=Motif.PATH)
    is_highlight = models.BooleanField(_("highlight"), default=False, help_text=_("Shown large on the home page."))
    position = models.PositiveSmallIntegerField(_("order"), default=0, validators=[MaxValueValidator(LAST_POSITION)])
    one_slot_per_person = models.BooleanField(
        _("one slot per person"),
        default=True,
        help_text=_("When its sessions are slots: whoever has a seat in one gives it back to take another."),
    )

    history = HistoricalRecords()

    if TYPE_CHECKING:
        sessions: RelatedManager["Session"]

    class Meta:
        verbose_name = _("sequence")
        verbose_name_plural = _("sequences")
        ordering = ["edition", "position", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "slug"],
                name="sequence_slug_once_per_edition",
                violation_error_message=_("This edition already has a sequence at this address."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
