"""The employer that a person means: one of the edition's list, or what resembles it."""

import pytest

from registrations.employers import find_employer
from sessions.models import Edition
from tests.factories import EditionFactory, EmployerFactory

LISTED = ["Conseil de la ville de Nîmes", "Ville de Nîmes", "Ville de Nantes"]


@pytest.fixture
def edition(db) -> Edition:
    edition = EditionFactory()
    for name in LISTED:
        EmployerFactory(edition=edition, name=name)
    EmployerFactory(name="Ville de Lyon")  # of another edition
    return edition


@pytest.mark.parametrize(
    ("typed", "meant", "like", "queries"),
    [
        ("Ville de Nîmes", "Ville de Nîmes", [], 1),
        ("ville de nimes", "Ville de Nîmes", [], 3),
        ("ville nimes", None, ["Conseil de la ville de Nîmes", "Ville de Nîmes"], 3),
        ("ville de n", None, ["Ville de Nantes", "Ville de Nîmes", "Conseil de la ville de Nîmes"], 3),
        ("Ville de Lyon", None, [], 2),
        ("…", None, [], 2),
    ],
)
def test_who_is_meant(edition, django_assert_num_queries, typed, meant, like, queries):
    with django_assert_num_queries(queries):
        found, resembling = find_employer(edition, typed)

    assert (found.name if found else None) == meant
    assert [employer.name for employer in resembling] == like


def test_a_name_corrected_in_the_list_is_found_at_once(edition):
    find_employer(edition, "mairie de nantes")
    edition.employers.filter(name="Ville de Nantes").update(name="Mairie de Nantes")

    found, _resembling = find_employer(edition, "mairie de nantes")

    assert found.name == "Mairie de Nantes"
