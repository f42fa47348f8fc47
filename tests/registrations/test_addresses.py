import pytest

from registrations.addresses import normalise, suggestion
from registrations.forms import EmailForm


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("alix@example.org", "alix@example.org"),
        ("  Alix.Témoin@Example.ORG ", "alix.témoin@example.org"),
        ("alix+semaine@gmail.com", "alix+semaine@gmail.com"),
        ("a.lix@gmail.com", "a.lix@gmail.com"),
        ("alix@préfecture.fr", "alix@xn--prfecture-c4a.fr"),
        ("alix@PRÉFECTURE.fr", "alix@xn--prfecture-c4a.fr"),
        ("alix@xn--prfecture-c4a.fr", "alix@xn--prfecture-c4a.fr"),
    ],
)
def test_two_writings_of_one_address_are_equal_and_nothing_else_is(written, normal):
    assert normalise(written) == normal
    assert normalise(normal) == normal


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("alix@gmial.com", "alix@gmail.com"),
        ("alix@gmail.fr", None),
        ("alix@gmai.com", "alix@gmail.com"),
        ("Alix@orage.fr", "Alix@orange.fr"),
        ("alix@hotmial.fr", "alix@hotmail.fr"),
        ("alix@intereur.gouv.fr", "alix@interieur.gouv.fr"),
        ("alix@gmail.com", None),
        ("alix@gmx.fr", None),
        ("alix@mail.com", None),
        ("alix@mairie-exemple.fr", None),
        ("alix@example.org", None),
        ("alix@ac-paris.fr", None),
        ("alix@proton.me", None),
    ],
)
def test_a_likely_slip_is_suggested_and_a_real_domain_is_left_alone(written, meant):
    assert suggestion(written) == meant


@pytest.mark.parametrize("email", ["root@localhost", "alix@[10.0.0.1]", "alix@[IPv6:::1]"])
def test_an_address_of_a_machine_and_not_of_a_domain_is_refused(email):
    """Our mail server would try to deliver to itself, or to its neighbours behind the firewall."""
    form = EmailForm({"email": email})

    assert list(form.errors) == ["email"]
