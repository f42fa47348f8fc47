import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from exports.schedule_import.apply import apply_schedule
from exports.schedule_import.parse import parse_schedule
from exports.schedule_import.report import Counts, Report
from publishing.publish import publish
from sessions.models import Edition, Role, Session
from speakers.models import Candidacy, Speaker
from tests.exports.schedules import event, persons, schedule
from tests.factories import CandidacyFactory, EditionFactory, RoleFactory, SessionFactory
from venues.models import Room, Venue

pytestmark = pytest.mark.django_db

ONE = event(
    "1", title="Un", more=f"<track>Santé</track><type>Atelier</type>{persons('Camille Exemple', 'Dominique F.')}"
)
TWO = event("2", title="Deux", start="10:00", more="<track>Santé</track><type>Conférence</type>")


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def load(*events: str, edition: str = "journees", dry_run: bool = False, **parts: str) -> Report:
    found = parse_schedule(schedule(*events, **parts), time_zone="Europe/Paris", language="fr")
    return apply_schedule(found, edition_slug=edition, dry_run=dry_run)


def test_a_first_import_creates_everything_confirmed_approved_and_with_a_history():
    report = load(ONE, TWO)

    session = Session.objects.get(import_id="1")
    assert (session.title, session.status, session.entry, session.sequence.title) == ("Un", "approved", "free", "Santé")
    assert [str(part.speaker) for part in session.candidacies.confirmed()] == ["Camille Exemple", "Dominique F."]
    assert {(role.slug, role.required) for role in Role.objects.all()} == {("intervenant", 0)}
    assert session.room.venue == Venue.objects.get(name="Journées")
    assert {name.__name__: counts for name, counts in report.counts.items()} == {
        "Edition": Counts(created=1),
        "Venue": Counts(created=1),
        "Room": Counts(created=1),
        "Format": Counts(created=2),
        "Sequence": Counts(created=1),
        "Session": Counts(created=2),
        "Speaker": Counts(created=2),
        "Candidacy": Counts(created=2),
    }
    for row in [session, session.room, session.sequence, session.format, session.edition, *Speaker.objects.all()]:
        assert [(entry.history_type, entry.history_change_reason) for entry in row.history.all()] == [("+", "import")]


def test_the_same_file_again_changes_nothing():
    load(ONE, TWO)

    report = load(ONE, TWO)

    assert report.is_empty
    assert (report.changes, report.left) == ([], [])
    assert Session.history.count() == 2


def test_a_rehearsal_reports_the_same_and_writes_nothing():
    report = load(ONE, TWO, dry_run=True)

    assert report.of(Session) == Counts(created=2)
    assert not Edition.objects.exists()
    assert not Speaker.objects.exists()
    assert not Session.history.exists()


def test_a_changed_row_is_changed_and_told():
    load(ONE, TWO)
    moved = ONE.replace("<start>09:00", "<start>11:00").replace(">Un<", ">Un, plus tard<")

    report = load(moved, TWO)

    session = Session.objects.get(import_id="1")
    assert report.of(Session) == Counts(changed=1, unchanged=1)
    assert report.changes == [f"“Un, plus tard” ({session.code}): title, start, end."]
    assert session.starts_at.hour == 10  # UTC
    assert [entry.title for entry in session.history.order_by("history_id")] == ["Un", "Un, plus tard"]


def test_what_staff_edited_since_the_last_import_is_left_and_told():
    load(ONE)
    session = Session.objects.get(import_id="1")
    session.title = "Un, en mieux"
    session.save()

    report = load(ONE.replace(">Un<", ">Un (rectifié)<").replace("01:00", "02:00"))

    session.refresh_from_db()
    assert session.title == "Un, en mieux"
    assert (session.ends_at - session.starts_at).seconds == 7200
    assert report.left == [f"“Un, en mieux” ({session.code}): edited by hand since the last import (title)."]


def test_a_session_missing_from_the_file_is_left_and_told():
    load(ONE, TWO)

    report = load(ONE)

    code = Session.objects.get(import_id="2").code
    assert report.left == [f"“Deux” ({code}): no longer in the file. Cancel it if it does not take place."]
    assert Session.objects.get(import_id="2").status == Session.Status.APPROVED


def test_a_person_who_left_the_file_is_withdrawn_and_comes_back_with_it():
    load(ONE)
    alone = ONE.replace(persons("Camille Exemple", "Dominique F."), persons("Camille Exemple"))

    report = load(alone)
    stages = dict(Candidacy.objects.values_list("speaker__name", "stage"))
    load(ONE)

    assert stages == {"Camille Exemple": "confirmed", "Dominique F.": "withdrawn"}
    assert report.changes == ["Dominique F. is no longer in “Un”: withdrawn."]
    assert set(Candidacy.objects.values_list("stage", flat=True)) == {"confirmed"}


def test_a_person_whom_staff_declined_is_not_confirmed_again():
    load(ONE)
    candidacy = Candidacy.objects.get(speaker__name="Dominique F.")
    candidacy.stage = Candidacy.Stage.DECLINED
    candidacy.save()

    report = load(ONE)

    candidacy.refresh_from_db()
    assert candidacy.stage == Candidacy.Stage.DECLINED
    assert report.left == ["Dominique F. in “Un”: in the file, but “Declined (by the person)” here."]


def test_people_whom_staff_added_stay():
    load(TWO)
    session = Session.objects.get(import_id="2")
    added = CandidacyFactory(session=session, role=RoleFactory(format=session.format, slug="animateur"))

    load(TWO)

    assert list(session.candidacies.confirmed()) == [added]


def test_the_same_identifiers_in_another_edition_are_other_people_and_sessions():
    load(ONE)

    load(ONE, edition="autres-journees")

    assert Speaker.objects.count() == 4
    assert Session.objects.count() == 2


def test_an_edition_made_by_hand_keeps_its_days_and_its_own_sessions():
    edition = EditionFactory(slug="journees", starts_on=dt.date(2026, 12, 14), ends_on=dt.date(2026, 12, 20))
    own = SessionFactory(edition=edition, title="Un")

    report = load(ONE)

    edition.refresh_from_db()
    assert (str(edition.starts_on), str(edition.ends_on)) == ("2026-12-14", "2026-12-20")
    assert report.left == ["The file has days outside the edition (2026-12-14 to 2026-12-20), which is left as it is."]
    assert set(edition.sessions.values_list("import_id", flat=True)) == {"", "1"}
    assert edition.sessions.get(import_id="").pk == own.pk


def test_a_sequence_or_room_renamed_by_staff_is_found_again():
    load(ONE)
    Room.objects.update(name="Grande salle A")
    sequence = Session.objects.get().sequence
    sequence.title = "Santé et soin"
    sequence.save()

    report = load(ONE)

    assert report.is_empty
    assert Session.objects.get().sequence.title == "Santé et soin"


def test_two_tracks_with_the_same_slug_stay_two():
    accented = event("3", title="Trois", start="12:00", more="<track>Sante</track>")

    load(ONE, accented)
    report = load(ONE, accented)

    assert report.is_empty
    slugs = Session.objects.order_by("import_id").values_list("sequence__title", "sequence__slug")
    assert list(slugs) == [("Santé", "sante-2"), ("Sante", "sante")] or list(slugs) == [
        ("Santé", "sante"),
        ("Sante", "sante-2"),
    ]


def test_an_address_of_the_site_is_no_edition_and_nothing_is_written():
    with pytest.raises(ValidationError) as caught:
        load(ONE, edition="admin")

    assert caught.value.messages == ["“admin” is an address of the site itself. Choose another one, such as the year."]
    assert not Venue.objects.exists()


def test_queries_do_not_grow_with_the_number_of_events():
    def count(edition: str, number: int) -> int:
        events = [
            event(
                str(n), title=f"E{n}", start=f"{8 + n // 4:02}:{n % 4 * 15:02}", duration="00:10", more=persons(f"{n}P")
            )
            for n in range(number)
        ]
        with CaptureQueriesContext(connection) as queries:
            load(*events, edition=edition)
        return len(queries)

    few, many = count("few", 2), count("many", 40)

    assert few < 50
    assert many < few + 10  # SQLite takes a thousand values at a time


def test_an_imported_edition_can_be_published():
    load(ONE, TWO)

    release = publish(Edition.objects.get(slug="journees"), note="Programme importé.")

    assert [item.title for item in release.programme().items] == ["Un", "Deux"]
