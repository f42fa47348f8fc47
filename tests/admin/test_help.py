"""Two lines of help on every screen, a link to the guide that leads somewhere, and what to do with an empty list."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils.html import strip_tags

from innovation_week.guide import guide
from tests.admin.test_every_page import every_address, inline_code
from tests.factories import EditionFactory

GUIDE = "/admin/guide/"
HELP = re.compile(r'<p class="introduction">(.*?)<a href="(/admin/guide/[^"]*)">(.*?)</a>', re.DOTALL)


def test_every_screen_has_help_and_a_link_into_the_guide(superuser_client, populate):
    populate(1)
    anchors = {section.anchor for section in guide().sections}

    for address in every_address():
        found = HELP.search(superuser_client.get(address).content.decode())
        assert found, address
        text, link, label = found.groups()
        assert len(strip_tags(text).split()) >= 5, address
        assert "Guide" in label, address
        assert link.partition("#")[2] in {*anchors, ""}, address


def test_each_model_says_which_section_tells_of_it():
    anchors = {section.anchor for section in guide().sections}

    lost = [
        model._meta.label for model, found in admin.site._registry.items() if getattr(found, "guide", "") not in anchors
    ]
    assert lost == []


def test_the_guide_is_a_page_with_its_pictures_under_the_strict_policy(reader):
    response = reader.get(GUIDE)

    html = response.content.decode()
    pictures = re.findall(r'<img src="([^"]+)" alt="([^"]+)"', html)
    assert '<h2 id="construire-le-programme">Construire le programme</h2>' in html
    assert '<a href="#publier">Publier</a>' in html
    assert "<table>" in html
    assert "roles.md)" not in html
    assert 'href="roles.md"' not in html
    assert inline_code(html) == []
    assert "unsafe" not in response["Content-Security-Policy"]
    assert pictures
    for address, _alternative in pictures:
        assert address.startswith(GUIDE)
        answer = reader.get(address)
        assert (address, answer.status_code, answer["Content-Type"]) == (address, 200, "image/png")
        answer.getvalue()  # read to its end, the file is closed


@pytest.mark.parametrize("name", ["unknown.png", "..%2f..%2fREADME.png", "..%2Fuser-guide.md", "../user-guide.md"])
def test_no_other_file_leaves_through_the_guide(reader, name):
    assert reader.get(f"{GUIDE}{name}").status_code == 404


def test_a_stranger_does_not_read_the_guide(stranger):
    assert stranger.get(GUIDE).status_code == 302
    assert stranger.get(f"{GUIDE}admin-publish.png").status_code == 302


def test_an_empty_list_says_what_to_do_first(project_lead):
    EditionFactory(is_current=True)

    empty = project_lead.get(reverse("admin:programme_session_changelist")).content.decode()
    searched = project_lead.get(reverse("admin:programme_session_changelist"), {"q": "rien"}).content.decode()

    assert "faites d’abord une séquence" in empty
    assert "faites d’abord une séquence" not in searched
    assert "Effacer la recherche et les filtres" in searched
