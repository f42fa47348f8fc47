"""Deliverables of the contract: what the agency hands over, as a file or as a published programme."""

import datetime as dt
import os
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.deconstruct import deconstructible
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from publishing.models import Release
from sessions.models import Edition
from sessions.text import validate_one_line, validate_text

LARGEST_FILE = 20  # MB
_ZIP, _PDF = b"PK\x03\x04", b"%PDF-"
# What each kind of file begins with: a name is easily changed.
BEGINNINGS = {
    "pdf": _PDF,
    "docx": _ZIP,
    "xlsx": _ZIP,
    "pptx": _ZIP,
    "odt": _ZIP,
    "ods": _ZIP,
    "odp": _ZIP,
    "zip": _ZIP,
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
}


@deconstructible
class PrivateStorage(FileSystemStorage):
    """Outside of what is served: only the back-office hands a file out, to whoever may see its deliverable."""

    @property
    def base_location(self) -> str:
        return str(settings.DELIVERABLES_ROOT)

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)

    def url(self, name: str | None) -> str:
        return reverse("admin:exports_deliverable_file", args=[name])


def extension_of(name: str) -> str:
    return os.path.splitext(name)[1].lower().lstrip(".")


def stored_name(deliverable: "Deliverable", filename: str) -> str:
    """A name of ours: that which somebody gave may hold anything."""
    return f"{uuid4().hex}.{extension_of(filename)}"


def validate_content(file: Any) -> None:
    if getattr(file, "_committed", False):
        return  # was checked when it came
    if file.size > LARGEST_FILE * 1024 * 1024:
        raise ValidationError(_("The file is larger than %(most)d MB."), code="large", params={"most": LARGEST_FILE})
    beginning = BEGINNINGS.get(extension_of(file.name), b"")
    file.seek(0)
    found = file.read(len(beginning))
    file.seek(0)
    if found != beginning:
        message = _("The content of the file is not what its name says: save it again in the format of its name.")
        raise ValidationError(message, code="content")


class DeliverableQuerySet(models.QuerySet["Deliverable"]):
    def awaited(self) -> Self:
        return self.filter(delivered_on__isnull=True)

    def late(self, today: dt.date) -> Self:
        return self.awaited().filter(due_on__lt=today)

    def to_accept(self) -> Self:
        return self.filter(delivered_on__isnull=False, accepted_on__isnull=True)

    def accepted(self) -> Self:
        return self.filter(accepted_on__isnull=False)


class Deliverable(models.Model):
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="deliverables", verbose_name=_("edition"))
    title = models.CharField(_("deliverable"), max_length=200, validators=[validate_one_line])
    due_on = models.DateField(_("due"))
    delivered_on = models.DateField(_("delivered"), null=True, blank=True)
    accepted_on = models.DateField(_("accepted"), null=True, blank=True)
    accepted_by = models.CharField(
        _("accepted by"),
        max_length=150,
        blank=True,
        validators=[validate_one_line],
        help_text=_("Name and function of the person, on the side of the administration."),
    )
    file = models.FileField(
        _("file"),
        storage=PrivateStorage(),
        upload_to=stored_name,
        blank=True,
        validators=[FileExtensionValidator([*BEGINNINGS]), validate_content],
        help_text=_("PDF, office document, PNG, JPG or ZIP, 20 MB at most. Only the staff can open it."),
    )
    release = models.ForeignKey(
        Release,
        models.PROTECT,
        related_name="deliverables",
        verbose_name=_("release"),
        null=True,
        blank=True,
        help_text=_("When what is delivered is the published programme."),
    )
    note = models.TextField(_("note"), blank=True, validators=[validate_text])

    objects = DeliverableQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        ordering = ["edition", "due_on", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_on__isnull=True) | Q(delivered_on__isnull=False),
                name="deliverable_accepted_once_delivered",
                violation_error_message=_("What is accepted was delivered: give that date too."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_on__isnull=True, accepted_by="")
                | (Q(accepted_on__isnull=False) & ~Q(accepted_by="")),
                name="deliverable_accepted_by_somebody",
                violation_error_message=_("Say who accepted it and on which day: both, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.release and self.edition_id and self.release.edition_id != self.edition_id:
            raise ValidationError({"release": ValidationError(_("Choose a release of this edition."), "edition")})

    def is_late(self, today: dt.date) -> bool:
        return self.delivered_on is None and self.due_on < today

    @property
    def file_name(self) -> str:
        """What the file is called on the machine of who downloads it."""
        return f"{slugify(self.title) or 'livrable'}.{extension_of(self.file.name or '')}"

    def accept(self, *, by: str, on: dt.date) -> None:
        """The first acceptance stands. Raises ValidationError when it was not delivered, or delivered after."""
        if self.accepted_on is not None:
            return
        if self.delivered_on and on < self.delivered_on:
            raise ValidationError(_("“%s” was delivered after that day.") % self, code="before")
        self.accepted_by, self.accepted_on = by, on
        self.full_clean()
        self.save(update_fields=["accepted_by", "accepted_on"])
