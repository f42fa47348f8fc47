from registrations.models.access_need import AccessNeed
from registrations.models.answered_form import AnsweredForm
from registrations.models.employer import Branch, Employer, Region
from registrations.models.invitation import Invitation, InvitationQuerySet
from registrations.models.mail_text import MailText
from registrations.models.mailing import Mailing
from registrations.models.notice import Notice, NoticeQuerySet
from registrations.models.participant import Participant
from registrations.models.question import Answer, Question
from registrations.models.registration import Registration, RegistrationQuerySet
from registrations.models.transition import Transition
from registrations.models.unclaimed import Unclaimed
from registrations.models.walk_in import WalkIn

__all__ = [
    "AccessNeed",
    "Answer",
    "AnsweredForm",
    "Branch",
    "Employer",
    "Invitation",
    "InvitationQuerySet",
    "MailText",
    "Mailing",
    "Notice",
    "NoticeQuerySet",
    "Participant",
    "Question",
    "Region",
    "Registration",
    "RegistrationQuerySet",
    "Transition",
    "Unclaimed",
    "WalkIn",
]
