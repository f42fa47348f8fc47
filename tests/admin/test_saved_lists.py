"""Lists of sessions that people come back to."""

from typing import Any

import pytest

from sessions.models import SavedList
from tests.admin.test_queries import count
from tests.factories import EditionFactory, SavedListFactory, SessionFactory

LIST = "/admin/programme/session/"
LISTS = f"{LIST}listes/"


@pytest.fixture
def edition(db):
    return EditionFactory(is_current=True, slug="semaine")


def user_of(client) -> int:
    return int(client.session["_auth_user_id"])


def links(response) -> list[tuple[str, str, bool]]:
    return [(link.name, link.query, link.is_here) for link in response.context["saved_lists"]()]


def save(client, **fields: Any):
    return client.post(LISTS, {"save": "1", "name": "À relire", "query": "q=camp&status__exact=review&p=2", **fields})


def test_my_sessions_are_there_without_saving_anything(editor, edition):
    SessionFactory(edition=edition, title="À moi", owner_id=user_of(editor))
    SessionFactory(edition=edition, title="À personne")

    name, query, _here = links(editor.get(LIST))[1]

    response = editor.get(f"{LIST}?{query}")
    assert name == "Mes séances"
    assert [session.title for session in response.context["cl"].result_list] == ["À moi"]
    assert links(response)[1][2]


def test_a_list_is_saved_without_its_page_and_opens_again(editor, edition):
    page = editor.get(f"{LISTS}?query=status__exact%3Dreview%26p%3D2")

    done = save(editor)

    saved = SavedList.objects.get()
    assert "Enregistrer cette liste" in page.content.decode()
    assert "filtres, la recherche et l’ordre" in page.content.decode()
    assert done["Location"] == f"{LIST}?q=camp&status__exact=review"
    assert (saved.name, saved.query, saved.owner_id, saved.edition) == (
        "À relire",
        "q=camp&status__exact=review",
        user_of(editor),
        edition,
    )
    assert links(editor.get(done["Location"]))[2] == ("À relire", "q=camp&status__exact=review", True)


def test_colleagues_see_what_is_shared_and_change_nothing_of_it(editor, project_lead, edition):
    save(editor, name="Privée")
    save(editor, name="Partagée", is_shared="on")
    shared = SavedList.objects.get(name="Partagée")

    project_lead.post(LISTS, {"list": shared.pk, "remove": "1"})
    project_lead.post(LISTS, {"list": shared.pk, f"list-{shared.pk}-name": "Piratée"})

    assert [name for name, _query, _here in links(project_lead.get(LIST))] == [
        "Toutes les séances",
        "Mes séances",
        "Partagée",
    ]
    shared.refresh_from_db()
    assert shared.name == "Partagée"


def test_its_owner_renames_and_removes_a_list(editor, edition):
    mine = SavedListFactory(owner_id=user_of(editor), edition=edition, is_shared=True)
    other = SavedListFactory(owner_id=user_of(editor), edition=edition, name="Autre")

    twice = editor.post(LISTS, {"list": mine.pk, f"list-{mine.pk}-name": "Autre", "rename": "1"})
    editor.post(LISTS, {"list": mine.pk, f"list-{mine.pk}-name": "Nouveau nom", "rename": "1"})
    editor.post(LISTS, {"list": other.pk, "remove": "1"})

    assert "Vous avez déjà une liste de ce nom." in twice.content.decode()
    assert list(SavedList.objects.values_list("name", "is_shared")) == [("Nouveau nom", False)]


def test_a_name_that_is_taken_and_filters_without_end_are_refused(editor, edition):
    save(editor)

    twice, long = save(editor), save(editor, name="Longue", query="q=" + "x" * 2000)

    assert (list(twice.context["form"].errors), list(long.context["form"].errors)) == (["name"], ["query"])
    assert SavedList.objects.count() == 1


def test_a_hostile_query_stays_a_query(editor, edition):
    save(editor, query='"><script>alert(1)</script>//evil.example')

    html = editor.get(LIST).content.decode()

    assert "<script>alert" not in html
    assert editor.get(f"{LIST}?{SavedList.objects.get().query}", follow=True).status_code == 200


def test_a_stranger_to_sessions_has_no_lists(stranger, edition):
    assert stranger.get(LISTS).status_code == 302


def test_saved_lists_cost_the_same_however_many(editor, edition):
    SavedListFactory(edition=edition, is_shared=True)
    few = count(editor, LIST)

    for _number in range(5):
        SavedListFactory(edition=edition, is_shared=True)

    assert count(editor, LIST) == few
