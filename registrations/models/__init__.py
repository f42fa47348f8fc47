from registrations.models.employer import Branch, Employer, Region
from registrations.models.registration import Registration, RegistrationQuerySet
from registrations.models.transition import Transition

__all__ = ["Branch", "Employer", "Region", "Registration", "RegistrationQuerySet", "Transition"]
