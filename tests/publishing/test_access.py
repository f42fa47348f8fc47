"""What helps people come: words on pages, a filter of the search, and the day before which to say what one needs."""

import json
from pathlib import Path

import pytest
from django.http import QueryDict
from django.utils import timezone, translation

from publishing.admin.this_session import fields_beside
from publishing.availability import Availability
from publishing.filters import canonical_query, choices, filter_form, matching
from publishing.programme import from_json
from publishing.publish import publish
from publishing.restoring import restore
from publishing.this_session import beside
from sessions.models import Session
from tests.factories import EditionFactory, RoomFactory, SequenceFactory, SessionFactory, at

OLD_RELEASES = Path(__file__).parent / "releases"


@pytest.fixture
def edition(db):
    edition = EditionFactory(slug="demo", is_current=True)
    SessionFactory(edition=edition, title="A", code="AAAAAA", sign_language=True)
    SessionFactory(edition=edition, title="B", code="BBBBBB", captions=True, starts_at=at(11), ends_at=at(12))
    SessionFactory(
        edition=edition,
        title="C",
        code="CCCCCC",
        room=RoomFactory(step_free=True),
        captions=True,
        starts_at=at(13),
        ends_at=at(14),
    )
    SessionFactory(edition=edition, title="D", code="DDDDDD", starts_at=at(15), ends_at=at(16))
    publish(edition, note="Ouverture")
    return edition


@pytest.fixture
def programme(edition):
    return edition.releases.get().programme()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("acces=langue-des-signes", "A"),
        ("acces=sous-titrage", "BC"),
        ("acces=plain-pied", "C"),
        ("acces=boucle-magnetique", "ABCD"),  # no session has one: not a value of this programme
        ("acces=captions", "ABCD"),
    ],
)
def test_the_programme_is_filtered_by_what_helps_people_come(programme, query, found):
    asked = canonical_query(QueryDict(query), programme)

    items = matching(programme, asked, Availability({}, timezone.now()))

    assert [item.code[0] for item in items] == list(found)


def test_the_filter_offers_what_some_session_has_in_the_words_of_its_page(programme):
    words = {"plain-pied": "Accès de plain-pied", "langue-des-signes": "Langue des signes"}
    assert choices(programme, "acces") == words | {"sous-titrage": "Sous-titrage en direct"}
    with translation.override("en"):
        assert choices(programme, "acces")["plain-pied"] == "Step-free access"


def test_a_programme_without_any_has_no_such_filter(db):
    edition = EditionFactory()
    SessionFactory(edition=edition)

    form = filter_form((), publish(edition, note="Ouverture").programme())

    assert "acces" not in form.fields


def test_the_page_of_the_programme_has_the_filter_and_says_what_is_chosen(client, edition):
    page = client.get("/demo/programme/?acces=langue-des-signes").content.decode()

    assert '<option value="langue-des-signes" selected>' in page
    assert "/seances/AAAAAA/" in page
    assert "/seances/BBBBBB/" not in page


def test_the_day_before_which_to_ask_stands_on_the_page_of_the_session_and_on_the_form(client, edition):
    Session.objects.filter(code="AAAAAA").update(ask_before=at(0, day=-10).date())
    assert "avant le" not in client.get("/demo/seances/AAAAAA/").content.decode()  # not before it is published
    publish(edition, note="Une date.")

    page = client.get("/demo/seances/AAAAAA/").content.decode()
    form = client.get("/demo/seances/AAAAAA/inscription/").content.decode()
    other = client.get("/demo/seances/BBBBBB/inscription/").content.decode()

    day = f"{at(0, day=-10).day}"
    assert day in page[page.index("Dites ce dont vous avez besoin avant le") :][:80]
    assert day in form[form.index("ensuite, nous ferons") - 80 :][:80]
    assert "ensuite, nous ferons" not in other


def test_the_line_of_a_day_of_slots_tells_the_first_of_their_days(db):
    sequence, room = SequenceFactory(), RoomFactory()
    for hour in (9, 10):
        SessionFactory(
            edition=sequence.edition,
            sequence=sequence,
            is_slot=True,
            room=room,
            starts_at=at(hour),
            ends_at=at(hour + 1),
            ask_before=at(0, day=-hour).date(),
        )

    [line] = publish(sequence.edition, note="Ouverture").programme().lines

    assert line.ask_before == at(0, day=-10).date()


def test_a_date_that_is_not_published_yet_is_told_to_the_staff_and_can_be_taken_back(edition, rf, superuser):
    session = Session.objects.get(code="AAAAAA")
    session.ask_before = at(0, day=-10).date()
    session.save()
    request = rf.get("/")
    request.user = superuser

    told = fields_beside(request, session)["ask_before"]

    assert (told.public, told.draft.startswith("vendredi")) == ("–", True)
    assert "ask_before" in beside(session).change.fields
    restore(session)
    session.refresh_from_db()
    assert session.ask_before is None


def test_in_releases_made_before_there_was_such_a_day_none_is_told():
    document = (OLD_RELEASES / "schema_3.json").read_text()

    assert "ask_before" not in json.dumps(json.loads(document))
    assert {item.ask_before for item in from_json(document).items} == {None}
