import datetime as dt
import re

import pytest
from django.utils import timezone
from lxml import html

from innovation_week import dates
from publishing.page_cache import pages
from publishing.publish import publish
from publishing.release_files import booklet_path
from sessions.models import Session
from tests.factories import (
    CandidacyFactory,
    EditionFactory,
    FormatFactory,
    ReleaseFactory,
    RoleFactory,
    RoomFactory,
    SequenceFactory,
    SessionFactory,
    SpeakerFactory,
    VenueFactory,
    at,
)


@pytest.fixture(autouse=True)
def _no_ready_page():
    pages.clear()


@pytest.fixture
def edition(db):
    return EditionFactory(slug="demo", name="Semaine d’exemple", is_current=True, tagline="Essayer", place="Paris")


@pytest.fixture
def camp(edition):
    """A session with everything a page can say of it."""
    room = RoomFactory(
        name="Auditorium",
        slug="auditorium",
        floor="niveau 1",
        capacity=200,
        step_free=True,
        hearing_loop=True,
        venue=VenueFactory(name="Centre de Ségur", slug="segur", access="Métro *Ségur*"),
    )
    form = FormatFactory(name="Conférence", slug="conference")
    session = SessionFactory(
        code="FACAMP",
        edition=edition,
        sequence=SequenceFactory(edition=edition, title="Fail camp", slug="fail-camp", lead="Tomber, rebondir."),
        format=form,
        title="Trois échecs, trois rebonds",
        lead="Trois agents racontent.",
        text="Du **texte** & un [lien](https://example.org).",
        course="1. Ouverture",
        note="Entrée par la cour.",
        room=room,
        seats=200,
        seats_taken=87,
        starts_at=at(18, day=1),
        ends_at=at(19, 30, day=1),
        captions=True,
    )
    role = RoleFactory(format=form, name="animateur", name_feminine="animatrice")
    speaker = SpeakerFactory(code="CAMYLE", name="Camille Exemple", role_form="feminine", biography="Une *vie*.")
    CandidacyFactory(session=session, role=role, speaker=speaker)
    return session


def page(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status
    return html.fromstring(response.content.decode())


def text(node):
    return " ".join(node.text_content().split())


def of_class(tree, name):
    return [text(node) for node in tree.find_class(name)]


# --- Where the site opens ------------------------------------------------------------------------------------


def test_the_site_opens_on_the_current_edition(client, camp, edition):
    publish(edition, note="Ouverture")

    response = client.get("/")

    assert (response.status_code, response["Location"]) == (302, "/demo/")
    assert client.get("/en/")["Location"] == "/en/demo/"


def test_before_any_release_the_site_says_so(client, edition):
    tree = page(client, "/", status=404)

    assert text(tree.find(".//h1")) == "Le programme n’est pas encore publié"


def test_an_edition_without_release_says_when_it_will_take_place(client, edition, camp):
    publish(edition, note="Ouverture")
    EditionFactory(slug="2030", name="Semaine 2030", starts_on=dt.date(2030, 11, 18))

    tree = page(client, "/2030/programme/", status=404)

    assert text(tree.find(".//h1")) == "Le programme n’est pas encore publié"
    assert "du lundi 18 au dimanche 24 novembre 2030" in text(tree)
    assert "/demo/" in [link.get("href") for link in tree.iter("a")]


def test_an_unknown_edition_lists_those_that_exist(client, edition, camp):
    publish(edition, note="Ouverture")

    tree = page(client, "/1999/", status=404)

    assert text(tree.find(".//h1")) == "Aucune édition à cette adresse"
    assert "/demo/" in [link.get("href") for link in tree.iter("a")]


# --- Home ----------------------------------------------------------------------------------------------------


def test_the_home_shows_each_day_of_the_week_with_its_sessions(client, edition, camp):
    publish(edition, note="Ouverture")

    tree = page(client, "/demo/")

    days = tree.find_class("week__day")
    assert len(days) == 7
    assert "Pas de séance" in text(days[0])
    assert "18 h – 19 h 30 Fail camp" in text(days[1]).replace("\u00a0", " ")
    assert text(tree.find(".//h1")) == "Essayer"


def test_a_highlight_is_never_among_the_sessions_left_out_of_a_full_day(client, edition, camp):
    for hour in range(8, 17):
        SessionFactory(edition=edition, title=f"Atelier {hour}", starts_at=at(hour, day=1))
    camp.sequence.is_highlight = True
    camp.sequence.save()
    publish(edition, note="Ouverture")

    tuesday = page(client, "/demo/").find_class("week__day")[1]

    assert len(tuesday.find_class("week__item")) == 6
    assert text(tuesday.find_class("week__item")[-1]).endswith("Fail camp")
    assert of_class(tuesday, "week__more")[0].startswith("et 4 autres séances")


def test_the_home_of_a_week_that_is_over_says_what_was_counted(client, edition, camp):
    Session.objects.update(starts_at=at(18) - dt.timedelta(days=60), ends_at=at(19) - dt.timedelta(days=60))
    Session.objects.update(attendance="plus de 100 participants")
    edition.starts_on -= dt.timedelta(days=63)
    edition.ends_on -= dt.timedelta(days=63)
    edition.summary = "Environ **300** événements."
    edition.save()
    publish(edition, note="Bilan")

    tree = page(client, "/demo/")

    assert "Environ 300 événements." in text(tree)
    assert text(tree.find_class("plain")[0].find(".//tbody/tr/td[2]")) == "plus de 100 participants"
    assert "Prochaines séances" not in text(tree)


def test_the_booklet_says_its_format_size_and_language_as_soon_as_it_is_there(
    client, edition, camp, settings, tmp_path
):
    settings.RELEASE_FILES_ROOT = tmp_path
    release = publish(edition, note="Ouverture")
    links = [of_class(page(client, "/demo/"), "fr-btn--secondary")]
    booklet_path(release, "fr").write_bytes(b"%PDF" * 300_000)
    links += [of_class(page(client, path), "fr-btn--secondary") for path in ("/demo/", "/en/demo/")]

    assert links == [
        ["Télécharger le programme (PDF, en français)"],
        ["Télécharger le programme (PDF, 1,2 Mo, en français)"],
        ["Download the programme (PDF, in English)"],
    ]


# --- Programme -----------------------------------------------------------------------------------------------


def test_the_number_of_results_is_in_the_heading_and_the_title(client, edition, camp):
    SessionFactory(edition=edition, title="Écrire simplement")
    publish(edition, note="Ouverture")

    for query, count in [("", "2 séances"), ("?q=ecrire", "1 séance"), ("?q=zzz", "0 séance")]:
        tree = page(client, f"/demo/programme/{query}")
        assert text(tree.find(".//h1")) == f"Programme : {count}"
        assert text(tree.find(".//title")).startswith(f"Programme : {count}")


def test_a_search_without_result_says_what_to_do(client, edition, camp):
    publish(edition, note="Ouverture")

    tree = page(client, "/demo/programme/?q=zzz&vue=grille")

    assert of_class(tree, "empty__title") == ["Aucune séance ne correspond."]
    assert [link.get("href") for link in tree.find_class("chosen__tag")] == ["/demo/programme/?vue=grille"]


def test_the_rail_repeats_the_time_and_says_the_state_of_each_session(client, edition, camp):
    SessionFactory(edition=edition, title="Complète", seats=5, seats_taken=5, starts_at=at(18, day=1))
    Session.objects.create(
        edition=edition, sequence=camp.sequence, format=camp.format, title="Annulée", status="cancelled",
        starts_at=at(18, day=2), ends_at=at(19, day=2), published_since=timezone.now(),
    )  # fmt: skip
    publish(edition, note="Ouverture")

    tree = page(client, "/demo/programme/")

    rows = [
        (text(row.find_class("rail__title")[0]), row.find(".//time").text, of_class(row, "state"))
        for row in tree.find_class("rail__item")
    ]
    assert rows == [
        ("Complète", "18\u00a0h", ["Complet"]),
        ("Trois échecs, trois rebonds", "18\u00a0h", ["Places disponibles"]),
        ("Annulée", "18\u00a0h", ["Annulée"]),
    ]


def test_a_long_programme_shows_a_day_and_leads_to_the_others(client, edition, monkeypatch):
    monkeypatch.setattr("publishing.views.programme.LONG", 2)
    monkeypatch.setattr("publishing.filters.LONG", 2)
    for day, title in enumerate(["Lundi", "Mardi", "Mercredi"]):
        SessionFactory(edition=edition, title=title, starts_at=at(9, day=day))
    publish(edition, note="Ouverture")
    tuesday = at(9, day=1).date().isoformat()

    first = page(client, "/demo/programme/")
    second = page(client, f"/demo/programme/?jour={tuesday}")
    every = page(client, "/demo/programme/?jour=tous")

    assert of_class(first, "rail__title") == ["Lundi"]
    assert text(first.find(".//h1")) == "Programme : 3 séances"
    links = [link.get("href") for link in first.find_class("day-links")[0].iter("a")]
    assert links[1] == f"?jour={tuesday}"
    assert links[-1] == "?jour=tous"
    assert of_class(second, "rail__title") == ["Mardi"]
    assert text(second.find(".//h1")) == "Programme : 1 séance"
    assert of_class(every, "rail__title") == ["Lundi", "Mardi", "Mercredi"]


def test_the_grid_is_a_table_whose_headers_say_what_they_head(client, edition, camp):
    SessionFactory(edition=edition, title="Ailleurs", starts_at=at(18, 30, day=1))
    publish(edition, note="Ouverture")

    tree = page(client, "/demo/programme/?vue=grille")

    [table] = tree.iter("table")
    assert table.find("caption") is not None
    head = table.findall("thead/tr/th")
    assert [cell.get("scope") for cell in head] == ["col"] * 3
    assert [row.find("th").get("scope") for row in table.findall("tbody/tr")] == ["row", "row"]
    region = table.getparent()
    assert (region.get("role"), region.get("tabindex")) == ("region", "0")
    assert tree.get_element_by_id(region.get("aria-labelledby")) is not None


# --- Session -------------------------------------------------------------------------------------------------


def test_a_session_page_says_when_where_who_and_how_many_seats_are_left(client, edition, camp):
    publish(edition, note="Ouverture")

    tree = page(client, "/demo/seances/FACAMP/")

    facts = text(tree.find_class("sheet__facts")[0]).replace("\u00a0", " ")
    day = dates.day(at(18, day=1).date())
    assert f"{day.capitalize()}, 18 h – 19 h 30" in facts
    assert "Auditorium, niveau 1" in facts
    assert "113 places libres sur 200" in facts
    for words in ("Accès de plain-pied", "Boucle magnétique", "Sous-titrage en direct", "Entrée par la cour."):
        assert words in facts
    assert [link.get("href") for link in tree.find_class("fr-btn")] == ["/demo/seances/FACAMP/inscription/"]
    assert "/demo/seances/FACAMP.ics" in [link.get("href") for link in tree.iter("a")]
    assert of_class(tree, "person__role") == ["Animatrice"]
    assert "<strong>texte</strong>" in html.tostring(tree, encoding="unicode")


@pytest.mark.parametrize(
    ("fields", "state", "sentence"),
    [
        ({"seats_taken": 200}, "Complet", "Cette séance est complète."),
        ({"seats_taken": 181}, "Dernières places", "19 places libres sur 200"),
        ({"seats": None, "seats_taken": 0}, "Places disponibles", "Sans limite de places"),
        ({"registration_closes_at": at(9) - dt.timedelta(days=300)}, "Inscriptions closes", "closes depuis le"),
        ({"registration_opens_at": at(9)}, "Inscriptions à partir du", "Les inscriptions ouvrent le"),
        ({"entry": "free"}, "Entrée libre", "sans inscription"),
        ({"entry": "invitation"}, "Sur invitation", "réservée aux personnes invitées"),
    ],
)
def test_the_state_and_what_it_means_are_said_in_words(client, edition, camp, fields, state, sentence):
    Session.objects.update(**fields)
    publish(edition, note="Ouverture")

    tree = page(client, "/demo/seances/FACAMP/")

    facts = text(tree.find_class("sheet__facts")[0])
    assert facts.removeprefix("En pratique ").startswith(state)
    assert sentence in facts
    can_register = state in ("Dernières places", "Places disponibles", "Complet")  # or wait
    assert bool(tree.find_class("fr-btn")) == can_register


@pytest.mark.parametrize(
    ("begins", "state", "sentence"),
    [(-30, "En cours", "Cette séance est en cours."), (-90, "Terminée", "Cette séance est terminée.")],
)
def test_time_passes_without_a_release(client, edition, camp, begins, state, sentence):
    edition.starts_on = timezone.localdate() - dt.timedelta(days=2)
    edition.save()
    start = timezone.now() + dt.timedelta(minutes=begins)
    Session.objects.update(starts_at=start, ends_at=start + dt.timedelta(hours=1))
    publish(edition, note="Ouverture")

    tree = page(client, "/demo/seances/FACAMP/")

    assert of_class(tree.find_class("sheet__facts")[0], "state") == [state]
    assert sentence in text(tree)
    assert not tree.find_class("fr-btn")
    assert "libres sur" not in text(tree)


def test_seats_act_at_once_without_a_release(client, edition, camp):
    publish(edition, note="Ouverture")
    page(client, "/demo/seances/FACAMP/")
    Session.objects.update(seats_taken=200)

    assert of_class(page(client, "/demo/seances/FACAMP/"), "state") == ["Complet"]
    assert of_class(page(client, "/demo/programme/"), "state") == ["Complet"]


def test_a_moved_session_says_where_it_was_announced(client, edition, camp):
    publish(edition, note="Ouverture")
    Session.objects.update(starts_at=at(10, day=3), ends_at=at(11, day=3))
    publish(edition, note="Changement de jour")

    tree = page(client, "/demo/seances/FACAMP/")

    was = dates.day(at(18, day=1).date())
    said = f"Déplacée : elle était annoncée pour le {was}, 18 h – 19 h 30, Auditorium, Centre de Ségur."
    assert said in text(tree).replace("\u00a0", " ")
    assert of_class(tree.find_class("sheet__facts")[0], "state") == ["Places disponibles", "Déplacée"]


def test_texts_carry_their_own_language(client, edition, camp):
    Session.objects.update(language="en", title="Three failures")
    publish(edition, note="Ouverture")

    french, english = page(client, "/demo/seances/FACAMP/"), page(client, "/en/demo/seances/FACAMP/")

    assert (french.get("lang"), french.find(".//h1").get("lang")) == ("fr", "en")
    assert (english.get("lang"), english.find(".//h1").get("lang")) == ("en", None)
    assert "Seats available" in text(english)


def test_texts_that_tell_no_language_have_that_of_most_sessions(client, edition, camp):
    SessionFactory(edition=edition, language="en")
    SessionFactory(edition=edition)
    publish(edition, note="Ouverture")

    languages = [
        page(client, f"{prefix}/demo/sequences/fail-camp/").find(".//h1").get("lang") for prefix in ("", "/en")
    ]

    assert languages == [None, "fr"]


def test_what_staff_write_cannot_run_in_the_page(client, edition, camp):
    attack = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    Session.objects.update(title=attack, lead=attack, text=attack, course=attack, note=attack)
    publish(edition, note="Ouverture")

    source = client.get("/demo/seances/FACAMP/").content.decode()

    assert not re.search(r"<script>|<img src=x", source)


def test_a_session_leads_to_those_around_it(client, edition, camp):
    for title, start in [("Avant", at(9, day=1)), ("Pendant", at(19, day=1))]:
        SessionFactory(edition=edition, title=title, starts_at=start)
    publish(edition, note="Ouverture")

    tree = page(client, "/demo/seances/FACAMP/")

    links = {link.get("rel"): text(link) for link in tree.find_class("pages")[0].iter("a")}
    assert links["prev"].endswith("Avant")
    assert links["next"].endswith("Pendant")
    assert "En même temps Pendant" in text(tree)


# --- Not there -----------------------------------------------------------------------------------------------


def test_a_code_in_small_letters_leads_to_the_session(client, edition, camp):
    publish(edition, note="Ouverture")

    response = client.get("/en/demo/seances/facamp/")

    assert (response.status_code, response["Location"]) == (301, "/en/demo/seances/FACAMP/")


def test_a_withdrawn_session_is_gone_under_the_title_it_was_published_with(client, edition, camp):
    SessionFactory(edition=edition)
    publish(edition, note="Ouverture")
    Session.objects.filter(pk=camp.pk).update(status="design", title="Titre au brouillon")
    publish(edition, note="Retrait")

    tree = page(client, "/demo/seances/FACAMP/", status=410)

    assert text(tree.find(".//h1")) == "Cette séance a été retirée du programme"
    assert "Trois échecs, trois rebonds" in text(tree)
    assert "Titre au brouillon" not in text(tree)


def test_a_session_never_published_is_as_unknown_as_any(client, edition, camp):
    publish(edition, note="Ouverture")
    secret = SessionFactory(edition=edition, title="Annonce sous embargo", status="design")

    never, unknown = (page(client, f"/demo/seances/{code}/", status=404) for code in (secret.code, "ZZZZZZ"))

    assert text(never) == text(unknown)
    assert text(never.find(".//h1")) == "Cette séance n’est pas au programme"
    assert never.get_element_by_id("id_q") is not None


@pytest.mark.parametrize("code", ["%00", "FACAMP%00", "é", "%F0%9F%98%80", "A" * 500, "..", "'\"<>"])
def test_a_code_that_is_none_never_breaks_the_page(client, edition, camp, code):
    publish(edition, note="Ouverture")

    for folder in ("seances", "intervenants"):
        page(client, f"/demo/{folder}/{code}/", status=404)


@pytest.mark.parametrize("path", ["sequences/autre/", "intervenants/ZZZZZZ/", "lieux/autre/"])
def test_other_unknown_addresses_get_a_helpful_page(client, edition, camp, path):
    publish(edition, note="Ouverture")

    tree = page(client, f"/demo/{path}", status=404)

    assert "n’est pas au programme" in text(tree.find(".//h1"))
    assert "/demo/programme/" in [link.get("href") for link in tree.iter("a")]


# --- Sequences, people, places, news ---------------------------------------------------------------------------


def test_a_sequence_tells_what_it_is_and_its_sessions(client, edition, camp):
    SessionFactory(edition=edition, title="Autre chose")
    publish(edition, note="Ouverture")

    tree = page(client, "/demo/sequences/fail-camp/")

    assert "Tomber, rebondir." in text(tree)
    assert of_class(tree, "rail__title") == ["Trois échecs, trois rebonds"]


def test_speakers_are_indexed_by_letter_whatever_the_accent(client, edition, camp):
    for name, sort_name in [("Zoé Élan", "Élan, Zoé"), ("42", "42")]:
        CandidacyFactory(session=camp, speaker=SpeakerFactory(name=name, sort_name=sort_name))
    publish(edition, note="Ouverture")

    tree = page(client, "/demo/intervenants/")

    assert of_class(tree, "letter") == ["E", "#"]
    assert of_class(tree, "person__name") == ["Zoé Élan", "Camille Exemple", "42"]


def test_a_speaker_page_gives_the_role_held_in_each_session(client, edition, camp):
    publish(edition, note="Ouverture")

    tree = page(client, "/demo/intervenants/CAMYLE/")

    assert text(tree.find(".//h1")) == "Camille Exemple"
    assert "Une vie." in text(tree)
    assert of_class(tree, "rail__where") == ["Auditorium · Centre de Ségur · animatrice"]


def test_a_venue_page_tells_how_to_come_and_what_happens_there(client, edition, camp):
    publish(edition, note="Ouverture")

    tree = page(client, "/demo/lieux/segur/")

    assert "Métro Ségur" in text(tree)
    assert of_class(tree, "venues__item") == [
        "Auditorium Niveau 1 · 200 personnes Accès de plain-pied · Boucle magnétique"
    ]
    assert of_class(tree, "rail__where") == ["Auditorium · Centre de Ségur · Camille Exemple"]
    assert of_class(page(client, "/demo/lieux/"), "venues__item")[0].startswith("Centre de Ségur")


def test_news_tell_each_release_newest_first(client, edition, camp):
    gone = SessionFactory(edition=edition, title="Retirée ensuite")
    publish(edition, note="Le programme ouvre.")
    Session.objects.filter(pk=camp.pk).update(starts_at=at(10, day=3), ends_at=at(11, day=3))
    Session.objects.filter(pk=gone.pk).update(status="design")
    SessionFactory(edition=edition, title="Ajoutée ensuite")
    publish(edition, note="Trois changements.")

    newest, first = page(client, "/demo/nouveautes/").find_class("changes__item")

    assert text(newest.find(".//h2")) == "Version 2"
    assert [text(title) for title in newest.iter("h3")] == ["Déplacées", "Ajoutées", "Retirées"]
    assert [text(link) for link in newest.iter("a")] == ["Trois échecs, trois rebonds", "Ajoutée ensuite"]
    assert "Retirée ensuite" in text(newest)
    assert "Première version : 2 séances" in text(first)


# --- Every page ------------------------------------------------------------------------------------------------

PATHS = [
    "",
    "programme/",
    "programme/?vue=grille",
    "programme/?q=trois&format=conference",
    "seances/FACAMP/",
    "sequences/fail-camp/",
    "intervenants/",
    "intervenants/CAMYLE/",
    "lieux/",
    "lieux/segur/",
    "nouveautes/",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_costs_as_much_with_four_sessions_as_with_one(
    client, edition, camp, path, django_assert_max_num_queries
):
    for count in (1, 4):
        if count == 4:
            for _number in range(3):
                CandidacyFactory(session=SessionFactory(edition=edition, seats=30, seats_taken=30))
        publish(edition, note="Ouverture")
        client.get("/demo/lieux/autre/")  # the document is parsed
        with django_assert_max_num_queries(3 if path == "nouveautes/" else 2):
            client.get(f"/demo/{path}")
        with django_assert_max_num_queries(2):
            client.get(f"/demo/{path}")


@pytest.mark.parametrize("path", PATHS)
def test_pages_are_complete_in_both_languages(client, edition, camp, path):
    publish(edition, note="Ouverture")

    for prefix, language in [("", "fr"), ("/en", "en")]:
        tree = page(client, f"{prefix}/demo/{path}")
        assert tree.get("lang") == language
        assert len(list(tree.iter("h1"))) == 1
        assert tree.xpath("string(//link[@rel='canonical']/@href)").endswith(f"{prefix}/demo/{path}")
        alternates = {link.get("hreflang"): link.get("href") for link in tree.xpath("//link[@rel='alternate']")}
        assert alternates["fr"].endswith(f":8000/demo/{path}")
        assert alternates["en"].endswith(f":8000/en/demo/{path}")
        assert tree.xpath("string(//meta[@name='description']/@content)").strip()


@pytest.mark.parametrize("path", PATHS)
def test_public_pages_set_no_cookie_and_hold_no_script_or_style_of_their_own(client, edition, camp, path):
    publish(edition, note="Ouverture")

    response = client.get(f"/demo/{path}")

    assert not response.cookies
    source = response.content.decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|csrfmiddlewaretoken", source)


def test_an_edition_that_is_not_the_current_one_says_so(client, edition, camp):
    old = EditionFactory(slug="2018", name="Semaine 2018", starts_on=dt.date(2018, 11, 19))
    ReleaseFactory(edition=old, number=1)
    publish(edition, note="Ouverture")

    assert "Vous consultez une édition passée : Semaine 2018." in text(page(client, "/2018/programme/"))
    assert "Vous consultez" not in text(page(client, "/demo/programme/"))


def test_a_demonstration_is_not_indexed(client, edition, camp, settings):
    settings.DEMO = True
    publish(edition, note="Ouverture")

    tree = page(client, "/demo/programme/")

    assert tree.xpath("string(//meta[@name='robots']/@content)") == "noindex"


# --- Preview ---------------------------------------------------------------------------------------------------


def test_staff_see_what_is_not_published_yet_and_stay_in_the_preview(client, superuser, edition, camp):
    publish(edition, note="Ouverture")
    Session.objects.update(title="Titre au brouillon")
    client.force_login(superuser)

    tree = page(client, "/admin/apercu/demo/programme/")

    assert of_class(tree, "rail__title") == ["Titre au brouillon"]
    assert "Prévisualisation." in text(tree)
    assert tree.find_class("rail__title")[0].find("a").get("href") == "/admin/apercu/demo/seances/FACAMP/"
    news = page(client, "/admin/apercu/demo/nouveautes/").find_class("changes__item")
    assert text(news[0].find(".//h2")) == "Pas encore publié"


def test_the_preview_is_for_the_staff(client, edition, camp):
    publish(edition, note="Ouverture")

    assert client.get("/admin/apercu/demo/programme/").status_code == 302
