from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from sessions.models import Edition
from sessions.text import validate_one_line


class Branch(models.TextChoices):
    """The *versants* of the civil service."""

    STATE = "state", _("State")
    LOCAL = "local", _("Local government")
    HOSPITAL = "hospital", _("Hospitals")
    OTHER = "other", _("Other")


class Region(models.TextChoices):
    """The eighteen regions of France (INSEE, official geographical code), and elsewhere."""

    ARA = "84", "Auvergne-Rhône-Alpes"
    BFC = "27", "Bourgogne-Franche-Comté"
    BRE = "53", "Bretagne"
    CVL = "24", "Centre-Val de Loire"
    COR = "94", "Corse"
    GES = "44", "Grand Est"
    GUA = "01", "Guadeloupe"
    GUF = "03", "Guyane"
    HDF = "32", "Hauts-de-France"
    IDF = "11", "Île-de-France"
    LRE = "04", "La Réunion"
    MTQ = "02", "Martinique"
    MAY = "06", "Mayotte"
    NOR = "28", "Normandie"
    NAQ = "75", "Nouvelle-Aquitaine"
    OCC = "76", "Occitanie"
    PDL = "52", "Pays de la Loire"
    PAC = "93", "Provence-Alpes-Côte d’Azur"
    ELSEWHERE = "99", _("Elsewhere")


class Employer(models.Model):
    """An employer that people of an edition choose from a list."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="employers", verbose_name=_("edition"))
    name = models.CharField(_("name"), max_length=200, validators=[validate_one_line])
    branch = models.CharField(_("branch of the civil service"), max_length=10, choices=Branch)
    region = models.CharField(_("region"), max_length=2, choices=Region)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "name"],
                name="employer_once_per_edition",
                violation_error_message=_("This employer is already in the list of the edition."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
