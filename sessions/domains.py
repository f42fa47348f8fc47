"""Domains of e-mail addresses that may register: read from what the staff writes, and compared with an address."""

import dataclasses as dc
from collections.abc import Iterator
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name
from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from outbox.addresses import normalise

MOST_DOMAINS = 50


@dc.dataclass(frozen=True, slots=True)
class Domains:
    names: tuple[str, ...]  # in ASCII
    with_subdomains: bool

    @classmethod
    def of(cls, text: str, *, with_subdomains: bool) -> Self:
        """``text``: what a ``DomainsField`` keeps."""
        return cls(tuple(text.split()), with_subdomains)

    def admit(self, email_key: str) -> bool:
        """Whether the normalised address is of one of them: ``evil-gouv.fr`` is not of ``gouv.fr``."""
        domain = email_key.rpartition("@")[2]
        if self.with_subdomains:
            return any(f".{domain}".endswith(f".{name}") for name in self.names)
        return domain in self.names

    def __str__(self) -> str:
        """As people read them."""
        listed = ", ".join(map(readable, self.names))
        if not self.with_subdomains:
            return listed
        told = ngettext("%(domains)s and its subdomains", "%(domains)s and their subdomains", len(self.names))
        return told % {"domains": listed}


class DomainsField(models.TextField):
    """One domain a line, kept in ASCII and small letters."""

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        return clean_domains(super().clean(value, model_instance))

    def deconstruct(self) -> Any:
        """To migrations a text: what is read into it is no matter of the database."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


def clean_domains(text: str) -> str:
    """Each domain once, in the order in which they were written. ValidationError names what is none."""
    found = dict.fromkeys(_ascii(line) for line in _lines(text))
    if len(found) > MOST_DOMAINS:
        raise ValidationError(_("Give at most %(most)d domains."), code="many", params={"most": MOST_DOMAINS})
    return "\n".join(found)


def readable(domain: str) -> str:
    try:
        return domain.encode().decode("idna")
    except UnicodeError:
        return domain


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


def _ascii(line: str) -> str:
    domain = normalise(f"@{line}").removeprefix("@").removesuffix(".")
    try:
        validate_domain_name(domain)
        if not domain.isascii() or "@" in line:
            raise ValidationError("")
    except ValidationError as error:
        message = gettext("“%(line)s” is not a domain. Write what follows the @, without * or /: culture.gouv.fr")
        raise ValidationError(message, code="domain", params={"line": line}) from error
    return domain
