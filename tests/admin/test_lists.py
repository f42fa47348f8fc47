"""What every list has: filters above it, cells that say which column they are of, counts in words."""

import re

import pytest

from tests.factories import (
    AudienceFactory,
    EditionFactory,
    EmployerFactory,
    RegistrationFactory,
    SequenceFactory,
    SessionFactory,
    TaskFactory,
)


@pytest.fixture
def edition(db):
    return EditionFactory(is_current=True, slug="semaine")


def tags(html: str) -> list[tuple[str, str]]:
    """The chosen filters: what each says, and where taking it away leads."""
    found = re.search(r'<ul class="chosen-filters".*?</ul>', html, re.DOTALL)
    links = re.findall(r'<a[^>]* ?href="([^"]*)">(.*?)</a>', found[0], re.DOTALL) if found else []
    words = [(" ".join(re.sub(r"<[^>]+>", "", text).split()), href.replace("&amp;", "&")) for href, text in links]
    return [(text, href) for text, href in words if text != "Effacer les filtres"]


def test_chosen_filters_are_told_above_the_list_and_taken_away_one_by_one(editor, edition):
    sequence, _other = SequenceFactory(edition=edition, title="Fail camp"), SequenceFactory(edition=edition)
    SessionFactory(edition=edition, sequence=sequence, status="approved")

    plain = editor.get("/admin/programme/session/").content.decode()
    chosen = f"status__exact=approved&sequence__id__exact={sequence.pk}"
    narrowed = editor.get(f"/admin/programme/session/?{chosen}").content.decode()

    assert tags(plain) == []
    assert tags(narrowed) == [
        ("Retirer le filtre État : Validée ×", f"?sequence__id__exact={sequence.pk}"),
        ("Retirer le filtre Séquence : Fail camp ×", "?status__exact=approved"),
    ]
    assert narrowed.index('class="filters"') < narrowed.index('id="changelist-form"')


def test_a_value_that_no_filter_offers_is_told_as_it_is(editor, edition):
    html = editor.get("/admin/programme/session/?todo=<b>rien</b>").content.decode()

    assert tags(html) == [("Retirer le filtre Tâche : &lt;b&gt;rien&lt;/b&gt; ×", "?")]


def test_each_cell_says_which_column_it_is_of(project_lead, edition):
    RegistrationFactory(session__edition=edition, first_name="Camille", employer_name='Mairie "<Exemple>"')

    html = project_lead.get("/admin/registrations/registration/").content.decode()

    labels = ["Adresse électronique", "Séance", "État", "Personnes", "Employeur", "Demandée"]
    assert re.findall(r'<td data-label="([^"]*)"', html) == labels
    assert '<td class="action-checkbox">' in html
    assert "Mairie &quot;&lt;Exemple&gt;&quot;" in html


def test_the_number_of_results_is_told_when_something_narrows_the_list(project_lead, edition):
    for name in ["Mairie", "Préfecture"]:
        EmployerFactory(edition=edition, name=name)
    address = "/admin/registrations/employer/"

    plain, found = (project_lead.get(address + query).content.decode() for query in ("", "?q=mairie"))

    assert ("résultat" in plain, "Tout afficher" in plain) == (False, False)
    assert "1 résultat\n" in found
    assert '(<a href="?">Tout afficher</a>)' in found


def test_tasks_are_counted_as_tasks_in_the_list_of_the_plan(project_lead, edition):
    TaskFactory.create_batch(2, edition=edition)

    html = project_lead.get("/admin/planning/task/").content.decode()

    assert re.search(r'<p class="paginator">\s*2 tâches', html)
    assert "<h1>Rétroplanning</h1>" in html
    assert re.search(r'<th scope="row"[^>]*>\s*<a href="/admin/planning/task/"[^>]*>Rétroplanning</a>', html)


def test_an_audience_counts_its_sessions_in_the_chosen_edition(editor, edition):
    audience = AudienceFactory(name="Agents")
    for session in [*SessionFactory.create_batch(2, edition=edition), SessionFactory()]:
        session.audiences.add(audience)

    html = editor.get("/admin/programme/audience/").content.decode()

    assert re.search(r'<td data-label="Séances" class="[^"]*">2</td>', html)


def test_no_heading_of_a_table_of_lines_is_empty(superuser_client):
    pages = [
        superuser_client.get(f"/admin/{name}/add/").content.decode() for name in ("programme/format", "venues/venue")
    ]

    assert [re.findall(r"<th\b[^>]*>\s*</th>", page) for page in pages] == [[], []]
