from sessions.admin.editions import EditionAdmin
from sessions.admin.formats import AudienceAdmin, FormatAdmin
from sessions.admin.sequences import SequenceAdmin
from sessions.admin.sessions import SessionAdmin

__all__ = ["AudienceAdmin", "EditionAdmin", "FormatAdmin", "SequenceAdmin", "SessionAdmin"]
