"""Two lines of help on every screen, a link to the guide that leads somewhere, and what to do with an empty list."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils.html import strip_tags

from innovation_week.back_office.guide import guide
from sessions.models import Edition
from tests.admin.test_every_page import every_address, inline_code
from tests.factories import DeliverableFactory, EditionFactory, SessionFactory, VenueFactory, at

GUIDE = "/admin/guide/"
PARTS_OF_THE_GUIDE = (GUIDE, "/admin/connexion/")
HELP = re.compile(r'<p class="introduction">(.*?)<a href="(/admin/guide/[^"]*)">(.*?)</a>', re.DOTALL)


def screens() -> list[str]:
    """Every address of the back-office that needs no more than an object, those of our own pages too."""
    found = []
    for pattern in [*admin.site.get_urls()]:
        for inner in getattr(pattern, "url_patterns", [pattern]):
            if not inner.name or not re.fullmatch(r"[^<]*(<[a-z]+:(object_id|pk)>[^<]*)?", str(inner.pattern)):
                continue
            model = next((model for model in admin.site._registry if inner.name.startswith(prefix(model))), None)
            needs_object = "<" in str(inner.pattern)
            row = model._default_manager.order_by("pk").first() if model and needs_object else None
            if not needs_object or row:
                found.append(reverse(f"admin:{inner.name}", args=[row.pk] if row else []))
    return found


def prefix(model) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}_"


def test_every_screen_has_help_and_a_link_into_the_guide(superuser_client, populate):
    populate(1)
    anchors = {section.anchor for section in guide().sections}
    without_help = []

    for address in [*every_address(), *screens(), reverse("admin:search")]:
        response = superuser_client.get(address)
        html = response.content.decode() if "text/html" in response.headers.get("Content-Type", "") else ""
        if response.status_code != 200 or 'id="user-tools"' not in html or address in PARTS_OF_THE_GUIDE:
            continue
        text, link, label = found.groups() if (found := HELP.search(html)) else ("", "", "")
        has_help = len(strip_tags(text).split()) >= 5 and "Guide" in label
        if not has_help or link.partition("#")[2] not in {*anchors, ""}:
            without_help.append(address)

    assert without_help == []


def test_a_page_leads_to_the_part_of_the_guide_about_what_it_does(superuser_client):
    session = SessionFactory(edition=EditionFactory(is_current=True))
    parts = {
        "publier": "depuis-la-fiche-dune-seance",
        "history": "ne-rien-perdre",
        "archiver": "ne-rien-perdre",
        "change": "la-fiche-dune-seance",
    }

    for page, part in parts.items():
        html = superuser_client.get(f"/admin/programme/session/{session.pk}/{page}/").content.decode()
        assert (page, HELP.search(html)[2]) == (page, f"{GUIDE}#{part}")


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


def test_log_in_and_the_page_that_pauses_it_have_help_and_a_link_to_what_it_tells_of_logging_in(stranger, db):
    login, told = reverse("admin:login"), reverse("admin:log_in_help")
    wrong = {"username": "camille", "password": "devine"}
    paused = [stranger.post(login, wrong) for _attempt in range(6)][-1]

    for page in (stranger.get(login), paused):
        (text,) = re.findall(r'<p class="introduction">(.*?)</p>', page.content.decode(), re.DOTALL)
        assert len(strip_tags(text).split()) > 15
        assert f'<a href="{told}">' in text
    page = stranger.get(told)
    html = page.content.decode()
    assert "codes de secours" in html
    assert "Rétroplanning" not in html
    assert ("<img" in html, GUIDE in html, inline_code(html)) == (False, False, [])


def test_pages_made_by_an_action_have_the_help_of_what_they_do(superuser_client, populate):
    populate(1)
    venue, deliverable = VenueFactory(), DeliverableFactory(edition=Edition.objects.current().get(), delivered_on=at(0))
    asked = {
        "venues_venue": ({"action": "delete_selected", "_selected_action": venue.pk}, "Lisez ce qui"),
        "exports_deliverable": ({"action": "accept", "_selected_action": deliverable.pk}, "Qui accepte ce qui"),
    }

    for name, (sent, words) in asked.items():
        html = superuser_client.post(reverse(f"admin:{name}_changelist"), sent).content.decode()
        assert (name, words in HELP.search(html)[1]) == (name, True)


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


def test_the_form_of_a_session_opens_the_guide_at_its_own_part(superuser_client):
    session = SessionFactory()

    page = superuser_client.get(reverse("admin:programme_session_change", args=[session.pk])).content.decode()

    assert f"{reverse('admin:guide')}#la-fiche-dune-seance" in page
    assert 'id="la-fiche-dune-seance"' in superuser_client.get(reverse("admin:guide")).content.decode()
