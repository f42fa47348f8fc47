import datetime as dt

import pytest
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override

from publishing.availability import Availability, Seats, availability
from publishing.filters import (
    canonical_query,
    choices,
    chosen,
    default_day,
    filter_form,
    matching,
    query_string,
)
from publishing.programme import Day
from publishing.publish import publish
from tests.factories import (
    AudienceFactory,
    EditionFactory,
    FormatFactory,
    RoomFactory,
    SequenceFactory,
    SessionFactory,
    VenueFactory,
    at,
)

NOBODY_WAITS = Availability({}, timezone.now())


@pytest.fixture
def edition(db):
    edition = EditionFactory()
    camp = SequenceFactory(edition=edition, slug="fail-camp", title="Fail camp", position=1)
    desk = SequenceFactory(edition=edition, slug="bureau", title="Bureau du futur", position=2)
    talk, show = (
        FormatFactory(slug="conference", name="Conférence"),
        FormatFactory(slug="exposition", name="Exposition"),
    )
    agents, chiefs = AudienceFactory(slug="agents", name="Agents"), AudienceFactory(slug="cadres", name="Cadres")
    segur = VenueFactory(slug="segur", name="Ségur")
    hall, aud = RoomFactory(venue=segur, slug="hall", name="Hall"), RoomFactory(venue=segur, slug="aud", name="Aud")
    zeus = RoomFactory(venue=VenueFactory(slug="zeus", name="Zeus"), slug="zeus")
    common = {"edition": edition, "seats": 10}
    SessionFactory(**common, title="A", sequence=camp, format=talk, room=aud, audiences=[agents], code="AAAAAA")
    SessionFactory(
        **common, title="B", sequence=desk, format=show, room=hall, audiences=[agents, chiefs], code="BBBBBB",
        starts_at=at(9, day=1), ends_at=at(18, day=1), entry="free",
    )  # fmt: skip
    SessionFactory(
        **common, title="C", sequence=camp, format=talk, room=zeus, code="CCCCCC",
        starts_at=at(14, day=1), ends_at=at(15, day=1), seats_taken=10,
    )  # fmt: skip
    SessionFactory(
        **common, title="D", sequence=desk, format=talk, room=None, is_online=True, code="DDDDDD",
        starts_at=at(9, day=2), ends_at=at(10, day=2),
    )  # fmt: skip
    return edition


@pytest.fixture
def programme(edition):
    return publish(edition, note="Ouverture").programme()


def asked(query, programme):
    return canonical_query(QueryDict(query), programme)


def test_a_query_has_one_form_whatever_the_order_and_the_rest(programme):
    expected = (("q", "Échec"), ("format", "conference"), ("vue", "grille"))

    assert asked("vue=grille&format=conference&q=%C3%89chec", programme) == expected
    assert asked("q=++%C3%89chec+&x=1&utm_source=mail&lieu=&format=conference&vue=grille&jour=", programme) == expected


def test_unknown_values_are_dropped(programme):
    junk = "jour=2018-13-45&sequence=autre&format=%00&lieu=segur.cave&public=tous&ouvertes=oui&vue=plan&q=%00%20%07"

    assert asked(junk, programme) == ()
    assert asked("", programme) == ()


def test_a_search_is_cut_to_a_hundred_characters(programme):
    assert asked("q=" + "a" * 5000, programme) == (("q", "a" * 100),)


def codes(programme, query, states=NOBODY_WAITS):
    return [item.code[0] for item in matching(programme, asked(query, programme), states)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "ABCD"),
        ("sequence=fail-camp", "AC"),
        ("format=conference", "ACD"),
        ("format=conference&sequence=bureau", "D"),
        ("lieu=segur", "AB"),
        ("lieu=segur.hall", "B"),
        ("lieu=en-ligne", "D"),
        ("public=agents", "AB"),
        ("public=cadres", "B"),
        ("public=cadres&lieu=zeus", ""),
        ("q=zeus&format=conference", "C"),
    ],
)
def test_filters_combine(programme, query, found):
    assert codes(programme, query) == list(found)


def test_a_day_is_a_filter(programme):
    tuesday = at(0, day=1).date().isoformat()

    assert codes(programme, f"jour={tuesday}") == ["B", "C"]
    assert codes(programme, f"jour={tuesday}&sequence=fail-camp") == ["C"]


def test_still_open_leaves_out_what_is_full(programme, edition):
    states = availability(edition, now=timezone.now())

    assert states.state(programme.item_by_code["CCCCCC"]) == "full"
    assert codes(programme, "ouvertes=1", states) == ["A", "B", "D"]


def test_still_open_leaves_out_what_is_closed_or_called_off(programme):
    now = timezone.now()
    closed = Seats(seats=10, taken=0, opens_at=None, closes_at=now - dt.timedelta(hours=1))
    states = Availability({"AAAAAA": closed}, now)

    assert codes(programme, "ouvertes=1", states) == ["B", "C", "D"]


def test_rooms_are_offered_for_venues_that_have_several(programme):
    with override("fr"):
        assert choices(programme, "lieu") == {
            "segur": "Ségur",
            "segur.aud": "Ségur – Aud",
            "segur.hall": "Ségur – Hall",
            "zeus": "Zeus",
            "en-ligne": "En ligne",
        }


def test_a_filter_with_one_choice_is_not_shown(db):
    edition = EditionFactory()
    SessionFactory(edition=edition)
    programme = publish(edition, note="Ouverture").programme()

    assert list(filter_form((), programme).fields) == ["q", "ouvertes"]


def test_the_form_shows_what_was_asked(programme):
    form = filter_form(asked("q=futur&ouvertes=1&format=exposition&vue=grille", programme), programme)

    assert str(form["q"]).count('value="futur"') == 1
    assert '<option value="exposition" selected>' in str(form["format"])
    assert str(form["ouvertes"]).count("value=") == 1
    assert "checked" in str(form["ouvertes"])
    assert 'value="grille"' in str(form["vue"])


def test_each_chosen_filter_can_be_removed_alone(programme):
    query = asked("q=futur&format=exposition&vue=grille", programme)

    with override("fr"):
        found = [(tag.label, tag.query) for tag in chosen(query, programme)]

    assert found == [
        ("«\u00a0futur\u00a0»", "?format=exposition&vue=grille"),
        ("Exposition", "?q=futur&vue=grille"),
    ]


def test_addresses_are_in_the_canonical_order(programme):
    query = asked("vue=grille&q=%C3%A9t%C3%A9", programme)

    assert query_string(query, jour="2018-11-20") == "?q=%C3%A9t%C3%A9&jour=2018-11-20&vue=grille"
    assert query_string(query, vue="", q="") == ""


def test_a_long_programme_opens_on_today_else_the_next_day_else_the_first(programme):
    days = [Day(at(0, day=offset).date(), ()) for offset in (0, 2, 4)]

    opened = [default_day(days, programme, at(12, day=offset)).date for offset in (-3, 0, 1, 2, 9)]

    assert opened == [days[0].date, days[0].date, days[1].date, days[1].date, days[0].date]


@pytest.mark.django_db
def test_words_of_the_staff_are_said_in_their_language_on_english_pages(client):
    session = SessionFactory(format__name="Procès", format__slug="proces")
    SessionFactory(edition=session.edition, format__name="Atelier", format__slug="atelier")
    publish(session.edition, note="Ouverture")
    address = f"/{session.edition.slug}/programme/"

    french, english = client.get(address).content.decode(), client.get(f"/en{address}").content.decode()

    assert '<option value="proces" lang="fr">Procès</option>' in english
    assert '<option value="proces">Procès</option>' in french
    assert '<option value="" selected>Every format</option>' in english
