"""What the browser that sent a form keeps for an hour: enough to show the page after it, and to correct the address.

A signed cookie of what the person typed, so that the page tells a stranger nothing that is stored here.
"""

import dataclasses as dc
import json
from typing import Any, Self
from uuid import UUID, uuid5

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from innovation_week.durations import CORRECTIONS
from registrations.addresses import normalise
from registrations.models import Employer
from registrations.services import Applicant

COOKIE = "registration"
SALT = "registrations.receipt"
MAX_AGE = int(CORRECTIONS.total_seconds())
MAX_BYTES = 3800  # a browser refuses more than 4096 with the attributes


class _Utf8:
    """JSON in UTF-8: a long name in any script then fits in a cookie, where ``\\u`` escapes would not."""

    def dumps(self, data: Any) -> bytes:
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


@dc.dataclass(frozen=True, slots=True)
class Receipt:
    code: str  # of the session
    key: UUID  # of the form
    sent: UUID  # what the form proposed with the address that was typed first
    registration: UUID  # what this browser may correct, if it is anything
    deadline: str  # ISO; empty on the waiting list
    applicant: Applicant

    @classmethod
    def of(cls, code: str, key: UUID, deadline: str, applicant: Applicant) -> Self:
        proposed = identifier(code, key, applicant.email)
        return cls(code, key, proposed, proposed, deadline, applicant)

    @classmethod
    def read(cls, request: HttpRequest, code: str) -> Self | None:
        """None without a receipt of this session; one written by another version of the software is none either."""
        try:
            data: dict[str, Any] = signing.loads(request.COOKIES[COOKIE], salt=SALT, serializer=_Utf8, max_age=MAX_AGE)
            listed = data["applicant"].pop("employer")
            employer = Employer.objects.filter(pk=listed).first() if listed else None
            applicant = Applicant(**data["applicant"], employer=employer)
            key, sent, registration = (UUID(data[name]) for name in ("key", "sent", "registration"))
            receipt = cls(data["code"], key, sent, registration, data["deadline"], applicant)
        except (KeyError, TypeError, ValueError, signing.BadSignature):
            return None
        return receipt if receipt.code == code else None

    @classmethod
    def read_again(cls, request: HttpRequest, code: str, sent: UUID) -> Self | None:
        """Of this very form, which this browser sent before: its address may have been corrected since."""
        receipt = cls.read(request, code)
        return receipt if receipt is not None and receipt.sent == sent else None

    @property
    def form(self) -> UUID:
        """The form that was sent, whatever its address has become."""
        return uuid5(self.key, self.code)

    @property
    def is_waiting(self) -> bool:
        return not self.deadline

    def with_email(self, email: str) -> Self:
        corrected = dc.replace(self.applicant, email=email)
        return dc.replace(self, registration=identifier(self.code, self.key, email), applicant=corrected)

    def about(self, registration: UUID) -> Self:
        return dc.replace(self, registration=registration)

    def keep(self, response: HttpResponse, *, path: str) -> None:
        employer = self.applicant.employer
        data = {
            "code": self.code,
            "key": self.key.hex,
            "sent": self.sent.hex,
            "registration": self.registration.hex,
            "deadline": self.deadline,
            "applicant": self.applicant.columns
            | {"employer": employer.pk if employer else None, "invitation": self.applicant.invitation},
        }
        value = signing.dumps(data, salt=SALT, serializer=_Utf8, compress=True)
        if len(value) <= MAX_BYTES:
            response.set_cookie(
                COOKIE,
                value,
                max_age=MAX_AGE,
                path=path,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )


def identifier(code: str, key: UUID, email: str) -> UUID:
    """The identifier that a form proposes for a session and an address: the same whenever it is sent again."""
    return uuid5(key, f"{code}:{normalise(email)}")
