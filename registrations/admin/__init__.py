from registrations.admin.access_needs import AccessNeedAdmin
from registrations.admin.notices import NoticeAdmin
from registrations.admin.registrations import EmployerAdmin, RegistrationAdmin

__all__ = ["AccessNeedAdmin", "EmployerAdmin", "NoticeAdmin", "RegistrationAdmin"]
