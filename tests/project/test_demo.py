import datetime as dt
import html
import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from innovation_week.demo.load import load_demonstration, read, three_weeks_from
from innovation_week.demo.portraits import abstract_portrait
from outbox.models import Message
from planning.conflicts import find_conflicts
from planning.models import Service
from publishing.lines import visits
from publishing.models import Release
from publishing.programme import Line
from publishing.publish import unpublished
from registrations.models import Invitation, Registration
from registrations.seats import recount
from sessions.models import Edition, Session
from speakers.models import Candidacy, Speaker

WEEKS = ["week_2018", "week_demo"]


@pytest.fixture
def demonstration(db) -> None:
    load_demonstration(today=timezone.localdate())


def test_both_editions_are_published_and_nothing_stops_them(demonstration):
    past, demo = Edition.objects.get(slug="2018"), Edition.objects.get(slug="demo")

    assert (past.starts_on, past.ends_on, past.is_current) == (dt.date(2018, 11, 19), dt.date(2018, 11, 25), False)
    assert (demo.starts_on.weekday(), demo.is_current) == (0, True)
    assert list(Release.objects.values_list("edition__slug", "number").order_by("edition__slug")) == [
        ("2018", 1),
        ("demo", 1),
    ]
    assert [conflict.code for edition in (past, demo) for conflict in find_conflicts(edition)] == []


def test_the_week_to_come_is_prepared_with_something_late(demonstration):
    edition, today = Edition.objects.get(slug="demo"), timezone.localdate()

    assert edition.tasks.late(today).exists()
    assert edition.tasks.due_within(60, today).exists()
    assert edition.tasks.done().count() > 5
    assert edition.deliverables.late(today).exists()
    assert edition.deliverables.accepted().filter(release__number=1).exists()
    suppliers = set(Service.objects.values_list("supplier", "contact_email"))
    assert suppliers == {("Prestataire exemple", "prestataire@example.org")}


def test_counted_audiences_and_the_only_real_name_are_those_of_the_sources(demonstration):
    programme = Release.objects.get(edition__slug="2018").programme()

    counted = {line.title: line.attendance for line in programme.lines if line.attendance}
    assert counted == {
        "Bureau du futur": "environ 100\u00a0visiteurs dans la journée",
        "Fail camp": "plus de 100\u00a0participants",
        "Tribunal pour les générations futures": "plus de 200\u00a0participants",
        "Innovation publique ou cauchemar en cuisine\u202f?": "quarante participants",
    }
    assert "25\u202f000\u00a0participants" in html.unescape(programme.summary.replace("</strong>", ""))
    real = Speaker.objects.get(name="Thomas Cazenave")
    parts = [(part.session.title, part.session.edition.slug, part.role.slug) for part in real.candidacies.all()]
    assert parts == [("Bureau du futur\u00a0: ouverture", "2018", "ouverture")]
    others = Speaker.objects.exclude(pk=real.pk)
    assert all("Personne fictive" in speaker.biography for speaker in others)


def test_what_no_source_gives_says_exemple_where_the_public_reads_it(demonstration):
    for release in Release.objects.all():
        for item in release.programme().items:
            place = release.programme().place_by_slug.get(item.slot.place)
            room = release.programme().room_of(item.slot)
            told = " ".join([item.title, item.note, place.name if place else "", room.name if room else ""])
            assert "exemple" in told.lower(), item.title


def test_seats_are_those_of_registrations_and_nobody_gets_a_mail(demonstration):
    fail_camp = Session.objects.get(title__startswith="Fail camp\u00a0: trois")
    trial = Session.objects.get(title__startswith="Faut-il condamner")

    assert recount() == []
    assert (fail_camp.seats_left, trial.seats_left) == (8, 0)
    assert {email.partition("@")[2] for email in Registration.objects.values_list("email", flat=True)} == {
        "example.org"
    }
    assert Registration.objects.filter(session=trial).values("email").distinct().count() == 220
    one = Registration.objects.filter(email="agent001@example.org")
    assert len(set(one.values_list("first_name", "last_name"))) == 1
    assert not Message.objects.exists()


def test_one_session_is_for_addresses_of_some_domains_and_one_for_invited_people_all_invented(demonstration):
    rules = Session.objects.exclude(eligibility="open").order_by("starts_at").values_list("title", "eligibility")
    by_domains = Session.objects.get(eligibility="domains")
    invited = Invitation.objects.values_list("email", "session__eligibility")

    assert list(rules) == [
        ("Automatiser sans coder (exemple)", "domains"),
        ("Autopsie joyeuse d’un projet abandonné (exemple)", "invitation"),
    ]
    assert (by_domains.eligible_subdomains, str(by_domains.domains)) == (
        True,
        "ministere.example, mairie.example et leurs sous-domaines",
    )
    assert len(invited) == 3
    assert all(email.endswith(".example") and rule == "invitation" for email, rule in invited)


@pytest.mark.parametrize(("slug", "days"), [("2018", 5), ("demo", 5)])
def test_the_exhibition_is_open_all_week_and_visited_by_slots(demonstration, slug, days):
    programme = Release.objects.get(edition__slug=slug).programme()

    lines = [line for line in programme.lines if isinstance(line, Line)]
    assert [line.title for line in lines] == ["Bureau du futur"] * days
    assert {visits(line) for line in lines} == {"visites toutes les 30\u00a0min"}
    assert all(len(line.slots) >= 11 for line in lines)


def test_about_a_hundred_people_visit_the_exhibition_on_its_first_day_each_of_them_once(demonstration):
    slots = Session.objects.filter(edition__slug="demo", is_slot=True)
    visitors = Registration.objects.filter(session__in=slots)

    monday = slots.filter(starts_at__lt=slots.earliest("starts_at").starts_at + dt.timedelta(hours=12))
    assert sum(monday.values_list("seats_taken", flat=True)) == 100
    assert visitors.values("email").distinct().count() == visitors.count()
    assert {True, False} == {slot.seats_left == 0 for slot in slots}


def test_the_back_office_has_something_to_do(demonstration):
    demo = Edition.objects.get(slug="demo")

    assert len(list(unpublished(demo))) == 2
    hidden = Session.objects.filter(edition=demo).exclude(status=Session.Status.APPROVED)
    assert set(hidden.values_list("status", flat=True)) == {"review", "design", "idea"}
    document = Release.objects.get(edition=demo).document
    assert not any(session.title in document for session in hidden)
    assert Candidacy.objects.filter(stage=Candidacy.Stage.CONTACTED).count() == 1
    assert {entry.history_change_reason for entry in Session.history.all()} == {"demo"}


def test_a_second_run_changes_nothing_even_after_edits(demonstration):
    Session.objects.filter(title="AfterLab, Lyon").update(title="AfterLab, Villeurbanne")
    before = [Session.objects.count(), Speaker.objects.count(), Registration.objects.count(), Release.objects.count()]
    monday = Edition.objects.get(slug="demo").starts_on

    out = StringIO()
    call_command("load_demo", verbosity=2, stdout=out)
    load_demonstration(today=timezone.localdate() + dt.timedelta(days=40))

    after = [Session.objects.count(), Speaker.objects.count(), Registration.objects.count(), Release.objects.count()]
    assert after == before
    assert Edition.objects.get(slug="demo").starts_on == monday
    assert Session.objects.filter(title="AfterLab, Villeurbanne").exists()
    assert out.getvalue().strip() != ""


@pytest.mark.django_db
def test_another_current_edition_stays_current():
    Edition.objects.create(
        name="Notre semaine",
        slug="notre",
        starts_on=dt.date(2026, 11, 23),
        ends_on=dt.date(2026, 11, 29),
        is_current=True,
    )

    load_demonstration(today=dt.date(2026, 11, 23))

    assert Edition.objects.get(is_current=True).slug == "notre"


@pytest.mark.parametrize("day", range(23, 30))
def test_the_week_to_come_begins_on_a_monday_two_to_three_weeks_ahead(day):
    today = dt.date(2026, 11, day)

    monday = three_weeks_from(today)

    assert monday.weekday() == 0
    assert 15 <= (monday - today).days <= 21


@pytest.mark.parametrize("name", [*WEEKS, "formats", "venues", "people", "employers", "notices"])
def test_the_french_is_set_as_french_is(name):
    """Typographic apostrophes; a narrow no-break space before ; ! ? and a no-break space before a colon."""
    faults = [text for text in _texts(read(name)) if re.search(r"'|(?<=\w)[;!?]| [;:!?»]|« |\.\.\.|\d h\b", text)]

    assert faults == []


def test_portraits_are_the_same_for_the_same_name():
    assert abstract_portrait("camille").read() == abstract_portrait("camille").read()
    assert abstract_portrait("camille").read() != abstract_portrait("claude").read()


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) and " " in value else []
