from publishing.search import fold
from registrations.models import Employer
from sessions.models import Edition


def find_employer(edition: Edition, name: str) -> Employer | None:
    """The one of the edition's list that a person means by ``name``: accents and case do not count."""
    listed = Employer.objects.filter(edition=edition)
    exact = listed.filter(name=name).first()
    return exact or next((employer for employer in listed if fold(employer.name) == fold(name)), None)
