from registrations.admin.access_needs import AccessNeedAdmin
from registrations.admin.invitations import InvitationAdmin
from registrations.admin.mail_texts import MailTextAdmin
from registrations.admin.mailings import MailingAdmin
from registrations.admin.notices import NoticeAdmin
from registrations.admin.registrations import EmployerAdmin, RegistrationAdmin

__all__ = [
    "AccessNeedAdmin",
    "EmployerAdmin",
    "InvitationAdmin",
    "MailTextAdmin",
    "MailingAdmin",
    "NoticeAdmin",
    "RegistrationAdmin",
]
