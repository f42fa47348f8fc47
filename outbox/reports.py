"""Delivery reports: RFC 3464, and what servers write instead. Pure: bytes in, what they say out."""

import dataclasses as dc
import logging
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message as Mail
from email.utils import getaddresses, parseaddr
from typing import Any

from flufl.bounce import all_failures

from outbox.addresses import normalise
from outbox.reasons import code_in

logger = logging.getLogger(__name__)

LONGEST_DIAGNOSTIC = 500
_ROBOTS = {"mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"}
_NAMED = re.compile(
    r"^[>\s]*(?:Message-ID|In-Reply-To|References)\s*:((?:[^\n]|\n[ \t])*)", re.IGNORECASE | re.MULTILINE
)
_IDENTIFIER = re.compile(r"<[^<>\s]+@[^<>\s]+>")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")  # RFC 3461, section 4


@dc.dataclass(frozen=True, slots=True)
class Report:
    recipients: frozenset[str]  # normalised; whom the mail did not reach
    is_permanent: bool  # the server gave up; else it goes on trying
    code: str  # of RFC 3463, such as “5.1.1”; "" when the report has none
    diagnostic: str  # the server's own words
    identifiers: frozenset[str]  # Message-IDs that the report names, that of the returned mail among them
    envelope: frozenset[str]  # the addresses that the report itself was sent to


def read(raw: bytes) -> Report | None:
    """None when it is no report of a failure or a delay, whatever else it is."""
    mail = message_from_bytes(raw)
    try:
        return _read(mail) if _is_automatic(mail) else None
    except Exception:  # a broken or hostile mail must not keep the others from being read
        logger.warning("A mail that looks like a delivery report cannot be read.", exc_info=True)
        return None


def _read(mail: Mail) -> Report | None:
    delayed, failed = all_failures(mail)
    if not delayed and not failed:
        return None
    found = failed or delayed
    actions = ("fail", "error") if failed else ("delay",)
    blocks = [block for block in _blocks(mail) if _action(block).startswith(actions)]
    named = [address for block in blocks for address in _recipients(block)]
    diagnostic = _diagnostic(blocks) or _first_text(mail)
    return Report(
        recipients=frozenset(normalise(address) for address in [*map(_decoded, found), *named] if "@" in address),
        is_permanent=bool(failed),
        code=code_in(" ".join([diagnostic, *(str(block.get("Status", "")) for block in blocks)])),
        diagnostic=" ".join(diagnostic.split())[:LONGEST_DIAGNOSTIC],
        identifiers=frozenset(_identifiers(mail)),
        envelope=frozenset(_envelope(mail)),
    )


def _is_automatic(mail: Mail) -> bool:
    """Written by a server: what a person forwards or answers is for people to read."""
    sender = parseaddr(str(mail.get("From", "")))[1].partition("@")[0].casefold()
    return (
        mail.get_content_type() == "multipart/report"
        or str(mail.get("Return-Path", "")).strip() == "<>"
        or sender in _ROBOTS
    )


def _blocks(mail: Mail) -> Iterator[Mail]:
    """What a report in the form of RFC 3464 says of each recipient."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            blocks: Any = part.get_payload()
            yield from (block for block in blocks if "Final-Recipient" in block or "Original-Recipient" in block)


def _action(block: Mail) -> str:
    return str(block.get("Action", "")).strip().casefold()


def _recipients(block: Mail) -> Iterator[str]:
    for name in ("Original-Recipient", "Final-Recipient"):
        address = str(block.get(name, "")).rpartition(";")[2].strip().strip("<>")
        yield address
        yield _XTEXT.sub(lambda found: chr(int(found.group(1), 16)), address)


def _diagnostic(blocks: list[Mail]) -> str:
    return " ".join(str(block.get("Diagnostic-Code", "")) for block in blocks).strip()


def _texts(mail: Mail) -> Iterator[str]:
    for part in mail.walk():
        if part.get_content_maintype() == "text" or part.get_content_type() == "message/rfc822-headers":
            payload = part.get_payload(decode=True)
            yield payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _first_text(mail: Mail) -> str:
    return next(_texts(mail), "")


def _identifiers(mail: Mail) -> Iterator[str]:
    """Of the returned mail, where it is attached, or quoted; Exchange names it as what the report answers to."""
    for part in mail.walk():
        for name in ("Message-ID", "In-Reply-To", "References"):
            yield from _IDENTIFIER.findall(str(part.get(name, "")))
    for text in _texts(mail):
        for line in _NAMED.findall(text):
            yield from _IDENTIFIER.findall(line)


def _envelope(mail: Mail) -> Iterator[str]:
    names = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
    headers = [str(value) for name in names for value in mail.get_all(name, [])]
    yield from (address.casefold() for _name, address in getaddresses(headers) if address)


def _decoded(address: bytes) -> str:
    return address.decode("ascii", "replace")
