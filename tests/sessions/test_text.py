"""Invisible characters: in a name they deceive the eye, the search and the lists of the door."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from publishing.publish import publish
from registrations.forms import RegistrationForm
from registrations.published import find
from sessions.text import seen, validate_has_letter, validate_one_line, validate_text
from tests.factories import EmployerFactory, RegistrationFactory, SessionFactory, SpeakerFactory
from venues.models import Venue

UNSEEN = [
    "\x07",  # bell
    "\x85",  # next line, of the second range of controls
    "\u00ad",  # soft hyphen
    "\u200b",  # space of no width
    "\u202e",  # from right to left
    "\u2066",
    "\u2028",  # line separator
    "\u2029",
    "\ufeff",  # byte order mark
    "\U000e0041",  # tag
    "\ud800",  # half of a pair, which no database keeps
    "\u3164",  # a letter for Unicode, a blank for the reader
]
WRITTEN = ["Léa Ébène-d’Exemple", "O’Neill", "李明", "علی‌رضا", "क्‍ष", "Zoë 🧑‍🔬", "3 M & Cie : 1er étage"]


@pytest.mark.parametrize("value", WRITTEN)
def test_what_people_write_is_taken(value):
    validate_one_line(value)
    validate_text(f"{value}\r\n\t{value}")


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("validate", [validate_one_line, validate_text])
def test_a_character_that_cannot_be_seen_is_refused_with_the_words_around_it(validate, unseen):
    with pytest.raises(ValidationError) as caught:
        validate(f"Cam{unseen}ille")

    assert caught.value.code == "unseen"
    assert "« Camille »".replace(" ", "\u00a0") in caught.value.messages[0]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\t"])
def test_a_line_is_one_line(line_break):
    with pytest.raises(ValidationError):
        validate_one_line(f"Camille{line_break}Exemple")


@pytest.mark.parametrize("value", ["1234", "…", "\u200d", "🙂", "--"])
def test_a_name_without_any_letter_is_none(value):
    with pytest.raises(ValidationError) as caught:
        validate_has_letter(value)

    assert caught.value.code == "letterless"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "field"),
    [
        (SpeakerFactory, "name"),
        (RegistrationFactory, "first_name"),
        (RegistrationFactory, "last_name"),
    ],
)
@pytest.mark.parametrize(("value", "code"), [("Cam\u202eille", "unseen"), ("42", "letterless")])
def test_the_name_of_a_person_is_a_name(make, field, value, code):
    with pytest.raises(ValidationError) as caught:
        make(**{field: value}).full_clean()

    assert [error.code for error in caught.value.error_dict[field]] == [code]


@pytest.mark.django_db
def test_the_name_of_an_employer_is_one_line():
    with pytest.raises(ValidationError) as caught:
        EmployerFactory(name="Mairie\u2028de l’Exemple").full_clean()

    assert list(caught.value.error_dict) == ["name"]


@pytest.mark.django_db
def test_the_form_of_the_public_says_what_is_wrong_in_a_name():
    session = SessionFactory()
    publish(session.edition, note="Ouverture.")
    data = {"first_name": "Cam\u200bille", "last_name": "123", "email": "a@example.org", "employer": "Mai\u202erie"}

    errors = RegistrationForm(data, published=find(session.edition.slug, session.code)).errors.as_data()

    codes = {field: [error.code for error in found] for field, found in errors.items() if field in data}
    assert codes == {"first_name": ["unseen"], "last_name": ["letterless"], "employer": ["unseen"]}


def test_lines_of_the_back_office_hold_nothing_unseen_and_texts_keep_their_lines(superuser_client):
    address = reverse("admin:venues_venue_add")
    inline = {f"rooms-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    fields = {
        "name": "Maison",
        "slug": "maison",
        "time_zone": "Europe/Paris",
        "access_list_hours": 48,
        "access": "Métro\r\n\tligne 1",
    } | inline

    for wrong in [{"name": "Mai\u202eson"}, {"city": "Par\u200bis"}, {"access": "Métro\u202e"}]:
        response = superuser_client.post(address, fields | wrong)
        assert set(response.context["adminform"].form.errors) == set(wrong)
    superuser_client.post(address, fields)

    assert Venue.objects.get().access == "Métro\n\tligne 1"  # lines end as everywhere here


def test_what_cannot_be_seen_is_taken_out_of_what_nobody_can_type_again():
    assert seen("Cam\u202eille\u200b\nExemple\x07 👩\u200d💻") == "Camille\nExemple 👩\u200d💻"
