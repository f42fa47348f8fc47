"""“Créneaux” of a sequence: made in one form, changed or removed together, save those with people; read first."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from lxml import html

from publishing.publish import publish
from registrations.models import Registration
from sessions.models import Sequence, Session
from tests.conftest import client_of
from tests.factories import (
    AccountLimitFactory,
    AudienceFactory,
    CandidacyFactory,
    EditionFactory,
    FormatFactory,
    RegistrationFactory,
    RoomFactory,
    SequenceFactory,
    ServiceFactory,
    SessionFactory,
    VenueFactory,
    at,
)
from tests.publishing.exhibitions import exhibition, slots

MONDAY, TUESDAY = (at(0, day=day).date() for day in (0, 1))


@pytest.fixture
def edition(db):
    return EditionFactory(is_current=True, slug="semaine")


@pytest.fixture
def sequence(edition):
    return exhibition(edition, format=FormatFactory(name="Exposition"))


@pytest.fixture
def room(db):
    return RoomFactory(name="Hall", capacity=60, venue__name="Centre")


def address(sequence: Sequence, page: str = "") -> str:
    return f"/admin/programme/sequence/{sequence.pk}/creneaux/{page}"


def wanted(sequence: Sequence, *days: dt.date, **changes: Any) -> dict[str, Any]:
    """The form as somebody fills it in, for these opening days from 9 to 11."""
    fields: dict[str, Any] = {
        "minutes": 30,
        "pauses": "",
        "seats": 12,
        "room": "",
        "title": "Visite, {jour}, {heure}",
        "format": sequence.format_id,
        "status": "design",
        "token": "9f0b1c2d3e4f40518263748596a7b8c9",
    }
    for date in days:
        fields |= {f"open-{date}": "on", f"from-{date}": "09:00", f"to-{date}": "11:00"}
    return fields | changes


def look(client: Client, sequence: Sequence, *days: dt.date, **changes: Any):
    fields = wanted(sequence, *days, **changes)
    return client.post(address(sequence, "creer/"), fields | {"preview": "1"}), fields


def make(client: Client, sequence: Sequence, response, fields: dict[str, Any]):
    seen = re.search(r'name="seen" value="([^"]*)"', response.content.decode())[1]
    return client.post(address(sequence, "creer/"), fields | {"seen": seen, "make": "1"}, follow=True)


def told(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def errors(response) -> list[str]:
    return [error for found in response.context["form"].errors.values() for error in found]


def hours(sequence: Sequence) -> list[str]:
    found = Session.objects.filter(sequence=sequence, is_slot=True).order_by("starts_at")
    return [f"{slot.starts_at.astimezone(at(0).tzinfo):%a %H:%M}" for slot in found]


# --- Made ----------------------------------------------------------------------------------------------------


def test_slots_are_read_before_they_are_made(editor, sequence, room):
    changes = {"room": room.pk, "pauses": "9h30 – 10 h", f"to-{TUESDAY}": "10:00"}
    response, fields = look(editor, sequence, MONDAY, TUESDAY, **changes)
    table = html.fromstring(response.content.decode()).find(".//section//table")
    assert not Session.objects.exists()
    done = make(editor, sequence, response, fields)

    assert [" ".join(row.text_content().split()) for row in table.iter("tr")][1].startswith("Lundi")
    assert len(table.findall(".//tbody/tr")) == 4
    assert hours(sequence) == ["Mon 09:00", "Mon 10:00", "Mon 10:30", "Tue 09:00"]
    assert told(done) == ["4 créneaux sont créés."]
    assert done.redirect_chain == [(address(sequence), 302)]
    first = Session.objects.earliest("starts_at")
    assert (first.is_slot, first.seats, first.room, first.status, first.edition) == (
        True, 12, room, "design", sequence.edition,
    )  # fmt: skip
    assert first.title.startswith("Visite, lundi ")
    assert {slot.history.get().history_user.groups.get().name for slot in Session.objects.all()} == {"Éditorial"}


def test_texts_and_audiences_come_from_a_session_of_the_sequence(editor, sequence):
    audience = AudienceFactory()
    model = SessionFactory(
        edition=sequence.edition,
        sequence=sequence,
        lead="Entrez.",
        text="**Tout**",
        captions=True,
        audiences=[audience],
    )

    make(editor, sequence, *look(editor, sequence, MONDAY, model=model.pk))

    made = Session.objects.filter(is_slot=True)
    assert {(slot.lead, slot.text, slot.captions, slot.audiences.get()) for slot in made} == {
        ("Entrez.", "**Tout**", True, audience)
    }


def test_each_slot_tells_the_day_to_ask_before_as_long_ahead_as_the_session_they_take_after(editor, sequence):
    model = SessionFactory(
        edition=sequence.edition, sequence=sequence, starts_at=at(9, day=4), ask_before=at(0, day=1).date()
    )

    make(editor, sequence, *look(editor, sequence, MONDAY, TUESDAY, model=model.pk))

    made = Session.objects.filter(is_slot=True)
    assert {slot.starts_at.astimezone(at(0).tzinfo).date() - slot.ask_before for slot in made} == {dt.timedelta(days=3)}


def test_hours_are_those_of_the_clock_of_the_room(editor, sequence):
    overseas = RoomFactory(venue=VenueFactory(time_zone="Indian/Reunion"))

    response, fields = look(editor, sequence, MONDAY, room=overseas.pk, **{f"to-{MONDAY}": "09:30"})
    make(editor, sequence, response, fields)

    slot = Session.objects.get(is_slot=True)
    assert f"{slot.starts_at.astimezone(slot.time_zone):%H:%M}" == "09:00"
    assert "9\u00a0h" in slot.title


def test_what_is_there_already_is_left_and_what_is_in_the_way_is_named(editor, sequence, room):
    make(editor, sequence, *look(editor, sequence, MONDAY, room=room.pk, **{f"to-{MONDAY}": "10:00"}))
    debate = {"edition": sequence.edition, "sequence": sequence, "title": "Débat", "room": room}
    SessionFactory(**debate, starts_at=at(10, 15), ends_at=at(10, 45), status="design")

    again, fields = look(editor, sequence, MONDAY, room=room.pk, token="0" * 32)
    page = again.content.decode()
    make(editor, sequence, again, fields)

    rows = again.context["rows"]
    assert [row.is_there for row in rows] == [True, True, False, False]
    assert [bool(row.faults) for row in rows] == [False, False, True, True]
    assert "«\u00a0Débat\u00a0» occupent Hall (Centre) en même temps" in page
    assert hours(sequence) == ["Mon 09:00", "Mon 09:30", "Mon 10:00", "Mon 10:30"]


def test_a_room_that_is_too_small_is_told(editor, sequence, room):
    response, _fields = look(editor, sequence, MONDAY, room=room.pk, seats=61)

    assert "Hall (Centre) accueille 60 personnes" in response.content.decode()


def test_the_same_page_sent_twice_makes_its_slots_once(editor, sequence):
    response, fields = look(editor, sequence, MONDAY)
    make(editor, sequence, response, fields)

    again = make(editor, sequence, response, fields)

    assert Session.objects.count() == 4
    assert told(again) == ["Ces créneaux sont déjà créés\u00a0: cette page a été envoyée deux fois."]


def test_slots_that_a_colleague_made_meanwhile_are_read_again(editor, project_lead, sequence):
    response, fields = look(editor, sequence, MONDAY)
    make(project_lead, sequence, *look(project_lead, sequence, MONDAY, token="1" * 32))

    again = make(editor, sequence, response, fields)

    assert Session.objects.count() == 4
    assert told(again) == ["Ce qui serait créé a changé depuis votre lecture. Regardez à nouveau."]
    assert [row.is_there for row in again.context["rows"]] == [True] * 4


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({f"open-{MONDAY}": ""}, "Cochez au moins un jour d’ouverture."),
        (
            {f"to-{MONDAY}": "08:00"},
            "Donnez une heure d’ouverture et, plus tard dans la journée, une heure de fermeture.",
        ),
        ({f"to-{MONDAY}": ""}, "Donnez une heure d’ouverture et, plus tard dans la journée, une heure de fermeture."),
        (
            {"pauses": "midi"},
            "«\u00a0midi\u00a0» n’est pas une pause. Écrivez par exemple 12\u00a0h\u00a030 – 14\u00a0h.",
        ),
        ({"title": "Visite {lieu}"}, "Un titre connaît les repères {jour} et {heure}, et aucun autre."),
        ({"minutes": 300}, "Aucune visite de cette durée ne tient dans ces horaires."),
    ],
)
def test_what_cannot_be_made_says_why(editor, sequence, changes, error):
    response, _fields = look(editor, sequence, MONDAY, **changes)

    assert errors(response) == [error]
    assert response.context["rows"] == []


def test_too_many_slots_at_once_are_refused(editor, sequence):
    days = [MONDAY + dt.timedelta(days=number) for number in range(7)]

    response, _fields = look(editor, sequence, *days, minutes=5, **{f"to-{day}": "20:00" for day in days})

    assert errors(response) == ["Cela ferait 924 créneaux\u00a0: créez-en 400 au plus à la fois."]


def test_reading_many_slots_asks_as_much_as_reading_few(
    editor, sequence, room, django_assert_max_num_queries, django_assert_num_queries
):
    look(editor, sequence, MONDAY, room=room.pk)
    with django_assert_max_num_queries(25) as few:
        look(editor, sequence, MONDAY, room=room.pk, minutes=60)

    with django_assert_num_queries(len(few)):
        look(editor, sequence, MONDAY, TUESDAY, room=room.pk, minutes=5)


# --- Read ----------------------------------------------------------------------------------------------------


def test_the_page_tells_each_opening_day_and_opens_the_list_of_its_slots(editor, sequence):
    first, *_others = slots(sequence)
    slots(sequence, day=1, times=[(14, 0)], seats=None)
    Session.objects.filter(pk=first.pk).update(seats_taken=7)

    page = html.fromstring(editor.get(address(sequence)).content.decode())

    rows = [" ".join(row.text_content().split()) for row in page.findall(".//tbody/tr")]
    assert rows[0].endswith("9 h – 10 h 30 3 créneaux 7/30")
    assert rows[1].endswith("14 h – 14 h 30 1 créneau 0 prises, sans limite")
    listed = editor.get(page.find(".//tbody/tr/td/a").get("href"))
    assert [session.pk for session in listed.context["cl"].result_list] == [
        slot.pk for slot in Session.objects.filter(seats=10).order_by("starts_at")
    ]


def test_the_form_of_the_sequence_leads_to_its_slots(reader, sequence):
    assert address(sequence) in reader.get(f"/admin/programme/sequence/{sequence.pk}/change/").content.decode()


def test_who_may_only_read_is_offered_nothing_and_gets_nothing(reader, sequence):
    slots(sequence)
    page = reader.get(address(sequence))

    assert page.status_code == 200
    for word in ("creer/", "modifier/"):
        assert word not in page.content.decode()
        assert reader.get(address(sequence, word)).status_code == 403
        assert reader.post(address(sequence, word), {"days": [str(MONDAY)], "what": "remove"}).status_code == 403


def test_an_account_limited_to_a_sequence_makes_slots_in_it_and_does_not_read_what_stands_in_the_way(
    staff, edition, sequence, room
):
    other = SequenceFactory(edition=edition, title="Autre fil")
    SessionFactory(edition=edition, sequence=other, title="Réunion secrète", room=room, starts_at=at(9))
    user = staff("Chef de projet")
    AccountLimitFactory(user=user, only_some_sequences=True, sequences=[sequence])
    client = client_of(user)

    response, fields = look(client, sequence, MONDAY, room=room.pk)
    make(client, sequence, response, fields)

    assert client.get(address(other)).status_code in (302, 404)
    assert "Réunion secrète" not in response.content.decode()
    assert "par une séance d’une autre séquence" in response.content.decode()
    assert Session.objects.filter(sequence=sequence).count() == 4


# --- Changed and removed ---------------------------------------------------------------------------------------


def ask(client: Client, sequence: Sequence, *days: dt.date, what: str = "change", **changes: Any):
    fields = {"days": [str(day) for day in days or (MONDAY,)], "what": what, **changes}
    return client.post(address(sequence, "modifier/"), fields | {"look": "1"}), fields


def do(client: Client, sequence: Sequence, response, fields: dict[str, Any]):
    seen = re.search(r'name="seen" value="([^"]*)"', response.content.decode())[1]
    return client.post(address(sequence, "modifier/"), fields | {"seen": seen, "apply": "1"}, follow=True)


def left(response) -> dict[str, str]:
    return {fate.row.session.title: fate.row.refusal for fate in response.context["fates"] if fate.row.refusal}


def test_slots_change_together_save_those_with_people(editor, sequence):
    first, second, third = slots(sequence)
    slots(sequence, day=1)
    RegistrationFactory(session=first)
    RegistrationFactory(session=second, state=Registration.State.WAITING, queued_at=at(8), party=2)
    RegistrationFactory(session=third, state=Registration.State.CANCELLED)

    response, fields = ask(editor, sequence, seats=20, minutes=15, length=20, title="Visite, {heure}")
    assert Session.objects.filter(seats=20).count() == 0
    done = do(editor, sequence, response, fields)

    assert left(response) == {
        first.title: "1 personne est inscrite ou attend.",
        second.title: "2 personnes sont inscrites ou attendent.",
    }
    changed = Session.objects.get(seats=20)
    assert (changed.pk, changed.title) == (third.pk, "Visite, 10\u00a0h\u00a015")
    assert (changed.starts_at, changed.ends_at) == (at(10, 15), at(10, 35))
    assert changed.history.first().history_user.groups.get().name == "Éditorial"
    assert f"{first.title} – 1 personne est inscrite ou attend." in told(done)


def test_only_the_slots_of_the_days_and_hours_asked_for_change(editor, sequence):
    slots(sequence)
    slots(sequence, day=1)

    do(editor, sequence, *ask(editor, sequence, TUESDAY, first="09:30", last="09:59", seats=3))

    assert [slot.starts_at for slot in Session.objects.filter(seats=3)] == [at(9, 30, day=1)]


def test_a_change_of_slots_can_be_taken_back_from_the_list(editor, sequence):
    slots(sequence)
    do(editor, sequence, *ask(editor, sequence, seats=3, title="Autre, {heure}"))

    editor.post("/admin/programme/session/plusieurs/reprendre/")

    assert {(slot.seats, slot.title.startswith("Visite de")) for slot in Session.objects.all()} == {(10, True)}


def test_slots_that_nobody_knows_are_removed_and_can_be_brought_back(editor, sequence):
    free, registered, considered = slots(sequence)
    RegistrationFactory(session=registered)
    CandidacyFactory(session=considered)
    ServiceFactory(session=free)

    response, fields = ask(editor, sequence, what="remove")
    assert Session.objects.count() == 3
    done = do(editor, sequence, response, fields)

    assert left(response) == {
        registered.title: "1 personne est inscrite ou attend.",
        considered.title: "1 personne y est envisagée\u00a0: retirez-la d’abord.",
    }
    assert "1 prestation part avec lui." in response.content.decode()
    assert {slot.pk for slot in Session.objects.all()} == {registered.pk, considered.pk}
    assert "1 créneau est supprimé." in told(done)
    assert free.title in editor.get("/admin/programme/session/supprimes/").content.decode()


def test_what_was_published_or_had_a_registrant_is_cancelled_when_asked_and_else_left(editor, sequence):
    public, had_one, unknown = slots(sequence)
    Session.objects.filter(pk__in=[had_one.pk, unknown.pk]).update(status="design")
    publish(sequence.edition, note="Ouverture")
    RegistrationFactory(session=had_one, state=Registration.State.CANCELLED)

    kept, _fields = ask(editor, sequence, what="remove")
    response, fields = ask(editor, sequence, what="remove", cancels="on")
    do(editor, sequence, response, fields)

    reason = "Le public le connaît, ou quelqu’un y a été inscrit\u00a0: il peut être annulé, pas supprimé."
    assert left(kept) == {public.title: reason, had_one.title: reason}
    assert left(response) == {}
    assert dict(Session.objects.values_list("pk", "status")) == {public.pk: "cancelled", had_one.pk: "cancelled"}


def test_a_slot_that_somebody_takes_or_changes_meanwhile_is_left(editor, sequence):
    taken, changed, free = slots(sequence)
    response, fields = ask(editor, sequence, what="remove")
    RegistrationFactory(session=taken)
    changed.title = "Renommé"
    changed.save()

    done = do(editor, sequence, response, fields)

    assert not Session.objects.filter(pk=free.pk).exists()
    assert Session.objects.count() == 2
    assert f"{taken.title} – 1 personne est inscrite ou attend." in told(done)
    assert "Renommé – Une autre personne l’a modifiée depuis que vous avez lu cette page." in told(done)


def test_who_may_not_delete_sessions_changes_slots_and_removes_none(logistician, sequence):
    slots(sequence)

    response, _fields = ask(logistician, sequence, what="remove")
    do(logistician, sequence, *ask(logistician, sequence, seats=3))

    assert set(left(response).values()) == {"Votre compte ne permet pas de le supprimer."}
    assert Session.objects.filter(seats=3).count() == 3
    assert logistician.get(address(sequence, "creer/")).status_code == 403


def test_days_without_a_slot_in_these_hours_say_so(editor, sequence):
    slots(sequence)

    response, _fields = ask(editor, sequence, first="20:00")

    assert "Aucun créneau ne commence ces jours-là dans ces horaires." in response.content.decode()


def test_reading_what_becomes_of_many_asks_as_much_as_of_few(
    editor, sequence, django_assert_num_queries, django_assert_max_num_queries
):
    slots(sequence)
    ask(editor, sequence, seats=3)
    with django_assert_max_num_queries(25) as few:
        ask(editor, sequence, seats=3)
    slots(sequence, times=[(hour, 0) for hour in range(11, 20)])

    with django_assert_num_queries(len(few)):
        ask(editor, sequence, seats=3)
