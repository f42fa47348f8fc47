from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.template import Context, Template

from sessions.models import Motif
from tests.theme.markup import elements

DRAWINGS = settings.BASE_DIR / "static/img/motifs"


def rendered(template: str, **context: str) -> str:
    return Template("{% load layout %}" + template).render(Context(context))


def test_there_is_one_drawing_per_motif():
    assert {path.stem for path in DRAWINGS.glob("*.svg")} == set(Motif.values)


@pytest.mark.parametrize("name", Motif.values)
def test_a_drawing_takes_the_colour_of_its_place_and_is_hidden_from_readers(name):
    html = rendered("{% motif name %}", name=name)
    tags = {element.tag for element in ElementTree.parse(DRAWINGS / f"{name}.svg").iter()}

    assert elements(html, "svg")[0].attributes["aria-hidden"] == "true"
    assert "currentColor" in html
    assert [element for element in elements(html) if "style" in element.attributes] == []
    assert {tag.rpartition("}")[2] for tag in tags} <= {"svg", "g", "path", "rect", "circle"}


def test_an_unknown_drawing_is_nothing():
    assert rendered("{% motif name %}", name="../../../etc/passwd") == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Camille Exemple", "CE"), ("Ana da Silva", "AS"), ("Plume", "P"), ("", ""), ("élodie Œuvre", "ÉŒ")],
)
def test_initials_are_of_the_first_and_the_last_word(name, letters):
    assert rendered("{% initials name %}", name=name) == letters
