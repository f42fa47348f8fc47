from registrations.admin.registrations import EmployerAdmin, RegistrationAdmin

__all__ = ["EmployerAdmin", "RegistrationAdmin"]
