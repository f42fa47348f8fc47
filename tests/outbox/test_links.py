from uuid import UUID, uuid4

import pytest

from outbox.links import PersonalLink, public_id_of

SOMEBODY = UUID("12345678123456781234567812345678")


def link(**values) -> PersonalLink:
    return PersonalLink(**{"purpose": "registration", "public_id": SOMEBODY, "version": 1} | values)


def test_a_link_opens_what_it_was_made_for_and_names_it():
    assert public_id_of(link().token) == SOMEBODY
    assert link().is_opened_by(link().token)
    assert "/" not in link().token


@pytest.mark.parametrize("other", [{"purpose": "candidacy"}, {"version": 2}, {"public_id": uuid4()}])
def test_a_link_opens_nothing_else(other):
    assert not link(**other).is_opened_by(link().token)


def test_each_character_of_a_link_counts():
    token = link().token

    for place, character in enumerate(token):
        forged = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        # The last character carries two bits that mean nothing: compared all the same.
        assert not link().is_opened_by(forged)


@pytest.mark.parametrize("text", ["", "x", "é" * 43, "A" * 42, "A" * 44, "~registration:1:1~", "A" * 10_000, "\0"])
def test_what_is_no_link_names_nobody_and_opens_nothing(text):
    assert public_id_of(text) is None
    assert not link().is_opened_by(text)


def test_a_link_outlives_a_change_of_key_while_the_former_is_a_fallback(settings):
    token = link().token
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-" * 5

    assert link().is_opened_by(token)
    assert link().token != token

    settings.SECRET_KEY_FALLBACKS = []
    assert not link().is_opened_by(token)


def test_a_placeholder_tells_the_sender_which_link_to_make():
    assert PersonalLink.from_placeholder(str(link(version=3))) == link(version=3)
