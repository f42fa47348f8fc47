"""What every list has: counts in words."""

import re

import pytest

from tests.factories import AudienceFactory, EditionFactory, SessionFactory, TaskFactory


@pytest.fixture
def edition(db):
    return EditionFactory(is_current=True, slug="semaine")


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

    assert re.search(r'<td class="[^"]*">2</td>', html)
