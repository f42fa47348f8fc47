import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from publishing.publish import publish
from sessions.models import Session
from speakers.models import Candidacy
from tests.factories import (
    AudienceFactory,
    CandidacyFactory,
    EditionFactory,
    FormatFactory,
    RoleFactory,
    RoomFactory,
    SequenceFactory,
    SessionFactory,
    SpeakerFactory,
    VenueFactory,
)

LIST = "/admin/programme/session/"


def form_of(session: Session, **changed: Any) -> dict[str, Any]:
    """The fields of the form as the browser sends them back, unchanged but for ``changed``."""
    zone = ZoneInfo(session.edition.time_zone)
    fields: dict[str, Any] = {
        "title": session.title,
        "sequence": session.sequence_id,
        "format": session.format_id,
        "status": session.status,
        "language": session.language,
        "entry": session.entry,
        "eligibility": session.eligibility,
        "eligible_domains": session.eligible_domains,
        "seats": session.seats or "",
        "walk_in_seats": session.walk_in_seats,
        "most_companions": session.most_companions,
        "has_waiting_list": "on",
        "room": session.room_id or "",
        "candidacies-TOTAL_FORMS": 0,
        "services-TOTAL_FORMS": 0,
        "services-INITIAL_FORMS": 0,
        "questions-TOTAL_FORMS": 0,
        "questions-INITIAL_FORMS": 0,
        "candidacies-INITIAL_FORMS": 0,
    }
    if session.starts_at and session.ends_at:
        local = session.starts_at.astimezone(zone)
        length = (session.ends_at - session.starts_at) // dt.timedelta(minutes=1)
        fields |= {"starts_at_0": f"{local:%Y-%m-%d}", "starts_at_1": f"{local:%H:%M}", "length": length}
    return fields | changed


def address(session: Session) -> str:
    return reverse("admin:programme_session_change", args=[session.pk])


def titles(response) -> list[str]:
    return [session.title for session in response.context["cl"].result_list]


@pytest.fixture
def session(db) -> Session:
    edition = EditionFactory(is_current=True, slug="semaine")
    return SessionFactory(edition=edition, title="Fail camp", seats=30)


def test_an_unchanged_form_changes_nothing(editor, session):
    before = Session.objects.filter(pk=session.pk).values().get()

    response = editor.post(address(session), form_of(session))

    assert response.status_code == 302
    assert Session.objects.filter(pk=session.pk).values().get() == before


def test_seats_are_set_and_the_count_of_those_taken_stays(editor, session):
    Session.objects.filter(pk=session.pk).update(seats_taken=12)

    editor.post(address(session), form_of(session, seats=40, seats_taken=0))

    session.refresh_from_db()
    assert (session.seats, session.seats_taken) == (40, 12)


def test_fewer_seats_than_taken_are_refused_on_the_field(editor, session):
    Session.objects.filter(pk=session.pk).update(seats_taken=12)

    response = editor.post(address(session), form_of(session, seats=11, title="Autre titre"))

    form = response.context["adminform"].form
    assert form.errors.as_data()["seats"][0].code == "taken"
    session.refresh_from_db()
    assert (session.seats, session.title) == (30, "Fail camp")


@pytest.mark.parametrize("seats", [100_001, 2**31, 10**30])
def test_more_seats_than_any_place_has_are_refused_on_the_field(editor, session, seats):
    response = editor.post(address(session), form_of(session, seats=seats))

    assert list(response.context["adminform"].form.errors) == ["seats"]
    assert "100000" in response.context["adminform"].form.errors["seats"][0]


def test_a_refused_form_leaves_the_seats_as_they_were(editor, session):
    response = editor.post(address(session), form_of(session, seats=99, title=""))

    assert list(response.context["adminform"].form.errors) == ["title"]
    session.refresh_from_db()
    assert session.seats == 30
    assert session.history.count() == 1


def test_the_code_cannot_be_changed(editor, session):
    code = session.code

    editor.post(address(session), form_of(session, code="ZZZZZZ"))

    session.refresh_from_db()
    assert session.code == code


@pytest.mark.parametrize("text", ["Fail\x07camp", "Fail\x00camp", "F" * 201])
def test_control_characters_and_overlong_titles_are_refused(editor, session, text):
    response = editor.post(address(session), form_of(session, title=text))

    assert "title" in response.context["adminform"].form.errors
    session.refresh_from_db()
    assert session.title == "Fail camp"


def test_times_are_typed_in_the_zone_of_the_edition(editor):
    edition = EditionFactory(is_current=True, time_zone="Indian/Reunion")
    session = SessionFactory(edition=edition)
    editor.post(address(session), form_of(session, starts_at_0=edition.starts_on.isoformat(), starts_at_1="09:00"))

    session.refresh_from_db()
    start = dt.datetime.combine(edition.starts_on, dt.time(9), ZoneInfo("Indian/Reunion"))
    assert session.starts_at == start


def test_opening_a_session_of_an_edition_elsewhere_shows_and_keeps_its_own_times(editor, session):
    overseas = SessionFactory(edition=EditionFactory(slug="reunion", time_zone="Indian/Reunion"))
    editor.get(LIST)  # the header is on the other edition

    html = editor.get(address(overseas)).content.decode()
    editor.post("/admin/edition/", {"edition": session.edition_id})  # in another window
    editor.post(address(overseas), form_of(overseas, title="Nouveau titre"))

    before, overseas = overseas.starts_at, Session.objects.get(pk=overseas.pk)
    assert re.search(r'name="starts_at_1" value="10:00"', html)
    assert (overseas.title, overseas.starts_at) == ("Nouveau titre", before)


def test_a_form_opened_for_one_edition_makes_nothing_in_another(editor, session):
    other = EditionFactory()
    editor.get("/admin/programme/session/add/")
    editor.post("/admin/edition/", {"edition": other.pk})  # in another window

    response = editor.post("/admin/programme/session/add/", form_of(session, edition=session.edition_id))

    assert "edition" in response.context["adminform"].form.errors
    assert Session.objects.count() == 1


def test_a_room_overseas_shows_the_clock_on_its_wall(editor, session):
    session.room = RoomFactory(venue=VenueFactory(time_zone="Indian/Reunion"))
    session.starts_at = dt.datetime(2026, 12, 14, 9, tzinfo=dt.UTC)
    session.ends_at = dt.datetime(2026, 12, 14, 10, tzinfo=dt.UTC)
    session.save()

    html = editor.get(LIST).content.decode()

    assert "13\u00a0h" in html
    assert "La Réunion" in html


def test_the_list_tells_roles_seats_and_what_is_not_published(editor, session):
    role = RoleFactory(format=session.format, required=2)
    CandidacyFactory(session=session, role=role)
    CandidacyFactory(session=session, role=role, stage=Candidacy.Stage.CONTACTED)
    Session.objects.filter(pk=session.pk).update(seats_taken=27)
    published = SessionFactory(edition=session.edition, title="Publiée", status=Session.Status.APPROVED)
    Session.objects.filter(pk=session.pk).update(status=Session.Status.DESIGN)
    publish(session.edition, note="Première version.")
    Session.objects.filter(pk=published.pk).update(title="Publiée puis renommée")
    SessionFactory(edition=session.edition, title="Autre", format=published.format)
    Session.objects.filter(title="Autre").update(status=Session.Status.DESIGN)

    response = editor.get(LIST)

    shown = {found.title: found for found in response.context["cl"].result_list}
    assert (shown["Fail camp"].casting.filled, shown["Fail camp"].casting.required) == (1, 2)
    assert {title for title, found in shown.items() if found.is_unpublished} == {"Publiée puis renommée"}
    assert "27/30" in response.content.decode()


@pytest.mark.parametrize("words", ["ecole", "ÉCOLE", "école numerique", "œuvre", "OEUVRE", "l'ecole"])
def test_search_does_not_mind_accents_nor_capitals(editor, session, words):
    SessionFactory(edition=session.edition, title="L’École numérique à l’œuvre")
    SessionFactory(edition=session.edition, title="L’écoute")

    assert titles(editor.get(LIST, {"q": words})) == ["L’École numérique à l’œuvre"]


@pytest.mark.parametrize("words", ["(", "[a-z]", ".*", "a\\", "%", "_"])
def test_search_takes_signs_as_they_are(editor, session, words):
    SessionFactory(edition=session.edition, title=f"Signe {words} ici")

    assert titles(editor.get(LIST, {"q": words})) == [f"Signe {words} ici"]


def test_lists_and_answers_stay_within_the_edition_of_the_header(editor, session):
    old = EditionFactory(slug="2018")
    other = SessionFactory(edition=old, title="Fail camp de 2018")
    asked = {"app_label": "programme", "model_name": "session", "field_name": "sequence", "term": ""}

    before = titles(editor.get(LIST))
    editor.post("/admin/edition/", {"edition": old.pk})
    after = titles(editor.get(LIST))
    offered = editor.get("/admin/autocomplete/", asked).json()["results"]
    added = editor.get("/admin/programme/session/add/").context["adminform"].form.initial

    assert (before, after) == (["Fail camp"], ["Fail camp de 2018"])
    assert [answer["text"] for answer in offered] == [other.sequence.title]
    assert added["edition"] == old.pk


def test_roles_offered_are_those_of_the_format(editor, session):
    wanted = RoleFactory(format=session.format, name="pionnier")
    RoleFactory(format=FormatFactory(), name="procureur")
    CandidacyFactory(session=session, role=wanted)

    response = editor.get(address(session))

    formset, *_services = response.context["inline_admin_formsets"]
    # Éditorial looks at candidacies without changing them.
    assert [form.form.instance.role for form in formset] == [wanted]


def test_a_role_of_another_format_is_refused(project_lead, session):
    foreign = RoleFactory(format=FormatFactory(), name="procureur")
    speaker = SpeakerFactory()
    line = {"role": foreign.pk, "speaker": speaker.pk, "stage": "spotted", "position": 0}
    lines = {f"candidacies-0-{name}": value for name, value in line.items()}

    several = form_of(session, **lines) | {"candidacies-TOTAL_FORMS": 1}
    inline = project_lead.post(address(session), several)
    alone = project_lead.post("/admin/speakers/candidacy/add/", {"session": session.pk, **line})

    formset, *_services = inline.context["inline_admin_formsets"]
    assert formset.formset.errors[0].as_data()["role"][0].code == "invalid_choice"
    assert alone.context["adminform"].form.errors.as_data()["role"][0].code == "role"
    assert Candidacy.objects.count() == 0


def test_a_sequence_of_another_edition_is_refused(editor, session):
    foreign = SequenceFactory()

    response = editor.post(address(session), form_of(session, sequence=foreign.pk))

    assert "sequence" in response.context["adminform"].form.errors


def test_a_session_that_was_published_is_not_deleted(project_lead, session):
    publish(session.edition, note="Première version.")
    draft = SessionFactory(edition=session.edition, title="Brouillon", status=Session.Status.IDEA)
    chosen = {"action": "delete_selected", "_selected_action": [session.pk], "post": "yes"}

    alone = project_lead.post(reverse("admin:programme_session_delete", args=[session.pk]), {"post": "yes"})
    project_lead.post(LIST, chosen)
    project_lead.post(reverse("admin:programme_session_delete", args=[draft.pk]), {"post": "yes"})

    assert "ne peut pas être supprimée" in alone.content.decode()
    assert [found.title for found in Session.objects.all()] == ["Fail camp"]


def test_history_tells_who_changed_what_from_which_value_to_which(editor, session):
    editor.post(address(session), form_of(session, title="Fail camp, saison 2", status="cancelled"))

    html = editor.get(reverse("admin:programme_session_history", args=[session.pk])).content.decode()

    record = session.history.first()
    assert record.history_user.groups.get().name == "Éditorial"
    assert record.history_user.get_full_name() in html
    for told in ["Fail camp", "Fail camp, saison 2", "Validée", "Annulée"]:
        assert told in html


@pytest.mark.parametrize("client", ["reader", "superuser_client"])
def test_history_offers_no_form_that_brings_back_old_values(client, request, session):
    record = session.history.first()
    session.title = "Nouveau titre"
    session.save()

    request.getfixturevalue(client).post(f"{LIST}{session.pk}/history/{record.pk}/", form_of(session, title="Piraté"))

    session.refresh_from_db()
    assert session.title == "Nouveau titre"


def test_history_tells_which_audiences_came_and_went(editor, session):
    state, local = AudienceFactory(name="Agents de l’État"), AudienceFactory(name="Agents territoriaux")
    session.audiences.add(state)
    session.audiences.add(local)
    session.audiences.remove(state)

    page = editor.get(reverse("admin:programme_session_history", args=[session.pk])).context["page_obj"]

    told = [
        (change["old"], change["new"]) for record in page for change in getattr(record, "history_delta_changes", [])
    ]
    assert told == [
        ("Agents de l’État, Agents territoriaux", "Agents territoriaux"),
        ("Agents de l’État", "Agents de l’État, Agents territoriaux"),
        ("", "Agents de l’État"),
    ]


def test_history_of_a_session_tells_who_came_and_went_on_its_stage(project_lead, session):
    candidacy = CandidacyFactory(
        session=session, role=RoleFactory(format=session.format, name="pionnier"), speaker__name="Camille Exemple"
    )
    candidacy.stage = Candidacy.Stage.WITHDRAWN
    candidacy.save()
    candidacy.delete()

    response = project_lead.get(reverse("admin:programme_session_history", args=[session.pk]))

    (lines,) = response.context["lines"]
    assert [record.history_type for record in lines.records] == ["-", "~", "+"]
    (change,) = lines.records[1].history_delta_changes
    assert (change["old"], change["new"]) == ("Confirmée", "Désistée")
    assert "Camille Exemple" in response.content.decode()


def test_a_form_sent_as_it_came_leaves_no_entry_in_the_history(editor, session):
    editor.post(address(session), form_of(session))

    assert session.history.count() == 1


def test_changing_the_seats_leaves_one_line_of_history(editor, session):
    before = session.history.count()

    response = editor.post(address(session), form_of(session, seats=40))

    assert response.status_code == 302
    assert session.history.count() == before + 1
    assert session.history.first().diff_against(session.history.all()[1]).changed_fields == ["seats"]
