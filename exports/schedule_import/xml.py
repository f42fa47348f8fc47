"""From bytes to an XML tree, without letting the file do anything else."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from lxml import etree

MAX_BYTES = 10_000_000
FORMATS = {b"{": "JSON", b"[": "JSON", b"BEGIN:": "iCalendar", b"%PDF": "PDF", b"PK\x03\x04": "ZIP, XLSX, ODS"}
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_MISMATCH = re.compile(r"mismatch: (?P<opened>\S+) line (?P<since>\d+) and (?P<closed>[^\s,]+)")
_ERRORS = etree.ErrorTypes


def read_xml(data: bytes) -> etree._Element:
    """The root of a well-formed document without a DOCTYPE, or ValidationError saying what to do.

    A DOCTYPE can hold entities that grow to gigabytes or name files of this machine; no schedule needs one.
    """
    if len(data) > MAX_BYTES:
        message = _("The file weighs more than %(limit)d MB, as no programme does: check that it is the right one.")
        raise ValidationError(message, code="weight", params={"limit": MAX_BYTES // 1_000_000})
    if not data.strip():
        raise ValidationError(_("The file is empty: download it again."), code="empty")
    if re.match(rb"\s*<(?:!doctype\s+html|html)\b", data, re.IGNORECASE):
        message = _("This is a web page, not a schedule.xml: download the file that the page links to.")
        raise ValidationError(message, code="html")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(data, error) from error
    if root.getroottree().docinfo.doctype:
        raise _doctype()
    return root


def _refusal(data: bytes, error: etree.XMLSyntaxError) -> ValidationError:
    """In words of our own: those of libxml2 are in English, and for people who know its insides."""
    if any(doctype in data for doctype in _DOCTYPES) or "entity" in error.msg:
        return _doctype()
    if error.code == _ERRORS.ERR_DOCUMENT_EMPTY:
        return _not_xml(data)
    line, column = (number or 1 for number in error.position)
    problem = None if _is_cut(data, error.code) else _problem(error)
    if problem is None:
        message = _("line %(line)d: the file stops before its end. Download it again, whole.")
        return ValidationError(message, code="cut", params={"line": line})
    message = _("line %(line)d, column %(column)d: %(problem)s")
    return ValidationError(message, code="xml", params={"line": line, "column": column, "problem": problem})


def _is_cut(data: bytes, code: int) -> bool:
    """Whatever comes last in an XML file ends with ``>``. The parser may have stopped before, at another fault."""
    is_ascii_at_the_end = data[-1] < 0x80  # or a character may have been cut in two
    if code == _ERRORS.ERR_DOCUMENT_END or (code == _ERRORS.ERR_INVALID_CHAR and is_ascii_at_the_end):
        return False
    return code == _ERRORS.ERR_TAG_NOT_FINISHED or not data.rstrip(b"\0 \t\r\n").endswith(b">")


def _problem(error: etree.XMLSyntaxError) -> str:
    if error.code == _ERRORS.ERR_INVALID_CHAR:
        return _("a control character that XML forbids. Take it out, or export the programme again.")
    if error.code in (_ERRORS.ERR_INVALID_ENCODING, _ERRORS.ERR_UNSUPPORTED_ENCODING):
        return _("the characters are not in the encoding that the file tells. Save it again in UTF-8.")
    if error.code == _ERRORS.ERR_UNDECLARED_ENTITY:
        return _("an entity of HTML, such as &nbsp;, which XML does not know. Write the character itself.")
    if error.code in (_ERRORS.ERR_NAME_REQUIRED, _ERRORS.ERR_ENTITYREF_SEMICOL_MISSING, _ERRORS.ERR_LT_IN_ATTRIBUTE):
        return _("a “&” or a “<” by itself in a text. Write it as &amp; or as &lt;.")
    if mismatch := _MISMATCH.search(error.msg):
        return (
            _("</%(closed)s> closes the <%(opened)s> of line %(since)s. Close each tag by its own.")
            % mismatch.groupdict()
        )
    return _("this is not well-formed XML. Download the file again, whole.")


def _not_xml(data: bytes) -> ValidationError:
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    found = next((name for first, name in FORMATS.items() if start.startswith(first)), "")
    if found:
        message = _("This is not XML but another format (%(format)s): ask for the programme as schedule.xml.")
        return ValidationError(message, code="format", params={"format": found})
    return ValidationError(_("This is not XML: ask for the programme as schedule.xml."), code="format")


def _doctype() -> ValidationError:
    message = _("The file has a DOCTYPE, which can hide a bomb of entities: take it out, then import again.")
    return ValidationError(message, code="doctype")
