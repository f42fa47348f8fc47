from sessions.models.chosen_edition import ChosenEdition
from sessions.models.edition import Edition
from sessions.models.format import Audience, Format, Role
from sessions.models.notices import AccessibilityStatement, LegalNotice, PrivacyNotice
from sessions.models.saved_list import SavedList
from sessions.models.sequence import Colour, Motif, Sequence
from sessions.models.session import Session

__all__ = [
    "AccessibilityStatement",
    "Audience",
    "ChosenEdition",
    "Colour",
    "Edition",
    "Format",
    "LegalNotice",
    "Motif",
    "PrivacyNotice",
    "Role",
    "SavedList",
    "Sequence",
    "Session",
]
