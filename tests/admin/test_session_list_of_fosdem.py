"""The pages of the list on a real programme: FOSDEM 2019, 775 sessions."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions.models import Session
from tests.admin.test_queries import count
from tests.factories import EditionFactory

MOST_QUERIES = 20
LIST = "/admin/programme/session/"


@pytest.fixture
def fosdem(db, data_folder):
    edition = EditionFactory(slug="fosdem", is_current=True, starts_on=dt.date(2019, 2, 2), ends_on=dt.date(2019, 2, 3))
    call_command("import_schedule", str(data_folder / "fosdem-2019-schedule.xml"), edition="fosdem", verbosity=0)
    return edition


def test_no_page_of_the_list_asks_more_than_twenty_queries(editor, fosdem, capsys):
    sessions = Session.objects.filter(edition=fosdem)
    assert sessions.count() == 775

    found = {page: count(editor, LIST + page) for page in ["", "?day=2019-02-02", "?all=", "coller/", "listes/"]}

    assert {page: number for page, number in found.items() if number > MOST_QUERIES} == {}
    ids = ",".join(str(pk) for pk in sessions.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as queries:
        response = editor.post(f"{LIST}plusieurs/", {"ids": ids, "days": 1, "look": "1"})
    assert len(response.context["to_change"]) == 775
    assert len(queries) <= MOST_QUERIES
