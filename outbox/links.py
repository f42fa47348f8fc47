"""Personal links: the right to act without an account. Derived from the row they open, never stored.

The token is the row's public identifier followed by a signature over purpose, identifier and version. Raising
the version on the row revokes every link made before; when a link runs out is for the row to say.

A link with ``minutes`` is good for so long after its token is made, which is when its mail leaves: the token tells its
end between the two, signed with the rest.
"""

import base64
import binascii
import dataclasses as dc
import datetime as dt
from typing import Self
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "outbox.links"
IDENTIFIER_BYTES = 16
SIGNATURE_BYTES = 16  # 128 bits
END_BYTES = 5  # seconds since 1970


@dc.dataclass(frozen=True, slots=True)
class PersonalLink:
    """``str()`` is the placeholder that stands in a stored message where the sender will write the token."""

    purpose: str
    public_id: UUID
    version: int
    minutes: int = 0  # 0: good until it is revoked

    def __str__(self) -> str:
        end = f":{self.minutes}" if self.minutes else ""
        return f"~{self.purpose}:{self.public_id.hex}:{self.version}{end}~"

    @classmethod
    def from_placeholder(cls, placeholder: str) -> Self:
        purpose, identifier, *numbers = placeholder.strip("~").split(":")
        return cls(purpose, UUID(identifier), *map(int, numbers))

    @property
    def token(self) -> str:
        """Of a link with ``minutes``, one that is good from now."""
        end = timezone.now() + dt.timedelta(minutes=self.minutes) if self.minutes else None
        return self._token(settings.SECRET_KEY, int(end.timestamp()).to_bytes(END_BYTES) if end else b"")

    def is_opened_by(self, token: str) -> bool:
        end = _end_of(token)
        return self.is_signed(token) and (not end or int.from_bytes(end) > timezone.now().timestamp())

    def is_signed(self, token: str) -> bool:
        """Whether the token was made for this link, be its time over or not.

        Tokens signed with a former key stay good as long as that key is among the fallbacks.
        """
        end = _end_of(token)
        if bool(end) != bool(self.minutes):
            return False
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return any(constant_time_compare(self._token(key, end), token) for key in keys)

    def once_opened(self, token: str) -> bool:
        """Whether the token was made for this link or an earlier version: revoked since, or its time over."""
        return any(dc.replace(self, version=version).is_signed(token) for version in range(1, self.version + 1))

    def _token(self, key: str, end: bytes) -> str:
        value = f"{self.purpose}:{self.public_id.hex}:{self.version}" + (f":{end.hex()}" if end else "")
        signature = salted_hmac(SALT, value, secret=key, algorithm="sha256").digest()[:SIGNATURE_BYTES]
        return base64.urlsafe_b64encode(self.public_id.bytes + end + signature).decode().rstrip("=")


def public_id_of(token: str) -> UUID | None:
    """Whose row the token claims to open; to be checked with ``is_opened_by``. None when it is not a token."""
    data = _decoded(token)
    return UUID(bytes=data[:IDENTIFIER_BYTES]) if data else None


def _end_of(token: str) -> bytes:
    """When it says to run out; empty for one that tells no time."""
    return (_decoded(token) or b"")[IDENTIFIER_BYTES:-SIGNATURE_BYTES]


def _decoded(token: str) -> bytes | None:
    try:
        data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    plain = IDENTIFIER_BYTES + SIGNATURE_BYTES
    return data if len(data) in (plain, plain + END_BYTES) else None
