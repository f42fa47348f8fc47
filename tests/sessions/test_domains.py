"""Domains whose addresses may register: how they are written, and which addresses are of them."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from outbox.addresses import normalise
from sessions.domains import Domains, clean_domains
from sessions.models import Session
from tests.factories import SessionFactory


def admit(domains: str, email: str, *, with_subdomains: bool = False) -> bool:
    return Domains.of(clean_domains(domains), with_subdomains=with_subdomains).admit(normalise(email))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Culture.GOUV.fr \n\n aphp.fr\nculture.gouv.fr", "culture.gouv.fr\naphp.fr"),
        ("Préfecture.fr", "xn--prfecture-c4a.fr"),
        ("gouv.fr.", "gouv.fr"),
        ("", ""),
    ],
)
def test_domains_are_kept_once_in_small_letters_and_ascii(written, kept):
    assert clean_domains(written) == kept


@pytest.mark.parametrize(
    "line", ["@gouv.fr", "*.gouv.fr", "a@gouv.fr", "fr", "https://gouv.fr", "gouv .fr", ".gouv.fr"]
)
def test_what_is_no_domain_is_named(line):
    with pytest.raises(ValidationError, match="n’est pas un domaine") as refused:
        clean_domains(f"culture.gouv.fr\n{line}")

    assert f"«\N{NO-BREAK SPACE}{line}\N{NO-BREAK SPACE}»" in refused.value.messages[0]


def test_a_list_is_no_longer_than_people_read():
    with pytest.raises(ValidationError, match="au plus 50"):
        clean_domains("\n".join(f"d{number}.fr" for number in range(51)))


@pytest.mark.parametrize(
    ("email", "alone", "with_subdomains"),
    [
        ("a@gouv.fr", True, True),
        ("A@GOUV.FR", True, True),
        ("a@culture.gouv.fr", False, True),
        ("a@evil-gouv.fr", False, False),
        ("a@gouv.fr.example.org", False, False),
        ("gouv.fr@example.org", False, False),
        ('"x@gouv.fr"@example.org', False, False),
        ("a@fr", False, False),
    ],
)
def test_an_address_is_of_a_domain_and_of_its_subdomains_only_when_ticked(email, alone, with_subdomains):
    assert admit("gouv.fr", email) is alone
    assert admit("gouv.fr", email, with_subdomains=True) is with_subdomains


def test_a_domain_with_accents_is_compared_and_read_as_people_write_it():
    assert admit("préfecture.fr", "a@PRÉFECTURE.fr")
    assert str(Domains.of(clean_domains("préfecture.fr\ngouv.fr"), with_subdomains=True)) == (
        "préfecture.fr, gouv.fr et leurs sous-domaines"
    )


def test_a_session_for_some_domains_names_them(db):
    session = SessionFactory()
    session.eligibility = Session.Eligibility.DOMAINS

    with pytest.raises(ValidationError, match="Indiquez les domaines"):
        session.full_clean()
    with pytest.raises(IntegrityError):
        session.save()


def test_the_model_reads_the_list_whoever_writes_it(db):
    session = SessionFactory(eligible_domains="Gouv.FR\nGOUV.fr")
    session.full_clean()

    assert session.eligible_domains == "gouv.fr"
