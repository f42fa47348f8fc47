"""Texts with placeholders: read strictly, and the same for plain text and for HTML."""

import pytest
from django.core.exceptions import ValidationError

from outbox import wording
from outbox.outside import WORD_JOINER, unlinked
from outbox.wording import Part, Strong

INLINE, BLOCKS = ["prenom", "echeance"], ["bouton", "mot"]
VALUES = {
    "prenom": lambda: "Anne <b>",
    "echeance": lambda: Strong("mardi"),
    "bouton": lambda: wording.button("Confirmer", "https://example.org/?a=1&b=2"),
    "mot": lambda: wording.paragraph(""),
}


def refused(text: str, required: list[str] | None = None) -> list[str]:
    try:
        wording.check(text, inline=INLINE, blocks=BLOCKS, required=required or [])
    except ValidationError as error:
        return error.messages
    return []


def test_a_text_of_known_names_is_let_through():
    assert refused("Bonjour {prenom},\n\n  {bouton}  \n\navant {echeance}.", required=["bouton"]) == []


@pytest.mark.parametrize(
    ("name", "near"), [("prénom", "prenom"), ("Prenom", "prenom"), (" prenom ", "prenom"), ("echance", "echeance")]
)
def test_an_unknown_name_is_told_with_the_nearest_known_one(name, near):
    assert refused(f"Bonjour {{{name}}}") == [f"{{{name}}} n’est pas connu ici. Vouliez-vous écrire {{{near}}}\u202f?"]


@pytest.mark.parametrize(
    "name",
    ["", "0", "prenom.__class__", "prenom!r", "prenom[0]", "prenom:>9999999", "prenom|safe", "% debug %", "settings"],
)
def test_nothing_but_a_plain_name_is_a_placeholder(name):
    (told,) = refused(f"Bonjour {{{name}}}")

    assert told.startswith(f"{{{name}}} n’est pas connu ici")


@pytest.mark.parametrize("text", ["Bonjour {prenom", "Bonjour prenom}", "{{prenom}}", "{ {prenom} }", "{%"])
def test_a_brace_that_is_alone_is_refused(text):
    assert "Une accolade est seule" in " ".join(refused(text))


def test_a_button_goes_alone_on_its_line():
    assert refused("Voici {bouton} : il confirme.")[0].startswith("{bouton} se place seul sur sa ligne")


def test_what_is_required_is_missed_by_its_name():
    told = refused("Bonjour {prenom}", required=["bouton", "echeance"])

    assert [line.split("\u00a0:")[0] for line in told] == ["Il manque {bouton}", "Il manque {echeance}"]


def test_everything_that_stands_in_the_way_is_told_at_once():
    assert len(refused("{inconnu} {", required=["bouton"])) == 3


def test_a_text_becomes_paragraphs_headings_and_what_stands_alone():
    parts = wording.lay_out("Bonjour {prenom},\nà bientôt\n\n# Avant {echeance}\nDeux\n{mot}\n{bouton}\n\nFin", VALUES)

    assert [(part.kind, part.text, part.url) for part in parts] == [
        ("paragraph", "Bonjour Anne <b>,\nà bientôt", ""),
        ("heading", "Avant mardi", ""),
        ("paragraph", "Deux", ""),
        ("button", "Confirmer", "https://example.org/?a=1&b=2"),
        ("paragraph", "Fin", ""),
    ]


def test_html_is_made_of_the_same_words_escaped():
    parts = wording.lay_out("Bonjour <i>{prenom}</i>,\navant {echeance}", VALUES)

    assert [part.html for part in parts] == [
        "Bonjour &lt;i&gt;Anne &lt;b&gt;&lt;/i&gt;,<br>avant <strong>mardi</strong>"
    ]


def test_braces_in_a_value_are_text():
    parts = wording.lay_out("{prenom}", {"prenom": lambda: "{bouton} {prenom.x} {0}"})

    assert parts == [Part("paragraph", (("{bouton} {prenom.x} {0}",),))]


def test_a_value_is_asked_only_when_the_text_names_it():
    asked = []
    values = {"prenom": lambda: "Anne", "echeance": lambda: str(asked.append(1))}

    assert wording.one_line("Bonjour {prenom}", values) == "Bonjour Anne"
    assert asked == []


@pytest.mark.parametrize(
    "words",
    [
        "http://evil.example/x",
        "https://evil.example",
        "www.evil.example",
        "evil.example",
        "agent@evil.example",
        "mailto:agent@evil.example",
        "evil。example",
        "evil．example",
        "~deadline~",
        "~registration:0123:1~",
    ],
)
def test_words_from_outside_read_the_same_and_are_no_link(words):
    safe = unlinked(words)

    assert safe.replace(WORD_JOINER, "") == words
    assert words not in safe
    for sign in (".", "。", "．", "@", "//", ":"):
        assert all(not after or after[0] in f"{WORD_JOINER}/" for after in safe.split(sign)[1:])
