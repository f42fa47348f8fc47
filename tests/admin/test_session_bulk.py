"""Several sessions changed at once: read first, in one go, and taken back."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User

from sessions.models import Session
from tests.factories import EditionFactory, RoomFactory, SequenceFactory, SessionFactory, at

LIST = "/admin/programme/session/"
BULK = f"{LIST}plusieurs/"
UNDO = f"{BULK}reprendre/"


@pytest.fixture
def edition(db):
    return EditionFactory(is_current=True, slug="semaine")


def look(client, sessions: list[Session], **chosen: Any):
    fields = {"ids": ",".join(str(session.pk) for session in sessions), **chosen}
    return client.post(BULK, {**fields, "look": "1"}), fields


def apply(client, response, fields: dict[str, Any], address: str = BULK):
    seen = re.search(r'name="seen" value="([^"]*)"', response.content.decode())[1]
    return client.post(address, {**fields, "seen": seen, "apply": "1"}, follow=True)


def refusals(response) -> dict[str, str]:
    return {row.session.title: row.refusal for row in response.context["rows"] if row.refusal}


def told(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_the_action_of_the_list_opens_the_page_and_keeps_the_filters(editor, edition):
    session = SessionFactory(edition=edition)
    day = f"?day={edition.starts_on}"

    page = editor.post(LIST + day, {"action": "change_several", "_selected_action": [session.pk]})
    address = page.context["action"]
    done = apply(editor, *look(editor, [session], days=1), address)

    assert page.context["number"] == 1
    assert f"_changelist_filters=day%3D{edition.starts_on}" in address
    assert done.redirect_chain[-1][0] == LIST + day


def test_several_sessions_change_after_they_were_read(editor, edition):
    room, owner = RoomFactory(name="Agora"), User.objects.get(pk=editor.session["_auth_user_id"])
    one, two = SessionFactory(edition=edition), SessionFactory(edition=edition, starts_at=at(15))
    chosen = {"room": room.pk, "owner": owner.pk, "days": 1, "minutes": 30, "sign_language": "1"}

    response, fields = look(editor, [one, two], **chosen)
    assert not Session.objects.filter(room=room).exists()
    apply(editor, response, fields)

    changed = Session.objects.filter(room=room, owner=owner, sign_language=True).order_by("pk")
    assert [(session.starts_at, session.ends_at) for session in changed] == [
        (at(10, 30, day=1), at(11, 30, day=1)),
        (at(15, 30, day=1), at(16, 30, day=1)),
    ]
    assert {session.history.count() for session in changed} == {2}
    assert {session.history.first().history_user for session in changed} == {owner}


def test_several_sessions_become_slots(editor, edition):
    sessions = [SessionFactory(edition=edition) for _n in range(2)]

    apply(editor, *look(editor, sessions, is_slot="1"))

    assert Session.objects.filter(is_slot=True).count() == 2


def rules() -> list[tuple[str, str, bool]]:
    return list(Session.objects.order_by("pk").values_list("eligibility", "eligible_domains", "eligible_subdomains"))


def test_who_may_register_changes_and_is_taken_back(editor, edition):
    sessions = [SessionFactory(edition=edition) for _n in range(2)]

    domains = {"eligibility": "domains", "eligible_domains": "Gouv.fr\nécole.fr"}
    apply(editor, *look(editor, sessions, **domains, eligible_subdomains="1"))
    by_domains = rules()
    apply(editor, *look(editor, sessions, eligibility="invitation"))
    by_invitation = rules()
    editor.post(UNDO)

    assert by_domains == [("domains", "gouv.fr\nxn--cole-9oa.fr", True)] * 2
    assert {rule for rule, _domains, _subdomains in by_invitation} == {"invitation"}
    assert rules() == by_domains


def test_a_session_that_has_no_domains_is_not_opened_to_them(editor, edition):
    SessionFactory(edition=edition, title="Sans")
    SessionFactory(edition=edition, title="Avec", eligible_domains="gouv.fr")

    response, fields = look(editor, list(Session.objects.all()), eligibility="domains")
    apply(editor, response, fields)

    assert refusals(response) == {"Sans": "Indiquez les domaines dont les adresses peuvent s’inscrire, un par ligne."}
    assert Session.objects.get(eligibility="domains").title == "Avec"


def test_what_is_no_domain_is_refused_at_its_field(editor, edition):
    response, _fields = look(editor, [SessionFactory(edition=edition)], eligible_domains="alix@gouv.fr")

    assert "n’est pas un domaine" in str(response.context["form"].errors["eligible_domains"])


def test_what_is_refused_says_why_and_the_others_change(editor, edition):
    roomy = SessionFactory(edition=edition, title="Large")
    taken = SessionFactory(edition=edition, title="Prise")
    Session.objects.filter(pk=taken.pk).update(seats_taken=20)
    timeless = SessionFactory(edition=edition, title="Sans heure", starts_at=None)

    response, fields = look(editor, [roomy, taken, timeless], seats=10, days=1)
    apply(editor, response, fields)

    assert set(refusals(response)) == {"Prise", "Sans heure"}
    assert dict(Session.objects.values_list("title", "seats")) == {"Large": 10, "Prise": 30, "Sans heure": 30}


def test_a_session_changed_after_it_was_read_is_left_and_told(editor, edition):
    kept, other = SessionFactory(edition=edition, title="Gardée"), SessionFactory(edition=edition, title="Autre")
    response, fields = look(editor, [kept, other], status="review")
    kept.refresh_from_db()
    kept.title = "Gardée et renommée"
    kept.save()

    done = apply(editor, response, fields)

    assert dict(Session.objects.values_list("title", "status")) == {"Gardée et renommée": "approved", "Autre": "review"}
    assert any("Gardée et renommée" in text for text in told(done))


def test_a_change_of_several_is_taken_back_where_nothing_else_happened(editor, edition):
    one, two = SessionFactory(edition=edition, title="Une"), SessionFactory(edition=edition, title="Deux")
    done = apply(editor, *look(editor, [one, two], days=1, status="review"))
    assert UNDO in done.content.decode()
    two.refresh_from_db()
    two.lead = "Retouchée depuis."
    two.save()

    undone = editor.post(UNDO, follow=True)

    states = {s.title: (s.status, s.starts_at) for s in Session.objects.all()}
    assert states == {"Une": ("approved", at(10)), "Deux": ("review", at(10, day=1))}
    assert any("Deux" in text for text in told(undone))
    assert UNDO not in undone.content.decode()


def test_a_sequence_of_another_edition_is_not_offered(editor, edition):
    response, _fields = look(editor, [SessionFactory(edition=edition)], sequence=SequenceFactory().pk)

    assert "sequence" in response.context["form"].errors


def test_who_may_not_change_sessions_gets_nothing(reader, editor, edition):
    session = SessionFactory(edition=edition)

    assert reader.post(BULK, {"ids": session.pk, "status": "idea", "apply": "1"}).status_code == 403
    assert reader.post(UNDO).status_code == 403
    assert editor.get(BULK).status_code == 405
    session.refresh_from_db()
    assert session.status == "approved"


def test_previewing_many_asks_as_much_as_previewing_one(editor, edition, django_assert_max_num_queries):
    sessions = [SessionFactory(edition=edition) for _number in range(8)]
    with django_assert_max_num_queries(20):
        look(editor, sessions, days=1, room=sessions[0].room_id)


def test_a_day_to_ask_before_is_set_for_several_and_one_after_the_session_is_refused(editor, edition):
    monday, friday = (
        SessionFactory(edition=edition),
        SessionFactory(edition=edition, title="Tard", starts_at=at(9, day=4)),
    )
    chosen = {"ask_before": at(0, day=2).date().isoformat()}

    response, fields = look(editor, [monday, friday], **chosen)
    apply(editor, response, fields)

    assert list(refusals(response)) == [monday.title]
    assert "Choisissez une date antérieure" in refusals(response)[monday.title]
    assert dict(Session.objects.values_list("pk", "ask_before")) == {monday.pk: None, friday.pk: at(0, day=2).date()}


def test_it_moves_with_the_days_of_the_sessions(editor, edition):
    session = SessionFactory(edition=edition, ask_before=at(0, day=-4).date())

    apply(editor, *look(editor, [session], days=2))

    session.refresh_from_db()
    assert (session.starts_at, session.ask_before) == (at(10, day=2), at(0, day=-2).date())
