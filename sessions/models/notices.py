"""What the law asks each edition to say: personal data, legal notice, accessibility."""

import datetime as dt

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from sessions.models.edition import Edition

AUDIT_VALIDITY = dt.timedelta(days=3 * 365)


class PrivacyNotice(models.Model):
    """Articles 13 and 14 of the GDPR, as the edition answers them."""

    edition = models.OneToOneField(Edition, models.CASCADE, related_name="privacy_notice", verbose_name=_("edition"))
    controller = models.TextField(_("controller"), help_text=_("Who decides why and how the data is used."))
    processor = models.TextField(_("processor"), blank=True)
    host = models.TextField(_("host"), blank=True)
    dpo_contact = models.CharField(_("data protection officer"), max_length=250)
    purpose = models.TextField(_("purpose"))
    legal_basis = models.TextField(_("legal basis"))
    recipients = models.TextField(_("recipients"))
    retention_days = models.PositiveSmallIntegerField(
        _("days kept after the week"),
        default=365,
        validators=[MaxValueValidator(3_650)],
        help_text=_("Then names and addresses are erased; counts remain."),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("personal data notice")
        verbose_name_plural = _("personal data notices")

    def __str__(self) -> str:
        return str(self.edition)

    @property
    def kept_until(self) -> dt.date:
        return self.edition.ends_on + dt.timedelta(days=self.retention_days)


class LegalNotice(models.Model):
    edition = models.OneToOneField(Edition, models.CASCADE, related_name="legal_notice", verbose_name=_("edition"))
    publisher = models.TextField(_("publisher"))
    director = models.CharField(_("director of publication"), max_length=250)
    host = models.TextField(_("host"))
    credits = models.TextField(_("credits and licences"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("legal notice")
        verbose_name_plural = _("legal notices")

    def __str__(self) -> str:
        return str(self.edition)


class AccessibilityStatement(models.Model):
    """The statement of article 47 of the law of 11 February 2005; the status comes from the last audit."""

    edition = models.OneToOneField(
        Edition, models.CASCADE, related_name="accessibility_statement", verbose_name=_("edition")
    )
    organisation = models.CharField(_("organisation"), max_length=250)
    audited_on = models.DateField(_("date of the last audit"), null=True, blank=True)
    audited_by = models.CharField(_("auditor"), max_length=250, blank=True)
    rate = models.PositiveSmallIntegerField(
        _("share of criteria met (%)"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    established_on = models.DateField(_("statement made on"))
    shortcomings = models.TextField(_("content that is not accessible"), blank=True)
    exemptions = models.TextField(_("disproportionate burden and exemptions"), blank=True)
    technologies = models.CharField(_("technologies"), max_length=250, default="HTML, CSS, SVG, PDF")
    tests = models.TextField(_("test environment and tools"), blank=True)
    contact = models.CharField(_("accessibility contact"), max_length=250)
    plan_link = models.URLField(_("multi-year plan"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("accessibility statement")
        verbose_name_plural = _("accessibility statements")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rate__isnull=True) | models.Q(rate__lte=100),
                name="accessibility_rate_at_most_100",
                violation_error_message=_("A share of criteria is between 0 and 100."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.edition)

    def status(self, today: dt.date) -> str:
        """``full``, ``partial`` or ``none``. Without an audit of the last three years the law's word is “none”."""
        if self.audited_on is None or self.rate is None:
            return "none"
        if not today - AUDIT_VALIDITY <= self.audited_on <= today:
            return "none"
        if self.rate == 100:
            return "full"
        return "partial" if self.rate >= 50 else "none"
