"""What does not fit together is said, and nothing is refused."""

import datetime as dt

import pytest
from django.utils import timezone

from publishing.current import released
from publishing.publish import publish
from registrations.agenda import Agenda, Line
from registrations.models import Registration
from registrations.templatetags.personal import notice_words
from tests.factories import EditionFactory, RegistrationFactory, RoomFactory, SessionFactory, VenueFactory, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return EditionFactory(slug="demo", is_current=True)


@pytest.fixture
def paris():
    return RoomFactory(venue=VenueFactory(name="Maison de l’innovation", city="Paris"))


def registered(edition, title: str, start: dt.datetime, *, minutes: int = 60, **values) -> Registration:
    """The same person in another session."""
    state = values.pop("state", Registration.State.CONFIRMED)
    more = {name: values.pop(name) for name in ("expires_at", "queued_at", "party", "is_online") if name in values}
    ends_at = start + dt.timedelta(minutes=minutes)
    session = SessionFactory(edition=edition, title=title, starts_at=start, ends_at=ends_at, **values)
    return RegistrationFactory(session=session, state=state, email="alix@example.org", **more)


def agenda(edition, *, now: dt.datetime | None = None) -> Agenda:
    publish(edition, note="Version.")
    rows = Registration.objects.filter(email_key="alix@example.org").select_related("session")
    return Agenda.of(rows, released("demo"), now or timezone.now())


def lines(found: Agenda) -> list[Line]:
    return [line for day in found.days for line in day.lines]


def told(found: Agenda) -> dict[str, list[str]]:
    """The words beside each session, by title."""
    return {line.stop.title: [notice_words(line.stop, notice) for notice in line.notices] for line in lines(found)}


def test_sessions_stand_under_their_day_in_order(edition):
    registered(edition, "Le soir", at(18, day=1))
    registered(edition, "Le lendemain matin", at(9, day=1))
    registered(edition, "Le premier jour", at(14))

    found = agenda(edition)

    assert [(day.date, [line.stop.title for line in day.lines]) for day in found.days] == [
        (at(0).date(), ["Le premier jour"]),
        (at(0, day=1).date(), ["Le lendemain matin", "Le soir"]),
    ]
    assert told(found) == {"Le premier jour": [], "Le lendemain matin": [], "Le soir": []}


def test_two_sessions_at_the_same_time_are_told_on_both(edition, paris):
    registered(edition, "Fail camp", at(10), room=paris)
    registered(edition, "Procès", at(10, 30), room=RoomFactory(venue=paris.venue))

    assert told(agenda(edition)) == {
        "Fail camp": ["En même temps que «\u00a0Procès\u00a0»."],
        "Procès": ["En même temps que «\u00a0Fail camp\u00a0»."],
    }


def test_one_after_the_other_in_one_venue_needs_no_time(edition, paris):
    registered(edition, "Fail camp", at(10), room=paris)
    registered(edition, "Procès", at(11), room=RoomFactory(venue=paris.venue))

    assert told(agenda(edition)) == {"Fail camp": [], "Procès": []}


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (
            at(11),
            [
                "Pas de temps pour venir de «\u00a0Fail camp\u00a0» (Maison de l’innovation)\u00a0: "
                "cette séance commence quand l’autre se termine."
            ],
        ),
        (
            at(11, 10),
            [
                "10\u00a0min seulement pour venir de «\u00a0Fail camp\u00a0» (Maison de l’innovation)\u00a0: "
                "comptez une demi-heure entre deux lieux."
            ],
        ),
        (at(11, 30), []),
    ],
)
def test_another_venue_of_the_city_is_half_an_hour_away(edition, paris, start, words):
    registered(edition, "Fail camp", at(10), room=paris)
    registered(edition, "Procès", start, room=RoomFactory(venue=VenueFactory(city="PARIS")))

    assert told(agenda(edition)) == {"Fail camp": [], "Procès": words}


def test_between_two_cities_the_person_is_told_the_time_and_judges(edition, paris):
    registered(edition, "Fail camp", at(10), room=paris)
    registered(edition, "Procès", at(15), room=RoomFactory(venue=VenueFactory(city="Lyon")))
    registered(edition, "Le lendemain", at(10, day=1), room=paris)

    assert told(agenda(edition)) == {
        "Fail camp": [],
        "Procès": [
            "4\u00a0h pour venir de «\u00a0Fail camp\u00a0», de Paris à Lyon\u00a0: vérifiez que vous en avez le temps."
        ],
        "Le lendemain": [],
    }


def test_the_way_is_from_the_session_that_ends_last_before(edition, paris):
    registered(edition, "Journée", at(9), minutes=170, room=RoomFactory(venue=VenueFactory(name="Ailleurs")))
    registered(edition, "Matin", at(10), room=paris)
    registered(edition, "Après", at(12), room=paris)

    assert [words[:17] for words in told(agenda(edition))["Après"]] == ["10\u00a0min seulement "]


def test_nobody_travels_to_a_screen(edition, paris):
    registered(edition, "Fail camp", at(10), room=paris)
    online = registered(edition, "En ligne", at(11), room=None)
    online.session.is_online = True
    online.session.save()
    registered(edition, "Procès", at(12), room=RoomFactory())

    assert told(agenda(edition)) == {"Fail camp": [], "En ligne": [], "Procès": []}


@pytest.mark.parametrize("state", ["cancelled", "expired"])
def test_what_was_given_up_clashes_with_nothing_and_stands_apart(edition, state):
    registered(edition, "Fail camp", at(10))
    registered(edition, "Procès", at(10), state=state)

    found = agenda(edition)

    assert told(found) == {"Fail camp": []}
    assert [stop.title for stop in found.past] == ["Procès"]


def test_a_session_that_is_called_off_stays_and_clashes_with_nothing(edition):
    registered(edition, "Fail camp", at(10))
    off = registered(edition, "Procès", at(10))
    publish(edition, note="Première version.")
    off.session.status = "cancelled"
    off.session.save()

    assert told(agenda(edition)) == {"Fail camp": [], "Procès": []}


def test_a_hold_whose_time_is_over_is_told_as_expired(edition):
    registered(edition, "Fail camp", at(10), state="held", expires_at=timezone.now() - dt.timedelta(minutes=1))

    found = agenda(edition)

    assert found.is_empty
    assert [(stop.title, stop.state) for stop in found.past] == [("Fail camp", "expired")]


def test_asked_for_twice_a_session_stands_once(edition):
    first = registered(edition, "Fail camp", at(10), state="cancelled")
    again = RegistrationFactory(session=first.session, email="alix@example.org", state="waiting", queued_at=at(8))
    later = registered(edition, "Procès", at(14), state="cancelled")
    last = RegistrationFactory(session=later.session, email="alix@example.org", state="cancelled")

    found = agenda(edition)

    assert [line.stop.registration for line in lines(found)] == [again]
    assert [stop.registration for stop in found.past] == [last]


def test_after_the_week_everything_is_past(edition):
    registered(edition, "Fail camp", at(10))

    found = agenda(edition, now=at(11))

    assert found.is_empty
    assert [stop.title for stop in found.past] == ["Fail camp"]


def test_a_session_that_left_the_programme_is_past_and_has_no_title(edition):
    gone = registered(edition, "Fail camp", at(10))
    registered(edition, "Procès", at(14))
    gone.session.status = "design"
    gone.session.save()

    found = agenda(edition)

    assert [(stop.published, stop.title) for stop in found.past] == [(None, "")]


def test_on_the_night_of_the_clock_change_hours_are_counted_as_they_pass(paris):
    """Two clocks read 3 h and 2 h 45, one after the other: between them is an hour and a quarter less."""
    day = dt.date(timezone.localdate().year + 1, 10, 31)
    sunday = day - dt.timedelta(days=(day.weekday() + 1) % 7)
    edition = EditionFactory(slug="demo", is_current=True, starts_on=sunday, ends_on=sunday)
    zone = at(0).tzinfo
    start = dt.datetime.combine(sunday, dt.time(1, 40), zone)
    registered(edition, "Nuit", start, minutes=60, room=paris)  # ends at 2 h 40, still in summer
    second = dt.datetime.combine(sunday, dt.time(2, 30), zone).replace(fold=1)  # fifty minutes later, in winter
    registered(edition, "Aube", second, room=RoomFactory())

    assert told(agenda(edition)) == {"Nuit": [], "Aube": []}
