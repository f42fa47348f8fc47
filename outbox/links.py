"""Personal links: the right to act without an account. Derived from the row they open, never stored.

The token is the row's public identifier followed by a signature over purpose, identifier and version. Raising
the version on the row revokes every link made before; when a link runs out is for the row to say.
"""

import base64
import binascii
import dataclasses as dc
from typing import Self
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "outbox.links"
IDENTIFIER_BYTES = 16
SIGNATURE_BYTES = 16  # 128 bits


@dc.dataclass(frozen=True, slots=True)
class PersonalLink:
    """``str()`` is the placeholder that stands in a stored message where the sender will write the token."""

    purpose: str
    public_id: UUID
    version: int

    def __str__(self) -> str:
        return f"~{self.purpose}:{self.public_id.hex}:{self.version}~"

    @classmethod
    def from_placeholder(cls, placeholder: str) -> Self:
        purpose, identifier, version = placeholder.strip("~").split(":")
        return cls(purpose, UUID(identifier), int(version))

    @property
    def token(self) -> str:
        return self._token(settings.SECRET_KEY)

    def is_opened_by(self, token: str) -> bool:
        """Tokens signed with a former key stay good as long as that key is among the fallbacks."""
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        return any(constant_time_compare(self._token(key), token) for key in keys)

    def has_replaced(self, token: str) -> bool:
        """Whether the token is of an earlier version, revoked since."""
        return any(dc.replace(self, version=version).is_opened_by(token) for version in range(1, self.version))

    def _token(self, key: str) -> str:
        value = f"{self.purpose}:{self.public_id.hex}:{self.version}"
        signature = salted_hmac(SALT, value, secret=key, algorithm="sha256").digest()[:SIGNATURE_BYTES]
        return base64.urlsafe_b64encode(self.public_id.bytes + signature).decode().rstrip("=")


def public_id_of(token: str) -> UUID | None:
    """Whose row the token claims to open; to be checked with ``is_opened_by``. None when it is not a token."""
    try:
        data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    return UUID(bytes=data[:IDENTIFIER_BYTES]) if len(data) == IDENTIFIER_BYTES + SIGNATURE_BYTES else None
