import pytest

from publishing.publish import publish
from publishing.search import fold, search
from tests.factories import (
    CandidacyFactory,
    EditionFactory,
    RoomFactory,
    SequenceFactory,
    SessionFactory,
    SpeakerFactory,
    VenueFactory,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L’École, à Nîmes", "l ecole a nimes"),
        ("ŒUVRE œuvre", "oeuvre oeuvre"),
        ("STRASSE Straße", "strasse strasse"),
        ("C++ et C#", "c++ et c#"),
        ("  14 h 30\u00a0– 16\u202fh ", "14 h 30 16 h"),
        ("Łódź, Åse, ﬁn", "lodz ase fin"),
        ("", ""),
    ],
)
def test_folding_forgets_accents_capitals_and_punctuation(text, folded):
    assert fold(text) == folded


@pytest.fixture
def programme(db):
    edition = EditionFactory()
    venue = VenueFactory(name="Hôtel de Métropole", city="Montpellier")
    session = SessionFactory(
        edition=edition,
        code="ABCDEF",
        title="Écrire simplement",
        lead="Des mots de tous les jours.",
        text="Une <b>œuvre</b> *collective*.",
        room=RoomFactory(venue=venue, name="Zeus"),
        sequence=SequenceFactory(edition=edition, title="Fail camp"),
    )
    CandidacyFactory(session=session, speaker=SpeakerFactory(name="Émile Fictif", organisation="Préfecture"))
    SessionFactory(edition=edition, code="GHJKLM", title="Ecrire un budget", lead="Des chiffres.")
    return publish(edition, note="Ouverture").programme()


@pytest.mark.parametrize(
    "wanted",
    [
        "ÉCRIRE simplement",
        "mots jours",
        "oeuvre",
        "OEUVRE Collective",
        "emile fictif",
        "prefecture",
        "hotel metropole",
        "montpellier",
        "zeus",
        "fail-camp",
        "abcdef",
        "simple",
    ],
)
def test_a_session_is_found_by_all_that_is_known_of_it(programme, wanted):
    assert search(programme, wanted) == {"ABCDEF"}


def test_every_word_must_be_found(programme):
    assert search(programme, "ecrire") == {"ABCDEF", "GHJKLM"}
    assert search(programme, "ecrire budget") == {"GHJKLM"}
    assert search(programme, "ecrire zeus budget") == frozenset()


def test_tags_of_the_text_are_not_searched(programme):
    assert search(programme, "strong") == frozenset()


def test_words_of_punctuation_only_hide_nothing(programme):
    assert search(programme, "« … »") == {"ABCDEF", "GHJKLM"}
