"""The list of sessions: time and room changed in the line, filters in words."""

import datetime as dt
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from publishing.publish import publish
from sessions.models import Session
from tests.conftest import client_of
from tests.factories import EditionFactory, RoomFactory, SequenceFactory, SessionFactory, VenueFactory, at

LIST = "/admin/programme/session/"


@pytest.fixture
def edition(db):
    return EditionFactory(is_current=True, slug="semaine")


def shown(client, address: str = LIST) -> dict[str, Any]:
    """What the browser would send back from the list: its fields, hidden ones too."""
    html = client.get(address).content.decode()
    form = html[html.index('id="changelist-form"') :]
    inputs = re.findall(r"<input[^>]*>", form[: form.index("</form>")])
    names = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in inputs]
    kept = {name[1]: value[1] if value else "" for name, value in names if name}
    return {name: value for name, value in kept.items() if "form-" in name} | {"_save": "Enregistrer"}


def row_of(fields: dict[str, Any], session: Session) -> str:
    return next(
        name.removesuffix("-id") for name, value in fields.items() if value == str(session.pk) and "-id" in name
    )


def titles(response) -> list[str]:
    return [session.title for session in response.context["cl"].result_list]


def errors(response) -> dict[str, dict[str, list[str]]]:
    formset = response.context["cl"].formset
    return {form.instance.title: dict(form.errors) for form in formset.forms if form.errors}


def told(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_a_new_start_keeps_the_length_and_a_room_is_taken_by_its_name(editor, edition):
    session = SessionFactory(edition=edition, title="Fail camp")
    other = SessionFactory(edition=edition)
    RoomFactory(name="L’Agora")
    fields = shown(editor)
    row = row_of(fields, session)
    before = Session.objects.filter(pk=other.pk).values().get()

    response = editor.post(
        LIST, fields | {f"{row}-starts_at": f"{at(14, 30):%Y-%m-%dT%H:%M}", f"{row}-room": "l'agora"}
    )

    session.refresh_from_db()
    assert response.status_code == 302
    assert (session.starts_at, session.ends_at, session.room.name) == (at(14, 30), at(15, 30), "L’Agora")
    assert session.history.count() == 2
    assert session.history.first().history_user is not None
    assert Session.objects.filter(pk=other.pk).values().get() == before
    assert other.history.count() == 1


def test_a_new_start_before_the_day_to_ask_before_says_so_in_the_line(editor, edition):
    session = SessionFactory(edition=edition, starts_at=at(9, day=3), ask_before=at(0, day=2).date())
    fields = shown(editor)

    page = editor.post(LIST, fields | {f"{row_of(fields, session)}-starts_at": f"{at(9):%Y-%m-%dT%H:%M}"})

    session.refresh_from_db()
    assert session.starts_at == at(9, day=3)
    assert "Choisissez une date antérieure" in page.content.decode()


def test_filters_stay_after_saving(editor, edition):
    session = SessionFactory(edition=edition)
    address = f"{LIST}?{urlencode({'day': edition.starts_on, 'q': session.title})}"

    response = editor.post(address, shown(editor, address))

    assert response["Location"] == address
    assert titles(editor.get(address)) == [session.title]


def test_a_value_that_somebody_wrote_meanwhile_is_not_overwritten(editor, edition, staff):
    session = SessionFactory(edition=edition, title="Fail camp")
    mine, theirs = shown(editor), shown(editor)
    row = row_of(mine, session)
    client_of(staff("Éditorial")).post(LIST, theirs | {f"{row}-starts_at": f"{at(11):%Y-%m-%dT%H:%M}"})

    refused = editor.post(LIST, mine | {f"{row}-starts_at": f"{at(17):%Y-%m-%dT%H:%M}"})

    session.refresh_from_db()
    assert session.starts_at == at(11)
    (message,) = errors(refused)["Fail camp"]["starts_at"]
    assert f"{at(11):%Y-%m-%dT%H:%M}" in message
    html = refused.content.decode()
    assert f'value="{at(17):%Y-%m-%dT%H:%M}"' in html  # what was typed is still there

    again = mine | {f"{row}-starts_at": f"{at(17):%Y-%m-%dT%H:%M}"}
    again |= {f"initial-{row}-starts_at": f"{at(11):%Y-%m-%dT%H:%M}"}
    editor.post(LIST, again)

    session.refresh_from_db()
    assert session.starts_at == at(17)


def test_a_room_given_by_one_and_a_time_by_another_are_both_kept(editor, edition):
    session = SessionFactory(edition=edition, room=None)
    room = RoomFactory(name="Agora")
    fields = shown(editor)
    row = row_of(fields, session)
    Session.objects.filter(pk=session.pk).update(room=room, title="Renommée")

    editor.post(LIST, fields | {f"{row}-starts_at": f"{at(9):%Y-%m-%dT%H:%M}"})

    session.refresh_from_db()
    assert (session.starts_at, session.room, session.title) == (at(9), room, "Renommée")


def test_rows_keep_their_fields_when_the_order_changed_meanwhile(editor, edition):
    first = SessionFactory(edition=edition, title="Première", starts_at=at(9))
    second = SessionFactory(edition=edition, title="Seconde", starts_at=at(10))
    fields = shown(editor)
    Session.objects.filter(pk=first.pk).update(starts_at=at(15), ends_at=at(16))

    response = editor.post(LIST, fields | {f"{row_of(fields, second)}-room": "Nulle part"})

    listed = response.context["cl"]
    assert [session.pk for session in listed.result_list] == [form.instance.pk for form in listed.formset.forms]
    assert list(errors(response)) == ["Seconde"]


def test_an_unknown_room_names_those_that_come_near(editor, edition):
    session = SessionFactory(edition=edition, title="Fail camp")
    RoomFactory(name="Auditorium")
    fields = shown(editor)

    response = editor.post(LIST, fields | {f"{row_of(fields, session)}-room": "Auditoirum"})

    message = "Rien ne s’appelle «\u00a0Auditoirum\u00a0». Nom proche\u00a0: «\u00a0Auditorium\u00a0»."
    assert errors(response) == {"Fail camp": {"room": [message]}}


def test_a_room_taken_at_that_time_is_told_after_saving(editor, edition):
    room = RoomFactory(name="Agora")
    SessionFactory(edition=edition, title="Fail camp", room=room)
    other = SessionFactory(edition=edition, title="Hackathon")
    fields = shown(editor)

    response = editor.post(LIST, fields | {f"{row_of(fields, other)}-room": "Agora"}, follow=True)

    warnings = [text for text in told(response) if "Hackathon" in text]
    assert len(warnings) == 1
    assert "Fail camp" in warnings[0]


def test_a_session_without_time_gets_an_hour_and_may_lose_it(editor, edition):
    session = SessionFactory(edition=edition, starts_at=None)
    fields = shown(editor)
    row = row_of(fields, session)

    editor.post(LIST, fields | {f"{row}-starts_at": f"{at(9):%Y-%m-%dT%H:%M}"})
    session.refresh_from_db()
    assert (session.starts_at, session.ends_at) == (at(9), at(10))

    editor.post(LIST, shown(editor) | {f"{row}-starts_at": ""})
    session.refresh_from_db()
    assert (session.starts_at, session.ends_at) == (None, None)


def test_who_may_only_look_gets_words_and_cannot_post(reader, edition):
    session = SessionFactory(edition=edition)

    html = reader.get(LIST).content.decode()
    response = reader.post(LIST, {"form-0-id": session.pk, "form-0-starts_at": "2026-01-01T10:00", "_save": "1"})

    assert "datetime-local" not in html
    assert "10\u00a0h" in html
    session.refresh_from_db()
    assert session.starts_at == at(10)
    assert response.status_code in {200, 403}


def test_a_time_that_is_not_saved_is_no_unpublished_change(editor, edition):
    session = SessionFactory(edition=edition, title="Fail camp", room=RoomFactory())
    publish(edition, note="Ouverture")
    fields = shown(editor)
    row = row_of(fields, session)

    response = editor.post(
        LIST, fields | {f"{row}-starts_at": f"{at(14, 30):%Y-%m-%dT%H:%M}", f"{row}-room": "une salle inconnue"}
    )

    assert set(errors(response)) == {"Fail camp"}
    assert [listed.is_unpublished for listed in response.context["cl"].result_list] == [False]


def test_a_session_deleted_meanwhile_is_told(editor, edition):
    session, other = SessionFactory(edition=edition), SessionFactory(edition=edition)
    fields = shown(editor)
    other.delete()

    response = editor.post(LIST, fields | {f"{row_of(fields, session)}-room": ""}, follow=True)

    session.refresh_from_db()
    assert session.room is not None
    assert len(told(response)) == 1


def test_times_of_the_list_are_those_of_the_edition(editor):
    edition = EditionFactory(is_current=True, time_zone="Indian/Reunion")
    session = SessionFactory(edition=edition, room=RoomFactory(venue=VenueFactory(time_zone="Europe/Paris")))

    fields = shown(editor)

    assert fields[f"{row_of(fields, session)}-starts_at"] == f"{edition.starts_on}T10:00"


def test_filters_by_day_owner_and_state(editor, edition, staff):
    user = editor.session["_auth_user_id"]
    other = staff("Éditorial")
    SessionFactory(edition=edition, title="Tard", starts_at=at(23, 30), owner_id=user)
    SessionFactory(edition=edition, title="Mardi", starts_at=at(9, day=1), owner=other)
    SessionFactory(edition=edition, title="Hors", starts_at=at(9, day=9))
    SessionFactory(edition=edition, title="Sans heure", starts_at=None)
    SessionFactory(edition=edition, title="Rangée", status=Session.Status.ARCHIVED)
    tuesday = edition.starts_on + dt.timedelta(days=1)

    found = {
        query: titles(editor.get(f"{LIST}?{query}"))
        for query in [
            "",
            f"day={edition.starts_on}",
            f"day={tuesday}",
            "day=none",
            "day=outside",
            "day=jamais",
            f"owner__id__exact={user}",
            f"owner__id__exact={other.pk}",
            "owner__id__exact=none",
            "status__exact=archived",
        ]
    }

    alive = ["Tard", "Mardi", "Hors", "Sans heure"]
    assert list(found.values()) == [
        alive,
        ["Tard"],
        ["Mardi"],
        ["Sans heure"],
        ["Hors"],
        alive,
        ["Tard"],
        ["Mardi"],
        ["Hors", "Sans heure"],
        ["Rangée"],
    ]


def test_a_sequence_elsewhere_does_not_show(editor, edition):
    SessionFactory(edition=edition, title="Ici")
    SequenceFactory()
    SessionFactory(title="Ailleurs")

    assert titles(editor.get(LIST)) == ["Ici"]
