"""The form of a session: its day, length and end, its roles, what acts at once, where the list goes on."""

import datetime as dt
from typing import Any

import lxml.html
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from publishing.build import build
from publishing.publish import publish
from sessions.models import Session
from speakers.models import Candidacy
from tests.admin.test_sessions import address, form_of
from tests.factories import (
    AudienceFactory,
    CandidacyFactory,
    EditionFactory,
    RegistrationFactory,
    RoleFactory,
    RoomFactory,
    ServiceFactory,
    SessionFactory,
    SpeakerFactory,
    UserFactory,
    at,
)

TEXT = "/admin/programme/session/texte/"


@pytest.fixture
def session(db) -> Session:
    edition = EditionFactory(is_current=True, slug="semaine")
    return SessionFactory(edition=edition, title="Fail camp", text="Un texte.", seats=30)


def form(response):
    return response.context["adminform"].form


def step(session: Session, word: str) -> str:
    return reverse(f"admin:programme_session_{word}", args=[session.pk])


# When ------------------------------------------------------------------------------------------------------------


def test_days_are_those_of_the_edition_in_words(editor):
    edition = EditionFactory(is_current=True, starts_on=dt.date(2018, 11, 19), ends_on=dt.date(2018, 11, 21))

    response = editor.get(address(SessionFactory(edition=edition)))

    choices = form(response).fields["starts_at"].widget.widgets[0].choices
    assert [words for _key, words in choices][1:] == ["lundi 19 novembre", "mardi 20 novembre", "mercredi 21 novembre"]


def test_the_end_follows_from_the_start_and_the_length(editor, session):
    day = session.edition.starts_on + dt.timedelta(days=1)

    editor.post(address(session), form_of(session, starts_at_0=day.isoformat(), starts_at_1="14:30", length="90"))

    session.refresh_from_db()
    assert (session.starts_at, session.ends_at) == (at(14, 30, day=1), at(16, day=1))


def test_moving_the_start_keeps_the_length(editor, session):
    editor.post(address(session), form_of(session, starts_at_1="23:30"))

    session.refresh_from_db()
    assert session.ends_at == at(0, 30, day=1)


@pytest.mark.parametrize(
    ("start", "length"),
    [
        (at(10, day=-30), dt.timedelta(hours=1)),  # outside the days of the edition
        (at(23), dt.timedelta(hours=5)),
        (at(9), dt.timedelta(days=4, hours=9)),
        (at(9) + dt.timedelta(seconds=20), dt.timedelta(minutes=10, seconds=7)),
    ],
)
def test_unusual_times_come_back_from_the_form_as_they_were(editor, session, start, length):
    session.starts_at, session.ends_at = start, start + length
    session.save()
    fields = form(editor.get(address(session)))
    day, clock = fields["starts_at"].subwidgets[0].data["subwidgets"]
    sent = {"starts_at_0": day["value"][0], "starts_at_1": clock["value"], "length": fields["length"].value()}

    response = editor.post(address(session), form_of(session, title="Autre titre", **sent))

    assert response.status_code == 302
    session.refresh_from_db()
    assert (session.title, session.starts_at, session.ends_at) == ("Autre titre", start, start + length)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"length": ""}, "length"),
        ({"length": "0"}, "length"),
        ({"length": "-60"}, "length"),
        ({"length": "9" * 12}, "length"),
        ({"starts_at_0": ""}, "starts_at"),
        ({"starts_at_1": ""}, "starts_at"),
        ({"starts_at_0": "1999-01-01"}, "starts_at"),
        ({"starts_at_0": "9999-12-31"}, "starts_at"),
        ({"starts_at_0": "", "starts_at_1": "", "length": "45"}, "starts_at"),
    ],
)
def test_a_time_that_is_half_given_or_elsewhere_is_refused_on_its_field(editor, session, typed, field):
    response = editor.post(address(session), form_of(session, **typed))

    assert list(form(response).errors) == [field]
    session.refresh_from_db()
    assert (session.starts_at, session.ends_at) == (at(10), at(11))


def test_clearing_the_start_clears_the_end(editor, session):
    editor.post(address(session), form_of(session, starts_at_0="", starts_at_1=""))

    session.refresh_from_db()
    assert (session.starts_at, session.ends_at) == (None, None)


def test_a_new_session_asks_for_the_essentials_only(editor, session):
    add = "/admin/programme/session/add/"
    asked = set(form(editor.get(add)).fields)
    essentials = {"edition": session.edition_id, "title": "Nouvelle", "status": "idea", "length": "60"}
    chosen = {"sequence": session.sequence_id, "format": session.format_id}
    start = {"starts_at_0": session.edition.starts_on.isoformat(), "starts_at_1": "10:00"}

    editor.post(add, essentials | chosen | start)

    assert not asked & {"text", "seats", "internal_note"}
    made = Session.objects.get(title="Nouvelle")
    assert (made.ends_at, made.entry, made.language) == (at(11), "registration", "fr")


# What acts when --------------------------------------------------------------------------------------------------


def changed(session: Session, name: str) -> None:
    """The session with another value in the field."""
    values = {
        "status": Session.Status.CANCELLED,
        "owner": UserFactory(),
        "starts_at": at(9),
        "room": RoomFactory(),
        "entry": Session.Entry.FREE,
        "language": "en",
        "eligibility": Session.Eligibility.INVITATION,
        "eligible_domains": "culture.gouv.fr",
        "sequence": SessionFactory(edition=session.edition).sequence,
        "format": SessionFactory().format,
        "seats": 12,
        "walk_in_seats": 2,
        "online_seats": 20,
        "connection_link": "https://visio.example.org/fail-camp",
        "most_companions": 3,
        "has_waiting_list": False,
        "registration_opens_at": at(8),
        "registration_closes_at": at(9),
        "ask_before": at(9).date(),
    }
    field = Session._meta.get_field(name)
    if field.many_to_many:
        session.audiences.add(AudienceFactory())
        return
    value = values.get(name, True if field.get_internal_type() == "BooleanField" else "Autre chose")
    setattr(session, name, value)
    session.save()


def test_what_the_form_says_of_each_field_is_what_the_release_does(superuser_client, session):
    """A field waits for a release if, and only if, changing it changes the programme document."""
    names = [name for name in form(superuser_client.get(address(session))).fields if name != "length"]
    said, done = {}, {}
    for name in names:
        one = SessionFactory(edition=session.edition, published_since=at(0))
        Session.objects.filter(pk=one.pk).update(published_since=at(0))
        help_text = str(form(superuser_client.get(address(one))).fields[name].help_text)
        said[name] = "À publier" in help_text
        before = build(session.edition, at=at(0)).item_by_code[one.code]
        changed(Session.objects.get(pk=one.pk), name)
        done[name] = build(session.edition, at=at(0)).item_by_code[one.code] != before

    assert said == done
    assert {name for name in names if not said[name]} == Session.LIVE_FIELDS | Session.INTERNAL_FIELDS


@pytest.fixture
def lines(session) -> dict[str, tuple[Any, dict[str, Any]]]:
    """A row of each table of the form, and another value for each column."""
    role = RoleFactory(format=session.format)
    first, _second = (
        CandidacyFactory(session=session, role=role, stage="confirmed", position=place) for place in (1, 2)
    )
    other = {"role": RoleFactory(format=session.format), "speaker": SpeakerFactory()}
    ordered = {"kind": "captions", "label": "Vélotypie", "supplier": "Autre", "state": "confirmed", "amount": 5}
    return {
        "candidacies": (first, {**other, "stage": "declined", "position": 3, "note": "Non"}),
        "services": (ServiceFactory(session=session), {**ordered, "note": "Autre"}),
    }


@pytest.mark.parametrize("table", ["candidacies", "services"])
def test_what_the_form_says_of_each_column_of_its_lines_is_what_the_release_does(project_lead, session, lines, table):
    row, others = lines[table]
    before = build(session.edition, at=at(0))
    html = lxml.html.fromstring(project_lead.get(address(session)).content.decode())
    (found,) = html.xpath(f"//div[@id='{table}-group']//table")
    said, on_a_phone, done = {}, {}, {}
    for name, value in others.items():
        (said[name],) = found.xpath(f".//th[contains(@class, 'column-{name}')]/*[contains(@class, 'effect')]/text()")
        labels = found.xpath(f".//td[contains(@class, 'field-{name}')]/@data-label")
        (on_a_phone[name],) = {label.partition(" · ")[2] for label in labels}
        rows, old = type(row).objects.filter(pk=row.pk), getattr(row, name)
        rows.update(**{name: value})
        done[name] = build(session.edition, at=at(0)) != before
        rows.update(**{name: old})

    assert said == on_a_phone == {name: "À publier" if acts else "Interne" for name, acts in done.items()}


def test_who_may_only_look_reads_when_each_field_acts(reader, session):
    html = lxml.html.fromstring(reader.get(address(session)).content.decode())

    rows = html.xpath("//div[starts-with(@id, 'row-')]")
    said = {row.get("id").removeprefix("row-"): row.xpath(".//*[contains(@class, 'effect')]/text()") for row in rows}
    assert len(said) > 20
    assert {name for name, words in said.items() if words == ["En direct"]} == {*Session.LIVE_FIELDS, "taken"}
    assert {name for name, words in said.items() if words == ["Interne"]} == Session.INTERNAL_FIELDS
    assert {tuple(words) for words in said.values()} == {("En direct",), ("Interne",), ("À publier",)}


def test_the_public_value_stands_beside_a_field_that_differs(editor, session):
    publish(session.edition, note="Ouverture.")
    editor.post(address(session), form_of(session, title="Le fail camp", text="Un texte.", length="90", seats="12"))

    html = editor.get(address(session)).content.decode()

    row = html.split('id="row-title"')[1].split('id="row-')[0]
    assert "Public aujourd’hui" in row
    assert "Fail camp" in row.split("public-now")[1]
    assert html.count('class="public-now"') == 2  # the title, and the end beside the length


# Head ------------------------------------------------------------------------------------------------------------


def test_what_a_refused_form_holds_is_not_taken_for_the_draft(editor, session):
    publish(session.edition, note="Ouverture")

    response = editor.post(address(session), form_of(session, title="", text="Un autre texte.", room=""))

    assert "title" in form(response).errors
    publishing = response.context["publishing"]
    assert (publishing["is_unpublished"], publishing["fields"]) == (False, {})


def test_the_next_missing_thing_comes_in_the_order_of_the_work(editor, session):
    session.starts_at = session.ends_at = session.room = None
    session.text, session.status = "", Session.Status.DESIGN
    session.save()
    RoleFactory(format=session.format, name="procureur", required=1, position=1)
    CandidacyFactory(session=session, role=RoleFactory(format=session.format, name="témoin", required=3, position=2))

    context = editor.get(address(session)).context

    assert [missing.words for missing in context["missing"]] == [
        "Donner une heure",
        "Choisir une salle",
        "Pourvoir le rôle «\xa0procureur\xa0»",
        "Pourvoir le rôle «\xa0témoin\xa0» (2 places)",
        "Écrire le texte",
        "Faire valider la séance",
    ]


@pytest.mark.parametrize("status", ["cancelled", "postponed", "archived"])
def test_nothing_is_missing_in_a_session_that_is_called_off(editor, session, status):
    Session.objects.filter(pk=session.pk).update(status=status, room=None)

    assert editor.get(address(session)).context["missing"] == []


def test_the_head_tells_the_seats_taken_and_those_held(editor, session):
    RegistrationFactory(session=session, state="held", expires_at=at(0))
    RegistrationFactory(session=session, state="expired")
    Session.objects.filter(pk=session.pk).update(seats_taken=12, seats_held=1, seats_waiting=3)

    html = editor.get(address(session)).content.decode()

    assert "12 places prises sur 30" in html
    assert "dont 1 à confirmer" in html
    assert "3 en liste d’attente" in html


# Roles -----------------------------------------------------------------------------------------------------------


def test_each_vacant_place_has_an_empty_line_in_its_role(project_lead, session):
    pioneer = RoleFactory(format=session.format, name="pionnier", required=3, position=1)
    host = RoleFactory(format=session.format, name="animateur", required=1, position=2)
    CandidacyFactory(session=session, role=pioneer)
    CandidacyFactory(session=session, role=host, stage=Candidacy.Stage.CONTACTED)

    lines = project_lead.get(address(session)).context["inline_admin_formsets"][0]

    assert [line.initial["role"] for line in lines.formset.extra_forms] == [pioneer.pk, pioneer.pk, host.pk]


def test_empty_lines_sent_as_they_came_add_nobody(project_lead, session):
    role = RoleFactory(format=session.format, required=2)
    sent = {
        f"candidacies-{n}-{k}": v
        for n in (0, 1)
        for k, v in {"role": role.pk, "stage": "spotted", "position": 0}.items()
    }
    speaker = SpeakerFactory()

    response = project_lead.post(
        address(session),
        form_of(session, **sent, **{"candidacies-1-speaker": speaker.pk}) | {"candidacies-TOTAL_FORMS": 2},
    )

    assert response.status_code == 302
    assert [(found.speaker, found.role) for found in session.candidacies.all()] == [(speaker, role)]


def test_who_may_not_see_candidacies_reads_how_many_places_are_vacant_only(receptionist, session):
    role = RoleFactory(format=session.format, name="pionnier", required=2)
    CandidacyFactory(session=session, role=role, speaker__name="Claude Pressentie")

    html = receptionist.get(address(session)).content.decode()

    assert "1 place vacante" in html
    assert "Claude Pressentie" not in html


# The list goes on ------------------------------------------------------------------------------------------------


@pytest.fixture
def four(session) -> list[Session]:
    titles = ["A", "B", "C", "D"]
    return [
        SessionFactory(edition=session.edition, title=title, starts_at=at(12 + n)) for n, title in enumerate(titles)
    ]


def follow(client, session, word, filters=""):
    response = client.get(step(session, word), {"_changelist_filters": filters} if filters else {})
    return response["Location"]


def test_next_and_previous_follow_the_filters_and_the_order_of_the_list(editor, four):
    a, b, c, d = four
    Session.objects.filter(pk=b.pk).update(status="idea")
    approved = "status__exact=approved&o=-1"

    assert follow(editor, a, "next").startswith(address(b))
    assert follow(editor, c, "next", approved).startswith(address(a))
    assert follow(editor, c, "previous", approved).startswith(address(d))


def test_a_session_that_left_the_list_keeps_its_place(editor, four):
    a, b, _c, d = four
    Session.objects.filter(pk__in=[a.pk, d.pk]).update(room=None)

    there = follow(editor, b, "next", "todo=room")

    assert there.startswith(address(d))
    assert "_changelist_filters=todo%3Droom" in there


def test_saving_leads_to_the_next_of_the_list_too(editor, four):
    a, _b, c, _d = four
    Session.objects.filter(pk=c.pk).update(room=None)
    filters = "?_changelist_filters=todo%3Droom"

    response = editor.post(address(a) + filters, form_of(a, title="A1", _next="1"), follow=True)

    assert [there for there, _status in response.redirect_chain] == [step(a, "next") + filters, address(c) + filters]
    a.refresh_from_db()
    assert a.title == "A1"


def test_at_the_end_of_the_list_one_stays_and_is_told(editor, four):
    response = editor.get(step(four[-1], "next"), follow=True)

    assert response.redirect_chain[0][0] == address(four[-1])
    assert "C’est la dernière séance de la liste." in response.content.decode()


@pytest.mark.parametrize("filters", ["secret__exact=1", "p=99", "status__exact=%00", "todo=nonsense", "&&&"])
def test_filters_that_mean_nothing_are_left_aside(editor, four, filters):
    assert follow(editor, four[0], "next", filters).startswith("/admin/programme/session/")


def test_next_asks_as_much_for_many_sessions(editor, four):
    counts = []
    for more in (0, 20):
        SessionFactory.create_batch(more, edition=four[0].edition)
        editor.get(step(four[0], "next"))
        with CaptureQueriesContext(connection) as queries:
            editor.get(step(four[0], "next"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


# A text as it will be read ---------------------------------------------------------------------------------------


def test_a_text_is_shown_as_the_public_will_read_it(editor):
    response = editor.post(TEXT, {"text": "Un *mot*.<script>alert(1)</script>"})

    assert response.content.decode() == "<p>Un <em>mot</em>.</p>"


def test_the_preview_of_a_text_is_for_who_edits_sessions(reader, stranger, editor):
    assert reader.post(TEXT, {"text": "x"}).status_code == 403
    assert stranger.post(TEXT, {"text": "x"}).status_code == 302
    assert editor.get(TEXT).status_code == 405


# Cost ------------------------------------------------------------------------------------------------------------


def test_the_form_asks_less_than_twenty_times_whatever_hangs_on_the_session(superuser_client, session):
    counts = []
    for number in (1, 4):
        role = RoleFactory(format=session.format, required=number + 1)
        for _person in range(number):
            CandidacyFactory(session=session, role=role)
            session.audiences.add(AudienceFactory())
            RegistrationFactory(session=session)
            session.title += "."
            session.save()
        Session.objects.filter(pk=session.pk).update(seats_taken=number)
        SessionFactory.create_batch(number, edition=session.edition)
        superuser_client.get(address(session))
        with CaptureQueriesContext(connection) as queries:
            superuser_client.get(address(session))
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] < 20


def test_domains_are_read_from_the_form_and_come_back_as_they_left(editor, session):
    rule = {"eligibility": "domains", "eligible_domains": "Gouv.fr\r\naphp.fr", "eligible_subdomains": "on"}
    refused = editor.post(address(session), form_of(session, **rule | {"eligible_domains": "*.gouv.fr"}))
    missing = editor.post(address(session), form_of(session, **rule | {"eligible_domains": ""}))
    editor.post(address(session), form_of(session, **rule))
    session.refresh_from_db()
    again = form(editor.get(address(session)))
    again = type(again)({**form_of(session, **rule), "eligible_domains": "gouv.fr\r\naphp.fr"}, instance=session)

    assert "n’est pas un domaine" in refused.content.decode()
    assert "Indiquez les domaines" in missing.content.decode()
    assert (session.eligibility, session.eligible_domains) == ("domains", "gouv.fr\naphp.fr")
    assert not {"eligibility", "eligible_domains", "eligible_subdomains"} & set(again.changed_data)


def test_a_day_to_ask_before_that_comes_after_the_session_is_refused(editor, session):
    page = editor.post(address(session), form_of(session, ask_before=at(0, day=1).date().isoformat()))
    same_day = editor.post(address(session), form_of(session, ask_before=at(0).date().isoformat()))

    assert "Choisissez une date antérieure" in page.content.decode()
    assert same_day.status_code == 302
    session.refresh_from_db()
    assert session.ask_before == at(0).date()


def test_the_day_of_a_session_is_that_of_its_venue(editor, session):
    """At nine in the evening in Paris it is already the next day in Nouméa."""
    session.starts_at, session.ends_at = at(21), at(22)
    session.room = RoomFactory(venue__time_zone="Pacific/Noumea")
    session.save()

    editor.post(address(session), form_of(session, ask_before=at(0, day=1).date().isoformat()))

    session.refresh_from_db()
    assert session.ask_before == at(0, day=1).date()
