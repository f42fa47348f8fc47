"""From bytes to an XML tree, without letting the file do anything else."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from lxml import etree

MAX_BYTES = 10_000_000


def read_xml(data: bytes) -> etree._Element:
    """The root of a well-formed document without a DOCTYPE, or ValidationError saying what to do.

    A DOCTYPE can hold entities that grow to gigabytes or name files of this machine; no schedule needs one.
    """
    if len(data) > MAX_BYTES:
        message = _("The file weighs more than %(limit)d MB, as no programme does: check that it is the right one.")
        raise _refusal(message, "weight", limit=MAX_BYTES // 1_000_000)
    if not data.strip():
        raise _refusal(_("The file is empty: download it again."), "empty")
    if re.match(rb"\s*<(?:!doctype\s+html|html)\b", data, re.IGNORECASE):
        raise _refusal(_("This is a web page, not a schedule.xml: download the file that the page links to."), "html")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if b"<!DOCTYPE" in data or "entity" in (error.msg or ""):
            raise _doctype() from error
        message = _("line %(line)d: this is not well-formed XML (%(detail)s). Download the file again, whole.")
        raise _refusal(message, "xml", line=error.lineno or 1, detail=_plain(error.msg)) from error
    if root.getroottree().docinfo.doctype:
        raise _doctype()
    return root


def _doctype() -> ValidationError:
    message = _("The file has a DOCTYPE, which can hide a bomb of entities: take it out, then import again.")
    return ValidationError(message, code="doctype")


def _refusal(message: str, code: str, **params: object) -> ValidationError:
    return ValidationError(message, code=code, params=params or None)


def _plain(detail: str | None) -> str:
    return re.sub(r", line \d+, column \d+.*", "", detail or "").strip()
