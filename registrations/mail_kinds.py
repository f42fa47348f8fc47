"""What a mail is made of: its words, its button, and the placeholders that it knows and asks for."""

import dataclasses as dc
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise

from outbox import wording
from registrations.placeholders import ALWAYS_REQUIRED, EVERYWHERE, blocks, inline

Words = str | Promise


@dc.dataclass(frozen=True, slots=True)
class Wording:
    """With placeholders. Without a heading, the subject stands at the head."""

    subject: str
    heading: str
    body: str


@dc.dataclass(frozen=True, slots=True)
class Mail:
    name: Words  # for the staff
    subject: Words
    heading: Words
    body: tuple[Words, ...]  # paragraphs
    button: Words = ""
    page: str = "detail"  # that the button opens, of the addresses of ``registrations``
    query: str = ""
    common: tuple[str, ...] = EVERYWHERE  # placeholders that other mails know too
    own: tuple[str, ...] = ()  # those beside
    required: tuple[str, ...] = ()  # of them, in the body
    in_subject: tuple[str, ...] = ()  # required there too
    note: Words = ""  # for who writes its words

    @property
    def wording(self) -> Wording:
        """In the active language."""
        return Wording(str(self.subject), str(self.heading), "\n\n".join(map(str, self.body)))

    @property
    def placeholders(self) -> tuple[str, ...]:
        return (*self.common, *self.own)

    @property
    def all_required(self) -> tuple[str, ...]:
        return (*(name for name in ALWAYS_REQUIRED if name in self.placeholders), *self.required)

    def check(self, words: Wording) -> None:
        """ValidationError, by field: what would lose something that people need, or not be understood."""
        of_line = inline(self.placeholders)
        asked: dict[str, dict[str, Any]] = {
            "subject": {"inline": of_line, "required": self.in_subject},
            "heading": {"inline": of_line},
            "body": {"inline": of_line, "blocks": blocks(self.placeholders), "required": self.all_required},
        }
        errors: dict[str, ValidationError] = {}
        for field, options in asked.items():
            try:
                wording.check(getattr(words, field), **options)
            except ValidationError as error:
                errors[field] = error
        if errors:
            raise ValidationError(errors)
